/// A path's folder and the name in it.
///
/// Split at a byte: a mark that joins what stands before it would make another character of the slash, which is one to the
/// system all the same.
package struct PathParts {
  /// `.` where the path has no slash, and `/` for what lies there.
  package let folder: String
  /// Empty where the path ends in a slash.
  package let name: String

  package init(_ path: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
      (folder, name) = (".", path)
      return
    }
    folder = slash == path.startIndex ? "/" : String(path[..<slash])
    name = String(path[path.utf8.index(after: slash)...])
  }
}
