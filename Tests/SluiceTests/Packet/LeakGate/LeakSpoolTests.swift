import Foundation
import Sluice
import Testing

/// What the leak gate keeps of a run, in memory and beyond it.
@Suite("Leak spool") struct LeakSpoolTests {
  /// More than the spool holds in memory, so that it has a file.
  private static let valueCount = 300_000

  private static func withGate(
    _ layer: FileLayer = FileLayer(), _ body: (LeakGate, _ folder: String) throws -> Void
  ) throws {
    let place = try PacketPlace()
    let folder = open(place.path, O_RDONLY | O_DIRECTORY)
    defer { close(folder) }
    try body(LeakGate(layer: layer, folder: folder), place.path)
  }

  /// Notes values, each of which the packet withholds; every third is released somewhere too.
  private static func note(in gate: LeakGate) {
    var watch = LeakWatch(gate)
    for index in 0..<valueCount {
      LeakSearchTests.note("account\(index)", in: &watch, isReleased: false)
      if index.isMultiple(of: 3) { LeakSearchTests.note("account\(index)", in: &watch, isReleased: true) }
    }
    watch.flush()
  }

  private static func search(_ gate: LeakGate, for values: [Int]) {
    let search = LeakSearch(gate, packet: 0, demand: [])
    let text = values.map { "account\($0)" }.joined(separator: ", ")
    search.begin("data/README.txt")
    Array(text.utf8).withUnsafeBytes { search.read($0) }
    search.end()
  }

  /// The number of the spool's file, by its folder.
  private static func file(in folder: String) throws -> Int32? {
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      let link = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/" + name)) ?? ""
      if link.hasPrefix(folder), link.hasSuffix("(deleted)") { return Int32(name) }
    }
    return nil
  }

  @Test("Leaks are told from values that are released, whether the file or memory has them")
  func file() throws {
    try Self.withGate { gate, folder in
      Self.note(in: gate)
      Self.search(gate, for: [0, 1, 2, 3, 150_000, 150_001, 299_999, 299_998, 300_000, 300_001])
      let leaks = try gate.leaks().map { String(decoding: $0, as: UTF8.self) }
      #expect(Set(leaks) == ["account1", "account2", "account150001", "account299999", "account299998"])
      // Nothing is there by name, and what is there is not what was put in.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
      #expect(try Self.file(in: folder) != nil)
    }
  }

  @Test("What the file holds tells nothing") func hidden() throws {
    try Self.withGate { gate, folder in
      // One value again and again would show as one pattern.
      var watch = LeakWatch(gate)
      for _ in 0..<Self.valueCount { LeakSearchTests.note("account", in: &watch, isReleased: false) }
      watch.flush()
      let number = try #require(try Self.file(in: folder))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "/proc/self/fd/\(number)"))
      #expect(bytes.count >= 1 << 20)
      var blocks: Set<Data> = []
      for start in stride(from: 0, to: bytes.count, by: 8) { blocks.insert(bytes[start..<start + 8]) }
      #expect(blocks.count == bytes.count / 8)
    }
  }

  @Test("A damaged file decides nothing") func damaged() throws {
    try Self.withGate { gate, folder in
      Self.note(in: gate)
      let number = try #require(try Self.file(in: folder))
      let target = open("/proc/self/fd/\(number)", O_RDWR)
      defer { close(target) }
      var byte: UInt8 = 0
      #expect(pread(target, &byte, 1, 777_777) == 1)
      byte ^= 1
      #expect(pwrite(target, &byte, 1, 777_777) == 1)
      Self.search(gate, for: [1])
      #expect(throws: SluiceError.self) { try gate.leaks() }
    }
  }

  @Test(
    "A file that cannot be made, written or read decides nothing, and hurts nobody without a hit",
    arguments: [FileCall.open, .write, .read, .remove])
  func fault(_ call: FileCall) throws {
    var layer = FileLayer()
    layer.fault = { $0 == call ? EIO : 0 }
    try Self.withGate(layer) { gate, _ in
      Self.note(in: gate)
      Self.search(gate, for: [Self.valueCount + 1])
      // The filter is nearly empty: what was never noted is no hit.
      let none = try gate.leaks()
      #expect(none == [])
      Self.search(gate, for: [1])
      let error = #expect(throws: SluiceError.self) { try gate.leaks() }
      #expect(error?.status == .output && error?.code == "disk-error")
    }
  }
}
