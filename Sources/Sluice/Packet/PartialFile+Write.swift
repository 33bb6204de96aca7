extension PartialFile {
  /// Writes bytes as a new file, owner-only, whole or not at all. Throws status 6 where something of that name is there,
  /// or the file cannot be written.
  package static func write(_ bytes: [UInt8], to path: String) throws(SluiceError) {
    let file = try PartialFile(path)
    do throws(SluiceError) { try file.append(bytes) } catch {
      file.discard()
      throw error
    }
    try file.publish()
  }
}
