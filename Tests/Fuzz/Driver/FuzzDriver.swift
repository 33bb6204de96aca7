import CFuzzer
import FuzzTargets
import Glibc

/// `sluice-fuzz TARGET [libFuzzer's own options and folders]`; without a target it lists them.
///
/// A finding is printed and ends the process the way libFuzzer expects, which then saves the input.
@main struct FuzzDriver {
  nonisolated(unsafe) static var target = FuzzTarget.ndjson

  static func main() {
    guard CommandLine.argc > 1, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
      print(FuzzTarget.allCases.map(\.rawValue).joined(separator: "\n"))
      exit(CommandLine.argc > 1 ? 64 : 0)
    }
    Self.target = target
    // libFuzzer sees the program's name and its own options.
    var count = CommandLine.argc - 1
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + 1
    arguments?[0] = CommandLine.unsafeArgv[0]
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { bytes, count in
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        if let finding = FuzzDriver.target.finding(in: input) { fatalError(finding) }
        return 0
      })
  }
}
