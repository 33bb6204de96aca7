import SluiceCrypto

/// A packet in the making: takes the released rows of one granted demand and seals them, whole or not at all.
///
/// Everything is written in the run's partial folder, files 0600 and folders 0700: a packet holds personal
/// data, and who hands it over decides who else may read it. Modes and times are not part of a packet's
/// digest. Sealing reads the records back and writes the files that are made of them, syncs, reads everything else
/// back, verifies it and then renames it to its place, each a step of its own, so that many packets can share one
/// sync; a packet that is let go of before is removed. Used by one thread at a time.
public final class PacketWriter {
  private enum State {
    case open
    case written(SealedPacket)
    case sealed, discarded
  }

  let ruling: GrantedRuling
  let facts: RunFacts
  let planTexts: PlanTexts
  private let key: PublishedKey
  private let partial: PartialPacket
  private let memory: SpoolMemory
  /// In the order of the plan's kinds; nil where no row came yet.
  private var spools: [RowSpool?]
  private var state = State.open
  /// The files of records, written and read back, by path.
  private var records: [String: ReportFacts.RecordsFile] = [:]
  /// Where what is read back is searched for leaks, and the packet's index there.
  private var leaks: (gate: LeakGate, packet: Int)?
  /// What the demand names, which no search takes for a leak.
  private var named: Set<UInt64> = []
  /// The page as it was written.
  private var page: BagEntry?

  /// Makes a writer; nothing is on disk yet.
  ///
  /// `key` is what the packet publishes of its case key (design: section 3.6). Throws status 3 where a text of the
  /// schema, policy or demand cannot be written into a packet, so that it is known before any record is read.
  public convenience init(
    ruling: GrantedRuling, facts: RunFacts, key: PublishedKey, in folder: PacketFolder,
    spool memory: SpoolMemory
  ) throws(SluiceError) {
    try self.init(
      ruling: ruling, facts: facts, key: key, in: folder, spool: memory,
      planTexts: try PlanTexts(ruling.plan, facts.format))
  }

  /// The same for one of many packets that share what their plan makes them say.
  init(
    ruling: GrantedRuling, facts: RunFacts, key: PublishedKey, in folder: PacketFolder,
    spool memory: SpoolMemory, planTexts: PlanTexts
  ) throws(SluiceError) {
    let name = ruling.demand.packetName
    try PacketFolder.checkName(name)
    self.ruling = ruling
    self.facts = facts
    self.planTexts = planTexts
    self.key = key
    let partial = PartialPacket(name: name, in: folder)
    self.partial = partial
    self.memory = memory
    spools = Array(repeating: nil, count: ruling.plan.kinds.count)
    _ = try checkedTexts(ruling.plan.kinds.map { _ in SmallCounts(KindTally(), smallest: 0) })
  }

  deinit { discard() }

  /// The packet's folder: the reference, or `REFERENCE.2` for a further part.
  public var name: String { partial.name }

  /// Takes rows of one kind that the transform stage released for this packet, in source order.
  func append(_ rows: consuming ReleasedRows) throws(SluiceError) {
    try append(kindIndex: rows.kindIndex, rows: rows.bytes)
  }

  /// Takes encoded rows of a kind, whole and in source order; `kindIndex` is the catalog's.
  ///
  /// Throws status 6 once rows of this packet could not be written; nothing of it is left then.
  package func append(kindIndex: Int, rows: UnsafeRawBufferPointer) throws(SluiceError) {
    guard case .open = state else { preconditionFailure("a sealed or discarded packet takes no rows") }
    guard !rows.isEmpty else { return }
    guard let index = ruling.plan.kinds.firstIndex(where: { $0.kindIndex == kindIndex }),
      ruling.plan.kinds[index].hasFile
    else {
      throw Self.bug("rows-unplanned", "Rows were released of a kind of which the plan releases nothing.")
    }
    try spool(index).append(rows)
  }

  private func spool(_ place: Int) -> RowSpool {
    if let spool = spools[place] { return spool }
    let spool = RowSpool(ruling, kind: place, format: facts.format, memory: memory, partial: partial)
    spools[place] = spool
    return spool
  }

  /// Seals the packet and publishes it: every step in turn, for a packet alone.
  public func seal(_ tally: PacketTally, hasUnreadable: Bool) throws(SluiceError) -> SealedPacket {
    try write(tally, hasUnreadable: hasUnreadable)
    try sync()
    try verify()
    let sealed = try publish()
    try partial.folder.sync()
    return sealed
  }

  /// Writes every file of the packet, and reads its records back: what the page draws is counted then. Throws status 1
  /// where the counts do not add up or do not agree with the rows, and status 6 where the packet could not be written or does
  /// not read back; nothing of it is left then.
  ///
  /// What is read back, here and in `verify`, is searched for leaks; `index` is the packet's in the run. `readerCount`: how
  /// many threads read a long file.
  package func write(
    _ tally: PacketTally, hasUnreadable: Bool, leakGate: LeakGate? = nil, packet index: Int = 0,
    readerCount: Int = 1
  ) throws(SluiceError) {
    guard case .open = state else { preconditionFailure("a packet is sealed once") }
    leaks = leakGate.map { ($0, index) }
    try orNothing { () throws(SluiceError) in
      state = .written(try writeFiles(tally, hasUnreadable, readerCount))
    }
  }

