/// report.html: what a packet says, for a person. It is made of the packet's other files and of nothing else, so that
/// `sluice verify` makes it again and compares it byte for byte.
///
/// No script, no network, no font or picture from elsewhere. Every value stands whole in one element, and every
/// drawing's numbers stand in a table as well.
package struct PacketReport {
  static let path = "data/report.html"
  /// The page's wording and form. Whoever changes a byte of it raises this, so that packets sealed before still
  /// verify: a page of another edition is not compared.
  package static let edition = 2

  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  /// The edition that a page says it is of; nil where it is none of these pages.
  static func edition(of page: [UInt8]) -> Int? {
    guard page.starts(with: start.utf8) else { return nil }
    let digits = page.dropFirst(start.utf8.count).prefix { $0 != UInt8(ascii: "\"") }
    return digits.count <= 9 ? Int(String(decoding: digits, as: UTF8.self)) : nil
  }

  private static let start = "<!DOCTYPE html>\n<html lang=\"en\" data-edition=\""

  var page: [UInt8] {
    var html = HTMLText(head: "\(Self.start)\(Self.edition)\">\n")
    appendHead(&html)
    html.markup("<body>\n")
    appendHeader(&html)
    html.markup("<main>\n")
    appendSummary(&html)
    ReportDemand(facts).append(to: &html)
    ReportRecords(facts).append(to: &html)
    ReportAbsence(facts).append(to: &html)
    ReportCounts(facts).append(to: &html)
    ReportProof(facts).append(to: &html)
    html.markup("</main>\n</body>\n</html>\n")
    return html.bytes
  }

  private func appendHead(_ html: inout HTMLText) {
    html.markup(
      """
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \
      base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">

      """)
    html.element("<title>", "Packet \(facts.packetName)", "</title>")
    html.markup("<style>\n")
    html.markup(ReportStyle.text)
    html.markup("</style>\n</head>\n")
  }

  private func appendHeader(_ html: inout HTMLText) {
    html.markup("<header>\n")
    html.markup("<h1>Packet ")
    // A short name stands in one line on the narrowest screen too.
    html.element(
      facts.packetName.utf8.count <= 20 ? "<span class=\"v\">" : "<span>", facts.packetName, "</span></h1>")
    html.paragraph("The answer to a legal demand for metadata of communications")
    html.markup("</header>\n")
  }

  private func appendSummary(_ html: inout HTMLText) {
    html.markup("<section aria-labelledby=\"about\">\n<h2 id=\"about\">What this is</h2>\n")
    html.paragraph(
      "An authority demanded metadata of communications from a provider, and this packet is the provider's answer. "
        + "It was made by Sluice, a program that reads the provider's records and lets out only those fields "
        + "that the policy of the jurisdiction allows for this legal instrument. Everything else is withheld; some "
        + "of what leaves is made coarser or replaced by pseudonyms. No content of communications is in it.")
    html.paragraph(
      "This page says what is here, what is not, and why. It is made from the packet's other files alone; they are "
        + "the answer, the page helps to read them.")
    html.list(summary)
    html.markup("</section>\n")
  }

  private var summary: [String] {
    let (subjects, categories) = (facts.subjects, facts.categories)
    let released = facts.kinds.reduce(0) { $0 + $1.released }
    let reached = facts.kinds.reduce(0) { $0 + $1.reached }
    func granted(_ rulings: [String], _ noun: String) -> String {
      "\(rulings.count { $0 == "granted" }) of \(rulings.count) \(noun)"
    }
    return [
      "Granted: \(granted(subjects.map(\.ruling), "subjects")) and "
        + "\(granted(categories.map(\.ruling), "categories")) demanded.",
      "Records released: \(released), of \(reached) that the demand reached.",
      facts.hasUnreadable
        ? "Some records of the provider could not be read; none of them is here."
        : "Every record of the provider that was searched could be read.",
    ]
  }
}
