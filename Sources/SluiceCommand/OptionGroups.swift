import ArgumentParser
import Glibc
import Sluice

/// How the command speaks.
struct TalkOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Say nothing on standard error but errors.") var quiet = false

  func apply() { Terminal.isQuiet = quiet }
}

/// In what form the result is written.
struct ResultOptions: ParsableArguments {
  @Flag(help: "Write the result as JSON.") var json = false
}

/// The instant of the run.
struct ClockOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The instant of production, RFC 3339, instead of the clock's.", valueName: "instant"))
  var now: String?

  func instant() throws -> Instant { try Self.instant(now, "--now") }

  /// The instant that an option gives, or else the clock's.
  static func instant(_ text: String?, _ flag: String) throws -> Instant {
    guard let text else {
      var time = timespec()
      clock_gettime(CLOCK_REALTIME, &time)
      // Years 1 to 9999: what a document can say.
      guard (-62_135_596_800...253_402_300_799).contains(time.tv_sec) else {
        throw SluiceError(
          .document, "clock-range", "the system's clock is in no year from 1 to 9999; set it, or give --now")
      }
      return Instant(seconds: Int64(time.tv_sec))
    }
    guard let instant = Instant(rfc3339: text) else {
      throw ValidationError("\(flag) takes an RFC 3339 date-time, for example 2026-10-05T00:00:00Z")
    }
    return instant
  }

  /// The instant that an option gives; nil where it is not given.
  static func given(_ text: String?, _ flag: String) throws -> Instant? {
    try text.map { try instant($0, flag) }
  }
}

/// Which records are read, and in what manner.
struct RecordOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files or folders of records, or - for standard input.", valueName: "path"))
  var records: [String] = []

  @Option(help: ArgumentHelp("A sources document instead of --records.", valueName: "file"))
  var sources: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Schemas; the first describes --records.", valueName: "file"))
  var schema: [String] = []

  @Option(
    help: ArgumentHelp("The format of --records, where names do not tell it.", valueName: "ndjson|csv|tsv"))
  var recordsFormat: String?

  /// The schema files: those given, then those that the sources document names.
  func schemaFiles(_ listings: [SourceListing]) -> [String] {
    var files = schema
    let folder = sources.map { PathParts($0).folder } ?? "."
    for listing in listings {
      let path = listing.schemaFile.hasPrefix("/") ? listing.schemaFile : folder + "/" + listing.schemaFile
      if !files.contains(where: { $0 == path || Self.isSame($0, path) }) { files.append(path) }
    }
    return files
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_ino == second.st_ino
      && first.st_dev == second.st_dev
  }

  /// What the sources document lists; empty where --records is used.
  func listings(_ documents: inout Documents) throws -> [SourceListing] {
    guard let sources else {
      guard !records.isEmpty else { throw ValidationError("give --records or --sources") }
      guard !schema.isEmpty else { throw ValidationError("--records needs a --schema") }
      return []
    }
    guard records.isEmpty else { throw ValidationError("give either --records or --sources") }
    return try documents.listings(sources)
  }

  func format() throws -> SourceFormat? {
    switch recordsFormat {
    case nil: return nil
    case "ndjson": return .ndjson
    case "csv": return .csv
    case "tsv": return .tsv
    default: throw ValidationError("--records-format is ndjson, csv or tsv")
    }
  }

  /// The sources of the run; nothing of them is opened.
  func specifications(_ listings: [SourceListing], schemaFiles: [String]) throws -> [SourceSpecification] {
    var found: [SourceSpecification] = []
    if listings.isEmpty {
      found = try SourceList.expand(paths: records, schemaIndex: 0, format: try format())
    }
    let folder = sources.map { PathParts($0).folder } ?? "."
    for listing in listings {
      let schemaPath =
        listing.schemaFile.hasPrefix("/") ? listing.schemaFile : folder + "/" + listing.schemaFile
      let index = schemaFiles.firstIndex { $0 == schemaPath || Self.isSame($0, schemaPath) } ?? 0
      let path =
        listing.path == "-" || listing.path.hasPrefix("/") ? listing.path : folder + "/" + listing.path
      let format: SourceFormat? =
        switch listing.format {
        case .ndjson: .ndjson
        case .csv: .csv
        case .tsv: .tsv
        case nil: nil
        }
      var list = try SourceList.expand(paths: [path], schemaIndex: index, format: format)
      for place in list.indices {
        for value in listing.values { list[place].values[value.field] = value.text }
      }
      found += list
    }
    try SourceList.refuseRepeated(found)
    return found
  }
}

