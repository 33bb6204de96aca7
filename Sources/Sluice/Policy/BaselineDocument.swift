import SluiceCrypto

/// Reads `baseline.yaml` (design: section 3.2, Baseline).
public enum BaselineDocument {
  /// Reads the baseline, or returns nil where something keeps it from loading; every problem found is added.
  public static func read(
    _ bytes: [UInt8], file: String, catalog: Catalog, problems: inout ProblemList
  ) -> Baseline? {
    var found = ProblemList()
    let baseline = readDocument(bytes, file: file, catalog: catalog, &found)
    problems.append(found)
    return found.hasErrors ? nil : baseline
  }

  private static func readDocument(
    _ bytes: [UInt8], file: String, catalog: Catalog, _ problems: inout ProblemList
  ) -> Baseline? {
    guard let root = Document.read(bytes, file: file, problems: &problems),
      let keys = MappingReader(
        root, "the baseline",
        required: ["sluice", "version", "fields", "bundles", "longest-period", "smallest-count"],
        optional: ["note"], problems: &problems)
    else { return nil }
    keys.checkFormat("baseline/1", &problems)
    _ = keys["note"]?.text("note", &problems, isLong: true)
    let version = keys["version"]?.text("version", &problems)
    let reader = RuleReader(catalog: catalog)
    var rules: [FieldRule] = []
    for member in keys["fields"]?.members("fields", &problems) ?? [] {
      guard let rule = reader.read(member, needsBothRoles: true, &problems) else { continue }
      if rule.withholdsOnError {
        problems.error(
          "on-error", "“on-error” belongs to policies; take it out of the baseline", at: member.value.position
        )
      }
      rules.append(FieldRule(rule))
    }
    let bundles = BundleReader(catalog: catalog, inherited: nil).read(keys["bundles"], &problems)
    let longest = keys["longest-period"]?.durationSeconds("longest-period", &problems)
    let smallest = keys["smallest-count"]?.integer("smallest-count", 1...1_000_000, &problems)
    guard let version, let longest, let smallest else { return nil }
    return Baseline(
      file: file, digest: SHA256.hash(bytes), version: version, rules: rules, bundles: bundles,
      longestPeriodSeconds: longest, smallestCount: Int(smallest))
  }
}

extension FieldRule {
  init(_ rule: RuleReader.Rule) {
    self.init(
      kind: rule.kind, field: rule.field, subject: rule.subject, other: rule.other,
      withholdsOnError: rule.withholdsOnError, position: rule.position)
  }
}
