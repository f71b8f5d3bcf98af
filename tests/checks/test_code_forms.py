"""Codes in the words that are written wrong, of another region or one of a family; and codes that have ended."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.checks import run_checks
from policypress.finding import Finding
from policypress.library import read_library
from tests.examples import findings_of, write_example

HEAD = "id: brain\ntitle: Brain MRI\neffect: covered\ncodes: [70553]\ncriteria:\n  text: "
REGISTER = """\
# file: example/registers/codes.yaml
- {code: G0235, system: HCPCS, label: "PET of another region", modality: PET, role: diagnostic, verified: {source: x, on: 2026-01-01}}
- {code: C50.911, system: ICD-10-CM, label: "Breast cancer", verified: {source: x, on: 2026-01-01}}
- {code: "77013", system: CPT, label: "CT for ablation", modality: CT, role: guidance, verified: {source: x, on: 2026-01-01}}
# file: example/sections/section.yaml
"""


def found(block: str, folder: Path, *rules: str) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id in rules]


@pytest.mark.parametrize(
    ("words", "token", "edit"),
    [
        ("An earlier study (CPT 7055)", "7055", ""),
        ("An earlier study (CPT code 705533)", "705533", ""),
        ("An earlier study (CPT 7O554)", "7O554", ""),
        ("An earlier study (CPT 0042t)", "0042t", ""),
        ("An earlier study (CPT 2029G)", "2029G", ""),
        ("An earlier study (HCPCS GO235)", "GO235", "G0235"),
        ("An earlier study (HCPCS g0235)", "g0235", "G0235"),
        ("An earlier study (HCPCS W0235)", "W0235", ""),
        ("An earlier study (HCPCS G235)", "G235", ""),
        ("A cancer of the breast (ICD-10-CM C50911)", "C50911", "C50.911"),
        ("A cancer of the breast (ICD-10-CM code C5.0911)", "C5.0911", ""),
        ("A cancer of the breast (ICD-10 c50.911)", "c50.911", "C50.911"),
    ],
)
def test_not_written_as_a_code(words: str, token: str, edit: str, tmp_path: Path) -> None:
    (finding,) = found(REGISTER + HEAD + words, tmp_path, "C111")
    assert (finding.span.raw, finding.span.begin.line) == (token, 6)
    assert [one.new for one in finding.edits] == ([edit] if edit else [])


@pytest.mark.parametrize(
    "words",
    [
        "The CPT 2026 code set is used",
        "A study under HCPCS Level II",
        "An earlier study (CPT 70553)",
        "An earlier study (CPT 0042T)",
        "An earlier study (CPT 70553-26)",
        "A cancer (ICD-10-CM C50.911)",
        "A cancer (ICD-10-CM C50)",
        "The ICD-10-CM codes of 2026 are used",
        "The CPT Editorial Panel met in 1966",
    ],
)
def test_written_as_codes_are(words: str, tmp_path: Path) -> None:
    assert not found(REGISTER + HEAD + words, tmp_path, "C111")


@pytest.mark.parametrize(
    ("words", "part"),
    [
        ("The study follows one of the abdomen (CPT 70553)", "abdomen"),
        ("The study follows a chest MRI (CPT 70553)", "chest"),
        ("The study is CPT 70553 for the abdomen", "abdomen"),
        ("CPT 70553 is the diagnostic code for the liver", "liver"),
    ],
)
def test_another_part_of_the_body(words: str, part: str, tmp_path: Path) -> None:
    (finding,) = found(HEAD + words, tmp_path, "C117")
    assert finding.span.raw == part


@pytest.mark.parametrize(
    "words",
    [
        "The study follows one of the head (CPT 70553)",
        "CPT 70553 is not for the abdomen",
        "After a CT of the chest, the brain (CPT 70553) is examined",
        "CPT 70553 and a chest CT were done",
        "A PET of the chest (CPT 78815) was done",
    ],
)
def test_the_same_part_or_none(words: str, tmp_path: Path) -> None:
    assert not found(HEAD + words, tmp_path, "C117")


RULE = "id: guidance\ntitle: Guidance\ncoding_rules:\n  - rule: report\n    codes: [77012]\n    text: "


def test_some_of_a_family(tmp_path: Path) -> None:
    (finding,) = found(REGISTER + RULE + "Report guidance codes such as CPT 77012.", tmp_path, "C116")
    assert finding.span.raw == "77012" and finding.message.endswith(": 77013")
    whole = RULE.replace("77012", "77012, 77013") + "Report guidance codes (e.g. CPT 77012, CPT 77013)."
    assert not found(REGISTER + whole, tmp_path / "whole", "C116")
    plain = RULE + "Report CPT 77012 in cases such as an abscess."
    assert not found(REGISTER + plain, tmp_path / "plain", "C116")


ENDED = """\
# file: example/registers/codes.yaml
- {code: "78811", system: CPT, label: "PET of one region", active: {until: UNTIL}, replaced_by: [REPLACED], verified: {source: x, on: 2026-01-01}}
# file: example/sections/section.yaml
"""
SECTION = "id: pet\ntitle: PET\neffect: covered\ncodes: [78811]\ncriteria:\n  text: The study changes the plan\n"


@pytest.mark.parametrize(
    ("until", "today", "rules"),
    [
        ("2026-03-31", "2026-06-30", ["C112"]),
        ("2026-03-31", "2026-03-31", []),
        ("2026-03-31", "", []),
        ("2026-01-01", "2026-06-30", ["C112"]),
        ("2025-12-31", "2026-06-30", ["C107"]),
        ("2026-12-31", "2026-06-30", []),
    ],
)
def test_ended_since_the_guideline_took_effect(until: str, today: str, rules: list[str], tmp_path: Path) -> None:
    write_example(ENDED.replace("UNTIL", until).replace("REPLACED", "78815") + SECTION, tmp_path)
    findings = [one for one in run_checks(read_library(tmp_path), today=today) if one.rule.id in ("C107", "C112")]
    assert [(one.rule.id, one.span.begin.line) for one in findings] == [(rule, 4) for rule in rules]
    assert all("use 78815" in one.help for one in findings)


@pytest.mark.parametrize(
    ("successor", "said"),
    [
        ("78811", "which is the code itself"),
        ("78899", "which is not in the code register"),
        ("788", "which is not written as a code"),
        ("78815", ""),
    ],
)
def test_what_took_its_place(successor: str, said: str, tmp_path: Path) -> None:
    block = ENDED.replace("UNTIL", "2030-12-31").replace("REPLACED", f'"{successor}"') + SECTION
    findings = found(block, tmp_path, "C113")
    assert [one.message for one in findings] == ([f"78811 is replaced by {successor}, {said}"] if said else [])


def test_a_modifier_is_no_end_of_a_range(tmp_path: Path) -> None:
    words = "Report CPT 78813-15 and CPT 70553-26."
    block = RULE.replace("77012", "78813-78815, 70553-26") + words
    assert not found(block, tmp_path, "C103", "C104")


def test_another_range_in_the_words_is_shown_there(tmp_path: Path) -> None:
    block = RULE.replace("77012", "78813-78815") + "Report CPT 78813-78814."
    (finding,) = found(block, tmp_path, "C104")
    assert (finding.span.raw, finding.related[0].span.raw) == ("78813-78814", "78813-78815")
