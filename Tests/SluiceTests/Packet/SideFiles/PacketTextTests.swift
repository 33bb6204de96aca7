import Foundation
import Sluice
import Testing

/// What people wrote into documents cannot become a formula, a hidden character or a second line in a packet.
@Suite struct PacketTextTests {
  private func error(cites: String) throws -> SluiceError? {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let ruling = try #require(PacketFixtures.ruling(cites: cites))
    do { _ = try PacketFixtures.writer(folder, ruling: ruling) } catch { return error as? SluiceError }
    return nil
  }

  @Test(arguments: [
    "=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", " =1", "\r=1", "\u{FF1D}1", "\u{FF0B}1", "\u{FF20}a", "-",
    "+",
    "\u{2212}1",
  ])
  func aTextThatBeginsAFormulaIsRefusedBeforeAnyRecordIsRead(text: String) throws {
    let error = try #require(try error(cites: text))
    #expect(error.code == "text-start")
    #expect(error.status == .document)
    if text.count > 1 { #expect(!error.message.contains(text)) }
  }

  @Test(arguments: [
    "a\u{0}b", "a\u{1B}[31m", "a\u{202E}b", "a\u{2066}b", "a\u{200B}b", "a\u{FEFF}b", "a\u{E000}",
  ])
  func aTextWithAHiddenCharacterIsRefused(text: String) throws {
    #expect(try error(cites: text)?.code == "text-character")
  }

  @Test(arguments: ["18 U.S.C. § 2703(d)", "a \"quoted\" title", "a, b; c", "-5", "+44", "Ünïcode 法"])
  func anOrdinaryTextStands(text: String) throws {
    #expect(try error(cites: text) == nil)
  }

  @Test func noCellOfAnySideFileBeginsAFormulaAndEveryCellIsQuoted() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let ruling = PacketFixtures.ruling(
      cites: "section\n1, \"d\"\t2",
      authority: Authority(name: "A\nB", official: "=x", title: "\u{1}", contact: "", reference: ""))
    let writer = try PacketFixtures.writer(folder, ruling: ruling, format: .csv)
    for index in 0..<3 {
      try writer.append(PacketFixtures.messageRow(index, .csv), kind: RulingFixtures.message)
    }
    _ = try writer.seal(PacketFixtures.tally(messages: 3, locations: 0), hasUnreadable: false)
    let script = """
      import csv, glob, sys
      for name in sorted(glob.glob("US-2026-000123/data/**/*.csv", recursive=True)):
          raw = open(name, "rb").read()
          assert raw.endswith(b"\\n") and b"\\r" not in raw and b"\\t" not in raw, name
          rows = list(csv.reader(open(name, newline=""), strict=True))
          assert all(len(row) == len(rows[0]) for row in rows), name
          assert len(rows) == raw.count(b"\\n"), name
          for row in rows:
              for cell in row:
                  assert not cell.startswith(("=", "+", "@", "\\t", "\\r")), (name, "formula")
                  if cell.startswith("-"): float(cell)
      import json
      demand = json.load(open("US-2026-000123/data/demand.json"))
      assert demand["authority"] == {"name": "A\\nB", "official": "=x", "title": "\\x01", "contact": "", "reference": ""}
      assert demand["citation"] == 'section\\n1, "d"\\t2'
      json.load(open("US-2026-000123/data/provenance.json"))
      """
    let checked = try runTool(["python3", "-c", script], in: place.path)
    #expect(checked.status == 0, "\(checked.output)")
    #expect(try place.text("US-2026-000123/data/README.txt").contains("  authority     A B\n"))
  }

  @Test func aPacketHoldsNothingThatIsNotItsReceivers() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let files = try place.files("US-2026-000123")
    let host = ProcessInfo.processInfo.hostName
    for (name, bytes) in files {
      let text = String(decoding: bytes, as: UTF8.self)
      // Another name of the subject, the paths of documents and of this machine.
      for secret in [
        "+12025550199", "demand.yaml", "US.yaml", "schema.yaml", place.path, "\(getpid())-", host,
      ] {
        #expect(!text.contains(secret), "\(name)")
      }
    }
  }

  @Test func demandJSONHasExactlyItsKeysAndAnInternalCodeReadsRefused() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let instrument = RulingFixtures.instrument(grants: RulingFixtures.grants("traffic", approval: ["place"]))
    let demand = RulingFixtures.demand(categories: ["traffic", "place"])
    let ruling = RulingFixtures.rule(demand, [RulingFixtures.policy(instruments: [instrument])]).granted
    let writer = try PacketFixtures.writer(folder, ruling: ruling)
    _ = try writer.seal(PacketTally(kindCount: 3), hasUnreadable: false)
    let object = try JSONSerialization.jsonObject(
      with: Data(try place.bytes("US-2026-000123/data/demand.json")))
    let json = try #require(object as? [String: Any])
    #expect(
      json.keys.sorted() == [
        "authority", "categories", "citation", "document-sha256", "instrument", "issued", "jurisdiction",
        "part",
        "period", "received", "reference", "subjects",
      ])
    let categories = try #require(json["categories"] as? [String: Any])
    #expect(categories["refused"] as? [[String: String]] == [["category": "place", "code": "refused"]])
    #expect(try !place.text("US-2026-000123/data/withheld.csv").contains("approval"))
  }
}
