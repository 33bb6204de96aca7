import Foundation
import Sluice
import Testing

/// Two files whose names Unicode holds for equal: in a dictionary they would be one, and one of them would go unread.
@Suite struct BagNamesTests {
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  private func bag(_ names: [String], listing listed: [String]) throws -> SourceFolder {
    let folder = SourceFolder()
    folder.write("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", to: "bag/bagit.txt")
    for name in names { folder.write("x", to: "bag/data/\(name)") }
    let digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    folder.write(
      listed.map { "\(digest)  data/\($0)\n" }.joined(), to: "bag/manifest-sha256.txt")
    return folder
  }

  private func verdict(_ folder: SourceFolder) throws -> String? {
    let opened = try FileLayer().openFolder(folder.path + "/bag")
    do { _ = try BagReader().verify(opened) } catch { return error.code }
    return nil
  }

  @Test func aNameIsReadInEitherForm() throws {
    #expect(try verdict(bag([Self.composed], listing: [Self.composed])) == nil)
    #expect(try verdict(bag([Self.decomposed], listing: [Self.decomposed])) == nil)
  }

  @Test func aFileAddedUnderTheOtherFormIsNoticed() throws {
    let names = [Self.composed, Self.decomposed]
    #expect(try verdict(bag(names, listing: [Self.composed])) == "bag-name")
    #expect(try verdict(bag(names, listing: names)) == "bag-name")
    // The sign for kelvin is the letter K to Unicode.
    #expect(try verdict(bag(["K", "\u{212A}"], listing: ["K"])) == "bag-name")
  }

  @Test func aFolderAddedUnderTheOtherFormIsNoticed() throws {
    let names = [Self.composed + "/a", Self.decomposed + "/b"]
    #expect(try verdict(bag(names, listing: names)) == "bag-name")
  }
}
