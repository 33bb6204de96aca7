import Foundation
import Sluice

/// What only the built command says: its arguments, its own streams, its sources read to the end.
extension Provocation {
  private static let record =
    "{\"kind\":\"message\",\"timestamp\":\"2026-09-10T12:00:00Z\",\"sender\":\"\(Canary.phone)\",\"note\":\"\(Canary.word)\"}\n"

  // MARK: - minimize

  /// A source of these bytes under a name that tells its format.
  private static func source(
    _ code: String, _ name: String, _ text: String, _ more: [String] = [],
    status: SluiceError.Status = .input
  ) -> Provocation {
    command(code, status) { folder in
      let file = try folder.write(text, to: name)
      return try folder.minimize(["--records", file] + more, input: nil)
    }
  }

  static let minimizing: [Provocation] = [
    source("csv-no-header", "a.csv", ""),
    source("csv-header-duplicate", "a.csv", "kind,\(Canary.word),\(Canary.word)\n\(Canary.word)\n"),
    source("csv-header-foreign", "a.csv", "kind,\(Canary.word)\n\(Canary.word)\n"),
    source("csv-header-space", "a.csv", "kind, \(Canary.word)\n\(Canary.word)\n"),
    source("csv-header-blank", "a.csv", "kind,,\(Canary.word)\n\(Canary.word)\n"),
    source("csv-header-quote", "a.csv", "kind,a\"\(Canary.word)\n\(Canary.word)\n"),
    source("csv-delimiter", "a.csv", "kind;\(Canary.word);timestamp\n\(Canary.word)\n"),
    source("csv-separator", "a.csv", "sep=;\nkind;\(Canary.word)\n"),
    source("csv-comment", "a.csv", "# \(Canary.word)\nkind\n"),
    source(
      "csv-quote-unclosed", "a.csv",
      "kind,timestamp,sender\n\"\(Canary.word)\n" + String(repeating: "\(Canary.word)\n", count: 200_000),
      status: .limit),
    source(
      "csv-header-too-long", "a.csv", String(repeating: "\(Canary.word),", count: 200_000), status: .limit),
    source("ndjson-array", "a.ndjson", "[\(record)]\n"),
    source("encoding-utf16", "a.ndjson", "\0{\0\"\0\(Canary.word)\0\"\0:\01\0}\0\n"),
    source("compressed-input", "a.ndjson", "\u{4}\"M\u{18}\(Canary.word)\n"),
    source("compressed-mismatch", "a.ndjson.gz", record),
    source("source-mismatch", "a.ndjson", String(repeating: "\(Canary.word)\n", count: 2000)),
    source(
      "too-many-rejected", "a.ndjson", String(repeating: record, count: 20) + "\(Canary.word)\n",
      status: .rejected),
    source("strict-unknown", "a.ndjson", String(repeating: record, count: 20), ["--strict"]),
    source(
      "kind-unknown", "a.csv", "kind\n\(Canary.word)\n", ["--format", "csv", "--kind", "letter"],
      status: .usage),
    source("kind-needed", "a.ndjson", record, ["--format", "csv"], status: .usage),
    command("subject-invalid", .document) { folder in
      let file = try folder.write("phone \(Canary.word)\n", to: "subjects")
      return try folder.minimize(["--subjects", file])
    },
    command("output-is-input", .usage) { folder in
      let file = try folder.write(record, to: "a.ndjson")
      return try folder.minimize(["--records", file], input: nil, shell: ">> '\(file)'")
    },
    command("output-failed", .output) { try $0.minimize(shell: ">&-") },
    // A gate's code is the error's where no demand holds the refusal.
    command("jurisdiction-unknown", .refused) { folder in
      try folder.run(
        [
          "minimize", "--jurisdiction", "ZZ", "--instrument", Canary.word, "--case", "test", "--key",
          folder.key,
        ]
          + folder.rules + CommandFolder.now)
    },
  ]

  // MARK: - disclose

  static let disclosing: [Provocation] = [
    command("clock-before-received", .document) {
      try $0.disclose(["us-warrant"], ["--now", "2026-10-03T00:00:00Z"])
    },
    command("documents", .document) { folder in
      let file = try folder.write("sluice: \(Canary.word)\n", to: "demand.yaml")
      return try folder.disclose([file])
    },
    command("demand-count", .limit) {
      try $0.disclose(["us-warrant", "us-court-order"], ["--demands-max", "1"])
    },
    command("document-name", .document) { folder in
      try folder.write("subjects: \(Canary.word)\n", to: "demands/us.yml")
      return try folder.disclose([folder.path + "/demands"])
    },
    command("demands-missing", .document) { folder in try folder.disclose([try folder.make("none")]) },
    command("document-missing", .document) { try $0.disclose([$0.path + "/none"]) },
  ]

  // MARK: - The other verbs

  static let commands: [Provocation] = [
    command("folder-missing", .input) { folder in
      let register = folder.path + "/demands.register"
      let made = try folder.run(["register", "new", register])
      guard made.status == 0 else { return made }
      return try folder.run(["register", "verify", register, "--packets", folder.path + "/none"])
    },
    command("key-folder-missing", .key) { folder in
      try folder.run(["key", "list", try folder.write(Canary.word, to: "file")])
    },
    command("register-no-entry", .input) { folder in
      let register = folder.path + "/demands.register"
      let made = try folder.run(["register", "new", register])
      guard made.status == 0 else { return made }
      return try folder.run(["register", "show", register, Canary.word])
    },
    command("register-nothing-open", .input) { folder in
      let register = folder.path + "/demands.register"
      let made = try folder.run(["register", "new", register])
      guard made.status == 0 else { return made }
      return try folder.run([
        "register", "settle", register, "--lost", Canary.word, "--reason", Canary.word,
      ])
    },
    command("pseudonym-invalid", .usage) { folder in
      let candidates = try folder.write("\(Canary.phone)\n", to: "candidates")
      return try folder.run([
        "key", "resolve", "--pseudonym", Canary.word, "--candidates", candidates, "--reference", "ZQ-1",
        "--jurisdiction", "US", "--reason", Canary.word, "--key", folder.key, "--register",
        folder.path + "/none",
      ])
    },
    command("one-period", .usage) { folder in
      let register = folder.path + "/demands.register"
      let made = try folder.run(["register", "new", register])
      guard made.status == 0 else { return made }
      return try folder.run([
        "report", "--register", register, "--period", "2025-H2", "2026-H1", "--format", "meta",
      ])
    },
  ]
}
