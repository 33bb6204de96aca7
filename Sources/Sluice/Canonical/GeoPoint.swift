/// A place in degrees, as exact decimals; longitude 180 is -180.
package struct GeoPoint: Hashable, Sendable {
  /// -90 to 90.
  package let latitude: ExactDecimal
  /// -180 up to, not including, 180.
  package let longitude: ExactDecimal

  /// Throws `geoRange` outside -90…90 and -180…180.
  @inline(__always) package init(latitude: ExactDecimal, longitude: ExactDecimal) throws(FaultCode) {
    guard GeoPoint.isWithin(latitude, 90), GeoPoint.isWithin(longitude, 180) else { throw .geoRange }
    self.latitude = latitude
    self.longitude =
      longitude.scale == 0 && longitude.mantissa == 180 ? ExactDecimal(mantissa: -180, scale: 0) : longitude
  }

  /// Reads two decimals as `ExactDecimal` does.
  ///
  /// Faults: `valueEmpty`; `geoFormat` for what is not a plain decimal; `geoRange`, also for one that is too long
  /// to be read exactly. Does not allocate.
  @inline(__always) package init(latitude: Bytes, longitude: Bytes) throws(FaultCode) {
    try self.init(latitude: GeoPoint.degrees(latitude), longitude: GeoPoint.degrees(longitude))
  }

  @inline(__always) private static func degrees(_ bytes: Bytes) throws(FaultCode) -> ExactDecimal {
    do { return try ExactDecimal(bytes) } catch {
      throw error == .numberFormat ? .geoFormat : error == .numberRange ? .geoRange : error
    }
  }

  @inline(__always) private static func isWithin(_ degrees: ExactDecimal, _ bound: Int128) -> Bool {
    let limit =
      degrees.scale < 17
      ? Int128(Int64(bound) &* Int64(truncatingIfNeeded: powerOfTen(degrees.scale)))
      : bound &* widePowerOfTen(degrees.scale)
    return degrees.mantissa >= 0 &- limit && degrees.mantissa <= limit
  }

  /// The south-west corner of the cell of a point as it is written, in sides; nil where it takes the general way: where
  /// the numbers or the side are not short, or the point lies on an edge of the world or beyond.
  ///
  /// The side is a power of ten, so that its cells are told by cutting digits off.
  @inline(__always) package static func shortCorner(
    latitude: Bytes, longitude: Bytes, side: ExactDecimal
  ) -> (latitude: Int64, longitude: Int64)? {
    guard side.mantissa == 1, ExactDecimal.shortScales.contains(side.scale),
      let south = ExactDecimal.shortFloor(latitude, scale: side.scale),
      let west = ExactDecimal.shortFloor(longitude, scale: side.scale)
    else { return nil }
    let corner = (latitude: south, longitude: west)
    // A number lies in [-b, b) where its floor does.
    let degree = Int64(truncatingIfNeeded: powerOfTen(side.scale))
    guard corner.latitude >= -90 &* degree, corner.latitude < 90 &* degree,
      corner.longitude >= -180 &* degree, corner.longitude < 180 &* degree,
      corner.latitude.magnitude < ExactDecimal.shortMagnitudeLimit,
      corner.longitude.magnitude < ExactDecimal.shortMagnitudeLimit
    else { return nil }
    return corner
  }

  /// Appends the latitude of the south-west corner of the point's cell, with the side's decimals.
  ///
  /// The lattice goes through 0; latitude 90 belongs to the last cell below it. The side is positive; the caller
  /// reserved `ExactDecimal.textByteCountMax` bytes. Does not allocate. Throws nothing for a point in range.
  @inline(__always) package func writeGridLatitude(
    _ side: ExactDecimal, to output: inout OutputBuffer
  ) throws(FaultCode) {
    var corner = try latitude.latticeMantissa(side)
    if latitude.scale == 0, latitude.mantissa == 90, corner == 90 &* widePowerOfTen(side.scale) {
      corner &-= side.mantissa
    }
    ExactDecimal.write(corner, scale: side.scale, to: &output)
  }

  /// Appends the longitude of the south-west corner of the point's cell, as `writeGridLatitude(_:to:)` does.
  @inline(__always) package func writeGridLongitude(
    _ side: ExactDecimal, to output: inout OutputBuffer
  ) throws(FaultCode) {
    try longitude.writeLattice(side, to: &output)
  }
}
