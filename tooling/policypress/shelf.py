"""Reads files, and keeps what came of each: one that did not change since is not read again.

A command reads every file once. `serve` and whatever else watches the source keep their shelf from one reading to the
next, and get the very same object for a file that is unchanged, so that they can keep what they made of it too.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from policypress import reading
from policypress.decode.guideline import is_empty
from policypress.decode.kinds import Faults
from policypress.finding import Finding, Rule
from policypress.form_rules import SHAPE
from policypress.nodes import MAX_BYTES, parse
from policypress.record import NamedTuple
from policypress.text import Source, Span

T = TypeVar("T")
Decode = Callable[..., Any]  # of a source, its tree, the faults, and whatever else it needs
_SETTLED = 2_000_000_000  # nanoseconds; a file system may give two writes closer together the same time


class Stamp(NamedTuple):
    """What tells one state of a file from the next without reading it."""

    place: int  # its inode
    size: int
    modified: int
    changed: int


class Volume(NamedTuple):
    """One file as it was read: its text, what was made of it, and every fault found on the way."""

    source: Source | None = None  # None where it could not be read
    value: Any = None
    findings: tuple[Finding, ...] = ()
    how: tuple[Any, ...] = ()  # what made the value
    stamp: Stamp | None = None
    settled: bool = False  # so long untouched when it was read that its next state bears another stamp


class _Unreadable(Exception):
    def __init__(self, rule: Rule, message: str, help: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.help = help


class Shelf:
    """What was read of each file. `read` alone looks at the disk."""

    def __init__(self) -> None:
        self._volumes: dict[str, Volume] = {}
        self._made: dict[str, Any] = {}

    def read(self, name: str, shown: str, decode: Decode, *more: Any) -> Volume:
        """Read and decode a file, or give what came of it before if nothing changed. `shown` is its name for people."""
        kept = self._volumes.get(name)
        how = (decode, *more)
        now = time.time_ns()
        try:
            status = os.stat(name)  # noqa: PTH116
            stamp = Stamp(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
            if kept is not None and kept.settled and kept.stamp == stamp and kept.how == how:
                return kept
            text = _text(name, status)
        except OSError as error:
            fault = _Unreadable(
                reading.UNREADABLE, f"The file cannot be read: {error.strerror or error}", "mend its permissions"
            )
        except _Unreadable as error:
            fault = error
        else:
            settled = now - max(stamp.modified, stamp.changed) > _SETTLED
            if kept is not None and kept.source is not None and kept.source.text == text and kept.how == how:
                volume = kept._replace(stamp=stamp, settled=settled)
            else:
                source = Source(shown, text, name)
                volume = Volume(source, *_decoded(source, decode, more), how, stamp, settled)
            self._volumes[name] = volume
            return volume
        self._volumes.pop(name, None)
        nowhere = Span(Source(shown, "", name), 0, 0)
        return Volume(findings=(Finding(fault.rule, fault.message, nowhere, fault.help),))

    def same(self, name: str, made: T) -> T:
        """Return what was put here under this name before, if it is equal."""
        before: T | None = self._made.get(name)
        if before is not None and before == made:
            return before
        self._made[name] = made
        return made


def _decoded(source: Source, decode: Decode, more: tuple[Any, ...]) -> tuple[Any, tuple[Finding, ...]]:
    root, findings = parse(source)
    if root is not None and not is_empty(root):
        faults = Faults()
        value = decode(source, root, faults, *more)
        return value, (*findings, *faults.findings)
    if not findings:
        findings = [Finding(SHAPE, "The file holds nothing", Span(source, 0, 0), "write its keys, or remove it")]
    return None, tuple(findings)


def _text(name: str, status: os.stat_result) -> str:
    if not stat.S_ISREG(status.st_mode):
        kind = "a folder" if stat.S_ISDIR(status.st_mode) else "no ordinary file"
        raise _Unreadable(reading.UNREADABLE, f"{Path(name).name} is {kind}", "put a file of text in its place")
    if status.st_size > MAX_BYTES:
        message = f"The file has {status.st_size:,} bytes; the limit is {MAX_BYTES:,}"
        raise _Unreadable(reading.TOO_LARGE, message, "split it into several sections")
    descriptor = os.open(name, os.O_RDONLY | getattr(os, "O_BINARY", 0))  # a third of what a file object costs
    try:
        data = os.read(descriptor, status.st_size + 1)
        while len(data) != status.st_size and (more := os.read(descriptor, MAX_BYTES)):  # it was changed meanwhile
            data += more
    finally:
        os.close(descriptor)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _Unreadable(
            reading.UNREADABLE, f"The file is not UTF-8 text: line {line} holds the byte 0x{data[error.start]:02X}",
            "save it as UTF-8",
        ) from None  # fmt: skip
