"""The ways into a guideline from the side: by code, by disease or indication, by statement of the source document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from policypress.criteria import Criterion, Group, Node, Note, Query
from policypress.model import CodingRule, Ruling, Section
from policypress.outline import GuidelineOutline, Item, RulingOutline, SectionOutline
from policypress.text import Text

USE_WORDS = {"service": "Service", "criterion": "Criterion", "coding_rule": "Coding rule", "text": "Text at"}


@dataclass(frozen=True, slots=True)
class Saying:
    """What stands in print at an id: its words, and what stands beside them, each with its kind."""

    section: SectionOutline
    words: Text | str
    beside: tuple[tuple[str, Text], ...] = ()

    def using(self, code: str, as_: str) -> tuple[tuple[str, Text | str], ...]:
        """Return the words that use a code, each with the name of the use."""
        if as_ == "text":
            named = re.compile(rf"(?<![\w.]){re.escape(code)}(?!\w)")
            found = tuple((f"{kind.capitalize()} at", text) for kind, text in self.beside if named.search(text.value))
            if found:
                return found
        return ((USE_WORDS[as_], self.words),)


class Thing(NamedTuple):
    """Something with an id in print: what it is, where it stands, and the words that it says there."""

    kind: str
    ids: tuple[str, ...]  # its own first
    section: SectionOutline
    label: str
    words: Text | str
    own: Section | Ruling | CodingRule | Node

    @property
    def from_(self) -> tuple[str, ...]:
        """The statements that stand behind it; behind a NOT also those of its member, which is printed in its line."""
        inside = self.own.of if isinstance(self.own, Group) and len(self.ids) > 1 else ()
        return (*self.own.from_, *(statement for one in inside for statement in one.from_))

    def beside(self, drafts: bool) -> Iterator[tuple[str, Note | Query]]:
        """Yield what stands beside it, with what each is; author queries only in drafts."""
        for kind, key in (("example", "examples"), ("documentation", "documentation"), ("note", "notes")):
            notes: tuple[Note, ...] = getattr(self.own, key, ())
            for note in notes:
                yield kind, note
                if drafts and note.query is not None:
                    yield "query", note.query
        if drafts and self.own.query is not None:
            yield "query", self.own.query


def things(section: SectionOutline) -> Iterator[Thing]:
    """Yield everything of a section that has an id in print."""
    one = section.section
    yield Thing("section", (section.id,), section, "", one.intro or one.title, one)
    for ruling in section.rulings:
        own = ruling.ruling
        yield Thing("ruling", (own.id,), section, ruling.letter, _told(ruling), own)
    for rule in section.coding_rules:
        yield Thing("coding rule", (rule.rule.id,), section, rule.label, rule.rule.text or rule.words, rule.rule)
    for item in section.items():
        kind, words = ("criterion", item.criterion.text) if item.criterion else ("group", str(item.heading))
        yield Thing(kind, item.anchors, section, item.label, words, item.node)


def sayings(laid: GuidelineOutline) -> dict[str, Saying]:
    """Return what stands in print at each id of a guideline."""
    found: dict[str, Saying] = {}
    for section in laid.sections:
        for thing in things(section):
            beside = ((kind, said.text) for kind, said in thing.beside(laid.guideline.draft) if _is_printed(said))
            saying = Saying(section, thing.words, tuple(beside))
            found |= dict.fromkeys(thing.ids, saying)
    return found


def _is_printed(said: Note | Query) -> bool:
    return isinstance(said, Note) or said.open


def ruling_words(ruling: RulingOutline, only: str = " this is met") -> str:
    """Return the opening sentence of a ruling, up to its list; of an incomplete one nothing that reads as a promise.

    `only` stands for the criterion, where a ruling has but one.
    """
    gap = "" if ruling.ruling.complete else " (incomplete: decides nothing)"
    if ruling.root is None:
        return f"{ruling.lead} …{gap}"
    heading = ruling.root.heading
    if heading is None:
        return f"{ruling.lead}{only}{gap}"
    return " ".join(filter(None, (ruling.lead, heading.before.lower(), heading.word, heading.after))) + gap


def _told(ruling: RulingOutline) -> str:
    """Return the opening sentence of a ruling; where one criterion is all it has, with that one."""
    only = None if ruling.root is None else ruling.root.criterion
    if ruling.root is None or only is None:
        return ruling_words(ruling)
    more = " …" if ruling.root.guards or only.see is not None else ""
    return ruling_words(ruling, f": {only.text.value}{more}")


def open_queries(section: SectionOutline) -> int:
    """Return how many author queries of a section are open."""
    beside = (said for thing in things(section) for _, said in thing.beside(True))
    return sum(isinstance(said, Query) and said.open for said in beside)


@dataclass(frozen=True, slots=True)
class Carrier:
    """One thing that carries a statement: what it is, and the id where it stands."""

    kind: str
    id: str
    section: SectionOutline
    label: str


def carriers(laid: GuidelineOutline) -> Mapping[str, tuple[Carrier, ...]]:
    """Return for each statement of the source document what carries it, in reading order.

    The ledger asks for the nearest carriers and what they hold together; here a reader looks for every place in print.
    """
    found: dict[str, dict[Carrier, None]] = {}
    for section in laid.sections:
        for thing in things(section):
            told = [(thing.kind, thing.from_)]
            told += [(kind, said.from_) for kind, said in thing.beside(laid.guideline.draft)]
            for kind, statements in told:
                for statement in statements:
                    found.setdefault(statement, {})[Carrier(kind, thing.ids[0], section, thing.label)] = None
    return {statement: tuple(some) for statement, some in found.items()}


def own_origins(section: SectionOutline) -> frozenset[str]:
    """Return the ids whose statements are others than those of what they hang below: the rest would only repeat."""
    found = set()

    def visit(item: Item, above: tuple[str, ...]) -> None:
        if item.node.from_ and item.node.from_ != above:
            found.add(item.node.id)
        for below in (*item.guards, *item.members):
            visit(below, item.node.from_ or above)

    above = section.section.from_
    for ruling in section.rulings:
        own = ruling.ruling.from_ or above
        if own != above:
            found.add(ruling.ruling.id)
        if ruling.root is not None:
            visit(ruling.root, own)
    for rule in section.coding_rules:
        own = rule.rule.from_ or above
        if own != above:
            found.add(rule.rule.id)
        if rule.when is not None:
            visit(rule.when, own)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class Indication:
    """A section that speaks of a disease or indication, with the conditions that say to whom it applies."""

    section: SectionOutline
    guards: tuple[Item, ...]
    diseases: tuple[Item, ...]  # those of the guards that name a diagnosis


def indications(laid: GuidelineOutline) -> tuple[Indication, ...]:
    """Return the sections with guards, and the others of a chapter where most sections have one."""
    found = []
    for _, sections in laid.chapters:
        guards = {section.id: _guards(section) for section in sections}
        most = 2 * sum(map(bool, guards.values())) > len(sections)
        for section in sections:
            if guards[section.id] or most:
                named = tuple(item for item in guards[section.id] if item.criterion and _diagnosis(item.criterion))
                found.append(Indication(section, guards[section.id], named))
    return tuple(found)


def _guards(section: SectionOutline) -> tuple[Item, ...]:
    found: dict[str, Item] = {}

    def visit(item: Item, inside: bool) -> None:
        inside = inside or item.role == "applies_when"
        criterion = item.criterion
        if criterion is not None and (inside or _diagnosis(criterion)):
            found.setdefault(criterion.text.value, item)
        for below in (*item.guards, *item.members):
            visit(below, inside)

    for ruling in section.rulings:
        if ruling.root is not None:
            visit(ruling.root, False)
    return tuple(found.values())


def _diagnosis(criterion: Criterion) -> bool:
    return criterion.fact.startswith("dx.")
