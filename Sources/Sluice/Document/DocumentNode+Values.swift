/// Typed readings. Each returns nil with one problem added that says what was expected, never what stood there.
extension DocumentNode {
  /// Whether nothing stands here: no value, `~` or `null` without quotes.
  package var isMissing: Bool {
    guard case .scalar(let text, isPlain: true) = content else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// Any scalar as it was written; `""` is text, and no value is not.
  package func string(_ what: String, _ problems: inout ProblemList) -> String? {
    scalar
      ?? wrong(
        what, isMissing ? "has no value; give it one" : "is no text; write one word or text in quotes",
        &problems)
  }

  /// Text that shows something (`isVisible`) and holds no control character; `isLong` allows several lines.
  package func text(_ what: String, _ problems: inout ProblemList, isLong: Bool = false) -> String? {
    guard let text = string(what, &problems) else { return nil }
    guard text.isVisible, text.unicodeScalars.allSatisfy({ DocumentCharacters.isAllowed($0) && $0 != "\t" }),
      isLong || !text.unicodeScalars.contains("\n")
    else { return wrong(what, "is not one line of printable text; write it so", &problems) }
    return text
  }

  /// Any scalar as it was written, with nothing said where it is none.
  package var scalar: String? {
    guard case .scalar(let text, _) = content, !isMissing else { return nil }
    return text
  }

  package func boolean(_ what: String, _ problems: inout ProblemList) -> Bool? {
    switch scalar {
    case "true": true
    case "false": false
    default: wrong(what, "is neither true nor false; write one of them", &problems)
    }
  }

  /// Plain decimal digits with an optional minus and no leading zeros.
  package func integer(
    _ what: String, _ range: ClosedRange<Int64>, _ problems: inout ProblemList
  ) -> Int64? {
    guard let text = scalar, let value = Int64(text), String(value) == text, range.contains(value) else {
      let bounds =
        range.upperBound == .max
        ? "of at least \(range.lowerBound)" : "from \(range.lowerBound) to \(range.upperBound)"
      return wrong(what, "is no whole number \(bounds); write one", &problems)
    }
    return value
  }

  /// RFC 3339 with an offset; a bare date is refused.
  package func instant(_ what: String, _ problems: inout ProblemList) -> Instant? {
    if let text = scalar {
      let read = Array(text.utf8).withUnsafeBufferPointer { try? Instant(rfc3339: $0) }
      if let read { return read }
    }
    return wrong(what, "is no instant with an offset; write it as 2026-10-03T09:12:00Z", &problems)
  }

  /// `yyyy-MM-dd`, as the midnight in UTC that it begins with.
  package func date(_ what: String, _ problems: inout ProblemList) -> Instant? {
    if let text = scalar, let read = Instant(date: text) { return read }
    return wrong(what, "is no date; write it as 2026-10-03", &problems)
  }

  /// `366d`, `72h`, `90m` or `3600s`, in seconds: at least one, at most 100 years.
  package func durationSeconds(_ what: String, _ problems: inout ProblemList) -> Int64? {
    if let text = scalar, let read = timeSpanSeconds(text), read <= 100 * 366 * 86_400 { return read }
    return wrong(what, "is no time with its unit; write it as 366d, 72h, 90m or 3600s", &problems)
  }

  package func list(_ what: String, _ problems: inout ProblemList) -> [DocumentNode]? {
    guard case .sequence(let elements) = content else {
      return wrong(what, "is no list; write it as [a, b]", &problems)
    }
    return elements
  }

  package func members(_ what: String, _ problems: inout ProblemList) -> [Member]? {
    guard case .mapping(let members) = content else {
      return wrong(what, "is no mapping of keys; write it as key: value", &problems)
    }
    return members
  }

  /// One of a closed set of words.
  package func word<Word: RawRepresentable & CaseIterable>(
    _ what: String, _ type: Word.Type, _ problems: inout ProblemList
  ) -> Word? where Word.RawValue == String {
    if let text = scalar, let word = Word(rawValue: text) { return word }
    let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
    return wrong(what, "is not one of \(words); write one of them", &problems)
  }

  /// A name of our own making: a letter of `a-z`, then letters, digits and `separator`, at most 40 characters.
  package func identifier(
    _ what: String, separator: Character, _ problems: inout ProblemList
  ) -> String? {
    if let text = scalar, isIdentifier(text, separator: separator) { return text }
    return wrong(
      what, "is no name; begin with a-z and use only a-z, 0-9 and “\(separator)”, at most 40", &problems)
  }

  package func wrong<T>(_ what: String, _ expectation: String, _ problems: inout ProblemList) -> T? {
    problems.error("wrong-value", "\(what) \(expectation)", at: position)
    return nil
  }
}

/// Whether a text is `[a-z][a-z0-9]*` with a further character allowed, at most 40 characters.
package func isIdentifier(_ text: String, separator: Character) -> Bool {
  let bytes = Array(text.utf8)
  guard let first = bytes.first, bytes.count <= 40, (0x61...0x7A).contains(first) else { return false }
  return bytes.allSatisfy {
    (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == separator.asciiValue
  }
}

/// Digits without leading zeros and a unit of `s`, `m`, `h` or `d`; nil for anything else, zero or an overflow.
package func timeSpanSeconds(_ text: String) -> Int64? {
  let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
  guard let last = text.last, let unit = units[last], let count = Int64(text.dropLast()), count > 0,
    String(count) == text.dropLast()
  else { return nil }
  let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
  return overflow ? nil : seconds
}
