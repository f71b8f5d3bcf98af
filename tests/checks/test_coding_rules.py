"""Coding rules that say the contrary of each other, and combinations written as a list."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples import findings_of

WITH = "  - {rule: report_with, codes: [78813], with: [76498]}\n"
MAY = "  - {rule: may_report_with, codes: [78813], with: [76498]}\n"
NOT = "  - {rule: not_with, codes: [76498], with: [78813]}\n"
ONE = "  - {rule: report_instead_of, codes: [20982], instead_of: [77012]}\n"
TWO = "  - {rule: report_instead_of, codes: [77012], instead_of: [20982]}\n"
UNIT = "  - {rule: units_per_encounter, codes: [78813], units: 1}\n"
UNITS = "  - {rule: units_per_encounter, codes: [78813, 76498], units: 2}\n"


def lines(block: str, folder: Path, rule: str) -> list[int]:
    return [finding.span.begin.line for finding in findings_of(block, folder) if finding.rule.id == rule]


@pytest.mark.parametrize(
    ("rules", "at"),
    [
        (WITH + NOT, [5]),
        (NOT + WITH, [4]),
        (MAY + NOT, [5]),
        ("  - {rule: report_with, codes: [78813, 76498]}\n" + NOT, [5]),
        ("  - {rule: report_with, codes: [78813], with: [76498-76499]}\n" + NOT, [5]),
        (ONE + TWO, [5]),
        (UNIT + UNITS, [5]),
        (WITH + MAY, []),
        (ONE + ONE, []),
        (UNIT + UNIT, []),
        (WITH + NOT.replace("}", ", when: The study is repeated}"), []),
        (WITH + NOT.replace("}", ", strength: generally}"), []),
        (WITH + NOT.replace("76498", "76498-59"), []),
        (WITH.replace("[76498]", "{modality: MRI, role: diagnostic}") + NOT, []),
    ],
)
def test_contrary_rules(rules: str, at: list[int], tmp_path: Path) -> None:
    assert lines(f"id: pet\ntitle: PET\ncoding_rules:\n{rules}", tmp_path, "C114") == at


def test_contrary_rules_of_two_sections(tmp_path: Path) -> None:
    block = (
        f"# file: example/sections/one.yaml\nid: one\ntitle: One\ncoding_rules:\n{WITH}"
        f"# file: example/sections/two.yaml\nid: two\ntitle: Two\ncoding_rules:\n{NOT}"
    )
    (finding,) = [one for one in findings_of(block, tmp_path) if one.rule.id == "C114"]
    assert finding.span.path.endswith("two.yaml") and finding.related[0].span.path.endswith("one.yaml")
    assert finding.message == "CPT 76498 and CPT 78813 are kept apart here, and reported together in one.rule.1"


SECTION = """\
id: pet-mri
title: PET-MRI
effect: covered
codes: [78813, 76498]
criteria:
  text: {words}
  codes: [78813, 76498]
"""


@pytest.mark.parametrize(
    ("words", "rules", "at"),
    [
        ("The study is reported as CPT 78813 + CPT 76498", "", [6]),
        ("The study is CPT 78813 with 76498", "", [6]),
        ("The study is CPT 78813 plus CPT 76498", "", [6]),
        ("The study is CPT 78813 plus CPT 76498", "coding_rules:\n" + WITH, []),
        ("The study is CPT 78813 plus CPT 76498", "coding_rules:\n" + NOT, []),
        ("The study is CPT 78813 or CPT 76498", "", []),
        ("The study is CPT 78813, not done with CPT 76498", "", []),
    ],
)
def test_combinations(words: str, rules: str, at: list[int], tmp_path: Path) -> None:
    assert lines(SECTION.format(words=words) + rules, tmp_path, "C115") == at
