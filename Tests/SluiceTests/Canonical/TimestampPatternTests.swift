import Foundation
import Sluice
import Testing

private func read(_ text: String, _ pattern: TimestampPattern) -> Result<Instant, FaultCode> {
  CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try pattern.instant(bytes) }
}

@Suite("Timestamp patterns") struct TimestampPatternTests {
  private let plain = "yyyy-MM-dd HH:mm:ss"

  @Test(
    "forms",
    arguments: [
      ("yyyy-MM-dd HH:mm:ss", "UTC", "2026-03-14 09:30:05", "2026-03-14T09:30:05Z"),
      ("yyyy-MM-dd HH:mm:ss 'UTC'", "UTC", "2026-03-14 09:30:05 UTC", "2026-03-14T09:30:05Z"),
      ("yyyy-MM-ddTHH:mm:ss.SSSZ", "UTC", "2026-03-14T09:30:05.250Z", "2026-03-14T09:30:05.25Z"),
      ("dd.MM.yyyy HH:mm", "+02:00", "14.03.2026 11:30", "2026-03-14T09:30:00Z"),
      ("yyyyMMddHHmmssSSSSSSSSS", "-09:30", "20260314000005000000001", "2026-03-14T09:30:05.000000001Z"),
      ("MM/dd/yyyy_HH:mm:ss.S", "UTC", "03/14/2026_09:30:05.9", "2026-03-14T09:30:05.9Z"),
      ("'at 'HH:mm' on 'yyyy-MM-dd", "UTC", "at 09:30 on 2026-03-14", "2026-03-14T09:30:00Z"),
      ("yyyy-MM-dd HH:mm:ss", "UTC", "1998-12-31 23:59:60", "1998-12-31T23:59:59.999999999Z"),
      ("yyyy-MM-dd HH:mm:ss", "+01:00", "1999-01-01 00:59:60", "1998-12-31T23:59:59.999999999Z"),
    ])
  func forms(pattern: String, zone: String, value: String, expected: String) throws {
    let pattern = try #require(TimestampPattern(pattern, zoneName: zone))
    #expect(read(value, pattern).map(\.text) == .success(expected))
  }

  @Test(
    "patterns that do not load",
    arguments: [
      "", "yyyy-MM-dd", "HH:mm:ss", "yy-MM-dd HH:mm:ss", "yyyy-M-dd HH:mm:ss", "yyyy-MM-dd hh:mm:ss",
      "yyyy-MM-dd HH:mm:ss z", "yyyy-MM-dd HH:mm:ss 'UTC", "yyyy-MM-dd HH:mm:ss ''", "yyyy-MM-dd HH:mm SSS",
      "yyyy-MM-dd HH:mm:ss.SSSSSSSSSS", "yyyy-MM-dd HH:mm:ss yyyy", "yyyy-MM-dd HH:mm:ss.S.S",
      "yyyyy-MM-dd HH:mm",
      "yyyy-MM-dd HH:mm:ss,SSS", "yyyy-MM-dd HH:mm:ss 'ü'", "yyyy-MM-dd HH:mm:ss+", "DDDD-MM-dd HH:mm",
    ])
  func refusedPatterns(pattern: String) {
    #expect(TimestampPattern(pattern, zoneName: "UTC") == nil)
  }

  @Test(
    "zones that do not load: unknown names, ways out of the folder, the host's own zone",
    arguments: [
      "", "utc", "Nowhere/City", "../../etc/passwd", "Europe/../Europe/Berlin", "/usr/share/zoneinfo/UTC",
      "Europe/",
      "/UTC", "Europe//Berlin", ".", "Europe", "localtime", "posixrules", "Factory", "tzdata.zi", "zone.tab",
      "leapseconds", "+2:00", "+24:00", "+0200", "02:00", "+02:60", "Europe/Berlin\0",
      "Europe/B\u{65}\u{301}rlin",
      "right/Europe/Berlin", "a/b/c/d", "+02:00 ",
    ])
  func refusedZones(zone: String) {
    #expect(TimestampPattern(plain, zoneName: zone) == nil)
  }

