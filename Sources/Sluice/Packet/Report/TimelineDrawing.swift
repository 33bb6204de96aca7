/// When a file's records happened: bars over time, and the same as a table.
struct TimelineDrawing {
  let time: FigurePlan.Time
  let counts: TimelineCounts
  let file: ReportFacts.Records

  // Of the drawing, in its own units.
  private static let (left, right, top, bottom): (Int64, Int64, Int64, Int64) = (96, 830, 24, 280)

  func append(to html: inout HTMLText) {
    html.element("<h4>", "When", "</h4>")
    guard counts.total > 0 else {
      html.paragraph("There is no timeline: no record has a time.")
      return
    }
    html.markup("<figure>\n")
    appendDrawing(&html)
    html.element("<figcaption>", caption, "</figcaption>")
    html.markup("</figure>\n")
    html.tables(
      "Records by \(counts.step.rawValue)", [.init(time.name, .value), .init("Records", .number)],
      filled.map { [label($0.place), String($0.count)] })
  }

  private var filled: [(place: Int, count: UInt64)] {
    counts.counts.enumerated().filter { $0.element > 0 }.map { (place: $0.offset, count: $0.element) }
  }

  private func label(_ place: Int) -> String { counts.step.label(counts.first + place) }

  private var largest: UInt64 { counts.counts.max() ?? 0 }

  private var caption: String {
    let step = counts.step.rawValue
    let untimed = file.rowCount - counts.total
    return
      "Records released by \(step) of \(time.name), from \(label(0)) to \(label(counts.counts.count - 1)). "
      + "At most \(largest) in one \(step); no \(step) that the table leaves out has any."
      + (counts.isMerged
        ? " The times are released finer than they are drawn here: at most \(TimelineCounts.countMax) bars are drawn."
        : "")
      + (untimed > 0 ? " Records without a time: \(untimed)." : "")
  }

  private func appendDrawing(_ html: inout HTMLText) {
    html.markup("<svg viewBox=\"0 0 840 330\" role=\"img\" aria-label=\"")
    html.text("Bars: \(caption) The table below has every number.")
    html.markup("\" font-size=\"20\" fill=\"currentColor\">\n")
    appendAxis(&html)
    let count = Int64(counts.counts.count)
    for (place, records) in filled {
      let start = x(Int64(place), count)
      let width = x(Int64(place) + 1, count) - start
      let height = max(2, Int64(UInt64(Self.bottom - Self.top) * records / max(largest, 1)))
      html.rectangle(
        x: start, y: Self.bottom - height, width: max(1, width > 4 ? width - 2 : width), height: height)
    }
    appendLabels(&html)
    html.markup("</svg>\n")
  }

  private func x(_ place: Int64, _ count: Int64) -> Int64 {
    Self.left + (Self.right - Self.left) * place / count
  }

  private func appendAxis(_ html: inout HTMLText) {
    for (value, y) in [(0, Self.bottom), (largest, Self.top)] {
      html.line(x1: Self.left, y1: y, x2: Self.right, y2: y)
      html.label(String(value), x: Self.left - 10, y: y + 7, .end)
    }
  }

  private func appendLabels(_ html: inout HTMLText) {
    let (last, y) = (counts.counts.count - 1, Self.bottom + 34)
    if last == 0 {
      html.label(label(0), x: (Self.left + Self.right) / 2, y: y, .middle)
      return
    }
    html.label(label(0), x: Self.left, y: y, .start)
    html.label(label(last), x: Self.right, y: y, .end)
    if last >= 4 {
      let count = Int64(last + 1)
      html.label(
        label(last / 2), x: (x(Int64(last / 2), count) + x(Int64(last / 2) + 1, count)) / 2, y: y, .middle)
    }
  }
}
