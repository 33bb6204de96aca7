"""Inputs of every size: memory stays below the ceiling, work grows with the input and no faster, nothing is said."""

import os
import re
import shutil
import signal
import subprocess
import threading
import time
import zlib

from ground import DEMAND, SEALED, Failure, Result, expect, measured, run, text_of
from sweeps import case

# The soft ceiling of guarantee 13, in MiB of resident memory at the peak.
CEILING = 60
MESSAGE = ('{"kind":"message","message_id":"%016x","timestamp":"2026-09-10T12:%02d:00Z","sender":"+4477009%05d",'
           '"recipients":["+4477009%05d"],"sender_ip":"2001:db8::%x","type":"text"%s}\n')  # fmt: skip


def fed(ground, arguments, chunks):
    """Runs the command on chunks of bytes through a pipe."""
    reading, writing = os.pipe()

    def feed():
        try:
            for chunk in chunks:
                view = memoryview(chunk)
                while view:
                    view = view[os.write(writing, view) :]
        except BrokenPipeError:
            pass
        finally:
            os.close(writing)

    worker = threading.Thread(target=feed)
    worker.start()
    result = measured([ground.command] + list(arguments), stdin=reading)
    os.close(reading)
    worker.join()
    return result


def held(ground, chunks, statuses, more=(), verb=None, ceiling=CEILING):
    """A run on a stream, whose memory must stay below the ceiling; what was seen."""
    result = fed(ground, (verb or ground.filter()) + list(more), chunks)
    peak = result.usage.ru_maxrss / 1024
    expect(result.status in statuses, "ended with %s" % result)
    expect(peak <= ceiling, "%.0f MiB of memory at the peak" % peak)
    expect(len(result.talk) < 20000, "it says %d bytes" % len(result.talk))
    return "%s, %.0f MiB" % (str(result)[:90], peak)


def some_good(chunks):
    """Good records first, so that a source of bad ones is not refused as another format before its end."""
    yield from messages(800)
    yield from chunks


