/// The words of one text, and which of them may belong to one identifier: runs of ASCII's letters and digits, and runs
/// of bytes beyond ASCII. Identifiers are mostly ASCII, and what stands around them need not be: `請電85291234567`.
struct LeakWords: ~Copyable {
  /// Gaps that are longer join nothing.
  private static let gapCountMax = 3

  struct Word: BitwiseCopyable {
    var start: Int32
    var end: Int32
    /// Where its letters and digits begin in `plain`.
    var plainStart: Int32
    var isNumber: Bool
    /// Whether it may go on with the word before it: never across a boundary, numbers alone across a blank.
    var joins: Bool
  }

  /// Which signs of other forms a text has.
  struct Marks {
    var percent = false
    var backslash = false
    /// A dot or a colon.
    var address = false
    /// What base64 has beside letters and digits.
    var base64 = false
  }

  private(set) var words = RecordArray<Word>(capacity: 64)
  private(set) var plain = RecordArray<UInt8>(capacity: 256)
  private(set) var marks = Marks()
  /// What a part of the text holds in another form.
  var decoded = RecordArray<UInt8>(capacity: 256)

  var count: Int { words.count }

  mutating func split(_ text: Bytes) {
    words.removeAll()
    plain.removeAll()
    plain.reserve(text.count)
    marks = Marks()
    var position = 0
    var gap = 0
    var (isBroken, hasBlank) = (true, false)
    while position < text.count {
      switch LeakText.sortTable[Int(text[position])] {
      case .word:
        let word = takeWord(text, position)
        add(word, canJoin: !isBroken && gap <= Self.gapCountMax, hasBlank: hasBlank)
        position = Int(word.end)
        gap = 0
        (isBroken, hasBlank) = (false, false)
        continue
      case .blank: hasBlank = true
      case .boundary: isBroken = true
      case .joint: break
      }
      mark(text[position])
      gap += 1
      position += 1
    }
  }

  private mutating func mark(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "%"): marks.percent = true
    case UInt8(ascii: "\\"): marks.backslash = true
    case UInt8(ascii: "."), UInt8(ascii: ":"): marks.address = true
    case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "_"): marks.base64 = true
    default: break
    }
  }

  /// Takes the word that begins at `start`; `plain` has room for it.
  private mutating func takeWord(_ text: Bytes, _ start: Int) -> Word {
    let plainStart = plain.count
    let target = plain.base + plainStart
    let table = LeakText.plainTable
    let isASCII = text[start] < 0x80
    var isNumber = true
    var end = start
    while end < text.count, (text[end] < 0x80) == isASCII {
      let letter = table[Int(text[end])]
      if letter == 0 { break }
      if letter > UInt8(ascii: "9") { isNumber = false }
      target[end - start] = letter
      end += 1
    }
    plain.setCount(plainStart + end - start)
    return Word(
      start: Int32(start), end: Int32(end), plainStart: Int32(plainStart), isNumber: isNumber, joins: false)
  }

  private mutating func add(_ word: Word, canJoin: Bool, hasBlank: Bool) {
    var word = word
    if canJoin, words.count > 0 {
      word.joins = !hasBlank || word.isNumber && words[words.count - 1].isNumber
    }
    words.append(word)
  }

  /// The letters and digits of some words that follow each other.
  func plain(_ first: Int, _ last: Int) -> Bytes {
    let start = Int(words[first].plainStart)
    let end = last + 1 < words.count ? Int(words[last + 1].plainStart) : plain.count
    return Bytes(start: plain.base + start, count: end - start)
  }
}
