/// The place where one packet is written before it is published: `NAME` in the run's partial folder, and
/// beside it `NAME.rows` for rows that wait to be sorted (no packet's name has a lower-case letter).
///
/// Nothing is on disk before the first file is asked for.
final class PartialPacket {
  let name: String
  let folder: PacketFolder
  private var made: Set<String> = []

  init(name: String, in folder: PacketFolder) {
    self.name = name
    self.folder = folder
  }

  var layer: FileLayer { folder.layer }
  var descriptor: Int32 { folder.partial }

  /// Makes a file of the packet, and the folders that lead to it.
  func file(_ bagPath: String) throws(SluiceError) -> OutputFile { try make(name + "/" + bagPath) }

  /// Makes a file beside the packet, which will not be in it.
  func rowsFile(_ fileName: String) throws(SluiceError) -> OutputFile { try make("\(name).rows/\(fileName)") }

  private func make(_ path: String) throws(SluiceError) -> OutputFile {
    for end in path.indices where path[end] == "/" {
      let folder = String(path[..<end])
      if made.contains(folder) { continue }
      try layer.makeFolder(folder, at: descriptor)
      made.insert(folder)
    }
    return try OutputFile(path, at: descriptor, layer: layer)
  }

  /// Syncs every folder of the packet, the innermost first, so that no name in it can be lost.
  func syncFolders() throws(SluiceError) {
    for path in made.filter({ !$0.hasPrefix(name + ".rows") }).sorted(by: >) {
      try layer.sync(try layer.openFolder(path, at: descriptor), path)
    }
  }

  /// Removes the rows that waited to be sorted.
  func removeRows() throws(SluiceError) { try layer.removeTree(name + ".rows", at: descriptor) }

  /// Removes everything of the packet that is not published.
  func remove() throws(SluiceError) {
    guard !made.isEmpty else { return }
    try layer.removeTree(name, at: descriptor)
    try removeRows()
    made = []
  }

  /// Moves the packet to its place and syncs both folders.
  func publish() throws(SluiceError) {
    try layer.publishFolder(name, at: descriptor, as: name, in: folder.folder.number)
    made = []
    try folder.sync()
  }
}
