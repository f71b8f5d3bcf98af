"""Conformance vectors: cases with what comes out of them, for whoever evaluates the export with a program of their own.

They are chosen so that a program which lost or changed one thing in a tree gives at least one of them another verdict.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from policypress import quantity
from policypress.amounts import UNITS
from policypress.conformance.exposing import Exposing, Facts, exposing_rulings
from policypress.conformance.mutants import mutant_guidelines, mutants
from policypress.conformance.planes import Cases, Planes
from policypress.criteria import Criterion, Node
from policypress.evaluation.judgement import judge
from policypress.evaluation.locating import CaseFault, check_asked
from policypress.logic import Case, Index
from policypress.model import Guideline, Ruling, Vignette, section_nodes
from policypress.text import Text
from policypress.ucum import Amount, scaled
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET

Asks = tuple[str, str]
_DAYS = {"time": 1 / 86400, "months": 30.4375}  # about how many days the smallest unit is: where to look, no more
_NEAR = 5
_SMALL = 8192  # cases at most, where every one is looked at


@dataclass(frozen=True, slots=True)
class Question:
    """What a vector asks, of which facts, and on which day."""

    asks: Asks
    facts: Facts
    on: str = ""


def vectors(guidelines: Mapping[str, Guideline], guideline: Guideline) -> Iterator[dict[str, Any]]:
    """Yield the vectors of a guideline in reading order, as they are published."""
    index: Index = {}
    asked = _Vectors(Case(guidelines, guideline.id, {}, "", index), guideline).all()
    each = {(one.asks, tuple(sorted(one.facts.items())), one.on): one for one in asked}
    for question in each.values():
        yield _record(question, guidelines, guideline, index)


class _Vectors:
    def __init__(self, case: Case, guideline: Guideline) -> None:
        self.case = case
        self.guideline = guideline
        self.exposing = Exposing(case, guideline.id)

    def all(self) -> Iterator[Question]:
        for section in self.guideline.sections:
            for ruling in section.rulings:
                if ruling.criteria is not None:
                    asks = ("ruling", ruling.id) if ruling.complete else ("node", ruling.criteria.id)
                    yield from self.tree(asks, ruling.criteria)
                    if not ruling.complete:  # met criteria do not make it met
                        yield Question(("ruling", ruling.id), self.exposing.make(ruling.criteria, MET, {}))
            for rule in section.coding_rules:
                if rule.when is not None:
                    yield from self.tree(("node", rule.when.id), rule.when)
            for node in section_nodes(section):
                if isinstance(node, Criterion) and node.compare is not None:
                    yield from self.measured(node)
            if section.rulings:
                yield from self.rulings(("section", section.id), section.rulings)
        yield from self.codes()
        for vignette in self.guideline.vignettes:
            facts = {fact: value.value for fact, value in vignette.facts.items()}
            asks = (vignette.asks[0], vignette.asks[1].removeprefix(f"{self.guideline.id}/"))
            try:
                check_asked(self.guideline, vignette, self.case.index)
            except CaseFault:  # `vignettes` names it; nothing follows from it
                continue
            yield Question(asks, facts, vignette.on)

    def tree(self, asks: Asks, tree: Node) -> Iterator[Question]:
        """Yield vectors that tell a tree from its mutants."""
        changed = [one.tree for one in mutants(tree)]
        found = self.exposing.cases(tree)
        own, told = self.telling(tree, changed, found)
        if not all(told) and (every := self.exposing.every_case(tree, _SMALL)):
            found += every
            own, told = self.telling(tree, changed, found)
        chosen = covering(told, found, ~own.known) or [0]
        yield from (Question(asks, found[place]) for place in chosen)

    def telling(self, tree: Node, changed: Iterable[Node], found: Sequence[Facts]) -> tuple[Planes, list[int]]:
        """Return the verdicts of a tree in some cases, and for each mutant in which of them it gives another."""
        cases = Cases(self.case, found)
        own = cases.node(tree, self.guideline.id)
        others = [cases.node(one, self.guideline.id) for one in changed]
        for name, answers in self.exposing.questions(tree).items():
            if NOT_MET in answers:
                others.append(cases.taking(name, NOT_MET).node(tree, self.guideline.id))
        return own, [_differing(own, other) for other in others]

    def rulings(self, asks: Asks, rulings: Sequence[Ruling]) -> Iterator[Question]:
        """Yield vectors that tell what is asked of some rulings from what it is without one, or with one changed."""
        cases = Cases(self.case, found := list(exposing_rulings(rulings)))
        own = cases.outcome(asks)
        told = []
        for _, mutant in mutant_guidelines(self.guideline, rulings):
            other = Case({**self.case.guidelines, mutant.id: mutant}, mutant.id, {})
            told.append(_differing(own, cases.over(other).outcome(asks)))
        against = [ruling for ruling in rulings if ruling.effect == "not_covered" or ruling.overrides]
        for ruling, verdict in product(against, (MET, NOT_MET, NOT_APPLICABLE)):  # left open, these keep the rest open
            told.append(_differing(own, cases.taking(ruling.id, verdict).outcome(asks)))
        decided = own[0] | own[1] | own[2]
        yield from (Question(asks, found[place]) for place in covering(told, found, ~decided) or [0])

    def codes(self) -> Iterator[Question]:
        alike: dict[tuple[str, ...], list[Question]] = {}
        named = {use.code for section in self.guideline.sections for one in section.rulings for use in one.codes}
        for code in sorted({*self.guideline.registers.codes, *named}):
            holding = self.case.holding(code, self.guideline.id)
            ids = tuple(ruling.id for ruling in holding)
            if ids not in alike:
                alike[ids] = list(self.rulings(("code", code), holding))
                yield from alike[ids]
            else:  # the same rulings: that they hold this code too is all there is to tell
                yield Question(("code", code), alike[ids][0].facts)

    def measured(self, node: Criterion) -> Iterator[Question]:
        """Yield a comparison at its limits, in other words and units, and by dates."""
        limit = self.case.limit(node, self.guideline.id)
        if limit is None or node.compare is None:
            return
        name, answers = self.exposing.answers(node)
        values = [value for some in answers.values() for value in some]
        values += [limit.value, *(f"{limit.value} {word}" for word in _words(limit.unit)[:1])]
        values.append("1 mm" if limit.unit.endswith("g") else "1 kg")
        for value in [*values, *self.turning(node, limit, [f"{day} d" for day in _near(limit)], "")]:
            yield Question(("node", node.id), {name: value})
        for on in _days(self.guideline.effective):
            dates = [str(on - datetime.timedelta(days)) for days in _near(limit)]
            for date in self.turning(node, limit, dates, str(on)):
                yield Question(("node", node.id), {name: date}, str(on))

    def turning(self, node: Criterion, limit: Amount, values: Sequence[str], on: str) -> list[str]:
        """Return the values beside which the answer of a comparison changes."""
        if node.compare is None:
            return []
        held = [quantity.compare(value, node.compare.op, limit, "", on) for value in values]
        changes = [place for place in range(1, len(held)) if held[place - 1] != held[place]]
        return [values[place] for change in changes for place in (change - 1, change)]


def _days(effective: str) -> list[datetime.date]:
    """Return days on which to ask: the first one, and those on which a month ends before its usual day."""
    first = quantity.parse_date(effective)
    return [] if first is None else [first, first.replace(month=2, day=28), first.replace(month=3, day=30)]


def _near(limit: Amount) -> list[int]:
    found: list[int] = []
    for end in dict.fromkeys((limit.value, limit.max or limit.value)):
        size = scaled(end, limit.unit)
        if size is not None and size[0] in _DAYS:
            days = round(float(size[1]) * _DAYS[size[0]])
            found += range(max(days - _NEAR, 0), days + _NEAR + 1)
    return found


def _words(unit: str) -> list[str]:
    return [word for word, means in UNITS.items() if means == unit and word != unit]


def _differing(one: Iterable[int], other: Iterable[int]) -> int:
    found = 0
    for plane, its in zip(one, other, strict=True):
        found |= plane ^ its
    return found


def covering(told: Sequence[int], cases: Sequence[Facts], still_open: int) -> list[int]:
    """Return the places of few cases that tell every mutant which one of them tells.

    `told` has, for each mutant, in which cases it gives another verdict. Settled cases with few facts come first.
    """
    tells = [0] * len(cases)
    for number, plane in enumerate(told):
        while plane:
            low = plane & -plane
            tells[low.bit_length() - 1] |= 1 << number
            plane ^= low
    order = sorted(range(len(cases)), key=lambda place: (still_open >> place & 1, len(cases[place]), place))
    chosen: list[int] = []
    left = (1 << len(told)) - 1
    while True:
        best = max(order, key=lambda place: (tells[place] & left).bit_count())
        if not tells[best] & left:
            return sorted(chosen)
        chosen.append(best)
        left &= ~tells[best]


def _record(
    question: Question, guidelines: Mapping[str, Guideline], guideline: Guideline, index: Index
) -> dict[str, Any]:
    source = guideline.source
    facts = {fact: Text(value, source, 0, 0) for fact, value in sorted(question.facts.items())}
    vignette = Vignette("vector", guideline.span, question.asks, facts, {}, on=question.on)
    found = judge(guidelines, vignette, guideline, index)
    record: dict[str, Any] = {"guideline": guideline.id, "asks": {question.asks[0]: question.asks[1]}}
    if question.on:
        record["on"] = question.on
    record["facts"] = {fact: text.value for fact, text in facts.items()}
    record["verdict"] = str(found.verdict)
    record["deciding"] = list(found.deciding)
    record["missing"] = list(found.settling.missing)
    if found.settling.answers and found.settling.then is not None:
        record["answers"] = dict(found.settling.answers)
        record["then"] = str(found.settling.then)
    return record
