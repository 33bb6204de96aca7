import Foundation
import SluiceCrypto
import Testing

@Suite("HKDF-SHA-256 and its info") struct KeyDerivationTests {
  // MARK: Known answers

  private struct RFC5869: Decodable {
    var vectors: [Vector]

    struct Vector: Decodable {
      var ikm: Hex
      var salt: Hex
      var info: Hex
      var length: Int
      var prk: Hex
      var okm: Hex

      enum CodingKeys: String, CodingKey {
        case ikm, salt, info, prk, okm
        case length = "L"
      }
    }
  }

  // Figures from elsewhere, not part of the package: skipped where they are absent.
  @Test(
    "RFC 5869, appendix A.1 to A.3", .enabled(if: CryptoTestSupport.hasVectors, "shared/vectors is absent"))
  func rfc5869() throws {
    let vectors = try CryptoTestSupport.vectors("rfc5869_hkdf_sha256.json", as: RFC5869.self).vectors
    #expect(vectors.count == 3)
    for vector in vectors {
      let (salt, info) = (vector.salt.bytes, vector.info.bytes)
      let whole = try KeyDerivation.bytes(
        .extractAndExpand, key: vector.ikm.bytes, salt: salt, info: info, count: vector.length)
      #expect(whole == vector.okm.bytes)
      // The salt is not read where only the second half runs.
      for salt in [salt, []] {
        let expanded = try KeyDerivation.bytes(
          .expand, key: vector.prk.bytes, salt: salt, info: info, count: vector.length)
        #expect(expanded == vector.okm.bytes)
      }
    }
  }

  private struct Wycheproof: Decodable {
    var numberOfTests: Int
    var testGroups: [Group]

    struct Group: Decodable { var tests: [Case] }

    struct Case: Decodable {
      var tcId: Int
      var ikm: Hex
      var salt: Hex
      var info: Hex
      var size: Int
      var okm: Hex
      var result: String
    }
  }

  @Test("Wycheproof, 86 cases", .enabled(if: CryptoTestSupport.hasVectors, "shared/vectors is absent"))
  func wycheproof() throws {
    let file = try CryptoTestSupport.vectors("hkdf_sha256_test.json", as: Wycheproof.self)
    var validCount = 0
    var refusedCount = 0
    for test in file.testGroups.flatMap(\.tests) {
      let derive = { () throws -> [UInt8] in
        try KeyDerivation.bytes(
          .extractAndExpand, key: test.ikm.bytes, salt: test.salt.bytes, info: test.info.bytes,
          count: test.size)
      }
      if test.result == "valid" {
        validCount += 1
        #expect(try derive() == test.okm.bytes, "tcId \(test.tcId)")
      } else {
        refusedCount += 1
        let error = CryptoTestSupport.failure { _ = try derive() }
        #expect(error?.code == "derivation-failed", "tcId \(test.tcId)")
      }
    }
    #expect(file.numberOfTests == 86)
    #expect(validCount == 83 && refusedCount == 3)
  }

  @Test(
    "8,160 bytes come out, 8,161 do not", arguments: [.expand, .extractAndExpand] as [KeyDerivation.Mode])
  func longest(mode: KeyDerivation.Mode) throws {
    let key = Array(UInt8(0)..<32)
    #expect(try KeyDerivation.bytes(mode, key: key, salt: [], info: [1], count: 8160).count == 8160)
    let error = CryptoTestSupport.failure {
      _ = try KeyDerivation.bytes(mode, key: key, salt: [], info: [1], count: 8161)
    }
    #expect(error?.code == "derivation-failed")
  }

  @Test("An info beyond libcrypto's limit is refused, never cut short")
  func longInfo() throws {
    let key = try KeyFolder.key(Array(UInt8(0)..<32))
    let long = String(repeating: "A", count: 1 << 20)
    let error = CryptoTestSupport.failure { _ = try key.caseKey(jurisdiction: "US", reference: long) }
    #expect(error?.code == "derivation-failed")
    // What libcrypto still takes counts to its last byte.
    let shorter = String(repeating: "A", count: 900)
    let first = try key.caseKey(jurisdiction: "US", reference: shorter + "A").published()
    let second = try key.caseKey(jurisdiction: "US", reference: shorter + "B").published()
    #expect(first.keyID != second.keyID && first.commitment != second.commitment)
  }

  // MARK: Tuples

  /// Reads a tuple back by its definition; nil where bytes are missing or left over.
  static func elements(of bytes: [UInt8]) -> [[UInt8]]? {
    guard let count = bytes.first else { return nil }
    var rest = bytes.dropFirst()
    var elements: [[UInt8]] = []
    for _ in 0..<count {
      guard rest.count >= 4 else { return nil }
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard rest.count >= length else { return nil }
      elements.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return rest.isEmpty ? elements : nil
  }

  @Test(
    "No two different lists of a fuzzed pool give the same bytes, and each reads back",
    arguments: [11, 12, 13] as [UInt64])
  func injective(seed: UInt64) {
    print("SeededNumbers(seed: \(seed))")
    var numbers = SeededNumbers(seed: seed)
    // Few characters and short elements, so that the pool holds near collisions: what one list puts at the
    // end of an element another puts at the beginning of the next, lengths and counts among the characters.
    let alphabet = ["", "a", "b", "\u{0}", "\u{1}", "\u{2}", "\u{0}\u{0}\u{0}\u{1}", "é", "e\u{301}", "日"]
    var seen: [[UInt8]: [[UInt8]]] = [:]
    for _ in 0..<20_000 {
      let list = (0..<Int.random(in: 0...5, using: &numbers)).map { _ in
        (0..<Int.random(in: 0...3, using: &numbers)).map { _ in alphabet.randomElement(using: &numbers)! }
          .joined()
      }
      let bytes = KeyDerivation.tuple(list)
      let expected = list.map { Array($0.utf8) }
      #expect(Self.elements(of: bytes) == expected, "seed \(seed)")
      if let earlier = seen.updateValue(expected, forKey: bytes) {
        #expect(earlier == expected, "seed \(seed)")
      }
    }
    #expect(seen.count > 5_000)
  }

  @Test("255 elements are the most") func mostElements() {
    #expect(KeyDerivation.tuple([String](repeating: "", count: 255)).count == 1 + 255 * 4)
    #expect(KeyDerivation.tuple([String](repeating: "x", count: 255)).first == 255)
  }
}
