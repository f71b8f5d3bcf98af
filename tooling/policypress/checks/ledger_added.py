"""What carries a statement of the source document and says more than it: marks, codes and amounts of its own."""

from __future__ import annotations

from collections.abc import Iterator

from policypress import codes, ucum
from policypress.amounts import amounts
from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.code_lists import rule_lists
from policypress.checks.ledger_marks import held_marks, mark_place
from policypress.codes import PLAIN_HYPHENS
from policypress.criteria import Criterion
from policypress.finding import Label, Severity
from policypress.ledger import prefixes
from policypress.model import CodingRule, Guideline, Statement
from policypress.record import record
from policypress.ucum import Amount


@record()
class _Said:
    """What the statements that something carries say together, and what stands above them in the document."""

    statements: tuple[Statement, ...]
    marks: frozenset[str]
    codes: frozenset[str]
    ranges: tuple[tuple[str, str], ...]
    amounts: tuple[Amount, ...]

    def has_code(self, code: str) -> bool:
        return code in self.codes or any(codes.in_range(code, first, last) for first, last in self.ranges)


class _Ledger:
    """The statements of a guideline by what `from` names."""

    def __init__(self, statements: tuple[Statement, ...]) -> None:
        self.statements = statements
        self.marked = any(statement.marks for statement in statements)
        self.coded = any(statement.codes for statement in statements)
        self.measured = any(statement.quantities for statement in statements)
        self._below: dict[str, list[Statement]] = {}
        for statement in statements:
            for prefix in prefixes(statement.id.value):
                self._below.setdefault(prefix, []).append(statement)
        self._own = {statement.id.value: statement for statement in reversed(statements)}
        self._said: dict[tuple[str, ...], _Said | None] = {}

    def said(self, from_: tuple[str, ...]) -> _Said | None:
        """Return what the statements that `from` names say; None where it names none of the ledger."""
        if from_ not in self._said:
            self._said[from_] = self._gathered(from_)
        return self._said[from_]

    def _gathered(self, from_: tuple[str, ...]) -> _Said | None:
        above = {prefix for name in from_ for prefix in prefixes(name)}
        above |= {f"{prefix}.0" for prefix in above}  # the words over a list
        named = [one for name in dict.fromkeys(from_) for one in self._below.get(name, ())]
        around = [self._own[name] for name in above if name in self._own]
        if not named:
            return None
        entries = [codes.ENTRY.fullmatch(code.value.translate(PLAIN_HYPHENS)) for one in named for code in one.codes]
        listed = [entry for entry in entries if entry is not None]
        return _Said(
            tuple(named),
            frozenset(mark.value for one in (*named, *around) for mark in one.marks),
            frozenset(entry["code"] for entry in listed),
            tuple((entry["code"], entry["last"]) for entry in listed if entry["last"]),
            tuple(amount for one in named for words in one.quantities for amount in amounts(words.value)),
        )


def _ledger(guideline: Guideline) -> _Ledger:
    return _Ledger(guideline.statements)


def mark_added(view: SectionView) -> Iterator[Fault]:
    """A criterion or ruling holds a negation, exception or hedge that the statement it carries does not have.

    The ledger says of each statement whether it negates, excepts or hedges. A NOT, an `unless` or a `may` that comes
    in on the way changes who is covered as much as one that is lost. If the statement has it, its entry is missing it.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, marks: [all]}
    - {id: 1.1, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, marks: []}
    - {id: 1.2, sha256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc, marks: []}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      from: 1
      all:
        - text: The study changes the plan of treatment
          from: 1.1
        - from: 1.2
          not:
            text: The provider asks for the study
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, marks: [all]}
    - {id: 1.1, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, marks: []}
    - {id: 1.2, sha256: cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc, marks: []}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      from: 1
      all:
        - text: The study changes the plan of treatment
          from: 1.1
        - text: The provider asks for the study
          from: 1.2
    ```
    """
    ledger = view.beside.make(_ledger)
    if not ledger.marked:
        return
    told: set[tuple[str, str]] = set()
    for mark in held_marks(view):
        said, wanted = ledger.said(mark.from_), mark.needed[0]
        if said is not None and said.marks.isdisjoint(mark.needed) and (mark.id, wanted) not in told:
            told.add((mark.id, wanted))
            yield Fault(
                f"{mark.words} is held here, and {_names(said)} has no {' or '.join(mark.needed[:2])}",
                mark_place(view, mark),
                f"take it out, or add {wanted} to the marks of the statement if its words have it",
                mark.id,
                _labels(said),
            )


