/// Strings, numbers and literals of a record: where each of them ends, or what is wrong with it.
///
/// The record's end must be known, but for a string with escapes: one that is read before is read again where it is wrong.
extension JSONRecordDecoder {
  /// The closing quote of the string whose first byte is at `start`.
  @inline(__always)
  mutating func endOfString(_ start: Pointer) throws(FaultCode) -> (Pointer, Bool) {
    let end = endOfPlainString(start, limit)
    if end < limit, end.pointee == UInt8(ascii: "\"") {
      guard end - start <= limits.stringByteCountMax else { throw fault(.stringTooLong, start) }
      return (end, false)
    }
    return try endOfEscapedString(start, from: end)
  }

  @inline(never)
  mutating func endOfEscapedString(
    _ start: Pointer, from interrupted: Pointer
  ) throws(FaultCode) -> (Pointer, Bool) {
    var position = interrupted
    while true {
      guard position < limit else { throw fault(.jsonSyntax, position) }
      switch position.pointee {
      case UInt8(ascii: "\""):
        guard position - start <= limits.stringByteCountMax else { throw fault(.stringTooLong, start) }
        return (position, true)
      case UInt8(ascii: "\\"): position = try escape(position)
      default: throw fault(.jsonControl, position)
      }
      position = endOfPlainString(position, limit)
    }
  }

  /// The byte after the escape that begins at `start`.
  private mutating func escape(_ start: Pointer) throws(FaultCode) -> Pointer {
    guard start + 1 < limit else { throw fault(.jsonSyntax, limit) }
    switch start[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "u"): break
    default: throw fault(.jsonSyntax, start + 1)
    }
    // Four bytes past the end can be read; a digit among them is not the record's.
    guard let high = hexadecimal4(start + 2), start + 6 <= limit else { throw badDigits(start + 2) }
    guard high & 0xF800 == 0xD800 else { return start + 6 }
    // A surrogate must be a high one, and its low one must follow at once.
    guard high < 0xDC00, start + 12 <= limit, start[6] == UInt8(ascii: "\\"), start[7] == UInt8(ascii: "u"),
      let low = hexadecimal4(start + 8), low & 0xFC00 == 0xDC00
    else { throw fault(.jsonSurrogate, start) }
    return start + 12
  }

  /// The fault of an escape whose four digits begin at `start` and are not all there: the end of the record, where it
  /// comes before anything that is none.
  @inline(never)
  private mutating func badDigits(_ start: Pointer) -> FaultCode {
    let digits = Bytes(start: start, count: min(4, limit - start))
    let isCutShort = digits.count < 4 && digits.allSatisfy { isHexadecimal($0) }
    return fault(.jsonSyntax, isCutShort ? limit : start)
  }

  @inline(__always)
  mutating func number(_ start: Pointer) throws(FaultCode) -> Pointer {
    let first = start.pointee == UInt8(ascii: "-") ? start + 1 : start
    var position = try digits(first, of: start)
    // `01` ends after the zero, and what follows is then no end of a number.
    if first.pointee == UInt8(ascii: "0") { position = first + 1 }
    if position < limit, position.pointee == UInt8(ascii: ".") {
      position = try digits(position + 1, of: start)
    }
    if position < limit, position.pointee | 0x20 == UInt8(ascii: "e") {
      position = try exponent(position + 1, of: start)
    }
    // What follows must end the number; `01`, `1x` and `1.2.3` are told as numbers, not as syntax.
    if position < limit {
      switch position.pointee {
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), 0x20, 0x09, 0x0A, 0x0D: break
      default: throw fault(.jsonNumber, start)
      }
    }
    guard position - start <= limits.numberByteCountMax else { throw fault(.jsonNumber, start) }
    return position
  }

  @inline(never)
  private mutating func exponent(_ start: Pointer, of number: Pointer) throws(FaultCode) -> Pointer {
    var position = start
    if position < limit, position.pointee == UInt8(ascii: "+") || position.pointee == UInt8(ascii: "-") {
      position += 1
    }
    return try digits(position, of: number)
  }

  /// At least one digit.
  @inline(__always)
  private mutating func digits(_ start: Pointer, of number: Pointer) throws(FaultCode) -> Pointer {
    guard start < limit else { throw fault(.jsonSyntax, start) }
    var run = digitRun(start)
    var position = start + run
    while run == 8, position < limit {
      run = digitRun(position)
      position += run
    }
    position = min(position, limit)
    guard position > start else { throw fault(.jsonNumber, start) }
    return position
  }

  mutating func literal(_ start: Pointer) throws(FaultCode) -> (Pointer, Slot) {
    for (word, kind) in [("null" as StaticString, ValueKind.null), ("true", .true), ("false", .false)] {
      let length = word.utf8CodeUnitCount
      guard start + length <= limit, equal(start, word.utf8Start, length) else { continue }
      if start + length < limit {
        let next = start[length]
        let isWord = (next | 0x20 >= 0x61 && next | 0x20 <= 0x7A) || next &- 0x30 < 10
        if isWord { throw fault(.jsonLiteral, start) }
      }
      return (start + length, Slot(kind, offset: start - base, length: length))
    }
    let first = start.pointee | 0x20
    // A bare word (NaN, tru, Infinity) is named as such; anything else is syntax.
    throw fault(first >= 0x61 && first <= 0x7A ? .jsonLiteral : .jsonSyntax, start)
  }
}
