import Foundation
import Testing

/// Packets sealed to their recipient and opened again.
@Suite(.enabled(if: SealingFolder.hasTools, "openssl or age is not installed"))
struct EnvelopeCommandTests {
  private let name = "US-2026-000123"

  @Test(arguments: [
    ("p256.pem", "p256.key", "p7m"), ("rsa.pem", "rsa.key", "p7m"), ("age.txt", "age.key", "age"),
  ])
  func whatIsSealedToARecipientIsOpenedByItAndByOthersTools(to: String, key: String, suffix: String) throws {
    let place = try SealingFolder()
    let made = try place.disclose(place.signing + ["--to", place.path(to)])
    #expect(made.status == 0, "\(made.talk)")
    let file = "packets/\(name).tar.\(suffix)"
    #expect(place.folder.names("packets") == [name, "\(name).tar.\(suffix)"])
    #expect(try place.shell("stat -c %a \(file)").output == "600\n")
    let decrypt =
      suffix == "age"
      ? "age -d -i \(key) \(file) > t"
      : "openssl cms -decrypt -inform DER -binary -in \(file) -inkey \(key) -recip \(to) -out t"
    try place.make(
      "\(decrypt); tar tf t > list; LC_ALL=C sort -c <(grep -v '/$' list); mkdir x; tar xf t -C x")
    #expect(
      try place.folder.files("x") == place.folder.files("packets").filter { $0.key.hasPrefix(name + "/") })

