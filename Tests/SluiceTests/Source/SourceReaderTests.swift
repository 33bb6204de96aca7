import Glibc
import Sluice
import Testing

@Suite("Source reader") struct SourceReaderTests {
  static let readSizes = [1, 2, 3, 7, 4096, 65_535, 65_536, 65_537, Int.max]

  /// The code that a source with these bytes ends with, or nil; the same for every size of read.
  static func code(_ bytes: [UInt8], _ format: SourceFormat = .ndjson) throws -> SluiceError? {
    let folder = SourceFolder()
    let path = folder.write(bytes, to: "records")
    let errors = readSizes.map { size in
      sourceFailure { _ = try readSource(SourceSpecification(path, format), readSizeMax: size) }
    }
    try #require(errors.allSatisfy { $0 == errors[0] })
    return errors[0]
  }

  @Test("B01 empty NDJSON, B02 empty CSV, B03 header only")
  func empty() throws {
    let folder = SourceFolder()
    let path = folder.write("", to: "empty")
    #expect(try readSource(SourceSpecification(path)) == ReadSource())
    let header = folder.write("a,b\n", to: "header")
    for (path, expected) in [(path, "csv-no-header"), (header, nil)] {
      let source = try SourceReader(
        SourceSpecification(path, .csv), permit: readPermit(), limits: Limits())
      let blocks = BlockReader(source, sourceIndex: 0, limits: Limits())
      let error = sourceFailure { _ = try CSVHeader.read(from: blocks) }
      #expect(error?.code == expected && error?.status == (expected == nil ? nil : .input))
      var block = Block()
      #expect(try !blocks.next(into: &block))
      try source.finish()
    }
  }

  @Test("B04 no final newline, B05 cut mid-record, B06 blank lines, B07 line ends", arguments: readSizes)
  func lines(readSize: Int) throws {
    let folder = SourceFolder()
    let path = folder.write("{}\r\n\n  \n{\"a\":\r1}\n{\"cut", to: "records")
    let result = try readSource(SourceSpecification(path), readSizeMax: readSize)
    #expect(result.texts == ["{}", "", "  ", "{\"a\":\r1}", "{\"cut"])
    #expect(result.records.map(\.byteOffset) == [0, 4, 5, 8, 17])
    #expect(result.endsWithoutDelimiter && !result.endsInsideRecord)
  }

