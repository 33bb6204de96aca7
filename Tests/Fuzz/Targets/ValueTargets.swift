import Glibc
import ReferenceDecoders
import Sluice

/// Values, each held against a reference or against the system, and written and read again.
enum ValueTargets {
  private static func read<Value>(
    _ bytes: some Collection<UInt8>, _ read: (Bytes) throws(FaultCode) -> Value
  ) -> Result<Value, FaultCode> {
    // A copy of its own length, so that a read past the end is a read past the allocation.
    let copy = Array(bytes)
    return copy.withUnsafeBufferPointer { bytes in
      do throws(FaultCode) { return .success(try read(bytes)) } catch { return .failure(error) }
    }
  }

  private static func written(_ capacity: Int, _ write: (inout OutputBuffer) -> Void) -> [UInt8] {
    var output = OutputBuffer(capacity: capacity)
    write(&output)
    precondition(output.count <= capacity, "a writer left its room")
    return Array(UnsafeBufferPointer(start: output.base, count: output.count))
  }

  // MARK: - Times

  static func timestamp(_ bytes: [UInt8]) -> String? {
    let found = try? read(bytes) { bytes throws(FaultCode) in try Instant(rfc3339: bytes) }.get()
    let expected = ReferenceInstant.read(bytes)
    guard found?.seconds == expected?.seconds, found?.nanoseconds == expected?.nanoseconds else {
      return "timestamp: \(String(describing: found)), not \(String(describing: expected))"
    }
    if let found, let finding = rewritten(found) { return finding }
    for unit in EpochUnit.allCases {
      let instant = try? read(bytes) { bytes throws(FaultCode) in try Instant(epoch: bytes, unit: unit) }
        .get()
      if let instant, let finding = rewritten(instant) { return finding }
    }
    for pattern in patterns {
      let instant = try? read(bytes) { bytes throws(FaultCode) in try pattern.instant(bytes) }.get()
      if let instant, let finding = rewritten(instant) { return finding }
    }
    return nil
  }

  private static let patterns = [
    TimestampPattern("yyyy-MM-dd HH:mm:ss", zoneName: "UTC"),
    TimestampPattern("yyyy-MM-dd HH:mm:ss", zoneName: "Europe/Berlin"),
  ].compactMap { $0 }

  /// Written whole an instant is read as the same; cut it begins alike.
  private static func rewritten(_ instant: Instant) -> String? {
    let text = written(Instant.textByteCountMax) { instant.write(truncatedTo: nil, to: &$0) }
    let again = try? read(text) { bytes throws(FaultCode) in try Instant(rfc3339: bytes) }.get()
    guard again == instant else { return "timestamp: written, it is read as another" }
    for granularity in Granularity.allCases where granularity != .week {
      let cut = written(Instant.textByteCountMax) { instant.write(truncatedTo: granularity, to: &$0) }
      let digits = cut.last == UInt8(ascii: "Z") ? cut.dropLast() : cut[...]
      guard text.starts(with: digits) else { return "timestamp: cut, it begins otherwise" }
    }
    return nil
  }

  // MARK: - Addresses

  static func ip(_ bytes: [UInt8]) -> String? {
    let found = try? read(bytes) { bytes throws(FaultCode) in try IPAddress(bytes) }.get()
    let canonical = found.map { address in
      [UInt8](unsafeUninitializedCapacity: 16) { $1 = address.writeCanonical(to: $0.baseAddress!) }
    }
    guard canonical == systemAddress(bytes) else { return "ip: not as the system reads it" }
    guard let found else { return nil }
    let text = written(IPAddress.textByteCountMax) { found.write(to: &$0) }
    let again = try? read(text) { bytes throws(FaultCode) in try IPAddress(bytes) }.get()
    guard again == found else { return "ip: written, it is read as another" }
    return systemText(found, canonical ?? []) == text ? nil : "ip: not as RFC 5952 writes it"
  }

