/// The policies of a run, each checked against one baseline and one catalog.
public struct PolicySet: Sendable {
  /// What every policy here was held against.
  public let baseline: Baseline
  /// In the order of the files given.
  public let policies: [Policy]

  package init(baseline: Baseline, policies: [Policy]) {
    self.baseline = baseline
    self.policies = policies
  }

  /// Every policy that serves a state, whether it is in force or not: the status of each counts.
  public func policies(serving state: String) -> [Policy] {
    policies.filter { $0.jurisdictions.contains(state) }
  }

  /// The policies of a state whose validity covers an instant.
  public func policies(for state: String, at instant: Instant) -> [Policy] {
    policies(serving: state).filter { $0.valid.contains(instant) }
  }

  /// The one policy in force for a state that names an instrument, or nil where none does.
  public func policy(for state: String, instrument: String, at instant: Instant) -> Policy? {
    policies(for: state, at: instant).first { policy in
      policy.instruments.contains { $0.name == instrument }
    }
  }

  /// Reads a folder's policies and its baseline.
  ///
  /// A file whose states no demand of the run needs is left out where it does not load, and its problems are
  /// warnings; a file whose states cannot be told is needed.
  /// - Parameters:
  ///   - files: name and bytes of each; the one called `baseline.yaml` is the baseline.
  ///   - now: past the day of its `until` an override no longer counts.
  ///   - needed: the states of the run's demands; nil means all, as `check` wants it.
  ///   - folder: what problems and positions write before the names of the files, where there is another folder.
  /// - Returns: nil where a needed file or the baseline does not load.
  public static func read(
    files: [(name: String, bytes: [UInt8])], catalog: Catalog, now: Instant, needed: Set<String>?,
    folder: String = "", problems: inout ProblemList
  ) -> PolicySet? {
    var found = ProblemList()
    let files = files.map { (name: folder + $0.name, bytes: $0.bytes) }
    let set = readFiles(files, folder, catalog: catalog, now: now, needed: needed, &found)
    problems.append(found)
    return found.hasErrors ? nil : set
  }

  private static func readFiles(
    _ files: [(name: String, bytes: [UInt8])], _ folder: String, catalog: Catalog, now: Instant,
    needed: Set<String>?, _ problems: inout ProblemList
  ) -> PolicySet? {
    let baselines = files.filter { isBaseline($0.name) }
    guard let file = baselines.first, baselines.count == 1 else {
      problems.error(
        "baseline-missing",
        "the folder of policies holds no baseline, or several; leave one baseline.yaml there",
        at: Position(file: baselines.last?.name ?? folder + "baseline.yaml"))
      return nil
    }
    // Without a baseline no policy can be held against it, but what else is wrong with it still shows.
    let baseline = BaselineDocument.read(file.bytes, file: file.name, catalog: catalog, problems: &problems)
    guard let baseline else { return nil }
    var policies: [Policy] = []
    for file in files where !isBaseline(file.name) {
      var own = ProblemList()
      let policy = PolicyDocument.read(
        file.bytes, file: file.name, catalog: catalog, baseline: baseline, now: now, problems: &own)
      if !own.problems.isEmpty {
        problems.append(own, asWarnings: !isNeeded(file.bytes, by: needed))
      }
      if let policy { policies.append(policy) }
    }
    checkInstruments(policies, needed: needed, &problems)
    return PolicySet(baseline: baseline, policies: policies)
  }

  private static func isBaseline(_ name: String) -> Bool {
    name == "baseline.yaml" || name.hasSuffix("/baseline.yaml")
  }

  private static func isNeeded(_ bytes: [UInt8], by needed: Set<String>?) -> Bool {
    guard let needed else { return true }
    // Read again for its own sake: a document whose keys or values are wrong may still say which states it is for. One
    // whose text is refused anywhere is not believed: a key that stands twice, or that an anchor or a tag stands before,
    // may be `jurisdiction`.
    var ignored = ProblemList()
    guard let root = Document.read(bytes, file: "", problems: &ignored),
      ignored.problems.isEmpty, let states = PolicyDocument.jurisdictions(root)
    else { return true }
    return !needed.isDisjoint(with: states)
  }

  /// For one state each instrument is named by one policy in force.
  private static func checkInstruments(
    _ policies: [Policy], needed: Set<String>?, _ problems: inout ProblemList
  ) {
    for (index, policy) in policies.enumerated() {
      for earlier in policies[..<index] {
        let states = Set(policy.jurisdictions).intersection(earlier.jurisdictions)
        let isOverlapping =
          policy.valid.from < earlier.valid.until && earlier.valid.from < policy.valid.until
        guard !states.isEmpty, isOverlapping else { continue }
        let names = Set(earlier.instruments.map(\.name))
        for instrument in policy.instruments where names.contains(instrument.name) {
          let message =
            "instrument “\(instrument.name)” is named by \(earlier.file) too, for the same state and "
            + "time; take it out of one"
          if needed.map({ !$0.isDisjoint(with: states) }) ?? true {
            problems.error("instrument-twice", message, at: instrument.position)
          } else {
            problems.warning("instrument-twice", message, at: instrument.position)
          }
        }
      }
    }
  }
}
