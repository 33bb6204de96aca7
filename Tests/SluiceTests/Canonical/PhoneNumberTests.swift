import Sluice
import Testing

private func canonical(_ text: String, _ region: String?) -> Result<String, FaultCode> {
  let plan = region.map { PhoneRegion(code: $0)! }
  return CanonicalSupport.written(at: PhoneNumber.byteCountMax) { target throws(FaultCode) in
    try CanonicalSupport.outcome(text) { bytes throws(FaultCode) in
      try PhoneNumber.canonical(bytes, region: plan, to: target)
    }.get()
  }
}

private func callingCodeLength(_ text: String) -> Int? {
  Array(text.utf8).withUnsafeBufferPointer { PhoneNumber.callingCodeLength($0) }
}

@Suite("Phone numbers") struct PhoneNumberTests {
  // B73
  @Test(
    "all spellings of one number are one number, where a region is declared",
    arguments: [
      "+447700900123", "+44 7700 900123", "+44 7700 900 123", "+44-7700-900123", "+44.7700.900123",
      "+44 (0)7700 900123", "+44 (0) 7700 900123", "+44(0)7700900123", "(+44) 7700 900123",
      "(+44)(0)7700900123",
      "00447700900123", "0044 7700 900123", "0044 (0)7700 900123", "07700900123", "07700 900123",
      "(07700) 900123",
      "(0)7700 900123", "0 7700 900123", "07700-900-123", "tel:+447700900123", "TEL:+44-7700-900123",
      "tel:+44(0)7700900123",
    ])
  func spellings(text: String) {
    #expect(canonical(text, "GB") == .success("+447700900123"))
  }

  @Test(
    "spellings of other plans",
    arguments: [
      ("202-555-0123", "US", "+12025550123"), ("(202) 555-0123", "US", "+12025550123"),
      ("1 202 555 0123", "US", "+12025550123"), ("1-202-555-0123", "CA", "+12025550123"),
      ("+1 (202) 555-0123", "US", "+12025550123"), ("011 44 7700 900123", "US", "+447700900123"),
      ("0011 44 7700 900123", "AU", "+447700900123"), ("8 (999) 000-00-00", "RU", "+79990000000"),
      ("810 44 7700 900123", "RU", "+447700900123"), ("8 029 000-00-00", "BY", "+375290000000"),
      ("06 1 000 0000", "HU", "+3610000000"), ("06 0000 0000", "IT", "+390600000000"),
      ("+39 06 0000 0000", "IT", "+390600000000"), ("900 000 000", "ES", "+34900000000"),
      ("030 000000", "DE", "+4930000000"), ("010 44 7700 900123", "JP", "+447700900123"),
      ("090-0000-0000", "JP", "+819000000000"), ("01 00 00 00 00", "CI", "+2250100000000"),
    ])
  func plans(text: String, region: String, expected: String) {
    #expect(canonical(text, region) == .success(expected))
  }

  @Test(
    "without a region a number is + and 7 to 15 digits and nothing else",
    arguments: [
      ("+447700900123", nil), ("+1234567", nil), ("+123456789012345", nil), ("+12345678", nil),
      ("+123456", .phoneLength), ("+1", .phoneLength), ("+1234567890123456", .phoneLength),
      ("+", .phoneFormat),
      ("447700900123", .phoneRegion), ("00447700900123", .phoneRegion), ("07700900123", .phoneRegion),
      ("112", .phoneRegion), ("+4407700900123", nil), ("+3580501234567", nil),
      ("+0447700900123", .phoneFormat), ("+012", .phoneFormat),
      ("+44 7700 900123", .phoneFormat), ("+44-7700900123", .phoneFormat), ("++447700900123", .phoneFormat),
      ("+44770090012३", .phoneFormat), ("tel:+447700900123", .phoneFormat), (" +447700900123", .phoneFormat),
      ("+447700900123 ", .phoneFormat), ("+4477O0900123", .phoneFormat), ("", .valueEmpty),
      ("+447700900123\0", .phoneFormat), ("\u{FF0B}447700900123", .phoneFormat),
    ] as [(String, FaultCode?)])
  func withoutRegion(text: String, fault: FaultCode?) {
    #expect(canonical(text, nil) == fault.map { .failure($0) } ?? .success(text))
  }

