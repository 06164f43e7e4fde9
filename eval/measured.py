"""Runs a program and writes its CPU seconds, peak MB, exit code and wall seconds as JSON: measured.py REPORT PROGRAM [ARGUMENT...]

A process of its own, because a child's peak memory begins with that of the process that started it, and evaluate.py is large.
"""
import json, os, sys, time

began = time.monotonic()
pid = os.posix_spawnp(sys.argv[2], sys.argv[2:], os.environ)
_, status, usage = os.wait4(pid, 0)
wall = time.monotonic() - began
with open(sys.argv[1], "w") as report:
    json.dump([usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status), wall], report)
