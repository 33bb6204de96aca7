import Synchronization

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
/// percent- and backslash-escapes hold. A line that many packets have is taken apart once (`LeakLineMemo`). What has the
/// form of a pseudonym, an instant, a network or a fraction is compared with those identifiers alone that begin so
/// themselves: the digits of `203.0.113.0` or of `8.5417021` and an account's are the same by chance before long.
/// demand.json tells what the demand names: that is no leak, and neither is what the packet would hold had it reached no
/// record (`PacketWriter.textsWithoutRecords`).
///
/// **Bounds.** Values are not kept, their hashes are, under a random key, so that nobody can aim at them: in a Bloom filter
/// of `Limits.leakGateByteCount` bytes, one for all packets, and whole in memory and, once they are many, in a file
/// (`LeakSpool`), each with whether the packet releases the value in clear. No byte that is released depends on them.
///
/// **A hit** of the filter is kept with its bytes (`LeakSuspects`). Some at a time are looked up in the spool: one that the
/// packet withholds somewhere and releases nowhere is a leak, the others were chance or are meant to be there. (Two values
/// share a hash of 63 bits once in 10^7 runs of a million values and a million words; such a run is refused.) At a leak the
/// sources are read again where they can be, to say where it comes from; the run ends with status 1 and nothing further is
/// sealed.
///
/// A worker remembers what it noted of late, so a value that comes again costs a hash and a look.
package final class LeakGate: @unchecked Sendable {
  // Unchecked: the filter is filled by atomic steps, `spool` and `suspects` have locks, `trace` changes between
  // passes.

  /// What a value is compared as.
  package enum Form: UInt64, Sendable, BitwiseCopyable {
    /// Letters and digits.
    case text = 0
    /// 4 or 16 bytes of an IP address.
    case address = 1
    /// Letters and digits of what begins with, or is, a pseudonym, an instant, a network or a fraction by its form.
    case formed = 2
  }

  /// Values of fewer characters are not looked for, addresses apart.
  package static let characterCountMin = 8

  let hash = LeakHash()
  private let filter: LeakFilter
  private let formed = LeakFilter(byteCount: 1 << 15)
  let spool: LeakSpool
  let suspects: LeakSuspects
  /// Those that no search has at the moment: a search at a time has one to itself.
  let lineMemos = Guarded<[LeakLineMemo.Place]>([])
  /// In the second reading: what values are compared with instead of being noted.
  var trace: LeakTrace?
  /// What the identifiers that were noted as `formed` look like; with nothing else is anything compared that looks so.
  private let likenesses = Atomic<UInt8>(0)

  /// `folder`: the run's partial folder, open, for what does not fit in memory.
  package init(_ limits: Limits = Limits(), layer: FileLayer = FileLayer(), folder: Int32) {
    filter = LeakFilter(byteCount: limits.leakGateByteCount)
    spool = LeakSpool(layer: layer, folder: folder)
    suspects = LeakSuspects(spool)
  }

  /// The leaks in what was searched so far, for tests: their letters and digits, or the bytes of an address. Throws status
  /// 6 where the spool could not be written, or does not read back.
  package func leaks() throws(SluiceError) -> [[UInt8]] { try suspects.leaks().map(\.bytes) }

  var likeness: LeakText.Likeness { LeakText.Likeness(rawValue: likenesses.load(ordering: .relaxed)) }

  /// Notes that an identifier is among the `formed` ones, and what it looks like.
  func note(_ hash: UInt64, _ likeness: LeakText.Likeness) {
    likenesses.bitwiseOr(likeness.rawValue, ordering: .relaxed)
    formed.insert(hash)
  }

  /// Whether a value may have been noted. Pseudonyms are compared with what is `formed` by the million, and that is mostly
  /// little, so it is looked up in the caches first.
  @inline(__always) func mayHold(_ hash: UInt64, _ form: Form) -> Bool {
    (form != .formed || formed.contains(hash)) && filter.contains(hash)
  }

  @inline(__always) func hash(_ bytes: Bytes, _ form: Form, packet: Int) -> UInt64 {
    Self.hash(hash.head(of: bytes), form, packet: packet, by: hash)
  }

  /// The hash of a value whose bytes have this head.
  @inline(__always) static func hash(_ head: UInt64, _ form: Form, packet: Int, by hash: LeakHash) -> UInt64 {
    LeakMark.hash(hash.of(head, label: UInt64(truncatingIfNeeded: packet) &<< 2 | form.rawValue))
  }

  /// Takes what a worker noted.
  func take(_ marks: UnsafeBufferPointer<LeakMark>) {
    filter.insert(marks)
    spool.append(marks)
  }
}
