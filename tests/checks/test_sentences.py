"""What a reader cannot follow, and the many sentences that a reader can."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

HEAD = "id: pet\ntitle: PET\neffect: covered\ncriteria:\n"
HARD = {"S221", "S222", "S223", "S224"}


def hard(criteria: str, folder: Path) -> list[Finding]:
    return [one for one in findings_of(HEAD + criteria, folder) if one.rule.id in HARD]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("MRI is not available", "not"),
        ("No biopsy was done", "No"),
        ("Surgery cannot wait", "cannot"),
        ("Without surgery the tumor grows", "Without"),
    ],
)
def test_negated_twice(text: str, word: str, tmp_path: Path) -> None:
    (finding,) = hard(f"  all:\n    - The study is urgent\n    - not: {text}\n", tmp_path)
    assert (finding.rule.id, finding.span.raw) == ("S221", word)


def test_a_not_over_a_not(tmp_path: Path) -> None:
    (finding,) = hard("  not:\n    not: MRI was done\n", tmp_path)
    assert (finding.rule.id, finding.span.begin.line) == ("S221", 6)


@pytest.mark.parametrize(
    "text", ["The tumor is a non-small cell lung cancer", "MRI was nondiagnostic", "It is a known tumor", "The note exists",
        "The individual has an allergy to contrast that cannot be treated", "The individual walks without a device",
        "A device that is not safe for MRI was implanted"],
)
def test_negated_once(text: str, tmp_path: Path) -> None:
    assert hard(f"  all:\n    - The study is urgent\n    - not: {text}\n", tmp_path) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A biopsy and surgery or radiation are planned", "and surgery or"),
        ("CT or MRI and PET were inconclusive", "or MRI and"),
        ("Fever or new back pain and swelling", "or new back pain and"),
    ],
)
def test_and_with_or(text: str, words: str, tmp_path: Path) -> None:
    (finding,) = hard(f"  text: {text}\n", tmp_path)
    assert (finding.rule.id, finding.span.raw) == ("S223", words)


@pytest.mark.parametrize(
    "text",
    [
        "CT or MRI of the chest and abdomen is inconclusive",
        "CT, and MRI or PET, were inconclusive",
        "CT and (MRI or PET) were inconclusive",
        "Both CT and MRI or PET were inconclusive",
        "Nausea and/or vomiting",
        "Symptoms and findings or their change over time",
        "CT and MRI of one or more regions",
        "A lesion of two or more centimeters and a biopsy",
    ],
)
def test_and_with_or_in_one_reading(text: str, tmp_path: Path) -> None:
    assert hard(f"  text: {text}\n", tmp_path) == []


def test_the_connector_of_a_printed_list(tmp_path: Path) -> None:
    found = hard("  all:\n    - The study is urgent; and\n    - MRI was done, OR\n    - 'It was asked for AND'\n", tmp_path)
    assert [(one.rule.id, one.span.begin.line, one.span.raw, bool(one.edits)) for one in found] == [
        ("S224", 6, "and", True),
        ("S224", 7, "OR", False),
        ("S224", 8, "AND", False),
    ]
    assert found[0].edits[0].span.raw == "; and"
    assert "the list is an ALL" in found[1].message
    assert "no member follows" in found[2].message


@pytest.mark.parametrize("text", ["It holds for one kidney; see below", "The hand", "A disorder", "The operation Nor", "Sand"])
def test_no_connector(text: str, tmp_path: Path) -> None:
    assert [one for one in hard(f"  all:\n    - {text}\n    - MRI was done\n", tmp_path) if one.rule.id == "S224"] == []


def test_five_levels_are_read(tmp_path: Path) -> None:
    def nested(levels: int) -> str:
        lines = ["  all:"]
        for level in range(1, levels):
            indent = "    " * level
            lines += [f"{indent}- Level {level} is met", f"{indent}- {'any' if level % 2 else 'all'}:"]
        indent = "    " * levels
        return "\n".join([*lines, f"{indent}- The last is met", f"{indent}- Or another is met"]) + "\n"

    assert hard(nested(5), tmp_path) == []
    (finding,) = hard(nested(6), tmp_path)
    assert (finding.rule.id, finding.mark) == ("S222", "level 6")
