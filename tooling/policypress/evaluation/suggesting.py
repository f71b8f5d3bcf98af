"""Writes the cases that are still missing: for each branch that none decides, a smallest one that does.

Where a criterion compares, there is one case just below its limit, one at it and one just above.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain, combinations, groupby, product
from math import prod

from policypress.comments import read_comments
from policypress.criteria import Criterion, Node, walk
from policypress.decode.guideline import VIGNETTE
from policypress.evaluation.asking import Questions, questions
from policypress.evaluation.judgement import Judgement, judge
from policypress.evaluation.pivoting import pivot
from policypress.evaluation.settling import reach
from policypress.evaluation.vignettes import Report, decides, taken
from policypress.layout import canonical
from policypress.logic import Case, Index
from policypress.model import Guideline, Library, Ruling, Section, Vignette
from policypress.nodes import parse
from policypress.quantity import boundary_values, same
from policypress.text import Source, Text
from policypress.verdict import OPEN, Verdict

_NOWHERE = Source("", "")
_Found = tuple[Section, Judgement, frozenset[object]]  # a case with what it is there for
_SMALL = 3**8  # cases at most, where every one is looked at


@dataclass(frozen=True, slots=True)
class Wish:
    """An answer to the question of a criterion that some case should give, and be decided by."""

    criterion: Criterion
    ruling: Ruling
    section: Section
    fact: str
    answer: str

    @property
    def name(self) -> str:
        return f"{self.criterion.id}-{re.sub('[^a-z0-9.]+', '-', self.answer.lower()).strip('-.')}"


def suggest(library: Library, report: Report) -> Iterator[str]:
    """Yield the cases that are missing, as one text of YAML for each section: a list, with its file in a comment.

    What no case can decide is left out; coverage says why.
    """
    suggesting = Suggesting(library, report.guideline)
    gaps = {(id(gap.node), gap.verdict) for gap in report.gaps}
    told = [answer for run in report.runs if run.judgement is not None for answer in _decided(run.judgement)]
    left = set(gaps)
    known = {run.vignette.id for run in report.runs}
    found: list[_Found] = []
    for wish in suggesting.wishes():
        branch = (id(wish.criterion), suggesting.verdict(wish))
        limits = () if wish.criterion.compare is None or _among(told, wish) else ((wish.fact, wish.answer),)
        if wish.name in known or (branch not in left and not limits):
            continue
        judgement = suggesting.case(wish)
        if judgement is not None:
            closed = taken([judgement]) & gaps
            found.append((wish.section, judgement, frozenset(closed | set(limits))))
            left -= closed
            told += _decided(judgement)
    for section, cases in groupby(_needed(found), lambda one: one[0].id):
        path = f"{report.guideline.id}/vignettes/{section}.yaml"
        root, _ = parse(Source(path, "\n".join(_yaml(judgement) for _, judgement, _ in cases)))
        assert root is not None
        yield f"# {path}\n{canonical(root, VIGNETTE, {}, read_comments(root))}"


def _needed(found: list[_Found]) -> list[_Found]:
    """Return the cases without those that are there for nothing but what others do too."""
    times = Counter(branch for _, _, branches in found for branch in branches)
    needed = set(range(len(found)))
    for place in sorted(needed, key=lambda place: len(found[place][2])):
        if all(times[branch] > 1 for branch in found[place][2]):
            times.subtract(found[place][2])
            needed.discard(place)
    return [found[place] for place in sorted(needed)]


class Suggesting:
    """Finds small cases for the branches of one guideline."""

    def __init__(self, library: Library, guideline: Guideline) -> None:
        self.guidelines = {one.id: one for one in library.guidelines}
        self.guideline = guideline
        self.index: Index = {}
        self.blank = Case(self.guidelines, guideline.id, {}, "", self.index)

    def wishes(self) -> Iterator[Wish]:
        """Yield every answer that some case should give, in reading order."""
        for section in self.guideline.sections:
            for ruling in section.rulings:
                for node in walk(ruling.criteria) if ruling.criteria is not None and ruling.complete else ():
                    if isinstance(node, Criterion) and (fact := self.fact(node)):
                        for answer in self._answers(node):
                            yield Wish(node, ruling, section, fact, answer)

    def _answers(self, node: Criterion) -> tuple[str, ...]:
        if node.compare is None:
            return "met", "not_met"
        limit = self.blank.limit(node, self.guideline.id)
        return () if limit is None else boundary_values([limit])

    def fact(self, node: Criterion) -> str:
        """Return the question that decides a criterion: its own, or that of what it points at; "" for none."""
        found = questions(self.blank, ("node", node.id)).places
        return next((fact for fact, places in found.items() if any(owner is node for owner, _ in places)), "")

    def verdict(self, wish: Wish) -> Verdict:
        """Return the verdict that the answer gives to the criterion."""
        return self.blank.having({wish.fact: wish.answer}).own(wish.criterion, self.guideline.id)

    def case(self, wish: Wish) -> Judgement | None:
        """Return a smallest case that the answer decides; None where none was found."""
        fact, asks = wish.fact, ("ruling", wish.ruling.id)
        case = self.blank.having({fact: wish.answer})
        found = questions(case, asks)
        answers = self._beside(wish, case, found)
        if answers is None and self.few(wish):
            every = (told for told in _every(found, fact) if _decided_by(case.having(told), asks, found, fact))
            answers = next(every, None)
        if answers is None:
            return None
        ranks = {name: rank for rank, name in enumerate(found.places)}
        told = sorted({**answers, fact: wish.answer}.items(), key=lambda one: ranks.get(one[0], -1))
        facts = {name: Text(value, _NOWHERE, 0, 0) for name, value in told}
        said = " ".join(wish.criterion.text.value.split())
        title = f"{said}: {wish.answer.replace('_', ' ')}"
        vignette = Vignette(wish.name, wish.criterion.span, asks, facts, {}, title)
        return judge(self.guidelines, vignette, self.guideline, self.index)

    def _beside(self, wish: Wish, case: Case, found: Questions) -> Mapping[str, str] | None:
        fact, asks = wish.fact, ("ruling", wish.ruling.id)
        if case.outcome(asks) not in OPEN:
            answers: Mapping[str, str] | None = {} if _decided_by(case, asks, found, fact) else None
        else:
            answers = reach(case, asks, found, lambda other: _decided_by(other, asks, found, fact)).answers
        if answers is None and wish.ruling.criteria is not None:
            answers = pivot(case, wish.ruling.criteria, wish.criterion, self.guideline.id, found)
            if answers is not None and not _decided_by(case.having(answers), asks, found, fact):
                answers = None
        return answers

    def few(self, wish: Wish) -> bool:
        """Tell whether a ruling has so few cases that each was looked at."""
        found = questions(self.blank, ("ruling", wish.ruling.id))
        return prod(len(found.answers(name)) + 1 for name in found.places) <= _SMALL

    def possible(self, node: Node, verdict: Verdict) -> bool:
        """Tell whether some answers give a node a verdict, or there are too many to look at each."""
        found = questions(self.blank, ("node", node.id))
        if prod(len(found.answers(name)) + 1 for name in found.places) > _SMALL:
            return True
        return any(self.blank.having(told).node(node, self.guideline.id) is verdict for told in _every(found))


def _every(found: Questions, but: str = "") -> Iterator[dict[str, str]]:
    """Yield every set of answers, those to few questions first."""
    names = [name for name in found.places if name != but]
    for some in chain.from_iterable(combinations(names, size) for size in range(len(names) + 1)):
        for told in product(*(found.answers(name) for name in some)):
            yield dict(zip(some, told, strict=True))


def _decided_by(case: Case, asks: tuple[str, str], found: Questions, fact: str) -> bool:
    return case.outcome(asks) not in OPEN and decides(case, asks, found, fact)


def _decided(judgement: Judgement) -> list[tuple[str, str]]:
    """Return the answers that decide a case."""
    case, asks, found = judgement.case, judgement.asks, judgement.questions
    return [
        (fact, value)
        for fact, value in case.facts.items()
        if fact in found.places and _decided_by(case, asks, found, fact)
    ]


def _among(told: list[tuple[str, str]], wish: Wish) -> bool:
    return any(fact == wish.fact and same(wish.answer, value) for fact, value in told)


def _yaml(judgement: Judgement) -> str:
    vignette = judgement.vignette
    kind, id = vignette.asks
    facts = "\n".join(_fact(name, text.value, _meaning(judgement, name)) for name, text in vignette.facts.items())
    return (
        f"- id: {vignette.id}\n"
        f"  title: {json.dumps(vignette.title, ensure_ascii=False)}\n"
        f"  asks: {{{kind}: {id}}}\n"
        f"  facts:\n{facts}\n"
        f"  expect:\n"
        f"    verdict: {judgement.verdict}\n"
        f"    deciding: [{', '.join(judgement.deciding)}]\n"
    )


def _fact(name: str, value: str, meaning: str) -> str:
    if " " in value:  # behind several words a comment might be part of them
        return f"    # {meaning}\n    {name}: {value}"
    return f"    {name}: {value} # {meaning}"


def _meaning(judgement: Judgement, name: str) -> str:
    """Return the words behind a fact, for whoever reads the case."""
    register = judgement.guideline.registers.facts
    if name in register:
        return " ".join(register[name].question.value.split())
    node = next((node for node, _ in judgement.questions.places.get(name, ()) if isinstance(node, Criterion)), None)
    return name if node is None else " ".join(node.text.value.split())
