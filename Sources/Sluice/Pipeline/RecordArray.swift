/// Small values that a worker fills anew for each record. Grows until it has seen the largest record, and then
/// allocates no more; reaching an element costs neither a reference count nor a uniqueness check.
struct RecordArray<Element: BitwiseCopyable>: ~Copyable {
  private(set) var base: UnsafeMutablePointer<Element>
  private(set) var count = 0
  private var capacity: Int

  init(capacity: Int = 16) {
    self.capacity = max(capacity, 1)
    base = .allocate(capacity: self.capacity)
  }

  init(repeating element: Element, count: Int) {
    self.init(capacity: count)
    base.initialize(repeating: element, count: count)
    self.count = count
  }

  deinit { base.deallocate() }

  /// Indices come from the path's own tables, so that they are checked where the tests run and not in a release.
  @inline(__always) subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < count)
      return base[index]
    }
    nonmutating set {
      assert(index >= 0 && index < count)
      base[index] = newValue
    }
  }

  @inline(__always) mutating func append(_ element: Element) {
    if count == capacity { grow() }
    (base + count).initialize(to: element)
    count &+= 1
  }

  mutating func append(contentsOf elements: UnsafeBufferPointer<Element>) {
    reserve(elements.count)
    _ = UnsafeMutableBufferPointer(start: base + count, count: elements.count).initialize(
      fromContentsOf: elements)
    count &+= elements.count
  }

  /// Makes room for elements to be written behind the last; `setCount` makes them count.
  @inline(__always) mutating func reserve(_ more: Int) { while capacity < count &+ more { grow() } }

  @inline(__always) mutating func setCount(_ count: Int) { self.count = count }

  @inline(__always) mutating func removeAll() { count = 0 }

  /// Forgets every element from this one on.
  @inline(__always) mutating func removeAll(from index: Int) { count = index }

  @inline(never) private mutating func grow() {
    let larger = UnsafeMutablePointer<Element>.allocate(capacity: capacity * 2)
    larger.update(from: base, count: count)
    base.deallocate()
    (base, capacity) = (larger, capacity * 2)
  }

  var elements: UnsafeMutableBufferPointer<Element> { UnsafeMutableBufferPointer(start: base, count: count) }
}

extension RecordArray where Element: Comparable {
  /// Sorts in place: a few without allocating; many, which take long anyway, in less than quadratic time.
  mutating func sort() {
    guard count <= 32 else {
      var elements = elements
      return elements.sort()
    }
    for index in 1..<max(count, 1) {
      var place = index
      while place > 0, base[place] < base[place &- 1] {
        (base[place], base[place &- 1]) = (base[place &- 1], base[place])
        place &-= 1
      }
    }
  }
}
