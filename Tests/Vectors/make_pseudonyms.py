#!/usr/bin/env python3
"""Writes the known answers for keys and pseudonyms to standard output.

Written from the text of the specification alone, in another language and with no code of the program, so that the
two can disagree. Standard library only.

    python3 make_pseudonyms.py > pseudonyms.json

The key hierarchy:

    root id    = HKDF-Expand-SHA256(root, tuple("sluice/1", "root-id"), 8)
    stream key = HKDF-Expand-SHA256(root, tuple("sluice/1", "stream", epoch, jurisdiction, name), 32)
    case key   = HKDF-Expand-SHA256(root, tuple("sluice/1", "case", epoch, jurisdiction, reference), 32)
    class key  = HKDF-Expand-SHA256(case, tuple("sluice/1", "id", class), 32)
    key id     = HKDF-Expand-SHA256(case, tuple("sluice/1", "kid"), 8)
    commitment = HKDF-Expand-SHA256(case, tuple("sluice/1", "commit"), 32)
    pseudonym  = letter + "a" + base32(HMAC-SHA256(class key, u8 class + u8 1 + canonical bytes)[:16])

Every identifier lies in a range kept for documentation or for tests.
"""

import base64
import hashlib
import hmac
import json
import sys


def pack_tuple(*elements):
    """A count byte, then each element as a big-endian length of four bytes and its UTF-8."""
    packed = bytes([len(elements)])
    for element in elements:
        encoded = element.encode("utf-8")
        packed += len(encoded).to_bytes(4, "big") + encoded
    return packed


def hkdf_expand(key, info, length):
    """RFC 5869 section 2.3 with SHA-256."""
    output = block = b""
    counter = 1
    while len(output) < length:
        block = hmac.new(key, block + info + bytes([counter]), hashlib.sha256).digest()
        output += block
        counter += 1
    return output[:length]


def base32(data):
    """RFC 4648 section 6, lower case, without padding."""
    return base64.b32encode(data).decode("ascii").rstrip("=").lower()


CLASSES = {
    "phone": (1, "p"),
    "account": (2, "a"),
    "email": (3, "e"),
    "ip": (4, "i"),
    "device": (5, "d"),
    "cell": (6, "c"),
    "id": (7, "o"),
}


def class_of(label):
    return CLASSES["id"] if label.startswith("id:") else CLASSES[label]


