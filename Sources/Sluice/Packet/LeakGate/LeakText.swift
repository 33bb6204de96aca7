internal import CProcessor

/// What the leak gate takes for a part of an identifier, and the forms that few identifiers have.
enum LeakText {
  enum Sort: UInt8 {
    /// Nothing goes on across it.
    case boundary
    /// A letter, a digit, or a byte of a character beyond ASCII.
    case word
    /// May stand within an identifier.
    case joint
    /// Joins numbers alone: those of a phone number.
    case blank
  }

  private static let sorts: [Sort] = (0...255).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...:
      .word
    case UInt8(ascii: " "): .blank
    case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "<"), UInt8(ascii: ">"),
      UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\\"), 0..<0x20, 0x7F:
      .boundary
    default: .joint
    }
  }

  static let sortTable = FrozenArray(sorts)

  /// What a byte of a word is compared as, letters in lower case; 0 for a byte of none.
  static let plainTable = FrozenArray((0...255).map { (byte: UInt8) in isWord(byte) ? lower(byte) : 0 })

  @inline(__always) static func isWord(_ byte: UInt8) -> Bool { isASCIIWord(byte) || byte >= 0x80 }

  @inline(__always) static func isASCIIWord(_ byte: UInt8) -> Bool {
    digitValue(byte) <= 9 || (byte | 0x20) &- 0x61 < 26
  }

  @inline(__always) static func lower(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

  @inline(__always) static func isDigit(_ byte: UInt8) -> Bool { digitValue(byte) <= 9 }

  /// What few identifiers look like.
  struct Likeness: OptionSet {
    let rawValue: UInt8
    static let pseudonym = Likeness(rawValue: 1)
    static let instant = Likeness(rawValue: 2)
    static let network = Likeness(rawValue: 4)
    static let fraction = Likeness(rawValue: 8)
  }

  /// What an identifier begins like, or is by its form: as it stands, or by `plain`, its letters and digits in lower
  /// case.
  static func likeness(_ text: Bytes, plain: Bytes) -> Likeness {
    if plain.count >= 28, isPseudonym(Bytes(rebasing: plain[..<28])),
      plain.count == 28 || text.prefix(while: isWord).count == 28
    {
      return .pseudonym
    }
    if instantLength(text) > 0 { return .instant }
    if isNetwork(text) { return .network }
    return isFraction(text) ? .fraction : []
  }

  /// Whether 28 bytes have the form of a pseudonym: a letter, `a`, 26 of base32.
  static func isPseudonym(_ bytes: Bytes) -> Bool {
    guard bytes.count == 28, let start = bytes.baseAddress else { return false }
    return sluice_is_pseudonym(start) != 0
  }

  /// How many bytes at the start are an instant or a day as `Instant` writes them, or as ISO 8601 has them with a blank
  /// or an offset; 0 where it is none.
  static func instantLength(_ bytes: Bytes) -> Int {
    func digits(_ start: Int, _ count: Int) -> Bool {
      start + count <= bytes.count && (start..<start + count).allSatisfy { isDigit(bytes[$0]) }
    }
    func stands(_ character: Unicode.Scalar, _ index: Int) -> Bool {
      index < bytes.count && bytes[index] == UInt8(ascii: character)
    }
    guard digits(0, 4), bytes[0] == 0x31 || bytes[0] == 0x32, stands("-", 4), digits(5, 2), stands("-", 7),
      digits(8, 2), bytes[5] <= 0x31, bytes[8] <= 0x33
    else { return 0 }
    var end = 10
    guard stands("T", 10), digits(11, 2) else { return end < bytes.count && isWord(bytes[end]) ? 0 : end }
    end = 13
    for _ in 0..<2 where stands(":", end) && digits(end + 1, 2) { end += 3 }
    if stands(".", end), digits(end + 1, 1) {
      end += 1
      while end < bytes.count, isDigit(bytes[end]) { end += 1 }
    }
    guard stands("Z", end) else { return 0 }
    end += 1
    return end < bytes.count && isWord(bytes[end]) ? 0 : end
  }

  /// Whether bytes are a decimal number with a point in it, and nothing else: a coordinate, say.
  static func isFraction(_ bytes: Bytes) -> Bool {
    let number = bytes.drop { $0 == UInt8(ascii: "-") }
    var pointCount = 0
    for byte in number where !isDigit(byte) {
      guard byte == UInt8(ascii: ".") else { return false }
      pointCount += 1
    }
    return pointCount == 1 && number.count > 1
  }

  /// Whether bytes are the text of a network as a prefix writes it: `203.0.113.0/24`.
  static func isNetwork(_ bytes: Bytes) -> Bool {
    guard bytes.count > 8,
      let slash = (bytes.count - 4..<bytes.count).first(where: { bytes[$0] == UInt8(ascii: "/") }),
      let address = try? IPAddress(Bytes(rebasing: bytes[..<slash]))
    else { return false }
    return isNetwork(address, length: Bytes(rebasing: bytes[(slash + 1)...]))
  }

  /// Whether an address has no bit beyond a length of so many, which is shorter than an address.
  static func isNetwork(_ address: IPAddress, length digits: Bytes) -> Bool {
    guard digits.count >= 1, digits.count <= 3, digits.allSatisfy(isDigit) else { return false }
    let length = digits.reduce(0) { $0 * 10 + UInt64(digitValue($1)) }
    if address.isIPv4 { return length < 32 && address.low << (32 + length) == 0 }
    guard length < 128 else { return false }
    return length < 64
      ? address.high << length == 0 && address.low == 0 : address.low << (length - 64) == 0
  }
}
