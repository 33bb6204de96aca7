#!/usr/bin/env python3
"""Breaks the program on purpose, one small fault at a time, and sees that a test notices.

    Tests/Mutations/mutate.py [--list] [--own] [--at FOLDER] [--jobs N] [NAME…]

Copies the checkout beside the system's temporary files and puts every fault of `faults.py` into the one copy, each
behind a switch, so that all of them are built once. The tests then run once a fault, with the environment variable
SLUICE_FAULT naming the one that is on, up to the first that fails: those that should notice, without the longest of
them and then with them, and where these pass, every test (not with `--own`). A run that takes several times as long as
it does without a fault is ended, and its fault was noticed by its time.

With `--at`, copy and build stay in FOLDER, and the next run builds only what has changed since.

Prints a line for each fault, a row for each room, and the survivors. Ends with 1 where fewer than 95 of 100 faults were
noticed or a guarantee's own fault survived. A fault that no longer finds its text is an error: whoever moves the
text moves it here too.
"""
import argparse
import concurrent.futures
import filecmp
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable

from faults import FAULTS, Fault

SWITCH = """#if canImport(Glibc)
  import Glibc
#endif

private let faultInForce = getenv("SLUICE_FAULT").flatMap { Int(String(cString: $0)) } ?? 0

/// Whether a deliberate fault is the one that this run has.
func isFaulty(_ number: Int) -> Bool { faultInForce == number }
"""

# Every test, for the faults that those of their own filter let pass.
EVERY_TEST = "."
# What measures is no test of a fault. The longest tests are left to the faults that the others of a filter let pass.
MEASURING = "^Benchmarks"
LONGEST = (
    r"CanaryTests|BadInputTests/ndjson|aFlippedBitInAnyByteIsFound|removingARuleRemovesOutputAlone"
    r"|tenThousandPacketsNeedFewDescriptors")
FAILURE = " recorded an issue"
RAN = re.compile(r"Test run with [1-9]")
COLOURS = re.compile("\x1b\\[[0-9;]*m")
HOUR = 3600
# A run is ended after this many times its time without a fault, and never before this many seconds.
TIMES_MAX, SECONDS_MIN = 5, 60
# A fault that takes memory without end is stopped before the machine is.
BYTES_MAX = 12 << 30
NOT_COPIED = shutil.ignore_patterns(".build*", ".git", "Results", "__pycache__")


def switched_texts(root: str, alone: Fault | None) -> dict[str, str]:
    """The files that have a fault, by name, with each fault behind its switch, and `alone` without one."""
    files: dict[str, list[tuple[int, int, Fault]]] = {}
    for number, fault in enumerate(FAULTS, start=1):
        if fault.is_built_alone and fault != alone:
            place(root, fault)
            continue
        files.setdefault(fault.file, []).append((place(root, fault), number, fault))
    texts = {}
    for name, faults in files.items():
        text = read(os.path.join(root, name))
        end = len(text)
        # From the last to the first, so that the places of those before stay what they are.
        for start, number, fault in sorted(faults, reverse=True):
            if start + len(fault.old) > end:
                raise SystemExit(f"{fault.name}: another fault stands in its text")
            text = text[:start] + switched(number, fault) + text[start + len(fault.old):]
            end = start
        texts[name] = text
    # A room of C has no switch: its faults are built alone.
    for module in {"/".join(name.split("/")[:2]) for name in files if name.endswith(".swift")}:
        texts[f"{module}/Fault.swift"] = SWITCH
    return texts


def place(root: str, fault: Fault) -> int:
    text = read(os.path.join(root, fault.file))
    where = fault.within or fault.old
    if text.count(where) != 1 or where.count(fault.old) != 1:
        raise SystemExit(f"{fault.name}: its text is not found once in {fault.file}; move it in faults.py")
    return text.index(where) + where.index(fault.old)


