"""Line coverage of the rooms through which every released value passes: a line a room, and below it each file that
tests leave out most.

Reads what `swift test --enable-code-coverage` had llvm-cov export. Exit 1 where a room is below the limit.

usage: coverage.py CODECOV.json SOURCES
"""

import json
import sys
from pathlib import Path

ROOMS = ("Policy", "Decode", "Select", "Transform", "Packet")
LIMIT = 95.0


class Lines:
    """How many lines have code, and how many of them ran."""

    def __init__(self):
        self.count = self.covered = 0

    def add(self, summary):
        self.count += summary["count"]
        self.covered += summary["covered"]

    @property
    def share(self):
        return 100.0 * self.covered / self.count if self.count else 100.0

    def row(self, name):
        return f"{name:<52} {self.covered:>6} of {self.count:>6} lines  {self.share:6.2f} %"


def measured(export, sources):
    """The lines of each file below a room, by its path below the sources."""
    files = {}
    for entry in export["data"][0]["files"]:
        path = Path(entry["filename"])
        if not path.is_relative_to(sources):
            continue
        name = path.relative_to(sources)
        if name.parts[0] in ROOMS:
            files.setdefault(name, Lines()).add(entry["summary"]["lines"])
    return files


def main():
    export = json.loads(Path(sys.argv[1]).read_text())
    sources = Path(sys.argv[2]).resolve()
    files = measured(export, sources)
    failed = False
    for room in ROOMS:
        inside = {name: lines for name, lines in files.items() if name.parts[0] == room}
        # A room without a file was renamed; it must not look covered.
        total = Lines()
        for lines in inside.values():
            total.add({"count": lines.count, "covered": lines.covered})
        failed = failed or not inside or total.share < LIMIT
        print(total.row(room))
        for name, lines in sorted(inside.items(), key=lambda each: each[1].share):
            if lines.share < LIMIT:
                print(lines.row(f"  {name}"))
    if failed:
        print(f"a room is below {LIMIT:g} %", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
