/// A schema as the record path reads it. Made once a run and shared by all workers.
final class SchemaAccess: Sendable {
  struct Field {
    /// The slot of a field that has one name; of several the first that `slots` lists.
    var slot: Int32 = -1
    var slotStart: Int32 = 0
    var slotCount: Int32 = 0
    /// The slot of a point's longitude, or -1.
    var second: Int32 = -1
    var isArray = false
    /// How an identifier is read; only parties and mentions have one here.
    var reader = CompiledPlan.Reader.text
    var low: UInt64 = 0
    var high: UInt64 = 0
    var region: Int32 = -1
    var classByte: UInt8 = 0
  }

  struct Kind {
    /// Index into the catalog's kinds.
    var index = 0
    /// Its place in the schema.
    var place = 0
    var fieldStart = 0
    var timeField = -1
    /// Into `identifierFields`: the parties, then the mentions.
    var identifierStart = 0
    var partyCount = 0
    var mentionCount = 0
    var conditionStart = 0
    var conditionCount = 0
    var ambiguousStart = 0
    var ambiguousCount = 0
    var foreignStart = 0
    var foreignCount = 0
    var neverStart = 0
    var neverCount = 0
  }

  struct Condition {
    var slot: Int32
    /// Into `conditionBytes`.
    var start: Int32
    var count: Int32
    /// The first eight bytes, as `Bytes.word(at:)` reads them.
    var head: UInt64
    /// Whether the text is `true` or `false`, which JSON may write as a word too.
    var isBoolean: Bool
  }

  /// For each kind and field the slots, and how an identifier or an instant is read from them. Flat, so that
  /// reaching a field costs no reference count.
  struct Tables: Sendable {
    let kinds: FrozenArray<Kind>
    let fields: FrozenArray<Field>
    let slots: FrozenArray<Int32>
    let identifierFields: FrozenArray<Int32>
    let conditions: FrozenArray<Condition>
    let conditionBytes: FrozenArray<UInt8>
    /// Fields of which several names are declared.
    let ambiguousFields: FrozenArray<Int32>
    /// For each kind, the slots that belong to other kinds alone.
    let foreignSlots: FrozenArray<Int32>
    /// For each kind, the slots of content and secrets; `neverNames` beside it.
    let neverSlots: FrozenArray<Int32>
    let regions: FrozenArray<PhoneRegion?>
    /// The time format of each kind's time field; a kind without one has some form that nobody reads.
    let timeFormats: FrozenArray<TimestampFormat>
  }

  let layout: RecordLayout
  let tables: Tables
  let neverNames: [String]

  init(schema: Schema, catalog: Catalog) {
    layout = RecordLayout(schema: schema, catalog: catalog)
    var builder = Builder()
    for (kind, kindLayout) in zip(schema.kinds, layout.kinds) {
      builder.add(kind, kindLayout, slotPaths: layout.slotPaths)
    }
    tables = Tables(
      kinds: FrozenArray(builder.kinds), fields: FrozenArray(builder.fields),
      slots: FrozenArray(builder.slots), identifierFields: FrozenArray(builder.identifierFields),
      conditions: FrozenArray(builder.conditions),
      conditionBytes: FrozenArray(padded: builder.conditionBytes),
      ambiguousFields: FrozenArray(builder.ambiguousFields), foreignSlots: FrozenArray(builder.foreignSlots),
      neverSlots: FrozenArray(builder.neverSlots), regions: FrozenArray(builder.regions),
      timeFormats: FrozenArray(builder.timeFormats))
    neverNames = builder.neverNames
  }

  deinit {
    tables.kinds.deallocate()
    tables.fields.deallocate()
    tables.slots.deallocate()
    tables.identifierFields.deallocate()
    tables.conditions.deallocate()
    tables.conditionBytes.deallocate()
    tables.ambiguousFields.deallocate()
    tables.foreignSlots.deallocate()
    tables.neverSlots.deallocate()
    tables.regions.deallocate()
    tables.timeFormats.deallocate()
  }

