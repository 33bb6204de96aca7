import SluiceCrypto

extension CellExplanation {
  /// The explanation as text: where the cell is, what it holds, a table with a row a role, and how the packet was made.
  /// Never holds the cell's value. Ends with a line feed.
  public var text: String {
    let parts = [head, TextTable.lines(table), remarks, production].filter { !$0.isEmpty }
    // What a packet says was written by its sender, who may mean to turn a terminal's text round.
    return parts.map { $0.map { SourceSpecification.printable($0) + "\n" }.joined() }.joined(separator: "\n")
  }

  private var head: [String] {
    [
      "\(packet.name): \(file), row \(row), column \(column)",
      definition,
      "type: \(type)\(unit.isEmpty ? "" : ", unit: \(unit)")",
      "holds: \(contentWords)",
      "whose: \(whose)",
    ].filter { !$0.isEmpty }
  }

  private var contentWords: String {
    let forms = forms.joined(separator: ", ")
    return switch content {
    case .value:
      type.hasPrefix(Field.arrayPrefix)
        ? "a list, not shown here, of \(valueCount) (\(forms))" : "a value, not shown here (\(forms))"
    case .absent: "no value: the rule releases it, and the provider's record has none"
    case .emptyList: "a list of nothing: the provider's record has no element, or none that leaves"
    case .redacted: "[redacted], whether or not the provider's record has a value"
    case .withheld: "nothing, whether or not the provider's record has a value: it is withheld"
    }
  }

  private var whose: String {
    if roles.map(\.name) == ["record"] { return "nobody's own; one rule for everyone" }
    if roleIsTold {
      return roles.count > 1
        ? "each value's form tells its role; both are here"
        : "a party's in the role \(roles[0].name); no other role's rule makes such a cell"
    }
    if content == .withheld {
      return
        "not told; withheld by a role's rule, for what a note says, or because the record lacks the party"
    }
    return namesGrantedSubject
      ? "not told; by such an identifier the demand names a granted subject, whose it is if the column names parties"
      : "not told; these rules make cells that look alike"
  }

  private var table: [[String]] {
    // Only a policy tells where a rule stands.
    let hasRules = roles.contains { $0.policyFile != nil }
    return [
      ["ROLE", "ACTION", "PRECISION", "PROVENANCE", "CATEGORY", "CITATION"] + (hasRules ? ["RULE"] : [])
    ]
      + roles.map { role in
        [role.name, role.action, role.precision, role.provenance, role.category, role.citation]
          + (hasRules ? [role.policyFile.map { "\($0):\(role.line ?? 0)" } ?? "-"] : [])
      }
  }

  /// What the actions do, each once, and what the packet notes of the roles.
  private var remarks: [String] {
    roles.map(\.action).unique().compactMap { action in ReportWords.action(action).map { "\(action): \($0)" }
    }
      + roles.filter { !$0.note.isEmpty }.map { "note for \($0.name): \($0.note)" }
  }

  private var production: [String] {
    [
      "policy: version \(policyVersion), SHA-256 \(Base16.encode(policyDigest))",
      "produced: \(producedAt.text), by \(packet.clockIsGiven ? "a time that was given" : "the system's clock")",
    ]
      + (pseudonymKeyID.map {
        [
          "key: made under the case's key, whose id the packet publishes, \($0); "
            + "equal pseudonyms in the packet are the same \(pseudonymStandsFor)"
        ]
      } ?? [])
  }

  /// What one pseudonym stands for.
  private var pseudonymStandsFor: String {
    type.hasSuffix("phone") || type.hasSuffix("account") || type.hasSuffix("email") ? "person" : "identifier"
  }

  /// The id of the case's key, in hexadecimal, where a value of the cell is a pseudonym.
  var pseudonymKeyID: String? {
    forms.contains(ValueForm.pseudonym.words) ? Base16.encode(packet.packetCase.publishedKey.keyID) : nil
  }
}
