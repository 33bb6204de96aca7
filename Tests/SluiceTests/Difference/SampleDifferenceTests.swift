import Foundation
import Sluice
import Testing

/// What `sluice diff` tells of demands over a sample of records.
struct SampleDifferenceTests {
  private static func count(_ run: SampleRun) throws -> [ReleasedCount] {
    let (outcome, counts) = DisclosureRun(
      rulings: run.rulings, sources: try run.sources([SampleRun.sampleRecords]), catalog: run.catalog,
      facts: run.facts(.ndjson), options: RunOptions()
    ).count(rootKey: run.rootKey)
    #expect(outcome.failure == nil)
    return counts
  }

  /// Against the rows of sealed packets, as another reader of JSON counts them.
  @Test func countsWhatSealWrites() throws {
    let folder = SourceFolder()
    let run = try SampleRun(in: folder)
    _ = try run.seal(into: folder.path + "/out")
    let counts = try Self.count(run)
    #expect(counts.count == run.rulings.count)
    var valueCount: UInt64 = 0
    for (ruling, count) in zip(run.rulings, counts) {
      #expect(count.kinds.map(\.kindIndex) == ruling.plan.kinds.filter(\.hasFile).map(\.kindIndex))
      for (kind, counted) in zip(ruling.plan.kinds.filter(\.hasFile), count.kinds) {
        let path =
          "\(folder.path)/out/\(ruling.demand.packetName)/data/records/\(kind.kind.name).ndjson"
        let rows = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map {
          try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
        }
        #expect(counted.recordCount == UInt64(rows.count))
        for (column, number) in zip(kind.columns, counted.valueCounts) {
          #expect(number == UInt64(rows.count { Self.isValue($0[column.field.name]) }))
          valueCount += number
        }
      }
    }
    #expect(valueCount > 500)
  }

  private static func isValue(_ value: Any?) -> Bool {
    switch value {
    case nil, is NSNull: false
    case let text as String: text != "[redacted]"
    case let elements as [String]: elements.contains { $0 != "[redacted]" }
    default: true
    }
  }

  /// What is counted of the one kind of a small run.
  private static func count(
    _ small: SmallRun, _ source: SourceSpecification, _ format: RecordFormat
  ) throws -> ReleasedCount.KindCount {
    let (outcome, counts) = DisclosureRun(
      rulings: [try small.ruling()], sources: [source], catalog: small.catalog,
      facts: small.documents.facts(format), options: RunOptions()
    ).count(rootKey: small.rootKey)
    #expect(outcome.failure == nil)
    #expect(counts.count == 1 && counts.first?.kinds.count == 1)
    return try #require(counts.first?.kinds.first)
  }

  /// Fields that are absent, null, redacted, or arrays of nothing that leaves.
  @Test func aCellWithoutAValueIsNotCounted() throws {
    let small = try SmallRun(
      kinds: """
          message:
            when: { kind: message }
            time: at
            parties: [from, to]
            fields:
              at: timestamp
              from: phone
              to: { array: phone }
              type: { enum: [text, image] }
              size: { integer: bytes }
        """,
      rules: [
        "message.at: { truncate: second }", "message.from: { subject: keep, other: redact }",
        "message.to: { subject: keep, other: redact }", "message.type: keep", "message.size: redact",
      ])
    let (at, subject, other) = ("2026-09-02T00:00:00Z", SmallRun.subject, "+447700900123")
    let source = small.source(
      """
      {"kind":"message","at":"\(at)","from":"\(subject)","to":["\(other)"],"type":"text","size":1}
      {"kind":"message","at":"\(at)","from":"\(other)","to":["\(other)","\(subject)"],"type":"image","size":2}
      {"kind":"message","at":"\(at)","from":"\(subject)","to":[],"type":null}
      {"kind":"message","at":"\(at)","from":"\(subject)","type":"text"}

      """)
    let kind = try Self.count(small, source, .ndjson)
    #expect(kind.recordCount == 4)
    // at, from, to, type, size
    #expect(kind.valueCounts == [4, 3, 1, 3, 0])
  }

