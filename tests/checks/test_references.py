"""References: pointers of all kinds; beyond the examples of the rules' pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import GUIDELINE, findings_of

HEAD = "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n"
CODED = HEAD.replace("criteria:", "codes: [78813]\ncriteria:")
STAGING = """\
# file: example/sections/staging.yaml
id: staging
title: Staging
rulings:
  - id: staging.ct
    effect: covered
    codes: [78815]
    criteria:
      id: staging.first
      text: The study is the first
coding_rules:
  - id: staging.report
    rule: report
    codes: [78815]
"""


def found(rule: str, block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id == rule]


def pointing(see: str, rest: str = "") -> str:
    """One section with a `see`, beside the section on staging."""
    section = (
        f"{CODED}  all:\n    - PET/CT is not available\n    - text: The criteria are met\n      see: {see}\n{rest}"
    )
    return f"# file: example/sections/pet-mri.yaml\n{section}{STAGING}"


@pytest.mark.parametrize(
    "see",
    [
        "staging", "staging.ct", "staging.first", "example/staging", "{code: 78815}", "{code: 78815-26}",
        '{external: "the guideline on lymphoma"}',
    ],
)  # fmt: skip
def test_pointers_that_lead_somewhere(see: str, tmp_path: Path) -> None:
    assert not found("R101", pointing(see), tmp_path)
    assert not found("R102", pointing(see), tmp_path)


@pytest.mark.parametrize(
    ("see", "raw", "help"),
    [
        ("stagin", "stagin", "did you mean staging?"),
        ("staging.frist", "staging.frist", "did you mean staging.first?"),
        ("exmple/staging", "exmple/staging", "did you mean example/staging?"),
        ("example/stagng", "example/stagng", "did you mean example/staging?"),
        ("{code: 78816}", "78816", "did you mean 78815?"),
        ("{code: brain}", "brain", "mend the code"),
        ("staging.report", "staging.report", "name a section, a ruling or a criterion"),
        ("quite-another", "quite-another", "external"),
    ],
)
def test_pointers_that_lead_nowhere(see: str, raw: str, help: str, tmp_path: Path) -> None:
    (finding,) = found("R101", pointing(see), tmp_path)
    assert finding.span.begin.line == 9
    assert finding.span.raw == raw
    assert help in finding.help
    assert finding.node == "pet-mri.2"


def test_overrides_takes_sections_and_rulings(tmp_path: Path) -> None:
    block = pointing("staging", "overrides: [staging.ct, staging, staging.first, stagging]\n")
    findings = found("R101", block, tmp_path)
    assert [(finding.span.raw, *finding.span.begin) for finding in findings] == [
        ("staging.first", 10, 34),
        ("stagging", 10, 49),
    ]
    assert findings[0].message == "staging.first is a criterion, and overrides takes a section or a ruling"


def test_a_retired_target_is_led_on(tmp_path: Path) -> None:
    guideline = GUIDELINE.format(sections="pet-mri, staging")
    guideline += "retired:\n  - {id: stage, on: 2026-02-01, successor: staging}\n"
    block = pointing('"stage"') + f"# file: example/guideline.yaml\n{guideline}"
    (finding,) = found("R101", block, tmp_path)
    assert finding.message == "stage was retired on 2026-02-01; staging took its place"
    (edit,) = finding.edits
    text = edit.span.source.text
    assert text[: edit.span.start] + edit.new + text[edit.span.end :] == text.replace('"stage"', '"staging"')
    assert finding.related[0].span.path.endswith("guideline.yaml")


def test_an_id_in_a_file_that_cannot_be_read_is_not_said_to_be_missing(tmp_path: Path) -> None:
    block = pointing("staging.ct").replace("title: Staging", "title: Staging: all")
    assert {finding.rule.id for finding in findings_of(block, tmp_path)} == {"Y010"}
    block = pointing("staging.first").replace("text: The study is the first", "txt: The study is the first")
    assert not found("R101", block, tmp_path)


@pytest.mark.parametrize("see", ["pet-mri", "pet-mri.ruling", "pet-mri.criteria", "pet-mri.2", "example/pet-mri"])
def test_a_pointer_to_what_it_is_part_of(see: str, tmp_path: Path) -> None:
    (finding,) = found("R102", pointing(see), tmp_path)
    assert (finding.span.raw, *finding.span.begin) == (see, 9, 12)
    assert finding.message == f"pet-mri.2 points to {see}, which it is{'' if see == 'pet-mri.2' else ' part of'}"


def test_a_circle_through_a_guard_and_a_code(tmp_path: Path) -> None:
    guard = "      applies_when:\n        id: staging.when\n        text: PET-MRI fits\n        see: pet-mri\n"
    block = pointing("{code: 78815}").replace(
        "      text: The study is the first\n", f"      text: The study is the first\n{guard}"
    )
    (finding,) = found("R102", block, tmp_path)
    assert finding.message == (
        "pet-mri.2 points to the determination for 78815, where staging.when points to pet-mri, "
        "and so back to pet-mri.2"
    )
    assert [(label.span.raw, label.span.begin.line) for label in finding.related] == [("pet-mri", 13)]
    # A ruling that takes no part in the determination for a code closes no circle through it.
    rest = "codes: [78815]\n    crit"
    assert not found("R102", block.replace(rest, f"complete: false\n    {rest}"), tmp_path)
    assert not found("R102", block.replace(rest, "codes: [76498]\n    crit"), tmp_path)
    assert found("R102", block.replace(rest, "services: [PET/CT]\n    crit"), tmp_path)
    assert found("R102", block.replace(rest, "codes: [78811-78816]\n    crit"), tmp_path)


def test_a_ruling_about_every_service_is_part_of_each_determination(tmp_path: Path) -> None:
    (finding,) = found("R102", pointing("{code: 78815}").replace("codes: [78813]\n", ""), tmp_path)
    assert finding.message == "pet-mri.2 points to the determination for 78815, which asks for it"
    assert finding.help.startswith("name the codes or services of its ruling")
    assert not found("R102", pointing("{code: 70553}").replace("codes: [78813]\n", ""), tmp_path)


def test_a_circle_over_two_guidelines_is_told_once(tmp_path: Path) -> None:
    other = GUIDELINE.format(sections="rental").replace("id: example", "id: other")
    block = (
        pointing("other/rental")
        + f"# file: other/guideline.yaml\n{other}"
        + """\
