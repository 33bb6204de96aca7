import Sluice

/// Markup of a page: literal text of this program's, with values in it.
///
/// A value is escaped where it is put in, so that none can become markup; only markup is put in as it is.
struct Markup: ExpressibleByStringInterpolation {
  private(set) var text = ""

  init() {}
  init(stringLiteral literal: String) { text = literal }
  init(stringInterpolation interpolation: Interpolation) { text = interpolation.text }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(2 * literalCapacity) }
    mutating func appendLiteral(_ literal: String) { text += literal }
    mutating func appendInterpolation(_ markup: Markup) { text += markup.text }
    mutating func appendInterpolation(_ value: String) { text += HTMLText.escaped(value) }
    mutating func appendInterpolation(_ number: Int) { text += String(number) }
    mutating func appendInterpolation(_ figure: Figure) { text += HTMLText.escaped(figure.words) }
  }

  /// Adds a line.
  mutating func add(_ line: Markup) {
    text += line.text
    text += "\n"
  }

  static func + (left: Markup, right: Markup) -> Markup { "\(left)\(right)" }

  /// A table's cell; what is no number is set apart.
  static func cell(_ figure: Figure) -> Markup {
    figure.value == nil ? "<td class=\"none\">\(figure)</td>" : "<td>\(figure)</td>"
  }

  static func cells(_ figures: [Figure]) -> Markup { figures.map(cell).joined() }
}

extension Sequence<Markup> {
  func joined(_ separator: Markup = "") -> Markup {
    var all = Markup()
    for (index, part) in enumerated() { all = index == 0 ? part : "\(all)\(separator)\(part)" }
    return all
  }
}

extension Figure {
  /// What the figure reads as for a person.
  var words: String {
    switch self {
    case .count(let count): count.grouped
    case .blank: "not reported"
    case .suppressed: "not shown"
    }
  }
}

extension Int64 {
  /// `12,345`.
  var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}
