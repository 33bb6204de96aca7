import Foundation
import Sluice
import Testing

/// F01-F15: whatever call fails, the packet is there and verifies, or there is nothing of it.
@Suite struct PacketFaultTests {
  private let name = "US-2026-000123"

  /// Seals the small packet through a layer, with a spool so small that rows go to the disk on the way.
  private func seal(in place: PacketPlace, _ layer: FileLayer) throws -> SealedPacket {
    let folder = try PacketFolder(path: place.path, layer: layer)
    return try PacketFixtures.sealSmall(in: folder, spool: SpoolMemory(byteCountMax: 64))
  }

  @Test(arguments: [FileCall.open, .makeFolder, .read, .write, .sync, .close, .rename], [ENOSPC, EIO])
  func theNthFailureOfEveryCallLeavesNothingOrAWholePacket(call: FileCall, number: Int32) throws {
    let whole = try PacketPlace()
    let digest = try seal(in: whole, FileLayer()).digest
    var count = 0
    while true {
      count += 1
      let place = try PacketPlace()
      let fault = CallFault(call, number, at: count)
      do {
        let sealed = try seal(in: place, fault.layer)
        #expect(sealed.digest == digest)
        // The opening of folders to remove and the like may fail without harm.
        if !fault.isSpent { break }
      } catch let error as SluiceError {
        #expect(error.status == .output, "\(call) \(count): \(error)")
      }
      // Only the last syncs can fail with the packet already in its place.
      let names = try place.names().filter { !$0.hasPrefix(".sluice-partial-") }
      #expect(names == [] || names == [name], "\(call) \(count): \(names)")
      // Where even the opening for removal fails, what is partial stays for the next run to remove.
      if call != .open { #expect(try place.names() == names, "\(call) \(count)") }
      // And the next run succeeds and gives the same packet, or finds it.
      do {
        let folder = try PacketFolder(path: place.path)
        if case .nothing = try folder.standing(of: name) { try PacketFixtures.sealSmall(in: folder) }
      }
      #expect(try place.names() == [name])
      #expect(try PacketVerifier.verify(path: place.path + "/" + name).digest == digest)
    }
    #expect(count > 1, "the call was never made")
  }

  /// A rename that reaches the disk before the bytes would leave a packet of empty files.
  @Test func everyFileAndFolderIsSyncedBeforeThePacketIsPublished() throws {
    let place = try PacketPlace()
    let calls = Guarded<[FileCall]>([])
    var layer = FileLayer()
    layer.fault = { call in
      calls.withLock { $0.append(call) }
      return 0
    }
    _ = try seal(in: place, layer)
    let entries = try FileManager.default.subpathsOfDirectory(atPath: place.path + "/" + name)
    let made = calls.withLock { $0 }
    let renamed = try #require(made.lastIndex(of: .rename))
    // The packet's own folder is one more than what lies in it; the folders that it goes from and to are synced after
    // the rename.
    #expect(made[..<renamed].count { $0 == .sync } >= entries.count + 1)
    #expect(made[renamed...].count { $0 == .sync } >= 2)
  }

  @Test func aFullDiskLeavesNothingAndTellsSo() throws {
    for count in 1...40 {
      let place = try PacketPlace()
      let fault = CallFault(.write, ENOSPC, at: count, stays: true)
      do {
        _ = try seal(in: place, fault.layer)
        #expect(!fault.isSpent)
      } catch let error as SluiceError {
        #expect(error.code == "disk-full")
        #expect(error.status == .output)
        #expect(try place.names() == [])
      }
    }
  }

  @Test func shortAndInterruptedCallsChangeNothing() throws {
    let whole = try PacketPlace()
    let digest = try seal(in: whole, FileLayer()).digest
    for byteCountMax in [1, 3, 7] {
      let place = try PacketPlace()
      var layer = FileLayer()
      layer.writeByteCountMax = byteCountMax
      let calls = Guarded(0)
      layer.fault = { call in
        guard call != .close, call != .rename else { return 0 }
        return calls.withLock {
          $0 += 1
          return $0 % 5 == 0 ? EINTR : 0
        }
      }
      #expect(try seal(in: place, layer).digest == digest)
    }
  }

  @Test(arguments: [EINVAL, ENOSYS])
  func withoutARenameThatDoesNotReplaceAPlaceIsClaimedFirst(number: Int32) throws {
    let place = try PacketPlace()
    let layer = CallFault(.rename, number, at: 1, stays: true).layer
    _ = try seal(in: place, layer)
    _ = try PacketVerifier.verify(path: place.path + "/" + name)
    let error = #expect(throws: SluiceError.self) { _ = try seal(in: place, layer) }
    #expect(error?.code == "packet-exists")

    // Not even an empty folder or a file of that name is replaced.
    for isFolder in [true, false] {
      let other = try PacketPlace()
      if isFolder {
        try FileManager.default.createDirectory(
          atPath: other.path + "/" + name, withIntermediateDirectories: false)
      } else {
        try other.write([7], name)
      }
      let error = #expect(throws: SluiceError.self) { _ = try seal(in: other, layer) }
      #expect(error?.code == "packet-exists")
      #expect(try isFolder ? other.names(name).isEmpty : other.bytes(name) == [7])
    }
  }

  /// F19: a signal's thread removes the partial packets while the run goes on; half of a packet could be published.
  @Test func nothingIsPublishedOnceThePartialPacketsAreRemoved() throws {
    let place = try PacketPlace()
    let folder = try PacketFolder(path: place.path)
    try folder.removePartial()
    let error = #expect(throws: SluiceError.self) { try folder.publish(name) }
    #expect(error?.code == "run-ended" && error?.status == .output)
    #expect(throws: SluiceError.self) { try PacketFixtures.sealSmall(in: folder) }
    #expect(try place.names() == [])
  }

  /// What the writer's checksum is for: bytes that the disk changes after they were written.
  @Test(arguments: [
    "data/records/message.ndjson", "data/records/location.ndjson", "data/README.txt", "data/report.html",
  ])
  func aByteThatChangesBeforeItIsReadBackIsFound(file: String) throws {
    let place = try PacketPlace()
    // Nothing is read before a file of records is written, and the other files are read back after them.
    let change = ByteChange(of: "US-2026-000123/\(file)", in: place)
    let folder = try PacketFolder(path: place.path, layer: change.layer)
    let error = #expect(throws: SluiceError.self) { try PacketFixtures.sealSmall(in: folder) }
    #expect(error?.code == "read-back")
    #expect(change.isDone)
    #expect(try place.names().filter { !$0.hasPrefix(".") } == [])
  }

  @Test("A byte of rows that wait to be merged is found where it changes", arguments: [3, 200])
  func waitingRows(rowCount: Int) throws {
    let place = try PacketPlace()
    // The first that is read are the runs; of many rows there are more than one merge takes.
    let change = ByteChange(of: "US-2026-000123.rows/location", in: place)
    let folder = try PacketFolder(path: place.path, layer: change.layer)
    let writer = try PacketFixtures.writer(
      folder, ruling: PacketFixtures.ruling(), spool: SpoolMemory(byteCountMax: 1))
    for row in 0..<rowCount {
      try writer.append(#"{"at":"\#(1000 + row)"}"# + "\n", kind: RulingFixtures.location)
    }
    let error = #expect(throws: SluiceError.self) {
      try writer.seal(PacketFixtures.tally(messages: 0, locations: rowCount), hasUnreadable: false)
    }
    #expect(error?.code == "rows-lost")
    #expect(change.isDone)
    #expect(try place.names().filter { !$0.hasPrefix(".") } == [])
  }

  @Test func onePacketsFailureLeavesTheOthersWhole() throws {
    let place = try PacketPlace()
    // The first row written to the disk fails; it is that of the packet that holds most.
    let folder = try PacketFolder(path: place.path, layer: CallFault(.write, EIO, at: 1).layer)
    let spool = SpoolMemory(byteCountMax: 250)
    let writers = try ["US-1", "US-2"].map {
      try PacketFixtures.writer(folder, ruling: PacketFixtures.ruling(reference: $0), spool: spool)
    }
    try writers[0].append(PacketFixtures.messageRow(0), kind: RulingFixtures.message)
    try writers[0].append(PacketFixtures.messageRow(1), kind: RulingFixtures.message)
    // This append makes the first packet write its rows out; the failure is not the second packet's.
    try writers[1].append(PacketFixtures.messageRow(0), kind: RulingFixtures.message)
    let error = #expect(throws: SluiceError.self) {
      _ = try writers[0].seal(PacketFixtures.tally(messages: 2, locations: 0), hasUnreadable: false)
    }
    #expect(error?.code == "disk-error")
    _ = try writers[1].seal(PacketFixtures.tally(messages: 1, locations: 0), hasUnreadable: false)
    #expect(try place.names().filter { !$0.hasPrefix(".") } == ["US-2"])
  }

