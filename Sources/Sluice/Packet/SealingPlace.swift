import Glibc

/// Where a run is about to publish its packets, as a register notes it: enough to know folder and run again, and no path.
public struct SealingPlace: Hashable, Sendable {
  /// The folder, by what it keeps when it is renamed and what no other folder has but a copy of its whole file
  /// system.
  public let folder: String
  /// The name of the run's own folder in it, which is locked for as long as the run lives.
  public let run: String
}

extension FileLayer {
  /// `statx` as the C library offers it, nil where it does not; Swift's Glibc module leaves it out.
  private typealias StatusCall =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UInt32, UnsafeMutableRawPointer) -> Int32
  private static let statusCall: StatusCall? = dlsym(nil, "statx").map {
    unsafeBitCast($0, to: StatusCall.self)
  }

  /// What tells a folder from every other one, also from one that is made in its place.
  ///
  /// That is its inode with the instant of its making: the number alone is given to a new folder once the old one is
  /// gone. Where the file system does not tell the instant, it is the inode with the device, which may be another one
  /// after the system was started anew.
  func identity(of folder: borrowing Descriptor, _ name: String) throws(SluiceError) -> String {
    guard let status = try status(of: ".", at: folder.number) else { throw Self.error("look at", name) }
    let birth = withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { buffer -> String? in
      // STATX_BTIME, and the places of stx_mask and stx_btime, of linux/stat.h.
      let birthTime: UInt32 = 0x800
      guard let address = buffer.baseAddress, let call = Self.statusCall,
        call(folder.number, ".", 0, birthTime, address) == 0,
        buffer.load(as: UInt32.self) & birthTime != 0
      else { return nil }
      let seconds = buffer.load(fromByteOffset: 80, as: Int64.self)
      return "\(seconds).\(buffer.load(fromByteOffset: 88, as: UInt32.self))"
    }
    return birth.map { "\(status.inode)@\($0)" } ?? "\(status.inode)/\(status.device)"
  }
}
