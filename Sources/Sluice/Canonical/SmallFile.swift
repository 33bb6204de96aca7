import Glibc

/// Reads a file of the system into memory.
enum SmallFile {
  /// The whole file, or nil where it cannot be read or is longer than 1 MiB.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    var count = 0
    while count < bytes.count {
      let step = bytes.withUnsafeMutableBytes {
        Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count)
      }
      if step == 0 { return Array(bytes[..<count]) }
      if step > 0 { count += step } else if errno != EINTR { return nil }
    }
    return nil
  }
}
