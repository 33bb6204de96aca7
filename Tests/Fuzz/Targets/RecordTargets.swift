import ReferenceDecoders
import Sluice

/// Lines and rows, each read by the decoder and by its reference.
package enum RecordTargets {
  package static let schemaText = """
    sluice: schema/1
    name: decoding
    kinds:
      event:
        when: { kind: event }
        time: at
        parties: [who, with]
        fields:
          at: timestamp
          who: { type: phone, from: [who, "full name"] }
          with: { array: phone }
          position: { point: [place.lat, place.lon], of: who }
          deep: { integer: bytes, from: a.b.c }
          quoted: { integer: bytes, from: 'say "hi"' }
          slashed: { integer: bytes, from: 'x\\ny' }
          body: content
    """

  /// The schema above, compiled once.
  private static let compiled: (schema: Schema, layout: RecordLayout) = {
    var problems = ProblemList()
    guard let schema = SchemaDocument.read(Array(schemaText.utf8), file: "fuzz.yaml", problems: &problems)
    else { preconditionFailure("the schema of the fuzzer does not load: \(problems.inOrder)") }
    return (schema, RecordLayout(schema: schema, catalog: Catalog(schemas: [schema], problems: &problems)))
  }()

  /// What goes on after the record in its block, so that a decoder which looks past the end shows.
  private static let more = Array("\"}],:0 \"x\":1}}}}}\",\"x,\"".utf8)

  /// The limits of a run, and ones so low that a short input reaches each of them.
  private static let limits: [Limits] = {
    var usual = Limits()
    usual.recordByteCountMax = 1 << 14
    var low = usual
    low.depthMax = 3
    low.memberCountMax = 3
    low.elementCountMax = 2
    low.stringByteCountMax = 9
    low.numberByteCountMax = 5
    low.unknownNameCountMax = 2
    return [usual, low]
  }()

  /// Lines, ended by line feeds.
  static func ndjson(_ bytes: [UInt8]) -> String? {
    let records = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    for limits in limits {
      let pair = DecoderPair(layout: compiled.layout, schema: compiled.schema, limits: limits)
      for record in records {
        // Again when its keys have been seen, with other bytes behind it and with the end of its line.
        let finding =
          pair.compareJSON(record, followedBy: []) ?? pair.compareJSON(record, followedBy: more)
          ?? pair.compareJSON(record, followedBy: [0x0A] + more)
        if let finding { return "NDJSON: \(finding)" }
      }
    }
    return nil
  }

  /// The first byte says which separator and where the bytes are cut; the rest are rows.
  static func csv(_ bytes: [UInt8]) -> String? {
    guard let choice = bytes.first else { return nil }
    let separator: UInt8 = choice & 1 == 0 ? 0x2C : 0x09
    let text = Array(bytes.dropFirst())
    let ends = ReferenceFraming.ends(text, separator: separator)
    for step in [Int(choice >> 1) + 1, 1, max(text.count, 1)] {
      let found = framed(text, step: step, separator: separator)
      guard found.ends == ends.ends, found.isInsideQuotes == ends.isInsideQuotes else {
        return "CSV: rows end elsewhere when cut every \(step) bytes"
      }
    }
    var rows: [[UInt8]] = []
    var start = 0
    for end in ends.ends + [text.count] where end > start {
      var row = Array(text[start..<end])
      if row.last == 0x0A { row.removeLast() }
      if row.last == 0x0D { row.removeLast() }
      rows.append(row)
      start = end
    }
    for limits in limits {
      let pair = DecoderPair(
        layout: compiled.layout, schema: compiled.schema, columns: ["kind", "who", "extra", "place.lat"],
        separator: separator, limits: limits)
      for row in rows where !row.isEmpty {
        let finding = pair.compareCSV(row, followedBy: []) ?? pair.compareCSV(row, followedBy: more)
        if let finding { return "CSV: \(finding)" }
      }
    }
    return nil
  }

  private static func framed(
    _ bytes: [UInt8], step: Int, separator: UInt8
  ) -> (ends: [Int], isInsideQuotes: Bool) {
    var scan = DelimitedFraming.Scan()
    var ends: [Int] = []
    for start in stride(from: 0, to: bytes.count, by: step) {
      let limit = min(start + step, bytes.count)
      // A copy of its own length, so that a read past the end is a read past the allocation.
      Array(bytes[start..<limit]).withUnsafeBufferPointer { piece in
        var index = 0
        while let end = DelimitedFraming.endOfRecord(
          piece.baseAddress!, from: index, to: piece.count, separator: separator, scan: &scan)
        {
          ends.append(start + end)
          index = end
        }
      }
      scan.rebase(dropping: limit - start)
    }
    return (ends, scan.isInsideQuotes)
  }
}
