import Sluice
import Testing

private func integer(_ text: String) -> Result<Int64, FaultCode> {
  CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try parseInteger(bytes) }
}

private func written(_ value: Int64) -> Result<String, FaultCode> {
  CanonicalSupport.written(reserve: integerByteCountMax) { output throws(FaultCode) in
    writeInteger(value, to: &output)
  }
}

@Suite("Integers, ports and booleans") struct NumbersTests {
  @Test(
    "integers",
    arguments: [
      ("0", 0), ("-0", 0), ("1", 1), ("-1", -1), ("9223372036854775807", .max),
      ("-9223372036854775808", .min),
      // B41: 2^53 + 1 is itself
      ("9007199254740993", 9_007_199_254_740_993), ("1000000000000000000", 1_000_000_000_000_000_000),
    ] as [(String, Int64)])
  func integers(text: String, value: Int64) {
    #expect(integer(text) == .success(value))
  }

  // B39, B40, B43, B44 and B65
  @Test(
    "refused integers",
    arguments: [
      ("", FaultCode.valueEmpty), ("01", .numberFormat), ("00", .numberFormat), ("-01", .numberFormat),
      ("+1", .numberFormat),
      ("-", .numberFormat), ("--1", .numberFormat), ("1.0", .numberFormat), ("1.", .numberFormat),
      (".5", .numberFormat),
      ("1e3", .numberFormat), ("1e400", .numberFormat), ("0x10", .numberFormat), ("1_000", .numberFormat),
      (" 1", .numberFormat), ("1 ", .numberFormat), ("NaN", .numberFormat), ("inf", .numberFormat),
      ("१", .numberFormat),
      ("9223372036854775808", .numberRange), ("-9223372036854775809", .numberRange),
      ("18446744073709551616", .numberRange),
      ("18446744073709551617", .numberRange), ("99999999999999999999", .numberRange),
      ("1" + String(repeating: "0", count: 400), .numberRange),
    ])
  func refusedIntegers(text: String, fault: FaultCode) {
    #expect(integer(text) == .failure(fault))
  }

  @Test("what is written is read back", arguments: [0x5EED_0006] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    var values: [Int64] = [0, .min, .max, .min + 1]
    var power: Int64 = 1
    for _ in 0..<18 {
      power *= 10
      values += [power - 1, power, power + 1, 1 - power, -power]
    }
    for _ in 0..<10_000 {
      values.append(
        Int64.random(in: .min ... .max, using: &numbers) >> Int64.random(in: 0..<63, using: &numbers))
    }
    for value in values {
      #expect(written(value) == .success(String(value)), "seed: \(seed)")
      #expect(integer(String(value)) == .success(value), "seed: \(seed)")
    }
  }

  @Test(
    "ports",
    arguments: [
      ("1", .success(1)), ("443", .success(443)), ("65535", .success(65_535)), ("0", .failure(.portRange)),
      ("65536", .failure(.portRange)), ("-1", .failure(.portRange)),
      ("99999999999999999999", .failure(.portRange)),
      ("0443", .failure(.numberFormat)), ("http", .failure(.numberFormat)), ("", .failure(.valueEmpty)),
      ("443.0", .failure(.numberFormat)), ("８０", .failure(.numberFormat)),
    ] as [(String, Result<UInt16, FaultCode>)])
  func ports(text: String, expected: Result<UInt16, FaultCode>) {
    #expect(CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try parsePort(bytes) } == expected)
  }

  @Test(
    "booleans",
    arguments: [
      ("true", .success(true)), ("false", .success(false)), ("", .failure(.valueEmpty)),
      ("True", .failure(.booleanFormat)),
      ("1", .failure(.booleanFormat)), ("yes", .failure(.booleanFormat)), ("true ", .failure(.booleanFormat)),
      ("tru", .failure(.booleanFormat)), ("falsey", .failure(.booleanFormat)),
    ] as [(String, Result<Bool, FaultCode>)])
  func booleans(text: String, expected: Result<Bool, FaultCode>) {
    #expect(CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try parseBoolean(bytes) } == expected)
  }
}
