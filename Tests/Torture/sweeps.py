"""Fails the n-th call for every n until a run passes untouched, and ends the process at every step."""

import errno
import random
import re
import signal
import subprocess
import time

from ground import STOPPED, Failure, Result, expect

# How a case is found: by its row, in the order of the file.
TABLE = []


class Case:
    def __init__(self, row, injected, work):
        self.row, self.injected, self.work = row, injected, work


def case(row, injected):
    """Puts a function into the table. It takes the ground, returns what was seen and throws where that is wrong."""

    def add(work):
        TABLE.append(Case(row, injected, work))
        return work

    return add


def tracer(calls, fault, when, trace):
    """A prefix that injects by strace. It counts each thread's calls apart."""
    return ["strace", "-f", "-qq", "-o", trace, "-e", "trace=" + calls,
            "-e", "inject=%s:%s:when=%s" % (calls, fault, when)]  # fmt: skip


def was_injected(text):
    """Whether a trace tells of the fault; a signal that tells of an ended tool was not sent by us."""
    return "INJECTED" in text or re.search("--- SIG(?!CHLD)", text) or "+++ killed" in text


def shimmed(ground, calls, fault, number, hit):
    """The environment of a run with a fault before the C library, at the n-th call of all threads together."""
    return {"LD_PRELOAD": ground.shim, "TORTURE_CALL": calls, "TORTURE_AT": str(number), "TORTURE_HIT": str(hit), **fault}


def traced(ground, calls, fault, when, workers=1, **check):
    """One run with a fault by strace; its result, or None where the run makes no such call."""
    trial = ground.trial()
    trace = trial.folder / "trace"
    result = trial.disclose(prefix=tracer(calls, fault, when, trace), workers=workers)
    text = trace.read_text(errors="replace") if trace.exists() else ""
    trace.unlink(missing_ok=True)
    hit = was_injected(text)
    try:
        trial.check(result, **check)
    except Failure as failure:
        raise Failure("%s:%s when=%s, %d workers: %s" % (calls, fault, when, workers, failure))
    return result if hit else None


def preloaded(ground, calls, fault, number, workers=1, **check):
    """One run with a fault before the C library, whose calls of all threads have one count; as `traced`."""
    trial = ground.trial()
    hit = trial.folder / "hit"
    result = trial.disclose(environment=shimmed(ground, calls, fault, number, hit), workers=workers)
    was_hit = hit.exists()
    hit.unlink(missing_ok=True)
    try:
        expect(result.seconds < 60, "it took %d s" % result.seconds)
        trial.check(result, **check)
    except Failure as failure:
        raise Failure("%s %d, %s, %d workers: %s" % (calls, number, fault, workers, failure))
    return result if was_hit else None


def until_untouched(ground, one, longest=4000):
    """Calls `one` with 1, 2, 3 … until it returns None; counts how the runs ended."""
    ends, number = {}, 0
    while number < longest:
        numbers = range(number + 1, number + 1 + 8 * ground.threads)
        for result in ground.each(one, numbers):
            if result is None:
                return ends
            ends[result.status] = ends.get(result.status, 0) + 1
        number = numbers[-1]
    raise Failure("no run was ever untouched")


def told(ends):
    """`40 runs: 38 ended 6, 2 ended 0`."""
    expect(sum(ends.values()) > 0, "the call was never made")
    return "%d runs: %s" % (
        sum(ends.values()),
        ", ".join("%d ended %d" % (count, status) for status, count in sorted(ends.items())),
    )


def added(parts):
    ends = {}
    for part in parts:
        for status, count in part.items():
            ends[status] = ends.get(status, 0) + count
    return ends


def swept(ground, calls, fault, when="%d", **check):
    """A sweep by strace, with one worker and with two."""
    return added(
        until_untouched(ground, lambda n, w=workers: traced(ground, calls, fault, when % n, w, **check))
        for workers in (1, 2)
    )


