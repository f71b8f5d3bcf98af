"""The site as data: outlines in, `{path: page}` out. Nothing here reads a clock, writes a file or knows MkDocs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import jinja2

from policypress.model import Guideline
from policypress.notices import CPT_NOTICE
from policypress.outline import GuidelineOutline, SectionOutline
from policypress.render import search, site_whole
from policypress.render.checklist import Checklists
from policypress.render.dates import dated
from policypress.render.html import environment
from policypress.render.late import Late, LateTable
from policypress.render.site_feed import feed
from policypress.render.site_held import Held
from policypress.render.site_index import (
    USE_WORDS,
    Saying,
    carriers,
    indications,
    open_queries,
    own_origins,
    sayings,
)
from policypress.render.site_links import (
    ALPHABET,
    BROWSE,
    CODES,
    FEED,
    INDICATIONS,
    MODALITIES,
    PHASES,
    REFERENCES,
    TERMS,
    Atlas,
    SiteFault,
    atlas,
    code_page,
    concordance_page,
    export,
    guideline_page,
    link,
    pdf,
    revisions_page,
    section_page,
    slug,
    whole_page,
)
from policypress.render.site_side import Side
from policypress.render.site_ways import (
    DISEASE,
    PHASE,
    Way,
    alphabet,
    by_modality,
    modality_anchors,
    spoken_words,
    ways,
)
from policypress.usage import Kept, Use, code_uses

SITE_NAME = "Medical policies"
SEARCH = "js/search-index.js"
EVALUATOR = "js/evaluator.js"
_MENU = (("Browse", BROWSE), ("Codes", CODES), ("Indications", INDICATIONS), ("Terms", TERMS), ("A–Z", ALPHABET))


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page: `side` and `body` are HTML, the rest is plain text."""

    title: str
    kind: str
    body: str
    side: str = ""
    description: str = ""
    notices: tuple[str, ...] = ()
    guideline: str = ""  # "" for a page of the whole site


@dataclass(frozen=True, slots=True)
class Site:
    """Every page and file that comes from the source, by its path below the top of the site."""

    pages: Late[SitePage]
    files: Mapping[str, bytes]
    outside: frozenset[str]  # addresses beside the site that its pages may lead to
    notices: tuple[str, ...]  # those of a page that belongs to no guideline
    publisher: str
    menu: tuple[tuple[str, str], ...]  # what the head of every page leads to


def site(
    laid: Sequence[GuidelineOutline], templates: Path, edit: str = "", kept: dict[int, Kept] | None = None
) -> Site:
    """Return the whole site of some guidelines. `edit` is the address at which the files of the source are edited.

    `kept` is for whoever makes the site again and again; see `code_uses`.
    """
    laid = sorted(laid, key=lambda one: one.guideline.id)
    writer = _Writer(laid, templates, edit, kept)
    makers: dict[str, Callable[[], SitePage]] = {}
    pages = Late(makers)
    taken: dict[str, str] = {}
    for path, make in writer.pages(pages):
        # Two names that differ in case alone are one file on many machines.
        if (before := taken.setdefault(path.lower(), path)) is not path:
            raise SiteFault(f"Two pages want one address: {before} and {path}. Rename one of the two.")
        makers[path] = make
    ids = [one.guideline.id for one in laid]
    publishers = {one.guideline.publisher for one in laid}
    return Site(
        pages,
        Late(
            {
                SEARCH: lambda: search.index(writer.atlas.laid, writer.said, writer.atlas),
                EVALUATOR: (templates / "conformance" / "evaluator.js").read_bytes,
                FEED: lambda: feed([one.guideline for one in laid], SITE_NAME),
            }
        ),
        frozenset([*map(pdf, ids), *map(export, ids)]),
        writer.notices(),
        publishers.pop() if len(publishers) == 1 else "",
        _MENU + ((("References", REFERENCES),) if writer.atlas.references else ()),
    )


