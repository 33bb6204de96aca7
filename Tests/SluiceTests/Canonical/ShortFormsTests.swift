import Sluice
import Testing

/// The forms that are read and written without a loop, held against the slow and obvious way.
@Suite("Short forms") struct ShortFormsTests {
  /// A dotted quad by splitting; nil where it is none.
  private static func quad(_ text: String) -> UInt32? {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var address: UInt32 = 0
    for part in parts {
      guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
        part.count == 1 || part.first != UInt8(ascii: "0"), let number = UInt32(Substring(part)), number < 256
      else { return nil }
      address = address << 8 | number
    }
    return address
  }

  @Test("Dotted quads, right ones and those with a byte changed, taken out or put in") func quads() {
    var numbers = SeededNumbers(seed: 41)
    for _ in 0..<20_000 {
      var text = (0..<4).map { _ in
        String(numbers.next() % [10, 100, 256, 300].randomElement(using: &numbers)!)
      }.joined(separator: ".").utf8.map { $0 }
      let bytes: [UInt8] = [0x2E, 0x30, 0x31, 0x39, 0x2F, 0x3A, 0x00, 0x80, 0xAE, 0xB0, 0xFF]
      let place = Int(numbers.next() % UInt64(text.count))
      switch numbers.next() % 4 {
      case 0: text[place] = bytes.randomElement(using: &numbers)!
      case 1: text.remove(at: place)
      case 2: text.insert(bytes.randomElement(using: &numbers)!, at: place)
      default: break
      }
      let expected = Self.quad(String(decoding: text, as: UTF8.self))
      let found = CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try IPAddress(bytes) }
      if let expected {
        #expect(found == .success(IPAddress(v4: expected)), "\(text), seed 41")
      } else {
        #expect(throws: FaultCode.self, "\(text), seed 41") { try found.get() }
      }
    }
  }

  /// A plain decimal by its digits: its sign, all digits without the point, and how many stand after it.
  private static func decimal(_ text: String) -> (isBelow: Bool, digits: Int64, scale: Int)? {
    guard let match = text.wholeMatch(of: /(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?/) else { return nil }
    var fraction = match.3 ?? ""
    while fraction.last == "0" { fraction.removeLast() }
    guard let digits = Int64(match.2 + fraction) else { return nil }
    return (!match.1.isEmpty, digits, fraction.count)
  }

  @Test("Decimals of coordinates, right ones and broken ones, and what is written of their cells")
  func decimals() throws {
    var numbers = SeededNumbers(seed: 42)
    let bytes = Array("0123456789.-+eE ".utf8)
    for _ in 0..<20_000 {
      let whole = numbers.next() % [1, 10, 100, 1000, 10_000_000].randomElement(using: &numbers)!
      let fraction = (0..<Int(numbers.next() % 10)).map { _ in
        Character(UnicodeScalar(UInt8(0x30 + numbers.next() % (numbers.next() % 3 == 0 ? 1 : 10))))
      }
      var text = Array(
        ((numbers.next() % 2 == 0 ? "-" : "") + "\(whole)" + (fraction.isEmpty ? "" : "." + fraction)).utf8)
      if numbers.next() % 4 == 0 {
        text[Int(numbers.next() % UInt64(text.count))] = bytes.randomElement(using: &numbers)!
      }
      let written = String(decoding: text, as: UTF8.self)
      let found = CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try ExactDecimal(bytes) }
      guard let expected = Self.decimal(written) else {
        #expect(throws: FaultCode.self, "\(written), seed 42") { try found.get() }
        continue
      }
      let mantissa = Int128(expected.isBelow ? -expected.digits : expected.digits)
      let decimal = try #require(ExactDecimal("\(written)"), "seed 42")
      #expect(try found.get() == decimal, "seed 42")
      #expect(decimal.mantissa == mantissa && decimal.scale == expected.scale, "\(written), seed 42")
      try checkCell(decimal, written)
    }
  }

  /// The corner by whole numbers of 128 bits, and its text by the digits of that.
  private func checkCell(_ decimal: ExactDecimal, _ written: String) throws {
    for side in [ExactDecimal(mantissa: 1, scale: 1), ExactDecimal(mantissa: 5, scale: 2)] {
      let unit = (0..<18).reduce(Int128(1)) { power, _ in power * 10 }
      func scaled(_ value: ExactDecimal) -> Int128 {
        (0..<value.scale).reduce(unit) { power, _ in power / 10 } * value.mantissa
      }
      let (number, step) = (scaled(decimal), scaled(side))
      let floor = number / step - (number % step < 0 ? 1 : 0)
      let corner = floor * side.mantissa
      let digits = String(corner.magnitude)
      let padded = String(repeating: "0", count: max(0, side.scale + 1 - digits.count)) + digits
      let text =
        (corner < 0 ? "-" : "") + padded.dropLast(side.scale) + "." + padded.suffix(side.scale)
      let found = CanonicalSupport.written(reserve: ExactDecimal.textByteCountMax) {
        output throws(FaultCode) in try decimal.writeLattice(side, to: &output)
      }
      #expect(try found.get() == text, "\(written) in cells of \(side), seed 42")
    }
  }

  @Test("Corners of cells by the short way and by the general one, or no short way at all") func corners()
    throws
  {
    var numbers = SeededNumbers(seed: 44)
    let edges = [
      "90.000000", "-90.000000", "89.999999", "-89.999999", "180.00000", "-180.00000", "-0.000001",
    ]
    var shortCount = 0
    for index in 0..<20_000 {
      func degrees(_ bound: Double) -> String {
        if numbers.next() % 8 == 0 { return edges.randomElement(using: &numbers)! }
        let text = String(Double.random(in: -bound...bound, using: &numbers))
        return numbers.next() % 8 == 0 ? text : String(text.prefix(Int(8 + numbers.next() % 4)))
      }
      let side = ExactDecimal(mantissa: index % 3 == 0 ? 5 : 1, scale: index % 7)
      let (latitude, longitude) = (degrees(95), degrees(185))
      let (north, east) = (Array(latitude.utf8), Array(longitude.utf8))
      let corner = north.withUnsafeBufferPointer { north in
        east.withUnsafeBufferPointer { GeoPoint.shortCorner(latitude: north, longitude: $0, side: side) }
      }
      guard let corner else { continue }
      shortCount += 1
      let written = CanonicalSupport.written(reserve: 200) { output throws(FaultCode) in
        ExactDecimal.writeShort(corner.latitude, scale: side.scale, to: &output)
        output.append(UInt8(ascii: " "))
        ExactDecimal.writeShort(corner.longitude, scale: side.scale, to: &output)
      }
      let general = CanonicalSupport.written(reserve: 200) { output throws(FaultCode) in
        guard let north = ExactDecimal(latitude), let east = ExactDecimal(longitude) else { throw .geoFormat }
        let point = try GeoPoint(latitude: north, longitude: east)
        try point.writeGridLatitude(side, to: &output)
        output.append(UInt8(ascii: " "))
        try point.writeGridLongitude(side, to: &output)
      }
      #expect(written == general, "\(latitude) \(longitude) in cells of \(side), seed 44")
    }
    #expect(shortCount > 5_000)
  }

  @Test("Integers of every length") func integers() throws {
    var numbers = SeededNumbers(seed: 43)
    for shift in 0..<64 {
      for _ in 0..<50 {
        let value = Int64(bitPattern: numbers.next()) >> Int64(shift)
        let text = CanonicalSupport.written(reserve: integerByteCountMax) { output throws(FaultCode) in
          writeInteger(value, to: &output)
        }
        #expect(try text.get() == "\(value)", "seed 43")
      }
    }
  }
}
