"""HTML as our pages are written, and no other: what is not understood here is refused by name, never guessed at.

A browser mends nearly everything in its own way; a reader that did so in another way would see a page that nobody else
sees. So each element is closed in its place, each attribute stands once, and each `&` and `<` begins what it must.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from html import unescape
from html.entities import html5
from typing import NamedTuple

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_RAW = {tag: re.compile(rf"/{tag}(?=[\s/>])", re.I) for tag in ("script", "style")}  # what is in them is no HTML
_TAG = re.compile(
    r"(?P<tag>[a-z][a-z0-9-]*)"
    r"(?P<attributes>(?:\s+[^\s\"'<>/=]++(?:=(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=`]++))?)*)\s*(?P<end>/?)"
    r"|/(?P<closes>[a-z][a-z0-9-]*)\s*"
)
_COMMENT = re.compile(r"!--(?!-?>)(?:(?!--)[^<])*-->")
_START = re.compile(r"\s*<!doctype html>", re.I)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+)))?")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|([A-Za-z][A-Za-z0-9]*));")


_OPENS, _STANDS_ALONE, _ENDS, _CLOSES, _NONE = range(5)  # what a tag does; `_ENDS` is closed in place
_NO_TAG: tuple[int, str, Mapping[str, str], str] = (_NONE, "", {}, "")


class Element:
    """An element with what is in it: elements and texts, in their order."""

    __slots__ = ("attributes", "children", "parent", "tag")

    def __init__(
        self,
        tag: str,
        attributes: Mapping[str, str],
        parent: Element | None,
        children: list[Element | str] | None = None,
    ) -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = [] if children is None else children

    @property
    def before(self) -> Element | None:
        """The element before this one in its parent."""
        if self.parent is None:
            return None
        elements = [child for child in self.parent.children if isinstance(child, Element)]
        place = next(place for place, child in enumerate(elements) if child is self)
        return elements[place - 1] if place else None

    @property
    def bare(self) -> bool:
        return not self.children

    def find(self, wanted: Callable[[Element], bool]) -> Iterator[Element]:
        """Yield the elements below that are wanted, in the order of the page."""
        return filter(wanted, self.below())

    def below(self) -> list[Element]:
        """Return the elements below, in the order of the page."""
        found: list[Element] = []
        _gather(self, found)
        return found

    def words(self) -> str:
        """Return all text below, seen or not, white space folded."""
        parts = [child if isinstance(child, str) else child.words() for child in self.children]
        return " ".join(" ".join(parts).split())


def _gather(element: Element, found: list[Element]) -> None:
    for child in element.children:
        if type(child) is Element:
            found.append(child)
            if child.children:
                _gather(child, found)


class Page(NamedTuple):
    """A page as it was read: everything below `top`, each element in the order of the page, and what is amiss."""

    top: Element
    elements: list[Element]
    faults: list[str]

    def all(self, *tags: str) -> list[Element]:
        """Return every element with one of the tags."""
        return [one for one in self.elements if one.tag in tags]

    def forget(self) -> None:
        """Let go of all elements: one and its parent hold each other, and nothing else would part them."""
        for one in self.elements:
            one.parent = None


def read_page(html: str) -> Page:
    """Read a page. What is written as no page of ours is comes back as faults, a sentence each."""
    top = at = Element("", {}, None)
    elements: list[Element] = []
    faults: list[str] = []
    raw: re.Pattern[str] | None = None  # what ends the script or the stylesheet that is open
    begin = _START.match(html)
    # No tag of ours holds another "<"; what stands before the first one is text.
    parts = (">" + html[begin.end() if begin is not None else 0 :]).split("<")
    for number, part in enumerate(parts):
        if raw is not None:
            if raw.match(part) is None:
                at.children = ["<".join([*map(str, at.children or [""]), part])]
                continue
            raw = None
        written, closed, text = part.partition(">")
        kind, tag, attributes, fault = _tag(written) if closed else _NO_TAG
        if kind == _NONE and (longer := _TAG.match(part)) is not None and part[longer.end() :][:1] == ">":
            written, text = longer[0], part[longer.end() + 1 :]  # another ">" stands in it
            kind, tag, attributes, fault = _tag(written)
        if kind == _CLOSES:
            if at.tag == tag and at.parent is not None:
                at = at.parent
            else:
                faults.append(f"</{tag}> closes nothing")
        elif kind != _NONE:
            if fault:
                faults.append(f"<{written}> {fault}")
            made = Element(tag, attributes, at)
            at.children.append(made)
            elements.append(made)
            if kind == _OPENS:
                at = made
                raw = _RAW.get(tag)
            elif kind == _ENDS and not _in_drawing(at):
                faults.append(f"<{written}> ends in / and is not closed by it")
        elif (comment := _COMMENT.match(part)) is not None:
            text = part[comment.end() :]
        elif number:
            around = "<".join(parts[number : number + 40])
            faults.append(f"“<{around[:40]}” is no HTML that is known here")
            at.children.append("<")
            text = part
        if "&" in text and raw is None:
            text, fault = _text(text)
            if fault:
                faults.append(fault)
        if text:
            at.children.append(text)
    if at is not top:
        faults.append(f"<{at.tag}> stays open")
    return Page(top, elements, faults)


def _in_drawing(at: Element | None) -> bool:
    """Tell whether an element stands in a drawing, where what ends in "/>" is closed."""
    while at is not None and at.tag != "svg":
        at = at.parent
    return at is not None


@lru_cache(1 << 12)  # most stand on every page
def _tag(written: str) -> tuple[int, str, Mapping[str, str], str]:
    """Return what stands between "<" and ">": what it does, its name and attributes, and what is wrong with them."""
    found = _TAG.fullmatch(written)
    if found is None:
        return _NO_TAG
    if found["closes"]:
        return _CLOSES, found["closes"], {}, ""
    tag = found["tag"]
    kind = _STANDS_ALONE if tag in _VOID else _ENDS if found["end"] else _OPENS
    return kind, tag, *_attributes(found["attributes"])


def _attributes(written: str) -> tuple[Mapping[str, str], str]:
    """Return attributes by name, and what is wrong with them."""
    if not written:
        return {}, ""
    found: dict[str, str] = {}
    fault = ""
    for name, double, single, bare in _ATTRIBUTE.findall(written):
        value = double or single or bare
        if "&" in value:
            value, wrong = _text(value)
            fault = fault or wrong
        if name.lower() in found:
            fault = fault or f"has {name} twice"
        found.setdefault(name.lower(), value)
    return found, fault


def _text(written: str) -> tuple[str, str]:
    """Return the text that is meant, and what is wrong with it: an `&` that stands for nothing that is known."""
    for part in written.split("&")[1:]:
        reference = _REFERENCE.match("&" + part)
        if reference is None or (reference[1] is not None and f"{reference[1]};" not in html5):
            return written, f"“&{part[:20]}” stands for no character"
    return unescape(written), ""
