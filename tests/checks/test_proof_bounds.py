"""What is proved of criteria has bounds, and whatever lies beyond them is told: nothing passes for fine unseen."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from policypress.checks import CHECKS, run_checks
from policypress.criteria import walk
from policypress.finding import Finding
from policypress.library import read_library
from policypress.model import Library
from policypress.prover import algebra
from tests.checks.test_rulings import LATE, PET, PLANNED, URGENT, beside, guarded, many, section, when
from tests.examples import BLOCK, findings_of, write_example

PROVED = {"S204", "S210", "S211", "S213", "S214", "S215", "S216", "S217", "S218", "S219", "S225", "S226"}
PAGES = [
    (check.id, block) for check in CHECKS if check.id in PROVED
    for kind, block in BLOCK.findall(check.rule.page) if kind == "bad"
]  # fmt: skip
HARD = [  # only exclusions together close it, and an alternative is closed by one alone
    section(
        ("covered", PET, f"{{any: [{{all: [{URGENT}, {PLANNED}]}}, It is a repeat]}}"),
        ("not_covered", PET, f"{{all: [{URGENT}, The film is lost]}}"),
        ("not_covered", PET, f"{{all: [{PLANNED}, {{not: The film is lost}}]}}"),
        ("not_covered", PET, "It is a repeat"),
    )
]


def test_there_are_rulings_of_all_kinds() -> None:
    assert {rule for rule, _ in PAGES} == PROVED


@pytest.mark.parametrize("bound", ["MOST_NODES", "MOST_STEPS"])
@pytest.mark.parametrize("block", [block for _, block in PAGES] + HARD)
def test_what_is_not_found_for_want_of_steps_is_told(
    block: str, bound: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However few the steps: each finding is there, or its ruling is told not to be proved."""
    write_example(block, tmp_path)
    read = read_library(tmp_path)
    whole = [one for one in run_checks(read) if one.rule.id in PROVED]
    monkeypatch.setattr(algebra, "EXHAUSTED", 0)
    rulings = _rulings(read.library)
    for most in chain(range(24), range(24, 240, 12)):
        monkeypatch.setattr(algebra, bound, most)
        found = run_checks(read)
        there = {(one.rule, one.span) for one in found}
        told = set().union(*(_about(one, rulings) for one in found if one.rule.id == "S212"))
        lost = [one for one in whole if (one.rule, one.span) not in there and told.isdisjoint(_about(one, rulings))]
        assert not lost, most


def _rulings(library: Library) -> dict[str, str]:
    """Return the ruling of each ruling and node."""
    found = {}
    for one in chain.from_iterable(guideline.sections for guideline in library.guidelines):
        for ruling in one.rulings:
            assert ruling.criteria is not None
            found.update(dict.fromkeys((ruling.id, *(node.id for node in walk(ruling.criteria))), ruling.id))
    return found


def _about(finding: Finding, rulings: dict[str, str]) -> set[str]:
    """Return the rulings that a finding names, or in which it stands."""
    words = [word.strip(",:") for word in finding.message.split()]
    return {rulings[one] for one in (finding.node, *words) if one in rulings}


def test_a_list_of_hundreds_of_guards_is_told(tmp_path: Path) -> None:
    found = findings_of(guarded(*(when(">", at) for at in range(1, 411))), tmp_path)
    assert [one.rule.id for one in found] == ["S212", "S212"]
    assert found[1].message.startswith("The 410 guards of this list over one amount were not proved")
    some = findings_of(guarded(*(when(">", at) for at in range(1, 101)), when("<", 5)), tmp_path / "some")
    assert {one.rule.id for one in some} >= {"S219"}


def test_amounts_that_only_a_calendar_could_tell_apart(tmp_path: Path) -> None:
    """Each of them may be more than six months or less: with forty of them that is a million million cases."""
    near = ", ".join(
        f'{{text: "Radiation ended long ago", compare: {{fact: since-radiation, op: ">", value: "181.{at}", unit: d}}}}'
        for at in range(10, 50)
    )
    block = section(("covered", PET, f"{{any: [{near}, {when('>', 6, 'mo')}]}}"))
    assert "S212" in {one.rule.id for one in findings_of(block, tmp_path)}


@pytest.mark.parametrize("effect", ["covered", "not_covered"])
def test_a_thousand_rulings_on_one_service_are_told_one_by_one(effect: str, tmp_path: Path) -> None:
    rulings = [("covered", PET, f"{{all: [{URGENT}, Step {at} was done]}}") for at in range(400)]
    rulings += [(effect, PET, f"{{all: [{URGENT}, Step {at} was done]}}") for at in range(400, 800)]
    found = findings_of(section(*rulings), tmp_path)
    told = {one.node for one in found if one.rule.id == "S212"}
    assert 300 < len(told) < 800
    last = 399 if effect == "not_covered" else 799
    assert f"pet.{last}.criteria" in told


def test_what_is_told_of_one_section_takes_nothing_from_another(tmp_path: Path) -> None:
    entangled = f"{{all: [{{any: [{many(0, 40)}]}}, {{any: [{many(20, 60)}]}}, {{at_least: {{n: 9, of: [{many(0, 60)}]}}}}]}}"
    first = section(*[("covered", PET, entangled)] * 40, id="first")
    second = section(("covered", PET, f"{{any: [{URGENT}, {{all: [{URGENT}, {PLANNED}]}}]}}"), id="second")
    found = findings_of(first + second, tmp_path)
    assert "S212" in {one.rule.id for one in found if one.section == "first"}
    assert {one.rule.id for one in found if one.section == "second"} >= {"S213"}
    assert "S212" not in {one.rule.id for one in found if one.section == "second"}


def test_a_third_ruling_in_the_same_words_is_told_too(tmp_path: Path) -> None:
    criteria = f"{{all: [{URGENT}, {PLANNED}, {LATE}]}}"
    blocks = "".join(section(("covered", PET, criteria), id=id) for id in ("one", "three", "two"))
    found = [one for one in beside(blocks, tmp_path) if one.rule.id == "S218"]
    assert [one.section for one in found] == ["three", "two"]
