"""The deliberate faults of `mutate.py`, by room. A name that begins with digits is the guarantee that it breaks."""
from typing import NamedTuple


class Fault(NamedTuple):
    name: str
    file: str
    # What is right, found once in the file (or once in `within`, which is found once in the file).
    old: str
    # What is put in its place: an expression for an expression, statements for statements.
    new: str
    # The tests that should notice, as a filter of `swift test`.
    tests: str
    is_statement: bool = False
    within: str = ""
    # The fault shows in the built program whether it is in force or not, so it is built alone and not behind a switch.
    is_built_alone: bool = False

    @property
    def room(self) -> str:
        parts = self.file.split("/")
        return parts[2] if parts[1] == "Sluice" else parts[1]


DOCUMENTS = r"DocumentTests"
RULES = r"PolicySetTests|ActionReaderTests|BundleCheckTests|StrictnessTests|DefaultDenyTests|PolicyCheckTests|SampleDocumentsTests|SampleRulingTests"
RULING = r"GatesTests|StatusTests|ScopeTests|ReleasePlanTests|SampleRulingTests|StreamTests|DemandBatchTests"
RECORDS = r"UnreadableTests|RoleTests|ActionTests|RejectingTests|GuaranteeTests|SubjectTableTests"
VALUES = RECORDS + r"|SluiceTests\.(Bucket|Geo|IPAddress|Instant|Mask|Numbers|PhoneNumber|ShortForms|TextValue|ExactDecimal|Email)"
PACKETS = r"PacketWriterTests|PacketTextTests|SmallCountsTests|PacketFolderTests|GoldenPacketTests|RowSpoolTests"
READER = r"PacketTamperTests|BagConformanceTests|BagReaderTests|PacketWriterTests"
LEAKS = r"LeakGateTests|LeakSearchTests|LeakSpoolTests|LeakLineMemoTests"
DIFFERENCE = r"DifferenceTests"
RUNS = r"DisclosureRunTests|GuaranteeTests|RejectingTests|RecordPathTests|BadInputTests|BadSourceTests"

FAULTS: list[Fault] = []


def expressions(file: str, tests: str, *faults: tuple[str, ...]) -> None:
    """Each: name, old, new, and where `old` stands more than once, what it stands in."""
    for fault in faults:
        name, old, new = fault[:3]
        FAULTS.append(Fault(name, file, old, new, tests, within=fault[3] if len(fault) > 3 else ""))


def statements(file: str, tests: str, *faults: tuple[str, ...]) -> None:
    for fault in faults:
        name, old, new = fault[:3]
        FAULTS.append(Fault(name, file, old, new, tests, True, fault[3] if len(fault) > 3 else ""))


def sluice(path: str) -> str:
    return f"Sources/Sluice/{path}.swift"


# MARK: Document

expressions(
    sluice("Document/DocumentComposer"), DOCUMENTS,
    ("documents-with-an-anchor-are-read", "event.hasAnchor", "false"),
    ("documents-with-a-tag-are-read", "event.hasTag", "false", "else if event.hasTag"),
    ("documents-after-the-first-are-passed-over", "next.content", "YAMLEvent.Content.streamEnd"),
    ("documents-take-a-key-twice", "$0.key == key", "false"),
    ("long-documents-take-a-key-twice", "many[key]", "(nil as Int?)", "let noted = many[key]"),
    ("long-documents-forget-the-first-keys", "many.isEmpty", "false"),
    ("documents-take-merge-keys", 'name != "<<"', "true"),
    ("documents-nest-without-end", "depth <= Document.depthMax", "true"),
)
expressions(
    sluice("Document/DocumentCharacters"), DOCUMENTS,
    ("documents-may-hide-text", "isAllowed(scalar)", "true", "guard isAllowed(scalar) ||"),
    ("documents-may-hold-control-characters", "others == 0", "true"),
)

# MARK: Policy

