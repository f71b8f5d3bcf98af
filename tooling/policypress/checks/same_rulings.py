"""Rulings that say the same of the same service."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from policypress.checks.check import Check, Fault, LibraryView
from policypress.checks.groups import place
from policypress.checks.proofs import Proofs
from policypress.checks.proven import Condition
from policypress.checks.services import common, overrides, services
from policypress.finding import Label, Severity
from policypress.model import Ruling
from policypress.prover.algebra import TooLargeError


def same_ruling_twice(library: LibraryView) -> Iterator[Fault]:
    """Two rulings say the same of the same service.

    Their conditions are met in the same cases, in whatever words and order, or one is met wherever the other is. The
    second adds nothing, and when one of the two is changed, the page says two things. Mostly a ruling was copied to be
    changed, and the change was forgotten.

    ```yaml bad
    id: pet
    title: PET
    rulings:
      - id: pet.one
        effect: covered
        services: [PET]
        criteria:
          all:
            - The study changes the plan of treatment
            - MRI is not available
      - id: pet.two
        effect: covered
        services: [PET]
        criteria:
          all:
            - MRI is not available
            - The study changes the plan of treatment
    ```
    ```yaml good
    id: pet
    title: PET
    rulings:
      - id: pet.one
        effect: covered
        services: [PET]
        criteria:
          all:
            - The study changes the plan of treatment
            - MRI is not available
      - id: pet.two
        effect: covered
        services: [PET]
        criteria:
          all:
            - MRI was inconclusive
            - The study changes the plan of treatment
    ```
    """
    for guideline in library.guidelines:
        alike: dict[object, list[Condition]] = {}
        for condition in library.proofs.conditions(guideline.guideline.id):
            ruling = condition.owner
            if isinstance(ruling, Ruling):
                alike.setdefault((ruling.effect, ruling.scope, condition.view.section.id), []).append(condition)
                # The same words can mean another thing in another section; the same facts cannot.
                if not any(one.words for one in condition.asked):
                    key = (ruling.effect, ruling.scope, frozenset(condition.asked))
                    alike.setdefault(key, []).append(condition)
        told: set[int] = set()
        for several in alike.values():
            for one, two in combinations(several, 2):
                asked = set(one.asked)
                if id(two) not in told and not asked.isdisjoint(two.asked) and common(one, two):
                    yield from _twice(library.proofs, one, two, told)


def _twice(proofs: Proofs, one: Condition, two: Condition, told: set[int]) -> Iterator[Fault]:
    if overrides(one, two) or overrides(two, one):
        return
    try:
        conditions = proofs.over(one, (*one.asked, *two.asked))
    except TooLargeError:
        return
    first, second = conditions.value(one.root), conditions.value(two.root)
    if 0 in (first.met, second.met):
        return  # a fault of its own
    narrow, wider = two, one
    if first == second:
        said = f"{two.owner.id} is met in the same cases as {one.owner.id}, and says the same of the same service"
    else:
        if conditions.algebra.without(second.met, first.met):
            narrow, wider = one, two
        if (
            conditions.algebra.without(conditions.value(narrow.root).met, conditions.value(wider.root).met)
            or one.view is not two.view
            or one.owner.strength != two.owner.strength
            or not services(narrow) <= services(wider)
        ):
            return
        said = f"Wherever {narrow.owner.id} is met, {wider.owner.id} is met too, and says the same of the same service"
    told.add(id(narrow))
    yield Fault(
        said, place(narrow.root), "write what was meant, or take one of the two out", narrow.root.id,
        (Label(place(wider.root), "says it already"),), mark="adds nothing",
    )  # fmt: skip


CHECKS: tuple[Check, ...] = (Check("S218", "same-ruling-twice", Severity.WARNING, "library", same_ruling_twice),)
