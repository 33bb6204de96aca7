import SluiceCrypto
import Testing

/// The MACs of the record path, held against `EVP_MAC`.
@Suite("HMAC-SHA-256 by block") struct BlockAuthenticatorTests {
  @Test("Keys of 1 to 64 bytes and messages of 0 to 300, one authenticator for all")
  func agreesWithReference() throws {
    var numbers = SeededNumbers(seed: 31)
    var blocks = BlockAuthenticator()
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

  @Test("A message in pieces is the message, wherever it is cut") func pieces() throws {
    var numbers = SeededNumbers(seed: 32)
    let key = numbers.bytes(32)
    let states = try AuthenticationStates(key: key, count: key.count)
    var blocks = BlockAuthenticator()
    let message = numbers.bytes(200)
    let whole = blocks.tag(of: message, states)
    for cut in 0...message.count {
      var tag = [UInt8](repeating: 0, count: BlockAuthenticator.tagByteCount)
      blocks.begin(states)
      message.withUnsafeBytes {
        blocks.update($0.baseAddress!, count: cut)
        blocks.update($0.baseAddress! + cut, count: message.count - cut)
      }
      blocks.finish(states, to: &tag)
      #expect(tag == whole, "cut at \(cut), seed 32")
    }
  }

  @Test("A message that was begun is forgotten") func begunTwice() throws {
    let states = try AuthenticationStates(key: [1, 2, 3], count: 3)
    var blocks = BlockAuthenticator()
    let answer = blocks.tag(of: [9, 9], states)
    blocks.begin(states)
    blocks.update([UInt8](repeating: 7, count: 70), count: 70)
    #expect(blocks.tag(of: [9, 9], states) == answer)
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
