extension Unicode.Scalar {
  /// Whether nothing of it is seen where it stands: a blank, what is drawn as nothing, what has no shape of its own.
  ///
  /// Some letters and symbols are such: the Hangul fillers are letters and default-ignorable; the blank of braille and
  /// the empty head of a note are symbols, and nothing but their names tells.
  fileprivate var isBlank: Bool {
    properties.isWhitespace || properties.isDefaultIgnorableCodePoint || isHidden || value == 0x2800
      || value == 0x1D159
  }

  /// Whether it is a mark on the character before it, which alone says nothing.
  fileprivate var isMark: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark: true
    default: false
    }
  }
}

extension String {
  /// Whether a reader sees a character of it: one that is neither blank nor a mark on another.
  ///
  /// An empty text has none. What a person or a reason has to be named by has one: a text that looks like nothing was
  /// left out, and must not count as given.
  package var isVisible: Bool { unicodeScalars.contains { !$0.isBlank && !$0.isMark } }

  /// Whether two names of people look the same but for case, blanks and what is not seen, so that `A. Jones` cannot
  /// approve what `a.jones ` prepared, with whatever that is drawn as nothing between its letters.
  package func isSamePerson(as other: String) -> Bool { nameToCompare == other.nameToCompare }

  /// Upper case first: what has two small forms, or none of its own, has one then (`ß`, `ſ`, `ς`).
  private var nameToCompare: String {
    String(String.UnicodeScalarView(unicodeScalars.filter { !$0.isBlank })).uppercased().lowercased()
  }
}
