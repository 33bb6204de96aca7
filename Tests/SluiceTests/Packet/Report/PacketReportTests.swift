import Foundation
import Sluice
import Testing

/// The page of a packet: what it says is in the packet's other files, and can be made again from them.
@Suite struct PacketReportTests {
  private let name = "US-2026-000123"

  static let checker = PacketFixtures.packageFolder + "/Tests/Pages/packet_report.py"

  /// The Python of the tools, which has html5lib, or the system's.
  static let python: String = {
    let own = PacketFixtures.packageFolder + "/.build-tools/venv/bin/python"
    return FileManager.default.isExecutableFile(atPath: own) ? own : "python3"
  }()

  private func check(_ packet: String) throws -> (status: Int32, output: String) {
    try runTool([Self.python, Self.checker, packet])
  }

  @Test(arguments: RecordFormat.allCases)
  func thePageSaysWhatThePacketSays(format: RecordFormat) throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path), format: format)
    let checked = try check("\(place.path)/\(name)")
    #expect(checked.status == 0, "\(checked.output)")
  }

  /// The check itself can fail: every number of the page is one that it looks at.
  @Test(arguments: [
    (">2026-09-01T03Z</th><td class=\"n\">2<", ">2026-09-01T03Z</th><td class=\"n\">3<"),
    (">51.5</th><td class=\"n\">-0.2</td>", ">51.5</th><td class=\"n\">-0.3</td>"),
    ("<td class=\"n\">13</td>", "<td class=\"n\">12</td>"), (">Example Court<", ">Other Court<"),
    ("+12025550123", "+12025550124"), ("<tr class=\"sum\">", "<tr class=\"sum\" onclick=\"x\">"),
    ("</main>", "<script>1</script></main>"), ("<h2 id=\"here\">", "<h2 id=\"demand\">"),
  ])
  func theCheckSeesAnotherPage(text: String, other: String) throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let path = "\(name)/data/report.html"
    let page = try place.text(path)
    let range = try #require(page.range(of: text))
    try place.write(Array(page.replacingCharacters(in: range, with: other).utf8), path)
    #expect(try check("\(place.path)/\(name)").status != 0)
  }

  @Test func aPacketWithNothingReleasedHasAPage() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    for format in RecordFormat.allCases {
      let reference = "US-\(format.rawValue.uppercased())"
      let writer = try PacketFixtures.writer(
        folder, ruling: PacketFixtures.ruling(reference: reference), format: format)
      _ = try writer.seal(PacketTally(kindCount: 3), hasUnreadable: true)
      let checked = try check("\(place.path)/\(reference)")
      #expect(checked.status == 0, "\(checked.output)")
      let page = try place.text("\(reference)/data/report.html")
      #expect(!page.contains("<svg"))
      #expect(page.contains("Some records of the provider could not be read"))
    }
  }

  /// What people wrote into a demand cannot become markup, nor hide or reorder what stands beside it.
  @Test func textsOfADemandAreNoMarkup() throws {
    let place = try PacketPlace()
    let ruling = PacketFixtures.ruling(
      cites: "<b>section</b> & 1",
      authority: Authority(
        name: "<script>alert(1)</script>", official: "\"'><img src=x>", title: "a\u{202E}b\nc\u{1}",
        contact: "&lt;", reference: "法 § 1"))
    let writer = try PacketFixtures.writer(try PacketFolder(path: place.path), ruling: ruling)
    _ = try writer.seal(PacketTally(kindCount: 3), hasUnreadable: false)
    let checked = try check("\(place.path)/\(name)")
    #expect(checked.status == 0, "\(checked.output)")
    let page = try place.text("\(name)/data/report.html")
    #expect(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
    #expect(page.contains("a[U+202E]b[U+000A]c[U+0001]"))
    #expect(page.contains("&amp;lt;"))
    #expect(page.contains("法 § 1"))
    #expect(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"))
  }

  /// Every sentence is part of the page's edition. Where this fails because one was changed: raise
  /// `PacketReport.edition` if a packet was sealed with the one before, and write the new digest here.
  @Test func theWordsAreThoseOfTheEdition() throws {
    let words = ReportWords.all.joined(separator: "\n")
    let digest = try runTool(["sh", "-c", "printf %s \"$0\" | sha256sum | cut -c1-16", words]).output
    #expect(PacketReport.edition == 2)
    #expect(digest == "cea78cdf8d22f6b3\n")
  }

  // MARK: - Verifying

  @Test(arguments: RecordFormat.allCases)
  func verifyingMakesThePageAgain(format: RecordFormat) throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path), format: format)
    #expect(try PacketVerifier.verify(path: "\(place.path)/\(name)").reportIsCompared)
  }

  /// With every digest made anew. A row that is exchanged for another of the same shape is seen by the page alone.
  @Test(arguments: [
    ("data/report.html", "<td class=\"n\">13</td>", "<td class=\"n\">12</td>"),
    ("data/report.html", "data-edition=\"2\"", "data-edition=\"\""),
    ("data/report.html", "<!DOCTYPE html>", "<!DOCTYPE htm>"),
    ("data/records/location.ndjson", "2026-09-01T23Z", "2026-09-01T22Z"),
    ("data/records/location.ndjson", "\"lon\":-0.2", "\"lon\":-0.3"),
    ("data/provenance.json", "\"key-id\": \"1d", "\"key-id\": \"1e"),
    ("data/demand.json", "Example Court", "Another Court"),
  ])
  func anotherPageIsFound(file: String, text: String, other: String) throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    try change(place, file, text, other)
    #expect {
      try PacketVerifier.verify(path: "\(place.path)/\(name)")
    } throws: {
      ($0 as? SluiceError)?.code == "packet-report"
    }
  }

  @Test func aPageOfAnotherEditionIsNotCompared() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    try change(place, "data/report.html", "data-edition=\"2\"", "data-edition=\"1\"")
    #expect(try !PacketVerifier.verify(path: "\(place.path)/\(name)").reportIsCompared)
  }

  private func change(_ place: PacketPlace, _ file: String, _ text: String, _ other: String) throws {
    let before = try place.text("\(name)/\(file)")
    let range = try #require(before.range(of: text))
    try place.write(Array(before.replacingCharacters(in: range, with: other).utf8), "\(name)/\(file)")
    let remake = """
      octets=$(find data -type f -printf '%s\\n' | awk '{ n += $1 } END { print n }')
      sed -i "s/^Payload-Oxum: [0-9]*/Payload-Oxum: $octets/" bag-info.txt
      find data -type f | LC_ALL=C sort | xargs sha256sum > manifest-sha256.txt
      sha256sum bag-info.txt bagit.txt manifest-sha256.txt > tagmanifest-sha256.txt
      """
    #expect(try runTool(["sh", "-c", remake], in: "\(place.path)/\(name)").status == 0)
  }
}
