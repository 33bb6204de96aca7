/// A release plan as the row loop reads it: flat arrays of small values, indexed by kind, without an object, a
/// string or a reference count on the way to a cell. The path goes to it and to its columns by pointers, so that
/// nothing is copied on the way.
///
/// Demands that share a policy, an instrument and their granted categories share one of these; what differs
/// between them (subjects, period, keys) lies in `PacketTable`.
package struct CompiledPlan: Sendable {
  /// What an action does, with its parameters in the step.
  enum Operation: UInt8 {
    case withhold, redact, keep, pseudonymize, country, mask, truncate, grid, geohash, prefix, bucket, map
  }

  /// One action for one role.
  struct Step {
    var operation: Operation
    /// truncate alone has one.
    var granularity: Granularity?
    /// mask: characters kept; geohash: characters; prefix: length for v4.
    var first: Int32 = 0
    /// prefix: length for v6; grid and bucket: index into the plan's tables; map: its first of `words`.
    var second: Int32 = 0
  }

  /// How a value is read.
  enum Reader: UInt8 {
    case phone, opaque, email, ip, port, timestamp, duration, integer, decimal, boolean, enumeration, point,
      text
  }

  /// Whose action holds for a column.
  enum Role: UInt8 {
    case record
    /// A party or mention: each value has the role of its own account.
    case own
    /// The role of the party in `roleField`.
    case party
  }

  struct Column {
    var field: Int32
    var reader: Reader
    var role: Role
    var roleField: Int32 = -1
    var isArray: Bool
    var withholdsOnError: Bool
    var isTime: Bool
    var subject: Step
    var other: Step
    /// opaque: the alphabet's words. text: the most scalars, in `low`. enumeration, boolean: its words, in `low`.
    var low: UInt64 = 0
    var high: UInt64 = 0
    /// Index into the plan's formats or regions, or its first of `words`.
    var table: Int32 = -1
    /// What a pseudonym is made with: class byte, letter and index into the plan's class labels. Set where a role is
    /// pseudonymised.
    var classByte: UInt8 = 0
    var classLetter: UInt8 = 0
    var classLabel: Int32 = -1
    /// The bundles this column is one of the fields of, a bit each.
    var bundles: UInt64 = 0
    var keyStart: Int32
    var keyCount: Int32
    /// CSV: whether the column has a cell of its own name, and two for coordinates.
    var hasTextCell: Bool
    var hasCoordinateCells: Bool
  }

  /// A bundle over the columns of one kind.
  struct BundleMember {
    var bundle: Int32
    /// Index into the kind's columns, or -1 where the plan releases no such field: the bundle always fails.
    var column: Int32
    /// Whether the member is one of the fields, which must be kept; otherwise a companion.
    var isField: Bool
    /// The coarsest granularity a companion may have; nil: it must be kept.
    var coarsest: Granularity?
  }

  struct KindColumns {
    var isNamed = false
    /// Among the kinds that the plan names, by which a packet's counts lie.
    var place = 0
    var columnStart = 0
    var columnCount = 0
    var bundleStart = 0
    var bundleCount = 0
    /// Fields that a granted category names and withholds for every role; their presence tells why a record
    /// that is reached stays in.
    var hiddenStart = 0
    var hiddenCount = 0
    /// Identifier fields of the kind, released or not, for the leak gate.
    var watchStart = 0
    var watchCount = 0
    /// `,"kind":"NAME"`, where rows begin with it.
    var prefixStart = 0
    var prefixCount = 0
  }

  /// One of the words of an enumeration or a map, in `text`.
  struct Word {
    var start: Int32
    /// -1: a map has no entry for the value.
    var count: Int32
    /// The first eight bytes, as `Bytes.word(at:)` reads them.
    var head: UInt64
    /// Whether it can be written as it is in every format and need not be escaped.
    var isPlain: Bool
  }

  let kinds: FrozenArray<KindColumns>
  let columns: FrozenArray<Column>
  let members: FrozenArray<BundleMember>
  let hiddenFields: FrozenArray<Int32>
  let watched: FrozenArray<WatchedField>
  /// Keys, and the words of enumerations and maps.
  let text: FrozenArray<UInt8>
  let words: FrozenArray<Word>
  let formats: FrozenArray<TimestampFormat>
  let regions: FrozenArray<PhoneRegion?>
  let lattices: FrozenArray<ExactDecimal>
  let buckets: FrozenArray<Buckets>
  /// HKDF labels of the classes that the plan pseudonymises: `phone`, `id:message`, …. A packet has a key for each, and
  /// for no other.
  package let classLabels: [String]

  package init(_ plan: ReleasePlan, kindCount: Int, prefixesKind: Bool) {
    var builder = Builder(kindCount: kindCount)
    for kind in plan.kinds { builder.add(kind, prefixesKind: prefixesKind) }
    kinds = FrozenArray(builder.kinds)
    columns = FrozenArray(builder.columns)
    members = FrozenArray(builder.members)
    hiddenFields = FrozenArray(builder.hiddenFields)
    watched = FrozenArray(builder.watched)
    text = FrozenArray(padded: builder.text)
    words = FrozenArray(builder.words)
    formats = FrozenArray(builder.formats)
    regions = FrozenArray(builder.regions)
    lattices = FrozenArray(builder.lattices)
    buckets = FrozenArray(builder.buckets)
    classLabels = builder.classLabels
  }

  package func deallocate() {
    kinds.deallocate()
    columns.deallocate()
    members.deallocate()
    hiddenFields.deallocate()
    watched.deallocate()
    text.deallocate()
    words.deallocate()
    formats.deallocate()
    regions.deallocate()
    lattices.deallocate()
    buckets.deallocate()
  }

  /// The bytes of a word; `OutputBuffer.shortByteCount` can be read.
  @inline(__always) func bytes(of word: Word) -> Bytes {
    Bytes(start: text.base + Int(word.start), count: Int(word.count))
  }

  /// Whether one of a bundle's companions at `step` is fine enough for the bundle.
  @inline(__always)
  static func isFineEnough(_ step: Step, coarsest: Granularity?) -> Bool {
    switch step.operation {
    case .keep: true
    case .truncate: isWithin(step.granularity, coarsest)
    default: false
    }
  }

  private static func isWithin(_ finer: Granularity?, _ coarsest: Granularity?) -> Bool {
    guard let finer, let coarsest else { return false }
    return finer.isWithin(coarsest)
  }
}

