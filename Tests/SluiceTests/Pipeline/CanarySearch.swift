/// Looks for values in bytes: as they stand, in hex, base64, percent-encoded, and with JSON's `\u` escapes.
struct CanarySearch {
  private struct Form: Hashable {
    let bytes: [UInt8]
    /// A short value counts only where it stands alone, as a number does among other digits.
    let standsAlone: Bool
  }

  private let forms: [(canary: Int, form: Form)]
  /// For the first four bytes of a form, the forms that begin so.
  private var byStart: [UInt32: [Int]] = [:]

  init(_ texts: [String]) {
    var forms: [(Int, Form)] = []
    for (index, text) in texts.enumerated() {
      for bytes in Self.spellings(Array(text.utf8)) {
        forms.append((index, Form(bytes: bytes, standsAlone: text.utf8.count < 8)))
      }
    }
    self.forms = forms
    for (index, entry) in forms.enumerated() {
      byStart[Self.start(entry.1.bytes[...]), default: []].append(index)
    }
  }

  /// The indices of the texts that are somewhere in the bytes.
  func found(in bytes: [UInt8]) -> Set<Int> {
    guard bytes.count >= 4 else { return [] }
    var found: Set<Int> = []
    for place in 0...bytes.count - 4 {
      guard let candidates = byStart[Self.start(bytes[place...])] else { continue }
      for candidate in candidates {
        let (canary, form) = forms[candidate]
        let end = place + form.bytes.count
        guard end <= bytes.count, bytes[place..<end].elementsEqual(form.bytes) else { continue }
        if form.standsAlone, Self.isWord(bytes, place - 1) || Self.isWord(bytes, end) { continue }
        found.insert(canary)
      }
    }
    return found
  }

  private static func start(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
  }

  private static func isWord(_ bytes: [UInt8], _ place: Int) -> Bool {
    guard bytes.indices.contains(place) else { return false }
    return switch bytes[place] {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2E: true
    default: false
    }
  }

  static func spellings(_ raw: [UInt8]) -> [[UInt8]] {
    guard raw.count >= 8 else { return [raw] }
    var all = [raw]
    for digits in [Array("0123456789abcdef".utf8), Array("0123456789ABCDEF".utf8)] {
      let pairs = raw.map { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
      all.append(pairs.flatMap { $0 })
      all.append(pairs.flatMap { [UInt8(ascii: "%")] + $0 })
      all.append(pairs.flatMap { Array("\\u00".utf8) + $0 })
    }
    for alphabet in ["+/", "-_"] {
      for offset in 0..<3 { all.append(base64(raw, offset: offset, alphabet)) }
    }
    return Array(Set(all))
  }

  /// The characters of base64 that the bytes alone decide, when `offset` bytes of something else stand before.
  private static func base64(_ raw: [UInt8], offset: Int, _ last: String) -> [UInt8] {
    let characters = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + last).utf8)
    let bits = raw.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
    // The first character that begins within the bytes: 8 × offset bits stand before them.
    var place = (6 - 8 * offset % 6) % 6
    var text: [UInt8] = []
    while place + 6 <= bits.count {
      text.append(characters[bits[place..<place + 6].reduce(0) { $0 << 1 | Int($1) }])
      place += 6
    }
    return text
  }
}
