import Foundation
import SluiceCrypto
import Synchronization
import Testing

@Suite("Making a key") struct RootKeyCreationTests {
  /// The code that making a key at a path ends with, or nil; its message must not tell the path.
  static func code(at path: String) throws -> String? {
    let error = CryptoTestSupport.failure { _ = try RootKey.create(atPath: path, epoch: 1) }
    for part in path.split(separator: "/") where part.count > 3 {
      #expect(error?.description.contains(part) != true)
    }
    return error?.code
  }

  static func names(in folder: KeyFolder) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  static func status(of path: String) -> stat {
    var status = stat()
    precondition(lstat(path, &status) == 0)
    return status
  }

  @Test(
    "One line in a file of mode 0600, which reads back as the key", arguments: [0, 1, 2026, .max] as [UInt32])
  func line(epoch: UInt32) throws {
    let folder = try KeyFolder()
    let path = folder.path + "/key"
    let key = try RootKey.create(atPath: path, epoch: epoch)
    #expect(key.epoch == epoch && key.rootID.count == 8)
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let match = try #require(text.wholeMatch(of: /sluice-key\/1 ([0-9]+) ([a-z2-7]{52})\n/))
    #expect(match.1 == String(epoch))
    let bytes = try #require(ReferenceBase32.decode(match.2))
    #expect(key.matches(bytes) && ReferenceBase32.encode(bytes) == match.2)
    #expect(Set(bytes).count >= 16)
    let read = try RootKey(contentsOfFile: path)
    #expect(read.matches(bytes) && read.epoch == epoch && read.rootID == key.rootID)
    let status = Self.status(of: path)
    #expect(status.st_mode == S_IFREG | 0o600 && status.st_nlink == 1 && status.st_uid == geteuid())
    #expect(try Self.names(in: folder) == ["key"])
  }

  @Test("Its mode is 0600 whatever the umask", arguments: [0, 0o077, 0o777] as [mode_t])
  func umask(mask: mode_t) async {
    // In processes of their own, for the umask is the process's.
    switch mask {
    case 0: await #expect(processExitsWith: .success) { try Self.checkUmask(0) }
    case 0o077: await #expect(processExitsWith: .success) { try Self.checkUmask(0o077) }
    default: await #expect(processExitsWith: .success) { try Self.checkUmask(0o777) }
    }
  }

  static func checkUmask(_ mask: mode_t) throws {
    let folder = try KeyFolder()
    _ = Glibc.umask(mask)
    let key = try RootKey.create(atPath: folder.path + "/key", epoch: 1)
    #expect(status(of: folder.path + "/key").st_mode == S_IFREG | 0o600)
    let read = try RootKey(contentsOfFile: folder.path + "/key")
    #expect(read.rootID == key.rootID)
  }

  @Test("A hundred keys are a hundred different ones") func random() throws {
    let folder = try KeyFolder()
    let keys = try (0..<100).map { try RootKey.create(atPath: folder.path + "/\($0)", epoch: 1) }
    #expect(Set(keys.map(\.rootID)).count == 100)
  }

