import Sluice

/// A slow and plain reader of one NDJSON record, written from RFC 8259 and from what the project says of paths, limits
/// and duplicate keys: the oracle of the decoder.
///
/// It reads the whole record into a tree, a byte at a time, and only then looks up the paths. The first fault in reading
/// order counts. Where a fault lies:
///
/// - Grammar: at the byte that cannot stand there; where the record ends instead, at its end, as `json-truncated`.
/// - A number that begins well and goes on badly (`01`, `1x`), or is too long, and a word that is none of the three:
///   at its first byte.
/// - A bad `\u` escape: at the first of its four digits. Half a pair of surrogates: at its backslash.
/// - A string that is too long, a key that stands twice or could mean a path: at the first byte between its quotes.
/// - Too deep: at the bracket. Too many: at what would be the next.
package struct ReferenceJSON {
  private let paths: [ReferencePath]
  /// The paths as a key would have to spell them with dots.
  private let dottedPaths: [[UInt8]]
  private let limits: Limits
  private var bytes: [UInt8] = []
  private var place = 0

  package init(paths: [ReferencePath], limits: Limits) {
    self.paths = paths
    dottedPaths = paths.map { Array($0.joined(separator: [UInt8(ascii: ".")])) }
    self.limits = limits
  }

  /// Reads a record without its line end.
  package func decode(_ bytes: [UInt8]) -> Result<ReferenceRecord, ReferenceFault> {
    var reader = self
    reader.bytes = bytes
    do throws(ReferenceFault) { return .success(try reader.record()) } catch { return .failure(error) }
  }

  // MARK: - Grammar

  private indirect enum Tree {
    case leaf(ReferenceValue)
    case array(ReferenceValue)
    case object(ReferenceValue, [(key: [UInt8], value: Tree)])

    var value: ReferenceValue {
      switch self {
      case .leaf(let value), .array(let value), .object(let value, _): value
      }
    }
  }

  private mutating func record() throws(ReferenceFault) -> ReferenceRecord {
    if let invalid = ReferenceUTF8.firstInvalid(bytes) { throw ReferenceFault(.utf8Invalid, invalid) }
    skipBlanks()
    let start = place
    let isObject = peek() == UInt8(ascii: "{")
    let tree = try value(depth: 1)
    guard isObject else { throw ReferenceFault(.jsonNotObject, start) }
    skipBlanks()
    guard place == bytes.count else { throw ReferenceFault(.jsonTrailing, place) }
    var record = ReferenceRecord()
    assign(tree, under: [], to: &record)
    return record
  }

  private func peek() -> UInt8? { place < bytes.count ? bytes[place] : nil }

  /// The fault of a byte that cannot stand here, or of the end.
  private func unexpected() -> ReferenceFault {
    ReferenceFault(place < bytes.count ? .jsonSyntax : .jsonTruncated, place)
  }

  private mutating func take(_ byte: UInt8) throws(ReferenceFault) {
    guard peek() == byte else { throw unexpected() }
    place += 1
  }

  private mutating func skipBlanks() {
    while let byte = peek(), [0x20, 0x09, 0x0A, 0x0D].contains(byte) { place += 1 }
  }

  private mutating func value(depth: Int) throws(ReferenceFault) -> Tree {
    guard let first = peek() else { throw unexpected() }
    let start = place
    switch first {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""):
      let (text, range, isEscaped) = try string()
      return .leaf(ReferenceValue(.string, at: range, isEscaped: isEscaped, text: text))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      try number()
      return .leaf(ReferenceValue(.number, at: start..<place, text: Array(bytes[start..<place])))
    default:
      let kind = try literal()
      return .leaf(ReferenceValue(kind, at: start..<place, text: Array(bytes[start..<place])))
    }
  }

  private mutating func object(depth: Int) throws(ReferenceFault) -> Tree {
    let start = place
    guard depth <= limits.depthMax else { throw ReferenceFault(.jsonDepth, start) }
    try take(UInt8(ascii: "{"))
    var members: [(key: [UInt8], value: Tree)] = []
    skipBlanks()
    while peek() != UInt8(ascii: "}") || !members.isEmpty {
      guard peek() == UInt8(ascii: "\"") else { throw unexpected() }
      guard members.count < limits.memberCountMax else { throw ReferenceFault(.jsonMembers, place) }
      let (key, range, _) = try string()
      if depth == 1, isAmbiguous(key) { throw ReferenceFault(.pathAmbiguous, range.lowerBound) }
      guard !members.contains(where: { $0.key == key }) else {
        throw ReferenceFault(.jsonDuplicateKey, range.lowerBound)
      }
      skipBlanks()
      try take(UInt8(ascii: ":"))
      skipBlanks()
      members.append((key, try value(depth: depth + 1)))
      skipBlanks()
      if peek() == UInt8(ascii: "}") { break }
      try take(UInt8(ascii: ","))
      skipBlanks()
    }
    try take(UInt8(ascii: "}"))
    let value = ReferenceValue(.object, at: start..<place, text: Array(bytes[start..<place]))
    return .object(value, members)
  }

  private mutating func array(depth: Int) throws(ReferenceFault) -> Tree {
    let start = place
    guard depth <= limits.depthMax else { throw ReferenceFault(.jsonDepth, start) }
    try take(UInt8(ascii: "["))
    var elements: [ReferenceValue] = []
    skipBlanks()
    while peek() != UInt8(ascii: "]") || !elements.isEmpty {
      if place < bytes.count, elements.count >= limits.elementCountMax {
        throw ReferenceFault(.jsonElements, place)
      }
      elements.append(try value(depth: depth + 1).value)
      skipBlanks()
      if peek() == UInt8(ascii: "]") { break }
      try take(UInt8(ascii: ","))
      skipBlanks()
    }
    try take(UInt8(ascii: "]"))
    let text = Array(bytes[start..<place])
    return .array(ReferenceValue(.array, at: start..<place, text: text, elements: elements))
  }

  // MARK: - Scalars

  /// `-`, digits without a leading zero, `.` and digits, `e` with a sign and digits; then something that may follow.
  private mutating func number() throws(ReferenceFault) {
    let start = place
    if peek() == UInt8(ascii: "-") { place += 1 }
    if peek() == UInt8(ascii: "0") { place += 1 } else { try digits() }
    if peek() == UInt8(ascii: ".") {
      place += 1
      try digits()
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      place += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { place += 1 }
      try digits()
    }
    if let next = peek(), !",}] \t\r\n".utf8.contains(next) { throw ReferenceFault(.jsonNumber, start) }
    guard place - start <= limits.numberByteCountMax else { throw ReferenceFault(.jsonNumber, start) }
  }

  private mutating func digits() throws(ReferenceFault) {
    guard let first = peek() else { throw unexpected() }
    guard (0x30...0x39).contains(first) else { throw ReferenceFault(.jsonNumber, place) }
    while let byte = peek(), (0x30...0x39).contains(byte) { place += 1 }
  }

  private mutating func literal() throws(ReferenceFault) -> ValueKind {
    func isLetter(_ byte: UInt8) -> Bool {
      (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
    guard let first = peek(), isLetter(first) else { throw unexpected() }
    let word = bytes[place...].prefix { isLetter($0) || (0x30...0x39).contains($0) }
    let kind: ValueKind
    switch String(decoding: word, as: UTF8.self) {
    case "null": kind = .null
    case "true": kind = .true
    case "false": kind = .false
    default: throw ReferenceFault(.jsonLiteral, place)
    }
    place += word.count
    return kind
  }

  /// What a string means, where it lies between its quotes, and whether it holds an escape.
  private mutating func string() throws(ReferenceFault) -> ([UInt8], Range<Int>, Bool) {
    try take(UInt8(ascii: "\""))
    let start = place
    var text: [UInt8] = []
    var isEscaped = false
    while let byte = peek(), byte != UInt8(ascii: "\"") {
      guard byte >= 0x20 else { throw ReferenceFault(.jsonControl, place) }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        text += try escape()
      } else {
        text.append(byte)
        place += 1
      }
    }
    let range = start..<place
    try take(UInt8(ascii: "\""))
    guard range.count <= limits.stringByteCountMax else { throw ReferenceFault(.stringTooLong, start) }
    return (text, range, isEscaped)
  }

  private static let plainEscapes: [UInt8: UInt8] = [
    UInt8(ascii: "\""): 0x22, UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "/"): 0x2F, UInt8(ascii: "b"): 0x08,
    UInt8(ascii: "f"): 0x0C, UInt8(ascii: "n"): 0x0A, UInt8(ascii: "r"): 0x0D, UInt8(ascii: "t"): 0x09,
  ]

  private mutating func escape() throws(ReferenceFault) -> [UInt8] {
    let start = place
    place += 1
    if let next = peek(), let plain = Self.plainEscapes[next] {
      place += 1
      return [plain]
    }
    try take(UInt8(ascii: "u"))
    var unit = try hexadecimal()
    if (0xD800...0xDFFF).contains(unit) {
      // Whatever stands where the low half must be, the character is the one that is wrong.
      guard unit < 0xDC00, bytes[place...].starts(with: Array("\\u".utf8)) else {
        throw ReferenceFault(.jsonSurrogate, start)
      }
      place += 2
      guard let low = try? hexadecimal(), (0xDC00...0xDFFF).contains(low) else {
        throw ReferenceFault(.jsonSurrogate, start)
      }
      unit = 0x1_0000 + (unit - 0xD800) * 0x400 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(unit) else { throw ReferenceFault(.jsonSurrogate, start) }
    return Array(String(Character(scalar)).utf8)
  }

  private mutating func hexadecimal() throws(ReferenceFault) -> UInt32 {
    let start = place
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek() else { throw unexpected() }
      guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw ReferenceFault(.jsonSyntax, start)
      }
      value = value * 16 + UInt32(digit)
      place += 1
    }
    return value
  }

  // MARK: - Paths

  /// Whether a key of the record's own object spells a path of several keys with dots, and is none of its own.
  private func isAmbiguous(_ key: [UInt8]) -> Bool {
    !paths.contains { $0.first == key } && dottedPaths.contains(key)
  }

  /// Notes what stands at the paths that begin with `prefix`, at which `tree` stands.
  private func assign(_ tree: Tree, under prefix: ReferencePath, to record: inout ReferenceRecord) {
    let below = paths.filter { $0.starts(with: prefix) && $0.count > prefix.count }
    if paths.contains(prefix) {
      record.values[prefix] = tree.value
      return
    }
    guard case .object(_, let members) = tree else {
      // `null` says that there is no object; anything else is one that cannot be read.
      if tree.value.kind != .null { for path in below { record.values[path] = tree.value.misplaced } }
      return
    }
    for (key, value) in members {
      if below.contains(where: { $0[prefix.count] == key }) {
        assign(value, under: prefix + [key], to: &record)
      } else {
        record.unknownNames.append(key)
      }
    }
  }
}
