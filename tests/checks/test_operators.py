"""Words of operators and negation beside the lists that decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

HEAD = "id: pet\ntitle: PET\neffect: covered\ncodes: [78813]\ncriteria:\n"
ALL = "  all:\n    - The study is urgent\n    - Surgery is planned\n"
ANY = ALL.replace("all:", "any:")


def found(block: str, folder: Path, rule: str) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id == rule]


@pytest.mark.parametrize(
    ("criteria", "note", "words"),
    [
        (ALL, "Any one of these criteria is enough.", "Any one of these criteria"),
        (ALL, "At least one of the above is documented.", "At least one of the above"),
        (ALL, "Either of the conditions will do.", "Either of the conditions"),
        (ANY, "All of the above must be on file.", "All of the above"),
        (ANY, "Each of these conditions must be met.", "Each of these conditions"),
        (ALL, "All of the criteria must be met.", ""),
        (ANY, "Any of the criteria is enough.", ""),
        (ALL, "All criteria, not any of the criteria alone.", ""),
        (ALL, "Any of the following services may be ordered.", ""),
        (ALL, "All reports are kept.", ""),
    ],
)
def test_a_note_against_the_operator(criteria: str, note: str, words: str, tmp_path: Path) -> None:
    findings = found(f"{HEAD}{criteria}notes:\n  - {note}\n", tmp_path, "W137")
    assert [finding.span.raw for finding in findings] == ([words] if words else [])


def test_a_note_on_a_list_inside(tmp_path: Path) -> None:
    inner = "    - any:\n        - MRI failed\n        - CT failed\n      notes:\n        - Both of the conditions must be met.\n"
    (finding,) = found(HEAD + ALL + inner, tmp_path, "W137")
    assert finding.related[0].span.raw == "any"


@pytest.mark.parametrize(("n", "said"), [(1, "AT LEAST 1 of 3 members is ANY"), (2, ""), (3, "AT LEAST 3 of 3 members is ALL")])
def test_at_least_in_disguise(n: int, said: str, tmp_path: Path) -> None:
    members = "      - The study is urgent\n      - Surgery is planned\n      - MRI failed\n"
    findings = found(f"{HEAD}  at_least:\n    n: {n}\n    of:\n{members}", tmp_path, "S232")
    assert [finding.message for finding in findings] == ([said] if said else [])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Surgery is not impossible", "not impossible"),
        ("The biopsy was not inconclusive", "not inconclusive"),
        ("No biopsy without sedation is planned", "No biopsy without"),
        ("Surgery is not done without a biopsy", "not done without"),
        ("The individual is not unable to lie still", "not unable"),
        ("There is no contraindication", ""),
        ("Medical therapy is not contraindicated", ""),
        ("MRI was not done, and no CT is available", ""),
        ("Neither MRI nor CT was done", ""),
        ("The study was nondiagnostic and not repeated", ""),
        ("The individual did not respond to non-drug treatment", ""),
        ("Whether or not no biopsy was done is recorded", ""),
    ],
)
def test_two_negations_in_one_clause(text: str, words: str, tmp_path: Path) -> None:
    findings = found(f"{HEAD}  text: {text}\n", tmp_path, "S221")
    assert [finding.span.raw for finding in findings] == ([words] if words else [])


def test_a_negation_in_a_list_that_none_may_meet(tmp_path: Path) -> None:
    none = "  not:\n    any:\n      - The individual is without a pacemaker\n      - The individual is pregnant\n"
    (finding,) = found(HEAD + none, tmp_path, "S221")
    assert (finding.span.raw, finding.related[0].span.raw) == ("without", "not")


def test_and_or(tmp_path: Path) -> None:
    (finding,) = found(f"{HEAD}  text: Surgery and/or radiation is planned\n", tmp_path, "W136")
    assert finding.span.raw == "and/or"