def errors(ground, calls, *names, stays=False, workers=(1, 2), **check):
    """A sweep before the C library in which calls fail, with one worker and with two."""
    ends = []
    for name in names:
        fault = {"TORTURE_ERROR": str(getattr(errno, name))}
        if stays:
            fault["TORTURE_STAYS"] = "1"
        for count in workers:
            ends.append(until_untouched(ground, lambda n: preloaded(ground, calls, fault, n, count, **check)))
    return added(ends)


def signals(ground, calls, *numbers, **check):
    """A sweep before the C library in which the process gets a signal."""
    ends = []
    for number in numbers:
        statuses = {0, -number}
        for workers in (1, 2):
            ends.append(until_untouched(
                ground, lambda n: preloaded(ground, calls, {"TORTURE_SIGNAL": str(int(number))}, n, workers,
                                            leaves=True, statuses=statuses, **check)))  # fmt: skip
            expect(-number in ends[-1], "%s never ended a run" % number.name)
    return added(ends)


# A failed allocation or thread of the loader or of Swift's own runtime ends the process at once: 127, or a trap.
TRAPS = {-signal.SIGABRT, -signal.SIGILL, -signal.SIGTRAP, -signal.SIGSEGV, 1, 134}
CRASHED = STOPPED | TRAPS | {0}


# MARK: - Calls that fail


@case("F05", "ENOSPC, EIO at the n-th write, every n")
def broken_at_a_write(ground):
    ends = errors(ground, "write", "ENOSPC", "EIO")
    expect(ends.get(6, 0) > 20, told(ends))
    return told(ends)


@case("F05", "ENOSPC at the n-th write and every later one, every n")
def full_from_a_write(ground):
    return told(errors(ground, "write", "ENOSPC", stays=True))


@case("F05", "ENOSPC, EMFILE at the n-th open, new file and new folder, every n")
def broken_at_an_open(ground):
    # Where even the partial folder cannot be opened to be removed, it stays for the next run.
    return told(errors(ground, "open mkdir", "ENOSPC", "EMFILE", workers=(2,), leaves=True))


@case("F05", "EMFILE at the n-th open by anyone, the loader too, every n")
def no_descriptor(ground):
    return told(swept(ground, "openat,open", "error=EMFILE", leaves=True, statuses=CRASHED))


@case("F05", "EIO at the n-th removal, every n")
def broken_at_a_removal(ground):
    return told(errors(ground, "unlink", "EIO", leaves=True))


@case("F06", "EIO at the n-th read of a run's thread, every n; never taken for the end")
def broken_at_a_read(ground):
    # The loader's reads and Swift's of the command line are among them.
    return told(swept(ground, "read,pread64,readv", "error=EIO", statuses=CRASHED))


@case("F06", "EIO at the n-th read, every n")
def broken_at_any_read(ground):
    return told(errors(ground, "read", "EIO"))


@case("F06", "EIO at the n-th write of a thread, every n")
def broken_at_a_threads_write(ground):
    return told(swept(ground, "write,pwrite64,writev", "error=EIO"))


@case("F06", "EIO at the n-th reading of a folder, every n; no policy is left out")
def broken_at_a_listing(ground):
    # A partial folder that cannot be listed cannot be removed either; the next run does it.
    ends = swept(ground, "getdents64", "error=EIO", leaves=True)
    expect(ends.get(3, 0) > 0 and ends.get(6, 0) > 0, told(ends))
    return told(ends)


@case("F06", "EIO at the n-th look at a file, every n")
def broken_at_a_look(ground):
    return told(swept(ground, "newfstatat,fstat,stat,lstat,statx,lseek", "error=EIO", leaves=True, statuses=CRASHED))


@case("F10", "EIO at the n-th sync, every n")
def broken_at_a_sync(ground):
    return told(errors(ground, "sync", "EIO", "ENOSPC"))


@case("F10", "EIO at every sync: no packet, and none is tried again and believed")
def every_sync_broken(ground):
    result = traced(ground, "fsync,fdatasync,syncfs", "error=EIO", "1+")
    expect(result is not None and result.status == 6, "ended with %s" % result)
    return str(result)


