"""Guards beside each other: whether the amounts for which they stand overlap, or leave some out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, combinations

from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.groups import place
from policypress.checks.proofs import in_unit, labels, named
from policypress.checks.proven import Proven
from policypress.criteria import Node
from policypress.finding import Severity
from policypress.prover.algebra import Effort, TooLargeError
from policypress.prover.conditions import Conditions, CycleError, asked
from policypress.prover.questions import Question, Questions, told_amounts
from policypress.quantity import compare
from policypress.record import NamedTuple


class _Guarded(NamedTuple):
    """Guards over one amount in one list: for each value below, at and above the limits, which of them hold."""

    fact: str
    guards: tuple[Node, ...]
    values: tuple[str, ...]
    holding: tuple[frozenset[int], ...]
    limits: frozenset[str]  # the values with which the guards compare
    whole: bool  # every member of the list has one of these guards
    open: bool = False  # it was too much to find out


def overlapping_guards(library: LibraryView) -> Iterator[Fault]:
    """Two guards in one list stand for the same amount.

    "Up to 8 weeks" and "from 8 weeks on": with exactly 8 weeks both count, and the case is asked what belongs to the
    other. Where one guard is meant to hold inside the other, nothing is said. The help names a value.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - text: Surgery cannot wait
          applies_when:
            text: Radiation was at most 12 weeks ago
            compare: {fact: since-radiation, op: "<=", parameter: radiation-delay}
        - text: MRI was inconclusive
          applies_when:
            text: Radiation was at least 12 weeks ago
            compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - text: Surgery cannot wait
          applies_when:
            text: Radiation was less than 12 weeks ago
            compare: {fact: since-radiation, op: "<", parameter: radiation-delay}
        - text: MRI was inconclusive
          applies_when:
            text: Radiation was at least 12 weeks ago
            compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
    ```
    """
    for guarded in chain.from_iterable([proven.note(lists) for proven in library.proofs.all]):
        holds = [
            {value for value, held in zip(guarded.values, guarded.holding, strict=True) if guard in held}
            for guard in range(len(guarded.guards))
        ]
        for one, two in combinations(range(len(guarded.guards)), 2):
            first, second = holds[one], holds[two]
            if not first.isdisjoint(second) and not first <= second and not second <= first:
                both = [value for value in guarded.values if value in first & second]
                guards = (guarded.guards[one], guarded.guards[two])
                yield Fault(
                    f"{named(guards[0])} and {named(guards[1])} both hold with {guarded.fact} {both[0]}",
                    place(guards[1]),
                    "set the limits so that each value belongs to one of them, or let one hold inside the other",
                    guards[1].id,
                    labels(guards[:1], f"holds with {both[0]} too"),
                    mark="overlaps",
                )


def gap_between_guards(library: LibraryView) -> Iterator[Fault]:
    """The guards of a list leave an amount out.

    "Less than 8 weeks" and "more than 8 weeks": with exactly 8 weeks nothing of the list counts, and the list drops out
    for that case. The finding names a value that no guard holds for.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - text: Surgery cannot wait
          applies_when:
            text: Radiation was less than 12 weeks ago
            compare: {fact: since-radiation, op: "<", parameter: radiation-delay}
        - text: MRI was inconclusive
          applies_when:
            text: Radiation was more than 12 weeks ago
            compare: {fact: since-radiation, op: ">", parameter: radiation-delay}
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - text: Surgery cannot wait
          applies_when:
            text: Radiation was less than 12 weeks ago
            compare: {fact: since-radiation, op: "<", parameter: radiation-delay}
        - text: MRI was inconclusive
          applies_when:
            text: Radiation was at least 12 weeks ago
            compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
    ```
    """
    for guarded in chain.from_iterable([proven.note(lists) for proven in library.proofs.all]):
        some = [bool(held) for held in guarded.holding]
        if (gap := _gap(guarded, some)) is not None:
            out = guarded.values[gap]
            yield Fault(
                f"No guard of this list holds with {guarded.fact} {out}, so that "
                f"{'the list drops out for it' if guarded.whole else 'what they ask is not asked of it'}",
                place(guarded.guards[-1]),
                "set the limits so that they meet, or say what holds between them",
                guarded.guards[-1].id,
                labels(guarded.guards[:-1], f"does not hold with {out}"),
                mark=f"nor this with {out}",
            )


def _gap(guarded: _Guarded, some: list[bool]) -> int | None:
    """Return the place of a value that is left out between others. Beside members without a guard, one limit alone.

    There a wide gap may be meant: what is asked of children and of the old. The limit itself is never meant.
    """
    for at in range(1, len(some) - 1):
        limit = some[at - 1] and some[at + 1] and guarded.values[at] in guarded.limits
        if not some[at] and any(some[:at]) and any(some[at:]) and (guarded.whole or limit):
            return at
    return None


def lists(proven: Proven) -> Sequence[_Guarded]:
    """Return the guards over one amount in each list of a section."""
    found: list[_Guarded] = []
    effort = Effort()
    for members in _members(proven.view):
        guards = [member.applies_when for member in members if member.applies_when is not None]
        if len(guards) > 1:
            found += _over_amounts(proven.questions, guards, len(members), effort)
    return found


def _members(view: SectionView) -> Iterator[Sequence[Node]]:
    """Yield the members of each list; the rulings of a section are one for each effect."""
    for group in view.groups:
        if group.op != "not":
            yield group.of
    for effect in ("covered", "not_covered"):
        roots = [one.criteria for one in view.section.rulings if one.effect == effect and one.criteria is not None]
        if len(roots) > 1:
            yield roots


def _over_amounts(
    questions: Questions, guards: Sequence[Node], members: int, effort: Effort
) -> Iterator[_Guarded]:  # fmt: skip
    by_fact: dict[str, list[Node]] = {}
    for guard in guards:
        try:
            listed = asked(questions, guard)
        except CycleError:  # a fault of its own
            continue
        except TooLargeError:
            yield _Guarded("", (guard,), (), (), frozenset(), False, open=True)
            continue
        if listed and all(one.op and one.fact == listed[0].fact for one in listed):
            by_fact.setdefault(listed[0].fact, []).append(guard)
    for fact, several in by_fact.items():
        if len(several) > 1:
            listed = list(dict.fromkeys([one for guard in several for one in asked(questions, guard)]))
            try:
                effort.spend((len(several) + 4 * len(listed)) * 2 * len(listed) + len(several) ** 2)
            except TooLargeError:
                yield _Guarded(fact, tuple(several), (), (), frozenset(), False, open=True)
                continue
            values, holding = _held(Conditions(questions, ()), listed, several, told_amounts(listed, fact))
            limits = frozenset(in_unit(f"{one.limit.value} {one.limit.unit}", one) for one in listed if one.limit)
            yield _Guarded(fact, tuple(several), values, holding, limits, len(several) == members)


def _held(
    conditions: Conditions, listed: Sequence[Question], several: Sequence[Node], told: Sequence[str]
) -> tuple[tuple[str, ...], tuple[frozenset[int], ...]]:
    """Return the values for which it can be told which guards hold, and which do."""
    found: dict[str, frozenset[int]] = {}
    for value in told:
        case: dict[Question, bool] = {}
        for question in listed:
            yes = None if question.limit is None else compare(value, question.op, question.limit, question.unit)
            if yes is None:  # only a calendar could tell
                break
            case[question] = yes
        else:
            here = conditions.in_case(case)
            held = [place for place, guard in enumerate(several) if here.value(guard).met]
            found[in_unit(value, listed[0])] = frozenset(held)
    return tuple(found), tuple(found.values())


CHECKS: tuple[Check, ...] = (
    Check("S219", "overlapping-guards", Severity.WARNING, "library", overlapping_guards),
    Check("S225", "gap-between-guards", Severity.WARNING, "library", gap_between_guards),
)
