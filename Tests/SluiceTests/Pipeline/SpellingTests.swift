import Sluice
import Testing

/// Guarantee 12 over spellings drawn at random: one identifier has one pseudonym however it is written, two never share
/// one.
@Suite("Spellings of one identifier") struct SpellingTests {
  private static let kinds = """
      event:
        time: none
        parties: [phone]
        mentions: [mail]
        fields:
          phone: { type: phone, region: GB }
          mail: email
          ip: { type: ip, of: phone }
    """

  private static let rules = ["phone", "mail", "ip"].map {
    "event.\($0): { subject: pseudonymize, other: pseudonymize }"
  }

  private typealias Numbers = SeededNumbers

  private static func phone(_ identity: Int, _ numbers: inout Numbers) -> String {
    let digits = String(900_000 + identity)
    let (first, last) = (digits.prefix(3), digits.suffix(3))
    return [
      "+447700\(digits)", "07700 \(digits)", "+44 (0)7700 \(digits)", "0044 7700 \(first)-\(last)",
      "tel:+44-7700-\(digits)", "(07700) \(digits)", "00 44 7700.\(first).\(last)",
      "+44 7700 \(first) \(last)",
    ].randomElement(using: &numbers)!
  }

  /// The local part is as it stands: `Ann` and `ann` are two.
  private static func mail(_ identity: Int, _ numbers: inout Numbers) -> String {
    let local = identity % 2 == 0 ? "Ann.\(identity / 2)" : "ann.\(identity / 2)"
    let domain = "mail.example.com".map { Bool.random(using: &numbers) ? $0.uppercased() : String($0) }
    return local + "@" + domain.joined()
  }

  /// Even identities are IPv4, odd ones IPv6 with runs of zeros.
  private static func address(_ identity: Int, _ numbers: inout Numbers) -> String {
    if identity % 2 == 0 {
      let last = identity / 2
      let hexadecimal = "cb00:71" + (last < 16 ? "0" : "") + String(last, radix: 16)
      return [
        "203.0.113.\(last)", "::ffff:203.0.113.\(last)", "::FFFF:\(hexadecimal)",
        "0:0:0:0:0:ffff:203.0.113.\(last)",
      ].randomElement(using: &numbers)!
    }
    let groups = [
      0x2001, 0xDB8, 0, identity % 3 == 0 ? 0xA : 0, 0, 0, identity % 5 == 0 ? 0xF0 : 0, identity,
    ]
    let texts = groups.map { group in
      let text = String(group, radix: 16, uppercase: Bool.random(using: &numbers))
      return Bool.random(using: &numbers) ? String(repeating: "0", count: 4 - text.count) + text : text
    }
    let runs = groups.indices.flatMap { start in
      (start + 1..<9).filter { end in end <= 8 && groups[start..<end].allSatisfy { $0 == 0 } }.map {
        start..<$0
      }
    }
    guard Bool.random(using: &numbers), let run = runs.randomElement(using: &numbers) else {
      return texts.joined(separator: ":")
    }
    return texts[..<run.lowerBound].joined(separator: ":") + "::"
      + texts[run.upperBound...].joined(separator: ":")
  }

  @Test(arguments: [0x59E1_0001, 0x59E1_0002] as [UInt64])
  func oneIdentifierHasOnePseudonym(seed: UInt64) throws {
    var numbers = Numbers(seed: seed)
    let count = 60
    let identities = (0..<count * 8).map { $0 % count }.shuffled(using: &numbers)
    let text = identities.map { identity in
      let phone = Self.phone(identity, &numbers)
      let (mail, address) = (Self.mail(identity, &numbers), Self.address(identity, &numbers))
      return #"{"phone":"\#(phone)","mail":"\#(mail)","ip":"\#(address)"}"# + "\n"
    }.joined()
    let rows = try SmallRun(kinds: Self.kinds, rules: Self.rules).rows(text, subjects: nil)
    try #require(rows.count == identities.count, "seed: \(seed)")
    var seen: [String: Int] = [:]
    var pseudonyms: [Int: Set<String>] = [:]
    for (identity, row) in zip(identities, rows) {
      let found = row.matches(of: /"[a-z]a[a-z2-7]{26}"/).map { String($0.output) }
      try #require(found.count == 3, "seed: \(seed)")
      pseudonyms[identity, default: []].formUnion(found)
      for pseudonym in found {
        #expect(seen.updateValue(identity, forKey: pseudonym) ?? identity == identity)
      }
    }
    // A phone, an address of mail and one of the internet each.
    #expect(pseudonyms.values.allSatisfy { $0.count == 3 }, "seed: \(seed)")
    #expect(seen.count == 3 * count)
  }
}