  @Test("A name without a folder lies in the folder one is in") func relative() async {
    await #expect(processExitsWith: .success) {
      let folder = try KeyFolder()
      try #require(chdir(folder.path) == 0)
      _ = try RootKey.create(atPath: "key", epoch: 1)
      _ = try RootKey.create(atPath: "./other", epoch: 1)
      let names = try Self.names(in: folder)
      #expect(names == ["key", "other"])
      let first = try RootKey(contentsOfFile: "key")
      let second = try RootKey(contentsOfFile: folder.path + "/other")
      #expect(first.rootID != second.rootID)
    }
  }

  // MARK: What is there already

  @Test("An existing file stays as it was, an empty one too", arguments: ["", "sluice-key/1 0 x\n", "other"])
  func existingFile(content: String) throws {
    let folder = try KeyFolder()
    let path = try folder.write(content.utf8, to: "k7x9q2", mode: 0o640)
    let before = Self.status(of: path)
    #expect(try Self.code(at: path) == "key-exists")
    let after = Self.status(of: path)
    #expect(before.st_ino == after.st_ino && before.st_mode == after.st_mode)
    #expect(before.st_mtim.tv_sec == after.st_mtim.tv_sec && before.st_mtim.tv_nsec == after.st_mtim.tv_nsec)
    #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
    #expect(try Self.names(in: folder) == ["k7x9q2"])
  }

  @Test("No symbolic link is followed, nor replaced") func symbolicLink() throws {
    let folder = try KeyFolder()
    let target = try folder.write("kept".utf8, to: "target")
    for destination in [target, folder.path + "/nowhere", "k7x9q2"] {
      let link = folder.path + "/k7x9q2"
      try #require(symlink(destination, link) == 0)
      #expect(try Self.code(at: link) == "key-exists")
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == destination)
      try #require(unlink(link) == 0)
    }
    #expect(try Self.names(in: folder) == ["target"])
    #expect(try String(contentsOfFile: target, encoding: .utf8) == "kept")
  }

  @Test("A directory or a FIFO is left alone") func otherKinds() throws {
    let folder = try KeyFolder()
    try #require(mkdir(folder.path + "/folder", 0o700) == 0 && mkfifo(folder.path + "/fifo", 0o600) == 0)
    // With a reader, so that opening it by mistake would not wait for one.
    let reader = open(folder.path + "/fifo", O_RDONLY | O_NONBLOCK)
    defer { close(reader) }
    #expect(try Self.code(at: folder.path + "/folder") == "key-exists")
    #expect(try Self.code(at: folder.path + "/fifo") == "key-exists")
    #expect(try Self.names(in: folder) == ["fifo", "folder"])
  }

  @Test("Of eight that make one file at once, one does; the others leave its key alone") func race() throws {
    let folder = try KeyFolder()
    let path = folder.path + "/key"
    let outcomes = Mutex<(made: [[UInt8]], codes: [String])>(([], []))
    DispatchQueue.concurrentPerform(iterations: 8) { _ in
      do throws(CryptoError) {
        let key = try RootKey.create(atPath: path, epoch: 1)
        outcomes.withLock { $0.made.append(key.rootID) }
      } catch {
        outcomes.withLock { $0.codes.append(error.code) }
      }
    }
    let (made, codes) = outcomes.withLock { $0 }
    #expect(made.count == 1 && codes == [String](repeating: "key-exists", count: 7))
    #expect(try RootKey(contentsOfFile: path).rootID == made.first)
    #expect(try Self.names(in: folder) == ["key"])
  }

  // MARK: Where nothing can be written

  @Test("No folder, a file for a folder, no name, no path") func noPlace() throws {
    let folder = try KeyFolder()
    let file = try folder.write("x".utf8, to: "k7x9q3")
    #expect(try Self.code(at: folder.path + "/k7x9q2/k7x9q2") == "key-write")
    #expect(try Self.code(at: file + "/k7x9q2") == "key-write")
    #expect(try Self.code(at: folder.path + "/") == "key-write")
    #expect(try Self.code(at: folder.path + "/" + String(repeating: "k", count: 300)) == "key-write")
    #expect(try Self.code(at: "") == "key-path")
    #expect(try Self.code(at: folder.path + "/k\0k7x9q2") == "key-path")
    #expect(try Self.names(in: folder) == ["k7x9q3"])
  }

  @Test("A disk that is full after any number of bytes leaves no file") func fullDisk() async {
    // In a process of its own, for the limit is the process's. Every length of the line but the whole.
    await #expect(processExitsWith: .success) {
      let folder = try KeyFolder()
      signal(SIGXFSZ, SIG_IGN)
      // sluice-key/1, the epoch, 52 characters, and what stands between and after.
      for count in 0...68 as ClosedRange<rlim_t> {
        var limit = rlimit(rlim_cur: count, rlim_max: .max)
        try #require(getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        limit.rlim_cur = count
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let error = CryptoTestSupport.failure {
          _ = try RootKey.create(atPath: folder.path + "/key", epoch: 1)
        }
        limit.rlim_cur = limit.rlim_max
        try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
        let names = try Self.names(in: folder)
        #expect(error?.code == (count < 68 ? "key-write" : nil), "\(count) bytes")
        #expect(names == (count < 68 ? [] : ["key"]), "\(count) bytes")
      }
    }
  }
}
