import Foundation
import SluiceCrypto
import Testing

/// Every step from the root key to the pseudonym against `Tests/Vectors/pseudonyms.json`, which an independent
/// script made.
@Suite("Known answers for keys and pseudonyms") struct PseudonymVectorsTests {
  static let folder = CryptoTestSupport.package.appendingPathComponent("Tests/Vectors")

  struct Answers: Decodable {
    var tuples: [Tuple]
    var identifiers: [Identifier]
    var roots: [Root]
  }

  struct Tuple: Decodable {
    var elements: [String]
    var bytes: Hex
  }

  struct Identifier: Decodable {
    var label: String
    var note: String
    var `class`: UInt8
    var letter: String
    var canonical: Hex
  }

  struct Root: Decodable, Sendable, CustomTestStringConvertible {
    var note: String
    var root: Hex
    var epoch: UInt32
    var keyFile: String
    var rootID: Hex
    var scopes: [Scope]

    var testDescription: String { note }
  }

  struct Scope: Decodable, Sendable {
    var kind: String
    var jurisdiction: String
    var name: String
    var key: Hex
    var keyID: Hex
    var commitment: Hex
    var classKeys: [String: Hex]
    var pseudonyms: [String]
  }

  static func answers() throws -> Answers {
    try JSONDecoder().decode(
      Answers.self, from: Data(contentsOf: folder.appendingPathComponent("pseudonyms.json")))
  }

  @Test("The file holds what it should: 5 roots, 24 scopes each, 37 identifiers, every class")
  func complete() throws {
    let answers = try Self.answers()
    #expect(answers.tuples.count == 11)
    #expect(answers.identifiers.count == 37)
    #expect(answers.roots.map(\.scopes.count) == [24, 24, 24, 24, 24])
    let classes = Set(answers.identifiers.map { "\($0.class) \($0.letter)" })
    #expect(classes == ["1 p", "2 a", "3 e", "4 i", "5 d", "6 c", "7 o"])
    #expect(answers.roots.allSatisfy { $0.scopes.allSatisfy { $0.pseudonyms.count == 37 } })
  }

  @Test("Tuples") func tuples() throws {
    for tuple in try Self.answers().tuples {
      #expect(KeyDerivation.tuple(tuple.elements) == tuple.bytes.bytes)
    }
  }

  @Test("Root id, from the line and from 32 raw bytes", arguments: 0..<5)
  func rootKeys(index: Int) throws {
    let answer = try Self.answers().roots[index]
    let key = try KeyFolder.key(line: answer.keyFile)
    #expect(key.epoch == answer.epoch)
    #expect(key.matches(answer.root.bytes))
    #expect(key.rootID == answer.rootID.bytes)
    let raw = try KeyFolder.key(answer.root.bytes)
    #expect(raw.epoch == 0)
    #expect(raw.matches(answer.root.bytes) && raw.rootID == answer.rootID.bytes)
  }

  @Test("Case and stream keys, key ids, commitments, class keys, pseudonyms", arguments: 0..<5)
  func steps(index: Int) throws {
    let answers = try Self.answers()
    let root = answers.roots[index]
    let rootKey = try KeyFolder.key(line: root.keyFile)
    for scope in root.scopes {
      let key =
        switch scope.kind {
        case "case": try rootKey.caseKey(jurisdiction: scope.jurisdiction, reference: scope.name)
        default: try rootKey.streamKey(jurisdiction: scope.jurisdiction, name: scope.name)
        }
      #expect(key.matches(scope.key.bytes))
      let published = try key.published()
      #expect(published.keyID == scope.keyID.bytes)
      #expect(published.commitment == scope.commitment.bytes)
      for (label, bytes) in scope.classKeys {
        #expect(try key.classKey(label).matches(bytes.bytes), "\(label)")
      }
      for (identifier, pseudonym) in zip(answers.identifiers, scope.pseudonyms) {
        var context = try PseudonymContext(key.classKey(identifier.label))
        let text = try context.text(
          classByte: identifier.class, letter: Character(identifier.letter), identifier.canonical.bytes)
        #expect(text == pseudonym, "\(identifier.label), \(identifier.note)")
      }
    }
  }

  @Test("One context rekeyed from class to class writes what a new one writes")
  func rekeyed() throws {
    let answers = try Self.answers()
    let scope = answers.roots[1].scopes[0]
    let key = try KeyFolder.key(line: answers.roots[1].keyFile)
      .caseKey(jurisdiction: scope.jurisdiction, reference: scope.name)
    var context = try PseudonymContext(key.classKey("phone"))
    for (identifier, pseudonym) in zip(answers.identifiers, scope.pseudonyms).reversed() {
      try context.rekey(key.classKey(identifier.label))
      for _ in 0..<2 {
        let text = try context.text(
          classByte: identifier.class, letter: Character(identifier.letter), identifier.canonical.bytes)
        #expect(text == pseudonym, "\(identifier.label), \(identifier.note)")
      }
    }
  }

  @Test("`matches` tells a key from one with a bit changed, cut or lengthened")
  func matching() throws {
    let root = try Self.answers().roots[0]
    let rootKey = try KeyFolder.key(line: root.keyFile)
    let caseKey = try rootKey.caseKey(jurisdiction: "US", reference: "US-2026-000123")
    let scope = try #require(root.scopes.first { $0.kind == "case" && $0.name == "US-2026-000123" })
    let classBytes = try #require(scope.classKeys["phone"]).bytes
    let classKey = try caseKey.classKey("phone")
    for (matches, bytes) in [
      (rootKey.matches, root.root.bytes), (caseKey.matches, scope.key.bytes), (classKey.matches, classBytes),
    ] as [(([UInt8]) -> Bool, [UInt8])] {
      #expect(matches(bytes))
      for index in bytes.indices {
        var changed = bytes
        changed[index] ^= 1
        #expect(!matches(changed))
      }
      #expect(!matches(bytes.dropLast()) && !matches(bytes + [0]) && !matches([]))
    }
  }

  static let python = CryptoTestSupport.tool("python3")

  // `make setup` installs Python; without it the committed answers stand unchecked.
  @Test(
    "The script writes the committed file, byte for byte",
    .enabled(if: python != nil, "python3 is not installed"))
  func script() throws {
    let python = try #require(Self.python)
    let script = Self.folder.appendingPathComponent("make_pseudonyms.py").path
    // Isolated: no module of the user's own, and none compiled beside the script.
    let result = try CryptoTestSupport.run(python, ["-I", "-B", script])
    #expect(result.status == 0)
    let committed = try Data(contentsOf: Self.folder.appendingPathComponent("pseudonyms.json"))
    #expect(result.output == committed)
  }
}
