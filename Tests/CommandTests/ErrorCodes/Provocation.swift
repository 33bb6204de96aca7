import Foundation
import Sluice
import SluiceCrypto
import Testing

/// What must not be found in an error: every value of an input that provokes one is made of these.
enum Canary {
  /// No word of Sluice, and no number in hexadecimal, has four letters of it.
  static let word = "zqxwjkvhyq"
  /// A number for documentation that no other text of the tests holds.
  static let phone = "+12025550173"
  static let values = [word, phone]

  /// The pieces of a canary that a text holds: any four bytes in a row, and the whole in base64 or hexadecimal.
  static func pieces(in text: String) -> [String] {
    let text = text.lowercased()
    return values.flatMap { value -> [String] in
      let bytes = Array(value.utf8)
      let windows = (0...(bytes.count - 4)).map { String(decoding: bytes[$0..<($0 + 4)], as: UTF8.self) }
      let hidden = [
        Data(bytes).base64EncodedString(), bytes.map { String($0, radix: 16) }.joined(),
      ]
      return (windows + hidden).filter { text.contains($0.lowercased()) }
    }
  }
}

/// What was said of a fault: every text of it, and the exit status that it ends the command with; nil for a warning.
struct Said {
  let text: String
  let status: Int32?
}

/// One error, provoked by an input in which every value is a canary.
struct Provocation: CustomTestStringConvertible, Sendable {
  let code: String
  /// Nil for a warning.
  let status: SluiceError.Status?
  /// What must be as it is not everywhere.
  var needs: [Need] = []
  let run: @Sendable (CommandFolder) throws -> Said

  var testDescription: String { code }

  /// The sentences for this code in what was said, without the word before and the code behind.
  func messages(in text: String) -> [String] {
    text.split(separator: "\n").filter { $0.hasSuffix(" (\(code))") }.map { line in
      let start = line.firstRange(of: #/(?:error|warning):\ /#)?.upperBound ?? line.startIndex
      return String(line[start...].dropLast(code.count + 3))
    }
  }

  static let all =
    demands + schemas + policies + lint + sourceLists + sourcesDocuments + files + folders + keys + keyFolders
    + certificates + envelopes + candidates + registers + tampered + owners + bags + packets + cells
    + commands
    + minimizing + disclosing + signing + sealing + reading + sealed + tests + running + refusing

  /// What not every machine or build has.
  enum Need: String, Sendable {
    case openssl = "the openssl command is not installed"
    case superuser = "only the superuser can make a file of another user's"
    case strace = "the strace command is not installed"
    case ownLimits = "a sanitizer asks for the limits of the process first"
    case setpriv = "the setpriv command is not installed, by which the superuser gives a right away"

    var isThere: Bool {
      switch self {
      case .openssl: FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")
      case .superuser: geteuid() == 0
      case .ownLimits: dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil
      case .strace: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")
      case .setpriv: geteuid() != 0 || FileManager.default.isExecutableFile(atPath: "/usr/bin/setpriv")
      }
    }
  }

  func needing(_ need: Need) -> Provocation {
    Provocation(code: code, status: status, needs: needs + [need], run: run)
  }

  /// Something in the library that throws.
  static func thrown(
    _ code: String, _ status: SluiceError.Status, _ work: @escaping @Sendable (CommandFolder) throws -> Void
  ) -> Provocation {
    Provocation(code: code, status: status) { folder in
      do { try work(folder) } catch let error as SluiceError {
        return Said(text: error.description, status: error.status.rawValue)
      } catch let error as CryptoError {
        return Said(text: SluiceError(error).description, status: SluiceError(error).status.rawValue)
      }
      return Said(text: "nothing", status: 0)
    }
  }

  /// Documents and what is found wrong with them.
  static func problems(
    _ code: String, isWarning: Bool = false, _ work: @escaping @Sendable (inout ProblemList) throws -> Void
  ) -> Provocation {
    Provocation(code: code, status: isWarning ? nil : .document) { _ in
      var problems = ProblemList()
      try work(&problems)
      let text = problems.inOrder.map(\.description).joined(separator: "\n")
      return Said(text: text, status: problems.hasErrors ? SluiceError.Status.document.rawValue : nil)
    }
  }

  /// The built command.
  static func command(
    _ code: String, _ status: SluiceError.Status,
    _ run: @escaping @Sendable (CommandFolder) throws -> CommandOutcome
  ) -> Provocation {
    Provocation(code: code, status: status) { folder in
      let outcome = try run(folder)
      return Said(text: outcome.talk + outcome.output, status: outcome.status)
    }
  }
}
