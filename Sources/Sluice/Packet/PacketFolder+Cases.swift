/// The packets of a folder by the case that they belong to.
extension PacketFolder {
  /// What each packet of some references says of its case, by reference; without those whose reference has none here.
  ///
  /// Verifies no packet: what is found is held against the root key by its reader. Throws status 6 where a packet's
  /// statements cannot be read, because a packet that is passed over here would be continued under another key.
  public func cases(of references: Set<String>) throws(SluiceError) -> [String: [PacketCase]] {
    var cases: [String: [PacketCase]] = [:]
    for name in try layer.names(in: folder, "the output folder") {
      guard references.contains(name) || Self.earlierReference(name).map(references.contains) == true,
        try layer.status(of: name, at: folder.number)?.sort == .folder
      else { continue }
      let found = try PacketCase(reading: try layer.openFolder(name, at: folder.number), layer)
      guard let found else {
        throw SluiceError(
          .output, "packet-unusable",
          "Packet \(name) does not say under which key it was made. Move it away, or choose another output folder."
        )
      }
      cases[found.reference, default: []].append(found)
    }
    return cases
  }

  /// The reference of a packet's name that ends in a part, as `REFERENCE.2` does. A reference may end so too: what
  /// the packet itself says decides.
  private static func earlierReference(_ name: String) -> String? {
    guard let dot = name.lastIndex(of: "."), UInt32(name[name.index(after: dot)...]) != nil else {
      return nil
    }
    return String(name[..<dot])
  }
}
