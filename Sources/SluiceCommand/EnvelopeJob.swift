import Sluice

/// The sealing of a batch's packets to their one recipient, after they are published.
struct EnvelopeJob {
  let recipient: PacketRecipient

  /// Loads the recipient, who must be fit at the run's instant, and makes sure that all demands come from one authority:
  /// nothing may be sealed to another's. Nil where packets are sealed to nobody.
  init?(_ options: SealingOptions?, _ rulings: [GrantedRuling], at now: Instant) throws {
    guard let file = options?.to else { return nil }
    recipient = try PacketRecipient(contentsOfFile: file, at: now)
    let authorities = Set(rulings.map(\.demand.authority.name))
    guard authorities.count <= 1 else {
      throw SluiceError(
        .usage, "recipient-authorities",
        "--to names one recipient, and the granted demands come from \(authorities.count) authorities; run once for each"
      )
    }
    Terminal.note("packets are sealed to \(recipient.description)")
  }

  /// Throws where something lies in the place of an envelope; called before any source is opened.
  func check(_ rulings: [GrantedRuling], _ answers: [String: OperatorReport.Answer], _ folder: PacketFolder)
    throws
  {
    for ruling in rulings {
      let name = ruling.demand.packetName
      _ = try folder.hasEnvelope(name, to: recipient, isPacketThere: answers[name] != nil)
    }
  }

  /// Seals every packet that is published and has no envelope yet, those of earlier runs too.
  func seal(
    _ rulings: [GrantedRuling], _ answers: [String: OperatorReport.Answer], _ folder: PacketFolder
  ) -> [OperatorReport.Envelope] {
    rulings.compactMap { ruling in
      let name = ruling.demand.packetName
      switch answers[name]?.outcome {
      case .sealed, .sealedBefore: return envelope(name, folder)
      case .refused, .failed, nil: return nil
      }
    }
  }

  private func envelope(_ packetName: String, _ folder: PacketFolder) -> OperatorReport.Envelope {
    let name = PacketFolder.envelopeName(packetName, to: recipient)
    do throws(SluiceError) {
      guard try !folder.hasEnvelope(packetName, to: recipient, isPacketThere: true) else {
        return OperatorReport.Envelope(name: name, outcome: .sealedBefore)
      }
      let byteCount = try folder.seal(packetName, to: recipient).byteCount
      return OperatorReport.Envelope(name: name, outcome: .sealed(byteCount: byteCount))
    } catch {
      return OperatorReport.Envelope(name: name, outcome: .failed(error))
    }
  }
}

extension OperatorReport.Envelope {
  /// The line of a result for a person.
  var line: String {
    switch outcome {
    case .sealed(let byteCount): "\(name): sealed to the recipient, \(byteCount) bytes"
    case .sealedBefore: "\(name): was there before and is left as it is"
    case .failed(let error): "\(name): failed, \(error.code)"
    }
  }
}
