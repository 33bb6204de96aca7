/// The type a schema gives a field: what its values must be and what their one canonical form is.
public enum FieldType: Hashable, Sendable {
  /// E.164; national forms are read only where a region is declared (ISO 3166-1 alpha-2).
  case phone(region: String?)
  /// The provider's own name of an account, opaque, in a declared alphabet.
  case account(Alphabet)
  /// An identifier of a device, opaque, in a declared alphabet.
  case device(Alphabet)
  /// An identifier of a radio cell, opaque, in a declared alphabet.
  case cell(Alphabet)
  /// An identifier with a declared name; each name is its own pseudonym class.
  case id(name: String, Alphabet)
  case email
  case ip
  case port
  /// An instant, in the one form that is declared.
  case timestamp(TimestampFormat)
  /// A span of time, counted in a declared unit.
  case duration(DurationUnit)
  /// A signed 64-bit integer in a declared unit, for example `bytes`.
  case integer(unit: String)
  case decimal
  case boolean
  /// One of these texts, byte for byte; another one is `enumeration-unknown`.
  case enumeration([String])
  /// Latitude and longitude, exact decimals in degrees.
  case point
  /// At most `maximum` Unicode scalars, NFC, no control, format or bidirectional characters.
  case text(maximum: Int)
  /// What a message says. No policy can name it; its value is skipped and counted.
  case content
  /// A password, token or key. No policy can name it; its value is skipped and counted.
  case secret

  /// The pseudonym class of this type's values, or nil where it has none.
  public var identifierClass: IdentifierClass? {
    switch self {
    case .phone: .phone
    case .account: .account
    case .email: .email
    case .ip: .ip
    case .device: .device
    case .cell: .cell
    case .id: .id
    default: nil
    }
  }

  /// Whether this type's values say something of one person, so that in a kind with several parties the
  /// schema must say whose they are.
  public var belongsToSomeone: Bool {
    switch self {
    case .phone, .account, .email, .ip, .port, .device, .point, .cell, .id, .text: true
    default: false
    }
  }

  /// The type's word in a schema and in fields.csv.
  public var word: String {
    switch self {
    case .phone: "phone"
    case .account: "account"
    case .device: "device"
    case .cell: "cell"
    case .id: "id"
    case .email: "email"
    case .ip: "ip"
    case .port: "port"
    case .timestamp: "timestamp"
    case .duration: "duration"
    case .integer: "integer"
    case .decimal: "decimal"
    case .boolean: "boolean"
    case .enumeration: "enum"
    case .point: "point"
    case .text: "text"
    case .content: "content"
    case .secret: "secret"
    }
  }
}

/// The classes of identifiers that pseudonyms tell apart (design: section 3.6). The raw value is the class byte.
public enum IdentifierClass: UInt8, CaseIterable, Sendable {
  case phone = 1
  case account = 2
  case email = 3
  case ip = 4
  case device = 5
  case cell = 6
  case id = 7

  /// The first letter of a pseudonym of this class.
  public var letter: UInt8 {
    switch self {
    case .phone: UInt8(ascii: "p")
    case .account: UInt8(ascii: "a")
    case .email: UInt8(ascii: "e")
    case .ip: UInt8(ascii: "i")
    case .device: UInt8(ascii: "d")
    case .cell: UInt8(ascii: "c")
    case .id: UInt8(ascii: "o")
    }
  }

  /// The class's word in a demand: `phone`, `account`, ….
  public var word: String {
    switch self {
    case .phone: "phone"
    case .account: "account"
    case .email: "email"
    case .ip: "ip"
    case .device: "device"
    case .cell: "cell"
    case .id: "id"
    }
  }
}

/// The unit in which a source counts a duration.
public enum DurationUnit: String, CaseIterable, Sendable {
  case nanoseconds, microseconds, milliseconds, seconds, minutes

  /// Nanoseconds in one unit.
  public var nanoseconds: Int64 {
    switch self {
    case .nanoseconds: 1
    case .microseconds: 1_000
    case .milliseconds: 1_000_000
    case .seconds: 1_000_000_000
    case .minutes: 60_000_000_000
    }
  }
}

/// A set of printable ASCII characters that an opaque identifier may be made of.
public struct Alphabet: Hashable, Sendable {
  /// The alphabet as the schema wrote it.
  public let text: String
  package let low: UInt64
  package let high: UInt64

  /// Reads ranges and literal characters: `0-9a-f`, `A-Za-z0-9._-` (a hyphen first or last is itself).
  ///
  /// Returns nil for an empty text, a character outside U+0021…U+007E, or a range that runs backwards.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    var words: (UInt64, UInt64) = (0, 0)
    var index = 0
    while index < bytes.count {
      let first = bytes[index]
      var last = first
      if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "-") {
        last = bytes[index + 2]
        index += 2
      }
      guard first <= last else { return nil }
      for byte in first...last {
        if byte < 64 { words.0 |= 1 << UInt64(byte) } else { words.1 |= 1 << UInt64(byte - 64) }
      }
      index += 1
    }
    self.text = text
    (low, high) = words
  }

  @inline(__always) package func contains(_ byte: UInt8) -> Bool {
    if byte < 64 { return low >> UInt64(byte) & 1 == 1 }
    return byte < 128 && high >> UInt64(byte - 64) & 1 == 1
  }
}