expressions(
    sluice("Policy/Strictness"), RULES,
    ("strictness-by-rank-is-turned", "rank > other.rank", "rank < other.rank"),
    ("strictness-of-geohash-is-turned", "coarse <= fine", "coarse >= fine"),
    ("strictness-of-prefix-looks-at-one-length", "v4 <= fineV4 && v6 <= fineV6", "v4 <= fineV4 || v6 <= fineV6"),
    ("strictness-of-grid-without-a-multiple", "coarse.isMultiple(of: fine)", "true"),
    ("strictness-of-edges-is-turned", "Set(coarse).isSubset(of: finer)", "Set(finer).isSubset(of: coarse)"),
    ("strictness-of-widths", "coarse % finer == 0", "coarse >= finer", "(.width(let coarse), .width(let finer)): coarse % finer == 0"),
    ("strictness-of-a-map-that-splits", "before != output", "false", "if let before = merged[finer], before != output"),
    ("strictness-of-an-unknown-map-input", "fine[input]", "(fine[input] ?? output)"),
)
expressions(
    sluice("Policy/Action"), RULES,
    ("strictness-of-time-is-turned", "order < coarser.order", "order > coarser.order"),
    ("weeks-lie-in-months", "self != .week", "true"),
)
expressions(
    sluice("Policy/BaselineCheck"), RULES,
    ("baseline-need-not-name-a-field", "baseline.rule(kind: rule.kind, field: rule.field)",
     "(baseline.rule(kind: rule.kind, field: rule.field) ?? baseline.rules.first)"),
    ("baseline-of-others-is-not-held", "check(rule.other, limit.other, .other, rule, &problems)", "()"),
    ("overrides-count-for-ever", "now < $0.until", "true"),
    ("overrides-of-any-action", "$0.action == action", "true"),
    ("overrides-of-any-role", "$0.role == role", "true"),
)
expressions(
    sluice("Policy/GrantCheck"), RULES,
    ("grants-that-cannot-be-compared", "!isComparable", "false",
     "!isComparable, reported"),
)
expressions(
    sluice("Policy/RuleReader"), RULES,
    ("03-content-can-be-named", "field.type != .content", "true"),
    ("03-secrets-can-be-named", "field.type != .secret", "true"),
    ("rules-of-others-default-to-the-subjects", "other ?? .withhold", "other ?? subjectAction"),
    ("text-of-others-can-leave", "other != .withhold", "false",
     "other != .withhold, field.hasRoles"),
    ("roles-of-the-record-itself", "!field.hasRoles", "false",
     "!field.hasRoles, parts.hasRoles"),
    ("baseline-with-one-role", "parts.subject == nil || parts.other == nil", "false"),
)
expressions(
    sluice("Policy/StatusReader"), RULES,
    ("status-history-in-any-order", "status.from <= last.from", "false"),
    ("pause-without-a-review", "state == .pausedReview || state == .pausedProduction", "state == .pausedReview"),
)
expressions(
    sluice("Policy/OverrideReader"), RULES,
    ("overrides-of-fields-without-a-baseline", "baseline.rule(kind: place.kind, field: place.field) == nil", "false"),
    ("overrides-of-a-wrong-role", "(role == .record) == field.hasRoles", "false"),
)
expressions(
    sluice("Policy/BundleReader"), RULES,
    ("bundles-across-kinds", "kinds.count == 1", "true"),
    ("bundles-of-content", "type != .content", "true"),
)
expressions(
    sluice("Policy/ActionReader"), RULES,
    ("actions-of-any-type", "fits(action)", "true", "guard fits(action) else"),
    ("map-of-unknown-inputs", "inputs.contains(member.key)", "true"),
    ("map-to-what-was-withheld", '!["[withheld]", "[redacted]"].contains(output)', "true",
     'isSafeCell(output), !["[withheld]", "[redacted]"].contains(output)'),
    ("grid-of-no-size", "side.mantissa > 0", "true"),
)
expressions(
    sluice("Policy/PolicyDocument"), RULES,
    ("smallest-count-below-the-baseline", "smallest < baseline.smallestCount", "false"),
    ("bundles-of-the-baseline-are-lost", "baseline.bundles", "[]", "inherited: baseline.bundles"),
    ("policies-valid-for-no-time", "from < until", "true"),
)
expressions(
    sluice("Policy/InstrumentReader"), RULES,
    ("periods-longer-than-the-baseline", "longest > baseline.longestPeriodSeconds", "false"),
    ("grants-of-unknown-categories", "categories.contains(grant.category)", "true"),
    ("documents-are-not-required", "document == .required", "false"),
    ("every-instrument-is-prospective", "prospective ?? false", "prospective ?? true"),
)
expressions(
    sluice("Policy/PolicySet"), RULES,
    ("04-what-is-refused-may-hide-a-jurisdiction", "ignored.problems.isEmpty", "true"),
    ("instruments-named-twice", "!states.isEmpty", "false",
     "!states.isEmpty, isOverlapping"),
    ("problems-of-needed-files-are-warnings", "!isNeeded(file.bytes, by: needed)", "needed != nil"),
)
expressions(
    sluice("Policy/Policy"), RULES + "|" + RULING + "|" + RECORDS,
    ("08-the-end-of-a-period-is-in-it", "instant < until", "instant <= until"),
    ("08-the-start-of-a-period-is-not-in-it", "from <= instant", "from < instant", "from <= instant && instant"),
    ("status-from-its-second-instant-on", "$0.from <= instant", "$0.from < instant"),
)

# MARK: Ruling

expressions(
    sluice("Ruling/Gates"), RULING + "|CanaryTests|DefaultDenyTests",
    ("01-all-categories-of-the-policy", "categories.granted", "policy.categories.map(\\.name)",
     "plans.plan(policy: policy, instrument: instrument, categories: categories.granted)"),
    ("a-pause-of-production-does-not-refuse", "isPaused ? .refused(pausedRefusal(ruling)) : ruling", "ruling"),
    ("demands-without-a-granted-category", "!categories.granted.isEmpty", "true"),
    ("subjects-of-unknown-classes", "subject.isKnown(in: classes)", "true"),
    ("streams-that-need-approval", "!granting.requiresApproval", "true"),
)
expressions(
    sluice("Ruling/PlanTable"), RULING,
    ("01-one-plan-for-all-categories", "plans[key]", "plans.values.first", "if let plan = plans[key]"),
)
expressions(
    sluice("Ruling/Gate"), RULING,
    ("policies-out-of-force", "context.inForce.isEmpty", "context.serving.isEmpty"),
    ("instruments-issued-in-future", "firstBegin <= context.demand.received", "true"),
    ("periods-that-are-too-long", "period.isLonger(thanSeconds: instrument.longestPeriodSeconds)", "false"),
    ("periods-longer-by-nanoseconds", "seconds == count && until.nanoseconds > from.nanoseconds", "false"),
    ("periods-in-future", "period.until <= context.demand.received || instrument.isProspective", "true"),
    ("documents-that-are-missing", "context.demand.documentDigest == nil", "false"),
    ("approval-by-the-same-person", "!prepared.by.isSamePerson(as: approved.by)", "prepared.by != approved.by"),
    ("approval-after-production", "approved.at <= now", "true"),
    ("approval-before-it-was-prepared", "prepared.at <= approved.at", "true"),
    ("status-at-production-alone", "[context.demand.received, context.now]", "[context.now]"),
    ("demands-from-the-future", "demand.received <= context.now", "true"),
)
expressions(
    sluice("Ruling/StatusGate"), RULING,
    ("exceptions-of-a-pause-for-all", "entry.exceptions.contains(instrument)", "!entry.exceptions.isEmpty"),
    ("a-pause-of-review-passes", ".statusPausedReview", "nil", "case .pausedReview: .statusPausedReview"),
    ("treaty-only-passes-all", "isViaTreaty ? nil : .statusTreatyOnly", "nil"),
    ("declined-passes", ".statusDeclined", "nil", "case .declined: .statusDeclined"),
)
expressions(
    sluice("Ruling/CategoryRuling"), RULING,
    ("categories-without-a-grant", "grant.requiresApproval && context.approvalFault != nil", "false"),
    ("categories-without-a-period", "needsPeriod && context.demand.period == nil", "false"),
)
expressions(
    sluice("Ruling/ReleasePlan+Compile"), RULING + "|DefaultDenyTests",
    ("the-most-strict-of-several-grants-is-taken-for-the-least", "!isNoLooser", "isNoLooser", "if !isNoLooser"),
    ("bundles-of-other-kinds", "$0.kind == kindIndex", "$0.kind != kindIndex"),
    ("on-error-of-no-category", "$0.rule.withholdsOnError && $0.rule.isReleasing", "false"),
)
expressions(
    sluice("Ruling/ReleasePlan"), RULING + "|PacketWriterTests|DisclosureRunTests",
    ("09-coarse-times-keep-their-order", "true", "false", "default: true"),
    ("withheld-fields-have-a-column", "subject.action != .withhold || other.action != .withhold", "true"),
)

