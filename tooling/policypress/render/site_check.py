"""Looks at a finished site: every link, anchor and id in its HTML.

MkDocs checks the links of Markdown alone; of what a page brings as HTML it sees nothing.
"""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Tags, found ten times faster than an HTML parser finds them; a text never holds a bare "<".
_TAG = re.compile(r"<!--.*?-->|<[A-Za-z][^<>\"']*(?:(?:\"[^\"]*\"|'[^']*')[^<>\"']*)*>", re.S)
_NAME = re.compile(r"<([A-Za-z][A-Za-z0-9-]*)")
_ATTRIBUTE = re.compile(r"([^\s=>\"'/]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+)))?")
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)")
_ADDRESSES = frozenset({"href", "src", "data", "action", "poster"})
_LOADS = frozenset({"img", "script", "iframe", "source", "audio", "video", "embed", "object", "link", "track", "image"})


@dataclass
class _Seen:
    ids: set[str] = field(default_factory=set)
    twice: list[str] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)  # tag, address
    handlers: list[str] = field(default_factory=list)


def _read(page: str) -> _Seen:
    seen = _Seen()
    for tag in _TAG.findall(page):
        for key, value in _marks(tag):
            if key == "id":
                if value in seen.ids:
                    seen.twice.append(value)
                seen.ids.add(value)
            elif key == "on":
                seen.handlers.append(value)
            else:
                seen.links.append((key, value))
    # Most lead to a place on their own page, where it was just seen; the rest waits for the other pages.
    seen.links = [link for link in dict.fromkeys(seen.links) if not _is_here(link[1], seen.ids)]
    return seen


@lru_cache(1 << 12)
def _marks(tag: str) -> tuple[tuple[str, str], ...]:
    """Return what a tag says that matters here: ids, addresses with the element's name, and handlers.

    Many tags are the same on all pages, and most of those say nothing of it.
    """
    named = _NAME.match(tag)
    if named is None:
        return ()
    name, found = named[1], []
    canonical = name == "link" and 'rel="canonical"' in tag
    for key, double, single, bare in _ATTRIBUTE.findall(tag, named.end(), len(tag) - 1):
        if key == "id":
            found.append(("id", html.unescape(double or single or bare)))
        elif key in _ADDRESSES and not canonical:
            found.append((name, html.unescape(double or single or bare)))
        elif key[:2].lower() == "on":
            found.append(("on", key))
    return tuple(found)


def _is_here(address: str, ids: Collection[str]) -> bool:
    return address[:1] == "#" and unquote(address[1:]) in ids


def check_site(folder: Path, outside: Collection[str] = ()) -> list[str]:
    """Return what is wrong with a site, a sentence each. `outside` are addresses beside it that it may lead to."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    pages: dict[str, _Seen] = {}
    faults: list[str] = []
    for name, path in files.items():
        if name.endswith(".html"):
            pages[name] = _read(path.read_text(encoding="utf-8"))
        elif name.endswith(".css"):
            found = [("link", address) for address in _CSS_URL.findall(path.read_text(encoding="utf-8"))]
            faults += _links(name, found, files, {}, outside)
    for name, seen in pages.items():
        faults += [f"{name}: two elements have the id {twice}" for twice in seen.twice]
        faults += [f"{name}: a script stands in the attribute {handler}" for handler in seen.handlers]
        if name != "404.html":  # stands at any address, so its links start at the top of the host
            faults += _links(name, seen.links, files, pages, outside)
    return faults


def _links(
    page: str,
    links: list[tuple[str, str]],
    files: Mapping[str, Path],
    pages: Mapping[str, _Seen],
    outside: Collection[str],
) -> Iterator[str]:
    folder = posixpath.dirname(page)
    for tag, address in dict.fromkeys(links):
        before, _, anchor = address.partition("#")
        scheme, elsewhere, path = _target(folder, before)
        if scheme == "data" and tag == "link":
            continue
        if scheme or elsewhere:
            if tag in _LOADS:
                yield f"{page}: loads {address} from another host"
            elif scheme not in ("http", "https", "mailto"):
                yield f"{page}: leads to {address}, which no page may do"
            continue
        target = path or page
        if target in outside:
            continue
        if target not in files:
            yield f"{page}: leads to {address}, and there is no such file"
        elif anchor and target in pages and unquote(anchor) not in pages[target].ids:
            yield f"{page}: leads to {address}, and there is no such anchor"


@lru_cache(1 << 16)
def _target(folder: str, address: str) -> tuple[str, str, str]:
    """Return scheme, host and path of an address in a page of a folder; most stand on many pages of it."""
    parts = urlsplit(address)
    if parts.scheme or parts.netloc or not parts.path:
        return parts.scheme, parts.netloc, ""
    return "", "", posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
