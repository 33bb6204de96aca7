import Foundation
import SluiceCrypto
import Testing

/// SHA-256's block function (FIPS 180-4, section 6.2.2), as a reader of the standard writes it.
enum ReferenceSHA256 {
  /// The state after one block, as libcrypto keeps it: eight words of the machine.
  static func state(after block: [UInt8]) -> [UInt8] {
    let primes = (2...).lazy.filter { number in !(2..<number).contains { number.isMultiple(of: $0) } }
    // The first 32 bits of the fractional parts of the roots, exactly, as whole-number roots.
    let constants = primes.prefix(64).map { fraction(UInt($0), cube: true) }
    let start = primes.prefix(8).map { fraction(UInt($0), cube: false) }
    var words = (0..<16).map { place in
      block[4 * place..<4 * place + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    }
    for place in 16..<64 {
      let (early, late) = (words[place - 15], words[place - 2])
      let first = rotated(early, 7) ^ rotated(early, 18) ^ early >> 3
      let second = rotated(late, 17) ^ rotated(late, 19) ^ late >> 10
      words.append(words[place - 16] &+ first &+ words[place - 7] &+ second)
    }
    var v = start
    for place in 0..<64 {
      let sum1 = rotated(v[4], 6) ^ rotated(v[4], 11) ^ rotated(v[4], 25)
      let choice = (v[4] & v[5]) ^ (~v[4] & v[6])
      let first = v[7] &+ sum1 &+ choice &+ constants[place] &+ words[place]
      let sum0 = rotated(v[0], 2) ^ rotated(v[0], 13) ^ rotated(v[0], 22)
      let majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2])
      v = [first &+ sum0 &+ majority, v[0], v[1], v[2], v[3] &+ first, v[4], v[5], v[6]]
    }
    return zip(start, v).flatMap { pair in withUnsafeBytes(of: pair.0 &+ pair.1) { Array($0) } }
  }

  private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 {
    word >> count | word << (32 - count)
  }

  /// The bits after the point of a root, found by halving.
  private static func fraction(_ number: UInt, cube: Bool) -> UInt32 {
    let target = UInt128(number) << (cube ? 96 : 64)
    var (low, high) = (UInt128(0), UInt128(1) << 37)
    while high - low > 1 {
      let middle = (low + high) / 2
      if (cube ? middle * middle * middle : middle * middle) <= target { low = middle } else { high = middle }
    }
    return UInt32(truncatingIfNeeded: low)
  }
}

@Suite("Memory of keys: locked, and in no core file") struct SecretMemoryTests {
  /// The two pads of a key, digested.
  static func states(_ key: [UInt8]) -> [[UInt8]] {
    [UInt8(0x36), 0x5C].map { pad in
      ReferenceSHA256.state(after: (key + [UInt8](repeating: 0, count: 64 - key.count)).map { $0 ^ pad })
    }
  }

  @Test("The reference makes the answer of FIPS 180-4 for \"abc\"") func reference() {
    let block = Array("abc".utf8) + [0x80] + [UInt8](repeating: 0, count: 59) + [24]
    let words = ReferenceSHA256.state(after: block)
    let digest = stride(from: 0, to: 32, by: 4).flatMap { words[$0..<$0 + 4].reversed() }
    #expect(Base16.encode(digest) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  /// What a process of its own is given: a key file, and in another file what must be found in its memory. Every byte
  /// there is turned over, so that the process never holds it but as a key.
  struct Setting: Codable, Sendable {
    var keyFile: String
    var hidden: [[UInt8]]
    var fillsSecureHeap: Bool
  }

  static func setting(_ folder: KeyFolder, fillsSecureHeap: Bool) throws -> Setting {
    var numbers = SeededNumbers(seed: 71)
    let raw = numbers.bytes(32)
    func expand(_ key: [UInt8], _ elements: [String]) throws -> [UInt8] {
      try KeyDerivation.bytes(.expand, key: key, salt: [], info: KeyDerivation.tuple(elements), count: 32)
    }
    let caseKey = try expand(raw, ["sluice/1", "case", "0", "US", "US-1"])
    let classKey = try expand(caseKey, ["sluice/1", "id", "phone"])
    let needles = [raw, caseKey, classKey] + states(classKey)
    return Setting(
      keyFile: try folder.write(raw), hidden: needles.map { $0.map { ~$0 } }, fillsSecureHeap: fillsSecureHeap
    )
  }

  @Test("Root key, case key, class key and digest states lie only in such pages", arguments: [false, true])
  func places(fillsSecureHeap: Bool) async throws {
    let folder = try KeyFolder()
    let setting = try Self.setting(folder, fillsSecureHeap: fillsSecureHeap)
    await #expect(processExitsWith: .success) { [setting = setting as Setting] in
      try Self.check(setting)
    }
    withExtendedLifetime(folder) {}
  }

