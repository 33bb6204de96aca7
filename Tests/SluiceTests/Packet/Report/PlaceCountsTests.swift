import Sluice
import Testing

@Suite struct PlaceCountsTests {
  private func counts(_ form: PlaceCounts.Form, _ places: [(String, String)]) -> PlaceCounts {
    var counts = PlaceCounts(form: form)
    for (latitude, longitude) in places {
      Array(latitude.utf8).withUnsafeBytes { latitude in
        Array(longitude.utf8).withUnsafeBytes { counts.add(latitude: latitude, longitude: $0) }
      }
    }
    return counts
  }

  @Test func twoHundredCellsFitAndOneMoreDoesNot() {
    let places = (0..<201).map { ("\($0 % 90)", "\($0 / 90)") }
    let fits = counts(.grid(side: 1_000_000_000), Array(places.prefix(200)))
    #expect(fits.cells.count == 200 && fits.level == 0)
    let merged = counts(.grid(side: 1_000_000_000), places)
    #expect(merged.level == 1 && merged.side == 2_000_000_000 && merged.total == 201)
    #expect(merged == counts(.grid(side: 1_000_000_000), places.shuffled()))
  }

  @Test(
    "Parts of a file come to what the whole does",
    arguments: [PlaceCounts.Form.grid(side: 100_000_000), .points, .geohash(length: 5)])
  func parts(form: PlaceCounts.Form) {
    let seed = UInt64.random(in: .min ... .max)
    var generator = PacketGenerator(seed: seed)
    for round in 0..<60 {
      // From one cell to far more than are kept.
      let span = [1, 10, 100, 9000][round % 4]
      let places = (0..<Int.random(in: 0...900, using: &generator)).map { _ in
        let numbers = (0..<2).map { _ in Int.random(in: -span...span, using: &generator) }
        return numbers.map { "\($0 < 0 ? "-" : "")\(abs($0) / 100).\(abs($0) % 100 + 100)" }
      }
      func counts(_ places: ArraySlice<[String]>) -> PlaceCounts {
        guard case .geohash = form else { return self.counts(form, places.map { ($0[0], $0[1]) }) }
        var counts = PlaceCounts(form: form)
        for place in places {
          let hash = String(place[0].utf8.map { Character(["b", "c", "7", "z"][Int($0) % 4]) })
          Array(hash.prefix(5).utf8).withUnsafeBytes { counts.add(geohash: $0) }
        }
        return counts
      }
      let cut = Int.random(in: 0...places.count, using: &generator)
      var sum = counts(places[..<cut])
      sum.add(counts(places[cut...]))
      #expect(sum == counts(places[...]), "seed \(seed), round \(round)")
      // What comes after is counted in the same cells.
      sum.add(counts(places[...]))
      #expect(sum == counts(places + places[...]), "seed \(seed), round \(round)")
    }
  }

  @Test func cellsSouthAndWestOfZeroAreMergedDownwards() {
    var counts = PlaceCounts(form: .grid(side: 100_000_000))
    for (latitude, longitude) in (-50..<50).flatMap({ a in (-2..<2).map { (a, $0) } }) {
      let texts = [latitude, longitude].map { PlaceDrawing.degrees(Int64($0) * 100_000_000) }
      Array(texts[0].utf8).withUnsafeBytes { latitude in
        Array(texts[1].utf8).withUnsafeBytes { counts.add(latitude: latitude, longitude: $0) }
      }
    }
    #expect(counts.level == 1)
    #expect(counts.counts.allSatisfy { $0 == 4 } && counts.cells.count == 100)
    #expect(counts.cells.map(\.first).min() == -25)
  }

  @Test(arguments: [
    "", "-", "[withheld]", "1e3", "181", "1000", "+1", "1.", ".5", "1.2.3", "null", "00001",
    "99999999999999999999",
  ])
  func whatIsNoCoordinateIsNotCounted(text: String) {
    #expect(counts(.points, [(text, "0")]).total == 0)
    #expect(counts(.points, [("0", text)]).total == 0)
  }

  @Test func coordinatesBeyondNineDecimalsAreCutSouthAndWest() {
    let counts = counts(.points, [("-0.1234567891", "0.1234567891"), ("-0.123456789", "0.1234567890")])
    #expect(counts.isCut)
    #expect(counts.cells.map(\.first) == [-123_456_790, -123_456_789])
    #expect(counts.cells.map(\.second) == [123_456_789, 123_456_789])
  }

  @Test func aGeohashIsItsCellAndItsTextAgain() throws {
    let seed = UInt64.random(in: .min ... .max)
    var generator = PacketGenerator(seed: seed)
    var output = OutputBuffer(capacity: 64)
    for _ in 0..<2000 {
      let (north, east) = (
        Int64.random(in: -90_000_000_000...90_000_000_000, using: &generator),
        Int64.random(in: -180_000_000_000..<180_000_000_000, using: &generator)
      )
      let point = try GeoPoint(
        latitude: ExactDecimal(mantissa: Int128(north), scale: 9),
        longitude: ExactDecimal(mantissa: Int128(east), scale: 9))
      let length = Int.random(in: 1...12, using: &generator)
      output.count = 0
      output.reserve(12)
      point.writeGeohash(length, to: &output)
      let cell = try #require(Array(output.text.utf8).withUnsafeBytes { Geohash.cell($0) })
      #expect(Geohash.text(cell) == output.text, "seed \(seed)")
      let area = Geohash.area(cell)
      #expect(area.south <= north && north <= area.north, "seed \(seed)")
      #expect(area.west <= east && east <= area.east, "seed \(seed)")
      let shorter = Geohash.text(Geohash.cut(cell, to: 3))
      #expect(shorter == String(output.text.prefix(3)), "seed \(seed)")
    }
    for text in ["", "a", "ezs4!", "0123456789bcd"] {
      #expect(Array(text.utf8).withUnsafeBytes { Geohash.cell($0) } == nil)
    }
  }

  @Test(arguments: [
    (100_000_000, "0.1"), (-200_000_000, "-0.2"), (51_500_000_000, "51.5"), (0, "0"), (1, "0.000000001"),
    (-180_000_000_000, "-180"),
  ])
  func degreesArePlainDigits(billionths: Int64, text: String) {
    #expect(PlaceDrawing.degrees(billionths) == text)
  }
}
