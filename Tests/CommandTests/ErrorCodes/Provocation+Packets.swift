import Foundation
import Sluice
import SluiceCrypto

/// A sealed packet that is changed before it is verified.
extension Provocation {
  private static func packet(
    _ code: String, _ change: @escaping @Sendable (_ packet: ChangedPacket) throws -> Void
  ) -> Provocation {
    thrown(code, .verification) { folder in
      let packet = try ChangedPacket(in: folder)
      try change(packet)
      _ = try PacketVerifier.verify(path: packet.path)
    }
  }

  /// The same, with manifests and size made anew, as whoever may write there could.
  private static func forged(
    _ code: String, _ change: @escaping @Sendable (_ packet: ChangedPacket) throws -> Void
  ) -> Provocation {
    packet(code) { packet in
      try change(packet)
      try packet.manifestAnew()
    }
  }

  static let bags: [Provocation] = [
    packet("bag-digest") { try $0.append("\(Canary.word)\n", to: "data/README.txt") },
    packet("bag-file-added") { try $0.write(Canary.word, to: "data/\(Canary.word).txt") },
    packet("bag-file-missing") { try $0.remove("data/README.txt") },
    packet("bag-declaration") { try $0.write("\(Canary.word)\n", to: "bagit.txt") },
    packet("bag-encoding") {
      try $0.write(
        "BagIt-Version: 1.0\nTag-File-Character-Encoding: \(Canary.word)\n", to: "bagit.txt")
    },
    packet("bag-payload") { try $0.remove("data") },
    packet("bag-fetch") { try $0.write("https://\(Canary.word).example 1 data/a\n", to: "fetch.txt") },
    packet("bag-algorithm") { try $0.write("", to: "manifest-\(Canary.word).txt") },
    packet("bag-manifest") { try $0.append("\(Canary.word)\n", to: "manifest-sha256.txt") },
    packet("bag-manifest-twice") { packet in
      try packet.append(try packet.text("manifest-sha256.txt"), to: "manifest-sha256.txt")
    },
    packet("bag-tag-file") { packet in
      try packet.write(Canary.word, to: "more.txt")
      try FileHandle(forUpdating: URL(filePath: packet.path + "/more.txt")).truncate(atOffset: 65 << 20)
    },
    packet("bag-depth") { packet in
      try packet.write(Canary.word, to: "data/" + String(repeating: "\(Canary.word)/", count: 40) + "a")
    },
    packet("bag-special-file") { packet in
      try FileManager.default.createSymbolicLink(
        atPath: packet.path + "/data/\(Canary.word)", withDestinationPath: Canary.word)
    },
    packet("bag-name") { packet in
      let bytes = Array((packet.path + "/data/\(Canary.word)").utf8CString.dropLast()) + [-1, 0]
      close(open(bytes, O_CREAT | O_WRONLY, 0o600))
    },
    packet("bag-oxum") { packet in
      try packet.replace("Payload-Oxum: ", "Payload-Oxum: 1", in: "bag-info.txt")
      try packet.manifestAnew(counting: false)
    },
  ]

  /// A cell that the packet does not have.
  private static func cell(_ code: String, _ cell: String) -> Provocation {
    thrown(code, .input) { folder in
      let packet = try ChangedPacket(in: folder)
      _ = try CellAddress(cell).map { try CellExplanation(of: $0, inPacketAt: packet.path) }
    }
  }

  static let cells: [Provocation] = [
    cell("cell-kind", "\(Canary.word):1:\(Canary.word)"), cell("cell-column", "message:1:\(Canary.word)"),
    cell("cell-row", "message:9999:sender"),
    command("policy-other", .document) { folder in
      let packet = try ChangedPacket(in: folder)
      return try folder.run(
        ["explain", "--packet", packet.path, "--cell", "message:1:sender"] + folder.rules)
    },
  ]

