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

  /// Threads take documents as they come; the demands, the problems and the error are those of one thread.
  @Test func readsInTheOrderOfTheFilesWithAnyNumberOfThreads() throws {
    let files = (1...64).map { "A-\($0)" }
    for workerCount in [1, 2, 7, 100] {
      var problems = ProblemList()
      let demands = try DemandBatch.read(files, workerCount: workerCount, problems: &problems) {
        (file, problems) throws(SluiceError) in
        guard file.last != "3" else {
          problems.error("reference", "no reference", at: Position(file: file))
          return nil
        }
        return Fixtures.demand(reference: file == "A-20" ? "A-2" : file)
      }
      #expect(demands.count == 57)
      #expect(demands.map(\.reference).prefix(3) == ["A-1", "A-2", "A-4"])
      #expect(
        problems.problems.dropLast().map(\.file) == ["A-3", "A-13", "A-23", "A-33", "A-43", "A-53", "A-63"])
      #expect(problems.problems.last?.code == "reference-duplicate")
    }
  }

  @Test func throwsForTheFirstFileInOrderThatCannotBeRead() {
    var problems = ProblemList()
    #expect(throws: SluiceError(.document, "document-missing", "gone", source: "A-2")) {
      try DemandBatch.read(["A-1", "A-2", "A-3"], workerCount: 3, problems: &problems) {
        (file, _) throws(SluiceError) in
        guard file == "A-1" else { throw SluiceError(.document, "document-missing", "gone", source: file) }
        return Fixtures.demand(reference: file)
      }
    }
  }
}
