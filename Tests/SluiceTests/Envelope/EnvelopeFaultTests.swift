import Foundation
import Sluice
import SluiceCrypto
import Testing

/// F01-F19 for what is signed, sealed to a recipient and opened: whatever call fails, an envelope is whole or not there,
/// and `open` leaves the whole packet or nothing of it.
@Suite(.enabled(if: SignedPacket.isPossible, "the openssl command is not installed"))
struct EnvelopeFaultTests {
  private static let calls: [FileCall] = [.open, .makeFolder, .read, .write, .sync, .close, .rename, .remove]
  private let name = SignedPacket.name
  private var envelope: String { name + ".tar.p7m" }

  /// A recipient's key and certificate, and a signed packet.
  private final class Ground {
    let place: PacketPlace
    let packet: SignedPacket
    let recipient: PacketRecipient

    init() throws {
      place = try PacketPlace()
      let made = try runTool(
        [
          "sh", "-ec",
          """
          openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out agency.key
          openssl req -x509 -new -key agency.key -out agency.pem -subj /CN=Agency -days 30
          chmod 600 agency.key
          """,
        ], in: place.path)
      try #require(made.status == 0, "\(made.output)")
      packet = try SignedPacket()
      recipient = try PacketRecipient(
        contentsOfFile: place.path + "/agency.pem", at: Instant(seconds: Int64(Date().timeIntervalSince1970)))
    }

    func opening() -> PacketOpening {
      PacketOpening(keyFile: place.path + "/agency.key", trust: packet.trust)
    }

    /// The packet's envelope, made undisturbed.
    func sealed() throws -> [UInt8] {
      let copy = try packet.copy()
      _ = try PacketFolder(path: copy.path).seal(SignedPacket.name, to: recipient)
      return try copy.bytes(SignedPacket.name + ".tar.p7m")
    }

    /// Seals the packet in a folder to the recipient; the error where that fails.
    func seal(in place: PacketPlace, _ layer: FileLayer) -> SluiceError? {
      do throws(SluiceError) {
        let folder = try PacketFolder(path: place.path, layer: layer)
        let isThere = try folder.hasEnvelope(SignedPacket.name, to: recipient, isPacketThere: true)
        if !isThere { _ = try folder.seal(SignedPacket.name, to: recipient) }
        return nil
      } catch {
        return error
      }
    }

    /// Opens the envelope in a folder into the folder `opened` beside it; the error where that fails.
    func open(in place: PacketPlace, _ layer: FileLayer) -> SluiceError? {
      do throws(SluiceError) {
        let folder = try PacketFolder(path: place.path + "/opened", layer: layer)
        _ = try opening().open("\(place.path)/\(SignedPacket.name).tar.p7m", into: folder)
        return nil
      } catch {
        return error
      }
    }

    /// Whether an envelope opens to the packet.
    func opens(_ envelope: [UInt8]) throws -> Bool {
      let place = try PacketPlace()
      try place.write(envelope, "envelope")
      let folder = try PacketFolder(path: place.path + "/opened")
      _ = try opening().open(place.path + "/envelope", into: folder)
      return try place.files("opened/" + SignedPacket.name) == packet.files
    }

    /// Whether any file below a folder holds a value of the packet's records.
    func holdsPlaintext(_ place: PacketPlace, _ inner: String) throws -> Bool {
      try place.files(inner).values.contains { bytes in
        Data(bytes).range(of: Data("+12025550123".utf8)) != nil
      }
    }
  }

  private static func numbers(_ call: FileCall) -> [Int32] { call == .write ? [ENOSPC, EIO] : [EIO] }

