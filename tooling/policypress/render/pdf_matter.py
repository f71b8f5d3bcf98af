"""What the printed edition of a guideline shows around its criteria: codes, references, abbreviations, queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from markupsafe import Markup, escape

from policypress.criteria import Citation, Note, Query
from policypress.model import Section, section_nodes
from policypress.outline import GuidelineOutline, SectionOutline, outline
from policypress.registers import Code, Reference, Term
from policypress.render.html import Words
from policypress.text import Text
from policypress.usage import Use, code_uses

_MAIL = re.compile(r"([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6})")
_MONTHS = "January February March April May June July August September October November December".split()


def long_date(day: str) -> str:
    """Return an ISO date as people read it; anything else as it is."""
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", day)
    if match is None or not 1 <= int(match[2]) <= 12:
        return day
    return f"{_MONTHS[int(match[2]) - 1]} {int(match[3])}, {match[1]}"


def short_title(title: str) -> str:
    """Return a title as it runs at the head of a page: a few words, for a whole sentence there is taken for text."""
    words = title.split()
    short = " ".join(words[:5])
    return short if len(words) <= 5 and len(short) <= 44 else short[:43].rstrip(" ,;:") + "…"


def reachable(text: str) -> Markup:
    """Return a text with its mail addresses as links."""
    parts = _MAIL.split(text)
    link = Markup('<a href="mailto:{0}">{0}</a>')
    return Markup("").join(link.format(part) if _MAIL.fullmatch(part) else escape(part) for part in parts)


class CodePlace(NamedTuple):
    """One place that names a code: where to go, its section, its label there."""

    id: str
    section: SectionOutline
    label: str


class CodeRow(NamedTuple):
    code: str
    system: str
    label: str
    places: tuple[CodePlace, ...]


class OpenQuery(NamedTuple):
    """A doubt that is put to the author, and the id and label beside which it is printed."""

    id: str
    label: str
    text: Text


class Matter:
    """The matter of one guideline. `draft` editions show what is still open."""

    def __init__(self, laid: GuidelineOutline, draft: bool) -> None:
        self.laid = laid
        self.draft = draft
        self._registers = laid.guideline.registers
        self._shown = frozenset(section.id for section in laid.sections)
        every = [section for _, inside in outline(laid.guideline).chapters for section in inside]
        self._numbers = {reference.id: place for place, reference in enumerate(self._cited(every), 1)}
        self.references = tuple((self._numbers[one.id], one) for one in self._cited(laid.sections))
        self._uses = code_uses(laid)
        # On paper an abbreviation is marked only to keep it whole: "PET/CT" can break, "CT" cannot.
        terms = {
            name: entry.expansion.value
            for name, entry in self._names()
            if entry.expansion is not None and re.search(r"[\s/‐‑–-]", name)
        }
        addresses = {code: f"#_code_{code}" for code in self._uses}
        self.words = Words(addresses, terms, self._target, self._cite, self._about)

    @cached_property
    def codes(self) -> tuple[CodeRow, ...]:
        """Every code of the guideline, in the order of codes, with every place that names it."""
        return tuple(self._row(code, uses) for code, uses in sorted(self._uses.items()))

    def codes_of(self, section: SectionOutline) -> tuple[CodeRow, ...]:
        """Return the codes that a section names."""
        rows = []
        for row in self.codes:
            here = tuple(place for place in row.places if place.section is section)
            if here:
                rows.append(row._replace(places=here))
        return tuple(rows)

    @property
    def day(self) -> str:
        """The day that stands for this edition wherever a file wants a date: never the clock's."""
        guideline = self.laid.guideline
        return max((revision.date for revision in guideline.revisions), default=guideline.effective)

    def link(self, name: str) -> Markup:
        """Return an id of this guideline as a link that reads as a place."""
        found = self._target(name)
        if found is None or not found[0]:
            return escape(name if found is None else found[1])
        return Markup('<a href="{}">{}</a>').format(*found)

    @property
    def names_cpt(self) -> bool:
        return any(row.system == "CPT" for row in self.codes)

    @cached_property
    def abbreviations(self) -> tuple[tuple[str, str], ...]:
        """The abbreviations that this guideline uses, with what they stand for."""
        said = "\n".join(self._texts())
        return tuple(
            (name, entry.expansion.value)
            for name, entry in sorted(self._registers.terms.items(), key=lambda pair: pair[0].casefold())
            if entry.expansion and re.search(rf"(?<![\w/-]){re.escape(name)}(?!\w)", said)
        )

    @cached_property
    def queries(self) -> tuple[tuple[SectionOutline, tuple[OpenQuery, ...]], ...]:
        """The open queries by section in reading order; none outside drafts."""
        if not self.draft:
            return ()
        by_section = ((laid, tuple(self._open(laid))) for laid in self.laid.sections)
        return tuple((laid, found) for laid, found in by_section if found)

    def _open(self, laid: SectionOutline) -> Iterator[OpenQuery]:
        for owner, query in _queries(laid.section):
            if query is not None and query.open:
                yield OpenQuery(owner, self.laid.places[owner].label, query.text)

    def _row(self, code: str, uses: Sequence[Use]) -> CodeRow:
        entry: Code | None = self._registers.codes.get(code)
        places: dict[tuple[str, str], CodePlace] = {}
        for use in uses:
            place = self.laid.places.get(use.id) or self.laid.places[use.section]
            label = place.label or ("ruling" if use.as_ == "service" else "text")
            places.setdefault((place.section.id, label), CodePlace(use.id, place.section, label))
        return CodeRow(code, entry.system if entry else "", entry.label.value if entry else "", tuple(places.values()))

    def _names(self) -> Iterator[tuple[str, Term]]:
        for entry in self._registers.terms.values():
            yield entry.term.value, entry
            for variant in entry.variants:
                yield variant.value, entry

    def _target(self, name: str) -> tuple[str, str] | None:
        place = self.laid.places.get(name)
        if place is None:
            return None
        return f"#{name}" if place.section.id in self._shown else "", str(place)

    def _about(self, name: str) -> Markup:
        """Say what a query asks about, since in the margin it may stand lower than that."""
        label = self.laid.places[name].label
        return Markup(' <a href="#{}">on {}</a>').format(name, label) if label else Markup()

    def _cite(self, name: str) -> tuple[str, str] | None:
        number = self._numbers.get(name)
        return None if number is None else (f"#_reference_{name}", f"[{number}]")

    def _cited(self, sections: Iterable[SectionOutline]) -> Iterator[Reference]:
        """Yield the references that are cited, in the order in which they first are."""
        seen: dict[str, Reference] = {}
        for section in sections:
            for citation in _citations(section.section):
                entry = self._registers.references.get(citation.id.value)
                if entry is not None:
                    seen.setdefault(entry.id, entry)
        yield from seen.values()

    def _texts(self) -> Iterator[str]:
        for laid in self.laid.sections:
            section = laid.section
            yield laid.title
            yield section.intro.value if section.intro else ""
            for rule in laid.coding_rules:
                yield rule.words
            for node in section_nodes(section):
                yield node.text.value if hasattr(node, "text") else ""
            for note in _notes(section):
                yield note.text.value
            for ruling in section.rulings:
                yield from (service.value for service in ruling.services)


def _citations(section: Section) -> Iterator[Citation]:
    for node in section_nodes(section):
        yield from node.references
    yield from section.references


def _notes(section: Section) -> Iterator[Note]:
    yield from (*section.documentation, *section.examples, *section.notes)
    for ruling in section.rulings:
        yield from ruling.notes
    for rule in section.coding_rules:
        yield from rule.notes
    for node in section_nodes(section):
        yield from (*node.documentation, *node.examples, *node.notes)


def _queries(section: Section) -> Iterator[tuple[str, Query | None]]:
    """Yield the queries of a section with the id beside which each is printed, in reading order."""
    yield section.id, section.query
    nodes = list(section_nodes(section))
    for owner in (*section.rulings, *nodes, *section.coding_rules):
        yield owner.id, owner.query
    for note in (*section.documentation, *section.examples, *section.notes):
        yield section.id, note.query
    for ruling in section.rulings:
        yield from ((ruling.id, note.query) for note in ruling.notes)
    for rule in section.coding_rules:
        yield from ((rule.id, note.query) for note in rule.notes)
    for node in nodes:
        yield from ((node.id, note.query) for note in (*node.documentation, *node.examples, *node.notes))
