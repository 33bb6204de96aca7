import Glibc

/// Files of the checkout, which the targets begin with.
package enum PackageFile {
  /// The folder of the package.
  package static let root: String = {
    // …/Tests/Fuzz/Targets/PackageFile.swift
    let parts = #filePath.split(separator: "/").dropLast(4)
    return "/" + parts.joined(separator: "/")
  }()

  package static func bytes(_ path: String) -> [UInt8] {
    guard let file = fopen(root + "/" + path, "rb") else { preconditionFailure("\(path) is not there") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      guard count > 0 else { return bytes }
      bytes += buffer[..<count]
    }
  }
}
