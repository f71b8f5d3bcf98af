"""Compiled expressions, kept from one run to the next beside Python's own bytecode.

The rules search with a hundred expressions, and `re` compiles each anew in every process: a sixth of a check. What it
makes of one is kept under its words and flags, so that it cannot grow stale, for this very Python, and with a checksum.
Where anything does not fit, or may not be written, the expression is compiled as ever.
"""

from __future__ import annotations

import marshal
import os
import re
import sys
from binascii import crc32
from functools import cache
from typing import Any

from policypress.beginnings import beginnings

# What its matches begin with, then what `re` hands to its engine: flags, steps (four bytes each), and the groups.
Made = tuple[tuple[str, ...], int, bytes, int, dict[str, int], tuple[str | None, ...]]

try:  # the two halves of `re`, which CPython has since 3.11
    import _sre
    from re import _compiler, _parser  # type: ignore[attr-defined]

    _THIS_PYTHON = f"{sys.version} {_sre.MAGIC} {_sre.CODESIZE}".encode() if __spec__.cached else b""
except (ImportError, AttributeError):
    _THIS_PYTHON = b""


def compiled(pattern: str, flags: int) -> tuple[re.Pattern[str], tuple[str, ...]]:
    """Return what `re.compile` returns, and what each match begins with, where that is known."""
    if not _THIS_PYTHON:
        return re.compile(pattern, flags), ()
    kept = _kept()
    made = kept.get((pattern, flags))
    if made is None:
        made = kept[pattern, flags] = _make(pattern, flags)
        _kept_new.append(pattern)
    starts, flags, steps, *groups = made
    return _sre.compile(pattern, flags, memoryview(steps).cast("I").tolist(), *groups), starts


_kept_new: list[str] = []


def _make(pattern: str, flags: int) -> Made:
    tree: Any = _parser.parse(pattern, flags)
    steps = b"".join([step.to_bytes(4, sys.byteorder) for step in _compiler._code(tree, flags)])
    groups = {number: name for name, number in tree.state.groupdict.items()}
    names = tuple([groups.get(number) for number in range(tree.state.groups)])
    starts = () if flags & re.I else beginnings(tree)
    return (starts, int(flags | tree.state.flags), steps, tree.state.groups - 1, tree.state.groupdict, names)


def _file() -> str:
    return f"{__spec__.cached}.kept"


@cache
def _kept() -> dict[tuple[str, int], Made]:
    try:
        with open(_file(), "rb") as file:  # noqa: PTH123  # half of what a path takes
            data = file.read()
    except OSError:
        return {}
    head = len(_THIS_PYTHON)
    if data[:head] != _THIS_PYTHON or data[head : head + 4] != crc32(data[head + 4 :]).to_bytes(4, "big"):
        return {}
    found: dict[tuple[str, int], Made] = marshal.loads(data[head + 4 :])
    return found


def keep() -> None:
    """Write what was compiled in this run, unless Python was told to keep nothing. A file is replaced as a whole."""
    if not _kept_new or sys.dont_write_bytecode:
        return
    body = marshal.dumps(_kept())
    name = f"{_file()}.{os.getpid()}"
    try:
        with open(name, "xb") as file:  # noqa: PTH123
            file.write(_THIS_PYTHON + crc32(body).to_bytes(4, "big") + body)
        os.replace(name, _file())  # noqa: PTH105
    except OSError:
        return
