"""Where the links of a section's page lead: to what the source points at, and nowhere that is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from policypress.criteria import Criterion, See
from policypress.model import Guideline, Section, section_nodes
from policypress.verify.html import Element

Place = tuple[str, str]  # a page and an id on it


class Links:
    """Knows which pages and ids the links of one guideline's pages may lead to."""

    def __init__(self, guideline: Guideline, library: Mapping[str, Guideline], site: Path) -> None:
        self.guideline = guideline
        self.site = site
        self.home = {
            one.id: {f"{one.id}/{section.id}.html": section for section in one.sections} for one in library.values()
        }
        self._there: dict[str, bool] = {}
        self._ids: dict[str, frozenset[str]] = {}
        self._place: dict[str, dict[str, Place]] = {}

    def faults(self, section: Section, links: Iterable[Element], path: str) -> Iterator[tuple[str, str]]:
        """Yield the links of a section that lead elsewhere than they say, and its pointers without one, by id.

        `path` is the page on which the article stands: its own, or the one that holds all sections.
        """
        leading: dict[str, set[Place]] = {}  # id -> where the links that stand at it lead
        folder, home = posixpath.dirname(path), self.home.get(self.guideline.id, {})
        for link in links:
            address = _address(folder, link.attributes.get("href", ""))
            if address is None:
                continue
            target, id = address
            page = target or path
            kinds, words = link.attributes.get("class", "").split(), link.words()
            if "handle" in kinds and (target or id != words):
                yield _owner(link), f"the id {words} leads to {page}#{id}"
            if not target and path not in home:
                page, id = self._places(self.guideline.id).get(id, (page, id))
                if page == path and not id.startswith("p_"):
                    yield _owner(link), f"the link “{words}” leads to {id}, which is not on {path}"
            leading.setdefault(owner := _owner(link), set()).add((page, id))
            if not page.startswith("../") and not self._is_there(page):
                yield owner, f"the link “{words}” leads to {page}, which is not there"
            elif "code" in kinds and page != f"codes/{words.split(' ')[-1].partition('-')[0]}.html":
                yield owner, f"the code {words} leads to {page}"
            elif id and not id.startswith("p_") and (there := self._ids_of(page)) and id not in there:
                yield owner, f"the link “{words}” leads to {id}, which is not on {page}"
        for node in section_nodes(section):
            if isinstance(node, Criterion) and node.see is not None and not node.see.external:
                wanted = self._wanted(node.see)
                if wanted is not None and wanted not in leading.get(node.id, ()):
                    yield node.id, f"no link leads to {'#'.join(filter(None, wanted))}, at which it points"

    def _is_there(self, page: str) -> bool:
        if page not in self._there:
            self._there[page] = (self.site / page).is_file()
        return self._there[page]

    def _ids_of(self, page: str) -> frozenset[str]:
        """Return the ids that a section's page must have; nothing for any other page."""
        section = self.home.get(page.partition("/")[0], {}).get(page)
        if page not in self._ids:
            self._ids[page] = frozenset(() if section is None else (section.id, *_own(section)))
        return self._ids[page]

    def _wanted(self, see: See) -> Place | None:
        """Return where the link of a pointer must lead; None where that is not published."""
        if see.code:
            return f"codes/{see.code}.html", ""
        home, _, id = see.target.rpartition("/")
        return self._places(home or self.guideline.id).get(id)

    def _places(self, home: str) -> Mapping[str, Place]:
        """Return where each id of a guideline stands."""
        if home not in self._place:
            places: dict[str, Place] = {}
            for page, section in self.home.get(home, {}).items():
                places |= {one: (page, one) for one in _own(section)} | {section.id: (page, "")}
                if len(section.rulings) == 1:  # it is the whole section, and has no label of its own
                    places[section.rulings[0].id] = (page, "")
            self._place[home] = places
        return self._place[home]


@lru_cache(1 << 12)  # many lead to the same codes and terms
def _address(folder: str, href: str) -> tuple[str, str] | None:
    """Return the page to which a link leads, "" for its own, with the id there; None where it leads out of the site."""
    address = urlsplit(href)
    if address.scheme or address.netloc:
        return None
    page = posixpath.normpath(posixpath.join(folder, unquote(address.path))) if address.path else ""
    return page, unquote(address.fragment)


def _owner(element: Element) -> str:
    at: Element | None = element
    while at is not None:
        if id := at.attributes.get("id", ""):
            return id
        at = at.parent
    return ""


def _own(section: Section) -> Iterator[str]:
    yield from (ruling.id for ruling in section.rulings)
    yield from (rule.id for rule in section.coding_rules)
    yield from (node.id for node in section_nodes(section))
