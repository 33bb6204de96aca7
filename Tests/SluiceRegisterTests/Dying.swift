import Sluice
import SluiceRegister

/// A witness that dies where it is told to.
final class Dying: DisclosureWitness {
  enum Place { case beforeSealing, afterSealing, beforeProduced }
  private let run: RegisterRun
  private let place: Place
  private let failure = SluiceError(.output, "died", "the test's own death")

  init(_ run: RegisterRun, at place: Place) { (self.run, self.place) = (run, place) }

  func sealing(
    _ packets: [SealedPacket], in folder: SealingPlace
  ) throws(SluiceError) -> [String: SluiceError] {
    if place == .beforeSealing { throw failure }
    let refusals = try run.sealing(packets, in: folder)
    if place == .afterSealing { throw failure }
    return refusals
  }

  func published(_ packets: [SealedPacket]) { run.published(packets) }

  func produced(_ packets: [SealedPacket]) throws(SluiceError) { throw failure }
}
