/// A zone in which a source tells local time: a fixed offset, or the rules of a place.
enum CivilTimeZone: Sendable {
  /// Seconds east of UTC.
  case fixed(Int)
  case rules(ZoneRules)

  /// Reads `UTC`, `±hh:mm` (hours to 23) or a name of the IANA time zone database; nil where there is none.
  init?(_ name: String) {
    if name == "UTC" {
      self = .fixed(0)
      return
    }
    if let first = name.utf8.first, first == UInt8(ascii: "+") || first == UInt8(ascii: "-") {
      var name = name
      let offset = name.withUTF8 { bytes in try? Instant.offset(bytes, from: 0) }
      guard let offset else { return nil }
      self = .fixed(offset)
      return
    }
    guard let rules = ZoneRules(name: name) else { return nil }
    self = .rules(rules)
  }

  var isUTC: Bool {
    if case .fixed(0) = self { return true }
    return false
  }

  /// Seconds east of UTC at a local time, itself counted as if it were UTC.
  @inline(__always) func offset(atLocal local: Int64) throws(FaultCode) -> Int {
    switch self {
    case .fixed(let offset): offset
    case .rules(let rules): try rules.offset(atLocal: local)
    }
  }
}

/// What a compiled zone file (TZif, RFC 8536) says of a zone: when its offset from UTC changed, and to what.
///
/// Advice for maintainers: a version 2+ file lists instants up to some year and then gives a rule in the form of
/// POSIX `TZ`. The rule is written out here for 402 years at loading; the Gregorian calendar repeats, weekdays
/// included, every 400, so a later time is moved back by whole cycles. A search is then all that is left to do.
struct ZoneRules: Sendable {
  /// When each stretch of one offset begins, in seconds since 1970 UTC, ascending; the first is `Int64.min`.
  private(set) var starts: [Int64] = [.min]
  /// The offset of each stretch, in seconds east of UTC.
  private(set) var offsets: [Int32] = []
  /// From this local time on the calendar is folded back by 400-year cycles; `Int64.max` where no rule repeats.
  private(set) var foldFrom = Int64.max

  /// 400 Gregorian years in seconds.
  private static let cycle: Int64 = 146_097 * 86_400
  /// Longer than any offset (RFC 8536: below 26 hours), in seconds.
  private static let offsetMax: Int64 = 100_000

  /// Seconds east of UTC at a local time counted as if it were UTC.
  ///
  /// Faults: `timeNonexistent` in a gap, `timeAmbiguous` in a fold. Does not allocate.
  func offset(atLocal local: Int64) throws(FaultCode) -> Int {
    var local = local
    if local >= foldFrom { local -= ((local - foldFrom) / ZoneRules.cycle + 1) * ZoneRules.cycle }
    var found: Int?
    var index = stretch(at: local - ZoneRules.offsetMax)
    while index < starts.count, starts[index] <= local + ZoneRules.offsetMax {
      let instant = local - Int64(offsets[index])
      let isBeforeEnd = index + 1 == starts.count || instant < starts[index + 1]
      if instant >= starts[index], isBeforeEnd {
        guard found == nil else { throw .timeAmbiguous }
        found = Int(offsets[index])
      }
      index += 1
    }
    guard let found else { throw .timeNonexistent }
    return found
  }

  /// The last stretch that begins at or before `seconds`.
  private func stretch(at seconds: Int64) -> Int {
    var (low, high) = (0, starts.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= seconds { low = middle } else { high = middle }
    }
    return low
  }
}

extension ZoneRules {
  /// Loads a zone by its name from the system's zone files; nil where the name or the file is not good.
  init?(name: String) {
    guard ZoneRules.isZoneName(name), let file = try? SmallFile.read("/usr/share/zoneinfo/" + name) else {
      return nil
    }
    self.init(file: file)
  }

