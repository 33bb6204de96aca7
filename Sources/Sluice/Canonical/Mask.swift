/// Masked identifiers: `****` and the last characters.
package enum Mask {
  /// Appends four `*`, whatever the value's length, and its last `last` characters; the caller reserved `4 + last`.
  ///
  /// A canonical identifier is ASCII, so a byte is a character. A value that has no more than `last` characters would
  /// go out whole: it is written as the four `*` alone. Does not allocate.
  @inline(__always)
  package static func write(_ canonical: Bytes, last: Int, to output: inout OutputBuffer) {
    precondition(last >= 0, "a mask keeps 0 characters or more")
    output.append("****")
    guard let start = canonical.baseAddress, canonical.count > last else { return }
    output.append(start + (canonical.count &- last), last)
  }
}
