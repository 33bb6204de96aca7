import Sluice
import Testing

private func read(_ latitude: String, _ longitude: String) -> Result<GeoPoint, FaultCode> {
  CanonicalSupport.outcome(latitude) { latitude throws(FaultCode) in
    try CanonicalSupport.outcome(longitude) { longitude throws(FaultCode) in
      try GeoPoint(latitude: latitude, longitude: longitude)
    }.get()
  }
}

private func grid(_ point: GeoPoint, _ side: String) throws -> [String] {
  let side = ExactDecimal(side)!
  return [
    try CanonicalSupport.written(reserve: ExactDecimal.textByteCountMax) { output throws(FaultCode) in
      try point.writeGridLatitude(side, to: &output)
    }.get(),
    try CanonicalSupport.written(reserve: ExactDecimal.textByteCountMax) { output throws(FaultCode) in
      try point.writeGridLongitude(side, to: &output)
    }.get(),
  ]
}

private func geohash(_ point: GeoPoint, _ length: Int) -> String? {
  try? CanonicalSupport.written(reserve: 12) { output throws(FaultCode) in
    point.writeGeohash(length, to: &output)
  }.get()
}

@Suite("Places") struct GeoPointTests {
  // B42, B45 and B48
  @Test(
    "in range",
    arguments: [
      ("90", "0"), ("-90", "0"), ("90.0", "180.000"), ("0", "-180"), ("-0", "-0.0"),
      ("89.9999999", "179.9999999"),
      ("0.000000000000000000000000000001", "-179.999999999999999999999999999999"),
    ])
  func accepted(latitude: String, longitude: String) throws {
    let point = try read(latitude, longitude).get()
    #expect(point.latitude == ExactDecimal(latitude))
    let expected = ExactDecimal(longitude)!
    #expect(point.longitude == (expected == ExactDecimal("180") ? ExactDecimal("-180") : expected))
  }

  // B44 to B47
  @Test(
    "refused",
    arguments: [
      ("90.0000001", "0", FaultCode.geoRange), ("-91", "0", .geoRange), ("0", "181", .geoRange),
      ("0", "540", .geoRange),
      ("0", "-180.000000000000000000000000000001", .geoRange), ("151.2", "-33.8", .geoRange),
      ("90.000000000000000000000000000001", "0", .geoRange), ("1000000000000000000", "0", .geoRange),
      ("0", "1.0000000000000000000000000000000", .geoRange), ("NaN", "0", .geoFormat),
      ("inf", "0", .geoFormat),
      ("1e999", "0", .geoFormat), ("4.8e1", "0", .geoFormat), ("48,8566", "0", .geoFormat),
      ("48°51'N", "0", .geoFormat),
      ("+48", "0", .geoFormat), (" 48", "0", .geoFormat), ("048", "0", .geoFormat), ("", "0", .valueEmpty),
      ("0", "", .valueEmpty),
      ("0", "٢", .geoFormat),
    ])
  func refused(latitude: String, longitude: String, fault: FaultCode) {
    #expect(read(latitude, longitude) == .failure(fault))
  }

  @Test(
    "the south-west corner of the cell",
    arguments: [
      ("48.856612", "2.352221", "0.1", ["48.8", "2.3"]), ("-33.8688", "151.2093", "0.1", ["-33.9", "151.2"]),
      ("0", "0", "0.1", ["0.0", "0.0"]), ("-0.0", "-0", "0.1", ["0.0", "0.0"]),
      ("-0.01", "-0.01", "0.1", ["-0.1", "-0.1"]),
      ("90", "180", "0.1", ["89.9", "-180.0"]), ("-90", "-180", "0.1", ["-90.0", "-180.0"]),
      ("90", "0", "0.25", ["89.75", "0.00"]),
      ("90", "0", "90", ["0", "0"]), ("90", "0", "1", ["89", "0"]), ("90", "0", "0.7", ["89.6", "0.0"]),
      ("89.95", "179.95", "0.1", ["89.9", "179.9"]), ("90", "0", "100", ["0", "0"]),
    ])
  func grids(latitude: String, longitude: String, side: String, expected: [String]) throws {
    #expect(try grid(try read(latitude, longitude).get(), side) == expected)
  }

  @Test(
    "geohashes",
    arguments: [
      ("57.64911", "10.40744", 11, "u4pruydqqvj"), ("42.6", "-5.6", 5, "ezs42"),
      ("0", "0", 12, "s00000000000"),
      ("-90", "-180", 12, "000000000000"), ("90", "180", 12, "bpbpbpbpbpbp"),
      ("90", "179.999999999999", 12, "zzzzzzzzzzzz"),
      ("-0.000000000000000000000000000001", "-0.000000000000000000000000000001", 12, "7zzzzzzzzzzz"),
      ("0.000000000000000000000000000001", "0.000000000000000000000000000001", 12, "s00000000000"),
      ("45", "-135", 1, "c"), ("44.99999999999999999", "-135", 1, "9"),
    ])
  func geohashes(latitude: String, longitude: String, length: Int, expected: String) throws {
    let point = try read(latitude, longitude).get()
    for prefix in 1...length { #expect(geohash(point, prefix) == String(expected.prefix(prefix))) }
  }

  @Test("the border of two cells belongs to the northern and the eastern one, to the last digit")
  func borders() throws {
    // 180 / 2^30 degrees, the finest cells of latitude, and of longitude.
    let cell = "0.00000016763806343078613281"
    let border = ExactDecimal(cell + "25")!
    #expect(ExactDecimal("180")!.isMultiple(of: border))
    for (latitude, isNorth) in [
      (cell + "25", true), (cell + "24", false), (cell + "2499", false), (cell + "2501", true),
    ] {
      let point = try read(latitude, "0").get()
      let first = try read("0", "0").get()
      #expect((geohash(point, 12) != geohash(first, 12)) == isNorth, "\(latitude)")
    }
  }

  @Test("a geohash from narrow and from wide arithmetic is one", arguments: [0x5EED_0008] as [UInt64])
  func wide(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<5_000 {
      let latitude = ExactDecimal(
        mantissa: Int128(Int64.random(in: -90_000_000...90_000_000, using: &numbers)), scale: 6)
      let longitude = ExactDecimal(
        mantissa: Int128(Int64.random(in: -180_000_000..<180_000_000, using: &numbers)), scale: 6)
      // 10^-30 more, which crosses no border from a point of 6 decimals, but needs 128 bits.
      func wider(_ number: ExactDecimal) -> ExactDecimal {
        let power = (0..<(30 - number.scale)).reduce(Int128(1)) { power, _ in power * 10 }
        return ExactDecimal(mantissa: number.mantissa * power + 1, scale: 30)
      }
      let point = try GeoPoint(latitude: latitude, longitude: longitude)
      guard latitude < ExactDecimal("90")! else { continue }
      let near = try GeoPoint(latitude: wider(latitude), longitude: wider(longitude))
      for length in [1, 5, 6, 11, 12] {
        #expect(geohash(point, length) == geohash(near, length), "seed: \(seed)")
      }
      #expect(try grid(point, "0.01") == grid(near, "0.01"), "seed: \(seed)")
    }
  }
}