    let opened = try place.open(file, key: key, ["--trust", place.path("signer.pem")])
    #expect(opened.status == 0, "\(opened.talk)")
    #expect(opened.output.contains("verified") && opened.output.contains("signed by CN=Example"))
    #expect(try place.folder.files("opened") == place.folder.files("x"))
    #expect(place.folder.names("opened") == [name])
    // What is there is never overwritten.
    #expect(try place.open(file, key: key).status == 6)
    #expect(place.folder.names("opened") == [name])
  }

  @Test(arguments: [("p256.pem", "p256.key", "p7m"), ("age.txt", "age.key", "age")])
  func aChangedEnvelopeLeavesNothing(to: String, key: String, suffix: String) throws {
    let place = try SealingFolder()
    #expect(try place.disclose(["--to", place.path(to)]).status == 0)
    let bytes = try Data(contentsOf: URL(filePath: place.path("packets/\(name).tar.\(suffix)")))
    var changes: [Data] = [bytes.prefix(bytes.count - 1), bytes.prefix(bytes.count / 2), bytes + Data([0])]
    for index in stride(from: bytes.count - 1, to: bytes.count / 3, by: -(bytes.count / 7)) {
      var changed = bytes
      changed[index] ^= 1
      changes.append(changed)
    }
    for changed in changes {
      try changed.write(to: URL(filePath: place.path("changed")))
      let opened = try place.open("changed", key: key)
      #expect([5, 8].contains(opened.status), "\(opened.talk)")
      #expect(place.isEmpty("opened"))
    }
    for wrong in ["other.key", "rsa.key", "signer.pem"] where wrong != key {
      let opened = try place.open("packets/\(name).tar.\(suffix)", key: wrong)
      #expect([7, 8].contains(opened.status), "\(opened.talk)")
      #expect(place.isEmpty("opened"))
    }
    let bounded = try place.open("packets/\(name).tar.\(suffix)", key: key, ["--envelope-bytes", "1000"])
    #expect(bounded.status == (suffix == "age" ? 0 : 9))
  }

  @Test func whatIsNotAWholePacketOfATrustedSignerIsNotGivenAPlace() throws {
    let place = try SealingFolder()
    #expect(try place.disclose(place.signing).status == 0)
    try place.make(
      """
      r=$(cat age.txt)
      cd packets
      tar cf ../whole.tar --format=ustar \(name); age -r $r -o ../whole.age ../whole.tar
      printf x >> \(name)/data/withheld.csv; tar c --format=ustar \(name) | age -r $r -o ../changed.age
      mkdir ../evil; cd ../evil
      mkdir A; ln -s /tmp A/x; tar c --format=ustar A | age -r $r -o ../link.age
      mkdir B; echo 1 > outside; tar c -P --format=ustar B B/../../outside | age -r $r -o ../path.age || true
      head -c 100000 /dev/urandom | age -r $r -o ../noise.age
      """)
    for file in ["changed.age", "link.age", "path.age", "noise.age"] {
      let opened = try place.open(file, key: "age.key")
      #expect(opened.status == 8, "\(file): \(opened.talk)")
      #expect(place.isEmpty("opened"))
    }
    let untrusted = try place.open("whole.age", key: "age.key", ["--trust", place.path("p256.pem")])
    #expect(untrusted.status == 8 && untrusted.talk.contains("signature-untrusted"))
    #expect(place.isEmpty("opened"))
    #expect(try place.open("whole.tar", key: "age.key").status != 0)
    #expect(try place.open("absent", key: "age.key").status == 5)
    #expect(try place.open("whole.age", key: "age.key", ["--require-signature"]).status == 0)
  }

  /// AES-CBC decrypts a changed message without a word, so nothing is opened that uses it.
  @Test func otherCiphersAreNotOpened() throws {
    let place = try SealingFolder()
    #expect(try place.disclose(place.signing).status == 0)
    try place.make("tar cf t --format=ustar -C packets \(name)")
    for (cipher, status) in [("aes-256-cbc", Int32(5)), ("aes-128-gcm", 8), ("aes-256-gcm", 0)] {
      try place.make(
        "openssl cms -encrypt -binary -\(cipher) -in t -outform DER -out m -recip p256.pem -keyopt ecdh_kdf_md:sha256"
      )
      #expect(try place.open("m", key: "p256.key").status == status, "\(cipher)")
      #expect(place.isEmpty("opened") == (status != 0))
    }
  }

  @Test func whatIsWrongWithARecipientIsToldBeforeAnySourceIsOpened() throws {
    let place = try SealingFolder()
    try place.make(
      "echo age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq > bad.txt; cat age.txt age.txt > two.txt; "
        + "cat p256.pem rsa.pem > two.pem; echo hello > text")
    let absent = [place.path("absent.ndjson")]
    for (file, status) in [
      ("rsa2048.pem", Int32(7)), ("bad.txt", 7), ("two.txt", 7), ("two.pem", 7), ("text", 7), ("none", 7),
      ("p256.key", 7), ("p256.pem", 5), ("age.txt", 5),
    ] {
      let made = try place.disclose(["--to", place.path(file)], records: absent)
      #expect(made.status == status, "\(file): \(made.talk)")
    }
    // One recipient, two authorities.
    let two = try place.disclose(
      ["--to", place.path("p256.pem")], demands: ["us-court-order", "gb-events"], records: absent)
    #expect(two.status == 64 && two.talk.contains("recipient-authorities"), "\(two.talk)")
    try place.make("mkdir -p packets; touch packets/\(name).tar.p7m")
    let taken = try place.disclose(["--to", place.path("p256.pem")], records: absent)
    #expect(taken.status == 6 && taken.talk.contains("envelope-unusable"))
    #expect(place.folder.names("packets") == ["\(name).tar.p7m"])
  }

  @Test func aPacketThatWasSealedBeforeIsSealedToItsRecipientOnce() throws {
    let place = try SealingFolder()
    #expect(try place.disclose().status == 0)
    let before = try place.folder.files("packets")
    let first = try place.disclose(["--to", place.path("p256.pem"), "--json"])
    #expect(first.status == 0)
    let report = try #require(try first.json() as? [String: Any])
    let envelope = try #require((report["envelopes"] as? [[String: Any]])?.first)
    #expect(envelope["file"] as? String == "\(name).tar.p7m" && envelope["outcome"] as? String == "sealed")
    let between = try place.folder.files("packets")
    #expect(between.filter { $0.key.hasPrefix(name + "/") } == before)
    let second = try place.disclose(["--to", place.path("p256.pem")])
    #expect(second.status == 0 && second.output.contains("was there before"))
    #expect(try place.folder.files("packets") == between)
    let other = try place.disclose(["--to", place.path("rsa.pem")], records: [place.path("absent.ndjson")])
    #expect(other.status == 6 && other.talk.contains("envelope-other"), "\(other.talk)")
    try place.make("rm packets/*.p7m; mkdir packets/\(name).tar.p7m")
    #expect(try place.disclose(["--to", place.path("p256.pem")]).status == 6)
    #expect(try place.open("packets", key: "p256.key").status == 5)
  }
}
