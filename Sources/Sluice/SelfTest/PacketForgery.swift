import SluiceCrypto

/// A way to break a packet.
package struct PacketForgery: Sendable {
  package typealias Files = [String: [UInt8]]

  /// What was done, after "a packet of which".
  package let what: String
  /// Whether every manifest is made anew afterwards, as somebody with write access could do it.
  private let isManifestedAnew: Bool
  private let change: @Sendable (inout Files) -> Void

  package init(what: String, isManifestedAnew: Bool, _ change: @escaping @Sendable (inout Files) -> Void) {
    self.what = what
    self.isManifestedAnew = isManifestedAnew
    self.change = change
  }

  /// The files of the packet once it is broken.
  func applied(to files: Files) -> Files {
    var files = files
    change(&files)
    if isManifestedAnew { Self.makeManifests(&files) }
    return files
  }

  private static let records = "data/records/message.ndjson"
  private static let reconciliation = "data/reconciliation.csv"

  /// Ten ways.
  package static let all = [
    PacketForgery(what: "one bit of a record is turned", isManifestedAnew: false) { files in
      files[records]?[20] ^= 1
    },
    PacketForgery(what: "a record file is cut short by a byte", isManifestedAnew: false) { files in
      files[records]?.removeLast()
    },
    PacketForgery(what: "a file is missing", isManifestedAnew: false) { files in
      files["data/withheld.csv"] = nil
    },
    PacketForgery(what: "a manifest is missing", isManifestedAnew: false) { files in
      files[Bag.manifestName] = nil
    },
    PacketForgery(what: "the manifest names another digest", isManifestedAnew: false) { files in
      files[Bag.manifestName]?[0] ^= 1
    },
    PacketForgery(what: "a file is added and the manifests made anew", isManifestedAnew: true) { files in
      files["data/more.txt"] = Array("more\n".utf8)
    },
    PacketForgery(what: "a record is repeated and the manifests made anew", isManifestedAnew: true) { files in
      files[records, default: []] += firstLine(files[records])
    },
    PacketForgery(what: "a record is left out and the manifests made anew", isManifestedAnew: true) { files in
      let line = firstLine(files[records])
      files[records]?.removeFirst(line.count)
    },
    PacketForgery(what: "a count is changed and the manifests made anew", isManifestedAnew: true) { files in
      replace("\"released\",\"\",\"2\"", "\"released\",\"\",\"3\"", in: reconciliation, &files)
    },
    PacketForgery(what: "the demand is another's and the manifests made anew", isManifestedAnew: true) {
      files in
      replace(SelfTestDocuments.reference, "SELF-TEST-2", in: "data/demand.json", &files)
    },
  ]

  private static func firstLine(_ bytes: [UInt8]?) -> [UInt8] {
    guard let bytes, let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { return [] }
    return Array(bytes[...end])
  }

  private static func replace(_ text: String, _ other: String, in path: String, _ files: inout Files) {
    files[path] = files[path].map {
      Array(String(decoding: $0, as: UTF8.self).replacing(text, with: other).utf8)
    }
  }

  /// Makes the manifests and the sum in bag-info.txt fit the files.
  private static func makeManifests(_ files: inout Files) {
    func entries(_ paths: [String]) -> [BagEntry] {
      paths.map { path in
        let bytes = files[path] ?? []
        return BagEntry(path: path, digest: SHA256.hash(bytes), byteCount: bytes.count)
      }
    }
    let payload = entries(files.keys.filter { $0.hasPrefix("data/") })
    files[Bag.manifestName] = Bag.manifest(payload)
    let octets = payload.reduce(0) { $0 + $1.byteCount }
    let lines = String(decoding: files[Bag.informationName] ?? [], as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("Payload-Oxum: ") ? "Payload-Oxum: \(octets).\(payload.count)" : String($0) }
    files[Bag.informationName] = Array(lines.joined(separator: "\n").utf8)
    files[Bag.tagManifestName] = Bag.manifest(
      entries([Bag.declarationName, Bag.informationName, Bag.manifestName]))
  }
}
