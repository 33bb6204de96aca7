/// Walks the encoding of an ASN.1 value (X.690, BER) without building anything from it, definite and indefinite lengths.
struct BERReader {
  /// The bytes are not the encoding of what was looked for.
  struct Malformed: Error {}

  let bytes: UnsafeBufferPointer<UInt8>

  /// The content octets of an element.
  func content(of element: Element) -> Slice<UnsafeBufferPointer<UInt8>> {
    bytes[element.start..<element.end]
  }

  /// A BER element: its identifier octet, its content, and where the next one begins.
  struct Element {
    let identifier: UInt8
    let start: Int
    let end: Int
    let next: Int
  }

  struct Elements {
    private(set) var rest: ArraySlice<Element>

    init(_ elements: [Element]) { rest = elements[...] }

    var isEmpty: Bool { rest.isEmpty }

    /// The next element, where it has this identifier.
    mutating func next(_ identifier: UInt8) -> Element? {
      guard rest.first?.identifier == identifier else { return nil }
      return rest.removeFirst()
    }

    mutating func next(isObject name: [UInt8], in reader: BERReader) -> Bool {
      guard let element = next(0x06) else { return false }
      return reader.bytes[element.start..<element.end].elementsEqual(name)
    }
  }

  /// The most elements beside each other that are looked at; what follows them is left out.
  private static let elementCountMax = 16

  func children(of parent: Element) throws(Malformed) -> Elements {
    guard parent.identifier & 0x20 != 0 else { throw Malformed() }
    var found: [Element] = []
    var place = parent.start
    while place < parent.end, found.count < Self.elementCountMax {
      let element = try element(at: place, before: parent.end)
      found.append(element)
      place = element.next
    }
    return Elements(found)
  }

  /// Reads one element; the end of one without a length is searched for.
  func element(at place: Int, before limit: Int) throws(Malformed) -> Element {
    let head = try head(at: place, before: limit)
    guard let count = head.count else {
      let end = try endOfContents(from: head.start, before: limit)
      return Element(identifier: bytes[place], start: head.start, end: end, next: end + 2)
    }
    guard count <= limit - head.start else { throw Malformed() }
    return Element(
      identifier: bytes[place], start: head.start, end: head.start + count, next: head.start + count)
  }

  /// Where the content begins, and its length where it is stated. Tags above 30 do not occur.
  private func head(at place: Int, before limit: Int) throws(Malformed) -> (start: Int, count: Int?) {
    guard limit - place >= 2, bytes[place] & 0x1F != 0x1F else { throw Malformed() }
    let first = bytes[place + 1]
    if first < 0x80 { return (place + 2, Int(first)) }
    let octetCount = Int(first & 0x7F)
    if octetCount == 0 {
      guard bytes[place] & 0x20 != 0 else { throw Malformed() }
      return (place + 2, nil)
    }
    guard octetCount <= 6, limit - place >= 2 + octetCount else { throw Malformed() }
    let count = bytes[place + 2..<place + 2 + octetCount].reduce(0) { $0 << 8 | Int($1) }
    return (place + 2 + octetCount, count)
  }

  /// The two zero octets that end an element without a length, past all that lies in it.
  private func endOfContents(from start: Int, before limit: Int) throws(Malformed) -> Int {
    var (place, depth) = (start, 1)
    while true {
      guard limit - place >= 2 else { throw Malformed() }
      if bytes[place] == 0, bytes[place + 1] == 0 {
        depth -= 1
        if depth == 0 { return place }
        place += 2
        continue
      }
      let head = try head(at: place, before: limit)
      guard let count = head.count else {
        depth += 1
        place = head.start
        continue
      }
      guard count <= limit - head.start else { throw Malformed() }
      place = head.start + count
    }
  }
}