  /// Names are words of letters, digits, `_`, `+` and `-`, joined by `/`: no dot can lead out of the folder.
  ///
  /// `localtime`, `posixrules` and `Factory` are not places: the first two mean whatever the host was set to.
  static func isZoneName(_ name: String) -> Bool {
    let words = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard name.utf8.count <= 64, words.count <= 3 else { return false }
    guard !["localtime", "posixrules", "Factory"].contains(name) else { return false }
    return words.allSatisfy { word in
      guard let first = word.first, isLetter(first) else { return false }
      return word.allSatisfy { isLetter($0) || digitValue($0) <= 9 || "_+-".utf8.contains($0) }
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

  /// Reads the bytes of a TZif file of version 2 or later; nil where they are not one, or count leap seconds.
  init?(file: [UInt8]) {
    guard let first = TZifHeader(file, at: 0), first.version >= UInt8(ascii: "2"),
      let header = TZifHeader(file, at: first.end(timeSize: 4)), header.leapCount == 0,
      header.typeCount >= 1, header.end(timeSize: 8) < file.count
    else { return nil }
    var types: [Int32] = []
    for type in 0..<header.typeCount {
      let offset = Int32(truncatingIfNeeded: bigEndian(file, header.typeStart(timeSize: 8) + 6 * type, 4))
      guard abs(Int(offset)) < ZoneRules.offsetMax else { return nil }
      types.append(offset)
    }
    // Before the first change type 0 holds (RFC 8536, section 3.2).
    offsets = [types[0]]
    for index in 0..<header.timeCount {
      let start = Int64(bitPattern: bigEndian(file, header.start + 8 * index, 8))
      let type = Int(file[header.start + 8 * header.timeCount + index])
      guard type < types.count, append(types[type], from: start) else { return nil }
    }
    let footer = file[header.end(timeSize: 8)...]
    guard footer.first == 0x0A, let end = footer.dropFirst().firstIndex(of: 0x0A) else { return nil }
    guard end > footer.startIndex + 1 else { return }
    guard let rule = PosixZoneRule(footer[(footer.startIndex + 1)..<end]) else { return nil }
    repeatForever(rule)
  }

  /// Adds a stretch; false where it does not follow the last one. One that changes nothing is left out.
  private mutating func append(_ offset: Int32, from start: Int64) -> Bool {
    guard start >= starts[starts.count - 1] else { return false }
    if offset != offsets[offsets.count - 1] {
      starts.append(start)
      offsets.append(offset)
    }
    return true
  }

  private mutating func repeatForever(_ rule: PosixZoneRule) {
    guard rule.daylight != nil else { return }
    let last = max(starts[starts.count - 1], 0)
    let firstYear = CivilDate(daysSinceEpoch: Int(floorDivide(last, 86_400))).year
    for year in firstYear...firstYear + 402 {
      for (start, offset) in rule.changes(in: year) where start > last {
        // Changes follow each other, within a year and over its end; append refuses nothing here.
        _ = append(offset, from: start)
      }
    }
    foldFrom = Int64(CivilDate(year: firstYear + 401, month: 1, day: 1).daysSinceEpoch) * 86_400
  }
}

/// The counts at the head of a TZif data block (RFC 8536, section 3.1).
private struct TZifHeader {
  let version: UInt8
  let start: Int
  let timeCount: Int
  let typeCount: Int
  let leapCount: Int
  /// The bytes of the designations and of the two kinds of indicators.
  private let tailCount: Int

  init?(_ file: [UInt8], at offset: Int) {
    guard offset >= 0, file.count - offset >= 44, file[offset..<offset + 4].elementsEqual("TZif".utf8) else {
      return nil
    }
    version = file[offset + 4]
    let counts = (0..<6).map { Int(bigEndian(file, offset + 20 + 4 * $0, 4)) }
    guard counts.allSatisfy({ $0 <= 100_000 }) else { return nil }
    start = offset + 44
    leapCount = counts[2]
    timeCount = counts[3]
    typeCount = counts[4]
    tailCount = counts[0] + counts[1] + counts[5]
    guard end(timeSize: 4) <= file.count else { return nil }
  }

  func typeStart(timeSize: Int) -> Int { start + timeCount * (timeSize + 1) }

  func end(timeSize: Int) -> Int {
    typeStart(timeSize: timeSize) + 6 * typeCount + leapCount * (timeSize + 4) + tailCount
  }
}

private func bigEndian(_ bytes: [UInt8], _ offset: Int, _ count: Int) -> UInt64 {
  bytes[offset..<offset + count].reduce(0) { $0 << 8 | UInt64($1) }
}
