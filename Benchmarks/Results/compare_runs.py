#!/usr/bin/env python3
"""Compares two saved runs of `make bench`: compare_runs.py OLD.json NEW.json

Prints for each row its CPU time a record as a multiple of that of the run's own first row, one pass of memchr over the
same bytes: so a machine that is slower as a whole moves nothing. The last column is the new multiple by the old. A row
that is more than 10 % slower than before is marked, and the exit status is then 1; a row that only one of the runs has
is listed and decides nothing. Exit status 2: a file is not such a run.
"""
import json
import sys
from dataclasses import dataclass

SLOWER = 1.10


class NotARun(Exception):
    """A file does not hold what a saved run holds."""


@dataclass(frozen=True)
class SavedRun:
    """A saved run, each row as a multiple of its first row."""
    title: str
    multiples: dict[str, float]

    @staticmethod
    def read(path: str) -> "SavedRun":
        try:
            with open(path) as file:
                document = json.load(file)
            costs = {row["name"]: row["processorNanoseconds"] / row["records"] for row in document["rows"]}
            title = f"{document['date']}, {document['machine']}, commit {document['commit']}"
        except (OSError, ValueError, LookupError, TypeError, ArithmeticError) as error:
            raise NotARun(f"{path} is not a saved run: {type(error).__name__}: {error}") from error
        if len(costs) != len(document["rows"]):
            raise NotARun(f"{path} has two rows of one name")
        if min(costs.values(), default=0) <= 0:
            raise NotARun(f"{path} has no rows, or one that took no time")
        first = next(iter(costs.values()))
        return SavedRun(title, {name: cost / first for name, cost in costs.items()})


def compared(old: SavedRun, new: SavedRun) -> int:
    """Prints the table; returns how many rows became slower."""
    slower = 0
    width = max(map(len, ["row", *old.multiples, *new.multiples]))
    print(f"{'row':{width}} {'old':>9} {'new':>9} {'ratio':>7}")
    for name, multiple in new.multiples.items():
        before = old.multiples.get(name)
        if before is None:
            print(f"{name:{width}} {'-':>9} {multiple:9.2f} {'-':>7}  only in the new run")
            continue
        ratio = multiple / before
        slower += ratio > SLOWER
        print(f"{name:{width}} {before:9.2f} {multiple:9.2f} {ratio:7.2f}{'  SLOWER' if ratio > SLOWER else ''}")
    for name, multiple in old.multiples.items():
        if name not in new.multiples:
            print(f"{name:{width}} {multiple:9.2f} {'-':>9} {'-':>7}  only in the old run")
    return slower


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    try:
        old, new = map(SavedRun.read, sys.argv[1:])
    except NotARun as error:
        print(error, file=sys.stderr)
        return 2
    print(f"old: {old.title}\nnew: {new.title}\n")
    slower = compared(old, new)
    print(f"\n{slower} of {len(new.multiples)} rows are more than {SLOWER - 1:.0%} slower")
    return 1 if slower else 0


if __name__ == "__main__":
    sys.exit(main())
