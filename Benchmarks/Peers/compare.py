#!/usr/bin/env python3
"""Runs `sluice minimize` and Polars on the same records, checks that they agree, and prints both in one table.

    compare.py SLUICE [--count N] [--runs N]

The runs alternate, so that a noisy machine is as noisy for one as for the other. Before a figure counts, the outputs
are compared record by record after this normalisation: a position is two numbers, Polars' rounded to one place (it
writes 17.400000000000002); pseudonyms need not be the same text, since the keys differ, but each of one tool stands for
one of the other. Where positions still differ, exact decimal arithmetic says who is right: binary floating point may put
a record that lies on a line of the grid into the next cell.
"""
import argparse
import decimal
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
DOCUMENTS = os.path.join(os.path.dirname(HERE), "Documents")


def measured(command: list[str]) -> tuple[float, float, float]:
    """Wall seconds, CPU seconds and peak MiB of a command."""
    started = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"{os.path.basename(command[0])} ended with {process.returncode}")
    return time.monotonic() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def cell(degrees: str) -> decimal.Decimal:
    return (decimal.Decimal(degrees) * 10).to_integral_value(decimal.ROUND_FLOOR) / 10


def check(source: str, ours: str, theirs: str) -> tuple[int, int]:
    """Compares the outputs; returns how many records there are, and in how many Polars' position was wrong."""
    to_theirs: dict[str, str] = {}
    to_ours: dict[str, str] = {}
    records = wrong = 0
    with open(source) as source_file, open(ours) as our_file, open(theirs) as their_file:
        for line, our_line, their_line in zip(source_file, our_file, their_file, strict=True):
            record, our, their = json.loads(line, parse_float=str), json.loads(our_line), json.loads(their_line)
            records += 1
            for name in ["kind", "sent_at", "type", "client_ip"]:
                if our[name] != their[name]:
                    sys.exit(f"record {records}: {name} differs")
            for name in ["sender", "recipient"]:
                same = to_theirs.setdefault(our[name], their[name]) == their[name]
                if not same or to_ours.setdefault(their[name], our[name]) != our[name]:
                    sys.exit(f"record {records}: the pseudonyms of {name} do not stand for one another")
            for name in ["lat", "lon"]:
                if decimal.Decimal(str(our["position"][name])) != cell(record[name]):
                    sys.exit(f"record {records}: {name} is not in its cell")
            wrong += any(our["position"][name] != round(their[name], 1) for name in ["lat", "lon"])
    return records, wrong


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("sluice")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=5)
    arguments = parser.parse_args()
    print(f"{arguments.count} records, medians of {arguments.runs} alternating runs, {os.cpu_count()} cores")
    print(f"{'job':8} {'tool':8} {'wall s':>8} {'CPU s':>8} {'MiB':>6} {'wall':>6} {'CPU':>6}")
    with tempfile.TemporaryDirectory() as folder:
        key = os.path.join(folder, "key")
        subprocess.run([arguments.sluice, "key", "new", "--quiet", "--out", key], check=True, stdout=subprocess.DEVNULL)
        for mode in ["repeat", "unique"]:
            compare(arguments, folder, key, mode)


def compare(arguments: argparse.Namespace, folder: str, key: str, mode: str) -> None:
    source, ours, theirs = (os.path.join(folder, name) for name in ["records.ndjson", "ours", "theirs"])
    with open(source, "wb") as file:
        generator = [sys.executable, os.path.join(HERE, "messages.py"), str(arguments.count), "7", mode]
        subprocess.run(generator, check=True, stdout=file)
    commands = {
        "sluice": [
            arguments.sluice, "minimize", "--quiet", "--jurisdiction", "US", "--instrument", "coarse",
            "--case", "benchmark", "--policies", os.path.join(DOCUMENTS, "policies"),
            "--schema", os.path.join(DOCUMENTS, "messages.yaml"), "--key", key, "--records", source, "--out", ours],
        "polars": [sys.executable, os.path.join(HERE, "polars_job.py"), source, theirs],
    }
    runs: dict[str, list[tuple[float, float, float]]] = {tool: [] for tool in commands}
    for _ in range(arguments.runs):
        for tool, command in commands.items():
            # Sluice overwrites nothing, so what the last run wrote goes first.
            if os.path.exists(ours) and tool == "sluice":
                os.remove(ours)
            runs[tool].append(measured(command))
    records, wrong = check(source, ours, theirs)
    medians = {tool: [statistics.median(column) for column in zip(*rows)] for tool, rows in runs.items()}
    for tool, (wall, cpu, memory) in medians.items():
        ratios = [medians["polars"][0] / wall, medians["polars"][1] / cpu]
        print(f"{mode:8} {tool:8} {wall:8.2f} {cpu:8.2f} {memory:6.0f} {ratios[0]:5.2f}x {ratios[1]:5.2f}x")
    print(f"{mode:8} {records} records agree; Polars put {wrong} positions into the next cell")


if __name__ == "__main__":
    main()
