import Foundation
import SluiceCrypto
import Testing

@Suite("Hardening") struct ProcessHardeningTests {
  static func coreLimit() -> rlimit {
    var limit = rlimit()
    precondition(getrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
    return limit
  }

  @Test("The process leaves no core file, and nothing raises that again") func hardened() async {
    // In a process of its own: it cannot be undone.
    await #expect(processExitsWith: .success) {
      // As far up as the system lets it, so that the limit below is our doing.
      var limit = Self.coreLimit()
      limit.rlim_cur = limit.rlim_max
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &limit) == 0)
      #expect(isProcessDumpable())
      signal(SIGSEGV) { _ in _exit(3) }
      try hardenProcess()
      #expect(!isProcessDumpable())
      for number in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] {
        var action = sigaction()
        #expect(sigaction(number, nil, &action) == 0)
        // SIG_DFL is null: nothing runs that could report what lies in memory.
        #expect(unsafeBitCast(action.__sigaction_handler, to: Int.self) == 0, "signal \(number)")
      }
      #expect(Self.coreLimit().rlim_cur == 0 && Self.coreLimit().rlim_max == 0)
      // A second call is no harm, and the self-test still passes.
      try hardenProcess()
      try SelfTest.run()
      #expect(!isProcessDumpable())
    }
  }
}
