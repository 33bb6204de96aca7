import Glibc
import SluiceCrypto

/// The file that a demand names as its document: a scan of what was served, of any length.
package enum ServedDocument {
  /// Bytes that are read at once.
  private static let blockByteCount = 1 << 16

  /// The SHA-256 of a file or of what a pipe holds, taken while it is read; of nothing where it is empty.
  ///
  /// Nil where it cannot be read to its end, or is neither: a device may have no end.
  package static func digest(ofFile path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, [S_IFREG, S_IFIFO].contains(status.st_mode & S_IFMT),
      var digest = try? SHA256()
    else { return nil }
    return withUnsafeTemporaryAllocation(byteCount: blockByteCount, alignment: 16) { block in
      while true {
        let count = read(descriptor, block.baseAddress, block.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { return nil }
        guard count > 0 else { return digest.finalize() }
        digest.update(UnsafeRawBufferPointer(rebasing: block[..<count]))
      }
    }
  }

  /// The digest of a file that holds nothing.
  static let ofNothing = SHA256.hash([])
}
