import Foundation
import Sluice
import SluiceCrypto
import Testing

/// What the memo gives is what a MAC gives, whatever came before.
@Suite("Memo of pseudonyms") struct PseudonymMemoTests {
  /// Class keys of some cases, two classes each, and the same keys alone.
  private static func keys(caseCount: Int) throws -> (ClassKeys, [ClassKey]) {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-memo-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let root = try RootKey.create(atPath: folder.path + "/key", epoch: 1)
    var keys = ClassKeys()
    for index in 0..<caseCount {
      let key = try root.caseKey(jurisdiction: "US", reference: "US-\(index)")
      #expect(try keys.add(key, labels: ["phone", "email"]) == 2 * index)
    }
    return (keys, (0..<2 * caseCount).map { keys.key($0) })
  }

  /// The pseudonym of an identifier as the record path writes it, its place taken from the text of the source.
  private static func write(
    _ pseudonymizer: inout Pseudonymizer, key: Int, _ text: [UInt8], _ canonical: [UInt8]
  ) throws -> String {
    let padding = [UInt8](repeating: 0xEE, count: PseudonymMemo.identifierByteCountMax)
    var output = [UInt8](repeating: 0, count: 32)
    let place = pseudonymizer.memoOfBlock()?.anticipate(text) ?? PseudonymMemo.noPlace
    try (canonical + padding).withUnsafeBufferPointer {
      try pseudonymizer.write(
        key: key, classByte: 1, letter: UInt8(ascii: "p"), Bytes(rebasing: $0[..<canonical.count]),
        place: place, to: &output)
    }
    return String(decoding: output.prefix(Pseudonymizer.byteCount), as: UTF8.self)
  }

  private static func answer(_ key: ClassKey, _ canonical: [UInt8]) throws -> String {
    var context = try PseudonymContext(key)
    var output = [UInt8](repeating: 0, count: PseudonymContext.characterCount)
    let done = canonical.withUnsafeBytes {
      context.write(classByte: 1, letter: UInt8(ascii: "p"), $0, to: &output)
    }
    #expect(done)
    return String(decoding: output, as: UTF8.self)
  }

  @Test("Few identifiers under few keys and under more keys than contexts", arguments: [2, 700])
  func repeated(caseCount: Int) throws {
    var numbers = SeededNumbers(seed: 51)
    let (keys, alone) = try Self.keys(caseCount: caseCount)
    var pseudonymizer = Pseudonymizer(keys: keys)
    // Lengths on both sides of what the memo takes; some differ in their last byte alone, some in their length.
    let identifiers = (1...40).flatMap { count in
      [UInt8(ascii: "1"), UInt8(ascii: "2")].map { [UInt8](repeating: 0x30, count: count - 1) + [$0] }
    }
    var answers: [[Int]: String] = [:]
    for _ in 0..<12_000 {
      let key = Int(numbers.next() % UInt64(alone.count))
      let identifier = Int(numbers.next() % UInt64(identifiers.count))
      let bytes = identifiers[identifier]
      let found = try Self.write(&pseudonymizer, key: key, bytes, bytes)
      let expected = try answers[[key, identifier]] ?? Self.answer(alone[key], bytes)
      answers[[key, identifier]] = expected
      guard found == expected else {
        Issue.record("key \(key), \(bytes.count) bytes, seed 51")
        return
      }
    }
  }

  @Test("Other spellings, others' spellings, and the time in which the memo is off") func spellings() throws {
    var numbers = SeededNumbers(seed: 52)
    let (keys, alone) = try Self.keys(caseCount: 1)
    var pseudonymizer = Pseudonymizer(keys: keys)
    var context = try PseudonymContext(alone[0])
    // No identifier comes twice, so the memo is weighed and switched off on the way.
    for index in 0..<10_000 {
      let canonical = Array("+1202555\(index)".utf8)
      let text = numbers.next() % 2 == 0 ? canonical : Array("same for many".utf8)
      var output = [UInt8](repeating: 0, count: PseudonymContext.characterCount)
      let done = canonical.withUnsafeBytes {
        context.write(classByte: 1, letter: UInt8(ascii: "p"), $0, to: &output)
      }
      let found = try Self.write(&pseudonymizer, key: 0, text, canonical)
      guard done, found == String(decoding: output, as: UTF8.self) else {
        Issue.record("identifier \(index), seed 52")
        return
      }
    }
  }

