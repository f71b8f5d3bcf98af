"""Bitsets say what `logic.py` says, for every assignment, and obey the laws of the connectives."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.batch import bitsets
from policypress.batch.bitsets import Assignments, Bits, derive
from policypress.batch.deriving import Deriving
from policypress.criteria import Group
from policypress.logic import Case
from policypress.verdict import Verdict, all_of, any_of, at_least, negate, with_exceptions
from tests.batch.counted import assignment
from tests.random_policies import SIZE, criterion, facts, group, guideline, policies, ruling, section

EVERY = [str(verdict) for verdict in Verdict]
CODE = "78815"


def test_assignments_are_laid_out_like_a_product() -> None:
    answers = {"a": ["met", "not_met", "unknown"], "b": ["met", "not_met"], "c": ["x", "y", "z", "w", "v"]}
    laid = Assignments.all(answers)
    assert laid.size == 30
    for place, told in enumerate(product(*answers.values())):
        assert assignment(answers, place) == dict(zip(answers, told, strict=True))
        for fact, answer in zip(answers, told, strict=True):
            assert [one for one in answers[fact] if laid.columns[fact][one] >> place & 1] == [answer]
    assert Assignments.all({}).size == 1


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_policies(data: st.DataObject) -> None:
    policy = data.draw(policies())
    answers = {
        fact: ["7 mm", "8 mm", "3 cm", "unknown"] if fact == SIZE else EVERY[: data.draw(st.integers(3, 4))]
        for fact in facts(policy)[:5]
    }
    derived = derive(Case({"g": policy}, "g", {}), Assignments.all(answers))
    size = Assignments.all(answers).size
    for place in {data.draw(st.integers(0, size - 1)) for _ in range(40)}:
        case = Case({"g": policy}, "g", assignment(answers, place))
        for one in policy.sections:
            assert bitsets.of(derived.verdict(one.id), place) is case.verdict(one.id)
            for each in one.rulings:
                assert bitsets.of(derived.ruling(each, "g"), place) is case.ruling(each)
        told = bitsets.of(derived.determination(CODE, "g"), place)
        assert case.determination(CODE) == {
            "met": "criteria_met", "not_met": "criteria_not_met", "not_applicable": "no_criteria",
            "unknown": "missing_information",
        }[told]  # fmt: skip


def over(names: str) -> tuple[Deriving[Bits], Assignments]:
    laid = Assignments.all(dict.fromkeys(names, EVERY))
    policy = guideline(section("s", ruling("s.r", criterion("none"))))
    return derive(Case({"g": policy}, "g", {}), laid), laid


def joined(op: str, names: str, n: int = 0) -> Group:
    return group("joined", op, *(criterion(name) for name in names), n=n)


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_every_connective_on_every_assignment(count: int) -> None:
    names = "abcd"[:count]
    derived, laid = over(names)
    members = [tuple(Verdict(one) for one in told) for told in product(EVERY, repeat=count)]
    for op, n, meaning in (
        ("all", 0, all_of), ("any", 0, any_of), *(("at_least", n, lambda some, n=n: at_least(n, some)) for n in range(1, count + 1)),
    ):  # fmt: skip
        told = derived.node(joined(op, names, n), "g")
        assert [bitsets.of(told, place) for place in range(laid.size)] == [meaning(some) for some in members]  # type: ignore[operator]


def test_de_morgan() -> None:
    derived, _ = over("abcd")
    nots = [group(f"not-{name}", "not", criterion(name)) for name in "abcd"]
    assert derived.node(group("n", "not", joined("all", "abcd")), "g") == derived.node(group("m", "any", *nots), "g")
    assert derived.node(group("o", "not", joined("any", "abcd")), "g") == derived.node(group("p", "all", *nots), "g")
    assert derived.node(group("q", "not", group("r", "not", criterion("a"))), "g") == derived.node(criterion("a"), "g")


def test_guard_and_exceptions_on_every_assignment() -> None:
    derived, laid = over("oguw")
    for guard, unless, carve in product((None, "g"), (None, "u"), (None, "w")):
        hanging = {"applies_when": guard, "unless": unless, "except_when": carve}
        node = criterion("c", fact="o", **{key: criterion(name) for key, name in hanging.items() if name})
        told = derived.node(node, "g")
        for place in range(laid.size):
            facts = {name: Verdict(one) for name, one in assignment(dict.fromkeys("oguw", EVERY), place).items()}
            hung = (facts[name] if name else None for name in (guard, unless, carve))
            assert bitsets.of(told, place) is with_exceptions(facts["o"], *hung)


def test_what_was_measured_stands_for_its_unit() -> None:
    from tests.random_policies import compare

    laid = Assignments.all({SIZE: ["7 mm", "0.8 cm", "9 kg", "not_applicable"], "c": ["unknown", "met"]})
    policy = guideline(section("s", ruling("s.r", criterion("c", compare=compare(">=")))))
    told = derive(Case({"g": policy}, "g", {}), laid).verdict("s")
    assert [str(negate(bitsets.of(told, place))) for place in range(0, 8, 2)] == [
        "met",
        "not_met",
        "unknown",
        "not_applicable",
    ]
    assert [str(bitsets.of(told, place)) for place in range(1, 8, 2)] == ["met"] * 4
