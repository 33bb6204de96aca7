import SampleRecords

/// Flat message records of the form of `Documents/messages.yaml`, made from a seed: the same seed, the same bytes.
struct MessageRecords {
  enum Accounts: String, CaseIterable {
    /// From a pool of 50,000, half of the draws from an eighth of it.
    case `repeat`
    /// No account comes twice.
    case unique
    /// Every record has one account as its sender, and no recipient comes twice.
    case oneSender
  }

  /// The one sender.
  static let sender = "+12025550100"

  /// 1,000,000 where the build is optimised; in a debug build a row is a smoke test.
  static let count: Int = {
    #if DEBUG
      2_000
    #else
      1_000_000
    #endif
  }()

  /// Demands of a run: as many as a day's batch where the build is optimised.
  static let demandCounts: [Int] = {
    #if DEBUG
      [1, 10]
    #else
      [1, 100, 1000]
    #endif
  }()

  let ndjson: [UInt8]
  let csv: [UInt8]
  let count: Int
  /// The accounts of the pool, the most frequent ones first; empty but for `repeat`.
  let pool: [String]

  init(_ accounts: Accounts, count: Int = MessageRecords.count, seed: UInt64 = 7) {
    var generator = SplitMix64(seed: seed)
    func number(_ generator: inout SplitMix64) -> String {
      "+" + Self.callingCodes[generator.next(below: Self.callingCodes.count)]
        + "\(1_000_000_000 + generator.next(below: 1_000_000_000))".dropFirst()
    }
    var pool: [String] = []
    if accounts == .repeat { for _ in 0..<50_000 { pool.append(number(&generator)) } }
    func account(_ generator: inout SplitMix64) -> String {
      pool.isEmpty ? number(&generator) : pool[generator.nextSkewed(below: pool.count)]
    }
    var ndjson: [UInt8] = []
    ndjson.reserveCapacity(count * 360)
    var csv = Array((Self.names.joined(separator: ",") + "\n").utf8)
    csv.reserveCapacity(count * 230)
    var milliseconds = 0
    for _ in 0..<count {
      milliseconds += generator.next(below: 40)
      let cells = [
        "message", hex(generator.next()), Self.time(milliseconds),
        accounts == .oneSender ? Self.sender : account(&generator), account(&generator),
        "c-" + hex(generator.next()).suffix(8), Self.types[generator.next(below: Self.types.count)],
        "\(1 + generator.next(below: 199_999))",
        "\(1 + generator.next(below: 223)).\(generator.next(below: 256)).\(generator.next(below: 256)).7",
        Self.degrees(generator.next(below: 130_000_000) - 60_000_000),
        Self.degrees(generator.next(below: 360_000_000) - 180_000_000),
        hex(generator.next()) + "-" + hex(generator.next()).suffix(12),
        Self.platforms[generator.next(below: Self.platforms.count)],
      ]
      ndjson.append(UInt8(ascii: "{"))
      for (name, cell) in zip(Self.names, cells) {
        let isNumber = name == "size" || name == "lat" || name == "lon"
        ndjson += (isNumber ? "\"\(name)\":\(cell)," : "\"\(name)\":\"\(cell)\",").utf8
      }
      ndjson += #""push_name":"User \u00e9 \#(milliseconds % 977)"}"#.utf8
      ndjson.append(0x0A)
      csv += cells.joined(separator: ",").utf8
      csv.append(0x0A)
    }
    (self.ndjson, self.csv, self.count, self.pool) = (ndjson, csv, count, pool)
  }

  private static let names = [
    "kind", "id", "sent_at", "sender", "recipient", "conversation", "type", "size", "client_ip", "lat", "lon",
    "device", "platform",
  ]
  static let callingCodes = ["1", "33", "44", "49", "55", "62", "81", "91", "234", "852"]
  private static let types =
    Array(repeating: "text", count: 8) + ["image", "audio", "video", "document", "sticker", "location"]
  private static let platforms = ["android", "ios", "web", "desktop"]

  /// Within January 2026, which lasts for 137 million records of 20 ms.
  private static func time(_ milliseconds: Int) -> String {
    func padded(_ value: Int, _ count: Int = 2) -> String {
      let digits = "\(value)"
      return String(repeating: "0", count: count - digits.count) + digits
    }
    let seconds = milliseconds / 1000
    return
      "2026-01-\(padded(1 + seconds / 86400))T\(padded(seconds / 3600 % 24)):\(padded(seconds / 60 % 60))"
      + ":\(padded(seconds % 60)).\(padded(milliseconds % 1000, 3))Z"
  }

  private static func degrees(_ millionths: Int) -> String {
    let digits = "\(1_000_000 + abs(millionths) % 1_000_000)".dropFirst()
    return "\(millionths < 0 ? "-" : "")\(abs(millionths) / 1_000_000).\(digits)"
  }
}

private func hex(_ value: UInt64) -> String {
  let digits = String(value, radix: 16)
  return String(repeating: "0", count: 16 - digits.count) + digits
}
