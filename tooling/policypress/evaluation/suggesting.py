"""Writes the cases that are still missing: for each branch that none decides, a smallest one that does.

Where a criterion compares, there is one case just below its limit, one at it and one just above.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from policypress.evaluation.asking import questions
from policypress.evaluation.judgement import Judgement, judge
from policypress.evaluation.pivoting import pivot
from policypress.evaluation.settling import reach
from policypress.evaluation.vignettes import Report, decides, taken
from policypress.logic import Case, Index
from policypress.model import Criterion, Guideline, Library, Ruling, Vignette, walk
from policypress.quantity import boundary_values, same
from policypress.text import Source, Text
from policypress.verdict import OPEN, Verdict

_NOWHERE = Source("", "")


@dataclass(frozen=True, slots=True)
class _Wish:
    """An answer to the question of a criterion that some case should give, and be decided by."""

    criterion: Criterion
    ruling: Ruling
    name: str  # of the case
    fact: str
    answer: str


def suggest(library: Library, report: Report) -> Iterator[str]:
    """Yield a file of YAML for each case that is missing, or a comment where none can be found."""
    suggesting = _Suggesting({one.id: one for one in library.guidelines}, report.guideline)
    gaps = {(id(gap.node), gap.verdict) for gap in report.gaps}
    told = {(fact, value) for run in report.runs if run.judgement for fact, value in run.judgement.case.facts.items()}
    for wish in suggesting.wishes():
        branch = (id(wish.criterion), suggesting.verdict(wish))
        at_limit = wish.criterion.compare is not None and not any(
            fact == wish.fact and same(wish.answer, value) for fact, value in told
        )
        if branch not in gaps and not at_limit:
            continue
        judgement = suggesting.case(wish)
        if judgement is None:
            yield f"# No small case is decided by {wish.criterion.id} with the answer {wish.answer}.\n"
            continue
        gaps -= taken([judgement])
        told |= set(judgement.case.facts.items())
        yield _yaml(judgement, report.guideline.id)


class _Suggesting:
    def __init__(self, guidelines: Mapping[str, Guideline], guideline: Guideline) -> None:
        self.guidelines = guidelines
        self.guideline = guideline
        self.index: Index = {}
        self.blank = Case(guidelines, guideline.id, {}, guideline.effective, self.index)

    def wishes(self) -> Iterator[_Wish]:
        """Yield every answer that some case should give, in reading order."""
        for section in self.guideline.sections:
            for ruling in section.rulings:
                for node in walk(ruling.criteria) if ruling.criteria is not None and ruling.complete else ():
                    if isinstance(node, Criterion) and (fact := self.fact(node)):
                        yield from self._of(node, ruling, fact)

    def _of(self, node: Criterion, ruling: Ruling, fact: str) -> Iterator[_Wish]:
        limit = self.blank.limit(node, self.guideline.id)
        if node.compare is None:
            for name, answer in (("met", "met"), ("not-met", "not_met")):
                yield _Wish(node, ruling, f"{node.id}-{name}", fact, answer)
        elif limit is not None:
            for place, answer in enumerate(boundary_values([limit]), 1):
                yield _Wish(node, ruling, f"{node.id}-limit-{place}", fact, answer)

    def fact(self, node: Criterion) -> str:
        """Return the question that decides a criterion: its own, or that of what it points at; "" for none."""
        found = questions(self.blank, ("node", node.id)).places
        return next((fact for fact, places in found.items() if any(owner is node for owner, _ in places)), "")

    def verdict(self, wish: _Wish) -> Verdict:
        return self.blank.having({wish.fact: wish.answer}).own(wish.criterion, self.guideline.id)

    def case(self, wish: _Wish) -> Judgement | None:
        """Return a smallest case that the answer decides."""
        fact, asks = wish.fact, ("ruling", wish.ruling.id)
        case = self.blank.having({fact: wish.answer})
        found = questions(case, asks)

        def decided(other: Case) -> bool:
            return other.outcome(asks) not in OPEN and decides(other, asks, found, fact)

        if case.outcome(asks) in OPEN:
            answers = reach(case, asks, found, decided).answers
        else:
            answers = {} if decided(case) else None
        if answers is None and wish.ruling.criteria is not None:
            answers = pivot(case, wish.ruling.criteria, wish.criterion, self.guideline.id, found)
            if answers is not None and not decided(case.having(answers)):
                answers = None
        if answers is None:
            return None
        facts = {name: Text(value, _NOWHERE, 0, 0) for name, value in {fact: wish.answer, **answers}.items()}
        said = " ".join(wish.criterion.text.value.split())
        title = f"{said}: {wish.answer.replace('_', ' ')}"
        vignette = Vignette(wish.name, wish.criterion.span, asks, facts, title, self.guideline.effective)
        return judge(self.guidelines, vignette, self.guideline, self.index)


def _yaml(judgement: Judgement, guideline: str) -> str:
    vignette = judgement.vignette
    kind, id = vignette.asks
    facts = "\n".join(f"  {fact}: {value.value}" for fact, value in vignette.facts.items())
    return (
        f"# {guideline}/vignettes/{vignette.id}.yaml\n"
        f"id: {vignette.id}\n"
        f"title: {json.dumps(vignette.title, ensure_ascii=False)}\n"
        f"asks: {{{kind}: {id}}}\n"
        f"on: {vignette.on}\n"
        f"facts:\n{facts}\n"
        f"expect:\n"
        f"  verdict: {judgement.verdict}\n"
        f"  deciding: [{', '.join(judgement.deciding)}]\n"
        f"  missing: []\n"
    )