  /// What a text says is no matter, but for the one word that stands for a value kept in.
  @Test(
    arguments: [
      (#""null""#, 1), (#""""#, 1), (#""[]""#, 1), (#""[\"[redacted]\"]""#, 1), (#""[,]""#, 1),
      (#""plain""#, 1),
      (#""[redacted]""#, 0), ("null", 0),
    ] as [(String, UInt64)]) func aTextIsAValue(_ name: String, _ count: UInt64) throws
  {
    let small = try SmallRun(
      kinds: """
          account:
            when: { kind: account }
            time: none
            parties: [phone]
            fields:
              phone: phone
              name: { text: 40, of: phone }
        """,
      rules: ["account.phone: { subject: keep }", "account.name: { subject: keep }"])
    let source = small.source("{\"kind\":\"account\",\"phone\":\"\(SmallRun.subject)\",\"name\":\(name)}\n")
    // Counted as NDJSON, whatever the packets are to be.
    #expect(try Self.count(small, source, .csv).valueCounts == [1, count])
  }

  // MARK: Two sets of policies

  /// All demands of the samples, under the policies as they are and with a change.
  private func compare(
    _ change: (_ policy: String, _ text: String) -> String
  ) throws -> SampleDifference {
    let folder = SourceFolder()
    let old = try SampleRun(in: folder)
    let new = try SampleRun(in: folder) { Array(change($0, String(decoding: $1, as: UTF8.self)).utf8) }
    let demands = try SampleRun.demands()
    let sides = try [old, new].map { run in
      let rulings = Gates.rule(demands, policies: run.policies, catalog: run.catalog, now: SampleRun.now)
      return SampleDifference.Side(rulings: rulings, counts: try Self.count(run))
    }
    return SampleDifference(from: sides[0], to: sides[1], catalog: old.catalog, recordCount: 732)
  }

  @Test func theSamePoliciesAnswerTheSame() throws {
    let difference = try compare { $1 }
    #expect(difference.answers.count == 18)
    #expect(difference.answers.allSatisfy { !$0.differs && $0.old == $0.new })
    #expect(difference.answers.count { $0.old.refusal == nil } == 11)
    #expect(difference.text == "18 demands over 732 records: none would be answered otherwise\n")
  }

  @Test func aFieldThatNoLongerLeavesIsCounted() throws {
    let difference = try compare { name, text in
      name == "IN.yaml"
        ? text.replacing("    account.email:         { subject: keep, other: withhold }\n", with: "")
          .replacing("{ truncate: week }", with: "{ truncate: month }")
        : text
    }
    #expect(difference.answers.filter(\.differs).map(\.demand) == ["IN-2026-000519"])
    #expect(
      difference.text == """
        DEMAND          WHAT               OLD      NEW       ACTION
        IN-2026-000519  account.email      1 value  0 values  another
        IN-2026-000519  account.last_seen  1 value  1 value   another

        18 demands over 732 records: 1 would be answered otherwise

        """)
  }

  /// It stands in the packet's demand.json and withheld.csv, whatever the records are.
  @Test func aCategoryThatIsRefusedInsteadIsTold() throws {
    let difference = try compare { name, text in
      name == "GB.yaml"
        ? text.replacing(
          "[entity-data, entity-data-address, events-data]", with: "[entity-data, entity-data-address]")
        : text
    }
    let answer = try #require(difference.answers.filter(\.differs).first)
    #expect(answer.demand.hasPrefix("GB-"))
    #expect(answer.old.refusedParts == [] && answer.new.refusedParts.count == 1)
    #expect(answer.new.refusedParts.allSatisfy { $0.hasSuffix(": category-not-granted") })
    #expect(answer.old.grantedCategories.count == answer.new.grantedCategories.count + 1)
  }

  @Test func aDemandThatIsRefusedInsteadIsTold() throws {
    let difference = try compare { name, text in
      name == "IN.yaml"
        ? text.replacing(
          "state: active, from: 2000-01-01T00:00:00Z", with: "state: declined, from: 2000-01-01T00:00:00Z"
        )
        .replacing(#/(?s)\ntests:.*/#, with: "\n")
        : text
    }
    let differing = difference.answers.filter(\.differs)
    let answer = try #require(differing.first)
    #expect(differing.count == 1)
    #expect(answer.old.refusal == nil && answer.new.refusal == "status-declined")
    #expect(answer.old.grantedCategories == ["subscriber", "connection"])
    #expect(answer.counts.allSatisfy { $0.new == 0 })
    #expect(answer.counts.first { $0.what == "account" && $0.isRecords }?.old == 1)
    #expect(
      difference.text.contains(
        #/\nIN-2026-000519 +outcome +granted subscriber, connection +refused with status-declined /#))
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(difference.json.document)) as? [String: Any])
    #expect(object["record-count"] as? Int == 732)
    let answers = try #require(object["answers"] as? [[String: Any]])
    #expect(answers.count == 18)
    let told = try #require(answers.first { $0["differs"] as? Bool == true })
    #expect(told["demand"] as? String == answer.demand)
    #expect((told["new"] as? [String: Any])?["refusal"] as? String == "status-declined")
    let counts = try #require(told["counts"] as? [[String: Any]])
    #expect(counts.map { $0["what"] as? String } == answer.counts.map(\.what))
    #expect(counts.map { $0["old"] as? UInt64 } == answer.counts.map(\.old))
  }
}
