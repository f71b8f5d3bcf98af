"""Checks a source again whenever a file of it is saved."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from policypress.library import Read, read_library
from policypress.shelf import Shelf

States = tuple[tuple[str, int, int, int, int], ...]
_LOOK = 0.1  # seconds between two looks at the files


def watch(source: Path, check: Callable[[Read], None], stopped: Callable[[], bool] = lambda: False) -> None:
    """Read a source and hand it to `check`, now and after every change of a file, until stopped.

    Files that did not change are not read again, and what they hold is the very same object as before.
    """
    shelf = Shelf()
    before: States | None = None
    while not stopped():
        now = tuple(states(source))
        if now == before:
            time.sleep(_LOOK)
            continue
        first, before = before is None, now
        check(read_library(source, shelf))
        if first:
            gc.collect()
            gc.freeze()  # the library stays: looking through it for garbage would take longer than a check


def states(folder: Path) -> Iterator[tuple[str, int, int, int, int]]:
    """Yield what tells each file below a folder from its last state. Links to folders are not read, so not followed."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        try:
            if entry.is_dir(follow_symlinks=False):
                yield from states(Path(entry.path))
            else:
                status = entry.stat()  # of a link: of the file it leads to, which is what is read
                yield entry.path, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        except OSError:
            continue
