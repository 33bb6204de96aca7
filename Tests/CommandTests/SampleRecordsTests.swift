import Foundation
import Testing

/// The program that makes sample records: the same for the same seed, of documentation ranges, readable by the schema.
struct SampleRecordsTests {
  private func make(_ arguments: String) throws -> String {
    let folder = try CommandFolder()
    let process = folder.start([])
    process.arguments = ["-c", "'\(CommandFolder.products)/sluice-sample-records' \(arguments)"]
    try process.run()
    let outcome = folder.finish(process)
    try #require(outcome.status == 0, "\(outcome.talk)")
    return outcome.output
  }

  @Test func theSameSeedGivesTheSameRecords() throws {
    let first = try make("--count 500 --seed 3")
    #expect(first.split(separator: "\n").count == 500)
    #expect(try make("--count 500 --seed 3") == first)
    #expect(try make("--count 500 --seed 4") != first)
  }

  @Test func everyIdentifierIsOfADocumentationRange() throws {
    let text = try make("--count 3000 --seed 5")
    for phone in text.matches(of: /\+\d{6,15}/) {
      #expect(phone.output.wholeMatch(of: /\+1202555 ?01\d\d|\+447700900\d{3}/) != nil)
    }
    for address in text.matches(of: /"(\d+\.\d+\.\d+)\.\d+"/) {
      #expect(["203.0.113", "198.51.100", "192.0.2"].contains(String(address.1)))
    }
    #expect(text.matches(of: /"2001:db8:/).count > 0)
  }

  @Test func everyRecordIsReadByTheSchema() throws {
    let folder = try CommandFolder()
    let records = try folder.write(try make("--count 3000 --seed 6"), to: "records.ndjson")
    let outcome = try folder.disclose(["us-warrant"], records: [records], ["--strict"])
    #expect(outcome.status == 0, "\(outcome.talk)")
    #expect(!outcome.talk.contains("record "))
  }
}
