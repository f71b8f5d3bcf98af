"""The search index: a script that the page loads on first use, so that it works from a folder as well as from a server.

Entries are what a reader may land on: codes, sections, rulings, criteria, coding rules, terms. `terms` holds the
spellings of each term, what it stands for last: they are one question. The words are folded in the browser, where the
question is folded the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from policypress.outline import GuidelineOutline
from policypress.render.site_index import Saying, ruling_words
from policypress.render.site_links import Atlas, code_page, section_page
from policypress.text import Text

Landing = tuple[str, str, str, str, str]  # anchor, label, words, kind, what stands beside the words


def index(laid: Mapping[str, GuidelineOutline], said: Mapping[str, Mapping[str, Saying]], atlas: Atlas) -> bytes:
    """Return the script that holds everything that can be found."""
    pages: list[tuple[str, str]] = []
    entries: list[tuple[int | str, ...]] = []
    for code, shared in atlas.codes.items():
        pages.append((code_page(code), " ".join(dict.fromkeys([*(one.entry.system for one in shared), code]))))
        entries.append((len(pages) - 1, "", "", _code_words(shared), "code"))
    for guideline, one in laid.items():
        for section in one.sections:
            pages.append((section_page(guideline, section.id), f"{section.number} {section.title}"))
            here = len(pages) - 1
            landings = _section(one, section.id, said[guideline])
            entries += [(here, *(landing if landing[-1] else landing[:-1])) for landing in landings]
    terms: list[list[str]] = []
    for term in atlas.terms:
        entry, home = term.entry, atlas.homes[term.anchor]
        if not pages or pages[-1][0] != home:
            pages.append((home, "Terms"))
        variants = [text.value for text in entry.variants]
        meaning = [text.value for text in (entry.expansion, entry.definition) if text is not None]
        also = [f"also {', '.join(variants)}"] if variants else []
        entries.append((len(pages) - 1, term.anchor, entry.term.value, " · ".join([*meaning, *also]), "term"))
        terms.append([entry.term.value, *variants, *meaning[: entry.expansion is not None]])
    content = {"pages": pages, "entries": entries, "terms": terms}
    return f"window.POLICYPRESS_SEARCH={json.dumps(content, ensure_ascii=False, separators=(',', ':'))};\n".encode()


def _code_words(shared: tuple[object, ...]) -> str:
    entries = [one.entry for one in shared]  # type: ignore[attr-defined]
    return "; ".join(
        " · ".join(filter(None, (entry.label.value, entry.modality, entry.role, entry.region))) for entry in entries
    )


def _section(laid: GuidelineOutline, wanted: str, said: Mapping[str, Saying]) -> Iterator[Landing]:
    section = laid.places[wanted].section
    own = said[section.id]
    yield "", "", "" if own.words is section.section.title else _value(own.words), "section", _beside(own)
    for ruling in section.rulings:
        about = ", ".join(text.value for text in ruling.ruling.services) or ", ".join(
            use.text.value for use in ruling.ruling.codes
        )
        words = ruling_words(ruling) + (f": {about}" if about else "")
        yield ruling.ruling.id, ruling.letter, words, "ruling", _beside(said[ruling.ruling.id])
    for rule in section.coding_rules:
        found = said[rule.rule.id]
        yield rule.rule.id, rule.label, _value(found.words), "coding rule", _beside(found)
    for item in section.items():
        found = said[item.node.id]
        beside = _beside(found)
        if item.criterion:
            yield item.node.id, item.label, _value(found.words), "criterion", beside
        elif beside:
            yield item.node.id, item.label, "", "group", beside


def _beside(said: Saying) -> str:
    return " · ".join(text.value for _, text in said.beside)


def _value(words: Text | str) -> str:
    return words if isinstance(words, str) else words.value
