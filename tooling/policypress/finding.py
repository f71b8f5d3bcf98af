"""A finding is data: which rule, how severe, what is wrong, where, and what to do about it."""

from __future__ import annotations

from enum import StrEnum

from policypress.record import NamedTuple, record
from policypress.text import Span


class Severity(StrEnum):
    """`error` stops publishing, `warning` does not unless `--strict`, `info` never changes an exit status."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@record()
class Rule:
    """A fault the product knows: its id (never reused), its name (read it as "allow <name>") and its page."""

    id: str
    name: str
    severity: Severity
    docstring: str = ""

    @property
    def page(self) -> str:
        """What `explain` prints: the docstring without its margin."""
        from inspect import cleandoc  # which takes longer to import than all rules together

        return cleandoc(self.docstring) + "\n"

    def __repr__(self) -> str:
        return f"Rule({self.id} {self.name})"


# Named tuples, as texts are (see text.py): a file of nothing but faults has tens of thousands.
class Label(NamedTuple):
    """A second place that a finding speaks of."""

    span: Span
    message: str


class Edit(NamedTuple):
    """A text edit that mends a finding: put `new` in the place of the span."""

    span: Span
    new: str


class Finding(NamedTuple):
    """One fault at one place. `message` states the fact, `help` says in the imperative what to do.

    `guideline`, `section` and `node` are ids ("" where there is none); `place` names the criterion as a
    reader would ("PET-MRI › ANY › 2"); `mark` is the short note under the caret.
    """

    rule: Rule
    message: str
    span: Span
    help: str = ""
    related: tuple[Label, ...] = ()
    edits: tuple[Edit, ...] = ()
    guideline: str = ""
    section: str = ""
    node: str = ""
    place: str = ""
    mark: str = ""
    stated: bool = False  # an open author query states this doubt

    @property
    def severity(self) -> Severity:
        return Severity.INFO if self.stated else self.rule.severity

    @property
    def order(self) -> tuple[str, int, str, str]:
        """Sort key: path, place in the file, rule, message."""
        return (self.span.path, self.span.start, self.rule.id, self.message)
