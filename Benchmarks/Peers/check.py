"""Is what a tool wrote right? Every record of the source is worked out again here, slowly and from the formats alone.

All outputs are compared with that, so they agree with one another. First both sides are put into one form:

- A row is a JSON object; a member that is null counts as absent, and so does the order of members. Other members than
  those expected are a difference.
- A position is two whole numbers of tenths of a degree, rounded from the number that the tool wrote: Sluice writes
  `"position":{"lat":17.4,…}`, others `"lat":17.400000000000002`.
- Which cell a position belongs to is decided in decimals. Binary floating point may put a record that lies on a line of
  the grid into the next cell. That is forgiven a peer if it is the very cell that binary arithmetic gives, and counted;
  Sluice is forgiven nothing.
- A pseudonym is computed again by Python's `hmac` under the tool's own key: the peers' is fixed, Sluice's is derived
  from the root key as its formats say. So there is nothing to normalise, and each pseudonym of one tool stands for one
  of another's.
- Rows are compared in the order of the source, or as multisets where a tool does not keep that order.
"""
import base64
import hmac
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import peer_hmac

try:
    from orjson import loads
except ImportError:
    from json import loads

ROOT_KEY = bytes(range(32))
STREAM = "benchmark"

Record = dict[str, Any]
Person = Callable[[str], str]
Cell = Callable[[float], int]


class Disagreement(Exception):
    """What a tool wrote is not what the source says."""


@dataclass(frozen=True)
class Verdict:
    records: int
    """How many records the tool was right about."""
    wrong_cells: int = 0
    """How many of them have a position in the next cell."""


# Pseudonyms

def derived(key: bytes, *parts: str) -> bytes:
    """HKDF-Expand-SHA256 to 32 bytes, under a label that is a counted list of counted texts."""
    texts = [part.encode() for part in ("sluice/1", *parts)]
    label = bytes([len(texts)]) + b"".join(len(text).to_bytes(4, "big") + text for text in texts)
    return hmac.digest(key, label + b"\x01", "sha256")


def remembered(person: Person) -> Person:
    known: dict[str, str] = {}

    def remembering(account: str) -> str:
        if account not in known:
            if len(known) == 100_000:
                known.clear()
            known[account] = person(account)
        return known[account]

    return remembering


def by_sluice(scope: str, name: str) -> Person:
    """Sluice's pseudonyms of phone numbers, for a stream or a case."""
    key = derived(derived(ROOT_KEY, scope, "0", "US", name), "id", "phone")

    def person(account: str) -> str:
        digest = hmac.digest(key, b"\x01\x01" + account.encode(), "sha256")[:16]
        return "pa" + base64.b32encode(digest).decode().rstrip("=").lower()

    return remembered(person)


def persons(is_ours: bool) -> Person:
    return by_sluice("stream", STREAM) if is_ours else remembered(peer_hmac.by_python)


# Rows

def decimal_cell(degrees: float) -> int:
    """The source has six decimals, so this number of millionths is exact."""
    return round(degrees * 1e6) // 100_000


def binary_cell(degrees: float) -> int:
    return math.floor(degrees * 10)


def network(address: str) -> str:
    return ":".join(address.split(":")[:3]) + "::/48" if ":" in address else address.rpartition(".")[0] + ".0/24"


def generalized(record: Record, person: Person, cell: Cell) -> Record:
    return {
        "kind": "message", "sent_at": record["sent_at"][:13] + "Z", "type": record["type"],
        "client_ip": network(record["client_ip"]), "lat": cell(record["lat"]), "lon": cell(record["lon"])}


def coarse(record: Record, person: Person, cell: Cell) -> Record:
    people = {"sender": person(record["sender"]), "recipient": person(record["recipient"])}
    return generalized(record, person, cell) | people


def selected(record: Record, person: Person, cell: Cell) -> Record:
    return {
        "kind": "message", "sent_at": record["sent_at"][:13] + "Z", "sender": person(record["sender"]),
        "recipient": person(record["recipient"]), "type": record["type"]}


def mix(record: Record, person: Person, cell: Cell) -> Record:
    row = {"kind": record["kind"], "timestamp": record["timestamp"][:13] + "Z"}
    if "client" in record:
        row["client_ip"] = network(record["client"]["ip"])
    if row["kind"] == "message":
        row["sender"], row["type"] = person(record["sender"]), record["type"]
        row["recipients"] = tuple(map(person, record["recipients"]))
    elif row["kind"] == "call":
        row["from"], row["to"] = person(record["from"]), person(record["to"])
        row["event"], row["media"] = record["event"], record["media"]
        if "seconds" in record:
            first = record["seconds"] - record["seconds"] % 60
            row["seconds"] = f"{first}-{first + 59}"
    else:
        row["account"] = person(record["account"])
        row["lat"], row["lon"] = cell(record["position"]["lat"]), cell(record["position"]["lon"])
    return row


CATEGORIES = {"coarse": coarse, "generalized": generalized, "selected": selected, "mix": mix}


