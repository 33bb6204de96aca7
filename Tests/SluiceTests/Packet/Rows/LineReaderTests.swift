import Sluice
import Testing

@Suite("Lines of a file") struct LineReaderTests {
  private struct Line: Hashable {
    let bytes: [UInt8]
    let byteOffset: Int
  }

  /// The lines that begin in a part of some bytes, which come in pieces of random lengths.
  private static func lines(
    _ bytes: [UInt8], from start: Int, to end: Int, _ random: inout PacketGenerator
  ) -> [Line] {
    var lines: [Line] = []
    func take(_ line: UnsafeRawBufferPointer, _ byteOffset: Int) {
      lines.append(Line(bytes: Array(line), byteOffset: byteOffset))
    }
    var reader = LineReader(at: start, isMidLine: start > 0 && bytes[start - 1] != 0x0A)
    var position = start
    while position < end {
      let next = min(end, position + Int.random(in: 1...7, using: &random))
      Array(bytes[position..<next]).withUnsafeBytes { reader.read($0, take) }
      position = next
    }
    // What another part begins with is this one's where a line goes on.
    let rest = bytes[end...].prefix { $0 != 0x0A }.count
    if lines.last.map({ $0.byteOffset + $0.bytes.count }) ?? start < end {
      Array(bytes[end..<min(end + rest + 1, bytes.count)]).withUnsafeBytes { reader.read($0, take) }
    }
    reader.end(take)
    return lines
  }

  @Test(
    "However a file is cut and however its bytes come, its lines are the same",
    arguments: [1, 2, 3] as [UInt64])
  func parts(seed: UInt64) {
    var random = PacketGenerator(seed: seed)
    for _ in 0..<400 {
      let bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        Bool.random(using: &random) && Bool.random(using: &random) ? 0x0A : UInt8(ascii: "a")
      }
      var expected: [Line] = []
      var start = 0
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? bytes.count
        expected.append(Line(bytes: Array(bytes[start..<end]), byteOffset: start))
        start = end
      }
      let cut = bytes.isEmpty ? 0 : Int.random(in: 0...bytes.count, using: &random)
      let first = Self.lines(bytes, from: 0, to: cut, &random)
      let second = Self.lines(bytes, from: cut, to: bytes.count, &random)
      #expect(first + second == expected, "seed \(seed), \(bytes), cut at \(cut)")
    }
  }
}
