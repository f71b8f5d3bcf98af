"""The ways into a guideline from the side: by code, by disease or indication, by statement of the source document."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from policypress.model import Criterion, Group, Note, Query
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


def sayings(laid: GuidelineOutline) -> dict[str, Saying]:
    """Return what stands in print at each id of a guideline."""
    drafts = laid.guideline.draft
    found: dict[str, Saying] = {}

    def add(key: str, section: SectionOutline, words: Text | str, thing: object) -> None:
        found[key] = Saying(section, words, tuple(_beside(thing, drafts)))

    for section in laid.sections:
        one = section.section
        add(section.id, section, one.intro or one.title, one)
        for ruling in section.rulings:
            add(ruling.ruling.id, section, ruling_words(ruling), ruling.ruling)
        for rule in section.coding_rules:
            add(rule.rule.id, section, rule.rule.text or rule.words, rule.rule)
        for item in section.items():
            words = item.criterion.text if item.criterion else str(item.heading)
            for anchor in item.anchors:
                add(anchor, section, words, item.node)
    return found


def ruling_words(ruling: RulingOutline) -> str:
    """Return the opening sentence of a ruling, up to its list; of an incomplete one nothing that reads as a promise."""
    gap = "" if ruling.ruling.complete else " (incomplete: decides nothing)"
    if ruling.root is None:
        return f"{ruling.lead} …{gap}"
    heading = ruling.root.heading
    if heading is None:
        return f"{ruling.lead} this is met{gap}"
    return " ".join(filter(None, (ruling.lead, heading.before.lower(), heading.word, heading.after))) + gap


def _beside(thing: object, drafts: bool) -> Iterator[tuple[str, Text]]:
    """Yield the texts beside a thing, each with what it is; author queries only in drafts."""
    kinds = (("example", "examples"), ("documentation", "documentation"), ("note", "notes"))
    for kind, key in kinds:
        for note in getattr(thing, key, ()):
            yield kind, note.text
            if drafts and note.query is not None and note.query.open:
                yield "query", note.query.text
    query: Query | None = getattr(thing, "query", None)
    if drafts and query is not None and query.open:
        yield "query", query.text


def open_queries(section: SectionOutline) -> int:
    """Return how many author queries of a section are open."""
    one = section.section
    things: list[object] = [one, *(item.node for item in section.items())]
    things += [ruling.ruling for ruling in section.rulings]
    things += [rule.rule for rule in section.coding_rules]
    return sum(kind == "query" for thing in things for kind, _ in _beside(thing, True))


@dataclass(frozen=True, slots=True)
class Carrier:
    """One thing that carries a statement: what it is, and the id where it stands."""

    kind: str
    id: str
    section: SectionOutline
    label: str


def carriers(laid: GuidelineOutline) -> Mapping[str, tuple[Carrier, ...]]:
    """Return for each statement of the source document what carries it, in reading order."""
    drafts = laid.guideline.draft
    found: dict[str, dict[Carrier, None]] = {}

    def add(kind: str, key: str, section: SectionOutline, label: str, statements: Iterable[str]) -> None:
        for statement in statements:
            found.setdefault(statement, {})[Carrier(kind, key, section, label)] = None

    def remarks(thing: object, key: str, section: SectionOutline, label: str) -> None:
        notes: tuple[Note, ...]
        for kind, name in (("example", "examples"), ("documentation", "documentation"), ("note", "notes")):
            notes = getattr(thing, name, ())
            for note in notes:
                add(kind, key, section, label, note.from_)
                if drafts and note.query is not None:
                    add("query", key, section, label, note.query.from_)
        query: Query | None = getattr(thing, "query", None)
        if drafts and query is not None:
            add("query", key, section, label, query.from_)

    for section in laid.sections:
        add("section", section.id, section, "", section.section.from_)
        remarks(section.section, section.id, section, "")
        for ruling in section.rulings:
            add("ruling", ruling.ruling.id, section, ruling.letter, ruling.ruling.from_)
            remarks(ruling.ruling, ruling.ruling.id, section, ruling.letter)
        for rule in section.coding_rules:
            add("coding rule", rule.rule.id, section, rule.label, rule.rule.from_)
            remarks(rule.rule, rule.rule.id, section, rule.label)
        for item in section.items():
            merged = item.node.of[0].from_ if isinstance(item.node, Group) and len(item.anchors) > 1 else ()
            kind = "criterion" if item.criterion else "group"
            add(kind, item.node.id, section, item.label, (*item.node.from_, *merged))
            remarks(item.node, item.node.id, section, item.label)
    return {statement: tuple(things) for statement, things in found.items()}


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