  /// What was written and waits to be published.
  var writtenPacket: SealedPacket {
    guard case .written(let packet) = state else { preconditionFailure("a packet that is written") }
    return packet
  }

  /// Makes what was written last, for this packet alone.
  func sync() throws(SluiceError) { try orNothing { () throws(SluiceError) in try partial.sync() } }

  /// Reads everything else back and verifies the packet before it is published: a disk can take bytes and not have them.
  package func verify() throws(SluiceError) {
    guard case .written(let packet) = state else { preconditionFailure("a written packet is verified") }
    try orNothing { () throws(SluiceError) in
      try readBack { () throws(SluiceError) in try verify(digest: packet.digest) }
    }
  }

  /// Where in one of the packet's files a leak stands, before the packet is published.
  func leakPlace(in path: String, at byteOffset: Int) throws(SluiceError) -> LeakPlace {
    try LeakPlace(
      at: byteOffset, of: path, file: "\(name)/\(path)", in: partial.descriptor, partial.layer)
  }

  /// Moves the packet to its place. Throws status 6 where something lies there. The names in the output folder
  /// must be synced afterwards.
  func publish() throws(SluiceError) -> SealedPacket {
    guard case .written(let packet) = state else { preconditionFailure("a written packet is published") }
    try orNothing { () throws(SluiceError) in try partial.publish() }
    state = .sealed
    records = [:]
    named = []
    return packet
  }

  /// Does a step; where it fails nothing of the packet is left.
  private func orNothing(_ step: () throws(SluiceError) -> Void) throws(SluiceError) {
    do { try step() } catch {
      discard()
      throw error
    }
  }

  /// Removes everything that was written. Does nothing to a packet that is sealed.
  public func discard() {
    switch state {
    case .sealed, .discarded: return
    case .open, .written: state = .discarded
    }
    for spool in spools { spool?.abandon() }
    // What cannot be removed lies in the run's partial folder, which does not verify and goes with the run.
    try? partial.remove()
  }

  private func writeFiles(
    _ tally: PacketTally, _ hasUnreadable: Bool, _ readerCount: Int
  ) throws(SluiceError) -> SealedPacket {
    try checkConservation(tally)
    let kinds = ruling.plan.kinds
    let counts = kinds.map { SmallCounts(tally.kinds[$0.kindIndex], smallest: ruling.smallestCount) }

    let demand = demandFile
    let search = leaks.map { LeakSearch($0.gate, packet: $0.packet, demand: demand.bytes) }
    named = search?.named ?? []
    var payload: [BagEntry] = []
    let reader = RecordsReadBack(layer: partial.layer, leakSearch: search, readerCount: readerCount)
    for place in kinds.indices where kinds[place].hasFile {
      let file = try spool(place).finish(planTexts.columns[place])
      let path = file.entry.path
      records[path] = try readBack { () throws(SluiceError) in
        try reader.read(file, from: "\(name)/\(path)", at: partial.descriptor)
      }
      payload.append(file.entry)
    }
    let side = try sideFiles(
      demand: demand, counts: counts, records: payload, hasUnreadable)
    for file in side { payload.append(try writeFile(file.path, file.bytes)) }
    let page = try writeFile(PacketReport.path, try report(side, Array(records.values)))
    payload.append(page)
    self.page = page
    let information = Bag.information(
      packetName: name, facts: facts, payload: payload, hasUnreadable: hasUnreadable)
    let tags = [
      try writeFile(Bag.declarationName, Bag.declaration),
      try writeFile(Bag.informationName, information),
      try writeFile(Bag.manifestName, Bag.manifest(payload)),
    ]
    let tagManifestBytes = Bag.manifest(tags)
    let tagManifest = try writeFile(Bag.tagManifestName, tagManifestBytes)
    let signature = try signature(of: tagManifestBytes).map { bytes throws(SluiceError) in
      try writeFile(Bag.signatureName, bytes)
    }

    try partial.removeRows()
    return SealedPacket(
      name: name, digest: tagManifest.digest,
      kinds: kinds.map { SealedPacket.KindCounts(kind: $0.kind.name, tally: tally.kinds[$0.kindIndex]) },
      byteCount: (payload + tags + [tagManifest] + (signature.map { [$0] } ?? [])).reduce(0) {
        $0 + $1.byteCount
      },
      isSigned: signature != nil)
  }

  /// The run's signer's signature; nil where nobody signs.
  private func signature(of tagManifest: [UInt8]) throws(SluiceError) -> [UInt8]? {
    guard let signer = facts.signer else { return nil }
    do { return try signer.sign(tagManifest, at: facts.now.seconds) } catch { throw SluiceError(error) }
  }

