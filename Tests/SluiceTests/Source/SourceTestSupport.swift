import Glibc
import Sluice

/// A folder of one test's own, gone when the test is.
final class SourceFolder {
  let path: String

  init() {
    let template = (getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp") + "/sluice-source-XXXXXX"
    path = template.withCString { text in
      let copy = strdup(text)!
      defer { free(copy) }
      precondition(mkdtemp(copy) != nil)
      return String(cString: copy)
    }
  }

  deinit { _ = runProgram(["rm", "-rf", path]) }

  /// Writes a file, and the folders that its name asks for.
  @discardableResult
  func write(_ bytes: some Sequence<UInt8>, to name: String) -> String {
    let path = self.path + "/" + name
    if let slash = name.lastIndex(of: "/") {
      _ = runProgram(["mkdir", "-p", self.path + "/" + name[..<slash]])
    }
    let file = fopen(path, "wb")!
    let bytes = Array(bytes)
    precondition(fwrite(bytes, 1, bytes.count, file) == bytes.count)
    fclose(file)
    return path
  }

  @discardableResult
  func write(_ text: String, to name: String) -> String { write(text.utf8, to: name) }
}

/// Whether one of the system's tools is there.
func hasTool(_ name: String) -> Bool {
  ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains { access($0 + name, X_OK) == 0 }
}

/// Runs a program and returns its exit status; files are its standard input and output where given.
func runProgram(_ arguments: [String], input: String = "/dev/null", output: String = "/dev/null") -> Int32 {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
  posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
  posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
  var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
  pointers.append(nil)
  defer { for pointer in pointers { free(pointer) } }
  var child: pid_t = 0
  guard posix_spawnp(&child, arguments[0], &actions, nil, pointers, environ) == 0 else { return -1 }
  var status: Int32 = 0
  while waitpid(child, &status, 0) < 0, errno == EINTR {}
  return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
}

/// Packs bytes with one of the tools.
func packedBytes(_ bytes: [UInt8], with compression: SourceCompression) -> [UInt8] {
  let folder = SourceFolder()
  let plain = folder.write(bytes, to: "plain")
  let arguments =
    switch compression {
    case .none: ["cat"]
    case .gzip: ["gzip", "-nc"]
    case .zstd: ["zstd", "-qc"]
    case .xz: ["xz", "-c"]
    }
  precondition(runProgram(arguments, input: plain, output: folder.path + "/packed") == 0)
  return fileBytes(of: folder.path + "/packed")
}

func fileBytes(of path: String) -> [UInt8] {
  let file = fopen(path, "rb")!
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 16)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}

/// A permit the way a run gets one: from the gates, here for a stream of a policy in force.
func readPermit() throws -> ReadPermit {
  let position = Position(file: "test")
  let instrument = Instrument(
    name: "court-order", title: "", cites: "test",
    grants: [Grant(category: "traffic", requiresApproval: false)],
    longestPeriodSeconds: 86_400, requiresApproval: false, requiresDocument: false, isViaTreaty: false,
    isProspective: false, position: position)
  let always = Period(from: Instant(seconds: 0), until: Instant(seconds: 1 << 40))
  let active = StatusEntry(
    state: .active, from: Instant(seconds: 0), review: nil, owner: nil, nextReview: nil, exceptions: [])
  let policy = Policy(
    file: "test", digest: [], jurisdictions: ["US"], version: "1", valid: always, statuses: [active],
    instruments: [instrument], categories: [PolicyCategory(name: "traffic", rules: [])], smallestCount: 1,
    bundles: [], overrides: [], tests: [])
  return ReadPermit(
    try Gates.ruleStream(
      jurisdiction: "US", instrument: "court-order", name: "test", subjects: nil, period: nil,
      policies: [policy], catalog: Catalog(schemas: [], kinds: []), now: Instant(seconds: 1 << 30)))
}

/// What a source's blocks hold, put together again.
struct ReadSource: Equatable {
  struct Record: Equatable {
    let byteOffset: UInt64
    /// Nil for a record that is too long; without its delimiter.
    let bytes: [UInt8]?
  }

  var records: [Record] = []
  var endsInsideRecord = false
  var endsWithoutDelimiter = false

  /// The records' bytes as text.
  var texts: [String?] { records.map { $0.bytes.map { String(decoding: $0, as: UTF8.self) } } }
}

extension SourceSpecification {
  init(_ path: String, _ format: SourceFormat = .ndjson, _ compression: SourceCompression = .none) {
    self.init(
      name: "records", place: .file(path: path), format: format, compression: compression, schemaIndex: 0)
  }
}

/// Reads a source to its end and finishes it.
func readSource(
  _ specification: SourceSpecification, limits: Limits = Limits(), readSizeMax: Int = .max
) throws -> ReadSource {
  let source = try SourceReader(
    specification, permit: readPermit(), limits: limits, readSizeMax: readSizeMax)
  let result = try readBlocks(of: source, limits: limits)
  try source.finish()
  return result
}

func readBlocks(of source: SourceReader, limits: Limits) throws -> ReadSource {
  let reader = BlockReader(source, sourceIndex: 7, limits: limits)
  var block = Block()
  var result = ReadSource()
  while try reader.next(into: &block) {
    precondition(block.sourceIndex == 7 && block.isOversized == (block.count == 0))
    precondition((0..<Block.paddingByteCount).allSatisfy { block.base[block.count + $0] == 0 })
    precondition(!result.endsInsideRecord && !result.endsWithoutDelimiter, "the end came twice")
    result.endsInsideRecord = block.endsInsideRecord
    result.endsWithoutDelimiter = block.endsWithoutDelimiter
    if block.isOversized {
      result.records.append(.init(byteOffset: block.byteOffset, bytes: nil))
      continue
    }
    append(block, source.specification.format.separator, limits, &result)
  }
  precondition(block.count == 0)
  return result
}

/// Frames a block's records as the record path does: a record over the limit is as good as none.
private func append(
  _ block: borrowing Block, _ separator: UInt8?, _ limits: Limits, _ result: inout ReadSource
) {
  var start = 0
  var scan = DelimitedFraming.Scan()
  while start < block.count {
    let end =
      if let separator {
        DelimitedFraming.endOfRecord(
          block.base, from: start, to: block.count, separator: separator, scan: &scan)
      } else {
        NewlineFraming.endOfRecord(block.base, from: start, to: block.count)
      }
    var bytes = Array(block.bytes[start..<(end ?? block.count)])
    if bytes.last == 0x0A { bytes.removeLast() }
    if bytes.last == 0x0D { bytes.removeLast() }
    let isTooLong = bytes.count > limits.recordByteCountMax
    result.records.append(
      .init(byteOffset: block.byteOffset + UInt64(start), bytes: isTooLong ? nil : bytes))
    start = end ?? block.count
  }
}

/// A generator whose seed a failing test prints.
struct FramingGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  // SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
    return word ^ (word >> 31)
  }
}

/// The error that a piece of work ends with, or nil.
func sourceFailure(_ work: () throws -> Void) -> SluiceError? {
  do {
    try work()
    return nil
  } catch {
    return error as? SluiceError
  }
}