# MARK: Difference

expressions(
    sluice("Difference/InstrumentComparison"), DIFFERENCE,
    ("the-other-role-is-not-compared", "field.hasRoles", "false"),
    ("a-coarser-field-of-a-bundle-is-stricter",
     "isBundled && (old == .keep) != (new == .keep) && old.leaves && new.leaves", "false"),
)
expressions(
    sluice("Difference/InstrumentComparison+Conditions"), DIFFERENCE,
    ("what-passes-more-is-stricter", "isWider($0, $1) ? .wider : .stricter", "isWider($0, $1) ? .stricter : .wider"),
    ("the-status-at-receipt-is-not-compared", "start ?? Instant(seconds: .min)", "now"),
)
expressions(
    sluice("Difference/InstrumentTerms"), DIFFERENCE,
    ("rules-that-no-instrument-grants", "grant(of: category) != nil", "true"),
)

# MARK: Select

expressions(
    sluice("Select/RecordPath+Select"), RECORDS + "|ConservationTests|DisclosureRunTests|BadInputTests",
    ("packets-that-do-not-name-the-kind", "plan.pointee.kinds[kind.pointee.index].isNamed", "true"),
    ("08-any-time-is-in-a-period", "packet.pointee.period.contains(time)", "true"),
    ("reach-in-no-order", "reached.count > 1", "false", "if reached.count > 1"),
    ("parties-that-are-absent", "isPresent || hasValue", "true"),
    ("faults-of-parties-are-forgotten", "found != 0", "false",
     "found != 0, fault == 0"),
    ("an-unreadable-record-in-reach-is-dropped", "reached.count == 0", "true",
     "reached.count == 0, mayConcern"),
    ("an-absent-time-is-the-last-one", "slot.isAbsent", "false", "guard !slot.isAbsent else { throw .timeMissing }"),
    ("any-type-is-any-other", "slot.kind == wanted", "true"),
    ("arrays-of-any-length", "readings.count &- first < limits.elementCountMax", "true"),
    ("a-record-goes-to-a-packet-twice", "stamps[Int(packet)] != serial", "true",
     "for packet in subjects.packets(of: entry) where stamps[Int(packet)] != serial"),
)
statements(
    sluice("Select/RecordPath+Select"), "UnreadableTests",
    ("15-records-without-a-party-are-not-told", "markUnreadable(naming)", "",
     "      markUnreadable(naming)\n      throw .partyMissing"),
)
statements(
    sluice("Select/RecordPath+Select"), RECORDS,
    ("unreadable-times-are-not-told", "for packet in naming { hasUnreadable[Int(packet)] = true }", ""),
    ("15-unreadable-parties-are-not-told", "hasUnreadable[Int(packet)] = true", "",
     "      hasUnreadable[Int(packet)] = true\n      mayConcern = true"),
)
expressions(
    sluice("Select/SubjectTable"), RECORDS + "|DisclosureRunTests",
    ("subjects-by-their-first-bytes", "equal(base, bytes + Int(entry.pointee.offset), canonical.count)",
     "equal(base, bytes + Int(entry.pointee.offset), min(canonical.count, 2))"),
    ("the-last-packet-of-an-account-is-lost", "low < list.count && list[low] == packet",
     "low < list.count &- 1 && list[low] == packet"),
)
statements(
    sluice("Select/SubjectTable"), RECORDS,
    ("subjects-of-any-class", "return -1", "return identifierClass > 1 ? find(canonical, identifierClass - 1) : -1",
     "guard mark != 0 else { return -1 }"),
)
expressions(
    sluice("Select/PacketTable"), RUNS + "|RoleTests",
    ("demands-share-plans-across-categories", "places[ObjectIdentifier(ruling.plan)] ?? plans.count",
     "places.values.first ?? plans.count"),
    ("12-one-key-for-all-demands", "zip(rulings, caseKeys)", "zip(rulings, caseKeys.map { _ in caseKeys[0] })"),
    ("refused-subjects-select", "$0.refusal == nil", "true"),
    ("other-names-of-a-subject-do-not-select", "[$0.subject.identifier] + $0.subject.also", "[$0.subject.identifier]"),
)

# MARK: Transform

