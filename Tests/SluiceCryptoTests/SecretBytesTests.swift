import Foundation
import SluiceCrypto
import Testing

@Suite("Memory of keys") struct SecretBytesTests {
  /// Reserves bytes, fills them, gives them back, and returns what is left at their place.
  ///
  /// Only in a process of its own with nothing beside it: the place is read after it was given back. Its first
  /// 16 bytes belong to the list of free places.
  static func remains(ofBytes count: Int) throws -> [UInt8] {
    var place: UnsafeRawPointer?
    do {
      let secret = try SecretBytes(count: count)
      let base = secret.bytes.baseAddress!
      UnsafeMutableRawPointer(mutating: base).initializeMemory(as: UInt8.self, repeating: 0xA5, count: count)
      place = base
    }
    return Array(UnsafeRawBufferPointer(start: place!, count: count).dropFirst(16))
  }

  @Test("They begin as zeros and compare by content and length") func fresh() throws {
    for count in [1, 31, 32, 33, 4096] {
      let held = try Held(count: count)
      #expect(held.count == count && held.isZero)
      let zeros = [UInt8](repeating: 0, count: count + 1)
      #expect(held.matches(zeros, count: count))
      #expect(!held.matches(zeros, count: count + 1) && !held.matches(zeros, count: count - 1))
      for index in 0..<count {
        var other = zeros
        other[index] = 0x80
        #expect(!held.matches(other, count: count))
      }
    }
  }

  @Test("They are overwritten before their memory is given back") func wiped() async {
    await #expect(processExitsWith: .success) {
      for count in [32, 64, 512] {
        let remains = try Self.remains(ofBytes: count)
        #expect(remains.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test("So are those that the secure heap has no room for") func wipedOnOrdinaryHeap() async {
    await #expect(processExitsWith: .success) {
      // Until the share of the secure heap that is for keys is used up, and beyond it.
      let keys = try (0..<40).map { _ in try Held(count: 1 << 14) }
      let isFar = keys.dropFirst().contains { abs($0.address - keys[0].address) > 1 << 20 }
      #expect(isFar, "the secure heap was not used up")
      let remains = try Self.remains(ofBytes: 512)
      #expect(remains.allSatisfy { $0 == 0 })
      #expect(keys.count == 40)
    }
  }

  /// Secret bytes that an array can hold and a macro can look at.
  final class Held: Sendable {
    let bytes: SecretBytes

    init(count: Int) throws { bytes = try SecretBytes(count: count) }

    var address: Int { Int(bitPattern: bytes.bytes.baseAddress!) }
    var count: Int { bytes.count }
    var isZero: Bool { bytes.bytes.count == bytes.count && bytes.bytes.allSatisfy { $0 == 0 } }

    func matches(_ other: [UInt8], count: Int) -> Bool { bytes.matches(other, count: count) }
  }

  @Test("Three thousand keys at once are more than the secure heap holds, and work") func manyKeys() throws {
    let root = try PseudonymContextTests.rootKey()
    let keys = try (0..<3_000).map {
      try root.caseKey(jurisdiction: "US", reference: "R\($0)").classKey("phone")
    }
    let again = try root.caseKey(jurisdiction: "US", reference: "R2999").classKey("phone")
    var first = try PseudonymContext(keys[2999])
    var second = try PseudonymContext(again)
    let text = try first.text(classByte: 1, letter: "p", [1])
    #expect(try second.text(classByte: 1, letter: "p", [1]) == text)
  }
}