/// How a run works, and its limits.
struct RunOptionGroup: ParsableArguments {
  @Option(help: ArgumentHelp("Threads (default: one a processor).", valueName: "count"))
  var workers: Int?

  @Flag(help: "Fail on records and fields that the schema does not know.") var strict = false

  @Option(help: ArgumentHelp("Records read for each one that may be rejected.", valueName: "count"))
  var maxRejected = Limits().recordsPerRejected

  @Option(help: ArgumentHelp("Bytes of a record.", valueName: "bytes")) var recordBytes = Limits()
    .recordByteCountMax
  @Option(help: ArgumentHelp("Bytes of a block of records.", valueName: "bytes")) var blockBytes = Limits()
    .blockByteCount
  @Option(help: ArgumentHelp("Bytes of a string.", valueName: "bytes")) var stringBytes = Limits()
    .stringByteCountMax
  @Option(help: ArgumentHelp("Bytes of a number.", valueName: "bytes")) var numberBytes = Limits()
    .numberByteCountMax
  @Option(help: ArgumentHelp("Nested objects and arrays.", valueName: "count")) var depth = Limits().depthMax
  @Option(help: ArgumentHelp("Members of an object.", valueName: "count")) var members = Limits()
    .memberCountMax
  @Option(help: ArgumentHelp("Elements of an array.", valueName: "count")) var elements = Limits()
    .elementCountMax
  @Option(help: ArgumentHelp("Names of unknown fields kept a source.", valueName: "count"))
  var unknownNames = Limits().unknownNameCountMax
  @Option(help: ArgumentHelp("Unpacked bytes for each compressed one.", valueName: "count"))
  var compressionRatio = Limits().compressionRatioMax
  @Option(help: ArgumentHelp("Demands in a batch.", valueName: "count")) var demandsMax = Limits()
    .demandCountMax
  @Option(help: ArgumentHelp("Bytes of released rows held in memory.", valueName: "bytes"))
  var spoolBytes = Limits().spoolByteCountMax
  @Option(
    help: ArgumentHelp(
      "Bytes of the leak gate's filter: 1.5 for each value that a packet withholds.", valueName: "bytes"))
  var leakGateBytes = Limits().leakGateByteCount

  func validate() throws {
    let counts = [
      recordBytes, stringBytes, numberBytes, depth, members, elements, compressionRatio, demandsMax,
      spoolBytes, leakGateBytes,
      maxRejected, workers ?? 1,
    ]
    guard counts.allSatisfy({ $0 > 0 }), unknownNames >= 0 else {
      throw ValidationError("a limit is at least 1")
    }
    guard recordBytes <= 1 << 26 else { throw ValidationError("--record-bytes is at most 64 MiB") }
    guard (4096...(64 << 20)).contains(blockBytes) else {
      throw ValidationError("--block-bytes lies between 4 KiB and 64 MiB")
    }
    guard (workers ?? 1) <= 256 else { throw ValidationError("--workers is at most 256") }
    guard depth <= 256 else { throw ValidationError("--depth is at most 256") }
  }

  var limits: Limits {
    var limits = Limits()
    limits.recordByteCountMax = recordBytes
    limits.blockByteCount = blockBytes
    limits.stringByteCountMax = stringBytes
    limits.numberByteCountMax = numberBytes
    limits.depthMax = depth
    limits.memberCountMax = members
    limits.elementCountMax = elements
    limits.unknownNameCountMax = unknownNames
    limits.compressionRatioMax = compressionRatio
    limits.demandCountMax = demandsMax
    limits.spoolByteCountMax = spoolBytes
    limits.leakGateByteCount = leakGateBytes
    limits.recordsPerRejected = maxRejected
    return limits
  }

  /// As many threads as asked for, else as many as there are processors.
  var workerCount: Int { workers ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

  func options(digestsSources: Bool = false) -> RunOptions {
    RunOptions(
      limits: limits, workerCount: workerCount, isStrict: strict,
      digestsSources: digestsSources,
      onProgress: Terminal.progress)
  }
}

extension RecordFormat: ExpressibleByArgument {}
