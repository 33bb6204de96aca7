/// The last look at a packet before it is published: is an identifier that it withholds or pseudonymises in it?
///
/// **What is looked for.** For each packet every value of the types phone, account, email, ip, device, cell and id, array
/// elements one by one, in every record that the packet reached, released or not, that was anything but kept:
/// pseudonymised, withheld by role, rule, bundle or for want of a grant, masked, cut to a prefix. The record path notes
/// it after it has made the row, and finds out by itself whether the value was kept (`RecordPath+Watch`), so that a
/// fault of the row is not repeated here. A value is noted as it stood in the source and in its canonical form, letters
/// and digits alone: the punctuation of a phone number, an account or an e-mail address is no part of what is compared.
/// An IP address is noted and found as the address that it is, however it is spelled. Values of fewer than eight
/// characters are not looked for, addresses apart.
///
/// **What is searched.** Every file of the packet, as it is read back from the disk, once the pass is over and every
/// value is known (`LeakSearch`): letters and digits between boundaries, and what hexadecimal, base64 (both alphabets),
/// percent- and backslash-escapes hold. A pseudonym or an instant is passed over by its form, unless an identifier of
/// this run has such a form itself. demand.json tells what the demand names: that is no leak.
///
/// **Bounds.** Values are not kept: a Bloom filter of `Limits.leakGateByteCount` bytes, one for all packets, holds their
/// keyed hashes. The key is random, so nobody can aim at it; no byte that is released depends on it. What a packet
/// releases in clear has its place in the same filter under other hashes, twice as long. That is trusted only while
/// the filter is sparse: a false answer there would hide a leak, one in 10^10, where a false alarm costs time alone.
///
/// **A hit** is kept with its bytes (`LeakSuspects`, bounded), and the sources are read again: for these few the exact
/// values are compared. One that the packet withholds somewhere and releases nowhere is a leak: the run ends with
/// status 1 and nothing further is sealed. Sources that cannot be read twice (standard input, a pipe) end it with 5
/// where there is a hit, and changed sources too; more hits than the bound end it with 9. Nothing leaves undecided.
///
/// The record path fills it from every worker without a lock; a worker remembers what it noted of late, so a value that
/// comes again costs a hash and a look.
package final class LeakGate: @unchecked Sendable {
  // Unchecked: the filter is filled by atomic steps, `suspects` has a lock, `isConfirming` changes between passes.

  /// What a value is compared as.
  package enum Form: UInt64, Sendable {
    /// Letters and digits.
    case text = 0
    /// 4 or 16 bytes of an IP address.
    case address = 1
  }

  /// Values of fewer characters are not looked for, addresses apart.
  package static let characterCountMin = 8

  let hash = LeakHash()
  let filter: LeakFilter
  let suspects: LeakSuspects
  /// The second reading: values are compared with the suspects and not noted.
  var isConfirming = false
  /// Whether an opaque identifier of this run looks like a pseudonym or an instant: then no form is passed over.
  private let hasForm: UnsafeMutablePointer<UInt64>

  package init(_ limits: Limits = Limits()) {
    filter = LeakFilter(byteCount: limits.leakGateByteCount)
    suspects = LeakSuspects(countMax: limits.leakGateHitCountMax)
    hasForm = .allocate(capacity: 1)
    hasForm.initialize(to: 0)
  }

  deinit { hasForm.deallocate() }

  /// What was hit and is not decided yet.
  package var hits: [[UInt8]] { suspects.bytes }

  var passesForms: Bool { hasForm.pointee == 0 }

  func noteForm() { LeakFilter.set(hasForm, 1) }

  @inline(__always) func hash(_ bytes: Bytes, _ form: Form, packet: Int) -> UInt64 {
    hash.of(bytes, label: UInt64(truncatingIfNeeded: packet) &<< 1 | form.rawValue, isText: form == .text)
  }

  func mayBeWithheld(_ hash: UInt64) -> Bool { filter.contains(hash) }

  /// Whether the packet releases the value in clear, for certain; false where only a second reading can tell.
  func isReleased(_ hash: UInt64) -> Bool {
    filter.isSparse && filter.contains(LeakHash.released(hash, 1))
      && filter.contains(LeakHash.released(hash, 2))
  }
}
