/// What a source's first bytes say against what it is said to be.
///
/// The same bytes are looked at however they arrive, so a source cut at every byte is judged the same.
enum LeadingBytes {
  /// How many bytes are looked at; blank space before a `[` is passed over this far.
  static let byteCountMax = 512

  static let gzip: [UInt8] = [0x1F, 0x8B]
  static let zstd: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD]
  static let xz: [UInt8] = [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]
  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Returns the length of the UTF-8 byte order mark at the start: 3 or 0.
  ///
  /// - Parameters:
  ///   - bytes: the first `byteCountMax` bytes, decompressed, or all of a shorter source.
  ///   - specification: what the source is said to be.
  /// - Throws: status 5: `compressed-input`, `encoding-utf16`, `ndjson-array`, `csv-separator`.
  static func check(_ bytes: [UInt8], of specification: SourceSpecification) throws(SluiceError) -> Int {
    try checkCompression(bytes, specification)
    guard !isWide(bytes) else {
      throw error(
        "encoding-utf16", "it is UTF-16 or UTF-32; convert it to UTF-8 (iconv -t UTF-8)", specification)
    }
    let markLength = bytes.starts(with: byteOrderMark) ? byteOrderMark.count : 0
    let text = bytes.dropFirst(markLength)
    if specification.format == .ndjson {
      let first = text.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
      guard first != UInt8(ascii: "[") else {
        throw error(
          "ndjson-array", "it is a JSON array, not one object a line; convert it (jq -c '.[]')", specification
        )
      }
    } else {
      let start = text.first == UInt8(ascii: "\"") ? text.dropFirst() : text
      guard !start.prefix(4).map({ $0 | 0x20 }).elementsEqual("sep=".utf8.map { $0 | 0x20 }) else {
        throw error(
          "csv-separator",
          "its first line is a spreadsheet's `sep=` line; remove it, and use commas (CSV) or TAB (TSV)",
          specification)
      }
    }
    return markLength
  }

  private static func checkCompression(
    _ bytes: [UInt8], _ specification: SourceSpecification
  ) throws(SluiceError) {
    guard let name = compressionName(bytes) else { return }
    guard specification.compression == .none else {
      throw error("compressed-input", "it is compressed twice; unpack it once", specification)
    }
    let suffix = [gzip: ".gz", zstd: ".zst", xz: ".xz"].first { bytes.starts(with: $0.key) }?.value
    let hint =
      if let suffix, specification.place != .standardInput {
        "name it \(suffix) and it is unpacked"
      } else {
        "unpack it first"
      }
    throw error("compressed-input", "it is compressed (\(name)); \(hint)", specification)
  }

  private static func compressionName(_ bytes: [UInt8]) -> String? {
    if bytes.starts(with: gzip) { return "gzip" }
    if bytes.starts(with: zstd) { return "zstd" }
    if bytes.starts(with: xz) { return "xz" }
    if bytes.starts(with: [0x04, 0x22, 0x4D, 0x18]) { return "lz4" }
    if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) || bytes.starts(with: [0x50, 0x4B, 0x05, 0x06]) {
      return "zip"
    }
    // `BZh`, a digit, and the first block's mark or the mark of an empty file's end.
    let block: [UInt8] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
    let end: [UInt8] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90]
    let mark = bytes.dropFirst(4).prefix(6)
    if bytes.starts(with: "BZh".utf8), mark.elementsEqual(block) || mark.elementsEqual(end) { return "bzip2" }
    return nil
  }

  /// Whether the bytes begin as UTF-16 or UTF-32: with its byte order mark, or with the pattern of NULs that
  /// two ASCII characters have in it. Other NULs are left to the record they stand in.
  private static func isWide(_ bytes: [UInt8]) -> Bool {
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) { return true }
    if bytes.starts(with: [0x00, 0x00, 0xFE, 0xFF]) { return true }
    guard bytes.count >= 2 else { return false }
    let zeros = bytes.prefix(4).map { $0 == 0 }
    return switch zeros {
    case [true, false], [false, true], [true, false, true], [false, true, false]: true
    case [true, false, true, false], [false, true, false, true]: true
    case [true, true, true, false], [false, true, true, true]: true
    default: false
    }
  }

  private static func error(
    _ code: String, _ message: String, _ specification: SourceSpecification
  ) -> SluiceError {
    SluiceError(.input, code, message, source: specification.name)
  }
}
