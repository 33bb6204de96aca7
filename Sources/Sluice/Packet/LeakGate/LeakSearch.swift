internal import CProcessor

/// Searches the files of one packet, as they are read back, for what the packet withholds or pseudonymises.
///
/// What it hits goes to the gate's suspects. One thread at a time uses it.
package final class LeakSearch: @unchecked Sendable {
  // Unchecked: whoever reads a packet back has it to itself.

  /// Words that one identifier may be pieced together from. A run of more joined words is looked up whole too, to its end
  /// from each of its first so many words.
  static let wordCountMax = 12
  /// Forms within forms that are looked into.
  static let depthMax = 3

  let gate: LeakGate
  private let keyedHash: LeakHash
  let packet: Int
  /// What identifiers of the run look like that few do.
  let likeness: LeakText.Likeness
  /// One for each depth.
  let words: UnsafeMutablePointer<LeakWords>

  /// What the demand names, or whatever else was read to be let alone.
  private(set) var named: Set<UInt64>
  private var isCollecting = false
  /// Of lines without records.
  private let lineMemo: LeakLineMemo.Place
  /// Whether what is looked up is noted there: in a line that is not known.
  private var notesLooks = false

  /// Of the file that is read.
  private var lines = LineReader()
  // The line at hand and the cell in it, to say where a suspect stands.
  private var path = ""
  private var lineOffset = 0
  private var line = Bytes(start: nil, count: 0)
  private var cell: UnsafePointer<UInt8>?

  /// `named`: what another search of the packet read to be let alone.
  init(_ gate: LeakGate, packet: Int, named: Set<UInt64>) {
    self.gate = gate
    keyedHash = gate.hash
    self.packet = packet
    self.named = named
    likeness = gate.likeness
    lineMemo = gate.lineMemos.withLock { $0.popLast() } ?? LeakLineMemo.Place()
    lineMemo.memo.use(likeness)
    words = .allocate(capacity: Self.depthMax + 1)
    for depth in 0...Self.depthMax { (words + depth).initialize(to: LeakWords()) }
  }

  /// `demand`: the packet's demand.json. `packet`: its index in the run.
  package convenience init(_ gate: LeakGate, packet: Int, demand: [UInt8]) {
    self.init(gate, packet: packet, naming: [demand])
  }

  /// A search that lets alone what texts name.
  convenience init(_ gate: LeakGate, packet: Int, naming texts: [[UInt8]]) {
    self.init(gate, packet: packet, named: [])
    isCollecting = true
    for text in texts {
      text.withUnsafeBytes { read($0) }
      end()
    }
    isCollecting = false
  }

  /// Another search of the same packet, for another thread.
  func another() -> LeakSearch { LeakSearch(gate, packet: packet, named: named) }

  deinit {
    gate.lineMemos.withLock { $0.append(lineMemo) }
    words.deinitialize(count: Self.depthMax + 1)
    words.deallocate()
  }

  // MARK: - Files and lines

  /// Begins a file.
  package func begin(_ path: String) { self.path = path }

  /// Takes the next bytes of a file without records.
  package func read(_ bytes: UnsafeRawBufferPointer) {
    lines.read(bytes) { line, byteOffset in search(line, at: byteOffset) }
  }

  /// Ends such a file.
  package func end() {
    lines.end { line, byteOffset in search(line, at: byteOffset) }
    lines = LineReader()
  }

  /// Searches a line.
  private func search(_ line: UnsafeRawBufferPointer, at byteOffset: Int) {
    let line = line.last == 0x0A ? UnsafeRawBufferPointer(rebasing: line[..<(line.count - 1)]) : line
    guard let start = line.baseAddress?.assumingMemoryBound(to: UInt8.self), !line.isEmpty else { return }
    (self.line, lineOffset, cell) = (Bytes(start: start, count: line.count), byteOffset, start)
    let head = keyedHash.head(of: self.line)
    if let looks = lineMemo.memo.looks(in: self.line, head: head) {
      var hasHit = false
      for look in looks where isHit(look) { hasHit = true }
      // A hit becomes a suspect with its bytes, which the line has.
      if hasHit { search(self.line) }
    } else {
      lineMemo.memo.begin()
      notesLooks = true
      search(self.line)
      notesLooks = false
      lineMemo.memo.end(self.line, head: head)
    }
  }

  /// Searches the values of a row of records, as its shape gives them (`RowShape`): the rest of the row are the columns'
  /// names.
  package func search(
    _ row: UnsafeRawBufferPointer, _ values: [UnsafeRawBufferPointer], at byteOffset: Int
  ) {
    (line, lineOffset) = (row.assumingMemoryBound(to: UInt8.self), byteOffset)
    for value in values {
      guard let start = value.baseAddress?.assumingMemoryBound(to: UInt8.self), !value.isEmpty else {
        continue
      }
      if RowShape.isText(start) {
        cell = start
        searchText(Bytes(start: start, count: value.count))
      } else {
        searchBare(start, start + value.count)
      }
    }
  }

  /// Searches a value without quotes: a number, or an array or object with its texts and numbers.
  private func searchBare(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    var position = searchNumber(start, end)
    while let quote = QuoteSearch.first(from: position, before: end) {
      let text = quote + 1
      guard let close = QuoteSearch.closing(from: text, before: end) else {
        cell = text
        search(Bytes(start: text, count: end - text))
        return
      }
      position = close + 1
      if position < end, position.pointee == UInt8(ascii: ":") {
        position = searchNumber(position + 1, end)
      } else {
        cell = text
        searchText(Bytes(start: text, count: close - text))
      }
    }
  }

  /// Searches a quoted text. One that looks like a pseudonym or an instant is compared with identifiers that do so too.
  @inline(__always)
  private func searchText(_ text: Bytes) {
    let start = text.baseAddress.unsafelyUnwrapped
    if text.count == 28, sluice_is_pseudonym(start) != 0 {
      if likeness.contains(.pseudonym) { look(text, .formed) }
    } else if text.count == 20 && sluice_is_second(start) != 0
      || text.count >= 10 && start[4] == UInt8(ascii: "-") && LeakText.instantLength(text) == text.count
    {
      if likeness.contains(.instant) { lookAtForm(text) }
    } else if text.count >= LeakGate.characterCountMin || mayBeAddress(text) {
      searchValue(text)
    }
  }

  /// Whether a short text may be an address all the same: `1.1.1.1`, `::1`.
  @inline(__always) private func mayBeAddress(_ text: Bytes) -> Bool {
    for byte in text where byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") { return true }
    return false
  }

  /// Searches a number, if there is one; returns where it ends.
  @inline(__always)
  private func searchNumber(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<
    UInt8
  > {
    var position = start
    while position < end,
      LeakText.isDigit(position.pointee) || position.pointee == UInt8(ascii: "-")
        || position.pointee == UInt8(ascii: ".")
    { position += 1 }
    cell = start
    if position - start >= LeakGate.characterCountMin {
      searchValue(Bytes(start: start, count: position - start))
    }
    return position
  }

  /// Searches the whole of a cell or of a number.
  @inline(__always) private func searchValue(_ value: Bytes) {
    guard value[0] <= UInt8(ascii: "9") else { return search(value) }
    if LeakText.isFraction(value) {
      if likeness.contains(.fraction) { lookAtForm(value) }
    } else if LeakText.isNetwork(value) {
      if likeness.contains(.network) { lookAtForm(value) }
    } else {
      search(value)
    }
  }

  // MARK: - Looking up

  /// Looks a part of a text up: letters and digits in lower case, or an address.
  func look(_ bytes: Bytes, _ form: LeakGate.Form) {
    let look = LeakLineMemo.Look(head: keyedHash.head(of: bytes), form: form)
    if notesLooks { lineMemo.memo.add(look) }
    guard isHit(look) else { return }
    let offset = line.baseAddress.map { start in (cell ?? start) - start } ?? 0
    gate.suspects.add(
      hash(look), bytes, form, packet: packet,
      at: LeakSuspects.Place(file: path, byteOffset: lineOffset + offset))
  }

  /// Whether the packet may withhold what is looked up; what is to be let alone is collected instead.
  @inline(__always) private func isHit(_ look: LeakLineMemo.Look) -> Bool {
    let hash = hash(look)
    if isCollecting {
      named.insert(hash)
      return false
    }
    return gate.mayHold(hash, look.form) && !named.contains(hash)
  }

  @inline(__always) private func hash(_ look: LeakLineMemo.Look) -> UInt64 {
    LeakGate.hash(look.head, look.form, packet: packet, by: keyedHash)
  }
}