@case("F11", "EIO at the sync of the output folder after the rename")
def broken_at_the_last_sync(ground):
    trial = ground.trial()
    trace = trial.folder / "trace"
    prefix = ["strace", "-f", "-qq", "-o", trace, "-P", trial.out, "-e", "trace=fsync", "-e", "inject=fsync:error=EIO"]
    result = trial.disclose(prefix=prefix)
    expect("INJECTED" in trace.read_text() and result.status == 6, "ended with %s" % result)
    trace.unlink()
    trial.check(result)
    return str(result)


@case("F12", "EIO at the n-th close, every n")
def broken_at_a_close(ground):
    return told(errors(ground, "close", "EIO", "ENOSPC"))


@case("F13", "EXDEV, EACCES, EEXIST, ENOSPC, EIO at the n-th rename, every n")
def broken_at_a_rename(ground):
    ends = errors(ground, "rename", "EXDEV", "EACCES", "EEXIST", "ENOSPC", "EIO")
    expect(set(ends) <= {6}, told(ends))
    return told(ends)


@case("F14", "renameat2 is not supported (EINVAL, ENOSYS)")
def without_renameat2(ground):
    results = [
        traced(ground, "renameat2", "error=" + name, "1+", workers)
        for name in ("EINVAL", "ENOSYS") for workers in (1, 2)
    ]  # fmt: skip
    ends = added({result.status: 1} for result in results)
    expect(set(ends) == {0}, told(ends))
    return told(ends)


@case("F14", "and SIGKILL, EIO at the n-th call of the fallback, every n")
def fallback_fails(ground):
    ends = []
    for fault, leaves in (("signal=KILL", True), ("error=EIO", False)):

        def one(number):
            trial = ground.trial()
            trace = trial.folder / "trace"
            prefix = ["strace", "-f", "-qq", "-o", trace, "-e", "trace=renameat2,renameat,linkat",
                      "-e", "inject=renameat2:error=EINVAL",
                      "-e", "inject=renameat,linkat:%s:when=%d" % (fault, number)]  # fmt: skip
            result = trial.disclose(prefix=prefix)
            trace.unlink()
            # A crash between the claim and the rename leaves an empty folder, which is nobody's packet.
            trial.check(result, leaves=leaves, claims=leaves)
            return result if result.status else None

        ends.append(until_untouched(ground, one))
    return told(added(ends))


@case("F29", "EDQUOT at the n-th write, new file and new folder, every n")
def quota(ground):
    return told(errors(ground, "write create mkdir", "EDQUOT"))


@case("F27", "ENOMEM at the n-th mmap, every n (the loader and Swift trap: the invariant alone)")
def no_memory_at_a_map(ground):
    return told(swept(ground, "mmap,brk", "error=ENOMEM", leaves=True, statuses=CRASHED))


@case("F28", "EAGAIN at the n-th thread, and at every one")
def no_thread(ground):
    for number in ("1", "2", "1+"):
        for workers in (1, 4):
            result = traced(ground, "clone3,clone", "error=EAGAIN", number, workers)
            expect(result is None or result.status == 0, "ended with %s" % result)
    return "0: whoever has a thread does the work"


@case("F28", "and a signal ends a run that got no thread to wait for signals")
def signal_without_thread(ground):
    ends = []
    for step in (1, 5, 20):
        trial = ground.trial()
        prefix = tracer("clone3,clone", "error=EAGAIN", "1+", trial.folder / "trace")
        prefix += ["-E", "LD_PRELOAD=" + ground.shim, "-E", "TORTURE_CALL=write", "-E", "TORTURE_AT=%d" % step,
                   "-E", "TORTURE_SIGNAL=15"]  # fmt: skip
        result = trial.disclose(prefix=prefix)
        expect(result.status == -signal.SIGTERM, "ended with %s" % result)
        (trial.folder / "trace").unlink()
        trial.check(result, leaves=True)
        ends.append({result.status: 1})
    return told(added(ends))


@case("F30", "EIO, ENOSYS at the n-th getrandom and every later one, every n")
def no_random_bytes(ground):
    return told(added(
        swept(ground, "getrandom", "error=" + name, when="%d+", leaves=True, statuses=CRASHED)
        for name in ("EIO", "ENOSYS")))  # fmt: skip


