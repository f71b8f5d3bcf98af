"""What is proved of rulings: the members that exclude one another are named, and a case shows what is implied."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.checks import rule_by_name
from policypress.checks.proven import MOST_ASKED
from policypress.finding import Finding, Severity
from policypress.prover.algebra import MOST_BESIDE, MOST_NODES, MOST_QUESTIONS, MOST_STEPS
from tests.examples import findings_of

HEAD = "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n"
LATE = '{text: "Radiation was at least 12 weeks ago", compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}}'
LATER = '{text: "Radiation was at least 20 weeks ago", compare: {fact: since-radiation, op: ">=", value: 20, unit: wk}}'
EARLY = '{text: "Radiation was less than 8 weeks ago", compare: {fact: since-radiation, op: "<", value: 8, unit: wk}}'
GLIOMA = '{text: "The tumor is a glioma", fact: dx.glioma}'
LYMPHOMA = '{text: "The tumor is a lymphoma", fact: dx.lymphoma}'
PROVED = {"S204", "S210", "S211", "S212", "S213", "S214", "S215"}


def proved(block: str, folder: Path) -> list[Finding]:
    return [one for one in findings_of(block, folder) if one.rule.id in PROVED]


def only(block: str, folder: Path) -> Finding:
    (finding,) = proved(HEAD + block, folder)
    return finding


def test_amounts_that_exclude_one_another(tmp_path: Path) -> None:
    finding = only(f"  all:\n    - {LATE}\n    - The study is urgent\n    - {EARLY}\n", tmp_path)
    assert (finding.rule.id, finding.span.begin.line, finding.span.raw) == ("S210", 5, "all")
    assert finding.message == (
        "“Radiation was at least 12 weeks ago” and “Radiation was less than 8 weeks ago” exclude one another, "
        "so this ALL can never be met"
    )
    assert [label.span.begin.line for label in finding.related] == [6, 8]


def test_a_guard_and_a_member_that_exclude_one_another(tmp_path: Path) -> None:
    finding = only(f"  applies_when: {GLIOMA}\n  all:\n    - The study is urgent\n    - {LYMPHOMA}\n", tmp_path)
    assert finding.rule.id == "S204"
    assert "“The tumor is a glioma” and “The tumor is a lymphoma” exclude one another (brain tumor)" in finding.message


def test_a_member_of_an_any_that_can_never_be_met(tmp_path: Path) -> None:
    finding = only(f"  any:\n    - The study is urgent\n    - all: [{LATE}, {EARLY}]\n", tmp_path)
    assert (finding.rule.id, finding.node) == ("S210", "pet-mri.2")
    assert finding.place == "PET-MRI › ANY › 2"


def test_a_criterion_taken_away_by_its_own_carve_out(tmp_path: Path) -> None:
    block = "  all:\n    - text: The study is urgent\n      except_when:\n        text: The study is urgent.\n    - It was asked for\n"
    finding = only(block, tmp_path)
    assert finding.rule.id == "S210"
    assert finding.message == "“The study is urgent” can never be met together with “The study is urgent.”, which hangs on it"


def test_what_leaves_no_case_out(tmp_path: Path) -> None:
    finding = only(f"  any:\n    - {LATE}\n    - The study is urgent\n    - not: {LATER}\n", tmp_path)
    assert finding.rule.id == "S211"
    assert finding.message == (
        "“Radiation was at least 12 weeks ago” and NOT “Radiation was at least 20 weeks ago” leave no case out, "
        "so this ANY is met by everybody"
    )


def test_a_weaker_amount_is_implied_and_a_case_shows_it(tmp_path: Path) -> None:
    finding = only(f"  all:\n    - {LATE}\n    - The study is urgent\n    - {LATER}\n", tmp_path)
    assert (finding.rule.id, finding.node) == ("S213", "pet-mri.1")
    assert finding.message == (
        "“Radiation was at least 12 weeks ago” is met whenever “Radiation was at least 20 weeks ago” is, "
        "so it asks nothing in this ALL"
    )
    assert finding.help == (
        "write what was meant, or take it out; for example, with since-radiation 12 wk: “Radiation was at least 12 weeks "
        "ago” is met; “Radiation was at least 20 weeks ago” is not met"
    )


def test_a_stronger_amount_adds_nothing_to_any(tmp_path: Path) -> None:
    finding = only(f"  any:\n    - {LATE}\n    - {LATER}\n", tmp_path)
    assert (finding.rule.id, finding.node) == ("S213", "pet-mri.2")
    assert finding.message.startswith("Whenever “Radiation was at least 20 weeks ago” is met,")


def test_the_same_after_normalisation(tmp_path: Path) -> None:
    block = (
        "  any:\n    - all: [The study is urgent, It was asked for]\n    - A biopsy is planned\n"
        "    - not:\n        any:\n          - not: It was asked for\n          - not: The study is urgent\n"
    )
    finding = only(block, tmp_path)
    assert (finding.rule.id, finding.node) == ("S213", "pet-mri.3")
    assert "says the same as ALL (“The study is urgent”; “It was asked for”)" in finding.message


def test_a_question_that_a_guard_has_answered(tmp_path: Path) -> None:
    finding = only(f"  applies_when: {GLIOMA}\n  all:\n    - The study is urgent\n    - {GLIOMA}\n", tmp_path)
    assert (finding.rule.id, finding.node, finding.span.begin.line) == ("S214", "pet-mri.2", 8)
    assert [label.span.begin.line for label in finding.related] == [5]


def test_a_waiver_without_effect(tmp_path: Path) -> None:
    block = f"  all:\n    - The study is urgent\n    - text: {LATE[7:-1]}\n      unless: {LATER}\n"
    finding = only(block.replace(", compare", "\n      compare", 1), tmp_path)
    assert (finding.rule.id, finding.span.raw) == ("S215", "unless")


@pytest.mark.parametrize(
    "criteria",
    [
        # One question in two alternatives, each beside something else.
        "  any:\n    - all: [The study is urgent, A biopsy is planned]\n    - all: [The study is urgent, It was asked for]\n",
        # The same list for each of two tumors.
        f"  all:\n    - applies_when: {GLIOMA}\n      any: [It is the first study, The study is urgent]\n"
        f"    - applies_when: {LYMPHOMA}\n      any: [It is the first study, The study is urgent]\n",
        # Two of three.
        "  at_least:\n    n: 2\n    of: [The study is urgent, A biopsy is planned, It was asked for]\n",
        # A window of time.
        f"  all:\n    - {LATE}\n    - not: {LATER}\n",
        # A waiver that is a criterion elsewhere.
        "  all:\n    - text: MRI was done\n      unless: The study is urgent\n    - any: [The study is urgent, It was asked for]\n",
        # Words that differ in a negation are two questions.
        "  all:\n    - PET/CT is available\n    - not: PET/CT is not available\n",
        # A list of one is a matter of its own.
        "  all:\n    - The study is urgent\n",
    ],
)
def test_what_decides_is_left_alone(criteria: str, tmp_path: Path) -> None:
    assert proved(HEAD + criteria, tmp_path) == []


def test_a_list_that_repeats_is_told_once(tmp_path: Path) -> None:
    block = HEAD + "  all:\n    - The study is urgent\n    - It was asked for\n    - The study is urgent\n"
    assert [one.rule.id for one in findings_of(block, tmp_path)] == ["S208"]


def test_a_pointer_counts_with_what_it_asks(tmp_path: Path) -> None:
    block = (
        "# file: example/sections/a.yaml\nid: a\ntitle: PET\neffect: covered\ncriteria:\n"
        f"  all:\n    - {GLIOMA}\n    - The study is urgent\n"
        "# file: example/sections/b.yaml\nid: b\ntitle: PET-MRI\neffect: covered\ncriteria:\n"
        f"  all:\n    - {{text: The criteria for PET are met, see: a}}\n    - {LYMPHOMA}\n"
    )
    (finding,) = proved(block, tmp_path)
    assert (finding.rule.id, finding.section) == ("S204", "b")


def test_what_is_too_entangled_is_told(tmp_path: Path) -> None:
    """S212: nothing is known of it, and that is said."""
    ones, others = ([f"{name} {place} is met" for place in range(40)] for name in ("Condition", "Other"))
    pairs = [f"    - all: [{one}, {other}]\n" for one, other in zip(ones, others, strict=True)]
    block = f"{HEAD}  any:\n    - all: [{', '.join(ones)}]\n    - all: [{', '.join(others)}]\n{''.join(pairs)}"
    (finding,) = proved(block, tmp_path)
    assert (finding.rule.id, finding.severity) == ("S212", Severity.INFO)
    assert finding.message.startswith("This ruling was not proved: its 160 questions would take too many steps")


def test_many_questions_are_proved_where_they_are_not_entangled(tmp_path: Path) -> None:
    lists = "".join(f"    - any: [Condition {place} is met, Other {place} is met]\n" for place in range(30))
    finding = only(f"  all:\n{lists}    - not: {{all: [Condition 7 is met, Condition 8 is met]}}\n    - Other 7 is met\n", tmp_path)
    assert (finding.rule.id, finding.node) == ("S213", "pet-mri.8")


def test_the_page_names_the_bounds() -> None:
    rule = rule_by_name("S212")
    assert rule is not None
    bounds = f"up to {MOST_QUESTIONS} different questions in {MOST_ASKED} criteria, a diagram of {MOST_NODES:,} nodes"
    assert bounds in " ".join(rule.page.split())
    assert f"{MOST_STEPS:,} steps for all rulings of a section" in " ".join(rule.page.split())
    assert f"up to {MOST_BESIDE} questions of them all" in " ".join(rule.page.split())
