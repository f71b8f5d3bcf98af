"""Tries bad inputs: `python -m tests.hard.trial FOLDER`, where each folder in FOLDER holds a `source`.

Each is tried in a process of its own that may read only what anybody may, with a second of CPU time for `check` and 300 MB in all; it is
killed when it needs more. Prints what came of each as JSON.
"""

from __future__ import annotations

import calendar  # noqa: F401  # asked for late, when nobody may read where Python lies
import html.entities  # noqa: F401
import json
import math
import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from policypress import cli
from policypress.library import read_library
from tests.examples import write_example

SECONDS = 1
BYTES = 300 << 20
PATIENCE = 300  # seconds on the clock, of a machine that may be busy; who waits for a pipe uses no CPU time
NOBODY = 65534
SOURCE = Path("source")
# Something of everything, with faults.
GOOD = """\
# file: example/sections/a.yaml
id: a
title: A &amp; B
effect: covered
criteria:
  txt: ABC etc.
# file: example/vignettes/a.yaml
id: a-case
title: A case
asks: {section: a}
on: 2026-03-01
facts:
  since-radiation: 14 wk
expect:
  verdict: met
"""


def main() -> None:
    folder = Path(sys.argv[1])
    _warm()
    sys.stdout.write(json.dumps({case.name: _tried(case) for case in sorted(folder.iterdir())}))


def _warm() -> None:
    """Load what the commands load when they need it: who is nobody may not be able to."""
    shown = os.dup(1), os.dup(2)
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        write_example(GOOD, Path(name, "source"))
        os.chdir(name)
        silence = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(silence, stream)
        for command in COMMANDS.values():
            command()
        sys.stdout.flush()
        sys.stderr.flush()
        os.chdir(here)
    for descriptor, stream in zip(shown, (1, 2), strict=True):
        os.dup2(descriptor, stream)


def _tried(case: Path) -> dict[str, Any]:
    """Run each command on a case, in one process; what it said, and the status of each that ended."""
    files = [case / f"{name}.{stream}" for name in COMMANDS for stream in ("out", "err")]
    descriptors = [os.open(file, os.O_RDWR | os.O_CREAT | os.O_TRUNC) for file in files]
    statuses, write_end = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.chdir(case)
            _limit()
            for at, command in enumerate(COMMANDS.values()):
                os.dup2(descriptors[2 * at], 1)
                os.dup2(descriptors[2 * at + 1], 2)
                status = command()
                sys.stdout.flush()
                sys.stderr.flush()
                os.write(write_end, bytes([status]))
                _allow_more()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
            os._exit(70)
    os.close(write_end)
    for descriptor in descriptors:
        os.close(descriptor)
    ended = os.read(statuses, len(COMMANDS))
    while len(ended) < len(COMMANDS) and (more := os.read(statuses, len(COMMANDS))):
        ended += more
    os.close(statuses)
    _, result = os.waitpid(child, 0)
    texts = [file.read_text(encoding="utf-8", errors="backslashreplace") for file in files]
    killed = os.waitstatus_to_exitcode(result)
    return {
        name: {"status": ended[at] if at < len(ended) else killed, "out": texts[2 * at], "err": texts[2 * at + 1]}
        for at, name in enumerate(COMMANDS)
    }


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, resource.RLIM_INFINITY))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(PATIENCE)
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)


def _allow_more() -> None:
    """Let the other commands take longer: `fmt` keeps comments, with a loader that is twenty times slower."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = math.ceil(used.ru_utime + used.ru_stime) + 20 * SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    signal.alarm(PATIENCE)


def _skipped() -> int:
    """Print the files that were neither read nor named in a finding, with the folder they lie in or without."""
    read = read_library(SOURCE)
    known = {source.path for source in read.library.sources} | {finding.span.path for finding in read.findings}
    for folder, folders, files in os.walk(SOURCE):
        links = [name for name in folders if os.access(folder, os.X_OK) and Path(folder, name).is_symlink()]
        for path in (Path(folder, name) for name in (*files, *links)):
            if not {path.as_posix(), *(above.as_posix() for above in path.parents)} & known:
                print(os.fsencode(path))
    return 0


COMMANDS: dict[str, Callable[[], int]] = {
    "check": lambda: cli.main(["check"]),
    "json": lambda: cli.main(["check", "--format", "json"]),
    "fmt": lambda: cli.main(["fmt", "--check"]),
    "skipped": _skipped,
}

if __name__ == "__main__":
    main()
