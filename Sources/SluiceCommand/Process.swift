import ArgumentParser
import Glibc
import Sluice
import SluiceCrypto

/// The process around a run: descriptors, signals, exit status.
enum Process {
  /// Makes the process fit for a run, before anything is parsed.
  static func prepare() {
    // Also of a verb without a key: what it reads of records and packets would stand in a report.
    switchOffCrashReports()
    // A closed descriptor would be given to the first file that is opened, a packet's for example.
    for descriptor in Int32(0)...2 where fcntl(descriptor, F_GETFD) == -1 {
      // Standard input is opened to write, so that reading records from it fails and is not an empty source.
      let null = open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDWR)
      guard null >= 0 else { _exit(SluiceError.Status.output.rawValue) }
      if null != descriptor {
        dup2(null, descriptor)
        close(null)
      }
      if descriptor == 1 { isOutputClosed = true }
    }
    // A full pipe or disk must be an error that is seen, not a death.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
  }

  /// Whether standard output was closed when the process began: whatever is written there is lost.
  nonisolated(unsafe) private(set) static var isOutputClosed = false

  /// Hardens the process and makes sure that libcrypto does what the pseudonyms stand on.
  static func secure() throws {
    try hardenProcess()
    try SelfTest.run()
  }

  /// Makes a new folder, owner-only, beside the system's temporary files. `advice`: what to do where none can be made.
  static func makeTemporaryFolder(_ name: String, _ advice: String = "set TMPDIR") throws -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw SluiceError(.output, "output-failed", "no temporary folder can be made; \(advice)")
    }
    return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  /// Removes what a run has not published when the process is told to end, notes that, and then ends by that signal.
  ///
  /// `note` may have to wait for others; where it takes longer than two seconds the process ends all the same.
  static func onInterrupt(
    _ clean: @escaping @Sendable () -> Void, noting note: (@Sendable () -> Void)? = nil
  ) {
    var set = sigset_t()
    sigemptyset(&set)
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&set, number) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let body = Unmanaged.passRetained(Handler(set: set, clean: clean, note: note))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Handler>.fromOpaque(argument).takeRetainedValue().wait()
        return nil
      }, body.toOpaque())
    guard result == 0 else {
      // Nobody waits for the signals: they end the process at once, and the next run removes what is partial.
      body.release()
      pthread_sigmask(SIG_UNBLOCK, &set, nil)
      return
    }
    pthread_detach(thread)
  }

  private final class Handler {
    var set: sigset_t
    let clean: @Sendable () -> Void
    let note: (@Sendable () -> Void)?

    init(set: sigset_t, clean: @escaping @Sendable () -> Void, note: (@Sendable () -> Void)?) {
      self.set = set
      self.clean = clean
      self.note = note
    }

    func wait() {
      var number: Int32 = 0
      sigwait(&set, &number)
      // Where the run ends by itself already, nothing partial is left.
      if pthread_mutex_trylock(Process.ending) == 0 {
        clean()
        if let note, Process.end(by: number, afterSeconds: 2) { note() }
      }
      Process.end(by: number)
    }
  }

  private static func end(by number: Int32) -> Never {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    signal(number, SIG_DFL)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
    raise(number)
    _exit(128 + number)
  }

  /// Has a thread end the process by a signal after a while; false where there is none to be had.
  private static func end(by number: Int32, afterSeconds seconds: UInt32) -> Bool {
    final class Delay {
      let number: Int32
      let seconds: UInt32
      init(number: Int32, seconds: UInt32) { (self.number, self.seconds) = (number, seconds) }
    }
    let delay = Unmanaged.passRetained(Delay(number: number, seconds: seconds))
    var thread = pthread_t()
    let result = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let delay = Unmanaged<Delay>.fromOpaque(argument).takeRetainedValue()
        sleep(delay.seconds)
        Process.end(by: delay.number)
      }, delay.toOpaque())
    guard result == 0 else {
      delay.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  /// Taken by whoever ends the process, and never given back: a run that fails because a signal takes its files away
  /// ends by the signal and says nothing of the failure.
  nonisolated(unsafe) private static let ending = {
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
    return mutex
  }()
  nonisolated(unsafe) private static var isEnding = false

  private static func beginEnd() {
    if !isEnding { pthread_mutex_lock(ending) }
    isEnding = true
  }

  /// Says what went wrong and ends with its status.
  static func end(_ error: SluiceError) -> Never {
    beginEnd()
    Terminal.say("error: \(error)")
    exit(error.status.rawValue)
  }

  /// Ends with a status once the result is safely written.
  static func end(_ status: SluiceError.Status) -> Never {
    finishOutput()
    exit(status.rawValue)
  }

  /// Ends where the command line asked for help or the version, or could not be understood.
  static func end(parsing message: String, _ status: Int32) -> Never {
    if status == EXIT_SUCCESS {
      Terminal.print(message)
      finishOutput()
    } else {
      Terminal.say(message)
    }
    exit(status)
  }

  /// A result that did not reach its reader is no result.
  static func finishOutput() {
    beginEnd()
    if Terminal.hasPrinted, isOutputClosed || !Terminal.finish() {
      end(
        SluiceError(
          .output, "output-failed",
          "standard output could not be written; see that what reads it goes on to the end, and run again"))
    }
  }
}
