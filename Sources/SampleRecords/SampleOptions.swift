/// What the command line asks for.
package struct SampleOptions: Equatable {
  /// How many records, `0...countLimit`.
  package var count: Int
  package var seed: UInt64 = 1
  /// The one kind to write; nil for the sample's mix.
  package var kind: RecordKind?
  package var identifiers = SampleRecordGenerator.Identifiers.repeating
  package var format = RecordText.Format.ndjson

  package static let countLimit = 1_000_000_000

  /// What is wrong with a command line. It names the option, never what was given for it.
  package enum Problem: Error, Equatable {
    case unknownOption
    case valueMissing(option: String)
    case valueUnreadable(option: String)
    case countMissing
    case kindMissingForCSV
    case kindContradictsMix
  }

  /// Reads the arguments after the program's name; each option is `--name value` or `--name=value`.
  package static func parse(_ arguments: [String]) throws(Problem) -> SampleOptions {
    var options = SampleOptions(count: -1)
    var onlyMessages = false
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      guard optionNames.contains(name) else { throw .unknownOption }
      guard let value = parts.count == 2 ? String(parts[1]) : rest.popFirst() else {
        throw .valueMissing(option: name)
      }
      switch name {
      case "--count": options.count = try number(value, name, in: 0...UInt64(countLimit))
      case "--seed": options.seed = try number(value, name, in: 0...UInt64.max)
      case "--mix": onlyMessages = try choice(value, name, Mix.self) == .messages
      case "--identifiers": options.identifiers = try choice(value, name)
      case "--format": options.format = try choice(value, name)
      default: options.kind = try choice(value, name)
      }
    }
    guard options.count >= 0 else { throw .countMissing }
    if onlyMessages {
      guard options.kind == nil || options.kind == .message else { throw .kindContradictsMix }
      options.kind = .message
    }
    guard options.format == .ndjson || options.kind != nil else { throw .kindMissingForCSV }
    return options
  }

  private enum Mix: String {
    case sample, messages
  }

  private static let optionNames: Set<String> = [
    "--count", "--seed", "--mix", "--identifiers", "--format", "--kind",
  ]

  private static func number<N: FixedWidthInteger>(
    _ value: String, _ option: String, in range: ClosedRange<UInt64>
  ) throws(Problem) -> N {
    guard let read = UInt64(value), range.contains(read), let number = N(exactly: read) else {
      throw .valueUnreadable(option: option)
    }
    return number
  }

  private static func choice<C: RawRepresentable<String>>(
    _ value: String, _ option: String, _: C.Type = C.self
  ) throws(Problem) -> C {
    guard let choice = C(rawValue: value) else { throw .valueUnreadable(option: option) }
    return choice
  }

  /// What `--help` prints.
  static let help = """
    Write invented message metadata that fits the sample schema messenger.yaml

    Usage: sluice-sample-records --count N [options] > FILE
           sluice-sample-records --replay FOLDER

      --count N               How many records, at most 1000000000
      --seed S                The same seed gives the same bytes (default 1)
      --mix sample|messages   80.7 % logins, 18.0 % messages, 1.3 % call events, with a few positions and
                              accounts (default), or messages alone
      --kind KIND             One kind alone: message, call, connection, location or account
      --identifiers repeat|unique
                              Accounts that come again, some far more often (default), or ids, devices and
                              addresses that are new in every record
      --format ndjson|csv     One JSON object a line (default), or a table of one kind, which asks for --kind

      --replay FOLDER         Write into a new folder the demands and records that replay Hong Kong, July 2019 to
                              December 2020; see Samples/README.md

    Phone numbers, addresses and names come from ranges kept for fiction and documentation. Times lie in
    September 2026, with a few before it.

    Example: sluice-sample-records --count 1000000 --seed 7 > records.ndjson

    Exit status: 0 done, 6 output failed, 64 usage

    """
}

extension SampleOptions.Problem {
  /// A sentence for the person who typed the command.
  var message: String {
    switch self {
    case .unknownOption: "there is an option or argument that this program does not know"
    case .valueMissing(let option): "\(option) asks for a value"
    case .valueUnreadable(let option): "the value of \(option) is not one that it takes"
    case .countMissing: "--count says how many records to write, and is missing"
    case .kindMissingForCSV: "--format csv asks for --kind, since a table holds one kind"
    case .kindContradictsMix: "--mix messages writes no other kind than message"
    }
  }
}
