import Sluice

/// A part of the program that takes bytes from outside, and what must hold for any bytes.
///
/// A finding is a sentence; so is everything that a target sees go wrong without a crash. No target depends on what it
/// was given before, so that one input is enough to see a finding again.
package enum FuzzTarget: String, CaseIterable, Sendable {
  case ndjson, csv, timestamp, ip, phone, coordinates, schema, policy, demand, manifest, packet

  /// What is wrong with what the program does with these bytes, or nil.
  package func finding(in bytes: [UInt8]) -> String? {
    switch self {
    case .ndjson: RecordTargets.ndjson(bytes)
    case .csv: RecordTargets.csv(bytes)
    case .timestamp: ValueTargets.timestamp(bytes)
    case .ip: ValueTargets.ip(bytes)
    case .phone: ValueTargets.phone(bytes)
    case .coordinates: ValueTargets.coordinates(bytes)
    case .schema: DocumentTargets.schema(bytes)
    case .policy: DocumentTargets.policy(bytes)
    case .demand: DocumentTargets.demand(bytes)
    case .manifest: PacketTargets.manifest(bytes)
    case .packet: PacketTargets.packet(bytes)
    }
  }
}

extension FuzzTarget {
  /// What the corpus of `packet` begins with: each file of the golden packet, under both choices.
  package static var packetSeeds: [[UInt8]] { PacketTargets.seeds }

  /// Whether the packet that an input of `packet` makes verifies.
  package static func isPacketAccepted(_ bytes: [UInt8]) -> Bool { PacketTargets.verified(bytes) != nil }
}
