"""Writes what the fuzzer's corpus begins with: seeds.py FOLDER, a folder a target below it.

The samples and the golden packet are of this repository. Conformance data is read from beside it where it is present,
and never copied into it.
"""

import hashlib
import json
import pathlib
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = ROOT.parent / "shared" / "vectors"

TIMES = """2026-03-14T09:30:05Z 2026-03-14t09:30:05.25+05:30 1998-12-31T23:59:60Z 2016-12-31T15:59:60-08:00
0001-01-01T00:00:00Z 9999-12-31T23:59:59.999999999Z 2024-02-29T23:59:59-00:00 1711843200 1711843200.25 1711843200000
-1 2000-02-30T00:00:00Z 2026-03-14T09:30:05.123456789012345678901234567890Z""".split() + [
    "2026-03-29 02:30:00", "2026-10-25 02:30:00"]
PHONES = ["+12025550123", "(202) 555-0123", "1-202-555-0123", "011 44 7700 900123", "+44 (0)7700 900123",
          "tel:+12025550123", "07700 900123", "0044 7700 900123", "+49 30 23125 123", "112", "+1", "06 555 0100"]
POINTS = ["52.52,13.405", "-90,180", "90,-180", "0,0", "-0.0,-0", "89.999999999999999999999999999999,179.9",
          "48.8566000,2.35220", "1e2,3", "91,0", ".5,1", "00.1,1"]
RECORDS = [b'{"kind":"event","at":"2026-09-10T12:00:00Z","who":"+12025550100","with":["+447700900001"],'
           b'"place":{"lat":1.5,"lon":-2},"a":{"b":{"c":7}},"body":"x"}',
           b'{"who":"\\u002b1\\ud834\\udd1e\\n","full name":null,"say \\"hi\\"":1,"x\\\\ny":[1,"a",{"b":[]}]}',
           b'{"place":"misplaced","a":{"b":3},"new":true,"a.b":{"c":1}}\n{"place.lat":1}\n{"wh\\u006f":1,"who":2}',
           b'{"who":"abc","who":"abc"}\n{"at":01}\n{"at":-1.5E+10}\n{"a":tru}\n{"a":"\\u12"}\n{"a":"\\ud800"}']
ROWS = [b',event,+1,x,1.5\n"a","b""c","d\n","e"\r\n', b'\ta\tb\t"c\td"\t\n', b',a,b"c,,\n"a"b,,\n,,,\n']


def tar_files(name):
    path = VECTORS / name
    if not path.exists():
        return
    with tarfile.open(path) as archive:
        for member in archive:
            if member.isfile():
                yield member.name, archive.extractfile(member).read()


def vector(name):
    path = VECTORS / name
    return path.read_bytes() if path.exists() else None


def json_seeds():
    yield from RECORDS
    yield from (ROOT / "Samples/records/sample.ndjson").read_bytes().splitlines()[::40]
    for name, data in tar_files("json/JSONTestSuite_parsing_transform.tar.gz"):
        if "test_parsing/" in name and len(data) < 4096:
            yield b'{"who":' + data + b"}"
            yield data
    for text in json.loads(vector("json/blns.json") or "[]"):
        yield json.dumps({"who": text}).encode()
        yield json.dumps({"who": text, text: 1}, ensure_ascii=False).encode(errors="surrogatepass")


def csv_seeds():
    yield from ROWS
    for name, data in tar_files("csv/csv-spectrum.tar.gz"):
        if name.endswith(".csv"):
            yield b"\0" + data


def format_seeds(formats, own):
    yield from (text.encode() for text in own)
    for name, data in tar_files("time/json-schema_optional_format.tar.gz"):
        if pathlib.PurePath(name).stem in formats:
            for group in json.loads(data):
                yield from (test["data"].encode() for test in group["tests"] if isinstance(test["data"], str))


def address_seeds():
    yield from format_seeds(["ipv4", "ipv6"], ["203.0.113.7", "2001:db8::1", "::ffff:192.0.2.1", "::", "fe80::1%eth0"])
    for name in ["invalid-ipv4", "invalid-ipv6", "valid-ipv4", "valid-ipv6"]:
        for entry in json.loads(vector(f"ip/{name}-addresses.json") or "[]"):
            yield (entry if isinstance(entry, str) else str(entry.get("address", ""))).encode()


def files(pattern):
    return (path.read_bytes() for path in sorted((ROOT / "Samples").glob(pattern)))


def manifest_seeds():
    for choice in (0, 1):
        yield bytes([choice]) + (ROOT / "Tests/Golden/packet-ndjson/manifest-sha256.txt").read_bytes()
    for name, data in tar_files("bagit/bagit_v097_v10.tar.gz"):
        stem = pathlib.PurePath(name).name
        if stem.startswith("manifest-sha") and len(data) < 8192:
            yield bytes([(1 if "v0.97" in name else 0) | (2 if "sha512" in stem else 0)]) + data


# The order of `PacketTargets.names`.
PACKET = """bagit.txt bag-info.txt manifest-sha256.txt tagmanifest-sha256.txt data/README.txt data/certificate.txt
data/demand.json data/fields.csv data/provenance.json data/reconciliation.csv data/withheld.csv
data/records/location.ndjson data/records/message.ndjson data/report.html""".split()


def packet_seeds():
    for index, name in enumerate(PACKET):
        data = (ROOT / "Tests/Golden/packet-ndjson" / name).read_bytes()
        yield bytes([index]) + data
        yield bytes([index | 0x80]) + data


SEEDS = {
    "ndjson": json_seeds, "csv": csv_seeds, "ip": address_seeds, "manifest": manifest_seeds, "packet": packet_seeds,
    "timestamp": lambda: format_seeds(["date-time"], TIMES),
    "phone": lambda: (text.encode() for text in PHONES), "coordinates": lambda: (text.encode() for text in POINTS),
    "schema": lambda: files("schemas/*.yaml"), "policy": lambda: files("policies/*.yaml"),
    "demand": lambda: files("demands/*.yaml"),
}

for target, seeds in SEEDS.items():
    folder = pathlib.Path(sys.argv[1]) / target
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds():
        (folder / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
