"""Cases that come out otherwise than they expect: where that is told, and when it is not."""

from __future__ import annotations

from pathlib import Path

from policypress.finding import Finding
from tests.examples import findings_of

FILES = """\
# file: example/sections/pet-mri.yaml
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  any:
    - The study changes the plan of treatment
    - PET/CT is not available
# file: example/vignettes/first.yaml
id: first
asks: {section: pet-mri}
facts: {pet-mri.1: not_met, pet-mri.2: met}
"""


def of_cases(block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id[0] == "V"]


def test_the_expected_verdict_is_marked_and_the_ruling_is_shown(tmp_path: Path) -> None:
    (finding,) = of_cases(FILES + "expect:\n  deciding: [pet-mri.2]\n  verdict: not_met\n", tmp_path)
    assert finding.rule.id == "V101"
    assert finding.message == "The case first comes out as met, and it expects not_met"
    assert (finding.span.begin.line, finding.span.raw) == (6, "not_met")
    assert [(label.span.begin.line, label.message) for label in finding.related] == [(1, "pet-mri.ruling is met")]


def test_another_reason_is_a_warning_of_its_own(tmp_path: Path) -> None:
    (finding,) = of_cases(FILES + "expect: {verdict: met, deciding: [pet-mri.1]}\n", tmp_path)
    assert (finding.rule.id, finding.severity.value, finding.span.raw) == ("V102", "warning", "deciding")
    assert "decided by pet-mri.2, and it expects pet-mri.1" in finding.message


def test_a_case_that_expects_nothing_says_nothing(tmp_path: Path) -> None:
    assert not of_cases(FILES, tmp_path)


def test_a_case_that_asks_for_what_is_not_there_is_not_run(tmp_path: Path) -> None:
    assert not of_cases(FILES.replace("section: pet-mri", "section: pet-ct") + "expect: {verdict: met}\n", tmp_path)


def test_no_case_is_run_while_a_file_cannot_be_read(tmp_path: Path) -> None:
    broken = "# file: example/sections/other.yaml\nid: other\ntitle: [\n"
    wrong = FILES + "expect: {verdict: not_met}\n"
    assert of_cases(wrong, tmp_path / "whole")
    assert not of_cases(wrong + broken, tmp_path / "broken")


def test_a_case_may_ask_for_a_code(tmp_path: Path) -> None:
    expect = "expect: {verdict: criteria_not_met}\n"
    (finding,) = of_cases(FILES.replace("section: pet-mri", "code: 78813") + expect, tmp_path)
    assert finding.message == "The case first comes out as criteria_met, and it expects criteria_not_met"
