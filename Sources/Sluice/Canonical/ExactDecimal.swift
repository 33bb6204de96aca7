/// A decimal number as written, never a floating-point one: `mantissa × 10^-scale`.
public struct ExactDecimal: Hashable, Sendable {
  public var mantissa: Int128
  /// Digits after the point, 0 to 30.
  public var scale: Int

  public init(mantissa: Int128, scale: Int) {
    self.mantissa = mantissa
    self.scale = scale
  }
}
