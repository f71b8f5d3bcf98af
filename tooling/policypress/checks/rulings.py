"""Rulings that take away what another one covers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from policypress.checks.check import Check, Fault, LibraryView
from policypress.checks.closing import Closing, not_covered
from policypress.checks.groups import place
from policypress.checks.proofs import named
from policypress.checks.proven import Condition
from policypress.checks.services import EVERY
from policypress.finding import Label, Severity


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
        if closed.part is closed.condition.root and not closed.case and not closed.open:
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
                f"Wherever {closed.condition.owner.id} is met by {named(closed.part)}, {_takes_away(closed)}",
                place(closed.part),
                "add the condition that is missing on one side, or take the alternative out",
                closed.part.id,
                _labels(closed.others),
                mark="never covers",
            )


def covered_and_not_covered(library: LibraryView) -> Iterator[Fault]:
    """Two rulings cover a case and exclude it.

    "Covered from 12 weeks on" and "not covered up to 12 weeks" meet at 12 weeks. An exclusion that asks more than the
    ruling beside it is an exception to it; here both ask the same, and each has cases of its own, or their limits meet
    in one value. What is not covered counts, so that the case is lost. The finding names it. It is looked for in every
    pair of rulings, and whatever cases more of them share, two share.

    ```yaml bad
    id: pet
    title: PET
    rulings:
      - id: pet.late
        effect: covered
        services: [PET]
        criteria:
          text: Radiation was at least 12 weeks ago
          compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
      - id: pet.early
        effect: not_covered
        services: [PET]
        criteria:
          text: Radiation was at most 12 weeks ago
          compare: {fact: since-radiation, op: "<=", parameter: radiation-delay}
    ```
    ```yaml good
    id: pet
    title: PET
    rulings:
      - id: pet.late
        effect: covered
        services: [PET]
        criteria:
          text: Radiation was at least 12 weeks ago
          compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
      - id: pet.early
        effect: not_covered
        services: [PET]
        criteria:
          text: Radiation was less than 12 weeks ago
          compare: {fact: since-radiation, op: "<", parameter: radiation-delay}
    ```
    """
    for closed in library.closings:
        if closed.case:
            one, other = closed.condition.owner.id, closed.others[0].owner.id
            yield Fault(
                f"{one} covers, and {other} excludes, the case with {closed.case}",
                place(closed.part),
                "set the limits so that each case belongs to one of them, or write `overrides`",
                closed.part.id,
                _labels(closed.others),
                mark="covered and not covered",
            )


def _takes_away(closed: Closing) -> str:
    ids = " and ".join(other.owner.id for other in closed.others)
    codes = sorted(closed.codes - {EVERY})
    which = f" ({', '.join(codes[:4])}{' …' if len(codes) > 4 else ''})" if codes and EVERY not in closed.codes else ""
    return f"{ids} {'take' if len(closed.others) > 1 else 'takes'} the coverage away again{which}"


def _labels(others: Sequence[Condition]) -> tuple[Label, ...]:
    said = {True: "not covered where this is met", False: "not covered where this is not met"}
    return tuple(Label(place(other.root), said[not_covered(other)]) for other in others)


CHECKS: tuple[Check, ...] = (
    Check("S216", "exclusion-leaves-nothing", Severity.ERROR, "library", exclusion_leaves_nothing),
    Check("S217", "excluded-alternative", Severity.WARNING, "library", excluded_alternative),
    Check("S226", "covered-and-not-covered", Severity.WARNING, "library", covered_and_not_covered),
)
