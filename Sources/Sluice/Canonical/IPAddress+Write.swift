internal import CProcessor

extension IPAddress {
  /// The longest text that `write(to:)` and `writePrefix(v4:v6:to:)` append: 39 bytes and `/128`.
  package static let textByteCountMax = 43

  /// Appends the address as RFC 5952 writes it; the caller reserved `textByteCountMax` bytes. Does not allocate.
  @inline(__always) package func write(to output: inout OutputBuffer) {
    if isIPv4 { writeQuad(low, to: &output) } else { writeGroups(high, low, to: &output) }
  }

  /// Appends the network of the address in CIDR form, host bits zero: `203.0.113.0/24`, `2001:db8::/32`.
  ///
  /// `v4` is 0 to 32 and `v6` 0 to 128; the caller reserved `textByteCountMax` bytes. Does not allocate.
  @inline(__always)
  package func writePrefix(v4: Int, v6: Int, to output: inout OutputBuffer) {
    let length: Int
    if isIPv4 {
      precondition(v4 >= 0 && v4 <= 32, "an IPv4 prefix outside 0 to 32")
      length = v4
      writeQuad(low & (0xFFFF_FFFF as UInt64) << (32 &- v4), to: &output)
    } else {
      precondition(v6 >= 0 && v6 <= 128, "an IPv6 prefix outside 0 to 128")
      length = v6
      // `<<` with a count of 64 leaves 0; the comparisons keep counts at 0 to 64.
      writeGroups(
        high & (v6 >= 64 ? .max : UInt64.max << (64 &- v6)),
        low & (v6 <= 64 ? 0 : UInt64.max << (128 &- v6)), to: &output)
    }
    output.append(UInt8(ascii: "/"))
    writeOctet(UInt64(length), to: &output)
    output.count &-= 1
  }

  /// Writes the 4 or 16 bytes of the address in network order and returns how many; `target` has room for 16.
  @inline(__always) package func writeCanonical(to target: UnsafeMutablePointer<UInt8>) -> Int {
    let raw = UnsafeMutableRawPointer(target)
    if isIPv4 {
      raw.storeBytes(of: UInt32(truncatingIfNeeded: low).bigEndian, as: UInt32.self)
      return 4
    }
    raw.storeBytes(of: high.bigEndian, as: UInt64.self)
    raw.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    return 16
  }

  @inline(__always) private func writeQuad(_ address: UInt64, to output: inout OutputBuffer) {
    writeOctet(address &>> 24 & 0xFF, to: &output)
    writeOctet(address &>> 16 & 0xFF, to: &output)
    writeOctet(address &>> 8 & 0xFF, to: &output)
    writeOctet(address & 0xFF, to: &output)
    output.count &-= 1
  }

  /// Appends 0 to 255 in plain digits and a dot; four bytes are written.
  @inline(__always) private func writeOctet(_ value: UInt64, to output: inout OutputBuffer) {
    UnsafeMutableRawPointer(output.base + output.count).storeBytes(
      of: sluice_octet(UInt8(truncatingIfNeeded: value)).littleEndian, as: UInt32.self)
    output.count &+= 2 &+ (value >= 10 ? 1 : 0) &+ (value >= 100 ? 1 : 0)
  }

  @inline(never) private func writeGroups(_ high: UInt64, _ low: UInt64, to output: inout OutputBuffer) {
    let (start, end) = IPAddress.longestZeroRun(high, low)
    var index = 0
    while index < 8 {
      if index == start {
        output.append(UInt8(ascii: ":"))
        output.append(UInt8(ascii: ":"))
        index = end
        continue
      }
      if index > 0, index != end { output.append(UInt8(ascii: ":")) }
      let group = UInt16(truncatingIfNeeded: IPAddress.groupValue(index, high, low))
      var shift = max(0, 12 &- (group.leadingZeroBitCount & 0x1C))
      while shift >= 0 {
        let digit = UInt8(truncatingIfNeeded: group &>> UInt16(shift) & 0xF)
        output.append(digit < 10 ? 0x30 &+ digit : 0x57 &+ digit)
        shift &-= 4
      }
      index &+= 1
    }
  }

  @inline(__always)
  private static func groupValue(_ index: Int, _ high: UInt64, _ low: UInt64) -> UInt64 {
    (index < 4 ? high : low) &>> UInt64(48 &- 16 &* (index & 3)) & 0xFFFF
  }

  /// The first of the longest runs of two or more zero groups (RFC 5952, section 4.2); (-1, -1) where none is.
  @inline(__always)
  private static func longestZeroRun(_ high: UInt64, _ low: UInt64) -> (start: Int, end: Int) {
    var best = (start: -1, end: -1)
    var index = 0
    while index < 8 {
      let start = index
      while index < 8, groupValue(index, high, low) == 0 { index &+= 1 }
      if index &- start >= 2, index &- start > best.end &- best.start { best = (start, index) }
      index &+= 1
    }
    return best
  }
}
