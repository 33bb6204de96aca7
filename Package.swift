// swift-tools-version: 6.3
import PackageDescription

/// Every `any` is written out, so that an existential on the record path can be seen in review.
let settings: [SwiftSetting] = [.enableUpcomingFeature("ExistentialAny")]

/// Swift's own libraries, Foundation's with all that it needs, inside the command: it starts in half of the time, and a
/// machine that has no Swift runs it.
let staticLibraries: [LinkerSetting] = [
  .unsafeFlags(
    ["-static-stdlib"]
      + ["CoreFoundation", "_FoundationCShims", "_FoundationCollections", "_FoundationICU"].map { "-l\($0)" },
    .when(platforms: [.linux], configuration: .release))
]

let package = Package(
  name: "sluice",
  products: [
    .library(name: "Sluice", targets: ["Sluice"]),
    .executable(name: "sluice", targets: ["SluiceCommand"]),
    .executable(name: "sluice-sample-records", targets: ["SampleRecords"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    // For the libyaml in it, whose events follow no alias and say where each part stands.
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    // libcrypto 3, as the system ships it.
    .systemLibrary(
      name: "CLibcrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // The only Swift that sees libcrypto and key bytes.
    .target(name: "SluiceCrypto", dependencies: ["CLibcrypto"], swiftSettings: settings),
    // A header alone: what a processor can do and Swift has no word for.
    .systemLibrary(name: "CProcessor"),
    // The library: one module, because the record path must inline across its rooms.
    .target(
      name: "Sluice", dependencies: ["CProcessor", "SluiceCrypto", .product(name: "Yams", package: "Yams")],
      swiftSettings: settings),
    // The provider's history of demands, and the transparency reports that are counted from it.
    .target(
      name: "SluiceRegister",
      dependencies: ["Sluice", "SluiceCrypto", .product(name: "GRDB", package: "GRDB.swift")],
      swiftSettings: settings),
    // Refuses what would reach a network, to all that is linked into the command.
    .target(name: "COffline"),
    // The command: terminal, clock, exit status.
    .executableTarget(
      name: "SluiceCommand",
      dependencies: [
        "COffline", "Sluice", "SluiceCrypto", "SluiceRegister",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings, linkerSettings: staticLibraries),
    // Makes sample records of any size, from documentation ranges only.
    .executableTarget(name: "SampleRecords", swiftSettings: settings),
    .testTarget(name: "SluiceCryptoTests", dependencies: ["SluiceCrypto"], swiftSettings: settings),
    // Counts allocations of the test process by standing before malloc; part of no product.
    .target(name: "AllocationCount", path: "Tests/AllocationCount"),
    // Slow and plain readers of records, which the decoders are held against.
    .target(
      name: "ReferenceDecoders", dependencies: ["Sluice"], path: "Tests/ReferenceDecoders",
      swiftSettings: settings),
    // What may be done to any bytes and must hold for them: run by the tests, and by libFuzzer (`make fuzz`).
    .target(
      name: "FuzzTargets", dependencies: ["Sluice", "SluiceCrypto", "ReferenceDecoders"],
      path: "Tests/Fuzz/Targets", swiftSettings: settings),
    .testTarget(
      name: "SluiceTests",
      dependencies: ["Sluice", "SluiceCrypto", "AllocationCount", "ReferenceDecoders", "FuzzTargets"],
      swiftSettings: settings),
    .testTarget(
      name: "SluiceRegisterTests", dependencies: ["Sluice", "SluiceCrypto", "SluiceRegister"],
      swiftSettings: settings),
    // Runs the command as a process of its own, which every build makes. Linked to it, the tests would have neither their own
    // Swift libraries nor a socket.
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "Sluice", "SluiceCrypto", "SluiceRegister", "SampleRecords",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "Benchmarks",
      dependencies: ["Sluice", "SluiceCrypto", "SluiceRegister", "SampleRecords", "AllocationCount"],
      path: "Benchmarks",
      exclude: ["Documents", "Peers", "Results"],
      swiftSettings: settings),
  ]
)

// The fuzzer links a library of the toolchain that not every platform has, so it is built only where it is asked for
// (Tests/Fuzz/fuzz.sh).
if Context.environment["SLUICE_FUZZ"] != nil {
  package.targets += [
    .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
    .executableTarget(
      name: "sluice-fuzz", dependencies: ["CFuzzer", "FuzzTargets"], path: "Tests/Fuzz/Driver",
      swiftSettings: settings),
  ]
}
