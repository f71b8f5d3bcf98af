"""What a restatement holds and its statement does not: marks, codes and amounts that came in on the way."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

HASH = "a" * 64


def ledger(*entries: str) -> str:
    return "# file: example/statements.yaml\n" + "".join(f"- {{sha256: {HASH}, {entry}}}\n" for entry in entries)


def section(body: str, head: str = "effect: covered\n") -> str:
    return f"# file: example/sections/s.yaml\nid: s\ntitle: Study\nfrom: 1\n{head}{body}"


def added(block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id in ("D109", "D110", "D111")]


MARKED = ("id: 1, marks: [all]", "id: 2, marks: [not], left_out: a")


@pytest.mark.parametrize(
    ("body", "head", "raw"),
    [
        ("criteria: {text: The study is urgent}\n", "effect: not_covered\n", "not_covered"),
        ("criteria: {text: The study is urgent}\n", "effect: covered\nstrength: may\n", "may"),
        ("criteria: {text: The study is urgent, strength: generally}\n", "effect: covered\n", "generally"),
        ("criteria:\n  not: {text: The study is urgent}\n", "effect: covered\n", "not"),
        ("criteria:\n  text: The study is urgent\n  unless: {text: It can wait}\n", "effect: covered\n", "unless"),
        ("criteria: {text: The study is not urgent}\n", "effect: covered\n", "not"),
        ("criteria: {text: The study might help}\n", "effect: covered\n", "might"),
    ],
)
def test_what_came_in_is_marked(body: str, head: str, raw: str, tmp_path: Path) -> None:
    found = [finding for finding in added(ledger(*MARKED) + section(body, head), tmp_path) if finding.span.raw == raw]
    assert [finding.rule.id for finding in found] == ["D109"]


@pytest.mark.parametrize(
    ("mark", "body", "head"),
    [
        ("not", "criteria: {text: The study is urgent}\n", "effect: not_covered\n"),
        ("may", "criteria: {text: The study can help}\n", "effect: covered\nstrength: may\n"),
        ("unless", "criteria:\n  text: The study is urgent\n  except_when: {text: It was done}\n", "effect: covered\n"),
        ("except", "criteria: {text: The study is not a repeat}\n", "effect: covered\n"),
    ],
)
def test_what_the_statement_has_is_silent(mark: str, body: str, head: str, tmp_path: Path) -> None:
    assert not added(ledger(f"id: 1, marks: [{mark}]") + section(body, head), tmp_path)


def test_the_words_over_a_list_count_for_its_members(tmp_path: Path) -> None:
    entries = ledger("id: 1", "id: 1.0, marks: [not]", "id: 1.1", "id: 1.2")
    rulings = "criteria:\n  any:\n    - {text: The study is urgent, from: 1.1}\n    - {text: It is a repeat, from: 1.2}\n"
    assert not added(entries + section(rulings, "effect: not_covered\n"), tmp_path)


def test_what_the_criteria_carry_counts_for_their_ruling(tmp_path: Path) -> None:
    entries = ledger("id: 1", "id: 2, marks: [should]")
    body = "criteria: {text: The study is urgent, from: 2}\n"
    assert not added(entries + section(body, "effect: covered\nstrength: should\n"), tmp_path)


def test_a_ledger_without_marks_says_nothing_of_marks(tmp_path: Path) -> None:
    body = "criteria:\n  not: {text: The study is urgent}\n"
    assert not added(ledger("id: 1, codes: [70553]") + section(body + "notes: [CPT 70553]\n"), tmp_path)


def test_coding_rules_may_say_not_where_the_statement_says_must(tmp_path: Path) -> None:
    rule = "coding_rules:\n  - {rule: not_with, codes: [70553], with: [77012], text: CPT 70553 is not reported with 77012.}\n"
    body = "criteria: {text: The study is urgent}\n"
    assert not added(ledger("id: 1, marks: [must], codes: [70553, 77012]") + section(body + rule), tmp_path)


def test_codes_of_ranges_and_with_modifiers_are_the_statement_s(tmp_path: Path) -> None:
    body = 'criteria: {text: "CPT 78813 and CPT 78815-26 came before", codes: [78813, 78815-26]}\n'
    assert not added(ledger("id: 1, codes: [78811-78816]") + section(body), tmp_path)
    (finding,) = added(ledger("id: 1, codes: [78811-78813]") + section(body), tmp_path / "other")
    assert (finding.rule.id, finding.span.raw) == ("D110", "78815-26")


def test_an_amount_of_a_new_kind_is_told_once(tmp_path: Path) -> None:
    body = "criteria:\n  text: The lesion of 8 mm was seen 12 weeks ago\n  uses: [radiation-delay]\n"
    (finding,) = added(ledger("id: 1, quantities: [12 weeks]") + section(body), tmp_path)
    assert (finding.rule.id, finding.span.raw) == ("D111", "8 mm")


def test_a_lost_amount_is_not_told_as_an_added_one(tmp_path: Path) -> None:
    found = findings_of(
        ledger("id: 1, quantities: [10 weeks]")
        + section("criteria:\n  text: It ended 12 weeks ago\n  uses: [radiation-delay]\n"), tmp_path,
    )  # fmt: skip
    assert [finding.rule.id for finding in found] == ["D103"]
