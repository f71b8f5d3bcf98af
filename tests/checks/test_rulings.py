"""Rulings and guards beside each other: closed ways to be covered, copies, limits that overlap or leave a gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

GLIOMA = '{text: "The tumor is a glioma", fact: dx.glioma}'
LYMPHOMA = '{text: "The tumor is a lymphoma", fact: dx.lymphoma}'
LATE = '{text: "Radiation was at least 12 weeks ago", compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}}'
EARLY = '{text: "Radiation was less than 8 weeks ago", compare: {fact: since-radiation, op: "<", value: 8, unit: wk}}'
BESIDE = {"S226", "S216", "S217", "S218", "S219", "S225"}


def beside(block: str, folder: Path) -> list[Finding]:
    return [one for one in findings_of(block, folder) if one.rule.id in BESIDE]


def section(*rulings: tuple[str, str, str], more: str = "", id: str = "pet") -> str:
    written = "".join(
        f"  - id: {id}.{place}\n    effect: {effect}\n    {services}\n{more}    criteria: {criteria}\n"
        for place, (effect, services, criteria) in enumerate(rulings)
    )
    return f"# file: example/sections/{id}.yaml\nid: {id}\ntitle: PET\nrulings:\n{written}"


PET, MRI, EVERYTHING = "services: [PET]", "codes: [70553]", "strength: must"


def test_a_ruling_that_others_leave_nothing_of(tmp_path: Path) -> None:
    block = section(
        ("covered", PET, f"{{all: [{LATE}, The study is urgent]}}"),
        ("not_covered", EVERYTHING, f"{{any: [{GLIOMA}, {LATE}]}}"),
    )
    (finding,) = beside(block, tmp_path)
    assert (finding.rule.id, finding.node) == ("S216", "pet.0.criteria")
    assert finding.message == "Wherever pet.0 is met, pet.1 takes the coverage away again (78813), so that it covers nothing"
    assert [label.message for label in finding.related] == ["not covered where this is met"]


def test_two_exclusions_together(tmp_path: Path) -> None:
    block = section(
        ("covered", PET, f"{{any: [{GLIOMA}, {LYMPHOMA}]}}"),
        ("not_covered", PET, GLIOMA),
        ("not_covered", PET, f"{{not: {GLIOMA}}}"),
    )
    found = beside(block, tmp_path)
    assert [(one.rule.id, one.node) for one in found] == [("S216", "pet.0.criteria"), ("S217", "pet.0.1"), ("S217", "pet.0.2")]
    assert "pet.1 and pet.2 take the coverage away again" in found[0].message


URGENT, PLANNED = "The study is urgent", "Surgery is planned"


def test_exclusions_that_only_together_leave_nothing(tmp_path: Path) -> None:
    """What each asks beside the ruling, the other asks the other way round."""
    block = section(
        ("covered", PET, f"{{all: [{URGENT}, {PLANNED}]}}"),
        ("not_covered", PET, f"{{all: [{URGENT}, {GLIOMA}]}}"),
        ("not_covered", PET, f"{{all: [{PLANNED}, {{not: {GLIOMA}}}]}}"),
    )
    (finding,) = beside(block, tmp_path)
    assert (finding.rule.id, finding.node) == ("S216", "pet.0.criteria")
    assert "pet.1 and pet.2 take the coverage away again" in finding.message
    half = block.replace(f"{{not: {GLIOMA}}}", LYMPHOMA)
    assert not beside(half, tmp_path / "half")


def test_exclusions_that_close_all_alternatives_of_a_list(tmp_path: Path) -> None:
    block = section(
        ("covered", PET, f"{{all: [{URGENT}, {{any: [{GLIOMA}, {PLANNED}]}}]}}"),
        ("not_covered", PET, GLIOMA),
        ("not_covered", PET, PLANNED),
    )
    found = beside(block, tmp_path)
    assert [(one.rule.id, one.node) for one in found] == [("S216", "pet.0.criteria"), ("S217", "pet.0.2.1"), ("S217", "pet.0.2.2")]
    one = section(("covered", PET, f"{{all: [{URGENT}, {{any: [{GLIOMA}, {PLANNED}]}}]}}"), ("not_covered", PET, GLIOMA))
    (finding,) = beside(one, tmp_path / "one")
    assert finding.message.startswith("Wherever pet.0 is met by “The tumor is a glioma”, pet.1 takes the coverage away")


def test_exclusions_of_different_codes_do_not_add_up(tmp_path: Path) -> None:
    both = "codes: [78813, 70553]"
    block = section(
        ("covered", both, f"{{all: [{URGENT}, {PLANNED}]}}"),
        ("not_covered", PET, f"{{all: [{URGENT}, {GLIOMA}]}}"),
        ("not_covered", MRI, f"{{all: [{PLANNED}, {{not: {GLIOMA}}}]}}"),
    )
    assert not beside(block, tmp_path)


def test_a_crossing_that_only_some_cases_show(tmp_path: Path) -> None:
    """Covered with any two of three, excluded with all three or with none: all three is the case."""
    three = f"[{URGENT}, {PLANNED}, {GLIOMA}]"
    block = section(
        ("covered", PET, f"{{at_least: {{n: 2, of: {three}}}}}"),
        ("not_covered", PET, f"{{any: [{{all: {three}}}, {{not: {{any: {three}}}}}]}}"),
    )
    (finding,) = beside(block, tmp_path)
    assert finding.rule.id == "S226"
    assert "“the study is urgent” met; “surgery is planned” met" in finding.message.lower()


def many(first: int, last: int) -> str:
    return ", ".join(f"Condition {place} is met" for place in range(first, last))


def test_large_rulings_beside_each_other_are_decided_or_told(tmp_path: Path) -> None:
    rulings = ("covered", PET, f"{{all: [{many(0, 300)}]}}"), ("not_covered", PET, f"{{any: [{many(299, 600)}]}}")
    (finding,) = beside(section(*rulings), tmp_path / "decided")
    assert finding.rule.id == "S216"
    rulings = ("covered", PET, f"{{all: [{many(0, 390)}]}}"), ("not_covered", PET, f"{{any: [{many(389, 779)}]}}")
    findings = findings_of(section(*rulings), tmp_path / "told")
    (finding,) = [one for one in findings if one.rule.id in BESIDE | {"S212"}]
    assert finding.message.startswith("pet.0 was not proved beside pet.1: their 779 questions would take too many steps")
    assert finding.node == "pet.0.criteria" and finding.related


def test_large_rulings_that_one_case_tells_apart(tmp_path: Path) -> None:
    rulings = [("covered", PET, f"{{all: [{many(first, first + 390)}]}}") for first in (0, 389)]
    findings = findings_of(section(*rulings), tmp_path / "apart")
    assert not [one for one in findings if one.rule.id in BESIDE | {"S212"}]


def test_the_same_words_in_another_section(tmp_path: Path) -> None:
    first = section(("covered", PET, f"{{all: [{URGENT}, {{any: [{PLANNED}, MRI is not available]}}]}}"))
    again = f"{{all: [{{any: [MRI is not available., {PLANNED}]}}, {URGENT}]}}"
    (finding,) = beside(first + section(("covered", PET, again), id="pet-too"), tmp_path)
    assert finding.rule.id == "S218" and finding.span.path.endswith("pet.yaml")
    assert finding.message.startswith("pet.0 asks in the same words what pet-too.0 of pet-too asks")
    other = first + section(("covered", MRI, again), id="pet-too")
    assert not beside(other, tmp_path / "other")
    less = first + section(("covered", PET, f"{{all: [{URGENT}, {PLANNED}]}}"), id="pet-too")
    assert not beside(less, tmp_path / "less")


def test_a_general_ruling_that_contradicts(tmp_path: Path) -> None:
    block = section(("covered", PET, LATE), ("covered", "scope: general", EARLY))
    (finding,) = beside(block, tmp_path)
    assert (finding.rule.id, finding.related[0].message) == ("S216", "not covered where this is not met")


def test_across_sections_by_facts_and_not_by_words(tmp_path: Path) -> None:
    apart = section(("covered", PET, f"{{all: [{GLIOMA}, The study is urgent]}}")) + section(
        ("not_covered", PET, GLIOMA), id="other"
    )
    assert [one.rule.id for one in beside(apart, tmp_path)] == ["S216"]
    words = section(("covered", PET, "The study is urgent")) + section(("not_covered", PET, "The study is urgent"), id="other")
    assert beside(words, tmp_path) == []


@pytest.mark.parametrize(
    "rulings",
    [
        [("covered", PET, GLIOMA), ("not_covered", MRI, GLIOMA)],  # another service
        [("covered", PET, GLIOMA), ("not_covered", PET, f"{{all: [{GLIOMA}, The study is routine]}}")],
        [("covered", PET, GLIOMA), ("not_covered", PET, LYMPHOMA)],
        [("covered", PET, GLIOMA), ("covered", PET, LYMPHOMA)],
        [("covered", PET, f"{{all: [{LATE}, {GLIOMA}]}}"), ("not_covered", PET, f"{{all: [{EARLY}, {GLIOMA}]}}")],
        [("covered", PET, GLIOMA), ("covered", "scope: general", f"{{applies_when: {LYMPHOMA}, text: It was asked for}}")],
        [("covered", PET, f"{{text: A biopsy is planned, unless: {GLIOMA}}}"), ("not_covered", PET, f"{{all: [{GLIOMA}, It is a repeat]}}")],
    ],
)
def test_exclusions_that_leave_something(rulings: list[tuple[str, str, str]], tmp_path: Path) -> None:
    assert beside(section(*rulings), tmp_path) == []


def when(op: str, value: int, unit: str = "wk") -> str:
    return f'{{text: "Radiation ended {op} {value} {unit}", compare: {{fact: since-radiation, op: "{op}", value: {value}, unit: {unit}}}}}'


def test_limits_that_meet_in_one_case(tmp_path: Path) -> None:
    until = LATE.replace("at least", "at most").replace(">=", "<=")
    block = section(("covered", PET, f"{{all: [{GLIOMA}, {LATE}]}}"), ("not_covered", PET, f"{{all: [{GLIOMA}, {until}]}}"))
    (finding,) = beside(block, tmp_path)
    assert finding.rule.id == "S226"
    assert finding.message == (
        "pet.0 covers, and pet.1 excludes, the case with “Is the tumor a glioma?” met; since-radiation 12 wk"
    )


@pytest.mark.parametrize(
    ("covers", "excludes"),
    [
        (f"{{all: [{GLIOMA}, {LATE}]}}", "<= 12 wk"),
        (LATE, "<= 12 wk and more"),
        (f"{{all: [{LATE}, {URGENT}]}}", "<= 84 d and more"),
    ],
)
def test_limits_that_meet_though_each_ruling_asks_more(covers: str, excludes: str, tmp_path: Path) -> None:
    op, value, unit, *more = excludes.split()
    until = when(op, int(value), unit)
    block = section(("covered", PET, covers), ("not_covered", PET, f"{{all: [{until}, {PLANNED}]}}" if more else until))
    (finding,) = beside(block, tmp_path)
    assert finding.rule.id == "S226" and "since-radiation 12 wk" in finding.message.replace("84 d", "12 wk")


@pytest.mark.parametrize("until", [when("<", 12), when("<=", 11), when("<=", 13), when("<=", 12) + ", " + when("<", 12)])
def test_limits_that_do_not_meet_in_one_value(until: str, tmp_path: Path) -> None:
    block = section(("covered", PET, f"{{all: [{GLIOMA}, {LATE}]}}"), ("not_covered", PET, f"{{all: [{until}, {PLANNED}]}}"))
    assert beside(block, tmp_path) == []


def test_what_overrides_an_exclusion_is_not_closed_by_it(tmp_path: Path) -> None:
    block = section(("covered", f"{PET}\n    overrides: [pet.1]", GLIOMA), ("not_covered", PET, GLIOMA))
    assert beside(block, tmp_path) == []


def test_a_copy_in_another_section(tmp_path: Path) -> None:
    one = section(("covered", PET, f"{{all: [{GLIOMA}, {LATE}]}}"))
    two = section(("covered", PET, f"{{all: [{LATE}, {GLIOMA}]}}"), id="zother")
    (finding,) = beside(one + two, tmp_path)
    assert (finding.rule.id, finding.section) == ("S218", "zother")
    assert beside(one + two.replace("services: [PET]", "codes: [70553]"), tmp_path) == []


def test_a_narrower_ruling_beside_a_wider_one(tmp_path: Path) -> None:
    rulings = [("covered", PET, "The study is urgent"), ("covered", PET, f"{{all: [The study is urgent, {GLIOMA}]}}")]
    (finding,) = beside(section(*rulings), tmp_path)
    assert finding.message == "Wherever pet.1 is met, pet.0 is met too, and says the same of the same service"
    weaker = ("covered", f"{PET}\n    strength: may", rulings[0][2])
    assert beside(section(weaker, rulings[1]), tmp_path) == []


def guarded(*guards: str, more: str = "") -> str:
    members = "".join(f"    - text: Step {place} was done\n      applies_when: {guard}\n" for place, guard in enumerate(guards))
    return f"id: pet\ntitle: PET\neffect: covered\ncriteria:\n  all:\n{members}{more}"


@pytest.mark.parametrize(
    ("guards", "rule", "value"),
    [
        ((when("<=", 8), when(">=", 8)), "S219", "8 wk"),
        ((when("<", 12), when(">", 8)), "S219", "57 d"),
        ((when("<", 8), when(">", 8)), "S225", "8 wk"),
        ((when("<", 8), when(">=", 12)), "S225", "8 wk"),
        ((when("<", 8), when(">", 56, "d")), "S225", "8 wk"),
    ],
)
def test_limits_that_overlap_or_leave_a_gap(guards: tuple[str, ...], rule: str, value: str, tmp_path: Path) -> None:
    (finding,) = beside(guarded(*guards), tmp_path)
    assert finding.rule.id == rule
    assert f"since-radiation {value}" in finding.message


@pytest.mark.parametrize(
    ("guards", "more"),
    [
        ((when("<", 8), when(">=", 8)), ""),
        ((when("<", 8), when(">=", 56, "d")), ""),
        ((when(">=", 8), when(">=", 12)), ""),  # one inside the other
        ((when(">=", 8), when(">=", 8)), ""),
        ((when("<", 8), when(">", 12)), "    - Step 9 was done\n"),  # what is between is asked something too
        ((when("<", 8), GLIOMA), ""),
    ],
)
def test_limits_that_meet(guards: tuple[str, ...], more: str, tmp_path: Path) -> None:
    assert beside(guarded(*guards, more=more), tmp_path) == []
