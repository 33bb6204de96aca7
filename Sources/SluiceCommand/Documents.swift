import Glibc
import Sluice
import SluiceCrypto

/// Reads the documents of a run from their files; every problem of every document is told before the run stops.
struct Documents {
  private(set) var problems = ProblemList()

  /// The longest document, in bytes: nobody writes more by hand, and a wrong path ends here.
  static let byteCountMax = 16 << 20

  /// The bytes of a file, or an error with status 3.
  static func bytes(_ path: String) throws(SluiceError) -> [UInt8] {
    do throws(SmallFile.Failure) {
      return try SmallFile.read(path, byteCountMax: byteCountMax)
    } catch {
      switch error {
      case .refused(ENOENT), .refused(ENOTDIR):
        throw SluiceError(
          .document, "document-missing", "there is no such file; check the path", source: path)
      case .refused(let code):
        throw SluiceError(
          .document, "document-unreadable",
          "the file cannot be read (\(SystemFailure.reason(code))); give the path of a file that this user may read",
          source: path)
      case .tooLong:
        throw SluiceError(
          .document, "document-too-long", "the file is longer than a document may be; check the path",
          source: path)
      }
    }
  }

  static func name(_ path: String) -> String {
    SourceSpecification.printable(
      path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(Substring($0)) } ?? "")
  }

  /// The names in a folder that end in `.yaml`, in order.
  ///
  /// A name that means a document and does not end so is a problem: what was passed over may be what pauses a
  /// jurisdiction. Others (a README.md, an editor's copies `NAME~` and `#NAME#`, hidden ones) are passed over.
  static func names(in folder: String, problems: inout ProblemList) throws -> [String] {
    let names = try entries(in: folder, .document, "document")
    for name in names where isMisnamed(name) {
      problems.error(
        "document-name",
        "only a file whose name ends in “.yaml” is read here, so this one would be passed over; rename it, or "
          + "move it away",
        at: Position(file: self.name(name)))
    }
    return names.filter { $0.hasSuffix(".yaml") }
  }

  /// Whether a name holds `.yaml` or `.yml`, in letters of any case, and yet does not end in `.yaml`.
  private static func isMisnamed(_ name: String) -> Bool {
    let folded = name.lowercased()
    return !name.hasSuffix(".yaml") && !name.hasSuffix("~") && !name.hasPrefix("#")
      && (folded.contains(".yaml") || folded.contains(".yml"))
  }

  /// The folders in a folder, in the order of their names.
  static func folders(in folder: String) throws -> [String] {
    try entries(in: folder, .input, "folder").filter { name in
      var status = stat()
      return stat("\(folder)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
  }

  /// The names in a folder in order, without hidden ones. `code`: what the code of an error begins with.
  private static func entries(
    in folder: String, _ status: SluiceError.Status, _ code: String
  ) throws(SluiceError) -> [String] {
    guard let stream = opendir(folder) else {
      throw SluiceError(
        status, "\(code)-missing",
        "the folder cannot be opened (\(SystemFailure.reason(errno))); check the path",
        source: folder)
    }
    // What is read in part would lack policies, the one that pauses a jurisdiction among them, or packets.
    guard let names = FolderNames.read(stream) else {
      throw SluiceError(
        status, "\(code)-unreadable",
        "the folder cannot be read to its end (\(SystemFailure.reason(errno))); check the disk and run again",
        source: folder)
    }
    return names.filter { $0.first != UInt8(ascii: ".") }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// What a sources document lists; which schemas to read hangs on it, so its problems stop the run at once.
  mutating func listings(_ path: String) throws -> [SourceListing] {
    let listings = SourcesDocument.read(try Self.bytes(path), file: Self.name(path), problems: &problems)
    guard let listings else { throw stop() }
    return listings
  }

  /// The kinds of the schemas, or nil where one of them does not load: then no policy can be read against them.
  private mutating func catalog(_ paths: [String]) throws -> Catalog? {
    let before = problems.errorCount
    var schemas: [Schema] = []
    for path in paths {
      if let schema = SchemaDocument.read(try Self.bytes(path), file: Self.name(path), problems: &problems) {
        schemas.append(schema)
      }
    }
    guard problems.errorCount == before else { return nil }
    let catalog = Catalog(schemas: schemas, problems: &problems)
    return problems.errorCount == before ? catalog : nil
  }

  /// `label`: what problems call the folder where there is another one.
  private mutating func policies(
    _ folder: String, catalog: Catalog, now: Instant, needed: Set<String>?, label: String = ""
  ) throws -> PolicySet? {
    let names = try Self.names(in: folder, problems: &problems)
    let files = try names.map { (name: Self.name($0), bytes: try Self.bytes(folder + "/" + $0)) }
    return PolicySet.read(
      files: files, catalog: catalog, now: now, needed: needed, folder: label, problems: &problems)
  }

  /// Schemas and the policies held against them, or nil where one of them does not load; every problem is kept.
  mutating func load(
    schemas: [String], policies folder: String, now: Instant, needed: Set<String>?
  ) throws -> (catalog: Catalog, policies: PolicySet)? {
    guard let catalog = try catalog(schemas),
      let set = try policies(folder, catalog: catalog, now: now, needed: needed)
    else { return nil }
    return (catalog, set)
  }

  /// Schemas and policies for a verb that goes on only where every document read so far loads. `check`: of what was
  /// read before, what only the schemas can tell.
  mutating func rules(
    schemas: [String], policies folder: String, now: Instant, needed: Set<String>?,
    check: (Catalog, inout ProblemList) -> Void = { _, _ in }
  ) throws -> (Catalog, PolicySet) {
    let loaded = try load(schemas: schemas, policies: folder, now: now, needed: needed)
    if let loaded { check(loaded.catalog, &problems) }
    return try goOn(with: loaded)
  }

  /// Schemas and two folders of policies held against them, whole and to be compared: every document of both must load.
  mutating func comparedRules(
    schemas: [String], old: String, new: String, now: Instant,
    check: (Catalog, inout ProblemList) -> Void
  ) throws -> (catalog: Catalog, old: PolicySet, new: PolicySet) {
    guard let catalog = try catalog(schemas) else { throw stop() }
    check(catalog, &problems)
    let oldSet = try policies(old, catalog: catalog, now: now, needed: nil, label: "old/")
    let newSet = try policies(new, catalog: catalog, now: now, needed: nil, label: "new/")
    return try goOn(with: oldSet.flatMap { old in newSet.map { (catalog, old, $0) } })
  }

  /// Tells what is to be warned of, and gives back what was loaded; stops where anything is missing or wrong.
  private func goOn<Loaded>(with loaded: Loaded?) throws -> Loaded {
    guard let loaded, !problems.hasErrors else { throw stop() }
    for problem in problems.inOrder { Terminal.note(problem.description) }
    return loaded
  }

  /// The demand documents that arguments name: a folder stands for those in it, in the order of their names.
  private mutating func demandFiles(_ arguments: [String]) throws -> [String] {
    try arguments.flatMap { argument -> [String] in
      var status = stat()
      guard stat(argument, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [argument] }
      let before = problems.errorCount
      let names = try Self.names(in: argument, problems: &problems)
      guard !names.isEmpty || problems.errorCount > before else {
        throw SluiceError(
          .document, "demands-missing", "no document in the folder ends in .yaml; check the path",
          source: argument)
      }
      return names.map { "\(argument)/\($0)" }
    }
  }

  mutating func demands(_ arguments: [String], limits: Limits, workerCount: Int) throws -> [Demand] {
    let paths = try demandFiles(arguments)
    guard paths.count <= limits.demandCountMax else {
      throw SluiceError(
        .limit, "demand-count",
        "there are more demands than --demands-max allows; raise it, or split the batch")
    }
    return try DemandBatch.read(paths, workerCount: workerCount, problems: &problems) {
      (path, problems) throws(SluiceError) in
      let folder = PathParts(path).folder
      return DemandDocument.read(
        try Self.bytes(path), file: Self.name(path), problems: &problems,
        documentDigest: { document in
          let place = document.hasPrefix("/") ? document : folder + "/" + document
          return ServedDocument.digest(ofFile: place)
        })
    }
  }

  /// Tells every problem and returns the error to end with.
  private func stop() -> SluiceError {
    for problem in problems.inOrder { Terminal.say(problem.description) }
    return SluiceError(
      .document, "documents",
      "\(problems.errorCount) problems in the documents, told above; no record was read; correct them "
        + "and run again"
    )
  }
}
