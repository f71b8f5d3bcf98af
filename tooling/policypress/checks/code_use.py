"""Codes of the data: known, active, verified, and once in a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policypress.checks import code_days, code_forms, code_meaning, code_words, coding_rules
from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.code_lists import CodeList, code_lists, drop_entry, written
from policypress.checks.nearness import one_apart
from policypress.codes import system_of
from policypress.finding import Label, Severity
from policypress.registers import Code
from policypress.usage import members


def unknown_code(view: SectionView) -> Iterator[Fault]:
    """A code is not in the code register.

    A wrong digit makes another service of it, or none at all. The register (`registers/codes.yaml`) is the one place
    where each code is looked up, named in the house's own words and verified; what is not there was not looked up.
    Of a range both ends must be there.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78851]
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    registered = view.registers.codes
    reported: set[str] = set()
    for listed in code_lists(view):
        for use in listed.uses:
            if use.code in registered and not use.last:
                continue
            for code in (use.code, use.last):
                if code and code not in registered:
                    reported.add(code)
                    yield Fault(
                        f"{written(code)} is not in the code register", use.span, _near(code, registered), listed.owner
                    )
    for mention in view.wording.codes:
        if (mention.registered and not mention.last) or mention.passage.kind == "query":
            continue
        for code in (mention.code, mention.last):
            if code and code not in registered and code not in reported:
                yield Fault(
                    f"{written(code)} is named here and is not in the code register", mention.span,
                    _near(code, registered), mention.passage.id,
                )  # fmt: skip


def inactive_code(view: SectionView) -> Iterator[Fault]:
    """A code is not active on the day the guideline takes effect.

    Code sets change on fixed days (CPT and HCPCS at least each January and by quarter, ICD-10-CM each October); a
    claim with a code outside its dates is returned. Only dates that the register holds are looked at. What a coding
    rule replaces (`instead_of`) may have ended.

    ```yaml bad
    # file: example/registers/codes.yaml
    - code: "78811"
      system: CPT
      label: PET of one region
      active: {until: 2025-06-30}
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
      active: {until: 2025-06-30}
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
    registered = view.registers.codes
    day = view.guideline.effective
    for listed in code_lists(view):
        for use in listed.uses:
            for name in members(use, registered) if use.last else (use.code,):
                code = registered.get(name)
                if not day or code is None or code.active is None:
                    continue
                from_, until = code.active.from_, code.active.until
                if from_ and day < from_:
                    said, help = f"is active from {from_}", "take it out, or mend its dates in the code register"
                elif until and until < day and listed.key != "instead_of":
                    said, help = f"was active until {until}", code_days.replaced(code)
                else:
                    continue
                message = f"{written(name)} {said}, and the guideline takes effect on {day}"
                yield Fault(message, use.span, help, listed.owner, (Label(code.span, "its dates"),))


def unverified_code(library: LibraryView) -> Iterator[Fault]:
    """Nobody has verified a code of the register.

    Label, role and dates of a code are as good as the code file they were looked up in. `verified` says where and when
    that was done; a code without it was written from memory or taken from the policy itself.

    ```yaml bad
    # file: example/registers/codes.yaml
    - code: "78816"
      system: CPT
      label: PET with CT, whole body
    ```
    ```yaml good
    # file: example/registers/codes.yaml
    - code: "78816"
      system: CPT
      label: PET with CT, whole body
      verified:
        source: Code file 2026
        on: 2026-01-05
    ```
    """
    seen: set[tuple[str, int]] = set()
    registers = [library.library.registers, *(view.guideline.registers for view in library.guidelines)]
    for register in registers:
        for code in register.codes.values():
            place = (code.span.path, code.span.start)
            if code.verified is None and place not in seen:
                seen.add(place)
                yield Fault(
                    f"{code.system} {code.code} has not been verified", code.span,
                    "look it up in the code file and add verified: {source: …, on: …}",
                )  # fmt: skip


def repeated_code(view: SectionView) -> Iterator[Fault]:
    """A code stands twice in one list.

    Most often one of the two was meant to be another code. A code that lies in a range of the same list counts as
    well. `check --fix` takes the second one out.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815, 70553, 78815]
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815, 70553]
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for listed in code_lists(view):
        if len(listed.uses) > 1:
            yield from _repeated(listed)


def _repeated(listed: CodeList) -> Iterator[Fault]:
    for place, use in enumerate(listed.uses):
        for other in listed.uses[:place]:
            if use.modifiers != other.modifiers:
                continue
            if (use.code, use.last) == (other.code, other.last):
                message = f"{system_of(use.code)} {use.text.value} stands twice in {listed.key}"
            elif other.last and other.code <= use.code <= (use.last or use.code) <= other.last:
                message = f"{system_of(use.code)} {use.text.value} already lies in the range {other.text.value}"
            else:
                continue
            yield Fault(
                message, use.span, "take it out, or write the code that was meant", listed.owner,
                (Label(other.span, "the first"),), drop_entry(use),
            )  # fmt: skip
            break


def _near(code: str, registered: Mapping[str, Code]) -> str:
    near = []
    for other in one_apart(code, registered):
        if len(other) == len(code):
            differ = [place for place in range(len(code)) if code[place] != other[place]]
            swapped = len(differ) == 2 and sorted(code) == sorted(other) and differ[1] - differ[0] == 1
            if len(differ) == 1 or swapped:
                near.append(other)
    meant = f"did you mean {' or '.join(sorted(near)[:3])}? If not, " if near else ""
    return f"{meant}add it to registers/codes.yaml" if meant else "add it to registers/codes.yaml"


CHECKS: tuple[Check, ...] = (
    Check("C102", "unknown-code", Severity.ERROR, "section", unknown_code),
    *code_words.CHECKS,
    *code_meaning.CHECKS,
    *code_forms.CHECKS,
    *coding_rules.CHECKS,
    *code_days.CHECKS,
    Check("C107", "inactive-code", Severity.ERROR, "section", inactive_code),
    Check("C108", "unverified-code", Severity.INFO, "library", unverified_code),
    Check("C109", "repeated-code", Severity.WARNING, "section", repeated_code),
)
