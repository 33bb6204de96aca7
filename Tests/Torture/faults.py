"""Faults of the world around the command: disks, streams, inputs, keys, clocks, libraries, tampering."""

import contextlib
import itertools
import os
import shutil
import socket
import subprocess
import threading
import time
from pathlib import Path

import powerloss
from ground import PARTIAL, SEALED, Failure, Result, Skipped, expect, run
from sweeps import CRASHED, case, told, tracer


def shell(redirections):
    """A prefix that runs the command with its streams redirected."""
    return ["sh", "-c", 'exec "$@" ' + redirections, "sh"]


@contextlib.contextmanager
def mounted(folder, options):
    """A tmpfs of its own at a folder."""
    folder.mkdir(exist_ok=True)
    done = run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder])
    if done.status != 0:
        raise Skipped("this process may not mount a tmpfs")
    try:
        yield
    finally:
        run(["umount", "-l", folder])


def count(ends, status):
    ends[status] = ends.get(status, 0) + 1


def on_disk_of(ground, options, statuses):
    """A run whose output folder is a file system of its own; its status."""
    trial = ground.trial(sealed=False)
    disk = trial.folder / "disk"
    with mounted(disk, options):
        trial.out = disk / "out"
        result = trial.disclose()
        expect(result.status in statuses, "%s: ended with %s" % (options, result))
        there = trial.look(False, False)
        expect(result.status != 0 or len(there) == 3, "%s: ended with 0 without a packet" % options)
        trial.silent(result)
        if result.status != 0:
            grown = "size=8m,nr_inodes=10000"
            expect(run(["mount", "-o", "remount," + grown, disk]).status == 0, "the disk cannot be made larger")
            again = trial.disclose()
            expect(again.status == 0 and len(trial.look(False, False)) == 3, "the next run: %s" % again)
    shutil.rmtree(trial.folder)
    return result.status


# MARK: - Disks


@case("F01", "standard output is /dev/full")
def full_output(ground):
    for more in ([], ["--json"]):
        trial = ground.trial()
        result = trial.disclose(prefix=shell(">/dev/full"), more=more)
        expect(result.status == 6, "disclose: ended with %s" % result)
        trial.check(result)
    with ground.source.open() as source:
        result = ground.run(ground.filter(), prefix=shell(">/dev/full"), stdin=source)
    expect(result.status == 6, "minimize: ended with %s" % result)
    return str(result)


@case("F02", "a tmpfs of 4 KiB, 8 KiB and so on, until the packets fit")
def too_small_a_disk(ground):
    ends, pages = {}, itertools.count(1)
    for size in pages:
        status = on_disk_of(ground, "size=%dk" % (4 * size), {0, 6})
        count(ends, status)
        if status == 0:
            return told(ends) + ", fits %d KiB" % (4 * size)
        expect(size < 400, "the packets never fit")


@case("F03", "a tmpfs of 2, 3, 4 … inodes, until the packets fit")
def too_few_inodes(ground):
    ends = {}
    for inodes in itertools.count(2):
        status = on_disk_of(ground, "size=8m,nr_inodes=%d" % inodes, {0, 6})
        count(ends, status)
        if status == 0:
            return told(ends) + ", %d suffice" % inodes
        expect(inodes < 400, "the packets never fit")


@case("F04", "ulimit -f of 0, 256, 512 … bytes, until the packets fit")
def file_size_limit(ground):
    ends = {}

    def one(size):
        trial = ground.trial()
        result = trial.disclose(prefix=["prlimit", "--fsize=%d" % size])
        trial.check(result)
        return result.status

    for start in itertools.count(0, 16):
        for status in ground.each(one, [256 * step for step in range(start, start + 16)]):
            expect(status in (0, 6), "ended with %d" % status)
            count(ends, status)
        if 0 in ends:
            return told(ends)


@case("F29", "a read-only output folder, before a record is opened")
def read_only(ground):
    trial = ground.trial(sealed=False)
    disk = trial.folder / "disk"
    with mounted(disk, "size=1m"):
        (disk / "out").mkdir()
        expect(run(["mount", "-o", "remount,ro", disk]).status == 0, "the disk cannot be made read-only")
        trial.out = disk / "out"
        trace = trial.folder / "trace"
        result = trial.disclose(prefix=["strace", "-f", "-qq", "-o", trace, "-e", "trace=openat,open"])
        expect(result.status == 6, "ended with %s" % result)
        expect(b"(read-only)" in result.talk, "it does not say that the folder is read-only")
        expect(str(ground.source) not in trace.read_text(), "the records were opened")
    return str(result)


