import Glibc

/// What lies where a packet is to be published.
public enum PacketStanding: Sendable {
  /// Nothing: the packet can be sealed.
  case nothing
  /// A packet of that name that verifies; the demand is answered and is skipped.
  case sealedBefore(VerifiedPacket)
  /// Something that is not that packet or does not verify; the run ends with status 6 before any source opens.
  case unusable(SluiceError)
}

/// The folder that packets are published in, opened once; everything in it is reached by its descriptor.
///
/// While it lives it keeps one folder of its own there, `.sluice-partial-PID`, in which every packet is
/// written before it is published: so a full or read-only disk is found before any record is read, and the
/// last step is a rename within one file system. The folder is locked, so that a later run can tell a dead
/// run's leftover from a living run's work; it removes the first with all it holds and never resumes it.
///
/// Opened and let go by one thread; packets are written, verified and published in it by several.
public final class PacketFolder {
  /// How many partial folders of dead runs were found and removed at the opening; for the operator's report.
  public private(set) var removedLeftoverCount = 0
  /// What a register notes of where this run's packets are to lie.
  public let place: SealingPlace

  package let layer: FileLayer
  package let folder: Descriptor
  private let ownFolder: Partial
  /// Held while a packet is moved to its place, and while the folder is closed to any more.
  private let publishing = Lock()
  private var isClosed = false

  /// The run's own folder of partial packets, open.
  var partial: Int32 { ownFolder.descriptor.number }

  private static let partialPrefix = ".sluice-partial-"

  /// Opens the folder, makes it (owner-only) if its parent is there, and proves that it can be written.
  ///
  /// Throws status 6 for a path that is no folder or is a symbolic link, for a folder that every user may
  /// write to without the sticky bit, and where the run's own folder cannot be made.
  public convenience init(path: String) throws(SluiceError) { try self.init(path: path, layer: FileLayer()) }

