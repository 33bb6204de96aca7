import Sluice
import Testing

@Suite("The strictness order of design 3.2")
struct StrictnessTests {
  private static func degrees(_ mantissa: Int128, _ scale: Int) -> Action {
    .grid(ExactDecimal(mantissa: mantissa, scale: scale))
  }

  static let phone = FieldType.phone(region: nil)
  static let time = FieldType.timestamp(.rfc3339)
  static let size = FieldType.integer(unit: "bytes")
  static let word = FieldType.enumeration(["a", "b", "c"])

  @Test(
    arguments: [
      (phone, .withhold, .redact, true), (phone, .redact, .pseudonymize, true),
      (phone, .pseudonymize, .keep, true), (phone, .country, .keep, true),
      (phone, .mask(last: 2), .keep, true),
      (phone, .country, .pseudonymize, false), (phone, .pseudonymize, .country, false),
      (phone, .mask(last: 2), .mask(last: 4), false), (phone, .mask(last: 4), .mask(last: 2), false),
      (phone, .mask(last: 4), .pseudonymize, false), (phone, .keep, .pseudonymize, false),
      (time, .truncate(.year), .truncate(.month), true), (time, .truncate(.week), .truncate(.day), true),
      (time, .truncate(.month), .truncate(.week), false), (time, .truncate(.week), .truncate(.month), false),
      (time, .truncate(.year), .truncate(.week), false), (time, .truncate(.second), .truncate(.hour), false),
      (time, .truncate(.week), .truncate(.second), true), (time, .truncate(.second), .keep, true),
      (.point, degrees(2, 1), degrees(1, 1), true), (.point, degrees(10, 1), degrees(1, 0), true),
      (.point, degrees(25, 2), degrees(1, 1), false), (.point, degrees(1, 1), degrees(2, 1), false),
      (.point, .geohash(4), .geohash(5), true), (.point, .geohash(5), .geohash(4), false),
      (.point, .geohash(4), degrees(1, 1), false), (.point, degrees(9, 0), .geohash(9), false),
      (.ip, .prefix(v4: 24, v6: 48), .prefix(v4: 24, v6: 64), true),
      (.ip, .prefix(v4: 16, v6: 64), .prefix(v4: 24, v6: 48), false),
      (.ip, .prefix(v4: 24, v6: 48), .prefix(v4: 16, v6: 64), false),
      (size, .bucket(.width(120)), .bucket(.width(60)), true),
      (size, .bucket(.width(90)), .bucket(.width(60)), false),
      (size, .bucket(.edges([0, 120])), .bucket(.width(60)), true),
      (size, .bucket(.edges([0, 90])), .bucket(.width(60)), false),
      (size, .bucket(.width(60)), .bucket(.edges([0, 60])), false),
      (size, .bucket(.edges([0])), .bucket(.edges([0, 60])), true),
      (size, .bucket(.edges([0, 30])), .bucket(.edges([0, 60])), false),
      (word, .map(["a": "x", "b": "x"]), .map(["a": "1", "b": "2"]), true),
      (word, .map(["a": "x"]), .map(["a": "1", "b": "2"]), true),
      (word, .map(["a": "1", "b": "2"]), .map(["a": "x", "b": "x"]), false),
      (word, .map(["a": "1", "c": "2"]), .map(["a": "1", "b": "2"]), false),
      // A cell that leaves still says no more than it did; the other stays in.
      (word, .map(["a": "x"]), .map(["a": "x", "b": "x"]), true),
    ] as [(FieldType, Action, Action, Bool)])
  func pairs(type: FieldType, stricter: Action, other: Action, expected: Bool) {
    #expect(stricter.isStricterOrEqual(to: other) == expected)
  }

