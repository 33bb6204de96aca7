/// How a source writes its records.
public enum SourceFormat: String, CaseIterable, Sendable {
  /// One JSON object a line.
  case ndjson
  /// RFC 4180 with a header, comma between cells.
  case csv
  /// The rules of CSV with TAB between cells.
  case tsv

  /// The byte between cells; nil where records are lines.
  package var separator: UInt8? {
    switch self {
    case .ndjson: nil
    case .csv: 0x2C
    case .tsv: 0x09
    }
  }
}

/// How a source's bytes are packed, told by its name alone.
public enum SourceCompression: String, CaseIterable, Sendable {
  case none, gzip, zstd, xz
}

extension SourceFormat {
  /// Reads the format and the compression off a file's name: `.ndjson`, `.jsonl`, `.csv` or `.tsv`, then
  /// `.gz`, `.zst`, `.xz` or nothing, in either case. The format is nil where the name tells none.
  package static func named(by path: String) -> (format: SourceFormat?, compression: SourceCompression) {
    var parts = path.split(separator: "/").last?.split(separator: ".").map { $0.lowercased() } ?? []
    var compression = SourceCompression.none
    switch parts.last {
    case "gz": compression = .gzip
    case "zst": compression = .zstd
    case "xz": compression = .xz
    default: break
    }
    if compression != .none { parts.removeLast() }
    // The first part is the name itself: a file called `csv` has no suffix.
    switch parts.dropFirst().last {
    case "ndjson", "jsonl": return (.ndjson, compression)
    case "csv": return (.csv, compression)
    case "tsv": return (.tsv, compression)
    default: return (nil, compression)
    }
  }
}
