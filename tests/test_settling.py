"""The missing facts: no smaller set settles a verdict, the set that is named does, and "always" means always."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.criteria import Node, See
from policypress.evaluation.asking import questions
from policypress.evaluation.settling import settle
from policypress.logic import Case
from policypress.model import Guideline
from policypress.verdict import OPEN, Outcome
from tests.random_policies import SPAN, answered, compare, criterion, group, guideline, policies, ruling, section

ASKS = [("section", "s2"), ("section", "s1"), ("code", "78815"), ("ruling", "s2.r0")]
VALUES = ("7 mm", "8 mm", "9 mm", "15 mm", "20 mm", "21 mm")


def values(fact: str) -> tuple[str, ...]:
    return VALUES if fact == "size" else ("met", "not_met")


def smallest(case: Case, asks: tuple[str, str]) -> int | None:
    """The size of the smallest settling set, by trying all of them."""
    found = questions(case, asks)
    names = [
        name
        for name in found.places
        if name not in case.facts and (name not in found.pointed or case.verdict(name) in OPEN)
    ]
    for size in range(1, min(len(names), 3) + 1):
        for chosen in combinations(names, size):
            for answers in product(*(values(name) for name in chosen)):
                if case.having(dict(zip(chosen, answers, strict=True))).outcome(asks) not in OPEN:
                    return size
    return None


def outcomes(case: Case, asks: tuple[str, str], names: list[str]) -> set[Outcome]:
    return {
        case.having(dict(zip(names, answers, strict=True))).outcome(asks)
        for answers in product(*(values(name) for name in names))
    }


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_the_named_set_is_a_smallest_one_and_settles(data: st.DataObject) -> None:
    policy = data.draw(policies())
    asks = data.draw(st.sampled_from(ASKS))
    case = Case({"g": policy}, "g", data.draw(answered(policy)))
    found = settle(case, asks)
    if case.outcome(asks) not in OPEN:
        assert found.missing == ()
        return
    least = smallest(case, asks)
    assert found.exact
    if least is None:
        assert not found.missing or len(found.missing) > 3
        return
    assert len(found.missing) == least
    assert found.answers is not None and set(found.answers) == set(found.missing)
    assert case.having(found.answers).outcome(asks) is found.then
    assert found.then not in OPEN


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_always_is_the_outcome_of_every_completion(data: st.DataObject) -> None:
    policy = data.draw(policies(depth=1))
    asks = data.draw(st.sampled_from(ASKS))
    case = Case({"g": policy}, "g", data.draw(answered(policy)))
    found = questions(case, asks)
    names = [name for name in found.places if name not in found.pointed and name not in case.facts]
    if case.outcome(asks) not in OPEN or len(names) > 6:
        return
    every = outcomes(case, asks, names)
    assert settle(case, asks).always == (every.pop() if len(every) == 1 else None)


def asked(node: Node, **facts: str) -> tuple[Case, Guideline]:
    policy = guideline(section("s1", ruling("s1.r", node)))
    return Case({"g": policy}, "g", facts), policy


def test_a_whole_that_counts_twice_is_asked_once() -> None:
    """Found by chance: s1.r stands for itself, and is pointed at."""
    pointing = group("n14", "not", criterion("n15", see=See(SPAN, target="s1.r")))
    policy = guideline(
        section("s1", ruling("s1.r", group("n1", "not", criterion("n5"), unless=criterion("n4")))),
        section(
            "s2",
            ruling("s2.r0", group("n6", "any", criterion("n7"), criterion("n8")), scope="general"),
            ruling("s2.r1", criterion("n13", except_when=pointing)),
        ),
    )
    case = Case({"g": policy}, "g", {})
    assert smallest(case, ("code", "78815")) == 1
    assert settle(case, ("code", "78815")).answers == {"s1.r": "not_met"}


def test_either_way_is_said() -> None:
    fact = criterion("a")
    case, _ = asked(group("root", "any", fact, group("not-a", "not", criterion("b", fact="a"))))
    found = settle(case, ("section", "s1"))
    assert (found.missing, found.always) == (("a",), "met")


def test_a_comparison_is_settled_at_its_limit() -> None:
    case, _ = asked(group("root", "all", criterion("a", compare=compare("<=")), criterion("b", compare=compare(">="))))
    found = settle(case, ("section", "s1"))
    assert found.missing == ("size",)
    met = [value for value in questions(case, ("section", "s1")).answers("size")
           if case.having({"size": value}).outcome(("section", "s1")) == "met"]  # fmt: skip
    assert met == ["8 mm"]


def test_nothing_settles_what_has_no_members() -> None:
    case, _ = asked(group("root", "all"))
    found = settle(case, ("section", "s1"))
    assert (found.missing, found.exact, found.always) == ((), True, None)


@pytest.mark.parametrize("width", [3, 8])
def test_wide_trees_stay_exact(width: int) -> None:
    branches = [group(f"g{i}", "any", *(criterion(f"c{i}-{j}") for j in range(width))) for i in range(width + 4)]
    case, _ = asked(group("root", "all", *branches))
    found = settle(case, ("section", "s1"))
    assert (found.exact, len(found.missing), found.then) == (True, width, "not_met")