def normal(line: bytes) -> Record:
    row = {name: value for name, value in loads(line).items() if value is not None}
    row |= row.pop("position", {})
    if "lat" in row:
        row["lat"], row["lon"] = round(row["lat"] * 10), round(row["lon"] * 10)
    if "recipients" in row:
        row["recipients"] = tuple(row["recipients"])
    return row


class Multiset:
    """Rows in no order, as a count and a sum of hashes: it needs no memory, and nobody forges rows here."""

    def __init__(self) -> None:
        self.count = self.sum = 0

    def add(self, row: Record) -> None:
        self.count += 1
        self.sum = (self.sum + hash(frozenset(row.items()))) % 2**64

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Multiset) and (self.count, self.sum) == (other.count, other.sum)


def multiset(rows: Iterator[Record]) -> Multiset:
    result = Multiset()
    for row in rows:
        result.add(row)
    return result


# What a tool wrote

@dataclass(frozen=True)
class Rows:
    """What one category of the source is, for all accounts or for some of them, who stay as they are."""
    source: str
    category: str
    is_ours: bool
    subjects: tuple[str, ...] = ()

    def expected(self) -> Iterator[tuple[Record, Record]]:
        """Each row that has to be there, and the same with the cell that binary arithmetic gives."""
        form, pseudonym, subjects = CATEGORIES[self.category], persons(self.is_ours), frozenset(self.subjects)

        def person(account: str) -> str:
            return account if account in subjects else pseudonym(account)

        for record in parsed(self.source):
            if subjects and subjects.isdisjoint([record["sender"], record["recipient"]]):
                continue
            row = form(record, person, decimal_cell)
            if "lat" not in row:
                yield row, row
                continue
            position = record.get("position", record)
            yield row, row | {name: binary_cell(position[name]) for name in ("lat", "lon")}


def parsed(source: str) -> Iterator[Record]:
    with open(source, "rb") as lines:
        yield from map(loads, lines)


def in_order(rows: Rows, output: str) -> Verdict:
    count = wrong = 0
    with open(output, "rb") as lines:
        for exact, binary in rows.expected():
            count += 1
            row = normal(next(lines, b"{}"))
            if row != exact:
                if rows.is_ours or row != binary:
                    raise Disagreement(f"record {count} is {row} instead of {exact}")
                wrong += 1
        if next(lines, None) is not None:
            raise Disagreement(f"there is more after record {count}")
    return Verdict(count, wrong)


def in_any_order(rows: Rows, output: str) -> Verdict:
    exact_rows, binary_rows, wrong = Multiset(), Multiset(), 0
    for exact, binary in rows.expected():
        exact_rows.add(exact)
        binary_rows.add(binary)
        wrong += exact != binary
    with open(output, "rb") as lines:
        found = multiset(map(normal, lines))
    if found == exact_rows:
        return Verdict(found.count)
    if not rows.is_ours and found == binary_rows:
        return Verdict(found.count, wrong)
    raise Disagreement(f"the {found.count} rows are not the {exact_rows.count} that should be there")


def reference(subject: str) -> str:
    """A demand's reference, one for each subject."""
    return "US-" + subject.removeprefix("+")


def packets(source: str, subjects: tuple[str, ...], folder: str) -> Verdict:
    """A packet for each subject, who alone stays as it is; a packet is sorted where its times are coarse."""
    pseudonyms = {subject: by_sluice("case", reference(subject)) for subject in subjects}
    expected = {subject: Multiset() for subject in subjects}
    for record in parsed(source):
        for subject in {record["sender"], record["recipient"]} & expected.keys():

            def person(account: str) -> str:
                return account if account == subject else pseudonyms[subject](account)

            expected[subject].add(selected(record, person, decimal_cell))
    for subject, rows in expected.items():
        with open(os.path.join(folder, reference(subject), "data/records/message.ndjson"), "rb") as lines:
            # The file's name tells the kind.
            if multiset({"kind": "message"} | normal(line) for line in lines) != rows:
                raise Disagreement(f"packet {reference(subject)} has not the rows that it should have")
    if len(os.listdir(folder)) != len(subjects):
        raise Disagreement("there are other packets than one a demand")
    return Verdict(sum(rows.count for rows in expected.values()))


def previews(source: str, subjects: tuple[str, ...], output: str) -> Verdict:
    expected = dict.fromkeys(map(reference, subjects), 0)
    known = frozenset(subjects)
    for record in parsed(source):
        for subject in {record["sender"], record["recipient"]} & known:
            expected[reference(subject)] += 1
    with open(output, "rb") as file:
        found = {entry["demand"]: entry["kinds"][0]["released"] for entry in json.load(file)}
    if found != expected:
        raise Disagreement("the preview's counts are not the source's")
    return Verdict(sum(found.values()))


def number(source: str, subjects: tuple[str, ...], output: str) -> Verdict:
    """A count of lines, of all or of those with one of some accounts."""
    known = frozenset(subjects)
    parties = ([record["sender"], record["recipient"]] for record in parsed(source))
    expected = sum(not known or not known.isdisjoint(accounts) for accounts in parties)
    with open(output) as file:
        found = int(file.read().split()[0])
    if found != expected:
        raise Disagreement(f"{found} lines instead of {expected}")
    return Verdict(found)