  // B65, B73 and B74
  @Test(
    "refused with a region",
    arguments: [
      ("", "GB", FaultCode.valueEmpty), ("112", "GB", .phoneFormat), ("112", "ES", .phoneLength),
      ("911", "US", .phoneLength), ("0112", "DE", .phoneLength), ("0", "GB", .phoneFormat),
      ("00", "GB", .phoneLength),
      ("7700900123", "GB", .phoneFormat), ("+44 7700 900123 ext. 5", "GB", .phoneFormat),
      ("+44 7700 900123x5", "GB", .phoneFormat), ("tel:+447700900123;ext=5", "GB", .phoneFormat),
      ("tel:07700900123", "GB", .phoneFormat), ("tel:", "GB", .phoneFormat),
      ("+44 07700 900123", "GB", .phoneFormat), ("+4407700900123", "GB", .phoneFormat),
      ("+3580501234567", "GB", .phoneFormat),
      ("0044 07700 900123", "GB", .phoneFormat), ("+44 7700  900123", "GB", .phoneFormat),
      (" +44 7700 900123", "GB", .phoneFormat), ("+44 7700 900123 ", "GB", .phoneFormat),
      ("+44 7700-900-", "GB", .phoneFormat), ("+44 (7700 900123", "GB", .phoneFormat),
      ("+44 7700) 900123", "GB", .phoneFormat), ("+44 ((0)7700 900123", "GB", .phoneFormat),
      ("+44 ()7700 900123", "GB", .phoneFormat), ("+44 7700 (0)900123", "GB", .phoneFormat),
      ("+44 (0)(0)7700 900123", "GB", .phoneFormat), ("+44 (0)07700 900123", "GB", .phoneFormat),
      ("+39 (0)6 0000 0000", "IT", .phoneFormat), ("07700 (0) 900123", "GB", .phoneFormat),
      ("+44 7700 90012 3456789", "GB", .phoneLength), ("077009001234", "GB", .phoneLength),
      ("0770090012", "GB", nil), ("00 44 7700 900123 45678901234", "GB", .phoneLength),
      ("+999 000 00000", "GB", .phoneRegion), ("+210 0000000", "GB", .phoneRegion),
      ("1-800-FLOWERS", "US", .phoneFormat), ("102-555-0123", "US", .phoneLength),
      ("1-102-555-0123", "US", .phoneFormat),
      ("202-155-0123", "US", .phoneFormat),
      ("1202555012", "US", .phoneLength), ("00447700900123", "US", .phoneLength),
      ("2025550123 p5", "US", .phoneFormat),
      ("০৭৭০০৯০০১২৩", "GB", .phoneFormat), ("０7700900123", "GB", .phoneFormat),
      ("07700\u{00A0}900123", "GB", .phoneFormat), ("07700\u{2011}900123", "GB", .phoneFormat),
      ("+44/7700/900123", "GB", .phoneFormat), ("#07700900123", "GB", .phoneFormat),
      ("00 21 44 7700 900123", "BR", .phoneLength),
    ] as [(String, String, FaultCode?)])
  func refused(text: String, region: String, fault: FaultCode?) {
    let outcome = canonical(text, region)
    if let fault {
      #expect(outcome == .failure(fault))
    } else {
      // One digit short of a mobile number is a length that the plan has.
      #expect(outcome == .success("+44770090012"))
    }
  }

  @Test("a number in canonical form is taken as it stands, with a region or without")
  func idempotent() {
    for region in [nil, "GB", "US", "IT"] {
      // A zero may be among the digits of a calling code or after it, and first where no trunk prefix is a zero.
      for number in ["+12025550123", "+447700900123", "+12055550123", "+390600000000", "+9990123456"] {
        #expect(canonical(number, region) == .success(number))
      }
    }
  }