expressions(
    sluice("Transform/RecordPath+Row"), RECORDS + "|CanaryTests",
    ("01-a-field-of-nobody-is-the-subjects", "nil", "column.pointee.subject",
     "guard let reading = scalarReading(of: column.pointee.roleField), reading.fault == 0 else { return nil }"),
    ("04-an-unreadable-value-rejects-always", "column.pointee.withholdsOnError", "false",
     "column.pointee.withholdsOnError, cryptoFailure == nil"),
    ("06-subjects-of-any-packet", "subjects.contains(packet, entry: reading.entry)", "true"),
    ("bundles-never-fail", "columns.pointee.bundleCount > 0", "false"),
    ("bundles-without-a-missing-member", "member.column < 0 || !holds(member, plan, column, packet)",
     "member.column < 0"),
    ("bundles-with-coarse-fields", "step.operation == .keep", "true", "guard step.operation == .keep else { return false }"),
    ("bundles-with-coarse-companions", "CompiledPlan.isFineEnough(step, coarsest: member.coarsest)", "true"),
    ("bundles-with-absent-members", "isPresent(field, slot)", "true",
     "isPresent(field, slot), let step"),
    ("redact-lets-the-value-out", "step.operation == .redact", "false",
     "    if step.operation == .redact {\n      writeWhole"),
    ("withhold-lets-the-value-out", "step.operation != .withhold", "true",
     "guard let step, step.operation != .withhold else"),
    ("elements-of-others-leave", "isSubject(reading, packet)", "true", "let step = isSubject(reading, packet) ?"),
    ("elements-that-cannot-be-read-are-anothers", "reading.fault", "0",
     "reading.fault) { throw fault }\n      let step"),
    ("withheld-elements-are-written", "step.operation == .withhold", "false", "if step.operation == .withhold { continue }"),
    ("elements-with-a-semicolon", "column.pointee.reader == .ip || Row.canBeElement(value)", "true"),
    ("a-row-without-a-value-leaves", "hasValue", "true", "if hasValue { return .released }"),
    ("withheld-by-bundle-is-by-rule", "isHeldByBundle", "false", "if isHeldByBundle { return .withheld(.bundle) }"),
)
statements(
    sluice("Transform/RecordPath+Row"), RECORDS,
    ("what-a-failed-cell-wrote-stays", "output.count = start", "",
     "    output.count = start\n    cellCount = startCells"),
)
expressions(
    sluice("Transform/RecordPath+Value"), VALUES + "|CanaryTests",
    ("prefix-of-v6-is-whole", "Int(step.second)", "128", "v6: Int(step.second), to: &output"),
    ("durations-below-zero", "column.pointee.reader == .duration", "false",
     "column.pointee.reader == .duration, number < 0"),
    ("map-lets-unknown-values-out", "plan.pointee.words[Int(step.second) &+ place].count >= 0",
     "true"),
    ("enumerations-of-any-length", "UInt64(truncatingIfNeeded: Int(word.pointee.count) ^ value.count)", "0"),
    ("enumerations-of-any-long-word", "word.count == value.count", "true"),
    ("enumerations-of-words-beyond-a-mask", "count <= 64", "true"),
    ("half-a-point", "!second.isAbsent", "true", "guard !first.isAbsent, !second.isAbsent"),
    ("times-are-not-cut", "step.granularity", "nil"),
    ("the-time-of-the-period-is-every-time", "column.pointee.isTime", "true", "if column.pointee.isTime"),
    ("grid-of-a-point-is-the-point", "plan.pointee.lattices[Int(step.second)]", "nil",
     "step.operation == .grid ? plan.pointee.lattices[Int(step.second)] : nil"),
    ("faults-of-identifiers-are-forgotten", "FaultCode(rawValue: reading.fault)", "nil",
     "if let fault = FaultCode(rawValue: reading.fault) { throw fault }\n      return (canonical"),
)
expressions(
    sluice("Transform/PseudonymMemo"), "PseudonymMemoTests|PseudonymVectorsTests",
    ("06-the-memo-takes-any-line", "difference == 0", "line.pointee.tag != 0"),
    (
        "06-the-memo-forgets-the-key",
        "(line.pointee.tag ^ Self.tag(key, canonical))",
        "((line.pointee.tag ^ Self.tag(key, canonical)) & 0xFF)",
    ),
    ("06-the-memo-forgets-the-newest", "sets[index] &>> 62", "sets[index] &>> 14 & 3"),
    ("06-the-memo-forgets-the-last-bytes", "(known.2 ^ words.2)", "0"),
)
expressions(
    sluice("Transform/Pseudonymizer"), "PseudonymMemoTests|PseudonymVectorsTests",
    ("06-the-memo-takes-long-identifiers", "canonical.count <= PseudonymMemo.identifierByteCountMax", "true"),
    ("12-one-key-for-all-packets", "keyOfPlace[place] != key", "keyOfPlace[place] < 0"),
)
expressions(
    sluice("Transform/CompiledPlan"), VALUES + "|CompiledPlanTests",
    ("companions-that-are-coarser-than-stated", "finer.isWithin(coarsest)", "coarsest.isWithin(finer)"),
    ("fields-with-roles-have-none", "(column.role, column.roleField) = (.party, Int32(party))", "()"),
    ("actions-of-others-are-the-subjects", "step(plan.other.action, type: field.type)",
     "step(plan.subject.action, type: field.type)"),
    ("classes-share-a-key", "classLabels.firstIndex(of: label)", "(classLabels.isEmpty ? nil : 0)"),
    ("keys-of-others-are-not-derived", "[column.subject, column.other]", "[column.subject]"),
    ("keys-are-derived-for-every-class", "$0.operation == .pseudonymize", "true"),
)
expressions(
    sluice("Canonical/Mask"), VALUES,
    ("mask-keeps-one-more", "canonical.count &- last", "canonical.count &- last &- 1"),
    ("mask-of-short-values-shows-them", "canonical.count > last", "canonical.count >= last"),
)
expressions(
    sluice("Canonical/PhoneNumber"), VALUES,
    ("a-trunk-zero-makes-another-person", "hasTrunkZero(headDigits)", "false"),
)
expressions(
    sluice("Canonical/GeoPoint"), VALUES,
    ("latitude-of-a-hundred", "GeoPoint.isWithin(latitude, 90)", "true"),
    ("longitude-180-is-a-place-of-its-own", "longitude.scale == 0 && longitude.mantissa == 180", "false"),
    ("the-pole-has-a-cell-of-its-own", "latitude.mantissa == 90", "false",
     "latitude.scale == 0, latitude.mantissa == 90"),
    ("short-corners-beyond-the-world", "corner.latitude < 90 &* degree", "true"),
)
expressions(
    sluice("Canonical/ExactDecimal+Lattice"), VALUES,
    ("cells-are-cut-towards-zero", "number &>> 63", "0", "let sign = number &>> 63"),
)
expressions(
    sluice("Canonical/Buckets+Write"), VALUES,
    ("a-range-ends-one-late", "edges[high] &- 1", "edges[high]"),
    ("a-value-on-an-edge-is-below-it", "edges[middle] <= value", "edges[middle] < value"),
    ("a-value-on-the-last-edge-is-below-it", "value < edges[edges.count &- 1]", "value <= edges[edges.count &- 1]"),
)
expressions(
    sluice("Canonical/IPAddress+Write"), VALUES,
    ("host-bits-of-v6-stay", "v6 <= 64 ? 0 : UInt64.max << (128 &- v6)", ".max"),
    ("host-bits-of-v4-stay", "(0xFFFF_FFFF as UInt64) << (32 &- v4)", "0xFFFF_FFFF"),
)
expressions(
    sluice("Canonical/TextValue"), VALUES,
    ("text-of-any-length", "bytes.count <= maximum", "true"),
    ("formulas-after-a-quotation-mark", "isQuotationMark(UInt32(bytes[index]))", "false"),
    ("invisible-characters", "arePlain || !scalar.isHidden", "true"),
)