  static let packets: [Provocation] = [
    forged("packet-files") { try $0.write(Canary.word, to: "data/\(Canary.word).txt") },
    forged("packet-demand") { try $0.replace("US-2026-000123", Canary.word, in: "data/demand.json") },
    forged("packet-side-file") { try $0.append("\(Canary.word)\n", to: "data/withheld.csv") },
    forged("packet-records") { try $0.append("\(Canary.word)\n", to: "data/records/message.ndjson") },
    thrown("packet-columns", .verification) { folder in
      let packet = try ChangedPacket("packet-csv", in: folder)
      try packet.replace("\"sent_at\"", "\"\(Canary.word)\"", in: "data/records/message.csv")
      try packet.manifestAnew()
      _ = try PacketVerifier.verify(path: packet.path)
    },
    forged("packet-counts") { packet in
      let line = try packet.text("data/records/message.ndjson").prefix { $0 != "\n" }
      try packet.append(line + "\n", to: "data/records/message.ndjson")
    },
    forged("packet-conservation") {
      try $0.replace("\"reached\",\"\",\"13\"", "\"reached\",\"\",\"14\"", in: "data/reconciliation.csv")
    },
    forged("packet-report") { try $0.append("<!-- \(Canary.word) -->\n", to: "data/report.html") },
    // Where the page is of another edition it is not compared, and what only the page would show is looked at here.
    forged("packet-provenance") { packet in
      try packet.replace("data-edition=\"2\"", "data-edition=\"999\"", in: "data/report.html")
      try packet.replace("1d1d1d1d1d1d1d1d", Canary.word, in: "data/provenance.json")
    },
    forged("packet-withheld") { packet in
      try packet.append("\"records\",\"message\",\"\",\"\",\"\",\"\",\"7\"\n", to: "data/withheld.csv")
    },
    packet("packet-information") { packet in
      try packet.append("\(Canary.word): \(Canary.word)\n", to: "bag-info.txt")
      try packet.manifestAnew(counting: false)
    },
    packet("packet-manifest") { packet in
      let text = try packet.text("manifest-sha256.txt").replacingOccurrences(of: "  data", with: " \tdata")
      try packet.write(text, to: "manifest-sha256.txt")
      try packet.manifestTagsAnew()
    },
    thrown("packet-unpublished", .verification) { folder in
      let packet = try ChangedPacket(in: folder).path
      let partial = folder.path + "/.sluice-partial-1"
      try FileManager.default.createDirectory(atPath: partial, withIntermediateDirectories: true)
      try FileManager.default.moveItem(atPath: packet, toPath: partial + "/ZQ-1")
      _ = try PacketVerifier.verify(path: partial + "/ZQ-1")
    },
    thrown("signature-missing", .verification) { folder in
      _ = try PacketVerifier.verify(path: try ChangedPacket(in: folder).path, requiresSignature: true)
    },
    packet("signature-format") {
      try $0.write(String(repeating: Canary.word, count: 9), to: "tagmanifest-sha256.txt.p7s")
    },
  ]
}

/// A copy of the packet that the tests keep.
struct ChangedPacket {
  let path: String

  init(_ name: String = "packet-ndjson", in folder: CommandFolder) throws {
    path = folder.path + "/US-2026-000123"
    try FileManager.default.copyItem(
      atPath: "\(CommandFolder.project)/Tests/Golden/\(name)", toPath: path)
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: path + "/" + name, encoding: .utf8)
  }

  func write(_ text: some StringProtocol, to name: String) throws {
    let file = path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(filePath: file))
  }

  func append(_ text: some StringProtocol, to name: String) throws {
    try write(try self.text(name) + text, to: name)
  }

  func replace(_ part: String, _ replacement: String, in name: String) throws {
    let text = try text(name)
    precondition(text.contains(part), "\(part)")
    try write(text.replacingOccurrences(of: part, with: replacement), to: name)
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path + "/" + name) }

  /// Makes the manifests and, where it is counted, the size stated anew.
  func manifestAnew(counting: Bool = true) throws {
    let names = try FileManager.default.subpathsOfDirectory(atPath: path + "/data").map { "data/" + $0 }
      .filter { (try? FileHandle(forReadingFrom: URL(filePath: path + "/" + $0)))?.isFile == true }
    try manifest(names, "manifest-sha256.txt")
    if counting {
      let size = try names.reduce(0) { $0 + (try Data(contentsOf: URL(filePath: path + "/" + $1)).count) }
      let lines = try text("bag-info.txt").split(separator: "\n").map {
        $0.hasPrefix("Payload-Oxum") ? "Payload-Oxum: \(size).\(names.count)" : String($0)
      }
      try write(lines.joined(separator: "\n") + "\n", to: "bag-info.txt")
    }
    try manifestTagsAnew()
  }

  func manifestTagsAnew() throws {
    try manifest(["bag-info.txt", "bagit.txt", "manifest-sha256.txt"], "tagmanifest-sha256.txt")
  }

  private func manifest(_ names: [String], _ file: String) throws {
    let names = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
    let lines = try names.map { name in
      let bytes = Array(try Data(contentsOf: URL(filePath: path + "/" + name)))
      return Base16.encode(SHA256.hash(bytes)) + "  " + name + "\n"
    }
    try write(lines.joined(), to: file)
  }
}

extension FileHandle {
  fileprivate var isFile: Bool {
    var information = stat()
    return fstat(fileDescriptor, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
  }
}
