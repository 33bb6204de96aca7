import Glibc

extension FileLayer {
  /// `renameat2` as the C library offers it, nil where it does not; Swift's Glibc module leaves it out.
  private typealias RenameCall =
    @convention(c) (Int32, UnsafePointer<CChar>, Int32, UnsafePointer<CChar>, UInt32) -> Int32
  private static let renameCall: RenameCall? = dlsym(nil, "renameat2").map {
    unsafeBitCast($0, to: RenameCall.self)
  }
  /// From linux/fs.h: fail with EEXIST instead of replacing the target.
  private static let noReplace: UInt32 = 1

  /// Moves a finished folder to its place in one step; something that lies there is an error and stays.
  ///
  /// Where the system cannot rename without replacing (`EINVAL`, `ENOSYS`), the place is claimed by making an
  /// empty folder, which fails if anything is there, and the rename replaces that folder: rename(2) replaces
  /// a folder only while it is empty, so nothing of anyone's is overwritten then either. A crash between the
  /// two leaves an empty folder, which does not verify.
  package func publishFolder(
    _ path: String, at folder: Int32, as name: String, in target: Int32
  ) throws(SluiceError) {
    func failure() -> SluiceError {
      guard errno == EEXIST || errno == ENOTEMPTY else { return Self.error("publish", name) }
      return SluiceError(
        .output, "packet-exists",
        "Cannot publish \(name): something of that name is there since the run began, and is never overwritten. Check it "
          + "with `sluice verify`: keep it where another run has published it, else move it away and run again."
      )
    }
    if renameWithoutReplacing(path, folder, name, target) { return }
    guard errno == EINVAL || errno == ENOSYS else { throw failure() }
    guard repeated(.makeFolder, { mkdirat(target, name, 0o700) }) == 0 else {
      throw failure()
    }
    guard renameat(folder, path, target, name) == 0 else {
      let error = failure()
      unlinkat(target, name, AT_REMOVEDIR)
      throw error
    }
  }

  /// Moves a finished file to its place in one step; something that lies there is an error and stays.
  ///
  /// Where the system cannot rename without replacing, a second link is made, which never replaces.
  package func publishFile(
    _ path: String, at folder: Int32, as name: String, in target: Int32
  ) throws(SluiceError) {
    if renameWithoutReplacing(path, folder, name, target) { return }
    guard errno == EINVAL || errno == ENOSYS, linkat(folder, path, target, name, 0) == 0 else {
      throw Self.error("publish", name)
    }
    unlinkat(folder, path, 0)
  }

  private func renameWithoutReplacing(_ path: String, _ folder: Int32, _ name: String, _ target: Int32)
    -> Bool
  {
    repeated(.rename) {
      guard let rename = Self.renameCall else {
        errno = ENOSYS
        return Int32(-1)
      }
      return rename(folder, path, target, name, Self.noReplace)
    } == 0
  }
}
