import Foundation
import Sluice
import Testing

@Suite("Short files are read whole")
struct SmallFileTests {
  /// Around the first read's 4,096 bytes and its doubles.
  @Test(arguments: [0, 1, 4095, 4096, 4097, 8192, 70_000])
  func allOfItIsRead(byteCount: Int) throws {
    let place = try PacketPlace()
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let path = place.path + "/file"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(try SmallFile.read(path) == bytes)
    #expect(try SmallFile.read(path, byteCountMax: byteCount) == bytes)
    if byteCount > 0 {
      #expect(throws: SmallFile.Failure.tooLong) { try SmallFile.read(path, byteCountMax: byteCount - 1) }
    }
  }

  @Test func aPipeIsReadToItsEnd() throws {
    let place = try PacketPlace()
    let path = place.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    let writer = Thread {
      guard let handle = FileHandle(forWritingAtPath: path) else { return }
      for part in 0..<20 {
        try? handle.write(contentsOf: Data(repeating: UInt8(part), count: 1000))
        usleep(100)
      }
      try? handle.close()
    }
    writer.start()
    #expect(try SmallFile.read(path) == (0..<20).flatMap { [UInt8](repeating: UInt8($0), count: 1000) })
  }

  @Test func whatIsNoFileIsToldApart() throws {
    let place = try PacketPlace()
    #expect(throws: SmallFile.Failure.refused(ENOENT)) { try SmallFile.read(place.path + "/none") }
    #expect(throws: SmallFile.Failure.refused(EISDIR)) { try SmallFile.read(place.path) }
  }
}