@case("F29", "an output folder that this user may not write to (chmod 500)")
def no_permission(ground):
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        raise Skipped("the superuser may write everywhere, and setpriv is missing")
    trial = ground.trial()
    trial.out.chmod(0o500)
    result = trial.disclose(prefix=["setpriv", "--bounding-set=-all"] if os.geteuid() == 0 else [])
    trial.out.chmod(0o700)
    expect(result.status == 6 and b"(no-permission)" in result.talk, "ended with %s" % result)
    trial.check(result)
    return str(result)


@case("F16", "symbolic links at every name that the run may make")
def planted_links(ground):
    trial = ground.trial(sealed=False)
    trial.out.mkdir()
    canary = trial.folder / "canary"
    canary.write_text("untouched")
    current = int(Path("/proc/self/stat").read_text().split()[0])
    for number in range(current, current + 3000):
        (trial.out / (PARTIAL + str(number))).symlink_to(canary)
        (trial.folder / (".report-0.json.partial-%d" % number)).symlink_to(canary)
    (trial.out / "TT-1").symlink_to(canary)
    result = trial.disclose()
    expect(result.status == 6, "a packet's name is a link: ended with %s" % result)
    expect(canary.read_text() == "untouched", "the link was followed")
    (trial.out / "TT-1").unlink()
    result = trial.disclose()
    expect(result.status in (0, 6), "ended with %s" % result)
    expect(canary.read_text() == "untouched" and canary.stat().st_nlink == 1, "a link was followed")
    link = trial.folder / "link"
    link.symlink_to(trial.out)
    trial.out = link
    result = trial.disclose()
    expect(result.status == 6, "the output folder is a link: ended with %s" % result)
    return str(result)


def held_at_rename(ground, meanwhile):
    """A run that waits before its first rename until something was done."""
    trial = ground.trial()
    trace = trial.folder / "trace"
    prefix = tracer("renameat2", "delay_enter=1500000", "1", trace)
    worker = threading.Thread(target=wait_and_do, args=(trial, meanwhile))
    worker.start()
    result = trial.disclose(prefix=prefix)
    worker.join()
    trace.unlink()
    return trial, result


def wait_and_do(trial, meanwhile):
    """Waits until every file of a packet is written, which is before its rename."""
    for _ in range(3000):
        if any(trial.out.glob(PARTIAL + "*/TT-*/tagmanifest-sha256.txt")):
            break
        time.sleep(0.01)
    time.sleep(0.3)
    meanwhile(trial)


@case("F15", "something appears at a packet's place just before it is published")
def place_is_taken(ground):
    for make in (
        lambda trial: (trial.out / "TT-1").mkdir(),
        lambda trial: (trial.out / "TT-1").write_text("untouched"),
    ):
        trial, result = held_at_rename(ground, make)
        place = trial.out / "TT-1"
        expect(result.status == 6 and b"(packet-exists)" in result.talk, "ended with %s" % result)
        if place.is_dir():
            expect(not any(place.iterdir()), "the folder was written to")
            place.rmdir()
        else:
            expect(place.read_text() == "untouched", "the file was written to")
            place.unlink()
        trial.check(result)
    return str(result)


@case("F16", "the output folder becomes a link to elsewhere while the run writes")
def folder_is_swapped(ground):
    def swap(trial):
        trial.out.rename(trial.folder / "moved")
        (trial.folder / "elsewhere").mkdir()
        trial.out.symlink_to(trial.folder / "elsewhere")

    trial, result = held_at_rename(ground, swap)
    expect(not any((trial.folder / "elsewhere").iterdir()), "something was written where the link leads")
    trial.out.unlink()
    (trial.folder / "moved").rename(trial.out)
    trial.check(result)
    return str(result)


