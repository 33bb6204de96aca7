/// What the words of a report mean; the same sentences stand in every form that has room for them.
enum ReportDefinitions {
  /// The definitions that a report needs, in the order in which a reader meets the words.
  static func all(_ report: TransparencyReport) -> [(term: String, text: String)] {
    var definitions = [
      (
        "Demand",
        "One legal instrument served by one authority, however many accounts it names. Parts answered at several times are one demand. It counts in the half-year in which it was received, in UTC, whatever came of it."
      ),
      (
        "Accounts specified",
        "Accounts that demands name. An account counts once in a demand, and again in each other demand that names it. Of a demand in several parts, the part that names most of them counts."
      ),
      (
        "Some data produced",
        "Demands for which at least one record was released. The percentage divides them by all demands of the same row, pending ones included, and is rounded half up."
      ),
      (
        "All, part or none disclosed",
        "All: some data was produced and nothing that was demanded was refused. Part: some data was produced, and a category of data, an account or a part of the demand was not answered. None: refused, or answered with nothing found."
      ),
      ("Refused", "No record was read for it. Reasons are counted by the first that held."),
      ("Pending", "Received in the half-year, and neither refused nor answered when this report was made."),
      (
        "Emergency",
        "Demands without legal process for a danger to life. They are in the total and shown apart."
      ),
      (
        "Preservation and treaty",
        "Demands to keep records, under which nothing is produced, and demands by way of mutual legal assistance. Neither is in any total."
      ),
      ("Unknown", "Demands under an instrument that no policy in force names. They are in the total."),
      (
        "Status",
        "What the provider does with a jurisdiction's demands. Under paused-review they are received and counted, not reviewed, and nothing is produced; under paused-production they are reviewed, and nothing is produced; treaty-only answers those by way of mutual legal assistance; declined answers none."
      ),
      (
        "Records and fields",
        "Records released, and the kinds of field in which they were released, added over the packets."
      ),
      (
        "Content",
        "None. The messages are not in these records; all figures are of data about messages and accounts."
      ),
      ("Blank", "Not reported. A blank is not a zero."),
    ]
    if report.hasBands {
      definitions.append(
        (
          "Bands",
          "The law lets some figures be published only as a range. Both ends are included. Ranges do not add up, and no total holds them; an instrument in a band is shown whether it was used or not."
        ))
    }
    if let threshold = report.threshold {
      definitions.append(
        (
          "Not shown",
          "Counts from 1 to \(threshold - 1), and others from which they could be worked out, are not shown. They are not zero. Reasons with small counts are merged as \(SmallFigures.mergedReason)."
        ))
    }
    return definitions
  }
}
