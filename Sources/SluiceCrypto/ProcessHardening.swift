internal import CLibcrypto
import Glibc

/// Keeps keys out of core files: makes the process undumpable and allows it no core file.
///
/// Also stops another process of the same user from attaching to it. Call once, before a key is read; not for
/// a library inside another program, whose owner decides this.
///
/// - Throws: `process-hardening` where the system refuses.
public func hardenProcess() throws(CryptoError) {
  guard sluice_make_undumpable() == 0 else {
    throw .system(code: "process-hardening", errno: errno, "The process could not be made undumpable.")
  }
  var none = rlimit(rlim_cur: 0, rlim_max: 0)
  guard setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none) == 0 else {
    throw .system(code: "process-hardening", errno: errno, "Core files could not be switched off.")
  }
}

/// Whether the system would write a core file of this process or let another of the same user attach to it.
package func isProcessDumpable() -> Bool { sluice_is_dumpable() != 0 }
