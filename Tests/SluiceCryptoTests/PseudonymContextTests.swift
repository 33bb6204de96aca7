import Foundation
import SluiceCrypto
import Synchronization
import Testing

@Suite("Pseudonyms") struct PseudonymContextTests {
  static let classes: [(label: String, byte: UInt8, letter: Character)] = [
    ("phone", 1, "p"), ("account", 2, "a"), ("email", 3, "e"), ("ip", 4, "i"), ("device", 5, "d"),
    ("cell", 6, "c"), ("id:message", 7, "o"),
  ]

  static func rootKey(epoch: UInt32 = 0, first: UInt8 = 1) throws -> RootKey {
    let bytes = (0..<32).map { first &+ 7 &* UInt8($0) }
    return try KeyFolder.key(line: "sluice-key/1 \(epoch) \(ReferenceBase32.encode(bytes))")
  }

  /// The pseudonyms of phones under a key of a case or stream, by one context.
  static func pseudonyms(_ key: CaseKey, of identifiers: [[UInt8]]) throws -> [String] {
    var context = try PseudonymContext(key.classKey("phone"))
    return try identifiers.map { try context.text(classByte: 1, letter: "p", $0) }
  }

  // MARK: Form

  @Test("Two letters and 26 of base32, which read back as 128 bits of the tag", arguments: 0..<7)
  func form(index: Int) throws {
    let (label, byte, letter) = Self.classes[index]
    let key = try Self.rootKey().caseKey(jurisdiction: "US", reference: "US-2026-000123").classKey(label)
    var context = try PseudonymContext(key)
    var numbers = SeededNumbers(seed: 21)
    for count in 0..<100 {
      let text = try context.text(classByte: byte, letter: letter, numbers.bytes(count))
      #expect(text.wholeMatch(of: /[a-z]a[a-z2-7]{26}/) != nil && text.first == letter, "seed 21")
      let tag = try #require(ReferenceBase32.decode(text.dropFirst(2)))
      #expect(tag.count == 16 && ReferenceBase32.encode(tag) == text.dropFirst(2), "seed 21")
    }
  }

  @Test("The class byte and the class key both count; the letter is only written")
  func classes() throws {
    let caseKey = try Self.rootKey().caseKey(jurisdiction: "US", reference: "US-2026-000123")
    var tails: Set<String> = []
    for (label, _, _) in Self.classes {
      var context = try PseudonymContext(caseKey.classKey(label))
      for (_, byte, _) in Self.classes {
        let text = try context.text(classByte: byte, letter: "p", Array("+12025550123".utf8))
        #expect(
          try context.text(classByte: byte, letter: "z", Array("+12025550123".utf8)) == "z" + text.dropFirst()
        )
        tails.insert(String(text.dropFirst()))
      }
    }
    #expect(tails.count == 49)
  }

  // MARK: Restarting

  @Test("A used context writes what a new one writes, for 0 to 300 bytes, and again")
  func restarted() throws {
    let key = try Self.rootKey().caseKey(jurisdiction: "US", reference: "US-2026-000123").classKey("phone")
    var numbers = SeededNumbers(seed: 22)
    var used = try PseudonymContext(key)
    for count in Array(0...300) + (0...300).reversed() {
      let identifier = numbers.bytes(count)
      var new = try PseudonymContext(key)
      let text = try new.text(classByte: 1, letter: "p", identifier)
      #expect(try used.text(classByte: 1, letter: "p", identifier) == text, "\(count) bytes, seed 22")
      #expect(try used.text(classByte: 1, letter: "p", identifier) == text, "\(count) bytes again, seed 22")
    }
  }

  @Test("An identifier of no bytes is one from nowhere") func nothing() throws {
    let key = try Self.rootKey().caseKey(jurisdiction: "US", reference: "US-2026-000123").classKey("phone")
    var context = try PseudonymContext(key)
    let text = try context.text(classByte: 1, letter: "p", [])
    var output = [UInt8](repeating: 0, count: PseudonymContext.characterCount)
    let isWritten = context.write(
      classByte: 1, letter: UInt8(ascii: "p"), UnsafeRawBufferPointer(start: nil, count: 0), to: &output)
    #expect(isWritten && String(decoding: output, as: UTF8.self) == text)
  }

  @Test("Two threads with a context each agree with one") func threads() throws {
    let key = try Self.rootKey().caseKey(jurisdiction: "US", reference: "US-2026-000123")
    let identifiers = (0..<4_000).map { Array("+1202555\($0)".utf8) }
    let answers = try Self.pseudonyms(key, of: identifiers)
    let results = Mutex<[[String]]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      let texts = (try? Self.pseudonyms(key, of: identifiers)) ?? []
      results.withLock { $0.append(texts) }
    }
    #expect(results.withLock { $0 } == [answers, answers])
  }

  // MARK: Unlinkable

  @Test(
    "The same 10,000 identifiers under other references, jurisdictions, epochs, roots and streams share none")
  func unlinkable() throws {
    let identifiers = (0..<10_000).map { Array("+1202555\(String(format: "%05d", $0))".utf8) }
    let root = try Self.rootKey(epoch: 1)
    let keys = [
      try root.caseKey(jurisdiction: "US", reference: "US-2026-000123"),
      try root.caseKey(jurisdiction: "US", reference: "US-2026-000124"),
      try root.caseKey(jurisdiction: "NO", reference: "US-2026-000123"),
      try root.streamKey(jurisdiction: "US", name: "US-2026-000123"),
      try Self.rootKey(epoch: 2).caseKey(jurisdiction: "US", reference: "US-2026-000123"),
      try Self.rootKey(epoch: 1, first: 2).caseKey(jurisdiction: "US", reference: "US-2026-000123"),
    ]
    let published = try keys.map { try $0.published() }
    #expect(Set(published.map(\.keyID)).count == keys.count)
    #expect(Set(published.map(\.commitment)).count == keys.count)
    var seen: Set<String> = []
    var heads: [Substring: Int] = [:]
    for key in keys {
      let texts = try Self.pseudonyms(key, of: identifiers)
      seen.formUnion(texts)
      for text in texts { heads[text.dropFirst(2).prefix(6), default: 0] += 1 }
    }
    #expect(seen.count == keys.count * identifiers.count)
    // No cut-off pseudonym can be joined beyond chance either: of 60,000 heads of 30 bits about 1.7 pairs meet.
    #expect(heads.values.count { $0 > 1 } < 15 && heads.values.allSatisfy { $0 < 4 })
  }

  @Test("Under one reference one class has one pseudonym, from whatever field, context or part")
  func comparable() throws {
    let identifiers = (0..<1_000).map { Array("+1202555\($0)".utf8) }
    let first = try Self.rootKey().caseKey(jurisdiction: "US", reference: "US-2026-000123")
    let second = try Self.rootKey().caseKey(jurisdiction: "US", reference: "US-2026-000123")
    #expect(try first.published() == second.published())
    #expect(try Self.pseudonyms(first, of: identifiers) == Self.pseudonyms(second, of: identifiers))
  }
}
