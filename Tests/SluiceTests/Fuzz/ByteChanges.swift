/// Changes bytes the way an accident or an attacker does: few at a time, so that most of a record stays what it was.
enum ByteChanges {
  /// Bytes that mean something to one of the formats.
  private static let meaningful: [UInt8] =
    Array("\"\\{}[]:,;.+-/%*&!|>#'eEuntfZT0159 \t\r\n".utf8) + [
      0x00, 0x1F, 0x7F, 0x80, 0xC0, 0xC2, 0xE0, 0xED, 0xA0, 0xEF, 0xF4, 0xFF,
    ]

  /// The bytes after one to four changes: a byte set, a bit turned, a run deleted, doubled, moved or taken from another
  /// input.
  static func changed<Numbers: RandomNumberGenerator>(
    _ bytes: [UInt8], among others: [[UInt8]], using numbers: inout Numbers
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &numbers) {
      let place = Int.random(in: 0...bytes.count, using: &numbers)
      let end = min(bytes.count, place + Int.random(in: 1...8, using: &numbers))
      switch Int.random(in: 0..<7, using: &numbers) {
      case 0 where place < bytes.count: bytes[place] = meaningful.randomElement(using: &numbers)!
      case 1 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
      case 2: bytes.removeSubrange(place..<end)
      case 3: bytes.insert(contentsOf: bytes[place..<end], at: place)
      case 4: bytes.removeSubrange(place...)
      case 5:
        let other = others.randomElement(using: &numbers)!
        let start = Int.random(in: 0...other.count, using: &numbers)
        bytes.insert(contentsOf: other[start...].prefix(12), at: place)
      default: bytes.insert(meaningful.randomElement(using: &numbers)!, at: place)
      }
    }
    return bytes
  }
}
