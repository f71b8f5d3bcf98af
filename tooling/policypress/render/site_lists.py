"""The lists of the site: what their groups are, and each entry as HTML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import jinja2

from policypress.outline import GuidelineOutline, SectionOutline
from policypress.render.html import Words
from policypress.render.site_held import Held, Reasoned
from policypress.render.site_index import Indication, Saying, carriers
from policypress.render.site_links import (
    ALPHABET,
    BROWSE,
    INDICATIONS,
    MODALITIES,
    PHASES,
    REFERENCES,
    TERMS,
    Atlas,
    code_page,
    concordance_page,
    guideline_page,
    slug,
)
from policypress.render.site_parts import Entry, Group
from policypress.render.site_ways import PHASE, Way, alphabet, by_modality, modality_anchors, spoken_words
from policypress.usage import Use

_TOLD = 300  # sections: in a longer list a reader looks for a name, not for what it rules


def chapter_anchor(number: int) -> str:
    """Return the anchor of a chapter on the page of its guideline; `number` counts those with sections."""
    return f"p_chapter_{number}"


class Lists:
    """Makes the groups of each list."""

    def __init__(self, atlas: Atlas, entries: jinja2.Template) -> None:
        self._atlas = atlas
        self._make: Any = entries.module  # a macro for each kind of entry

    def _titled(self, guideline: str) -> str:
        return self._atlas.laid[guideline].guideline.title.value

    def _numbered(self, way: Way) -> str:
        several = len(self._atlas.laid) > 1
        return f"{self._titled(way.guideline)} {way.section.number}" if several else str(way.section.number)

    def sections(self, laid: GuidelineOutline) -> Iterator[Group]:
        """The sections of a guideline, by chapter."""
        page, told = guideline_page(laid.guideline.id), len(laid.sections) <= _TOLD
        chapters = [one for one in laid.chapters if one[1]]
        for number, (chapter, sections) in enumerate(chapters, 1):
            entries = [
                Entry(self._make.section(page, laid.guideline, one, told), str(one.number)) for one in sections
            ]
            yield Group(chapter.title.value, chapter_anchor(number), entries)

    def statements(self, laid: GuidelineOutline, words: Words) -> Iterator[tuple[str, Entry]]:
        """The statements of the source document, each with its page."""
        guideline, carried = laid.guideline, carriers(laid)
        page = concordance_page(guideline.id)
        for one in guideline.statements:
            id = one.id.value
            made = self._make.statement(page, guideline, one, carried.get(id, ()), words)
            yield self._atlas.statement_page(guideline.id, id), Entry(made, id)

    def codes(self, page: str, used: Mapping[str, Sequence[Use]]) -> Iterator[Group]:
        """The codes, each with where it is used."""
        entries = []
        for code, shared in self._atlas.codes.items():
            where = list(dict.fromkeys((use.guideline, use.section) for use in used.get(code, ())))
            entries.append(Entry(self._make.code(page, code, shared, where), code))
        yield Group("", "", entries)

    def code(
        self,
        code: str,
        used: Sequence[Use],
        said: Mapping[str, Mapping[str, Saying]],
        held: Mapping[str, Held],
    ) -> Iterator[Group]:
        """What each guideline says of a code, section by section, and what holds for it without naming it."""
        page = code_page(code)
        uses: dict[str, dict[str, list[tuple[Use, Saying]]]] = {}
        for use in used:
            uses.setdefault(use.guideline, {}).setdefault(use.section, []).append((use, said[use.guideline][use.id]))
        number = 0
        for guideline, laid in self._atlas.laid.items():
            words, kinds = self._atlas.words(page, guideline), held[guideline].kinds
            entries = [
                Entry(
                    self._make.uses(page, code, laid, section, found, words, kinds),
                    str(laid.places[section].section.number),
                )
                for section, found in uses.get(guideline, {}).items()
            ]
            entries += self._held(page, *held[guideline].by(code))
            if entries:
                number += 1
                yield Group(self._titled(guideline), f"p_uses_{number}", entries)

    def _held(self, page: str, rulings: Reasoned, rules: Reasoned) -> Iterator[Entry]:
        for title, found, around, what, listed in (
            ("Rulings that hold for it", rulings, ("for ", ""), "rulings", "its modality and every service"),
            ("Coding rules that bind it", rules, ("for every ", " code"), "coding rules", "its modality"),
        ):
            if found:
                heading = f"{title} without naming it"
                yield Entry(self._make.held(page, heading, found, *around, what, listed), f"other {what}")

    def browse(self, everything: Sequence[Way]) -> Iterator[Group]:
        """The rulings and coding rules as the filter looks at them."""
        yield Group("", "", [Entry(self._make.browse(BROWSE, way), self._numbered(way)) for way in everything])

    def modalities(self, everything: Sequence[Way]) -> Iterator[Group]:
        """The rulings and coding rules by modality."""
        anchors = modality_anchors(everything)
        for modality, found in by_modality(everything).items():
            entries = [Entry(self._make.way(MODALITIES, way), self._numbered(way)) for way in found]
            yield Group(modality or "Every service", anchors[modality], entries)

    def phases(self, everything: Sequence[Way]) -> Iterator[Group]:
        """The rulings and coding rules by phase of care."""
        for fact, words in spoken_words(self._atlas.laid.values(), PHASE).items():
            found = [way for way in everything if fact in way.phases]
            entries = [Entry(self._make.way(PHASES, way, way.phases[fact]), self._numbered(way)) for way in found]
            yield Group(words, f"f_{slug(fact)}", entries)

    def indications(self, found: Mapping[str, Sequence[Indication]]) -> Iterator[Group]:
        """The sections that speak of a disease, by guideline."""
        for guideline, some in found.items():
            laid = self._atlas.laid[guideline]
            entries = [
                Entry(self._make.indication(INDICATIONS, laid.guideline, one), str(one.section.number)) for one in some
            ]
            yield Group(self._titled(guideline), f"p_{slug(guideline)}", entries)

    def alphabet(self) -> Iterator[Group]:
        """What has a name, by its first letter."""
        for number, (letter, rows) in enumerate(alphabet(self._atlas).items(), 1):
            entries = [Entry(self._make.named(ALPHABET, *row), row[0]) for row in rows]
            yield Group(letter if letter != "#" else "0–9", f"l_{number}", entries)

    def terms(self) -> Iterator[tuple[str, Entry]]:
        """The terms, each with its page."""
        for one in self._atlas.terms:
            made = self._make.term(one, self._atlas.words(TERMS, one.guidelines[0]))
            yield self._atlas.homes[one.anchor], Entry(made, one.entry.term.value)

    def references(self) -> Iterator[tuple[str, Entry]]:
        """The references with where they are cited, each with its page."""
        cited = self._cited()
        for one in self._atlas.references:
            where = [
                (guideline, section)
                for guideline in one.guidelines
                for section in cited.get((guideline, one.entry.id), {}).values()
            ]
            made = self._make.reference(REFERENCES, one, where)
            yield self._atlas.homes[one.anchor], Entry(made, one.entry.id)

    def _cited(self) -> dict[tuple[str, str], dict[str, SectionOutline]]:
        """Return the sections that cite a reference, by guideline and id."""
        found: dict[tuple[str, str], dict[str, SectionOutline]] = {}
        for guideline, laid in self._atlas.laid.items():
            for section in laid.sections:
                nodes = (item.node for item in section.items())
                for citation in (*section.section.references, *(one for node in nodes for one in node.references)):
                    found.setdefault((guideline, citation.id.value), {})[section.id] = section
        return found
