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
    if let need = provocation.need, !need.isThere { try Test.cancel("\(need.rawValue)") }
    let folder = try CommandFolder(rootKey: Array(UInt8(1)...32))
    let said = try provocation.run(folder)
    // What is told of a path is the folder's own name, which no canary is part of.
    let text = said.text.replacingOccurrences(of: folder.path, with: "FOLDER")
    #expect(text.contains("(\(provocation.code))"), "\(text)")
    #expect(said.status == provocation.status?.rawValue, "\(text)")
    #expect(Canary.pieces(in: text) == [], "\(text)")
    // A code alone tells nobody what to do.
    let message = text.split(separator: "\n").first { $0.contains("(\(provocation.code))") } ?? ""
    #expect(message.split(separator: " ").count >= 6, "\(text)")
  }

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
  /// program, and the system's number.
  private static let harmless: Set<String> = ["type(of: error)", "errno"]

  /// Why no test provokes a code.
  private static let unprovoked: [String: String] = [
    "bag-files": "it takes a million files",
    "certificate-failed": "libcrypto fails only without memory; make torture fails its allocations (F27)",
    "certificate-unreadable": "as certificate-failed",
    "cipher-failed": "as certificate-failed",
    "clock-range": "make torture sets the clock (F35)",
    "demo-outcome": "a bug of Sluice's own, which no input makes",
    "digest-failed": "as certificate-failed",
    "folder-unreadable": "the listing of a folder fails only on a damaged disk",
    "key-failed": "as certificate-failed",
    "libcrypto-load": "the process does not start without libcrypto; make torture gives it other versions",
    "mac-failed": "as certificate-failed",
    "no-arguments": "make torture takes /proc away (F05)",
    "not-synced": "a bug of Sluice's own, which no input makes",
    "out-of-memory": "as certificate-failed",
    "process-hardening": "the system refuses only inside another's sandbox",
    "random-failed": "make torture takes the random bytes away (F30)",
    "report-unmade": "as not-synced",
    "self-test-hmac-blocks": "it takes a libcrypto that is wrong in this alone",
    "self-test-hmac-reuse": "as self-test-hmac-blocks",
    "self-test-packet": "as not-synced",
    "signature-failed": "as certificate-failed",
    "source-changed": "records would have to change between two readings; make torture does it",
    "trust-failed": "as certificate-failed",
    "unexpected": "as not-synced",
  ]
}
