import Glibc

/// The names in an open folder.
package enum FolderNames {
  /// Reads the stream of a folder to its end and closes it: every name but `.` and `..`, as bytes, in the order of the
  /// bytes, so that nothing depends on the file system's.
  ///
  /// Returns nil where the folder cannot be read to its end; `errno` says why. What is read in part would lack names.
  package static func read(_ stream: OpaquePointer) -> [[UInt8]]? {
    var names: [[UInt8]] = []
    errno = 0
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] { names.append(name) }
      errno = 0
    }
    let failure = errno
    closedir(stream)
    errno = failure
    return failure == 0 ? names.sorted { $0.lexicographicallyPrecedes($1) } : nil
  }

  /// The same of an open folder, whose descriptor stays open and where it stands; nil, with `errno`, also where there is no
  /// descriptor left.
  package static func read(folder descriptor: Int32) -> [[UInt8]]? {
    // fdopendir takes the descriptor over, so it gets one of its own.
    let copy = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { return nil }
    guard let stream = fdopendir(copy) else {
      let failure = errno
      close(copy)
      errno = failure
      return nil
    }
    return read(stream)
  }
}
