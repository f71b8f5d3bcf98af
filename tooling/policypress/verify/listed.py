"""A list of the site that may be too long for one page: its own page and its parts, read as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from policypress.verify.html import Element, Page, read_page


class Listed(NamedTuple):
    """What the main parts of the pages hold, in their order, with the pages and what is amiss."""

    main: Element
    first: Page
    pages: tuple[Page, ...]
    paths: tuple[str, ...]
    faults: tuple[str, ...]

    def forget(self) -> None:
        for page in self.pages:
            page.forget()


def read_list(site: Path, path: str) -> Listed:
    """Read a list. A page that cannot be read as one of ours says nothing, so that it lacks all it should say."""
    paths = (path, *parts(site, path))
    pages = tuple(_read(site / one) for one in paths)
    mains = [Element("", {}, None) if one.faults else next(iter(one.all("main")), one.top) for one in pages]
    faults = [f"in {name} {fault}" for name, one in zip(paths, pages, strict=True) for fault in one.faults]
    told, there = list(_told(mains[0], path)), [_name(one) for one in paths[1:]]
    if told != there:
        names = [", ".join(some) or "none" for some in (told, there)]
        faults.append(f"{path} leads to the parts {names[0]}; there are {names[1]}")
    return Listed(Element("", {}, None, list(mains)), pages[0], pages, paths, tuple(faults))


def whole(path: str) -> str:
    """Return the page of a list by that of any of its parts."""
    return re.sub(r"_[0-9]+(?=\.html$)", "", path)


def parts(site: Path, path: str) -> Iterator[str]:
    """Yield the parts of a list, numbered from 1."""
    number = 1
    while (site / (part := f"{path.removesuffix('.html')}_{number}.html")).is_file():
        yield part
        number += 1


def _told(main: Element, path: str) -> Iterator[str]:
    """Yield the parts to which a page leads, each once."""
    named = re.compile(rf"{re.escape(_name(path).removesuffix('.html'))}_[0-9]+\.html")
    links = (urlsplit(one.attributes.get("href", "")).path for one in main.find(lambda one: one.tag == "a"))
    yield from dict.fromkeys(unquote(link) for link in links if named.fullmatch(unquote(link)))


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _read(file: Path) -> Page:
    try:
        return read_page(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return Page(Element("", {}, None), [], [])
