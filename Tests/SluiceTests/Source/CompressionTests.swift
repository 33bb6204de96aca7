import Glibc
import Sluice
import Testing

@Suite("Compressed sources") struct CompressionTests {
  /// The compressions whose tool is on this machine. A missing one is told by the tests of `Tools` below.
  static let present = SourceCompression.allCases.filter { $0 != .none && hasTool($0.rawValue) }
  static let text = (0..<1500).map { "{\"n\":\($0)}\n" }.joined()

  static func suffix(_ compression: SourceCompression) -> String {
    switch compression {
    case .none: ""
    case .gzip: ".gz"
    case .zstd: ".zst"
    case .xz: ".xz"
    }
  }

  /// Lines of 1 KiB that pack well.
  static func lines(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0x61, count: count << 10)
    for line in 1...count { bytes[(line << 10) - 1] = 0x0A }
    return bytes
  }

  /// Reads bytes as a compressed source.
  static func readPacked(
    _ bytes: [UInt8], _ compression: SourceCompression, limits: Limits = Limits(), readSizeMax: Int = .max
  ) throws -> ReadSource {
    let folder = SourceFolder()
    let path = folder.write(bytes, to: "records.ndjson" + suffix(compression))
    return try readSource(
      SourceSpecification(path, .ndjson, compression), limits: limits, readSizeMax: readSizeMax)
  }

  @Test("gzip round trip", .enabled(if: hasTool("gzip"), "gzip is not installed"))
  func gzip() throws { try roundTrip(.gzip) }

  @Test("zstd round trip", .enabled(if: hasTool("zstd"), "zstd is not installed"))
  func zstd() throws { try roundTrip(.zstd) }

  @Test("xz round trip", .enabled(if: hasTool("xz"), "xz is not installed"))
  func xz() throws { try roundTrip(.xz) }

  /// Whole, in two members, at every size of read.
  func roundTrip(_ compression: SourceCompression) throws {
    let packed = packedBytes(Array(Self.text.utf8), with: compression)
    let folder = SourceFolder()
    let expected = try readSource(SourceSpecification(folder.write(Self.text, to: "plain")))
    #expect(expected.records.count == 1500)
    for size in [7, 4096, Int.max] {
      #expect(try Self.readPacked(packed, compression, readSizeMax: size) == expected)
    }
    #expect(try Self.readPacked(packed + packed, compression).texts == expected.texts + expected.texts)
    #expect(try Self.readPacked(packedBytes([], with: compression), compression) == ReadSource())
  }

  @Test("B83 cut short at many places: an error, never a shorter file", arguments: present)
  func truncated(compression: SourceCompression) throws {
    let packed = packedBytes(Array(Self.text.utf8), with: compression)
    let cuts =
      Array(0..<40) + stride(from: 40, to: packed.count, by: packed.count / 25)
      + ((packed.count - 20)..<packed.count)
    for cut in cuts {
      let error = sourceFailure { _ = try Self.readPacked(Array(packed[..<cut]), compression) }
      #expect(
        error?.status == .input
          && (error?.code == "compressed-corrupt" || cut < 8 && error?.code == "compressed-mismatch"),
        "cut at \(cut) of \(packed.count): \(String(describing: error))")
    }
  }

  @Test("B83 a wrong check sum or a flipped byte", arguments: present)
  func corrupt(compression: SourceCompression) throws {
    let packed = packedBytes(Array(Self.text.utf8), with: compression)
    let whole = try Self.readPacked(packed, compression)
    for index in stride(from: 0, to: packed.count, by: packed.count / 60) {
      var bytes = packed
      bytes[index] ^= 0x10
      // A few header bytes (gzip: time, system) say nothing of the content; then all of it must be there.
      do {
        #expect(try Self.readPacked(bytes, compression) == whole, "byte \(index)")
      } catch let error as SluiceError {
        #expect(error.status == .input, "byte \(index)")
      }
    }
    var sum = packed
    sum[packed.count - (compression == .xz ? 30 : 1)] ^= 0xFF
    #expect(sourceFailure { _ = try Self.readPacked(sum, compression) }?.code == "compressed-corrupt")
  }

  @Test("B83 something after the end", arguments: present)
  func trailingGarbage(compression: SourceCompression) throws {
    let packed = packedBytes(Array(Self.text.utf8), with: compression) + Array("{\"n\":1}\n".utf8)
    #expect(sourceFailure { _ = try Self.readPacked(packed, compression) }?.code == "compressed-corrupt")
  }

  @Test("B83 a bomb ends with status 9, a high but allowed ratio does not", arguments: present)
  func bomb(compression: SourceCompression) throws {
    let packed = packedBytes(Self.lines(17 << 10), with: compression)
    var limits = Limits()
    limits.compressionRatioMax = 100
    let error = sourceFailure { _ = try Self.readPacked(packed, compression, limits: limits) }
    #expect(error?.code == "compression-ratio" && error?.status == .limit)
    limits.compressionRatioMax = 1 << 20
    let folder = SourceFolder()
    let path = folder.write(packed, to: "records")
    let source = try SourceReader(
      SourceSpecification(path, .ndjson, compression), permit: readPermit(), limits: limits)
    let reader = BlockReader(source, sourceIndex: 0, limits: limits)
    var block = Block()
    var count = 0
    while try reader.next(into: &block) { count += block.count }
    #expect(count == 17 << 20 && source.byteCountRead == 17 << 20)
    #expect(
      source.compressedByteCount == UInt64(packed.count)
        && source.totalByteCount == source.compressedByteCount)
    try source.finish()
    // Below 16 MiB there is no ratio.
    limits.compressionRatioMax = 1
    let small = packedBytes(Self.lines(1 << 10), with: compression)
    #expect(sourceFailure { _ = try Self.readPacked(small, compression, limits: limits) } == nil)
  }

  @Test("A name that says more than the bytes hold", arguments: present)
  func mismatch(compression: SourceCompression) throws {
    for bytes in [
      [], Array("{}\n".utf8), packedBytes([0x7B], with: Self.present.first { $0 != compression } ?? .none),
    ] {
      let error = sourceFailure { _ = try Self.readPacked(bytes, compression) }
      #expect(error?.code == "compressed-mismatch" && error?.status == .input)
    }
  }

  @Test("Compressed twice is not unpacked twice", arguments: present)
  func nested(compression: SourceCompression) throws {
    let packed = packedBytes(packedBytes(Array("{}\n".utf8), with: compression), with: compression)
    #expect(sourceFailure { _ = try Self.readPacked(packed, compression) }?.code == "compressed-input")
  }

  @Test("The bytes inside are looked at as others are", arguments: present)
  func inside(compression: SourceCompression) throws {
    let wide = packedBytes([0xFF, 0xFE, 0x7B, 0x00], with: compression)
    #expect(sourceFailure { _ = try Self.readPacked(wide, compression) }?.code == "encoding-utf16")
    let marked = try Self.readPacked(packedBytes(Array("\u{FEFF}{}".utf8), with: compression), compression)
    #expect(marked.texts == ["{}"] && marked.records[0].byteOffset == 3)
  }

  @Test("A missing tool is named with its package", arguments: present)
  func toolMissing(compression: SourceCompression) throws {
    let folder = SourceFolder()
    let path = folder.write(packedBytes([0x7B], with: compression), to: "records")
    let error = sourceFailure {
      _ = try SourceReader(
        SourceSpecification(path, .ndjson, compression), permit: readPermit(), limits: Limits(),
        readSizeMax: .max, toolFolders: [folder.path])
    }
    #expect(error?.code == "tool-missing" && error?.status == .input)
    #expect(error?.message.contains(compression == .xz ? "xz-utils" : compression.rawValue) == true)
  }

  @Test("The tool ends when the reader is dropped early", arguments: present)
  func dropped(compression: SourceCompression) throws {
    let folder = SourceFolder()
    let path = folder.write(packedBytes(Self.lines(32 << 10), with: compression), to: "records")
    // The file's offset is shared with the tool; a tool that runs on would keep the file open.
    do {
      let source = try SourceReader(
        SourceSpecification(path, .ndjson, compression), permit: readPermit(), limits: Limits())
      #expect(openers(of: path) >= 1)
      _ = consume source
    }
    #expect(openers(of: path) == 0)
  }

  @Test("F37 a compressed file that changes", arguments: present)
  func changed(compression: SourceCompression) throws {
    let folder = SourceFolder()
    let path = folder.write(packedBytes(Array(Self.text.utf8), with: compression), to: "records")
    let source = try SourceReader(
      SourceSpecification(path, .ndjson, compression), permit: readPermit(), limits: Limits())
    let file = fopen(path, "a")!
    fputs("x", file)
    fclose(file)
    let error = sourceFailure {
      _ = try readBlocks(of: source, limits: Limits())
      try source.finish()
    }
    #expect(error?.code == "input-changed")
  }

  @Test("A compressed FIFO is refused", arguments: present)
  func fifo(compression: SourceCompression) throws {
    let folder = SourceFolder()
    let path = folder.path + "/fifo"
    try #require(mkfifo(path, 0o600) == 0)
    let other = open(path, O_RDWR | O_CLOEXEC)
    defer { close(other) }
    let error = sourceFailure { _ = try readSource(SourceSpecification(path, .ndjson, compression)) }
    #expect(error?.code == "input-kind")
  }
}

/// How many descriptors of this process's children and itself have a file open.
private func openers(of path: String) -> Int {
  var count = 0
  guard let processes = opendir("/proc") else { return 0 }
  defer { closedir(processes) }
  while let entry = readdir(processes) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) {
      String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard Int(name) != nil, let descriptors = opendir("/proc/\(name)/fd") else { continue }
    defer { closedir(descriptors) }
    while let descriptor = readdir(descriptors) {
      let number = withUnsafeBytes(of: &descriptor.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      var target = [UInt8](repeating: 0, count: 4096)
      let length = target.withUnsafeMutableBytes {
        readlink("/proc/\(name)/fd/\(number)", $0.baseAddress!.assumingMemoryBound(to: CChar.self), 4096)
      }
      if length > 0, String(decoding: target[..<length], as: UTF8.self) == path { count += 1 }
    }
  }
  return count
}