extension CompiledPlan {
  fileprivate struct Builder {
    var kinds: [KindColumns]
    var columns: [Column] = []
    var members: [BundleMember] = []
    var hiddenFields: [Int32] = []
    var watched: [WatchedField] = []
    var text: [UInt8] = []
    var words: [Word] = []
    var formats: [TimestampFormat] = []
    var regions: [PhoneRegion?] = []
    var lattices: [ExactDecimal] = []
    var buckets: [Buckets] = []
    var classLabels: [String] = []

    init(kindCount: Int) { kinds = Array(repeating: KindColumns(), count: kindCount) }
  }
}

extension CompiledPlan.Builder {
  typealias Column = CompiledPlan.Column
  typealias Step = CompiledPlan.Step
  typealias Word = CompiledPlan.Word

  mutating func add(_ plan: KindPlan, prefixesKind: Bool) {
    var entry = CompiledPlan.KindColumns()
    entry.isNamed = true
    entry.place = kinds.count { $0.isNamed }
    entry.columnStart = columns.count
    entry.bundleStart = members.count
    var columnOfField: [Int: Int] = [:]
    for field in plan.columns {
      columnOfField[field.fieldIndex] = columns.count - entry.columnStart
      columns.append(column(field, of: plan.kind))
    }
    entry.columnCount = columns.count - entry.columnStart
    for (index, bundle) in plan.bundles.enumerated() {
      precondition(index < Bundle.countMax, "documents with more do not load")
      for field in bundle.fields {
        let column = columnOfField[field] ?? -1
        if column >= 0 { columns[entry.columnStart + column].bundles |= 1 << UInt64(index) }
        members.append(
          CompiledPlan.BundleMember(
            bundle: Int32(index), column: Int32(column), isField: true, coarsest: nil))
      }
      for companion in bundle.companions {
        members.append(
          CompiledPlan.BundleMember(
            bundle: Int32(index), column: Int32(columnOfField[companion.field] ?? -1), isField: false,
            coarsest: companion.coarsest))
      }
    }
    entry.bundleCount = members.count - entry.bundleStart
    entry.hiddenStart = hiddenFields.count
    hiddenFields += plan.fields.filter { !$0.isReleased }.map { Int32($0.fieldIndex) }
    entry.hiddenCount = hiddenFields.count - entry.hiddenStart
    entry.watchStart = watched.count
    addWatched(plan, columnOfField.mapValues { columns[entry.columnStart + $0] })
    entry.watchCount = watched.count - entry.watchStart
    if prefixesKind {
      let prefix = Array(",\"kind\":\"\(plan.kind.name)\"".utf8)
      (entry.prefixStart, entry.prefixCount) = (text.count, prefix.count)
      text += prefix
    }
    kinds[plan.kindIndex] = entry
  }

