import Foundation
import Sluice
import SluiceCrypto
import Testing

/// F40: every bit of every file of a signed packet counts, and so does every file's name, place and length.
///
/// An optimised build (`make sweep`) turns every bit; a debug build turns one of each byte, which one by the seed.
@Suite(.enabled(if: SignedPacket.isPossible, "the openssl command is not installed"))
struct PacketSweepTests {
  #if DEBUG
    private static let turnsEveryBit = false
  #else
    private static let turnsEveryBit = true
  #endif

  /// A run of bytes of one file, for one thread.
  private struct Chunk {
    static let byteCount = 1024
    let file: String
    let start: Int
    let end: Int
  }

  @Test(arguments: RecordFormat.allCases)
  func aTurnedBitOfAnyByteIsFound(format: RecordFormat) throws {
    let packet = try SignedPacket(format)
    #expect(packet.fault(in: try packet.copy())?.message == nil)
    let seed = UInt64.random(in: .min ... .max)
    // The two formats differ in their records alone, so the sample takes the rest once.
    let files = packet.files.filter { Self.turnsEveryBit || format == .ndjson || $0.key.contains("records") }
    let chunks = files.sorted { $0.key < $1.key }.flatMap { file, bytes in
      stride(from: 0, to: bytes.count, by: Chunk.byteCount).map {
        Chunk(file: file, start: $0, end: min($0 + Chunk.byteCount, bytes.count))
      }
    }
    let count = TamperCount()
    DispatchQueue.concurrentPerform(iterations: chunks.count) { index in
      do { try Self.turnBits(of: chunks[index], packet, seed, count) } catch {
        Issue.record("\(chunks[index].file): \(error)")
      }
    }
    let byteCount = files.values.reduce(0) { $0 + $1.count }
    print(
      "turned \(count.made) bits of \(byteCount) bytes in \(files.count) files (\(format.rawValue), seed \(seed)): \(count.codes)"
    )
    #expect(count.made == byteCount * (Self.turnsEveryBit ? 8 : 1), "seed \(seed)")
  }

  /// Turns bits one at a time in a copy of the packet of its own, and turns each back.
  private static func turnBits(
    of chunk: Chunk, _ packet: SignedPacket, _ seed: UInt64, _ count: TamperCount
  ) throws {
    let bytes = try #require(packet.files[chunk.file])
    let place = try packet.copy()
    let file = open("\(place.path)/\(SignedPacket.name)/\(chunk.file)", O_WRONLY)
    defer { close(file) }
    func put(_ byte: UInt8, at offset: Int) throws {
      var byte = byte
      try #require(pwrite(file, &byte, 1, off_t(offset)) == 1)
    }
    for offset in chunk.start..<chunk.end {
      for bit in turnsEveryBit ? Array(0..<8) : [someBit(seed, offset)] {
        try put(bytes[offset] ^ 1 << UInt8(bit), at: offset)
        count.take(packet.fault(in: place), "bit \(bit) of byte \(offset) of \(chunk.file), seed \(seed)")
      }
      try put(bytes[offset], at: offset)
    }
    #expect(packet.fault(in: place)?.message == nil, "\(chunk.file) as it was")
  }

  /// One of a byte's eight bits, as the seed and the byte's place have it.
  private static func someBit(_ seed: UInt64, _ offset: Int) -> Int {
    Int(((seed ^ UInt64(offset) &* 0x9E37_79B9_7F4A_7C15) &* 0xBF58_476D_1CE4_E5B9) >> 61)
  }

  @Test func filesThatAreDroppedAddedRenamedSwappedOrCutAreFound() throws {
    let packet = try SignedPacket()
    let other = try SignedPacket(reference: "US-OTHER")
    let count = TamperCount()
    func take(_ what: String, _ change: (inout [String: [UInt8]]) -> Void) throws {
      var files = packet.files
      change(&files)
      if files == packet.files { return }
      count.take(try packet.fault(of: files), what)
      // And with every size and digest made anew: nobody but the signer can sign it. Where what was changed is what
      // is made anew, that is the packet again.
      guard files["bag-info.txt"] != nil else { return }
      let resealed = try SignedPacket.resealed(files)
      if resealed != packet.files { count.take(try packet.fault(of: resealed), what + ", resealed") }
    }
    for (file, bytes) in packet.files {
      try take("\(file) dropped") { $0[file] = nil }
      for name in Self.otherNames(of: file) {
        try take("\(file) renamed to \(name)") {
          $0[file] = nil
          $0[name] = bytes
        }
        try take("\(file) doubled as \(name)") { $0[name] = bytes }
        try take("an empty \(name)") { $0[name] = [] }
      }
      for length in Set([0, 1, bytes.count / 2, bytes.count - 1]) where length < bytes.count {
        try take("\(file) cut to \(length)") { $0[file] = Array(bytes.prefix(length)) }
      }
      for end in [[0], [0x0A], [0x20], bytes] { try take("\(file) lengthened") { $0[file] = bytes + end } }
      try take("\(file) of another packet") { $0[file] = other.files[file] }
      for (second, theirs) in packet.files where second > file {
        try take("\(file) and \(second) swapped") {
          $0[file] = theirs
          $0[second] = bytes
        }
      }
    }
    print("changed \(count.made) packets in their files: \(count.codes)")
    #expect(count.made > 400)
  }