  static func check(_ setting: Setting) throws {
    let isLocked = try SecretMemory.isLocked()
    // The share of the secure heap that is for keys, or none of it.
    let filler = try (0..<(setting.fillsSecureHeap ? 40 : 0)).map { _ in
      try SecretBytesTests.Held(count: 1 << 14)
    }
    let root = try RootKey(contentsOfFile: setting.keyFile)
    let caseKey = try root.caseKey(jurisdiction: "US", reference: "US-1")
    let classKey = try caseKey.classKey("phone")
    var context = try PseudonymContext(classKey)
    _ = try context.text(classByte: 1, letter: "p", Array("+12025550123".utf8))
    for (index, hidden) in setting.hidden.enumerated() {
      let pages = try MemorySearch.flags(ofPagesWithHidden: hidden)
      #expect(!pages.isEmpty, "secret \(index) is not found where it must be")
      for flags in pages {
        #expect(flags.contains("dd"), "secret \(index) would be in a core file")
        #expect(flags.contains("lo") || !isLocked, "secret \(index) is not locked")
      }
    }
    withExtendedLifetime((filler, root, caseKey, classKey)) {}
    _ = consume context
  }

  /// F33: what the system does not lock is told, or refused.
  @Test("Without a right to lock memory it is told, and refused once locking is required")
  func notLocked() async throws {
    await #expect(processExitsWith: .success) {
      #expect(Self.giveUpLocking())
      let isLocked = try SecretMemory.isLocked()
      #expect(!isLocked)
      let error = CryptoTestSupport.failure { try SecretMemory.requireLocked() }
      #expect(error?.code == "memory-not-locked")
      #expect(error?.message.contains("ulimit -l") == true)
      // Keys that would go beyond the secure heap are refused too.
      let beyond = CryptoTestSupport.failure {
        let held = try (0..<80).map { _ in try SecretBytesTests.Held(count: 1 << 14) }
        #expect(held.count == 80)
      }
      #expect(beyond?.code == "memory-not-locked")
    }
  }

  /// Lets the process lock no memory; root has to become somebody else for that.
  static func giveUpLocking() -> Bool {
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    guard setrlimit(__rlimit_resource_t(__RLIMIT_MEMLOCK.rawValue), &none) == 0 else { return false }
    return geteuid() != 0 || setuid(65534) == 0
  }

  @Test("Chunks hold what they are asked for and go with the last secret in them") func chunks() async {
    await #expect(processExitsWith: .success) {
      func mapped() throws -> Int { try MemorySearch.mappings().count { $0.flags.hasPrefix("rw") } }
      _ = try SecretMemory.isLocked()
      let filler = try (0..<40).map { _ in try SecretBytesTests.Held(count: 1 << 14) }
      for count in [1, 63, 64, 65, 4096, 65536, 65537, 1 << 20] {
        let held = try SecretBytesTests.Held(count: count)
        #expect(held.isZero && held.address.isMultiple(of: 64))
        #expect(try MemorySearch.flags(at: held.address).contains("dd"))
        #expect(try MemorySearch.flags(at: held.address + count - 1).contains("dd"))
      }
      let before = try mapped()
      for _ in 0..<50 { #expect(try SecretBytesTests.Held(count: 1 << 20).isZero) }
      #expect(try mapped() <= before + 2)
      #expect(filler.count == 40)
    }
  }
}
