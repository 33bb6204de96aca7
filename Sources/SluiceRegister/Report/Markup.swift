import Sluice

/// Text of a page under construction; what is not markup of ours passes `escaped`.
struct Markup {
  private(set) var text = ""

  mutating func add(_ line: String) {
    text += line
    text += "\n"
  }

  /// An element with escaped text.
  static func element(_ name: String, _ attributes: String = "", text: String) -> String {
    "<\(name)\(attributes.isEmpty ? "" : " " + attributes)>\(escaped(text))</\(name)>"
  }

  static func escaped(_ text: String) -> String { HTMLText.escaped(text) }

  /// `12,345`.
  static func grouped(_ number: Int64) -> String {
    let digits = Array(String(number.magnitude))
    var text = number < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// What a figure reads as for a person.
  static func words(_ figure: Figure) -> String {
    switch figure {
    case .count(let count): grouped(count)
    case .blank: "not reported"
    case .suppressed: "not shown"
    }
  }

  /// A table's cell; what is no number is set apart.
  static func cell(_ figure: Figure) -> String {
    figure.value == nil
      ? element("td", "class=\"none\"", text: words(figure)) : element("td", text: words(figure))
  }
}
