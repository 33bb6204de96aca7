import Foundation
import Sluice
import Testing

extension Benchmarks {
  /// From a record's bytes to the slots where its values lie.
  @Suite struct Decode {
    private let report = BenchmarkReport.shared

    @Test func encodingOfTheBytes() throws {
      let records = SharedRecords.repeating.ndjson
      var areValid = false
      try report.measure(
        .decode, "are the blocks UTF-8", records: records.recordCount, bytes: records.byteCount
      ) { areValid = records.areUTF8 }
      var isValid = true
      try report.measure(
        .decode, "is a record UTF-8", records: records.recordCount, bytes: records.byteCount
      ) {
        for block in records.blocks {
          for index in block.lineEnds.indices {
            let line = block.line(index)
            isValid = firstInvalidUTF8(line.baseAddress!, line.count) == nil && isValid
          }
        }
      }
      for block in records.blocks { #expect(String(validating: block.block.bytes, as: UTF8.self) != nil) }
      #expect(isValid && areValid)
    }

    @Test func formats() throws {
      let shared = SharedRecords.repeating
      let catalog = try BenchmarkJob().catalog
      func delimiting() -> SharedSlotDecoder {
        SharedSlotDecoder(SlotDecoder(csv: catalog, header: shared.header))
      }
      let forms = [
        (name: "NDJSON", records: shared.ndjson, decoder: SharedSlotDecoder(SlotDecoder(json: catalog))),
        (name: "CSV", records: shared.csv, decoder: delimiting()),
        (name: "CSV, every cell quoted", records: shared.quotedCSV(), decoder: delimiting()),
      ]
      var sums = forms.map { _ in 0 }
      let rows = try report.measure(
        .decode,
        inTurn: forms.indices.map { index in
          let form = forms[index]
          return BenchmarkRow.Subject(
            name: form.name, recordCount: form.records.recordCount, byteCount: form.records.byteCount
          ) { sums[index] = try form.decoder.decode(form.records) }
        })
      #expect(sums == forms.map(\.records.byteCount))
      let delimited = rows[1].processorSeconds.median(over: rows[0].processorSeconds)
      report.add(
        ratio: "decode: CSV over NDJSON, CPU a byte",
        delimited * Double(rows[0].byteCount) / Double(rows[1].byteCount), .atMost(1))
      for line in forms[0].records.samples {
        try checkObject(line, try forms[0].decoder.texts(line))
      }
      for form in forms[1...] {
        for line in form.records.samples { try checkCells(line, try form.decoder.texts(line), shared.header) }
      }
    }

    private func checkObject(_ line: [UInt8], _ texts: [String: String]) throws {
      let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
      var record = try #require(object)
      record["push_name"] = nil
      #expect(Set(texts.keys) == Set(record.keys).union(["push_name"]))
      for (name, value) in record where !(value is NSNumber) { #expect(texts[name] == value as? String) }
      for (name, value) in record {
        if let number = value as? NSNumber { #expect(texts[name].flatMap(Double.init) == number.doubleValue) }
      }
    }

    private func checkCells(_ line: [UInt8], _ texts: [String: String], _ header: [[UInt8]]) throws {
      // No cell of these records holds a comma or a quote.
      let cells = String(decoding: line, as: UTF8.self).replacing("\"", with: "").split(separator: ",")
      let names = header.map { String(decoding: $0, as: UTF8.self) }
      #expect(texts == Dictionary(uniqueKeysWithValues: zip(names, cells.map(String.init))))
    }
  }
}

/// A decoder that something which is measured can keep.
final class SharedSlotDecoder {
  private var decoder: SlotDecoder

  init(_ decoder: consuming SlotDecoder) { self.decoder = decoder }

  func decode(_ records: RecordBlocks) throws -> Int { try decoder.decode(records) }
  func texts(_ line: [UInt8]) throws -> [String: String] { try decoder.texts(line) }
}

/// A decoder of either format with its slots, as the record path has it.
struct SlotDecoder: ~Copyable {
  private let layout: RecordLayout
  private var json: JSONRecordDecoder?
  private var delimited: DelimitedDecoder?
  private let slots: UnsafeMutablePointer<Slot>

  init(json catalog: Catalog) {
    layout = RecordLayout(schema: catalog.schemas[0], catalog: catalog)
    let decoder = JSONRecordDecoder(layout: layout, limits: Limits())
    slots = decoder.slots
    json = consume decoder
  }

  init(csv catalog: Catalog, header: [[UInt8]]) {
    layout = RecordLayout(schema: catalog.schemas[0], catalog: catalog)
    let decoder = DelimitedDecoder(
      layout: layout, header: header, separator: UInt8(ascii: ","), limits: Limits())
    slots = decoder.slots
    delimited = consume decoder
  }

  /// Decodes every record; returns the sum of their lengths, line feeds included.
  mutating func decode(_ records: RecordBlocks) throws -> Int {
    var sum = 0
    for block in records.blocks {
      for index in block.lineEnds.indices {
        let line = block.line(index)
        try decode(line)
        sum &+= line.count &+ 1
      }
    }
    return sum
  }

  private mutating func decode(_ line: Bytes) throws(FaultCode) {
    slots.update(repeating: Slot(), count: layout.slotCount)
    try json?.decode(line.baseAddress!, count: line.count)
    try delimited?.decode(line.baseAddress!, count: line.count)
  }

  /// The texts of one record's slots by path; none of them is escaped but the content, which is never read.
  mutating func texts(_ line: [UInt8]) throws -> [String: String] {
    let block = (line + [0x0A]).withUnsafeBufferPointer { RecordBlock($0) }
    let line = block.line(0)
    try decode(line)
    var texts: [String: String] = [:]
    for (slot, path) in layout.slotPaths.enumerated() where slots[slot].kind != .absent {
      let value = Bytes(start: line.baseAddress! + Int(slots[slot].offset), count: Int(slots[slot].length))
      texts[path] = String(decoding: value, as: UTF8.self)
    }
    return texts
  }
}
