import Glibc

/// One source of records as a run names it; nothing is opened yet.
public struct SourceSpecification: Equatable, Sendable {
  /// Where a source lies: at a path, relative to the working folder unless it is absolute, or on standard input.
  public enum Place: Equatable, Sendable {
    case file(path: String)
    case standardInput
  }

  /// The source as listed, shown in errors and reports; what cannot be printed is `?`.
  public let name: String
  /// Where it lies.
  public let place: Place
  /// How it writes its records; never guessed from its bytes.
  public let format: SourceFormat
  /// How its bytes are packed.
  public let compression: SourceCompression
  /// Index into `Catalog.schemas`.
  public let schemaIndex: Int
  /// Constants for fields that are `from: source`, by field name.
  public var values: [String: String]
  /// Whether the last part of the path may be a symbolic link; not so for what a directory was searched for.
  package let allowsLink: Bool

  /// Describes a source.
  ///
  /// - Parameters:
  ///   - name: the source as the user listed it.
  ///   - compression: standard input cannot be compressed; opening it then fails.
  public init(
    name: String, place: Place, format: SourceFormat, compression: SourceCompression = .none,
    schemaIndex: Int, values: [String: String] = [:]
  ) {
    self.init(
      name: name, place: place, format: format, compression: compression, schemaIndex: schemaIndex,
      values: values, allowsLink: true)
  }

  package init(
    name: String, place: Place, format: SourceFormat, compression: SourceCompression, schemaIndex: Int,
    values: [String: String], allowsLink: Bool
  ) {
    self.name = Self.printable(name)
    self.place = place
    self.format = format
    self.compression = compression
    self.schemaIndex = schemaIndex
    self.values = values
    self.allowsLink = allowsLink
  }

  /// Returns whether the source is the file (or the FIFO) that a descriptor of this program has open, by
  /// device and inode: a source that is also the output would be read back while it is written.
  ///
  /// False where either cannot be looked at; opening the source then says why. Terminals and other character
  /// devices are never the same: they may be both ends of one conversation.
  public func isSameFile(asDescriptor descriptor: Int32) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    let theirs = FileIdentity(status)
    guard theirs.kind == .regular || theirs.kind == .pipe, let ours = identity else { return false }
    return ours.isSameFile(as: theirs)
  }

  /// Whether it can be read a second time: a file can, standard input, a FIFO or a device cannot.
  ///
  /// True where the place cannot be looked at; opening the source then says why.
  public var canBeReadAgain: Bool { place != .standardInput && (identity?.kind ?? .regular) == .regular }

  /// What the place holds now, links followed; nil where it cannot be looked at.
  package var identity: FileIdentity? {
    var status = stat()
    let result =
      switch place {
      case .file(let path): stat(path, &status)
      case .standardInput: fstat(STDIN_FILENO, &status)
      }
    return result == 0 ? FileIdentity(status) : nil
  }

  /// A name that cannot move a terminal's cursor, turn its text or break a line of a log.
  package static func printable(_ name: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in name.unicodeScalars { result.append(scalar.isHidden ? "?" : scalar) }
    return String(result)
  }
}
