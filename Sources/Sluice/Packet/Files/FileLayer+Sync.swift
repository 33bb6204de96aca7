import Glibc

extension FileLayer {
  /// Calls that the C library offers and Swift's Glibc module leaves out; nil where it has none.
  private typealias SyncCall = @convention(c) (Int32) -> Int32
  private static let syncCall: SyncCall? = dlsym(nil, "syncfs").map { unsafeBitCast($0, to: SyncCall.self) }
  private typealias TypeCall = @convention(c) (Int32, UnsafeMutablePointer<Int>) -> Int32
  private static let typeCall: TypeCall? = dlsym(nil, "fstatfs").map { unsafeBitCast($0, to: TypeCall.self) }

  private typealias RangeCall = @convention(c) (Int32, off_t, off_t, UInt32) -> Int32
  private static let rangeCall: RangeCall? = dlsym(nil, "sync_file_range").map {
    unsafeBitCast($0, to: RangeCall.self)
  }

  /// Has the system begin to bring to the disk what was written to a file. A hint: `sync` alone makes it last and
  /// tells of errors.
  fileprivate static func startSync(_ file: Int32) {
    // SYNC_FILE_RANGE_WRITE of fcntl.h, for the whole file.
    _ = rangeCall?(file, 0, 0, 2)
  }

  /// Makes everything that was written to a folder's file system last: one call in place of one a file.
  ///
  /// The folder must have been open since before the first write, so that the error of any is told. A file system
  /// in user space takes the call without doing it, so there, as where there is no such call, it is an error.
  package func syncFileSystem(of folder: borrowing Descriptor, _ name: String) throws(SluiceError) {
    let number = folder.number
    let result = repeated(.sync) {
      guard let sync = Self.syncCall, let type = Self.fileSystemType(number), type != Self.userSpaceType
      else {
        errno = ENOSYS
        return Int32(-1)
      }
      return sync(number)
    }
    guard result == 0 else { throw Self.error("sync", name) }
  }

  /// FUSE_SUPER_MAGIC of linux/magic.h.
  private static let userSpaceType = 0x6573_5546

  /// The first word of `struct statfs`, which is at most 120 bytes long.
  private static func fileSystemType(_ number: Int32) -> Int? {
    guard let call = typeCall else { return nil }
    return withUnsafeTemporaryAllocation(of: Int.self, capacity: 32) { words in
      guard let base = words.baseAddress, call(number, base) == 0 else { return nil }
      return words[0]
    }
  }
}

/// Has a long file brought to the disk in parts while it is written, so that whoever syncs it waits for little.
struct WriteBehind {
  private static let partByteCount = 8 << 20

  /// Bytes written since the disk was last told of them.
  private var unsentByteCount = 0

  mutating func wrote(_ byteCount: Int, to file: Int32) {
    unsentByteCount += byteCount
    guard unsentByteCount >= Self.partByteCount else { return }
    FileLayer.startSync(file)
    unsentByteCount = 0
  }
}
