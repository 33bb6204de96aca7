import SluiceCrypto
import Testing

/// The MACs of the record path, held against `EVP_MAC`.
@Suite("HMAC-SHA-256 by block") struct BlockAuthenticatorTests {
  @Test("Keys of 1 to 64 bytes and messages of 0 to 300, one authenticator for all")
  func agreesWithReference() throws {
    var numbers = SeededNumbers(seed: 31)
    var blocks = try BlockAuthenticator()
    for keyCount in 1...64 {
      let key = numbers.bytes(keyCount)
      let states = try AuthenticationStates(key: key, count: key.count)
      var reference = try AuthenticationContext(key: key, count: key.count)
      for _ in 0..<20 {
        let message = numbers.bytes(Int(numbers.next() % 301))
        let tag = try reference.tag(of: message, restarting: true)
        #expect(blocks.tag(of: message, states) == tag, "\(keyCount), \(message.count) bytes, seed 31")
      }
    }
  }

  @Test("Messages of a head and 0 to 130 bytes, as pseudonyms have them") func heads() throws {
    var numbers = SeededNumbers(seed: 32)
    let key = numbers.bytes(32)
    let states = try AuthenticationStates(key: key, count: key.count)
    var reference = try AuthenticationContext(key: key, count: key.count)
    var blocks = try BlockAuthenticator()
    for count in Array(0...130) + (0...130).reversed() {
      let message = numbers.bytes(count + 2)
      let tag = try reference.tag(of: message, restarting: true)
      let words = message.withUnsafeBytes {
        blocks.tagHead(
          states, head: UInt16(message[1]) << 8 | UInt16(message[0]),
          UnsafeRawBufferPointer(rebasing: $0[2...]))
      }
      let expected = tag[..<16].reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
      #expect(UInt128(words.0) << 64 | UInt128(words.1) == expected, "\(count) bytes, seed 32")
    }
  }

  @Test("In FIPS mode the reference writes the same pseudonyms") func fipsMode() throws {
    let key = try PseudonymContextTests.rootKey().caseKey(jurisdiction: "US", reference: "US-1")
    let (first, second) = (try key.classKey("phone"), try key.classKey("email"))
    var blocks = try PseudonymContext(first, usesReference: false)
    var reference = try PseudonymContext(first, usesReference: true)
    var numbers = SeededNumbers(seed: 33)
    for count in 0...130 {
      let identifier = numbers.bytes(count)
      let text = try blocks.text(classByte: 1, letter: "p", identifier)
      #expect(try reference.text(classByte: 1, letter: "p", identifier) == text, "\(count) bytes, seed 33")
    }
    try blocks.rekey(second)
    try reference.rekey(second)
    let text = try blocks.text(classByte: 3, letter: "e", [1])
    #expect(try reference.text(classByte: 3, letter: "e", [1]) == text)
  }

  @Test("The kernel's flag decides", arguments: [("0\n", false), ("1\n", true), ("", false)])
  func flag(content: String, isSet: Bool) throws {
    let folder = try KeyFolder()
    #expect(FIPSMode.isSet(file: try folder.write(content.utf8, to: "fips_enabled")) == isSet)
    #expect(!FIPSMode.isSet(file: folder.path + "/absent"))
  }
}