  @Test(
    "regions are ISO 3166-1 codes in capitals",
    arguments: ["", "gb", "GBR", "ZZ", "UK", "EU", "G", "AQ", "44", "\n\n"])
  func unknownRegions(code: String) {
    #expect(PhoneRegion(code: code) == nil)
  }

  @Test(
    "the table",
    arguments: [
      ("GB", 44), ("US", 1), ("JM", 1), ("DE", 49), ("NO", 47), ("SJ", 47), ("RU", 7), ("KZ", 7), ("IN", 91),
      ("VA", 39),
      ("AX", 358), ("GG", 44), ("CW", 599), ("BQ", 599), ("XK", 383), ("SS", 211), ("TL", 670), ("PS", 970),
      ("AD", 376), ("ZW", 263), ("GS", 500), ("EH", 212), ("HK", 852), ("TW", 886), ("BL", 590), ("YT", 262),
    ] as [(String, UInt64)])
  func table(code: String, callingCode: UInt64) throws {
    let region = try #require(PhoneRegion(code: code))
    #expect(region.callingCode == callingCode)
  }

  @Test("the table has 244 regions, and the calling code of each is one that is assigned")
  func wholeTable() {
    var count = 0
    for first in UInt8(ascii: "A")...UInt8(ascii: "Z") {
      for second in UInt8(ascii: "A")...UInt8(ascii: "Z") {
        let code = String(decoding: [first, second], as: UTF8.self)
        guard let region = PhoneRegion(code: code) else { continue }
        count += 1
        let digits = String(region.callingCode)
        #expect(callingCodeLength("+" + digits + "5550000") == digits.count, "\(code)")
      }
    }
    #expect(count == 244)
  }

  @Test(
    "calling codes",
    arguments: [
      ("+12025550123", 1), ("+79990000000", 1), ("+447700900123", 2), ("+2100000000", nil),
      ("+2110000000", 3),
      ("+3830000000", 3), ("+3840000000", nil), ("+8880000000", 3), ("+8890000000", nil), ("+999000000", nil),
      ("+9790000000", 3), ("+2000000000", 2), ("+2800000000", nil), ("+6990000000", nil), ("+8000000000", 3),
      ("+44", nil), ("+", nil), ("", nil),
    ] as [(String, Int?)])
  func callingCodes(number: String, length: Int?) {
    #expect(callingCodeLength(number) == length)
    let written = CanonicalSupport.written(reserve: 4) { output throws(FaultCode) in
      try CanonicalSupport.outcome(number) { bytes throws(FaultCode) in
        try PhoneNumber.writeCallingCode(bytes, to: &output)
      }.get()
    }
    #expect(written == length.map { .success(String(number.prefix(1 + $0))) } ?? .failure(.phoneRegion))
  }

  @Test("2 calling codes of one digit, 44 of two and 169 of three")
  func assignedCodes() {
    var byLength = [0, 0, 0, 0]
    for code in 100...999 {
      if let length = callingCodeLength("+\(code)0000000") { byLength[length] += 1 }
    }
    // Of the three-digit beginnings, 100 belong to each code of one digit and 10 to each of two.
    #expect(byLength == [0, 200, 440, 169])
  }

  @Test("any spelling of any number is read as that number", arguments: [0x5EED_0004] as [UInt64])
  func randomSpellings(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<5_000 {
      let national = "7700900" + String(Int.random(in: 100...999, using: &numbers))
      let prefix = ["+44", "0044", "+44 (0)", "(+44) ", "0", "tel:+44"].randomElement(using: &numbers)!
      var spelling = prefix
      for (index, digit) in national.enumerated() {
        if index > 0, Int.random(in: 0..<3, using: &numbers) == 0 {
          spelling += [" ", "-", "."].randomElement(using: &numbers)!
        }
        spelling.append(digit)
      }
      #expect(canonical(spelling, "GB") == .success("+44" + national), "seed: \(seed)")
    }
  }
}