  /// Guarantee 7, before anything is sealed.
  private func checkConservation(_ tally: PacketTally) throws(SluiceError) {
    for (index, kind) in tally.kinds.enumerated() {
      guard kind.isConserved else {
        throw Self.bug("not-conserved", "The records that the packet reached are not all accounted for.")
      }
      let place = ruling.plan.kinds.firstIndex { $0.kindIndex == index }
      guard place != nil || kind == KindTally() else {
        throw Self.bug("tally-unplanned", "Records were counted of a kind that the plan does not name.")
      }
      let rowCount = place.flatMap { spools[$0]?.rowCount } ?? 0
      guard kind.released == rowCount else {
        throw Self.bug("rows-miscounted", "The rows written are not as many as the records released.")
      }
    }
    guard ruling.plan.kinds.allSatisfy({ tally.kinds.indices.contains($0.kindIndex) }) else {
      throw Self.bug("tally-short", "The tally has no entry for a kind of the plan.")
    }
  }

  /// report.html, made of the other files as anyone can make it again.
  func report(
    _ side: [SideFiles.File], _ records: [ReportFacts.RecordsFile]
  ) throws(SluiceError) -> [UInt8] {
    do throws(SluiceError) {
      return PacketReport(try ReportFacts(SideFiles(side), records: records)).page
    } catch {
      throw Self.bug("report-unmade", "The packet's page could not be made from its files.")
    }
  }

  /// Every side file of the payload with its bytes, but for the page that is made of them.
  func sideFiles(
    demand: SideFiles.File, counts: [SmallCounts], records: [BagEntry], _ hasUnreadable: Bool
  ) throws(SluiceError) -> [SideFiles.File] {
    let (texts, tables) = try checkedTexts(counts)
    let provenance = statements.provenance(counts, hasUnreadable: hasUnreadable)
    return tables + [
      SideFiles.File("data/README.txt", texts.readme(hasUnreadable: hasUnreadable)),
      SideFiles.File("data/certificate.txt", texts.certificate(records: records)),
      demand, SideFiles.File("data/provenance.json", provenance),
    ]
  }

  /// All that a text of the schema, policy or demand may be unfit for; in JSON any can stand.
  private func checkedTexts(
    _ counts: [SmallCounts]
  ) throws(SluiceError) -> (texts: PacketTexts, tables: [SideFiles.File]) {
    let texts = try PacketTexts(ruling: ruling, facts: facts, planTexts: planTexts)
    let tables = PacketTables(ruling: ruling)
    return (
      texts,
      [
        SideFiles.File("data/fields.csv", planTexts.fields),
        SideFiles.File("data/reconciliation.csv", try tables.reconciliation(counts)),
        SideFiles.File("data/withheld.csv", try tables.withheld(counts)),
      ]
    )
  }

  var demandFile: SideFiles.File { SideFiles.File("data/demand.json", statements.demand()) }

  private func writeFile(_ path: String, _ bytes: [UInt8]) throws(SluiceError) -> BagEntry {
    let file = try partial.file(path)
    try file.append(bytes)
    return try file.finish(as: path)
  }

  private var statements: PacketStatements {
    PacketStatements(ruling: ruling, facts: facts, key: key)
  }

  private func verify(digest: [UInt8]) throws(SluiceError) {
    var verifier = PacketVerifier(layer: partial.layer)
    // Made anew: many packets are between one reading and the next, and a search takes more memory than they.
    verifier.leakSearch = leaks.map { LeakSearch($0.gate, packet: $0.packet, named: named) }
    let verified = try verifier.verify(
      name, at: partial.descriptor, named: name, records: records, page: page)
    guard verified.digest == digest else {
      throw SluiceError(.output, "read-back", "its list of files is not the one that was written.")
    }
    guard verified.signature?.fingerprint == facts.signer?.fingerprint else {
      throw SluiceError(.output, "read-back", "its signature is not the one that was written.")
    }
  }

  /// Does a step of reading back; whatever it throws says that the packet does not.
  private func readBack<Result>(_ step: () throws(SluiceError) -> Result) throws(SluiceError) -> Result {
    do throws(SluiceError) { return try step() } catch {
      throw SluiceError(
        .output, "read-back",
        "Packet \(name) was written but does not read back as written: \(error.message) Check the disk "
          + "and run again.")
    }
  }

  private static func bug(_ code: String, _ message: String) -> SluiceError {
    SluiceError(.bug, code, "\(message) Nothing is sealed; please report this.")
  }
}

/// A packet that lies at its place, verified.
public struct SealedPacket: Equatable, Sendable {
  /// The exact counts of one kind, for the operator and the register; the packet itself merges small ones.
  public struct KindCounts: Equatable, Sendable {
    /// The kind's name in its schema.
    public let kind: String
    /// `reached = released + withheld + rejected` holds.
    public let tally: KindTally
  }

  /// The packet's folder: the reference, or `REFERENCE.2` for a further part.
  public let name: String
  /// SHA-256 of tagmanifest-sha256.txt.
  public let digest: [UInt8]
  /// In the order of the plan.
  public let kinds: [KindCounts]
  /// Bytes of all files.
  public let byteCount: Int
  /// Whether its tag manifest is signed.
  public let isSigned: Bool
}
