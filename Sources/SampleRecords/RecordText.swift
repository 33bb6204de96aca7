/// Records as text in one of two formats, in a buffer that its owner writes out and empties.
///
/// A record is opened, its fields are named in the order of the columns, and it is closed. An absent field is named
/// too: NDJSON leaves its key out, CSV writes an empty cell. Every value here is plain ASCII or a fixed text that
/// needs no escape in either format, so nothing is escaped.
package struct RecordText {
  /// How records are written.
  package enum Format: String, CaseIterable {
    case ndjson, csv
  }

  package private(set) var bytes: [UInt8] = []
  private let isJSON: Bool
  private var isFirst = true

  /// Starts with an empty buffer that has room for `capacity` bytes.
  package init(format: Format, capacity: Int = 0) {
    isJSON = format == .ndjson
    bytes.reserveCapacity(capacity)
  }

  package mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
  }

  // MARK: Structure

  mutating func openRecord(kind: RecordKind) {
    isFirst = true
    if isJSON { append("{") }
    word("kind", kind.word)
  }

  mutating func closeRecord() {
    append(isJSON ? "}\n" : "\n")
  }

  /// Opens a nested object; in CSV its fields are columns of their own.
  mutating func openObject(_ name: StaticString) {
    guard isJSON else { return }
    key(name)
    append("{")
    isFirst = true
  }

  mutating func closeObject() {
    guard isJSON else { return }
    append("}")
    isFirst = false
  }

  /// Writes the line of column names that CSV begins with.
  package mutating func header(_ names: [StaticString]) {
    for (place, name) in names.enumerated() {
      if place > 0 { append(",") }
      append(name)
    }
    append("\n")
  }

  // MARK: Fields

  mutating func absent(_ name: StaticString) {
    if !isJSON { key(name) }
  }

  mutating func word(_ name: StaticString, _ value: StaticString) {
    openText(name)
    append(value)
    closeText()
  }

  mutating func text(_ name: StaticString, _ value: [UInt8]) {
    openText(name)
    bytes.append(contentsOf: value)
    closeText()
  }

  /// A fixed text and a number after it, then `suffix`.
  mutating func text(_ name: StaticString, _ prefix: StaticString, _ number: Int, _ suffix: StaticString = "")
  {
    openText(name)
    append(prefix)
    decimal(number)
    append(suffix)
    closeText()
  }

  mutating func hex(_ name: StaticString, prefix: StaticString = "", _ value: UInt64) {
    openText(name)
    append(prefix)
    hexDigits(value, count: 16)
    closeText()
  }

  mutating func integer(_ name: StaticString, _ value: Int) {
    key(name)
    decimal(value)
  }

  /// A number of millionths, with six digits after the point.
  mutating func millionths(_ name: StaticString, _ value: Int) {
    key(name)
    if value < 0 { append("-") }
    let magnitude = abs(value)
    decimal(magnitude / 1_000_000)
    append(".")
    digits(magnitude % 1_000_000, count: 6)
  }

  /// Several texts: an array in NDJSON, joined by `;` in CSV.
  mutating func texts(_ name: StaticString, count: Int, _ value: (Int) -> [UInt8]) {
    key(name)
    if isJSON { append("[") }
    for place in 0..<count {
      if place > 0 { append(isJSON ? "," : ";") }
      if isJSON { append("\"") }
      bytes.append(contentsOf: value(place))
      if isJSON { append("\"") }
    }
    if isJSON { append("]") }
  }

  mutating func address(_ name: StaticString, _ value: SampleAddress) {
    openText(name)
    switch value {
    case .version4(let network, let host):
      append(Self.networks[network])
      decimal(host)
    case .version6(let subnet, let host):
      append("2001:db8")
      for shift in [16, 0] { group(UInt64(subnet) >> UInt64(shift)) }
      for shift in [48, 32, 16, 0] { group(host >> UInt64(shift)) }
    }
    closeText()
  }

  /// An instant, of milliseconds since 1970, in RFC 3339 with `Z`.
  mutating func instant(_ name: StaticString, _ milliseconds: Int) {
    openText(name)
    let (day, inDay) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    let date = civilDate(daysSince1970: day)
    digits(date.year, count: 4)
    append("-")
    digits(date.month, count: 2)
    append("-")
    digits(date.day, count: 2)
    append("T")
    digits(inDay / 3_600_000, count: 2)
    append(":")
    digits(inDay / 60_000 % 60, count: 2)
    append(":")
    digits(inDay / 1000 % 60, count: 2)
    append(".")
    digits(inDay % 1000, count: 3)
    append("Z")
    closeText()
  }

  // MARK: Bytes

  /// RFC 5737's networks, without the host.
  private static let networks: [StaticString] = ["192.0.2.", "198.51.100.", "203.0.113."]

  private mutating func key(_ name: StaticString) {
    if !isFirst { append(",") }
    isFirst = false
    guard isJSON else { return }
    append("\"")
    append(name)
    append("\":")
  }

  private mutating func openText(_ name: StaticString) {
    key(name)
    if isJSON { append("\"") }
  }

  private mutating func closeText() {
    if isJSON { append("\"") }
  }

  private mutating func append(_ value: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: value.utf8Start, count: value.utf8CodeUnitCount))
  }

  private mutating func decimal(_ value: Int) {
    var count = 1
    var limit = 10
    while value >= limit {
      count += 1
      limit *= 10
    }
    digits(value, count: count)
  }

  /// `value`, not negative, in exactly `count` decimal digits.
  private mutating func digits(_ value: Int, count: Int) {
    var divisor = 1
    for _ in 1..<max(count, 1) { divisor *= 10 }
    for _ in 0..<count {
      bytes.append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor = max(divisor / 10, 1)
    }
  }

  private mutating func hexDigits(_ value: UInt64, count: Int) {
    for place in stride(from: count - 1, through: 0, by: -1) {
      let nibble = UInt8((value >> UInt64(4 * place)) & 15)
      bytes.append(nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") - 10 + nibble)
    }
  }

  private mutating func group(_ value: UInt64) {
    append(":")
    hexDigits(value & 0xffff, count: 4)
  }
}

/// The date of a day, in the Gregorian calendar; `daysSince1970` is not negative.
///
/// Years are counted from March, so that a leap day is the last of its year; an era is 400 years, 146,097 days.
/// Source: Hinnant, "chrono-compatible low-level date algorithms".
func civilDate(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
  let shifted = daysSince1970 + 719_468
  let era = shifted / 146_097
  let dayOfEra = shifted % 146_097
  let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
  let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
  let monthFromMarch = (5 * dayOfYear + 2) / 153
  let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
}
