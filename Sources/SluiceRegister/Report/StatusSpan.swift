import Sluice

/// A state of a jurisdiction and since when it has held.
public struct StatusSpan: Hashable, Sendable {
  /// The state; it holds until the next span begins.
  public let state: StatusEntry.State
  /// Nil where only the states at receipt are known.
  public let from: Instant?

  /// A state and the first instant at which it held; nil where that is not known.
  public init(state: StatusEntry.State, from: Instant?) {
    self.state = state
    self.from = from
  }

  /// For each state that policies serve: its states in order of time.
  public static func timelines(_ policies: [Policy]) -> [String: [StatusSpan]] {
    var histories: [String: [[StatusSpan]]] = [:]
    for policy in policies {
      let history = policy.statuses.map { StatusSpan(state: $0.state, from: $0.from) }
      for jurisdiction in policy.jurisdictions { histories[jurisdiction, default: []].append(history) }
    }
    return histories.mapValues(combined)
  }

  /// The strongest state of several histories of one jurisdiction at each instant, as the gates take it. What a history
  /// says of an instant before its first entry counts as nothing.
  package static func combined(_ histories: [[StatusSpan]]) -> [StatusSpan] {
    let instants = Set(histories.flatMap { $0.compactMap(\.from) }).sorted()
    let spans = instants.compactMap { instant -> StatusSpan? in
      let states = histories.compactMap { history in
        history.last { $0.from.map { $0 <= instant } ?? false }?.state
      }
      return StatusEntry.State.strongest(of: states).map { StatusSpan(state: $0, from: instant) }
    }
    return joined(spans)
  }

  /// The spans with those of one state that follow each other as one, since the first of them.
  static func joined(_ spans: [StatusSpan]) -> [StatusSpan] {
    var joined: [StatusSpan] = []
    for span in spans where joined.last?.state != span.state { joined.append(span) }
    return joined
  }

  /// The states that hold at some instant of a half-year.
  static func spans(_ timeline: [StatusSpan], in period: HalfYear) -> [StatusSpan] {
    let begun = timeline.filter { $0.from.map { $0 < period.end } ?? true }
    let before = begun.lastIndex { $0.from.map { $0 <= period.start } ?? false } ?? begun.startIndex
    return Array(begun[before...])
  }

  /// The states at the receipt of demands, where nothing else is known; no policy for a state means declined.
  static func observed(_ demands: [CountedDemand]) -> [StatusSpan] {
    joined(
      demands.sorted { $0.received < $1.received }
        .map { StatusSpan(state: $0.stateAtReceipt ?? .declined, from: nil) })
  }

  /// `paused-review since 2020-07-06`; the state alone where it is active or nobody knows since when.
  package var text: String {
    guard let from, state != .active else { return state.rawValue }
    let isMidnight = from.nanoseconds == 0 && from.seconds % 86_400 == 0
    return "\(state.rawValue) since \(isMidnight ? from.text(truncatedTo: .day) : from.text)"
  }
}
