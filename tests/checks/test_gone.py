"""Signs of what is gone: lists in lists, numbers left out, pointers without see, facts the register lacks."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.checks.test_code_use import mended
from tests.examples import findings_of

HEAD = "id: s\ntitle: Study\neffect: covered\ncriteria:\n"
SHA = "a" * 64


def of(rule: str, block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id == rule]


NESTED = "  {outer}:\n    - It is urgent\n    - {head}{inner}:\n        - It is late\n        - It is a repeat\n{tail}"


@pytest.mark.parametrize(
    ("outer", "inner", "head", "tail", "told"),
    [
        ("all", "all", "", "", True),
        ("any", "any", "", "", True),
        ("all", "any", "", "", False),
        ("all", "all", "strength: should\n      ", "", False),
        ("all", "all", "", "      notes: [A word]\n", False),
        ("all", "all", "", "      unless: It cannot wait\n", False),
    ],
)
def test_lists_in_lists(outer: str, inner: str, head: str, tail: str, told: bool, tmp_path: Path) -> None:
    block = HEAD + NESTED.format(outer=outer, inner=inner, head=head, tail=tail)
    assert [finding.span.raw for finding in of("S230", block, tmp_path)] == ([inner] if told else [])


def numbered(*ids: str) -> str:
    return HEAD + "  all:\n" + "".join(f"    - id: {id}\n      text: Text of {id}\n" for id in ids)


@pytest.mark.parametrize(
    ("ids", "missing"),
    [
        (("s.1", "s.2", "s.4"), ["s.3"]),
        (("s.2", "s.3"), ["s.1"]),
        (("s.3", "s.1"), ["s.2"]),
        (("s.1", "s.2"), []),
        (("s.a", "s.c"), []),
        (("s.1", "other.3"), []),  # moved here from another list
        (("s.2024", "s.2026"), []),  # names, no count
        (("s.01", "s.03"), []),
    ],
)
def test_numbers_left_out(ids: tuple[str, ...], missing: list[str], tmp_path: Path) -> None:
    found = of("S231", numbered(*ids), tmp_path)
    assert [finding.message.split()[5].rstrip(",") for finding in found] == missing


def test_a_number_that_stands_elsewhere_or_is_retired_is_not_missing(tmp_path: Path) -> None:
    block = numbered("s.1", "s.3") + "    - not:\n        id: s.2\n        text: It is late\n"
    assert not of("S231", block, tmp_path)
    guideline = (
        "# file: example/guideline.yaml\nid: example\ntitle: Example\nversion: 1.0.0\nstatus: draft\n"
        "effective: 2026-01-01\nretired: [{id: s.2, on: 2026-01-01}]\nchapters:\n  - title: G\n    sections: [s]\n"
        "# file: example/sections/s.yaml\n"
    )
    assert not of("S231", guideline + numbered("s.1", "s.3"), tmp_path / "retired")


def test_gaps_of_the_ledger(tmp_path: Path) -> None:
    ids = ["1", "1.0", "1.1", "1.3", "3.1", "4.2", "a.2", "5.10"]
    ledger = "# file: example/statements.yaml\n" + "".join(f"- {{id: {id}, sha256: {SHA}, left_out: a}}\n" for id in ids)
    found = of("D112", ledger + "# file: example/sections/s.yaml\n" + HEAD + "  text: It is late\n", tmp_path)
    assert [finding.span.raw for finding in found] == ["1.3"]  # 4.2 and 5.10 begin a row of their own


def test_a_parent_that_the_ledger_lacks(tmp_path: Path) -> None:
    ids = [f"{chapter}{tail}" for chapter in range(1, 10) for tail in ("", ".1")]
    ledger = "# file: example/statements.yaml\n"
    entries = [f"- {{id: {id}, sha256: {SHA}, left_out: a}}\n" for id in ids if id != "9"]
    tail = "# file: example/sections/s.yaml\n" + HEAD + "  text: It is late\n"
    found = of("D112", ledger + "".join(entries) + tail, tmp_path)
    assert [finding.message for finding in found] == ["The ledger has no statement 9, and has 9.1"]
    flat = [entry for entry, id in zip(entries, ids, strict=False) if "." in id]
    assert not of("D112", ledger + "".join(flat) + tail, tmp_path / "flat")


def test_words_that_have_a_see_elsewhere(tmp_path: Path) -> None:
    block = PET_CT + HEAD + "  any:\n    - text: It fits\n      see: pet-ct\n    - all:\n        - it fits.\n        - It is late\n"
    (finding,) = of("R115", block, tmp_path)
    assert (finding.span.raw, finding.edits[0].new) == ("it fits.", "text: it fits.\n          see: pet-ct")


PET_CT = (
    "# file: example/sections/pet-ct.yaml\nid: pet-ct\ntitle: PET/CT\neffect: covered\ncriteria:\n  text: It is urgent\n"
    "# file: example/sections/s.yaml\n"
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The criteria for PET/CT are met", True),
        ("The PET/CT section applies", True),
        ("PET/CT is not available", False),
        ("The diagnostic criteria for a stroke are met", False),
        ("The study rules out a stroke", False),
        ("The criteria for PET/CT are met\n  query: Which are meant?", False),
        ("The criteria for PET/CT are met\n  references: [plan-2025]", False),
        ('The criteria for PET/CT are met\n  see: {external: "another plan"}', False),
    ],
)
def test_pointers_without_see(text: str, told: bool, tmp_path: Path) -> None:
    assert bool(of("R115", PET_CT + HEAD + f"  text: {text}\n", tmp_path)) is told


def test_a_section_that_the_words_name_is_written_into_see(tmp_path: Path) -> None:
    block = PET_CT + HEAD + "  all:\n    - The PET/CT criteria are met\n    - It is late\n"
    found = findings_of(block, tmp_path)
    assert [finding.rule.id for finding in found] == ["R115"]
    assert mended(found, tmp_path)["s.yaml"] == (
        HEAD + "  all:\n    - text: The PET/CT criteria are met\n      see: pet-ct\n    - It is late\n"
    )


def test_a_register_of_facts_that_holds_all_the_others_is_meant_to_hold_all(tmp_path: Path) -> None:
    facts = "# file: example/registers/facts.yaml\n" + "".join(f'- {{id: f.{n}, question: "{n}?"}}\n' for n in range(8))
    members = "".join(f"    - text: Text {n}\n      fact: f.{n}\n" for n in range(8))
    block = facts + "# file: example/sections/s.yaml\n" + HEAD + "  any:\n" + members
    assert not of("R107", block, tmp_path / "whole")
    (finding,) = of("R107", block + "    - text: Text\n      fact: another-question\n", tmp_path)
    assert finding.span.raw == "another-question"
    few = block.replace("fact: f.7", "fact: other-seven")
    assert not of("R107", few + "    - text: Text\n      fact: another-question\n", tmp_path / "few")
