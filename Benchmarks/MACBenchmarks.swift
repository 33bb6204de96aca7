import Sluice
import SluiceCrypto
import Testing

extension Benchmarks {
  /// HMAC-SHA-256 of phone numbers, as pseudonyms need it.
  @Suite struct MAC {
    private let report = BenchmarkReport.shared

    @Test func ofPhoneNumbers() throws {
      let messages = AccountMessages(SharedRecords.unique.ndjson)
      let key = [UInt8](repeating: 7, count: 32)
      var (fast, slow): (UInt64, UInt64) = (0, 0)
      try report.measure(
        .mac, "EVP_MAC, restarted", records: messages.count, bytes: messages.bytes.count,
        counting: .allocating
      ) {
        slow = try messages.tagsByReference(key)
      }
      try report.measure(.mac, "by block", records: messages.count, bytes: messages.bytes.count) {
        fast = try messages.tagsByBlock(key)
      }
      #expect(fast == slow)
      for index in stride(from: 0, to: messages.count, by: max(1, messages.count / 500)) {
        let message = Array(messages.message(index))
        var context = try AuthenticationContext(key: key, count: key.count)
        #expect(try context.tag(of: message, restarting: false) == Self.tag(of: message, key))
      }
    }

    @Test func pseudonyms() throws {
      let messages = AccountMessages(SharedRecords.unique.ndjson)
      let key = try BenchmarkJob().rootKey.streamKey(jurisdiction: "US", name: "benchmark").classKey("phone")
      var sums: [UInt64] = []
      var context = try PseudonymContext(key, usesReference: false)
      try report.measure(
        .mac, "pseudonym, base32 included", records: messages.count, bytes: messages.bytes.count
      ) { sums = [try messages.pseudonyms(&context)] }
      var reference = try PseudonymContext(key, usesReference: true)
      sums.append(try messages.pseudonyms(&reference))
      #expect(sums[0] == sums[1])
    }

    /// RFC 2104 as it is written, for a key shorter than a block.
    private static func tag(of message: [UInt8], _ key: [UInt8]) -> [UInt8] {
      let padded = key + [UInt8](repeating: 0, count: 64 - key.count)
      return SHA256.hash(padded.map { $0 ^ 0x5C } + SHA256.hash(padded.map { $0 ^ 0x36 } + message))
    }
  }
}

/// The accounts of records as they are MACed: class byte, version, canonical bytes; one after the other.
struct AccountMessages {
  private(set) var bytes: [UInt8] = []
  private var ends: [Int] = [0]

  var count: Int { ends.count - 1 }

  /// Takes the senders and recipients out of NDJSON records.
  init(_ records: RecordBlocks) {
    for block in records.blocks {
      for index in block.lineEnds.indices {
        for cell in block.line(index).split(separator: UInt8(ascii: ","), maxSplits: 5)[3...4] {
          let account = cell.drop { $0 != UInt8(ascii: "+") }.dropLast()
          bytes += [1, 1]
          bytes += account
          ends.append(bytes.count)
        }
      }
    }
  }

  func message(_ index: Int) -> ArraySlice<UInt8> { bytes[ends[index]..<ends[index + 1]] }

  /// All MACs by a bare loop over `EVP_MAC`; returns a sum of the tags.
  func tagsByReference(_ key: [UInt8]) throws -> UInt64 {
    var context = try AuthenticationContext(key: key, count: key.count)
    var tag: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var sum: UInt64 = 0
    var isDone = true
    bytes.withUnsafeBytes { bytes in
      for index in 0..<count {
        let length = ends[index &+ 1] &- ends[index]
        isDone = context.restart() && isDone
        isDone = context.update(bytes.baseAddress! + ends[index], count: length) && isDone
        isDone = context.finish(to: &tag) && isDone
        sum = sum &* 31 &+ UInt64(bigEndian: tag.0) &+ UInt64(bigEndian: tag.1)
      }
    }
    #expect(isDone)
    return sum
  }

  /// All MACs by a bare loop over SHA-256's block function; returns a sum of the tags.
  func tagsByBlock(_ key: [UInt8]) throws -> UInt64 {
    let states = try AuthenticationStates(key: key, count: key.count)
    var authenticator = try BlockAuthenticator()
    var sum: UInt64 = 0
    bytes.withUnsafeBytes { bytes in
      for index in 0..<count {
        let identifier = UnsafeRawBufferPointer(rebasing: bytes[(ends[index] &+ 2)..<ends[index &+ 1]])
        let tag = authenticator.tagHead(states, head: 0x0101, identifier)
        sum = sum &* 31 &+ tag.0 &+ tag.1
      }
    }
    return sum
  }

  /// All pseudonyms; returns a sum of their characters.
  func pseudonyms(_ context: inout PseudonymContext) throws -> UInt64 {
    let characters = UnsafeMutablePointer<UInt8>.allocate(capacity: 32)
    defer { characters.deallocate() }
    characters.initialize(repeating: 0, count: 32)
    var sum: UInt64 = 0
    var isDone = true
    bytes.withUnsafeBytes { bytes in
      for index in 0..<count {
        let canonical = UnsafeRawBufferPointer(rebasing: bytes[(ends[index] &+ 2)..<ends[index &+ 1]])
        isDone = context.write(classByte: 1, letter: UInt8(ascii: "p"), canonical, to: characters) && isDone
        for word in 0..<4 {
          sum = sum &* 31 &+ UnsafeRawPointer(characters).load(fromByteOffset: word &* 8, as: UInt64.self)
        }
      }
    }
    #expect(isDone)
    return sum
  }
}
