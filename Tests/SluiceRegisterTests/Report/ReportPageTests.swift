import Foundation
import Sluice
import SluiceRegister
import Testing

/// The page to publish: whole in itself, and the same in a browser as in its text.
struct ReportPageTests {
  private static func page(suppressBelow: Int? = nil, provider: String? = "Example Messenger") -> String {
    let report = TransparencyReport(
      ReportFixtures.histories, periods: ["2019-H2", "2020-H1", "2020-H2"].map { HalfYear($0)! },
      timelines: ReportFixtures.timelines, suppressBelow: suppressBelow)
    return String(decoding: ReportPage(report, provider: provider).bytes, as: UTF8.self)
  }

  /// Figures that the page has to show, as people read them.
  private static let figures = [
    "241", "46.06 %", "262", "24.05 %", "202", "223", "0.00 %", "111", "63", "201", "status-paused-review",
    "paused-review since 2020-07-06", "0 to 499", "not reported", "Example Messenger", "Hong Kong",
    "United States",
  ]

  @Test func holdsNoScriptAndNothingFromElsewhere() {
    let page = Self.page()
    for word in [
      "<script", "javascript:", "http:", "https:", "url(http", "@import", "<img", "<iframe", " on",
    ] {
      if word == " on" {
        #expect(page.firstMatch(of: /<[^>]* on[a-z]+=/) == nil)
      } else {
        #expect(!page.contains(word), "\(word)")
      }
    }
    #expect(page.contains("default-src 'none'"))
    for match in page.matches(of: /(src|href)="([^"]*)"/) { #expect(match.2 == "data:,") }
  }

  @Test func showsEveryFigureAndCaptionsEveryTable() {
    let page = Self.page()
    for figure in Self.figures { #expect(page.contains(figure), "\(figure)") }
    let tables = page.matches(of: /<table>\n<caption>/).count
    #expect(tables > 3 && tables == page.matches(of: /<table/).count)
    #expect(page.matches(of: /<th scope="(row|col)"/).count == page.matches(of: /<th[ >]/).count)
    let charts = page.matches(of: /<svg [^>]*role="img"[^>]*aria-labelledby="title-[A-Z]+ desc-[A-Z]+"/).count
    #expect(charts == 2)
    #expect(page.matches(of: /<desc id="desc-[A-Z]+">[^<]+</).count == charts)
  }

  @Test func hidesInTheChartToo() {
    let page = Self.page(suppressBelow: 5)
    #expect(page.contains("Small counts are not shown."))
    #expect(page.contains("not shown"))
    #expect(!page.contains(">201<") && !page.contains("201 received"))
    #expect(page.contains(">202<"))
  }

  @Test func escapesWhatPeopleGive() {
    let page = Self.page(provider: "A <b>&\"'</b> provider")
    #expect(page.contains("A &lt;b&gt;&amp;&quot;&#39;&lt;/b&gt; provider"))
    #expect(!page.contains("<b>"))
    // What would turn the words round is told by its number.
    #expect(Self.page(provider: "A\u{202E}B").contains("A[U+202E]B"))
  }

  /// A register may come from anywhere: nothing that it says is markup of the page, in an attribute neither.
  @Test func escapesWhatARegisterHolds() {
    let received = ReportFixtures.at("2020-09-01T00:00:00Z")
    let report = TransparencyReport(
      [
        .made(
          "A", jurisdiction: "\"><i>X", instrument: "<i>one", instrumentClass: .legalProcess, band: 500,
          received: received, accountCount: 1, outcome: .pending),
        .made(
          "B", jurisdiction: "\"><i>X", instrument: "two", instrumentClass: .legalProcess, band: nil,
          received: received, accountCount: 1, outcome: .refused("<i>code")),
      ], periods: [HalfYear("2020-H2")!], timelines: [:], suppressBelow: nil)
    let page = String(decoding: ReportPage(report).bytes, as: UTF8.self)
    for text in ["&quot;&gt;&lt;i&gt;X", "&lt;i&gt;one", "&lt;i&gt;code"] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("<i>"))
  }

  // MARK: - In a browser

  private static let browser = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
    .first {
      FileManager.default.isExecutableFile(atPath: $0)
    }

  private func browse(_ file: URL, _ arguments: [String]) throws -> (output: String, talk: String) {
    let folder = file.deletingLastPathComponent()
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.browser))
    process.arguments =
      [
        "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--v=0",
        "--user-data-dir=\(folder.path)/profile", "--window-size=390,900",
        "--blink-settings=scriptEnabled=true",
      ] + arguments + [file.absoluteString]
    let names = ["out", "err"].map { folder.appending(path: $0) }
    for name in names { try Data().write(to: name) }
    process.standardOutput = try FileHandle(forWritingTo: names[0])
    process.standardError = try FileHandle(forWritingTo: names[1])
    try process.run()
    process.waitUntilExit()
    let texts = try names.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return (texts[0], texts[1])
  }

  @Test(.enabled(if: browser != nil, "needs Chromium"), arguments: [nil, 5])
  func aBrowserShowsItWithoutAComplaint(_ threshold: Int?) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "sluice-page-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "report.html")
    try Data(Self.page(suppressBelow: threshold).utf8).write(to: file)
    let log = folder.appending(path: "net.json")
    let outcome = try browse(file, ["--log-net-log=\(log.path)", "--dump-dom"])
    let hidden = ["201", "111", "63"]
    for figure in Self.figures where threshold == nil || !hidden.contains(figure) {
      #expect(outcome.output.contains(figure), "\(figure)")
    }
    #expect(!outcome.talk.contains("CONSOLE"), "\(outcome.talk)")
    // The browser asks for the page and for nothing else; what it does of its own accord names the page nowhere.
    let network = String(decoding: try Data(contentsOf: log), as: UTF8.self)
    #expect(!network.contains("\"initiator\":\"file://"))
  }
}