  @Test("an unquoted Z tells UTC, so it loads in no other zone")
  func zulu() {
    #expect(TimestampPattern("yyyy-MM-ddTHH:mm:ssZ", zoneName: "+02:00") == nil)
    #expect(TimestampPattern("yyyy-MM-ddTHH:mm:ssZ", zoneName: "+00:00") != nil)
    #expect(TimestampPattern("yyyy-MM-ddTHH:mm:ss'Z'", zoneName: "+02:00") != nil)
  }

  @Test(
    "refused values",
    arguments: [
      "2026-03-14 09:30:0", "2026-03-14 09:30:055", "2026-03-14T09:30:05", "2026-3-14 09:30:050",
      "2026-02-29 00:00:00",
      "2026-03-14 24:00:00", "2026-03-14 09:60:00", "2026-03-14 09:30:61", "2026-03-14 09:30:60",
      "0000-03-14 09:30:05",
      "2026-03-14 9:30:05 ", " 2026-03-14 9:30:05", "2026-03-14 09:30:+5", "２２6-03-14 09:30:0",
    ])
  func refused(value: String) throws {
    let pattern = try #require(TimestampPattern(plain, zoneName: "UTC"))
    #expect(read(value, pattern) == .failure(.timeFormat))
  }

  @Test("an empty value, and one that leaves the years 1 to 9999")
  func edges() throws {
    let pattern = try #require(TimestampPattern(plain, zoneName: "+01:00"))
    #expect(read("", pattern) == .failure(.valueEmpty))
    #expect(read("0001-01-01 00:59:59", pattern) == .failure(.timeRange))
    #expect(read("0001-01-01 01:00:00", pattern) == .success(Instant(seconds: -62_135_596_800)))
  }

  // B60 and B61. Skipped where the system has no zone files.
  @Test(
    "a gap does not exist and a fold is ambiguous", .enabled(if: CanonicalSupport.hasZones),
    arguments: [
      ("Europe/Berlin", "2024-03-31 01:59:59", "2024-03-31T00:59:59Z", nil),
      ("Europe/Berlin", "2024-03-31 02:00:00", "", .timeNonexistent),
      ("Europe/Berlin", "2024-03-31 02:30:00", "", .timeNonexistent),
      ("Europe/Berlin", "2024-03-31 02:59:59", "", .timeNonexistent),
      ("Europe/Berlin", "2024-03-31 03:00:00", "2024-03-31T01:00:00Z", nil),
      ("Europe/Berlin", "2024-10-27 01:59:59", "2024-10-26T23:59:59Z", nil),
      ("Europe/Berlin", "2024-10-27 02:00:00", "", .timeAmbiguous),
      ("Europe/Berlin", "2024-10-27 02:30:00", "", .timeAmbiguous),
      ("Europe/Berlin", "2024-10-27 02:59:59", "", .timeAmbiguous),
      ("Europe/Berlin", "2024-10-27 03:00:00", "2024-10-27T02:00:00Z", nil),
      // Beyond the file's own list, by its rule: 2100 has its gap on March 28 and its fold on October 31.
      ("Europe/Berlin", "2100-03-28 02:30:00", "", .timeNonexistent),
      ("Europe/Berlin", "2100-10-31 02:30:00", "", .timeAmbiguous),
      ("Europe/Berlin", "2100-07-01 12:00:00", "2100-07-01T10:00:00Z", nil),
      ("Europe/Berlin", "2100-12-01 12:00:00", "2100-12-01T11:00:00Z", nil),
      // Beyond 400 years of it: 9990 has the calendar of 2390, whose last Sunday of March is the 25th.
      ("Europe/Berlin", "9990-03-25 02:30:00", "", .timeNonexistent),
      ("Europe/Berlin", "9990-07-01 12:00:00", "9990-07-01T10:00:00Z", nil),
      ("Europe/Berlin", "9999-12-31 23:59:59", "9999-12-31T22:59:59Z", nil),
      // Before the first change: local mean time, 53 minutes and 28 seconds.
      ("Europe/Berlin", "1850-01-01 00:53:28", "1850-01-01T00:00:00Z", nil),
      // South of the equator the year begins in summer.
      ("Australia/Sydney", "2200-01-01 11:00:00", "2200-01-01T00:00:00Z", nil),
      ("Australia/Sydney", "2200-07-01 10:00:00", "2200-07-01T00:00:00Z", nil),
      // A rule with a negative time of day, and one whose standard time is the summer one.
      ("America/Nuuk", "2100-07-01 00:00:00", "2100-07-01T01:00:00Z", nil),
      ("Europe/Dublin", "2100-07-01 01:00:00", "2100-07-01T00:00:00Z", nil),
      ("Europe/Dublin", "2100-01-01 00:00:00", "2100-01-01T00:00:00Z", nil),
      ("Asia/Kolkata", "2200-07-01 05:30:00", "2200-07-01T00:00:00Z", nil),
      ("Etc/GMT+5", "2026-01-01 00:00:00", "2026-01-01T05:00:00Z", nil),
      // A whole day that Samoa left out.
      ("Pacific/Apia", "2011-12-30 12:00:00", "", .timeNonexistent),
    ] as [(String, String, String, FaultCode?)])
  func zones(zone: String, value: String, expected: String, fault: FaultCode?) throws {
    let pattern = try #require(TimestampPattern(plain, zoneName: zone))
    #expect(read(value, pattern).map(\.text) == fault.map { .failure($0) } ?? .success(expected))
  }

