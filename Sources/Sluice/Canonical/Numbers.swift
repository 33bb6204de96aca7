/// Integers, ports and booleans: plain words with one form each.

/// Reads `-?digits` without leading zeros as a signed 64-bit integer; `-0` is 0.
///
/// No sign `+`, no exponent, no point (`1.0` is not an integer here). Faults: `valueEmpty`, `numberFormat`,
/// `numberRange`. Does not allocate.
@inline(__always) package func parseInteger(_ bytes: Bytes) throws(FaultCode) -> Int64 {
  guard !bytes.isEmpty else { throw .valueEmpty }
  let start = bytes[0] == UInt8(ascii: "-") ? 1 : 0
  let count = bytes.count &- start
  guard count >= 1, count == 1 || bytes[start] != UInt8(ascii: "0") else { throw .numberFormat }
  var magnitude: UInt64 = 0
  for index in start..<bytes.count {
    let digit = digitValue(bytes[index])
    guard digit <= 9 else { throw .numberFormat }
    // 19 digits fit; a longer number is out of range whatever stands here.
    magnitude = magnitude &* 10 &+ UInt64(digit)
  }
  let magnitudeMax = UInt64(Int64.max) &+ UInt64(start)
  guard count <= 19, magnitude <= magnitudeMax else { throw .numberRange }
  let value = Int64(truncatingIfNeeded: magnitude)
  return start == 1 ? 0 &- value : value
}

/// Reads a port, 1 to 65535, plain digits without leading zeros; port 0 is no one's and is `portRange`.
///
/// Faults: `valueEmpty`, `numberFormat`, `portRange`. Does not allocate.
@inline(__always) package func parsePort(_ bytes: Bytes) throws(FaultCode) -> UInt16 {
  let value: Int64
  do { value = try parseInteger(bytes) } catch { throw error == .numberRange ? .portRange : error }
  guard value >= 1, value <= 65_535 else { throw .portRange }
  return UInt16(truncatingIfNeeded: value)
}

/// Reads `true` or `false`, nothing else. Faults: `valueEmpty`, `booleanFormat`. Does not allocate.
@inline(__always) package func parseBoolean(_ bytes: Bytes) throws(FaultCode) -> Bool {
  if isWord(bytes, "true") { return true }
  if isWord(bytes, "false") { return false }
  throw bytes.isEmpty ? .valueEmpty : .booleanFormat
}

@inline(__always) private func isWord(_ bytes: Bytes, _ word: StaticString) -> Bool {
  guard bytes.count == word.utf8CodeUnitCount else { return false }
  for index in 0..<bytes.count where bytes[index] != word.utf8Start[index] { return false }
  return true
}

/// The longest text that `writeInteger(_:to:)` appends: `-9223372036854775808`.
package let integerByteCountMax = 20

/// Appends plain digits, with `-` in front of a negative value; the caller reserved `integerByteCountMax` bytes.
@inline(__always) package func writeInteger(_ value: Int64, to output: inout OutputBuffer) {
  if value < 0 { output.append(UInt8(ascii: "-")) }
  if value.magnitude < 100_000_000 {
    let digits = digitsOfNumber(value.magnitude)
    let count = digitCount(ofDigits: digits)
    let text = (digits | 0x3030_3030_3030_3030) &>> UInt64(truncatingIfNeeded: 8 &* (8 &- count))
    UnsafeMutableRawPointer(output.base + output.count).storeBytes(of: text.littleEndian, as: UInt64.self)
    output.count &+= count
    return
  }
  let count = digitCount(value.magnitude)
  writeDigits(value.magnitude, count, endingAt: output.base + output.count + count)
  output.count &+= count
}
