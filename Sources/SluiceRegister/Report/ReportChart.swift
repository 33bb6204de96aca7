import Sluice

/// A jurisdiction's bar chart: demands received in each half-year, and inside each bar those for which some data was
/// produced. Drawn in whole numbers; where a number is hidden its bar is an outline of no meaning in its height.
struct ReportChart {
  let code: String
  let name: String
  let entries: [(period: HalfYear, report: TransparencyReport.JurisdictionReport)]

  private static let left = 6
  private static let barHeightMax = 124
  /// Room for the names of states, where there are any.
  private var top: Int { hasPause ? 44 : 10 }
  private var base: Int { top + Self.barHeightMax + 24 }
  private var height: Int { base + 58 }

  /// Wide for few half-years, and never narrower than its labels.
  private var slot: Int { max(66, min(124, 372 / max(entries.count, 1))) }
  private var width: Int { Self.left * 2 + slot * entries.count }
  private var barWidth: Int { slot * 5 / 9 }
  private var largest: Int64 { max(1, entries.compactMap(\.report.total.demands.value).max() ?? 1) }

  var svg: Markup {
    var drawing = Markup()
    drawing.add("<figure class=\"chart\">")
    drawing.add(
      "<svg viewBox=\"0 0 \(width) \(height)\" style=\"max-width:\(width)px\" role=\"img\" "
        + "aria-labelledby=\"title-\(code) desc-\(code)\">")
    drawing.add(
      "<title id=\"title-\(code)\">\(name): demands received and answered with some data</title>")
    drawing.add("<desc id=\"desc-\(code)\">\(description)</desc>")
    drawing.add(
      "<defs><pattern id=\"hatch-\(code)\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\" "
        + "patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0V7\"/></pattern></defs>")
    addPauses(&drawing)
    drawing.add("<path class=\"axis\" d=\"M\(Self.left) \(base).5H\(width - Self.left)\"/>")
    for index in entries.indices { addBar(index, &drawing) }
    addPauseLabels(&drawing)
    drawing.add("</svg>")
    let keys =
      [("received", "received"), ("produced", "answered with some data")]
      + (hasPause ? [("paused", "not answered")] : [])
    let entries = keys.map { name, words -> Markup in
      "<span class=\"entry\"><span class=\"key \(name)\"></span>\(words)</span>"
    }
    drawing.add("<figcaption>\(entries.joined("\n"))</figcaption>")
    drawing.add("</figure>")
    return drawing
  }

  /// The whole chart in words.
  private var description: String {
    entries.map { period, report in
      let states = report.states.filter { $0.state != .active }.map(\.text)
      return "\(period.text): \(report.total.demands.words) received, "
        + "\(report.total.someData.words) answered with some data"
        + (states.isEmpty ? "" : " (\(states.joined(separator: ", then ")))")
    }.joined(separator: "; ") + "."
  }

  // MARK: - Bars

  private func addBar(_ index: Int, _ drawing: inout Markup) {
    let (period, report) = entries[index]
    let center = Self.left + slot * index + slot / 2
    let x = center - barWidth / 2
    if let demands = report.total.demands.value {
      let height = scaled(demands)
      drawing.add(bar("received", x: x, width: barWidth, height: height))
      if let produced = report.total.someData.value {
        drawing.add(bar("produced", x: x, width: barWidth, height: scaled(produced)))
      }
      drawing.add(label("number", center, base - height - 7, demands.grouped))
    } else {
      drawing.add(bar("hidden", x: x, width: barWidth, height: 40))
      drawing.add(label("period", center, base - 47, "not shown"))
    }
    drawing.add(label("period", center, base + 17, period.text))
    drawing.add(label("answered", center, base + 35, report.total.someData.words))
    if let share = report.total.percentage {
      drawing.add(label("answered", center, base + 52, "\(share.text) %"))
    }
  }

  /// At least a hairline for what is not zero.
  private func scaled(_ count: Int64) -> Int {
    count == 0 ? 0 : max(1, Int(Int128(count) * Int128(Self.barHeightMax) / Int128(largest)))
  }

  private func bar(_ name: String, x: Int, width: Int, height: Int) -> Markup {
    "<rect class=\"\(name)\" x=\"\(x)\" y=\"\(base - height)\" width=\"\(width)\" height=\"\(height)\"/>"
  }

  private func label(_ name: String, _ x: Int, _ y: Int, _ text: String) -> Markup {
    "<text class=\"\(name)\" x=\"\(x)\" y=\"\(y)\" text-anchor=\"middle\">\(text)</text>"
  }

  // MARK: - Pauses

  /// A stretch of one half-year in which demands are not answered, in the chart's units.
  private struct Stretch {
    let from: Int
    let until: Int
    /// Nil where it goes on from the half-year before.
    let start: StatusSpan?
  }

  private var hasPause: Bool { !stretches.isEmpty }

  private var stretches: [Stretch] {
    entries.indices.flatMap { index -> [Stretch] in
      let (period, report) = entries[index]
      let begin = Self.left + slot * index
      return report.states.indices.compactMap { place in
        let span = report.states[place]
        guard span.state != .active, let from = span.from else { return nil }
        let next = place + 1 < report.states.count ? report.states[place + 1].from : nil
        let first = max(from, period.start)
        return Stretch(
          from: begin + offset(first, in: period), until: begin + offset(next ?? period.end, in: period),
          start: from >= period.start || index == 0 ? span : nil)
      }
    }
  }

  /// Where an instant lies in a half-year's slot.
  private func offset(_ instant: Instant, in period: HalfYear) -> Int {
    let length = period.end.seconds - period.start.seconds
    return Int((instant.seconds - period.start.seconds) * Int64(slot) / length)
  }

  private func addPauses(_ drawing: inout Markup) {
    for stretch in stretches {
      drawing.add(
        "<rect class=\"paused\" fill=\"url(#hatch-\(code))\" x=\"\(stretch.from)\" y=\"\(top - 14)\" "
          + "width=\"\(stretch.until - stretch.from)\" height=\"\(base - top + 14)\"/>")
    }
  }

  /// Names each state where it begins. The label is anchored at its end in the right half of the chart, to stay inside.
  private func addPauseLabels(_ drawing: inout Markup) {
    for stretch in stretches {
      guard let span = stretch.start else { continue }
      drawing.add("<path class=\"pause-line\" d=\"M\(stretch.from).5 \(top - 14)V\(base)\"/>")
      let isRight = stretch.from > width / 2
      let place = isRight ? width - Self.left : stretch.from
      drawing.add(
        "<text class=\"pause\" x=\"\(place)\" y=\"\(top - 22)\" text-anchor=\"\(isRight ? "end" : "start")\">\(span.text)</text>"
      )
    }
  }
}