def code_added(view: SectionView) -> Iterator[Fault]:
    """A criterion or coding rule names a code that the statement it carries does not have.

    The ledger holds every code of the source document. A code that only the restatement knows was added on the way,
    is a slip for another, or stands in the wrong place.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, codes: [70553]}
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    from: 1
    effect: covered
    criteria:
      text: A brain MRI (CPT 70553, CPT 76498) came before the study
      codes: [70553, 76498]
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, codes: [70553]}
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    from: 1
    effect: covered
    criteria:
      text: A brain MRI (CPT 70553) came before the study
      codes: [70553]
    ```
    """
    ledger = view.beside.make(_ledger)
    if not ledger.coded:
        return
    for owner in view.owners:
        said = ledger.said(owner.from_)
        if said is None:
            continue
        if isinstance(owner, CodingRule):
            uses = [use for _, listed in rule_lists(owner) for use in listed]
        else:
            uses = list(owner.codes) if isinstance(owner, Criterion) else []
        for use in uses:
            if not said.has_code(use.code) and not said.has_code(use.last or use.code):
                yield Fault(
                    f"{use.text.value} is listed here, and {_names(said)} does not name it",
                    use.span,
                    "take it out, or name the statement that has it in from",
                    owner.id,
                    _labels(said),
                )


def quantity_added(view: SectionView) -> Iterator[Fault]:
    """A criterion or coding rule names an amount that the statement it carries does not have.

    The ledger holds every amount of the source document. One of a kind that the statement has not is a limit that
    nobody decided, or stands in the wrong place.

    ```yaml bad
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, marks: [at_least]}
    - {id: 2, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, quantities: [8 mm], left_out: a}
    # file: example/sections/radiation.yaml
    id: radiation
    title: Imaging after radiation
    from: 1
    effect: covered
    criteria:
      text: The radiation ended at least 12 weeks ago
      uses: [radiation-delay]
    ```
    ```yaml good
    # file: example/statements.yaml
    - {id: 1, sha256: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, quantities: [12 weeks]}
    - {id: 2, sha256: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, quantities: [8 mm], left_out: a}
    # file: example/sections/radiation.yaml
    id: radiation
    title: Imaging after radiation
    from: 1
    effect: covered
    criteria:
      text: The radiation ended at least 12 weeks ago
      uses: [radiation-delay]
    ```
    """
    ledger = view.beside.make(_ledger)
    if not ledger.measured:
        return
    for quantity in view.wording.quantities:
        passage = quantity.passage
        said = ledger.said(passage.from_) if passage.kind in ("criterion", "coding_rule") else None
        if said is None or quantity.unit[0] == "{":  # a count may be said in other words
            continue
        kind = ucum.measured(quantity.unit)
        if any(ucum.measured(one.unit) == kind for one in said.amounts):
            continue  # where another of the kind is said, that one is lost, which is told there
        yield Fault(
            f"“{quantity.words}” is said here, and {_names(said)} has no such amount",
            quantity.span,
            "mend the amount, or add it to the quantities of the statement if its words have it",
            passage.id,
            _labels(said),
        )


def _names(said: _Said) -> str:
    ids = [statement.id.value for statement in said.statements]
    if len(ids) == 1:
        return f"statement {ids[0]} of the ledger"
    return f"the ledger under {', '.join(ids[:3])}{' …' if len(ids) > 3 else ''}"


def _labels(said: _Said) -> tuple[Label, ...]:
    return tuple(Label(one.id.span, "the statement") for one in said.statements[:3])


CHECKS: tuple[Check, ...] = (
    Check("D109", "mark-added", Severity.WARNING, "section", mark_added),
    Check("D110", "code-added", Severity.WARNING, "section", code_added),
    Check("D111", "quantity-added", Severity.WARNING, "section", quantity_added),
)
