"""Codes over time: those that have ended while a guideline is in force, and what took their place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.code_lists import code_lists, written
from policypress.checks.lookup import registers
from policypress.codes import entry
from policypress.criteria import CodeUse
from policypress.finding import Label, Severity
from policypress.registers import Code


def ended_code(library: LibraryView) -> Iterator[Fault]:
    """A code has ended since the guideline took effect.

    It was active on the first day, and claims with it are returned by now. The guideline needs a revision that names
    what took its place. Only dates that the register holds are looked at, and guidelines that are in force today;
    today is the day of the check, or the one that SOURCE_DATE_EPOCH names.

    ```yaml bad
    # file: example/registers/codes.yaml
    - code: "78811"
      system: CPT
      label: PET of one region
      active: {until: 2026-03-31}
      replaced_by: [78815]
      verified: {source: example, on: 2026-01-01}
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78811]
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    # file: example/registers/codes.yaml
    - code: "78811"
      system: CPT
      label: PET of one region
      active: {until: 2026-03-31}
      replaced_by: [78815]
      verified: {source: example, on: 2026-01-01}
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    today = library.today
    for view in library.guidelines:
        guideline = view.guideline
        if not today or guideline.status == "retired" or guideline.effective > today or "" < guideline.until < today:
            continue
        ended = {
            name: code
            for name, code in guideline.registers.codes.items()
            if code.active is not None and guideline.effective <= code.active.until < today
        }
        if not ended:
            continue
        for use, owner in view.all(_listed):
            code = ended.get(use.code) or ended.get(use.last)
            if code is not None and code.active is not None:
                yield Fault(
                    f"{written(code.code)} was active until {code.active.until}, and it is {today}", use.span,
                    replaced(code), owner, (Label(code.span, "its dates"),),
                )  # fmt: skip


def _listed(view: SectionView) -> list[tuple[CodeUse, str]]:
    """Return the codes that a section lists, but those that are replaced, with what lists each."""
    return [(use, listed.owner) for listed in code_lists(view) if listed.key != "instead_of" for use in listed.uses]


def replaced(code: Code) -> str:
    """Say what to do about a code that is not active."""
    if not code.replaced_by:
        return "take it out, or mend its dates in the code register"
    return "use " + " or ".join(text.value for text in code.replaced_by) + ", which took its place"


def successor_at_odds(library: LibraryView) -> Iterator[Fault]:
    """What took the place of a code cannot take it.

    `replaced_by` names the code itself, one that ended before it or with it, or one that nobody looked up. Whoever
    follows it reports a claim that is returned.

    ```yaml bad
    # file: example/registers/codes.yaml
    - code: "78811"
      system: CPT
      label: PET of one region
      active: {until: 2030-12-31}
      replaced_by: [78810]
      verified: {source: example, on: 2026-01-01}
    ```
    ```yaml good
    # file: example/registers/codes.yaml
    - code: "78811"
      system: CPT
      label: PET of one region
      active: {until: 2030-12-31}
      replaced_by: [78815]
      verified: {source: example, on: 2026-01-01}
    ```
    """
    seen: set[tuple[str, int]] = set()
    for register in registers(library):
        for code in register.codes.values():
            place = (code.span.path, code.span.start)
            if not code.replaced_by or place in seen:
                continue
            seen.add(place)
            for text in code.replaced_by:
                if said := _odd(code, text.value, register.codes):
                    yield Fault(
                        f"{code.code} is replaced by {text.value}, {said}", text.span,
                        "look the successor up in the code file, and mend the entry",
                        related=(Label(code.span, "ends"),),
                    )  # fmt: skip


def _odd(code: Code, name: str, codes: Mapping[str, Code]) -> str:
    if name == code.code:
        return "which is the code itself"
    if entry(name) is None:
        return "which is not written as a code"
    other = codes.get(name)
    if other is None:
        return "which is not in the code register"
    last = code.active.until if code.active is not None else ""
    if last and other.active is not None and "" < other.active.until <= last:
        return f"which ends on {other.active.until} itself"
    return ""


CHECKS: tuple[Check, ...] = (
    Check("C112", "ended-code", Severity.WARNING, "library", ended_code),
    Check("C113", "successor-at-odds", Severity.WARNING, "library", successor_at_odds),
)
