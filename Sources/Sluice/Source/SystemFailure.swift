import Glibc

/// Sentences for what the system refuses; they name the system's reason and never a value.
package enum SystemFailure {
  /// An error for a source that cannot be opened, looked at or read.
  static func input(_ code: Int32, source: String) -> SluiceError {
    switch code {
    case ENOENT, ENOTDIR:
      SluiceError(.input, "input-missing", "there is no such file; check the path", source: source)
    case EACCES, EPERM:
      SluiceError(
        .input, "input-forbidden", "it may not be read; give this user read permission", source: source)
    default:
      SluiceError(
        .input, "input-unreadable",
        "it cannot be read (\(reason(code))); check its disk or mount, and run again", source: source)
    }
  }

  /// The system's own words for an error number.
  package static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