@case("F30", "no random bytes, from the call or a device, while a key is made")
def key_without_random_bytes(ground):
    folder, ends = ground.trial().folder, []
    for number in range(1, 9):
        key = folder / ("key-%d" % number)
        prefix = ["strace", "-f", "-qq", "-o", folder / "trace", "-e", "trace=getrandom,openat,read",
                  "-e", "inject=getrandom:error=EIO:when=%d+" % number]  # fmt: skip
        result = ground.run(["key", "new", "--out", key], prefix=prefix)
        expect(result.status in CRASHED, "ended with %s" % result)
        expect((result.status == 0) == key.exists(), "ended with %s, and the key's file says otherwise" % result)
        ends.append({result.status: 1})
    return told(added(ends))


@case("F33", "memory cannot be locked or kept out of core files")
def no_locked_memory(ground):
    results = []
    for name in ("ENOMEM", "EPERM"):
        for calls in ("mlock,mlock2", "madvise"):
            result = traced(ground, calls, "error=" + name, "1+")
            expect(result is None or result.status in (0, 7), "ended with %s" % result)
            results.append({result.status if result else 0: 1})
    return told(added(results))


# MARK: - A process that ends

# The calls of the shim that change the disk.
CHANGES = "write sync create mkdir unlink rename lock"


@case("F17", "SIGKILL at the n-th write, sync, new file or folder, removal, rename, lock, every n")
def killed_at_a_change(ground):
    return told(signals(ground, CHANGES, signal.SIGKILL))


@case("F17", "SIGKILL at the n-th write, sync or rename of a thread, by strace, every n")
def killed_at_a_call(ground):
    calls = "write,pwrite64,fsync,fdatasync,syncfs,renameat2"
    return told(swept(ground, calls, "signal=KILL", leaves=True, statuses={0, -signal.SIGKILL}))


@case("F19", "SIGTERM, SIGINT, SIGHUP at the n-th write, sync, new file or folder, removal, rename, every n")
def told_to_end(ground):
    return told(signals(ground, CHANGES, signal.SIGTERM, signal.SIGINT, signal.SIGHUP))


def at_random(ground, name, runs, choices, statuses, pause=0.0):
    """Sends signals at random times."""
    whole = min(ground.trial().disclose().seconds for _ in range(3))

    def one(number):
        generator = random.Random("%s %s %d" % (ground.seed, name, number))
        trial = ground.trial()
        process = subprocess.Popen(
            [ground.command] + [str(part) for part in trial.arguments(workers=1 + number % 2)],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=trial.folder)  # fmt: skip
        time.sleep(generator.uniform(0, 1.1 * whole))
        started = time.monotonic()
        for sent in generator.choice(choices):
            process.send_signal(sent)
            time.sleep(pause)
        try:
            output, talk = process.communicate(timeout=30)
            result = Result(process.returncode, output, talk, time.monotonic() - started)
            expect(result.status in statuses, "ended with %s" % result)
            trial.check(result, leaves=True)
        except (Failure, subprocess.TimeoutExpired) as failure:
            process.kill()
            raise Failure("run %d of seed %d: %s" % (number, ground.seed, failure))
        return {result.status: 1}

    return told(added(ground.each(one, range(ground.scaled(runs)))))


@case("F18", "SIGKILL at random times, 500 runs")
def killed_at_random(ground):
    return at_random(ground, "kill", 500, [[signal.SIGKILL]], {0, -signal.SIGKILL})


@case("F19", "SIGTERM, SIGINT, SIGHUP at random times, some twice, 200 runs")
def told_at_random(ground):
    term, interrupt, hang = signal.SIGTERM, signal.SIGINT, signal.SIGHUP
    choices = [[term], [interrupt], [hang], [term, term], [interrupt, term]]
    return at_random(ground, "term", 200, choices, {0, -term, -interrupt, -hang})


@case("F20", "SIGSTOP for two seconds, then SIGCONT")
def stopped(ground):
    return at_random(ground, "stop", 6, [[signal.SIGSTOP, signal.SIGCONT]], {0}, pause=2.0)
