"""The search index: a script that the page loads on first use, so that it works from a folder as well as from a server.

Entries are what a reader may land on: codes, sections, rulings, criteria, coding rules, terms. The words are folded in
the browser, where the question is folded the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from policypress.outline import GuidelineOutline
from policypress.render.site_index import Saying, ruling_words
from policypress.render.site_links import TERMS, Atlas, code_page, section_page
from policypress.text import Text

Entry = tuple[int, str, str, str, str]  # page, anchor, label, words, kind


def index(laid: Mapping[str, GuidelineOutline], said: Mapping[str, Mapping[str, Saying]], atlas: Atlas) -> bytes:
    """Return the script that holds everything that can be found."""
    pages: list[tuple[str, str]] = []
    entries: list[Entry] = []
    for code, shared in atlas.codes.items():
        pages.append((code_page(code), " ".join(dict.fromkeys([*(one.entry.system for one in shared), code]))))
        entries.append((len(pages) - 1, "", "", _code_words(shared), "code"))
    for guideline, one in laid.items():
        for section in one.sections:
            pages.append((section_page(guideline, section.id), f"{section.number} {section.title}"))
            here = len(pages) - 1
            entries += [(here, *entry) for entry in _section(one, section.id, said[guideline])]
    if atlas.terms:
        pages.append((TERMS, "Terms"))
        for term in atlas.terms:
            entry = term.entry
            variants = " ".join(text.value for text in entry.variants)
            meaning = " ".join(text.value for text in (entry.expansion, entry.definition) if text is not None)
            label = " ".join(filter(None, (entry.term.value, variants)))
            entries.append((len(pages) - 1, term.anchor, label, meaning, "term"))
    data = json.dumps({"pages": pages, "entries": entries}, ensure_ascii=False, separators=(",", ":"))
    return f"window.POLICYPRESS_SEARCH={data};\n".encode()


def _code_words(shared: tuple[object, ...]) -> str:
    entries = [one.entry for one in shared]  # type: ignore[attr-defined]
    return "; ".join(
        " · ".join(filter(None, (entry.label.value, entry.modality, entry.role, entry.region))) for entry in entries
    )


def _section(laid: GuidelineOutline, wanted: str, said: Mapping[str, Saying]) -> Iterator[tuple[str, str, str, str]]:
    section = laid.places[wanted].section
    yield "", "", _joined(said[section.id], skip=section.section.title), "section"
    for ruling in section.rulings:
        about = ", ".join(text.value for text in ruling.ruling.services) or ", ".join(
            use.text.value for use in ruling.ruling.codes
        )
        words = ruling_words(ruling) + (f": {about}" if about else "")
        beside = _joined(said[ruling.ruling.id], skip=said[ruling.ruling.id].words)
        yield ruling.ruling.id, ruling.letter, f"{words} {beside}".rstrip(), "ruling"
    for rule in section.coding_rules:
        yield rule.rule.id, rule.label, _joined(said[rule.rule.id]), "coding rule"
    for item in section.items():
        found = said[item.node.id]
        words = _joined(found, skip=None if item.criterion else found.words)
        if words:
            yield item.node.id, item.label, words, "criterion" if item.criterion else "group"


def _joined(said: Saying, skip: Text | str | None = None) -> str:
    texts = [] if said.words is skip else [said.words]
    return " · ".join(
        text if isinstance(text, str) else text.value for text in (*texts, *(text for _, text in said.beside))
    )
