import Foundation
import Sluice
import Testing

private func canonical(_ bytes: [UInt8], _ maximum: Int = 200) -> Result<String, FaultCode> {
  CanonicalSupport.written(reserve: 1 << 12) { output throws(FaultCode) in
    output.append("<>")
    let outcome = CanonicalSupport.outcome(bytes) { bytes throws(FaultCode) in
      try TextValue.canonical(bytes, maximum: maximum, to: &output)
    }
    if case .failure = outcome { precondition(output.count == 2, "a refused text left bytes behind") }
    try outcome.get()
  }.map { String($0.dropFirst(2)) }
}

@Suite("Texts") struct TextValueTests {
  @Test(
    "accepted, in NFC",
    arguments: [
      ("", ""), ("hello, world", "hello, world"), ("e\u{301}", "\u{E9}"), ("\u{E9}", "\u{E9}"),
      ("a=b", "a=b"),
      ("\u{212B}", "\u{C5}"), ("日本語", "日本語"), ("\u{1100}\u{1161}", "\u{AC00}"), ("1-2", "1-2"), ("😀", "😀"),
      ("it's", "it's"), ("\"quoted\"", "\"quoted\""), ("'", "'"), ("«=»", "«=»"),
      ("q\u{307}\u{323}", "q\u{323}\u{307}"),
    ])
  func accepted(text: String, expected: String) throws {
    let written = try canonical(Array(text.utf8)).get()
    #expect(Array(written.unicodeScalars) == Array(expected.unicodeScalars))
    #expect(canonical(Array(written.utf8)) == .success(written))
  }

  // B76, for texts
  @Test(
    "what a spreadsheet would run does not begin a text",
    arguments: [
      "=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "\u{FF1D}1", "\u{FF0B}1", "\u{FF0D}1", "\u{FF20}A",
      "\u{FE66}1",
      "\u{2212}1", " =1", "\"=1", "'=1", "''=1", "\u{201C}=1", "\" =1", " a", "\u{A0}a", "\u{3000}a", "' +1",
      "\u{2018}\u{FF1D}", "-",
    ])
  func starts(text: String) {
    #expect(canonical(Array(text.utf8)) == .failure(.textStart))
  }

  @Test(
    "invisible and unassigned characters, and a blank at the end",
    arguments: [
      "\t=1", "\r=1", "a\tb", "a\nb", "a\u{0}b", "a\u{7F}b", "a\u{85}b", "a\u{200B}b", "a\u{200D}b",
      "a\u{202E}b", "a\u{2066}b",
      "a\u{200F}b", "a\u{AD}b", "a\u{FEFF}b", "a\u{2028}b", "a\u{2029}b", "a\u{E000}b", "a\u{F0000}b",
      "a\u{378}b", "a\u{E0041}b", "a\u{61C}b", "a ", "é ", "a\u{3000}",
    ])
  func characters(text: String) {
    #expect(canonical(Array(text.utf8)) == .failure(.textCharacter))
  }

  // B17: Swift's own literals cannot hold them.
  @Test("noncharacters", arguments: [0xFFFE, 0xFFFF, 0xFDD0, 0x1FFFE, 0x10FFFF] as [UInt32])
  func noncharacters(value: UInt32) {
    let text = "a" + String(Unicode.Scalar(value)!)
    #expect(canonical(Array(text.utf8)) == .failure(.textCharacter))
  }

  @Test("plain characters are what they are taken for")
  func plain() {
    for value in 0...0x10FFFF as ClosedRange<UInt32> where TextValue.isPlain(value) {
      let properties = Unicode.Scalar(value)!.properties
      let isVisible =
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
          false
        default: true
        }
      // A starter that is written the same before a starter of its like and after a mark is stable in NFC; the marks
      // and jamo that would compose with it are not plain themselves.
      if !isVisible || (properties.isWhitespace && value != 0x20)
        || properties.canonicalCombiningClass != .notReordered
      {
        Issue.record("U+\(String(value, radix: 16))")
      }
    }
    // Foundation normalizes as an oracle: each in a row of its like.
    for range in [
      0x20...0x7E, 0xA1...0xAC, 0xAE...0x2FF, 0x400...0x482, 0x48A...0x52F, 0x3041...0x3096, 0x30A1...0x30FF,
    ]
      + stride(from: 0x4E00, through: 0x9F00, by: 0x100).map({ $0...$0 + 0xFF })
      + stride(from: 0xAC00, through: 0xD700, by: 0x100).map({ $0...min($0 + 0xFF, 0xD7A3) })
    {
      let text = String(String.UnicodeScalarView(range.map { Unicode.Scalar(UInt32($0))! }))
      #expect(Array(text.precomposedStringWithCanonicalMapping.unicodeScalars) == Array(text.unicodeScalars))
    }
    #expect(!TextValue.isPlain(0x301) && !TextValue.isPlain(0x3099) && !TextValue.isPlain(0x1161))
  }

  @Test("the length is that of the scalars in NFC")
  func lengths() {
    #expect(canonical(Array("abcde".utf8), 5) == .success("abcde"))
    #expect(canonical(Array("abcdef".utf8), 5) == .failure(.textLength))
    #expect(canonical(Array("e\u{301}e\u{301}".utf8), 2) == .success("\u{E9}\u{E9}"))
    #expect(canonical(Array("ééé".utf8), 2) == .failure(.textLength))
    let long = String(repeating: "ü", count: 500)
    #expect(canonical(Array(long.utf8), 500) == .success(long))
    #expect(canonical(Array(long.utf8), 499) == .failure(.textLength))
  }

  // B14, B15
  @Test(
    "what is not UTF-8",
    arguments: [[0xC0, 0xAF], [0x61, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x82]]
      as [[UInt8]])
  func invalid(bytes: [UInt8]) {
    #expect(canonical(bytes) == .failure(.utf8Invalid))
  }
}

@Suite("Opaque identifiers") struct OpaqueIdentifierTests {
  private func check(_ text: String, _ alphabet: String) -> FaultCode? {
    let alphabet = Alphabet(alphabet)!
    let outcome = CanonicalSupport.outcome(text) { bytes throws(FaultCode) in
      try OpaqueIdentifier.check(bytes, alphabet: alphabet)
    }
    if case .failure(let fault) = outcome { return fault }
    return nil
  }

  @Test("1 to 256 bytes of the alphabet")
  func bounds() {
    #expect(check("a-7f31", "a-z0-9-") == nil)
    #expect(check("", "a-z") == .valueEmpty)
    #expect(check(String(repeating: "a", count: 256), "a-z") == nil)
    #expect(check(String(repeating: "a", count: 257), "a-z") == .identifierLength)
    #expect(check("9007199254740993", "0-9") == nil)
    // Bytes above 127 are in no alphabet, not even in that of all printable characters.
    #expect(check("é", "!-~") == .identifierAlphabet)
    #expect(check("{|}~!", "!-~") == nil)
  }

  // B18, B65 and B77
  @Test(
    "bytes outside the alphabet",
    arguments: ["447\u{0}", "4A", "४४७", " 447", "447 ", "4,7", "4\"7", "4\r\n7", "é", "\u{FF14}47", "-1"])
  func outside(text: String) {
    #expect(check(text, "0-9a-f") == .identifierAlphabet)
  }
}
