import Sluice
import Testing

/// What looks like nothing names nobody and gives no reason.
@Suite("Texts show something")
struct VisibleTextTests {
  /// Each of them is drawn as nothing. The last two are marks, which have nothing to stand on.
  static let blanks = [
    "", " ", "   ", "\u{A0}", "\u{2003}", "\u{3000}", "\u{3164}", "\u{115F}", "\u{1160}", "\u{FFA0}",
    "\u{34F}",
    "\u{FE0F}", "\u{E0100}", "\u{17B4}", "\u{2800}", "\u{1D159}", "\u{A0}\u{3164} ", "\u{301}", " \u{20DD}",
  ]

  @Test(arguments: blanks)
  func ablankIsNoText(_ text: String) {
    #expect(!text.isVisible)
    var problems = ProblemList()
    let node = DocumentNode(.scalar(text, isPlain: false), at: Position(file: "d.yaml", line: 1, column: 1))
    #expect(node.text("a name", &problems) == nil)
    #expect(problems.problems.map(\.code) == ["wrong-value"])
  }

  @Test(arguments: ["a", "-", "0", "é", "王", "김", "👍", "א", " a ", "\u{3164}a", "a\u{301}"])
  func aCharacterIsOne(_ text: String) {
    #expect(text.isVisible)
    var problems = ProblemList()
    let node = DocumentNode(.scalar(text, isPlain: false), at: Position(file: "d.yaml", line: 1, column: 1))
    #expect(node.text("a name", &problems) == text)
  }

  @Test(arguments: [
    ("lert-03", "lert-03"), ("lert-03", "LERT-03"), ("lert-03", " lert - 03\u{A0}"),
    ("lert-03", "lert-03\u{FE0F}"), ("lert-03", "le\u{34F}rt-03"), ("lert-03", "lert\u{3164}-03"),
    ("lert-03", "lert-\u{2800}03"), ("lert-03", "\u{2060}lert-03"), ("Groß", "GROSS"), ("Ｊ", "ｊ"),
    ("\u{E9}", "E\u{301}"), ("ΟΔΥΣΣΕΥΣ", "Οδυσσευς"), ("Sſ", "ss"),
  ])
  func onePersonIsNotTwo(_ first: String, _ second: String) {
    #expect(first.isSamePerson(as: second) && second.isSamePerson(as: first))
  }

  @Test(arguments: [("lert-03", "lert-04"), ("lert-03", "lert03"), ("a", "á"), ("王", "김")])
  func twoPeopleAreTwo(_ first: String, _ second: String) {
    #expect(!first.isSamePerson(as: second))
  }
}
