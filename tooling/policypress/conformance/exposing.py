"""Cases in which one part of a policy decides: its own parts are varied, and what surrounds it is made neutral.

They bring out a change anywhere in a tree. Where one question stands in several places a case may miss its aim; it is
a candidate, and what comes out of it is for the evaluation to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import prod

from policypress import quantity
from policypress.criteria import Criterion, Group, Node, guards, walk
from policypress.logic import Case
from policypress.model import Ruling, Section
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Verdict, negate

Facts = dict[str, str]
Outward = Callable[[Facts], Iterator[Facts]]
_KNOWN = (MET, NOT_MET, NOT_APPLICABLE)
_EVERY = (*_KNOWN, UNKNOWN)
_ONE_AGAINST_THE_REST = (
    (MET, NOT_MET), (NOT_MET, MET), (UNKNOWN, MET), (UNKNOWN, NOT_MET), (NOT_APPLICABLE, MET),
    (NOT_APPLICABLE, NOT_MET),
)  # fmt: skip


class Exposing:
    """Finds cases for the trees of one guideline, whose facts a case of `case` gives."""

    def __init__(self, case: Case, home: str) -> None:
        self.case = case
        self.home = home
        self._answers: dict[int, tuple[str, dict[Verdict, list[str]]]] = {}

    def cases(self, tree: Node) -> list[Facts]:
        """Return cases that bring out each part of a tree, each once."""
        found = {tuple(sorted(facts.items())): facts for facts in self._at(tree, lambda facts: iter((facts,)))}
        return list(found.values())

    def questions(self, tree: Node) -> dict[str, list[str]]:
        """Return the questions of a tree, each with the answers that it may get."""
        found: dict[str, dict[str, None]] = {}
        for node in walk(tree):
            if isinstance(node, Criterion):
                name, answers = self.answers(node)
                found.setdefault(name, {}).update((value, None) for values in answers.values() for value in values)
        return {name: list(values) for name, values in found.items()}

    def every_case(self, tree: Node, at_most: int) -> list[Facts]:
        """Return all cases of a tree, none where they are too many."""
        questions = self.questions(tree)
        if prod(len(values) + 1 for values in questions.values()) > at_most:
            return []
        every = product(*(("", *values) for values in questions.values()))
        return [{name: value for name, value in zip(questions, told, strict=True) if value} for told in every]

    def answers(self, criterion: Criterion) -> tuple[str, dict[Verdict, list[str]]]:
        """Return the question that a criterion asks, and which answers give which verdict."""
        if id(criterion) not in self._answers:
            self._answers[id(criterion)] = self._find_answers(criterion, self.home, set())
        return self._answers[id(criterion)]

    def make(self, node: Node, wanted: Verdict, facts: Facts) -> Facts:
        """Return a case in which a node has a verdict, as far as the facts that are given already allow."""
        return self._neutral(node, self._own(node, wanted, facts))

    def _own(self, node: Node, wanted: Verdict, facts: Facts) -> Facts:
        if isinstance(node, Criterion):
            name, answers = self.answers(node)
            return {name: answers[wanted][0], **facts} if wanted in answers else facts
        return self._together(node.of, _members(node, wanted), facts)

    def _together(self, nodes: Sequence[Node], wanted: Sequence[Verdict], facts: Facts) -> Facts:
        for node, verdict in zip(nodes, wanted, strict=True):
            facts = self.make(node, verdict, facts)
        return facts

    def _neutral(self, node: Node, facts: Facts, but: str = "") -> Facts:
        for key, hanging in guards(node):
            if key != but:
                facts = self.make(hanging, MET if key == "applies_when" else NOT_MET, facts)
        return facts

    def _at(self, node: Node, outward: Outward) -> Iterator[Facts]:
        """Yield cases that vary a node and what is below it; `outward` makes neutral what is around it."""
        for facts in self._varied(node):
            yield from outward(self._neutral(node, facts))
        for key, hanging in guards(node):

            def beside_it(facts: Facts, key: str = key) -> Iterator[Facts]:
                for own in (MET, NOT_MET):
                    yield from outward(self._neutral(node, self._own(node, own, facts), but=key))

            for verdict in _EVERY:
                yield from beside_it(self.make(hanging, verdict, {}))
            yield from self._at(hanging, beside_it)
        if isinstance(node, Group):
            for member in node.of:
                yield from self._at(member, self._among(node, member, outward))

    def _among(self, group: Group, member: Node, outward: Outward) -> Outward:
        def among(facts: Facts) -> Iterator[Facts]:
            for told in self._beside(group, member, facts):
                yield from outward(self._neutral(group, told))

        return among

    def _varied(self, node: Node) -> Iterator[Facts]:
        if isinstance(node, Criterion):
            name, answers = self.answers(node)
            yield {}
            yield from ({name: value} for values in answers.values() for value in values)
            yield from self._pointed(node)
            return
        size = len(node.of)
        patterns = [[verdict] * size for verdict in _EVERY]
        for place, (one, rest) in product(range(size), _ONE_AGAINST_THE_REST):
            patterns.append([rest] * place + [one] + [rest] * (size - place - 1))
        for met in {node.n - 1, node.n, node.n + 1} if node.op == "at_least" else ():
            left = size - met
            patterns += [[MET] * met + [NOT_MET] * left, [MET] * met + [NOT_APPLICABLE] * left] if left >= 0 else []
        for pattern in patterns:
            yield self._together(node.of, pattern, {})

    def _pointed(self, node: Criterion) -> Iterator[Facts]:
        """Yield cases that give a pointer its verdict through what it points to."""
        if node.see is None:
            return
        if node.see.code:
            yield from exposing_rulings(self.case.holding(node.see.code, self.home))
        owner, home = self.case.owner(node.see.target, self.home)
        there = self if home == self.home else Exposing(self.case, home)
        rulings = owner.rulings if isinstance(owner, Section) else (owner,) if isinstance(owner, Ruling) else ()
        for verdict in (MET, NOT_MET):
            facts: Facts = {}
            for ruling in rulings:
                if ruling.criteria is not None:
                    wanted = verdict if ruling.effect == "covered" or len(rulings) == 1 else negate(verdict)
                    facts = there.make(ruling.criteria, wanted, facts)
            yield facts

    def _beside(self, group: Group, member: Node, facts: Facts) -> Iterator[Facts]:
        """Make the other members of a group such that this one decides: by their verdict, or dropped by their guard."""
        others = [other for other in group.of if other is not member]
        met = {"all": len(others), "at_least": group.n - 1}.get(group.op, 0)
        yield self._together(others, [MET] * met + [NOT_MET] * (len(others) - met), facts)
        guarded = [other for other in others if other.applies_when is not None]
        if guarded:
            told = facts
            for other in guarded:
                if other.applies_when is not None:
                    told = self.make(other.applies_when, NOT_MET, told)
            rest = [other for other in others if other.applies_when is None]
            met = min(met, len(rest))
            yield self._together(rest, [MET] * met + [NOT_MET] * (len(rest) - met), told)

    def _find_answers(self, node: Criterion, home: str, seen: set[int]) -> tuple[str, dict[Verdict, list[str]]]:
        plain: dict[Verdict, list[str]] = {verdict: [verdict.value] for verdict in _KNOWN}
        limit = self.case.limit(node, home)
        if node.compare is not None and limit is not None:
            fact = node.compare.fact.value
            known = self.case.guidelines[home].registers.facts.get(fact)
            unit = known.unit if known is not None else ""
            found: dict[Verdict, list[str]] = {}
            for value in quantity.boundary_values([limit]):
                held = quantity.compare(value, node.compare.op, limit, unit, self.case.on)
                found.setdefault(UNKNOWN if held is None else MET if held else NOT_MET, []).append(value)
            return self.case.name(fact, home), {**found, NOT_APPLICABLE: [NOT_APPLICABLE.value]}
        if node.see is not None and node.see.target:
            owner, its_home = self.case.owner(node.see.target, home)
            if isinstance(owner, Criterion) and id(owner) not in seen:
                return self._find_answers(owner, its_home, seen | {id(owner)})
            if owner is not None and not isinstance(owner, Criterion):
                return self.case.name(owner.id, its_home), plain
        return self.case.name(node.fact, home), plain


def exposing_rulings(rulings: Sequence[Ruling]) -> Iterator[Facts]:
    """Yield cases that give rulings their verdicts by id, such that each decides about what is asked of all."""
    best = {ruling.id: (MET if ruling.effect == "covered" else NOT_MET).value for ruling in rulings}
    none = {ruling.id: NOT_APPLICABLE.value for ruling in rulings}
    general = {ruling.id: MET.value for ruling in rulings if ruling.effect == "covered" and ruling.scope == "general"}
    for base in (best, none, {**none, **general}):
        yield base
        for ruling in rulings:
            yield from (_known({**base, ruling.id: verdict.value}) for verdict in _EVERY)
        for ruling in rulings:
            for other, one, two in product(rulings if ruling.overrides else (), _EVERY, _KNOWN):
                if other is not ruling:
                    yield _known({**base, ruling.id: one.value, other.id: two.value})


def _known(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if value != UNKNOWN.value}


def _members(group: Group, wanted: Verdict) -> list[Verdict]:
    """Return verdicts of the members that give a group a verdict."""
    size = len(group.of)
    if group.op == "not":
        return [negate(wanted)]
    if wanted not in (MET, NOT_MET):
        return [wanted] * size
    needed = {"all": size, "any": 1}.get(group.op, group.n)
    met = min(needed if wanted is MET else needed - 1, size)
    return [MET] * met + [NOT_MET] * (size - met)
