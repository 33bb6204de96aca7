import Sluice
import Testing

@Suite("A path is split at its last slash")
struct PathPartsTests {
  @Test(arguments: [
    ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("/a/b.c", "/a", "b.c"), ("a/", "a", ""),
    ("", ".", ""), ("/", "/", ""), ("./a", ".", "a"), ("a/\u{301}b", "a", "\u{301}b"),
  ])
  func split(path: String, folder: String, name: String) {
    let parts = PathParts(path)
    #expect(Array(parts.folder.utf8) == Array(folder.utf8))
    #expect(Array(parts.name.utf8) == Array(name.utf8))
  }
}
