import Sluice
import Testing

private func read(_ text: String) -> Result<IPAddress, FaultCode> {
  CanonicalSupport.outcome(text) { bytes throws(FaultCode) in try IPAddress(bytes) }
}

private func text(_ address: IPAddress) -> String? {
  try? CanonicalSupport.written(reserve: IPAddress.textByteCountMax) { output throws(FaultCode) in
    address.write(to: &output)
  }.get()
}

private func network(_ address: IPAddress, _ v4: Int, _ v6: Int) -> String? {
  try? CanonicalSupport.written(reserve: IPAddress.textByteCountMax) { output throws(FaultCode) in
    address.writePrefix(v4: v4, v6: v6, to: &output)
  }.get()
}

@Suite("IP addresses") struct IPAddressTests {
  // B71: one address, one text and one set of bytes, however it is spelled.
  @Test(
    "every spelling has the one form of RFC 5952",
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
      ("::1", "::1"),
      ("::", "::"), ("0:0:0:0:0:0:0:0", "::"), ("1::", "1::"), ("2001:DB8::A", "2001:db8::a"),
      ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
      ("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
      ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),
      ("2001:0:0:1:0:0:0:1", "2001:0:0:1::1"), ("2001:db8::0:1", "2001:db8::1"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),
      ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("::ffff:192.0.2.1", "192.0.2.1"),
      ("::FFFF:c000:201", "192.0.2.1"),
      ("0:0:0:0:0:ffff:192.0.2.1", "192.0.2.1"), ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
      ("::192.0.2.1", "::c000:201"), ("1:2:3:4:5:6:192.0.2.1", "1:2:3:4:5:6:c000:201"),
      ("::1:0:0", "::1:0:0"),
      ("1:0:0:2::", "1:0:0:2::"), ("fe80::", "fe80::"), ("::ffff:0:0", "0.0.0.0"),
      ("::fffe:1.2.3.4", "::fffe:102:304"),
      ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"), ("a:b:c:d:e:f:0:0", "a:b:c:d:e:f::"),
    ])
  func accepted(spelling: String, expected: String) throws {
    let address = try read(spelling).get()
    #expect(text(address) == expected)
    #expect(read(expected) == .success(address))
  }

  // B65, B70 and B72
  @Test(
    "refused",
    arguments: [
      "010.0.0.1", "0x7f.1", "127.1", "2130706433", "256.1.1.1", "1.2.3.4.", " 1.2.3.4", "1.2.3.4 ", "1.2.3",
      "1..2.3",
      ".1.2.3.4", "1.2.3.4.5", "00.0.0.0", "1.2.3.00", "1.2.3.-4", "1.2.3.4:80", "1.2.3.4/24", "٣.0.0.1",
      "１.2.3.4",
      "1.2.3.1000", "1.2.3.4\0", "a.b.c.d",
      "fe80::1%eth0", "[::1]", "[::1]:80", ":::", "::1::", "1::2::3", "12345::", "1:2:3:4:5:6:7:8:9",
      "1:2:3:4:5:6:7",
      "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2:3:4:5:6:7:8", ":", "1:", ":1", "1:2:3:4:5:6:7:",
      ":1:2:3:4:5:6:7",
      "g::", "::g", "::1 ", " ::1", "::1/64", "::ffff:1.2.3", "::ffff:1.2.3.256", "::ffff:01.2.3.4",
      "::1.2.3.4:5",
      "1.2.3.4::", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:1.2.3.4.", "::00001", "::-1", "::１", "1:2", "::1\0",
      "1.2:3::",
      "2001:db8::1:", "::1.2.3.4.5", "0000:0000:0000:0000:0000:0000:0000:0000:0", "::ffff:1.2.3.4%1",
      "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa",
    ])
  func refused(spelling: String) {
    #expect(read(spelling) == .failure(.ipFormat))
  }

  @Test("an empty value") func empty() { #expect(read("") == .failure(.valueEmpty)) }

  @Test(
    "networks have no host bits",
    arguments: [
      ("203.0.113.77", 24, 48, "203.0.113.0/24"), ("203.0.113.77", 32, 48, "203.0.113.77/32"),
      ("203.0.113.77", 0, 48, "0.0.0.0/0"), ("203.0.113.255", 31, 48, "203.0.113.254/31"),
      ("255.255.255.255", 1, 48, "128.0.0.0/1"), ("203.0.113.77", 20, 48, "203.0.112.0/20"),
      ("2001:db8:1:2:3:4:5:6", 24, 48, "2001:db8:1::/48"),
      ("2001:db8:1:2:3:4:5:6", 24, 64, "2001:db8:1:2::/64"),
      ("2001:db8:1:2:ffff:4:5:6", 24, 65, "2001:db8:1:2:8000::/65"), ("2001:db8::1", 24, 0, "::/0"),
      ("2001:db8:1:2:3:4:5:6", 24, 128, "2001:db8:1:2:3:4:5:6/128"),
      ("2001:db8:1:2:3:4:5:6", 24, 63, "2001:db8:1:2::/63"),
      ("2001:dbf::1", 24, 29, "2001:db8::/29"),
      // A mapped address has the length of the family it belongs to.
      ("::ffff:203.0.113.77", 24, 48, "203.0.113.0/24"),
    ])
  func networks(spelling: String, v4: Int, v6: Int, expected: String) throws {
    #expect(network(try read(spelling).get(), v4, v6) == expected)
  }

  @Test("canonical bytes: 4 or 16, in network order")
  func canonicalBytes() throws {
    var bytes = [UInt8](repeating: 0xEE, count: 17)
    let v4 = try read("::ffff:203.0.113.7").get()
    #expect(bytes.withUnsafeMutableBufferPointer { v4.writeCanonical(to: $0.baseAddress!) } == 4)
    #expect(bytes[..<5] == [203, 0, 113, 7, 0xEE])
    let v6 = try read("2001:db8::102:304").get()
    #expect(bytes.withUnsafeMutableBufferPointer { v6.writeCanonical(to: $0.baseAddress!) } == 16)
    #expect(bytes == [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0xEE])
  }

  @Test("what is written is read back", arguments: [0x5EED_0005] as [UInt64])
  func roundTrip(seed: UInt64) throws {
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<20_000 {
      let v4 = IPAddress(v4: UInt32.random(in: 0...UInt32.max, using: &numbers))
      // Groups that are zero half of the time, so that runs of every length come up.
      var groups: (UInt64, UInt64) = (0, 0)
      for _ in 0..<4 {
        groups.0 =
          groups.0 << 16 | (Bool.random(using: &numbers) ? 0 : UInt64.random(in: 0...0xFFFF, using: &numbers))
        groups.1 =
          groups.1 << 16 | (Bool.random(using: &numbers) ? 0 : UInt64.random(in: 0...0xFFFF, using: &numbers))
      }
      for address in [v4, IPAddress(high: groups.0, low: groups.1)] {
        #expect(read(try #require(text(address))) == .success(address), "seed: \(seed)")
        let long = network(address, 32, 128)?.split(separator: "/").first.map(String.init)
        #expect(long == text(address), "seed: \(seed)")
      }
    }
  }
}
