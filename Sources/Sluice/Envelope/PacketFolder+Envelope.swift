import Glibc
import SluiceCrypto

extension PacketFolder {
  /// The name of what is published beside a packet.
  public static func envelopeName(_ packetName: String, to recipient: PacketRecipient) -> String {
    packetName + recipient.suffix
  }

  /// Whether a packet's envelope is at its place already; it is never overwritten.
  ///
  /// Throws status 6 where something that is no file is in its place, an envelope is there whose packet is not, or it is
  /// to another certificate. To whom a file of age is, nobody but its recipient can tell.
  public func hasEnvelope(
    _ packetName: String, to recipient: PacketRecipient, isPacketThere: Bool
  ) throws(SluiceError) -> Bool {
    try Self.checkName(packetName)
    let name = Self.envelopeName(packetName, to: recipient)
    guard let status = try layer.status(of: name, at: folder.number) else { return false }
    guard status.sort == .file, isPacketThere else {
      throw SluiceError(
        .output, "envelope-unusable",
        "\(name) is there already, and \(isPacketThere ? "is no file" : "its packet is not"). It is never overwritten: "
          + "move it away, or choose another output folder.")
    }
    if case .certificate(let certificate) = recipient, !certificate.isNamed(in: try head(of: name)) {
      throw SluiceError(
        .output, "envelope-other",
        "\(name) is there already, and is to another recipient. Move it away, or choose another output folder."
      )
    }
    return true
  }

  private func head(of name: String) throws(SluiceError) -> [UInt8] {
    let file = try layer.openToRead(name, at: folder.number)
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: EnvelopeRecipient.headByteCount, alignment: 16)
    defer { buffer.deallocate() }
    return Array(buffer[..<(try layer.read(into: buffer, from: file, at: 0, name))])
  }

  /// Seals a published packet to its recipient: what is published beside it is whole or not at all, and for its owner
  /// alone.
  ///
  /// Returns its name and length. Throws status 6 where it cannot be made, status 9 where the packet is longer than one
  /// envelope can hold, status 7 where libcrypto fails; nothing of it is left then.
  public func seal(
    _ packetName: String, to recipient: PacketRecipient
  ) throws(SluiceError) -> (name: String, byteCount: Int) {
    try Self.checkName(packetName)
    let name = Self.envelopeName(packetName, to: recipient)
    do throws(SluiceError) {
      let file = try layer.create(name, at: partial)
      switch recipient {
      case .certificate(let certificate): try write(packetName, to: certificate, file, name)
      case .age(let recipient): try write(packetName, to: recipient, file)
      }
      try layer.sync(file, name)
      try layer.close(file, name)
      let byteCount = try layer.status(of: name, at: partial)?.byteCount ?? 0
      try layer.publishFile(name, at: partial, as: name, in: folder.number)
      try sync()
      return (name, byteCount)
    } catch {
      try? layer.removeTree(name, at: partial)
      throw error
    }
  }

  /// `tar` hands its bytes to `age`, which writes the file; none passes through here.
  private func write(
    _ packetName: String, to recipient: String, _ file: borrowing Descriptor
  ) throws(SluiceError) {
    let tools = try startTools(packetName, recipient, file)
    try tools.tar.finish()
    try tools.age.finish()
  }

  /// Both ends of the channel are let go of here, so that `age` sees the end of it when `tar` is done.
  private func startTools(
    _ packetName: String, _ recipient: String, _ file: borrowing Descriptor
  ) throws(SluiceError) -> (tar: SystemTool, age: SystemTool) {
    let channel = try SystemTool.channel()
    let age = try PacketRecipient.age(to: recipient, input: channel.ours.number, output: file.number)
    let tar = try PacketArchive.start(packetName, in: folder.number, output: channel.theirs.number)
    return (tar, age)
  }

  private func write(
    _ packetName: String, to recipient: EnvelopeRecipient, _ file: borrowing Descriptor, _ name: String
  ) throws(SluiceError) {
    let channel = try SystemTool.channel()
    let tar = try PacketArchive.start(packetName, in: folder.number, output: channel.theirs.number)
    let output = channel.takeOurs()
    let (source, target, layer) = (output.number, file.number, layer)
    // libcrypto's calls carry no error of ours through, so the first is kept here.
    let failure = FirstFailure()
    do throws(CryptoError) {
      _ = try EnvelopeWriter.seal(
        to: recipient,
        read: { buffer in
          failure.keep { () throws(SluiceError) in try layer.read(into: buffer, from: source, name) } ?? -1
        },
        write: { bytes in
          failure.keep { () throws(SluiceError) in try layer.write(bytes, to: target, name) } != nil
        })
    } catch {
      if let first = failure.error { throw first }
      throw error.code == "envelope-long"
        ? SluiceError(.limit, error.code, error.message) : SluiceError(error)
    }
    try tar.finish()
  }
}

/// Keeps the first error of calls that come back through C.
final class FirstFailure {
  private(set) var error: SluiceError?

  /// What the call gives; nil where it or an earlier one has failed.
  func keep<Value>(_ body: () throws(SluiceError) -> Value) -> Value? {
    guard error == nil else { return nil }
    do { return try body() } catch {
      self.error = error
      return nil
    }
  }
}
