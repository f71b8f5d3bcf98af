"""Rulings that take away what another one covers."""

from __future__ import annotations

from collections import Counter
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
        rulings = [one for one in proofs.conditions[guideline.guideline.id] if isinstance(one.owner, Ruling)]
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


def _measures(one: Condition, other: Condition) -> bool:
    """Tell whether both compare an amount, so that an answer to one is an answer to the other."""
    amounts = {question.fact for question in one.asked if question.op}
    return any(question.op and question.fact in amounts for question in other.asked)


def _exclude_in(case: Conditions, other: Condition) -> bool:
    """Tell whether a ruling excludes in a case. Where it does not, it does not exclude all of them either."""
    value = case.value(other.root)
    return bool(value.met if _not_covered(other) else case.not_met(value))


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
    return found.union(*(proofs.sets[view.guideline.id].get(fact, ()) for fact in found))


def _demands(proofs: Proofs, condition: Condition) -> list[set[str]]:
    """Return what each part of an excluding condition is about that can keep it from excluding, all by itself.

    Where one of them asks nothing that another ruling asks, there is a case of that one in which it does not exclude.
    """
    root, deciding = condition.root, "all" if _not_covered(condition) else "any"
    parts = [root.applies_when] if root.applies_when is not None else []
    if isinstance(root, Group) and root.op == deciding and root.unless is None:
        parts += root.of
    questions = proofs.questions[condition.view.guideline.id]
    return [_tokens(proofs, condition.view, asked(questions, part)) for part in parts or [root]]


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
