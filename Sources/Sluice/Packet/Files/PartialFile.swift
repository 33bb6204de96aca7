import Glibc

/// A new file that is at its place whole or not at all: it is written beside it under a hidden name, synced, and
/// then renamed without replacing anything.
package final class PartialFile {
  /// Of the file while it is written.
  package var number: Int32 { descriptor?.number ?? -1 }

  private let layer: FileLayer
  private let folder: Descriptor
  private let name: String
  private let partialName: String
  private var descriptor: Descriptor?

  /// Makes the file, owner-only, under its hidden name. Throws status 6 where its folder is not there, or something
  /// has the name already.
  package init(_ path: String, layer: FileLayer = FileLayer()) throws(SluiceError) {
    self.layer = layer
    let parts = PathParts(path)
    name = parts.name
    partialName = ".\(name).partial-\(getpid())"
    folder = try layer.openFolder(parts.folder)
    guard try layer.status(of: name, at: folder.number) == nil else {
      throw SluiceError(
        .output, "exists",
        "Cannot write \(name): something is there already, and nothing is overwritten. Move it away, or "
          + "choose another path."
      )
    }
    descriptor = try layer.create(partialName, at: folder.number)
  }

  /// Writes bytes as a new file, owner-only, whole or not at all. Throws status 6 where something of that name is there,
  /// or the file cannot be written.
  package static func write(_ bytes: [UInt8], to path: String, layer: FileLayer = FileLayer())
    throws(SluiceError)
  {
    let file = try PartialFile(path, layer: layer)
    do throws(SluiceError) { try file.append(bytes) } catch {
      file.discard()
      throw error
    }
    try file.publish()
  }

  package func append(_ bytes: [UInt8]) throws(SluiceError) {
    guard let descriptor = descriptor.take() else { preconditionFailure("the file is published already") }
    try bytes.withUnsafeBufferPointer { bytes throws(SluiceError) in
      try layer.write(UnsafeRawBufferPointer(bytes), to: descriptor, name)
    }
    self.descriptor = consume descriptor
  }

  /// Syncs the file and gives it its name.
  package func publish() throws(SluiceError) {
    guard let descriptor = descriptor.take() else { preconditionFailure("the file is published already") }
    do throws(SluiceError) {
      try layer.sync(descriptor, name)
      try layer.close(descriptor, name)
      try layer.publishFile(partialName, at: folder.number, as: name, in: folder.number)
      try layer.sync(folder, "the folder of \(name)")
    } catch {
      discard()
      throw error
    }
  }

  /// Removes what was written. Nothing happens where it has its name already.
  package func discard() { try? layer.removeTree(partialName, at: folder.number) }
}