@case("F15", "two runs into one folder at once")
def two_runs(ground):
    ends = {}

    def one(_):
        trial = ground.trial()
        first, second = trial.arguments(workers=1), trial.arguments(workers=2)
        processes = [
            subprocess.Popen([ground.command] + [str(part) for part in arguments], stdin=subprocess.DEVNULL,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=trial.folder)
            for arguments in (first, second)]  # fmt: skip
        results = [Result(process.wait(), *process.communicate(), 0) for process in processes]
        for result in results:
            expect(result.status in (0, 6), "ended with %s" % result)
            trial.silent(result)
        expect(0 in [result.status for result in results] or len(trial.look(False, False)) == 3,
               "neither sealed: %s" % results[0])  # fmt: skip
        trial.check(results[0])
        return [result.status for result in results]

    for pair in ground.each(one, range(ground.scaled(20))):
        for status in pair:
            count(ends, status)
    return told(ends)


# MARK: - Power


@case("F24", "loss of power at every call: what was not synced is lost, whole or in part, names before data")
def power_loss(ground):
    states = 0
    for names in (("TT-0", "TT-1", "TT-2"), ("TT-1",)):
        states += powerloss.replay(ground, names)
    return "%d states, no packet that does not verify" % states


@case("F25", "each file of a sealed packet empty, as after a rename without a sync")
def empty_file(ground):
    trial = ground.trial()
    packet = trial.out / SEALED
    files = [file for file in packet.rglob("*") if file.is_file()]
    for file in files:
        held = file.read_bytes()
        file.write_bytes(b"")
        if held:
            result = ground.run(["verify", packet])
            expect(result.status == 8, "%s is empty: verify ends with %s" % (file.name, result))
            result = trial.disclose()
            expect(result.status == 6, "%s is empty: the next run ends with %s" % (file.name, result))
        file.write_bytes(held)
    trial.check(result)
    return "%d files: verify 8, the next run 6 and nothing overwritten" % len(files)


# MARK: - Calls that do less


def shimmed(ground, **settings):
    trial = ground.trial()
    workers = settings.pop("workers", 1)
    environment = {"LD_PRELOAD": ground.shim}
    environment.update({"TORTURE_" + name.upper(): str(value) for name, value in settings.items()})
    result = trial.disclose(environment=environment, workers=workers)
    return trial, result


@case("F07", "every read and write moves at most 1, 2, 3, 7 bytes")
def short_calls(ground):
    for length in (1, 2, 3, 7):
        for workers in (1, 2):
            trial, result = shimmed(ground, short=length, workers=workers)
            expect(result.status == 0 and result.output == ground.output, "%d bytes: ended with %s" % (length, result))
            trial.check(result)
    return "the same packets and the same output"


@case("F08", "every 2nd, 3rd, 5th read, write, open and sync is interrupted, and short too")
def interrupted_calls(ground):
    for each, short in itertools.product((2, 3, 5), (0, 5)):
        trial, result = shimmed(ground, eintr=each, short=short, workers=2)
        expect(result.status == 0 and result.output == ground.output, "every %d: ended with %s" % (each, result))
        trial.check(result)
    return "the same packets and the same output"


@case("F09", "standard input and output do not block, and their other ends are slow")
def not_blocking(ground):
    whole = ground.run(ground.filter(), stdin=ground.source.open())
    expect(whole.status == 0, "minimize ends with %s" % whole)
    text = ground.source.read_bytes() * 60
    reading, feed = os.pipe()
    drain, writing = os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    process = subprocess.Popen(
        [ground.command] + [str(part) for part in ground.filter()], stdin=reading, stdout=writing,
        stderr=subprocess.PIPE)  # fmt: skip
    os.close(reading), os.close(writing)

    def feeder():
        for place in range(0, len(text), 65536):
            os.write(feed, text[place : place + 65536])
            time.sleep(0.02)
        os.close(feed)

    worker = threading.Thread(target=feeder)
    worker.start()
    time.sleep(1)
    output = bytearray()
    while part := os.read(drain, 4096):
        output += part
    worker.join()
    process.stderr.read()
    usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(usage[1])
    os.close(drain)
    expect(process.returncode == 0, "ended with %d" % process.returncode)
    expect(bytes(output) == whole.output * 60, "the output is not whole")
    spent = usage[2].ru_utime + usage[2].ru_stime
    expect(spent < 3, "it took %.1f s of processor time, so it spins" % spent)
    # The result of `disclose` into a pipe that is full at first.
    trial = ground.trial()
    drain, writing = os.pipe()
    os.set_blocking(writing, False)
    filled = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            filled += os.write(writing, b"x" * 4096)
    timer = threading.Timer(2, lambda: drained.append(os.read(drain, filled)))
    drained = []
    timer.start()
    result = trial.disclose(stdout=writing)
    os.close(writing)
    timer.join()
    rest = b"".join(drained)
    while part := os.read(drain, 65536):
        rest += part
    os.close(drain)
    expect(result.status == 0 and rest[filled:] == ground.output, "disclose: ended with %s" % result)
    trial.check(result)
    return "the same output, %.1f s of processor time" % spent


