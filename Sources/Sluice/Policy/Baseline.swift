/// The loosest that any policy may be: actions, bundles and bounds that hold for all of them.
public struct Baseline: Sendable {
  /// The document's file name as given.
  public let file: String
  /// SHA-256 of the document's bytes.
  public let digest: [UInt8]
  /// As the document says it.
  public let version: String
  /// A field that no rule names can be named by no policy.
  public let rules: [FieldRule]
  /// They hold in every policy.
  public let bundles: [Bundle]
  /// No instrument's period may be longer.
  public let longestPeriodSeconds: Int64
  /// No policy's may be smaller.
  public let smallestCount: Int

  package init(
    file: String, digest: [UInt8], version: String, rules: [FieldRule], bundles: [Bundle],
    longestPeriodSeconds: Int64, smallestCount: Int
  ) {
    self.file = file
    self.digest = digest
    self.version = version
    self.rules = rules
    self.bundles = bundles
    self.longestPeriodSeconds = longestPeriodSeconds
    self.smallestCount = smallestCount
  }

  /// What the baseline says of a field, or nil where it does not name it.
  public func rule(kind: Int, field: Int) -> FieldRule? {
    rules.first { $0.kind == kind && $0.field == field }
  }
}
