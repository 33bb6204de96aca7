import Foundation
import Sluice
import Testing

/// The BagIt conformance suite of the Library of Congress, each bag with the outcome we chose.
///
/// Every bag of the suite with MD5 or SHA-224 manifests is refused by name, valid or not: those digests prove
/// nothing. Where the suite only warns, we refuse; the reason stands beside the bag.
@Suite struct BagConformanceTests {
  static let archive = PacketFixtures.packageFolder + "/../shared/vectors/bagit/bagit_v097_v10.tar.gz"

  /// nil: the bag is valid.
  static let outcomes: [(bag: String, code: String?)] = [
    ("v1.0/valid/basicBag", nil),
    ("v1.0/invalid/bagit-with-invalid-whitespace", "bag-declaration"),
    ("v1.0/invalid/notAllManifestsListAllFiles", "bag-file-added"),
    // Its bagit.txt has a blank at a line's end, which comes first.
    ("v1.0/invalid/same-filename-listed-twice-with-different-hashes", "bag-declaration"),
    ("v1.0/invalid/same-filename-listed-twice-with-the-same-hash", "bag-manifest-twice"),
    ("v0.97/invalid/baginfo-missing-encoding", "bag-declaration"),
    ("v0.97/invalid/bom-in-bagit.txt", "bag-declaration"),
    ("v0.97/invalid/corrupt-data-file", "bag-algorithm"),
    ("v0.97/invalid/corrupt-tag-file", "bag-algorithm"),
    ("v0.97/invalid/extra-file-in-bag", "bag-algorithm"),
    ("v0.97/invalid/invalid-version-number", "bag-declaration"),
    ("v0.97/invalid/missing-baginfo", "bag-algorithm"),
    ("v0.97/invalid/missing-bagit.txt", "bag-declaration"),
    ("v0.97/invalid/out-of-scope-file-paths-using-dot-notation", "bag-algorithm"),
    ("v0.97/invalid/out-of-scope-file-paths-using-dot-notation-for-fetch", "bag-fetch"),
    ("v0.97/invalid/same-filename-listed-twice-with-different-hashes", "bag-manifest-twice"),
    ("v0.97/linux-only/out-of-scope-file-paths-using-absolute-path", "bag-algorithm"),
    ("v0.97/linux-only/out-of-scope-file-paths-using-absolute-path-for-fetch", "bag-fetch"),
    ("v0.97/linux-only/out-of-scope-file-paths-using-shortcut", "bag-algorithm"),
    ("v0.97/linux-only/out-of-scope-file-paths-using-shortcut-for-fetch", "bag-fetch"),
    ("v0.97/linux-only/out-of-scope-file-paths-using-shortcut-username", "bag-algorithm"),
    ("v0.97/linux-only/out-of-scope-file-paths-using-shortcut-username-for-fetch", "bag-fetch"),
    ("v0.97/windows-only/out-of-scope-file-paths-using-absolute-path", "bag-algorithm"),
    ("v0.97/windows-only/out-of-scope-file-paths-using-absolute-path-for-fetch", "bag-fetch"),
    ("v0.97/windows-only/out-of-scope-file-paths-using-shortcut", "bag-algorithm"),
    ("v0.97/windows-only/out-of-scope-file-paths-using-shortcut-for-fetch", "bag-fetch"),
    ("v0.97/windows-only/out-of-scope-file-paths-using-unc", "bag-algorithm"),
    ("v0.97/windows-only/out-of-scope-file-paths-using-unc-for-fetch", "bag-fetch"),
    ("v0.97/valid/ISO-8859-1-encoded-tag-files", "bag-encoding"),
    ("v0.97/valid/UTF-16-encoded-tag-files", "bag-encoding"),
    ("v0.97/valid/bag-in-a-bag", "bag-algorithm"),
    ("v0.97/valid/bag-with-encoded-names", "bag-algorithm"),
    ("v0.97/valid/bag-with-escapable-characters", "bag-algorithm"),
    ("v0.97/valid/bag-with-leading-dot-slash-in-manifest", "bag-algorithm"),
    ("v0.97/valid/bag-with-space", "bag-algorithm"),
    ("v0.97/valid/basic-bag", "bag-algorithm"),
    ("v0.97/valid/duplicate-metadata-entries", "bag-algorithm"),
    // It names files to fetch; Sluice never fetches.
    ("v0.97/valid/holey-bag", "bag-fetch"),
    ("v0.97/valid/minimal-bag", "bag-algorithm"),
    ("v0.97/valid/uncommon-metadata-separators", "bag-algorithm"),
    // hello.txt and HELLO.txt are two files where case counts, and one of them is not there.
    ("v0.97/warning/duplicate-file-with-different-case", "bag-file-missing"),
    ("v0.97/warning/made-with-md5sum-tools", "bag-algorithm"),
    // `./data/...`: a path is written in one way only.
    ("v0.97/warning/relative-path", "bag-manifest"),
    // A file is listed once, whatever its digests.
    ("v0.97/warning/same-filename-listed-twice-with-the-same-hash", "bag-manifest-twice"),
    ("v0.97/warning/same-filename-listed-twice-with-different-normalization", "bag-declaration"),
    // The manifest lists .DS_Store, which the archive that the suite comes in left out.
    ("v0.97/warning/special-system-files", "bag-file-missing"),
  ]

