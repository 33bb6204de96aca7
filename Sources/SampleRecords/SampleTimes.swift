/// The instants of a sample, in ascending order, in milliseconds since 1970.
///
/// One record in fifty lies in June 2019, for replays of a demand of that time; one in twenty in the last week of
/// August 2026, just before the period that the sample demands ask for; all others in September 2026.
struct SampleTimes {
  private struct Span {
    let first: Int
    let length: Int
    let count: Int
  }

  private static let june2019 = 1_559_347_200_000
  private static let lateAugust2026 = 1_787_616_000_000
  private static let september2026 = 1_788_220_800_000
  private static let day = 86_400_000

  private let spans: [Span]
  private var place = 0
  private var index = 0

  /// Spreads `count` instants over the three spans.
  init(count: Int) {
    let early = count / 50
    let before = count / 20
    spans = [
      Span(first: Self.june2019, length: 30 * Self.day, count: early),
      Span(first: Self.lateAugust2026, length: 7 * Self.day, count: before),
      Span(first: Self.september2026, length: 30 * Self.day, count: count - early - before),
    ]
  }

  /// The next instant; beyond the count, the last span goes on.
  mutating func next(using random: inout SplitMix64) -> Int {
    while place < spans.count - 1, index >= spans[place].count {
      place += 1
      index = 0
    }
    let span = spans[place]
    // In range: a span is below 2^32 ms and a sample at most 10^9 records, so the product is below 2^62.
    let step = max(span.length / max(span.count, 1), 1)
    let instant = span.first + span.length * index / max(span.count, 1) + random.next(below: step)
    index += 1
    return instant
  }
}
