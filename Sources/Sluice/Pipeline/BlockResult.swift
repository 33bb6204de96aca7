/// What one worker made of one block, until it is committed in the order of the blocks; used again afterwards.
final class BlockResult: @unchecked Sendable {
  // Unchecked: one thread at a time has it, and the ring's lock hands it over.

  /// Rows of one packet and kind that stand together in `output`.
  struct Segment {
    var packet: Int32
    var kind: Int32
    var start: Int
    var count: Int

    static let none = Segment(packet: -1, kind: -1, start: 0, count: 0)
  }

  /// A record that could not be read: its place in the block, and why.
  struct Fault {
    var record: UInt64
    var byteOffset: UInt64
    var code: FaultCode
    /// Index into the catalog's kinds and the field in it, or -1.
    var kind: Int32
    var field: Int32
  }

  /// How many faults a run tells; a block keeps as many, so that they are the same for every size of block.
  static let faultCountMax = 20
  /// How many records of a source decide whether it is what it claims to be.
  static let probeCount = 1000

  var output = OutputBuffer(capacity: 1 << 16)
  var segments: [Segment] = []
  var faults: [Fault] = []
  var tally: SourceTally
  /// Places of unreadable records among the first of the block, so that a source's first records can be
  /// judged whatever the size of the blocks.
  var unreadablePlaces: [UInt32] = []
  var context: SourceContext?
  /// The source ended here, and not with a line end: it may have been cut short.
  var endsWithoutDelimiter = false
  /// How much of the sources was read when the block was; for progress.
  var fraction: Double?

  init(kindCount: Int) { tally = SourceTally(kindCount: kindCount) }

  func begin(_ context: SourceContext?, kindCount: Int) {
    self.context = context
    endsWithoutDelimiter = false
    output.removeAll()
    segments.removeAll(keepingCapacity: true)
    faults.removeAll(keepingCapacity: true)
    unreadablePlaces.removeAll(keepingCapacity: true)
    tally = SourceTally(kindCount: kindCount)
  }
}
