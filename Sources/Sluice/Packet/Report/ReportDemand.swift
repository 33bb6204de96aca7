/// The part of a packet's page that says what was demanded.
struct ReportDemand {
  private let facts: ReportFacts

  init(_ facts: ReportFacts) { self.facts = facts }

  func append(to html: inout HTMLText) {
    html.markup("<section aria-labelledby=\"demand\">\n<h2 id=\"demand\">What was demanded</h2>\n")
    let demand = facts.demand
    let authority = demand["authority"]
    html.facts([
      ("Reference", demand["reference"]?.string),
      ("Part", demand["part"]?.integer.flatMap { $0 > 1 ? String($0) : nil }),
      ("Jurisdiction", demand["jurisdiction"]?.string), ("Instrument", demand["instrument"]?.string),
      ("Citation", demand["citation"]?.string), ("Authority", authority?["name"]?.string),
      ("Official", authority?["official"]?.string), ("Title", authority?["title"]?.string),
      ("Contact", authority?["contact"]?.string), ("Authority's reference", authority?["reference"]?.string),
      ("Issued", demand["issued"]?.string), ("Received", demand["received"]?.string),
      ("Period from", demand["period"]?["from"]?.string),
      ("Period until, not included", demand["period"]?["until"]?.string),
      ("SHA-256 of its document", demand["document-sha256"]?.string),
    ])
    html.table(
      HTMLTable(
        "Subjects demanded",
        [.init("Subject", .value), .init("Class", .value), .init("Ruling", .value), .init("Why", .words)],
        facts.subjects.map { [$0.identifier, $0.class, $0.ruling, ReportWords.subject($0.ruling)] }))
    html.table(
      HTMLTable(
        "Categories demanded", [.init("Category", .value), .init("Ruling", .value), .init("Why", .words)],
        facts.categories.map { [$0.name, $0.ruling, ReportWords.category($0.ruling)] }))
    html.markup("</section>\n")
  }
}