# file: other/sections/rental.yaml
id: rental
title: Rental
effect: covered
criteria:
  text: The criteria for PET-MRI are met
  see: example/pet-mri
"""
    )
    (finding,) = found("R102", block, tmp_path)
    assert "pet-mri.2 points to other/rental, where rental.1 points to example/pet-mri" in finding.message
    assert not found("R102", block.replace("see: example/pet-mri", "see: example/staging"), tmp_path)


def test_two_ways_to_one_end_are_no_circle(tmp_path: Path) -> None:
    block = pointing("staging", "    - text: The study is the first\n      see: staging.first\n")
    assert not found("R102", block, tmp_path)


def test_a_coding_rule_is_no_part_of_the_verdict_of_its_section(tmp_path: Path) -> None:
    rule = "    when:\n      text: PET-MRI is covered\n      see: pet-mri\n"
    assert not found("R102", pointing("staging") + rule, tmp_path)


def test_successors(tmp_path: Path) -> None:
    guideline = (
        GUIDELINE.format(sections="pet-mri, staging")
        + """\
retired:
  - {successor: stagin, id: one, on: 2026-02-01}
  - {id: two, on: 2026-02-01, successor: three}
  - {id: three, on: 2026-02-01, successor: stagin}
  - {id: four, on: 2026-02-01, successor: example/staging.ct}
"""
    )
    findings = found("R104", pointing("staging") + f"# file: example/guideline.yaml\n{guideline}", tmp_path)
    assert [(finding.span.raw, finding.span.begin) for finding in findings] == [
        ("stagin", (10, 17)),
        ("stagin", (12, 44)),
    ]
    assert {finding.help for finding in findings} == {"did you mean staging?"}


@pytest.mark.parametrize(
    ("words", "target", "found"),
    [
        ("The individual meets the criteria for MRI", "pet", True),
        ("The individual meets the criteria for MRI.", "pet.one", True),
        ("The individual meets the criteria for PET", "pet", False),
        ("The individual meets the criteria for CT", "both", False),  # PET/CT has something of CT
        ("The individual meets the criteria for MRI-guided biopsy", "pet", False),
        ("The individual meets the criteria for surgery", "pet", False),
        ("The individual meets the criteria for MRI", "none", False),
    ],
)
def test_see_leads_to_criteria_for_another_study(words: str, target: str, found: bool, tmp_path: Path) -> None:
    def page(id: str, codes: str, criteria: str) -> str:
        ruling = f"  - id: {id}.one\n    effect: covered\n{codes}    criteria:\n{criteria}"
        return f"# file: example/sections/{id}.yaml\nid: {id}\ntitle: Page {id}\nrulings:\n{ruling}"

    text = "      text: The study changes the plan of treatment\n"
    block = page("pet", '    codes: ["78813"]\n', text) + page("both", "    services: [PET/CT]\n", text)
    block += page("none", "", text) + page(
        "here", '    codes: ["70553"]\n', f"      text: {words}\n      see: {target}\n"
    )
    at_odds = [one for one in findings_of(block, tmp_path) if one.rule.id == "R113"]
    assert [one.message for one in at_odds] == (
        ["The words name MRI, and see leads to criteria for PET"] if found else []
    )