@case("F21", "the reader of the output goes away, SIGPIPE deadly or ignored")
def reader_gone(ground):
    large = ground.folder / "large.ndjson"
    large.write_bytes(ground.source.read_bytes() * 2000)
    for trap in ("", "trap '' PIPE; "):
        script = trap + '{ "$@" < "$0"; echo $? >&2; } | head -c 100 >/dev/null'
        result = run(["sh", "-c", script, large, ground.command] + [str(part) for part in ground.filter()])
        said = result.talk.decode().strip().splitlines()
        expect(said[-1] == "6", "minimize ended with %s" % said[-1])
        expect(sum("error:" in line for line in said) == 1, "it does not say so in one line")
    large.unlink()
    trial = ground.trial()
    reading, writing = os.pipe()
    os.close(reading)
    result = trial.disclose(stdout=writing)
    os.close(writing)
    expect(result.status == 6, "disclose ended with %s" % result)
    trial.check(result)
    return "6, said in one line"


@case("F22", "standard streams closed or full at the start, every combination")
def streams(ground):
    ends = {}
    for streams in itertools.product(("", "0<&-"), ("", ">&-", ">/dev/full"), ("", "2>&-", "2>/dev/full")):
        for workers in (1, 2):
            trial = ground.trial()
            result = trial.disclose(prefix=shell(" ".join(streams)), workers=workers)
            expected = 6 if streams[1] else 0
            expect(result.status == expected, "%s: ended with %s" % (" ".join(streams), result))
            expect(len(trial.look(False, False)) == 3, "%s: a packet is missing" % " ".join(streams))
            trial.check(result)
            count(ends, result.status)
    for name, verbs in (("minimize", ground.filter()), ("disclose", None)):
        trial = ground.trial()
        arguments = verbs or trial.arguments(records="-")
        result = ground.run(arguments, prefix=shell("0<&-"), folder=trial.folder)
        expect(result.status == 5, "%s of a closed standard input ends with %s" % (name, result))
    for verb in (["verify", ground.reference / SEALED], ["explain", "--jurisdiction", "US", "--instrument", "warrant", *ground.rules], ["--help"]):
        for closed in (">&-", ">/dev/full"):
            result = ground.run(verb, prefix=shell(closed))
            expect(result.status == 6, "%s %s ends with %s" % (verb[0], closed, result))
    return told(ends)


# MARK: - Memory, threads, descriptors


@case("F26", "ulimit -v from 16 MiB on, until the run fits")
def address_space(ground):
    ends = {}
    for megabytes in range(16, 2048, 24):
        trial = ground.trial()
        result = trial.disclose(prefix=["prlimit", "--as=%d" % (megabytes << 20)])
        trial.check(result, leaves=True, statuses=CRASHED)
        count(ends, result.status)
        if result.status == 0:
            return told(ends) + ", fits %d MiB" % megabytes
    raise Failure("the run never fits")


@case("F27", "the n-th allocation of libcrypto fails, every n")
def no_memory_in_libcrypto(ground):
    counted = ground.folder / "allocations"
    trial, result = shimmed(ground, count=counted, malloc=1 << 40)
    expect(result.status == 0, "ended with %s" % result)
    total = int.from_bytes(counted.read_bytes(), "little")
    expect(total > 100, "libcrypto asks for no memory")
    ends = {}

    def one(number):
        trial, result = shimmed(ground, malloc=number, **({"stays": 1} if number % 2 else {}))
        try:
            trial.check(result, leaves=result.status < 0, statuses=CRASHED - {1})
        except Failure as failure:
            raise Failure("allocation %d of %d: %s" % (number, total, failure))
        return result.status

    step = max(1, int(total / (1500 * ground.share)))
    for status in ground.each(one, range(1 + ground.seed % step, total + 1, step)):
        count(ends, status)
    return told(ends) + ", every %d. of %d" % (step, total)


