import SluiceCrypto

/// What ends a run, or one packet of it: a stable code, where it happened, and what the user can do.
///
/// A message never holds a value from a record, a key or an identifier: only codes, names that a schema or a
/// policy gave, and positions.
public struct SluiceError: Error, Equatable, Sendable {
  /// The kind of ending, whose raw value is the command's exit status (design: section 3.7).
  public enum Status: Int32, Sendable, CaseIterable {
    /// A fault of Sluice itself.
    case bug = 1
    /// A policy, schema, demand or sources file does not load.
    case document = 3
    /// More records were rejected than `--max-rejected` allows.
    case rejected = 4
    /// An input cannot be read or is not what it claims.
    case input = 5
    /// An output could not be written, synced or published.
    case output = 6
    /// The key is unusable or the self-test failed.
    case key = 7
    /// A packet does not verify.
    case verification = 8
    /// A limit was reached.
    case limit = 9
    /// A demand was refused; the others are done.
    case refused = 10
    /// The command line cannot be understood.
    case usage = 64

    /// The order in which one status is chosen where several apply: the first of these.
    package static let precedence: [Status] = [.bug, .key, .output, .input, .limit, .rejected, .refused]
  }

  /// Stable, kebab-case, for machines: `input-changed`, `packet-exists`.
  public let code: String
  /// What the command ends with where nothing stronger happened.
  public let status: Status
  /// One sentence for a person: what is wrong and what to do about it.
  public let message: String
  /// The source's name as listed, or the document's file name.
  public var source: String?
  /// The record's number in its source, from 1. A CSV header and empty lines count, so that in NDJSON it is the
  /// number of the line and in a spreadsheet that of the row.
  public var record: UInt64?
  /// The byte offset in the (decompressed) source, from 0.
  public var byteOffset: UInt64?
  /// The field's name in the schema.
  public var field: String?

  /// An error; where it happened may be added later, by whoever knows it.
  public init(
    _ status: Status, _ code: String, _ message: String, source: String? = nil, record: UInt64? = nil,
    byteOffset: UInt64? = nil, field: String? = nil
  ) {
    self.status = status
    self.code = code
    self.message = message
    self.source = source
    self.record = record
    self.byteOffset = byteOffset
    self.field = field
  }
}

extension SluiceError {
  /// A failure of the key, the self-test or libcrypto, status 7; neither holds a value.
  package init(_ error: CryptoError) { self.init(.key, error.code, error.message) }
}

extension SluiceError: CustomStringConvertible {
  /// `source: record 3, byte 120, field sender: message (code)`.
  public var description: String {
    var place: [String] = []
    if let record { place.append("record \(record)") }
    if let byteOffset { place.append("byte \(byteOffset)") }
    if let field { place.append("field \(field)") }
    let position = place.joined(separator: ", ")
    let start = [source, position.isEmpty ? nil : position].compactMap { $0 }.joined(separator: ": ")
    return (start.isEmpty ? "" : start + ": ") + "\(message) (\(code))"
  }
}
