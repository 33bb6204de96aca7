#!/usr/bin/env python3
"""Breaks each guarantee on purpose and sees that a test notices.

    Tests/Mutations/mutate.py [NAME…]

Copies the checkout beside the system's temporary files, changes one line at a time, builds, and runs the tests that
should fail. Prints a table and ends with 1 where a change survived. A change that no longer finds its line is an
error: whoever moves the line moves it here too.
"""
import os
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple


class Mutation(NamedTuple):
    name: str
    file: str
    old: str
    new: str
    tests: str


SOURCES = "Sources/Sluice/"
MUTATIONS = [
    Mutation("01-all-categories-of-the-policy", SOURCES + "Ruling/Gates.swift",
             "categories: categories.granted, catalog: context.catalog",
             "categories: policy.categories.map { $0.name }, catalog: context.catalog",
             "SampleRulingTests|ReleasePlanTests|DefaultDenyTests|ScopeTests|CanaryTests"),
    Mutation("01-a-field-of-nobody-is-the-subjects", SOURCES + "Transform/RecordPath+Row.swift",
             "guard let reading = scalarReading(of: column.pointee.roleField), reading.fault == 0 else { return nil }",
             "guard let reading = scalarReading(of: column.pointee.roleField), reading.fault == 0 else "
             "{ return column.pointee.subject }",
             "RoleTests|CanaryTests"),
    Mutation("02-sources-before-the-ruling", "Sources/SluiceCommand/DisclosureJob.swift",
             "    if !inputs.granted.isEmpty {\n",
             "    _ = try records.specifications(inputs.listings, schemaFiles: inputs.schemaFiles)\n"
             "    if !inputs.granted.isEmpty {\n", "DiscloseTests"),
    Mutation("03-content-can-be-named", SOURCES + "Policy/RuleReader.swift",
             "guard field.type != .content, field.type != .secret else {", "guard true else {",
             "PolicySetTests|DefaultDenyTests"),
    Mutation("04-an-unreadable-value-is-left-out", SOURCES + "Transform/RecordPath+Row.swift",
             "guard column.pointee.withholdsOnError, cryptoFailure == nil else { throw error }",
             "guard cryptoFailure == nil else { throw error }", "RoleTests"),
    Mutation("05-long-numbers-in-field-names", SOURCES + "Decode/KeyTable.swift",
             "return digits < 4", "return true", "CanaryTests"),
    Mutation("06-a-pseudonym-is-the-identifier", SOURCES + "Transform/RecordPath+Value.swift",
             "    switch step.operation {\n    case .pseudonymize:",
             "    switch step.operation {\n"
             "    case .pseudonymize where column.pointee.reader != .ip: try Row.escaped(canonical, &output)\n"
             "    case .pseudonymize:", "CanaryTests"),
    Mutation("06-the-memo-takes-any-line", SOURCES + "Transform/Pseudonymizer.swift",
             "if difference == 0 {", "if difference == 0 || lookups > 1 {", "PseudonymMemoTests"),
    Mutation("12-one-key-for-all-packets", SOURCES + "Transform/Pseudonymizer.swift",
             "if keyOfPlace[place] != key { try rekey(place, to: key) }",
             "if keyOfPlace[place] < 0 { try rekey(place, to: key) }", "PseudonymMemoTests"),
    Mutation("06-everyone-is-the-subject", SOURCES + "Transform/RecordPath+Row.swift",
             "reading.entry >= 0 && subjects.contains(packet, entry: reading.entry)",
             "reading.entry >= 0 || packet >= 0", "CanaryTests"),
    Mutation("07-a-released-record-is-not-counted", SOURCES + "Pipeline/RecordPath.swift",
             "count.pointee.released &+= 1", "count.pointee.released &+= 0", "DisclosureRunTests"),
    Mutation("07-an-unreadable-record-is-not-counted", SOURCES + "Pipeline/RecordPath+Tally.swift",
             "kindCounts.base[place].unreadable &+= 1", "kindCounts.base[place].unreadable &+= 0",
             "GuaranteeTests|BadInput|RoleTests"),
    Mutation("08-the-end-of-a-period-is-in-it", SOURCES + "Policy/Policy.swift",
             "from <= instant && instant < until", "from <= instant && instant <= until", "GuaranteeTests"),
    Mutation("08-periods-in-whole-seconds", SOURCES + "Select/RecordPath+Select.swift",
             "time = try instant(slot, schema.timeFormats.base + kind.pointee.place)",
             "time = Instant(seconds: try instant(slot, schema.timeFormats.base + kind.pointee.place).seconds)",
             "GuaranteeTests"),
    Mutation("09-blocks-as-they-come", SOURCES + "Pipeline/BlockPipeline.swift",
             "results[sequence % slotCount] = result\n    guard !isCommitting",
             "results[(sequence ^ 1) % slotCount] = result\n    guard !isCommitting",
             "GuaranteeTests|DisclosureRunTests"),
    Mutation("09-coarse-times-keep-their-order", SOURCES + "Ruling/ReleasePlan.swift",
             "case .keep, .truncate(.second): false\n    default: true",
             "case .keep, .truncate(.second): false\n    default: false",
             "PacketWriterTests|ReleasePlanTests|DisclosureRunTests"),
    Mutation("10-a-packet-is-replaced", SOURCES + "Packet/FileLayer+Publish.swift",
             "return rename(folder, path, target, name, Self.noReplace)",
             "return rename(folder, path, target, name, 0)", "PacketFolderTests|PacketFaultTests"),
    Mutation("10-a-packet-is-not-synced", SOURCES + "Packet/PartialPacket.swift",
             "for path in files { try layer.sync(try layer.openToRead(path, at: descriptor), path) }", "",
             "PacketFaultTests"),
    Mutation("11-a-manifest-of-our-own-form", SOURCES + "Packet/Bag.swift",
             "(entry.digest))  ", "(entry.digest))  ./", "BagItToolTests|PacketWriterTests"),
    Mutation("12-one-case-key-for-every-reference", "Sources/SluiceCrypto/RootOperations.swift",
             '"case", String(epoch), jurisdiction, reference]', '"case", String(epoch), jurisdiction, ""]',
             "GuaranteeTests|Pseudonym"),
    Mutation("12-a-class-key-by-field", "Sources/SluiceCrypto/CaseKey.swift",
             '"sluice/1", "id", label)', '"sluice/1", "field", label)', "Pseudonym|CaseKey|SluiceCryptoTests"),
    Mutation("13-records-of-any-length", SOURCES + "Decode/RecordPath+Decode.swift",
             "guard recordCount <= limits.recordByteCountMax else { throw .recordTooLong }", "",
             "BadSourceTests|BlockReaderTests"),
    Mutation("14-a-call-to-the-network", "Sources/SluiceCommand/Process.swift",
             "    signal(SIGPIPE, SIG_IGN)\n",
             "    signal(SIGPIPE, SIG_IGN)\n    _ = socket(AF_INET, 1, 0)\n", "VerbTests"),
    Mutation("15-unknown-kinds-are-told", SOURCES + "Pipeline/RecordPath.swift",
             "kindCounts.base[catalogKindCount].outOfReach &+= 1",
             "kindCounts.base[catalogKindCount].outOfReach &+= 1\n      isAnyUnreadable = true",
             "GuaranteeTests"),
    Mutation("11-a-signature-of-anything", "Sources/SluiceCrypto/SignatureCheck.swift",
             "guard message.isSignature(of: content) else {", "guard true else {", "PacketSignerTests|SigningTests"),
    Mutation("11-any-certificate-is-trusted", "Sources/SluiceCrypto/SignatureTrust.swift",
             "if X509_verify_cert(context) == 1 { return nil }", "if X509_verify_cert(context) >= 0 { return nil }",
             "PacketSignerTests"),
    Mutation("11-a-signature-may-be-taken-away", SOURCES + "Packet/PacketVerifier.swift",
             "requiresSignature || trust != nil", "requiresSignature", "SigningTests"),
    Mutation("11-a-short-tag-is-a-tag", "Sources/SluiceCrypto/EnvelopeStructure.swift",
             "guard mac.end - mac.start == 16 else", "guard mac.end - mac.start <= 16 else", "EnvelopeTests"),
    Mutation("11-any-way-of-a-content-key", "Sources/SluiceCrypto/EnvelopeReader.swift",
             "try checkRecipients(of: content)", "", "EnvelopeTests"),
    Mutation("10-an-opened-packet-is-published-unverified", SOURCES + "Envelope/PacketOpening.swift",
             "let packet = try verifier.verify(name, at: folder.partial, named: name)\n"
             "      try folder.publish(name)",
             "try folder.publish(name)\n"
             "      let packet = try verifier.verify(name, at: folder.folder.number, named: name)",
             "EnvelopeCommandTests"),
    Mutation("10-a-tar-leads-elsewhere", SOURCES + "Envelope/ArchiveReader.swift",
             '!$0.elementsEqual("..".utf8)', "true", "ArchiveReaderTests|EnvelopeCommandTests"),
]