  @Test("A set keeps the last four of its identifiers") func sets() throws {
    // Not the first set, one of whose lines is no place.
    let trial = ZeroedMemory(byteCount: PseudonymMemo.byteCount)
    let trialMemo = PseudonymMemo(trial.base)
    let five = Array(
      (0...).lazy.map { Array("+1202555\($0)".utf8) }
        .filter { trialMemo.anticipate($0) >> 2 == 1234 }.prefix(5))
    let memory = ZeroedMemory(byteCount: PseudonymMemo.byteCount)
    let memo = PseudonymMemo(memory.base)
    func recall(_ index: Int) -> Bool {
      var output = [UInt8](repeating: 0, count: Pseudonymizer.byteCount)
      return memo.recall(key: 1, five[index], at: memo.anticipate(five[index]), to: &output)
        && output.allSatisfy { $0 == UInt8(index) }
    }
    func keep(_ index: Int) {
      let pseudonym = [UInt8](repeating: UInt8(index), count: Pseudonymizer.byteCount)
      memo.keep(pseudonym, key: 1, five[index], at: memo.anticipate(five[index]))
    }
    for index in 0..<4 { keep(index) }
    #expect((0..<4).allSatisfy(recall))
    keep(4)
    #expect((1..<5).allSatisfy(recall))
    #expect(!recall(0))
    // It has the line now that was given longest ago.
    #expect(!recall(1))
  }

  /// Every byte, the length and the key tell what shares a line of the memo apart.
  @Test("A line of the memo is one identifier's under one key") func lines() throws {
    let (keys, alone) = try Self.keys(caseCount: 1)
    var pseudonymizer = Pseudonymizer(keys: keys)
    let text = Array("where all of them stand".utf8)
    let first = [UInt8](repeating: 0x30, count: PseudonymMemo.identifierByteCountMax)
    var others = first.indices.map { index in
      var other = first
      other[index] = 0x31
      return other
    }
    // As long as the words of the memo, and shorter by zeros alone.
    others.append([UInt8](repeating: 0x30, count: PseudonymMemo.identifierByteCountMax - 1))
    others.append(others[others.count - 1] + [0])
    for other in others {
      for (identifier, key) in [(first, 0), (other, 0), (other, 1), (first, 1), (first, 0)] {
        let found = try Self.write(&pseudonymizer, key: key, text, identifier)
        #expect(try found == Self.answer(alone[key], identifier))
      }
    }
    // Longer than a line has room for, and alike as far as that goes.
    for identifier in [first + [0x30], first + [0x31], first + [0x30]] {
      let found = try Self.write(&pseudonymizer, key: 0, text, identifier)
      #expect(try found == Self.answer(alone[0], identifier))
    }
  }
}

/// The memo reads identifiers by words, so what follows an array's bytes has to be there.
extension PseudonymMemo {
  private func padded<Result>(_ identifier: [UInt8], _ body: (Bytes) -> Result) -> Result {
    (identifier + [UInt8](repeating: 0xEE, count: Self.identifierByteCountMax)).withUnsafeBufferPointer {
      body(Bytes(rebasing: $0[..<identifier.count]))
    }
  }

  fileprivate func anticipate(_ identifier: [UInt8]) -> UInt16 { padded(identifier) { anticipate($0) } }

  fileprivate func recall(
    key: Int, _ identifier: [UInt8], at place: UInt16, to output: inout [UInt8]
  ) -> Bool {
    output.withUnsafeMutableBytes { output in
      padded(identifier) { recall(key: key, $0, at: place, to: output.baseAddress!) }
    }
  }

  fileprivate func keep(_ pseudonym: [UInt8], key: Int, _ identifier: [UInt8], at place: UInt16) {
    padded(identifier) { keep(pseudonym, key: key, $0, at: place) }
  }
}
