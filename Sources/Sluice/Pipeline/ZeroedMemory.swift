import Glibc

/// Zero bytes of a table that is looked up anywhere. Its pages cost nothing until they are written, and are large where the
/// system has such: any line of it is then a look at memory and not at page tables.
package struct ZeroedMemory: ~Copyable, @unchecked Sendable {
  // Unchecked: who writes to the bytes sees to it that threads do not meet.

  private static let largePageByteCount = 2 << 20

  private let mapping: UnsafeMutableRawPointer
  private let mappedByteCount: Int
  package let base: UnsafeMutableRawPointer

  package init(byteCount: Int) {
    let alignment = byteCount >= Self.largePageByteCount ? Self.largePageByteCount : 1
    mappedByteCount = byteCount + alignment - 1
    let flags = MAP_PRIVATE | MAP_ANONYMOUS
    let mapping = mmap(nil, mappedByteCount, PROT_READ | PROT_WRITE, flags, -1, 0)
    guard let mapping, mapping != MAP_FAILED else {
      preconditionFailure("no memory for a table of \(byteCount) bytes")
    }
    self.mapping = mapping
    base = mapping + (-Int(bitPattern: mapping) & (alignment - 1))
    madvise(base, byteCount, Int32(MADV_HUGEPAGE))
  }

  deinit { munmap(mapping, mappedByteCount) }
}
