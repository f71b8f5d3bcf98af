"""Which ways to be covered are closed by rulings that exclude, and which are crossed by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from policypress.checks.check import LibraryView, SectionView
from policypress.checks.proofs import Proofs, shown
from policypress.checks.proven import Condition, excludes
from policypress.checks.services import common, overrides
from policypress.model import Group, Node, Ruling
from policypress.prover.algebra import TooLargeError
from policypress.prover.conditions import Conditions, asked
from policypress.prover.questions import Question
from policypress.record import NamedTuple

_Way = tuple[tuple[Condition, ...], frozenset[str]]  # some rulings, and the codes that they and another are about


class Closing(NamedTuple):
    """A condition, or an alternative in it, each case of which others exclude, and the codes for which they do.

    With a `case`, one other excludes that case and not every one.
    """

    condition: Condition
    part: Node
    others: tuple[Condition, ...]
    codes: frozenset[str]
    case: str = ""


def closings(library: LibraryView) -> Iterator[Closing]:
    """Find the conditions and alternatives each case of which other rulings exclude."""
    proofs = library.proofs
    for guideline in library.guidelines:
        rulings = [one for one in proofs.conditions(guideline.guideline.id) if isinstance(one.owner, Ruling)]
        excluding = [one for one in rulings if excludes(one.owner)]
        covering = [one for one in rulings if not excludes(one.owner)] if excluding else []
        about = {id(one): _tokens(proofs, one.view, one.asked) for one in covering}
        often = Counter(token for tokens in about.values() for token in tokens)
        against: dict[str, list[tuple[Condition, list[set[str]]]]] = {}
        for one in excluding:
            demands = _demands(proofs, one)
            # It counts for those alone that share a question with each of them: looked up by the one that fewest share.
            rarest = min(demands, key=lambda tokens: sum(often[token] for token in tokens))
            for token in rarest:
                against.setdefault(token, []).append((one, demands))
        for condition in covering:
            mine = about[id(condition)]
            near = {id(one): (one, demands) for token in mine for one, demands in against.get(token, ())}.values()
            others = [one for one, demands in near if not any(mine.isdisjoint(demand) for demand in demands)]
            others = [one for one in others if common(condition, one) and not overrides(condition, one)]
            others.sort(key=lambda one: (one.root.span.path, one.root.span.start))
            if others:
                yield from _closed(proofs, condition, others)


def _closed(proofs: Proofs, condition: Condition, others: list[Condition]) -> Iterator[Closing]:
    """Find out whether some others exclude every case of a condition, or of one of its alternatives."""
    root = condition.root
    parts = (root, *(root.of if isinstance(root, Group) and root.op == "any" and root.unless is None else ()))
    try:
        alone = proofs.over(condition, condition.asked)
    except TooLargeError:
        return
    cases = [alone.in_case(alone.answers(met)) for part in parts if (met := alone.value(part).met)]
    close = [other for other in others if _measures(other, condition) or any(_exclude_in(one, other) for one in cases)]
    ways: list[_Way] = [((other,), common(condition, other)) for other in close]
    if len(close) > 1 and (shared := frozenset.intersection(*(codes for _, codes in ways))):
        ways.append((tuple(close), shared))
    done: set[int] = set()
    for several, codes in ways:
        try:
            conditions = proofs.over(condition, [*condition.asked, *(one for other in several for one in other.asked)])
        except TooLargeError:
            continue
        for part in parts:
            if not done & {id(part), id(root)} and _exclude(conditions, several, part):
                done.add(id(part))
                yield Closing(condition, part, _fewest(conditions, several, part), codes)
        if id(root) not in done and len(several) == 1 and (case := _crossing(conditions, condition, several[0])):
            yield Closing(condition, root, several, codes, case)


def _crossing(conditions: Conditions, condition: Condition, other: Condition) -> str:
    """Return a case that is covered and excluded, where both rulings ask the same and neither lies in the other.

    An exclusion that asks more than the ruling is an exception to it, and meant.
    """
    if not not_covered(other) or _facts(condition) != _facts(other):
        return ""
    here, there = conditions.value(condition.root).met, conditions.value(other.root).met
    algebra = conditions.algebra
    both = algebra.both(here, there)
    if both == 0 or both in (here, there):
        return ""
    return shown(conditions.answers(both), condition)


def _facts(condition: Condition) -> set[str]:
    return {question.words or question.fact for question in condition.asked}


def _measures(one: Condition, other: Condition) -> bool:
    """Tell whether both compare an amount, so that an answer to one is an answer to the other."""
    amounts = {question.fact for question in one.asked if question.op}
    return any(question.op and question.fact in amounts for question in other.asked)


def _exclude_in(case: Conditions, other: Condition) -> bool:
    """Tell whether a ruling excludes in a case. Where it does not, it does not exclude all of them either."""
    value = case.value(other.root)
    return bool(value.met if not_covered(other) else case.not_met(value))


def _exclude(conditions: Conditions, others: Sequence[Condition], part: Node) -> bool:
    left = whole = conditions.value(part).met
    for other in others:
        value = conditions.value(other.root)
        against = value.met if not_covered(other) else conditions.not_met(value)
        left = conditions.algebra.without(left, against)
    return whole != 0 and left == 0


def _fewest(conditions: Conditions, others: tuple[Condition, ...], part: Node) -> tuple[Condition, ...]:
    for other in others:
        fewer = tuple(one for one in others if one is not other)
        if _exclude(conditions, fewer, part):
            others = fewer
    return others


def not_covered(condition: Condition) -> bool:
    return isinstance(condition.owner, Ruling) and condition.owner.effect == "not_covered"


def _tokens(proofs: Proofs, view: SectionView, asked: Iterable[Question]) -> set[str]:
    """Return what questions are about: their facts and words, and the sets that the facts belong to."""
    found = {question.words or question.fact for question in asked}
    return found.union(*(proofs.sets[view.guideline.id].get(fact, ()) for fact in found))


def _demands(proofs: Proofs, condition: Condition) -> list[set[str]]:
    """Return what each part of an excluding condition is about that can keep it from excluding, all by itself.

    Where one of them asks nothing that another ruling asks, there is a case of that one in which it does not exclude.
    """
    root, deciding = condition.root, "all" if not_covered(condition) else "any"
    parts = [root.applies_when] if root.applies_when is not None else []
    if isinstance(root, Group) and root.op == deciding and root.unless is None:
        parts += root.of
    questions = proofs.questions[condition.view.guideline.id]
    return [_tokens(proofs, condition.view, asked(questions, part)) for part in parts or [root]]
