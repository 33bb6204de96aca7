/// The place where one packet is written before it is published: `NAME` in the run's partial folder, and
/// beside it `NAME.rows` for rows that wait to be sorted (no packet's name has a lower-case letter).
///
/// Nothing is on disk before the first file is asked for.
final class PartialPacket {
  let name: String
  let folder: PacketFolder
  /// The first failure to write rows; the packet cannot be sealed after one.
  private(set) var failure: SluiceError?
  private var made: Set<String> = []
  /// The files of the packet, without rows that wait.
  private var files: [String] = []

  init(name: String, in folder: PacketFolder) {
    self.name = name
    self.folder = folder
  }

  var layer: FileLayer { folder.layer }
  var descriptor: Int32 { folder.partial }

  /// Makes a file of the packet, and the folders that lead to it.
  func file(_ bagPath: String, for purpose: OutputFile.Purpose = .payload) throws(SluiceError) -> OutputFile {
    let file = try make(name + "/" + bagPath, purpose)
    files.append(file.path)
    return file
  }

  /// Makes a file beside the packet, which will not be in it.
  func rowsFile(_ fileName: String) throws(SluiceError) -> OutputFile {
    try make("\(name).rows/\(fileName)", .waitingRows)
  }

  private func make(_ path: String, _ purpose: OutputFile.Purpose) throws(SluiceError) -> OutputFile {
    try makeFolder(of: path)
    return try OutputFile(path, at: descriptor, layer: layer, for: purpose)
  }

  /// Makes the folder that a path lies in, and those that lead to it, where they are not there yet.
  private func makeFolder(of path: String) throws(SluiceError) {
    guard let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return }
    let folder = String(path[..<end])
    guard !made.contains(folder) else { return }
    try makeFolder(of: folder)
    try layer.makeFolder(folder, at: descriptor)
    made.insert(folder)
  }

  /// Syncs every file of the packet, then every folder, the innermost first, so that no name can be lost.
  func sync() throws(SluiceError) {
    for path in files { try layer.sync(try layer.openToRead(path, at: descriptor), path) }
    for path in made.filter({ !$0.hasPrefix(name + ".rows") }).sorted(by: >) {
      try layer.sync(try layer.openFolder(path, at: descriptor), path)
    }
  }

  /// Removes the rows that waited to be sorted, if any did.
  func removeRows() throws(SluiceError) {
    guard made.contains(name + ".rows") else { return }
    try layer.removeTree(name + ".rows", at: descriptor)
  }

  /// Takes note that rows could not be written, and removes the packet's files, so that a full disk has room again
  /// for the packets that can still be sealed.
  func fail(_ error: SluiceError) {
    if failure == nil { failure = error }
    try? remove()
  }

  /// Removes everything of the packet that is not published.
  func remove() throws(SluiceError) {
    guard !made.isEmpty else { return }
    try layer.removeTree(name, at: descriptor)
    try removeRows()
    (made, files) = ([], [])
  }

  /// Moves the packet to its place; the folder's names must be synced afterwards.
  func publish() throws(SluiceError) {
    try folder.publish(name)
    (made, files) = ([], [])
  }
}
