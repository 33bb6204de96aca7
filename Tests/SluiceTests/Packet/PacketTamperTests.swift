import Foundation
import Sluice
import Testing

/// F40: whatever is changed in a packet, it no longer verifies.
@Suite struct PacketTamperTests {
  private let name = "US-2026-000123"

  private func code(_ path: String) -> String? {
    do { _ = try PacketVerifier.verify(path: path) } catch {
      return error.status == .verification ? error.code : "status \(error.status.rawValue)"
    }
    return nil
  }

  @Test func everyTruncatedDroppedOrLengthenedFileIsFound() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let packet = place.path + "/" + name
    for (file, bytes) in try place.files(name) {
      for changed in [[], Array(bytes.dropLast()), bytes + [0x0A], bytes + bytes] where changed != bytes {
        try place.write(changed, "\(name)/\(file)")
        #expect(code(packet) != nil, "\(file)")
      }
      try FileManager.default.removeItem(atPath: "\(packet)/\(file)")
      #expect(code(packet) != nil, "\(file)")
      try place.write(bytes, "\(name)/\(file)")
    }
    #expect(code(packet) == nil)
  }

  @Test(arguments: [
    "extra.txt", "data/extra.txt", "data/records/extra.ndjson", "manifest-sha512.txt", "fetch.txt",
    "tagmanifest-sha256.txt.p7s", ".hidden",
  ])
  func anAddedFileIsFound(file: String) throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    try place.write([], "\(name)/\(file)")
    #expect(code(place.path + "/" + name) != nil)
  }

  @Test func addedFoldersLinksAndPipesAreFound() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let packet = place.path + "/" + name
    for folder in ["empty", "data/empty", "data/records/empty"] {
      try FileManager.default.createDirectory(
        atPath: "\(packet)/\(folder)", withIntermediateDirectories: false)
      #expect(code(packet) == "packet-files", "\(folder)")
      try FileManager.default.removeItem(atPath: "\(packet)/\(folder)")
    }
    #expect(mkfifo(packet + "/data/pipe", 0o600) == 0)
    #expect(code(packet) == "bag-special-file")
    try FileManager.default.removeItem(atPath: packet + "/data/pipe")
    // A link to a file of the same bytes is still a link.
    for file in ["data/README.txt", "data/fields.csv", "data/records/message.ndjson", "bagit.txt"] {
      let path = "\(packet)/\(file)"
      try FileManager.default.moveItem(atPath: path, toPath: place.path + "/aside")
      try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: place.path + "/aside")
      #expect(code(packet) != nil, "\(file)")
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: place.path + "/aside", toPath: path)
    }
    #expect(code(packet) == nil)
  }

  @Test func filesOfAnotherPacketAreFound() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    try PacketFixtures.sealSmall(in: folder)
    try PacketFixtures.sealSmall(in: folder, reference: "US-OTHER")
    let other = try place.files("US-OTHER")
    for (file, bytes) in try place.files(name) where other[file] != bytes {
      try place.write(try #require(other[file]), "\(name)/\(file)")
      #expect(code(place.path + "/" + name) != nil, "\(file)")
      try place.write(bytes, "\(name)/\(file)")
    }
  }

  /// A change with every digest made anew, as someone with write access could: the packet must still agree
  /// with itself. (What binds it to its maker is the packet digest told by another way, and the signature.)
  @Test(arguments: [
    ("data/reconciliation.csv", "\"reached\",\"\",\"13\"", "\"reached\",\"\",\"14\"", "packet-conservation"),
    ("data/reconciliation.csv", "\"remainder\",\"\",\"0\"", "\"remainder\",\"\",\"1\"", "packet-counts"),
    ("data/reconciliation.csv", "\"reached\",\"\",\"13\"", "\"reached\",\"\",\"013\"", "packet-counts"),
    ("data/reconciliation.csv", "\"location\"", "\"message\"", "packet-counts"),
    ("data/withheld.csv", "\"other-reasons\",\"10\"", "\"other-reasons\",\"9\"", "packet-withheld"),
    ("data/withheld.csv", "\"what\",\"kind\"", "\"kind\",\"what\"", "packet-side-file"),
    ("data/withheld.csv", "\"location\"", "location", "packet-side-file"),
    ("data/fields.csv", "\"message\",\"type\"", "\"message\",\"size\"", "packet-records"),
    ("data/fields.csv", "\"message\",\"type\"", "\"../message\",\"type\"", "packet-side-file"),
    ("data/records/message.ndjson", "\"type\":\"text\"", "\"size\":\"text\"", "packet-records"),
    ("data/records/message.ndjson", "{\"sent_at\"", "{ \"sent_at\"", "packet-records"),
    (
      "data/records/message.ndjson", "\"recipients\":[\"paaaa\"]", "\"recipients\":[\"paaaa\"",
      "packet-records"
    ),
    ("data/records/message.ndjson", "00Z\",\"sender\"", "00Z\"}\n{\"sender\"", "packet-counts"),
    ("data/records/location.ndjson", "\n", "", "packet-records"),
    ("data/demand.json", "\"US-2026-000123\"", "\"US-2026-000124\"", "packet-demand"),
    ("data/demand.json", "\"part\": 1", "\"part\": 2", "packet-demand"),
    ("bag-info.txt", "US-2026-000123", "US-2026-000124", "packet-demand"),
    ("bag-info.txt", "US-2026-000123", "../x", "packet-information"),
    ("bag-info.txt", "Sluice-Unreadable: none", "Sluice-Unreadable: few", "packet-information"),
    ("bag-info.txt", "Sluice-Unreadable: none", "Sluice-Unreadable: some", "packet-provenance"),
    ("data/provenance.json", "\"unreadable\": \"none\"", "\"unreadable\": \"some\"", "packet-provenance"),
    ("data/provenance.json", "\"reached\": 13", "\"reached\": 14", "packet-provenance"),
    ("data/provenance.json", "\"kind\": \"message\"", "\"kind\": \"location\"", "packet-provenance"),
    ("bag-info.txt", "Sluice-Clock: given", "Sluice-Clock: system", "packet-information"),
    ("bag-info.txt", "Bagging-Date", "Bagging-date", "packet-information"),
    ("bag-info.txt", "Bagging-Date: ", "Bagging-Date: \u{301}", "packet-information"),
    ("bag-info.txt", "\nPayload-Oxum", "\r\nPayload-Oxum", "packet-information"),
    ("bagit.txt", "1.0", "0.97", "packet-manifest"),
  ])
  func aPacketThatContradictsItselfIsFound(file: String, text: String, by other: String, code: String) throws
  {
    #expect(try codeAfterRemaking(file, text, by: other, .ndjson) == code)
  }

  /// The same of CSV, where the header names the columns and every row has a cell of each.
  @Test(arguments: [
    ("\"type\"", "\"size\"", "packet-columns"),
    ("\"sent_at\",\"sender\"", "\"sender\",\"sent_at\"", "packet-columns"),
    ("\"sent_at\",", "", "packet-columns"), ("\"text\"", "\"text\",\"more\"", "packet-records"),
    ("\"text\"", "text", "packet-records"), (",\"text\"", "", "packet-records"),
  ])
  func aTableThatContradictsItsFieldsIsFound(text: String, by other: String, code: String) throws {
    #expect(try codeAfterRemaking("data/records/message.csv", text, by: other, .csv) == code)
  }

  /// Seals a packet, changes a text in one of its files and makes every digest anew; why it does not verify.
  private func codeAfterRemaking(
    _ file: String, _ text: String, by other: String, _ format: RecordFormat
  ) throws -> String? {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path), format: format)
    let before = try place.text("\(name)/\(file)")
    try #require(before.contains(text))
    try place.write(Array(before.replacingOccurrences(of: text, with: other).utf8), "\(name)/\(file)")
    let packet = place.path + "/" + name
    let remake = """
      octets=$(find data -type f -printf '%s\\n' | awk '{ n += $1 } END { print n }')
      sed -i "s/^Payload-Oxum: [0-9]*/Payload-Oxum: $octets/" bag-info.txt
      find data -type f | LC_ALL=C sort | xargs sha256sum > manifest-sha256.txt
      sha256sum bag-info.txt bagit.txt manifest-sha256.txt > tagmanifest-sha256.txt
      """
    #expect(try runTool(["sh", "-c", remake], in: packet).status == 0)
    return code(packet)
  }

  @Test func aFolderThatIsNotThereIsAnInputThatCannotBeRead() throws {
    let place = try PacketPlace()
    #expect(code(place.path + "/none") == "status 5")
    #expect(code(place.path) == "bag-declaration")
  }
}
