import Foundation
import Sluice
import SluiceCrypto
import Testing

/// A register in memory; it can refuse.
final class MemoryRegister: KeyUseRegister {
  private(set) var entries: [KeyUseEntry] = []
  var refusal: SluiceError?

  func append(_ entry: KeyUseEntry) throws(SluiceError) {
    if let refusal { throw refusal }
    entries.append(entry)
  }
}

/// Root keys that a test makes in a folder of its own, and small packets under them.
struct KeyUseFixtures {
  static let strangers = ["+12025550101", "+12025550102", "+442079460958"]

  let run: SmallRun
  let keyFolder: String

  init() throws {
    run = try SmallRun(
      kinds: """
          message:
            time: sent_at
            parties: [sender, recipient]
            fields:
              sent_at: timestamp
              sender: phone
              recipient: phone
        """,
      rules: [
        "message.sent_at: { truncate: hour }", "message.sender: { subject: keep, other: pseudonymize }",
        "message.recipient: { subject: keep, other: pseudonymize }",
      ])
    keyFolder = run.folder.path + "/keys"
    try FileManager.default.createDirectory(
      atPath: keyFolder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    try newEpoch()
  }

  func newEpoch() throws { _ = try RootKeyFolder(ifFolder: keyFolder)?.create(epoch: nil) }

  func retire(_ epoch: UInt32) throws { _ = try RootKeyFolder(ifFolder: keyFolder)?.retire(epoch: epoch) }

  func keys() throws -> RootKeys { try RootKeys(contentsOfPath: keyFolder) }

  /// Messages of the subject with each stranger.
  var records: String {
    Self.strangers.enumerated().map {
      #"{"sent_at":"2026-09-0\#($0 + 1)T10:00:00Z","sender":"\#(SmallRun.subject)","recipient":"\#($1)"}"#
        + "\n"
    }.joined()
  }

  /// Seals a packet for each demand into a folder, each under the key that is chosen for it.
  @discardableResult
  func seal(_ demands: [(reference: String, part: Int)], into name: String = "out") throws -> String {
    let out = run.folder.path + "/" + name
    let rulings = try demands.map {
      try run.ruling(reference: $0.reference, lines: $0.part == 1 ? [] : ["part: \($0.part)"])
    }
    let folder = try PacketFolder(path: out)
    let cases = try folder.cases(of: Set(rulings.map(\.demand.reference)))
    let caseKeys = try CaseKeyChoice(try keys()) { cases[$0]?.map(\.publishedKey) ?? [] }.caseKeys(rulings)
    let outcome = DisclosureRun(
      rulings: rulings, sources: [run.source(records)], catalog: run.catalog,
      facts: run.documents.facts(.ndjson), options: RunOptions()
    ).seal(caseKeys: caseKeys, in: folder)
    try folder.removePartial()
    if let failure = outcome.failure { throw failure }
    return out
  }

  /// The pseudonyms of the strangers, in their order, as a sealed packet has them.
  func pseudonyms(_ packet: String) throws -> [String] {
    let text = try String(contentsOfFile: packet + "/data/records/message.ndjson", encoding: .utf8)
    return text.matches(of: /"recipient":"(pa[a-z2-7]{26})"/).map { String($0.1) }
  }

  static func grounds(_ reason: String = "court order 17") throws -> KeyUseGrounds {
    try KeyUseGrounds(reason: reason, by: "somebody", at: TestDocuments.now)
  }

  static func candidates(
    _ lines: [String], _ identifierClass: IdentifierClass = .phone, name: String? = nil
  ) throws -> CandidateList {
    try CandidateList(
      Array(lines.joined(separator: "\n").utf8), of: identifierClass, name: name, file: "candidates")
  }

  /// The error of a call.
  static func failure(_ call: () throws -> Void) -> SluiceError? {
    do { try call() } catch { return error as? SluiceError }
    return nil
  }
}