  /// Actions of one type, as random as a policy may be.
  static func actions(_ generator: inout SplitMix) -> [(FieldType, Action)] {
    let small = { (generator: inout SplitMix) in Int64.random(in: 1...6, using: &generator) }
    let common: [Action] = [.keep, .redact, .withhold]
    var picked: [(FieldType, Action)] = []
    picked += common.map { (size, $0) }
    picked.append((size, .bucket(.width(small(&generator)))))
    picked.append((size, .bucket(.width(small(&generator) * 2))))
    let edges = Set((0..<3).map { _ in small(&generator) }).sorted()
    picked.append((size, .bucket(.edges(edges))))
    picked.append((size, .bucket(.edges(Array(edges.prefix(1))))))
    picked += Granularity.allCases.map { (time, .truncate($0)) }
    picked.append((.point, degrees(Int128(small(&generator)), Int.random(in: 0...1, using: &generator))))
    picked.append((.point, .geohash(Int(small(&generator)))))
    picked.append((.ip, .prefix(v4: Int(small(&generator)), v6: Int(small(&generator)))))
    for _ in 0..<3 {
      var map: [String: String] = [:]
      for input in ["a", "b", "c"] where Bool.random(using: &generator) {
        map[input] = ["x", "y", "z"].randomElement(using: &generator)
      }
      picked.append((word, .map(map)))
    }
    picked += [(phone, .pseudonymize), (phone, .country), (phone, .mask(last: Int(small(&generator))))]
    return picked
  }

  @Test(arguments: [0x5105_0001, 0x5105_0002, 0x5105_0003] as [UInt64])
  func reflexiveAndTransitive(seed: UInt64) {
    var generator = SplitMix(state: seed)
    for _ in 0..<40 {
      let all = Self.actions(&generator)
      for (type, first) in all {
        #expect(first.isStricterOrEqual(to: first), "seed \(seed): \(first)")
        let related = all.filter { $0.0 == type || $0.0 == Self.size }.map(\.1)
        for second in related where first.isStricterOrEqual(to: second) {
          for third in related where second.isStricterOrEqual(to: third) {
            let holds = first.isStricterOrEqual(to: third)
            #expect(holds, "seed \(seed): \(first) ≤ \(second) ≤ \(third)")
          }
        }
      }
    }
  }

  /// What the order says of maps and buckets is what it means: for each cell that leaves, the finer's output gives
  /// the coarser's.
  @Test(arguments: [0x5105_0004, 0x5105_0005] as [UInt64])
  func stricterIsAFunctionOfLooser(seed: UInt64) {
    var generator = SplitMix(state: seed)
    for _ in 0..<200 {
      let all = Self.actions(&generator)
      for (type, first) in all {
        for (_, second) in all.filter({ $0.0 == type }) {
          guard first.isStricterOrEqual(to: second) else { continue }
          #expect(Self.isFunction(first, of: second), "seed \(seed): \(first) ≤ \(second)")
        }
      }
    }
  }

  private static func isFunction(_ coarse: Action, of fine: Action) -> Bool {
    var outputs: [String: String] = [:]
    let inputs: [(String, String)] =
      switch (coarse, fine) {
      case (.bucket(let left), .bucket(let right)):
        (-40...40).map { (bucket($0, right), bucket($0, left)) }
      case (.map(let left), .map(let right)):
        left.map { (right[$0.key] ?? "[withheld]", $0.value) }
      default: []
      }
    return inputs.allSatisfy { finer, coarser in
      defer { outputs[finer] = coarser }
      return outputs[finer] == nil || outputs[finer] == coarser
    }
  }

  private static func bucket(_ value: Int64, _ buckets: Buckets) -> String {
    switch buckets {
    case .width(let width): "\(Int64((Double(value) / Double(width)).rounded(.down)))"
    case .edges(let edges): "\(edges.count { $0 <= value })"
    }
  }

  /// For each granularity those that its spans lie in, itself aside.
  @Test(
    arguments: [
      (.second, [.minute, .hour, .day, .week, .month, .year]),
      (.minute, [.hour, .day, .week, .month, .year]),
      (.hour, [.day, .week, .month, .year]), (.day, [.week, .month, .year]), (.week, []), (.month, [.year]),
      (.year, []),
    ] as [(Granularity, [Granularity])])
  func spansLieInLongerOnes(finer: Granularity, coarser: [Granularity]) {
    #expect(Granularity.allCases.filter { finer.isWithin($0) && $0 != finer } == coarser)
    #expect(finer.isWithin(finer))
  }

  @Test func leastStrictIsTheLooserOrNothing() {
    #expect(Action.leastStrict(.keep, .withhold) == .keep)
    #expect(Action.leastStrict(.withhold, .pseudonymize) == .pseudonymize)
    #expect(Action.leastStrict(.country, .pseudonymize) == nil)
    #expect(
      Action.leastStrict(.truncate(.week), .truncate(.hour)) == .truncate(.hour))
    #expect(Action.leastStrict(.truncate(.week), .truncate(.month)) == nil)
  }
}
