extension Buckets {
  /// The longest text that `write(_:to:)` appends: two negative bounds in parentheses and a hyphen.
  package static let textByteCountMax = 48

  /// Appends the range that holds `value`: `60-119`, `<60`, `>=300`, and `5-5` for a range of one integer.
  ///
  /// A negative bound stands in parentheses, `(-60)-(-1)`: without them the text would begin with `-` and a
  /// spreadsheet would subtract. The caller reserved `textByteCountMax` bytes; the width is at least 1, the edges are
  /// at least one and ascend. Does not allocate.
  @inline(__always) package func write(_ value: Int64, to output: inout OutputBuffer) {
    switch self {
    case .width(let width):
      precondition(width >= 1, "a bucket's width below 1")
      let quotient = floorDivide(value, width)
      let (first, firstOverflows) = quotient.multipliedReportingOverflow(by: width)
      let (last, lastOverflows) = first.addingReportingOverflow(width &- 1)
      if !firstOverflows, !lastOverflows {
        Buckets.writeRange(first, last, to: &output)
      } else {
        // The range of a value near either end of 64 bits reaches past it.
        let first = Int128(quotient) &* Int128(width)
        Buckets.writeBound(first, to: &output)
        output.append(UInt8(ascii: "-"))
        Buckets.writeBound(first &+ Int128(width) &- 1, to: &output)
      }
    case .edges(let edges):
      Buckets.write(value, edges, to: &output)
    }
  }

  @inline(__always)
  private static func write(_ value: Int64, _ edges: [Int64], to output: inout OutputBuffer) {
    precondition(!edges.isEmpty, "buckets without an edge")
    guard value >= edges[0] else {
      output.append(UInt8(ascii: "<"))
      writeInteger(edges[0], to: &output)
      return
    }
    guard value < edges[edges.count &- 1] else {
      output.append(UInt8(ascii: ">"))
      output.append(UInt8(ascii: "="))
      writeInteger(edges[edges.count &- 1], to: &output)
      return
    }
    var (low, high) = (0, edges.count &- 1)
    while high &- low > 1 {
      let middle = (low &+ high) / 2
      if edges[middle] <= value { low = middle } else { high = middle }
    }
    writeRange(edges[low], edges[high] &- 1, to: &output)
  }

  @inline(__always)
  private static func writeRange(_ first: Int64, _ last: Int64, to output: inout OutputBuffer) {
    if first >= 0 {
      writeInteger(first, to: &output)
      output.append(UInt8(ascii: "-"))
      writeInteger(last, to: &output)
    } else {
      writeBound(Int128(first), to: &output)
      output.append(UInt8(ascii: "-"))
      writeBound(Int128(last), to: &output)
    }
  }

  @inline(never) private static func writeBound(_ bound: Int128, to output: inout OutputBuffer) {
    if bound < 0 { output.append(UInt8(ascii: "(")) }
    ExactDecimal.write(bound, scale: 0, to: &output)
    if bound < 0 { output.append(UInt8(ascii: ")")) }
  }
}
