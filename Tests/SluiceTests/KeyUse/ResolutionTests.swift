import Foundation
import Sluice
import SluiceCrypto
import Testing

/// Which candidate a pseudonym stands for, and what is written down of the question.
struct ResolutionTests {
  static func resolve(
    _ fixture: KeyUseFixtures, _ text: String, _ lines: [String], reference: String = "US-1",
    jurisdiction: String = "US", register: MemoryRegister
  ) throws -> Resolution {
    let pseudonym = try #require(Pseudonym(text))
    return try Resolution(
      of: pseudonym, among: KeyUseFixtures.candidates(lines, pseudonym.identifierClass),
      jurisdiction: jurisdiction, reference: reference, keys: fixture.keys(),
      grounds: KeyUseFixtures.grounds(), register: register)
  }

  @Test func eachPseudonymOfAPacketIsFoundAmongCandidatesAndTheQuestionIsRegistered() throws {
    let fixture = try KeyUseFixtures()
    let pseudonyms = try fixture.pseudonyms(fixture.seal([("US-1", 1)]) + "/US-1")
    try fixture.newEpoch()
    try fixture.retire(1)
    let register = MemoryRegister()
    let lines = ["# people", "+12025550199", ""] + KeyUseFixtures.strangers.reversed() + ["+12025550198"]
    for (index, text) in pseudonyms.enumerated() {
      let found = try Self.resolve(fixture, text, lines, register: register)
      #expect(found.match == Resolution.Match(line: 6 - index, epoch: 1))
      #expect(found.candidateCount == 5)
    }
    let entry = try #require(register.entries.first)
    #expect(register.entries.count == 3 && register.entries.allSatisfy(\.isConfirmed))
    #expect(
      entry
        == KeyUseEntry(
          question: .resolve(pseudonym: try #require(Pseudonym(pseudonyms[0])), candidateCount: 5),
          jurisdiction: "US", reference: "US-1", reason: "court order 17", by: "somebody",
          at: TestDocuments.now, isConfirmed: true))
  }

  @Test func whatIsNotFoundIsRegisteredToo() throws {
    let fixture = try KeyUseFixtures()
    let pseudonym = try fixture.pseudonyms(fixture.seal([("US-1", 1)]) + "/US-1")[0]
    let register = MemoryRegister()
    for (lines, reference, jurisdiction) in [
      (["+12025550199"], "US-1", "US"), (KeyUseFixtures.strangers, "US-2", "US"),
      (KeyUseFixtures.strangers, "US-1", "GB"),
    ] {
      let none = try Self.resolve(
        fixture, pseudonym, lines, reference: reference, jurisdiction: jurisdiction, register: register)
      #expect(none.match == nil)
    }
    #expect(register.entries.count == 3 && register.entries.allSatisfy { !$0.isConfirmed })
  }

  @Test func withoutTheRegisterThereIsNoAnswer() throws {
    let fixture = try KeyUseFixtures()
    let pseudonym = try fixture.pseudonyms(fixture.seal([("US-1", 1)]) + "/US-1")[0]
    let register = MemoryRegister()
    register.refusal = SluiceError(.output, "register-failed", "full")
    let error = KeyUseFixtures.failure {
      _ = try Self.resolve(fixture, pseudonym, KeyUseFixtures.strangers, register: register)
    }
    #expect(error?.code == "register-failed")
    for blank in [" \t", "\u{A0}", "\u{3164}"] {
      #expect(KeyUseFixtures.failure { _ = try KeyUseFixtures.grounds(blank) }?.code == "reason-missing")
    }
  }

