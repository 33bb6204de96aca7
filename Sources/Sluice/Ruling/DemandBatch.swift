/// Rules about the demands of one run together.
public enum DemandBatch {
  /// Reads the demands of a batch, several side by side.
  ///
  /// Problems are added in the order of the files, those of the batch as a whole last (`problems`).
  /// - Parameters:
  ///   - workerCount: threads, at least 1.
  ///   - read: reads one file, by its path; called from several threads.
  /// - Returns: the demands that load, in the order of the files.
  /// - Throws: what `read` threw for the first file in order that could not be read.
  public static func read(
    _ files: [String], workerCount: Int, problems: inout ProblemList,
    _ read: @escaping @Sendable (String, inout ProblemList) throws(SluiceError) -> Demand?
  ) throws(SluiceError) -> [Demand] {
    let results = inParallel(files.count, workerCount: workerCount) { index in
      Result { () throws(SluiceError) in
        var found = ProblemList()
        let demand = try read(files[index], &found)
        return (demand: demand, problems: found)
      }
    }
    var demands: [Demand] = []
    for result in results {
      let one = try result.get()
      problems.append(one.problems)
      if let demand = one.demand { demands.append(demand) }
    }
    for problem in self.problems(demands) { problems.add(problem) }
    return demands
  }

  /// A problem for each demand whose packet would lie where another demand's does.
  ///
  /// The packet's folder is what must be unique, not only the reference with its part: a reference may hold dots,
  /// so `A-1.2` and part 2 of `A-1` would share a folder.
  package static func problems(_ demands: [Demand]) -> [Problem] {
    var first: [String: String] = [:]
    return demands.compactMap { demand in
      guard let file = first[demand.packetName] else {
        first[demand.packetName] = demand.file
        return nil
      }
      return Problem(
        "reference-duplicate",
        """
        reference and part name the same packet as those of \(file); give a further packet under one reference \
        its own part, and another demand its own reference
        """, at: Position(file: demand.file))
    }
  }
}
