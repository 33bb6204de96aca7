import Foundation
import Sluice
import SluiceCrypto
import Testing

/// The digest of the file that a demand names as its document.
struct ServedDocumentTests {
  /// Around a block, and longer than a document of ours may be: a scan is.
  @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 17 << 20])
  func aFileOfAnyLengthHasADigest(byteCount: Int) throws {
    let place = try PacketPlace()
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 / 7) }
    let path = place.path + "/scan.pdf"
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    #expect(ServedDocument.digest(ofFile: path) == SHA256.hash(bytes))
  }

  @Test func aPipeIsReadToItsEnd() throws {
    let place = try PacketPlace()
    let path = place.path + "/pipe"
    try #require(mkfifo(path, 0o600) == 0)
    let bytes = [UInt8](repeating: 7, count: 200_000)
    Thread { try? FileHandle(forWritingAtPath: path)?.write(contentsOf: Data(bytes)) }.start()
    #expect(ServedDocument.digest(ofFile: path) == SHA256.hash(bytes))
  }

  @Test func whatIsNoFileHasNone() throws {
    let place = try PacketPlace()
    for path in [place.path, place.path + "/none", "/dev/zero", "/dev/null", ""] {
      #expect(ServedDocument.digest(ofFile: path) == nil, "\(path)")
    }
  }
}
