#!/usr/bin/env python3
"""Runs Sluice and its peers on the same records, checks every output, and prints all in one table.

    compare.py SLUICE [--count N] [--runs N] [--jobs NAMES] [--tools NAMES] [--json FILE]

The tools of a job take turns, so that a noisy machine is as noisy for one as for the other; each is run once before, to
warm up. A figure is the median of the runs (of one, where the first took more than 15 seconds). It counts only if the
output holds what it should, record by record, after the normalisation that check.py describes; else its row has no
figures, and the exit status is 1. Ratios are to Sluice's row of the same job, in `demands` and `batch` to one demand.

Records and outputs lie in a temporary folder below TMPDIR: 3 GB for a million records, twice that with `batch`.
"""
import argparse
import concurrent.futures
import datetime
import importlib.metadata
import json
import multiprocessing
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass

from check import Verdict
from jobs import HERE, JOBS, MODULES, PACKAGES, Run, Workshop, why_missing

SLOW_SECONDS = 15
TARGET_COUNT = 1_000_000


@dataclass(frozen=True)
class Measured:
    """Medians of the runs of one row."""
    wall: float
    cpu: float
    memory: float
    runs: int


@dataclass(frozen=True)
class Row:
    """A row of the table, as the JSON has it."""
    job: str
    tool: str
    wallSeconds: float
    processorSeconds: float
    peakMebibytes: float
    runs: int
    records: int
    wrongCells: int
    ratioTo: str
    wallRatio: float | None
    processorRatio: float | None


class RunFailed(Exception):
    """A command that did not end as it should, in words."""


