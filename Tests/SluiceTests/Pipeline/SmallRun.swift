import Foundation
import Sluice
import SluiceCrypto
import Testing

/// A run over a few records with documents that a test writes in place. The policy is of the US, its instrument is
/// `order`, and one category, `all`, has the given rules; the baseline allows just those.
struct SmallRun {
  static let subject = "+12025550100"

  let folder = SourceFolder()
  let documents: TestDocuments
  let rootKey: RootKey

  var catalog: Catalog { documents.catalog }

  /// `kinds` is the body of `kinds:` in the schema, indented by two; a rule is a line such as `message.type: keep`.
  init(kinds: String, rules: [String], baseline: [String]? = nil, bundles: [String] = []) throws {
    let schema = "sluice: schema/1\nname: small\nkinds:\n\(kinds)\n"
    documents = try TestDocuments(schemas: [("small.yaml", Array(schema.utf8))]) { catalog in
      let allowed = baseline ?? rules.map { Self.allowing($0, catalog) }
      return [
        ("baseline.yaml", Array(Self.baseline(allowed, bundles).utf8)),
        ("US.yaml", Array(Self.policy(rules).utf8)),
      ]
    }
    rootKey = try TestDocuments.rootKey(in: folder)
  }

  private static func baseline(_ fields: [String], _ bundles: [String]) -> String {
    "sluice: baseline/1\nversion: 2026-01-01\nsmallest-count: 1\nlongest-period: 4000d\n"
      + (bundles.isEmpty ? "bundles: []\n" : "bundles:\n" + lines(bundles.map { "- " + $0 }, indent: 2))
      + "fields:\n" + lines(fields, indent: 2)
  }

  private static func policy(_ rules: [String]) -> String {
    "sluice: policy/1\njurisdiction: US\nversion: 2026-01-01\nvalid: { from: 2020-01-01, until: 2030-01-01 }\n"
      + "status:\n  - { state: active, from: 2000-01-01T00:00:00Z }\n"
      + "instruments:\n  order: { cites: none, grants: [all], longest-period: 4000d, approval: none, "
      + "document: none }\nsmallest-count: 1\nbundles: []\n" + "categories:\n  all:\n"
      + lines(rules, indent: 4)
  }

  private static func lines(_ lines: [String], indent: Int) -> String {
    lines.map { String(repeating: " ", count: indent) + $0 + "\n" }.joined()
  }

  /// A rule as the baseline has to write it: both roles for a field that is someone's, and no `on-error`.
  private static func allowing(_ rule: String, _ catalog: Catalog) -> String {
    let rule = rule.replacing(", on-error: withhold", with: "")
    guard let match = rule.wholeMatch(of: /(\w+)\.(\w+): (.*)/), !rule.contains("other:") else { return rule }
    let field = catalog.kinds.first { $0.name == match.1 }?.fields.first { $0.name == match.2 }
    guard field?.hasRoles == true else { return rule }
    let action = match.3.wholeMatch(of: /\{ subject: (.*) \}/)?.1 ?? match.3
    return "\(match.1).\(match.2): { subject: \(action), other: withhold }"
  }

  /// Writes records to a file of the format and returns its specification.
  func source(
    _ records: String, format: SourceFormat = .ndjson, name: String = "records"
  ) -> SourceSpecification {
    SourceSpecification(folder.write(records, to: name), format)
  }

  /// What `minimize` writes for the records, and how the run ended.
  func stream(
    _ records: String, subjects: [Identifier]? = [SmallRun.phone(SmallRun.subject)],
    period: Period? = nil, from sourceFormat: SourceFormat = .ndjson, to format: RecordFormat = .ndjson,
    name: String = "test", options: RunOptions = RunOptions()
  ) throws -> (text: String, outcome: DisclosureRun.Outcome) {
    let ruling = try Gates.ruleStream(
      jurisdiction: "US", instrument: "order", name: name, subjects: subjects, period: period,
      policies: documents.policies, catalog: catalog, now: TestDocuments.now)
    let path = folder.path + "/output"
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    var options = options
    options.limits.recordsPerRejected = 1
    let outcome = StreamRun(
      ruling: ruling, sources: [source(records, format: sourceFormat)], catalog: catalog, format: format,
      kindName: nil, options: options
    ).write(toDescriptor: descriptor, rootKey: rootKey)
    return (String(decoding: fileBytes(of: path), as: UTF8.self), outcome)
  }

  /// The lines of what `minimize` writes, where the run must not fail.
  func rows(
    _ records: String, subjects: [Identifier]? = [SmallRun.phone(SmallRun.subject)], period: Period? = nil,
    from sourceFormat: SourceFormat = .ndjson, to format: RecordFormat = .ndjson
  ) throws -> [String] {
    let (text, outcome) = try stream(
      records, subjects: subjects, period: period, from: sourceFormat, to: format)
    try #require(outcome.failure == nil)
    return text.split(separator: "\n").map(String.init)
  }

  static func phone(_ text: String) -> Identifier { Identifier(.phone, reading: text)! }

  /// A ruling on a demand for one phone, or for the subjects of a line of a test's own.
  func ruling(
    reference: String = "US-1", phone: String = SmallRun.subject, subject: String? = nil,
    from: String = "2026-09-01T00:00:00Z", until: String = "2026-10-01T00:00:00Z", lines: [String] = []
  ) throws -> GrantedRuling {
    try documents.grant(
      """
      sluice: demand/1
      reference: \(reference)
      jurisdiction: US
      instrument: order
      authority: { name: Court, official: Judge, title: Judge, contact: none, reference: "1" }
      issued: 2026-10-01
      received: 2026-10-02T00:00:00Z
      subjects: [ \(subject ?? "{ phone: \"\(phone)\" }") ]
      period: { from: \(from), until: \(until) }
      categories: [all]
      prepared: { by: somebody, at: 2026-10-02T10:00:00Z }
      """ + "\n" + lines.joined(separator: "\n"))
  }

  /// Seals a packet for each ruling into a folder of this name.
  func seal(
    _ rulings: [GrantedRuling], _ sources: [SourceSpecification], into name: String = "out",
    format: RecordFormat = .ndjson, options: RunOptions = RunOptions(), layer: FileLayer = FileLayer()
  ) throws -> (folder: String, outcome: DisclosureRun.Outcome) {
    let out = try PacketFolder(path: folder.path + "/" + name, layer: layer)
    var options = options
    options.limits.recordsPerRejected = 1
    let outcome = DisclosureRun(
      rulings: rulings, sources: sources, catalog: catalog, facts: documents.facts(format), options: options
    ).seal(rootKey: rootKey, in: out)
    try out.removePartial()
    return (folder.path + "/" + name, outcome)
  }
}
