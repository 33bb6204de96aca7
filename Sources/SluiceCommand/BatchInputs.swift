import Sluice

/// The documents of a batch, loaded and ruled on: what `disclose` and `preview` share.
struct BatchInputs {
  let catalog: Catalog
  let policies: PolicySet
  let rulings: [Ruling]
  let now: Instant
  let records: RecordInputs

  init(
    demands paths: [String], records: RecordOptions, policies folder: String, clock: ClockOptions,
    runOptions: RunOptionGroup
  )
    throws
  {
    let now = try clock.instant()
    self.now = now
    var documents = Documents()
    self.records = try records.inputs(&documents)
    let demands = try documents.demands(
      paths, limits: runOptions.limits, workerCount: runOptions.workerCount)
    (catalog, policies) = try documents.rules(
      schemas: self.records.schemaFiles, policies: folder, now: now,
      needed: Set(demands.map(\.jurisdiction)), check: self.records.check)
    try clock.check(demands, now)
    rulings = Gates.rule(demands, policies: policies, catalog: catalog, now: now)
  }

  var granted: [GrantedRuling] { rulings.granted }

  var refused: [Refusal] {
    rulings.compactMap { if case .refused(let refusal) = $0 { refusal } else { nil } }
  }

  func facts(_ format: RecordFormat, clockIsGiven: Bool) -> RunFacts {
    RunFacts(catalog, policies, now: now, clockIsGiven: clockIsGiven, format)
  }
}

extension RunFacts {
  /// What the packets of a run under these documents share.
  init(
    _ catalog: Catalog, _ policies: PolicySet, now: Instant, clockIsGiven: Bool, _ format: RecordFormat
  ) {
    self.init(
      toolVersion: SluiceCommand.version, now: now, clockIsGiven: clockIsGiven, format: format,
      schemas: catalog.schemas.map { RunFacts.Document(name: $0.name, digest: $0.digest) },
      baselineDigest: policies.baseline.digest)
  }
}
