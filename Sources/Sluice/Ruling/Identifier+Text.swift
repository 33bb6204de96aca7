extension Identifier {
  /// An identifier as a demand or a list of subjects writes it, or nil where the text is none of its class.
  ///
  /// A phone is E.164 with `+` and nothing else, whatever region a schema declares for its records. The opaque
  /// classes take 1 to 256 printable ASCII characters without blanks: which of them a provider's records use is
  /// the schema's to say, and a value outside its alphabet is in no record. `id` cannot be named.
  public init?(_ identifierClass: IdentifierClass, reading text: String) {
    let written = Array(text.utf8)
    guard (1...256).contains(written.count) else { return nil }
    switch identifierClass {
    case .phone:
      let canonical = Self.canonical(written) { (bytes, target) throws(FaultCode) in
        try PhoneNumber.canonical(bytes, region: nil, to: target)
      }
      guard let canonical else { return nil }
      self.init(.phone, canonical: canonical, text: String(decoding: canonical, as: UTF8.self))
    case .email:
      let canonical = Self.canonical(written) { (bytes, target) throws(FaultCode) in
        try EmailAddress.canonical(bytes, to: target)
      }
      guard let canonical else { return nil }
      self.init(.email, canonical: canonical, text: String(decoding: canonical, as: UTF8.self))
    case .ip:
      guard let address = written.withUnsafeBufferPointer({ try? IPAddress($0) }) else { return nil }
      let canonical = Self.canonical(written) { (_, target) throws(FaultCode) in
        address.writeCanonical(to: target)
      }
      guard let canonical else { return nil }
      var output = OutputBuffer(capacity: 64)
      address.write(to: &output)
      self.init(.ip, canonical: canonical, text: output.text)
    case .account, .device, .cell:
      guard written.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
      self.init(identifierClass, canonical: written, text: text)
    case .id: return nil
    }
  }

  /// The canonical bytes that `write` leaves at its target, or nil where it throws. No class's canonical form is
  /// longer than what was written but for an IPv6 address, which is 16 bytes.
  private static func canonical(
    _ written: [UInt8], _ write: (Bytes, UnsafeMutablePointer<UInt8>) throws(FaultCode) -> Int
  ) -> [UInt8]? {
    let target = UnsafeMutablePointer<UInt8>.allocate(capacity: max(written.count, 16))
    defer { target.deallocate() }
    return written.withUnsafeBufferPointer { bytes in
      guard let count = try? write(bytes, target) else { return nil }
      return Array(UnsafeBufferPointer(start: target, count: count))
    }
  }
}
