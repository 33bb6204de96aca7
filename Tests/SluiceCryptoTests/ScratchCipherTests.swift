import SluiceCrypto
import Testing

/// What a run hides in its temporary files.
@Suite("Scratch cipher") struct ScratchCipherTests {
  private static func applied(_ cipher: inout ScratchCipher, _ bytes: [UInt8], at offset: UInt64) throws
    -> [UInt8]
  {
    var bytes = bytes
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
    defer { buffer.deallocate() }
    buffer.copyBytes(from: bytes)
    try cipher.apply(to: buffer, at: offset)
    bytes = Array(buffer)
    return bytes
  }

  @Test("Applied twice it gives back what was there, from any block on") func twice() throws {
    var cipher = try ScratchCipher()
    let plain = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 7) }
    for offset in [0, 16, 1 << 40] as [UInt64] {
      let hidden = try Self.applied(&cipher, plain, at: offset)
      #expect(hidden != plain)
      #expect(try Self.applied(&cipher, hidden, at: offset) == plain)
      // A part of it too.
      #expect(
        try Self.applied(&cipher, Array(hidden[160..<400]), at: offset + 160) == Array(plain[160..<400]))
    }
    #expect(try Self.applied(&cipher, [], at: 0) == [])
  }

  @Test("No place and no other key gives the same bytes") func differs() throws {
    var first = try ScratchCipher()
    var second = try ScratchCipher()
    let plain = [UInt8](repeating: 0, count: 64)
    let hidden = try Self.applied(&first, plain, at: 0)
    #expect(Set(stride(from: 0, to: 64, by: 16).map { Array(hidden[$0..<$0 + 16]) }).count == 4)
    #expect(try Self.applied(&second, plain, at: 0) != hidden)
    #expect(try Self.applied(&first, plain, at: 64) != hidden)
    // The counter goes on where the first bytes end.
    #expect(try Self.applied(&first, plain + plain, at: 0) == hidden + Self.applied(&first, plain, at: 64))
  }
}
