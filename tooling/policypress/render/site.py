"""The site as data: outlines in, `{path: page}` out. Nothing here reads a clock, writes a file or knows MkDocs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from policypress.outline import GuidelineOutline
from policypress.render import search
from policypress.render.late import Late
from policypress.render.site_feed import feed
from policypress.render.site_links import (
    ALPHABET,
    BROWSE,
    CODES,
    FEED,
    INDICATIONS,
    REFERENCES,
    RULINGS,
    TERMS,
    SiteFault,
    export,
    pdf,
)
from policypress.render.site_page import SitePage
from policypress.render.site_writer import EVALUATOR, SITE_NAME, Writer
from policypress.usage import Kept

__all__ = ["SITE_NAME", "Site", "SitePage", "site"]

M = TypeVar("M")

SEARCH = "js/search-index.js"
_MENU = (("Browse", BROWSE), ("Codes", CODES), ("Indications", INDICATIONS), ("Terms", TERMS), ("A–Z", ALPHABET))


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
    writer = Writer(laid, templates, edit, kept)
    makers: dict[str, Callable[[], SitePage]] = {}
    families: dict[str, Callable[[], Mapping[str, SitePage]]] = {}
    pages = Late(makers, families)
    taken: dict[str, str] = {}
    makers.update(_apart(writer.pages(pages), taken))
    families.update(_apart(writer.lists(), taken))
    files: dict[str, Callable[[], bytes]] = {
        SEARCH: lambda: search.index(writer.atlas.laid, writer.said, writer.atlas),
        EVALUATOR: (templates / "conformance" / "evaluator.js").read_bytes,
        FEED: lambda: feed([one.guideline for one in laid], SITE_NAME),
    }
    if writer.many:
        files[RULINGS] = writer.rulings
    ids = [one.guideline.id for one in laid]
    publishers = {one.guideline.publisher for one in laid}
    return Site(
        pages,
        Late(files),
        frozenset([*map(pdf, ids), *map(export, ids)]),
        writer.notices(),
        publishers.pop() if len(publishers) == 1 else "",
        _MENU + ((("References", REFERENCES),) if writer.atlas.references else ()),
    )


def _apart(made: Iterable[tuple[str, M]], taken: dict[str, str]) -> Iterator[tuple[str, M]]:
    """Yield what was made, and refuse two names that differ in case alone: on many machines they are one file."""
    for path, make in made:
        if (before := taken.setdefault(path.lower(), path)) is not path:
            raise SiteFault(f"Two pages want one address: {before} and {path}. Rename one of the two.")
        yield path, make
