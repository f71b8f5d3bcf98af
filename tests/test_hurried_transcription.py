"""A guideline typed in a hurry: `check` finds there what the careful version states as its queries.

The transcription holds a line `# finds: RULE… for QUERY` above each line where those rules must strike; QUERY is the id of
what the query of `source/oncology-imaging` stands on, with `#2` for the second one there. What no rule can find is
listed here, with the reason.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from policypress.checks import CHECKS, run_checks
from policypress.checks.check import LibraryView
from policypress.library import read_library

ROOT = Path(__file__).parent.parent
HURRIED = ROOT / "tests" / "cases" / "hurried-transcription"
_MARKER = re.compile(r"\s*# finds: (?P<rules>[A-Z]\d{3}(?: [A-Z]\d{3})*) for (?P<query>\S+)")

# Doubts that lie outside the words: about medicine, about what a plan wants, about what somebody's licensed file holds.
NOT_TO_BE_FOUND = {
    "pet": "that two whole sections are rival routes to one service is a matter of what the plan wants; a guideline may "
    "well have two",
    "ablation-guidance.2": "that not every ablation has an electrode is knowledge of the methods",
    "ablation-guidance.modality": "which ablation codes include the guidance stands in the licensed code file",
    "rendering-3d": "which of two rendering codes fits is not in the words, nor whether a fracture belongs to oncology",
    "rendering-3d.3": "that two scenarios mean the same planning is a matter of medicine: the words differ",
    "rendering-3d.4": "that the codes of angiography hold the 3D images stands in the licensed code file",
    "imaging-guidance.localization": "the sentence is clear; the doubt is whether the plan means it",
    "whole-body-mri.1.1.2": "which conditions are autoimmune ones of an oncology guideline is a matter of medicine",
}


class Marker(NamedTuple):
    query: str
    rules: tuple[str, ...]
    path: str
    line: int  # of what stands below the marker


@cache
def markers() -> tuple[Marker, ...]:
    found = []
    for path in sorted(HURRIED.rglob("*.yaml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, 1):
            if (match := _MARKER.fullmatch(line)) is not None:
                below = next(at for at in range(number, len(lines)) if not lines[at].lstrip().startswith("#"))
                where = path.relative_to(HURRIED).as_posix()
                found.append(Marker(match["query"], tuple(match["rules"].split()), where, below + 1))
    return tuple(found)


@cache
def findings() -> frozenset[tuple[str, int, str]]:
    return frozenset(
        (Path(finding.span.path).resolve().relative_to(HURRIED).as_posix(), finding.span.begin.line, finding.rule.id)
        for finding in run_checks(read_library(HURRIED))
    )


@cache
def queries() -> tuple[str, ...]:
    """Return what each query of the careful version stands on."""
    (guideline,) = LibraryView(read_library(ROOT / "source").library).guidelines
    found: list[str] = []
    times: Counter[str] = Counter()
    for section in guideline.sections:
        for passage in section.wording.passages:
            if passage.kind == "query":
                times[passage.id] += 1
                found.append(passage.id + (f"#{times[passage.id]}" if times[passage.id] > 1 else ""))
    return tuple(found)


@pytest.mark.parametrize("marker", markers(), ids=lambda marker: marker.query)
def test_the_defect_is_found_in_its_place(marker: Marker) -> None:
    missing = [rule for rule in marker.rules if (marker.path, marker.line, rule) not in findings()]
    assert not missing


def test_every_query_of_the_careful_version_is_accounted_for() -> None:
    found = {marker.query for marker in markers()}
    assert not found & NOT_TO_BE_FOUND.keys()
    assert sorted(queries()) == sorted(found | NOT_TO_BE_FOUND.keys())
    assert len(NOT_TO_BE_FOUND) <= len(queries()) / 10


def test_the_transcription_is_one_that_nobody_has_thought_about() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in sorted(HURRIED.rglob("sections/*.yaml")))
    assert not re.search(r"^\s*(?:query|fact|applies_when|unless|except_when|uses|rulings|coding_rules):", text, re.M)
    assert {check.id for check in CHECKS} >= {rule for marker in markers() for rule in marker.rules}


def test_the_output_is_the_same_in_every_run() -> None:
    said = {
        subprocess.run(
            [sys.executable, "-m", "policypress", "check", "--source", str(HURRIED), "--format", form],
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, text=True, check=False,
        ).stdout
        for form, seed in (("json", "1"), ("json", "2"), ("json", "3"))
    }  # fmt: skip
    assert len(said) == 1
