import Foundation
import Sluice
import SluiceRegister
import Testing

/// The tables and the JSON document: exact columns, and nothing that a spreadsheet would run.
struct ReportFormatTests {
  private static func report(_ periods: [String] = ["2020-H2"], suppressBelow: Int? = nil)
    -> TransparencyReport
  {
    TransparencyReport(
      ReportFixtures.histories, periods: periods.map { HalfYear($0)! }, timelines: ReportFixtures.timelines,
      suppressBelow: suppressBelow)
  }

  private static func rows(_ bytes: [UInt8]) throws -> [[String]] { try #require(CSVText.rows(bytes)) }

  @Test func theTidyTableHasItsColumnsAndSums() throws {
    let rows = try Self.rows(ReportTables.tidy(Self.report()))
    #expect(
      rows[0].joined(separator: ",")
        == "period,jurisdiction,iso2,process_class,legal_process,stored_or_realtime,content_class,"
        + "status_in_period,requests,accounts_specified,requests_some_data,requests_no_data,requests_pending,"
        + "pct_some_data,accounts_preserved,diplomatic_via,value_low,value_high,suppressed,note")
    let hongKong = rows.filter { $0[2] == "HK" }
    #expect(hongKong.map { $0[3] } == ["legal-process", "emergency"])
    #expect(hongKong.compactMap { Int($0[8]) }.reduce(0, +) == 202)
    #expect(hongKong[0][7...13] == ["active;paused-review", "201", "222", "0", "201", "0", "0.00"])
    #expect(hongKong[0][19] == "paused-review since 2020-07-06")
    let preservation = try #require(rows.first { $0[3] == "preservation" })
    #expect(preservation[14] == "" && preservation[19].contains("not reported"))
    let bands = rows.filter { $0[4] == "national-security-letter" }
    #expect(bands.map { [$0[8], $0[13], $0[16], $0[17]] } == [["", "", "0", "499"], ["", "", "0", "499"]])
  }

  @Test func theTidyTableNamesWhatItHides() throws {
    let rows = try Self.rows(ReportTables.tidy(Self.report(suppressBelow: 5))).filter { $0[2] == "HK" }
    #expect(rows.map { $0[3] } == ["legal-process", "emergency", "legal-process+emergency"])
    for row in rows[..<2] {
      #expect(row[8...13] == ["", "", "", "", "", ""])
      #expect(
        row[18]
          == "requests;accounts_specified;requests_some_data;requests_no_data;requests_pending;pct_some_data")
    }
    #expect(rows[2][8...13] == ["202", "223", "0", "202", "0", "0.00"])
  }

  @Test func reasonsAreATableOfTheirOwn() throws {
    let rows = try Self.rows(ReportTables.reasons(Self.report()))
    #expect(
      rows[0] == ["period", "jurisdiction", "iso2", "process_class", "reason", "requests", "suppressed"])
    #expect(
      rows.contains(["2020-H2", "Hong Kong", "HK", "legal-process", "status-paused-review", "201", ""]))
    #expect(rows.contains(["2020-H2", "Hong Kong", "HK", "emergency", "status-paused-review", "1", ""]))
  }

  @Test func metasLayoutIsOneHalfYear() throws {
    let rows = try Self.rows(ReportLayouts.meta(Self.report()))
    #expect(
      rows[0] == [
        "Country", "Total Requests for User Data", "Total User Accounts Referenced",
        "Total Percentage of Requests Where Some Data Produced", "Content Restrictions",
        "Preservations Requested",
        "Users/Accounts Preserved",
      ])
    #expect(rows[1] == ["Hong Kong", "202", "223", "0.00%", "", "0", "0"])
    #expect(rows[2] == ["United States", "9", "9", "100.00%", "", "6", ""])
    let error = #expect(throws: SluiceError.self) {
      try ReportLayouts.meta(Self.report(["2020-H1", "2020-H2"]))
    }
    #expect(error?.status == .usage)
  }

  @Test func googlesLayoutsKeepDiplomaticRequestsApart() throws {
    let rows = try Self.rows(ReportLayouts.google(Self.report()))
    #expect(
      rows[0] == [
        "Period Ending", "Country/Region", "CLDR Territory Code", "Legal Process", "User Data Requests",
        "Percentage disclosed", "Accounts",
      ])
    #expect(
      rows[1...] == [
        ["2020-12-31", "Hong Kong", "HK", "Legal Process", "201", "0.00", "222"],
        ["2020-12-31", "Hong Kong", "HK", "Emergency Disclosure Requests", "1", "0.00", "1"],
        ["2020-12-31", "United States", "US", "Legal Process", "9", "100.00", "9"],
      ])
    let diplomatic = try Self.rows(ReportLayouts.googleDiplomatic(Self.report()))
    #expect(
      diplomatic == [
        [
          "Period Ending", "Country/Region of Origin", "CLDR Territory Code", "Assisting Country",
          "User Data Diplomatic Legal requests",
        ], ["2020-12-31", "United States", "US", "", "7"],
      ])
  }

  @Test func theDocumentTellsHiddenFromNotReported() throws {
    let bytes = ReportDocument.bytes(Self.report(["2020-H1", "2020-H2"], suppressBelow: 5))
    let document = try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(document["sluice"] as? String == "transparency/1")
    let periods = try #require(document["periods"] as? [[String: Any]])
    #expect(periods.map { $0["period"] as? String } == ["2020-H1", "2020-H2"])
    let jurisdictions = try #require(periods[1]["jurisdictions"] as? [[String: Any]])
    let classes = try #require(jurisdictions[0]["classes"] as? [[String: Any]])
    #expect(classes[0]["demands"] is NSNull)
    #expect((classes[0]["suppressed"] as? [String])?.first == "demands")
    #expect((jurisdictions[0]["total"] as? [String: Any])?["demands"] as? Int == 202)
    let preservation = try #require(
      (jurisdictions[1]["classes"] as? [[String: Any]])?.first {
        $0["classes"] as? [String] == ["preservation"]
      })
    #expect(preservation["accounts-preserved"] is NSNull)
    #expect((preservation["suppressed"] as? [String]) == [])
  }

  /// Nothing that is hidden stands in any form, and a second run writes the same bytes.
  @Test func theSameReportIsTheSameBytes() throws {
    let forms: [(TransparencyReport) throws -> [UInt8]] = [
      ReportTables.tidy, ReportTables.reasons, ReportLayouts.meta, ReportLayouts.google, ReportDocument.bytes,
      { ReportPage($0, provider: "A & B").bytes },
    ]
    for form in forms {
      #expect(try form(Self.report(suppressBelow: 5)) == form(Self.report(suppressBelow: 5)))
    }
  }
}