  /// Names that a reader could take for a file's own, on some system or other.
  private static func otherNames(of file: String) -> [String] {
    let parts = file.split(separator: "/").map(String.init)
    let folders = parts.dropLast()
    let last = parts[parts.count - 1]
    func inside(_ name: String) -> String { (folders + [name]).joined(separator: "/") }
    return [
      inside(last.uppercased() == last ? last.lowercased() : last.uppercased()),
      (folders.map { $0.uppercased() } + [last]).joined(separator: "/"),
      inside(last + " "), inside(last + "."), inside("." + last), inside(last + "~"), inside(last + "\n"),
      inside(last + "\u{200B}"), inside(last.replacing("a", with: "\u{0430}")), "data/other/" + last,
      "data/records/other-" + last, "x" + last,
    ].filter { $0 != file }
  }

  /// Rows that are swapped, dropped, doubled and added, with every digest made anew. The packet may then agree with
  /// itself, so that the signature alone tells: that it does is seen by the same packet without one.
  @Test(arguments: RecordFormat.allCases)
  func rowsThatAreMovedDroppedOrAddedAreFound(format: RecordFormat) throws {
    let packet = try SignedPacket(format)
    let count = TamperCount()
    var consistent = 0
    for file in packet.covered {
      let rows = try #require(packet.files[file]).split(separator: 0x0A, omittingEmptySubsequences: false)
      for (what, changed) in Self.rearranged(rows) where changed != rows {
        var files = packet.files
        files[file] = Array(changed.joined(separator: [0x0A]))
        count.take(try packet.fault(of: files), "\(what) of \(file)")
        files = try SignedPacket.resealed(files)
        // A manifest whose lines were moved is put in order again.
        if files == packet.files { continue }
        count.take(try packet.fault(of: files), "\(what) of \(file), resealed")
        files[SignedPacket.signature] = nil
        count.take(try packet.fault(of: files), "\(what) of \(file), resealed and not signed")
        if try packet.fault(of: files, trusting: false) == nil { consistent += 1 }
      }
    }
    print(
      "changed \(count.made) packets in their rows (\(format.rawValue)): \(count.codes); unsigned, \(consistent) would verify"
    )
    #expect(count.made > 500)
    #expect(consistent > 10, "that the signature is what finds it")
  }

  /// Neighbours swapped, the first put last, and each row dropped and doubled.
  private static func rearranged(
    _ rows: [ArraySlice<UInt8>]
  ) -> [(what: String, rows: [ArraySlice<UInt8>])] {
    var all: [(String, [ArraySlice<UInt8>])] = []
    // The last is the nothing after the last line's end. Of a long text the first thirty lines stand for the others.
    for index in 0..<min(rows.count - 1, 30) {
      var (swapped, dropped, doubled) = (rows, rows, rows)
      if index + 2 < rows.count { swapped.swapAt(index, index + 1) }
      dropped.remove(at: index)
      doubled.insert(rows[index], at: index)
      all += [
        ("row \(index) moved", swapped), ("row \(index) dropped", dropped), ("row \(index) doubled", doubled),
      ]
    }
    if rows.count > 2 {
      all.append(("first row put last", Array(rows[1..<(rows.count - 1)] + [rows[0], []])))
    }
    return all
  }

  /// A list of files that names one twice, or in another order, or in another way, is not one of Sluice's, signed or not.
  @Test func manifestsThatAreWrittenOtherwiseAreFound() throws {
    let packet = try SignedPacket()
    let count = TamperCount()
    for manifest in ["manifest-sha256.txt", "tagmanifest-sha256.txt"] {
      let text = String(decoding: try #require(packet.files[manifest]), as: UTF8.self)
      for (what, changed) in [
        ("capitals", text.replacing(/[0-9a-f]{64}/) { $0.output.uppercased() }),
        ("one blank", text.replacing("  ", with: " ")), ("a star", text.replacing("  ", with: " *")),
        ("line ends", text.replacing("\n", with: "\r\n")), ("an empty line", text + "\n"),
        ("no last line end", String(text.dropLast())),
        ("another order", text.split(separator: "\n").reversed().joined(separator: "\n") + "\n"),
        ("dots", text.replacing("  data/", with: "  ./data/").replacing("  bag", with: "  ./bag")),
      ] where changed != text {
        var files = packet.files
        files[manifest] = Array(changed.utf8)
        if manifest == "manifest-sha256.txt" {
          files["tagmanifest-sha256.txt"] = try SignedPacket.resealed(packet.files)["tagmanifest-sha256.txt"]
            .map { own in
              let digest = Base16.encode(SHA256.hash(Array(changed.utf8)))
              return Array(
                String(decoding: own, as: UTF8.self)
                  .replacing(/[0-9a-f]{64}  manifest/, with: "\(digest)  manifest").utf8)
            }
        }
        count.take(try packet.fault(of: files), "\(manifest): \(what)")
        files[SignedPacket.signature] = nil
        count.take(try packet.fault(of: files, trusting: false), "\(manifest): \(what), not signed")
      }
    }
    print("wrote \(count.made) manifests otherwise: \(count.codes)")
    #expect(count.made == 32)
  }
}
