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

    @Test func json() throws {
      let records = SharedRecords.repeating.ndjson
      var decoder = SlotDecoder(json: try BenchmarkJob().catalog)
      var sum = 0
      try report.measure(.decode, "NDJSON", records: records.recordCount, bytes: records.byteCount) {
        sum = try decoder.decode(records)
      }
      #expect(sum == records.byteCount)
      for line in records.samples {
        let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any]
        var record = try #require(object)
        record["push_name"] = nil
        let texts = try decoder.texts(line)
        #expect(Set(texts.keys) == Set(record.keys).union(["push_name"]))
        for (name, value) in record where !(value is NSNumber) { #expect(texts[name] == value as? String) }
        for (name, value) in record {
          if let number = value as? NSNumber {
            #expect(texts[name].flatMap(Double.init) == number.doubleValue)
          }
        }
      }
    }

    @Test func delimited() throws {
      let shared = SharedRecords.repeating
      for (records, name) in [(shared.csv, "CSV"), (shared.quotedCSV(), "CSV, every cell quoted")] {
        var decoder = SlotDecoder(csv: try BenchmarkJob().catalog, header: shared.header)
        var sum = 0
        try report.measure(.decode, name, records: records.recordCount, bytes: records.byteCount) {
          sum = try decoder.decode(records)
        }
        #expect(sum == records.byteCount)
        for line in records.samples {
          // No cell of these records holds a comma or a quote.
          let cells = String(decoding: line, as: UTF8.self).replacing("\"", with: "").split(separator: ",")
          let names = shared.header.map { String(decoding: $0, as: UTF8.self) }
          #expect(
            try decoder.texts(line) == Dictionary(uniqueKeysWithValues: zip(names, cells.map(String.init))))
        }
      }
    }
  }
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