class _Writer:
    """Fills the templates, page by page."""

    def __init__(
        self, laid: Sequence[GuidelineOutline], templates: Path, edit: str, kept: dict[int, Kept] | None
    ) -> None:
        self.used: dict[str, list[Use]] = {}
        for one in laid:
            for code, uses in code_uses(one, kept).items():
                self.used.setdefault(code, []).extend(uses)
        self.atlas: Atlas = atlas(laid, self.used)
        self._checklists = Checklists({one.guideline.id: one.guideline for one in laid})
        self._cpt = any(shared.entry.system == "CPT" for all_ in self.atlas.codes.values() for shared in all_)
        self._templates = environment(templates)
        self._templates.filters["date"] = dated
        self._templates.globals.update(
            link=link,
            section_page=section_page,
            code_page=code_page,
            guideline_page=guideline_page,
            revisions_page=revisions_page,
            whole_page=lambda laid: whole_page(laid.guideline.id) if _whole(laid) else "",
            edit_address=edit,
            yaml_place=_yaml_place,
            concordance_page=concordance_page,
            pdf=pdf,
            export=export,
            slug=slug,
            use_words=USE_WORDS,
            held_by=LateTable(lambda: self._held),
            atlas=self.atlas,
            CODES=CODES,
            INDICATIONS=INDICATIONS,
            TERMS=TERMS,
            REFERENCES=REFERENCES,
            EVALUATOR=EVALUATOR,
            BROWSE=BROWSE,
            MODALITIES=MODALITIES,
            PHASES=PHASES,
            ALPHABET=ALPHABET,
            diseases=LateTable(lambda: spoken_words(laid, DISEASE)),
            phases=LateTable(lambda: spoken_words(laid, PHASE)),
            modalities=LateTable(lambda: by_modality(self._everything)),
            modality_anchors=LateTable(lambda: modality_anchors(self._everything)),
        )

    @cached_property
    def said(self) -> dict[str, dict[str, Saying]]:
        """What each thing with an id says, by guideline."""
        return {guideline: sayings(laid) for guideline, laid in self.atlas.laid.items()}

    @cached_property
    def _everything(self) -> list[Way]:
        return [way for laid in self.atlas.laid.values() for way in ways(laid)]

    @cached_property
    def _held(self) -> dict[str, Held]:
        return {guideline: Held(laid, self._everything) for guideline, laid in self.atlas.laid.items()}

    def notices(self, guidelines: Sequence[Guideline] = ()) -> tuple[str, ...]:
        """Return what stands at the foot: the guidelines' own notices, and the AMA's.

        The search box brings codes onto every page, so the AMA's stands on all of them.
        """
        guidelines = guidelines or [one.guideline for one in self.atlas.laid.values()]
        own = [one.notice.value for one in guidelines if one.notice is not None]
        return tuple(dict.fromkeys([*own, *([CPT_NOTICE] if self._cpt else [])]))

    def pages(self, made: Mapping[str, SitePage]) -> Iterator[tuple[str, Callable[[], SitePage]]]:
        """Yield every path with what makes its page. `made` gives the other pages to a page that holds them."""
        yield "index.html", lambda: self._page("index.html", "home", SITE_NAME, indications=self._indications())
        for guideline, laid in self.atlas.laid.items():
            yield from self._guideline(guideline, laid, made)
        yield CODES, lambda: self._page(CODES, "codes", "Codes", where=self._where())
        for code in self.atlas.codes:
            yield code_page(code), partial(self._code, code)
        yield INDICATIONS, lambda: self._page(
            INDICATIONS, "indications", "Diseases and indications", indications=self._indications()
        )
        yield BROWSE, lambda: self._page(BROWSE, "browse", "Rulings and coding rules", ways=self._everything)
        yield MODALITIES, lambda: self._page(MODALITIES, "modalities", "Modalities", ways=self._everything)
        yield PHASES, lambda: self._page(PHASES, "phases", "Phases of care", ways=self._everything)
        yield ALPHABET, lambda: self._page(ALPHABET, "alphabet", "A–Z", letters=alphabet(self.atlas, TERMS))
        yield TERMS, lambda: self._page(TERMS, "terms", "Terms")
        yield REFERENCES, lambda: self._page(REFERENCES, "references", "References", cited=self._cited())

    def _page(self, path: str, kind: str, title: str, side: str = "", description: str = "", **data: Any) -> SitePage:
        body = self._template(kind).render(page=path, title=title, **data)
        laid: GuidelineOutline | None = data.get("laid")
        notices = self.notices([laid.guideline] if laid else ())
        return SitePage(title, kind, body, side, description, notices, laid.guideline.id if laid else "")

    def _template(self, kind: str) -> jinja2.Template:
        return self._templates.get_template(f"site/{kind}.html.j2")

    def _guideline(
        self, guideline: str, laid: GuidelineOutline, made: Mapping[str, SitePage]
    ) -> Iterator[tuple[str, Callable[[], SitePage]]]:
        title = laid.guideline.title.value
        words = self.atlas.words(guideline_page(guideline), guideline)
        own: dict[str, Any] = {"laid": laid, "words": words}
        side = Side(laid, self._template("side"))

        def page(path: str, kind: str, heading: str) -> SitePage:
            return self._page(path, kind, heading, side.beside(None), **own)

        whole = [
            (guideline_page(guideline), "guideline", title),
            (revisions_page(guideline), "revisions", f"Revision history: {title}"),
        ]
        if laid.guideline.statements:
            own["carriers"] = carriers(laid)
            whole.append((concordance_page(guideline), "concordance", f"Source document: {title}"))
        for path, kind, heading in whole:
            yield path, partial(page, path, kind, heading)
        used: dict[str, dict[str, list[Use]]] = {}
        for code, uses in self.used.items():
            for use in uses:
                if use.guideline == guideline:
                    used.setdefault(use.section, {}).setdefault(code, []).append(use)
        paths = [section_page(guideline, section.id) for section in laid.sections]
        for place, path in enumerate(paths):
            yield path, partial(self._section, path, place, side, used, own)
        if _whole(laid):
            path = whole_page(guideline)

            def all_sections() -> SitePage:
                articles = [
                    site_whole.article(made[one].body, section.number, laid.places)
                    for one, section in zip(paths, laid.sections, strict=True)
                ]
                heading = f"Whole guideline: {title}"
                return self._page(path, "whole", heading, side.beside(None), articles=articles, **own)

            yield path, all_sections

    def _section(
        self, path: str, place: int, side: Side, used: Mapping[str, Mapping[str, list[Use]]], own: Mapping[str, Any]
    ) -> SitePage:
        laid: GuidelineOutline = own["laid"]
        section = laid.sections[place]
        own["words"].begin()
        made = self._page(
            path,
            "section",
            f"{section.number} {section.title}",
            side.beside(section),
            f"{laid.guideline.title.value}, section {section.number}: {section.title}",
            section=section,
            before=laid.sections[place - 1] if place else None,
            after=laid.sections[place + 1] if place + 1 < len(laid.sections) else None,
            uses=dict(sorted(used.get(section.id, {}).items())),
            origins=own_origins(section),
            queries=open_queries(section) if laid.guideline.draft else 0,
            checklist=self._checklists.page(laid.guideline.id, section.section),
            **own,
        )
        own["words"].met = None
        return made

    def _where(self) -> dict[str, list[tuple[str, str]]]:
        """Return where each code is used, by guideline and section."""
        return {
            code: list(dict.fromkeys((use.guideline, use.section) for use in uses)) for code, uses in self.used.items()
        }

    def _code(self, code: str) -> SitePage:
        path = code_page(code)
        shared = self.atlas.codes[code]
        title = " ".join([*dict.fromkeys(one.entry.system for one in shared), code])
        uses: dict[str, dict[str, list[tuple[Use, Saying]]]] = {}
        for use in self.used.get(code, ()):
            said = self.said[use.guideline][use.id]
            uses.setdefault(use.guideline, {}).setdefault(use.section, []).append((use, said))
        words = {guideline: self.atlas.words(path, guideline) for guideline in uses}
        label = shared[0].entry.label.value if shared else ""
        held = {guideline: found for guideline, one in self._held.items() if any(found := one.by(code))}
        where = [guideline for guideline in self.atlas.laid if guideline in {*uses, *held}]
        description = f"{title}: {label}"
        return self._page(
            path, "code", title, "", description, code=code, shared=shared, uses=uses, words=words, held=held,
            where=where,
        )  # fmt: skip

    def _indications(self) -> dict[str, Any]:
        return {guideline: indications(laid) for guideline, laid in self.atlas.laid.items()}

    def _cited(self) -> dict[tuple[str, str], list[SectionOutline]]:
        """Return the sections that cite a reference, by guideline and id."""
        found: dict[tuple[str, str], dict[str, SectionOutline]] = {}
        for guideline, laid in self.atlas.laid.items():
            for section in laid.sections:
                nodes = (item.node for item in section.items())
                for citation in (*section.section.references, *(one for node in nodes for one in node.references)):
                    found.setdefault((guideline, citation.id.value), {})[section.id] = section
        return {key: list(sections.values()) for key, sections in found.items()}


def _whole(laid: GuidelineOutline) -> bool:
    """Whether there is a page with the whole guideline."""
    return 0 < len(laid.sections) <= site_whole.MOST


def _yaml_place(laid: GuidelineOutline, section: SectionOutline) -> str:
    """Return the file of a section below the source, with its line."""
    file, home = section.section.source.file, laid.guideline.source.file
    if file is None or home is None:
        return ""
    return f"{file.relative_to(home.parent.parent).as_posix()}#L{section.section.span.begin.line}"
