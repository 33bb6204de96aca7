import Glibc
import SluiceCrypto

/// Verifies a packet from the disk alone: the bag, every digest, and that the packet agrees with itself.
///
/// Stricter than any BagIt tool: manifests must stand byte for byte as Sluice writes them, nothing may lie in
/// the folder that Sluice does not put there, no record may hold a column that fields.csv does not explain,
/// and the counts must add up to the rows that are there.
public struct PacketVerifier: Sendable {
  let layer: FileLayer
  let trust: SignatureTrust?
  let requiresSignature: Bool
  /// Looks for leaks in a packet that is not published yet.
  var leakSearch: LeakSearch?

  package init(layer: FileLayer, trust: SignatureTrust? = nil, requiresSignature: Bool = false) {
    self.layer = layer
    self.trust = trust
    // Who names a certificate to trust must not be content with a packet whose signature was taken away.
    self.requiresSignature = requiresSignature || trust != nil
  }

  /// Verifies the packet in a folder, which may have been renamed since it was sealed.
  ///
  /// A signature that is there must be one of the packet. With `trust` there must be one, and a trusted certificate
  /// must vouch for its signer; `requiresSignature` alone refuses a packet without one.
  ///
  /// Throws status 8 with a sentence that says what is wrong, or status 5 where the folder cannot be read.
  public static func verify(
    path: String, trust: SignatureTrust? = nil, requiresSignature: Bool = false
  ) throws(SluiceError) -> VerifiedPacket {
    let verifier = PacketVerifier(layer: FileLayer(), trust: trust, requiresSignature: requiresSignature)
    return try verifier.verify(path: path)
  }

  /// Verifies the packet in a folder for its receiver.
  package func verify(path: String) throws(SluiceError) -> VerifiedPacket {
    try verify(path: path, SideFiles(), nil)
  }

  /// The same for one who reads on in what was verified: its side files come into `side`, and a row of its records into
  /// `finder`.
  func verify(path: String, _ side: SideFiles, _ finder: RowFinder?) throws(SluiceError) -> VerifiedPacket {
    do throws(SluiceError) {
      let folder = try layer.openFolder(path)
      guard !PacketFolder.isUnpublished(path) else {
        throw BagReader.wrong("packet-unpublished", "it is the partial one of a run that did not publish it.")
      }
      return try verify(folder, named: nil, side: side, finder: finder)
    } catch {
      throw error.status == .output ? SluiceError(.input, error.code, error.message) : Self.advised(error)
    }
  }

  /// The error with what a receiver can do about a packet that does not verify.
  package static func advised(_ error: SluiceError) -> SluiceError {
    guard error.status == .verification else { return error }
    return SluiceError(
      .verification, error.code, error.message + " Do not rely on it; get it again from its sender.")
  }

  /// Verifies the packet that lies under a name in an open folder. `packetName`: which packet it must be;
  /// `records`: its files of records, by path, where the caller has just written and read them back; `page`: the page that
  /// it has just made of the others and written, which is not made again where it reads back so.
  func verify(
    _ path: String, at folder: Int32, named packetName: String?,
    records: [String: ReportFacts.RecordsFile] = [:], page: BagEntry? = nil
  ) throws(SluiceError) -> VerifiedPacket {
    try verify(try layer.openFolder(path, at: folder), named: packetName, records, page)
  }

  private func verify(
    _ folder: borrowing Descriptor, named packetName: String?,
    _ known: [String: ReportFacts.RecordsFile] = [:], _ page: BagEntry? = nil, side: SideFiles = SideFiles(),
    finder: RowFinder? = nil
  ) throws(SluiceError) -> VerifiedPacket {
    let records = RecordCheck(side, known: known, finder: finder)
    var reader = BagReader(layer: layer)
    reader.leakSearch = leakSearch
    let bag = try reader.verify(folder, visiting: records, known: known.mapValues(\.entry))
    let columns = try records.columnsByKind()
    try checkFiles(bag, columns)
    let information = try BagInformation(bag.tagFiles[Bag.informationName] ?? [])
    guard packetName == nil || information.packetName == packetName else {
      throw BagReader.wrong("packet-name", "it is another packet than the one that belongs here.")
    }
    try checkDemand(side, information.packetName)
    let kinds = try Reconciliation.read(
      reconciliation: side.rows("data/reconciliation.csv", PacketTables.reconciliationColumns),
      withheld: side.rows("data/withheld.csv", PacketTables.withheldColumns))
    try checkCounts(kinds, columns, records)
    let demandDigest = try checkProvenance(side, information, kinds)
    let isOwnPage = page != nil && bag.files[PacketReport.path] == page
    let reportIsCompared = isOwnPage ? true : try checkReport(side, bag, columns, records)
    guard let digest = bag.files[Bag.tagManifestName]?.digest else {
      throw BagReader.wrong("packet-files", "there is no tag manifest.")
    }
    let signature = try signature(in: bag.tagFiles)
    return VerifiedPacket(
      name: information.packetName, digest: digest, kinds: kinds,
      demandDigest: demandDigest, packetCase: try PacketCase(side), madeBy: information.agent,
      madeOn: information.day, clockIsGiven: information.clockIsGiven,
      checkpointDigest: information.checkpointDigest,
      hasUnreadable: information.hasUnreadable, reportIsCompared: reportIsCompared,
      fileCount: bag.files.count,
      byteCount: bag.files.values.reduce(0) { $0 + $1.byteCount }, signature: signature)
  }

