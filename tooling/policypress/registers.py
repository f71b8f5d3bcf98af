"""What the sections share, as types: codes, quantities, questions, terms, references. Immutable, like the criteria."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from policypress.record import names, record
from policypress.text import Span, Text


@record()
class Active:
    """The days a code may be reported: ISO dates, "" leaves the window open."""

    from_: str = ""
    until: str = ""


@record()
class Verified:
    source: Text
    on: str


@record()
class Code:
    """A procedure or diagnosis code of the register, with the house's own short label."""

    code: str
    system: str
    label: Text
    span: Span
    modality: str = ""
    role: str = ""
    region: str = ""
    active: Active | None = None
    replaced_by: tuple[Text, ...] = ()
    verified: Verified | None = None


@record()
class Parameter:
    """A quantity with one meaning. `unit` is UCUM; `max` is "" unless it is a range."""

    id: str
    value: str
    unit: str
    words: Text
    span: Span
    max: str = ""


@record()
class Fact:
    """A question that is asked once, however many criteria use it."""

    id: str
    question: Text
    span: Span
    type: Literal["verdict", "quantity", "date"] = "verdict"
    unit: str = ""


@record()
class Term:
    term: Text
    span: Span
    expansion: Text | None = None
    variants: tuple[Text, ...] = ()
    definition: Text | None = None


@record()
class Exclusive:
    """Facts of which at most one can be met."""

    name: str
    facts: tuple[Text, ...]
    span: Span


@record()
class Reference:
    id: str
    title: Text
    span: Span
    href: str = ""
    locator: str = ""


NOTHING: Mapping[str, Any] = {}


@record()
class Registers:
    """What the sections share, by id. A guideline's own registers come before the library's."""

    codes: Mapping[str, Code] = NOTHING
    parameters: Mapping[str, Parameter] = NOTHING
    facts: Mapping[str, Fact] = NOTHING
    terms: Mapping[str, Term] = NOTHING
    exclusive: Mapping[str, Exclusive] = NOTHING
    references: Mapping[str, Reference] = NOTHING

    def over(self, other: Registers) -> Registers:
        """Return both, this one's entries first."""
        return Registers(
            *({**getattr(other, name), **getattr(self, name)} for name in names(Registers))
        )
