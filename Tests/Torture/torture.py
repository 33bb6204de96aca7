#!/usr/bin/env python3
"""Does to the real command everything that the table of faults lists, and prints what came of it.

    torture.py COMMAND [--only ROW]... [--seed N] [--share N] [--threads N] [--keep]

Standard library alone; strace and a C compiler are needed, and the right to mount a tmpfs for some cases. Ends with 1
where a case fails. A case that cannot run here is told with its reason and is no failure.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

import faults  # noqa: F401  (fills the table)
import limits  # noqa: F401
import envelopes  # noqa: F401
from ground import Failure, Ground, Skipped
from sweeps import TABLE

HERE = Path(__file__).resolve().parent
# Why a row has no case. Each is covered as far as its words say.
NOT_HERE = {
    "F23": "LazyFS is in no package of Debian; F24 replays every state that a loss of power may leave",
}
INSIDE = "SLUICE_TORTURE_INSIDE"


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", type=Path)
    parser.add_argument("--only", action="append", default=[], metavar="ROW", help="a row, F17 or B38; again for more")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--share", type=float, default=1.0, help="of the random runs; 24 for a long soak")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", action="store_true", help="leave the folder of the runs")
    return parser.parse_args()


def enter_mount_namespace():
    """Starts again where mounts are private and go with the process; goes on without where that is not allowed."""
    if INSIDE in os.environ:
        return
    flags = "-m" if os.geteuid() == 0 else "-Urm"
    if shutil.which("unshare") and subprocess.run(["unshare", flags, "true"], capture_output=True).returncode == 0:
        os.environ[INSIDE] = "mounts"
        os.execvp("unshare", ["unshare", flags, sys.executable] + sys.argv)
    os.environ[INSIDE] = ""


def shim(folder):
    """Builds what stands before the C library; None where there is no compiler."""
    library = folder / "shim.so"
    built = subprocess.run(
        ["cc", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", HERE / "shim.c", "-o", library])
    return library if built.returncode == 0 else None


def row_text(row, injected, outcome, passed):
    return "| %-4s | %s | %s | %s |" % (row, injected, outcome.replace("|", "/"), passed)


def main():
    chosen = options()
    enter_mount_namespace()
    folder = Path(tempfile.mkdtemp(prefix="sluice-torture-"))
    print("seed %d, folder %s" % (chosen.seed, folder), flush=True)
    started, failed, skipped, passed = time.monotonic(), 0, 0, 0
    try:
        ground = Ground(chosen.command.resolve(), folder, chosen.seed, chosen.threads, chosen.share, shim(folder))
        print(row_text("row", "injected", "outcome", "passed") + "\n|---|---|---|---|", flush=True)
        for case in TABLE:
            if chosen.only and case.row not in chosen.only:
                continue
            began = time.monotonic()
            try:
                outcome, verdict = case.work(ground), "yes"
                passed += 1
            except Skipped as reason:
                outcome, verdict = str(reason), "not here"
                skipped += 1
            except Failure as failure:
                outcome, verdict = str(failure), "NO"
                failed += 1
            except Exception:
                outcome, verdict = traceback.format_exc(limit=-2).strip().replace("\n", " "), "NO"
                failed += 1
            seconds = "%.0f s" % (time.monotonic() - began)
            print(row_text(case.row, case.injected, outcome, "%s, %s" % (verdict, seconds)), flush=True)
        for row, reason in NOT_HERE.items():
            if not chosen.only or row in chosen.only:
                print(row_text(row, "", reason, "not here"))
                skipped += 1
    finally:
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
    minutes = (time.monotonic() - started) / 60
    print("%d passed, %d failed, %d not here, %.1f minutes, seed %d" % (passed, failed, skipped, minutes, chosen.seed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
