import Sluice
import Testing

@Suite struct JSONTextTests {
  private let value = JSONText.object([
    ("text", .string("a \"quoted\" \\ path\n\u{1} 法")), ("none", .null), ("yes", .boolean(true)),
    ("no", .boolean(false)), ("number", .integer(.max)), ("empty", .array([])), ("nothing", .object([])),
    ("list", .array([.integer(0), .object([("inner", .strings(["a", "b"]))])])),
  ])

  @Test func whatWasWrittenIsReadAlike() throws {
    let read = try #require(JSONText(reading: value.document))
    #expect(read.document == value.document)
    #expect(read["text"]?.string == "a \"quoted\" \\ path\n\u{1} 法")
    #expect(read["number"]?.integer == .max)
    #expect(read["list"]?.elements?[1]["inner"]?.elements?.compactMap(\.string) == ["a", "b"])
    #expect(read["other"] == nil)
  }

  /// Anything that the writer would have written otherwise is refused, whether or not it is JSON.
  @Test(arguments: [
    "", "{}", "{ }\n", "[]", "[\n]\n", "nul\n", "01\n", "-1\n", "1.5\n", "18446744073709551616\n",
    "\"\\/\"\n",
    "\"\\u0041\"\n", "\"\\u00e9\"\n", "\"\\n\"\n", "\"open\n", "[\n  1,\n]\n", "{\n  \"a\": 1,\n}\n",
    "{\n  \"a\" : 1\n}\n", "{\n  \"a\": 1,\n  \"a\": 1\n}\n",
    "{\n  \"a\": 1\n}", "{\n  \"a\": 1\n}\n\n", "{\n \"a\": 1\n}\n", "\u{FEFF}null\n", "null null\n",
  ])
  func whatItWouldNotHaveWrittenIsRefused(text: String) {
    #expect(JSONText(reading: Array(text.utf8)) == nil)
  }

  @Test func everyCutAndEveryDeepDocumentIsRefused() {
    let document = value.document
    for end in document.indices { #expect(JSONText(reading: Array(document[..<end])) == nil) }
    #expect(JSONText(reading: Array(repeating: UInt8(ascii: "["), count: 100_000)) == nil)
  }
}
