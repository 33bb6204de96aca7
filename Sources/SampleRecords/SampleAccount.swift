/// One invented account: its phone number, account id, device and home address, each fixed by its place in the pool.
///
/// Phone numbers come only from the ranges that North America (+1 202 555 0100 to 0199) and Ofcom (+44 7700 900000 to
/// 900999) keep for fiction, addresses only from the ranges kept for documentation (RFC 5737, RFC 3849).
struct SampleAccount {
  let phone: [UInt8]
  let accountID: [UInt8]
  let device: UInt64
  let deviceKind: Int
  /// Where most of its connections come from.
  let home: SampleAddress

  /// How many accounts the two ranges of phone numbers hold.
  static let poolCount = 1100

  /// The account at `place` in the pool, `0..<poolCount`.
  init(place: Int) {
    phone = Self.phone(place: place)
    accountID = Array("a-".utf8) + Self.hex(UInt64(Self.shortID(place: place)), digits: 4)
    var random = SplitMix64(seed: 0x5a3b_1e00 &+ UInt64(place))
    device = random.next()
    deviceKind = random.next(below: RecordWords.devices.count)
    home = SampleAddress.random(using: &random, newPerRecord: false)
  }

  /// The phone number at `place`: the two ranges take turns, so that both are among the busy accounts.
  static func phone(place: Int) -> [UInt8] {
    precondition((0..<poolCount).contains(place))
    if place < 200, place.isMultiple(of: 2) {
      return Array("+120255501".utf8) + decimal(place / 2, digits: 2)
    }
    let number = place < 200 ? place / 2 : place - 100
    return Array("+447700900".utf8) + decimal(number, digits: 3)
  }

  /// A number of 16 bits that differs for every place: an odd factor permutes them.
  static func shortID(place: Int) -> Int {
    (place * 40_503 + 0x7f31) & 0xffff
  }

  private static func decimal(_ value: Int, digits: Int) -> [UInt8] {
    let text = Array(String(value).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: digits - text.count) + text
  }

  private static func hex(_ value: UInt64, digits: Int) -> [UInt8] {
    let text = Array(String(value, radix: 16).utf8)
    return Array(repeating: UInt8(ascii: "0"), count: digits - text.count) + text
  }
}

/// An Internet address from a documentation range.
enum SampleAddress: Equatable {
  /// Which of the three /24 networks, and the host in it, 1...254.
  case version4(network: Int, host: Int)
  /// The last 96 bits of an address in 2001:db8::/32.
  case version6(subnet: UInt32, host: UInt64)

  /// An address, one in four of version 6; with `newPerRecord` all of them, for only there is room for new ones.
  static func random(using random: inout SplitMix64, newPerRecord: Bool) -> SampleAddress {
    if newPerRecord || random.happens(percent: 25) {
      return .version6(subnet: UInt32(truncatingIfNeeded: random.next()), host: random.next())
    }
    return .version4(network: random.next(below: 3), host: random.next(in: 1...254))
  }
}

/// The closed sets of words in the sample schema, as they stand there.
enum RecordWords {
  static let devices: [StaticString] = ["android", "iphone", "web", "desktop"]
  static let messageTypes: [StaticString] = [
    "text", "text", "text", "text", "text", "text", "text", "text",
    "image", "audio", "video", "document", "sticker", "location",
  ]
  static let positionSources: [StaticString] = ["gps", "cell", "wifi"]
}
