"""Which open questions can settle a verdict: a smallest set of them, with answers that do it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from policypress.evaluation.asking import Questions, open_questions, questions
from policypress.evaluation.reaching import Reaching
from policypress.evaluation.ways import Combining
from policypress.logic import Case
from policypress.verdict import OPEN, Outcome

TRIALS = 1000  # completions that are looked at


@dataclass(frozen=True, slots=True)
class Settling:
    """How an open verdict can be settled.

    `missing` is a smallest set of open questions; `answers` to them give the outcome `then`. `always` is the outcome
    of every completion where all give the same, None where they differ or were too many to look at.
    """

    missing: tuple[str, ...] = ()
    answers: Mapping[str, str] | None = None
    then: Outcome | None = None
    always: Outcome | None = None
    exact: bool = True


def settle(case: Case, asks: tuple[str, str], found: Questions | None = None) -> Settling:
    """Return a smallest set of open questions that can settle what a case asks."""
    if case.outcome(asks) in OPEN:
        found = questions(case, asks) if found is None else found
        settling = reach(case, asks, found, lambda other: other.outcome(asks) not in OPEN)
        always = _always(case, asks, found, settling.missing) if settling.missing else None
        return replace(settling, always=always)
    return Settling()


def reach(case: Case, asks: tuple[str, str], found: Questions, wanted: Callable[[Case], bool]) -> Settling:
    """Return a smallest set of open questions, with answers, that make an open case as wanted."""
    ranks = {fact: rank for rank, fact in enumerate(found.places)}
    size, cut = 1, False
    while True:
        ways = Combining(ranks, found.shared, found.pointed, size)
        for way in Reaching(case, found, ways).asked(asks):
            other = case.having(dict(way))
            if wanted(other):
                missing = tuple(sorted((fact for fact, _ in way), key=ranks.__getitem__))
                return Settling(missing, dict(sorted(way)), other.outcome(asks), exact=not (cut or ways.cut))
        cut = cut or ways.cut
        if not ways.bounded or size > len(ranks):
            return Settling(exact=not cut)
        size *= 2


def _always(case: Case, asks: tuple[str, str], found: Questions, first: Sequence[str]) -> Outcome | None:
    """Return the one outcome of all completions, None where there are two or too many were tried."""
    still = open_questions(case, found)
    order = [*(fact for fact in first if fact in still), *(fact for fact in still if fact not in first)]
    outcomes: set[Outcome] = set()
    trials = 0
    waiting = [(case, 0)]
    while waiting:
        current, place = waiting.pop()
        trials += 1
        outcome = current.outcome(asks)
        if outcome not in OPEN or place == len(order):
            outcomes.add(outcome)
        else:
            waiting += [(current.having({order[place]: answer}), place + 1) for answer in found.answers(order[place])]
        if len(outcomes) > 1 or trials > TRIALS:
            return None
    return outcomes.pop()
