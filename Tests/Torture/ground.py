"""What every case stands on: the command, a small job with a mark in every value, and what must hold afterwards."""

import base64
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SAMPLES = PROJECT / "Samples"
PARTIAL = ".sluice-partial-"

# Documented exit statuses of a run that a fault stopped; a loader that finds no library ends with 127.
STOPPED = {3, 5, 6, 7, 9, 127}


class Failure(Exception):
    """The program did what it must not do."""


class Skipped(Exception):
    """The case cannot run on this machine; the reason is the text."""


def expect(condition, text):
    """Ends the case where the condition does not hold."""
    if not condition:
        raise Failure(text)


def spellings(text):
    """A value as it stands, in hexadecimal, base64 at each offset, percent- and `\\u`-escaped."""
    raw = text.encode()
    forms = {raw}
    if len(raw) < 8:
        return forms
    for digits in (raw.hex(), raw.hex().upper()):
        pairs = [digits[place : place + 2] for place in range(0, len(digits), 2)]
        forms |= {digits.encode(), "".join("%" + pair for pair in pairs).encode()}
        forms.add("".join("\\u00" + pair for pair in pairs).encode())
    for offset in range(3):
        # The characters that the value alone decides, whatever stands before and behind it.
        whole = base64.b64encode(b"\0" * offset + raw)
        first, last = -(-8 * offset // 6), (8 * (offset + len(raw))) // 6
        part = whole[first:last]
        forms |= {part, part.replace(b"+", b"-").replace(b"/", b"_")}
    return forms


def text_of(quoted):
    """The bytes of a string that strace wrote as `\\x41\\x42`."""
    return bytes.fromhex(quoted.replace("\\x", ""))


class Marks:
    """Values that must not be found."""

    def __init__(self, texts):
        self.forms = [(text, form) for text in sorted(texts) for form in spellings(text)]

    def found(self, data):
        return sorted({text for text, form in self.forms if form in data})


def tree(path):
    """Every file below a folder with the digest of its bytes; an empty folder ends with a slash."""
    entries = {}
    for folder, folders, files in os.walk(path):
        place = os.path.relpath(folder, path)
        if not folders and not files:
            entries[place + "/"] = ""
        for name in files:
            file = Path(folder, name)
            if file.is_symlink():
                entries[os.path.join(place, name)] = "link"
                continue
            entries[os.path.join(place, name)] = hashlib.sha256(file.read_bytes()).hexdigest()
    return entries


class Records:
    """Some dozen records of every kind, each value of which is its own, and lines that nobody can read."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.serial = itertools.count(100)
        self.lines = []
        # Values that identify: none may be said outside a packet.
        self.values = set()
        subject, account = "+12025550123", "a-7f31"
        for index in range(14):
            inside = index % 5 != 4
            self.add(self.message(subject if index % 2 else self.phone(), inside, None if index % 2 else subject))
        for index in range(6):
            self.add(self.call(subject if index % 2 else self.phone(), subject, index != 3))
            self.add(self.connection(subject if index < 4 else self.phone()))
            self.add(self.location(account if index < 4 else self.hexadecimal("b-"), index != 2))
        self.add(self.account(subject, account))
        self.add(self.account(self.phone(), self.hexadecimal("b-")))
        mark = self.mark
        for line in (
            '{"kind":"message","sender":"%s","sender":"%s"}' % (mark(), mark()),
            '{"kind":"message","sender":"%s"' % mark(),
            '{"kind":"%s","sender":"%s"}' % (mark(), mark()),
            '{"kind":"message","timestamp":"%s","sender":"+12025550123"}' % mark(),
            '{"kind":"message","timestamp":"2026-09-10T00:00:00Z","sender":"%s"}' % mark(),
            '{"kind":"account","phone":"%s","email":"%s"}' % (subject, mark()),
            mark(),
            '{"kind":"account","%s":{"%s":["%s"]}}' % (mark(), mark(), mark()),
        ):
            self.lines.append(line)
        self.values |= {subject, subject[1:]}

    def add(self, record):
        record["unknown_field"] = self.mark()
        record[self.mark("name_")] = True
        self.lines.append(json.dumps(record, separators=(",", ":")))

    def keep(self, text):
        self.values.add(text)
        return text

    def mark(self, start="mark-"):
        return self.keep(start + "%010d" % self.random.randrange(10**10))

    def phone(self):
        return "+" + self.keep("447700900%03d" % next(self.serial))

    def hexadecimal(self, start=""):
        return self.keep(start + "%016x" % self.random.randrange(1 << 64))

    def address(self):
        return self.keep("2001:db8:%x:%x::%x" % tuple(self.random.randrange(0x1000, 0xFFFF) for _ in range(3)))

    def time(self, inside=True):
        fraction = self.keep("%09d" % (self.random.randrange(10**8) * 10 + 7))
        month = "09" if inside else "05"
        clock = tuple(self.random.randrange(limit) for limit in (24, 60, 60))
        return "2026-%s-%02dT%02d:%02d:%02d.%sZ" % ((month, self.random.randrange(2, 28)) + clock + (fraction,))

    def number(self):
        return int(self.keep("%d" % self.random.randrange(10**8, 10**9)))

    def message(self, sender, inside, recipient):
        return {
            "kind": "message", "message_id": self.hexadecimal(), "timestamp": self.time(inside), "sender": sender,
            "recipients": [recipient or self.phone(), self.phone()], "group_id": self.hexadecimal(),
            "added_participant": self.phone(), "sender_ip": self.address(), "sender_port": 4242,
            "sender_device": "web", "sender_device_id": self.hexadecimal(), "type": "text",
            "message_style": "group", "message_size": self.number(), "body": self.mark("body-"),
        }  # fmt: skip

    def call(self, caller, other, inside):
        return {
            "kind": "call", "call_id": self.hexadecimal(), "timestamp": self.time(inside), "from": caller,
            "call_creator": self.phone(), "event_type": "offer", "to": other if caller != other else self.phone(),
            "from_ip": self.address(), "from_port": 4243, "media_type": "audio", "call_duration": self.number(),
        }  # fmt: skip

    def connection(self, phone):
        return {
            "kind": "connection", "timestamp": self.time(), "phone": phone, "event": "logout",
            "ip": self.address(), "port": 4244, "device_id": self.hexadecimal(), "device_type": "android",
            "app_version": self.mark("v"), "session_duration": self.number(),
        }  # fmt: skip

    def location(self, account, inside):
        position = {
            "lat": float(self.keep("51.%09d" % (self.random.randrange(10**8) * 10 + 3))),
            "lon": float(self.keep("7.%09d" % (self.random.randrange(10**8) * 10 + 3))),
            "accuracy": self.number(), "source": "gps",
        }  # fmt: skip
        return {
            "kind": "location", "timestamp": self.time(inside), "account_id": account, "position": position,
            "cell": self.keep("262-%010d" % self.random.randrange(10**10)),
        }  # fmt: skip

    def account(self, phone, number):
        return {
            "kind": "account", "phone": phone, "account_id": number, "name": self.mark("Name "),
            "email": self.keep("mail-%010d" % self.random.randrange(10**10)) + "@mail.example",
            "service_start": self.time(), "registration_ip": self.address(), "registration_port": 4245,
            "last_seen": self.time(), "last_ip": self.address(), "push_name": self.mark("push-"),
            "about": self.mark("about-"), "registration_pin": self.mark("pin-"),
            "push": {"token": self.mark("token-")},
        }  # fmt: skip


DEMAND = """sluice: demand/1
reference: %s
jurisdiction: US
instrument: %s
authority:
  { name: "Example County Court", official: "Official A", title: "Judge", contact: "clerk@court.example", reference: "26" }
issued: 2026-10-02
received: 2026-10-03T11:00:00Z
subjects: [ { phone: "+12025550123", also: [ { account: a-7f31 } ] } ]
period: { from: 2026-09-01T00:00:00Z, until: 2026-10-01T00:00:00Z }
categories: [%s]
document: %s.txt
prepared: { by: "lert-03", at: 2026-10-04T08:00:00Z }
approved: { by: "counsel-02", at: 2026-10-04T10:00:00Z, decision: "As demanded." }
"""
DEMANDS = {
    "TT-0": ("court-order", "traffic, connection"),
    "TT-1": ("court-order", "traffic, connection, subscriber"),
    "TT-2": ("warrant", "subscriber, identification, traffic, location"),
}
# Lies in the output folder already and is demanded again.
SEALED = "TT-0"


class Result:
    """What a run gave back. `status` is minus the signal's number where one ended it."""

    def __init__(self, status, output, talk, seconds, usage=None):
        (self.status, self.output, self.talk, self.seconds, self.usage) = (status, output, talk, seconds, usage)

    def __str__(self):
        last = self.talk.decode("utf-8", "replace").strip().splitlines()[-1:]
        return "status %d%s" % (self.status, " (%s)" % last[0] if last else "")


class Ground:
    """The inputs, written once, and the packets of a run that nothing disturbed."""

    def __init__(self, command, folder, seed, threads, share=1.0, shim=None):
        self.command, self.folder, self.seed, self.threads = str(command), Path(folder), seed, threads
        self.share, self.library = share, shim
        self.random = random.Random(seed)
        self.numbers = itertools.count()
        self.inputs = self.folder / "inputs"
        self.inputs.mkdir()
        # A copy, so that a change to the samples meanwhile changes nothing.
        for name in ("policies", "schemas"):
            shutil.copytree(SAMPLES / name, self.inputs / name)
        schemas = [self.inputs / "schemas" / name for name in ("messenger.yaml", "bandicoot.yaml")]
        self.rules = ["--schema", *schemas, "--policies", self.inputs / "policies"]
        self.records = Records(seed)
        self.source = self.inputs / "records.ndjson"
        self.source.write_text("\n".join(self.records.lines) + "\n")
        for name, (instrument, categories) in DEMANDS.items():
            (self.inputs / (name + ".yaml")).write_text(DEMAND % (name, instrument, categories, name))
            # An instrument is answered once: each demand has its own.
            (self.inputs / (name + ".txt")).write_text("The order of %s.\n" % name)
        self.key = self.inputs / "root.key"
        self.key.write_bytes(b"sluice-key/1 1 " + base64.b32encode(bytes(range(7, 39))).lower().rstrip(b"=") + b"\n")
        self.key.chmod(0o600)
        self.said = Marks(self.records.values)
        self.secret = Marks([])
        self.packets, self.output = {}, b""
        self.make_reference()

    def make_reference(self):
        """Seals every packet undisturbed, and finds which values no packet holds."""
        trial = Trial(self, sealed=False)
        result = trial.disclose()
        expect(result.status == 0, "the undisturbed run ends with %s" % result)
        self.reference = trial.out
        for name in DEMANDS:
            self.packets[name] = tree(trial.out / name)
            verified = self.run(["verify", trial.out / name])
            expect(verified.status == 0, "%s does not verify: %s" % (name, verified))
        held = b"".join(file.read_bytes() for file in trial.out.rglob("*") if file.is_file())
        self.secret = Marks(text for text in self.records.values if text.encode() not in held)
        expect(len(self.secret.forms) > 500, "too few values are withheld for the job to show anything")
        expect(not self.secret.found(held), "a packet holds a withheld value in another form")
        again = Trial(self)
        second = again.disclose()
        self.output = second.output
        again.check(second)

    def trial(self, **more):
        return Trial(self, **more)

    def run(self, arguments, prefix=(), **more):
        return run(list(prefix) + [self.command] + [str(argument) for argument in arguments], **more)

    def filter(self):
        """The arguments of `minimize` for the job's records."""
        return ["minimize", "--jurisdiction", "US", "--instrument", "court-order", "--case", "torture",
                *self.rules, "--key", self.key, "--now", "2026-10-05T00:00:00Z", "--max-rejected", "1"]  # fmt: skip

    def check_partial(self, folder, leaves):
        """A folder of packets in the making may be left where `leaves` says so, and holds no withheld value."""
        expect(leaves, "%s is left" % folder.name)
        for file in folder.rglob("*"):
            if file.is_file():
                found = self.secret.found(file.read_bytes())
                expect(not found, "%s holds %s" % (file.name, found))

    @property
    def shim(self):
        """The library that stands before the C library."""
        if not self.library:
            raise Skipped("there is no C compiler (cc)")
        return str(self.library)

    def scaled(self, count):
        """How many random runs make up a case that has `count` of them."""
        return max(1, int(count * self.share))

    def each(self, work, items):
        """Works on every item, some side by side; the first failure is thrown."""
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, items))


