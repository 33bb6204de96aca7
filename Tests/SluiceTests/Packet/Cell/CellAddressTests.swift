import Sluice
import Testing

/// How a cell is named on a command line.
struct CellAddressTests {
  @Test func readsKindRowAndColumn() throws {
    let address = try #require(CellAddress("location:12:position.lat"))
    #expect(address.kind == "location" && address.row == 12 && address.column == "position.lat")
    #expect(CellAddress("a:18446744073709551615:b")?.row == .max)
  }

  @Test(
    arguments: [
      "", "message", "message:3", "message:3:", ":3:sender", "message::sender", "message:0:sender",
      "message:03:sender", "message:+3:sender", "message:-3:sender", "message:3 :sender", "message:3:a:b",
      "message:18446744073709551616:sender", "message:three:sender",
    ])
  func refusesAnythingElse(_ text: String) { #expect(CellAddress(text) == nil) }
}