  @Test("B08 byte order mark off once, B09 not twice", arguments: readSizes)
  func byteOrderMark(readSize: Int) throws {
    let folder = SourceFolder()
    let path = folder.write("\u{FEFF}\u{FEFF}{}\n\u{FEFF}{}\n", to: "records")
    let source = try SourceReader(
      SourceSpecification(path), permit: readPermit(), limits: Limits(), readSizeMax: readSize)
    let result = try readBlocks(of: source, limits: Limits())
    #expect(source.hasByteOrderMark && source.byteCountRead == 15 && source.totalByteCount == 15)
    #expect(result.records.map(\.byteOffset) == [3, 9])
    #expect(result.records.map(\.bytes) == [Array("\u{FEFF}{}".utf8), Array("\u{FEFF}{}".utf8)])
    try source.finish()
    let plain = folder.write("{}", to: "plain")
    #expect(
      try !SourceReader(SourceSpecification(plain), permit: readPermit(), limits: Limits()).hasByteOrderMark)
  }

  @Test(
    "B10, B11 UTF-16 and UTF-32, with a mark and without",
    arguments: [
      [0xFF, 0xFE, 0x7B, 0x00], [0xFE, 0xFF, 0x00, 0x7B], [0xFF, 0xFE, 0, 0, 0x7B, 0, 0, 0],
      [0, 0, 0xFE, 0xFF, 0, 0, 0, 0x7B], [0x7B, 0, 0x7D, 0, 0x0A, 0], [0, 0x7B, 0, 0x7D, 0, 0x0A],
      [0x7B, 0, 0, 0], [0, 0, 0, 0x7B], [0x7B, 0],
    ] as [[UInt8]])
  func wideEncodings(bytes: [UInt8]) throws {
    for format in SourceFormat.allCases {
      let error = try Self.code(bytes, format)
      #expect(error?.code == "encoding-utf16" && error?.status == .input)
    }
  }

  @Test("A NUL alone is the record's fault (B19), as is a binary file (B13)")
  func binary() throws {
    #expect(try Self.code([0x7B, 0x22, 0x00, 0x22, 0x7D, 0x0A]) == nil)
    #expect(try Self.code([0x7F] + "ELF".utf8 + [2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0]) == nil)
    #expect(try Self.code([0, 0, 0, 0, 0, 0]) == nil)
  }

  @Test(
    "B12 compressed input without the name",
    arguments: [
      ([0x1F, 0x8B, 0x08, 0x00], ".gz"), ([0x28, 0xB5, 0x2F, 0xFD], ".zst"),
      ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], ".xz"), (Array("PK".utf8) + [3, 4], "zip"),
      (Array("BZh9".utf8) + [0x31, 0x41, 0x59, 0x26, 0x53, 0x59], "bzip2"),
    ] as [([UInt8], String)])
  func compressedInput(bytes: [UInt8], hint: String) throws {
    for format in SourceFormat.allCases {
      let error = try #require(try Self.code(bytes + [0, 1, 2, 3], format))
      #expect(error.code == "compressed-input" && error.status == .input)
      #expect(error.message.contains(hint))
    }
    // A prefix of the magic is not the magic.
    #expect(try Self.code([bytes[0]]) == nil)
    #expect(try Self.code(Array("BZh9 is a name".utf8)) == nil)
  }

  @Test("B50 an array instead of lines, after blanks and a mark too")
  func array() throws {
    for text in ["[{}]", "\u{FEFF}[", " \r\n\t[{},{}]"] {
      let error = try Self.code(Array(text.utf8))
      #expect(error?.code == "ndjson-array" && error?.status == .input)
      #expect(try Self.code(Array(text.utf8), .csv) == nil)
    }
  }

  @Test("B82 a spreadsheet's separator line")
  func separatorLine() throws {
    for text in ["sep=;\na;b\n", "SEP=,\n", "\u{FEFF}sep=\t\n", "\"sep=;\"\n"] {
      #expect(try Self.code(Array(text.utf8), .csv)?.code == "csv-separator")
      #expect(try Self.code(Array(text.utf8), .tsv)?.code == "csv-separator")
    }
    #expect(try Self.code(Array("separator,a\n".utf8), .csv) == nil)
  }

  @Test("F06 a failed read is an error and never the end", .enabled(if: access("/proc/self/mem", R_OK) == 0))
  func failedRead() throws {
    // Reading a process's page 0 gives EIO.
    let error = sourceFailure {
      _ = try SourceReader(SourceSpecification("/proc/self/mem"), permit: readPermit(), limits: Limits())
    }
    #expect(error?.code == "input-unreadable" && error?.status == .input)
  }

  @Test("F08 interrupted reads go on, F38 a FIFO is read")
  func interrupted() throws {
    let folder = SourceFolder()
    let path = folder.path + "/fifo"
    try #require(mkfifo(path, 0o600) == 0)
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    try #require(sigaction(SIGURG, &action, nil) == 0)
    let readerThread = pthread_self()
    let writer = try startThread {
      let descriptor = open(path, O_WRONLY | O_CLOEXEC)
      for _ in 0..<200 {
        pthread_kill(readerThread, SIGURG)
        _ = "{}\n".withCString { write(descriptor, $0, 3) }
        usleep(200)
        pthread_kill(readerThread, SIGURG)
      }
      close(descriptor)
    }
    let result = try readSource(SourceSpecification(path))
    pthread_join(writer, nil)
    #expect(result.texts == Array(repeating: "{}", count: 200))
  }

  @Test("F09 a descriptor that does not block is waited for, F07 short reads are put together")
  func nonBlocking() throws {
    // Opening it again by its number keeps the test off the process's own standard input.
    var ends: [Int32] = [-1, -1]
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    try #require(socketpair(AF_UNIX, kind, 0, &ends) == 0)
    let theirs = ends[1]
    let input = try InputDescriptor(owning: ends[0], source: "records")
    let writer = try startThread {
      for byte in "{}\n{}\n".utf8 {
        usleep(3000)
        _ = withUnsafePointer(to: byte) { write(theirs, $0, 1) }
      }
      close(theirs)
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 100)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
      if count == 0 { break }
      bytes += buffer[..<count]
    }
    pthread_join(writer, nil)
    #expect(bytes == Array("{}\n{}\n".utf8))
    try input.finish()
  }

  @Test(
    "F37 a file that changes while it is read",
    arguments: ["append", "truncate", "rewrite", "replace", "remove"])
  func changed(how: String) throws {
    let folder = SourceFolder()
    let path = folder.write(String(repeating: "{}\n", count: 1000), to: "records.ndjson")
    let source = try SourceReader(SourceSpecification(path), permit: readPermit(), limits: Limits())
    switch how {
    case "append":
      let file = fopen(path, "a")!
      fputs("{}\n", file)
      fclose(file)
    case "truncate": try #require(truncate(path, 30) == 0)
    case "rewrite":
      // The same length, so that the time alone tells.
      usleep(20_000)
      let file = fopen(path, "r+")!
      fputs("[]", file)
      fclose(file)
    case "replace":
      try #require(rename(folder.write(String(repeating: "{}\n", count: 1000), to: "new"), path) == 0)
    default: try #require(unlink(path) == 0)
    }
    let error = sourceFailure {
      _ = try readBlocks(of: source, limits: Limits())
      try source.finish()
    }
    #expect(error?.code == "input-changed" && error?.status == .input)
    // The error stays.
    #expect(sourceFailure { try source.finish() } == error)
  }

  @Test("F38 what cannot be a source is refused, /dev/null is an empty one")
  func kinds() throws {
    func code(_ path: String) -> String? {
      sourceFailure { _ = try readSource(SourceSpecification(path)) }?.code
    }
    let folder = SourceFolder()
    #expect(code("/dev/null") == nil)
    #expect(code(folder.path) == "input-kind")
    #expect(code(folder.path + "/none") == "input-missing")
    #expect(code("\(folder.path)/a\0b") == "input-missing")
    let locked = folder.write("{}\n", to: "locked")
    try #require(chmod(locked, 0) == 0)
    if geteuid() != 0 { #expect(code(locked) == "input-forbidden") }
    let link = folder.path + "/link"
    try #require(symlink(folder.write("{}\n", to: "target"), link) == 0)
    #expect(code(link) == nil)
    #expect(code("/proc/self/cmdline") == nil)
    let unix = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(unix) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let path = folder.path + "/socket"
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(unix, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    try #require(bound == 0)
    #expect(code(path) == "input-unreadable")
  }

  @Test("An error never holds what the source holds")
  func noValues() throws {
    let canary = "canary-12025550199"
    for text in ["[\"\(canary)\"]", "sep=\(canary)"] {
      let error = try #require(
        try Self.code(Array(text.utf8), text.hasPrefix("[") ? .ndjson : .csv))
      #expect(!error.description.contains(canary))
    }
  }
}

/// Starts a thread of the test's own.
func startThread(_ work: @escaping @Sendable () -> Void) throws -> pthread_t {
  final class Box {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
  var thread = pthread_t()
  let box = Unmanaged.passRetained(Box(work))
  let result = pthread_create(
    &thread, nil,
    { pointer in
      Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().work()
      return nil
    }, box.toOpaque())
  try #require(result == 0)
  return thread
}
