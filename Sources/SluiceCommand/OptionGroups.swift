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

  /// Refuses an instant given that lies before a demand was received: one of both is wrong.
  func check(_ demands: [Demand], _ now: Instant) throws(SluiceError) {
    guard self.now != nil, let early = demands.first(where: { now < $0.received }) else { return }
    throw SluiceError(
      .document, "clock-before-received", "--now lies before the demand was received; correct one of both",
      source: early.file)
  }

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

  /// Whether they name any records.
  var isGiven: Bool { !records.isEmpty || sources != nil }

  /// What these options name, before anything of it but the sources document is opened.
  func inputs(_ documents: inout Documents) throws -> RecordInputs {
    let listings = try listings(&documents)
    var files = schema
    let indices = listings.map { listing in
      let path = besideSources(listing.schemaFile)
      if let known = files.firstIndex(where: { $0 == path || Self.isSame($0, path) }) { return known }
      files.append(path)
      return files.count - 1
    }
    return RecordInputs(listings: listings, schemaFiles: files, schemaIndices: indices)
  }

  /// A path as the sources document writes it, from here.
  private func besideSources(_ path: String) -> String {
    guard let sources, !path.hasPrefix("/") else { return path }
    return PathParts(sources).folder + "/" + path
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    var (first, second) = (stat(), stat())
    return stat(left, &first) == 0 && stat(right, &second) == 0 && first.st_ino == second.st_ino
      && first.st_dev == second.st_dev
  }

  /// What the sources document lists; empty where --records is used.
  private func listings(_ documents: inout Documents) throws -> [SourceListing] {
    guard let sources else {
      guard !records.isEmpty else { throw ValidationError("give --records or --sources") }
      guard !schema.isEmpty else { throw ValidationError("--records needs a --schema") }
      return []
    }
    guard records.isEmpty else { throw ValidationError("give either --records or --sources") }
    return try documents.listings(sources)
  }

  private func format() throws -> SourceFormat? {
    guard let recordsFormat else { return nil }
    guard let format = SourceFormat(rawValue: recordsFormat) else {
      throw ValidationError("--records-format is ndjson, csv or tsv")
    }
    return format
  }

  /// The sources of the run; nothing of them is opened.
  func specifications(_ inputs: RecordInputs) throws -> [SourceSpecification] {
    var found: [SourceSpecification] = []
    if inputs.listings.isEmpty {
      found = try SourceList.expand(paths: records, schemaIndex: 0, format: try format())
    }
    for (listing, schemaIndex) in zip(inputs.listings, inputs.schemaIndices) {
      let path = listing.path == "-" ? "-" : besideSources(listing.path)
      var list = try SourceList.expand(paths: [path], schemaIndex: schemaIndex, format: listing.format)
      for place in list.indices {
        for value in listing.values { list[place].values[value.field] = value.text }
      }
      found += list
    }
    try SourceList.refuseRepeated(found)
    return found
  }
}

/// The records of a run as its options and its sources document name them.
struct RecordInputs {
  /// Empty where --records is used.
  let listings: [SourceListing]
  /// Those given, then those that only the sources document names.
  let schemaFiles: [String]
  /// Which of them describes each listing.
  let schemaIndices: [Int]

  /// Adds a problem for each constant that no field takes.
  func check(_ catalog: Catalog, _ problems: inout ProblemList) {
    for (listing, index) in zip(listings, schemaIndices) {
      listing.checkValues(against: catalog.schemas[index], &problems)
    }
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

  /// Each limit by its flag, with what it may be. No more than is said here can come up, so that no sum of limits
  /// overflows and no table is larger than a machine.
  private var ranges: [(flag: String, value: Int, range: ClosedRange<Int>)] {
    let recordBytesMax = 64 << 20
    return [
      ("--workers", workers ?? 1, 1...256), ("--max-rejected", maxRejected, 1...(1 << 40)),
      ("--record-bytes", recordBytes, 1...recordBytesMax),
      ("--block-bytes", blockBytes, 4096...(64 << 20)),
      ("--string-bytes", stringBytes, 1...recordBytesMax),
      ("--number-bytes", numberBytes, 1...recordBytesMax), ("--depth", depth, 1...256),
      ("--members", members, 1...recordBytesMax), ("--elements", elements, 1...recordBytesMax),
      ("--unknown-names", unknownNames, 0...(1 << 16)),
      ("--compression-ratio", compressionRatio, 1...(1 << 40)),
      ("--demands-max", demandsMax, 1...(1 << 40)), ("--spool-bytes", spoolBytes, 1...(1 << 40)),
      ("--leak-gate-bytes", leakGateBytes, 1...(1 << 32)),
    ]
  }

  func validate() throws {
    for (flag, value, range) in ranges where !range.contains(value) {
      throw ValidationError("\(flag) is from \(range.lowerBound) to \(range.upperBound)")
    }
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
