import Glibc

/// What tells one file from another, and one state of its content from the next.
package struct FileIdentity: Equatable, Sendable {
  package enum Kind: Sendable {
    case regular, directory, pipe, characterDevice, blockDevice, socket, link, other
  }

  package let kind: Kind
  package let device: UInt64
  package let inode: UInt64
  /// Bytes; of no meaning but for regular files.
  package let byteCount: Int
  package let modifiedSeconds: Int
  package let modifiedNanoseconds: Int

  package init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFIFO: .pipe
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      case S_IFSOCK: .socket
      case S_IFLNK: .link
      default: .other
      }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
    byteCount = Int(status.st_size)
    modifiedSeconds = Int(status.st_mtim.tv_sec)
    modifiedNanoseconds = Int(status.st_mtim.tv_nsec)
  }

  package func isSameFile(as other: FileIdentity) -> Bool { device == other.device && inode == other.inode }
}
