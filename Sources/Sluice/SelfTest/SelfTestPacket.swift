import SluiceCrypto

/// The packet of the self-test: made by the whole of the main job from its own documents, once from NDJSON and once
/// from CSV, and read back.
struct SelfTestPacket {
  /// Its files, by path.
  private let files: PacketForgery.Files
  private let layer: FileLayer
  /// What was seen, as a sentence.
  let outcome: String

  /// Makes and verifies it in `packets` of a folder.
  ///
  /// Throws status 7 where it does not come out as it must, status 6 where the folder cannot be used.
  init(toolVersion: String, in folder: String, _ layer: FileLayer) throws(SluiceError) {
    self.layer = layer
    let job = try Job(toolVersion: toolVersion)
    let place = try layer.openFolder(folder)
    try layer.makeFolder("packets", at: place.number)
    var made: [PacketForgery.Files] = []
    for (format, text) in [(SourceFormat.ndjson, SelfTestDocuments.ndjson), (.csv, SelfTestDocuments.csv)] {
      let path = "\(folder)/packets/\(format)"
      try job.seal(text, format, in: path, at: folder + "/packets")
      made.append(try Self.files(of: path + "/" + SelfTestDocuments.reference, layer))
    }
    let verified = try PacketVerifier.verify(path: "\(folder)/packets/ndjson/\(SelfTestDocuments.reference)")
    let rows = made[0]["data/records/message.ndjson"]
    guard made[0] == made[1], rows == Array(SelfTestDocuments.rows.utf8), made[0].count == verified.fileCount,
      verified.kinds.map(\.reached) == [2], verified.kinds.map(\.released) == [2]
    else {
      throw SelfTestRun.failure(
        "self-test-packet", "the packet of known records does not hold the known rows")
    }
    files = made[0]
    outcome = "\(files.count) files made from NDJSON and from CSV, byte for byte the same, and verified"
  }

  /// Writes the packet, broken in a way, to a new folder.
  func write(_ forgery: PacketForgery, to name: String, at place: borrowing Descriptor) throws(SluiceError) {
    let broken = forgery.applied(to: files)
    guard broken != files else {
      throw SelfTestRun.failure("self-test-tamper", "a packet of which \(forgery.what) is the packet itself")
    }
    for folder in [name, name + "/data", name + "/data/records"] {
      try layer.makeFolder(folder, at: place.number)
    }
    for (path, bytes) in broken {
      let file = try layer.create(name + "/" + path, at: place.number)
      try bytes.withUnsafeBufferPointer { bytes throws(SluiceError) in
        try layer.write(UnsafeRawBufferPointer(bytes), to: file, path)
      }
      try layer.close(file, path)
    }
  }

  /// Every file below a folder.
  private static func files(
    of path: String, _ layer: FileLayer, prefix: String = ""
  ) throws(SluiceError) -> PacketForgery.Files {
    var files: PacketForgery.Files = [:]
    let folder = try layer.openFolder(path)
    for name in try layer.names(in: folder, "the packet") {
      if try layer.status(of: name, at: folder.number)?.sort == .folder {
        let inner = try Self.files(of: path + "/" + name, layer, prefix: prefix + name + "/")
        files.merge(inner) { first, _ in first }
      } else if let bytes = try? SmallFile.read(path + "/" + name) {
        files[prefix + name] = bytes
      }
    }
    return files
  }
}

extension SelfTestPacket {
  /// The main job on the self-test's own documents.
  private struct Job {
    private let catalog: Catalog
    private let ruling: GrantedRuling
    private let facts: RunFacts

    init(toolVersion: String) throws(SluiceError) {
      var problems = ProblemList()
      let now = Instant(seconds: 1_791_158_400)
      func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }
      let schema = SchemaDocument.read(
        bytes(SelfTestDocuments.schema), file: "schema.yaml", problems: &problems)
      let demand = DemandDocument.read(
        bytes(SelfTestDocuments.demand), file: "demand.yaml", problems: &problems,
        documentDigest: { _ in nil })
      guard let schema, let demand else { throw Self.notGranted }
      catalog = Catalog(schemas: [schema], problems: &problems)
      let files = [
        (name: "baseline.yaml", bytes: bytes(SelfTestDocuments.baseline)),
        (name: "US.yaml", bytes: bytes(SelfTestDocuments.policy)),
      ]
      let policies = PolicySet.read(
        files: files, catalog: catalog, now: now, needed: nil, problems: &problems)
      guard let policies, !problems.hasErrors,
        case .granted(let ruling) = Gates.rule(demand, policies: policies, catalog: catalog, now: now)
      else { throw Self.notGranted }
      self.ruling = ruling
      facts = RunFacts(
        toolVersion: toolVersion, now: now, clockIsGiven: true, format: .ndjson,
        schemas: [RunFacts.Document(name: schema.name, digest: schema.digest)],
        baselineDigest: policies.baseline.digest)
    }

    private static let notGranted = SelfTestRun.failure(
      "self-test-packet", "the demand of the self-test is not granted")

    /// Writes the records to a file of their own and seals the packet.
    func seal(
      _ records: String, _ format: SourceFormat, in path: String, at folder: String
    ) throws(SluiceError) {
      let source = "\(folder)/records.\(format)"
      let file = try PartialFile(source)
      try file.append(Array(records.utf8))
      try file.publish()
      let specification = SourceSpecification(
        name: "records", place: .file(path: source), format: format, schemaIndex: 0)
      let packets = try PacketFolder(path: path)
      let outcome = DisclosureRun(
        rulings: [ruling], sources: [specification], catalog: catalog, facts: facts,
        options: RunOptions(workerCount: 1)
      ).seal(rootKey: SelfTestRoot(), in: packets)
      try packets.removePartial()
      if let failure = outcome.failure { throw failure }
      guard case .sealed = outcome.answers.first?.outcome else {
        throw SelfTestRun.failure("self-test-packet", "the packet of the self-test is not sealed")
      }
    }
  }
}
