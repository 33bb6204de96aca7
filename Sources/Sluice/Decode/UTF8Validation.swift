internal import CProcessor

/// The offset of the first byte that is not part of well-formed UTF-8 (Unicode 15, table 3-7), or nil.
///
/// At the speed of memory while all is ASCII. Overlong forms, surrogates, values past U+10FFFF and sequences cut by the
/// end are all refused.
package func firstInvalidUTF8(_ base: UnsafePointer<UInt8>, _ count: Int) -> Int? {
  let raw = UnsafeRawPointer(base)
  var index = 0
  while index < count {
    if index &+ 64 <= count, sluice_is_ascii(base + index) != 0 {
      index &+= 64
      continue
    }
    if count >= 64 {
      // At the end the last 64, some of which were looked at.
      let start = min(index, count &- 64)
      let marks = sluice_beyond_ascii(base + start) &>> UInt64(truncatingIfNeeded: index &- start)
      guard marks != 0 else {
        index = start &+ 64
        continue
      }
      index &+= marks.trailingZeroBitCount
    } else if index &+ 8 <= count,
      raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
    {
      index &+= 8
      continue
    }
    let lead = base[index]
    if lead < 0x80 {
      index &+= 1
      continue
    }
    let length: Int
    var low: UInt8 = 0x80
    var high: UInt8 = 0xBF
    switch lead {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, low) = (3, 0xA0)
    case 0xE1...0xEC, 0xEE...0xEF: length = 3
    case 0xED: (length, high) = (3, 0x9F)
    case 0xF0: (length, low) = (4, 0x90)
    case 0xF1...0xF3: length = 4
    case 0xF4: (length, high) = (4, 0x8F)
    default: return index
    }
    guard index &+ length <= count, base[index &+ 1] >= low, base[index &+ 1] <= high else { return index }
    for next in 2..<max(length, 2) where base[index &+ next] & 0xC0 != 0x80 { return index }
    index &+= length
  }
  return nil
}
