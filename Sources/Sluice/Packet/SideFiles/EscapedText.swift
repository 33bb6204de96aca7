extension [UInt8] {
  /// Appends the bytes of a text, whole runs of plain ones at a time; each other byte is appended by `appendOther`.
  @inline(__always)
  mutating func append(
    _ text: String, plain isPlain: (UInt8) -> Bool, other appendOther: (UInt8, inout [UInt8]) -> Void
  ) {
    var text = text
    text.withUTF8 { text in
      var start = 0
      for index in text.indices where !isPlain(text[index]) {
        append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
        appendOther(text[index], &self)
        start = index + 1
      }
      append(contentsOf: UnsafeBufferPointer(rebasing: text[start...]))
    }
  }
}
