"""Checking again what changed finds what checking everything finds."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from policypress.checks import CHECKS, run_checks
from policypress.checks.check import SectionView
from policypress.finding import Finding
from policypress.library import read_library
from policypress.shelf import Shelf
from tests.examples import write_example

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


POINTING = """\
# file: example/sections/a.yaml
id: a
title: A
effect: covered
criteria:
  all:
    - text: The individual meets the criteria for B
      see: b
    - not:
        text: The tumor is a glioma
        fact: dx.glioma
# file: example/sections/b.yaml
id: b
title: B
effect: covered
criteria:
  text: The individual meets the criteria for C
  see: c
# file: example/sections/c.yaml
id: c
title: C
effect: covered
criteria:
  id: c.1
  text: The tumor is a lymphoma
  fact: dx.lymphoma
# file: example/sections/d.yaml
id: d
title: D
effect: covered
criteria:
  all:
    - id: d.1
      text: It is so
    - not: It is so
# file: example/sections/e.yaml
id: e
title: E
effect: covered
codes: [78813]
criteria:
  all:
    - text: The tumor is a glioma
      fact: dx.glioma
    - The study changes the plan of treatment
# file: example/sections/f.yaml
id: f
title: F
effect: covered
codes: [78813]
criteria:
  text: The tumor is a glioma
  fact: dx.glioma
"""


class Pointing(Again):
    def __init__(self, source: Path) -> None:
        write_example(POINTING, source)
        super().__init__(source)

    def rules(self) -> set[tuple[str, str]]:
        found = run_checks(read_library(self.source, self.shelf), kept=self.kept)
        return {(one.rule.id, one.section) for one in found}


def test_a_proof_that_runs_through_other_sections(tmp_path: Path) -> None:
    """A can never be met as soon as C, which it reaches through B, asks for what A excludes."""
    again = Pointing(tmp_path)
    assert ("S210", "a") not in again.rules()
    assert again.edit("example/sections/c.yaml", "fact: dx.lymphoma", "fact: dx.glioma") == 1
    assert ("S210", "a") in again.rules()
    again.edit("example/sections/b.yaml", "see: c", "fact: dx.lymphoma")
    assert ("S210", "a") not in again.rules()


def test_words_that_become_a_fact_elsewhere(tmp_path: Path) -> None:
    """D asks for some words and excludes them. Once C names the first as a fact, they are two questions."""
    again = Pointing(tmp_path)
    assert ("S210", "d") in again.rules()
    again.edit("example/sections/c.yaml", "fact: dx.lymphoma", "fact: another")
    assert again.edit("example/sections/c.yaml", "fact: another", "fact: d.1") == 1
    assert ("S210", "d") not in again.rules()
    again.edit("example/sections/c.yaml", "fact: d.1", "fact: dx.lymphoma")
    assert ("S210", "d") in again.rules()


def test_the_first_ruling_that_excludes(tmp_path: Path) -> None:
    """Only now what other sections ask is compared with something."""
    again = Pointing(tmp_path)
    assert ("S216", "e") not in again.rules()
    assert again.edit("example/sections/f.yaml", "effect: covered", "effect: not_covered") == 1
    assert ("S216", "e") in again.rules()
    again.edit("example/sections/f.yaml", "effect: not_covered", "effect: covered")
    assert ("S216", "e") not in again.rules()


def test_what_one_section_says_is_forgotten_with_it(again: Again) -> None:
    """Views of sections that are gone hold nothing, and none holds what the checks of a section alone ask for."""
    gone = next(view for view in again.kept.values() if view.section.source.path.endswith("children.yaml"))
    assert gone.notes
    again.edit(f"{HOME}/sections/children.yaml", "Snoring is heard", "Snoring is loud")
    assert (gone.notes, gone.found, gone.proven) == ({}, None, None)
    assert all("words" not in vars(view) for view in again.kept.values())


def test_a_guideline_in_which_nothing_changed_is_not_looked_at(again: Again, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    check = next(one for one in CHECKS if one.id == "S101")
    run = check.run
    monkeypatch.setitem(vars(check), "run", lambda view: (looked.append(view.guideline.id), *run(view))[1:])
    again.edit(f"{HOME}/sections/children.yaml", "Snoring is heard", "Snoring is loud")
    homes = [one.id for one in read_library(again.source).library.guidelines]
    assert looked == [HOME, *homes]  # again, then anew