  @Test(arguments: calls)
  func anEnvelopeIsWholeOrNotThereWhateverCallFails(call: FileCall) throws {
    let ground = try Ground()
    var failed = 0
    for number in Self.numbers(call) {
      var count = 0
      while true {
        count += 1
        let place = try ground.packet.copy()
        let fault = CallFault(call, number, at: count)
        let error = ground.seal(in: place, fault.layer)
        if let error {
          failed += 1
          #expect(error.status == .output, "\(call) \(count): \(error)")
        }
        // The packet itself is as it was.
        #expect(try place.files(name) == ground.packet.files, "\(call) \(count)")
        let names = try place.names().filter { !$0.hasPrefix(".sluice-partial-") }
        try #require(names == [name] || names == [name, envelope], "\(call) \(count): \(names)")
        if names.count == 2 { #expect(try ground.opens(try place.bytes(envelope)), "\(call) \(count)") }
        // The next run does the rest, and leaves nothing else.
        #expect(ground.seal(in: place, FileLayer()) == nil)
        #expect(try place.names() == [name, envelope])
        if !fault.isSpent { break }
      }
    }
    #expect(failed > 0 || call == .remove, "\(call) never failed a sealing")
  }

  @Test(arguments: calls)
  func openLeavesTheWholePacketOrNothingWhateverCallFails(call: FileCall) throws {
    let ground = try Ground()
    let sealed = try ground.sealed()
    var failed = 0
    for number in Self.numbers(call) {
      var count = 0
      while true {
        count += 1
        let place = try PacketPlace()
        try place.write(sealed, envelope)
        let fault = CallFault(call, number, at: count)
        if let error = ground.open(in: place, fault.layer) {
          failed += 1
          #expect([.output, .input].contains(error.status), "\(call) \(count): \(error)")
          #expect(fault.isSpent, "\(call) \(count): \(error)")
        }
        let names = try place.names("opened").filter { !$0.hasPrefix(".sluice-partial-") }
        try #require(names.isEmpty || names == [name], "\(call) \(count): \(names)")
        if names.isEmpty {
          #expect(try !ground.holdsPlaintext(place, "opened"), "\(call) \(count)")
          #expect(ground.open(in: place, FileLayer()) == nil)
        }
        // What a run left in the way goes with the next.
        _ = try PacketFolder(path: place.path + "/opened")
        #expect(try place.names("opened") == [name], "\(call) \(count)")
        #expect(try place.files("opened/" + name) == ground.packet.files, "\(call) \(count)")
        if !fault.isSpent { break }
      }
    }
    #expect(failed > 0 || call == .remove, "\(call) never failed an opening")
  }

  /// A changed envelope leaves nothing. Only a bit that says nothing may be turned, and then the whole packet comes out:
  /// one of its head, such as a version, or of the tag of a piece of its content, which libcrypto does not look at.
  @Test func aChangedEnvelopeLeavesNoPlaintext() throws {
    let ground = try Ground()
    let sealed = try ground.sealed()
    // OCTET STRING, 4096 bytes long.
    let pieces = sealed.indices.filter { sealed[$0...].starts(with: [0x04, 0x82, 0x10, 0x00]) }
    try #require(pieces.count > 1)
    let seed = UInt64.random(in: .min ... .max)
    let step = sealed.count / 150
    for offset in pieces.prefix(3) + stride(from: Int(seed % UInt64(step)), to: sealed.count, by: step) {
      var changed = sealed
      changed[offset] ^= 1 << UInt8((seed &+ UInt64(offset)) % 8)
      let place = try PacketPlace()
      try place.write(changed, envelope)
      let comment: Comment = "byte \(offset), seed \(seed)"
      guard let error = ground.open(in: place, FileLayer()) else {
        #expect(offset < 512 || pieces.contains(offset), comment)
        #expect(try place.files("opened/" + name) == ground.packet.files, comment)
        continue
      }
      #expect([5, 8].contains(error.status.rawValue), comment)
      #expect(try place.names("opened") == [], comment)
    }
  }

  /// A disk that takes nothing more from the n-th write on.
  @Test func aFullDiskLeavesNothingOfWhatIsOpened() throws {
    let ground = try Ground()
    let sealed = try ground.sealed()
    for count in stride(from: 1, through: 22, by: 3) {
      let place = try PacketPlace()
      try place.write(sealed, envelope)
      let fault = CallFault(.write, ENOSPC, at: count, stays: true)
      if let error = ground.open(in: place, fault.layer) {
        #expect(error.code == "disk-full" && error.status == .output)
        #expect(try place.names("opened") == [])
      } else {
        #expect(!fault.isSpent)
      }
    }
  }

  /// Killed at the n-th call while it opens: what lies in the partial folder goes with the next run.
  @Test(arguments: [8, 20, 35, 50, 65, 80])
  func anOpeningThatIsKilledGivesNoPlace(count: Int) async throws {
    let ground = try Ground()
    let place = try PacketPlace()
    try place.write(try ground.sealed(), envelope)
    let (path, key) = (place.path, ground.place.path + "/agency.key")
    let file = path + "/" + envelope
    let result = try await #require(processExitsWith: .failure) {
      [path = path as String, key = key as String, file = file as String, count = count as Int] in
      let folder = try PacketFolder(path: path + "/opened", layer: .killing(at: count))
      _ = try PacketOpening(keyFile: key).open(file, into: folder)
    }
    #expect(result.exitStatus == .signal(SIGKILL), "an opening has fewer calls than \(count)")
    let names = try place.names("opened").filter { !$0.hasPrefix(".sluice-partial-") }
    #expect(names == [] || names == [name])
    if names == [name] { #expect(try place.files("opened/" + name) == ground.packet.files) }
    _ = try PacketFolder(path: place.path + "/opened")
    #expect(try place.names("opened") == names)
    #expect(try names == [name] || !ground.holdsPlaintext(place, "opened"))
  }
}