def run(arguments, stdin=None, timeout=120, environment=None, stdout=None, stderr=None, folder=None):
    """Runs a program to its end. A run that does not end is a failure of it."""
    started = time.monotonic()
    process = subprocess.Popen(
        [str(argument) for argument in arguments],
        stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=stdout or subprocess.PIPE,
        stderr=stderr or subprocess.PIPE, cwd=folder, start_new_session=True,
        env=dict(os.environ, **(environment or {})))  # fmt: skip
    try:
        output, talk = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise Failure("it had not ended after %d s" % timeout)
    return Result(process.returncode, output or b"", talk or b"", time.monotonic() - started)


# Starts a program and tells its times and its peak of memory. A process of its own, because Linux counts in a peak what
# stood in the process before it became the program, which is small here.
LAUNCHER = """
import os, sys
child = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(child, 0)
with open(sys.argv[1], "w") as file:
    print(os.waitstatus_to_exitcode(status), usage.ru_utime, usage.ru_stime, usage.ru_maxrss, file=file)
"""


class Usage:
    """Seconds of processor time, and KiB of resident memory at the peak."""

    def __init__(self, user, system, peak):
        self.ru_utime, self.ru_stime, self.ru_maxrss = float(user), float(system), int(peak)


def measured(arguments, stdin=None, timeout=600):
    """Runs a program; its result has the processor time and the peak of its resident memory."""
    with tempfile.NamedTemporaryFile("r") as told:
        launcher = [sys.executable, "-I", "-S", "-c", LAUNCHER, told.name]
        result = run(launcher + list(arguments), stdin=stdin, timeout=timeout)
        status, *usage = told.read().split()
        return Result(int(status), result.output, result.talk, result.seconds, Usage(*usage))


