internal import CLibcrypto
import Glibc

/// Keeps keys out of core files: makes the process undumpable, allows it no core file and no crash report.
///
/// Also stops another process of the same user from attaching to it. Call once, before a key is read; not for
/// a library inside another program, whose owner decides this.
///
/// - Throws: `process-hardening` where the system refuses.
public func hardenProcess() throws(CryptoError) {
  guard sluice_make_undumpable() == 0 else {
    throw .system(
      code: "process-hardening", errno: errno,
      "The process could not be made undumpable. Permit prctl to it, or run it outside of this sandbox.")
  }
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
    throw .system(
      code: "process-hardening", errno: errno,
      "Core files could not be switched off. Permit setrlimit to it, or run it outside of this sandbox.")
  }
  switchOffCrashReports()
}

/// Lets a signal that tells of a crash end the process, and nothing more.
///
/// Swift's runtime would answer it with a report of registers and of the memory that they point to, on standard error:
/// a key or an identifier could be in it, and an undumpable process is no bar to it.
public func switchOffCrashReports() {
  for number in [SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV] { signal(number, SIG_DFL) }
}

/// Whether the system would write a core file of this process or let another of the same user attach to it.
package func isProcessDumpable() -> Bool { sluice_is_dumpable() != 0 }
