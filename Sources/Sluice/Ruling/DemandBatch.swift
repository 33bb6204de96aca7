/// Rules about the demands of one run together.
public enum DemandBatch {
  /// A problem for each demand whose packet would lie where another demand's does.
  ///
  /// The packet's folder is what must be unique, not only the reference with its part: a reference may hold dots,
  /// so `A-1.2` and part 2 of `A-1` would share a folder.
  public static func problems(_ demands: [Demand]) -> [Problem] {
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
