import SluiceCrypto

/// A packet's case and the key that it was made under, by its own statements.
public struct PacketCase: Equatable, Sendable {
  /// The reference of the demand, which all of its parts share.
  public let reference: String
  /// The state whose demand it answers.
  public let jurisdiction: String
  /// What provenance.json says of the case key: its id and its commitment. Neither tells the key.
  public let publishedKey: PublishedKey

  init(reference: String, jurisdiction: String, publishedKey: PublishedKey) {
    self.reference = reference
    self.jurisdiction = jurisdiction
    self.publishedKey = publishedKey
  }

  /// Reads demand.json and provenance.json; nil where they are not as Sluice writes them.
  private init?(demand: JSONText?, provenance: JSONText?) {
    guard let reference = demand?["reference"]?.string, let jurisdiction = demand?["jurisdiction"]?.string,
      let keyID = provenance?["key-id"]?.string.flatMap({ Base16.decode($0, count: 8) }),
      let commitment = provenance?["key-commitment"]?.string.flatMap({ Base16.decode($0, count: 32) })
    else { return nil }
    let key = PublishedKey(keyID: keyID, commitment: commitment)
    self.init(reference: reference, jurisdiction: jurisdiction, publishedKey: key)
  }

  /// Reads the statements of the packet in an open folder; nil where they are not as Sluice writes them. Verifies
  /// nothing else.
  init?(reading folder: borrowing Descriptor, _ layer: FileLayer) throws(SluiceError) {
    let demand = JSONText(reading: try Self.whole("data/demand.json", folder, layer))
    self.init(
      demand: demand, provenance: JSONText(reading: try Self.whole("data/provenance.json", folder, layer)))
  }

  /// Reads the statements of a packet under verification.
  init(_ side: SideFiles) throws(SluiceError) {
    let found = PacketCase(
      demand: side.json("data/demand.json"), provenance: side.json("data/provenance.json"))
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
