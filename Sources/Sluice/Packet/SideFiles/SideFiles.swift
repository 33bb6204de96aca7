/// The side files of a packet, whole: as they were read, or as they are to be written.
final class SideFiles {
  /// A file in the making.
  struct File {
    let path: String
    let bytes: [UInt8]
    /// What it is the document of, if that is known.
    let json: JSONText?

    init(_ path: String, _ bytes: [UInt8]) { (self.path, self.bytes, json) = (path, bytes, nil) }

    init(_ path: String, _ json: JSONText) { (self.path, bytes, self.json) = (path, json.document, json) }
  }

  /// They grow with the plan, never with the records.
  static let byteCountMax = 16 << 20

  private(set) var files: [String: [UInt8]] = [:]
  /// Of those that were asked for as JSON; nil for one that is not written as Sluice writes it.
  private var values: [String: JSONText?] = [:]

  init(_ files: [File] = []) {
    for file in files {
      self.files[file.path] = file.bytes
      if let json = file.json { values[file.path] = json }
    }
  }

  /// Takes the next bytes of a file.
  func read(_ bytes: UnsafeRawBufferPointer, of path: String) throws(SluiceError) {
    files[path, default: []].append(contentsOf: bytes)
    guard files[path, default: []].count <= Self.byteCountMax else {
      throw BagReader.wrong("packet-side-file", "\(path) is longer than it can be.")
    }
  }

  /// A whole file as JSON; nil where it is not written as Sluice writes it.
  func json(_ path: String) -> JSONText? {
    if let known = values[path] { return known }
    let value = JSONText(reading: files[path] ?? [])
    values[path] = .some(value)
    return value
  }

  /// The rows after the header, which must be `columns`.
  func rows(_ path: String, _ columns: [String]) throws(SluiceError) -> [[String]] {
    guard let rows = CSVText.rows(files[path] ?? []), rows.first == columns else { throw Self.wrong(path) }
    return Array(rows.dropFirst())
  }

  static func wrong(_ path: String) -> SluiceError {
    BagReader.wrong("packet-side-file", "\(path) is not written as Sluice writes it.")
  }
}
