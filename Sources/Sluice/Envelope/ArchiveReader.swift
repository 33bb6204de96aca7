/// Unpacks the tar of one packet as its bytes come, into an open folder of our own.
///
/// It takes what `PacketArchive` makes and nothing else (POSIX ustar, with a pax header for a file of 8 GiB or more):
/// one folder at the top that could be a packet, in it folders and regular files, each once and after its folder. Links,
/// devices, other paths and anything after the end are refused. Files are made 0600 and folders 0700 whatever the tar
/// says; nothing is made through a link, because none is ever made.
package final class ArchiveReader {
  private enum State {
    case header
    /// In a file's bytes, or a pax header's.
    case content(remaining: Int, padding: Int)
    /// After the first block of zeros, and after the second.
    case ending, ended
  }

  private static let blockByteCount = 512
  private static let entryCountMax = 1_000_000
  private static let depthMax = 32
  /// No file system of Linux holds longer files; sums of lengths stay far from overflow.
  private static let fileByteCountMax = 1 << 60

  private let layer: FileLayer
  private let folder: Int32
  private var state = State.header
  private var block: [UInt8] = []
  private var paxRecords: [UInt8]?
  /// The size that a pax header gives the file after it.
  private var statedByteCount: Int?
  private var file: OutputFile?
  /// In the order of the tar.
  private var folders: [String] = []
  /// Whether each path that was made is a folder's.
  private var made: [String: Bool] = [:]
  /// The top folder's name, once it has come.
  package private(set) var packetName: String?

  package init(into folder: Int32, layer: FileLayer) {
    self.folder = folder
    self.layer = layer
  }

  /// Takes the next bytes. Throws status 8 where they are not a packet's tar, status 6 where they cannot be written.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(SluiceError) {
    var rest = bytes
    while !rest.isEmpty {
      let count: Int
      if case .content(let remaining, let padding) = state {
        count = try takeContent(rest, remaining, padding)
      } else {
        count = min(Self.blockByteCount - block.count, rest.count)
        block.append(contentsOf: rest[..<count])
        if block.count == Self.blockByteCount { try takeBlock() }
      }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// Ends the tar; every file and folder is on the disk then. Returns the packet's name.
  package func finish() throws(SluiceError) -> String {
    guard case .ended = state, block.isEmpty, let packetName else {
      throw Self.wrong("its tar is cut short.")
    }
    // The innermost first, so that no name can be lost.
    for path in folders.reversed() { try layer.sync(try layer.openFolder(path, at: folder), path) }
    return packetName
  }

  private static func wrong(_ reason: String) -> SluiceError {
    SluiceError(
      .verification, "envelope-archive",
      "It does not hold a packet: \(reason) Do not rely on it; get it again from its sender.")
  }

  // MARK: - Blocks

  private func takeBlock() throws(SluiceError) {
    defer { block.removeAll(keepingCapacity: true) }
    let isZero = block.allSatisfy { $0 == 0 }
    switch state {
    case .ended:
      guard isZero else { throw Self.wrong("something follows its tar.") }
    case .ending:
      guard isZero else { throw Self.wrong("its tar goes on after its end.") }
      state = .ended
    case .header where isZero:
      guard statedByteCount == nil else { throw Self.wrong("a header of its tar belongs to nothing.") }
      state = .ending
    case .header, .content: try takeHeader()
    }
  }

  private func takeHeader() throws(SluiceError) {
    // Magic and version of POSIX, and a checksum in which its own field counts as blanks.
    let sum = block.indices.reduce(0) { $0 + ((148..<156).contains($1) ? 0x20 : Int(block[$1])) }
    guard block[257..<265].elementsEqual("ustar\u{0}00".utf8), octal(148..<156) == sum else {
      throw Self.wrong("its tar is not of the kind that Sluice makes, or is damaged.")
    }
    guard block[157..<257].allSatisfy({ $0 == 0 }) else { throw Self.wrong("it holds a link.") }
    guard var byteCount = octal(124..<136) else { throw Self.wrong("an entry of its tar has no size.") }
    let kind = block[156]
    if kind == UInt8(ascii: "x") {
      guard statedByteCount == nil, byteCount <= 4096 else {
        throw Self.wrong("a header of its tar is too long.")
      }
      paxRecords = []
    } else {
      if let stated = statedByteCount.take() { byteCount = stated }
      try takeEntry(kind, byteCount)
    }
    let padding = (Self.blockByteCount - byteCount % Self.blockByteCount) % Self.blockByteCount
    if byteCount > 0 {
      state = .content(remaining: byteCount, padding: padding)
    } else {
      try endContent()
    }
  }

  private func takeEntry(_ kind: UInt8, _ byteCount: Int) throws(SluiceError) {
    guard kind == UInt8(ascii: "0") || kind == UInt8(ascii: "5") else {
      throw Self.wrong("it holds a link or another special file.")
    }
    let isFolder = kind == UInt8(ascii: "5")
    let path = try path(isFolder: isFolder)
    guard made.updateValue(isFolder, forKey: path) == nil, made.count <= Self.entryCountMax else {
      throw Self.wrong("a name is in it twice, or it has too many.")
    }
    guard isFolder else {
      file = try OutputFile(path, at: folder, layer: layer, for: .payload)
      return
    }
    guard byteCount == 0 else { throw Self.wrong("a folder of it has a size.") }
    try layer.makeFolder(path, at: folder)
    folders.append(path)
  }

  /// The entry's path: below the one top folder, whose own entry comes first.
  private func path(isFolder: Bool) throws(SluiceError) -> String {
    func text(_ range: Range<Int>) -> [UInt8] { Array(block[range].prefix { $0 != 0 }) }
    let (prefix, name) = (text(345..<500), text(0..<100))
    var bytes = prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    if isFolder, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }), parts.count <= Self.depthMax,
      parts.allSatisfy({ !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) })
    else { throw Self.wrong("it holds a path that leads elsewhere.") }
    let path = String(decoding: bytes, as: UTF8.self)
    let top = String(decoding: parts[0], as: UTF8.self)
    guard let packetName else {
      guard isFolder, parts.count == 1, (try? PacketFolder.checkName(top)) != nil else {
        throw Self.wrong("it does not begin with the folder of a packet.")
      }
      self.packetName = top
      return path
    }
    let parent = parts.dropLast().map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
    guard top == packetName, parts.count > 1, made[parent] == true else {
      throw Self.wrong("it holds a path that leads elsewhere.")
    }
    return path
  }

  /// Octal digits, ended by NUL or blank; nil for anything else.
  private func octal(_ range: Range<Int>) -> Int? {
    let field = block[range]
    let digits = field.prefix { (0x30...0x37).contains($0) }
    guard !digits.isEmpty, field.dropFirst(digits.count).allSatisfy({ $0 == 0 || $0 == 0x20 }) else {
      return nil
    }
    return digits.reduce(0) { $0 << 3 | Int($1 - 0x30) }
  }

  // MARK: - Contents

  private func takeContent(
    _ bytes: UnsafeRawBufferPointer, _ remaining: Int, _ padding: Int
  ) throws(SluiceError) -> Int {
    let count = min(remaining + padding, bytes.count)
    let content = UnsafeRawBufferPointer(rebasing: bytes[..<min(count, remaining)])
    if paxRecords != nil { paxRecords?.append(contentsOf: content) } else { try file?.append(content) }
    guard bytes[content.count..<count].allSatisfy({ $0 == 0 }) else {
      throw Self.wrong("something is hidden between its files.")
    }
    let rest = remaining + padding - count
    if rest == 0 {
      try endContent()
    } else {
      state = .content(remaining: remaining - content.count, padding: min(padding, rest))
    }
    return count
  }

  private func endContent() throws(SluiceError) {
    state = .header
    if let records = paxRecords.take() {
      statedByteCount = try Self.byteCount(in: records)
    } else if let file = file.take() {
      _ = try file.finish(as: file.path)
      try layer.sync(try layer.openToRead(file.path, at: folder), file.path)
    }
  }

  /// The one record of a pax header that Sluice's tar writes: `20 size=12345678901`, LF.
  private static func byteCount(in records: [UInt8]) throws(SluiceError) -> Int {
    let text = String(decoding: records, as: UTF8.self)
    let parts = text.split(separator: " ", maxSplits: 1)
    guard parts.count == 2, Int(parts[0]) == records.count, parts[1].hasPrefix("size="),
      parts[1].hasSuffix("\n"),
      let byteCount = Int(parts[1].dropFirst(5).dropLast()), (0...fileByteCountMax).contains(byteCount)
    else { throw wrong("a header of its tar says what Sluice's does not.") }
    return byteCount
  }
}
