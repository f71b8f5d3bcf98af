"""What criteria are made of, as types: groups, criteria, and what stands beside them.

Everything here is immutable and knows where in the files it was written. Attribute names are the keys of the YAML
files and of the JSON export; a trailing underscore (`from_`, `class_`) only keeps clear of Python's own words.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from policypress.record import NamedTuple, record
from policypress.text import Span, Text

Op = Literal["all", "any", "not", "at_least"]
Strength = Literal["must", "should", "may", "generally"]


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
