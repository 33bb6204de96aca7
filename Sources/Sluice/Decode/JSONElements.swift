/// Walks the elements of an array that the decoder has validated, as slots.
package struct JSONElements {
  private let base: UnsafePointer<UInt8>
  private var position: UnsafePointer<UInt8>
  private let limit: UnsafePointer<UInt8>

  package init(base: UnsafePointer<UInt8>, slot: Slot) {
    self.base = base
    position = base + Int(slot.offset) + 1
    // The closing bracket is the slot's last byte.
    limit = base + Int(slot.offset) + Int(slot.length) - 1
  }

  /// The texts of an array, without their quotes and as they are escaped; none for an array of none.
  static func texts(of array: UnsafeRawBufferPointer) -> [UnsafeRawBufferPointer] {
    guard let base = array.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return [] }
    var elements = JSONElements(base: base, slot: Slot(.array, offset: 0, length: array.count))
    var texts: [UnsafeRawBufferPointer] = []
    while let slot = elements.next() {
      guard slot.kind == .string else { continue }
      texts.append(UnsafeRawBufferPointer(start: base + Int(slot.offset), count: Int(slot.length)))
    }
    return texts
  }

  /// The next element; what is neither a string nor `null` comes as an object, whatever it is.
  package mutating func next() -> Slot? {
    while position < limit, position.pointee != UInt8(ascii: "\""), isBetween(position.pointee) {
      position += 1
    }
    guard position < limit else { return nil }
    if position.pointee == UInt8(ascii: "\"") {
      let start = position + 1
      let (end, isEscaped) = endOfString(start)
      position = end + 1
      return Slot(.string, offset: start - base, length: end - start, isEscaped: isEscaped)
    }
    let start = position
    skip()
    return Slot(.object, offset: start - base, length: position - start)
  }

  private func isBetween(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ",") || byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
  }

  private func endOfString(_ start: UnsafePointer<UInt8>) -> (UnsafePointer<UInt8>, Bool) {
    var end = start
    var isEscaped = false
    while end < limit, end.pointee != UInt8(ascii: "\"") {
      if end.pointee == UInt8(ascii: "\\") {
        isEscaped = true
        end += 1
      }
      end += 1
    }
    return (end, isEscaped)
  }

  /// Passes a number, a literal, an object or an array.
  private mutating func skip() {
    var depth = 0
    while position < limit {
      switch position.pointee {
      case UInt8(ascii: "\""): position = endOfString(position + 1).0
      case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: ",") where depth == 0: return
      default: break
      }
      position += 1
    }
  }
}
