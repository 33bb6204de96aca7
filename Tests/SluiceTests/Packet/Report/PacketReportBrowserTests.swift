import Foundation
import Sluice
import Testing

/// The page of a packet as a browser shows, tells and prints it.
@Suite(.enabled(if: HeadlessBrowser.path != nil, "Chromium is not installed"))
struct PacketReportBrowserTests {
  private static let checker = PacketFixtures.packageFolder + "/Tests/Pages/packet_browser.py"

  private let name = "US-2026-000123"

  private func check(_ packets: [String]) throws -> (status: Int32, output: String) {
    try runTool(["python3", "-B", Self.checker, try #require(HeadlessBrowser.path)] + packets)
  }

  @Test func everyValueIsShownToldAndPrinted() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    for format in RecordFormat.allCases {
      let reference = "US-\(format.rawValue.uppercased())"
      try PacketFixtures.sealSmall(in: folder, reference: reference, format: format)
    }
    // Text in other scripts, that looks like markup, and that would reorder what stands beside it.
    let ruling = PacketFixtures.ruling(
      cites: "<b>section</b> & 1",
      authority: Authority(
        name: "<script>alert(1)</script>", official: "\"'><img src=x>", title: "a\u{202E}b\nc\u{1}",
        contact: "&lt; Закон, νόμος", reference: "法 § 1"))
    _ = try PacketFixtures.writer(folder, ruling: ruling).seal(
      PacketTally(kindCount: 3), hasUnreadable: false)
    let checked = try check(["US-NDJSON", "US-CSV", name].map { "\(place.path)/\($0)" })
    #expect(checked.status == 0, "\(checked.output)")
  }

  /// What is put in a page's place, and what the check then says of it.
  private static let faults: [(text: String, other: String, complaint: String)] = [
    ("</main>", "<script>1</script></main>", "the browser complains"),
    ("default-src 'none';", "img-src *;", "it asks for"),
    ("<caption>", "<caption hidden>", "a table without a name"),
    ("role=\"img\" aria-label=\"", "data-x=\"", "a drawing without words"),
    ("<th scope=\"row\"", "<th role=\"cell\" scope=\"row\"", "not told as one"),
    ("dd { margin: 0;", "dd { display: none;", "does not stand whole"),
    (".v { white-space: nowrap; }", "td.v { width: 1px; word-break: break-all; }", "broken into lines"),
    ("@media print {", "@media print { dd { display: none; }", "on paper"),
    (".frame { overflow-x: auto;", ".frame { width: 3000px;", "wider than its window"),
    ("<rect", "<g data-x=\"\"", "an empty drawing"),
  ]

  /// The check itself can fail.
  @Test func theCheckSeesOtherPages() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let page = try place.text("\(name)/data/report.html")
    for (index, fault) in Self.faults.enumerated() {
      try #require(page.contains(fault.text))
      var changed = page.replacing(fault.text, with: fault.other)
      if fault.complaint == "it asks for" {
        changed.replace("</main>", with: "<img alt=\"\" src=\"http://192.0.2.1/x.png\"></main>")
      }
      try FileManager.default.copyItem(atPath: "\(place.path)/\(name)", toPath: "\(place.path)/\(index)")
      try place.write(Array(changed.utf8), "\(index)/data/report.html")
    }
    let checked = try check(Self.faults.indices.map { "\(place.path)/\($0)" })
    #expect(checked.status == 1)
    let lines = checked.output.split(separator: "\n")
    try #require(lines.count == Self.faults.count, "\(checked.output)")
    for (line, fault) in zip(lines, Self.faults) { #expect(line.contains(fault.complaint), "\(line)") }
  }
}

/// The browser that pages are looked at in; nil where none is installed.
enum HeadlessBrowser {
  static let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }
}
