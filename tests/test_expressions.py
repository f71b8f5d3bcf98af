"""What is kept of compiled expressions is what `re` would have made of them."""

from __future__ import annotations

import importlib
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import policypress.checks
from policypress import expressions, nodes, wording
from policypress.expressions import compiled, keep

ROOT = Path(__file__).resolve().parents[1]
SAID = ["a", r"\b(?P<word>[a-z]+)(?:-(?P=word))?", "[^\\w–]+$", r"(?ai:Ä|ß)?\d++", "(?<!x)(?P<b>y)|z{2,}?"]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(expressions, "_file", lambda: str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(expressions, "_kept_new", [])
    expressions._kept.cache_clear()
    yield tmp_path / "kept"
    expressions._kept.cache_clear()


def ours() -> Iterator[Any]:
    modules = [nodes, wording]
    for found in pkgutil.iter_modules(policypress.checks.__path__):
        modules.append(importlib.import_module(f"policypress.checks.{found.name}"))
    for module in modules:
        for value in vars(module).values():
            if hasattr(value, "pattern") and hasattr(value, "flags"):
                yield value


def again() -> None:
    expressions._kept.cache_clear()
    expressions._kept_new.clear()


@pytest.mark.parametrize("flags", [0, re.I, re.I | re.M, re.S])
def test_a_kept_expression_is_the_same(file: Path, flags: int) -> None:
    for said in SAID:
        assert compiled(said, int(flags))[0] == re.compile(said, flags)
    keep()
    again()
    for said in SAID:
        one, other = compiled(said, int(flags))[0], re.compile(said, flags)
        assert (one, one.groups, one.groupindex, one.flags) == (other, other.groups, other.groupindex, other.flags)
    assert not expressions._kept_new  # each came out of the file


def test_all_of_ours_are_kept_as_re_makes_them(file: Path) -> None:
    found = {(each.pattern, int(each.flags)) for each in ours()}
    assert len(found) > 100
    for said, flags in found:
        compiled(said, flags)
    keep()
    again()
    assert all(compiled(said, flags)[0] == re.compile(said, flags) for said, flags in found)


def test_a_damaged_or_foreign_file_is_not_used(file: Path) -> None:
    compiled("a+b", 0)
    keep()
    whole = file.read_bytes()
    for place in (0, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        again()
        assert compiled("a+b", 0)[0] == re.compile("a+b")
        assert expressions._kept_new == ["a+b"]
    file.write_bytes(whole[:-3])
    again()
    assert compiled("a+b", 0)[0] == re.compile("a+b")


def test_nothing_is_written_where_python_keeps_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled("a+b", 0)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    keep()
    assert not file.exists()
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr(expressions, "_file", lambda: str(file / "no" / "folder"))
    keep()
    assert not list(file.parent.iterdir())


def test_without_the_halves_of_re_it_compiles(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expressions, "_THIS_PYTHON", b"")
    assert compiled("a+b", 2) == (re.compile("a+b", re.I), ())


def test_a_command_leaves_them_beside_the_bytecode(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(tmp_path)
    command = [sys.executable, "-m", "policypress", "check", "--source", str(ROOT / "source")]
    said = []
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
        said.append(done.stdout)
        (kept,) = tmp_path.rglob("*.kept")
        assert kept.stat().st_size > 10_000
    assert said[0] == said[1]
