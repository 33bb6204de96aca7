import SluiceCrypto

extension BagReader {
  /// The files that one manifest lists, each with its digest.
  package struct Manifest {
    package enum Algorithm: String, CaseIterable {
      case sha256, sha512

      var byteCount: Int { self == .sha256 ? SHA256.byteCount : SHA512.byteCount }
    }

    package let algorithm: Algorithm
    package var digests: [String: [UInt8]] = [:]
  }

  /// Reads every manifest whose name begins so: `manifest-` for the payload, `tagmanifest-` for tag files.
  package func manifests(
    _ prefix: String, _ tagFiles: [String: [UInt8]], _ isVersion1: Bool
  ) throws(SluiceError) -> [String: Manifest] {
    var manifests: [String: Manifest] = [:]
    for (name, bytes) in tagFiles where name.hasPrefix(prefix) && name.hasSuffix(".txt") {
      guard let algorithm = Manifest.Algorithm(rawValue: String(name.dropFirst(prefix.count).dropLast(4)))
      else {
        throw Self.wrong(
          "bag-algorithm", "a manifest is not of SHA-256 or SHA-512 digests; others are not relied on.")
      }
      manifests[name] = try manifest(name, bytes, algorithm, isVersion1, isPayload: prefix == "manifest-")
    }
    return manifests
  }

  /// Every file of the payload is in every payload manifest, and they list nothing else.
  func checkListing(
    _ payload: [String], _ manifests: [String: Manifest], _ isVersion1: Bool
  ) throws(SluiceError) {
    let present = Set(payload)
    // Version 0.97 lets each manifest list a part, as long as every file is in one of them.
    if !isVersion1, !present.isSubset(of: manifests.values.flatMap(\.digests.keys)) {
      throw Self.wrong("bag-file-added", "a file in data is in no manifest: it was added.")
    }
    for (name, manifest) in manifests {
      guard !isVersion1 || present.isSubset(of: manifest.digests.keys) else {
        throw Self.wrong("bag-file-added", "a file in data is not in \(name): it was added.")
      }
      guard present.isSuperset(of: manifest.digests.keys) else {
        throw Self.wrong("bag-file-missing", "\(name) lists a file that is not there.")
      }
    }
  }

  private func manifest(
    _ name: String, _ bytes: [UInt8], _ algorithm: Manifest.Algorithm, _ isVersion1: Bool, isPayload: Bool
  ) throws(SluiceError) -> Manifest {
    var manifest = Manifest(algorithm: algorithm)
    for line in bytes.split(separator: 0x0A) {
      let line = line.last == 0x0D ? line.dropLast() : line
      guard let (digest, path) = Self.entry(line, algorithm, isVersion1), path.hasPrefix("data/") == isPayload
      else {
        throw Self.wrong("bag-manifest", "\(name) has a line that is not a digest and a path inside the bag.")
      }
      guard manifest.digests.updateValue(digest, forKey: path) == nil else {
        throw Self.wrong("bag-manifest-twice", "\(name) lists a file twice.")
      }
    }
    return manifest
  }

  /// Hexadecimal digits, blanks or tabs, a path.
  private static func entry(
    _ line: ArraySlice<UInt8>, _ algorithm: Manifest.Algorithm, _ isVersion1: Bool
  ) -> (digest: [UInt8], path: String)? {
    let digitCount = 2 * algorithm.byteCount
    guard line.count > digitCount, let digest = digest(line.prefix(digitCount)) else { return nil }
    let rest = line.dropFirst(digitCount)
    let name = rest.drop { $0 == 0x20 || $0 == 0x09 }
    guard name.count < rest.count, let decoded = decoded(name, isVersion1), isInside(decoded),
      let path = String(validating: decoded, as: UTF8.self)
    else { return nil }
    return (digest, path)
  }

  private static func digest(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var digest: [UInt8] = []
    digest.reserveCapacity(text.count / 2)
    var high: UInt8?
    for byte in text {
      guard let value = hexDigitValue(byte) else { return nil }
      if let first = high {
        digest.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    return digest
  }

  /// CR, LF and, from version 1.0 on, `%` are written percent-encoded; no other character is.
  private static func decoded(_ name: ArraySlice<UInt8>, _ isVersion1: Bool) -> [UInt8]? {
    guard name.contains(UInt8(ascii: "%")) else { return Array(name) }
    var decoded: [UInt8] = []
    var rest = name
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      switch String(decoding: rest.prefix(2), as: UTF8.self).lowercased() {
      case "0a": decoded.append(0x0A)
      case "0d": decoded.append(0x0D)
      case "25" where isVersion1: decoded.append(byte)
      default:
        guard !isVersion1 else { return nil }
        decoded.append(byte)
        continue
      }
      rest = rest.dropFirst(2)
    }
    return decoded
  }

  /// Whether a path stays in the bag: no empty, `.` or `..` part, no start at the root or a home folder.
  private static func isInside(_ path: [UInt8]) -> Bool {
    path.first != UInt8(ascii: "~") && !path.contains(0) && !path.contains(UInt8(ascii: "\\"))
      && path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).allSatisfy {
        !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
      }
  }
}
