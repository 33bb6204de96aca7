import SluiceCrypto

/// Reads single members back from demand.json and provenance.json, as `JSONText` writes them: one a line, those of the
/// document itself behind two blanks.
struct StatementReader {
  let document: [UInt8]

  /// The text of a member of the document itself; nil where it is missing, there twice or written with an escape.
  func text(_ key: String) -> String? {
    let start = Array("  \"\(key)\": \"".utf8)
    let found = document.split(separator: UInt8(ascii: "\n")).filter { $0.starts(with: start) }
    guard found.count == 1, var value = found.first?.dropFirst(start.count) else { return nil }
    if value.last == UInt8(ascii: ",") { value = value.dropLast() }
    guard value.last == UInt8(ascii: "\"") else { return nil }
    value = value.dropLast()
    guard !value.contains(UInt8(ascii: "\"")), !value.contains(UInt8(ascii: "\\")) else { return nil }
    return String(validating: value, as: UTF8.self)
  }

  /// The bytes of a member written in lower-case hexadecimal, of which there must be as many as stated.
  func bytes(_ key: String, count: Int) -> [UInt8]? {
    guard let digits = text(key)?.utf8, digits.count == 2 * count else { return nil }
    var bytes: [UInt8] = []
    var high: UInt8?
    for digit in digits {
      let value: UInt8
      switch digit {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
      default: return nil
      }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return bytes
  }

  /// What provenance.json publishes of the case key.
  var publishedKey: PublishedKey? {
    guard let keyID = bytes("key-id", count: 8), let commitment = bytes("key-commitment", count: 32) else {
      return nil
    }
    return PublishedKey(keyID: keyID, commitment: commitment)
  }
}

/// A packet's case and the key that it was made under, by its own statements.
public struct PacketCase: Equatable, Sendable {
  /// The reference of the demand, which all of its parts share.
  public let reference: String
  /// The state whose demand it answers.
  public let jurisdiction: String
  public let publishedKey: PublishedKey

  init(reference: String, jurisdiction: String, publishedKey: PublishedKey) {
    self.reference = reference
    self.jurisdiction = jurisdiction
    self.publishedKey = publishedKey
  }

  /// Reads demand.json and provenance.json; nil where they are not as Sluice writes them.
  private init?(demand: [UInt8], provenance: [UInt8]) {
    let demand = StatementReader(document: demand)
    guard let reference = demand.text("reference"), let jurisdiction = demand.text("jurisdiction"),
      let key = StatementReader(document: provenance).publishedKey
    else { return nil }
    self.init(reference: reference, jurisdiction: jurisdiction, publishedKey: key)
  }

  /// Reads the statements of the packet in an open folder; nil where they are not as Sluice writes them. Verifies
  /// nothing else.
  init?(reading folder: borrowing Descriptor, _ layer: FileLayer) throws(SluiceError) {
    let demand = try Self.whole("data/demand.json", folder, layer)
    self.init(demand: demand, provenance: try Self.whole("data/provenance.json", folder, layer))
  }

  /// Reads the statements of a packet under verification.
  init(_ side: SideFiles) throws(SluiceError) {
    let found = PacketCase(
      demand: side.files["data/demand.json"] ?? [], provenance: side.files["data/provenance.json"] ?? [])
    guard let found else {
      throw BagReader.wrong("packet-provenance", "it does not say under which key it was made.")
    }
    self = found
  }

  /// A side file's bytes; none where it is longer than one can be.
  private static func whole(
    _ path: String, _ folder: borrowing Descriptor, _ layer: FileLayer
  ) throws(SluiceError) -> [UInt8] {
    let file = try layer.openToRead(path, at: folder.number)
    var bytes: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while bytes.count <= SideFiles.byteCountMax {
      let count = try layer.read(into: buffer, from: file, path)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
    return []
  }
}