def switched(number: int, fault: Fault) -> str:
    if fault.is_built_alone:
        return fault.new
    if fault.is_statement:
        return f"if isFaulty({number}) {{ {fault.new} }} else {{ {fault.old} }}"
    return f"(isFaulty({number}) ? ({fault.new}) : ({fault.old}))"


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def copy(project: str, folder: str, alone: Fault | None = None) -> None:
    """Makes the copy what the checkout is, with the switches. A file that is right already is not written again."""
    os.makedirs(folder, exist_ok=True)
    if not is_ours(folder):
        raise SystemExit(f"{folder}: neither empty nor a copy of this checkout")
    texts = switched_texts(project, alone)
    with tempfile.TemporaryDirectory() as place:
        fresh = os.path.join(place, "sluice")
        shutil.copytree(project, fresh, symlinks=True, ignore=NOT_COPIED)
        for name, text in texts.items():
            with open(os.path.join(fresh, name), "w", encoding="utf-8") as file:
                file.write(text)
        names = set(files_below(fresh))
        for name in set(files_below(folder)) - names:
            os.remove(os.path.join(folder, name))
        for name in names:
            source, target = os.path.join(fresh, name), os.path.join(folder, name)
            if not os.path.exists(target) or not filecmp.cmp(source, target, shallow=False):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(source, target)


def files_below(root: str) -> list[str]:
    """The files of a checkout without its build."""
    names = []
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".build")]
        names += [os.path.relpath(os.path.join(folder, name), root) for name in files]
    return names


def is_ours(folder: str) -> bool:
    """Whether a folder may be made a copy: it is empty, or was made one before."""
    return not os.listdir(folder) or os.path.exists(os.path.join(folder, "Sources", "Sluice", "Fault.swift"))


class Tests:
    """The built tests of the copy."""

    def __init__(self, folder: str):
        self.folder = folder
        self.program = os.path.join(folder, ".build", "debug", "sluicePackageTests.xctest")
        # Of a filter, with the longest tests and without; and what is measured once alone.
        self.seconds: dict[tuple[str, bool], float] = {}
        self.locks: defaultdict[tuple[str, bool], threading.Lock] = defaultdict(threading.Lock)

    def end(self, fault: Fault, number: int, widely: bool) -> str:
        """How the tests end with a fault on: its own without the longest, with them, and then all if `widely`."""
        names = ""
        for filter, with_longest in [(fault.tests, False), (fault.tests, True), (EVERY_TEST, True)]:
            if filter == EVERY_TEST and not widely:
                break
            limit = max(SECONDS_MIN, TIMES_MAX * self.measured(filter, with_longest))
            end, output = self.run(filter, with_longest, number, limit)
            if end == "failed":
                return f"noticed by {first_failure(output)}"
            if end == "too late":
                return "noticed by its time"
            names += output
        return "SURVIVED" if RAN.search(names) else "NO TEST RAN"

    def measured(self, filter: str, with_longest: bool) -> float:
        """How long tests take without a fault. They pass then: what fails without a fault tells nothing of one."""
        key = (filter, with_longest)
        with self.locks[key]:
            if key not in self.seconds:
                started = time.monotonic()
                end, output = self.run(filter, with_longest, 0, None)
                if end != "passed":
                    raise SystemExit(f"{output[-6000:]}\nwithout a fault the tests of {filter} do not pass: {end}")
                self.seconds[key] = time.monotonic() - started
            return self.seconds[key]

    def run(self, filter: str, with_longest: bool, number: int, seconds: float | None) -> tuple[str, str]:
        """Runs the tests of a filter up to the first that fails; passed, failed or too late, and what was said."""
        skipped = MEASURING if with_longest else f"{MEASURING}|{LONGEST}"
        with tempfile.TemporaryDirectory(prefix="sluice-fault-", ignore_cleanup_errors=True) as place:
            process = subprocess.Popen(
                [self.program, "--testing-library", "swift-testing", "--filter", filter, "--skip", skipped],
                cwd=self.folder, env=dict(os.environ, SLUICE_FAULT=str(number), TMPDIR=place),
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                errors="replace", start_new_session=True,
                preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (BYTES_MAX, BYTES_MAX)))
            is_late = threading.Event()
            alarm = threading.Timer(seconds or HOUR, lambda: (is_late.set(), stop(process)))
            alarm.start()
            lines = []
            for line in process.stdout:
                lines.append(COLOURS.sub("", line))
                if FAILURE in lines[-1]:
                    stop(process)
                    break
            alarm.cancel()
            status = process.wait()
            stop(process)
        if is_late.is_set():
            return "too late", "".join(lines)
        return "passed" if status == 0 else "failed", "".join(lines)