  /// Nothing is missing, nothing is added, and both manifests are as Sluice writes them.
  private func checkFiles(
    _ bag: BagReader.VerifiedBag, _ columns: [String: RecordCheck.Columns]
  ) throws(SluiceError) {
    let records = columns.values.map(\.path)
    let tags = [Bag.declarationName, Bag.informationName, Bag.manifestName]
    guard
      Set(bag.files.keys).subtracting([Bag.signatureName])
        == Set(Bag.sideFiles + records + tags + [Bag.tagManifestName]),
      bag.folders == (records.isEmpty ? ["data"] : ["data", "data/records"])
    else { throw BagReader.wrong("packet-files", "a file or folder is missing or was added.") }
    func entries(_ paths: [String]) -> [BagEntry] { paths.compactMap { bag.files[$0] } }
    guard bag.tagFiles[Bag.declarationName] == Bag.declaration,
      bag.tagFiles[Bag.manifestName] == Bag.manifest(entries(Bag.sideFiles + records)),
      bag.tagFiles[Bag.tagManifestName] == Bag.manifest(entries(tags))
    else {
      throw BagReader.wrong("packet-manifest", "a manifest is not written as Sluice writes it.")
    }
  }

  /// The demand names the packet: the reference alone, or with its part.
  private func checkDemand(_ side: SideFiles, _ packetName: String) throws(SluiceError) {
    let bytes = side.files["data/demand.json"] ?? []
    func begins(_ reference: Substring, _ part: String) -> Bool {
      bytes.starts(with: "{\n  \"reference\": \"\(reference)\",\n  \"part\": \(part),\n".utf8)
    }
    if begins(packetName[...], "1") { return }
    guard let dot = packetName.lastIndex(of: "."),
      begins(packetName[..<dot], String(packetName[packetName.index(after: dot)...]))
    else { throw BagReader.wrong("packet-demand", "its demand is that of another packet.") }
  }

  /// provenance.json says what bag-info.txt and the counts say. Returns the digest of the demand that it states.
  private func checkProvenance(
    _ side: SideFiles, _ information: BagInformation, _ kinds: [VerifiedPacket.KindCounts]
  ) throws(SluiceError) -> [UInt8]? {
    let provenance = side.json("data/provenance.json")
    let stated = provenance?["kinds"]?.elements?.map { kind in
      [kind["reached"]?.integer, kind["released"]?.integer, kind["withheld-or-rejected"]?.integer]
    }
    guard provenance?["unreadable"]?.string == (information.hasUnreadable ? "some" : "none"),
      provenance?["clock"]?.string == (information.clockIsGiven ? "given" : "system"),
      provenance?["kinds"]?.elements?.map({ $0["kind"]?.string }) == kinds.map(\.kind),
      stated == kinds.map({ [$0.reached, $0.released, $0.reached - $0.released] })
    else {
      throw BagReader.wrong("packet-provenance", "data/provenance.json does not say what other files say.")
    }
    return provenance?["demand-sha256"]?.string.flatMap { Base16.decode($0, count: SHA256.byteCount) }
  }

  /// The rows that are there are as many as the counts say, kind by kind.
  private func checkCounts(
    _ kinds: [VerifiedPacket.KindCounts], _ columns: [String: RecordCheck.Columns], _ records: RecordCheck
  ) throws(SluiceError) {
    guard Set(columns.keys).isSubset(of: kinds.map(\.kind)) else {
      throw BagReader.wrong("packet-counts", "a kind has columns but no counts.")
    }
    for kind in kinds {
      let rowCount = columns[kind.kind].map { records.rows(of: $0.path)?.rowCount } ?? 0
      guard kind.released == rowCount else {
        throw BagReader.wrong("packet-counts", "a records file has not as many rows as were released.")
      }
    }
  }

  /// The page is what the packet's other files make of it. Returns false for a page of another edition, which another
  /// version of Sluice would have to make.
  private func checkReport(
    _ side: SideFiles, _ bag: BagReader.VerifiedBag, _ columns: [String: RecordCheck.Columns],
    _ records: RecordCheck
  ) throws(SluiceError) -> Bool {
    let page = side.files[PacketReport.path] ?? []
    guard let edition = PacketReport.edition(of: page) else { throw Self.otherReport }
    guard edition == PacketReport.edition else { return false }
    let files = columns.values.compactMap { columns -> ReportFacts.RecordsFile? in
      guard let entry = bag.files[columns.path], let rows = records.rows(of: columns.path) else { return nil }
      return (entry, rows)
    }
    guard PacketReport(try ReportFacts(side, records: files)).page == page else {
      throw Self.otherReport
    }
    return true
  }

  private static var otherReport: SluiceError {
    BagReader.wrong("packet-report", "\(PacketReport.path) is not what the packet's other files make of it.")
  }
}
