import GRDB
import Glibc
import Sluice
import SluiceCrypto

/// The register's file: one SQLite database, in which nothing is ever changed or removed.
///
/// One writer at a time, of any number of processes: every change is one immediate transaction, and one that has to wait
/// does so for `waitSeconds`. What was committed has been brought to the disk.
package final class RegisterStore: Sendable {
  static let version = 1
  private static let applicationID = 0x534C_5547
  private static let waitSeconds = 60.0

  let queue: DatabaseQueue

  /// What keeps an entry from being changed or removed, by the program or by accident.
  package static let triggers = ["entries", "nodes", "checkpoints", "identity"].flatMap { table in
    ["update", "delete"].map { change in
      (
        name: "\(table)_no_\(change)",
        sql:
          "CREATE TRIGGER \(table)_no_\(change) BEFORE \(change.uppercased()) ON \(table) BEGIN SELECT RAISE(ABORT, 'append-only'); END"
      )
    }
  }

  static let tables = [
    """
    CREATE TABLE identity (name TEXT NOT NULL, verifier TEXT NOT NULL) STRICT
    """,
    """
    CREATE TABLE entries (
      sequence INTEGER PRIMARY KEY, leaf TEXT NOT NULL,
      event TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.event')) VIRTUAL,
      demand TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.demand')) VIRTUAL,
      document TEXT GENERATED ALWAYS AS (json_extract(leaf, '$.document')) VIRTUAL) STRICT
    """,
    "CREATE INDEX entries_by_demand ON entries (demand, event)",
    "CREATE INDEX entries_by_event ON entries (event)",
    "CREATE INDEX entries_by_document ON entries (document) WHERE document IS NOT NULL",
    """
    CREATE TABLE nodes (
      level INTEGER NOT NULL, place INTEGER NOT NULL, hash TEXT NOT NULL,
      PRIMARY KEY (level, place)) STRICT, WITHOUT ROWID
    """,
    "CREATE TABLE checkpoints (size INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT",
  ]

  /// Opens the file; `isNew` makes it, and where something is there already throws status 6.
  init(path: String, isNew: Bool) throws(SluiceError) {
    if isNew {
      let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
      guard descriptor >= 0 else {
        throw errno == EEXIST
          ? SluiceError(
            .output, "register-exists",
            "Something is at the register's path already; it is left as it was. Choose another path.")
          : SluiceError(
            .output, "register-failed",
            "The register cannot be made there (errno \(errno)). Check that its folder is there and yours.")
      }
      close(descriptor)
    } else {
      try Self.checkFile(path)
    }
    queue = try reporting {
      var configuration = Configuration()
      configuration.busyMode = .timeout(Self.waitSeconds)
      configuration.prepareDatabase { database in
        try database.execute(sql: "PRAGMA synchronous = FULL")
      }
      return try DatabaseQueue(path: path, configuration: configuration)
    }
    try isNew ? make() : check()
  }

  /// The register's file is its owner's alone, and no link.
  private static func checkFile(_ path: String) throws(SluiceError) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw SluiceError(
        .output, "register-missing", "There is no register at that path; make one with `sluice register new`."
      )
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw SluiceError(
        .output, "register-not-regular",
        "The register is no regular file, or is a link. Give the path of the file itself.")
    }
    guard status.st_uid == geteuid() || status.st_uid == 0, status.st_mode & 0o077 == 0 else {
      throw SluiceError(
        .output, "register-mode",
        "The register is open to others than its owner. Make it yours and set its mode to 0600.")
    }
  }

  private func make() throws(SluiceError) {
    try reporting {
      try queue.writeWithoutTransaction { database in
        _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
      }
      try queue.write { database in
        try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(Self.version)")
        for sql in Self.tables + Self.triggers.map(\.sql) { try database.execute(sql: sql) }
      }
    }
  }

  private func check() throws(SluiceError) {
    let (application, version) = try reporting {
      try queue.read { database in
        (
          try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0,
          try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        )
      }
    }
    guard application == Self.applicationID else {
      throw SluiceError(.verification, "register-damaged", "The file is no register. Check the path.")
    }
    guard version == Self.version else {
      throw SluiceError(
        .output, "register-version",
        "The register is of a version that this program does not know. Use the version of Sluice that "
          + "made it."
      )
    }
  }
}

/// Does work with the database; every failure becomes a `SluiceError` that holds no value.
package func reporting<Value>(_ work: () throws -> Value) throws(SluiceError) -> Value {
  do { return try work() } catch let error as SluiceError {
    throw error
  } catch let error as CryptoError {
    throw SluiceError(.key, error.code, error.message)
  } catch let error as DatabaseError {
    throw reported(error)
  } catch {
    throw SluiceError(
      .bug, "register-failed", "The register failed in a way that it should not; please report this.")
  }
}

private func reported(_ error: DatabaseError) -> SluiceError {
  switch error.resultCode {
  case .SQLITE_CORRUPT, .SQLITE_NOTADB:
    SluiceError(
      .verification, "register-damaged", "The register is damaged or is no register; restore it from a copy.")
  case .SQLITE_BUSY, .SQLITE_LOCKED:
    SluiceError(
      .output, "register-busy", "Another run held the register for too long. Run again when it is done.")
  case .SQLITE_FULL:
    SluiceError(
      .output, "disk-full", "The register cannot be written: the disk is full. Make room and run again.")
  case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
    SluiceError(
      .output, "register-read-only",
      "The register, or the folder it lies in, cannot be written; check owner and mode.")
  case .SQLITE_CONSTRAINT:
    SluiceError(
      .verification, "register-damaged",
      "The register holds what an entry of this run would add; it was changed. Run `sluice register verify`.")
  default:
    SluiceError(
      .output, "register-failed",
      "The register cannot be read or written (SQLite result \(error.resultCode.rawValue)). Check its disk "
        + "and run again.")
  }
}
