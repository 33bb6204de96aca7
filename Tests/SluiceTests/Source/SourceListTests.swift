import Glibc
import Sluice
import Testing

@Suite("Source list") struct SourceListTests {
  static func code(_ paths: [String], _ format: SourceFormat? = nil) -> String? {
    sourceFailure { _ = try SourceList.expand(paths: paths, schemaIndex: 0, format: format) }?.code
  }

  @Test("A name tells format and compression")
  func names() throws {
    let folder = SourceFolder()
    let expected: [(String, SourceFormat, SourceCompression)] = [
      ("a.ndjson", .ndjson, .none), ("a.jsonl", .ndjson, .none), ("a.csv", .csv, .none),
      ("a.b.TSV", .tsv, .none), ("a.ndjson.gz", .ndjson, .gzip), ("a.csv.zst", .csv, .zstd),
      ("a.tsv.XZ", .tsv, .xz),
    ]
    for (name, format, compression) in expected {
      let path = folder.write("", to: name)
      let sources = try SourceList.expand(paths: [path], schemaIndex: 3, format: nil)
      #expect(
        sources == [
          SourceSpecification(
            name: path, place: .file(path: path), format: format, compression: compression, schemaIndex: 3)
        ])
    }
    for name in ["a", "csv", "a.txt", "a.gz", "csv.gz", "a.csv.bz2", "a.json"] {
      let path = folder.write("", to: name)
      #expect(Self.code([path]) == "format-unknown")
      let given = try SourceList.expand(paths: [path], schemaIndex: 0, format: .tsv)
      #expect(given[0].format == .tsv && given[0].compression == (name.hasSuffix(".gz") ? .gzip : .none))
    }
  }

  @Test("A directory is searched to its leaves, by path bytes; hidden names are skipped")
  func directory() throws {
    let folder = SourceFolder()
    for name in [
      "d/b.csv", "d/a.csv", "d/B.csv", "d/a/z.csv", "d/a-b.csv", "d/é.csv", "d/.x.csv", "d/.y/a.txt",
    ] {
      folder.write("", to: name)
    }
    let root = folder.path + "/d"
    let expected = ["B.csv", "a-b.csv", "a.csv", "a/z.csv", "b.csv", "é.csv"].map { root + "/" + $0 }
    for path in [root, root + "/"] {
      let found = try SourceList.expand(paths: [path], schemaIndex: 0, format: nil)
      #expect(found.map(\.name) == expected)
      #expect(found.allSatisfy { !$0.allowsLink })
    }
  }

  @Test("Nothing in a directory is left out silently")
  func refused() throws {
    let folder = SourceFolder()
    #expect(Self.code([folder.path]) == "directory-empty")
    folder.write("", to: "d/a.csv")
    folder.write("", to: "d/notes.txt")
    #expect(Self.code([folder.path + "/d"]) == "format-unknown")
    #expect(Self.code([folder.path + "/d"], .csv) == nil)
    folder.write("", to: "l/a.csv")
    try #require(symlink(folder.path + "/d/a.csv", folder.path + "/l/b.csv") == 0)
    #expect(Self.code([folder.path + "/l"]) == "link-in-directory")
    folder.write("", to: "f/a.csv")
    try #require(mkfifo(folder.path + "/f/b.csv", 0o600) == 0)
    #expect(Self.code([folder.path + "/f"]) == "input-kind")
    #expect(Self.code([folder.path + "/none.csv"]) == "input-missing")
    #expect(Self.code(["\(folder.path)/d/a.csv\0"]) == "input-missing")
  }

  @Test("A link put in a file's place after the search is not followed")
  func linkAfterSearch() throws {
    let folder = SourceFolder()
    let path = folder.write("{}\n", to: "d/a.ndjson")
    let sources = try SourceList.expand(paths: [folder.path + "/d"], schemaIndex: 0, format: nil)
    try #require(unlink(path) == 0 && symlink(folder.write("{}\n", to: "other"), path) == 0)
    #expect(sourceFailure { _ = try readSource(sources[0]) }?.code == "input-unreadable")
  }

  @Test("The same file twice is refused, however it is spelt")
  func repeated() throws {
    let folder = SourceFolder()
    let path = folder.write("", to: "d/a.csv")
    try #require(link(path, folder.path + "/hard.csv") == 0)
    try #require(symlink(path, folder.path + "/soft.csv") == 0)
    for other in [path, folder.path + "/d", folder.path + "/d/../d/a.csv", "/hard.csv", "/soft.csv"] {
      let other = other.hasPrefix(folder.path) ? other : folder.path + other
      #expect(Self.code([path, other]) == "source-repeated")
    }
    #expect(Self.code(["-", "-"]) == "source-repeated")
    #expect(Self.code([path, folder.write("", to: "d/b.csv")]) == nil)
  }

  @Test("Standard input is NDJSON unless told otherwise")
  func standardInput() throws {
    let plain = try SourceList.expand(paths: ["-"], schemaIndex: 0, format: nil)
    #expect(plain[0].place == .standardInput && plain[0].format == .ndjson)
    #expect(try SourceList.expand(paths: ["-"], schemaIndex: 0, format: .csv)[0].format == .csv)
  }

  @Test("F38 a source that is the output is told")
  func sameFile() throws {
    let folder = SourceFolder()
    let path = folder.write("", to: "a.csv")
    let output = open(path, O_WRONLY | O_CLOEXEC)
    let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer {
      close(output)
      close(null)
    }
    try #require(link(path, folder.path + "/b.csv") == 0)
    #expect(SourceSpecification(path, .csv).isSameFile(asDescriptor: output))
    #expect(SourceSpecification(folder.path + "/b.csv", .csv).isSameFile(asDescriptor: output))
    #expect(!SourceSpecification(folder.write("", to: "c.csv"), .csv).isSameFile(asDescriptor: output))
    #expect(!SourceSpecification("/dev/null").isSameFile(asDescriptor: null))
    #expect(!SourceSpecification(path + "x").isSameFile(asDescriptor: output))
    #expect(!SourceSpecification(path).isSameFile(asDescriptor: -1))
  }

  @Test("A name cannot write on the terminal")
  func printableName() {
    let source = SourceSpecification(
      name: "a\u{1B}[2J\n\u{202E}b", place: .standardInput, format: .csv, schemaIndex: 0)
    #expect(source.name == "a?[2J??b")
  }
}
