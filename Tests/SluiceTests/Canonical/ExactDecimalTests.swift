import Sluice
import Testing

private func read(_ text: String) -> Result<ExactDecimal, FaultCode> {
  CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try ExactDecimal(bytes) }
}

private func text(_ number: ExactDecimal) -> String? {
  try? CanonicalSupport.written(reserve: ExactDecimal.textByteCountMax) { output throws(FaultCode) in
    number.write(to: &output)
  }.get()
}

private func corner(_ number: String, _ side: String) -> Result<String, FaultCode> {
  CanonicalSupport.written(reserve: ExactDecimal.textByteCountMax) { output throws(FaultCode) in
    try ExactDecimal(number)!.writeLattice(ExactDecimal(side)!, to: &output)
  }
}

@Suite("Exact decimals") struct ExactDecimalTests {
  @Test(
    "the one form",
    arguments: [
      ("0", "0"), ("-0", "0"), ("-0.0", "0"), ("0.000", "0"), ("1", "1"), ("-1", "-1"), ("1.50", "1.5"),
      ("1.0", "1"),
      ("100", "100"), ("100.00", "100"), ("0.05", "0.05"), ("-0.05", "-0.05"), ("48.856612", "48.856612"),
      ("1.000000000000000000000000000001", "1.000000000000000000000000000001"),
      ("-180.000000000000000000000000000000", "-180"), ("999999999999999999", "999999999999999999"),
      ("-999999999999999999.99999999999999999999", "-999999999999999999.99999999999999999999"),
      ("99999999.999999999999999999999999999999", "99999999.999999999999999999999999999999"),
      ("0.999999999999999999999999999999", "0.999999999999999999999999999999"),
      ("0.000000000000000000000000000001", "0.000000000000000000000000000001"),
      ("0.00000000000000000001", "0.00000000000000000001"),
      ("0.0000000000000000001", "0.0000000000000000001"),
      ("123456789.123456789", "123456789.123456789"), ("9007199254740993", "9007199254740993"),
      ("0.1", "0.1"), ("10000000000000000.5", "10000000000000000.5"),
      ("-1234567890123456.78", "-1234567890123456.78"),
    ])
  func canonical(spelling: String, expected: String) throws {
    let number = try read(spelling).get()
    #expect(text(number) == expected)
    #expect(read(expected) == .success(number))
    #expect(ExactDecimal(spelling) == number)
  }

  // B39, B40, B43, B44 and B47
  @Test(
    "refused",
    arguments: [
      ("", FaultCode.valueEmpty), ("01", .numberFormat), ("-", .numberFormat), ("+1", .numberFormat),
      (".5", .numberFormat),
      ("1.", .numberFormat), ("-.5", .numberFormat), ("1e3", .numberFormat), ("1e400", .numberFormat),
      ("1E-2", .numberFormat),
      ("NaN", .numberFormat), ("nan", .numberFormat), ("inf", .numberFormat), ("Infinity", .numberFormat),
      ("1,5", .numberFormat),
      ("1.5.5", .numberFormat), (" 1", .numberFormat), ("1 ", .numberFormat), ("--1", .numberFormat),
      ("0x10", .numberFormat),
      ("1_000", .numberFormat), ("१", .numberFormat), ("00.5", .numberFormat), ("1.-5", .numberFormat),
      ("1.5a", .numberFormat),
      ("1000000000000000000", .numberRange), ("-1000000000000000000", .numberRange),
      ("1." + String(repeating: "0", count: 31), .numberRange),
      ("1." + String(repeating: "1", count: 31), .numberRange),
      ("999999999999999999.999999999999999999999", .numberRange),
      (String(repeating: "9", count: 400), .numberRange),
      ("100000000.000000000000000000000000000001", .numberRange),
    ])
  func refused(spelling: String, fault: FaultCode) {
    #expect(read(spelling) == .failure(fault))
    #expect(ExactDecimal(spelling) == nil)
  }

  @Test("equal numbers are equal values")
  func lowestTerms() {
    #expect(ExactDecimal(mantissa: 1500, scale: 3) == ExactDecimal(mantissa: 15, scale: 1))
    #expect(ExactDecimal(mantissa: 0, scale: 30) == ExactDecimal(mantissa: 0, scale: 0))
    #expect(ExactDecimal(mantissa: -10, scale: 0).mantissa == -10)
    #expect(text(ExactDecimal(mantissa: .max, scale: 0)) == String(Int128.max))
    #expect(text(ExactDecimal(mantissa: .min, scale: 0)) == String(Int128.min))
  }

