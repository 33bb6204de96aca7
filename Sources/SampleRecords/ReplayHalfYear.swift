/// One half-year of the Hong Kong replay: how many demands there are, and what is wrong with some of them.
///
/// Demands and accounts are as Facebook published them for Hong Kong; the demands themselves are invented, and so is why
/// one was not answered. What comes of each is for the gates and the records to say: nothing here is an outcome.
struct ReplayHalfYear {
  let name: String
  /// Midnight UTC of its first day, in seconds since 1970, and its days.
  let start: Int
  let dayCount: Int
  /// How many demands there are of each make, in the order of `Make.allCases`.
  let makes: [Int]
  /// How many demands name a second account.
  let secondAccountCount: Int

  /// What a demand is like.
  enum Make: CaseIterable {
    /// Complete; the provider has records of its account.
    case known
    /// Complete, with a category too many; the provider has records of its account.
    case wide
    /// Complete; the provider has no record of its account.
    case stranger
    case withoutDocument
    /// For 120 days, where 92 are allowed.
    case long
    /// For a category that the policy does not have, alone.
    case strayCategory
    case emergency
  }

  var count: Int { makes.reduce(0, +) }

  static let all = [
    // 241 demands for 257 accounts, some data produced in 111 of them: 46 %.
    ReplayHalfYear(
      name: "2019-H2", start: 1_561_939_200, dayCount: 184, makes: [99, 12, 20, 50, 34, 26, 0],
      secondAccountCount: 16),
    // 262 demands, some data produced in 63: 24 %. How many accounts they named is not known to us: 276 is invented.
    ReplayHalfYear(
      name: "2020-H1", start: 1_577_836_800, dayCount: 182, makes: [58, 5, 24, 85, 52, 38, 0],
      secondAccountCount: 14),
    // 201 demands under legal process and one emergency, for 223 accounts. All are complete, so that the pause of 6 July
    // alone refuses them: those received on 1 to 5 July too, for they would have been answered in it.
    ReplayHalfYear(
      name: "2020-H2", start: 1_593_561_600, dayCount: 184, makes: [201, 0, 0, 0, 0, 0, 1],
      secondAccountCount: 21),
  ]

  /// The make of the demand at `index`; 89 shares no factor with any of the three counts, so that it mixes them.
  func make(_ index: Int) -> Make {
    var place = index * 89 % count
    for (make, count) in zip(Make.allCases, makes) {
      if place < count { return make }
      place -= count
    }
    preconditionFailure("the index lies below the count")
  }

  /// Whether the demand at `index` names a second account.
  func hasSecondAccount(_ index: Int) -> Bool { index * 97 % count < secondAccountCount }

  /// When the demand at `index` was received, in seconds since 1970: spread over the half-year, on the minute.
  func received(_ index: Int) -> Int { start + dayCount * 86_400 * index / count / 60 * 60 }
}