  @Test(arguments: IdentifierClass.allCases)
  func everyClassHasItsCandidates(identifierClass: IdentifierClass) throws {
    let (text, spelling): (String, String) =
      switch identifierClass {
      case .phone: ("+12025550101", "+12025550101")
      case .account: ("a-7f31", "a-7f31")
      case .email: ("Somebody@EXAMPLE.com", "Somebody@example.com")
      case .ip: ("::ffff:192.0.2.7", "192.0.2.7")
      case .device: ("0123456789abcdef", "0123456789abcdef")
      case .cell: ("262-01-1-2", "262-01-1-2")
      case .id: ("c0ffee", "c0ffee")
      }
    let fixture = try KeyUseFixtures()
    let name = identifierClass == .id ? "message" : nil
    let key = try fixture.keys().newest().caseKey(jurisdiction: "US", reference: "US-1")
    let classKey = try key.classKey(name.map { "id:" + $0 } ?? identifierClass.word)
    var context = try PseudonymContext(classKey)
    var output = [UInt8](repeating: 0, count: 28)
    let canonical = try KeyUseFixtures.candidates([spelling], identifierClass, name: name).candidates[0]
    let isWritten = canonical.canonical.withUnsafeBytes { bytes in
      output.withUnsafeMutableBufferPointer {
        context.write(
          classByte: identifierClass.rawValue, letter: identifierClass.letter, bytes, to: $0.baseAddress!)
      }
    }
    #expect(isWritten)
    let pseudonym = try #require(Pseudonym(String(decoding: output, as: UTF8.self)))
    #expect(pseudonym.identifierClass == identifierClass)
    let found = try Resolution(
      of: pseudonym, among: KeyUseFixtures.candidates([text], identifierClass, name: name),
      jurisdiction: "US", reference: "US-1", keys: fixture.keys(), grounds: KeyUseFixtures.grounds(),
      register: MemoryRegister())
    #expect(found.match?.line == 1)
    // A name that the class does not have, or lacks, is an error; another declared name is another class.
    #expect(
      KeyUseFixtures.failure {
        _ = try KeyUseFixtures.candidates([text], identifierClass, name: name == nil ? "message" : nil)
      }?.code == "candidate-class")
    if identifierClass == .id {
      let other = try Resolution(
        of: pseudonym, among: KeyUseFixtures.candidates([text], .id, name: "call"), jurisdiction: "US",
        reference: "US-1", keys: fixture.keys(), grounds: KeyUseFixtures.grounds(), register: MemoryRegister()
      )
      #expect(other.match == nil)
    }
  }

  @Test func aLineThatIsNoCandidateIsNamedByItsNumberAlone() throws {
    for (lines, place) in [(["+12025550101", "12025550102"], 2), (["", "# x", "secret-canary"], 3)] {
      let error = KeyUseFixtures.failure { _ = try KeyUseFixtures.candidates(lines) }
      #expect(error?.code == "candidate-invalid" && error?.status == .document)
      #expect(error?.description.contains("line \(place)") == true)
      #expect(
        error?.description.contains("canary") == false && error?.description.contains("2025550") == false)
    }
    #expect(
      KeyUseFixtures.failure { _ = try KeyUseFixtures.candidates(["# none", ""]) }?.code
        == "candidates-missing")
    #expect(try KeyUseFixtures.candidates(["+12025550101\r", "+12025550102"]).candidates.count == 2)
    for bad in ["", "with blank", "é", String(repeating: "a", count: 257)] where !bad.isEmpty {
      #expect(
        KeyUseFixtures.failure { _ = try KeyUseFixtures.candidates([bad], .id, name: "n") } != nil, "\(bad)")
    }
  }

  @Test func onlyAWellFormedPseudonymIsOne() throws {
    let fixture = try KeyUseFixtures()
    for text in try fixture.pseudonyms(fixture.seal([("US-1", 1)]) + "/US-1") {
      #expect(Pseudonym(text)?.identifierClass == .phone)
      let rest = String(text.dropFirst())
      for bad in [
        rest, text + "a", "x" + rest, "P" + rest, "pb" + text.dropFirst(2), text.uppercased(),
        text.dropLast() + "1", text.dropLast() + "b", String(text.dropLast()) + "3", " " + rest,
        "pa" + String(repeating: "=", count: 26), "", "+12025550101",
      ] {
        #expect(Pseudonym(String(bad)) == nil, "\(bad)")
      }
    }
  }
}
