"""A library with one bad input in it. What `check` says about it is recorded beside the case."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tests.examples import REGISTERS
from tests.hard.laid import LAID
from tests.hard.made import MADE

TEXTS = Path(__file__).parent.parent / "cases" / "hard"
GOOD = "id: good\ntitle: Good\neffect: covered\ncriteria:\n  text: The study changes the plan of treatment\n"
GUIDELINE = """\
id: example
title: Example
version: 1.0.0
status: draft
effective: 2026-01-01
chapters:
  - title: General
    sections: [{sections}]
"""
# What a case of this kind takes the place of.
SLOTS = {
    "section": "example/sections/hard.yaml",
    "guideline": "example/guideline.yaml",
    "vignette": "example/vignettes/hard.yaml",
    "statements": "example/statements.yaml",
    "codes": "registers/codes.yaml",
    "parameters": "registers/parameters.yaml",
}


class Case(NamedTuple):
    """One bad input: its name ("section/open-bracket") and what lays it into a source folder."""

    name: str
    lay: Callable[[Path], None]


def library(source: Path, *sections: str) -> None:
    """Write the good library around a bad input."""
    files = {**REGISTERS, "example/guideline.yaml": GUIDELINE.format(sections=", ".join(("good", *sections)))}
    for path, text in {**files, "example/sections/good.yaml": GOOD}.items():
        target = source / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")


def _written(slot: str, data: bytes) -> Callable[[Path], None]:
    def lay(source: Path) -> None:
        library(source, *(["hard"] if slot == "section" else []))
        target = source / SLOTS[slot]
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)

    return lay


def _laid(make: Callable[[Path], None]) -> Callable[[Path], None]:
    def lay(source: Path) -> None:
        library(source)
        make(source)

    return lay


CASES = (
    *(
        Case(f"{path.parent.name}/{path.stem}", _written(path.parent.name, path.read_bytes()))
        for path in sorted(TEXTS.glob("*/*.yaml"))
    ),
    *(Case(f"made/{name}", _written("section", data)) for name, data in MADE.items()),
    *(Case(f"laid/{name}", _laid(make)) for name, make in LAID.items()),
)
