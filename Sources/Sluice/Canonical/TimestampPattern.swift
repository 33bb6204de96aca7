/// A declared form of date and time without an offset, and the zone it is told in.
///
/// Two patterns are equal when their texts are: what the system's zone files say is not compared.
public struct TimestampPattern: Sendable {
  /// The pattern as the schema wrote it.
  public let text: String
  /// The zone as the schema wrote it: `UTC`, `+02:00`, `Europe/Berlin`.
  public let zoneName: String
  private let pieces: [Piece]
  /// The length of every value of this form, in bytes.
  private let byteCount: Int
  private let zone: CivilTimeZone

  /// Reads a pattern of `yyyy MM dd HH mm ss` and `S` to `SSSSSSSSS` (a fraction), the literal characters
  /// ` -/:.TZ_` and `'quoted'` printable ASCII.
  ///
  /// Year, month, day, hour and minute stand exactly once, in any order; the fraction only with the seconds. Nil
  /// for anything else, for an unknown zone, and for an unquoted `Z` in a zone other than UTC, which would
  /// contradict it. Zones: `UTC`, `±hh:mm` up to 23:59, or a name of the IANA time zone database, read here, once,
  /// from the system's compiled files in /usr/share/zoneinfo (version 2 or later).
  public init?(_ text: String, zoneName: String) {
    guard let pieces = Piece.read(Array(text.utf8)), let zone = CivilTimeZone(zoneName) else { return nil }
    func count(_ kind: Piece.Kind) -> Int { pieces.count { $0.kind == kind } }
    for kind in [Piece.Kind.year, .month, .day, .hour, .minute] where count(kind) != 1 { return nil }
    guard count(.second) <= 1, count(.fraction) <= count(.second) else { return nil }
    if pieces.contains(where: { $0.kind == .zulu }), !zone.isUTC { return nil }
    self.text = text
    self.zoneName = zoneName
    self.pieces = pieces
    self.zone = zone
    byteCount = pieces.reduce(0) { $0 + $1.byteCount }
  }

  /// Reads a value of this form.
  ///
  /// The value has exactly the form's length, every number its full width. A local time that the zone skips is
  /// `timeNonexistent`, one that it repeats `timeAmbiguous`; second 60 stands only where a leap second may. Other
  /// faults: `valueEmpty`, `timeFormat`; `timeRange` outside the years 1 to 9999 UTC. Does not allocate.
  package func instant(_ bytes: Bytes) throws(FaultCode) -> Instant {
    guard bytes.count == byteCount else { throw bytes.isEmpty ? .valueEmpty : .timeFormat }
    var date = CivilDate(year: 0, month: 0, day: 0)
    var (hour, minute, second, nanoseconds) = (0, 0, 0, Int32(0))
    var index = 0
    for piece in pieces {
      // Safe: the pieces' lengths sum to the count checked above.
      let value = try piece.value(bytes, at: index)
      index &+= piece.byteCount
      switch piece.kind {
      case .year: date.year = value
      case .month: date.month = value
      case .day: date.day = value
      case .hour: hour = value
      case .minute: minute = value
      case .second: second = value
      case .fraction: nanoseconds = Int32(truncatingIfNeeded: value)
      case .literal, .zulu: break
      }
    }
    guard date.exists, hour <= 23, minute <= 59, second <= 60 else { throw .timeFormat }
    // The clock changes on whole seconds, so second 60 has the offset of second 59.
    let local =
      Int64(date.daysSinceEpoch) &* 86_400 &+ Int64(hour &* 3_600 &+ minute &* 60 &+ min(second, 59))
    return try Instant(
      date: date, hour: hour, minute: minute, second: second, nanoseconds: nanoseconds,
      offset: try zone.offset(atLocal: local))
  }
}

extension TimestampPattern: Hashable {
  public static func == (left: TimestampPattern, right: TimestampPattern) -> Bool {
    left.text == right.text && left.zoneName == right.zoneName
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(zoneName)
  }
}

extension TimestampPattern {
  /// One number or one literal character of a pattern.
  fileprivate struct Piece {
    enum Kind: UInt8 { case year, month, day, hour, minute, second, fraction, literal, zulu }
    var kind: Kind
    var byteCount: Int
    /// The character of a literal.
    var byte: UInt8 = 0

    /// The number that stands at `index`, or 0 for a literal that matches; a fraction in billionths.
    @inline(__always) func value(_ bytes: Bytes, at index: Int) throws(FaultCode) -> Int {
      guard kind.rawValue < Kind.literal.rawValue else {
        guard bytes[index] == byte else { throw .timeFormat }
        return 0
      }
      var value = 0
      for position in index..<index &+ byteCount {
        let digit = digitValue(bytes[position])
        guard digit <= 9 else { throw .timeFormat }
        value = value &* 10 &+ Int(digit)
      }
      return kind == .fraction ? value &* Int(powerOfTen(9 &- byteCount)) : value
    }

    static func read(_ text: [UInt8]) -> [Piece]? {
      var pieces: [Piece] = []
      var index = 0
      while index < text.count {
        let letter = text[index]
        if letter == UInt8(ascii: "'") {
          guard let end = text[(index + 1)...].firstIndex(of: letter), end > index + 1 else { return nil }
          for byte in text[(index + 1)..<end] {
            guard byte >= 0x20, byte < 0x7F else { return nil }
            pieces.append(Piece(kind: .literal, byteCount: 1, byte: byte))
          }
          index = end + 1
          continue
        }
        let run = text[index...].prefix { $0 == letter }.count
        guard let piece = number(letter, run) ?? literal(letter) else { return nil }
        pieces.append(piece)
        index += piece.byteCount
      }
      return pieces
    }

    private static func number(_ letter: UInt8, _ run: Int) -> Piece? {
      switch (letter, run) {
      case (UInt8(ascii: "y"), 4): Piece(kind: .year, byteCount: 4)
      case (UInt8(ascii: "M"), 2): Piece(kind: .month, byteCount: 2)
      case (UInt8(ascii: "d"), 2): Piece(kind: .day, byteCount: 2)
      case (UInt8(ascii: "H"), 2): Piece(kind: .hour, byteCount: 2)
      case (UInt8(ascii: "m"), 2): Piece(kind: .minute, byteCount: 2)
      case (UInt8(ascii: "s"), 2): Piece(kind: .second, byteCount: 2)
      case (UInt8(ascii: "S"), 1...9): Piece(kind: .fraction, byteCount: run)
      default: nil
      }
    }

    private static func literal(_ letter: UInt8) -> Piece? {
      if letter == UInt8(ascii: "Z") { return Piece(kind: .zulu, byteCount: 1, byte: letter) }
      let isLiteral = " -/:.T_".utf8.contains(letter)
      return isLiteral ? Piece(kind: .literal, byteCount: 1, byte: letter) : nil
    }
  }
}
