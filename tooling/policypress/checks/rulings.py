"""Rulings that take away what another one covers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.groups import place
from policypress.checks.proofs import Condition, Proofs, excludes, named
from policypress.checks.services import EVERY, common, overrides
from policypress.finding import Label, Severity
from policypress.model import Group, Node, Ruling
from policypress.prover.algebra import TooLargeError
from policypress.prover.conditions import Conditions, asked
from policypress.prover.questions import Question


def exclusion_leaves_nothing(library: LibraryView) -> Iterator[Fault]:
    """A ruling covers nothing, because wherever it is met, other rulings take the coverage away.

    For one code a `not_covered` ruling that is met, or a `general` one that is not met, comes before everything that
    covers. Where that is so in every case that a ruling describes, nobody is covered by it, and the page says both. A
    condition is missing on one side, the effect is the wrong one, or one `overrides` the other.

    ```yaml bad
    id: pet
    title: PET
    rulings:
      - id: pet.glioma
        effect: covered
        services: [PET]
        criteria:
          all:
            - text: The tumor is a glioma
              fact: dx.glioma
            - The study changes the plan of treatment
      - id: pet.not-glioma
        effect: not_covered
        services: [PET]
        criteria:
          text: The tumor is a glioma
          fact: dx.glioma
    ```
    ```yaml good
    id: pet
    title: PET
    rulings:
      - id: pet.glioma
        effect: covered
        services: [PET]
        criteria:
          all:
            - text: The tumor is a glioma
              fact: dx.glioma
            - The study changes the plan of treatment
      - id: pet.not-glioma
        effect: not_covered
        services: [PET]
        criteria:
          all:
            - text: The tumor is a glioma
              fact: dx.glioma
            - The study is done for routine follow-up
    ```
    """
    for closed in library.closings:
        if closed.part is closed.condition.root:
            yield Fault(
                f"Wherever {closed.condition.owner.id} is met, {_takes_away(closed)}, so that it covers nothing",
                place(closed.part),
                "add the condition that is missing on one side, mend the effect, or write `overrides`",
                closed.part.id,
                _labels(closed.others),
                mark="never covers",
            )


def excluded_alternative(library: LibraryView) -> Iterator[Fault]:
    """One way to be covered is closed, because wherever it is met, another ruling takes the coverage away.

    The list offers the alternative, and a `not_covered` ruling for the same code excludes each of its cases: they are
    covered and not covered at once, and not covered is what counts. A condition is missing on one side.

    ```yaml bad
    id: pet
    title: PET
    rulings:
      - id: pet.tumor
        effect: covered
        services: [PET]
        criteria:
          any:
            - text: The tumor is a glioma
              fact: dx.glioma
            - text: The tumor is a lymphoma
              fact: dx.lymphoma
      - id: pet.not-glioma
        effect: not_covered
        services: [PET]
        criteria:
          text: The tumor is a glioma
          fact: dx.glioma
    ```
    ```yaml good
    id: pet
    title: PET
    rulings:
      - id: pet.tumor
        effect: covered
        services: [PET]
        criteria:
          any:
            - text: The tumor is a glioma
              fact: dx.glioma
            - text: The tumor is a lymphoma
              fact: dx.lymphoma
      - id: pet.not-glioma
        effect: not_covered
        services: [PET]
        criteria:
          all:
            - text: The tumor is a glioma
              fact: dx.glioma
            - The study is done for routine follow-up
    ```
    """
    for closed in library.closings:
        if closed.part is not closed.condition.root:
            yield Fault(
                f"Wherever {named(closed.part)} is met, {_takes_away(closed)}",
                place(closed.part),
                "add the condition that is missing on one side, or take the alternative out",
                closed.part.id,
                _labels(closed.others),
                mark="never covers",
            )


_Way = tuple[tuple[Condition, ...], frozenset[str]]  # some rulings, and the codes that they and another are about


class Closing(NamedTuple):
    """A condition, or an alternative in it, each case of which others exclude, and the codes for which they do."""

    condition: Condition
    part: Node
    others: tuple[Condition, ...]
    codes: frozenset[str]


def closings(library: LibraryView) -> Iterator[Closing]:
    """Find the conditions and alternatives each case of which other rulings exclude."""
    proofs = library.proofs
    for guideline in library.guidelines:
        home = guideline.guideline.id
        rulings = [one for one in proofs.conditions[home] if isinstance(one.owner, Ruling)]
        against: dict[str, list[Condition]] = {}
        for condition in rulings:
            if excludes(condition.owner):
                for token in _tokens(proofs, condition.view, condition.asked):
                    against.setdefault(token, []).append(condition)
        for condition in rulings if against else ():
            if not excludes(condition.owner):
                mine = _tokens(proofs, condition.view, condition.asked)
                near = {id(one): one for token in mine for one in against.get(token, ())}.values()
                others = [one for one in near if common(condition, one) and not overrides(condition, one)]
                others = [one for one in others if not _foreign(proofs, one, mine)]
                others.sort(key=lambda one: (one.root.span.path, one.root.span.start))
                yield from _closed(proofs, condition, others)


def _closed(proofs: Proofs, condition: Condition, others: list[Condition]) -> Iterator[Closing]:
    """Find out whether some others exclude every case of a condition, or of one of its alternatives."""
    ways: list[_Way] = [((other,), common(condition, other)) for other in others]
    if len(others) > 1 and (shared := frozenset.intersection(*(codes for _, codes in ways))):
        ways.append((tuple(others), shared))
    root = condition.root
    parts = (root, *(root.of if isinstance(root, Group) and root.op == "any" and root.unless is None else ()))
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


def _exclude(conditions: Conditions, others: Sequence[Condition], part: Node) -> bool:
    left = whole = conditions.value(part).met
    for other in others:
        value = conditions.value(other.root)
        against = value.met if _not_covered(other) else conditions.not_met(value)
        left = conditions.algebra.without(left, against)
    return whole != 0 and left == 0


def _fewest(conditions: Conditions, others: tuple[Condition, ...], part: Node) -> tuple[Condition, ...]:
    for other in others:
        fewer = tuple(one for one in others if one is not other)
        if _exclude(conditions, fewer, part):
            others = fewer
    return others


def _not_covered(condition: Condition) -> bool:
    return isinstance(condition.owner, Ruling) and condition.owner.effect == "not_covered"


def _tokens(proofs: Proofs, view: SectionView, asked: Iterable[Question]) -> set[str]:
    """Return what questions are about: their facts and words, and the sets that the facts belong to."""
    found = {question.words or question.fact for question in asked}
    for one in proofs.exclusive[view.guideline.id]:
        if any(fact.value in found for fact in one.facts):
            found.add(f"\0{one.name}")
    return found


def _foreign(proofs: Proofs, condition: Condition, mine: set[str]) -> bool:
    """Tell whether a part of an excluding condition that can settle it alone asks nothing that is asked here.

    Then there is a case in which it does not exclude, and nothing is to be proved.
    """
    root, deciding = condition.root, "all" if _not_covered(condition) else "any"
    parts = [root.applies_when] if root.applies_when is not None else []
    if isinstance(root, Group) and root.op == deciding and root.unless is None:
        parts += root.of
    questions = proofs.questions[condition.view.guideline.id]
    return any(mine.isdisjoint(_tokens(proofs, condition.view, asked(questions, part))) for part in parts)


def _takes_away(closed: Closing) -> str:
    ids = " and ".join(other.owner.id for other in closed.others)
    codes = sorted(closed.codes - {EVERY})
    which = f" ({', '.join(codes[:4])}{' …' if len(codes) > 4 else ''})" if codes and EVERY not in closed.codes else ""
    return f"{ids} {'take' if len(closed.others) > 1 else 'takes'} the coverage away again{which}"


def _labels(others: Sequence[Condition]) -> tuple[Label, ...]:
    said = {True: "not covered where this is met", False: "not covered where this is not met"}
    return tuple(Label(place(other.root), said[_not_covered(other)]) for other in others)


CHECKS: tuple[Check, ...] = (
    Check("S216", "exclusion-leaves-nothing", Severity.ERROR, "library", exclusion_leaves_nothing),
    Check("S217", "excluded-alternative", Severity.WARNING, "library", excluded_alternative),
)