  /// Every field of the kind that holds identifiers: those that no granted category names are kept for nobody.
  private mutating func addWatched(_ plan: KindPlan, _ columns: [Int: Column]) {
    for (index, field) in plan.kind.fields.enumerated() where field.type.identifierClass != nil {
      let column = columns[index]
      // Its reader, role and alphabet, whether it is released or not.
      let shape =
        column
        ?? self.column(
          FieldPlan(
            fieldIndex: index, field: field, subject: .withheld, other: .withheld, withholdsOnError: false),
          of: plan.kind)
      watched.append(
        WatchedField(
          field: Int32(index), reader: shape.reader, role: shape.role, roleField: shape.roleField,
          isArray: shape.isArray, keepsSubject: column?.subject.operation == .keep,
          keepsOther: column?.other.operation == .keep, bundles: shape.bundles, low: shape.low,
          high: shape.high, region: max(0, shape.table)))
    }
  }

  private mutating func column(_ plan: FieldPlan, of kind: Kind) -> Column {
    let field = plan.field
    let key = Array(",\"\(field.name)\":".utf8)
    var column = Column(
      field: Int32(plan.fieldIndex), reader: .text, role: .record, isArray: field.isArray,
      withholdsOnError: plan.withholdsOnError, isTime: kind.timeField == plan.fieldIndex,
      subject: Step(operation: .withhold), other: Step(operation: .withhold),
      keyStart: Int32(text.count), keyCount: Int32(key.count), hasTextCell: plan.releasesText,
      hasCoordinateCells: plan.releasesCoordinates)
    text += key
    switch field.role {
    case .party, .mention: column.role = .own
    case .of(let party): (column.role, column.roleField) = (.party, Int32(party))
    case .record: column.role = .record
    }
    setReader(of: &column, field.type)
    column.subject = step(plan.subject.action, type: field.type)
    column.other = step(plan.other.action, type: field.type)
    if [column.subject, column.other].contains(where: { $0.operation == .pseudonymize }) {
      // Without a label of its own it would be made under the key of the packet before.
      guard let identifierClass = field.type.identifierClass else {
        preconditionFailure("identifiers alone have pseudonyms")
      }
      column.classByte = identifierClass.rawValue
      column.classLetter = identifierClass.letter
      column.classLabel = Int32(classLabelIndex(field.type))
    }
    return column
  }

