import Sluice
import Testing

private func canonical(_ text: String) -> Result<String, FaultCode> {
  CanonicalSupport.written(at: EmailAddress.byteCountMax) { target throws(FaultCode) in
    try CanonicalSupport.outcome(text) { bytes throws(FaultCode) in
      try EmailAddress.canonical(bytes, to: target)
    }.get()
  }
}

@Suite("E-mail addresses") struct EmailAddressTests {
  @Test(
    "the local part stays, the domain is lowered",
    arguments: [
      ("user@example.com", "user@example.com"), ("First.Last@EXAMPLE.Com", "First.Last@example.com"),
      ("a!#$%&'*+-/=?^_`{|}~9@example.org", "a!#$%&'*+-/=?^_`{|}~9@example.org"),
      ("user@xn--bcher-kva.example", "user@xn--bcher-kva.example"),
      ("u@XN--BCHER-KVA.example", "u@xn--bcher-kva.example"),
      ("user@a-b.example", "user@a-b.example"), ("user@localhost", "user@localhost"),
      ("1@2.example", "1@2.example"),
      ("user@1.2.3.example", "user@1.2.3.example"),
    ])
  func accepted(text: String, expected: String) {
    #expect(canonical(text) == .success(expected))
  }

  // B75
  @Test(
    "refused",
    arguments: [
      "Ａ@example.com", "ü@example.com", "user@bücher.example", "\"quoted\"@example.com",
      "\"a b\"@example.com",
      "user@example.com.", "user@[192.0.2.1]", "user@[IPv6:2001:db8::1]", "user@192.0.2.1",
      "user@example.123",
      "user", "@example.com", "user@", "user@@example.com", "a@b@example.com", ".user@example.com",
      "user.@example.com",
      "us..er@example.com", "user@.example.com", "user@example..com", "user@-example.com",
      "user@example-.com",
      "user@exa_mple.com", " user@example.com", "user@example.com ", "us er@example.com", "user@exam ple.com",
      "user@example.com\n", "user(comment)@example.com", "Name <user@example.com>",
      "user@example.com,b@example.com",
      "user\u{0}@example.com", "us\u{7F}er@example.com", "user@example.com\u{200B}",
      "mailto:user@example.com", "@",
    ])
  func refused(text: String) {
    #expect(canonical(text) == .failure(.emailFormat))
  }

  @Test("lengths: local part 64, label 63, address 254")
  func lengths() {
    let local = String(repeating: "a", count: 64)
    let label = String(repeating: "b", count: 63)
    #expect(canonical(local + "@example.com") == .success(local + "@example.com"))
    #expect(canonical(local + "a@example.com") == .failure(.emailFormat))
    #expect(canonical("u@" + label + ".example") == .success("u@" + label + ".example"))
    #expect(canonical("u@" + label + "b.example") == .failure(.emailFormat))
    let longest = local + "@" + [label, label, String(repeating: "c", count: 61)].joined(separator: ".")
    #expect(longest.utf8.count == 254)
    #expect(canonical(longest) == .success(longest))
    #expect(canonical(longest + "c") == .failure(.emailFormat))
    #expect(canonical("u@" + String(repeating: "b.", count: 5_000) + "example") == .failure(.emailFormat))
    #expect(canonical("") == .failure(.valueEmpty))
  }
}
