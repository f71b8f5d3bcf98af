"""Processes that draw and read beside this one: none is a copy of it, and none outlives it."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

_POOL = "import os, sys, time\nfrom policypress.processes import pool\n"


def test_no_process_is_a_copy_of_one_that_may_hold_locks() -> None:
    code = (
        "os.register_at_fork(before=lambda: print('forked', flush=True))\n"
        "with pool(2) as workers: print(*workers.map(abs, [-1, -2]), flush=True)\n"
    )
    done = subprocess.run([sys.executable, "-c", _POOL + code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "1 2\n", "")


def test_what_was_killed_leaves_no_process_behind() -> None:
    code = "workers = pool(1)\nprint(workers.submit(os.getpid).result(), flush=True)\ntime.sleep(600)\n"
    process = subprocess.Popen([sys.executable, "-c", _POOL + code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    worker = int(process.stdout.readline())
    assert _runs(worker)
    process.kill()
    process.wait()
    process.stdout.close()
    for _ in range(600):
        if not _runs(worker):
            return
        time.sleep(0.1)
    raise AssertionError(f"process {worker} is still there")


def _runs(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"  # ended, and nobody has asked how
