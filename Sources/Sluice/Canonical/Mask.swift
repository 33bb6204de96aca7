/// Masked identifiers: `****`, whatever the value's length, and its last characters.
package enum Mask {
  /// The last characters of a canonical identifier that a mask leaves, at most `last`; nil for a value that has no more,
  /// since it would go out whole.
  ///
  /// A canonical identifier is ASCII, so a byte is a character. Does not allocate.
  @inline(__always) package static func tail(of canonical: Bytes, last: Int) -> Bytes? {
    precondition(last >= 0, "a mask keeps 0 characters or more")
    guard canonical.count > last else { return nil }
    return Bytes(rebasing: canonical[(canonical.count &- last)...])
  }
}
