/// Country calling codes as ITU-T E.164 assigns them.
enum CallingCode {
  /// The digits of the assigned calling code that the first three digits begin with, or nil.
  ///
  /// Each argument is 0 to 9; `third` may be anything where the number is shorter.
  @inline(__always) static func length(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> Int? {
    if first == 1 || first == 7 { return 1 }
    let (mask, isTwoDigits) = zone(first &* 10 &+ second)
    if isTwoDigits { return 2 }
    return mask &>> UInt16(third) & 1 == 1 ? 3 : nil
  }

  /// Whether two digits are a whole code, and else the set of third digits that make one (bit d for digit d).
  ///
  /// Source: ITU-T, list of E.164 assigned country codes; 800, 808, 870, 878, 881 to 883, 888 and 979 are services
  /// and networks without a country.
  @inline(__always) private static func zone(_ pair: UInt8) -> (mask: UInt16, isTwoDigits: Bool) {
    switch pair {
    case 20, 27, 30...34, 36, 39...41, 43...49, 51...58, 60...66, 81, 82, 84, 86, 90...95, 98: (0, true)
    case 21: (0b01_0100_1110, false)
    case 22, 23, 24, 26, 35, 50, 59: (0b11_1111_1111, false)
    case 25, 37: (0b01_1111_1111, false)
    case 29: (0b11_1000_0011, false)
    case 38: (0b10_1110_1111, false)
    case 42: (0b00_0000_1011, false)
    case 67: (0b11_1111_1101, false)
    case 68: (0b11_1110_1111, false)
    case 69: (0b00_0000_0111, false)
    case 80: (0b01_0000_0001, false)
    case 85: (0b00_0110_1101, false)
    case 87: (0b01_0000_0001, false)
    case 88: (0b01_0100_1111, false)
    case 96: (0b01_1111_1111, false)
    case 97: (0b10_1111_1111, false)
    case 99: (0b01_0111_1100, false)
    default: (0, false)
    }
  }

  /// The calling codes after which a number may begin with 0; after every other a 0 is a trunk prefix.
  static func mayPrecedeZero(_ code: UInt64) -> Bool {
    switch code {
    case 39, 47, 225, 227, 229, 241, 242, 267, 268, 378, 501, 676, 679, 687, 853: true
    default: false
    }
  }
}
