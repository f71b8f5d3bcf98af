"""The prover against the evaluator: for every case of random policies, and its claims by taking parts away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress import quantity
from policypress.criteria import Group, Node, See, guards, walk
from policypress.logic import Case
from policypress.model import Guideline
from policypress.prover import algebra as algebras
from policypress.prover.algebra import Bitsets, Diagrams, TooLargeError, algebra
from policypress.prover.conditions import Conditions, CycleError, asked, independent
from policypress.prover.discovering import Discovery, discover
from policypress.prover.questions import Question, Questions, told
from policypress.registers import Exclusive
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, Verdict
from tests.random_policies import (
    SIZE,
    SPAN,
    compare,
    criterion,
    group,
    guideline,
    nodes,
    policies,
    ruling,
    section,
    text,
)

ONE_OF = Exclusive("kinds", (text("f1"), text("f2")), SPAN)
AMOUNTS = ("7 mm", "8 mm", "9 mm", "10 mm", "15 mm", "20 mm", "21 mm")


def conditions(policy: Guideline, root: Node, *exclusive: Exclusive) -> Conditions:
    questions = Questions({policy.id: policy}, policy.id)
    return Conditions(questions, asked(questions, root), exclusive)


def facts_of(policy: Guideline, answers: Any) -> dict[str, str]:
    """Turn the answers of a proof into the facts of a case."""
    asked_ = tuple(answers)
    facts = {}
    for question, met in answers.items():
        if question.op:
            facts[question.fact] = told(asked_, tuple(answers.values()), question.fact)
        elif question.words:
            ids = [
                node.id
                for one in policy.sections
                for each in one.rulings
                if each.criteria is not None
                for node in walk(each.criteria)
                if not isinstance(node, Group) and node.text.value.lower() == question.words
            ]
            facts |= dict.fromkeys(ids, MET if met else NOT_MET)
        else:
            facts[question.fact] = MET if met else NOT_MET
    return facts


def every_case(policy: Guideline, of: Conditions) -> Iterator[dict[str, str]]:
    """Every case that answers all questions, exclusive facts and amounts as they can be."""
    names = sorted({question.fact if not question.words else question.words for question in of.listed})
    choices = [AMOUNTS if name == SIZE else (MET, NOT_MET) for name in names]
    ids = {question.words: facts_of(policy, {question: True}) for question in of.listed if question.words}
    for chosen in product(*choices):
        facts: dict[str, str] = {}
        for name, answer in zip(names, chosen, strict=True):
            facts |= dict.fromkeys(ids.get(name, (name,)), answer)
        if not (facts.get("f1") == facts.get("f2") == MET):
            yield facts


def verdict_in(of: Conditions, node: Node, answers: dict[Question, bool]) -> Verdict:
    """Read a value at one case."""
    here = of.algebra.every
    for question, met in answers.items():
        asked_ = of.question(question).met
        here = of.algebra.both(here, asked_) if met else of.algebra.without(here, asked_)
    value = of.value(node)
    if of.algebra.both(here, value.met):
        return MET
    return NOT_APPLICABLE if of.algebra.both(here, value.dropped) else NOT_MET


@pytest.mark.parametrize("laid_out", [15, 0], ids=["bitsets", "diagrams"])
@given(policy=policies())
@settings(max_examples=60, deadline=None)
def test_values_are_those_of_the_evaluator(policy: Guideline, laid_out: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(algebras, "EXHAUSTED", laid_out)
        for each in policy.sections[1].rulings:
            assert each.criteria is not None
            of = conditions(policy, each.criteria, ONE_OF)
            if len(of.listed) > 8:
                continue
            seen = set()
            for facts in every_case(policy, of):
                case = Case({"g": policy}, "g", facts)
                answers = {question: holds(policy, question, facts) for question in of.listed}
                verdict = case.ruling(each)
                seen.add(verdict)
                assert verdict_in(of, each.criteria, answers) == verdict
            value = of.value(each.criteria)
            assert (value.met != 0) == (MET in seen)
            assert (of.not_met(value) != 0) == (NOT_MET in seen)
            assert (value.dropped != 0) == (NOT_APPLICABLE in seen)


def holds(policy: Guideline, question: Question, facts: dict[str, str]) -> bool:
    if question.op:
        assert question.limit is not None
        return bool(quantity.compare(facts[question.fact], question.op, question.limit, question.unit))
    names = facts_of(policy, {question: True}) if question.words else (question.fact,)
    return all(facts[name] == MET for name in names)


def trees(depth: int = 3) -> st.SearchStrategy[Node]:
    return st.builds(lambda _: count(1), st.none()).flatmap(lambda numbers: nodes(numbers, (), depth))


def discovered(root: Node) -> tuple[Guideline, Conditions, list[Discovery]]:
    policy = guideline(section("s1", ruling("s1.r", root)))
    of = conditions(policy, root, ONE_OF)
    return policy, of, discover(of, root)


@given(trees())
@settings(max_examples=300, deadline=None)
def test_what_is_discovered_is_so_in_every_case(root: Node) -> None:
    policy, of, found = discovered(root)
    if len(of.listed) > 8:
        return
    cases = [Case({"g": policy}, "g", facts) for facts in every_case(policy, of)]
    gone: list[Node] = []
    for one in found:
        if one.kind in ("never", "always"):
            wrong = MET if one.kind == "never" else NOT_MET
            assert all(case.node(one.node) is not wrong for case in cases)
        else:
            gone.append(one.node)
            smaller = without(root, gone)
            other = guideline(section("s1", ruling("s1.r", smaller)))
            for case in cases:
                assert Case({"g": other}, "g", case.facts).node(smaller) == case.node(root)


@given(trees())
@settings(max_examples=300, deadline=None)
def test_a_case_shows_what_is_implied(root: Node) -> None:
    policy, _, found = discovered(root)
    for one in found:
        if one.kind == "implied" and one.case and one.group is not None and len(found) == 1:
            case = Case({"g": policy}, "g", facts_of(policy, one.case))
            others = [case.node(sibling) for sibling in one.because]
            if one.group.op == "all":
                assert case.node(one.node) is MET
                assert NOT_MET in others
            elif one.group.op == "any":
                assert case.node(one.node) is NOT_MET
                assert MET in others


@given(trees())
@settings(max_examples=200, deadline=None)
def test_independent_questions_hide_nothing(root: Node) -> None:
    policy = guideline(section("s1", ruling("s1.r", root)))
    questions = Questions({"g": policy}, "g")
    listed = asked(questions, root)
    sets = [frozenset({"f1", "f2"})]
    if independent(listed, sets) and all(
        not isinstance(node, Group) or (node.op != "at_least" and node.of) for node in walk(root)
    ):
        assert discover(Conditions(questions, listed, [ONE_OF]), root) == []


def without(node: Node, gone: list[Node]) -> Node:
    changed: dict[str, Any] = {
        key: None if any(one is each for each in gone) else without(one, gone) for key, one in guards(node)
    }
    if isinstance(node, Group):
        changed["of"] = tuple(without(one, gone) for one in node.of if not any(one is each for each in gone))
    return replace(node, **changed)


# The two algebras


functions = st.recursive(
    st.integers(0, 5),
    lambda below: st.tuples(st.sampled_from(["both", "either", "without"]), below, below),
    max_leaves=12,
)


def built(algebra: Any, function: Any) -> int:
    if isinstance(function, int):
        return int(algebra.questions[function])
    name, one, other = function
    return int(getattr(algebra, name)(built(algebra, one), built(algebra, other)))


@given(functions, functions)
@settings(deadline=None)
def test_both_algebras_agree(one: Any, other: Any) -> None:
    limits = [((0, 3), frozenset({(True, False), (False, True), (False, False)}))]
    made = []
    for kind in (Bitsets(6), Diagrams(6)):
        kind.restrict(limits)
        first, second = built(kind, one), built(kind, other)
        made.append((first == 0, first == kind.every, first == second, kind.without(first, second) == 0))
        if first:
            told_ = kind.case(first)
            assert not (told_[0] and told_[3])
            here = kind.every
            for question, yes in enumerate(told_):
                here = (kind.both if yes else kind.without)(here, kind.questions[question])
            assert kind.without(here, first) == 0 != here
    assert made[0] == made[1]


def test_the_bounds_are_told() -> None:
    assert isinstance(algebra(15), Bitsets)
    assert isinstance(algebra(16), Diagrams)
    with pytest.raises(TooLargeError):
        algebra(401)
    hard = Diagrams(60)  # x1·x31 + x2·x32 + … in this order needs 2³⁰ nodes
    found = 0
    with pytest.raises(TooLargeError):
        for place in range(30):
            found = hard.either(found, hard.both(hard.questions[place], hard.questions[place + 30]))


def test_a_deep_diagram_stays_within_pythons_stack() -> None:
    long = Diagrams(400)
    found = long.every
    for question in reversed(long.questions):
        found = long.both(found, question)
    assert long.case(found) == (True,) * 400
    assert long.without(long.questions[399], found) != 0


# What the questions are


def proved(*members: Node, op: Any = "all", **more: Any) -> list[tuple[str, str, list[str]]]:
    _, _, found = discovered(group("root", op, *members, **more))
    return [(one.kind, one.node.id, [because.id for because in one.because]) for one in found]


def test_the_same_words_are_the_same_question() -> None:
    one = replace(criterion("a"), text=text("The study is new"))
    same = replace(criterion("b"), text=text("the study  is new."))
    assert proved(one, group("deep", "any", same, criterion("c"))) == [("implied", "deep", ["a"])]


def test_amounts_are_intervals() -> None:
    wide, narrow = criterion("wide", compare=compare(">=")), criterion("narrow", compare=compare(">", "2", "cm"))
    assert proved(wide, narrow) == [("implied", "wide", ["narrow"])]
    assert proved(wide, narrow, op="any") == [("implied", "narrow", ["wide"])]
    assert proved(criterion("below", compare=compare("<")), criterion("x"), narrow) == [("never", "root", ["below", "narrow"])]
    assert proved(criterion("below", compare=compare("<")), wide, op="any") == [("always", "root", ["below", "wide"])]


def test_months_and_days_are_told_apart_where_every_calendar_agrees() -> None:
    half_year = criterion("half", compare=compare(">=", "6", "mo"))
    assert proved(half_year, criterion("days", compare=compare("<=", "170", "d"))) == [("never", "root", ["half", "days"])]
    assert proved(half_year, criterion("days", compare=compare("<=", "182", "d"))) == []


def test_exclusive_facts_exclude_each_other() -> None:
    one, other = criterion("a", fact="f1"), criterion("b", fact="f2")
    assert proved(one, criterion("c"), other) == [("never", "root", ["a", "b"])]
    assert proved(one, group("no", "not", other)) == [("implied", "no", ["a"])]


def test_exceptions_without_effect() -> None:
    assert proved(criterion("a", unless=criterion("u", fact="a")), criterion("b")) == [("exception", "u", ["a"])]
    carved = group("all", "all", criterion("a"), criterion("b"), except_when=group("n", "not", criterion("c", fact="a")))
    assert proved(carved, criterion("d")) == [("exception", "n", ["all"])]
    assert proved(criterion("a", applies_when=criterion("g")), criterion("b", unless=criterion("u"))) == []


def test_what_a_pointer_leads_to_counts() -> None:
    target = section("s1", ruling("s1.r", group("t", "all", criterion("a", fact="f1"), criterion("b", fact="f3"))))
    root = group("root", "all", criterion("p", see=See(SPAN, target="s1")), criterion("c", fact="f3"))
    policy = guideline(target, section("s2", ruling("s2.r", root)))
    found = discover(conditions(policy, root), root)
    assert [(one.kind, one.node.id) for one in found] == [("implied", "c")]
    circle = group("n", "all", criterion("q", see=See(SPAN, target="s3")), criterion("x"))
    around = guideline(section("s3", ruling("s3.r", circle)))
    with pytest.raises(CycleError):
        asked(Questions({"g": around}, "g"), criterion("p", see=See(SPAN, target="s3")))


def test_an_incomplete_ruling_and_an_empty_group_stay_open() -> None:
    assert proved(group("empty", "all"), criterion("a")) == []
