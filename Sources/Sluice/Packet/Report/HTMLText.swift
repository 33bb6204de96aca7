/// A page in the making: markup is literal text of this program's, everything else is escaped.
package struct HTMLText {
  private(set) var bytes: [UInt8] = []

  /// - Parameter head: what the page begins with, text of this program's.
  init(head: String) { bytes += head.utf8 }

  /// Appends markup. It is static, so that no value can become markup.
  mutating func markup(_ markup: StaticString) { markup.withUTF8Buffer { bytes.append(contentsOf: $0) } }

  /// Appends a number that is made here, for a drawing.
  mutating func number(_ number: Int64) { bytes += String(number).utf8 }

  /// Text as it stands in a page, in an element or in a quoted attribute: see `text`.
  package static func escaped(_ text: String) -> String {
    var page = HTMLText(head: "")
    page.text(text)
    return String(decoding: page.bytes, as: UTF8.self)
  }

  /// Appends text. Characters that a page cannot hold or that could hide or reorder others are told by their number.
  mutating func text(_ text: String) {
    let start = bytes.count
    var isPrintable = true
    bytes.append(
      text, plain: { 0x20...0x7E ~= $0 && Self.escape($0) == nil },
      other: { byte, bytes in
        guard let escape = Self.escape(byte) else {
          isPrintable = false
          return
        }
        escape.withUTF8Buffer { bytes.append(contentsOf: $0) }
      })
    if isPrintable { return }
    // ASCII that can be printed is nearly all that is written. In another text each character is looked at.
    bytes.removeSubrange(start...)
    for scalar in text.unicodeScalars {
      if 0x20...0x7E ~= scalar.value { self.text(String(scalar)) } else { special(scalar) }
    }
  }

  /// What stands for a character that could be taken for markup.
  private static func escape(_ byte: UInt8) -> StaticString? {
    switch byte {
    case UInt8(ascii: "&"): "&amp;"
    case UInt8(ascii: "<"): "&lt;"
    case UInt8(ascii: ">"): "&gt;"
    case UInt8(ascii: "\""): "&quot;"
    case UInt8(ascii: "'"): "&#39;"
    default: nil
    }
  }

  private mutating func special(_ scalar: Unicode.Scalar) {
    guard scalar.isHidden else {
      bytes += UTF8.encode(scalar).map { Array($0) } ?? []
      return
    }
    let digits = String(scalar.value, radix: 16, uppercase: true)
    bytes += "[U+\(String(repeating: "0", count: max(0, 4 - digits.count)))\(digits)]".utf8
  }

  /// Appends an element with text alone, on a line of its own.
  mutating func element(_ start: StaticString, _ text: String, _ end: StaticString) {
    markup(start)
    self.text(text)
    markup(end)
    markup("\n")
  }

  mutating func paragraph(_ text: String) { element("<p>", text, "</p>") }

  mutating func list(_ items: [String]) {
    markup("<ul>\n")
    for item in items { element("<li>", item, "</li>") }
    markup("</ul>\n")
  }

  /// Appends names and their values. A name without a value is left out.
  mutating func facts(_ facts: [(name: String, value: String?)]) {
    markup("<dl>\n")
    for case (let name, let value?) in facts where !value.isEmpty {
      markup("<div><dt>")
      text(name)
      element("</dt><dd>", value, "</dd></div>")
    }
    markup("</dl>\n")
  }

  /// Appends a table in a frame that scrolls where it is too wide. The first cell of a row is its head.
  mutating func table(_ table: HTMLTable) {
    markup("<div class=\"frame\" tabindex=\"0\" role=\"group\" aria-label=\"")
    text(table.caption)
    // A short table stays on one page.
    markup(table.isShort ? "\">\n<table class=\"short\">\n" : "\">\n<table>\n")
    element("<caption>", table.caption, "</caption>")
    markup("<thead>\n<tr>")
    for column in table.columns {
      markup(column.kind == .number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
      text(column.title)
      markup("</th>")
    }
    markup("</tr>\n</thead>\n")
    for body in table.bodies where !body.isEmpty {
      markup("<tbody>\n")
      for row in body { self.row(row, table.columns) }
      markup("</tbody>\n")
    }
    markup("</table>\n</div>\n")
  }

  /// Appends rows in several tables side by side where they are many. What follows the caption of each tells the first
  /// and the last row.
  mutating func tables(_ caption: String, _ columns: [HTMLTable.Column], _ rows: [[String]]) {
    let count = min(4, (rows.count + 11) / 12)
    guard count > 1 else {
      table(HTMLTable(caption, columns, rows))
      return
    }
    markup("<div class=\"many\">\n")
    for part in 0..<count {
      let range = part * rows.count / count..<(part + 1) * rows.count / count
      let place = "\(range.lowerBound + 1) to \(range.upperBound) of \(rows.count)"
      table(HTMLTable("\(caption), \(place)", columns, Array(rows[range])))
    }
    markup("</div>\n")
  }

  private mutating func row(_ row: HTMLTable.Row, _ columns: [HTMLTable.Column]) {
    markup(row.isSum ? "<tr class=\"sum\">" : "<tr>")
    for (index, (cell, column)) in zip(row.cells, columns).enumerated() {
      markup(index == 0 ? "<th scope=\"row\"" : "<td")
      switch column.kind {
      case .words: markup(" class=\"w\">")
      case .value: markup(" class=\"v\">")
      case .number: markup(" class=\"n\">")
      }
      text(cell)
      markup(index == 0 ? "</th>" : "</td>")
    }
    markup("</tr>\n")
  }
}

/// A table of a page.
struct HTMLTable {
  struct Column {
    enum Kind {
      /// Sentences, which may be broken into lines.
      case words
      /// One value, which stands in one line.
      case value
      case number
    }

    let title: String
    let kind: Kind

    init(_ title: String, _ kind: Kind) {
      self.title = title
      self.kind = kind
    }
  }

  struct Row {
    let cells: [String]
    var isSum = false

    init(_ cells: [String], isSum: Bool = false) {
      self.cells = cells
      self.isSum = isSum
    }
  }

  let caption: String
  let columns: [Column]
  /// Rows that belong together stand in one body.
  let bodies: [[Row]]

  init(_ caption: String, _ columns: [Column], bodies: [[Row]]) {
    self.caption = caption
    self.columns = columns
    self.bodies = bodies
  }

  var isShort: Bool { bodies.reduce(0) { $0 + $1.count } <= 25 }

  init(_ caption: String, _ columns: [Column], _ rows: [[String]]) {
    self.init(caption, columns, bodies: [rows.map { Row($0) }])
  }
}