# (class label, what it is, canonical bytes)
IDENTIFIERS = [
    ("phone", "a number", b"+12025550123"),
    ("phone", "its neighbour", b"+12025550124"),
    ("phone", "another country", b"+447700900123"),
    ("phone", "the shortest", b"+1"),
    ("account", "opaque", b"a-7f31"),
    ("account", "the bytes of a phone", b"+12025550123"),
    ("account", "not ASCII", "żółw-42".encode("utf-8")),
    ("account", "a NUL inside", b"a\x00b"),
    ("account", "every byte", bytes(range(256))),
    ("email", "plain", b"ada@example.org"),
    ("email", "case kept before the at sign", b"Ada.Byron+list@example.org"),
    ("email", "not ASCII before the at sign", "zoë@example.net".encode("utf-8")),
    ("ip", "version 4", bytes([203, 0, 113, 9])),
    ("ip", "version 4, all zero", bytes(4)),
    ("ip", "version 6", bytes.fromhex("20010db8000000000000000000000001")),
    ("ip", "version 6 that begins like the version 4", bytes([203, 0, 113, 9]) + bytes(12)),
    ("device", "an IMEI of the test range", b"001010000000019"),
    ("cell", "a cell of the test network", b"001-01-1234-56789"),
    ("id:message", "hexadecimal", b"9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
    ("id:session", "the same under another name", b"9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
    ("id:", "a name that is empty", b"9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
    ("id:Übergabe", "a name that is not ASCII", b"9f8e7d6c5b4a39281706f5e4d3c2b1a0"),
]

# Lengths at which an implementation changes its path: none, the blocks of SHA-256 with two bytes before them, and
# the scratch of 256 bytes.
IDENTIFIERS += [
    ("account", "%d bytes" % length, bytes((7 * index + length) % 251 for index in range(length)))
    for length in (0, 1, 53, 54, 61, 62, 63, 125, 126, 253, 254, 255, 256, 257, 1000)
]

# (what it is, root key, epoch)
ROOTS = [
    ("counting bytes", bytes(range(32)), 0),
    ("counting bytes, another epoch", bytes(range(32)), 1),
    ("a digest, the last epoch", hashlib.sha256(b"sluice test root 1").digest(), 4294967295),
    ("sixteen distinct bytes, the fewest allowed", bytes(17 * (index // 2) for index in range(32)), 10),
    ("text form begun like no other", hashlib.sha256(b"sluice test root 2").digest(), 2026),
]

# (jurisdiction, reference or name). Composed and decomposed forms are different bytes, so different keys.
SCOPES = [
    ("US", "US-2026-000123"),
    ("US", "US-2026-000124"),
    ("NO", "US-2026-000123"),
    ("USU", "S-2026-000123"),
    ("", ""),
    ("", "US"),
    ("US", ""),
    (" ", "\u0000"),
    ("DE", "Übergabe-\u00e9"),
    ("DE", "Übergabe-e\u0301"),
    ("日本", "令和八年-🗝"),
    ("AT", "A" * 64),
]

TUPLES = [
    [],
    [""],
    ["", ""],
    ["sluice/1", "root-id"],
    ["a", "bc"],
    ["ab", "c"],
    ["abc"],
    ["a\u0000", "b"],
    ["\u00e9"],
    ["e\u0301"],
    ["x" * 300],
]


def case_answers(key):
    """Pseudonyms stand in the order of the identifiers, class keys under their labels."""
    classes = {}
    pseudonyms = []
    for label, _, canonical in IDENTIFIERS:
        if label not in classes:
            classes[label] = hkdf_expand(key, pack_tuple("sluice/1", "id", label), 32)
        byte, letter = class_of(label)
        tag = hmac.new(classes[label], bytes([byte, 1]) + canonical, hashlib.sha256).digest()
        pseudonyms.append(letter + "a" + base32(tag[:16]))
    return {
        "key": key.hex(),
        "keyID": hkdf_expand(key, pack_tuple("sluice/1", "kid"), 8).hex(),
        "commitment": hkdf_expand(key, pack_tuple("sluice/1", "commit"), 32).hex(),
        "classKeys": {label: class_key.hex() for label, class_key in classes.items()},
        "pseudonyms": pseudonyms,
    }


def root_answers(note, root, epoch):
    assert len(root) == 32 and len(set(root)) >= 16
    scopes = []
    for jurisdiction, name in SCOPES:
        for kind in ("case", "stream"):
            info = pack_tuple("sluice/1", kind, str(epoch), jurisdiction, name)
            answers = {"kind": kind, "jurisdiction": jurisdiction, "name": name}
            answers.update(case_answers(hkdf_expand(root, info, 32)))
            scopes.append(answers)
    return {
        "note": note,
        "root": root.hex(),
        "epoch": epoch,
        "keyFile": "sluice-key/1 %d %s\n" % (epoch, base32(root)),
        "rootID": hkdf_expand(root, pack_tuple("sluice/1", "root-id"), 8).hex(),
        "scopes": scopes,
    }


def identifier(label, note, canonical):
    byte, letter = class_of(label)
    return {"label": label, "note": note, "class": byte, "letter": letter, "canonical": canonical.hex()}


def main():
    answers = {
        "madeBy": "make_pseudonyms.py",
        "tuples": [{"elements": elements, "bytes": pack_tuple(*elements).hex()} for elements in TUPLES],
        "identifiers": [identifier(*each) for each in IDENTIFIERS],
        "roots": [root_answers(*root) for root in ROOTS],
    }
    json.dump(answers, sys.stdout, indent=1, ensure_ascii=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