  @Test(
    "floor to the lattice, with the side's decimals",
    arguments: [
      ("48.856612", "0.1", "48.8"), ("48", "0.1", "48.0"), ("-33.8688", "0.1", "-33.9"),
      ("-0.01", "0.1", "-0.1"),
      ("0.01", "0.1", "0.0"), ("-0.1", "0.1", "-0.1"), ("0", "0.1", "0.0"), ("151.2093", "0.25", "151.00"),
      ("151.2093", "5", "150"), ("-151.2093", "5", "-155"), ("48.856612", "0.000001", "48.856612"),
      ("48.8566", "0.000001", "48.856600"), ("2.3", "0.01", "2.30"), ("-180", "0.7", "-180.6"),
      ("1", "90", "0"),
      ("-1", "90", "-90"), ("0.999999999999999999999999999999", "0.1", "0.9"),
      ("-0.000000000000000000000000000001", "0.1", "-0.1"),
      ("179.999999999999999999999999999999", "0.1", "179.9"),
      ("1", "0.000000000000000000000000000001", "1.000000000000000000000000000000"),
      ("12.3457", "0.0000000000000000000000000003", "12.3456999999999999999999999999"),
      ("10000000000000000.5", "0.1", "10000000000000000.5"),
      ("-922337203685477580.8", "0.3", "-922337203685477580.9"),
      ("-922337203685477580.7", "10000000", "-922337203690000000"),
    ])
  func lattice(number: String, side: String, expected: String) throws {
    #expect(corner(number, side) == .success(expected))
    let floored = try ExactDecimal(number)!.flooredToLattice(ExactDecimal(side)!)
    #expect(floored == ExactDecimal(expected))
  }

  @Test("a side too fine for a number is out of range, not wrong")
  func tooFine() {
    #expect(corner("999999999999999999", "0.000000000000000000000000000001") == .failure(.numberRange))
  }

  @Test(
    "multiples",
    arguments: [
      ("0.2", "0.1", true), ("0.1", "0.1", true), ("0.25", "0.1", false), ("1", "0.1", true),
      ("90", "0.7", false),
      ("90", "0.25", true), ("0", "0.3", true), ("-0.6", "0.3", true), ("0.15", "0.10", false),
      ("5", "2", false),
      ("999999999999999999", "0.000000000000000000000000000003", true),
      ("999999999999999998", "0.000000000000000000000000000003", false),
    ])
  func multiples(number: String, side: String, expected: Bool) {
    #expect(ExactDecimal(number)!.isMultiple(of: ExactDecimal(side)!) == expected)
  }

  @Test("order is the order of the numbers, whatever the scales")
  func order() {
    let ascending = [
      "-999999999999999999.9", "-100", "-2.5", "-2.4999999999999999999999999999", "-2", "-0.1",
      "-0.000000000000000000000000000001", "0", "0.000000000000000000000000000001", "0.05", "0.1", "0.11",
      "1",
      "1.000000000000000000000000000001", "9.99", "10", "999999999999999999",
      "999999999999999999.00000000000000000001",
    ].map { ExactDecimal($0)! }
    for left in ascending.indices {
      for right in ascending.indices {
        #expect((ascending[left] < ascending[right]) == (left < right))
        #expect((ascending[left] == ascending[right]) == (left == right))
      }
    }
  }

  @Test(
    "random numbers: read, write, floor; narrow and wide arithmetic agree",
    arguments: [0x5EED_0007] as [UInt64])
  func random(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<20_000 {
      let scale = Int.random(in: 0...20, using: &numbers)
      let mantissa = Int128(
        Int64.random(in: .min ... .max, using: &numbers) >> Int64.random(in: 0..<60, using: &numbers))
      guard mantissa.magnitude < 1_000_000_000_000_000_000 else { continue }
      let number = ExactDecimal(mantissa: mantissa, scale: scale)
      #expect(read(try #require(text(number))) == .success(number), "seed: \(seed)")
      let side = ExactDecimal(
        mantissa: Int128(Int64.random(in: 1...5_000, using: &numbers)),
        scale: Int.random(in: 0...6, using: &numbers))
      // The definition: a multiple, not above the number, and the next one is above.
      let floored = try number.flooredToLattice(side)
      #expect(floored.isMultiple(of: side) && !(number < floored), "seed: \(seed)")
      let next = ExactDecimal(
        mantissa: floored.mantissa * power(side.scale - floored.scale) + side.mantissa, scale: side.scale)
      #expect(number < next, "seed: \(seed)")
    }
  }

  private func power(_ exponent: Int) -> Int128 { (0..<exponent).reduce(1) { power, _ in power * 10 } }
}
