import Sluice

extension RegisterRun {
  /// Notes the demands of a run that ended without a packet of theirs.
  public func aborted(_ outcome: DisclosureRun.Outcome, of rulings: [GrantedRuling]) throws(SluiceError) {
    if let failure = outcome.failure {
      return try aborted(rulings.map { ($0.demand.packetName, failure.code) })
    }
    var failed: [(packetName: String, code: String)] = []
    for answer in outcome.answers {
      if case .failed(let error) = answer.outcome { failed.append((answer.packetName, error.code)) }
    }
    try aborted(failed)
  }
}