class Trial:
    """One disturbed run: an output folder of its own in which one of the batch's packets is sealed already."""

    def __init__(self, ground, sealed=True, out=None):
        self.ground = ground
        self.folder = ground.folder / ("trial-%d" % next(ground.numbers))
        self.folder.mkdir()
        self.out = Path(out) if out else self.folder / "out"
        if sealed:
            self.out.mkdir(mode=0o700, exist_ok=True)
            shutil.copytree(ground.reference / SEALED, self.out / SEALED)
        self.reports = itertools.count()

    def arguments(self, workers=1, names=tuple(DEMANDS), records=None, more=()):
        """The arguments of `disclose`; each call names a new report."""
        self.report = self.folder / ("report-%d.json" % next(self.reports))
        inputs = self.ground.inputs
        return (["disclose"] + [inputs / (name + ".yaml") for name in names]
                + ["--records", records or self.ground.source, *self.ground.rules, "--key", self.ground.key, "--out", self.out,
                   "--now", "2026-10-05T00:00:00Z", "--report", self.report, "--max-rejected", "1",
                   "--spool-bytes", "4096", "--workers", str(workers)] + list(more))  # fmt: skip

    def disclose(self, prefix=(), workers=1, names=tuple(DEMANDS), records=None, more=(), **options):
        return self.ground.run(
            self.arguments(workers, names, records, more), prefix=prefix, folder=self.folder, **options)  # fmt: skip

    def check(self, result, leaves=False, names=tuple(DEMANDS), statuses=None, claims=False):
        """The invariant of every fault, whatever the run ended with; clears up after the trial.

        A packet is not there, or is byte for byte the undisturbed one; what was sealed before is there; a run that
        ends with 0 did everything; nothing says a value; and a run without the fault does the rest. `leaves`: the
        partial folder may be left for the next run. `claims`: an empty folder may be left where a packet was to come.
        """
        allowed = statuses or STOPPED | {0}
        expect(leaves or result.status in allowed, "ended with %s" % result)
        left = self.look(leaves, claims)
        expect(SEALED in left or not self.out.exists(), "what was sealed before is gone")
        if result.status == 0:
            expect(set(names) <= left, "ended with 0 without %s" % sorted(set(names) - left))
            if self.ground.output and set(names) == set(DEMANDS):
                expect(self.report.exists(), "ended with 0 without the report")
        self.silent(result)
        if left == {SEALED} and set(os.listdir(self.out)) == left:
            # From here a run is the undisturbed one, which was made already.
            shutil.rmtree(self.folder)
            return
        again = self.disclose(names=names)
        expect(again.status == 0, "the next run ends with %s" % again)
        expect(set(names) <= self.look(False, False), "the next run does not seal every packet")
        shutil.rmtree(self.folder)

    def look(self, leaves, claims):
        """The names of the packets that are there; each is whole."""
        there = set()
        for entry in sorted(self.out.iterdir()) if self.out.exists() else []:
            if entry.name.startswith(PARTIAL):
                self.ground.check_partial(entry, leaves)
                continue
            expect(entry.name in self.ground.packets, "%s is in the output folder" % entry.name)
            if claims and not any(entry.iterdir()):
                entry.rmdir()
                continue
            expect(tree(entry) == self.ground.packets[entry.name], "%s is not what it was to be" % entry.name)
            there.add(entry.name)
        return there

    def silent(self, result):
        """No value is said, no report is half, no core is left."""
        said = [("standard output", result.output), ("standard error", result.talk)]
        for file in self.folder.iterdir():
            expect(not re.match(r"core(\.|$)", file.name), "a core file is left")
            if file.is_file():
                said.append((file.name, file.read_bytes()))
        for place, data in said:
            found = self.ground.said.found(data)
            expect(not found, "%s holds %s" % (place, found))
        if self.report.exists():
            try:
                json.loads(self.report.read_bytes())
            except ValueError:
                raise Failure("the report is not whole")