  /// The address in network order as `inet_pton` reads it, an IPv4-mapped one as IPv4.
  private static func systemAddress(_ bytes: [UInt8]) -> [UInt8]? {
    guard !bytes.contains(0) else { return nil }
    let text = bytes.map { CChar(bitPattern: $0) } + [0]
    var short = [UInt8](repeating: 0, count: 4)
    if inet_pton(AF_INET, text, &short) == 1 { return short }
    var long = [UInt8](repeating: 0, count: 16)
    guard inet_pton(AF_INET6, text, &long) == 1 else { return nil }
    let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]
    return long.starts(with: mapped) ? Array(long.suffix(4)) : long
  }

  /// What `inet_ntop` writes; it writes an address whose first 96 bits are zero with a dotted quad, which RFC 5952 leaves
  /// to prefixes that are known to hold one, so those are not asked.
  private static func systemText(_ address: IPAddress, _ canonical: [UInt8]) -> [UInt8] {
    guard canonical.count == 4 || !canonical.starts(with: [UInt8](repeating: 0, count: 12)) else {
      return written(IPAddress.textByteCountMax) { address.write(to: &$0) }
    }
    var text = [CChar](repeating: 0, count: 64)
    _ = inet_ntop(canonical.count == 4 ? AF_INET : AF_INET6, canonical, &text, 64)
    return text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
  }

  // MARK: - Phone numbers

  private static let regions: [PhoneRegion?] =
    [nil] + ["US", "GB", "DE", "IN", "BR", "IT", "RU", "SM"].compactMap { PhoneRegion(code: $0) }

  static func phone(_ bytes: [UInt8]) -> String? {
    for region in regions {
      guard let number = canonicalPhone(bytes, region) else { continue }
      guard number.first == UInt8(ascii: "+"), (8...16).contains(number.count),
        number.dropFirst().allSatisfy({ (0x30...0x39).contains($0) }), number[1] != 0x30
      else { return "phone: its canonical form is none" }
      guard canonicalPhone(number, nil) == number, canonicalPhone(number, region) == number else {
        return "phone: the canonical form has another canonical form"
      }
      // The calling code may be the region's; all that follows it was given, and ended the number.
      let digits = bytes.filter { (0x30...0x39).contains($0) }
      let codeLength = number.withUnsafeBufferPointer { PhoneNumber.callingCodeLength($0) } ?? 0
      guard digits.suffix(number.count - 1 - codeLength) == number[(1 + codeLength)...] else {
        return "phone: other digits than were given"
      }
    }
    return nil
  }

  private static func canonicalPhone(_ bytes: [UInt8], _ region: PhoneRegion?) -> [UInt8]? {
    var number = [UInt8](repeating: 0xEE, count: PhoneNumber.byteCountMax)
    let count = try? read(bytes) { bytes throws(FaultCode) in
      try PhoneNumber.canonical(bytes, region: region, to: &number)
    }.get()
    return count.map { Array(number.prefix($0)) }
  }

  // MARK: - Coordinates

  private static let sides = [("1", 0), ("1", 1), ("1", 2), ("5", 2), ("25", 2), ("3", 3), ("1", 6)].map {
    ExactDecimal(mantissa: Int128($0.0)!, scale: $0.1)
  }

  /// Latitude and longitude, with the first comma between them.
  static func coordinates(_ bytes: [UInt8]) -> String? {
    let parts = bytes.split(separator: UInt8(ascii: ","), maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return nil }
    let (latitude, longitude) = (Array(parts[0]), Array(parts[1]))
    let found = read(latitude) { first throws(FaultCode) in
      try longitude.withUnsafeBufferPointer { second throws(FaultCode) in
        try GeoPoint(latitude: first, longitude: second)
      }
    }
    let expected = ReferenceDegrees.fault(latitude, longitude)
    switch found {
    case .failure(let code):
      return code == expected ? nil : "coordinates: \(code.code), not \(expected?.code ?? "accepted")"
    case .success(let point):
      if let expected { return "coordinates: accepted, though \(expected.code)" }
      return inLattice(point, latitude, longitude) ?? geohashed(point)
    }
  }

  private static func inLattice(_ point: GeoPoint, _ latitude: [UInt8], _ longitude: [UInt8]) -> String? {
    for (degrees, bytes) in [(point.latitude, latitude), (point.longitude, longitude)] {
      let text = written(ExactDecimal.textByteCountMax) { degrees.write(to: &$0) }
      guard ReferenceDegrees.isSame(text, bytes, halfTurnIsSame: bytes == longitude) else {
        return "coordinates: written, they are others"
      }
    }
    for side in sides {
      let rows = written(ExactDecimal.textByteCountMax) { try? point.writeGridLatitude(side, to: &$0) }
      let columns = written(ExactDecimal.textByteCountMax) { try? point.writeGridLongitude(side, to: &$0) }
      guard holds(rows, point.latitude, side), holds(columns, point.longitude, side) else {
        return "coordinates: they lie outside their cell"
      }
      let short = latitude.withUnsafeBufferPointer { first in
        longitude.withUnsafeBufferPointer { second in
          GeoPoint.shortCorner(latitude: first, longitude: second, side: side)
        }
      }
      guard let short else { continue }
      let corners = [short.latitude, short.longitude].map { units in
        written(ExactDecimal.textByteCountMax) { ExactDecimal.writeShort(units, scale: side.scale, to: &$0) }
      }
      guard corners == [rows, columns] else { return "coordinates: the short way leads to another cell" }
    }
    return nil
  }

  /// Whether the cell whose corner is written holds the degrees; latitude 90 may end its cell. Counted in 10^-30 degrees,
  /// which 128 bits hold.
  private static func holds(_ corner: [UInt8], _ degrees: ExactDecimal, _ side: ExactDecimal) -> Bool {
    func units(_ decimal: ExactDecimal) -> Int128 {
      (decimal.scale..<30).reduce(decimal.mantissa) { units, _ in units * 10 }
    }
    guard let start = ExactDecimal(String(decoding: corner, as: UTF8.self)) else { return false }
    let distance = units(degrees) - units(start)
    let isPole = degrees == ExactDecimal(mantissa: 90, scale: 0)
    return distance >= 0 && (distance < units(side) || isPole && distance == units(side))
  }

  /// A shorter geohash begins each longer one.
  private static func geohashed(_ point: GeoPoint) -> String? {
    let longest = written(12) { point.writeGeohash(12, to: &$0) }
    for length in 1...12 {
      let hash = written(12) { point.writeGeohash(length, to: &$0) }
      guard hash.count == length, longest.starts(with: hash) else {
        return "coordinates: a shorter geohash is another"
      }
    }
    return nil
  }
}