  private struct Builder {
    var kinds: [Kind] = []
    var fields: [Field] = []
    var slots: [Int32] = []
    var identifierFields: [Int32] = []
    var conditions: [Condition] = []
    var conditionBytes: [UInt8] = []
    var ambiguousFields: [Int32] = []
    var foreignSlots: [Int32] = []
    var neverSlots: [Int32] = []
    var neverNames: [String] = []
    var regions: [PhoneRegion?] = []
    var timeFormats: [TimestampFormat] = []

    mutating func add(_ kind: Sluice.Kind, _ layout: RecordLayout.KindLayout, slotPaths: [String]) {
      var entry = Kind()
      entry.index = layout.kindIndex
      entry.place = kinds.count
      entry.fieldStart = fields.count
      entry.timeField = kind.timeField ?? -1
      for (field, place) in zip(kind.fields, layout.fields) { fields.append(access(field, place)) }
      timeFormats.append(
        kind.timeField.flatMap {
          if case .timestamp(let format) = kind.fields[$0].type { format } else { nil }
        } ?? .rfc3339)
      entry.identifierStart = identifierFields.count
      (entry.partyCount, entry.mentionCount) = (kind.parties.count, kind.mentions.count)
      identifierFields += (kind.parties + kind.mentions).map { Int32($0) }
      entry.conditionStart = conditions.count
      for condition in layout.conditions {
        conditions.append(
          Condition(
            slot: Int32(condition.slot), start: Int32(conditionBytes.count),
            count: Int32(condition.value.count), head: Bytes.head(of: condition.value),
            isBoolean: ["true", "false"].contains { condition.value.elementsEqual($0.utf8) }))
        conditionBytes += condition.value
      }
      entry.conditionCount = conditions.count - entry.conditionStart
      entry.ambiguousStart = ambiguousFields.count
      for (index, place) in layout.fields.enumerated() where place.slots.count > 1 {
        ambiguousFields.append(Int32(index))
      }
      entry.ambiguousCount = ambiguousFields.count - entry.ambiguousStart
      entry.foreignStart = foreignSlots.count
      for (slot, path) in slotPaths.enumerated() where !path.isEmpty {
        let word = slot / 64
        let isOwn = word < layout.slotMask.count && layout.slotMask[word] >> UInt64(slot % 64) & 1 == 1
        if !isOwn { foreignSlots.append(Int32(slot)) }
      }
      entry.foreignCount = foreignSlots.count - entry.foreignStart
      entry.neverStart = neverSlots.count
      neverSlots += layout.neverSlots.map { Int32($0.slot) }
      neverNames += layout.neverSlots.map(\.name)
      entry.neverCount = neverSlots.count - entry.neverStart
      kinds.append(entry)
    }

    private mutating func access(_ field: Sluice.Field, _ layout: RecordLayout.FieldLayout) -> Field {
      var entry = Field()
      entry.slot = Int32(layout.slots.first ?? -1)
      entry.slotStart = Int32(slots.count)
      entry.slotCount = Int32(layout.slots.count)
      entry.second = Int32(layout.second ?? -1)
      entry.isArray = field.isArray
      slots += layout.slots.map { Int32($0) }
      entry.classByte = field.type.identifierClass?.rawValue ?? 0
      switch field.type {
      case .phone(let region):
        entry.reader = .phone
        entry.region = Int32(regions.count)
        regions.append(region.flatMap { PhoneRegion(code: $0) })
      case .account(let alphabet), .device(let alphabet), .cell(let alphabet), .id(_, let alphabet):
        entry.reader = .opaque
        (entry.low, entry.high) = (alphabet.low, alphabet.high)
      case .email: entry.reader = .email
      case .ip: entry.reader = .ip
      default: break
      }
      return entry
    }
  }
}
