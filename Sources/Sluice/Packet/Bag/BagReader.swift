import SluiceCrypto

/// Reads a BagIt bag, version 0.97 or 1.0, with SHA-256 or SHA-512 manifests, and proves that it is complete and unchanged.
///
/// It is strict where the specifications leave a choice: no file may be listed twice, in either version; paths
/// stand as they are, without `./`; checksums are not marked with `*`; tag files are UTF-8; a bag with
/// fetch.txt is refused, because Sluice never fetches. Other digests (MD5, SHA-1) are refused by name
/// (`bag-algorithm`) rather than trusted. Links and other special files are refused wherever they lie.
package struct BagReader {
  /// A bag that was read whole and is what its manifests say.
  package struct VerifiedBag {
    package let isVersion1: Bool
    /// By path; payload files and tag files, the tag manifest itself included.
    package let files: [String: BagEntry]
    /// Folders by path, `data` included.
    package let folders: Set<String>
    /// The whole of each tag file that is read; nothing of others.
    package let tagFiles: [String: [UInt8]]
  }

  /// The tag files that say something; they are read whole.
  private static let readTagFiles: Set = [
    Bag.declarationName, Bag.informationName, Bag.manifestName, Bag.tagManifestName, Bag.signatureName,
    "manifest-sha512.txt", "tagmanifest-sha512.txt",
  ]
  /// A tag file that is longer is not one that anyone made.
  static let tagFileByteCountMax = 64 << 20
  /// A test sets fewer.
  package var fileCountMax = 1_000_000
  static let depthMax = 32

  let layer: FileLayer
  /// Looks for leaks in every file as it is read.
  var leakSearch: LeakSearch?

  package init(layer: FileLayer = FileLayer()) { self.layer = layer }

  /// Reads the bag in an open folder. `visit` sees the payload's bytes as they pass, file by file.
  ///
  /// Throws status 8 with a sentence that says what is wrong, and status 6 where reading itself fails.
  package func verify(
    _ folder: borrowing Descriptor, visiting visit: any PayloadVisitor = NoVisitor()
  ) throws(SluiceError) -> VerifiedBag {
    try verify(folder, visiting: visit, known: [:])
  }

  /// Reads a bag of which some files were just written and read back: those are neither read again nor visited.
  func verify(
    _ folder: borrowing Descriptor, visiting visit: any PayloadVisitor, known: [String: BagEntry]
  ) throws(SluiceError) -> VerifiedBag {
    var tree = Tree()
    try walk(folder, prefix: "", depth: 1, &tree)
    let needsSHA512 = tree.files.keys.contains { $0.hasSuffix("manifest-sha512.txt") }
    var digests: [String: Digests] = [:]
    var tagFiles: [String: [UInt8]] = [:]
    for (path, byteCount) in tree.files where !path.utf8.contains(0x2F) {
      guard byteCount <= Self.tagFileByteCountMax else { throw Self.tooLong(path) }
      guard Self.readTagFiles.contains(path) else {
        digests[path] = try digest(path, folder, NoVisitor(), needsSHA512: needsSHA512)
        tagFiles[path] = []
        continue
      }
      let file = Collector(byteCountMax: Self.tagFileByteCountMax)
      digests[path] = try digest(path, folder, file, needsSHA512: needsSHA512)
      tagFiles[path] = try file.whole(path)
    }
    let isVersion1 = try checkDeclaration(tagFiles)
    guard tree.folders.contains("data") else { throw Self.wrong("bag-payload", "there is no folder data.") }
    if tree.files["fetch.txt"] != nil {
      throw Self.wrong("bag-fetch", "it names files to fetch (fetch.txt); Sluice never fetches.")
    }

    let payloadManifests = try manifests("manifest-", tagFiles, isVersion1)
    guard !payloadManifests.isEmpty else { throw Self.wrong("bag-manifest", "there is no payload manifest.") }
    let tagManifests = try manifests("tagmanifest-", tagFiles, isVersion1)

    let payload = tree.files.keys.filter { $0.hasPrefix("data/") }
    try checkListing(payload, payloadManifests, isVersion1)
    for (name, manifest) in tagManifests
    where !manifest.digests.keys.allSatisfy({ tree.files[$0] != nil && !$0.hasPrefix("tagmanifest-") }) {
      throw Self.wrong("bag-file-missing", "\(name) lists a tag file that is not in the bag.")
    }
    let manifests = payloadManifests.merging(tagManifests, uniquingKeysWith: { first, _ in first })
    // The files of a folder come before those of the folders in it: a packet's side files before its records.
    let paths = tree.files.keys.map { (depth: $0.utf8.count { $0 == 0x2F }, path: $0) }.sorted { $0 < $1 }
    for path in paths.map(\.path) where digests[path] == nil {
      if let entry = known[path] {
        digests[path] = Digests(entry: entry, sha512: nil)
      } else {
        digests[path] = try digest(path, folder, visit, needsSHA512: needsSHA512)
      }
    }
    for (name, manifest) in manifests {
      for (path, listed) in manifest.digests {
        let found = digests[path]
        guard listed == (manifest.algorithm == .sha512 ? found?.sha512 : found?.entry.digest) else {
          throw Self.wrong("bag-digest", "\(path) is not as \(name) says: it was changed or damaged.")
        }
      }
    }
    let files = digests.mapValues(\.entry)
    try checkOxum(tagFiles, payload.compactMap { files[$0] })
    return VerifiedBag(isVersion1: isVersion1, files: files, folders: tree.folders, tagFiles: tagFiles)
  }

  static func wrong(_ code: String, _ reason: String) -> SluiceError {
    SluiceError(.verification, code, "This is not a packet that verifies: \(reason)")
  }

  // MARK: - What lies in the folder

  private struct Tree {
    var files: [String: Int] = [:]
    var folders: Set<String> = []
  }

  private func walk(
    _ folder: borrowing Descriptor, prefix: String, depth: Int, _ tree: inout Tree
  ) throws(SluiceError) {
    guard depth <= Self.depthMax else { throw Self.wrong("bag-depth", "its folders are nested too deep.") }
    for name in try names(in: folder) {
      let path = prefix + name
      guard let status = try layer.status(of: name, at: folder.number) else {
        throw Self.wrong("bag-changed", "a file disappeared while it was read.")
      }
      switch status.sort {
      case .file:
        // Names are one where they differ in how a letter's accent is written alone; manifests cannot tell them apart.
        guard tree.files.updateValue(status.byteCount, forKey: path) == nil else { throw Self.twice }
        guard tree.files.count <= fileCountMax else {
          throw Self.wrong("bag-files", "it has too many files.")
        }
      case .folder:
        guard tree.folders.insert(path).inserted else { throw Self.twice }
        try walk(try layer.openFolder(name, at: folder.number), prefix: path + "/", depth: depth + 1, &tree)
      case .other:
        throw Self.wrong("bag-special-file", "it holds a link or another special file, which no bag may.")
      }
    }
  }

  private static var twice: SluiceError {
    wrong("bag-name", "two file names in it differ only in how an accent or a letter is written.")
  }

  private func names(in folder: borrowing Descriptor) throws(SluiceError) -> [String] {
    do { return try layer.names(in: folder, "the packet") } catch {
      throw error.code == "name-not-utf8"
        ? Self.wrong("bag-name", "a file name in it is not UTF-8.") : error
    }
  }

  // MARK: - Tag files

  /// Checks bagit.txt byte for byte; returns whether it is version 1.0.
  private func checkDeclaration(_ tagFiles: [String: [UInt8]]) throws(SluiceError) -> Bool {
    guard let bytes = tagFiles[Bag.declarationName] else {
      throw Self.wrong("bag-declaration", "there is no bagit.txt.")
    }
    if bytes == Bag.declaration { return true }
    let text = String(validating: bytes, as: UTF8.self)?.replacing("\r\n", with: "\n")
    var lines = text?.split(separator: "\n", omittingEmptySubsequences: false) ?? []
    if lines.last == "" { lines.removeLast() }
    guard lines.count == 2, lines[0] == "BagIt-Version: 0.97" || lines[0] == "BagIt-Version: 1.0" else {
      throw Self.wrong("bag-declaration", "bagit.txt does not declare BagIt version 0.97 or 1.0.")
    }
    guard lines[1] == "Tag-File-Character-Encoding: UTF-8" else {
      throw Self.wrong("bag-encoding", "bagit.txt does not declare UTF-8 tag files; others are not read.")
    }
    return lines[0] == "BagIt-Version: 1.0"
  }

  private static func tooLong(_ path: String) -> SluiceError {
    wrong("bag-tag-file", "\(path) is longer than any tag file.")
  }

  private final class Collector: PayloadVisitor {
    private var bytes: [UInt8] = []
    private let byteCountMax: Int

    init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    func read(_ bytes: UnsafeRawBufferPointer, of path: String) {
      if self.bytes.count <= byteCountMax { self.bytes.append(contentsOf: bytes) }
    }

    /// The file's bytes. Throws status 8 where it grew longer than it may be while it was read.
    func whole(_ path: String) throws(SluiceError) -> [UInt8] {
      guard bytes.count <= byteCountMax else { throw BagReader.tooLong(path) }
      return bytes
    }
  }

  /// Payload-Oxum, where bag-info.txt states it: octets, a point, files.
  private func checkOxum(_ tagFiles: [String: [UInt8]], _ payload: [BagEntry]) throws(SluiceError) {
    guard let bytes = tagFiles[Bag.informationName] else { return }
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw Self.wrong("bag-encoding", "bag-info.txt is not UTF-8.")
    }
    let octets = payload.reduce(0) { $0 + $1.byteCount }
    for line in bytes.split(separator: 0x0A) {
      let line = line.last == 0x0D && line.endIndex < bytes.endIndex ? line.dropLast() : line
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
        String(decoding: line[..<colon], as: UTF8.self).lowercased() == "payload-oxum"
      else { continue }
      let rest = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
      let value = String(decoding: rest, as: UTF8.self)
      guard value == "\(octets).\(payload.count)" else {
        throw Self.wrong("bag-oxum", "its data has not the size that bag-info.txt states (Payload-Oxum).")
      }
    }
  }

  // MARK: - Digests

  private struct Digests {
    let entry: BagEntry
    let sha512: [UInt8]?
  }

  private func digest(
    _ path: String, _ folder: borrowing Descriptor, _ visitor: any PayloadVisitor, needsSHA512: Bool
  ) throws(SluiceError) -> Digests {
    var digest = try FileDigest()
    var sha512 = needsSHA512 ? try Self.startSHA512() : nil
    try read(path, folder) { bytes throws(SluiceError) in
      digest.update(bytes)
      sha512?.update(bytes)
      try visitor.read(bytes, of: path)
    }
    try visitor.end(of: path)
    return Digests(entry: digest.finish(path), sha512: sha512.take()?.finalize())
  }

  private func read(
    _ path: String, _ folder: borrowing Descriptor,
    _ take: (UnsafeRawBufferPointer) throws(SluiceError) -> Void
  ) throws(SluiceError) {
    let file = try layer.openToRead(path, at: folder.number)
    leakSearch?.begin(path)
    try layer.readPieces(of: file.number, path) { bytes throws(SluiceError) in
      try take(bytes)
      leakSearch?.read(bytes)
    }
    leakSearch?.end()
  }

  private static func startSHA512() throws(SluiceError) -> SHA512 {
    do { return try SHA512() } catch { throw SluiceError(error) }
  }
}

/// Sees the bytes of a bag's files while they are digested, so that each is read once.
package protocol PayloadVisitor: AnyObject {
  /// Takes the next bytes of a file.
  func read(_ bytes: UnsafeRawBufferPointer, of path: String) throws(SluiceError)
  /// Ends a file; not called for one that could not be read.
  func end(of path: String) throws(SluiceError)
}

extension PayloadVisitor {
  package func end(of path: String) throws(SluiceError) {}
}

/// Looks at nothing.
package final class NoVisitor: PayloadVisitor {
  package init() {}
  package func read(_ bytes: UnsafeRawBufferPointer, of path: String) {}
}
