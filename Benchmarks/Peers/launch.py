"""Runs a command and prints its wall seconds, CPU seconds, peak KiB and exit status: launch.py OUTPUT COMMAND…

A process of its own, which compare.py starts for each run: Linux counts the memory of whoever starts a program as the
program's own, and this one is small (some 10 MiB, below which no figure can fall). CPU time includes that of children;
the peak is that of the largest process.
"""
import os
import sys
import time

flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
started = time.monotonic()
child = os.posix_spawnp(
    sys.argv[2], sys.argv[2:], os.environ, file_actions=[(os.POSIX_SPAWN_OPEN, 1, sys.argv[1], flags, 0o600)])
_, status, usage = os.wait4(child, 0)
wall = time.monotonic() - started
print(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss, os.waitstatus_to_exitcode(status))
