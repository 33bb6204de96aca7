import Sluice
import Testing

@Suite struct CSVTextTests {
  private let rows = [["head", "of a \"column\""], ["", "\"\""], ["法, a;b", "\"x\"\"y\""]]

  private func written() throws -> [UInt8] {
    var text = try CSVText("data/test.csv", columns: rows[0])
    for row in rows.dropFirst() { try text.append(row) }
    return text.bytes
  }

  @Test func whatWasWrittenIsReadAlike() throws {
    let bytes = try written()
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "\"head\",\"of a \"\"column\"\"\"\n\"\",\"\"\"\"\"\"\n\"法, a;b\",\"\"\"x\"\"\"\"y\"\"\"\n")
    #expect(CSVText.rows(bytes) == rows)
  }

  @Test func everyCutWithinARowIsRefused() throws {
    let bytes = try written()
    for end in bytes.indices where end > 0 && bytes[end - 1] != 0x0A {
      #expect(CSVText.rows(Array(bytes[..<end])) == nil)
    }
  }

  /// Anything that the writer would have written otherwise.
  @Test(arguments: [
    "", "\n", "a\n", "\"a\"", "\"a\",\n", "\"a\"\r\n", "\"a\n\"\n", "\"a\u{1}\"\n", "\"a\" \n", "\"a\"b\n",
    "\"a\"\"\n", "\"a\"\n\"b\",\"c\"\n", "\"a\"\n\n", "\u{FEFF}\"a\"\n",
  ])
  func whatItWouldNotHaveWrittenIsRefused(text: String) {
    #expect(CSVText.rows(Array(text.utf8)) == nil)
  }

  @Test func whatIsNoUTF8IsRefused() {
    #expect(CSVText.rows([0x22, 0xFF, 0x22, 0x0A]) == nil)
  }
}
