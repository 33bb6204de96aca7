import Foundation
import Sluice
import Testing

/// The tar of a packet, and every tar that is not one.
@Suite struct ArchiveReaderTests {
  private func tar(_ place: PacketPlace, _ script: String) throws -> [UInt8] {
    let made = try runTool(["sh", "-ec", "mkdir w; cd w; " + script], in: place.path)
    #expect(made.status == 0, "\(made.output)")
    return try place.bytes("w/t")
  }

  /// Unpacks into a folder `out`; returns the error's code or the packet's name.
  private func unpack(_ bytes: [UInt8], _ place: PacketPlace, piece: Int = 1 << 16) throws -> String {
    try FileManager.default.createDirectory(atPath: place.path + "/out", withIntermediateDirectories: false)
    let layer = FileLayer()
    let folder = try layer.openFolder(place.path + "/out")
    let reader = ArchiveReader(into: folder.number, layer: layer)
    do {
      try bytes.withUnsafeBytes { bytes in
        for start in stride(from: 0, to: bytes.count, by: piece) {
          try reader.append(UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + piece, bytes.count)]))
        }
      }
      return try reader.finish()
    } catch let error as SluiceError {
      #expect(error.status == .verification, "\(error)")
      return error.code
    }
  }

  private func archive(_ name: String, _ place: PacketPlace) throws -> [UInt8] {
    let layer = FileLayer()
    let folder = try layer.openFolder(place.path)
    let file = try layer.create("archive", at: folder.number)
    try PacketArchive.start(name, in: folder.number, output: file.number).finish()
    let bytes = try place.bytes("archive")
    try FileManager.default.removeItem(atPath: place.path + "/archive")
    return bytes
  }

  @Test(arguments: [1, 7, 511, 512, 513, 1 << 16]) func aPacketComesBackWhateverThePieces(piece: Int) throws {
    let place = try PacketPlace()
    try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path))
    let bytes = try archive("US-2026-000123", place)
    #expect(try unpack(bytes, place, piece: piece) == "US-2026-000123")
    #expect(try place.files("out/US-2026-000123") == place.files("US-2026-000123"))
  }

  /// The same packet gives the same tar from any folder, at any time, with any mode and owner's umask.
  @Test func theTarIsTheSameEverywhere() throws {
    let (one, other) = (try PacketPlace(), try PacketPlace())
    for place in [one, other] { try PacketFixtures.sealSmall(in: try PacketFolder(path: place.path)) }
    let changed = try runTool(
      ["sh", "-ec", "touch -d '2001-02-03' US-2026-000123/data/*; chmod -R a+rX US-2026-000123"],
      in: other.path)
    #expect(changed.status == 0)
    let bytes = try archive("US-2026-000123", one)
    #expect(try archive("US-2026-000123", other) == bytes)
    let listed = try unpack(bytes, one)
    #expect(listed == "US-2026-000123")
  }

  @Test(arguments: [
    ("mkdir A; ln -s /etc A/x", "A", ""), ("mkdir A; echo 1 > A/x; ln A/x A/y", "A", ""),
    ("mkdir A; mkfifo A/x", "A", ""), ("mkdir A B", "A B", ""), ("echo 1 > A", "A", ""),
    ("mkdir A; echo 1 > A/x", "A/x", ""), ("mkdir A; echo 1 > x", "A A/../x", "-P"),
    ("mkdir A; echo 1 > A/x", "$PWD/A", "-P"), ("mkdir a; echo 1 > a/x", "a", ""),
    ("mkdir A; echo 1 > A/x", "A A", ""), ("mkdir A; echo 1 > 'A/x y'", "A", ""),
    ("mkdir A; echo 1 > A/x", "A", "--format=gnu"), ("mkdir A; echo 1 > A/x", "A", "--format=v7"),
    ("mkdir A; echo 1 > A/x", "A", "--format=posix --pax-option=comment=x"), ("mkdir A", "-T /dev/null", ""),
    ("mkdir A A/x", "A", "-P --transform=s,A/x,A/..,"),
    ("mkdir A; echo 1 > A/x", "A", "-P --transform=s,A/x,A/..,"),
    ("mkdir A A/x", "A", "-P --transform=s,A/x,A/.,"),
    ("mkdir A; echo 1 > A/x", "A", "-P --transform=s,A/x,A/.,"),
  ])
  func aTarThatIsNoPacketsIsRefused(script: String, names: String, options: String) throws {
    let place = try PacketPlace()
    let bytes = try tar(place, "\(script); tar --format=ustar \(options) -cf t \(names) 2>/dev/null")
    #expect(try unpack(bytes, place) == "envelope-archive")
    #expect(try !place.names().contains("x"))
  }

  @Test func aDamagedTarIsRefused() throws {
    let place = try PacketPlace()
    let bytes = try tar(
      place, "mkdir A; echo 1 > A/x; tar --format=ustar --sort=name -cf t A")
    let codes = try [
      Array(bytes.prefix(512)), Array(bytes.prefix(1024)), Array(bytes.prefix(2048)), bytes + bytes, [],
      bytes.enumerated().map { $0.offset == 1536 + 100 ? 1 : $0.element },
      bytes.enumerated().map { $0.offset == 3 ? $0.element ^ 1 : $0.element },
    ].map { bytes in
      let own = try PacketPlace()
      return try unpack(bytes, own)
    }
    #expect(codes == Array(repeating: "envelope-archive", count: codes.count))
    let whole = try PacketPlace()
    #expect(try unpack(bytes, whole) == "A")
  }

  // MARK: - Stated sizes

  /// A file of 8 GiB or more has its size in a pax header.
  @Test func aStatedSizeIsRead() throws {
    let place = try PacketPlace()
    #expect(try unpack(tar(statedSize: "6"), place) == "A")
    #expect(try place.text("out/A/x") == "12345\n")
  }

  @Test(arguments: [
    "9223372036854775807", "9223372036854775808", "1152921504606846977", "-1", "", "6 ", "5", "1000",
  ])
  func aStatedSizeThatIsNotTheFilesIsRefused(size: String) throws {
    let place = try PacketPlace()
    #expect(try unpack(tar(statedSize: size), place) == "envelope-archive")
  }

  /// A folder, and in it a file whose size its own header does not tell.
  private func tar(statedSize: String) -> [UInt8] {
    let text = " size=\(statedSize)\n"
    // The record's length counts its own digits.
    let count = text.utf8.count + 1
    let record = "\(count > 9 ? count + 1 : count)\(text)"
    return entry("A/", "5", "") + entry("A/x", "x", record) + entry("A/x", "0", "12345\n", byteCount: 0)
      + [UInt8](repeating: 0, count: 1024)
  }

  /// An entry of a POSIX tar, whose header tells the size of its content where nothing else is given.
  private func entry(_ path: String, _ kind: Character, _ content: String, byteCount: Int? = nil) -> [UInt8] {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    func octal(_ number: Int, _ count: Int) -> String {
      let digits = String(number, radix: 8)
      return String(repeating: "0", count: count - digits.count) + digits
    }
    put(path, at: 0)
    put("0000644", at: 100)
    put(octal(byteCount ?? content.utf8.count, 11), at: 124)
    put("        \(kind)", at: 148)
    put("ustar\u{0}00", at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
    let padding = (512 - content.utf8.count % 512) % 512
    return header + Array(content.utf8) + [UInt8](repeating: 0, count: padding)
  }
}
