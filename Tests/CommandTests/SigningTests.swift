import Foundation
import Testing

/// Packets that are signed, as their receivers check them.
@Suite(.enabled(if: SealingFolder.hasTools, "openssl or age is not installed"))
struct SigningTests {
  private let packet = "packets/US-2026-000123"

  @Test func opensslVerifiesAPacketByTheLinesOfItsReadMe() throws {
    let place = try SealingFolder()
    let made = try place.disclose(place.signing)
    #expect(made.status == 0, "\(made.talk)")
    try place.make("cp signer.pem packets/provider.pem")
    // The commands as a receiver copies them: from `openssl` to the end of the line or of those that it goes on in.
    let script =
      "sed -n -e 's/^  [78]\\. openssl/openssl/; /^openssl/{:a' -e '/\\\\$/{p;n;ba' -e '};p' -e '}' data/README.txt"
    let lines = try place.shell(script, in: packet).output
    #expect(lines.contains("openssl cms -verify") && lines.contains("-CAfile"))
    let checked = try place.shell(lines, in: packet)
    #expect(checked.status == 0 && checked.output.contains("Verification successful"), "\(checked.output)")
    #expect(checked.output.contains("subject=CN = Example"))
    let time = try #require(
      try place.folder.text(packet + "/data/README.txt").firstMatch(of: /-attime ([0-9]+),/)?.1)
    let later = lines.replacing("-purpose", with: "-attime \(time) -purpose")
    #expect(try place.shell(later, in: packet).status == 0)
    #expect(try place.folder.run(["verify", place.path(packet)]).status == 0)
    try place.make("printf x >> \(packet)/tagmanifest-sha256.txt")
    #expect(try place.shell(lines, in: packet).status != 0)
  }

  @Test func verifyTellsTheSignerAndWhetherSomeoneVouchesForIt() throws {
    let place = try SealingFolder()
    #expect(try place.disclose(place.signing).status == 0)
    let folder = place.folder
    func verify(_ more: [String]) throws -> CommandOutcome {
      try folder.run(["verify", place.path(packet)] + more)
    }
    let trusted = try verify(["--trust", place.path("signer.pem")])
    #expect(trusted.status == 0 && trusted.output.contains("signed by CN=Example at 20"))
    #expect(trusted.output.contains("a trusted certificate vouches for the signer"))
    let alone = try verify([])
    #expect(alone.status == 0 && alone.output.contains("nobody vouches for the signer"))
    for (more, vouched) in [(["--trust", place.path("signer.pem")], true), (["--require-signature"], false)] {
      let json = try #require(try verify(more + ["--json"]).json() as? [String: Any])
      let signature = try #require(json["signature"] as? [String: Any])
      #expect(signature["subject"] as? String == "CN=Example" && signature["vouched-for"] as? Bool == vouched)
    }
    let wrong = try verify(["--trust", place.path("p256.pem")])
    #expect(wrong.status == 8 && wrong.talk.contains("signature-untrusted"))
    #expect(try verify(["--trust", place.path("none.pem")]).status == 7)

    try place.make("cp \(packet)/tagmanifest-sha256.txt.p7s kept; rm \(packet)/tagmanifest-sha256.txt.p7s")
    #expect(try verify([]).output.contains("signature: none"))
    for more in [["--require-signature"], ["--trust", place.path("signer.pem")]] {
      let missing = try verify(more)
      #expect(missing.status == 8 && missing.talk.contains("signature-missing"))
    }
    // Of another packet.
    #expect(
      try place.disclose(place.signing, demands: ["us-subpoena"], out: "others").status == 0)
    try place.make("cp others/*/*.p7s \(packet)/tagmanifest-sha256.txt.p7s")
    let other = try verify([])
    #expect(other.status == 8 && other.talk.contains("signature-wrong"))
    try place.make("cp kept \(packet)/tagmanifest-sha256.txt.p7s")
    #expect(try verify([]).status == 0)
  }

  /// A clock that was given could date a signature back, so it takes a reason; and no source is opened before.
  @Test func whatIsWrongWithASignerIsToldBeforeAnySourceIsOpened() throws {
    let place = try SealingFolder()
    let absent = [place.path("absent.ndjson")]
    func status(_ more: [String]) throws -> Int32 { try place.disclose(more, records: absent).status }
    #expect(try status(place.signing) == 5)
    #expect(try status(place.signing + CommandFolder.now) == 64)
    #expect(try status(place.signing + ["--recreate", "for a court"]) == 64)
    #expect(try status(CommandFolder.now + ["--recreate", "for a court"]) == 64)
    for blank in ["", " ", "\u{A0}", "\u{3164}\u{2800}"] {
      #expect(try status(place.signing + CommandFolder.now + ["--recreate", blank]) == 64)
    }
    #expect(try status(Array(place.signing.prefix(2))) == 64)
    // Not yet valid at the given time.
    #expect(try status(place.signing + CommandFolder.now + ["--recreate", "for a court"]) == 7)
    try place.make("chmod 644 signer.key")
    #expect(try status(place.signing) == 7)
    #expect(
      try status(["--sign-key", place.path("rsa2048.key"), "--sign-cert", place.path("rsa2048.pem")]) == 7)
    #expect(place.isEmpty("packets"))
  }

  @Test func aGivenClockIsTheSigningTimeAndTheDigestDoesNotHangOnTheKey() throws {
    let place = try SealingFolder()
    var digests: Set<String> = []
    for (name, algorithm) in [("a", "p256"), ("b", "p384")] {
      let made = try place.folder.run([
        "key", "new-signer", "--out-key", place.path(name + ".key"), "--out-cert", place.path(name + ".pem"),
        "--name", name, "--algorithm", algorithm, "--valid-from", "2026-10-01T00:00:00Z",
      ])
      #expect(made.status == 0)
      let signing = ["--sign-key", place.path(name + ".key"), "--sign-cert", place.path(name + ".pem")]
      let sealed = try place.disclose(signing + CommandFolder.now + ["--recreate", "for a court"], out: name)
      #expect(sealed.status == 0, "\(sealed.talk)")
      let verified = try place.folder.run(
        ["verify", place.path(name + "/US-2026-000123"), "--trust", place.path(name + ".pem")])
      #expect(verified.output.contains("signed by CN=\(name) at 2026-10-05T00:00:00Z"))
      digests.insert(verified.lines.first { $0.hasPrefix("digest ") } ?? "")
      #expect(try place.shell("grep -r 'for a court' \(name)").status == 1)
    }
    #expect(digests.count == 1)
    let again = try place.disclose(
      ["--sign-key", place.path("a.key"), "--sign-cert", place.path("a.pem")] + CommandFolder.now
        + ["--recreate", "once more"], out: "a")
    #expect(again.status == 0 && again.output.contains("sealed before"))
  }
}