def run(command: list[str], folder: str) -> subprocess.CompletedProcess:
    return subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def build(folder: str) -> subprocess.CompletedProcess:
    return run(["swift", "build", "--build-tests"], folder)


def outcome(mutation: Mutation, folder: str) -> str:
    path = os.path.join(folder, mutation.file)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if text.count(mutation.old) < 1:
        return "LINE NOT FOUND"
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(mutation.old, mutation.new, 1))
        built = build(folder)
        if built.returncode != 0:
            return "DOES NOT BUILD\n" + built.stdout[-2000:]
        tests = run(
            ["swift", "test", "--skip-build", "--disable-xctest", "--filter", mutation.tests], folder)
        if "Test run with 0 tests" in tests.stdout:
            return "NO TEST RAN"
        return "noticed" if tests.returncode != 0 else "SURVIVED"
    finally:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)


def main() -> int:
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    wanted = [m for m in MUTATIONS if not sys.argv[1:] or any(m.name.startswith(a) for a in sys.argv[1:])]
    folder = os.path.join(tempfile.mkdtemp(prefix="sluice-mutations-"), "sluice")
    shutil.copytree(root, folder, ignore=shutil.ignore_patterns(".build", ".build-tools", ".git"))
    failed = 0
    try:
        built = build(folder)
        if built.returncode != 0:
            print(built.stdout[-4000:])
            return 1
        for mutation in wanted:
            result = outcome(mutation, folder)
            failed += result != "noticed"
            print(f"{mutation.name:45} {result}", flush=True)
    finally:
        shutil.rmtree(os.path.dirname(folder))
    print(f"{len(wanted)} changes, {failed} not noticed")
    return 1 if failed or not wanted else 0


if __name__ == "__main__":
    sys.exit(main())
