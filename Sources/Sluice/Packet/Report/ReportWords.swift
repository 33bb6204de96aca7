/// What codes and actions mean, in sentences for somebody who does not know Sluice.
///
/// A change of any of them changes pages: see `PacketReport.edition`.
package enum ReportWords {
  /// Why records stay in.
  static func reason(_ code: String, smallestCount: UInt64) -> String {
    switch code {
    case WithheldReason.nothingPresent.code:
      return "The provider's record has no value in any field that may leave."
    case WithheldReason.rule.code:
      return "Every field that has a value is withheld by rule, for the roles that the people in it have."
    case WithheldReason.bundle.code:
      return
        "Fields that may leave only together were not all there, and nothing else of the record may leave."
    case SmallCounts.mergedReason:
      return
        "Several reasons together: a count below \(smallestCount) is not told apart, so that it does not "
        + "tell what single records were."
    default:
      guard let fault = FaultCode.allCases.first(where: { $0.code == code }) else {
        return "The record stays in under this code."
      }
      // What follows the semicolon is advice for the provider.
      return "The record could not be read with certainty: \(fault.sentence.prefix { $0 != ";" })."
    }
  }

  /// What became of a subject that was demanded.
  static func subject(_ code: String) -> String {
    code == "granted" ? "The demand names it." : category(code)
  }

  /// What became of a category that was demanded.
  static func category(_ code: String) -> String {
    switch code {
    case "granted": "The legal instrument reaches it."
    case ReasonCode.categoryUnknown.rawValue: "The policy of the jurisdiction has no such category."
    case ReasonCode.categoryNotGranted.rawValue:
      "The legal instrument does not reach it."
    case ReasonCode.periodMissing.rawValue:
      "Its records have a time, and the demand states no period."
    case ReasonCode.subjectClassUnknown.rawValue:
      "The granted records hold no identifier of this class."
    case "refused": "The reason is not told."
    default: "It was refused under this code."
    }
  }

  /// What an action does to a value.
  static func action(_ word: String) -> String? {
    switch word {
    case "keep": "The provider's own value, in one written form."
    case "redact": "Replaced by [redacted], whether or not there was a value."
    case "withhold": "Left out."
    case "pseudonymize":
      "Replaced by a pseudonym. Within this packet one identifier has one pseudonym; under any other reference it has "
        + "another."
    case "country": "Reduced to the calling code of its country."
    case "mask": "All characters but the last ones replaced by four asterisks."
    case "truncate": "Cut down, never rounded: a time cut to the hour stands for that whole hour, in UTC."
    case "grid": "Replaced by the south-west corner of the square that it lies in."
    case "geohash": "Replaced by the first characters of its geohash, which stand for an area."
    case "prefix": "Reduced to the network that it lies in."
    case "bucket": "Replaced by the range that it lies in."
    case "map": "Replaced by a declared word; a value without one is withheld."
    default: nil
    }
  }

  /// Every sentence, for the test that holds them still.
  package static var all: [String] {
    let reasons =
      WithheldReason.allCases.map(\.code) + FaultCode.allCases.map(\.code) + [SmallCounts.mergedReason, ""]
    let actions = [
      "keep", "redact", "withhold", "pseudonymize", "country", "mask", "truncate", "grid", "geohash",
      "prefix",
      "bucket", "map",
    ]
    return reasons.map { reason($0, smallestCount: 5) }
      + (ReasonCode.allCases.map(\.packetText) + ["granted"]).map(category) + [subject("granted")]
      + actions.compactMap(action)
  }
}
