import Sluice
import Testing

/// What is known of a line from another packet's pages, and what must be looked up in it all the same.
@Suite("Leak line memo") struct LeakLineMemoTests {
  static let phone = LeakSearchTests.phone

  static func search(_ text: String, _ gate: LeakGate, packet: Int, demand: String = "{}") {
    let search = LeakSearch(gate, packet: packet, demand: Array(demand.utf8))
    search.begin("data/report.html")
    Array(text.utf8).withUnsafeBytes { search.read($0) }
    search.end()
  }

  @Test("A line that stands in many packets is a leak in those alone that withhold what it says")
  func sharedLine() throws {
    let gate = LeakGate(folder: -1)
    for packet in [2, 4] { LeakSearchTests.note(Self.phone, in: gate, isReleased: false, packet: packet) }
    LeakSearchTests.note(Self.phone, in: gate, isReleased: true, packet: 4)
    let page = "<p>Nothing is here.</p>\n<p>Call \(Self.phone), then.</p>\n"
    for packet in [0, 1, 3, 4, 0] { Self.search(page, gate, packet: packet) }
    #expect(try gate.leaks().isEmpty)
    Self.search(page, gate, packet: 2)
    #expect(try gate.leaks() == [Array("12025550147".utf8)])
  }

  @Test("What the demand names is let alone in a line that is known") func namedByDemand() throws {
    let gate = LeakGate(folder: -1)
    for packet in 0...1 { LeakSearchTests.note(Self.phone, in: gate, isReleased: false, packet: packet) }
    let demand = "{\n  \"phone\": \"\(Self.phone)\"\n}\n"
    Self.search("call \(Self.phone)\n", gate, packet: 0, demand: demand)
    #expect(try gate.leaks().isEmpty)
    Self.search("call \(Self.phone)\n", gate, packet: 1)
    #expect(try gate.leaks().count == 1)
  }

  @Test("What identifiers look like is asked anew where the run has noted more") func likeness() throws {
    let gate = LeakGate(folder: -1)
    let name = "pa234567abcdefghijklmnopqrst"
    Self.search("who: \(name)\n", gate, packet: 0)
    LeakSearchTests.note(formed: name, in: gate, packet: 0)
    Self.search("who: \(name)\n", gate, packet: 0)
    #expect(try gate.leaks() == [Array(name.utf8)])
  }

  /// Pages of which not every line is kept.
  enum Page: CaseIterable {
    case manyLines, longLine, manyWords

    var text: String {
      switch self {
      case .manyLines:
        (0..<20_000).map { "line \($0) of many, number\($0)x" }.joined(separator: "\n")
      case .longLine: String(repeating: "of many words and more ", count: 1000)
      case .manyWords: (0..<300).map(String.init).joined(separator: ".")
      }
    }
  }

  @Test(
    "More lines than are kept, and lines that are too long or have too many words to be, are searched all the same",
    arguments: Page.allCases)
  func bounds(_ page: Page) throws {
    let gate = LeakGate(folder: -1)
    LeakSearchTests.note(Self.phone, in: gate, isReleased: false, packet: 3)
    let text = "\(page.text); \(Self.phone)\n\(page.text)"
    for packet in 0...2 { Self.search(text, gate, packet: packet) }
    #expect(try gate.leaks().isEmpty)
    Self.search(text, gate, packet: 3)
    #expect(try gate.leaks().count == 1)
  }
}
