extension LeakSearch {
  /// Searches a text of any kind: its words, its addresses, and what it holds in other forms.
  func search(_ text: Bytes, depth: Int = 0) {
    let words = words + depth
    words.pointee.split(text)
    if text.count >= LeakGate.characterCountMin { lookAtSpans(words, text) }
    if words.pointee.marks.address { lookAtAddresses(text) }
    guard depth < Self.depthMax, text.count >= LeakGate.characterCountMin else { return }
    let marks = words.pointee.marks
    if marks.percent, LeakForms.percent(text, &words.pointee.decoded) { searchDecoded(words, depth) }
    if marks.backslash, LeakForms.backslash(text, &words.pointee.decoded) { searchDecoded(words, depth) }
    searchEncoded(words, text, depth)
  }

  private func searchDecoded(_ words: UnsafeMutablePointer<LeakWords>, _ depth: Int) {
    search(Bytes(start: words.pointee.decoded.base, count: words.pointee.decoded.count), depth: depth + 1)
  }

  /// Looks up every run of words that may be one identifier, from each word on.
  private func lookAtSpans(_ words: UnsafeMutablePointer<LeakWords>, _ text: Bytes) {
    var first = 0
    // Where the run of joined words began, of those up to the first one.
    var (runStart, next) = (0, 0)
    while first < words.pointee.count {
      while next <= first {
        if !words.pointee.words[next].joins { runStart = next }
        next += 1
      }
      // A text may be one run from end to end: a look at the whole of it from each word would take hours.
      let looksAtRun = first - runStart < Self.wordCountMax
      let after = wordAfterForm(words, first, text)
      if after == first {
        lookAtSpans(words, from: first, looksAtRun, text, .text)
        first += 1
      } else {
        if !likeness.isEmpty { lookAtSpans(words, from: first, looksAtRun, text, .formed) }
        first = after
      }
    }
  }

  private func lookAtSpans(
    _ words: UnsafeMutablePointer<LeakWords>, from first: Int, _ looksAtRun: Bool, _ text: Bytes,
    _ form: LeakGate.Form
  ) {
    let start = Int(words.pointee.words[first].start)
    let hasPlus = start > 0 && text[start - 1] == UInt8(ascii: "+")
    var last = first
    while last < words.pointee.count, last - first < Self.wordCountMax,
      last == first || words.pointee.words[last].joins
    {
      let count = Int(words.pointee.words[last].end) - start + (hasPlus ? 1 : 0)
      if count >= LeakGate.characterCountMin { look(words.pointee.plain(first, last), form) }
      last += 1
    }
    if looksAtRun, last - first == Self.wordCountMax, last < words.pointee.count,
      words.pointee.words[last].joins
    {
      while last < words.pointee.count, words.pointee.words[last].joins { last += 1 }
      look(words.pointee.plain(first, last - 1), form)
    }
  }

  /// Looks up the whole of a cell of a form in which few identifiers are; all such hold a digit, so there is a word.
  func lookAtForm(_ cell: Bytes) {
    words.pointee.split(cell)
    look(words.pointee.plain(0, words.pointee.count - 1), .formed)
  }

  /// The word after the pseudonym, instant or network that begins at a word; the word itself where none does.
  private func wordAfterForm(_ words: UnsafeMutablePointer<LeakWords>, _ first: Int, _ text: Bytes) -> Int {
    let word = words.pointee.words[first]
    let start = Int(word.start)
    let count = Int(word.end) - start
    if count == 28 {
      return LeakText.isPseudonym(Bytes(rebasing: text[start..<(start + 28)])) ? first + 1 : first
    }
    guard count <= 4 else { return first }
    let instant = count == 4 ? LeakText.instantLength(Bytes(rebasing: text[start...])) : 0
    let end = start + (instant > 0 ? instant : networkLength(text, start))
    var next = first
    while next < words.pointee.count, Int(words.pointee.words[next].start) < end { next += 1 }
    return next
  }

  /// How many bytes from `start` on are a network that is the whole of a cell or of an element; 0 where there is none.
  private func networkLength(_ text: Bytes, _ start: Int) -> Int {
    guard start == 0 || text[start - 1] == UInt8(ascii: ";") else { return 0 }
    let element = text[start...].prefix { $0 != UInt8(ascii: ";") }
    return LeakText.isNetwork(Bytes(rebasing: element)) ? element.count : 0
  }

  // MARK: - Addresses

