extension PacketWriter {
  /// What the packet would hold had it reached no record, and the words that its schema and policy have for values. It is
  /// of no person, whatever people are called.
  func textsWithoutRecords() throws(SluiceError) -> [[UInt8]] {
    let files = zip(ruling.plan.kinds, planTexts.columns).filter { $0.0.hasFile }
    let records = files.map { (_, columns) -> ReportFacts.RecordsFile in
      let entry = BagEntry(path: columns.path, digest: [], byteCount: 0)
      return (entry, (rowCount: 0, figures: RecordFigures(columns.figures)))
    }
    let entries = records.map(\.entry)
    let counts = ruling.plan.kinds.map { _ in SmallCounts(KindTally(), smallest: ruling.smallestCount) }
    var texts: [[UInt8]] = [Bag.declaration, values]
    for hasUnreadable in [false, true] {
      let side = try sideFiles(demand: demandFile, counts: counts, records: entries, hasUnreadable)
      texts += side.map(\.bytes)
      texts.append(try report(side, records))
      texts.append(
        Bag.information(packetName: name, facts: facts, payload: entries, hasUnreadable: hasUnreadable))
    }
    let names = Bag.sideFiles + [Bag.informationName, Bag.manifestName]
    return texts + [Array(names.joined(separator: "\n").utf8)]
  }

  /// The words of enumerations and maps, a line each.
  private var values: [UInt8] {
    var words: [String] = []
    for field in ruling.plan.kinds.flatMap(\.columns) {
      if case .enumeration(let values) = field.field.type { words += values }
      for case .map(let outputs) in [field.subject.action, field.other.action] { words += outputs.values }
    }
    return Array(words.joined(separator: "\n").utf8)
  }
}
