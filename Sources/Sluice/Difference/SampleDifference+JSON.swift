extension SampleDifference {
  /// The difference as JSON, its members named like this type's properties; every answer is there.
  package var json: JSONText {
    .object([
      ("record-count", .integer(recordCount)), ("answers", .array(answers.map(\.json))),
    ])
  }
}

extension SampleDifference.Answer {
  fileprivate var json: JSONText {
    .object([
      ("demand", .string(demand)), ("differs", .boolean(differs)), ("old", old.json), ("new", new.json),
      (
        "counts",
        .array(
          counts.map { count in
            .object([
              ("what", .string(count.what)), ("is-records", .boolean(count.isRecords)),
              ("old", .integer(count.old)), ("new", .integer(count.new)),
              ("has-other-action", .boolean(count.hasOtherAction)),
            ])
          })
      ),
    ])
  }
}

extension SampleDifference.Outcome {
  fileprivate var json: JSONText {
    .object([
      ("refusal", .optional(refusal)), ("granted-categories", .strings(grantedCategories)),
      ("refused-parts", .strings(refusedParts)),
    ])
  }
}
