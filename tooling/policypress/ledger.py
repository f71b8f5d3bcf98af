"""What carries each statement of the source document, and whether its carriers hold all that it says.

A carrier whose `from` names `10` carries statement 10 and every statement below it (10.2, 10.2.1). What a statement
says is kept in the ledger as codes, quantities and marks; its carriers together must hold each of them, as data or in
their words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Literal

from policypress.amounts import UNITS
from policypress.criteria import CodeUse, Criterion, Group, Node, guards
from policypress.holding import Carrier, Held, Owner, has_code, has_mark, has_quantity
from policypress.model import CodingRule, Guideline, Ruling, Section, Statement
from policypress.passages import rule_codes
from policypress.pattern import pattern
from policypress.record import NamedTuple, record
from policypress.text import Text
from policypress.ucum import Amount
from policypress.wording import Mark, Wording

_BESIDE = frozenset(("note", "documentation", "example", "query"))  # they may name statements of their own
_RULE_MARKS: Mapping[str, frozenset[str]] = {
    "may_report_with": frozenset(("may",)),
    "not_with": frozenset(("not",)),
    "not_for": frozenset(("not",)),
    "report_instead_of": frozenset(("not",)),
    "units_per_encounter": frozenset(("not",)),  # not more than so many
}
_OP_MARKS: Mapping[str, frozenset[str]] = {
    "all": frozenset(("all", "and")),
    "any": frozenset(("any", "or", "at_least")),  # at least one
    "at_least": frozenset(("at_least", "or")),
    "not": frozenset(("not",)),
}
_QUOTE = pattern(r"(?<!\w)['\"‘“].+?['\"’”](?!\w)")
_GUARD_MARKS: Mapping[str, frozenset[str]] = {
    "applies_when": frozenset(),
    "unless": frozenset(("unless", "except")),
    "except_when": frozenset(("unless", "except", "not")),
}


@record()
class Gap:
    """What a statement has and its carriers have not; `what` is the entry of the ledger."""

    kind: Literal["carrier", "place", "code", "quantity", "mark"]
    what: Text


@record()
class Carried:
    """A statement with its nearest carriers; `through` is the statement they name, its own id or a prefix of it."""

    statement: Statement
    carriers: tuple[Carrier, ...]
    through: str
    gaps: tuple[Gap, ...]


@record()
class Concordance:
    """The whole ledger beside the guideline. `strays` are statements that carriers name and the ledger has not."""

    carried: tuple[Carried, ...]
    strays: Mapping[str, tuple[Carrier, ...]]


def concordance(guideline: Guideline, wording_of: Callable[[Section], Wording]) -> Concordance:
    """Lay the ledger beside the guideline. `wording_of` gives the scanned texts of a section."""
    held = _Gathering(guideline)
    for section in guideline.sections:
        held.section(section, wording_of(section))
    ids = {prefix for statement in guideline.statements for prefix in prefixes(statement.id.value)}
    strays = {name: tuple(each.carriers) for name, each in held.by_statement.items() if name not in ids}
    siblings = {_parent(name) for name in held.by_statement if "." in name}
    registered = guideline.registers.codes
    return Concordance(
        tuple(_carried(statement, held.by_statement, siblings, registered) for statement in guideline.statements),
        strays,
    )


def prefixes(id: str) -> Iterator[str]:
    """Yield an id and everything it lies below, nearest first: 10.2.1, 10.2, 10."""
    while id:
        yield id
        id = _parent(id)


def _parent(id: str) -> str:
    return id.rpartition(".")[0]


def _is_quoted(mark: Mark) -> bool:
    """Tell whether a word of a query is quoted from the source: between quotation marks, or in capitals."""
    if mark.words.isupper() and len(mark.words) > 1:
        return True
    return any(start < mark.start and mark.end < end for start, end in _quotes(mark.passage.text.value))


@lru_cache(1)  # the marks of a text come one after another
def _quotes(text: str) -> list[tuple[int, int]]:
    return [quote.span() for quote in _QUOTE.finditer(text)]


class _Around(NamedTuple):
    """What stands above a node: marks and operators of its ruling and groups; `firm` until a hedge takes the must."""

    marks: frozenset[str]
    ops: frozenset[str]
    ruling: str
    firm: bool = True


class _Gathering:
    def __init__(self, guideline: Guideline) -> None:
        self.parameters = guideline.registers.parameters
        self.by_statement: dict[str, Held] = {}

    def _holders(self, from_: Iterable[str]) -> list[Held]:
        held = self.by_statement
        return [held.get(name) or held.setdefault(name, Held()) for name in from_]

    def _carry(self, owner: Owner, kind: str, from_: tuple[str, ...], above: tuple[str, ...]) -> None:
        for name in from_:
            if name not in above:
                self._holders((name,))[0].carriers.append(Carrier(owner.id, kind, owner))

    def section(self, section: Section, wording: Wording) -> None:
        self._carry(section, "section", section.from_, ())
        for passage in wording.passages:
            own = passage.kind in _BESIDE and passage.from_ is not passage.owner.from_
            if own:
                self._carry(passage.owner, passage.kind, passage.from_, passage.owner.from_)
            for held in self._holders(passage.from_):
                held.passages.append(passage)
                if passage.kind == "query":
                    held.queried = held.queried or own
                elif own or not isinstance(passage.owner, Section):
                    held.content = True  # what a section says at large stands for no single statement
        for mention in wording.codes:
            for held in self._holders(mention.passage.from_):
                held.add_code(mention.code, mention.modifiers, mention.last)
        for quantity in wording.quantities:
            for held in self._holders(quantity.passage.from_):
                held.amounts.add(quantity.amount)
        for mark in wording.marks:
            # A query restates nothing, so its own "not" and "every" count for little: what it quotes does.
            weak = mark.passage.kind == "query" and not _is_quoted(mark)
            for held in self._holders(mark.passage.from_):
                (held.asked if weak else held.marks).add(mark.mark)
        for ruling in section.rulings:
            self._ruling(ruling, section)
        for rule in section.coding_rules:
            self._coding_rule(rule, section)

    def _ruling(self, ruling: Ruling, section: Section) -> None:
        marks = {ruling.strength} | ({"not"} if ruling.effect == "not_covered" else set())
        above = frozenset() if isinstance(ruling.criteria, Group) else frozenset(("all", "any"))  # of one condition
        self._carry(ruling, "ruling", ruling.from_, section.from_)
        for held in self._holders(ruling.from_):
            held.marks |= marks
            held.above |= above
            held.rulings.add(ruling.id)
            held.content = held.content or ruling.criteria is None
            for use in ruling.codes:
                held.add_code(use.code, use.modifiers, use.last)
        if ruling.criteria is not None:
            self._node(ruling.criteria, ruling.from_, _Around(frozenset(marks), above, ruling.id))

    def _coding_rule(self, rule: CodingRule, section: Section) -> None:
        marks = _RULE_MARKS.get(rule.rule, frozenset()) | {rule.strength or "must"}
        above = frozenset(("all", "and"))  # every coding rule of a list binds
        self._carry(rule, "coding rule", rule.from_, section.from_)
        for held in self._holders(rule.from_):
            held.content = True
            held.marks |= marks
            held.above |= above
            if rule.units:
                held.amounts.add(Amount(str(rule.units), "", "{unit}"))
            self._uses(held, rule_codes(rule), rule.uses)
        if rule.when is not None:
            self._node(rule.when, rule.from_, _Around(marks, above, rule.id))

    def _uses(self, held: Held, uses: Iterable[CodeUse], names: Iterable[Text]) -> None:
        for use in uses:
            held.add_code(use.code, use.modifiers, use.last)
        for name in names:
            if (parameter := self.parameters.get(name.value)) is not None:
                held.amounts.add(Amount(parameter.value, parameter.max, UNITS.get(parameter.unit, parameter.unit)))

    def _node(self, node: Node, above: tuple[str, ...], around: _Around) -> None:
        firm = node.strength == "must" or (around.firm and node.strength is None)
        marks = around.marks | ({node.strength} if node.strength else set())
        below = _Around(marks, around.ops, around.ruling, firm)
        if isinstance(node, Group):
            ops = _OP_MARKS[node.op]
            if node.op == "not" and node.of and isinstance(node.of[0], Group) and node.of[0].op == "any":
                ops |= {"all"}  # NONE of the following: each is absent
            below = _Around(marks | (ops & {"not"}), around.ops | ops, around.ruling, firm)
        held_here = below.marks | ({"must"} if firm or node.documentation else set())
        if node.unless is not None or node.except_when is not None:
            held_here |= {"unless", "except"} | ({"not"} if node.except_when is not None else set())
        self._carry(node, "group" if isinstance(node, Group) else "criterion", node.from_, above)
        for held in self._holders(node.from_):
            held.rulings.add(around.ruling)
            held.marks |= held_here
            held.above |= around.ops
            if isinstance(node, Group):
                held.ops |= ops
            else:
                held.content = True
                held.marks |= self._compared(node, held)
        for key, guard in guards(node):
            extra = _GUARD_MARKS[key]
            self._node(guard, node.from_, _Around(below.marks | extra, below.ops, around.ruling, firm))
        if isinstance(node, Group):
            for member in node.of:
                self._node(member, node.from_, below)

    def _compared(self, node: Criterion, held: Held) -> set[str]:
        self._uses(held, node.codes, node.uses)
        if node.see is not None and node.see.code:
            held.codes.add(node.see.code)
        compare = node.compare
        if compare is None:
            return set()
        if compare.parameter is not None:
            self._uses(held, (), (compare.parameter,))
        elif compare.value is not None:
            held.amounts.add(Amount(compare.value.value, "", UNITS.get(compare.unit, compare.unit)))
        return {"at_least"} if compare.op in (">", ">=") else {"not"}


def _carried(
    statement: Statement, by_statement: Mapping[str, Held], siblings: set[str], registered: Mapping[str, object]
) -> Carried:
    id = statement.id.value
    through = [name for name in prefixes(id) if name in by_statement]
    held = [by_statement[name] for name in through]
    carriers = tuple(held[0].carriers) if held else ()
    gaps: list[Gap] = []
    if statement.left_out is None and not held:
        gaps.append(Gap("carrier", statement.id))
    elif statement.left_out is None:
        if through[0] != id and _parent(id) in siblings and not any(_fits(each, statement) for each in held):
            gaps.append(Gap("place", statement.id))
        gaps += (Gap("code", code) for code in statement.codes if not has_code(code.value, held, registered))
        gaps += (Gap("quantity", words) for words in statement.quantities if not has_quantity(words.value, held))
        gaps += (Gap("mark", mark) for mark in statement.marks if not has_mark(mark.value, held))
    return Carried(statement, carriers, through[0] if through else "", tuple(gaps))


def _fits(held: Held, statement: Statement) -> bool:
    """Tell whether what names a wider statement may stand for this one: words, or the operator it asks for."""
    return held.content or held.queried or any(mark.value in held.ops for mark in statement.marks)
