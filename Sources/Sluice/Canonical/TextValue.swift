// `_nfc` is the standard library's own normalization, which has no public name yet. The other way to NFC would be
// Foundation, which stays out of the record path, or a second copy of Unicode's tables.
@_spi(_Unicode) import Swift

/// Free text in its one canonical form: NFC, nothing invisible, nothing that a spreadsheet would run.
package enum TextValue {
  /// Appends the canonical form of a text; reserves what it needs itself.
  ///
  /// `maximum` counts Unicode scalars after normalization (NFC). Refused are control, format (among them the
  /// bidirectional ones), private-use, surrogate and unassigned code points, noncharacters, and line and paragraph
  /// separators: `textCharacter`. A text does not begin with `=`, `+`, `-` or `@`, in their full-width and small forms
  /// either, nor with a blank, nor with any of those after quotation marks: `textStart`; one that ends with a blank
  /// is `textCharacter`. Other faults: `textLength`, and `utf8Invalid` for what is not UTF-8. The empty text is a
  /// value. Nothing is appended where a fault is thrown. Allocates for text outside ASCII only.
  @inline(__always) package static func canonical(
    _ bytes: Bytes, maximum: Int, to output: inout OutputBuffer
  ) throws(FaultCode) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { return }
    for byte in bytes where byte < 0x20 || byte > 0x7E {
      guard byte >= 0x80 else { throw .textCharacter }
      try canonicalUnicode(bytes, maximum: maximum, to: &output)
      return
    }
    guard bytes.count <= maximum else { throw .textLength }
    try checkStart(bytes)
    guard bytes[bytes.count &- 1] != 0x20 else { throw .textCharacter }
    output.reserve(bytes.count)
    output.append(start, bytes.count)
  }

  /// Checks the start of an ASCII text.
  @inline(__always) private static func checkStart(_ bytes: Bytes) throws(FaultCode) {
    guard bytes[0] != 0x20 else { throw .textStart }
    var index = 0
    while index < bytes.count, isQuotationMark(UInt32(bytes[index])) { index &+= 1 }
    guard index < bytes.count else { return }
    if Unicode.Scalar(bytes[index]).beginsFormula || (index > 0 && bytes[index] == 0x20) { throw .textStart }
  }

  @inline(never) private static func canonicalUnicode(
    _ bytes: Bytes, maximum: Int, to output: inout OutputBuffer
  ) throws(FaultCode) {
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .utf8Invalid }
    let count = output.count
    do {
      if text.unicodeScalars.allSatisfy({ isPlain($0.value) }) {
        try append(text.unicodeScalars, maximum: maximum, arePlain: true, to: &output)
      } else {
        try append(text._nfc, maximum: maximum, arePlain: false, to: &output)
      }
    } catch {
      output.count = count
      throw error
    }
  }

  /// Whether a code point is assigned, visible, no separator but the space, and cannot change in NFC next to others of
  /// its like: Latin, Cyrillic, kana, Chinese characters and Hangul syllables.
  ///
  /// The standard library's look-up of properties and its normalization take some 120 ns a scalar; most text needs
  /// neither.
  @inline(__always) package static func isPlain(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x20...0x7E, 0xA1...0xAC, 0xAE...0x2FF, 0x400...0x482, 0x48A...0x52F, 0x3041...0x3096,
      0x30A1...0x30FF,
      0x4E00...0x9FFF, 0xAC00...0xD7A3:
      true
    default: false
    }
  }

  @inline(__always) private static func append(
    _ scalars: some Sequence<Unicode.Scalar>, maximum: Int, arePlain: Bool, to output: inout OutputBuffer
  ) throws(FaultCode) {
    var count = 0
    var isAtStart = true
    var isBlank = false
    for scalar in scalars {
      count += 1
      guard count <= maximum else { throw .textLength }
      guard arePlain || !scalar.isHidden else { throw .textCharacter }
      isBlank = arePlain ? scalar.value == 0x20 : scalar.properties.isWhitespace
      if isAtStart {
        guard !isBlank, !scalar.beginsFormula else { throw .textStart }
        isAtStart = isQuotationMark(scalar.value)
      }
      output.reserve(4)
      for byte in UTF8.encode(scalar).unsafelyUnwrapped { output.append(byte) }
    }
    guard !isBlank else { throw .textCharacter }
  }

  /// Marks that a spreadsheet may take off before it looks at a cell: `"`, `'`, the backtick and the curly ones.
  @inline(__always) private static func isQuotationMark(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x22, 0x27, 0x60, 0x2018...0x201F, 0xFF02, 0xFF07: true
    default: false
    }
  }
}
