import Foundation
import Sluice
import Testing

@Suite struct PacketWriterTests {
  @Test(arguments: RecordFormat.allCases)
  func aSealedPacketVerifiesAndHasExactlyTheFilesOfTheFormat(format: RecordFormat) throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let sealed = try PacketFixtures.sealSmall(in: folder, format: format)
    #expect(sealed.name == "US-2026-000123")
    #expect(
      try place.files("US-2026-000123").keys.sorted() == [
        "bag-info.txt", "bagit.txt", "data/README.txt", "data/certificate.txt", "data/demand.json",
        "data/fields.csv", "data/provenance.json", "data/reconciliation.csv",
        "data/records/location.\(format.rawValue)", "data/records/message.\(format.rawValue)",
        "data/report.html", "data/withheld.csv", "manifest-sha256.txt", "tagmanifest-sha256.txt",
      ])
    let verified = try PacketVerifier.verify(path: place.path + "/US-2026-000123")
    #expect(verified.digest == sealed.digest)
    #expect(verified.name == sealed.name)
    #expect(verified.clockIsGiven)
    #expect(!verified.hasUnreadable)
    #expect(verified.kinds.map(\.released) == [3, 4])
    #expect(verified.byteCount == sealed.byteCount)
  }

  @Test func thePacketDigestIsTheSHA256OfTheTagManifest() throws {
    let place = try PacketPlace()
    let sealed = try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let printed = try runTool(["sha256sum", "tagmanifest-sha256.txt"], in: place.path + "/US-2026-000123")
    #expect(printed.output.prefix(64) == sealed.digest.map { String(format: "%02x", $0) }.joined())
  }

  @Test func rowsOfACoarseTimeAreSortedAndOthersKeepTheirOrder() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let messages = (0..<3).map { PacketFixtures.messageRow($0) }.joined()
    let locations = [3, 3, 9, 23].map { PacketFixtures.locationRow($0) }.joined()
    #expect(try place.text("US-2026-000123/data/records/message.ndjson") == messages)
    #expect(try place.text("US-2026-000123/data/records/location.ndjson") == locations)
  }

  @Test(arguments: RecordFormat.allCases)
  func spoolSizeAndOtherPacketsDoNotChangeAPacket(format: RecordFormat) throws {
    let alone = try PacketPlace()
    let digest = try PacketFixtures.sealSmall(in: try PacketFolder(path: alone.path), format: format).digest
    for byteCountMax in [1, 100, 250, 1000] {
      let place = try PacketPlace()
      let folder = try PacketFolder(path: place.path)
      let spool = SpoolMemory(byteCountMax: byteCountMax)
      let other = try PacketFixtures.writer(
        folder, ruling: PacketFixtures.ruling(reference: "US-OTHER"), format: format, spool: spool)
      try other.append(PacketFixtures.messageRow(7, format), kind: RulingFixtures.message)
      let sealed = try PacketFixtures.sealSmall(in: folder, format: format, spool: spool)
      #expect(sealed.digest == digest)
      _ = try other.seal(PacketFixtures.tally(messages: 1, locations: 0), hasUnreadable: true)
      #expect(
        try place.files("US-2026-000123") == alone.files("US-2026-000123"), "spool of \(byteCountMax) bytes")
    }
  }

  @Test func nothingIsOnDiskBeforeRowsAreWrittenOut() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let writer = try PacketFixtures.writer(folder, ruling: PacketFixtures.ruling())
    try writer.append(PacketFixtures.messageRow(0), kind: RulingFixtures.message)
    let own = try #require(try place.names().first)
    #expect(try place.names(own) == [])
    writer.discard()
  }

  @Test func aPacketThatIsLetGoOfLeavesNothing() throws {
    let place = try PacketPlace()
    do {
      let folder = try PacketFolder(path: place.path)
      do {
        let writer = try PacketFixtures.writer(
          folder, ruling: PacketFixtures.ruling(), spool: SpoolMemory(byteCountMax: 1))
        try writer.append(PacketFixtures.messageRow(0), kind: RulingFixtures.message)
        try writer.append(PacketFixtures.locationRow(0), kind: RulingFixtures.location)
        // Every row waits for the writing of the one before the last.
        for _ in 0..<2 { try writer.append(PacketFixtures.messageRow(0), kind: RulingFixtures.message) }
        let own = try #require(try place.names().first)
        #expect(try place.names(own) == ["US-2026-000123", "US-2026-000123.rows"])
      }
      let own = try #require(try place.names().first)
      #expect(try place.names(own) == [])
    }
    #expect(try place.names() == [])
  }

  @Test func aGrantedDemandWithNothingInReachGetsAPacket() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    for format in RecordFormat.allCases {
      let name = format == .csv ? "US-CSV" : "US-NDJSON"
      let writer = try PacketFixtures.writer(
        folder, ruling: PacketFixtures.ruling(reference: name), format: format)
      _ = try writer.seal(PacketTally(kindCount: 3), hasUnreadable: true)
      let verified = try PacketVerifier.verify(path: "\(place.path)/\(name)")
      #expect(verified.hasUnreadable)
      #expect(verified.kinds.map(\.reached) == [0, 0])
    }
    #expect(try place.bytes("US-NDJSON/data/records/message.ndjson") == [])
    #expect(
      try place.text("US-CSV/data/records/location.csv") == "\"at\",\"position.lat\",\"position.lon\"\n")
  }

  @Test func aFurtherPartLiesBesideTheFirst() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let writer = try PacketFixtures.writer(folder, ruling: PacketFixtures.ruling(part: 2))
    let sealed = try writer.seal(PacketTally(kindCount: 3), hasUnreadable: false)
    #expect(sealed.name == "US-2026-000123.2")
    #expect(try PacketVerifier.verify(path: place.path + "/US-2026-000123.2").name == sealed.name)
  }

  @Test func countsThatDoNotAddUpSealNothing() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    func seal(_ change: (inout PacketTally) -> Void) throws {
      let writer = try PacketFixtures.writer(folder, ruling: PacketFixtures.ruling())
      try writer.append(PacketFixtures.messageRow(0), kind: RulingFixtures.message)
      var tally = PacketFixtures.tally(messages: 1, locations: 0)
      change(&tally)
      _ = try writer.seal(tally, hasUnreadable: false)
    }
    func code(_ change: (inout PacketTally) -> Void) -> String? {
      do { try seal(change) } catch {
        return (error as? SluiceError).flatMap { $0.status == .bug ? $0.code : nil }
      }
      return nil
    }
    #expect(code { $0.kinds[0].reached += 1 } == "not-conserved")
    #expect(
      code {
        $0.kinds[0].released += 1
        $0.kinds[0].reached += 1
      } == "rows-miscounted")
    #expect(
      code {
        $0.kinds[0].released -= 1
        $0.kinds[0].withheld[0] += 1
      } == "rows-miscounted")
    #expect(
      code {
        $0.kinds[1].withheld[0] = 1
        $0.kinds[1].reached = 1
      } == "tally-unplanned")
    #expect(code { $0.kinds.removeLast() } == "tally-short")
    #expect(try place.names().count == 1, "only the run's own folder is there")
    try seal { _ in }
  }

  @Test func rowsOfAKindOutsideThePlanAreABug() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let writer = try PacketFixtures.writer(folder, ruling: PacketFixtures.ruling())
    let error = #expect(throws: SluiceError.self) { try writer.append("{}\n", kind: RulingFixtures.account) }
    #expect(error?.status == .bug)
  }

  @Test func filesAndFoldersAreOwnerOnly() throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let listing = try runTool(["find", "US-2026-000123", "-printf", "%m %y\\n"], in: place.path)
    #expect(Set(listing.output.split(separator: "\n")) == ["700 d", "600 f"])
  }

  @Test func tenThousandPacketsNeedFewDescriptors() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    let spool = SpoolMemory(byteCountMax: 64 << 10)
    let ruling = try #require(PacketFixtures.ruling())
    let before = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    // One ruling serves all of them here: none is sealed, so their one name does no harm while rows are held.
    var writers: [PacketWriter] = []
    for _ in 0..<10_000 {
      writers.append(
        try PacketFixtures.writer(folder, ruling: ruling, spool: SpoolMemory(byteCountMax: 1 << 20)))
    }
    for writer in writers { try writer.append(PacketFixtures.messageRow(1), kind: RulingFixtures.message) }
    writers = []
    // And two hundred that do reach the disk.
    for index in 0..<200 {
      writers.append(
        try PacketFixtures.writer(
          folder, ruling: PacketFixtures.ruling(reference: "US-\(index)"), spool: spool))
    }
    for round in 0..<10 {
      for writer in writers {
        try writer.append(PacketFixtures.messageRow(round), kind: RulingFixtures.message)
        try writer.append(PacketFixtures.locationRow(9 - round), kind: RulingFixtures.location)
        #expect(spool.byteCount <= 64 << 10)
      }
    }
    let during = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
    // Other tests run beside this one and open files too.
    #expect(during - before < 100)
    for writer in writers.prefix(3) {
      let sealed = try writer.seal(PacketFixtures.tally(messages: 10, locations: 10), hasUnreadable: false)
      #expect(sealed.kinds.map(\.tally.released) == [10, 10])
    }
  }
}
