import Foundation
import SluiceCrypto
import Testing

@Suite("SHA-256") struct SHA256Tests {
  /// FIPS 180-4: the examples of the standard (SHA256.pdf of NIST) and its short-message file.
  static let answers: [(message: [UInt8], digest: String)] = [
    ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      Array(
        ("abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
          + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu").utf8),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
    ),
    ([0xbd], "68325720aabd7c82f30f554b313d0570c95accbb7dc4b5aae11204c08ffe732b"),
  ]

  @Test("Known answers of FIPS 180-4", arguments: 0..<5)
  func known(index: Int) throws {
    let (message, answer) = Self.answers[index]
    #expect(Base16.encode(SHA256.hash(message)) == answer)
    #expect(Hex.bytes(answer) == SHA256.hash(message))
    var digest = try SHA256()
    message.withUnsafeBytes { digest.update($0) }
    #expect(Base16.encode(digest.finalize()) == answer)
  }

  @Test("One million times a, in pieces of many sizes", arguments: [1, 63, 64, 65, 1000, 1_000_000])
  func million(size: Int) throws {
    let piece = [UInt8](repeating: UInt8(ascii: "a"), count: size)
    var digest = try SHA256()
    var rest = 1_000_000
    while rest > 0 {
      piece.withUnsafeBytes { digest.update(UnsafeRawBufferPointer(rebasing: $0[..<min(size, rest)])) }
      rest -= min(size, rest)
    }
    #expect(
      Base16.encode(digest.finalize()) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test("A message cut at every place has one digest")
  func cut() throws {
    let message = (0..<150).map { UInt8($0) }
    let answer = SHA256.hash(message)
    for first in 0...message.count {
      // A value that ended a digest starts a new one.
      var digest = try SHA256()
      for second in [first, (first + message.count) / 2, message.count] {
        message.withUnsafeBytes { bytes in
          digest.update(UnsafeRawBufferPointer(rebasing: bytes[..<first]))
          digest.update(UnsafeRawBufferPointer(rebasing: bytes[first..<second]))
          digest.update(UnsafeRawBufferPointer(rebasing: bytes[second...]))
        }
        #expect(digest.finalize() == answer, "cut at \(first) and \(second)")
      }
    }
  }

  @Test("No bytes are nothing, even from nowhere") func nothing() throws {
    var digest = try SHA256()
    digest.update(UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(Base16.encode(digest.finalize()) == Self.answers[0].digest)
  }

  @Test("Two digests in turns do not mix") func interleaved() throws {
    var first = try SHA256()
    var second = try SHA256()
    for byte in UInt8(0)..<100 {
      withUnsafeBytes(of: byte) { first.update($0) }
      withUnsafeBytes(of: 99 - byte) { second.update($0) }
    }
    #expect(first.finalize() == SHA256.hash(Array(0..<100)))
    #expect(second.finalize() == SHA256.hash((0..<100).reversed()))
  }

  @Test("Hexadecimal digits: none, every byte, lower case") func hexadecimal() {
    #expect(Base16.encode([]) == "")
    let every = Array(UInt8.min...UInt8.max)
    #expect(Base16.encode(every) == every.map { String(format: "%02x", $0) }.joined())
  }
}

@Suite("SHA-512") struct SHA512Tests {
  @Test("Known answers of FIPS 180-4, at every cut") func known() throws {
    let answers = [
      "": "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
        + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
      "abc": "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
      "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmno"
        + "ijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu":
        "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018"
        + "501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909",
    ]
    for (message, answer) in answers {
      let bytes = Array(message.utf8)
      for cut in 0...bytes.count {
        var digest = try SHA512()
        bytes.withUnsafeBytes { bytes in
          digest.update(UnsafeRawBufferPointer(rebasing: bytes[..<cut]))
          digest.update(UnsafeRawBufferPointer(rebasing: bytes[cut...]))
        }
        let found = digest.finalize()
        #expect(found.count == SHA512.byteCount && Base16.encode(found) == answer)
      }
    }
  }
}
