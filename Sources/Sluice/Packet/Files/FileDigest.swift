import SluiceCrypto

/// The SHA-256 and length of a file, taken while its bytes are written or read.
struct FileDigest: ~Copyable {
  private var digest: SHA256
  private(set) var byteCount = 0

  init() throws(SluiceError) {
    do { digest = try SHA256() } catch { throw SluiceError(error) }
  }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    digest.update(bytes)
    byteCount += bytes.count
  }

  /// Returns what a manifest says of the file; the value then starts a new file.
  mutating func finish(_ path: String) -> BagEntry {
    let entry = BagEntry(path: path, digest: digest.finalize(), byteCount: byteCount)
    byteCount = 0
    return entry
  }
}

/// A file of a bag: its path from the bag's own folder, its SHA-256 and its length.
package struct BagEntry: Equatable, Sendable {
  package let path: String
  package let digest: [UInt8]
  package let byteCount: Int
}
