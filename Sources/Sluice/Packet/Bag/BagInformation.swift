import SluiceCrypto

/// bag-info.txt as Sluice writes it: these labels, in this order.
struct BagInformation {
  let packetName: String
  let day: String
  let agent: String
  let hasUnreadable: Bool
  let clockIsGiven: Bool
  let checkpointDigest: [UInt8]?

  init(_ bytes: [UInt8]) throws(SluiceError) {
    // Sluice writes ASCII that can be printed, and so each byte is a character.
    let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
    let isPlain = bytes.allSatisfy { 0x20...0x7E ~= $0 || $0 == 0x0A }
    func value(_ index: Int, _ label: String) throws(SluiceError) -> String {
      guard isPlain, lines.indices.contains(index), lines[index].starts(with: "\(label): ".utf8) else {
        throw BagReader.wrong("packet-information", "bag-info.txt is not written as Sluice writes it.")
      }
      return String(decoding: lines[index].dropFirst(label.utf8.count + 2), as: UTF8.self)
    }
    packetName = try value(0, "External-Identifier")
    day = try value(1, "Bagging-Date")
    _ = try value(2, "Payload-Oxum")
    agent = try value(3, "Bag-Software-Agent")
    let unreadable = try value(4, "Sluice-Unreadable")
    var rest = lines.dropFirst(5).map { String(decoding: $0, as: UTF8.self) }
    clockIsGiven = rest.first == "Sluice-Clock: given"
    if clockIsGiven { rest.removeFirst() }
    let register = "Sluice-Register: "
    checkpointDigest = rest.first.flatMap { line in
      line.hasPrefix(register) ? Base16.decode(line.dropFirst(register.count), count: SHA256.byteCount) : nil
    }
    if checkpointDigest != nil { rest.removeFirst() }
    guard rest == [""], ["none", "some"].contains(unreadable) else {
      throw BagReader.wrong("packet-information", "bag-info.txt is not written as Sluice writes it.")
    }
    hasUnreadable = unreadable == "some"
    do { try PacketFolder.checkName(packetName) } catch {
      throw BagReader.wrong("packet-information", "bag-info.txt does not name a packet.")
    }
  }
}
