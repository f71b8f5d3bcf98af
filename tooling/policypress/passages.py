"""Every text of a section in reading order, with what it belongs to."""

from __future__ import annotations

from policypress.criteria import CodeUse, Criterion, Node, Note, Query, walk
from policypress.model import CodingRule, Ruling, Section
from policypress.record import NamedTuple, quick
from policypress.text import Text

Owner = Section | Ruling | Node | CodingRule


class Passage(NamedTuple):
    """One text of a section: what it is, what it belongs to, and the data that stand beside it."""

    text: Text
    kind: str  # title, intro, criterion, coding_rule, note, documentation, example, query
    owner: Owner
    codes: tuple[CodeUse, ...] = ()
    uses: tuple[Text, ...] = ()
    from_: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return self.owner.id


new_passage = quick(Passage)


def passages(section: Section) -> tuple[Passage, ...]:
    """Return every text of a section in reading order, queries included."""
    found = [Passage(section.title, "title", section, from_=section.from_)]
    if section.intro is not None:
        found.append(Passage(section.intro, "intro", section, from_=section.from_))
    _query(found, section.query, section)
    for ruling in section.rulings:
        _notes(found, ruling.notes, "note", ruling)
        _query(found, ruling.query, ruling)
        if ruling.criteria is not None:
            _tree(found, ruling.criteria)
    for rule in section.coding_rules:
        if rule.text is not None:
            found.append(Passage(rule.text, "coding_rule", rule, rule_codes(rule), rule.uses, rule.from_))
        _notes(found, rule.notes, "note", rule)
        _query(found, rule.query, rule)
        if rule.when is not None:
            _tree(found, rule.when)
    _notes(found, section.documentation, "documentation", section)
    _notes(found, section.examples, "example", section)
    _notes(found, section.notes, "note", section)
    return tuple(found)


def rule_codes(rule: CodingRule) -> tuple[CodeUse, ...]:
    """Return every code that a coding rule names in its data."""
    found = list(rule.codes)
    for part in (rule.with_, rule.instead_of, rule.for_):
        if isinstance(part, tuple):
            found.extend(part)
    return tuple(found)


def _tree(found: list[Passage], node: Node) -> None:
    for below in walk(node):
        if isinstance(below, Criterion):
            found.append(new_passage((below.text, "criterion", below, below.codes, _ties(below), below.from_)))
        if below.documentation or below.examples or below.notes:
            _notes(found, below.examples, "example", below)
            _notes(found, below.documentation, "documentation", below)
            _notes(found, below.notes, "note", below)
        if below.query is not None:
            _query(found, below.query, below)


def _ties(criterion: Criterion) -> tuple[Text, ...]:
    if criterion.compare is not None and criterion.compare.parameter is not None:
        return (*criterion.uses, criterion.compare.parameter)
    return criterion.uses


def _notes(found: list[Passage], notes: tuple[Note, ...], kind: str, owner: Owner) -> None:
    for note in notes:
        found.append(Passage(note.text, kind, owner, note.codes, note.uses, note.from_ or owner.from_))
        _query(found, note.query, owner)


def _query(found: list[Passage], query: Query | None, owner: Owner) -> None:
    if query is not None:
        found.append(Passage(query.text, "query", owner, from_=query.from_ or owner.from_))
        if query.answered is not None:
            found.append(Passage(query.answered.text, "query", owner, from_=query.from_ or owner.from_))