  /// F17: killed at the n-th call, as by a loss of power to the process; the next run clears up and seals.
  @Test(arguments: [1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, 144])
  func aRunKilledAtAnyCallLeavesNoPacketThatIsNotWhole(count: Int) async throws {
    let place = try PacketPlace()
    let path = place.path
    let result = try await #require(processExitsWith: .failure) {
      [path = path as String, count = count as Int] in
      let folder = try PacketFolder(path: path, layer: .killing(at: count))
      try PacketFixtures.sealSmall(in: folder, spool: SpoolMemory(byteCountMax: 64))
    }
    #expect(result.exitStatus == .signal(SIGKILL), "the run has fewer calls than \(count)")
    if try place.names().contains(name) { _ = try PacketVerifier.verify(path: path + "/" + name) }
    do {
      let folder = try PacketFolder(path: path)
      if case .nothing = try folder.standing(of: name) { try PacketFixtures.sealSmall(in: folder) }
    }
    #expect(try place.names() == [name])
    _ = try PacketVerifier.verify(path: path + "/" + name)
  }

  /// Whether this process may mount a tmpfs: root of its own mount namespace, as in a container of ours.
  static let canMount: Bool = {
    guard let place = try? PacketPlace(),
      (try? runTool(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", place.path]).status) == 0
    else { return false }
    return (try? runTool(["umount", place.path]).status) == 0
  }()

  /// F02: a real full disk, of every size up to what the packet needs.
  @Test("a tmpfs too small for the packet", .enabled(if: canMount, "this process may not mount a tmpfs"))
  func aDiskTooSmallForThePacketLeavesNothing() throws {
    let place = try PacketPlace()
    var sealedAt: Int?
    for pages in 4...60 where sealedAt == nil {
      try #require(
        try runTool(["mount", "-t", "tmpfs", "-o", "size=\(pages * 4)k", "tmpfs", place.path]).status == 0)
      defer { _ = try? runTool(["umount", place.path]) }
      do {
        _ = try seal(in: place, FileLayer())
        sealedAt = pages
        _ = try PacketVerifier.verify(path: place.path + "/" + name)
      } catch let error as SluiceError {
        #expect(error.code == "disk-full")
        #expect(try place.names() == [])
      }
    }
    #expect(sealedAt.map { $0 > 4 } == true)
  }
}

/// A disk that changes one byte of a file of the run, before the first reading at which the file is there.
private struct ByteChange {
  let layer: FileLayer
  private let done = Guarded(false)

  var isDone: Bool { done.withLock { $0 } }

  /// `file`: its path in the run's own folder.
  init(of file: String, in place: PacketPlace) {
    let (path, done) = (place.path, done)
    var layer = FileLayer()
    layer.fault = { call in
      guard call == .read, !done.withLock({ $0 }) else { return 0 }
      let own = try? FileManager.default.contentsOfDirectory(atPath: path).first { $0.hasPrefix(".") }
      let changed = "\(path)/\(own ?? "")/\(file)"
      guard let bytes = FileManager.default.contents(atPath: changed), bytes.count > 5 else { return 0 }
      let handle = FileHandle(forUpdatingAtPath: changed)
      // In a value of the last row, so that the row stays one.
      try? handle?.seek(toOffset: UInt64(bytes.count - 5))
      handle?.write(Data([bytes[bytes.count - 5] ^ 1]))
      try? handle?.close()
      done.withLock { $0 = true }
      return 0
    }
    self.layer = layer
  }
}
