"""The entries of the ledger themselves, and the statements that carriers name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, GuidelineView, id_span
from policypress.finding import Edit, Label, Severity
from policypress.ledger import Carried, prefixes
from policypress.model import Statement
from policypress.pattern import pattern
from policypress.text import Source, Span
from policypress.wording import MARKS

_SHA256 = pattern(r"[0-9a-f]{64}")
_FROM = pattern(
    r"(?:^ *(?:- +)*|[{,]\s*)from: *(?:\[[^\]]*\]|[^\s\[#,}][^\n#,}]*|(?:\n *- [^\n]*)+)", re.M
)  # fmt: skip
_OTHER_MARKS = {"none": "not", "negation": "not", "no": "not", "either": "any", "each": "all", "every": "all"}


def unknown_statement(view: GuidelineView) -> Iterator[Fault]:
    """`from` names a statement that the ledger does not have.

    The criterion cannot be traced back to what the source document says, and the statement that was meant may seem to
    be carried by nothing.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: [1, 2]
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    if not view.guideline.statements:
        return
    known = [statement.id.value for statement in view.guideline.statements]
    for name, carriers in view.concordance.strays.items():
        from difflib import get_close_matches

        near = get_close_matches(name, known, 1)
        help = f"did you mean {near[0]}?" if near else "name a statement of statements.yaml, or add this one there"
        told: set[Span] = set()
        for carrier in carriers:
            for span in _places(carrier.owner.span.source, name) or [id_span(carrier.owner)]:
                inside = carrier.owner.span.start <= span.start < carrier.owner.span.end
                if inside and span not in told:
                    told.add(span)
                    yield Fault(f"The ledger has no statement {name}", span, help, carrier.id)


def left_out_but_carried(view: GuidelineView) -> Iterator[Fault]:
    """A statement is left out with a reason, and carried all the same.

    One of the two is out of date. What is carried has to be held to the ledger; what is left out must not be named.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    - {id: 2, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, left_out: "A page number"}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: [1, 2]
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
    statements = view.guideline.statements
    above = {prefix for each in statements for prefix in prefixes(each.id.value) if prefix != each.id.value}
    for carried in view.concordance.carried if statements else ():
        statement = carried.statement
        if statement.left_out is not None and carried.through == statement.id.value not in above:
            yield Fault(
                f"Statement {statement.id} is left out, and {carried.carriers[0].id} carries it",
                statement.left_out.span,
                "take left_out away, or the statement out of from",
                related=carrier_labels(carried),
            )


def ledger_entry(view: GuidelineView) -> Iterator[Fault]:
    """An entry of the ledger cannot be checked: its id stands twice, its hash is no SHA-256, or a mark is unknown.

    What the ledger says in a form that nobody reads proves nothing.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, marks: [at-least]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: At least one earlier study was negative
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, marks: [at_least]}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: At least one earlier study was negative
    ```
    """
    first: dict[str, Statement] = {}
    for statement in view.guideline.statements:
        if (other := first.setdefault(statement.id.value, statement)) is not statement:
            yield Fault(
                f"Statement {statement.id} stands twice in the ledger", statement.id.span, "give one its own id",
                related=(Label(other.id.span, "the first"),),
            )  # fmt: skip
        if not _SHA256.fullmatch(statement.sha256):
            place = statement.span.source.text.find(statement.sha256, statement.span.start)
            yield Fault(
                f"The hash of statement {statement.id} is not 64 hexadecimal digits in small letters",
                Span(statement.span.source, place, place + len(statement.sha256)) if place >= 0 else statement.span,
                "write the SHA-256 of the statement's words, NFKC, white space folded",
            )
        for mark in statement.marks:
            if mark.value not in MARKS:
                folded = re.sub(r"[\s-]+", "_", mark.value.lower())
                meant = folded if folded in MARKS else _OTHER_MARKS.get(folded)
                yield Fault(
                    f"The ledger knows no mark {mark}", mark.span,
                    f"write {meant}" if meant else f"use one of {', '.join(MARKS)}",
                    edits=(Edit(mark.span, meant),) if meant else (),
                )  # fmt: skip


def ledger_gap(view: GuidelineView) -> Iterator[Fault]:
    """A number is left out among the statements of the ledger.

    The ledger lists every statement of the source document, in order. Between 10.1 and 10.3 there is a 10.2, and a
    statement that the ledger does not know can be lost without a sign.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}
    - {id: 1.1, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
    - {id: 1.3, sha256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc}
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
    - {id: 1.1, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
    - {id: 1.2, sha256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    from: 1
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    known = {statement.id.value: statement for statement in view.guideline.statements}
    above = {prefix for id in known for prefix in prefixes(id)}
    for id, statement in known.items():
        prefix, dot, number = id.rpartition(".")
        if not (number.isascii() and number.isdecimal()) or int(number) < 2:
            continue
        before = f"{prefix}{dot}{int(number) - 1}"
        if before not in above and any(f"{prefix}{dot}{lower}" in above for lower in range(int(number) - 1)):
            yield Fault(
                f"The ledger has no statement {before}, and has {id}", statement.id.span,
                f"add {before}, with left_out where nothing carries it",
            )  # fmt: skip
    parents = {id.rpartition(".")[0]: statement for id, statement in reversed(known.items()) if "." in id}
    missing = [parent for parent in parents if parent not in known]
    if len(missing) * 8 <= len(parents):  # the ledger lists what stands above the others too
        for parent in missing:
            yield Fault(
                f"The ledger has no statement {parent}, and has {parents[parent].id}", parents[parent].id.span,
                f"add {parent}, with left_out where nothing carries it",
            )  # fmt: skip


def carrier_labels(carried: Carried) -> tuple[Label, ...]:
    """Return the nearest carriers of a statement as places to show."""
    return tuple(Label(id_span(carrier.owner), f"{carrier.kind} {carrier.id}") for carrier in carried.carriers[:3])


def _places(source: Source, name: str) -> list[Span]:
    """Return where `from` names a statement in a file."""
    one = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-]|\.\w)")
    return [
        Span(source, found.start(), found.end())
        for keys in _FROM.finditer(source.text)
        for found in one.finditer(source.text, keys.start(), keys.end())
    ]


CHECKS: tuple[Check, ...] = (
    Check("D105", "unknown-statement", Severity.ERROR, "guideline", unknown_statement),
    Check("D106", "left-out-but-carried", Severity.WARNING, "guideline", left_out_but_carried),
    Check("D107", "ledger-entry", Severity.ERROR, "guideline", ledger_entry),
    Check("D112", "ledger-gap", Severity.WARNING, "guideline", ledger_gap),
)