  private func lookAtAddresses(_ text: Bytes) {
    var start = 0
    while start < text.count {
      guard isOfAddress(text[start]) else {
        start += 1
        continue
      }
      var end = start
      var (dots, colons) = (0, 0)
      while end < text.count, isOfAddress(text[end]) {
        if text[end] == UInt8(ascii: ".") { dots += 1 }
        if text[end] == UInt8(ascii: ":") { colons += 1 }
        end += 1
      }
      if dots >= 3 || colons >= 2 { lookAtAddress(text, start, end) }
      start = end
    }
  }

  private func isOfAddress(_ byte: UInt8) -> Bool {
    digitValue(byte) <= 9 || (byte | 0x20) &- 0x61 < 6 || byte == UInt8(ascii: ".")
      || byte == UInt8(ascii: ":")
  }

  /// Looks up the address that a run of hexadecimal digits, dots and colons is, without the punctuation around it or a
  /// port behind it.
  private func lookAtAddress(_ text: Bytes, _ start: Int, _ end: Int) {
    var (first, last) = (start, end)
    func isColon(_ index: Int) -> Bool { index >= start && index < end && text[index] == UInt8(ascii: ":") }
    func isMark(_ index: Int) -> Bool { isColon(index) || text[index] == UInt8(ascii: ".") }
    while first < last, isMark(first), !(isColon(first) && isColon(first + 1)) { first += 1 }
    while last > first, isMark(last - 1), !(isColon(last - 1) && isColon(last - 2)) { last -= 1 }
    guard first < last, first > start || start == 0 || !LeakText.isASCIIWord(text[start - 1]),
      last < end || end == text.count || !LeakText.isASCIIWord(text[end])
    else { return }
    if look(text, first, last) { return }
    guard let colon = (first..<last).last(where: isColon) else { return }
    if look(text, first, colon) { return }
    _ = look(text, colon + 1, last)
  }

  /// Whether the bytes are an address; it is looked up, unless it is a network's with its length.
  private func look(_ text: Bytes, _ first: Int, _ last: Int) -> Bool {
    guard first < last, let address = try? IPAddress(Bytes(rebasing: text[first..<last])) else {
      return false
    }
    if isNetwork(address, text, first, last) { return true }
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 16) { target in
      guard let base = target.baseAddress else { return }
      let count = address.writeCanonical(to: base)
      look(Bytes(start: base, count: count), .address)
    }
    return true
  }

  /// Whether the address is the whole of a cell or of an element, with `/` and a length beyond which it has no bit: what a
  /// prefix leaves of many addresses.
  private func isNetwork(_ address: IPAddress, _ text: Bytes, _ start: Int, _ end: Int) -> Bool {
    func isEdge(_ index: Int) -> Bool {
      !text.indices.contains(index) || text[index] == UInt8(ascii: ";")
    }
    guard isEdge(start - 1), end < text.count, text[end] == UInt8(ascii: "/") else { return false }
    var last = end + 1
    while last < text.count, last < end + 4, LeakText.isDigit(text[last]) { last += 1 }
    return isEdge(last) && LeakText.isNetwork(address, length: Bytes(rebasing: text[(end + 1)..<last]))
  }

  // MARK: - Other forms

  /// Searches what the words, and the runs of base64's characters, hold.
  private func searchEncoded(_ words: UnsafeMutablePointer<LeakWords>, _ text: Bytes, _ depth: Int) {
    for index in 0..<words.pointee.count {
      let word = words.pointee.words[index]
      guard word.end - word.start >= LeakForms.base64CountMin else { continue }
      let part = Bytes(rebasing: text[Int(word.start)..<Int(word.end)])
      if LeakForms.hexadecimal(part, &words.pointee.decoded) { searchDecoded(words, depth) }
      if LeakForms.base64(part, &words.pointee.decoded) { searchDecoded(words, depth) }
    }
    guard words.pointee.marks.base64 else { return }
    let table = LeakForms.base64Table
    var start = 0
    while start < text.count {
      var end = start
      var isMixed = false
      while end < text.count, table[Int(text[end])] != 0xFF {
        if !LeakText.isWord(text[end]) { isMixed = true }
        end += 1
      }
      let part = Bytes(rebasing: text[start..<end])
      if isMixed, LeakForms.base64(part, &words.pointee.decoded) { searchDecoded(words, depth) }
      start = end + 1
    }
  }
}
