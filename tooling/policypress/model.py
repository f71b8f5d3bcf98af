"""The field's words as types. Everything here is immutable and knows where in the files it was written.

Attribute names are the keys of the YAML files and of the JSON export; a trailing underscore (`from_`, `class_`)
only keeps clear of Python's own words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from policypress.record import NamedTuple, names, record
from policypress.text import Source, Span, Text

Op = Literal["all", "any", "not", "at_least"]
Effect = Literal["covered", "not_covered"]
Strength = Literal["must", "should", "may", "generally"]
Scope = Literal["specific", "general"]


@record()
class Answer:
    """How a query was settled."""

    by: str
    on: str
    text: Text


@record()
class Query:
    """A doubt put to the author. `covers` names the rules whose findings it states; empty means any rule."""

    text: Text
    covers: tuple[str, ...] = ()
    answered: Answer | None = None
    from_: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return self.answered is None


@record()
class Note:
    """A sentence beside the criteria: a note, an example or a demand for documentation."""

    text: Text
    codes: tuple[CodeUse, ...] = ()
    uses: tuple[Text, ...] = ()
    query: Query | None = None
    from_: tuple[str, ...] = ()


@record()
class Citation:
    """A reference of the register, cited; `locator` says where in it."""

    id: Text
    locator: str = ""


class CodeUse(NamedTuple):
    """A code as a list names it: `code` without modifiers, `modifiers` in order, `text` as typed."""

    code: str
    text: Text
    modifiers: tuple[str, ...] = ()
    last: str = ""  # the last code of a range, "" for a single code

    @property
    def span(self) -> Span:
        return self.text.span


@record()
class CodeClass:
    """Codes named by what they are instead of one by one; "" leaves a property open."""

    span: Span
    system: str = ""
    modality: str = ""
    role: str = ""
    region: str = ""


@record()
class See:
    """A pointer whose verdict the criterion takes: exactly one of the three is set."""

    span: Span
    target: str = ""  # id in this guideline, or `guideline/id`
    code: str = ""
    external: str = ""


@record()
class Compare:
    """A measurable condition: `fact op` the value of a parameter, or `value unit`."""

    fact: Text
    op: Literal["<", "<=", ">", ">=", "=", "!="]
    span: Span
    parameter: Text | None = None
    value: Text | None = None
    unit: str = ""


@record(kw_only=True)
class _Node:
    id: str
    span: Span
    written_id: Text | None = None  # None where the id was minted
    applies_when: Node | None = None
    unless: Node | None = None
    except_when: Node | None = None
    strength: Strength | None = None
    documentation: tuple[Note, ...] = ()
    examples: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    references: tuple[Citation, ...] = ()
    query: Query | None = None
    from_: tuple[str, ...] = ()


@record(kw_only=True)
class Group(_Node):
    """ALL, ANY, NOT (one member) or AT LEAST n of the members."""

    op: Op
    of: tuple[Node, ...]
    n: int = 0  # of `at_least`


@record(kw_only=True)
class Criterion(_Node):
    """One condition, answered met or not met. `fact` names the question; by default the criterion's own id."""

    text: Text
    fact: str
    compare: Compare | None = None
    see: See | None = None
    codes: tuple[CodeUse, ...] = ()
    uses: tuple[Text, ...] = ()


Node = Group | Criterion


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


_NOTHING: Mapping[str, Any] = {}


@record()
class Registers:
    """What the sections share, by id. A guideline's own registers come before the library's."""

    codes: Mapping[str, Code] = _NOTHING
    parameters: Mapping[str, Parameter] = _NOTHING
    facts: Mapping[str, Fact] = _NOTHING
    terms: Mapping[str, Term] = _NOTHING
    exclusive: Mapping[str, Exclusive] = _NOTHING
    references: Mapping[str, Reference] = _NOTHING

    def over(self, other: Registers) -> Registers:
        """Return both, this one's entries first."""
        return Registers(
            *({**getattr(other, name), **getattr(self, name)} for name in names(Registers))
        )


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
    spans: Mapping[str, Span] = _NOTHING  # key of guideline.yaml -> its value's place

    @property
    def draft(self) -> bool:
        return self.status == "draft"


@record()
class Library:
    """Every guideline below a source folder, by id, in the order of their ids."""

    guidelines: tuple[Guideline, ...]
    registers: Registers
    sources: tuple[Source, ...]  # every file read, sorted by path


def guards(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the guard and exceptions of a node with the key that holds each."""
    if node.applies_when is not None:
        yield "applies_when", node.applies_when
    if node.unless is not None:
        yield "unless", node.unless
    if node.except_when is not None:
        yield "except_when", node.except_when


def walk(node: Node) -> list[Node]:
    """Return a node and everything below it in reading order: guards and exceptions first, then members."""
    found: list[Node] = []
    ahead = [node]
    while ahead:  # the last is the next: what is below a node goes on top, in reverse
        node = ahead.pop()
        found.append(node)
        if isinstance(node, Group):
            ahead += node.of[::-1]
        if node.except_when is not None:
            ahead.append(node.except_when)
        if node.unless is not None:
            ahead.append(node.unless)
        if node.applies_when is not None:
            ahead.append(node.applies_when)
    return found


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
