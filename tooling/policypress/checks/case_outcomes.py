"""Cases: what comes out of those beside a guideline, against what each of them expects."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from policypress.checks.check import Check, Fault, LibraryView, id_span
from policypress.checks.lookup import word_span
from policypress.finding import Label, Severity
from policypress.model import Vignette

if TYPE_CHECKING:
    from policypress.evaluation.decision import Decision


def case_verdict(library: LibraryView) -> Iterator[Fault]:
    """A case comes out with another verdict than it expects.

    Somebody wrote down what has to come out for this patient. Either the criteria no longer say so (an ANY became an
    ALL, a condition or an exception was lost, an amount was changed), or the case is out of date.

    ```yaml bad
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
        - PET/CT is not available
    # file: example/vignettes/no-change.yaml
    id: no-change
    asks: {section: pet-mri}
    facts:
      pet-mri.1: not_met
      pet-mri.2: met
    expect:
      verdict: not_met
    ```
    ```yaml good
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    # file: example/vignettes/no-change.yaml
    id: no-change
    asks: {section: pet-mri}
    facts:
      pet-mri.1: not_met
      pet-mri.2: met
    expect:
      verdict: not_met
    ```
    """
    for case, decision in _decided(library):
        expected = "" if case.expect is None else case.expect.verdict
        if expected and expected != decision.verdict:
            yield Fault(
                f"The case {case.id} comes out as {decision.verdict}, and it expects {expected}",
                word_span(case.spans["expect"], expected),
                "mend the criteria if the case is right, else what it expects",
                case.id,
                _criteria(decision),
                mark=f"it comes out as {decision.verdict}",
            )


def case_decided_otherwise(library: LibraryView) -> Iterator[Fault]:
    """A case comes out as it expects, but for another reason.

    `deciding` names the criteria that settle the verdict. Where others do, the case no longer tests what it was
    written for, or the criteria were moved or turned without anybody looking at the case.

    ```yaml bad
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    # file: example/vignettes/no-change.yaml
    id: no-change
    asks: {section: pet-mri}
    facts:
      pet-mri.1: not_met
      pet-mri.2: met
    expect:
      verdict: not_met
      deciding: [pet-mri.2]
    ```
    ```yaml good
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    # file: example/vignettes/no-change.yaml
    id: no-change
    asks: {section: pet-mri}
    facts:
      pet-mri.1: not_met
      pet-mri.2: met
    expect:
      verdict: not_met
      deciding: [pet-mri.1]
    ```
    """
    for case, decision in _decided(library):
        expect = case.expect
        if expect is None or expect.deciding is None or (expect.verdict and expect.verdict != decision.verdict):
            continue
        if set(expect.deciding) != set(decision.deciding):
            expected, found = ", ".join(expect.deciding) or "nothing", ", ".join(decision.deciding) or "nothing"
            yield Fault(
                f"The case {case.id} is decided by {found}, and it expects {expected}",
                word_span(case.spans["expect"], "deciding"),
                "mend the criteria if the case is right, else what it expects",
                case.id,
                _criteria(decision),
                mark=f"decided by {found}",
            )


@lru_cache(1)
def _decided(library: LibraryView) -> tuple[tuple[Vignette, Decision], ...]:
    """Decide every case that asks for something its guideline has. Nothing where a file could not be read."""
    guidelines = {one.guideline.id: one.guideline for one in library.guidelines}
    if not library.whole or not any(one.vignettes for one in guidelines.values()):
        return ()
    from policypress.evaluation.decision import decide
    from policypress.evaluation.locating import CaseFault, check_asked
    from policypress.logic import Index

    index: Index = {}
    found = []
    for guideline in guidelines.values():
        for case in guideline.vignettes:
            try:
                check_asked(guideline, case, index)
            except CaseFault:
                continue  # told by unknown-in-case
            found.append((case, decide(guidelines, case, guideline, index)))
    return tuple(found)


def _criteria(decision: Decision) -> tuple[Label, ...]:
    """Return the rulings that a case is about as places to show."""
    return tuple(
        Label(id_span(result.ruling), f"{result.ruling.id} is {result.verdict}") for result in decision.rulings[:3]
    )


CHECKS: tuple[Check, ...] = (
    Check("V101", "case-verdict", Severity.ERROR, "library", case_verdict),
    Check("V102", "case-decided-otherwise", Severity.WARNING, "library", case_decided_otherwise),
)