  private mutating func setReader(of column: inout Column, _ type: FieldType) {
    switch type {
    case .phone(let region):
      column.reader = .phone
      column.table = Int32(regions.count)
      regions.append(region.flatMap { PhoneRegion(code: $0) })
    case .account(let alphabet), .device(let alphabet), .cell(let alphabet), .id(_, let alphabet):
      column.reader = .opaque
      (column.low, column.high) = (alphabet.low, alphabet.high)
    case .email: column.reader = .email
    case .ip: column.reader = .ip
    case .port: column.reader = .port
    case .timestamp(let format):
      column.reader = .timestamp
      column.table = Int32(formats.count)
      formats.append(format)
    case .duration:
      column.reader = .duration
    case .integer: column.reader = .integer
    case .decimal: column.reader = .decimal
    case .boolean:
      column.reader = .boolean
      addWords(["false", "true"], to: &column)
    case .enumeration(let values):
      column.reader = .enumeration
      addWords(values, to: &column)
    case .point: column.reader = .point
    case .text(let maximum):
      column.reader = .text
      column.low = UInt64(maximum)
    case .content, .secret: preconditionFailure("no policy can name content or a secret")
    }
  }

  private mutating func step(_ action: Action, type: FieldType) -> Step {
    switch action {
    case .keep: return Step(operation: .keep)
    case .redact: return Step(operation: .redact)
    case .withhold: return Step(operation: .withhold)
    case .pseudonymize: return Step(operation: .pseudonymize)
    case .country: return Step(operation: .country)
    case .mask(let last): return Step(operation: .mask, first: Int32(last))
    case .truncate(let granularity):
      return Step(operation: .truncate, granularity: granularity)
    case .grid(let side):
      lattices.append(side)
      return Step(operation: .grid, second: Int32(lattices.count - 1))
    case .geohash(let length): return Step(operation: .geohash, first: Int32(length))
    case .prefix(let v4, let v6): return Step(operation: .prefix, first: Int32(v4), second: Int32(v6))
    case .bucket(let bucket):
      buckets.append(bucket)
      return Step(operation: .bucket, second: Int32(buckets.count - 1))
    case .map(let entries):
      let first = words.count
      for value in Self.values(of: type) { add(word: entries[value]) }
      return Step(operation: .map, second: Int32(first))
    }
  }

  private mutating func addWords(_ values: [String], to column: inout Column) {
    column.table = Int32(words.count)
    column.low = UInt64(values.count)
    for value in values { add(word: value) }
  }

  private mutating func add(word: String?) {
    let bytes = word.map { Array($0.utf8) } ?? []
    words.append(
      Word(
        start: Int32(text.count), count: word == nil ? -1 : Int32(bytes.count),
        head: Bytes.head(of: bytes),
        isPlain: bytes.allSatisfy { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }))
    text += bytes
  }

  private static func values(of type: FieldType) -> [String] {
    switch type {
    case .enumeration(let values): values
    case .boolean: ["false", "true"]
    default: []
    }
  }

  private mutating func classLabelIndex(_ type: FieldType) -> Int {
    let label = type.classLabel
    if let index = classLabels.firstIndex(of: label) { return index }
    classLabels.append(label)
    return classLabels.count - 1
  }
}

extension FieldType {
  /// The label under which the class key is derived: the class's word, or `id:` and the declared name.
  package var classLabel: String {
    if case .id(let name, _) = self { return IdentifierClass.id.keyLabel(name: name) }
    return identifierClass?.keyLabel(name: nil) ?? ""
  }
}

extension IdentifierClass {
  /// The label under which the key of the class is derived (design: section 3.6). `name`: what a schema declares for
  /// identifiers of class `id`, of which each name is a class of its own.
  func keyLabel(name: String?) -> String { self == .id ? "id:\(name ?? "")" : word }
}

extension RolePlan {
  /// Of a field that no granted category names.
  fileprivate static let withheld = RolePlan(
    action: .withhold, category: "", citation: "", position: Position(file: "", line: 0, column: 0))
}
