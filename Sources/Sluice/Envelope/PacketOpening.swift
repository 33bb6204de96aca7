import Glibc
import SluiceCrypto

/// Opens what a packet was sealed in: decrypts, unpacks, verifies, and only then gives the packet its place.
///
/// libcrypto gives plaintext before it knows that the message is whole, so all of it goes into the folder's own partial
/// folder and is removed with it, unless the packet verifies.
public struct PacketOpening {
  /// The longest CMS message that is opened by default, in bytes: libcrypto decodes one whole, and opening it takes three
  /// times its length in memory. Files of age are not bound by it.
  public static let messageByteCountMax = 256 << 20

  private let keyFile: String
  private let certificateFile: String?
  private let trust: SignatureTrust?
  private let requiresSignature: Bool
  private let byteCountMax: Int

  /// `keyFile` is a private key (PEM), or an age identity file for a file of age; `certificateFile` the recipient's
  /// certificate, which a CMS message to several asks for. `byteCountMax` bounds a CMS message.
  public init(
    keyFile: String, certificateFile: String? = nil, trust: SignatureTrust? = nil,
    requiresSignature: Bool = false,
    byteCountMax: Int = PacketOpening.messageByteCountMax
  ) {
    self.keyFile = keyFile
    self.certificateFile = certificateFile
    self.trust = trust
    self.requiresSignature = requiresSignature
    self.byteCountMax = byteCountMax
  }

  /// Opens a file into a folder and returns the packet, which lies there under its name.
  ///
  /// Throws status 5 where the file cannot be read or is no envelope, status 7 where the key is not fit, status 8 where
  /// the key does not open it, it was changed, or the packet in it does not verify, status 9 where it is too long, and
  /// status 6 where the packet cannot be written or something has its name. Nothing of it is left then.
  public func open(_ path: String, into folder: PacketFolder) throws(SluiceError) -> VerifiedPacket {
    let layer = folder.layer
    let file = try Self.openInput(path, layer)
    var status = stat()
    guard fstat(file.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw SluiceError(.input, "not-a-file", "The envelope is not a regular file. Give the path of a file.")
    }
    let byteCount = Int(status.st_size)
    let archive = ArchiveReader(into: folder.partial, layer: layer)
    do throws(SluiceError) {
      if try isAge(file, layer) {
        try openAge(file, archive, layer)
      } else {
        try openMessage(file, byteCount, archive, layer)
      }
      let name = try archive.finish()
      let verifier = PacketVerifier(layer: layer, trust: trust, requiresSignature: requiresSignature)
      let packet: VerifiedPacket
      do throws(SluiceError) {
        packet = try verifier.verify(name, at: folder.partial, named: name)
      } catch {
        throw PacketVerifier.advised(error)
      }
      try folder.publish(name)
      try folder.sync()
      return packet
    } catch {
      if let name = archive.packetName { try? layer.removeTree(name, at: folder.partial) }
      throw error
    }
  }

  private static func openInput(_ path: String, _ layer: FileLayer) throws(SluiceError) -> Descriptor {
    do { return try layer.openToRead(path, at: AT_FDCWD) } catch {
      throw SluiceError(.input, error.code, "The envelope cannot be opened. \(error.message)")
    }
  }

  private static let ageStart = "age-encryption.org/v1\n"

  private func isAge(_ file: borrowing Descriptor, _ layer: FileLayer) throws(SluiceError) -> Bool {
    let start = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.ageStart.utf8.count, alignment: 1)
    defer { start.deallocate() }
    let count = try readInput(start, file, at: 0, layer)
    return start[..<count].elementsEqual(Self.ageStart.utf8)
  }

  private func readInput(
    _ buffer: UnsafeMutableRawBufferPointer, _ file: borrowing Descriptor, at offset: Int, _ layer: FileLayer
  ) throws(SluiceError) -> Int {
    do { return try layer.read(into: buffer, from: file, at: offset, "the envelope") } catch {
      throw SluiceError(.input, error.code, error.message)
    }
  }

  // MARK: - age

  private func openAge(
    _ file: borrowing Descriptor, _ archive: ArchiveReader, _ layer: FileLayer
  ) throws(SluiceError) {
    let identities: AgeIdentityFile
    do { identities = try AgeIdentityFile(path: keyFile) } catch { throw SluiceError(error) }
    let channel = try SystemTool.channel()
    let age = try withExtendedLifetime(identities) { () throws(SluiceError) in
      try SystemTool(
        "age", package: "age", ["--decrypt", "--identity", "/dev/fd/3"], input: file.number,
        output: channel.theirs.number, aside: identities.number)
    }
    let output = channel.takeOurs()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = try layer.read(into: buffer, from: output, "what age gives")
      if count == 0 { break }
      try archive.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
    }
    guard age.isDone() else {
      throw SluiceError(
        .verification, "envelope-wrong",
        "The key does not open it: it is to another recipient, or it was changed on its way. Try your "
          + "other keys, or fetch it again.")
    }
  }

  // MARK: - CMS

  private func openMessage(
    _ file: borrowing Descriptor, _ byteCount: Int, _ archive: ArchiveReader, _ layer: FileLayer
  ) throws(SluiceError) {
    guard byteCount <= byteCountMax else {
      throw SluiceError(
        .limit, "envelope-long",
        "The envelope is longer than \(byteCountMax) bytes, and a CMS message is held in memory while it is opened. "
          + "Allow more (--envelope-bytes), or ask for packets sealed to an age recipient.")
    }
    let message = UnsafeMutableRawBufferPointer.allocate(byteCount: max(byteCount, 1), alignment: 16)
    defer { message.deallocate() }
    var filled = 0
    while filled < byteCount {
      let count = try readInput(
        UnsafeMutableRawBufferPointer(rebasing: message[filled..<byteCount]), file, at: filled, layer)
      guard count > 0 else {
        throw SluiceError(
          .input, "input-changed",
          "The envelope became shorter while it was read. Run again when it lies still.")
      }
      filled += count
    }
    let failure = FirstFailure()
    do {
      try EnvelopeReader.open(
        UnsafeRawBufferPointer(rebasing: message[..<filled]), keyFile: keyFile,
        certificateFile: certificateFile
      ) { bytes in
        failure.keep { () throws(SluiceError) in try archive.append(bytes) } != nil
      }
    } catch {
      throw Self.error(error, failure.error)
    }
  }

  /// What a message that was changed makes of its content comes out before that it was changed.
  private static func error(_ error: CryptoError, _ first: SluiceError?) -> SluiceError {
    if let first { return first }
    switch error.code {
    case "envelope-format": return SluiceError(.input, error.code, error.message)
    case let code where code.hasPrefix("envelope-"): return SluiceError(.verification, code, error.message)
    default: return SluiceError(error)
    }
  }
}
