"""Conditions that are told in several places with different amounts."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks.check import Check, Fault, GuidelineView, SectionView
from policypress.criteria import Criterion
from policypress.finding import Label, Severity
from policypress.prover.questions import folded
from policypress.record import NamedTuple
from policypress.ucum import same
from policypress.wording import Quantity


def values_at_odds(view: GuidelineView) -> Iterator[Fault]:
    """One condition is told in several sections with different amounts.

    "Exercise of 6 weeks has failed" here and "exercise of 12 weeks has failed" there: a revision changed one of the
    two, or each service has a limit of its own. Then each is a parameter of its own, which says so, and nothing is
    noted.

    ```yaml bad
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: Exercise of 6 weeks has failed
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    codes: [76498]
    criteria:
      text: Exercise of 11 weeks has failed
    # file: registers/parameters.yaml
    []
    ```
    ```yaml good
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: Exercise of 6 weeks has failed
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    codes: [76498]
    criteria:
      text: Exercise of 6 weeks has failed
    # file: registers/parameters.yaml
    []
    ```
    """
    told: dict[str, _Told] = {}
    for here in view.all(_told):
        there = told.setdefault(here.words, here)
        if there.section == here.section or _each_its_own(here.quantities[0], there.quantities[0]):
            continue
        for quantity, other in zip(here.quantities, there.quantities, strict=True):
            if not same(quantity.amount, other.amount):
                yield Fault(
                    f"“{quantity.words}” is told here, and “{other.words}” of the same condition in {there.section}",
                    quantity.span, "bring the two together, or give each limit a parameter of its own",
                    quantity.passage.id, (Label(other.span, "told with this amount"),),
                )  # fmt: skip


class _Told(NamedTuple):
    """A criterion with amounts: its words without them."""

    words: str
    section: str
    quantities: list[Quantity]


def _told(view: SectionView) -> list[_Told]:
    by_passage: dict[int, list[Quantity]] = {}
    for quantity in view.wording.quantities:
        if quantity.passage.kind == "criterion":
            by_passage.setdefault(id(quantity.passage), []).append(quantity)
    found = []
    for quantities in by_passage.values():
        text, end, words = quantities[0].passage.text.value, 0, ""
        for quantity in quantities:
            words, end = f"{words}{text[end:quantity.start]}#", quantity.end
        found.append(_Told(folded(words + text[end:]), view.section.id, quantities))
    return found


def _each_its_own(one: Quantity, other: Quantity) -> bool:
    """Tell whether both are tied to parameters, and to different ones: then both are meant."""
    mine, theirs = ({use.value for use in each.passage.uses} for each in (one, other))
    compared = any(isinstance(each.passage.owner, Criterion) and each.passage.owner.compare for each in (one, other))
    return bool(compared or (mine and theirs and mine != theirs))


CHECKS: tuple[Check, ...] = (Check("P121", "values-at-odds", Severity.INFO, "guideline", values_at_odds),)
