import Foundation
import SluiceCrypto
import Synchronization
import Testing

@Suite("HMAC-SHA-256") struct AuthenticationContextTests {
  /// The tag by a context of its own.
  static func freshTag(key: [UInt8], _ message: [UInt8]) throws -> [UInt8] {
    var context = try AuthenticationContext(key: key, count: key.count)
    return try context.tag(of: message, restarting: false)
  }

  // MARK: Known answers

  private struct RFC4231: Decodable {
    var vectors: [Vector]

    struct Vector: Decodable {
      var key: Hex
      var msg: Hex
      var tag: Hex
    }
  }

  // Figures from elsewhere, not part of the package: skipped where they are absent.
  @Test("RFC 4231, cases 1 to 7", .enabled(if: CryptoTestSupport.hasVectors, "shared/vectors is absent"))
  func rfc4231() throws {
    let vectors = try CryptoTestSupport.vectors("rfc4231_hmac_sha256.json", as: RFC4231.self).vectors
    #expect(vectors.count == 7)
    // Case 5 is a tag cut to 128 bits.
    #expect(vectors.map(\.tag.bytes.count) == [32, 32, 32, 32, 16, 32, 32])
    var reused = try AuthenticationContext(key: [1], count: 1)
    for vector in vectors {
      let (key, message, tag) = (vector.key.bytes, vector.msg.bytes, vector.tag.bytes)
      let fresh = try Self.freshTag(key: key, message)
      #expect(Array(fresh.prefix(tag.count)) == tag)
      try reused.rekey(key, count: key.count)
      #expect(try reused.tag(of: message, restarting: false) == fresh)
      #expect(try reused.tag(of: message, restarting: true) == fresh)
    }
  }

  private struct Wycheproof: Decodable {
    var numberOfTests: Int
    var testGroups: [Group]

    struct Group: Decodable {
      var keySize: Int
      var tagSize: Int
      var tests: [Case]
    }

    struct Case: Decodable {
      var tcId: Int
      var key: Hex
      var msg: Hex
      var tag: Hex
      var result: String
    }
  }

  @Test(
    "Wycheproof, 174 cases, half of them cut to 128 bits",
    .enabled(if: CryptoTestSupport.hasVectors, "shared/vectors is absent"))
  func wycheproof() throws {
    let file = try CryptoTestSupport.vectors("hmac_sha256_test.json", as: Wycheproof.self)
    var validCount = 0
    var invalidCount = 0
    var cutCount = 0
    var reused = try AuthenticationContext(key: [1], count: 1)
    for group in file.testGroups {
      for test in group.tests {
        try #require(test.key.bytes.count * 8 == group.keySize)
        let message = test.msg.bytes
        let fresh = try Self.freshTag(key: test.key.bytes, message)
        try reused.rekey(test.key.bytes, count: test.key.bytes.count)
        #expect(try reused.tag(of: message, restarting: false) == fresh, "tcId \(test.tcId)")
        #expect(try reused.tag(of: message, restarting: true) == fresh, "tcId \(test.tcId)")
        let isEqual = Array(fresh.prefix(group.tagSize / 8)) == test.tag.bytes
        #expect(isEqual == (test.result == "valid"), "tcId \(test.tcId)")
        if test.result == "valid" { validCount += 1 }
        if test.result == "invalid" { invalidCount += 1 }
        if group.tagSize == 128 { cutCount += 1 }
      }
    }
    #expect(file.numberOfTests == 174)
    #expect(validCount == 66 && invalidCount == 108 && cutCount == 87)
  }

  @Test("A key of no bytes and of no more than zeros are one key, as HMAC has it (RFC 2104)")
  func emptyKey() throws {
    // HMAC_SHA256("", ""), by another implementation.
    let answer = "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"
    #expect(Base16.encode(try Self.freshTag(key: [], [])) == answer)
    #expect(Base16.encode(try Self.freshTag(key: [0], [])) == answer)
    #expect(Base16.encode(try Self.freshTag(key: [UInt8](repeating: 0, count: 64), [])) == answer)
    #expect(Base16.encode(try Self.freshTag(key: [UInt8](repeating: 0, count: 65), [])) != answer)
  }

  // MARK: Restarting

  @Test("A restarted context gives the tag of a fresh one, for messages of 0 to 300 bytes")
  func restarted() throws {
    var numbers = SeededNumbers(seed: 1)
    let key = numbers.bytes(32)
    var reused = try AuthenticationContext(key: key, count: key.count)
    for count in 0...300 {
      let message = numbers.bytes(count)
      let tag = try reused.tag(of: message, restarting: true)
      #expect(tag == (try Self.freshTag(key: key, message)), "\(count) bytes, seed 1")
      #expect(try reused.tag(of: message, restarting: true) == tag, "\(count) bytes again, seed 1")
    }
  }

  @Test("So does one restarted in the middle of a message, of 0 to 300 bytes")
  func abandoned() throws {
    var numbers = SeededNumbers(seed: 2)
    let key = numbers.bytes(32)
    let message = numbers.bytes(19)
    let answer = try Self.freshTag(key: key, message)
    var reused = try AuthenticationContext(key: key, count: key.count)
    for count in 0...300 {
      let begun = numbers.bytes(count)
      let isBegun = reused.restart() && reused.update(begun, count: begun.count)
      #expect(isBegun)
      #expect(try reused.tag(of: message, restarting: true) == answer, "\(count) bytes abandoned, seed 2")
    }
  }

  @Test("A message in pieces has the tag of the whole, and a rekeyed context that of the new key")
  func piecesAndRekeying() throws {
    var numbers = SeededNumbers(seed: 3)
    var context = try AuthenticationContext(key: [7], count: 1)
    for _ in 0..<50 {
      let key = numbers.bytes(Int.random(in: 1...200, using: &numbers))
      let message = numbers.bytes(Int.random(in: 0...300, using: &numbers))
      let cut = Int.random(in: 0...message.count, using: &numbers)
      // A message begun under the old key must not count.
      let isBegun = context.update(message, count: message.count)
      try context.rekey(key, count: key.count)
      var tag = [UInt8](repeating: 0, count: AuthenticationContext.tagByteCount)
      let (head, tail) = (Array(message[..<cut]), Array(message[cut...]))
      let isTaken = context.update(head, count: head.count) && context.update(tail, count: tail.count)
      let isFinished = context.finish(to: &tag)
      #expect(isBegun && isTaken && isFinished)
      #expect(tag == (try Self.freshTag(key: key, message)), "seed 3")
    }
  }

  // MARK: Threads

  @Test("Two threads with a context each agree with one")
  func threads() throws {
    var numbers = SeededNumbers(seed: 4)
    let key = numbers.bytes(32)
    let messages = (0..<4_000).map { [UInt8(truncatingIfNeeded: $0)] + Array("+1202555\($0)".utf8) }
    var one = try AuthenticationContext(key: key, count: key.count)
    let answers = try messages.map { try one.tag(of: $0, restarting: true) }
    let results = Mutex<[[[UInt8]]]>([])
    DispatchQueue.concurrentPerform(iterations: 2) { _ in
      guard var context = try? AuthenticationContext(key: key, count: key.count) else { return }
      let tags = messages.map { (try? context.tag(of: $0, restarting: true)) ?? [] }
      results.withLock { $0.append(tags) }
    }
    let found = results.withLock { $0 }
    #expect(found.count == 2)
    #expect(found.allSatisfy { $0 == answers })
  }
}
