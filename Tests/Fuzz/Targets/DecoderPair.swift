import ReferenceDecoders
import Sluice

/// A decoder and its reference over one schema: both read a record, and must say the same of it.
package final class DecoderPair {
  private let layout: RecordLayout
  private let paths: [ReferencePath]
  private let limits: Limits
  private var json: JSONRecordDecoder
  private var csv: DelimitedDecoder
  private let referenceJSON: ReferenceJSON
  private let referenceCSV: ReferenceCSV
  /// What is known of the columns' counts so far.
  private var unknownColumns: [UInt64]
  private let columns: [[UInt8]]

  package init(
    layout: RecordLayout, schema: Schema, columns: [String] = [], separator: UInt8 = UInt8(ascii: ","),
    limits: Limits
  ) {
    self.layout = layout
    self.limits = limits
    self.columns = columns.map { Array($0.utf8) }
    paths = Self.paths(of: schema)
    json = JSONRecordDecoder(layout: layout, limits: limits)
    csv = DelimitedDecoder(layout: layout, header: self.columns, separator: separator, limits: limits)
    referenceJSON = ReferenceJSON(paths: paths, limits: limits)
    referenceCSV = ReferenceCSV(columns: self.columns, paths: paths, separator: separator, limits: limits)
    unknownColumns = columns.map { _ in 0 }
  }

  /// The pair of a schema's text; the text must load.
  package convenience init(
    schema text: [UInt8], columns: [String] = [], separator: UInt8 = UInt8(ascii: ","),
    limits: Limits = Limits()
  ) {
    var problems = ProblemList()
    guard let schema = SchemaDocument.read(text, file: "schema.yaml", problems: &problems) else {
      preconditionFailure("the schema does not load: \(problems.inOrder)")
    }
    let layout = RecordLayout(schema: schema, catalog: Catalog(schemas: [schema], problems: &problems))
    self.init(layout: layout, schema: schema, columns: columns, separator: separator, limits: limits)
  }

  /// What the reference says of an NDJSON record.
  package func referenceFault(ofJSON record: [UInt8]) -> (code: FaultCode, offset: Int)? {
    guard case .failure(let fault) = referenceJSON.decode(record) else { return nil }
    return (fault.code, fault.offset)
  }

  /// What the reference says of a row.
  package func referenceFault(ofCSV record: [UInt8]) -> (code: FaultCode, offset: Int)? {
    guard case .failure(let fault) = referenceCSV.decode(record) else { return nil }
    return (fault.code, fault.offset)
  }

  /// Every path that the schema reads, taken from the schema and not from what was compiled of it.
  private static func paths(of schema: Schema) -> [ReferencePath] {
    var paths: Set<ReferencePath> = []
    for kind in schema.kinds {
      var used = kind.conditions.map(\.path)
      for field in kind.fields {
        switch field.origin {
        case .paths(let names): used += names
        case .point(let latitude, let longitude): used += [latitude, longitude]
        case .source: break
        }
      }
      paths.formUnion(used.map { $0.keys.map { Array($0.utf8) } })
    }
    return paths.sorted { $0.joined().lexicographicallyPrecedes($1.joined()) }
  }

  /// Reads an NDJSON record with both; what they do not agree on, or nil. A record that can be a line is also read as
  /// one whose end is not known.
  package func compareJSON(_ record: [UInt8], followedBy more: [UInt8]) -> String? {
    let known = compareJSON(record, followedBy: more) { (base) throws(FaultCode) in
      try json.decode(base, count: record.count)
    }
    guard known == nil, !record.contains(0x0A), record.last != 0x0D else { return known }
    let line = [0x0A] + more.prefix(Block.paddingByteCount - 2) + [0x0A]
    // Not decoded where it is not UTF-8.
    var isEndFound = true
    let difference = compareJSON(record, followedBy: line) { (base) throws(FaultCode) in
      defer { isEndFound = json.recordByteCount == record.count && json.lineEnd == base + record.count }
      try json.decode(lineAt: base, before: base + record.count + line.count - 1)
    }
    return difference.map { "as a line: " + $0 } ?? (isEndFound ? nil : "as a line: it ends elsewhere")
  }

  private func compareJSON(
    _ record: [UInt8], followedBy more: [UInt8],
    decode: (UnsafePointer<UInt8>) throws(FaultCode) -> Void
  ) -> String? {
    let expected = referenceJSON.decode(record)
    return Self.withPadding(record, followedBy: more) { base in
      _ = json.takeUnknownNames { _, _ in }
      let found = found(json.slots, base, record.count, { unescapeJSON($0, to: $1) }) {
        () throws(FaultCode) in try decode(base)
      }
      var names: [[UInt8]: UInt64] = [:]
      // One name may be learned in several objects, and comes once for each.
      let rest = json.takeUnknownNames { names[Array($0), default: 0] += $1 }
      if let difference = difference(found, json.faultOffset, expected) { return difference }
      guard case .success(let record) = expected else { return nil }
      return difference(names, rest.unprintable + rest.more, record.unknownNames)
        ?? elementDifference(base, record)
    }
  }

  /// Reads a row with both; what they do not agree on, or nil.
  package func compareCSV(_ record: [UInt8], followedBy more: [UInt8]) -> String? {
    let expected = referenceCSV.decode(record)
    return Self.withPadding(record, followedBy: more) { base in
      let found = found(csv.slots, base, record.count, { unescapeCell($0, to: $1) }) {
        () throws(FaultCode) in try csv.decode(base, count: record.count)
      }
      let counts = columns.indices.map { csv.unknownCounts[$0] }
      defer { unknownColumns = counts }
      if let difference = difference(found, csv.faultOffset, expected) { return difference }
      guard case .success(let record) = expected else { return nil }
      let seen = columns.indices.filter { counts[$0] > unknownColumns[$0] }.map { columns[$0] }
      return seen == record.unknownNames ? nil : "columns \(seen), not \(record.unknownNames)"
    }
  }

  // MARK: - Both answers

  private enum Found {
    case values([[UInt8]: ReferenceValue])
    /// The offset counts where UTF-8 was at fault; else the decoder knows it.
    case fault(FaultCode, Int?)
  }

  private func found(
    _ slots: UnsafeMutablePointer<Slot>, _ base: UnsafePointer<UInt8>, _ count: Int,
    _ unescape: (Bytes, UnsafeMutablePointer<UInt8>) -> Int, decode: () throws(FaultCode) -> Void
  ) -> Found {
    if let invalid = firstInvalidUTF8(base, count) { return .fault(.utf8Invalid, invalid) }
    for index in 0..<layout.slotCount { slots[index] = Slot() }
    do throws(FaultCode) { try decode() } catch { return .fault(error, nil) }
    var values: [[UInt8]: ReferenceValue] = [:]
    for (index, path) in layout.slotPaths.enumerated() where slots[index].kind != .absent {
      values[Array(path.utf8)] = Self.value(slots[index], base, unescape)
    }
    return .values(values)
  }

  private static func value(
    _ slot: Slot, _ base: UnsafePointer<UInt8>, _ unescape: (Bytes, UnsafeMutablePointer<UInt8>) -> Int
  ) -> ReferenceValue {
    let range = Int(slot.offset)..<Int(slot.offset) + Int(slot.length)
    let raw = Bytes(start: base + range.lowerBound, count: range.count)
    var text = Array(raw)
    if slot.isEscaped {
      // Of the length it may have and no longer, so that one byte too many is seen.
      text = [UInt8](unsafeUninitializedCapacity: raw.count) { $1 = unescape(raw, $0.baseAddress!) }
    }
    return ReferenceValue(slot.kind, at: range, isEscaped: slot.isEscaped, text: text)
  }

  private func difference(
    _ found: Found, _ offset: Int, _ expected: Result<ReferenceRecord, ReferenceFault>
  ) -> String? {
    switch (found, expected) {
    case (.fault(let code, let place), .failure(let fault)):
      let place = place ?? offset
      return code == fault.code && place == fault.offset
        ? nil : "\(code.code) at \(place), not \(fault.code.code) at \(fault.offset)"
    case (.fault(let code, let place), .success):
      return "\(code.code) at \(place ?? offset), though it is a record"
    case (.values, .failure(let fault)):
      return "read, though it has \(fault.code.code) at \(fault.offset)"
    case (.values(var values), .success(let record)):
      for (path, expected) in record.values {
        let name = Array(path.joined(separator: [UInt8(ascii: ".")]))
        guard let value = values.removeValue(forKey: name), Self.agree(value, expected) else {
          return "another value at \(String(decoding: name, as: UTF8.self))"
        }
      }
      return values.isEmpty ? nil : "\(values.count) values that are not there"
    }
  }

  private static func agree(_ value: ReferenceValue, _ expected: ReferenceValue) -> Bool {
    value.kind == expected.kind && value.offset == expected.offset && value.length == expected.length
      && value.isEscaped == expected.isEscaped && value.text == expected.text
  }

  private func difference(
    _ names: [[UInt8]: UInt64], _ nameless: UInt64, _ expected: [[UInt8]]
  ) -> String? {
    var counts: [[UInt8]: UInt64] = [:]
    for name in expected { counts[name, default: 0] += 1 }
    for (name, count) in names where counts[name] != count { return "an unknown name is counted wrongly" }
    return names.values.reduce(nameless, +) == expected.count ? nil : "not every unknown name is counted"
  }

  /// The elements of each array, as the walk over a slot gives them.
  private func elementDifference(_ base: UnsafePointer<UInt8>, _ record: ReferenceRecord) -> String? {
    for (_, array) in record.values where array.kind == .array {
      var walk = JSONElements(base: base, slot: Slot(.array, offset: array.offset, length: array.length))
      for element in array.elements {
        guard let slot = walk.next() else { return "an array ends too early" }
        let value = Self.value(slot, base) { unescapeJSON($0, to: $1) }
        let agrees =
          element.kind == .string
          ? Self.agree(value, element) : value.kind == .object && value.offset == element.offset
        guard agrees else { return "another element in an array" }
      }
      guard walk.next() == nil else { return "an array does not end" }
    }
    return nil
  }

  /// Gives the bytes to `body` as a block holds them: other bytes behind them, and only the room that may be read.
  private static func withPadding<Answer>(
    _ bytes: [UInt8], followedBy more: [UInt8], _ body: (UnsafePointer<UInt8>) -> Answer
  ) -> Answer {
    let capacity = bytes.count + Block.paddingByteCount
    let buffer = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    defer { buffer.deallocate() }
    buffer.initialize(repeating: 0, count: capacity)
    for (index, byte) in bytes.enumerated() { buffer[index] = byte }
    for (index, byte) in more.prefix(Block.paddingByteCount).enumerated() {
      buffer[bytes.count + index] = byte
    }
    return body(buffer)
  }
}
