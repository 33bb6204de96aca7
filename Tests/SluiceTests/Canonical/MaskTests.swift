import Sluice
import Testing

private func tail(_ text: String, _ last: Int) -> String? {
  Array(text.utf8).withUnsafeBufferPointer {
    Mask.tail(of: $0, last: last).map { String(decoding: $0, as: UTF8.self) }
  }
}

private func bucket(_ buckets: Buckets, _ value: Int64) -> Result<String, FaultCode> {
  CanonicalSupport.written(reserve: Buckets.textByteCountMax) { output throws(FaultCode) in
    buckets.write(value, to: &output)
  }
}

@Suite("Masks") struct MaskTests {
  @Test(
    "the last characters, whatever the length",
    arguments: [
      ("+12025550123", 4, "0123"), ("+447700900123", 4, "0123"), ("user@example.com", 3, "com"),
      ("abcd", 0, ""), ("abcde", 4, "bcde"),
      // A value that would go out whole does not go out.
      ("abcd", 4, nil), ("abc", 4, nil), ("a", 1, nil),
    ] as [(String, Int, String?)])
  func masks(text: String, last: Int, expected: String?) {
    #expect(tail(text, last) == expected)
  }
}

@Suite("Buckets") struct BucketsTests {
  @Test(
    "widths",
    arguments: [
      (60, 0, "0-59"), (60, 59, "0-59"), (60, 60, "60-119"), (60, 119, "60-119"), (1, 5, "5-5"),
      (10, -1, "(-10)-(-1)"),
      (10, -10, "(-10)-(-1)"), (10, -11, "(-20)-(-11)"), (1, -5, "(-5)-(-5)"), (1, 0, "0-0"),
      (10, .max, "9223372036854775800-9223372036854775809"),
      (10, .min, "(-9223372036854775810)-(-9223372036854775801)"),
      (.max, .max, "9223372036854775807-18446744073709551613"),
      (.max, .min, "(-18446744073709551614)-(-9223372036854775808)"),
      (.max, -1, "(-9223372036854775807)-(-1)"), (.max, 5, "0-9223372036854775806"),
      (1, .max, "9223372036854775807-9223372036854775807"),
    ] as [(Int64, Int64, String)])
  func widths(width: Int64, value: Int64, expected: String) {
    #expect(bucket(.width(width), value) == .success(expected))
  }

  @Test(
    "edges",
    arguments: [
      ([0, 60, 300], -1, "<0"), ([0, 60, 300], 0, "0-59"), ([0, 60, 300], 59, "0-59"),
      ([0, 60, 300], 60, "60-299"),
      ([0, 60, 300], 299, "60-299"), ([0, 60, 300], 300, ">=300"), ([0, 60, 300], .max, ">=300"),
      ([0, 60, 300], .min, "<0"),
      ([5], 4, "<5"), ([5], 5, ">=5"), ([5, 6, 7], 5, "5-5"), ([5, 6, 7], 6, "6-6"),
      ([-10, -5, 5], -11, "<-10"),
      ([-10, -5, 5], -10, "(-10)-(-6)"), ([-10, -5, 5], -5, "(-5)-4"), ([-10, -5], 7, ">=-5"),
      ([.min, .max], .min, "(-9223372036854775808)-9223372036854775806"),
      ([.min, .max], .max, ">=9223372036854775807"),
      ([0, 1, 2, 3, 5, 8, 13, 21], 12, "8-12"), ([0, 1, 2, 3, 5, 8, 13, 21], 20, "13-20"),
    ] as [([Int64], Int64, String)])
  func edges(edges: [Int64], value: Int64, expected: String) {
    #expect(bucket(.edges(edges), value) == .success(expected))
  }

  @Test("every value lies in the range it is written as", arguments: [0x5EED_0009] as [UInt64])
  func contain(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<10_000 {
      let width = Int64.random(in: 1...100_000, using: &numbers)
      let value =
        Int64.random(in: .min ... .max, using: &numbers) >> Int64.random(in: 2..<60, using: &numbers)
      let text = try bucket(.width(width), value).get().filter { $0 != "(" && $0 != ")" }
      let cut = try #require(text.dropFirst().firstIndex(of: "-"))
      let first = try #require(Int64(text[..<cut]))
      let last = try #require(Int64(text[text.index(after: cut)...]))
      #expect(
        first <= value && value <= last && last - first == width - 1 && first % width == 0, "seed: \(seed)")
    }
  }
}
