/// Small values that are laid down once before a run and read by every worker: reaching one costs neither a
/// reference count nor, in a release, a bounds check.
///
/// Copies are views of the same memory. The object that made it keeps it for the whole run and calls `deallocate`.
struct FrozenArray<Element>: @unchecked Sendable {
  // Unchecked: nothing in it changes between the initialiser and `deallocate`.

  let base: UnsafePointer<Element>
  let count: Int

  init(_ elements: [Element]) {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    for (index, element) in elements.enumerated() { (memory + index).initialize(to: element) }
    base = UnsafePointer(memory)
    count = elements.count
  }

  /// Bytes to copy: readers may load `OutputBuffer.shortByteCount` bytes from the start of any run of them.
  init(padded bytes: [UInt8]) where Element == UInt8 {
    self.init(bytes + [UInt8](repeating: 0, count: OutputBuffer.shortByteCount))
  }

  func deallocate() {
    let memory = UnsafeMutablePointer(mutating: base)
    memory.deinitialize(count: count)
    memory.deallocate()
  }

  /// Indices come from the path's own tables, so that they are checked where the tests run and not in a release.
  @inline(__always) subscript(index: Int) -> Element {
    assert(index >= 0 && index < count)
    return base[index]
  }

  @inline(__always) var indices: Range<Int> { 0..<count }
}
