internal import CProcessor

/// The leaves of the JSON decoder: free functions over pointers, each told where the bytes end.
///
/// Advice for maintainers: every load of sixteen bytes may read up to sixteen past `limit`. Blocks keep
/// `Block.paddingByteCount` readable bytes after their content for that; tests must do the same.

/// One in the top bit of each byte of `word` that ends or interrupts a string: `"`, `\` or below U+0020.
///
/// The lowest marked byte is exact; those above it may be marked by a borrow, so only the lowest counts.
@inline(__always) func stringStops(_ word: UInt64) -> UInt64 {
  let ones: UInt64 = 0x0101_0101_0101_0101
  let tops: UInt64 = 0x8080_8080_8080_8080
  let quotes = word ^ (ones &* 0x22)
  let backslashes = word ^ (ones &* 0x5C)
  let control = (word &- (ones &* 0x20)) & ~word
  return (((quotes &- ones) & ~quotes) | ((backslashes &- ones) & ~backslashes) | control) & tops
}

/// The first byte at or after `start` that ends or interrupts a string, or `limit`.
@inline(__always)
func endOfPlainString(_ start: UnsafePointer<UInt8>, _ limit: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
  var position = start
  while position < limit {
    let stops = sluice_string_stops(position)
    if stops != 0 { return min(position + stops.trailingZeroBitCount, limit) }
    position += 16
  }
  return limit
}

/// The first byte at or after `start` that ends or interrupts a string, of which one comes.
@inline(__always)
func endOfPlainString(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
  var position = start
  while true {
    let stops = sluice_string_stops(position)
    if stops != 0 { return position + stops.trailingZeroBitCount }
    position += 16
  }
}

/// How many of the bytes from `start` on are decimal digits, up to 8.
@inline(__always) func digitRun(_ start: UnsafePointer<UInt8>) -> Int {
  // A digit becomes its value; adding 0x76 sets the top bit of a byte above 9. A byte of 0x80 and more may carry into
  // the next one, so only the lowest marked byte is exact, and only it counts.
  let word =
    UInt64(littleEndian: UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)) ^ 0x3030_3030_3030_3030
  return ((word &+ 0x7676_7676_7676_7676 | word) & 0x8080_8080_8080_8080).trailingZeroBitCount &>> 3
}

/// Four hexadecimal digits as a number, or nil.
@inline(__always) func hexadecimal4(_ start: UnsafePointer<UInt8>) -> UInt32? {
  var value: UInt32 = 0
  for index in 0..<4 {
    let byte = start[index]
    let digit: UInt8
    switch byte {
    case 0x30...0x39: digit = byte &- 0x30
    case 0x41...0x46: digit = byte &- 0x37
    case 0x61...0x66: digit = byte &- 0x57
    default: return nil
    }
    value = value << 4 | UInt32(digit)
  }
  return value
}

/// Whether a byte is a hexadecimal digit, in either case.
func isHexadecimal(_ byte: UInt8) -> Bool {
  switch byte {
  case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
  default: false
  }
}

/// Unescapes the inside of a validated JSON string. The result is never longer than the source.
///
/// - Returns: the count of bytes written to `output`.
package func unescapeJSON(_ source: Bytes, to output: UnsafeMutablePointer<UInt8>) -> Int {
  guard let base = source.baseAddress else { return 0 }
  var read = 0
  var written = 0
  while read < source.count {
    let byte = base[read]
    guard byte == UInt8(ascii: "\\") else {
      output[written] = byte
      read &+= 1
      written &+= 1
      continue
    }
    let escape = base[read &+ 1]
    read &+= 2
    switch escape {
    case UInt8(ascii: "b"): output[written] = 0x08
    case UInt8(ascii: "f"): output[written] = 0x0C
    case UInt8(ascii: "n"): output[written] = 0x0A
    case UInt8(ascii: "r"): output[written] = 0x0D
    case UInt8(ascii: "t"): output[written] = 0x09
    case UInt8(ascii: "u"):
      var scalar = hexadecimal4(base + read) ?? 0
      read &+= 4
      if scalar & 0xFC00 == 0xD800 {
        let low = hexadecimal4(base + read + 2) ?? 0
        scalar = 0x10000 + ((scalar & 0x3FF) << 10 | (low & 0x3FF))
        read &+= 6
      }
      written &+= writeUTF8(scalar, to: output + written)
      continue
    default: output[written] = escape
    }
    written &+= 1
  }
  return written
}

/// Writes a scalar value as UTF-8. Returns the count of bytes, 1 to 4.
@inline(__always) func writeUTF8(_ scalar: UInt32, to output: UnsafeMutablePointer<UInt8>) -> Int {
  switch scalar {
  case 0..<0x80:
    output[0] = UInt8(scalar)
    return 1
  case 0x80..<0x800:
    output[0] = UInt8(0xC0 | scalar >> 6)
    output[1] = UInt8(0x80 | scalar & 0x3F)
    return 2
  case 0x800..<0x10000:
    output[0] = UInt8(0xE0 | scalar >> 12)
    output[1] = UInt8(0x80 | scalar >> 6 & 0x3F)
    output[2] = UInt8(0x80 | scalar & 0x3F)
    return 3
  default:
    output[0] = UInt8(0xF0 | scalar >> 18)
    output[1] = UInt8(0x80 | scalar >> 12 & 0x3F)
    output[2] = UInt8(0x80 | scalar >> 6 & 0x3F)
    output[3] = UInt8(0x80 | scalar & 0x3F)
    return 4
  }
}
