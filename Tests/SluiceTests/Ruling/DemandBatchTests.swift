import Sluice
import Testing

private typealias Fixtures = RulingFixtures

struct DemandBatchTests {
  private func codes(_ packets: (reference: String, part: Int)...) -> [String] {
    DemandBatch.problems(packets.map { Fixtures.demand(reference: $0.reference, part: $0.part) }).map(\.code)
  }

  @Test func wantsEachPacketOnce() {
    #expect(codes(("A-1", 1), ("A-2", 1), ("A-1", 2), ("A-1", 3)).isEmpty)
    #expect(codes(("A-1", 1), ("A-1", 1), ("A-1", 1)) == ["reference-duplicate", "reference-duplicate"])
    #expect(codes(("A-1", 2), ("A-2", 1), ("A-1", 2)) == ["reference-duplicate"])
  }

  /// A reference may end like a part.
  @Test func seesThatAReferenceCanLookLikeAPart() {
    #expect(codes(("A-1", 2), ("A-1.2", 1)) == ["reference-duplicate"])
    #expect(Fixtures.demand(reference: "A-1", part: 2).packetName == "A-1.2")
    #expect(Fixtures.demand(reference: "A-1", part: 1).packetName == "A-1")
  }
}
