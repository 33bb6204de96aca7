internal import CProcessor

/// The quotes along a row of a packet, by which both the check of its shape and the leak gate walk.
enum QuoteSearch {
  /// The first quote from `start` on and before `end`; nil where there is none.
  @inline(__always)
  static func first(
    from start: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    let quote = start + Int(sluice_find(start, Int64(end - start), UInt8(ascii: "\"")))
    return quote < end ? quote : nil
  }

  /// The quote that closes the JSON string whose first byte is at `start`: one that no backslash escapes.
  @inline(__always)
  static func closing(
    from start: UnsafePointer<UInt8>, before end: UnsafePointer<UInt8>
  ) -> UnsafePointer<UInt8>? {
    var position = start
    while let quote = first(from: position, before: end) {
      var backslash = quote
      while backslash > start, backslash[-1] == UInt8(ascii: "\\") { backslash -= 1 }
      if (quote - backslash).isMultiple(of: 2) { return quote }
      position = quote + 1
    }
    return nil
  }
}
