import Foundation
import Sluice
import SluiceCrypto
import SluiceRegister
import Testing

extension Benchmarks {
  /// What a signature costs a packet, making it and checking it when the packet is read back, and what a register costs.
  @Suite struct SmallPackets {
    private let report = BenchmarkReport.shared
    #if DEBUG
      private static let packetCount = 3
    #else
      private static let packetCount = 100
    #endif

    /// Packets over one block of records, so that what each costs by itself outweighs the pass. A row's records are
    /// its packets.
    @Test func signedOrNotedInARegister() throws {
      let records = SharedRecords.repeating
      let job = try BenchmarkJob()
      let source = try job.source(records, .ndjson) { _ in 1 }
      let rulings = try job.rulings(
        accounts: Array(records.pool.suffix(Self.packetCount)), instrument: "fine")
      let algorithms = KeyAlgorithm.allCases
      func subject(
        _ title: String, signer: PacketSigner? = nil, isNoted: Bool = false
      ) -> BenchmarkRow.Subject {
        BenchmarkRow.Subject(
          name: "\(Self.packetCount) packets, \(title), 2 workers", recordCount: Self.packetCount,
          byteCount: 0,
          counting: .none, prepare: job.clearOutputs
        ) {
          guard isNoted else {
            _ = try job.disclose(source, rulings, workers: 2, signer: signer)
            return
          }
          let register = try job.register()
          _ = try job.disclose(source, rulings, workers: 2, register: register)
          let histories = try register.demandHistories(
            receivedIn: Period(from: Instant(seconds: .min), until: Instant(seconds: .max)))
          #expect(histories.count == Self.packetCount)
          #expect(histories.allSatisfy { if case .produced = $0.outcome { true } else { false } })
        }
      }
      let rows = try report.measure(
        .job,
        inTurn: [subject("not signed"), subject("noted in a register", isNoted: true)]
          + algorithms.map { subject("signed \($0)", signer: try job.signer($0)) })
      report.add(
        ratio: "small packets noted in a register over not, CPU",
        rows[1].processorSeconds.median(over: rows[0].processorSeconds))
      for (row, algorithm) in zip(rows.dropFirst(2), algorithms) {
        report.add(
          ratio: "small packets signed (\(algorithm)) over not signed, CPU",
          row.processorSeconds.median(over: rows[0].processorSeconds))
      }
      // The last run's packets are signed by the last of the algorithms.
      let out = try #require(
        try FileManager.default.contentsOfDirectory(atPath: job.outputs).first { $0.hasPrefix("packets-") })
      let packet = try PacketVerifier.verify(
        path: "\(job.outputs)/\(out)/US-0",
        trust: SignatureTrust(contentsOfFile: "\(job.folder)/\(algorithms[algorithms.count - 1]).pem"))
      #expect(packet.signature?.isVouchedFor == true)
    }
  }
}
