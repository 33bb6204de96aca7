import Foundation
import GRDB
import Sluice
import SluiceCrypto
import SluiceRegister

/// Sources, files, folders, registers: what lies at a path is not what it should be, or the system refuses a call.
extension Provocation {
  private static let record =
    "{\"kind\":\"message\",\"timestamp\":\"2026-09-10T12:00:00Z\",\"sender\":\"\(Canary.phone)\",\"note\":\"\(Canary.word)\"}\n"

  // MARK: - Sources

  private static func expand(
    _ code: String, _ paths: @escaping @Sendable (CommandFolder) throws -> [String]
  ) -> Provocation {
    thrown(code, .input) { folder in
      let paths = try paths(folder)
      _ = try SourceList.expand(paths: paths, schemaIndex: 0, format: nil)
    }
  }

  static let sourceLists: [Provocation] = [
    expand("input-missing") { [$0.path + "/none.ndjson"] },
    expand("format-unknown") { [try $0.write(record, to: "a.unknown")] },
    expand("source-repeated") { folder in
      let file = try folder.write(record, to: "a.ndjson")
      return [file, file]
    },
    expand("directory-empty") { [try $0.make("empty")] },
    expand("link-in-directory") { folder in
      let file = try folder.write(record, to: "in/a.ndjson")
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/in/b.ndjson", withDestinationPath: file)
      return [folder.path + "/in"]
    },
    expand("input-kind") { folder in
      let place = try folder.make("in")
      mkfifo(place + "/in.ndjson.gz", 0o600)
      return [place]
    },
    expand("name-unprintable") { folder in
      try folder.write(record, to: "in/a.ndjson")
      try folder.writeName("in/\(Canary.word)")
      return [folder.path + "/in"]
    },
  ]

  // MARK: - Files that the library writes

  /// A layer in which every call of one sort fails.
  private static func layer(_ call: FileCall, _ number: Int32) -> FileLayer {
    var layer = FileLayer()
    layer.fault = { $0 == call ? number : 0 }
    return layer
  }

  private static func write(_ code: String, _ call: FileCall, _ number: Int32) -> Provocation {
    thrown(code, .output) { folder in
      try PartialFile.write(
        Array(Canary.word.utf8), to: folder.path + "/report.json", layer: layer(call, number))
    }
  }

  static let files: [Provocation] = [
    write("disk-full", .write, ENOSPC), write("disk-quota", .write, EDQUOT),
    write("file-size-limit", .write, EFBIG), write("disk-error", .sync, EIO),
    write("read-only", .open, EROFS), write("no-permission", .open, EACCES),
    write("symbolic-link", .open, ELOOP), write("descriptors", .open, EMFILE),
    write("name-too-long", .open, ENAMETOOLONG), write("not-a-folder", .open, ENOTDIR),
    write("not-found", .open, ENOENT), write("file-error", .close, EDOM),
    thrown("exists", .output) { folder in
      let file = try folder.write(Canary.word, to: "report.json")
      try PartialFile.write(Array(Canary.word.utf8), to: file)
    },
    thrown("name-not-utf8", .output) { folder in
      try folder.writeName(Canary.word)
      let layer = FileLayer()
      _ = try layer.names(in: try layer.openFolder(folder.path), "the output folder")
    },
  ]

  // MARK: - Folders of packets

  static let folders: [Provocation] = [
    thrown("folder-world-writable", .output) { folder in
      _ = chmod(folder.path, 0o777)
      _ = try PacketFolder(path: folder.path)
    },
    thrown("packet-name", .bug) { folder in
      _ = try PacketFolder(path: folder.path).standing(of: "../\(Canary.word)")
    },
    thrown("partial-folder", .output) { folder in
      _ = try PacketFolder(path: folder.path, layer: layer(.makeFolder, EEXIST))
    },
    thrown("run-ended", .output) { folder in
      let packets = try PacketFolder(path: folder.path)
      try packets.removePartial()
      try packets.publish("ZQ-1")
    },
    thrown("packet-exists", .output) { folder in
      try folder.write(Canary.word, to: "made/\(Canary.word)")
      try folder.write(Canary.word, to: "ZQ-1/\(Canary.word)")
      let layer = FileLayer()
      let place = try layer.openFolder(folder.path)
      try layer.publishFolder("made", at: place.number, as: "ZQ-1", in: place.number)
    },
    thrown("packet-unusable", .output) { folder in
      try folder.write(Canary.word, to: "ZQ-1/data/\(Canary.word)")
      guard case .unusable(let error) = try PacketFolder(path: folder.path).standing(of: "ZQ-1") else {
        return
      }
      throw error
    },
  ]

  // MARK: - Registers

  private static let opened = at("2026-10-05T00:00:00Z")

  private static func register(
    _ code: String, _ status: SluiceError.Status,
    _ change: @escaping @Sendable (_ path: String) throws -> Void
  ) -> Provocation {
    thrown(code, status) { folder in
      let path = folder.path + "/demands.register"
      _ = try Register.create(path: path, name: Canary.word, now: opened)
      try change(path)
      _ = try Register(path: path)
    }
  }

  /// What SQLite answers where it would take a minute of waiting, or a full disk.
  private static func answer(
    _ code: String, _ status: SluiceError.Status, _ result: ResultCode
  ) -> Provocation {
    thrown(code, status) { _ in
      try reporting {
        throw DatabaseError(resultCode: result, message: Canary.word, sql: "SELECT \(Canary.word)")
      }
    }
  }

