import Sluice
import Testing

/// Identifiers as demands and lists of subjects write them.
struct IdentifierTextTests {
  @Test(arguments: [IdentifierClass.account, .device, .cell])
  func takesOpaqueTextUpToItsLimit(_ identifierClass: IdentifierClass) {
    let longest = String(repeating: "a", count: 256)
    #expect(Identifier(identifierClass, reading: longest)?.canonical.count == 256)
    #expect(Identifier(identifierClass, reading: longest + "a") == nil)
    #expect(Identifier(identifierClass, reading: "") == nil)
    #expect(Identifier(identifierClass, reading: "!~")?.text == "!~")
    for text in [" a", "a ", "a\tb", "a\u{7F}", "a\u{0}", "é"] {
      #expect(Identifier(identifierClass, reading: text) == nil)
    }
  }

  @Test func takesPhonesOfOneForm() {
    let phone = Identifier(.phone, reading: "+447700900123")
    #expect(phone?.canonical == Array("+447700900123".utf8))
    #expect(phone?.identifierClass == .phone)
    for text in ["447700900123", "+44 7700 900123", "tel:+447700900123", "+44", "+", "+4477009001234567"] {
      #expect(Identifier(.phone, reading: text) == nil)
    }
  }

  @Test func writesAddressesInTheirCanonicalForm() {
    #expect(Identifier(.ip, reading: "192.0.2.1")?.canonical == [192, 0, 2, 1])
    let six = Identifier(.ip, reading: "2001:DB8::0001")
    #expect(six?.canonical == [0x20, 0x01, 0x0D, 0xB8] + [UInt8](repeating: 0, count: 11) + [1])
    #expect(six?.text == "2001:db8::1")
    #expect(Identifier(.ip, reading: "::ffff:192.0.2.1") == Identifier(.ip, reading: "192.0.2.1"))
    for text in ["192.0.2", "192.0.2.1/24", "192.0.2.256", "2001:db8::g", "fe80::1%eth0"] {
      #expect(Identifier(.ip, reading: text) == nil)
    }
  }

  @Test func lowersTheDomainOfAnAddressAlone() {
    #expect(Identifier(.email, reading: "Ann.B@EXAMPLE.org")?.text == "Ann.B@example.org")
    #expect(Identifier(.email, reading: "nobody") == nil)
  }

  /// An id says nothing of a person, so no demand can name one.
  @Test func takesNoId() {
    #expect(Identifier(.id, reading: "0f3a") == nil)
  }
}
