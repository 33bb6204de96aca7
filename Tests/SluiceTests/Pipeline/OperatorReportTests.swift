import Foundation
import Sluice
import Testing

@Suite struct OperatorReportTests {
  private func report(_ answers: [OperatorReport.Answer] = []) -> OperatorReport {
    var tally = SourceTally(kindCount: 2)
    tally.kinds[0].read = 10
    tally.kinds[0].outOfReach = 6
    tally.kinds[0].reached = 3
    tally.kinds[0].unreadable = 1
    tally.kinds[3].read = 1
    tally.kinds[3].unreadable = 1
    tally.unreadable = [.timeFormat: 1, .jsonSyntax: 1]
    tally.unknownFields = ["zeta": 2, "alpha": 1]
    tally.neverFields = ["message.body": 9]
    return OperatorReport(
      facts: PacketFixtures.facts(.ndjson), kindNames: ["message", "call"],
      sources: [OperatorReport.Source(name: "a \"b\".ndjson", tally: tally, digest: [0xAB])],
      answers: answers,
      warnings: ["One."])
  }

  @Test func aReportStatesCountsRefusalsAndPackets() throws {
    let place = try PacketPlace()
    let sealed = try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path + "/out"))
    let ruling = try #require(PacketFixtures.ruling())
    let refusal = try #require(
      RulingFixtures.rule(RulingFixtures.demand(reference: "US-2", jurisdiction: "ZZ")).refusal)
    let answers = [
      OperatorReport.Answer(ruling, .sealed(sealed)), OperatorReport.Answer(refusal),
      OperatorReport.Answer(ruling, .sealedBefore(digest: [1])),
      OperatorReport.Answer(ruling, .failed(SluiceError(.output, "disk-full", "Full."))),
    ]
    try PartialFile.write(report(answers).document, to: place.path + "/report.json")
    let object = try JSONSerialization.jsonObject(with: Data(try place.bytes("report.json")))
    let json = try #require(object as? [String: Any])
    let demands = try #require(json["demands"] as? [[String: Any]])
    #expect(demands.map { $0["outcome"] as? String } == ["sealed", "refused", "sealed-before", "failed"])
    #expect(demands[1]["code"] as? String == "jurisdiction-unknown")
    #expect(demands[0]["refused-categories"] as? [String: String] == ["billing": "category-unknown"])
    let message = (demands[0]["kinds"] as? [String: [String: Any]])?["message"]
    // The operator sees what the packet merges.
    #expect(message?["withheld"] as? [String: Int] == ["nothing-present": 2, "rule": 7])
    #expect(message?["rejected"] as? [String: Int] == ["time-format": 1])
    let source = try #require((json["sources"] as? [[String: Any]])?.first)
    #expect(source["unreadable-by-code"] as? [String: Int] == ["time-format": 1, "json-syntax": 1])
    #expect((source["kinds"] as? [String: Any])?.keys.sorted() == ["message", "unreadable"])
    #expect((json["run"] as? [String: Any])?["conserved"] as? Bool == true)
    #expect((json["run"] as? [String: Any])?["read"] as? Int == 11)
  }

  @Test func aReportIsTheSameEachTimeAndNeverOverwrites() throws {
    let place = try PacketPlace()
    let path = place.path + "/report.json"
    try PartialFile.write(report().document, to: path)
    let bytes = try place.bytes("report.json")
    #expect(bytes == report().document)
    let error = #expect(throws: SluiceError.self) { try PartialFile.write(report().document, to: path) }
    #expect(error?.status == .output)
    #expect(try place.bytes("report.json") == bytes)
    #expect(try place.names() == ["report.json"], "no partial file is left")
  }

  @Test func aReportThatCannotBeWrittenLeavesNothing() throws {
    for call in [FileCall.write, .sync, .close, .rename] {
      let place = try PacketPlace()
      var layer = FileLayer()
      layer.fault = { $0 == call ? ENOSPC : 0 }
      #expect(throws: SluiceError.self) {
        try PartialFile.write(report().document, to: place.path + "/report.json", layer: layer)
      }
      #expect(try place.names() == [])
    }
  }
}
