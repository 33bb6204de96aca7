import Glibc
import SluiceCrypto

/// One open source of records, read from its beginning to its end as plain bytes.
///
/// Opening one takes a permit, which only a ruling gives: a refused demand opens nothing. The bytes come
/// unpacked and without a byte order mark. After an error every call throws it again. Used from one thread at
/// a time; dropping it before the end closes the file and ends the tool that unpacks it.
public final class SourceReader {
  /// The source that was opened.
  public let specification: SourceSpecification
  /// Whether a UTF-8 byte order mark stood at the start; it is taken off.
  public private(set) var hasByteOrderMark = false
  /// Unpacked bytes read so far, a byte order mark included.
  public private(set) var byteCountRead: UInt64 = 0
  /// Bytes of the file, as it lies, for progress; nil where it is not known.
  public var totalByteCount: UInt64? {
    opened.kind == .regular && startPosition <= opened.byteCount
      ? UInt64(opened.byteCount - startPosition) : nil
  }
  /// Bytes of the compressed file that the tool has taken so far, for progress; nil for other sources.
  public var compressedByteCount: UInt64? {
    decompression == nil ? nil : (input.position ?? finalPosition).map { UInt64($0) }
  }

  /// SHA-256 of the unpacked bytes, a byte order mark included, once the source is finished; nil where nobody
  /// asked for it.
  public private(set) var digest: [UInt8]?

  private var digesting: SHA256?
  private let input: InputDescriptor
  private let opened: FileIdentity
  private let startPosition: Int
  private var finalPosition: Int?
  private let decompression: Decompression?
  private let compressionRatioMax: Int
  private let readSizeMax: Int
  /// The first bytes, looked at before any of them is given out.
  private var leading: [UInt8] = []
  private var leadingUsed = 0
  private var hasEnded = false
  private var failure: SluiceError?

  /// Opens a source, starts its unpacking and looks at its first bytes; waits for them where it must.
  ///
  /// A file, a FIFO or a character device such as `/dev/null` opens, and for standard input a socket;
  /// a compressed source must be a file.
  ///
  /// - Throws: status 5: `input-missing`, `input-forbidden`, `input-unreadable`, `input-kind`,
  ///   `compressed-mismatch`, `compressed-input`, `compressed-corrupt`, `tool-missing`, `encoding-utf16`,
  ///   `ndjson-array`, `csv-separator`.
  public convenience init(
    _ specification: SourceSpecification, permit: ReadPermit, limits: Limits
  ) throws(SluiceError) {
    try self.init(specification, permit: permit, limits: limits, readSizeMax: .max)
  }

  /// As the public initialiser; with `isDigested` the bytes are digested on the way. Reads are cut at
  /// `readSizeMax` bytes and the tools are looked for in `toolFolders`, for tests.
  package init(
    _ specification: SourceSpecification, permit: ReadPermit, limits: Limits, readSizeMax: Int,
    isDigested: Bool = false, toolFolders: [String] = ChildProgram.folders
  ) throws(SluiceError) {
    precondition(readSizeMax > 0)
    self.specification = specification
    compressionRatioMax = limits.compressionRatioMax
    self.readSizeMax = readSizeMax
    input = try InputDescriptor(opening: specification)
    opened = try input.identity()
    startPosition = input.position ?? 0
    try Self.checkKind(opened, of: specification)
    if let tool = Decompression.Tool(specification.compression) {
      guard opened.kind == .regular, specification.place != .standardInput else {
        throw SluiceError(
          .input, "input-kind", "only a file can be unpacked; unpack it before it arrives here",
          source: specification.name)
      }
      decompression = try Decompression(tool, of: input, source: specification.name, folders: toolFolders)
    } else {
      decompression = nil
      if opened.kind == .regular { posix_fadvise(input.number, 0, 0, POSIX_FADV_SEQUENTIAL) }
    }
    if isDigested {
      do { digesting = try SHA256() } catch { throw SluiceError(error) }
    }
    try checkLeadingBytes()
  }