  package init(path: String, layer: FileLayer) throws(SluiceError) {
    self.layer = layer
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw FileLayer.error("make", "the output folder") }
    let folder = try Self.open(path, layer)
    removedLeftoverCount = try Self.removeLeftovers(in: folder, layer)
    let identity = try layer.identity(of: folder, "the output folder")
    ownFolder = try Self.makePartial(in: folder, layer)
    place = SealingPlace(folder: identity, run: ownFolder.name)
    self.folder = folder
  }

  deinit { try? layer.removeTree(ownFolder.name, at: folder.number) }

  /// Removes the run's partial packets at once; for the way out on a signal. Nothing can be sealed after it.
  ///
  /// May be called by another thread than those that seal. A packet that is being moved to its place is moved first:
  /// half of its files could be removed otherwise, and the rest published.
  public func removePartial() throws(SluiceError) {
    publishing.withLock { isClosed = true }
    try layer.removeTree(ownFolder.name, at: folder.number)
  }

  /// Moves a partial packet to its place. Throws status 6 where something lies there, and once the partial packets
  /// are being removed.
  package func publish(_ packetName: String) throws(SluiceError) {
    publishing.lock()
    defer { publishing.unlock() }
    guard !isClosed else {
      throw SluiceError(
        .output, "run-ended",
        "Packet \(packetName) is not published: the run was told to end. Run again to seal it.")
    }
    try layer.publishFolder(packetName, at: partial, as: packetName, in: folder.number)
  }

  /// Whether another run that works in this folder, by the name of its own folder there, still lives.
  public func isLiving(_ run: String) throws(SluiceError) -> Bool {
    guard run != ownFolder.name, try layer.status(of: run, at: folder.number) != nil else { return false }
    // One that cannot be opened may be living: nobody may take its packets for lost.
    guard let other = try? layer.openFolder(run, at: folder.number) else { return true }
    return flock(other.number, LOCK_EX | LOCK_NB) != 0
  }

  /// What lies at the place of a demand's packet. One that verifies and answers another demand document is in the way: a
  /// reference may end as a part does, and a demand that was changed after its packet was sealed is not answered by it.
  public func standing(of demand: Demand) throws(SluiceError) -> PacketStanding {
    let standing = try standing(of: demand.packetName)
    guard case .sealedBefore(let packet) = standing, packet.demandDigest != demand.digest else {
      return standing
    }
    return .unusable(
      SluiceError(
        .output, "packet-other-demand",
        "Packet \(demand.packetName) is sealed, and answers another demand document than this one. It is never "
          + "overwritten; put the document back as it was sealed, or give this demand a `part` of its own.",
        source: demand.file))
  }

  /// What lies at the place of a packet; verifies a packet that is there, so it can take as long as reading it.
  public func standing(of packetName: String) throws(SluiceError) -> PacketStanding {
    try Self.checkName(packetName)
    guard let status = try layer.status(of: packetName, at: folder.number) else { return .nothing }
    guard status.sort == .folder else {
      return .unusable(Self.inTheWay(packetName, "it is not a folder."))
    }
    do {
      return .sealedBefore(
        try PacketVerifier(layer: layer).verify(packetName, at: folder.number, named: packetName))
    } catch {
      return .unusable(Self.inTheWay(packetName, "it does not verify (\(error.code)): \(error.message)"))
    }
  }

  /// Makes everything that was written in the folder's file system last, for many packets at once.
  ///
  /// An error does not tell which packet it is of: each must then be synced alone.
  func syncFileSystem() throws(SluiceError) { try layer.syncFileSystem(of: folder, "the output folder") }

  /// Syncs the names in both folders, after packets moved from the one to the other.
  func sync() throws(SluiceError) {
    try layer.sync(folder, "the output folder")
    try layer.sync(ownFolder.descriptor, "the partial folder")
  }

  /// Whether a path leads into a run's own folder, where packets lie that are not published: they may be whole, but
  /// nobody has decided yet that they may leave.
  static func isUnpublished(_ path: String) -> Bool {
    guard let whole = realpath(path, nil) else { return false }
    defer { free(whole) }
    return String(cString: whole).utf8.split(separator: UInt8(ascii: "/")).dropLast()
      .contains { $0.starts(with: partialPrefix.utf8) }
  }

  /// Whether a name can be a packet's.
  package static func isName(_ name: String) -> Bool { (try? checkName(name)) != nil }

  /// A packet's name becomes a folder's: it must be a demand's reference, and can lead nowhere else.
  static func checkName(_ name: String) throws(SluiceError) {
    let isNamed = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
      case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
      default: false
      }
    }
    guard isNamed, let first = name.utf8.first, first != UInt8(ascii: "."), name.utf8.count <= 80 else {
      throw SluiceError(
        .bug, "packet-name", "A packet's name is not a demand's reference; please report this.")
    }
  }

  private static func inTheWay(_ name: String, _ reason: String) -> SluiceError {
    SluiceError(
      .output, "packet-unusable",
      "Something lies where packet \(name) is to be published, and \(reason) "
        + "It is never overwritten: move it away, or choose another output folder.")
  }

  private static func open(_ path: String, _ layer: FileLayer) throws(SluiceError) -> Descriptor {
    let descriptor: Descriptor
    do { descriptor = try layer.openFolder(path) } catch {
      throw SluiceError(.output, error.code, "Cannot open the output folder. \(error.message)")
    }
    guard let status = try layer.status(of: ".", at: descriptor.number) else {
      throw FileLayer.error("look at", "the output folder")
    }
    // Anyone could swap a packet for another one there.
    guard status.mode & 0o002 == 0 || status.mode & 0o1000 != 0 else {
      throw SluiceError(
        .output, "folder-world-writable",
        "Every user may write to the output folder. Take that right away (chmod o-w) or choose another folder."
      )
    }
    return descriptor
  }

  /// Removes the partial folders whose run is dead: those whose lock is free.
  private static func removeLeftovers(
    in folder: borrowing Descriptor, _ layer: FileLayer
  ) throws(SluiceError) -> Int {
    var count = 0
    for name in try layer.names(in: folder, "the output folder") where name.hasPrefix(partialPrefix) {
      guard let status = try layer.status(of: name, at: folder.number), status.sort == .folder,
        status.owner == geteuid(), let leftover = try? layer.openFolder(name, at: folder.number)
      else { continue }
      guard flock(leftover.number, LOCK_EX | LOCK_NB) == 0 else { continue }
      try layer.removeTree(name, at: folder.number)
      count += 1
    }
    return count
  }

  /// A folder of the run's own, made and locked.
  private struct Partial: ~Copyable {
    let descriptor: Descriptor
    let name: String
  }

  /// Makes and locks a new folder. A name that another run holds, or has just taken away, is passed over.
  private static func makePartial(
    in folder: borrowing Descriptor, _ layer: FileLayer
  ) throws(SluiceError) -> Partial {
    for attempt in 1...1000 {
      let name = partialPrefix + "\(getpid())" + (attempt == 1 ? "" : "-\(attempt)")
      do { try layer.makeFolder(name, at: folder.number) } catch {
        if error.code == "exists" { continue }
        throw SluiceError(.output, error.code, "The output folder cannot be written. \(error.message)")
      }
      guard let partial = try? layer.openFolder(name, at: folder.number),
        flock(partial.number, LOCK_EX | LOCK_NB) == 0,
        // Between the making and the locking another run may have taken it for a leftover and removed it.
        let made = try layer.status(of: ".", at: partial.number),
        try layer.status(of: name, at: folder.number)?.inode == made.inode
      else {
        // Empty, so nothing of anyone's goes.
        unlinkat(folder.number, name, AT_REMOVEDIR)
        continue
      }
      return Partial(descriptor: partial, name: name)
    }
    throw SluiceError(
      .output, "partial-folder",
      "No partial folder could be made in the output folder. Remove those of runs that ended, and run again.")
  }
}
