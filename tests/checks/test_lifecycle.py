"""Life cycle: final guidelines, dates, retired ids; beyond the examples of the rules' pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import GUIDELINE, findings_of

FINAL = GUIDELINE.replace("draft", "final")
FULL = """\
# file: example/sections/pet-mri.yaml
id: pet-mri
title: PET-MRI
notes:
  - text: A note
    query: Is the note meant?
rulings:
  - effect: covered
    query:
      text: Is the ruling meant?
      answered: {by: A. Example, on: 2026-01-01, text: "Yes"}
    criteria:
      all:
        - id: pet-mri.change
          text: The study changes the plan of treatment
          documentation:
            - text: The plan
              query: |
                Which plan
                is meant?
        - text: PET/CT is not available
          unless:
            text: The provider asks for the study
coding_rules:
  - rule: report
    codes: [78813]
    query: When?
"""


def found(rule: str, block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id == rule]


def guideline(text: str, **keys: str) -> str:
    """A guideline.yaml with more keys, `last_review="…"`, behind its others."""
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"# file: example/guideline.yaml\n{text.format(sections='pet-mri')}{lines}"


def test_open_queries_wherever_they_stand(tmp_path: Path) -> None:
    findings = found("L103", FULL + guideline(FINAL), tmp_path)
    assert [(finding.span.begin, finding.node) for finding in findings] == [
        ((5, 12), "pet-mri"),
        ((17, 22), "pet-mri.change"),
        ((26, 12), "pet-mri.rule.1"),
    ]
    assert not found("L103", FULL + guideline(GUIDELINE), tmp_path)
    assert not found("L103", FULL + guideline(GUIDELINE.replace("draft", "retired")), tmp_path)


def test_ids_that_are_not_written(tmp_path: Path) -> None:
    findings = found("L104", FULL + guideline(FINAL), tmp_path)
    assert [(finding.span.begin.line, finding.message.split(" has ")[0]) for finding in findings] == [
        (7, "This ruling"),
        (12, "This group"),
        (20, "This criterion"),
        (22, "This criterion"),
        (24, "This coding rule"),
    ]
    assert not found("L104", FULL + guideline(GUIDELINE), tmp_path)


@pytest.mark.parametrize("more", ["", "codes: [78813]\nstrength: may\n"])
def test_the_ruling_of_the_short_form_needs_no_id(more: str, tmp_path: Path) -> None:
    section = f"id: pet-mri\ntitle: PET-MRI\neffect: covered\n{more}criteria:\n  all:\n    - id: pet-mri.1\n      text: It is urgent\n"
    findings = found("L104", f"# file: example/sections/a.yaml\n{section}{guideline(FINAL)}", tmp_path)
    assert [finding.node for finding in findings] == ["pet-mri.criteria"]


@pytest.mark.parametrize(
    ("keys", "raw"),
    [
        ({"until": "2025-12-31"}, "2025-12-31"),
        ({"until": "2026-01-01"}, ""),
        ({"last_review": "2026-11-01", "next_review": "2025-11-01"}, "2025-11-01"),
        ({"last_review": "2025-11-01", "next_review": "2026-11-01"}, ""),
        ({"next_review": "2020-01-01"}, ""),
    ],
)
def test_dates_in_order(keys: dict[str, str], raw: str, tmp_path: Path) -> None:
    findings = found("L105", FULL + guideline(GUIDELINE, **keys), tmp_path)
    assert [finding.span.raw for finding in findings] == ([raw] if raw else [])


def test_dates_of_a_code(tmp_path: Path) -> None:
    codes = """\
# file: registers/codes.yaml
- {code: "78813", system: CPT, label: PET, active: {from: 2020-01-01, until: 2019-12-31}}
- {code: "78815", system: CPT, label: PET, active: {from: 2020-01-01}}
"""
    (finding,) = found("L105", FULL + guideline(GUIDELINE) + codes, tmp_path)
    assert finding.span.raw == "2019-12-31"
    assert finding.message == "78813 is active from 2020-01-01 until 2019-12-31, which is earlier"


def test_retired_ids_of_guards_and_sections(tmp_path: Path) -> None:
    retired = (
        "\n  - {id: pet-mri, on: 2026-01-01}\n  - {id: pet-mri.change, on: 2026-01-01}\n  - {id: pet, on: 2026-01-01}"
    )
    findings = found("L106", FULL + guideline(GUIDELINE, retired=retired), tmp_path)
    assert [(finding.span.raw, finding.span.begin.line) for finding in findings] == [
        ("pet-mri", 1),
        ("pet-mri.change", 13),
    ]
    assert findings[1].related[0].span.begin == (11, 10)


def test_approval_is_asked_of_a_final_guideline_alone(tmp_path: Path) -> None:
    (finding,) = found("L107", FULL + guideline(FINAL), tmp_path)
    assert (finding.span.begin, finding.span.raw, finding.severity) == ((4, 9), "final", "warning")
    assert not found("L107", FULL + guideline(GUIDELINE), tmp_path)
    assert found("L107", FULL + guideline(FINAL, approved_by="[]"), tmp_path)


def revisions(*entries: tuple[str, str]) -> str:
    return "".join(f"\n  - {{version: {version}, date: {date}, summary: Change}}" for version, date in entries)


@pytest.mark.parametrize(
    ("entries", "line"),
    [
        ([("0.9.0", "2025-01-01"), ("1.0.0", "2026-01-01")], 0),
        ([("1.0.0", "2026-01-01"), ("0.9.0", "2025-01-01")], 0),  # the newest first
        ([("1.0.0", "2026-01-01"), ("0.9.0", "2026-01-01")], 0),  # both on one day
        ([("0.9.0", "2025-01-01")], 3),
        ([("0.8.0", "2025-01-01"), ("0.9.0", "2024-01-01"), ("1.0.0", "2026-01-01")], 11),
    ],
)
def test_revisions(entries: list[tuple[str, str]], line: int, tmp_path: Path) -> None:
    findings = found("L108", FULL + guideline(GUIDELINE, revisions=revisions(*entries)), tmp_path)
    assert [finding.span.begin.line for finding in findings] == ([line] if line else [])
