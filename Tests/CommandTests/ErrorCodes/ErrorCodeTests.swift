import Foundation
import Sluice
import Testing

/// Guarantee 5 for the errors themselves: each is provoked, and none repeats a value.
///
/// A new code in the sources makes `everyCodeIsProvoked` fail until a row of `Provocation` provokes it.
@Suite("Error codes") struct ErrorCodeTests {
  @Test(
    "A provoked error tells its code, ends with its status, and holds no value", arguments: Provocation.all)
  func saysNoValue(_ provocation: Provocation) throws {
    if let need = provocation.needs.first(where: { !$0.isThere }) { try Test.cancel("\(need.rawValue)") }
    let folder = try CommandFolder(rootKey: Array(UInt8(1)...32))
    let said = try provocation.run(folder)
    // What is told of a path is the folder's own name, which no canary is part of.
    let text = said.text.replacingOccurrences(of: folder.path, with: "FOLDER")
    #expect(text.contains("(\(provocation.code))"), "\(text)")
    #expect(said.status == provocation.status?.rawValue, "\(text)")
    #expect(Canary.pieces(in: text) == [], "\(text)")
    let messages = provocation.messages(in: text)
    #expect(!messages.isEmpty, "\(text)")
    for message in messages {
      #expect(ErrorSentence.isWhole(message), "\(message)")
      if provocation.status == .bug { #expect(message.contains("report this"), "\(message)") }
    }
  }

  /// As above for the texts that no row makes: a code has several.
  @Test("Every text of the sources says what happened and what can be done")
  func everyTextIsWhole() throws {
    var unfinished: Set<String> = []
    for site in try ErrorSites().sites where !ErrorSentence.isWhole(site.text) {
      if !Self.finishedElsewhere.isDisjoint(with: [site.maker, site.file, site.code]) {
        unfinished.formUnion([site.maker, site.file, site.code])
      } else {
        Issue.record("\(site.code) in \(site.file): \(site.text)")
      }
    }
    #expect(Self.finishedElsewhere.subtracting(unfinished).sorted() == [], "nothing is left to finish there")
    // A system without /proc is no fault of ours, though nothing but a bug's status says that nothing was done.
    let bugs = try ErrorSites().sites.filter { $0.isBug && $0.code != "no-arguments" }
    #expect(bugs.count > 5 && bugs.filter { !$0.text.contains("report") }.map(\.code) == [])
  }

  @Test("A text without a second clause that tells what to do is not taken for a whole one")
  func aTextCanBeUnfinished() throws {
    for text in [
      "the disk is full; make room", "It failed. Where it stays, run it again.",
      "it failed; please report it",
    ] { #expect(ErrorSentence.isWhole(text)) }
    for text in [
      "the disk is full", "make room and run again", "it names files (fetch.txt); Sluice never fetches.",
      "it is longer than 1.5; it holds run.key", "",
    ] { #expect(!ErrorSentence.isWhole(text), "\(text)") }
    let sources = try ErrorSites.texts(below: "Sources").map(\.text).joined()
    let unused = ErrorSentence.verbs.filter { verb in
      ![
        "; \(verb) ", ". \(verb.capitalized) ", ", \(verb) ", "please \(verb) ", ") \(verb.capitalized) ",
        "\"\(verb.capitalized) ",
      ]
      .contains {
        sources.contains($0)
      }
    }
    #expect(unused.sorted() == [], "no text needs them")
  }

  /// Where a text stands without what can be done, which is put to it elsewhere; the rows above see the whole.
  private static let finishedElsewhere: Set<String> = [
    // Functions that end what they are given with it.
    "bug", "failure", "wrong", "check",
    // What is wrong with a signature is told of the packet that it is of, as everything else that is wrong with one.
    "SluiceCrypto/SignatureCheck.swift",
    // Codes whose text has it from a variable: what to write, what to do there, why the packet does not verify.
    "wrong-value", "instrument-twice", "wider-than-baseline", "compressed-input", "output-failed",
    "key-missing", "pem-missing", "read-back",
  ]

  @Test("Every code of the sources is provoked here, or listed with the reason why not")
  func everyCodeIsProvoked() throws {
    let sites = try ErrorSites()
    #expect(sites.codes.count > 300, "the sources are not read as they are written")
    let here = Set(Provocation.all.map(\.code))
    let listed = Set(Self.unprovoked.keys)
    #expect(sites.codes.subtracting(here).subtracting(listed).sorted() == [])
    // A gate's code becomes an error's where no demand holds the refusal.
    #expect(here.subtracting(sites.codes).subtracting(ReasonCode.allCases.map(\.rawValue)).sorted() == [])
    #expect(listed.subtracting(sites.codes).sorted() == [], "no longer in the sources")
    #expect(listed.intersection(here).sorted() == [], "provoked after all")
    print("error codes: \(sites.codes.count); \(here.count) provoked with canaries, \(listed.count) not")
  }

  /// A text that is written out in the sources holds no value. Where something is put into one, a canary is looked for
  /// in it above, or what is put in is named here.
  @Test("Nothing is put into an error's text but what a row tries, or what cannot hold a value")
  func nothingElseIsPutIntoATexts() throws {
    let here = Set(Provocation.all.map(\.code))
    var unknown: Set<String> = []
    var used: Set<String> = []
    for site in try ErrorSites().sites where !here.contains(site.code) {
      for expression in site.expressions {
        if Self.harmless.contains(expression) {
          used.insert(expression)
        } else {
          unknown.insert("\(site.code) in \(site.file): \(expression)")
        }
      }
    }
    #expect(unknown.sorted() == [])
    #expect(Self.harmless.subtracting(used).sorted() == [], "no longer in the sources")
  }

  /// What is put into the text of an error that no row provokes, and can hold no value: the name of a type of the
  /// program.
  private static let harmless: Set<String> = ["type(of: error)"]

  /// Why no test provokes a code.
  private static let unprovoked: [String: String] = [
    "certificate-failed": "libcrypto fails only without memory; make torture fails its allocations (F27)",
    "certificate-unreadable": "as certificate-failed",
    "cipher-failed": "as certificate-failed",
    "clock-range": "make torture sets the clock (F35)",
    "demo-outcome": "a bug of Sluice's own, which no input makes",
    "digest-failed": "as certificate-failed",
    "key-failed": "as certificate-failed",
    "libcrypto-load": "the process does not start without libcrypto; make torture gives it other versions",
    "mac-failed": "as certificate-failed",
    "no-arguments": "make torture takes /proc away (F05)",
    "not-synced": "a bug of Sluice's own, which no input makes",
    "out-of-memory": "as certificate-failed",
    "report-unmade": "as not-synced",
    "self-test-hmac-blocks": "it takes a libcrypto that is wrong in this alone",
    "self-test-hmac-reuse": "as self-test-hmac-blocks",
    "self-test-packet": "as not-synced",
    "signature-failed": "as certificate-failed",
    "trust-failed": "as certificate-failed",
    "unexpected": "as not-synced",
  ]
}