def repeated(chunk, total):
    """A chunk again and again, `total` bytes in all."""
    for _ in range(total // len(chunk)):
        yield chunk


# MARK: - Memory


@case("B33", "one line of 2 GiB without an end, and with one")
def long_line(ground):
    seen = []
    for before, behind in ((b"", b""), (b'{"note":"', b'"}\n')):
        chunks = [before, *repeated(b"a" * (1 << 20), 1 << 31), behind]
        seen.append(held(ground, chunks, {0}))
    trial = ground.trial()
    seen.append(held(ground, repeated(b"a" * (1 << 20), 1 << 30), {0, 4}, verb=trial.arguments(records="-")))
    return "; ".join(seen)


@case("B35", "1,000,000 members in one object, 1,000,000 elements in one array; a record of 64 MiB allowed")
def many_members(ground):
    members = b'{"note":{' + b",".join(b'"k%d":0' % number for number in range(10**6)) + b"}}\n"
    elements = b'{"kind":"message","recipients":[' + b",".join([b'"+447700900001"'] * 10**6) + b"]}\n"
    seen = []
    for record in (members, elements):
        seen.append(held(ground, [record] * 3, {0}))
        # A record of that length takes its own room, and no more for its members.
        result = fed(ground, ground.filter() + ["--record-bytes", str(1 << 26), "--workers", "1"], [record] * 3)
        peak = result.usage.ru_maxrss / 1024
        expect(result.status == 0, "ended with %s" % result)
        # Three blocks are in flight, each with what a growing one holds twice for a moment.
        expect(peak < CEILING + 8 * len(record) / (1 << 20), "%.0f MiB of memory at the peak" % peak)
        seen.append("%.0f MiB where a record may have 64 MiB" % peak)
    return "; ".join(seen)


@case("B31", "depth of 100,000, arrays and objects, 2,000 records")
def deep(ground):
    return "; ".join(
        held(ground, some_good([b'{"note":' + opening * 100000 + b"\n"] * count), {0})
        for opening, count in ((b"[", 2000), (b'{"a":', 400))
    )


@case("B36", "strings of 10 MB, escapes of 10 MB, numbers of 1,000,000 digits")
def long_values(ground):
    seen = []
    for value in (b'"' + b"a" * 10**7 + b'"', b'"' + b"\\u0041" * 1700000 + b'"', b"1" * 10**6):
        seen.append(held(ground, some_good([b'{"note":' + value + b"}\n"] * 20), {0}))
        # Two workers each hold a block, which is as long as a record may be here.
        longer = ["--record-bytes", str(1 << 24)]
        seen.append(held(ground, some_good([b'{"note":' + value + b"}\n"] * 3), {0}, longer, ceiling=CEILING + 2 * 16))
    return seen[-1]


@case("B83", "gzip bombs of 1,000:1: one line of 256 MiB, blank lines, bombs in a bomb")
def bombs(ground):
    seen = []
    for chunk, total in ((b"\0" * (1 << 20), 1 << 28), (b"\n" * (1 << 20), 1 << 28)):
        packer = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = b"".join(packer.compress(part) for part in repeated(chunk, total)) + packer.flush()
        ratio = total / len(packed)
        for depth in (1, 2):
            file = ground.folder / ("bomb-%d.ndjson.gz" % depth)
            file.write_bytes(packed)
            result = measured([ground.command] + ground.filter() + ["--records", file])
            peak = result.usage.ru_maxrss / 1024
            expect(result.status in {5, 9}, "ended with %s" % result)
            expect(peak <= CEILING, "%.0f MiB of memory at the peak" % peak)
            seen.append("%d:1 ended %d, %.0f MiB" % (ratio, result.status, peak))
            packer = zlib.compressobj(9, zlib.DEFLATED, 31)
            packed = packer.compress(packed) + packer.flush()
    return "; ".join(seen)


def messages(count, more=""):
    """Records of as many people."""
    for start in range(0, count, 10000):
        yield "".join(
            MESSAGE % (number, number % 60, number % 100000, (number * 7) % 100000, number, more)
            for number in range(start, min(start + 10000, count))
        ).encode()


@case("R01", "1,000,000 records of as many people; flat memory from 100,000 on")
def many_people(ground):
    small = fed(ground, ground.filter(), messages(100000))
    large = fed(ground, ground.filter(), messages(1000000))
    peaks = [result.usage.ru_maxrss / 1024 for result in (small, large)]
    expect(small.status == large.status == 0, "ended with %s" % large)
    expect(peaks[1] <= CEILING and peaks[1] < peaks[0] * 1.15 + 2, "%.0f MiB, then %.0f MiB" % tuple(peaks))
    return "%.0f MiB, then %.0f MiB" % tuple(peaks)


@case("R02", "1,000,000 rejected records")
def many_rejected(ground):
    return "; ".join(
        held(ground, some_good(repeated(record * 1000, 1000 * 1000 * len(record))), {0})
        for record in (b'{"kind":"message"}\n', b'{"kind":"message","timestamp":"x"}\n', b"x\n", b"\xff\n")
    ) + "; " + held(ground, some_good(repeated(b"x\n" * 1000, 2 * 10**6)), {4}, verb=ground.trial().arguments(records="-"),
                    more=["--max-rejected", "10000"])  # fmt: skip


@case("R03", "200,000 unknown kinds and fields, each of another name")
def many_names(ground):
    def lines(start, form):
        for first in range(0, 200000, 1000):
            yield "".join(form % (start + number) for number in range(first, first + 1000)).encode()

    return "; ".join(held(ground, lines(0, form), {0}) for form in (
        '{"kind":"kind%d","sender":"+447700900001"}\n', '{"kind":"account","phone":"+447700900001","name_%d":1}\n'))  # fmt: skip


@case("R04", "one packet of 300,000 records, sorted and not; the spool is bounded")
def large_packet(ground):
    trial = ground.trial(sealed=False)
    lines = [line for line in ground.records.lines if '"location"' in line or '"message"' in line][:20]
    chunk = ("\n".join(lines) + "\n").encode() * 500
    arguments = trial.arguments(names=("TT-2",), records="-", more=["--spool-bytes", str(8 << 20)])
    result = fed(ground, arguments, [chunk] * 30)
    peak = result.usage.ru_maxrss / 1024
    expect(result.status == 0, "ended with %s" % result)
    expect(peak <= CEILING, "%.0f MiB of memory at the peak" % peak)
    verified = measured([ground.command, "verify", trial.out / "TT-2"])
    expect(verified.status == 0 and verified.usage.ru_maxrss / 1024 <= CEILING, "verify: %s" % verified)
    shutil.rmtree(trial.folder)
    return "%.0f MiB, verify %.0f MiB" % (peak, verified.usage.ru_maxrss / 1024)


@case("R05", "10,000 demands in one run, ten records each")
def many_demands(ground):
    # A demand for each of the people who send the records.
    folder = ground.folder / "many"
    folder.mkdir()
    shutil.copy(ground.inputs / (SEALED + ".txt"), folder)
    for number in range(10000):
        text = DEMAND % ("TT-%d" % (10000 + number), "court-order", "traffic", SEALED)
        subject = "subjects: [ { phone: \"+4477009%05d\" } ]" % number
        (folder / ("TT-%d.yaml" % number)).write_text(re.sub("^subjects: .*$", subject, text, flags=re.MULTILINE))
    source = folder / "records.ndjson"
    with open(source, "wb") as file:
        for chunk in messages(100000):
            file.write(re.sub(b'"sender":"\\+4477009[0-9]', b'"sender":"+44770090', chunk))
    trial = ground.trial(sealed=False)
    result = measured([ground.command, "disclose", folder, "--records", source, *ground.rules, "--key", ground.key,
                       "--out", trial.out, "--now", "2026-10-05T00:00:00Z", "--quiet", "--workers", "2"])  # fmt: skip
    peak = result.usage.ru_maxrss / 1024
    expect(result.status == 0, "ended with %s" % result)
    expect(len(list(trial.out.iterdir())) == 10000, "not every packet is sealed")
    # 64 MiB for any input, and as much again for ten thousand demands.
    expect(peak <= 128, "%.0f MiB of memory at the peak" % peak)
    shutil.rmtree(trial.folder)
    shutil.rmtree(folder)
    return "%.0f MiB" % peak


# MARK: - Time


def work(ground, make):
    """The processor time that the command takes for an input: the least of three runs."""
    arguments, source, statuses = make()
    times = []
    for _ in range(3):
        with open(source or os.devnull, "rb") as stream:
            result = measured([ground.command] + arguments, stdin=stream)
        expect(result.status in statuses, "ended with %s" % result)
        times.append(spent(result))
    return min(times)


def spent(result):
    """The processor time of a run, in seconds."""
    return result.usage.ru_utime + result.usage.ru_stime


def linear(ground, candidates, longest=2.6):
    """The work for an input and for one twice as long, of each candidate."""
    seen, idle = [], min(spent(measured([ground.command, "--version"])) for _ in range(3))
    for name, size, make in candidates:
        file = ground.inputs / "candidate"

        def prepared(count):
            arguments, data, statuses = make(count)
            file.write_bytes(data)
            return arguments, file, statuses

        first = work(ground, lambda: prepared(size // 2))
        second = work(ground, lambda: prepared(size))
        # Below that the start of the process hides the ratio, and no quadratic work is done in it.
        ratio = (second - idle) / max(first - idle, 0.01)
        expect(ratio < longest or second < idle + 0.15, "%s: %.2f s, then %.2f s" % (name, first, second))
        seen.append("%s %.2f s" % (name, second))
    return "at most %.1f times: " % longest + ", ".join(seen)


@case("B37", "escapes, numbers, blanks, keys, elements, quotes: twice the input, twice the work")
def records_are_linear(ground):
    big = ["--record-bytes", str(1 << 26), "--string-bytes", str(1 << 26), "--number-bytes", str(1 << 26)]

    def filter_of(form, *more):
        return lambda count: (ground.filter() + big + list(more), form(count), {0})

    def in_field(form):
        return filter_of(lambda count: b'{"kind":"account","phone":"+447700900001","name":' + form(count) + b"}\n")

    csv = ["--records-format", "csv"]
    head = b"kind,phone,name"
    return linear(ground, [
        ("escapes", 4 * 10**6, in_field(lambda count: b'"' + b"\\u0041" * count + b'"')),
        ("escaped quotes", 4 * 10**6, in_field(lambda count: b'"' + b'\\"' * count + b'"')),
        ("backslashes", 4 * 10**6, in_field(lambda count: b'"' + b"\\\\" * count + b'"')),
        ("digits", 8 * 10**6, in_field(lambda count: b"1" * count)),
        ("blanks", 8 * 10**6, in_field(lambda count: b" " * count + b"1")),
        ("letters", 8 * 10**6, in_field(lambda count: b'"' + b"a" * count + b'"')),
        ("wide letters", 2 * 10**6, in_field(lambda count: b'"' + "\u4e2d".encode() * count + b'"')),
        ("combining marks", 8 * 10**6, in_field(lambda count: b'"a' + "\u0323\u0301".encode() * count + b'"')),
        ("brackets", 8 * 10**6, in_field(lambda count: b"[" * count)),
        ("elements", 500000, filter_of(
            lambda count: b'{"kind":"message","timestamp":"2026-09-10T12:00:00Z","sender":"+447700900001",'
            b'"recipients":[' + b",".join([b'"+447700900001"'] * count) + b"]}\n", "--elements", str(1 << 26))),
        ("256 members", 4000, filter_of(lambda count: (
            b'{"kind":"account","phone":"+447700900001",' +
            b",".join(b'"k%07d":0' % number for number in range(250)) + b"}\n") * count)),
        ("blank lines", 8 * 10**6, filter_of(lambda count: b"\n" * count)),
        ("short lines", 4 * 10**6, lambda count: (ground.filter(), b"{}\n" * count, {0, 5})),
        ("CSV quotes", 4 * 10**6, filter_of(
            lambda count: head + b'\naccount,+447700900001,"' + b'""' * count + b'"\n', *csv)),
        ("CSV line ends", 4 * 10**6, filter_of(
            lambda count: head + b'\naccount,+447700900001,"' + b"\r\n" * count + b'"\n', *csv)),
        ("CSV open quotes", 4 * 10**6, lambda count: (
            ground.filter() + csv, head + b'\naccount,"' + b'\n,"' * count, {0, 5, 9})),
        ("CSV commas", 8 * 10**6, filter_of(lambda count: head + b"\n" + b"," * count + b"\n", *csv)),
    ])  # fmt: skip


@case("B38", "keys that collide, columns, names: twice as many, twice the work")
def names_are_linear(ground):
    csv = ["--records-format", "csv"]

    def colliding(count):
        # One length and the same first and last bytes, which is what a quick hash looks at.
        keys = b",".join(b'"abcdefgh%06dhgfedcba":0' % number for number in range(250))
        return (b'{"kind":"account","phone":"+447700900001",' + keys + b"}\n") * count

    return linear(ground, [
        ("colliding keys", 3000, lambda count: (ground.filter(), colliding(count), {0})),
        ("unknown names", 200000, lambda count: (ground.filter(), b"".join(
            b'{"kind":"account","phone":"+447700900001","n%d":0}\n' % number for number in range(count)), {0})),
        ("columns", 20000, lambda count: (ground.filter() + csv, b"kind,phone," + b",".join(
            b"column%d" % number for number in range(count)) + b"\n", {0, 5, 9})),
        ("rows of columns", 2000, lambda count: (ground.filter() + csv, b"kind,phone," + b",".join(
            b"c%d" % number for number in range(1000)) + b"\n" + (b"account,+447700900001" + b"," * 1000 + b"\n") * count,
            {0})),
    ])  # fmt: skip


@case("B84", "policies, demands, sources, subjects: twice as long, twice the work")
def documents_are_linear(ground):
    demand = (ground.inputs / "TT-1.yaml").read_bytes()
    trial = ground.trial()
    candidate = ground.inputs / "candidate"

    def disclose(form, statuses={0, 3, 10}):
        def make(count):
            arguments = trial.arguments(names=("TT-1",), records=os.devnull, more=["--records-format", "ndjson"])
            arguments[1] = candidate
            arguments[0] = "preview"
            arguments = without(arguments, "--out", "--report", "--spool-bytes")
            return arguments, form(count), statuses

        return make

    def subjects(count):
        entries = ", ".join('{ account: "a-%x" }' % number for number in range(count))
        return re.sub(rb"subjects: .*", b"subjects: [ " + entries.encode() + b" ]", demand)

    return linear(ground, [
        ("comments", 2 * 10**6, disclose(lambda count: demand + b"#\n" * count)),
        ("subjects", 10000, disclose(subjects)),
        ("unknown keys", 20000, disclose(lambda count: demand + b"".join(b"k%d: 1\n" % n for n in range(count)), {3})),
        ("open brackets", 20000, disclose(lambda count: demand + b"x: " + b"[" * count, {3})),
        ("nested", 2000, disclose(lambda count: demand + b"".join(b" " * n + b"x:\n" for n in range(count)), {3})),
        ("long text", 4 * 10**6, disclose(lambda count: demand + b"x: " + b"a" * count, {3})),
        ("quoted text", 2 * 10**6, disclose(lambda count: demand + b'x: "' + b"\\x41" * count + b'"', {3})),
        ("aliases", 20000, disclose(lambda count: demand + b"x: &a [1]\ny: [" + b"*a," * count + b"]", {3})),
        ("tabs", 2 * 10**6, disclose(lambda count: demand + b"\t" * count, {0, 3})),
        ("subjects' file", 100000, lambda count: (ground.filter() + ["--subjects", candidate], b"".join(
            b"account a-%x\n" % n for n in range(count)), {0, 5})),
        ("manifest", 20000, lambda count: verified_manifest(ground, trial, count)),
    ])  # fmt: skip


def without(arguments, *names):
    """Arguments without some options and their values."""
    kept = list(arguments)
    for name in names:
        place = kept.index(name)
        del kept[place : place + 2]
    return kept


def verified_manifest(ground, trial, count):
    packet = trial.out / SEALED
    lines = b"".join(b"%064x  data/%07d\n" % (number, number) for number in range(count))
    (packet / "manifest-sha256.txt").write_bytes(lines)
    return ["verify", packet], b"", {8}


# MARK: - What is said


@case("F34", "every byte that the process writes, and every name that it uses, traced")
def traced_writes(ground):
    trial = ground.trial(sealed=False)
    result, told = traced(ground, trial)
    trial.check(result)
    return told


@case("F34", "and with a register and a signature")
def traced_register(ground):
    trial = ground.trial(sealed=False)
    key, certificate, register = (trial.folder / name for name in ("signer.key", "signer.pem", "demands.register"))
    made = ground.run(["key", "new-signer", "--out-key", key, "--out-cert", certificate, "--name", "Torture",
                       "--valid-from", "2026-10-01T00:00:00Z"])  # fmt: skip
    expect(made.status == 0, "no signer is made: %s" % made)
    made = ground.run(["register", "new", register])
    expect(made.status == 0, "no register is made: %s" % made)
    more = ["--register", register, "--sign-key", key, "--sign-cert", certificate, "--recreate", "A trial."]
    result, told = traced(ground, trial, more)
    verified = ground.run(["register", "verify", register])
    expect(verified.status == 0, "the register does not verify: %s" % verified)
    for file in trial.folder.glob("demands.register*"):
        found = ground.said.found(file.read_bytes())
        expect(not found, "%s holds %s" % (file.name, found))
    listed = ground.run(["register", "list", register])
    expect(listed.status == 0 and not ground.said.found(listed.output + listed.talk), "the register says a value")
    trial.silent(result)
    return told


def traced(ground, trial, more=()):
    """Seals every packet under strace; nothing that is written or named may say what a packet does not keep."""
    trace = trial.folder / "trace"
    calls = "write,writev,pwrite64,pwritev,sendto,sendmsg,mmap,msync,sendfile,splice"
    prefix = ["strace", "-f", "-qq", "-y", "-s", "10000000", "-xx", "-o", trace,
              "-e", "trace=%s,%%file,%%network,%%process" % calls]  # fmt: skip
    result = trial.disclose(prefix=prefix, workers=2, more=more)
    expect(result.status == 0, "ended with %s" % result)
    written, others, count = bytearray(), bytearray(), 0
    for line in trace.read_text().splitlines():
        call = line.partition(" ")[2]
        data = b"".join(text_of(part) for part in re.findall(r'"((?:\\x..)*)"', call))
        name = re.search(r"(\w+)(?:\(| resumed)", call)
        if name and name[1] in ("execve", "readlink"):
            continue
        expect("AF_INET" not in call and "AF_NETLINK" not in call, "the network is used")
        expect(not call.startswith(("sendfile", "splice")), "bytes are moved unseen")
        # SQLite shares its index of the log between processes: page numbers and sums of pages, no content.
        if "-shm>" not in decoded(call):
            expect("MAP_SHARED" not in call or "PROT_WRITE" not in call, "a file is written through memory")
        if name and name[1] in calls:
            count += 1
            written += data
        if not (name and name[1] in calls and PACKET_FILE.search(decoded(call))):
            others += data + b"\n"
    expect(count > 50, "the trace shows no writes")
    for data, marks in ((written, ground.secret), (others, ground.said)):
        found = marks.found(bytes(data))
        expect(not found, "written: %s" % found)
    key = ground.key.read_bytes().split()[-1]
    expect(key not in written and bytes(range(7, 39)) not in written, "the key is written")
    trace.unlink()
    return result, "%d writes of %d bytes, no value that a packet does not keep" % (count, len(written))


# A file below the partial folder, where rows are that the packet keeps.
PACKET_FILE = re.compile(r"\.sluice-partial-\d+/TT-\d")


def decoded(call):
    """A line of the trace whose paths may be escaped."""
    return re.sub(r"<((?:\\x..)+)>", lambda match: "<" + text_of(match[1]).decode("utf-8", "replace") + ">", call)


@case("F34", "/proc/PID of a run that waits; then SIGSEGV, SIGABRT, SIGQUIT with unlimited core files")
def core_files(ground):
    for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGQUIT):
        trial = ground.trial()
        fifo = trial.folder / "fifo.ndjson"
        os.mkfifo(fifo)
        arguments = ["prlimit", "--core=unlimited", ground.command] + trial.arguments(records=fifo)
        process = subprocess.Popen([str(part) for part in arguments], cwd=trial.folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        with fifo.open("wb", buffering=0) as stream:
            stream.write(ground.source.read_bytes()[:-200])
            time.sleep(1)
            seen = b""
            for entry in ("cmdline", "environ", "maps", "comm", "status", "limits", "stack", "wchan"):
                try:
                    with open("/proc/%d/%s" % (process.pid, entry), "rb") as file:
                        seen += file.read()
                except OSError:
                    continue
            for descriptor in os.listdir("/proc/%d/fd" % process.pid):
                seen += os.fsencode(os.readlink("/proc/%d/fd/%s" % (process.pid, descriptor)))
            expect(b"sluice" in seen, "nothing of the process was seen")
            found = ground.said.found(seen)
            expect(not found and ground.key.read_bytes().split()[-1] not in seen, "/proc shows %s" % found)
            expect(run(["prlimit", "--core", "--pid", str(process.pid), "--raw", "-o", "SOFT,HARD", "--noheadings"])
                   .output.split() == [b"0", b"0"], "core files are allowed")  # fmt: skip
            process.send_signal(number)
            try:
                output, talk = process.communicate(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                raise Failure("%s does not end it" % number.name)
        result = Result(process.returncode, output, talk, 0)
        expect(result.status == -number, "ended with %s" % result)
        fifo.unlink()
        trial.check(result, leaves=True, statuses={-number})
    return "no value in /proc, no core file"


@case("F34", "the folders for temporary files, the caches, the home")
def temporary_files(ground):
    trial = ground.trial()
    places = [trial.folder / name for name in ("tmp", "home", "run")]
    for place in places:
        place.mkdir()
    environment = dict(zip(("TMPDIR", "HOME", "XDG_RUNTIME_DIR"), map(str, places)))
    before = set(os.listdir("/tmp")) | set(os.listdir("/var/tmp")) | set(os.listdir("/dev/shm"))
    result = trial.disclose(environment=environment, workers=2)
    expect(not any(any(place.iterdir()) for place in places), "a file is left in a temporary folder")
    after = set(os.listdir("/tmp")) | set(os.listdir("/var/tmp")) | set(os.listdir("/dev/shm"))
    expect(not [name for name in after - before if "sluice" in name and "torture" not in name], "a file is left")
    trial.check(result)
    return "nothing is written there"
