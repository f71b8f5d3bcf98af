"""Which ways to be covered are closed by rulings that exclude, and which are crossed by one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from policypress.checks.check import LibraryView, SectionView
from policypress.checks.proofs import Proofs, shown
from policypress.checks.proven import Condition, excludes
from policypress.checks.services import overrides
from policypress.criteria import Group, Node
from policypress.model import Ruling
from policypress.prover.algebra import Effort, TooLargeError
from policypress.prover.conditions import Conditions, asked
from policypress.prover.questions import Question, amounts, told_amounts
from policypress.quantity import compare
from policypress.record import NamedTuple

_Several = tuple[Condition, ...]


class Part(NamedTuple):
    """A condition, or an alternative somewhere in it, and how it can be met: `met` of that and of the condition."""

    node: Node
    met: int


class Closing(NamedTuple):
    """A condition, or an alternative in it, each case of which others exclude, and the codes for which they do.

    With a `case`, the others exclude that case and not every one. With `open`, this was too much to find out; no others
    are named where it was too much to look which of them count.
    """

    condition: Condition
    part: Node
    others: _Several
    codes: frozenset[str]
    case: str = ""
    open: bool = False


def closings(library: LibraryView) -> Iterator[Closing]:
    """Find the conditions and alternatives each case of which other rulings exclude, by themselves or together."""
    proofs = library.proofs
    for guideline in library.guidelines:
        home = guideline.guideline.id
        yield from guideline.beside.keep(closings, proofs.sections[home], partial(_closings, proofs, home))


def _closings(proofs: Proofs, home: str) -> Sequence[Closing]:
    found: list[Closing] = []
    if rulings := [one for one in proofs.conditions(home) if isinstance(one.owner, Ruling)]:
        excluding = [one for one in rulings if excludes(one.owner)]
        covering = [one for one in rulings if not excludes(one.owner)] if excluding else []
        about = {id(one): _tokens(proofs, one.view, one.asked) for one in covering}
        often = Counter(token for tokens in about.values() for token in tokens)
        demanded = [(one, _demands(proofs, one)) for one in excluding]
        paired = Counter(token for _, demands in demanded for token in set().union(*demands))
        against: dict[str, list[tuple[Condition, list[set[str]]]]] = {}
        for one, demands in demanded:
            # It counts for those alone that share a question with each of them, or together with another that asks the
            # same: "A and B" with "A and not B". It is looked up by the demand that fewest share.
            alone = [tokens for tokens in demands if not any(paired[token] > 1 for token in tokens)]
            rarest = min(alone or demands, key=lambda tokens: sum(often[token] for token in tokens) or len(about) + 1)
            for token in rarest:
                against.setdefault(token, []).append((one, alone))
            # Whatever else it asks: its limit can meet that of another.
            for fact in {question.fact for question in one.asked if question.op} if not_covered(one) else ():
                against.setdefault(fact, []).append((one, []))
        efforts: dict[SectionView, Effort] = {}
        for condition in covering:
            mine, effort = about[id(condition)], efforts.setdefault(condition.view, Effort())
            many = sum(len(against.get(token, ())) for token in mine)
            if effort.left < 4 * many:
                effort.left = -1
                found.append(Closing(condition, condition.root, (), frozenset(), open=True))
                continue
            effort.spend(4 * many)
            near = {id(one): (one, alone) for token in mine for one, alone in against.get(token, ())}.values()
            others = [one for one, alone in near if not any(mine.isdisjoint(demand) for demand in alone)]
            others = [one for one in others if proofs.common(condition, one) and not overrides(condition, one)]
            others.sort(key=lambda one: (one.root.span.path, one.root.span.start))
            if others:
                found += _closed(proofs, condition, others, effort)
    return found


def _closed(proofs: Proofs, condition: Condition, others: list[Condition], effort: Effort) -> Iterator[Closing]:
    """Find out whether others exclude every case of a condition, or of one of its alternatives."""
    try:
        alone = proofs.over(condition, condition.asked, effort)
        parts = _parts(alone, condition.root)
        cases = [alone.in_case(alone.answers(part.met)) for part in parts if part.met]
        for other in others:
            effort.spend(len(condition.asked) + len(other.asked) * (1 + len(cases)))
    except TooLargeError:
        yield Closing(condition, condition.root, tuple(others), frozenset(), open=True)
        return
    # Where a case that asks nothing of them is not excluded, they do not exclude all of it, alone or together.
    close = [
        other
        for other in others
        if _measures(other, condition) or _alike(condition, other) or any(_exclude_in(one, other) for one in cases)
    ]
    if not close:
        return
    done: set[int] = set()
    left: dict[int, Condition] = {}
    for several, codes in _ways(proofs, condition, others, close):
        try:
            conditions = proofs.beside(effort, condition, *several)
            for part in _parts(conditions, condition.root):
                if not done & {id(part.node), id(condition.root)} and _exclude(conditions, several, part):
                    fewest = _fewest(conditions, several, part)
                    done.add(id(part.node))
                    yield Closing(condition, part.node, fewest, codes)
            alone_open = id(condition.root) not in done and len(several) == 1
            if alone_open and (case := _crossing(conditions, condition, several[0])):
                yield Closing(condition, condition.root, several, codes, case)
        except TooLargeError:
            left.update((id(one), one) for one in several)
    if left and id(condition.root) not in done:
        yield Closing(condition, condition.root, tuple(left.values()), frozenset(), open=True)


def _ways(
    proofs: Proofs, condition: Condition, others: list[Condition], close: list[Condition]
) -> list[tuple[_Several, frozenset[str]]]:
    """Return what may close a condition: each by itself, and all together that are about the same code."""
    ways = [((other,), proofs.common(condition, other)) for other in close]
    near = {id(other) for other in close}
    about: dict[str, list[Condition]] = {}
    for other in others:
        for code in proofs.common(condition, other):
            about.setdefault(code, []).append(other)
    together: dict[tuple[int, ...], tuple[list[Condition], set[str]]] = {}
    for code, several in about.items():
        if len(several) > 1 and any(id(other) in near for other in several):
            together.setdefault(tuple(map(id, several)), (several, set()))[1].add(code)
    return ways + [(tuple(several), frozenset(codes)) for several, codes in together.values()]


def _parts(conditions: Conditions, root: Node) -> list[Part]:
    """Return a condition and the alternatives in it: members of each ANY that it cannot do without."""
    whole = conditions.value(root).met
    found = [Part(root, whole)]
    ahead = [root]
    while ahead:
        node = ahead.pop(0)
        if not isinstance(node, Group) or node.op not in ("all", "any"):
            continue
        if node.unless is not None or (node is not root and node.applies_when is not None):
            continue
        for member in node.of:
            if node.op == "any":
                found.append(Part(member, conditions.algebra.both(whole, conditions.value(member).met)))
            ahead.append(member)
    return found


def _crossing(conditions: Conditions, condition: Condition, other: Condition) -> str:
    """Return a case that is covered and excluded, where both rulings ask the same and neither lies in the other.

    An exclusion that asks more than the ruling is an exception to it, and meant. Where the two meet in one value of an
    amount alone, nobody meant that, whatever else they ask. Every such case is one of two rulings: what covers and what
    excludes, each by itself, so that no three together have others.
    """
    if not not_covered(other):
        return ""
    here, there = conditions.value(condition.root).met, conditions.value(other.root).met
    both = conditions.algebra.both(here, there)
    if both == 0 or both in (here, there) or not (_alike(condition, other) or _meet(conditions, both)):
        return ""
    return shown(conditions.answers(both), condition)


def _meet(conditions: Conditions, both: int) -> bool:
    """Tell whether two rulings have cases in common with one value of an amount alone, which is a limit of theirs."""
    for fact, places in amounts(conditions.listed).items():
        measured = [conditions.listed[place] for place in places]
        values = told_amounts(measured, fact) if len(measured) > 1 else ()
        conditions.effort.spend(len(values) * len(measured))
        meeting = [value for value in values if _with(conditions, both, measured, value)]
        if len(meeting) == 1 and any(one.limit and compare(meeting[0], "=", one.limit, one.unit) for one in measured):
            return True
    return False


def _with(conditions: Conditions, function: int, measured: Iterable[Question], value: str) -> bool:
    """Tell whether a function holds in a case with some value of an amount; yes where only a calendar could tell."""
    for one in measured:
        held = None if one.limit is None else compare(value, one.op, one.limit, one.unit)
        if held is not None:
            answer = conditions.question(one).met
            function = (conditions.algebra.both if held else conditions.algebra.without)(function, answer)
    return function != 0


def _alike(condition: Condition, other: Condition) -> bool:
    """Tell whether a ruling excludes by the same questions by which another covers."""
    return not_covered(other) and _facts(condition) == _facts(other)


def _facts(condition: Condition) -> set[tuple[str, str]]:
    return {(question.fact, question.words) for question in condition.asked}


def _measures(one: Condition, other: Condition) -> bool:
    """Tell whether both compare an amount, so that an answer to one is an answer to the other."""
    amounts = {question.fact for question in one.asked if question.op}
    return any(question.op and question.fact in amounts for question in other.asked)


def _exclude_in(case: Conditions, other: Condition) -> bool:
    """Tell whether a ruling excludes in a case. Where it does not, it does not exclude all of them either."""
    value = case.value(other.root)
    return bool(value.met if not_covered(other) else case.not_met(value))


def _exclude(conditions: Conditions, others: Sequence[Condition], part: Part) -> bool:
    conditions.effort.spend(len(others))
    left = part.met
    for other in others:
        value = conditions.value(other.root)
        against = value.met if not_covered(other) else conditions.not_met(value)
        left = conditions.algebra.without(left, against)
    return part.met != 0 and left == 0


def _fewest(conditions: Conditions, others: _Several, part: Part) -> _Several:
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
