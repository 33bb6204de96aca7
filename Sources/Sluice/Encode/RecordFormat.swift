/// The encoding of released records; the raw value is the extension of a packet's files.
public enum RecordFormat: String, CaseIterable, Sendable {
  case ndjson, csv
}
