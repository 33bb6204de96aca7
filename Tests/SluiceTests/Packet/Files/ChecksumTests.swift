import Sluice
import Testing

/// Whether a file reads back, by the sums of its parts.
@Suite("Checksum") struct ChecksumTests {
  private static func checksum(_ bytes: [UInt8], pieces: Int = .max) -> Checksum {
    var checksum = Checksum()
    for start in stride(from: 0, to: bytes.count, by: min(pieces, max(bytes.count, 1))) {
      Array(bytes[start..<min(bytes.count, start + min(pieces, bytes.count))]).withUnsafeBytes {
        checksum.update($0)
      }
    }
    return checksum
  }

  @Test("Parts one after another come to what the whole comes to, whatever the pieces", arguments: 0...70)
  func parts(_ tail: Int) {
    var random = PacketGenerator(seed: UInt64(tail))
    let bytes = (0..<64 * 9 + tail).map { _ in UInt8.random(in: 0...255, using: &random) }
    let whole = Self.checksum(bytes).value()
    for end in stride(from: 0, through: 64 * 9, by: 64) {
      var joined = Self.checksum(Array(bytes[..<end]), pieces: 7)
      joined.append(Self.checksum(Array(bytes[end...]), pieces: 100))
      #expect(joined.value() == whole)
    }
  }

  @Test("What is changed, moved, missing or added is seen") func changes() {
    var random = PacketGenerator(seed: 5)
    let bytes = (0..<640).map { _ in UInt8.random(in: 0...255, using: &random) }
    let whole = Self.checksum(bytes).value()
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1 << UInt8(index % 8)
      #expect(Self.checksum(changed).value() != whole)
    }
    #expect(Self.checksum(Array(bytes[64..<128] + bytes[..<64] + bytes[128...])).value() != whole)
    #expect(Self.checksum(Array(bytes.dropLast())).value() != whole)
    #expect(Self.checksum(bytes + [0]).value() != whole)
  }
}