# MARK: Encode

expressions(
    sluice("Encode/RowEncoding"), VALUES + "|GoldenPacketTests|PacketWriterTests|RowEncodingTests",
    ("json-quotes-are-bare", 'byte == UInt8(ascii: "\\"") || byte == UInt8(ascii: "\\\\")', "false"),
    ("csv-elements-run-together", "!isFirst", "false",
     '    if !isFirst { output.append(UInt8(ascii: ";")) }'),
    ("json-elements-run-together", "!isFirst", "false",
     '    if !isFirst { output.append(UInt8(ascii: ",")) }\n    output.append(UInt8(ascii: "\\""))'),
    ("csv-semicolons-in-elements", 'text.contains(UInt8(ascii: ";"))', "false"),
    ("a-stop-in-eight-bytes-is-passed", "stringStops(word) == 0", "true"),
    ("csv-quotes-are-bare", 'byte == UInt8(ascii: "\\"")', "false",
     'if byte == UInt8(ascii: "\\"") { output.append(byte) }\n      output.append(byte)'),
    ("json-withheld-cells-are-told", "false", "true",
     "@inline(__always) static func withheld(_ output: inout OutputBuffer) -> Bool { false }"),
)
statements(
    sluice("Encode/RowEncoding"), VALUES + "|GoldenPacketTests|PacketWriterTests|RowEncodingTests",
    ("csv-phones-begin-a-formula", 'output.append("tel:")', ""),
    ("csv-formulas", "throw .textStart", ""),
)

# MARK: Pipeline: tallies and blocks

expressions(
    sluice("Pipeline/RecordPath"), RUNS + "|RoleTests",
    ("blank-lines-are-unreadable", "isBlank()", "false",
     "error == .jsonTruncated, isBlank()"),
)
statements(
    sluice("Pipeline/RecordPath"), RUNS + "|RoleTests",
    ("07-a-released-record-is-not-counted", "count.pointee.released &+= 1", ""),
    ("07-a-record-in-reach-is-not-counted", "count.pointee.reached &+= 1", ""),
    ("07-a-record-out-of-reach-is-not-counted", "counts.pointee.outOfReach &+= 1", "",
     "guard try select() else {\n        counts.pointee.read &+= 1\n        counts.pointee.outOfReach &+= 1"),
    ("07-a-withheld-record-is-not-counted", "count.pointee.withheld.1 &+= 1", "_ = 1"),
    ("a-withheld-row-stays", "output.count = start", "",
     "      case .withheld(let reason):\n        output.count = start"),
    ("a-rejected-row-stays", "output.count = start", "",
     "      case .rejected(let code):\n        output.count = start"),
    ("rejected-records-do-not-count-against-the-limit", "rejectedCount &+= 1", "", "if isRejected { rejectedCount &+= 1 }"),
    ("15-unknown-kinds-are-told", "counts.pointee.outOfReach &+= 1",
     "counts.pointee.outOfReach &+= 1; isAnyUnreadable = true",
     "kindCounts.base + catalogKindCount\n        counts.pointee.read &+= 1\n        counts.pointee.outOfReach &+= 1"),
)
statements(
    sluice("Pipeline/RecordPath+Tally"), RUNS + "|RoleTests",
    ("07-an-unreadable-record-is-not-counted", "counts.pointee.unreadable &+= 1", ""),
)
expressions(
    sluice("Pipeline/RunLedger"), RUNS,
    ("more-rejected-than-allowed", "bad <= recordCount / UInt64(options.limits.recordsPerRejected)", "true"),
    ("07-sources-that-are-not-conserved", "tally.isConserved", "false"),
    ("sources-that-are-something-else", "probedUnreadable[index] * 2 > probed[index]", "false"),
)
expressions(
    sluice("Pipeline/BlockPipeline"), "GuaranteeTests|DisclosureRunTests",
    ("09-blocks-as-they-come", "sequence % slotCount", "(sequence ^ 1) % slotCount",
     "results[sequence % slotCount] = result\n    guard !isCommitting"),
)
expressions(
    sluice("Decode/KeyTable"), "CanaryTests|BadInputTests|GuaranteeTests",
    ("05-long-numbers-in-field-names", "digits < 4", "true"),
)
statements(
    sluice("Decode/KeyTable"), "JSONRecordDecoderTests",
    ("a-key-is-predicted-for-two-positions",
     "if Int(predictions[last].entry) == index { predictions[last] = Prediction() }", ""),
)
expressions(
    sluice("Decode/JSONRecordDecoder"), "JSONRecordDecoderTests|LineTests|TwoDecodersTests",
    ("predicted-strings-of-any-length", "position - base > limits.stringByteCountMax", "false"),
    ("carriage-returns-belong-to-records", "lineEnd > base && lineEnd[-1] == 0x0D", "false"),
    ("escapes-are-read-once-and-not-checked", "end.pointee != UInt8(ascii: \"\\\"\")", "false"),
    ("13-lines-of-any-length", "limit - base <= limits.recordByteCountMax", "true",
     "(limit, lineEnd) = (position, position)\n      isBounded = true\n      guard limit - base <= limits.recordByteCountMax"),
    ("13-lines-with-blanks-of-any-length", "limit - base <= limits.recordByteCountMax", "true",
     "lineEnd - 1 : lineEnd\n    isBounded = true\n    guard limit - base <= limits.recordByteCountMax"),
)
statements(
    sluice("Decode/JSONRecordDecoder"), "JSONRecordDecoderTests|LineTests|TwoDecodersTests",
    ("blanks-go-on-beyond-the-line", "try bound(start)", "", "try bound(start)\n    var position = start"),
    ("lines-of-faults-end-where-they-may", "try bound(start)", "",
     "// Whatever is wrong, the next line begins after this one.\n      try bound(start)"),
)
statements(
    sluice("Decode/RecordPath+Decode"), "BadSourceTests|BlockReaderTests|LineTests",
    ("13-records-of-any-length", "guard recordCount <= limits.recordByteCountMax else { throw .recordTooLong }", ""),
)