  // Skipped where the system has no zone files. Foundation is the oracle.
  @Test(
    "an instant told in a zone is read back, or is told twice", .enabled(if: CanonicalSupport.hasZones),
    arguments: ["Europe/Berlin", "America/New_York", "Australia/Sydney", "Asia/Kolkata", "America/Sao_Paulo"])
  func oracle(zone: String) throws {
    let pattern = try #require(TimestampPattern(plain, zoneName: zone))
    let oracle = try #require(TimeZone(identifier: zone))
    let seed: UInt64 = 0x5EED_0003
    var numbers = SeededNumbers(seed: seed)
    var ambiguous = 0
    for _ in 0..<2_000 {
      let seconds = Int64.random(in: 0..<4_000_000_000, using: &numbers)
      let offset = oracle.secondsFromGMT(for: Date(timeIntervalSince1970: Double(seconds)))
      let local = Instant(seconds: seconds + Int64(offset)).text
      let value = local.dropLast().replacingOccurrences(of: "T", with: " ")
      switch read(value, pattern) {
      case .success(let instant): #expect(instant.seconds == seconds, "seed: \(seed)")
      case .failure(let fault):
        #expect(fault == .timeAmbiguous, "seed: \(seed)")
        ambiguous += 1
      }
    }
    #expect(ambiguous < 10)
  }

  @Test("a format reads with its own reader")
  func format() throws {
    let pattern = try #require(TimestampPattern(plain, zoneName: "UTC"))
    let forms: [(TimestampFormat, String)] = [
      (.rfc3339, "2024-03-31T00:00:00Z"), (.epoch(.seconds), "1711843200"),
      (.epoch(.milliseconds), "1711843200000"), (.epoch(.microseconds), "1711843200000000"),
      (.pattern(pattern), "2024-03-31 00:00:00"),
    ]
    for (format, text) in forms {
      let outcome = CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try format.instant(bytes) }
      #expect(outcome == .success(Instant(seconds: 1_711_843_200)))
    }
    #expect(TimestampPattern(plain, zoneName: "UTC") == pattern)
    #expect(TimestampPattern(plain, zoneName: "+00:00") != pattern)
  }
}
