/// The packets of a run while their rows arrive. One that cannot be written fails alone.
final class PacketSink {
  private let writers: [PacketWriter]
  private var failures: [SluiceError?]
  private(set) var outcomes: [OperatorReport.Answer.Outcome] = []

  init(_ writers: [PacketWriter]) {
    self.writers = writers
    failures = Array(repeating: nil, count: writers.count)
  }

  func append(_ packet: Int, _ rows: consuming ReleasedRows) {
    guard failures[packet] == nil else { return }
    do throws(SluiceError) { try writers[packet].append(rows) } catch { failures[packet] = error }
  }

  /// Seals each packet, in order. Throws where the fault is ours: nothing further is sealed then.
  func seal(_ tallies: [PacketTally], _ hasUnreadable: [Bool]) throws(SluiceError) {
    for (index, writer) in writers.enumerated() {
      if let failure = failures[index] {
        writer.discard()
        outcomes.append(.failed(failure))
        continue
      }
      do throws(SluiceError) {
        outcomes.append(.sealed(try writer.seal(tallies[index], hasUnreadable: hasUnreadable[index])))
      } catch {
        guard error.status != .bug else { throw error }
        outcomes.append(.failed(error))
      }
    }
  }

  func discard() { for writer in writers { writer.discard() } }
}
