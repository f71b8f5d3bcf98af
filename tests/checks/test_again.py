"""Checking again what changed finds what checking everything finds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from policypress.checks import run_checks
from policypress.checks.check import SectionView
from policypress.finding import Finding
from policypress.library import read_library
from policypress.shelf import Shelf

LIBRARY = Path(__file__).parent.parent / "library"
HOME = "sleep-and-anesthesia"


def said(finding: Finding) -> tuple[object, ...]:
    span = finding.span
    return (
        *finding.order, finding.severity, finding.help, finding.place, finding.node, span.begin, span.finish,
        [(label.message, label.span.path, label.span.begin) for label in finding.related],
        [(edit.new, edit.span.begin) for edit in finding.edits],
    )  # fmt: skip


class Again:
    """A library that is checked after each edit, with what is kept and without."""

    def __init__(self, source: Path) -> None:
        self.source = source
        self.shelf = Shelf()
        self.kept: dict[int, SectionView] = {}
        self.check()

    def check(self) -> int:
        """Check, compare, and return how many sections were looked at anew."""
        read = read_library(self.source, self.shelf)
        before = [view.found for view in self.kept.values()]
        found = run_checks(read, kept=self.kept)
        fresh = [view for view in self.kept.values() if all(view.found is not one for one in before)]
        plain = run_checks(read_library(self.source))
        assert [said(one) for one in found] == [said(one) for one in plain]
        return len(fresh)

    def edit(self, path: str, old: str, new: str) -> int:
        file = self.source / path
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), encoding="utf-8")
        return self.check()


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Again]:
    shutil.copytree(LIBRARY, tmp_path / "source")
    yield Again(tmp_path / "source")


def test_nothing_changed(again: Again) -> None:
    assert again.check() == 0


def test_one_section(again: Again) -> None:
    assert (
        again.edit(f"{HOME}/sections/children.yaml", "Snoring is heard", "Snoring may be heard, or it is not heard")
        == 1
    )
    assert again.edit(f"{HOME}/sections/children.yaml", "effect: covered", "effekt: covered") == 1
    assert again.edit(f"{HOME}/sections/children.yaml", "effekt: covered", "effect: covered") == 1


def test_a_section_that_others_point_at(again: Again) -> None:
    pointed = again.source / HOME / "sections" / "general.yaml"
    text = pointed.read_text(encoding="utf-8")
    pointed.unlink()
    again.check()
    pointed.write_text(text, encoding="utf-8")
    again.check()


def test_a_register_that_all_share(again: Again) -> None:
    codes = again.source / "registers" / "codes.yaml"
    text = codes.read_text(encoding="utf-8")
    codes.write_text("[]\n", encoding="utf-8")
    assert again.check() > 3
    codes.write_text(text, encoding="utf-8")
    assert again.check() > 3
    assert again.check() == 0


def test_the_guideline_itself(again: Again) -> None:
    """Its day decides which codes are active, its status what may be open."""
    file = again.source / HOME / "guideline.yaml"
    text = file.read_text(encoding="utf-8")
    day = next(line for line in text.splitlines() if line.startswith("effective:"))
    again.edit(f"{HOME}/guideline.yaml", day, "effective: 1990-01-01")
    again.edit(f"{HOME}/guideline.yaml", "status: final", "status: draft")
    file.write_text(text, encoding="utf-8")
    again.check()


def test_the_ledger(again: Again) -> None:
    for ledger in again.source.rglob("statements.yaml"):
        ledger.write_text("[]\n", encoding="utf-8")
        again.check()
        ledger.unlink()
        again.check()


def test_a_guideline_that_goes(again: Again) -> None:
    shutil.rmtree(again.source / HOME)
    again.check()
