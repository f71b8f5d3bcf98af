"""Names in the cases beside a guideline."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from policypress.checks.check import Check, Fault, GuidelineView, LibraryView
from policypress.checks.lookup import kind, lost_id, word_span
from policypress.checks.nearness import near, respelled
from policypress.criteria import Criterion, Group
from policypress.finding import Severity
from policypress.model import CodingRule, Ruling, Section, Vignette
from policypress.text import Span


def unknown_in_case(library: LibraryView) -> Iterator[Fault]:
    """A case names a fact or an id that the guideline does not know.

    A fact with a wrong name answers no question: the case then tests something else than it says.

    ```yaml bad
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    # file: example/vignettes/no-scanner.yaml
    id: no-scanner
    asks: {section: pet-mri}
    facts:
      pet-mri.1: met
      pet-mri.3: met
    expect:
      verdict: unknown
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
    # file: example/vignettes/no-scanner.yaml
    id: no-scanner
    asks: {section: pet-mri}
    facts:
      pet-mri.1: met
      pet-mri.2: met
    expect:
      verdict: met
    ```
    """
    everything: set[str] = set()
    for guideline in library.guidelines if any(view.guideline.vignettes for view in library.guidelines) else ():
        known = {*guideline.ids, *guideline.guideline.registers.facts}
        for view in guideline.sections:
            for criterion in view.criteria:
                known.add(criterion.fact)
                if criterion.compare is not None:
                    known.add(criterion.compare.fact.value)
                if criterion.see is not None:
                    known |= {criterion.see.target, criterion.see.code, criterion.see.external}
        everything |= known | {f"{guideline.guideline.id}/{name}" for name in known}
    for guideline in library.guidelines:
        for case in guideline.guideline.vignettes:
            yield from _case(library, guideline, case, everything)


def _case(library: LibraryView, guideline: GuidelineView, case: Vignette, known: set[str]) -> Iterator[Fault]:
    asked, name = case.asks
    wanted = {"section": Section, "ruling": Ruling, "node": Group | Criterion}.get(asked)
    asks = case.spans["asks"]
    owner = guideline.ids.get(name)
    if wanted is not None and owner is not None and not isinstance(owner, wanted):
        what = f"{name} is {kind(owner)}, and the case asks for a {asked}"
        key = "section" if isinstance(owner, Section) else "ruling" if isinstance(owner, Ruling) else "node"
        help = "ask for something with a verdict" if isinstance(owner, CodingRule) else f"write `{key}: {name}`"
        yield Fault(what, word_span(asks, name), help, case.id)
    names: list[tuple[str, Span, Callable[[Span, str], Span]]] = []
    if asked != "code" and owner is None:
        names.append((name, asks, word_span))
    names += [(fact, value.span, _before) for fact, value in case.facts.items()]
    if case.expect is not None:
        expected = (*(case.expect.deciding or ()), *(case.expect.missing or ()))
        names += [(name, case.spans["expect"], word_span) for name in expected]
    for name, beside, place in names:
        if name not in known and not lost_id(library, guideline, name):
            span = place(beside, name)
            close = near(name, known)
            yield Fault(
                f"This guideline knows no {name}",
                span,
                f"did you mean {close}?" if close else "name a fact of the register, or the id of a criterion",
                case.id,
                edits=respelled(span, name, known),
            )


def _before(value: Span, fact: str) -> Span:
    """Return where the name of a fact stands, before its value."""
    start = value.source.text.rfind(fact, 0, value.start)
    return Span(value.source, start, start + len(fact)) if start >= 0 else value


CHECKS: tuple[Check, ...] = (Check("R106", "unknown-in-case", Severity.WARNING, "library", unknown_in_case),)