expressions(
    sluice("Pipeline/ReleasedCount"), DIFFERENCE,
    ("redacted-values-are-counted", 'text.elementsEqual("[redacted]".utf8)', "false"),
)

# MARK: Packet

expressions(
    sluice("Packet/SideFiles/SmallCounts"), PACKETS,
    ("small-counts-are-shown", "rows[index].count < smallest", "false"),
    ("one-small-count-is-merged-alone", "isStarted && merged < smallest", "false"),
    ("merged-counts-are-lost", "merged > 0", "false", "if merged > 0 {"),
    ("largest-counts-are-merged-first", "(rows[$0].count, rows[$0].reason) < (rows[$1].count, rows[$1].reason)",
     "(rows[$0].count, rows[$0].reason) > (rows[$1].count, rows[$1].reason)"),
)
expressions(
    sluice("Packet/SideFiles/Reconciliation"), READER,
    ("07-packets-need-not-add-up", "reached == total", "true"),
    ("withheld-and-reconciliation-disagree", "stated == counted", "true"),
    ("counts-in-any-form", "String(count) == text", "true"),
)
expressions(
    sluice("Packet/PacketWriter"), PACKETS,
    ("07-a-packet-that-is-not-conserved", "kind.isConserved", "true"),
    ("07-rows-that-were-not-counted", "kind.released == rowCount", "true"),
    ("rows-of-kinds-that-are-not-planned", "place != nil || kind == KindTally()", "true"),
)
expressions(
    sluice("Packet/SideFiles/PacketTables"), PACKETS + "|DisclosureRunTests",
    ("15-categories-are-refused-with-internal-codes", "refused.reason.packetText", "refused.reason.rawValue"),
    ("derived-fields-are-original", 'action.isOriginal ? "original" : "derived"', '"original"'),
)
expressions(
    sluice("Packet/PacketVerifier"), READER + "|PacketFolderTests",
    ("packets-of-another-name", "packetName == nil || information.packetName == packetName", "true"),
    ("packets-of-another-demand", 'begins(packetName[...], "1")', "true"),
    ("rows-that-were-taken-away", "kind.released == rowCount", "true"),
)
expressions(
    sluice("Packet/Bag/BagReader"), READER,
    ("10-changed-files-verify", "listed == (manifest.algorithm == .sha512 ? found?.sha512 : found?.entry.digest)", "true"),
    ("sizes-that-are-not-stated", '"\\(octets).\\(payload.count)"', "String(value)", 'guard value == "\\(octets).\\(payload.count)" else'),
    ("packets-that-fetch", 'tree.files["fetch.txt"] != nil', "false"),
)
statements(
    sluice("Packet/Bag/BagReader"), READER,
    ("10-files-that-are-not-listed", "try checkListing(payload, payloadManifests, isVersion1)", ""),
)
expressions(
    sluice("Packet/Rows/RowCheck"), READER,
    ("rows-that-are-cut", "!isInRow", "true"),
    ("columns-of-another-name", "row.elementsEqual(CSVText.header(columns.names))", "true"),
)
expressions(
    sluice("Packet/Rows/RowShape"), READER,
    ("keys-that-are-not-explained", "equal(position, key, count)", "true"),
)
statements(
    sluice("Packet/Rows/RowShape"), LEAKS,
    ("06-values-of-objects-are-not-searched", "values[column - 1] = Self.value(position, end)", ""),
    ("06-cells-are-not-searched", "values[column] = UnsafeRawBufferPointer(start: cell, count: position - 1 - cell)", ""),
)
expressions(
    sluice("Packet/Rows/RecordsReadBack"), LEAKS + "|PacketFaultTests",
    ("10-records-that-do-not-read-back", "checksum.value() == written.checksum", "true"),
    ("06-later-parts-are-not-searched", "part.lowerBound == 0 ? leakSearch : leakSearch?.another()",
     "part.lowerBound == 0 ? leakSearch : nil"),
)
statements(
    sluice("Packet/Rows/RecordsReadBack"), LEAKS + "|PacketFaultTests",
    ("06-a-row-between-two-parts-is-nobodys", "if !isLast { try finishRow(&check, from: reached, of: file, path) }", ""),
    ("rows-of-one-part-alone-are-counted", "rows.rowCount += part.rows.rowCount", ""),
    ("figures-of-one-part-alone-are-drawn", "rows.figures.add(part.rows.figures)", ""),
)
expressions(
    sluice("Packet/Rows/LineReader"), "LineReaderTests",
    ("lines-lose-their-beginning", "started.isEmpty", "true", "} else if started.isEmpty {"),
)
statements(
    sluice("Packet/Rows/LineReader"), "LineReaderTests",
    ("lines-without-an-end-are-lost", "if !started.isEmpty { try takeStarted(take) }", ""),
)
expressions(
    sluice("Packet/Cell/RowFinder"), "CellExplanationTests",
    ("a-header-counts-as-a-row", "format == .csv ? address.row : address.row - 1", "address.row - 1"),
)
expressions(
    sluice("Packet/Cell/CellReading"), "CellExplanationTests",
    ("roles-that-are-not-told", "makers.allSatisfy { $0.count == 1 }", "true"),
)
expressions(
    sluice("Packet/Cell/CellExplanation"), "CellExplanationTests",
    ("cells-are-explained-by-another-policy", "$0.digest == policyDigest", "true"),
)
expressions(
    sluice("Packet/Report/PlaceCounts"), "PlaceCountsTests",
    ("parts-with-finer-cells-are-added-as-they-are", "other.level < level", "false"),
)
expressions(
    sluice("Packet/Report/TimelineCounts"), "TimelineCountsTests",
    ("parts-with-other-steps-are-added-as-they-are", "step != other.step", "false"),
)
expressions(
    sluice("Packet/Rows/RowOrder"), PACKETS + "|GuaranteeTests",
    ("09-the-eighth-byte-of-a-row-comes-first", "(bytes & (end ^ (end &- 1))).byteSwapped", "bytes & (end ^ (end &- 1))"),
)
expressions(
    sluice("Packet/Rows/RowMerge"), "PacketFaultTests",
    ("10-waiting-rows-that-do-not-read-back", "checksum.value() == written", "true"),
)
expressions(
    sluice("Packet/Rows/RowMerge"), PACKETS,
    ("09-merged-rows-in-no-order", "loser.key < winner.key", "loser.key > winner.key", "if loser.key < winner.key { swap"),
)
expressions(
    sluice("Packet/Rows/RowSort"), PACKETS,
    ("09-equal-keys-are-not-looked-into", "end - start > 1", "false",
     "end - start > 1, !RowOrder.isEnd(key)"),
)
expressions(
    sluice("Packet/Files/FileLayer+Publish"), "PacketFolderTests|PacketFaultTests",
    ("10-a-packet-is-replaced", "Self.noReplace", "0", "rename(folder, path, target, name, Self.noReplace)"),
)
statements(
    sluice("Packet/PartialPacket"), "PacketFaultTests",
    ("10-a-packet-is-not-synced",
     "for path in files { try layer.sync(try layer.openToRead(path, at: descriptor), path) }", ""),
    ("10-its-folders-are-not-synced", "try layer.sync(try layer.openFolder(path, at: descriptor), path)", ""),
)
statements(
    sluice("Packet/PacketFolder"), "PacketFaultTests|PacketFolderTests",
    ("10-the-output-folder-is-not-synced", 'try layer.sync(folder, "the output folder")', ""),
)
expressions(
    sluice("Packet/PacketFolder"), "PacketFaultTests|PacketFolderTests",
    ("folders-that-everyone-may-write", "status.mode & 0o002 == 0 || status.mode & 0o1000 != 0", "true"),
    ("living-runs-are-leftovers", "flock(leftover.number, LOCK_EX | LOCK_NB) == 0", "true"),
)
expressions(
    sluice("Packet/SideFiles/PlainText"), PACKETS,
    ("formulas-in-side-files", "!beginsFormula(line)", "true"),
)
expressions(
    sluice("Packet/Bag/Bag"), "BagItToolTests|PacketWriterTests|GoldenPacketTests",
    ("11-a-manifest-of-our-own-form", '"\\(Base16.encode(entry.digest))  \\(entry.path)\\n"',
     '"\\(Base16.encode(entry.digest))  ./\\(entry.path)\\n"'),
    ("15-unreadable-is-not-told", 'hasUnreadable ? "some" : "none"', '"none"'),
)

