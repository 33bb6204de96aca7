import Glibc
import SluiceCrypto

/// Finds the sources that a list of paths stands for.
public enum SourceList {
  /// Returns one specification a file, in the order of the paths and inside a directory by path bytes.
  ///
  /// A path is a file, a directory (searched to its leaves) or `-`, standard input. Without a format a file's
  /// name tells it, and standard input is NDJSON; a given format holds for every path, and the name then
  /// tells the compression alone. In a directory hidden names are skipped; a link, a name that tells no
  /// format, or anything but a file or a directory is an error, and so is a directory without a source, so
  /// that nothing is left out silently. Opens directories but no file.
  ///
  /// - Throws: status 5: `input-missing`, `input-forbidden`, `input-unreadable`, `input-kind`,
  ///   `format-unknown`, `link-in-directory`, `directory-empty`, `name-unprintable`, `source-repeated`.
  public static func expand(
    paths: [String], schemaIndex: Int, format: SourceFormat?
  ) throws(SluiceError) -> [SourceSpecification] {
    var sources: [SourceSpecification] = []
    for path in paths {
      if path == "-" {
        sources.append(
          SourceSpecification(
            name: "standard input", place: .standardInput, format: format ?? .ndjson,
            schemaIndex: schemaIndex))
        continue
      }
      guard try identity(of: path, followsLink: true).kind == .directory else {
        sources.append(try source(at: path, schemaIndex, format, allowsLink: true))
        continue
      }
      for file in try files(under: path) {
        sources.append(try source(at: file, schemaIndex, format, allowsLink: false))
      }
    }
    try refuseRepeated(sources)
    return sources
  }

  /// Throws `source-repeated` (status 5) where two sources are one file: its records would count twice.
  ///
  /// By device and inode, so links and other spellings of a path are seen. Call it once over the whole run's
  /// sources; one that cannot be looked at is left to its opening.
  public static func refuseRepeated(_ sources: [SourceSpecification]) throws(SluiceError) {
    struct Key: Hashable {
      let device: UInt64
      let inode: UInt64
    }
    var seen = Set<Key>()
    for source in sources {
      guard let identity = source.identity else { continue }
      guard seen.insert(Key(device: identity.device, inode: identity.inode)).inserted else {
        throw SluiceError(
          .input, "source-repeated",
          "the same file is listed twice and its records would count twice; list it once",
          source: source.name)
      }
    }
  }

  private static func source(
    at path: String, _ schemaIndex: Int, _ format: SourceFormat?, allowsLink: Bool
  ) throws(SluiceError) -> SourceSpecification {
    let named = SourceFormat.named(by: path)
    guard let format = format ?? named.format else {
      throw SluiceError(
        .input, "format-unknown",
        "its name tells no format; end it in .ndjson, .jsonl, .csv or .tsv (then .gz, .zst or .xz), or state "
          + "the format by --records-format", source: printable(path))
    }
    return SourceSpecification(
      name: path, place: .file(path: path), format: format, compression: named.compression,
      schemaIndex: schemaIndex, values: [:], allowsLink: allowsLink)
  }

  /// Every file under a directory, sorted by the bytes of its path.
  private static func files(under root: String) throws(SluiceError) -> [String] {
    var files: [String] = []
    // A path is at most PATH_MAX long, so the depth of the search is bounded by the system.
    var directories = [root]
    while let directory = directories.popLast() {
      for name in try names(in: directory) {
        let path = directory.hasSuffix("/") ? directory + name : directory + "/" + name
        switch try identity(of: path, followsLink: false).kind {
        case .regular: files.append(path)
        case .directory: directories.append(path)
        case .link:
          throw SluiceError(
            .input, "link-in-directory",
            "links inside a directory are not followed; list its target by its own path, or hide the link",
            source: printable(path))
        default:
          throw SluiceError(
            .input, "input-kind", "it is neither a file nor a directory; list only files of records",
            source: printable(path))
        }
      }
    }
    guard !files.isEmpty else {
      throw SluiceError(
        .input, "directory-empty", "the directory holds no source; check the path or the mount",
        source: printable(root))
    }
    return files.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The names in a directory that are not hidden.
  private static func names(in directory: String) throws(SluiceError) -> [String] {
    guard let stream = opendir(directory), let names = FolderNames.read(stream) else {
      throw SystemFailure.input(errno, source: printable(directory))
    }
    return try names.filter { $0.first != UInt8(ascii: ".") }.map { bytes throws(SluiceError) in
      guard let name = String(validating: bytes, as: UTF8.self) else {
        throw SluiceError(
          .input, "name-unprintable", "the directory holds a name that is not UTF-8; rename that file",
          source: printable(directory))
      }
      return name
    }
  }

  private static func identity(of path: String, followsLink: Bool) throws(SluiceError) -> FileIdentity {
    // C would read such a path only up to the NUL.
    guard !path.utf8.contains(0) else { throw SystemFailure.input(ENOENT, source: printable(path)) }
    var status = stat()
    guard (followsLink ? stat(path, &status) : lstat(path, &status)) == 0 else {
      throw SystemFailure.input(errno, source: printable(path))
    }
    return FileIdentity(status)
  }

  private static func printable(_ path: String) -> String { SourceSpecification.printable(path) }
}