  @Test(
    "BagIt conformance suite (shared/vectors/bagit)",
    .enabled(
      if: FileManager.default.fileExists(atPath: archive),
      "the suite is not part of the package: shared/vectors/bagit is absent"))
  func everyBagOfTheSuiteHasTheOutcomeWeChose() throws {
    let place = try PacketPlace()
    try #require(try runTool(["tar", "-xzf", Self.archive, "-C", place.path]).status == 0)
    var bags: [String] = []
    for version in ["v0.97", "v1.0"] {
      for sort in try place.names(version) {
        bags += try place.names("\(version)/\(sort)").map { "\(version)/\(sort)/\($0)" }
      }
    }
    #expect(bags.sorted() == Self.outcomes.map(\.bag).sorted())
    let layer = FileLayer()
    for (bag, code) in Self.outcomes {
      var outcome: String?
      do { _ = try BagReader().verify(try layer.openFolder(place.path + "/" + bag)) } catch {
        #expect(error.status == .verification, "\(bag)")
        outcome = error.code
      }
      #expect(outcome == code, "\(bag)")
    }
  }
}

/// Hand-made bags for what the suite tests with MD5 alone.
@Suite struct BagReaderTests {
  private func outcome(
    version: String = "1.0", manifest: String, tagManifest: String? = nil,
    files: [String: String] = ["data/a": "a\n"]
  ) throws -> String? {
    let place = try PacketPlace()
    try FileManager.default.createDirectory(atPath: place.path + "/data/b", withIntermediateDirectories: true)
    try place.write(
      Array("BagIt-Version: \(version)\nTag-File-Character-Encoding: UTF-8\n".utf8), "bagit.txt")
    try place.write(Array(manifest.utf8), "manifest-sha256.txt")
    if let tagManifest { try place.write(Array(tagManifest.utf8), "tagmanifest-sha256.txt") }
    for (name, text) in files { try place.write(Array(text.utf8), name) }
    do { _ = try BagReader().verify(try FileLayer().openFolder(place.path)) } catch { return error.code }
    return nil
  }

  /// sha256sum of "a\n".
  private let digest = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7"

