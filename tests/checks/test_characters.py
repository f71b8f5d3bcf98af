"""Letters of other alphabets, letters for digits, and addresses; and the many signs that belong where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.checks import run_checks
from policypress.cli import main
from policypress.finding import Finding
from policypress.library import read_library
from tests.examples import findings_of, write_example

HEAD = "id: pet\ntitle: PET\neffect: covered\ncriteria:\n"


def alike(text: str, folder: Path) -> list[Finding]:
    return [one for one in findings_of(f"{HEAD}  text: {text}\n", folder) if one.rule.id == "W140"]


@pytest.mark.parametrize(
    ("text", "raw", "new"),
    [
        ("The РЕТ is planned", "РЕТ", "PET"),  # all Cyrillic
        ("The МRI was done", "МRI", "MRI"),
        ("The stΟdy was done", "stΟdy", "stOdy"),  # a Greek capital
        ("The study (CPT 7O553) was done", "7O553", "70553"),
        ("The study (CPT 7055З) was done", "", ""),
        ("The study (CPT 7Bl3З) was done", "", ""),
        ("The study (CPT 7B8I5) was done", "7B8I5", "78815"),
    ],
)
def test_what_looks_alike(text: str, raw: str, new: str, tmp_path: Path) -> None:
    found = alike(text, tmp_path)
    assert [one.span.raw for one in found] == ([raw] if raw else [])
    assert [edit.new for one in found for edit in one.edits] == ([new] if new else [])


@pytest.mark.parametrize(
    "text",
    [
        "β-hCG and α-fetoprotein are raised",
        "The dose is 5 µg",
        "NF-κB is active",
        "A naïve reader asks Zoë",
        "The Δ is above 2",
        "Code S0553 was reported",  # HCPCS
        "The score is 1O of 10 at SOLID",
        "ISBLO is a study",
        "РЕТ ТОМ",  # nothing in our alphabet beside it
    ],
)
def test_what_belongs_there(text: str, tmp_path: Path) -> None:
    assert alike(text, tmp_path) == []


@pytest.mark.parametrize(
    ("href", "odd"),
    [
        ("https://plan.example", False),
        ("http://plan.example/a/b.pdf?x=1#p", False),
        ("https://doi.org/10.1000/182", False),
        ("www.plan.example", True),
        ("javascript:alert(1)", True),
        ("file:///etc/passwd", True),
        ("https://user:secret@plan.example/", True),
        ("https://", True),
    ],
)
def test_addresses(href: str, odd: bool, tmp_path: Path) -> None:
    block = f'# file: registers/references.yaml\n- {{id: plan-2025, title: "Example plan", href: "{href}"}}\n'
    assert [one.rule.id for one in findings_of(block, tmp_path)] == (["W141"] if odd else [])


FINAL = """\
# file: example/guideline.yaml
id: example
title: Example
version: 1.0.0
status: {status}
effective: 2026-01-01
next_review: 2026-06-30
approved_by: [{{name: A. Example, role: Director, on: {approved}}}, {{name: B. Example, role: Reviewer, on: 2026-03-01}}]
chapters: []
"""


@pytest.mark.parametrize(
    ("status", "today", "overdue"),
    [("final", "2026-06-30", False), ("final", "2026-07-01", True), ("final", "", False), ("draft", "2027-01-01", False)],
)
def test_a_review_is_overdue_on_the_day_after(status: str, today: str, overdue: bool, tmp_path: Path) -> None:
    write_example(FINAL.format(status=status, approved="2025-12-01"), tmp_path)
    found = [one.rule.id for one in run_checks(read_library(tmp_path), today=today)]
    assert ("L110" in found) == overdue


def test_the_day_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    write_example(FINAL.format(status="final", approved="2025-12-01"), tmp_path / "source")
    monkeypatch.chdir(tmp_path)
    for day, overdue in ((1782777600, False), (1782864000, True)):  # 30 June and 1 July 2026
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day))
        assert main(["check"]) == 0
        assert ("L110" in capsys.readouterr().out) == overdue


@pytest.mark.parametrize(("status", "approved", "late"), [("final", "2026-01-01", False), ("final", "2026-01-02", True), ("draft", "2026-01-02", False)])
def test_the_first_approval_counts(status: str, approved: str, late: bool, tmp_path: Path) -> None:
    write_example(FINAL.format(status=status, approved=approved), tmp_path)
    assert ("L109" in [one.rule.id for one in run_checks(read_library(tmp_path))]) == late


@pytest.mark.parametrize(
    ("text", "words", "right"),
    [("The study (CPT ７８８１５) is asked for", "７８８１５", "78815"), ("Radiation ended １2 weeks ago", "１2", "12")],
)
def test_digits_of_another_width(text: str, words: str, right: str, tmp_path: Path) -> None:
    block = f"id: brain\ntitle: Brain\neffect: covered\ncodes: [70553]\ncriteria:\n  text: {text}\n"
    (finding,) = [one for one in findings_of(block, tmp_path) if one.rule.id == "W140"]
    assert finding.span.raw == words
    assert finding.help == f"write {right}"
    signs = block.replace(text, "The lesion has 5 cm² or H₂O")
    assert not [one for one in findings_of(signs, tmp_path / "signs") if one.rule.id == "W140"]
