/// What a block's worker has to know of the source it came from. Made when the source is opened.
final class SourceContext: Sendable {
  let index: Int
  let specification: SourceSpecification
  let access: SchemaAccess
  /// The columns of a CSV or TSV source; empty for NDJSON.
  let header: [[UInt8]]
  /// The values of `from: source` fields, one after the other.
  let constants: FrozenArray<UInt8>
  /// The slots as they stand before a record is decoded: absent, but for the constants.
  let template: FrozenArray<Slot>

  init(index: Int, specification: SourceSpecification, access: SchemaAccess, header: [[UInt8]]) {
    self.index = index
    self.specification = specification
    self.access = access
    self.header = header
    var constants: [UInt8] = []
    var template = [Slot](repeating: Slot(), count: max(access.layout.slotCount, 1))
    for (name, slot) in access.layout.sourceSlots {
      guard let value = specification.values[name] else { continue }
      template[slot] = Slot(.constant, offset: constants.count, length: value.utf8.count)
      constants += value.utf8
    }
    self.constants = FrozenArray(padded: constants)
    self.template = FrozenArray(template)
  }

  deinit {
    constants.deallocate()
    template.deallocate()
  }
}
