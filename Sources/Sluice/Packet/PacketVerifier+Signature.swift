import SluiceCrypto

extension PacketVerifier {
  /// Checks the signature that lies beside the tag manifest; nil where there is none and none is required.
  func signature(in tagFiles: [String: [UInt8]]) throws(SluiceError) -> PacketSignature? {
    guard let bytes = tagFiles[Bag.signatureName] else {
      guard !requiresSignature else { throw BagReader.wrong("signature-missing", "it is not signed.") }
      return nil
    }
    guard bytes.count <= SignatureCheck.byteCountMax else {
      throw BagReader.wrong("signature-format", "its signature is longer than any.")
    }
    do {
      return try SignatureCheck.check(bytes, of: tagFiles[Bag.tagManifestName] ?? [], trust: trust)
    } catch {
      // Everything else is a fault of libcrypto, not of the packet.
      throw error.code.hasPrefix("signature-")
        ? BagReader.wrong(error.code, error.message) : SluiceError(error)
    }
  }
}
