import Sluice

/// Records of one form of accounts in both formats, cut into blocks; made once a run.
struct SharedRecords: Sendable {
  let ndjson: RecordBlocks
  /// Without the header.
  let csv: RecordBlocks
  let header: [[UInt8]]
  let pool: [String]

  static let repeating = SharedRecords(.repeat)
  static let unique = SharedRecords(.unique)
  static let oneSender = SharedRecords(.oneSender)

  static func of(_ accounts: MessageRecords.Accounts) -> SharedRecords {
    switch accounts {
    case .repeat: repeating
    case .unique: unique
    case .oneSender: oneSender
    }
  }

  private init(_ accounts: MessageRecords.Accounts) {
    let records = MessageRecords(accounts)
    ndjson = RecordBlocks(records.ndjson)
    let header = records.csv.prefix { $0 != 0x0A }
    csv = RecordBlocks(records.csv[(header.count + 1)...])
    self.header = header.split(separator: UInt8(ascii: ",")).map(Array.init)
    pool = records.pool
  }

  /// The CSV records with quotes around every cell.
  func quotedCSV() -> RecordBlocks {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(csv.byteCount + csv.recordCount * header.count * 2)
    for block in csv.blocks {
      for byte in block.block.bytes {
        let isComma = byte == UInt8(ascii: ",")
        if bytes.isEmpty || bytes[bytes.count - 1] == 0x0A { bytes.append(UInt8(ascii: "\"")) }
        if isComma || byte == 0x0A { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(byte)
        if isComma { bytes.append(UInt8(ascii: "\"")) }
      }
    }
    return RecordBlocks(bytes)
  }
}
