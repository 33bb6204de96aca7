import Sluice

/// A report as one page to publish: a headline, a chart and a table for each jurisdiction, and what the words mean.
///
/// It is whole in itself: no script, no font, no image and nothing from the network, which its content security policy says
/// too. It reads without styles, prints, and follows the reader's choice of light or dark.
public struct ReportPage {
  let report: TransparencyReport
  /// Who publishes; nil leaves it out.
  let provider: String?

  /// A page of a report. `provider` is who publishes it, named above the headline; nil leaves it out.
  public init(_ report: TransparencyReport, provider: String? = nil) {
    self.report = report
    self.provider = provider
  }

  /// The page, UTF-8.
  public var bytes: [UInt8] {
    var page = Markup()
    page.add("<!doctype html>")
    page.add("<html lang=\"en\">")
    addHead(&page)
    page.add("<body>")
    addHeader(&page)
    page.add("<main>")
    addNotices(&page)
    addOverview(&page)
    for code in codes { addJurisdiction(code, &page) }
    addDefinitions(&page)
    page.add("</main>")
    page.add(
      "<footer><p>Counted by Sluice from the provider’s register of demands. It names no demand, account or authority.</p></footer>"
    )
    page.add("</body>")
    page.add("</html>")
    return Array(page.text.utf8)
  }

  /// In the order of their names.
  private var codes: [String] { report.periods.first?.jurisdictions.map(\.code) ?? [] }

  /// A jurisdiction in each half-year, in order of time.
  func entries(
    _ code: String
  ) -> [(period: HalfYear, report: TransparencyReport.JurisdictionReport)] {
    report.periods.compactMap { period in
      period.jurisdictions.first { $0.code == code }.map { (period.period, $0) }
    }
  }

  private var title: String {
    guard let first = report.periods.first?.period, let last = report.periods.last?.period else {
      return "Demands for user data"
    }
    // A month stays with its year where the line breaks.
    let words = { (period: HalfYear) in period.title.split(separator: " ") }
    let span =
      first == last
      ? last.title : "\(words(first)[0])\u{A0}\(words(first)[3]) to \(words(last)[2])\u{A0}\(words(last)[3])"
    return "Demands for user data, " + span
  }

  // MARK: - Parts

  private func addHead(_ page: inout Markup) {
    page.add("<head>")
    page.add("<meta charset=\"utf-8\">")
    page.add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
    page.add(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">"
    )
    page.add("<meta name=\"color-scheme\" content=\"light dark\">")
    page.add("<link rel=\"icon\" href=\"data:,\">")
    page.add("<title>\(title)\(provider.map { " · \($0)" } ?? "")</title>")
    page.add("<style>\n\(Self.style)\n</style>")
    page.add("</head>")
  }

  private func addHeader(_ page: inout Markup) {
    page.add("<header>")
    page.add("<p class=\"eyebrow\">Transparency report\(provider.map { " · \($0)" } ?? "")</p>")
    page.add("<h1>\(title)</h1>")
    if let latest = report.periods.last {
      page.add("<div class=\"headline\">")
      page.add(
        "<p class=\"lead\(latest.demands.value == nil ? " words" : "")\"><strong>\(latest.demands)</strong> <span>demands received, \(latest.period.title)</span></p>"
      )
      page.add("<dl class=\"facts\">")
      let facts = [
        ("accounts specified", latest.accounts.words),
        ("answered with some data", latest.someData.words),
        ("of all demands", latest.percentage.map { "\($0.text) %" } ?? shareFigure(latest).words),
        ("jurisdictions", String(latest.jurisdictions.filter { $0.total.demands != .count(0) }.count)),
      ]
      for (name, value) in facts {
        page.add("<div><dt>\(name)</dt><dd>\(value)</dd></div>")
      }
      page.add("</dl>")
      page.add("</div>")
    }
    page.add("</header>")
  }

  /// Why there is no share: nothing to divide, or a number that is hidden.
  private func shareFigure(_ period: TransparencyReport.PeriodReport) -> Figure {
    period.demands.value == 0 ? .blank : .suppressed
  }

  /// What a reader must see before the numbers: who is answered nothing, and what is not shown.
  private func addNotices(_ page: inout Markup) {
    var notices: [Markup] = []
    if let latest = report.periods.last {
      for jurisdiction in latest.jurisdictions {
        guard let state = jurisdiction.states.last, state.state != .active else { continue }
        let total = jurisdiction.total
        notices.append(
          "<strong>\(jurisdiction.name): \(state.text).</strong> "
            + "Demands received in \(latest.period.text): \(total.demands); "
            + "answered with some data: \(total.someData).")
      }
    }
    if let threshold = report.threshold {
      notices.append(
        "<strong>Small counts are not shown.</strong> Counts from 1 to \(threshold - 1), and others from which they "
          + "could be worked out, read <em>not shown</em>. They are not zero."
          + (report.isSuppressed ? "" : " No count of this report is hidden."))
    }
    guard !notices.isEmpty else { return }
    page.add("<section class=\"notices\" aria-label=\"Notes\">")
    for notice in notices { page.add("<p>\(notice)</p>") }
    page.add("</section>")
  }

  private func addDefinitions(_ page: inout Markup) {
    page.add("<section class=\"definitions\">")
    page.add("<h2>What the words mean</h2>")
    page.add("<dl>")
    for (term, text) in ReportDefinitions.all(report) {
      page.add("<div><dt>\(term)</dt><dd>\(text)</dd></div>")
    }
    page.add("</dl>")
    page.add("</section>")
  }
}