@case("F28", "ulimit -n of 3, 4, 5 … descriptors, until the run fits")
def few_descriptors(ground):
    ends = {}
    for number in range(3, 64):
        trial = ground.trial()
        result = trial.disclose(prefix=["prlimit", "--nofile=%d" % number])
        # To remove the partial folder takes a descriptor too; where there is none the next run removes it.
        trial.check(result, leaves=True)
        count(ends, result.status)
        if result.status == 0:
            expect(number <= 16, "it needs %d descriptors" % number)
            return told(ends) + ", %d suffice" % number
    raise Failure("the run never fits")


# MARK: - libcrypto


@case("F31", "hostile OPENSSL_CONF, OPENSSL_MODULES, OPENSSL_ENGINES")
def hostile_configuration(ground):
    bad = ground.folder / "openssl.cnf"
    bad.write_text("openssl_conf = a\n[a]\nproviders = b\nalg_section = c\n[b]\nnull = d\n[d]\nactivate = 1\n"
                   "[c]\ndefault_properties = fips=yes\n")  # fmt: skip
    ends = {}
    for environment in (
        {"OPENSSL_CONF": "/does/not/exist"}, {"OPENSSL_CONF": str(bad)}, {"OPENSSL_MODULES": "/none"},
        {"OPENSSL_ENGINES": "/none"}, {"OPENSSL_ia32cap": ":~0x20000000"}, {"OPENSSL_ia32cap": "0:0:0:0"},
    ):  # fmt: skip
        trial = ground.trial()
        result = trial.disclose(environment=environment)
        expect(result.status in (0, 7), "%s: ended with %s" % (environment, result))
        trial.check(result)
        count(ends, result.status)
    return told(ends)


@case("F31", "a libcrypto of 3.0.2, 1.1.1 and of a version to come")
def old_library(ground):
    for version, status in ((0x30000020, 7), (0x101010FF, 7), (0x30500010, 0)):
        trial, result = shimmed(ground, version=version)
        expect(result.status == status, "version %x: ended with %s" % (version, result))
        trial.check(result)
    return "7, 7 and 0"


@case("F32", "a MAC that is not started anew, and one with a wrong bit: before any record is opened")
def wrong_macs(ground):
    for fault in ("reuse", "flip"):
        trial = ground.trial()
        trace = trial.folder / "trace"
        prefix = ["strace", "-f", "-qq", "-o", trace, "-e", "trace=openat,open", "-E", "TORTURE_MAC=" + fault,
                  "-E", "LD_PRELOAD=" + ground.shim]  # fmt: skip
        result = trial.disclose(prefix=prefix)
        expect(result.status == 7, "%s: ended with %s" % (fault, result))
        expect(str(ground.source) not in trace.read_text(), "the records were opened")
        trace.unlink()
        trial.check(result)
    return str(result)


# MARK: - Clock, locale


@case("F35", "the clock stands at 1902, 1969, 2038, 2106, 9999, 10000: --now decides")
def clocks(ground):
    times = (-(2**31) - 1, -1, 0, 2**31, 2**32 + 1, 253402300799, 253402300800, 2**40)
    ends = {}
    for seconds in times:
        trial, result = shimmed(ground, clock=seconds)
        expect(result.status == 0 and result.output == ground.output, "%d: ended with %s" % (seconds, result))
        trial.check(result)
        # Without --now the clock counts: a demand is refused or sealed, and nothing breaks.
        trial = ground.trial(sealed=False)
        arguments = [part for part in trial.arguments() if part not in ("--now", "2026-10-05T00:00:00Z")]
        environment = {"LD_PRELOAD": ground.shim, "TORTURE_CLOCK": str(seconds)}
        result = ground.run(arguments, environment=environment, folder=trial.folder)
        expect(result.status in (0, 3, 10), "without --now at %d: ended with %s" % (seconds, result))
        trial.silent(result)
        count(ends, result.status)
    return "the same packets; without --now " + told(ends)


