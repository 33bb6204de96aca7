import Foundation
import Sluice
import Testing

/// The long self-test: that it passes, and that it can fail.
struct SelfTestRunTests {
  static func run(_ change: (inout SelfTestRun.Answers) -> Void = { _ in }) throws -> [SelfTestRun.Step] {
    let folder = SourceFolder()
    var answers = SelfTestRun.Answers()
    change(&answers)
    defer {
      let left = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(left == [], "nothing is left")
    }
    return try SelfTestRun(answers).run(in: folder.path, toolVersion: "1.0.0")
  }

  static func code(_ change: (inout SelfTestRun.Answers) -> Void) -> String? {
    do { _ = try run(change) } catch { return (error as? SluiceError)?.code }
    return nil
  }

  @Test func itSaysWhatItDidAndNoticesEachOfTenForgeries() throws {
    let steps = try Self.run()
    #expect(steps.map(\.part).prefix(5) == ["libcrypto", "pseudonym", "ndjson", "csv", "packet"])
    let forgeries = steps.dropFirst(5)
    #expect(
      forgeries.count == 10 && forgeries.allSatisfy { $0.part == "tamper" && $0.outcome.contains("noticed") })
    #expect(Set(forgeries.map(\.outcome)).count == 10)
  }

  @Test func whatIsNotAsItMustBeIsFound() throws {
    #expect(Self.code { $0.crypto.textKeyTag = "00" } == "self-test-hmac")
    #expect(Self.code { $0.crypto.expandedKey = "00" } == "self-test-hkdf")
    #expect(Self.code { $0.pseudonym = "pa" + String(repeating: "a", count: 26) } == "self-test-pseudonym")
    for index in SelfTestRun.Answers().ndjson.indices {
      #expect(Self.code { $0.ndjson[index].outcome = .fault(.recordTooLong) } == "self-test-decoder")
    }
    for index in SelfTestRun.Answers().csv.indices {
      #expect(Self.code { $0.csv[index].outcome = .values([:]) } == "self-test-decoder")
    }
    #expect(Self.code { $0.ndjson[0].record.append(UInt8(ascii: "}")) } == "self-test-decoder")
  }

  @Test func aForgeryThatChangesNothingIsNotTakenForOneThatWasNoticed() throws {
    let error = #expect(throws: SluiceError.self) {
      try Self.run {
        $0.forgeries = [PacketForgery(what: "nothing is changed", isManifestedAnew: true) { _ in }]
      }
    }
    #expect(error?.code == "self-test-tamper" && error?.status == .key)
    // A change that a verifier cannot notice without the packet's digest: the self-test says that it verifies.
    let unnoticed = #expect(throws: SluiceError.self) {
      try Self.run {
        $0.forgeries = [
          PacketForgery(what: "the read-me is longer", isManifestedAnew: true) {
            $0["data/README.txt"]?.append(UInt8(ascii: "\n"))
          }
        ]
      }
    }
    #expect(unnoticed?.code == "self-test-tamper")
    #expect(unnoticed?.message.contains("verifies") == true)
  }

  @Test func aFolderThatIsNotThereIsAnOutputThatFails() throws {
    let error = #expect(throws: SluiceError.self) {
      try SelfTestRun.run(in: "/no/such/folder", toolVersion: "1.0.0")
    }
    #expect(error?.status == .output)
  }
}
