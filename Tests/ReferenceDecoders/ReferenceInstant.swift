/// RFC 3339 read with no arithmetic but counting: the oracle of the timestamp reader.
package enum ReferenceInstant {
  /// Seconds since 1970 and billionths of one; nil for what is no date-time, or lies outside the years 1 to 9999.
  package static func read(_ bytes: [UInt8]) -> (seconds: Int64, nanoseconds: Int32)? {
    var rest = bytes[...]
    func take(_ allowed: String) -> UInt8? {
      guard let byte = rest.first, allowed.utf8.contains(byte) else { return nil }
      rest.removeFirst()
      return byte
    }
    func number(_ count: Int) -> Int? {
      var value = 0
      for _ in 0..<count {
        guard let digit = take("0123456789") else { return nil }
        value = value * 10 + Int(digit - 0x30)
      }
      return value
    }
    guard let year = number(4), take("-") != nil, let month = number(2), take("-") != nil,
      let day = number(2), take("Tt") != nil, let hour = number(2), take(":") != nil,
      let minute = number(2), take(":") != nil, let second = number(2)
    else { return nil }
    var fraction: [UInt8] = []
    if take(".") != nil {
      while let digit = take("0123456789") { fraction.append(digit - 0x30) }
      guard (1...30).contains(fraction.count) else { return nil }
    }
    var offset = 0
    if take("Zz") == nil {
      guard let sign = take("+-"), let hours = number(2), take(":") != nil, let minutes = number(2),
        hours <= 23, minutes <= 59
      else { return nil }
      offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -60 : 60)
    }
    guard rest.isEmpty, (1...12).contains(month), (1...days(in: month, year)).contains(day), hour <= 23,
      minute <= 59, second <= 60
    else { return nil }
    let seconds = dayNumber(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + min(second, 59) - offset
    guard seconds >= dayNumber(1, 1, 1) * 86_400, seconds < dayNumber(10_000, 1, 1) * 86_400 else {
      return nil
    }
    guard second == 60 else {
      let billionths = (fraction + [UInt8](repeating: 0, count: 9)).prefix(9).reduce(0) {
        $0 * 10 + Int32($1)
      }
      return (Int64(seconds), billionths)
    }
    // A leap second ends June or December in UTC, whatever the offset says.
    let ends = (year - 1...year + 1).flatMap { [dayNumber($0, 7, 1), dayNumber($0 + 1, 1, 1)] }
    guard ends.contains(where: { $0 * 86_400 == seconds + 1 }) else { return nil }
    return (Int64(seconds), 999_999_999)
  }

  private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }

  private static func days(in month: Int, _ year: Int) -> Int {
    [31, isLeap(year) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Days since 1970-01-01.
  private static func dayNumber(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let past = year - 1
    // 719,162 days lie between 0001-01-01 and 1970-01-01.
    return past * 365 + past / 4 - past / 100 + past / 400 - (past < 0 ? 1 : 0)
      + (1..<month).reduce(0) { $0 + days(in: $1, year) } + day - 1 - 719_162
  }
}
