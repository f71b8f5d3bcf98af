"""Fills the templates of the site, page by page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import jinja2

from policypress.model import Guideline
from policypress.notices import CPT_NOTICE
from policypress.outline import GuidelineOutline, SectionOutline
from policypress.render import site_links, site_whole
from policypress.render.checklist import Checklists
from policypress.render.dates import dated
from policypress.render.html import Words, environment
from policypress.render.late import LateTable
from policypress.render.site_held import Held
from policypress.render.site_index import (
    USE_WORDS,
    Indication,
    Saying,
    indications,
    open_queries,
    own_origins,
    sayings,
)
from policypress.render.site_links import (
    ALPHABET,
    BROWSE,
    CODES,
    INDICATIONS,
    MODALITIES,
    PHASES,
    REFERENCES,
    TERMS,
    Atlas,
    atlas,
    code_page,
    concordance_page,
    guideline_page,
    revisions_page,
    section_page,
    whole_page,
)
from policypress.render.site_lists import Lists, chapter_anchor
from policypress.render.site_page import SitePage
from policypress.render.site_parts import CITED, Entry, Group, Listing, by_home, by_size
from policypress.render.site_side import Side
from policypress.render.site_ways import DISEASE, PHASE, Way, by_modality, modality_anchors, spoken_words, ways
from policypress.usage import Kept, Use, code_uses

SITE_NAME = "Medical policies"
EVALUATOR = "js/evaluator.js"

_MANY = 150  # rulings and coding rules: a longer list is cut into parts, and filtered by a script that holds all of it
_MOST_HELD = 40  # rulings that hold for a code without naming it, beside those that do
_UNBOUND = 1 << 30
_ADDRESSES = (
    "section_page", "code_page", "guideline_page", "revisions_page", "concordance_page", "pdf", "export", "slug",
    "link", "CODES", "INDICATIONS", "TERMS", "REFERENCES", "BROWSE", "MODALITIES", "PHASES", "ALPHABET", "RULINGS",
)  # fmt: skip

Pages = Mapping[str, SitePage]


class Writer:
    """Knows what stands on every page of some guidelines."""

    def __init__(
        self, laid: Sequence[GuidelineOutline], templates: Path, edit: str, kept: dict[int, Kept] | None
    ) -> None:
        self.used: dict[str, list[Use]] = {}
        for one in laid:
            for code, uses in code_uses(one, kept).items():
                self.used.setdefault(code, []).extend(uses)
        self.atlas: Atlas = atlas(laid, self.used)
        decided = sum(len(section.rulings) + len(section.coding_rules) for one in laid for section in one.sections)
        self.many = decided > _MANY
        self._sides: dict[str, Side] = {}
        self._checklists = Checklists({one.guideline.id: one.guideline for one in laid})
        self._cpt = any(shared.entry.system == "CPT" for all_ in self.atlas.codes.values() for shared in all_)
        self._templates = environment(templates)
        self._templates.filters["date"] = dated
        self._templates.globals.update(
            {name: getattr(site_links, name) for name in _ADDRESSES},
            whole_page=lambda laid: site_links.whole_page(laid.guideline.id) if site_whole.is_there(laid) else "",
            edit_address=edit,
            yaml_place=site_links.yaml_place,
            chapter_anchor=chapter_anchor,
            use_words=USE_WORDS,
            atlas=self.atlas,
            EVALUATOR=EVALUATOR,
            CITED=CITED,
            MOST_HELD=_MOST_HELD,
            diseases=LateTable(lambda: spoken_words(laid, DISEASE)),
            phases=LateTable(lambda: spoken_words(laid, PHASE)),
            modalities=LateTable(lambda: by_modality(self.everything)),
            modality_anchors=LateTable(lambda: modality_anchors(self.everything)),
        )

    @cached_property
    def said(self) -> dict[str, dict[str, Saying]]:
        """What each thing with an id says, by guideline."""
        return {guideline: sayings(laid) for guideline, laid in self.atlas.laid.items()}

    @cached_property
    def everything(self) -> list[Way]:
        """The rulings and coding rules, with what leads to them."""
        return [way for laid in self.atlas.laid.values() for way in ways(laid)]

    @cached_property
    def held(self) -> dict[str, Held]:
        """What holds for a code that it does not name, by guideline."""
        return {guideline: Held(laid, self.everything) for guideline, laid in self.atlas.laid.items()}

    @cached_property
    def indications(self) -> dict[str, tuple[Indication, ...]]:
        return {guideline: indications(laid) for guideline, laid in self.atlas.laid.items()}

    @cached_property
    def _lists(self) -> Lists:
        return Lists(self.atlas, self._template("entries"))

    def notices(self, guidelines: Sequence[Guideline] = ()) -> tuple[str, ...]:
        """Return what stands at the foot: the guidelines' own notices, and the AMA's.

        The search box brings codes onto every page, so the AMA's stands on all of them.
        """
        guidelines = guidelines or [one.guideline for one in self.atlas.laid.values()]
        own = [one.notice.value for one in guidelines if one.notice is not None]
        return tuple(dict.fromkeys([*own, *([CPT_NOTICE] if self._cpt else [])]))

    def pages(self, made: Pages) -> Iterator[tuple[str, Callable[[], SitePage]]]:
        """Yield every path with what makes its page. `made` gives the other pages to a page that holds them."""
        yield "index.html", lambda: self._page(
            "index.html", "home", SITE_NAME, indications=LateTable(lambda: self.indications)
        )
        for laid in self.atlas.laid.values():
            yield from self._guideline(laid, made)

    def lists(self) -> Iterator[tuple[str, Callable[[], Pages]]]:
        """Yield every path of a list with what makes its page, or its contents and the parts."""
        for guideline, laid in self.atlas.laid.items():
            yield guideline_page(guideline), partial(self._front, laid)
            if laid.guideline.statements:
                yield concordance_page(guideline), partial(self._concordance, laid)
        for code in self.atlas.codes:
            yield code_page(code), partial(self._code, code)
        for path, kind, title, groups in (
            (CODES, "codes", "Codes", lambda: self._lists.codes(CODES, self.used)),
            (INDICATIONS, "indications", "Diseases and indications", lambda: self._lists.indications(self.indications)),
            (MODALITIES, "modalities", "Modalities", lambda: self._lists.modalities(self.everything)),
            (PHASES, "phases", "Phases of care", lambda: self._lists.phases(self.everything)),
            (ALPHABET, "alphabet", "A–Z", lambda: self._lists.alphabet()),
        ):
            yield path, partial(self._list, path, kind, title, groups)
        yield BROWSE, self._browse
        yield TERMS, partial(self._register, TERMS, "terms", "Terms", lambda: self._lists.terms())
        cited = lambda: self._lists.references()  # noqa: E731
        yield REFERENCES, partial(self._register, REFERENCES, "references", "References", cited)

    def _list(self, path: str, kind: str, title: str, groups: Callable[[], Iterable[Group]], **data: Any) -> Pages:
        return self._cut(kind, title, by_size(path, groups(), self.atlas.room), **data)

    def _cut(self, kind: str, title: str, listings: Mapping[str, Listing], side: str = "", **data: Any) -> Pages:
        return {
            path: self._page(path, kind, title, side, part=listing.number, list=listing, **data)
            for path, listing in listings.items()
        }

    def _register(self, path: str, kind: str, title: str, entries: Callable[[], Iterable[tuple[str, Entry]]]) -> Pages:
        return self._cut(kind, title, by_home(path, entries()))

    def _browse(self) -> Pages:
        groups = self._lists.browse(self.everything)
        return self._cut("browse", "Rulings and coding rules", by_size(BROWSE, groups, 0 if self.many else _UNBOUND))

    def rulings(self) -> bytes:
        """Return the script that holds the whole list of rulings and coding rules, for a filter over its parts."""
        entries = [entry.html for group in self._lists.browse(self.everything) for entry in group.entries]
        return f"window.POLICYPRESS_RULINGS={json.dumps(entries, ensure_ascii=False, indent=0)};\n".encode()

    def _front(self, laid: GuidelineOutline) -> Pages:
        groups = partial(self._lists.sections, laid)
        title, own = laid.guideline.title.value, self._own(laid)
        return self._list(guideline_page(laid.guideline.id), "guideline", title, groups, **own)

    def _concordance(self, laid: GuidelineOutline) -> Pages:
        guideline = laid.guideline
        own = self._own(laid)
        pages = by_home(concordance_page(guideline.id), self._lists.statements(laid, own["words"]))
        return self._cut("concordance", f"Source document: {guideline.title}", pages, **own)

    def _code(self, code: str) -> Pages:
        shared = self.atlas.codes[code]
        title = " ".join([*dict.fromkeys(one.entry.system for one in shared), code])
        label = shared[0].entry.label.value if shared else ""
        groups = partial(self._lists.code, code, self.used.get(code, ()), self.said, self.held)
        return self._list(
            code_page(code), "code", title, groups, description=f"{title}: {label}", code=code, shared=shared
        )

    def _page(
        self, path: str, kind: str, title: str, side: str = "", description: str = "", part: int = 0, **data: Any
    ) -> SitePage:
        body = self._template(kind).render(page=path, title=title, **data)
        laid: GuidelineOutline | None = data.get("laid")
        notices = self.notices([laid.guideline] if laid else ())
        if part:
            title = f"{title}, part {part}"
        return SitePage(title, kind, body, side, description, notices, laid.guideline.id if laid else "")

    def _template(self, kind: str) -> jinja2.Template:
        return self._templates.get_template(f"site/{kind}.html.j2")

    def _own(self, laid: GuidelineOutline) -> dict[str, Any]:
        """Return what every page of a guideline is made from."""
        id = laid.guideline.id
        return {"laid": laid, "side": self._side(laid).beside(None), "words": self.atlas.words(guideline_page(id), id)}

    def _side(self, laid: GuidelineOutline) -> Side:
        if laid.guideline.id not in self._sides:
            self._sides[laid.guideline.id] = Side(laid, self._template("side"))
        return self._sides[laid.guideline.id]

    def _guideline(self, laid: GuidelineOutline, made: Pages) -> Iterator[tuple[str, Callable[[], SitePage]]]:
        id, title = laid.guideline.id, laid.guideline.title.value
        path = revisions_page(id)
        yield path, lambda: self._page(path, "revisions", f"Revision history: {title}", **self._own(laid))
        paths = [section_page(id, section.id) for section in laid.sections]
        shared = _Shared(laid, self.atlas.words(guideline_page(id), id), self.used)
        for place, at in enumerate(paths):
            yield at, partial(self._section, at, place, shared)
        if site_whole.is_there(laid):
            yield whole_page(id), partial(self._whole, laid, paths, made)

    def _whole(self, laid: GuidelineOutline, paths: Sequence[str], made: Pages) -> SitePage:
        articles = [
            site_whole.article(made[one].body, section.number, laid.places)
            for one, section in zip(paths, laid.sections, strict=True)
        ]
        title = f"Whole guideline: {laid.guideline.title}"
        return self._page(whole_page(laid.guideline.id), "whole", title, articles=articles, **self._own(laid))

    def _section(self, path: str, place: int, shared: _Shared) -> SitePage:
        laid, words = shared.laid, shared.words
        section = laid.sections[place]
        words.begin()
        made = self._page(
            path,
            "section",
            f"{section.number} {section.title}",
            self._side(laid).beside(section),
            f"{laid.guideline.title.value}, section {section.number}: {section.title}",
            laid=laid,
            words=words,
            section=section,
            before=laid.sections[place - 1] if place else None,
            after=laid.sections[place + 1] if place + 1 < len(laid.sections) else None,
            uses=shared.uses(section),
            origins=own_origins(section),
            queries=open_queries(section) if laid.guideline.draft else 0,
            checklist=self._checklists.page(laid.guideline.id, section.section),
        )
        words.met = None
        return made


class _Shared:
    """What the pages of a guideline's sections share."""

    def __init__(self, laid: GuidelineOutline, words: Words, used: Mapping[str, Sequence[Use]]) -> None:
        self.laid = laid
        self.words = words
        self._used = used

    @cached_property
    def _by_section(self) -> dict[str, dict[str, list[Use]]]:
        found: dict[str, dict[str, list[Use]]] = {}
        for code in sorted(self._used):
            for use in self._used[code]:
                if use.guideline == self.laid.guideline.id:
                    found.setdefault(use.section, {}).setdefault(code, []).append(use)
        return found

    def uses(self, section: SectionOutline) -> Mapping[str, Sequence[Use]]:
        """Return the codes of a section, sorted, with their uses."""
        return self._by_section.get(section.id, {})
