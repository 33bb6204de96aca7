/// The tar that an envelope holds: made by the system's `tar`, the same bytes for the same packet wherever and whenever
/// it lies.
///
/// Names are sorted, times are 0, owner and group are 0 without a name, modes are 0600 and 0700.
package enum PacketArchive {
  private static let options = [
    "--create", "--file=-", "--format=posix", "--sort=name", "--mtime=@0", "--owner=0", "--group=0",
    "--numeric-owner", "--mode=u=rwX,go=", "--no-acls", "--no-selinux", "--no-xattrs",
    "--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime",
  ]

  /// Starts to write the archive of a packet in an open folder.
  package static func start(_ packetName: String, in folder: Int32, output: Int32) throws(SluiceError)
    -> SystemTool
  {
    let nothing = try SystemTool.nothing()
    // The folder by its descriptor: no path that someone could exchange on the way.
    return try SystemTool(
      "tar", package: "tar", options + ["--directory=/dev/fd/3", "--", packetName], input: nothing.number,
      output: output, aside: folder)
  }
}