@case("F36", "LC_ALL, LANG, TZ, no zone data, no HOME, an empty environment")
def locales(ground):
    environments = (
        {"LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8"}, {"TZ": "Pacific/Apia"}, {"TZ": ":/none", "TZDIR": "/none"},
        {"LC_ALL": "ar_EG.UTF-8", "TZ": "Asia/Kathmandu"}, {"HOME": "/none", "TMPDIR": "/none"},
    )  # fmt: skip
    for environment in environments:
        trial = ground.trial()
        result = trial.disclose(environment=environment)
        expect(result.status == 0 and result.output == ground.output, "%s: ended with %s" % (environment, result))
        trial.check(result)
    trial = ground.trial()
    result = trial.disclose(prefix=["env", "-i"])
    expect(result.status == 0 and result.output == ground.output, "ended with %s" % result)
    trial.check(result)
    return "the same packets and the same output"


# MARK: - Inputs


@case("F37", "the records are appended to, cut, written to, replaced, removed while they are read")
def changing_input(ground):
    def append(file):
        with file.open("a") as stream:
            stream.write(ground.records.lines[0] + "\n")

    def cut(file):
        os.truncate(file, file.stat().st_size - 100)

    def overwrite(file):
        with file.open("r+") as stream:
            stream.write("{")

    def replace(file):
        other = file.with_suffix(".new")
        shutil.copy(ground.source, other)
        other.rename(file)

    for change in (append, cut, overwrite, replace, Path.unlink):
        trial = ground.trial()
        file, trace = trial.folder / "records.ndjson", trial.folder / "trace"
        shutil.copy(ground.source, file)
        held = file.read_bytes()

        def meanwhile():
            for _ in range(2000):
                if trace.exists() and "read(" in trace.read_text(errors="replace"):
                    break
                time.sleep(0.01)
            time.sleep(0.2)
            change(file)

        # Every read of the records waits, so that the change falls between two of them.
        prefix = ["strace", "-f", "-qq", "-o", trace, "-P", file, "-e", "trace=read,pread64",
                  "-e", "inject=read,pread64:delay_exit=700000"]  # fmt: skip
        worker = threading.Thread(target=meanwhile)
        worker.start()
        result = trial.disclose(prefix=prefix, records=file)
        worker.join()
        trace.unlink()
        expect(result.status == 5, "%s: ended with %s" % (change.__name__, result))
        expect(b"input-changed" in result.talk, "%s: it does not say so: %s" % (change.__name__, result))
        for rest in trial.folder.glob("records.*"):
            rest.unlink()
        trial.check(result)
    return str(result)


@case("F38", "the records are a FIFO, a device, a folder, a /proc file, a socket, nothing")
def odd_inputs(ground):
    trial = ground.trial()
    fifo = trial.folder / "fifo.ndjson"
    os.mkfifo(fifo)
    feeder = threading.Thread(target=lambda: fifo.write_bytes(ground.source.read_bytes()))
    feeder.start()
    result = trial.disclose(records=fifo)
    feeder.join()
    expect(result.status == 0, "a FIFO: ended with %s" % result)
    fifo.unlink()
    trial.check(result)
    empty = ground.folder / "empty"
    empty.mkdir()
    plug = ground.folder / "plug.ndjson"
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(plug))
    ends = {}
    # /dev/zero and its like are sources without an end, as B33 shows them.
    for place in ("/proc/self/mem", "/none.ndjson", empty, plug, "/dev/null", "/proc/self/status", "/dev/fd/9", "/"):
        trial = ground.trial()
        result = trial.disclose(records=place, more=["--records-format", "ndjson"])
        # Nothing is in /dev/null, which is right for a source that is asked for.
        allowed = {0} if place == "/dev/null" else {4, 5, 9}
        expect(result.status in allowed, "%s: ended with %s" % (place, result))
        if place != "/dev/null":
            trial.check(result, statuses=allowed)
        count(ends, result.status)
    listener.close()
    return told(ends)


@case("F38", "the output is one of the inputs")
def output_is_input(ground):
    trial = ground.trial()
    file = trial.folder / "records.ndjson"
    shutil.copy(ground.source, file)
    held = file.read_bytes()
    with file.open("a") as output:
        result = ground.run(ground.filter() + ["--records", file], stdout=output)
    expect(result.status == 64 and file.read_bytes() == held, "minimize: ended with %s" % result)
    result = ground.run(ground.filter() + ["--records", file, "--out", file])
    expect(result.status == 6 and file.read_bytes() == held, "--out: ended with %s" % result)
    return str(result)


