"""What a section must say in print, piece by piece in reading order, for the site and for the PDF."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from policypress.criteria import CodeUse, Criterion, Node, Note, Query
from policypress.model import CodingRule, Guideline, Ruling, Section
from policypress.text import Text
from policypress.verify.flow import Piece
from policypress.verify.laid import (
    GUARDS,
    STRENGTHS,
    Spot,
    effect_words,
    letter,
    ordered,
    places,
    rule_sentence,
    spot,
)  # fmt: skip
from policypress.verify.markup import plain


class Said:
    """Tells what one guideline says. `library` holds every guideline that the site shows, by id."""

    def __init__(self, guideline: Guideline, library: Mapping[str, Guideline], medium: str) -> None:
        self.guideline = guideline
        self.library = library
        self.medium = medium  # site, pdf
        self.drafts = guideline.status == "draft"
        self._places: dict[str, dict[str, tuple[Section, int, str]]] = {}

    @cached_property
    def _cited(self) -> list[str]:
        return list(cited(self.guideline))

    def section(self, section: Section) -> Iterator[Piece]:
        """Yield a section's pieces, from below its title to what stands beside its criteria."""
        id = section.id
        yield from self.paragraphs(section.id, "intro", section.intro)
        if self.medium == "pdf":
            yield from self.query(id, section.query)
        elif len(section.rulings) > 1:
            for ruling in section.rulings:
                yield Piece(ruling.id, "ruling", letter(section, ruling))
                yield Piece(ruling.id, "effect", effect_words(ruling) + ("" if ruling.complete else ", incomplete"))
                named = [service.value for service in ruling.services] + [use.text.value for use in ruling.codes]
                yield Piece(ruling.id, "services", ", ".join(named) or "every service")
        for ruling in section.rulings:
            yield from self.ruling(section, ruling)
        if section.coding_rules:
            yield Piece(id, "furniture", "Coding rules", True)
            yield Piece(id, "furniture", "They bind the claim, not the individual.", True)
            yield Piece(id, "furniture", "These bind the claim, not the individual.", True)
        for place, rule in enumerate(section.coding_rules, 1):
            yield from self.rule(rule, f"R{place}")
        if self.medium == "site":
            yield Piece(id, "furniture", "Beside the criteria", True)
            yield from self.beside(section, id)
            yield from self.query(id, section.query)
        else:
            yield from self.beside(section, id)

    def ruling(self, section: Section, ruling: Ruling) -> Iterator[Piece]:
        id = ruling.id
        if mark := letter(section, ruling):
            yield Piece(id, "ruling", mark)
        yield Piece(id, "effect", effect_words(ruling))
        if ruling.criteria is not None:
            yield Piece(id, "effect", "when")
        tree = None if ruling.criteria is None else spot(ruling.criteria, id, letter(section, ruling))
        yield from self._terms_on_paper(ruling) if self.medium == "pdf" else self._terms_on_site(section, ruling)
        if tree is not None:
            yield from self.tree(tree)
        else:
            yield Piece(id, "furniture", "No criteria are stated.", True)
            yield Piece(id, "furniture", "No criteria.", True)
            yield Piece(id, "furniture", "Nothing is stated here that could be met, so nothing here is decided.", True)
        yield from self.beside(ruling, id)
        yield from self.query(id, ruling.query)

    def _terms_on_paper(self, ruling: Ruling) -> Iterator[Piece]:
        id = ruling.id
        if not ruling.complete:
            yield Piece(id, "complete", "Incomplete")
        yield Piece(id, "id", id)
        yield Piece(id, "furniture", "Services:", True)
        yield Piece(id, "services", self._named(ruling.services, ruling.codes) or "every service of this guideline")
        yield Piece(id, "furniture", ".", True)
        yield Piece(id, "furniture", "Strength:", True)
        yield Piece(id, "strength", ruling.strength)
        yield Piece(id, "furniture", f"({STRENGTHS[ruling.strength]}).", True)
        if ruling.scope == "general":
            yield Piece(id, "furniture", "Scope:", True)
            yield Piece(id, "scope", "general")
            yield Piece(id, "furniture", ", holds beside every ruling for the same services.", True)
        if ruling.overrides:
            yield Piece(id, "furniture", "Replaces:", True)
            yield Piece(id, "overrides", ", ".join(self.place(other.value) for other in ruling.overrides))
            yield Piece(id, "furniture", ".", True)
        if not ruling.complete:
            yield Piece(id, "furniture", "Incomplete:", True)
            yield Piece(id, "furniture", "part of this ruling is missing from its source; it decides nothing.", True)

    def _terms_on_site(self, section: Section, ruling: Ruling) -> Iterator[Piece]:
        id = ruling.id
        if ruling.criteria is None:
            yield Piece(id, "furniture", "when …", True)
        yield Piece(id, "furniture", "For", True)
        services = ", ".join(service.value for service in ruling.services)
        codes = ", ".join(use.text.value for use in ruling.codes)
        if services or codes:
            yield Piece(id, "services", " and ".join(part for part in (services, codes) if part))
        else:
            yield Piece(id, "services", "every service of this guideline")
        if id != section.id:
            yield from self.handle(id, ruling.from_)
        if ruling.strength != "must":
            yield Piece(id, "strength", f"{ruling.strength}: {STRENGTHS[ruling.strength]}")
        if ruling.scope == "general":
            yield Piece(id, "scope", "general")
            yield Piece(id, "furniture", ": holds beside every specific ruling", True)
        for other in ruling.overrides:
            yield Piece(id, "overrides", f"replaces {self.place(other.value, '')}")
        if not ruling.complete:
            yield Piece(id, "complete", "Incomplete")
            yield Piece(id, "furniture", ".", True)
            yield Piece(id, "furniture", "The source lost or withheld part of this ruling.", True)
            yield Piece(id, "furniture", "It takes no part in the determination for a code.", True)

    def _named(self, services: tuple[Text, ...], codes: tuple[CodeUse, ...]) -> str:
        return ", ".join([plain(service.value) for service in services] + [plain(use.text.value) for use in codes])

    def rule(self, rule: CodingRule, label: str) -> Iterator[Piece]:
        yield Piece(rule.id, "label", label)
        yield Piece(rule.id, "rule", plain(rule_sentence(rule)))
        yield from self.strength(rule.id, rule.strength)
        yield from self.handle(rule.id, rule.from_)
        if rule.when is not None:
            tree = spot(rule.when, rule.id, f"{label}.when", "applies_when")
            yield from self.guard(tree, "Applies when")
        yield from self.beside(rule, rule.id)
        yield from self.query(rule.id, rule.query)

    def tree(self, tree: Spot) -> Iterator[Piece]:
        yield from self.group(tree) if tree.heading else self.entry(tree)

    def entry(self, item: Spot) -> Iterator[Piece]:
        node = item.node
        yield Piece(node.id, "label", item.label)
        if item.heading:
            yield from self.group(item)
        else:
            assert isinstance(node, Criterion)
            yield Piece(node.id, "text", plain(node.text.value))
            yield from self.see(node)
            yield from self.strength(node.id, node.strength)
            yield from self.handle(node.id, node.from_)
            yield from self.guards(item, ("applies_when", "unless", "except_when"))
            yield from self.beside(node, node.id)
            yield from self.query(node.id, node.query)
        if item.joined:
            yield Piece(node.id, "connector", item.joined)

    def group(self, item: Spot) -> Iterator[Piece]:
        node = item.node
        yield from self.guards(item, ("applies_when",))
        yield Piece(node.id, "operator", item.heading)
        yield from self.strength(node.id, node.strength)
        yield from self.handle(node.id, node.from_)
        for member in item.members:
            yield from self.entry(member)
        yield from self.guards(item, ("unless", "except_when"))
        yield from self.beside(node, node.id)
        yield from self.query(node.id, node.query)

    def guards(self, item: Spot, keys: tuple[str, ...]) -> Iterator[Piece]:
        for key, _, words in GUARDS:
            for guard in item.guards:
                if guard.role == key and key in keys:
                    yield from self.guard(guard, words)

    def guard(self, guard: Spot, words: str) -> Iterator[Piece]:
        yield Piece(guard.node.id, "guard", words)
        yield Piece(guard.node.id, "furniture", ":", True)
        yield from self.tree(guard)

    def strength(self, id: str, strength: str | None) -> Iterator[Piece]:
        if strength:
            yield Piece(id, "furniture", "strength:", True)
            yield Piece(id, "strength", strength)

    def handle(self, id: str, origin: tuple[str, ...]) -> Iterator[Piece]:
        """The permanent id; on the site the statements of the source document may stand before it."""
        if self.medium == "site" and origin and self.guideline.statements:
            yield Piece(id, "furniture", "source " + ", ".join(origin), True)
        yield Piece(id, "id", id)

    def see(self, node: Criterion) -> Iterator[Piece]:
        if node.see is None:
            return
        if node.see.external:
            said = f"{plain(node.see.external)}, outside this guideline"
        elif node.see.code:
            said = f"code {node.see.code}"
        else:
            said = self.place(node.see.target)
        yield Piece(node.id, "see", f"(see {said})")

    def place(self, target: str, before: str = "section ") -> str:
        """Return the printed name of an id; the bare id where the output cannot lead there."""
        owner, slash, inner = target.rpartition("/")
        if self.medium == "pdf":
            found = None if slash else self._lookup(self.guideline).get(target)
            before = ""
        else:
            other = self.library.get(owner) if slash else self.guideline
            found = None if other is None else self._lookup(other).get(inner)
        if found is None:
            return target
        section, number, label = found
        return f"{before}{number} {section.title.value}" + (f", {label}" if label else "")

    def _lookup(self, guideline: Guideline) -> dict[str, tuple[Section, int, str]]:
        if guideline.id not in self._places:
            self._places[guideline.id] = places(guideline)
        return self._places[guideline.id]

    def beside(self, thing: Node | Section | Ruling | CodingRule, id: str) -> Iterator[Piece]:
        for key, title in (("examples", "Examples"), ("documentation", "Documentation"), ("notes", "Note")):
            notes: tuple[Note, ...] = getattr(thing, key, ())
            if notes:
                yield Piece(id, key, title)
            for note in notes:
                yield from self.paragraphs(id, key, note.text)
                yield from self.query(id, note.query)
        citations = getattr(thing, "references", ())
        if citations:
            yield Piece(id, "furniture", "References:", True)
            cited = [self.citation(one.id.value) + (f", {one.locator}" if one.locator else "") for one in citations]
            yield Piece(id, "references", "; ".join(cited))

    def citation(self, id: str) -> str:
        known = self.guideline.registers.references.get(id)
        if known is None:
            return id
        return known.title.value if self.medium == "site" else f"[{self._cited.index(id) + 1}]"

    def query(self, id: str, query: Query | None) -> Iterator[Piece]:
        if self.drafts and query is not None and query.answered is None:
            yield Piece(id, "query", "Query to the author")
            if self.medium == "pdf" and (label := self._lookup(self.guideline)[id][2]):
                yield Piece(id, "query", f"on {label}")
            yield Piece(id, "furniture", ":", True)
            yield Piece(id, "query", plain(query.text.value))

    def paragraphs(self, id: str, kind: str, text: Text | None) -> Iterator[Piece]:
        for part in re.split(r"\n\s*\n", text.value) if text is not None else ():
            if part.strip():
                yield Piece(id, kind, plain(part))


def cited(guideline: Guideline) -> dict[str, None]:
    """Return the references that are cited, in the order in which they first are."""
    found: dict[str, None] = {}

    def add(things: Iterable[Node | Section]) -> None:
        for thing in things:
            found.update(dict.fromkeys(one.id.value for one in thing.references))

    for section in ordered(guideline):
        for ruling in section.rulings:
            if ruling.criteria is not None:
                add(below.node for below in nodes(ruling.criteria))
        for rule in section.coding_rules:
            if rule.when is not None:
                add(below.node for below in nodes(rule.when))
        add([section])
    return {id: None for id in found if id in guideline.registers.references}


def nodes(root: Node) -> Iterator[Spot]:
    """Yield every node of a tree: guards and exceptions before members."""
    return spot(root, "", "").below()
