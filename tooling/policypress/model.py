"""A guideline and what it holds, as types: sections with their rulings and coding rules, the ledger, the cases.

Immutable and with their places, like the criteria in `criteria.py` and the registers in `registers.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from policypress.criteria import Citation, CodeUse, Node, Note, Query, Strength, walk
from policypress.record import record
from policypress.registers import NOTHING, Registers
from policypress.text import Source, Span, Text

Effect = Literal["covered", "not_covered"]
Scope = Literal["specific", "general"]


@record()
class CodeClass:
    """Codes named by what they are instead of one by one; "" leaves a property open."""

    span: Span
    system: str = ""
    modality: str = ""
    role: str = ""
    region: str = ""


@record(kw_only=True)
class Ruling:
    """What is covered or not covered when the criteria are met."""

    id: str
    span: Span
    effect: Effect
    criteria: Node | None
    written_id: Text | None = None
    strength: Strength = "must"
    scope: Scope = "specific"
    codes: tuple[CodeUse, ...] = ()
    services: tuple[Text, ...] = ()
    overrides: tuple[Text, ...] = ()
    complete: bool = True
    notes: tuple[Note, ...] = ()
    query: Query | None = None
    from_: tuple[str, ...] = ()


@record(kw_only=True)
class CodingRule:
    """A rule that binds the claim, not the patient."""

    id: str
    span: Span
    rule: str
    written_id: Text | None = None
    codes: tuple[CodeUse, ...] = ()
    class_: CodeClass | None = None
    with_: tuple[CodeUse, ...] | CodeClass = ()
    instead_of: tuple[CodeUse, ...] | CodeClass = ()
    for_: tuple[CodeUse, ...] | CodeClass = ()
    units: int = 0
    when: Node | None = None
    strength: Strength | None = None
    text: Text | None = None
    uses: tuple[Text, ...] = ()
    notes: tuple[Note, ...] = ()
    query: Query | None = None
    from_: tuple[str, ...] = ()


@record(kw_only=True)
class Section:
    """One page of a guideline: its rulings and coding rules."""

    id: str
    span: Span
    title: Text
    source: Source
    written_id: Text | None = None
    intro: Text | None = None
    rulings: tuple[Ruling, ...] = ()
    coding_rules: tuple[CodingRule, ...] = ()
    documentation: tuple[Note, ...] = ()
    examples: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    references: tuple[Citation, ...] = ()
    query: Query | None = None
    from_: tuple[str, ...] = ()
    short: bool = False  # written in the short form for one ruling


@record()
class Chapter:
    title: Text
    sections: tuple[Text, ...]


@record()
class Revision:
    version: str
    date: str
    summary: Text


@record()
class Approval:
    name: str
    role: str
    on: str


@record()
class Retired:
    """The tombstone of an id that is gone."""

    id: Text
    on: str
    successor: str = ""


@record()
class Statement:
    """One statement of the source document, as the ledger knows it."""

    id: Text
    sha256: str
    span: Span
    codes: tuple[Text, ...] = ()
    quantities: tuple[Text, ...] = ()
    marks: tuple[Text, ...] = ()
    left_out: Text | None = None


@record()
class Expectation:
    """What a vignette promises; None where it promises nothing."""

    verdict: str = ""
    deciding: tuple[str, ...] | None = None
    missing: tuple[str, ...] | None = None


@record()
class Vignette:
    """A case: facts in, determination out."""

    id: str
    span: Span
    asks: tuple[str, str]  # ("section" | "ruling" | "node" | "code", id)
    facts: Mapping[str, Text]
    spans: Mapping[str, Span]  # of its values, by key
    title: str = ""
    on: str = ""
    expect: Expectation | None = None


@record(kw_only=True)
class Guideline:
    """One policy: what `guideline.yaml` says, its sections in the order of its chapters, and what they share."""

    id: str
    span: Span
    source: Source
    title: Text
    version: str
    status: Literal["draft", "final", "retired"]
    effective: str
    policy_number: str = ""
    until: str = ""
    last_review: str = ""
    next_review: str = ""
    publisher: str = ""
    population: str = ""
    jurisdictions: tuple[str, ...] = ()
    lines_of_business: tuple[str, ...] = ()
    owner: str = ""
    contact: str = ""
    supersedes: str = ""
    notice: Text | None = None
    checklist: bool = True
    approved_by: tuple[Approval, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    revisions: tuple[Revision, ...] = ()
    retired: tuple[Retired, ...] = ()
    sections: tuple[Section, ...] = ()
    statements: tuple[Statement, ...] = ()
    vignettes: tuple[Vignette, ...] = ()
    registers: Registers = Registers()
    library: Registers = Registers()  # the shared registers alone
    spans: Mapping[str, Span] = NOTHING  # key of guideline.yaml -> its value's place

    @property
    def draft(self) -> bool:
        return self.status == "draft"


@record()
class Library:
    """Every guideline below a source folder, by id, in the order of their ids."""

    guidelines: tuple[Guideline, ...]
    registers: Registers
    sources: tuple[Source, ...]  # every file read, sorted by path


def section_nodes(section: Section) -> list[Node]:
    """Return every node of a section in reading order: of its rulings, then of its coding rules' conditions."""
    found: list[Node] = []
    for ruling in section.rulings:
        if ruling.criteria is not None:
            found += walk(ruling.criteria)
    for rule in section.coding_rules:
        if rule.when is not None:
            found += walk(rule.when)
    return found