expressions(
    sluice("Packet/LeakGate/LeakSearch"), LEAKS,
    ("06-no-leak-gate", "gate.mayHold(hash, look.form)", "false"),
    ("an-identifier-like-a-day-is-not-compared", "likeness.contains(.instant)", "false"),
    ("leaks-are-cleared-by-the-other-packets-demand", "named.contains(hash)", "!named.isEmpty"),
)
statements(
    sluice("Packet/LeakGate/LeakSearch"), LEAKS,
    ("06-a-line-of-another-packet-is-not-searched", "if hasHit { search(self.line) }", ""),
)
expressions(
    sluice("Packet/LeakGate/LeakLineMemo"), LEAKS,
    ("06-a-known-line-is-asked-for-no-new-likeness", "likeness != self.likeness", "false"),
    ("06-a-line-of-too-many-words-is-known-in-part",
     "looks.count - start <= Self.lineLookCountMax", "true",
     "line.count <= Self.lineByteCountMax, looks.count - start <= Self.lineLookCountMax"),
)
expressions(
    sluice("Packet/LeakGate/LeakGate"), LEAKS,
    ("06-one-packets-release-clears-all", "UInt64(truncatingIfNeeded: packet) &<< 2 | form.rawValue", "form.rawValue"),
)
expressions(
    sluice("Packet/LeakGate/LeakSearch+Text"), LEAKS,
    ("the-digits-of-a-network-are-a-phone-numbers", "instant > 0 ? instant : networkLength(text, start)", "instant"),
)
expressions(
    sluice("Packet/LeakGate/LeakWords"), LEAKS,
    ("letters-of-other-scripts-hide-an-identifier", "(text[end] < 0x80) == isASCII", "true"),
)
expressions(
    sluice("Packet/LeakGate/LeakSuspects"), LEAKS,
    ("a-packets-own-words-are-leaks", "!words.contains(suspect.hash)", "true"),
)
expressions(
    sluice("Packet/LeakGate/LeakLookup"), LEAKS,
    ("06-a-leak-is-forgotten", "isWithheld[place] && !isReleased[place]", "false"),
    ("released-values-are-leaks", "mark.isReleased", "false"),
)
expressions(
    sluice("Packet/LeakGate/LeakFilter"), LEAKS,
    ("06-what-is-released-first-is-not-noted", "!start[index].isReleased", "start[index].isReleased"),
)
statements(
    sluice("Packet/LeakGate/LeakSpool"), LEAKS,
    ("06-noted-values-are-dropped", "do throws(SluiceError) { try writeOut() } catch { failure = error }", ""),
    ("noted-values-lie-open", "try apply(bytes, at: byteCount)", ""),
    ("damage-to-noted-values-is-not-seen", "guard seen.value() == checksum.value() else { throw Self.isDamaged }", ""),
)
statements(
    sluice("Pipeline/PacketSink"), LEAKS,
    ("06-a-leak-is-not-decided",
     "try leakDecision?.decide { (packet, file, byteOffset) throws(SluiceError) in\n"
     "      try writer(packet).leakPlace(in: file, at: byteOffset)\n    }", ""),
)
expressions(
    sluice("Transform/RecordPath+Watch"), LEAKS,
    ("06-an-array-that-stays-in-counts-as-released", "isReadable(readings)", "true"),
    ("06-all-counts-as-released", "isKept && length != nil", "length != nil"),
    ("06-values-of-withheld-records-are-not-noted", "isReleased && watched.pointee.bundles & failedOfRow == 0", "true"),
)