def launch(command: list[str], output: str) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MiB of a command."""
    launched = subprocess.run(
        [sys.executable, "-I", "-S", str(HERE / "launch.py"), output, *command], check=True, stdout=subprocess.PIPE)
    wall, cpu, memory, status = map(float, launched.stdout.split())
    if status != 0:
        raise RunFailed(f"{' '.join(map(os.path.basename, command[:2]))} ended with {status:.0f}")
    return wall, cpu, memory / 1024


def measure_once(run: Run) -> tuple[float, float, float]:
    # Sluice overwrites nothing, so what the last run wrote goes first; and no run shall wait for the disk to take what
    # another wrote, least of all one that syncs its packets.
    put_aside(run)
    os.sync()
    return launch(run.command, run.output if run.prints else os.devnull)


def put_aside(run: Run) -> None:
    # Packets are set aside until all is measured: for half a minute after thousands of files were removed, ext4 looks for
    # an inode that was not among them, and whatever writes packets then waits for that.
    if os.path.isdir(run.output):
        os.rename(run.output, os.path.join(tempfile.mkdtemp(dir=os.path.dirname(run.output)), "packets"))
    pathlib.Path(run.output).unlink(missing_ok=True)


def measure(runs: list[Run], count: int) -> dict[str, Measured]:
    warm = {run.row: measure_once(run)[0] for run in runs}
    figures: dict[str, list[tuple[float, float, float]]] = {run.row: [] for run in runs}
    for turn in range(count):
        for run in runs:
            if turn == 0 or warm[run.row] < SLOW_SECONDS:
                figures[run.row].append(measure_once(run))
    return {
        row: Measured(*map(statistics.median, zip(*values)), runs=len(values)) for row, values in figures.items()}


def checked(runs: list[Run]) -> dict[str, Verdict | str]:
    """The verdict on each output, or what is wrong with it; in processes of their own, one a core."""
    verdicts: dict[str, Verdict | str] = {}
    forked = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), forked) as pool:
        for run, future in [(run, pool.submit(run.check)) for run in runs]:
            try:
                verdicts[run.row] = future.result()
            except Exception as error:  # An output so odd that it cannot be compared disagrees too.
                verdicts[run.row] = f"{type(error).__name__}: {error}"
    return verdicts


def compare(job: str, runs: list[Run], count: int) -> tuple[list[Row], dict[str, str]]:
    """The rows of a job, and what is wrong with those that have none."""
    figures = measure(runs, count)
    verdicts = checked(runs)
    for run in runs:
        put_aside(run)
    wrong = {row: verdict for row, verdict in verdicts.items() if isinstance(verdict, str)}
    rows = []
    for run in runs:
        verdict = verdicts[run.row]
        if isinstance(verdict, str):
            continue
        own = figures[run.row]
        base = None if run.base in wrong else figures[run.base]
        rows.append(Row(
            job, run.row, own.wall, own.cpu, own.memory, own.runs, verdict.records, verdict.wrong_cells, run.base,
            base and own.wall / base.wall, base and own.cpu / base.cpu))
    return rows, wrong


# Targets

@dataclass(frozen=True)
class Target:
    """What the project set out to reach; a figure is met where it is not above the limit."""
    text: str
    limit: float
    unit: str
    figure: Callable[[dict[tuple[str, str], Row]], float]


def share(job: str, tool: str, other: str, figure: str) -> Callable[[dict[tuple[str, str], Row]], float]:
    return lambda rows: getattr(rows[job, tool], figure) / getattr(rows[job, other], figure)


def largest(rows: dict[tuple[str, str], Row]) -> float:
    return max(row.peakMebibytes for row in rows.values() if row.tool.startswith("sluice") and row.job != "batch")


def more(rows: dict[tuple[str, str], Row]) -> float:
    return rows["batch", "sluice disclose 10000"].peakMebibytes - rows["batch", "sluice disclose 1"].peakMebibytes


def start_ups(shop: Workshop) -> dict[str, float]:
    """Milliseconds of CPU time that it takes to do nothing, medians. Measured first: after ten thousand packets the file
    system has work of its own, and does it in the time of whoever makes a file."""
    commands: dict[str, Callable[[int], list[str]]] = {
        "--version": lambda _: [shop.sluice, "--version"], "a demand over no record": shop.disclose_nothing}
    return {
        name: statistics.median(launch(command(number), os.devnull)[1] for number in range(21)) * 1000
        for name, command in commands.items()}


def targets(starts: dict[str, float]) -> list[Target]:
    return [
        *(Target(f"{job}: {name} of Polars'", limit, "x", share(job, "sluice", "polars", figure))
          for job, limit in [("repeat", 1 / 4), ("unique", 1 / 2.5), ("csv", 1 / 3)]
          for name, figure in [("wall", "wallSeconds"), ("CPU", "processorSeconds")]),
        Target("select: wall of DuckDB's", 1 / 3, "x", share("select", "sluice", "duckdb", "wallSeconds")),
        *(Target(f"demands: {verb} of 1,000, wall of one's", 1.3, "x", share(
            "demands", f"sluice {verb} 1000", f"sluice {verb} 1", "wallSeconds")) for verb in ["preview", "disclose"]),
        Target("peak memory, any of Sluice's rows but batch", 64, "MiB", largest),
        Target("batch: 10,000 demands over one, more memory", 64, "MiB", more),
        *(Target(f"start-up, CPU of {name}", 20, "ms", lambda _, figure=figure: figure)
          for name, figure in starts.items()),
    ]


def print_targets(rows: list[Row], starts: dict[str, float]) -> list[dict[str, object]]:
    known = {(row.job, row.tool): row for row in rows}
    results: list[dict[str, object]] = []
    print(f"{'target':44} {'at most':>10} {'measured':>12}  met")
    for target in targets(starts):
        try:
            figure: float | None = target.figure(known)
        except (KeyError, ValueError):
            figure = None  # Its rows are of a job or tool that was not asked for.
        met = None if figure is None else figure <= target.limit
        measured = "not measured" if figure is None else f"{figure:.2f} {target.unit}"
        answer = "-" if met is None else ["no", "yes"][met]
        print(f"{target.text:44} {target.limit:6.2f} {target.unit:3} {measured:>12}  {answer}")
        results.append(
            {"target": target.text, "atMost": target.limit, "unit": target.unit, "measured": figure, "met": met})
    return results


# The table

HEAD = (
    f"{'job':10} {'tool':22} {'wall s':>8} {'CPU s':>8} {'MiB':>6} {'wall':>8} {'CPU':>8} {'records':>9}\n"
    f"{'':57} {'ratios to Sluice':>17} {'agreed on':>9}")


def print_rows(rows: list[Row], wrong: dict[str, str], runs: int) -> None:
    def ratio(value: float | None) -> str:
        return f"{'-':>8}" if value is None else f"{value:7.2f}x"

    for row in rows:
        notes = [f"{row.wrongCells} positions in the next cell"] if row.wrongCells else []
        notes += [f"{row.runs} run"] if row.runs < runs else []
        print(
            f"{row.job:10} {row.tool:22} {row.wallSeconds:8.2f} {row.processorSeconds:8.2f} {row.peakMebibytes:6.0f} "
            f"{ratio(row.wallRatio)} {ratio(row.processorRatio)} {row.records:9}  {', '.join(notes)}".rstrip())
    for name, problem in wrong.items():
        print(f"{'':10} {name:22} DISAGREES: {problem}")
    print(flush=True)


def machine() -> str:
    model = platform.machine()
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {platform.system()} {platform.release()}"


def version(tool: str) -> str:
    if tool in MODULES:
        return ", ".join(f"{name} {importlib.metadata.version(name.replace('_', '-'))}" for name in MODULES[tool])
    printed = subprocess.run([tool, "--version"], capture_output=True, text=True).stdout
    return printed.splitlines()[0] if printed else "unknown"


def arguments_given() -> argparse.Namespace:
    def names(known: list[str]) -> Callable[[str], list[str]]:
        def read(text: str) -> list[str]:
            unknown = set(text.split(",")) - set(known)
            if unknown:
                raise argparse.ArgumentTypeError(f"not among {', '.join(known)}: {', '.join(sorted(unknown))}")
            return text.split(",")
        return read

    tools = [*MODULES, *PACKAGES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sluice", help="the command to measure")
    parser.add_argument("--count", type=int, default=TARGET_COUNT, help="records of a source (1000000)")
    parser.add_argument("--runs", type=int, default=5, help="runs of each tool after the first (5)")
    parser.add_argument("--jobs", type=names(list(JOBS)), default=list(JOBS), help=f"some of {','.join(JOBS)}")
    parser.add_argument("--tools", type=names(tools), default=tools, help=f"peers, some of {','.join(tools)}")
    parser.add_argument("--json", help="write the same to a file")
    return parser.parse_args()


def main() -> int:
    arguments = arguments_given()
    skipped = {tool: reason for tool in arguments.tools if (reason := why_missing(tool))}
    present = [tool for tool in arguments.tools if tool not in skipped]
    print(f"{arguments.count} records, medians of {arguments.runs} runs in turn, {os.cpu_count()} cores, {machine()}")
    print("; ".join(version(tool) for tool in present))
    for tool, reason in skipped.items():
        print(f"skipped: {tool}: {reason}")
    print(f"\n{HEAD}", flush=True)
    rows: list[Row] = []
    disagreements: dict[str, str] = {}
    sluice = os.path.abspath(arguments.sluice)
    with tempfile.TemporaryDirectory(prefix="sluice-peers-") as folder:
        shop = Workshop(sluice, folder, arguments.count)
        starts = start_ups(shop)
        for job in arguments.jobs:
            runs = [run for run in JOBS[job](shop) if run.tool in ["sluice", *present]]
            try:
                job_rows, wrong = compare(job, runs, arguments.runs)
            except RunFailed as failure:
                print(f"{job:10} {failure}")
                disagreements[job] = str(failure)
                continue
            print_rows(job_rows, wrong, arguments.runs)
            rows += job_rows
            disagreements |= {f"{job}: {name}": problem for name, problem in wrong.items()}
        print("all outputs agree\n" if not disagreements else f"DISAGREE: {'; '.join(disagreements)}\n")
        if arguments.count < TARGET_COUNT:
            print(f"the targets are meant for {TARGET_COUNT} records; with fewer, starting Python is most of a peer's time")
        results = print_targets(rows, starts)
    if arguments.json:
        options = [f"--{name} {getattr(arguments, name)}" for name in ["count", "runs"]]
        options += [f"--{name} {','.join(getattr(arguments, name))}" for name in ["jobs", "tools"]]
        document = {
            "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
            "machine": machine(), "cores": os.cpu_count(), "records": arguments.count,
            "command": " ".join(["compare.py", "sluice", *options]),
            "versions": {tool: version(tool) for tool in present}, "skipped": skipped, "disagreements": disagreements,
            "rows": [asdict(row) for row in rows], "targets": results,
        }
        pathlib.Path(arguments.json).write_text(json.dumps(document, indent=2) + "\n")
    return 1 if disagreements else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except RunFailed as failure:
        sys.exit(str(failure))
