import Sluice
import Testing

/// What an instrument counts as in a transparency report.
struct InstrumentClassTests {
  private static func instrument(_ lines: String, grants: String = "[subscriber, traffic]") throws
    -> Instrument
  {
    let text = Texts.policy.with("    cites: Act 1\n", "    cites: Act 1\n" + lines)
      .with("    grants: [subscriber, traffic]\n", "    grants: \(grants)\n")
      .with("granted: [traffic]", "refused: category-unknown")
    let read = Texts.read(policies: [("no.yaml", text)])
    let policy = try #require(read.set?.policies.first, "\(read.problems)")
    return try #require(policy.instruments.first { $0.name == "order" })
  }

  @Test(arguments: [
    ("", InstrumentClass.legalProcess), ("    class: legal-process\n", .legalProcess),
    ("    class: emergency\n", .emergency), ("    via: treaty\n", .treaty),
  ])
  func followsFromClassOrRoute(_ lines: String, _ expected: InstrumentClass) throws {
    #expect(try Self.instrument(lines).instrumentClass == expected)
  }

  @Test func preservationGrantsNothing() throws {
    let instrument = try Self.instrument("    class: preservation\n", grants: "[]")
    #expect(instrument.instrumentClass == .preservation)
    #expect(instrument.grants == [])
  }

  @Test(arguments: [1000, 500, 250, 100])
  func bandIsOneOfTheWidthsOfTheLaw(_ width: Int) throws {
    #expect(try Self.instrument("    report-band: \(width)\n").reportBand == width)
    #expect(try Self.instrument("").reportBand == nil)
  }
}
