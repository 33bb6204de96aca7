/// Is told of a run's packets on their way to their place, so that there is a record of each whatever happens to the run.
public protocol DisclosureWitness: AnyObject, Sendable {
  /// Takes note of packets that are written, verified and about to be published at a place. Returns why some of them must
  /// not be, by their names. Where it throws, none of them is.
  func sealing(_ packets: [SealedPacket], in place: SealingPlace) throws(SluiceError) -> [String: SluiceError]

  /// Is told which packets lie at their place, before it is certain that they are brought to the disk. Nothing that fails
  /// from here on takes them away.
  func published(_ packets: [SealedPacket])

  /// Takes note of packets that lie at their place, brought to the disk. Where it throws, the run ends there; the
  /// packets stay, and are settled by the next run.
  func produced(_ packets: [SealedPacket]) throws(SluiceError)
}
