import Glibc

/// Reads a short file into memory: a document, a list of the system's.
package enum SmallFile {
  package enum Failure: Error, Equatable {
    /// The system does not open or read it; with the system's error number.
    case refused(Int32)
    case tooLong
  }

  /// The whole file, of at most `byteCountMax` bytes; a pipe is read to its end.
  package static func read(_ path: String, byteCountMax: Int = 1 << 20) throws(Failure) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .refused(errno) }
    defer { close(descriptor) }
    // Most files fit, and the second read finds their end.
    var bytes = [UInt8](repeating: 0, count: 4096)
    var count = 0
    while true {
      if count == bytes.count { bytes += repeatElement(0, count: bytes.count) }
      let step = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
      }
      if step < 0, errno == EINTR { continue }
      guard step >= 0 else { throw .refused(errno) }
      if step == 0 { break }
      count += step
      guard count <= byteCountMax else { throw .tooLong }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