  @Test func aBagOfOneFileIsValidAndEveryDepartureIsNot() throws {
    #expect(try outcome(manifest: "\(digest)  data/a\n") == nil)
    #expect(try outcome(version: "0.97", manifest: "\(digest)\tdata/a\r\n") == nil)
    #expect(try outcome(manifest: "\(digest.uppercased())  data/a") == nil)
    #expect(try outcome(version: "1.1", manifest: "\(digest)  data/a\n") == "bag-declaration")
    #expect(try outcome(manifest: "") == "bag-file-added")
    #expect(try outcome(manifest: "\(digest)  data/a\n\(digest)  data/c\n") == "bag-file-missing")
    #expect(try outcome(manifest: "\(digest)  data/a\n", files: ["data/a": "b\n"]) == "bag-digest")
    #expect(
      try outcome(manifest: "\(digest)  data/a\n", files: ["data/a": "a\n", "data/b/c": ""])
        == "bag-file-added")
    #expect(
      try outcome(manifest: "\(digest)  data/a\n", files: ["data/a": "a\n", "manifest-md5.txt": ""])
        == "bag-algorithm")
    #expect(
      try outcome(
        manifest: "\(digest)  data/a\n", files: ["data/a": "a\n", "bag-info.txt": "Payload-Oxum: 2.1\n"])
        == nil)
    #expect(
      try outcome(
        manifest: "\(digest)  data/a\n", files: ["data/a": "a\n", "bag-info.txt": "payload-oxum: 3.1\n"])
        == "bag-oxum")
    #expect(
      try outcome(manifest: "\(digest)  data/a\n", tagManifest: "\(digest)  bagit.txt\n") == "bag-digest")
    #expect(
      try outcome(manifest: "\(digest)  data/a\n", tagManifest: "\(digest)  none.txt\n") == "bag-file-missing"
    )
  }

  /// Whether it names anything or nothing, and whether a tag manifest lists it.
  @Test func aBagThatFetchesIsRefused() throws {
    for text in ["", "https://files.example/a 2 data/a\n"] {
      let files = ["data/a": "a\n", "fetch.txt": text]
      #expect(try outcome(manifest: "\(digest)  data/a\n", files: files) == "bag-fetch")
    }
  }

  @Test func aBagOfSHA512IsRead() throws {
    // sha512sum of "a\n".
    let digest =
      "162b0b32f02482d5aca0a7c93dd03ceac3acd7e410a5f18f3fb990fc958ae0df"
      + "6f32233b91831eaf99ca581a8c4ddf9c8ba315ac482db6d4ea01cc7884a635be"
    let own = "\(self.digest)  data/a\n"
    #expect(
      try outcome(manifest: own, files: ["data/a": "a\n", "manifest-sha512.txt": "\(digest)  data/a\n"])
        == nil)
    let other = digest.replacing("162b", with: "162c")
    #expect(
      try outcome(manifest: own, files: ["data/a": "a\n", "manifest-sha512.txt": "\(other)  data/a\n"])
        == "bag-digest")
    #expect(
      try outcome(manifest: own, files: ["data/a": "a\n", "manifest-sha512.txt": own]) == "bag-manifest")
  }

  @Test(arguments: [
    "../data/a", "data/../data/a", "data/../../a", "/data/a", "~/data/a", "data//a", "./data/a", "data/./a",
    "data\\a", "*data/a", "data", "bagit.txt", "",
  ])
  func aPathThatIsNotPlainlyInDataIsRefused(path: String) throws {
    #expect(try outcome(manifest: "\(digest)  data/a\n\(digest)  \(path)\n") == "bag-manifest")
  }

  @Test func namesWithLineEndsAndPercentSignsAreEncoded() throws {
    #expect(try outcome(manifest: "\(digest)  data/%25%0A\n", files: ["data/%\n": "a\n"]) == nil)
    #expect(try outcome(manifest: "\(digest)  data/%0d\n", files: ["data/\r": "a\n"]) == nil)
    #expect(try outcome(manifest: "\(digest)  data/%41\n", files: ["data/%41": "a\n"]) == "bag-manifest")
    #expect(
      try outcome(version: "0.97", manifest: "\(digest)  data/%41\n", files: ["data/%41": "a\n"]) == nil)
  }
}