  /// Reads at most `buffer.count` bytes and at least one; 0 is the end of the source and nothing else.
  ///
  /// Short reads, interrupted ones and descriptors that do not block are seen to. At the end of a compressed
  /// source its tool must have ended well, or the end is an error.
  ///
  /// - Throws: `input-unreadable`, `compressed-corrupt`, `input-changed` (status 5), `compression-ratio` (9).
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SluiceError) -> Int {
    if let failure { throw failure }
    let wanted = min(buffer.count, readSizeMax)
    guard wanted > 0 else { return 0 }
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<wanted])
    if leadingUsed < leading.count {
      let count = min(wanted, leading.count - leadingUsed)
      part.copyBytes(from: leading[leadingUsed..<leadingUsed + count])
      leadingUsed += count
      if leadingUsed == leading.count { (leading, leadingUsed) = ([], 0) }
      return count
    }
    do throws(SluiceError) {
      return try readOn(into: part)
    } catch {
      failure = error
      throw error
    }
  }

  /// Closes the source once its end was read, and makes sure that what was read is what lies there.
  ///
  /// - Throws: `input-changed` (status 5) where a regular file grew, shrank, was written to or replaced since
  ///   it was opened; `input-unreadable` where it does not close.
  public func finish() throws(SluiceError) {
    if let failure { throw failure }
    precondition(hasEnded && leadingUsed == leading.count, "a source is finished at its end")
    do throws(SluiceError) {
      guard try !hasChanged() else { throw changed }
      finalPosition = input.position
      digest = digesting?.finalize()
      try input.finish()
    } catch {
      failure = error
      throw error
    }
  }

  private func readOn(into buffer: UnsafeMutableRawBufferPointer) throws(SluiceError) -> Int {
    guard !hasEnded else { return 0 }
    let count = try (decompression?.output ?? input).read(into: buffer)
    byteCountRead += UInt64(count)
    digesting?.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    if let decompression {
      if count == 0 { try finish(decompression) }
      try checkRatio()
    }
    hasEnded = count == 0
    return count
  }

  private func finish(_ decompression: Decompression) throws(SluiceError) {
    do throws(SluiceError) {
      try decompression.finish()
    } catch {
      // A file that is written to while it is unpacked looks corrupt; say what is wrong.
      throw try hasChanged() ? changed : error
    }
  }

  /// The whole file's size counts and not what the tool has taken so far: that depends on the moment.
  private func checkRatio() throws(SluiceError) {
    guard byteCountRead >= 16 << 20 else { return }
    let (allowed, isHuge) = opened.byteCount.multipliedReportingOverflow(by: compressionRatioMax)
    guard isHuge || byteCountRead <= UInt64(max(allowed, 0)) else {
      decompression?.stop()
      throw SluiceError(
        .limit, "compression-ratio",
        "it unpacks to more than \(compressionRatioMax) bytes a byte; if that is right, raise --compression-ratio",
        source: specification.name)
    }
  }

  private func checkLeadingBytes() throws(SluiceError) {
    var bytes = [UInt8](repeating: 0, count: LeadingBytes.byteCountMax)
    var filled = 0
    while filled < bytes.count {
      let room = min(bytes.count - filled, readSizeMax)
      var failure: SluiceError?
      let count = bytes.withUnsafeMutableBytes { buffer -> Int in
        do throws(SluiceError) {
          return try readOn(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled..<filled + room]))
        } catch {
          failure = error
          return 0
        }
      }
      if let failure { throw failure }
      if count == 0 { break }
      filled += count
    }
    let markLength = try LeadingBytes.check(Array(bytes.prefix(filled)), of: specification)
    hasByteOrderMark = markLength > 0
    leading = Array(bytes[markLength..<filled])
  }

  /// Whether a regular file is no longer what was opened, or its path no longer leads to it.
  private func hasChanged() throws(SluiceError) -> Bool {
    guard opened.kind == .regular else { return false }
    guard try input.identity() == opened else { return true }
    guard case .file = specification.place else { return false }
    return specification.identity.map { !$0.isSameFile(as: opened) } ?? true
  }

  private var changed: SluiceError {
    SluiceError(
      .input, "input-changed",
      "it was written to, replaced or moved while it was read; run again when it lies still",
      source: specification.name)
  }

  private static func checkKind(
    _ identity: FileIdentity, of specification: SourceSpecification
  ) throws(SluiceError) {
    switch identity.kind {
    case .regular, .pipe, .characterDevice: return
    case .socket where specification.place == .standardInput: return
    case .directory:
      throw SluiceError(
        .input, "input-kind", "it is a directory; list its files", source: specification.name)
    default:
      throw SluiceError(
        .input, "input-kind", "it is neither a file nor a pipe; copy its records to a file",
        source: specification.name)
    }
  }
}
