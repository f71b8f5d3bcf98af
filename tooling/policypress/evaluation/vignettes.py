"""Runs the cases beside a guideline, compares them with what they expect, and tells which criteria no case decides.

A case decides a criterion where another answer would change what comes out of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product

from policypress.criteria import Criterion, Node, guards, walk
from policypress.evaluation.asking import Questions
from policypress.evaluation.judgement import Judgement, judge
from policypress.evaluation.locating import CaseFault, check_asked
from policypress.logic import Case, Index
from policypress.model import Guideline, Library, Vignette
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, OPEN, UNKNOWN, Verdict

_SMALL = 4096  # answers to an expected set of missing facts that are tried


@dataclass(frozen=True, slots=True)
class Run:
    """One case that was run. `failures` are sentences; `judgement` is None where it asks for what is not there."""

    vignette: Vignette
    judgement: Judgement | None
    failures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A branch that no case takes: a criterion never decided as met, a guard that never fails …"""

    node: Node
    verdict: Verdict
    role: str = "criterion"  # or the key that hangs the node on another


@dataclass(frozen=True, slots=True)
class Report:
    """What the cases of a guideline show. `branches` counts what they could decide."""

    guideline: Guideline
    runs: tuple[Run, ...]
    branches: int
    gaps: tuple[Gap, ...]


def run_vignettes(library: Library, guideline: Guideline) -> Report:
    """Run every case of a guideline."""
    guidelines = {one.id: one for one in library.guidelines}
    index: Index = {}
    runs = tuple(_run(guidelines, guideline, vignette, index) for vignette in guideline.vignettes)
    decided = taken([run.judgement for run in runs if run.judgement is not None])
    every = branches(guideline)
    gaps = tuple(one for one in every if (id(one.node), one.verdict) not in decided)
    return Report(guideline, runs, len(every), gaps)


def branches(guideline: Guideline) -> tuple[Gap, ...]:
    """Return everything that cases can decide: each criterion both ways, each guard and exception both ways."""
    found: list[Gap] = []
    for section in guideline.sections:
        for ruling in section.rulings:
            if ruling.criteria is None or not ruling.complete:
                continue
            hung = {id(node): key for one in walk(ruling.criteria) for key, node in guards(one)}
            for node in walk(ruling.criteria):
                if isinstance(node, Criterion) or id(node) in hung:
                    role = hung.get(id(node), "criterion")
                    found += [Gap(node, MET, role), Gap(node, NOT_MET, role)]
    return tuple(found)


def failures(judgement: Judgement) -> tuple[str, ...]:
    """Return how a judgement differs from what its case expects."""
    expected = judgement.vignette.expect
    if expected is None:
        return ()
    found = []
    if expected.verdict and expected.verdict != judgement.verdict:
        found.append(f"the verdict is {judgement.verdict}, expected {expected.verdict}")
    if expected.deciding is not None and set(expected.deciding) != set(judgement.deciding):
        found.append(f"deciding is {_list(judgement.deciding)}, expected {_list(expected.deciding)}")
    if expected.missing is not None and not _as_small(judgement, expected.missing):
        found.append(f"missing is {_list(judgement.settling.missing)}, expected {_list(expected.missing)}")
    return tuple(found)


def _run(guidelines: Mapping[str, Guideline], guideline: Guideline, vignette: Vignette, index: Index) -> Run:
    try:
        check_asked(guideline, vignette, index)
    except CaseFault as fault:
        return Run(vignette, None, (str(fault),))
    judgement = judge(guidelines, vignette, guideline, index)
    return Run(vignette, judgement, failures(judgement))


def _as_small(judgement: Judgement, expected: tuple[str, ...]) -> bool:
    """Tell whether a set is the missing one, or another of the same size that can settle the verdict as well."""
    missing = judgement.settling.missing
    if set(expected) == set(missing):
        return True
    if len(set(expected)) != len(missing) or not set(expected) <= judgement.questions.places.keys():
        return False
    names = sorted(set(expected))
    for count, answers in enumerate(product(*(judgement.questions.answers(name) for name in names))):
        if count == _SMALL:
            return False
        if judgement.case.having(dict(zip(names, answers, strict=True))).outcome(judgement.asks) not in OPEN:
            return True
    return False


def taken(judgements: Iterable[Judgement]) -> set[tuple[int, Verdict]]:
    """Return the branches that the cases decide: nodes by identity, with the verdict."""
    found: set[tuple[int, Verdict]] = set()
    for judgement in judgements:
        if judgement.verdict not in OPEN:
            for fact, places in judgement.questions.places.items():
                if fact in judgement.case.facts and decides(judgement.case, judgement.asks, judgement.questions, fact):
                    for node, home in places:
                        if isinstance(node, Criterion):
                            found.add((id(node), judgement.case.own(node, home)))
            found |= _branches_taken(judgement)
    return found


def decides(case: Case, asks: tuple[str, str], found: Questions, fact: str) -> bool:
    """Tell whether another answer to a question changes the outcome."""
    now = case.outcome(asks)
    return any(case.having({fact: answer}).outcome(asks) != now for answer in found.answers(fact))


def _branches_taken(judgement: Judgement) -> set[tuple[int, Verdict]]:
    """Return the guards and exceptions of the rulings asked about, with their verdicts."""
    found = set()
    for result in judgement.rulings:
        if result.ruling.criteria is not None:
            for node in walk(result.ruling.criteria):
                for _, hanging in guards(node):
                    verdict = judgement.case.node(hanging, judgement.guideline.id)
                    if verdict is not UNKNOWN and not isinstance(hanging, Criterion):
                        found.add((id(hanging), NOT_MET if verdict is NOT_APPLICABLE else verdict))
    return found


def _list(ids: Iterable[str]) -> str:
    return f"[{', '.join(ids)}]"
