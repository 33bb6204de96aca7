#!/usr/bin/env python3
"""Breaks the program on purpose, one small fault at a time, and sees that a test notices.

    Tests/Mutations/mutate.py [--list] [NAME…]

Copies the checkout beside the system's temporary files and puts every fault of `faults.py` into the one copy, each
behind a switch, so that all of them are built once. The tests then run once a fault, with the environment variable
SLUICE_FAULT naming the one that is on. Prints a table by room and ends with 1 where fewer than 95 of 100 faults were
noticed or a guarantee's own fault survived. A fault that no longer finds its text is an error: whoever moves the
text moves it here too.
"""
import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile

from faults import FAULTS, Fault

SWITCH = """#if canImport(Glibc)
  import Glibc
#endif

private let faultInForce = getenv("SLUICE_FAULT").flatMap { Int(String(cString: $0)) } ?? 0

/// Whether a deliberate fault is the one that this run has.
func isFaulty(_ number: Int) -> Bool { faultInForce == number }
"""

# A fault that makes the program run on for ever is noticed by its time: no filter takes as long.
SECONDS_MAX = 240


def with_switches(root: str) -> None:
    """Puts each fault into the copy, behind its switch."""
    files: dict[str, list[tuple[int, int, Fault]]] = {}
    for number, fault in enumerate(FAULTS, start=1):
        files.setdefault(fault.file, []).append((place(root, fault), number, fault))
    for name, faults in files.items():
        path = os.path.join(root, name)
        text = read(path)
        end = len(text)
        # From the last to the first, so that the places of those before stay what they are.
        for start, number, fault in sorted(faults, reverse=True):
            if start + len(fault.old) > end:
                raise SystemExit(f"{fault.name}: another fault stands in its text")
            text = text[:start] + switched(number, fault) + text[start + len(fault.old):]
            end = start
        write(path, text)
    for module in {os.path.join(root, *name.split("/")[:2]) for name in files}:
        write(os.path.join(module, "Fault.swift"), SWITCH)


def place(root: str, fault: Fault) -> int:
    text = read(os.path.join(root, fault.file))
    where = fault.within or fault.old
    if text.count(where) != 1 or where.count(fault.old) != 1:
        raise SystemExit(f"{fault.name}: its text is not found once in {fault.file}; move it in faults.py")
    return text.index(where) + where.index(fault.old)


def switched(number: int, fault: Fault) -> str:
    if fault.is_statement:
        return f"if isFaulty({number}) {{ {fault.new} }} else {{ {fault.old} }}"
    return f"(isFaulty({number}) ? ({fault.new}) : ({fault.old}))"


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def run(command: list[str], folder: str, **settings) -> subprocess.CompletedProcess:
    return subprocess.run(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **settings)


def tests(program: str, folder: str, filter: str, number: int) -> str:
    """How the tests of a filter end with a fault on: passed, failed, or none ran."""
    environment = dict(os.environ, SLUICE_FAULT=str(number))
    try:
        ended = run(
            [program, "--testing-library", "swift-testing", "--filter", filter], folder, env=environment,
            timeout=SECONDS_MAX)
    except subprocess.TimeoutExpired:
        return "failed"
    if ended.returncode != 0:
        return "failed"
    return "none" if "Test run with 0 tests" in ended.stdout else "passed"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("names", nargs="*", help="the beginnings of names")
    arguments.add_argument("--list", action="store_true", help="list the faults and run nothing")
    arguments.add_argument("--jobs", type=int, default=os.cpu_count())
    options = arguments.parse_args()
    wanted = [
        (number, fault) for number, fault in enumerate(FAULTS, start=1)
        if not options.names or any(fault.name.startswith(name) for name in options.names)]
    if options.list:
        for _, fault in wanted:
            print(f"{fault.room:10} {fault.name}")
        return 0

    project = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    place = tempfile.mkdtemp(prefix="sluice-mutations-")
    folder = os.path.join(place, "sluice")
    try:
        shutil.copytree(
            project, folder, ignore=shutil.ignore_patterns(".build*", ".git", "Benchmarks/Results"))
        with_switches(folder)
        built = run(["swift", "build", "--build-tests"], folder)
        if built.returncode != 0:
            print(built.stdout[-6000:])
            return 1
        program = os.path.join(folder, ".build", "debug", "sluicePackageTests.xctest")
        # What fails without a fault tells nothing of one.
        for filter in sorted({fault.tests for _, fault in wanted}):
            if tests(program, folder, filter, 0) != "passed":
                print(f"without a fault the tests of {filter} do not pass")
                return 1
        return report(wanted, program, folder, options.jobs)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def report(wanted: list[tuple[int, Fault]], program: str, folder: str, jobs: int) -> int:
    survivors = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        ends = pool.map(lambda entry: tests(program, folder, entry[1].tests, entry[0]), wanted)
        for (_, fault), end in zip(wanted, ends):
            outcome = {"failed": "noticed", "passed": "SURVIVED", "none": "NO TEST RAN"}[end]
            if end != "failed":
                survivors.append(fault)
            print(f"{fault.room:10} {fault.name:50} {outcome}", flush=True)
    noticed = len(wanted) - len(survivors)
    print(f"{len(wanted)} faults, {noticed} noticed, {len(survivors)} survived")
    broken = [fault for fault in survivors if fault.name[:2].isdigit()]
    return 1 if not wanted or broken or noticed * 100 < len(wanted) * 95 else 0


if __name__ == "__main__":
    sys.exit(main())