def stop(process: subprocess.Popen) -> None:
    """Ends the tests and what they started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def first_failure(output: str) -> str:
    """The name of the first test that failed; where none says so, a trap ended all of them."""
    for line in output.splitlines():
        if FAILURE in line:
            return line.split(FAILURE)[0].removeprefix("✘ Test ").split(" with ")[0]
    return "a trap"


def report(wanted: list[tuple[int, Fault]], end: Callable[[tuple[int, Fault]], str], jobs: int) -> list[Fault]:
    """Prints how the tests end for each fault; the survivors."""
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for (_, fault), outcome in zip(wanted, pool.map(end, wanted)):
            if not outcome.startswith("noticed"):
                survivors.append(fault)
            print(f"{fault.room:14} {fault.name:60} {outcome}", flush=True)
    return survivors


def sum_up(wanted: list[tuple[int, Fault]], survivors: list[Fault]) -> int:
    """Prints the counts of each room and the survivors; the script's exit status."""
    faults = Counter(fault.room for _, fault in wanted)
    missed = Counter(fault.room for fault in survivors)
    print(f"\n{'room':14} {'faults':>8} {'noticed':>8}")
    for room, count in faults.items():
        print(f"{room:14} {count:8} {count - missed[room]:8}")
    noticed = len(wanted) - len(survivors)
    print(f"{len(wanted)} faults, {noticed} noticed, {len(survivors)} survived")
    for fault in survivors:
        print(f"survived: {fault.name}")
    broken = [fault for fault in survivors if fault.name[:2].isdigit()]
    return 1 if not wanted or broken or noticed * 100 < len(wanted) * 95 else 0


def build(folder: str) -> None:
    built = subprocess.run(
        ["swift", "build", "--build-tests"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace")
    if built.returncode != 0:
        raise SystemExit(f"{built.stdout[-6000:]}\nthe copy with its faults does not build")


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("names", nargs="*", help="the beginnings of names")
    arguments.add_argument("--list", action="store_true", help="find each fault's text, list the faults and run nothing")
    arguments.add_argument("--at", metavar="FOLDER", help="keep copy and build there")
    arguments.add_argument("--own", action="store_true", help="do not run every test for what a fault's own let pass")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count(), help="faults at once")
    options = arguments.parse_args()
    wanted = [
        (number, fault) for number, fault in enumerate(FAULTS, start=1)
        if not options.names or any(fault.name.startswith(name) for name in options.names)]
    project = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    if options.list:
        switched_texts(project, None)
        for _, fault in wanted:
            print(f"{fault.room:14} {fault.name}")
        return 0

    folder = os.path.abspath(options.at) if options.at else tempfile.mkdtemp(prefix="sluice-mutations-")
    try:
        copy(project, folder)
        build(folder)
        tests = Tests(folder)

        def end(entry: tuple[int, Fault]) -> str:
            return tests.end(entry[1], entry[0], not options.own and not entry[1].is_built_alone)

        together = [entry for entry in wanted if not entry[1].is_built_alone]
        survivors = report(together, end, options.jobs)
        for number, fault in wanted:
            if fault.is_built_alone:
                # Before it is built, since afterwards nothing runs without it.
                for with_longest in (False, True):
                    tests.measured(fault.tests, with_longest)
                copy(project, folder, fault)
                build(folder)
                survivors += report([(number, fault)], end, 1)
        return sum_up(wanted, survivors)
    finally:
        if not options.at:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
