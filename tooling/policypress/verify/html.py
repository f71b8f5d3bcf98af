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
_RAW = {tag: re.compile(rf"</{tag}(?=[\s/>])", re.I) for tag in ("script", "style")}  # what is in them is no HTML
_TOKEN = re.compile(
    r"[^<]+"
    r"|<(?P<tag>[a-z][a-z0-9-]*)"
    r"(?P<attributes>(?:\s+[^\s\"'<>/=]++(?:=(?:\"[^\"<]*\"|'[^'<]*'|[^\s\"'<>=`]++))?)*)\s*(?P<end>/?)>"
    r"|</(?P<closes>[a-z][a-z0-9-]*)\s*>"
    r"|<!--(?!-?>)(?:(?!--)[^<])*-->"
    r"|(?P<other><)"
)
_START = re.compile(r"\s*<!doctype html>", re.I)
_ATTRIBUTE = re.compile(r"([^\s\"'<>/=]+)(?:=(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'<>=`]+)))?")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6}|([A-Za-z][A-Za-z0-9]*));")


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
        ahead = self.children[::-1]
        while ahead:
            child = ahead.pop()
            if isinstance(child, Element):
                if wanted(child):
                    yield child
                ahead += child.children[::-1]

    def words(self) -> str:
        """Return all text below, seen or not, white space folded."""
        parts = [child if isinstance(child, str) else child.words() for child in self.children]
        return " ".join(" ".join(parts).split())


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
            one.children = []


def read_page(html: str) -> Page:
    """Read a page. What is written as no page of ours is comes back as faults, a sentence each."""
    top = at = Element("", {}, None)
    elements: list[Element] = []
    faults: list[str] = []
    drawing = 0  # how many <svg> are open: in them, what ends in "/>" is closed
    begin = _START.match(html)
    place = begin.end() if begin is not None else 0
    token = _TOKEN.match
    while (found := token(html, place)) is not None:
        place = found.end()
        kind = found.lastgroup
        if kind == "end":
            tag, written, end = found.group("tag", "attributes", "end")
            attributes, fault = _attributes(written)
            if fault:
                faults.append(f"{found[0]} {fault}")
            made = Element(tag, attributes, at)
            at.children.append(made)
            elements.append(made)
            if tag in _VOID:
                continue
            if end:
                if not drawing:
                    faults.append(f"{found[0]} ends in / and is not closed by it")
                continue
            at = made
            drawing += tag == "svg"
            if tag in _RAW and (close := _RAW[tag].search(html, place)) is not None:
                if close.start() > place:
                    made.children.append(html[place : close.start()])
                place = close.start()
        elif kind == "closes":
            tag = found["closes"]
            if at.tag == tag and at.parent is not None:
                at = at.parent
                drawing -= tag == "svg"
            else:
                faults.append(f"</{tag}> closes nothing")
        elif kind == "other":
            faults.append(f"“{html[place - 1 : place + 40]}” is no HTML that is known here")
            at.children.append("<")
        elif (text := found[0])[0] != "<":  # else a comment
            if "&" in text:
                text, fault = _text(text)
                if fault:
                    faults.append(fault)
            at.children.append(text)
    if at is not top:
        faults.append(f"<{at.tag}> stays open")
    return Page(top, elements, faults)


@lru_cache(1 << 12)  # most stand on every page
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