@case("F39", "keys: missing, of 0, 31, 33, 64 bytes, all zero, readable by all, a link, a FIFO, a folder, a device")
def keys(ground):
    folder = ground.trial().folder
    good = ground.key.read_bytes()

    def file(name, data, mode=0o600):
        path = folder / name
        path.write_bytes(data)
        path.chmod(mode)
        return path

    random = ground.random.randbytes(64)
    fifo, link = folder / "fifo", folder / "link"
    os.mkfifo(fifo, 0o600)
    link.symlink_to(ground.key)
    places = [
        folder / "none", file("empty", b""), file("31", random[:31]), file("33", random[:33]), file("64", random),
        file("newline", random[:32] + b"\n"), file("zero", bytes(32)), file("few", b"ab" * 16),
        file("open", good, 0o644), file("group", good, 0o640), file("cut", good[:-3]), file("word", good[:-2] + b"1\n"),
        file("long", good + good), file("epoch", good.replace(b" 1 ", b" 01 ")), fifo, link, folder, "/dev/zero",
        "/dev/null", "/proc/self/mem",
    ]  # fmt: skip
    secret = good.split()[-1]
    for place in places:
        trial = ground.trial()
        arguments = trial.arguments()
        arguments[arguments.index(ground.key)] = place
        result = ground.run(arguments, folder=trial.folder, timeout=10)
        expect(result.status == 7, "%s: ended with %s" % (place, result))
        for part in (secret, secret[:20], random[:16].hex().encode(), random[:16]):
            expect(part not in result.talk + result.output, "%s: the key is said" % place)
        expect(trial.look(False, False) == {SEALED}, "%s: a packet was sealed" % place)
    return "7 for each of %d" % len(places)


# MARK: - Tampering


@case("F40", "a bit in every byte of every file of a packet flipped, files cut at each place, added, removed, swapped")
def tampering(ground):
    source = ground.reference / "TT-2"
    names = sorted(file.relative_to(source) for file in source.rglob("*") if file.is_file())
    jobs = []
    for name in names:
        size = (source / name).stat().st_size
        # Every byte of the tag files; of the payload, whose digests are a library's, a share.
        step = 1 if name.parent == Path(".") else max(1, size // 60)
        jobs += [("flip", name, place) for place in range(0, size, step)]
        jobs += [("cut", name, place) for place in range(0, size, max(1, size // 40))]
        jobs += [("append", name, 0), ("remove", name, 0), ("double", name, 0), ("swap", name, 0)]
    jobs += [("add", Path("data/more.txt"), 0), ("add", Path("data/records/x.ndjson"), 0), ("add", Path("data/.x"), 0)]
    local = threading.local()

    def one(job):
        what, name, place = job
        if not hasattr(local, "packet"):
            local.packet = ground.trial(sealed=False).folder / "TT-2"
            shutil.copytree(source, local.packet)
        file = local.packet / name
        held = file.read_bytes() if file.exists() else None
        other = ground.reference / "TT-1" / name
        if what == "flip":
            bit = 1 << ((place * 7 + ground.seed) % 8)
            file.write_bytes(held[:place] + bytes([held[place] ^ bit]) + held[place + 1 :])
        elif what == "cut":
            file.write_bytes(held[:place])
        elif what == "append":
            file.write_bytes(held + b"\n")
        elif what == "remove":
            file.unlink()
        elif what == "double":
            file.write_bytes(held + held)
        elif what == "swap":
            if not other.exists() or other.read_bytes() == held:
                return None
            file.write_bytes(other.read_bytes())
        else:
            file.write_bytes(b"more")
        if file.exists() and file.read_bytes() == held:
            return None
        result = ground.run(["verify", local.packet])
        if held is None:
            file.unlink()
        else:
            file.write_bytes(held)
        expect(result.status == 8, "%s of %s at %d: verify ends with %s" % (what, name, place, result))
        return 8

    done = [status for status in ground.each(one, jobs) if status]
    return "%d changes, verify 8 for every one" % len(done)
