/// Encoded rows that one packet may have. Only a block's result gives them out, and nothing else can be written to a packet
/// or a stream.
struct ReleasedRows: ~Copyable {
  let kindIndex: Int
  /// Whole rows; valid until the block's result is used again.
  let bytes: UnsafeRawBufferPointer

  fileprivate init(kindIndex: Int, bytes: UnsafeRawBufferPointer) {
    self.kindIndex = kindIndex
    self.bytes = bytes
  }
}

extension BlockResult {
  /// Gives on the rows of each packet, in the order of the records.
  func eachRows(_ body: (_ packet: Int, _ rows: consuming ReleasedRows) throws(SluiceError) -> Void)
    throws(SluiceError)
  {
    for segment in segments {
      let bytes = UnsafeRawBufferPointer(
        rebasing: output.bytes[segment.start..<segment.start + segment.count])
      try body(Int(segment.packet), ReleasedRows(kindIndex: Int(segment.kind), bytes: bytes))
    }
  }
}
