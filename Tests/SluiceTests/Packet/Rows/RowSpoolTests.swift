import Foundation
import Sluice
import Testing

/// Sorted rows: the order of the system's `sort` in the C locale, whatever the memory.
@Suite struct RowSpoolTests {
  @Test(arguments: [UInt64(1), 2, 3, 4], [1, 3000, 1 << 20])
  func sortedRowsEqualTheReferenceAndTheSystemsSort(seed: UInt64, spoolByteCountMax: Int) throws {
    var generator = PacketGenerator(seed: seed)
    // Many equal rows, and rows that begin another one.
    let rows = (0..<400).map { _ in
      let place =
        String(repeating: "1", count: Int.random(in: 0...3, using: &generator))
        + "\(Int.random(in: 0...30, using: &generator))"
      let filling = String(repeating: "é", count: Int.random(in: 0...40, using: &generator))
      return #"{"at":"\#(place)\#(filling)"}"#
    }
    let place = try expectSorted(rows, spoolByteCountMax: spoolByteCountMax, "seed \(seed)")
    let sorted = try runTool(["sort", place.path + "/" + Self.file], environment: ["LC_ALL": "C"])
    #expect(try sorted.output == place.text(Self.file))
  }

  @Test func rowsLongerThanAMergesBufferAreSortedToo() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let writer = try PacketFixtures.writer(
      folder, ruling: PacketFixtures.ruling(), spool: SpoolMemory(byteCountMax: 1))
    let lengths = [65_534, 65_535, 65_536, 200_000, 1, 131_072]
    let rows = lengths.enumerated().map { index, length in
      #"{"at":"\#(9 - index)\#(String(repeating: "x", count: length))"}"#
    }
    for row in rows { try writer.append(row + "\n", kind: RulingFixtures.location) }
    _ = try writer.seal(PacketFixtures.tally(messages: 0, locations: rows.count), hasUnreadable: false)
    let written = try place.text("US-2026-000123/data/records/location.ndjson")
    #expect(written == rows.reversed().map { $0 + "\n" }.joined())
  }

  /// Enough rows that their bytes are counted, of which many begin alike for longer than a key, are equal, or
  /// differ in their last byte alone.
  @Test(arguments: [UInt64(11), 12, 13], [100_000, 400_000, 1 << 24])
  func manyRowsThatBeginAlikeAreSorted(seed: UInt64, spoolByteCountMax: Int) throws {
    var generator = PacketGenerator(seed: seed)
    let starts = (0..<5).map { _ in
      String(repeating: "ab", count: Int.random(in: 0...30, using: &generator))
    }
    var rows: [String] = []
    for _ in 0..<3000 {
      let end = String(Int.random(in: 0...400, using: &generator), radix: 36)
      let filling = String(repeating: "\u{1F600}", count: Int.random(in: 0...3, using: &generator))
      rows.append(#"{"at":"\#(starts.randomElement(using: &generator) ?? "")\#(end)\#(filling)"}"#)
    }
    try expectSorted(rows, spoolByteCountMax: spoolByteCountMax, "seed \(seed)")
  }

  @Test(arguments: [0, 1, 2, 255, 256, 257], [1, 1 << 20])
  func anyNumberOfRowsIsSorted(count: Int, spoolByteCountMax: Int) throws {
    let rows = (0..<count).map { #"{"at":"\#($0 * 7919 % max(count, 1))"}"# }
    try expectSorted(rows, spoolByteCountMax: spoolByteCountMax, "\(count) rows")
  }

  @Test func equalRowsStayAsManyAsTheyWere() throws {
    let rows = Array(repeating: #"{"at":"2026-03-14T09Z"}"#, count: 1000)
    for byteCountMax in [1, 5000, 1 << 20] { try expectSorted(rows, spoolByteCountMax: byteCountMax, "") }
  }

  private static let file = "US-2026-000123/data/records/location.ndjson"

  /// Returns where the packet lies.
  @discardableResult
  private func expectSorted(
    _ rows: [String], spoolByteCountMax: Int, _ comment: Comment
  ) throws -> PacketPlace {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let writer = try PacketFixtures.writer(
      folder, ruling: PacketFixtures.ruling(), spool: SpoolMemory(byteCountMax: spoolByteCountMax))
    for row in rows { try writer.append(row + "\n", kind: RulingFixtures.location) }
    _ = try writer.seal(PacketFixtures.tally(messages: 0, locations: rows.count), hasUnreadable: false)
    let written = try place.bytes(Self.file)
    let reference = rows.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { $0 + "\n" }.joined()
    #expect(written == Array(reference.utf8), comment)
    return place
  }

  @Test func memoryOfAllSpoolsStaysWithinItsBound() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let spool = SpoolMemory(byteCountMax: 1000)
    let writers = try (0..<20).map {
      try PacketFixtures.writer(folder, ruling: PacketFixtures.ruling(reference: "US-\($0)"), spool: spool)
    }
    for round in 0..<30 {
      for writer in writers {
        try writer.append(PacketFixtures.messageRow(round), kind: RulingFixtures.message)
        #expect(spool.byteCount <= spool.byteCountMax)
      }
    }
    for writer in writers { writer.discard() }
    #expect(spool.byteCount == 0)
  }
}