  static let registers: [Provocation] = [
    thrown("register-name", .usage) { folder in
      _ = try Register.create(path: folder.path + "/a", name: Canary.word + " \n", now: opened)
    },
    thrown("register-missing", .output) { _ = try Register(reading: $0.path + "/none") },
    thrown("register-not-regular", .output) { _ = try Register(reading: $0.path) },
    register("register-exists", .output) {
      _ = try Register.create(path: $0, name: Canary.word, now: opened)
    },
    register("register-mode", .output) { _ = chmod($0, 0o644) },
    register("register-version", .output) { path in
      // The place of SQLite's user_version.
      let file = try FileHandle(forUpdating: URL(filePath: path))
      try file.seek(toOffset: 60)
      try file.write(contentsOf: Data([0, 0, 0, 9]))
      try file.close()
    },
    register("register-key", .key) { path in
      _ = try Register.create(path: path + "2", name: Canary.word, now: opened)
      try FileManager.default.removeItem(atPath: path + ".key")
      try FileManager.default.moveItem(atPath: path + "2.key", toPath: path + ".key")
    },
    register("register-read-only", .output) { path in
      try FileManager.default.createDirectory(
        atPath: path + "-wal/\(Canary.word)", withIntermediateDirectories: true)
    },
    register("pem-missing", .key) { try FileManager.default.removeItem(atPath: $0 + ".key") },
    thrown("register-damaged", .verification) { folder in
      let text = String(repeating: Canary.word, count: 1000)
      let file = try folder.write(text, to: "damaged")
      _ = chmod(file, 0o600)
      _ = try Register(reading: file)
    },
    thrown("register-several-open", .input) { folder in
      let path = folder.path + "/demands.register"
      _ = try Register.create(path: path, name: Canary.word, now: opened)
      try DatabaseQueue(path: path).write { database in
        for sequence in 1...2 {
          let leaf =
            #"{"demand":"\#(Canary.word)","event":"sealing","folder":"\#(sequence)","packet":"\#(sequence)"}"#
          try database.execute(
            sql: "INSERT INTO entries (sequence, leaf) VALUES (?, ?)", arguments: [sequence, leaf])
        }
      }
      try Register(path: path).settleAsLost(Canary.word, reason: Canary.word, now: opened)
    },
    answer("register-busy", .output, .SQLITE_BUSY), answer("disk-full", .output, .SQLITE_FULL),
    answer("register-failed", .output, .SQLITE_NOMEM),
    thrown("register-failed", .output) { folder in
      _ = try Register.create(path: folder.path + "/none/a", name: Canary.word, now: opened)
    },
  ]
}

extension Provocation {
  /// A register that somebody with the system's own SQLite changed, triggers and all.
  private static func tampered(_ code: String, _ sql: String) -> Provocation {
    thrown(code, .verification) { folder in
      let path = folder.path + "/demands.register"
      _ = try Register.create(path: path, name: Canary.word, now: opened)
      let triggers = RegisterStore.triggers
      let statements = triggers.map { "DROP TRIGGER \($0.name)" } + [sql] + triggers.map(\.sql)
      try DatabaseQueue(path: path).writeWithoutTransaction { database in
        for statement in statements { try database.execute(sql: statement) }
      }
      _ = try Register(reading: path).verify()
    }
  }

  static let tampered: [Provocation] = [
    tampered("register-entry", "UPDATE entries SET leaf = json_set(leaf, '$.name', '\(Canary.phone)')"),
    tampered("register-sequence", "UPDATE entries SET sequence = 7"),
    tampered("register-tree", "INSERT INTO nodes VALUES (9, 9, '\(Canary.word)')"),
    tampered("register-truncated", "DELETE FROM entries; DELETE FROM nodes"),
    tampered("register-unsigned", "DELETE FROM checkpoints"),
    tampered("register-schema", "CREATE TABLE \(Canary.word) (\(Canary.word) TEXT)"),
    tampered("register-checkpoint", "UPDATE checkpoints SET note = '\(Canary.word)'"),
    thrown("register-checkpoint", .verification) { folder in
      let path = folder.path + "/demands.register"
      _ = try Register.create(path: path, name: Canary.word, now: opened)
      _ = try Register(reading: path).verify(kept: [Canary.word])
    },
    thrown("register-packet", .verification) { folder in
      let path = folder.path + "/demands.register"
      _ = try Register.create(path: path, name: Canary.word, now: opened)
      let packet = Register.PacketWitness(
        name: "ZQ-1", digest: Array(Canary.word.utf8), checkpointDigest: nil)
      _ = try Register(reading: path).verify(packets: [packet])
    },
    thrown("register-history", .verification) { folder in
      let path = folder.path + "/demands.register"
      _ = try Register.create(path: path, name: Canary.word, now: opened)
      let packet = Register.PacketWitness(
        name: "ZQ-1", digest: Array(Canary.word.utf8), checkpointDigest: Array(Canary.word.utf8))
      _ = try Register(reading: path).verify(packets: [packet])
    },
  ]
}

extension CommandFolder {
  /// Makes a folder in this one and returns its path.
  func make(_ name: String) throws -> String {
    try FileManager.default.createDirectory(
      atPath: path + "/" + name, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return path + "/" + name
  }

  /// Makes a file whose name ends in a byte that is not UTF-8.
  func writeName(_ name: String) throws {
    let bytes = Array((path + "/" + name).utf8CString.dropLast()) + [-1, 0]
    close(open(bytes, O_CREAT | O_WRONLY, 0o600))
  }
}