# MARK: Keys and the command

expressions(
    "Sources/SluiceCrypto/RootOperations.swift", "GuaranteeTests|Pseudonym",
    ("12-one-case-key-for-every-reference", ' reference', '""', '"case", String(epoch), jurisdiction, reference]'),
)
expressions(
    "Sources/SluiceCrypto/CaseKey.swift", "Pseudonym|CaseKey|SluiceCryptoTests",
    ("12-a-class-key-by-field", '"id"', '"field"', '"sluice/1", "id", label)'),
)
# A call of ours would meet the refusing one, so the fault is that there is none: the tests look at what the program
# imports, and at what its libraries are given.
FAULTS.append(
    Fault(
        "14-a-socket-of-the-system", "Sources/COffline/offline.c", "int socket(", "int no_socket(", "VerbTests",
        is_built_alone=True))
expressions(
    "Sources/SluiceCommand/DisclosureJob.swift", "DiscloseTests",
    ("refused-demands-are-not-told-by-status", "inputs.refused.isEmpty", "true", "inputs.refused.isEmpty ? []"),
)
expressions(
    "Sources/SluiceCrypto/SignatureCheck.swift", "PacketSignerTests|SigningTests",
    ("11-a-signature-of-anything", "message.isSignature(of: content)", "true", "guard message.isSignature(of: content) else"),
)
expressions(
    "Sources/SluiceCrypto/SignatureTrust.swift", "PacketSignerTests",
    ("11-any-certificate-is-trusted", "X509_verify_cert(context) == 1", "X509_verify_cert(context) >= 0"),
)
expressions(
    sluice("Packet/PacketVerifier"), "SigningTests",
    ("11-a-signature-may-be-taken-away", "requiresSignature || trust != nil", "requiresSignature"),
)
expressions(
    "Sources/SluiceCrypto/EnvelopeStructure.swift", "EnvelopeTests",
    ("11-a-short-tag-is-a-tag", "mac.end - mac.start == 16", "mac.end - mac.start <= 16"),
)
statements(
    "Sources/SluiceCrypto/EnvelopeReader.swift", "EnvelopeTests",
    ("11-any-way-of-a-content-key", "try checkRecipients(of: content)", ""),
)
expressions(
    sluice("Envelope/ArchiveReader"), "ArchiveReaderTests|EnvelopeCommandTests",
    ("10-a-tar-leads-elsewhere", '!$0.elementsEqual("..".utf8)', "true"),
)

# MARK: Register

REGISTER = r"^SluiceRegisterTests\.(RegisterTests|RegisterTamperTests|SettleTests|EarlierAnswerTests|HistoriesTests|Merkle)"
expressions(
    "Sources/SluiceRegister/Register+Verify.swift", REGISTER,
    ("register-truncated-against-a-kept-checkpoint", "kept.size <= size", "true", "guard kept.size <= size else"),
    ("register-entries-gone", "UInt64(sequence) == tree.size", "true"),
    ("register-guards-gone", "Set(sql.values) == Set(expected)", "true"),
    ("register-names-another-checkpoint", "!digests.contains(digest)", "false"),
    ("register-without-an-entry-of-a-packet", "isProduced == true", "true", "guard isProduced == true else"),
)
expressions(
    "Sources/SluiceRegister/StatusHistory.swift", REGISTER,
    ("register-histories-may-change", "free.firstIndex(where: { $0.lines.starts(with: history) })", "free.indices.first"),
)
statements(
    "Sources/SluiceRegister/StatusHistory.swift", REGISTER,
    ("register-histories-stand-in-for-each-other", "free.remove(at: own)", "_ = own"),
)
expressions(
    "Sources/SluiceRegister/EarlierAnswer.swift", REGISTER,
    ("register-again-is-not-noted", "reasons.again == nil", "true"),
)
expressions(
    "Sources/SluiceRegister/RegisterRun.swift", REGISTER,
    ("register-answers-twice-in-one-run", "other.reference != demand.reference", "false"),
)
expressions(
    "Sources/SluiceRegister/Register+Settle.swift", REGISTER,
    ("register-settles-from-any-folder", "$0 == folder.place.folder", "true"),
    ("register-gives-up-the-packets-of-every-folder", "folderCount == 1", "true",
     "guard folderCount == 1 else { return [] }"),
    ("register-waits-for-what-was-given-up", "sealing.isLost", "false", "if sealing.isLost {"),
)
expressions(
    "Sources/SluiceRegister/Register+Histories.swift", REGISTER,
    ("register-takes-back-what-was-produced",
     "\"event = 'produced' DESC, CASE event WHEN 'produced' THEN leaf ->> 'records' END DESC, sequence DESC\"",
     '"sequence DESC"'),
)
expressions(
    "Sources/SluiceRegister/Store/LogWriter.swift", REGISTER,
    ("register-follows-a-clock-that-went-back", "instant.isEarlier(than: last)", "false"),
    ("register-completes-no-subtree", "place % 2 == 1", "false"),
)
