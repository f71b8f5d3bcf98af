"""Document: the ledger of the source document proves that nothing of it was lost on the way."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks.check import Check, Fault, GuidelineView
from policypress.checks.ledger_added import CHECKS as ADDED_CHECKS
from policypress.checks.ledger_entries import CHECKS as ENTRY_CHECKS
from policypress.checks.ledger_entries import carrier_labels
from policypress.finding import Severity
from policypress.ledger import Carried
from policypress.text import Text

# How a policy holds a mark, for the help.
_HOLD = {
    "all": "put what carries it below all",
    "any": "put what carries it below any",
    "at_least": "put what carries it below at_least, or say “at least” in the words",
    "not": "put what carries it below not or under not_covered, or say it in the words",
    "unless": "give what carries it an unless, or an except_when where it carves out",
    "except": "give what carries it an except_when, or an unless where it waives",
    "may": "give what carries it strength: may, or say “may” in the words",
    "should": "give what carries it strength: should, or say “should” in the words",
    "must": "take the hedge from what carries it, or say “must” in the words",
    "generally": "give what carries it strength: generally, or say “generally” in the words",
    "and": "put what carries it below all, or say “and” in the words",
    "or": "put what carries it below any, or say “or” in the words",
}


def statement_not_carried(view: GuidelineView) -> Iterator[Fault]:
    """A statement of the source document is carried by nothing.

    The ledger lists everything that the source document says. What no ruling, criterion, coding rule, note or query
    names in `from` was lost on the way, or was left out for a reason that has to be given.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    - {id: 2, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    - {id: 2, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, left_out: "A page number"}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for carried, _ in _gaps(view, "carrier"):
        yield Fault(
            f"Nothing carries statement {carried.statement.id}",
            carried.statement.id.span,
            "name it in the from of what carries it, or give the reason in left_out",
        )


def code_lost(view: GuidelineView) -> Iterator[Fault]:
    """A code of a statement is in nothing that carries it.

    The statement was restated without the code, or with another one. A claim is decided by its codes, so one digit
    is enough to change who is covered.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, codes: ["78813", "78815"]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    codes: ["78813"]
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, codes: ["78813", "78815"]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    codes: ["78813", "78815"]
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for carried, code in _gaps(view, "code"):
        yield _lost(carried, code, f"The code {code}", "name the code there, in codes or in the words")


def quantity_lost(view: GuidelineView) -> Iterator[Fault]:
    """A quantity of a statement is in nothing that carries it.

    A limit or a time frame of the source document was lost or became another one. Spelling does not matter: 12-week,
    twelve weeks and 84 days are the same.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, quantities: [12 weeks]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: The radiation ended 6–8 weeks ago
      uses: [interval]
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, quantities: [12 weeks]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: The radiation ended 12 weeks ago
      uses: [radiation-delay]
    ```
    """
    for carried, words in _gaps(view, "quantity"):
        yield _lost(carried, words, f"“{words}”", "name the quantity there, or mend the ledger if it reads otherwise")


def mark_lost(view: GuidelineView) -> Iterator[Fault]:
    """An operator, exception, negation or hedge of a statement is in nothing that carries it.

    ALL that became ANY, an `unless` that was dropped, a "may" that became a rule: the words are there and the policy
    is another one. A mark is held by structure (a group, `unless`, `except_when`, `not_covered`, `strength`) or by the
    words.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, marks: [all]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
        - Conventional imaging is negative
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, marks: [all]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - Conventional imaging is negative
    ```
    """
    for carried, mark in _gaps(view, "mark"):
        yield _lost(carried, mark, f"“{mark.value.replace('_', ' ')}”", _HOLD[mark.value])


def statement_without_place(view: GuidelineView) -> Iterator[Fault]:
    """A statement has no carrier of its own, while its neighbors have.

    Only a heading or an operator names the part of the document it stands in, and nothing there says what it says: a
    criterion that was deleted looks like this.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    - {id: 1.1, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
    - {id: 1.2, sha256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: The study changes the plan of treatment
      from: 1.1
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    - {id: 1.1, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
    - {id: 1.2, sha256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      all:
        - text: The study changes the plan of treatment
          from: 1.1
        - text: Conventional imaging is negative
          from: 1.2
    ```
    """
    for carried, _ in _gaps(view, "place"):
        yield Fault(
            f"Statement {carried.statement.id} has no carrier of its own, only what names all of {carried.through}",
            carried.statement.id.span,
            "name it in the from of what says it, or give the reason in left_out",
            related=carrier_labels(carried),
        )


def _gaps(view: GuidelineView, kind: str) -> Iterator[tuple[Carried, Text]]:
    listed = {name.value for chapter in view.guideline.chapters for name in chapter.sections}
    if not view.guideline.statements or listed - {section.section.id for section in view.sections}:
        return  # a section that could not be read is its own finding; what it carries is not lost
    for carried in view.concordance.carried:
        for gap in carried.gaps:
            if gap.kind == kind:
                yield carried, gap.what


def _lost(carried: Carried, what: Text, name: str, help: str) -> Fault:
    message = f"{name} of statement {carried.statement.id} is in nothing that carries it"
    return Fault(message, what.span, help, related=carrier_labels(carried))


CHECKS: tuple[Check, ...] = (
    Check("D101", "statement-not-carried", Severity.ERROR, "guideline", statement_not_carried),
    Check("D102", "code-lost", Severity.ERROR, "guideline", code_lost),
    Check("D103", "quantity-lost", Severity.ERROR, "guideline", quantity_lost),
    Check("D104", "mark-lost", Severity.ERROR, "guideline", mark_lost),
    *ENTRY_CHECKS,
    *ADDED_CHECKS,
    Check("D108", "statement-without-place", Severity.WARNING, "guideline", statement_without_place),
)
