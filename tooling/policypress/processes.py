"""Processes beside this one, to draw and to read several guidelines at once."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_all_start_methods, get_context, parent_process
from threading import Thread


def pool(pieces: int) -> ProcessPoolExecutor:
    """Return a pool for some pieces of work.

    Its processes are no forks of this one, which may have drawn text: Pango keeps threads, and a copy of a process
    waits for ever for a lock that a thread held. They are forks of a server that has loaded no more than we know.
    """
    context = get_context("forkserver" if "forkserver" in get_all_start_methods() else "spawn")
    context.set_forkserver_preload(["policypress.publish", "policypress.verify.proof"])
    return ProcessPoolExecutor(min(pieces, os.cpu_count() or 1), context, _end_with_parent)


def _end_with_parent() -> None:
    """Let a process of a pool end when the one that works with it was killed; it would wait for more work."""
    Thread(target=_wait_for_parent, daemon=True).start()


def _wait_for_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
