"""A page of the site as a reader sees it: elements, what is hidden, and the words in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from policypress.verify.flow import BROKEN, CLOSED, SPACED
from policypress.verify.styles import Rule, declarations, hides, matches

_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_UNSEEN = frozenset(
    "head script style template noscript title svg select textarea datalist object iframe audio video".split()
)
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data dfn em i kbd mark q s samp small span strong sub sup time u var".split()
)
_STRUCK = frozenset(("s", "del", "strike"))


@dataclass(slots=True)
class Element:
    tag: str
    attributes: dict[str, str]
    parent: Element | None
    children: list[Element | str] = field(default_factory=list)

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
        for child in self.children:
            if isinstance(child, Element):
                if wanted(child):
                    yield child
                yield from child.find(wanted)

    def words(self) -> str:
        """Return all text below, seen or not, white space folded."""
        parts = [child if isinstance(child, str) else child.words() for child in self.children]
        return " ".join(" ".join(parts).split())


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.top = Element("", {}, None)
        self.at = self.top
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {key: value or "" for key, value in attrs}, self.at)
        self.at.children.append(made)
        if tag not in _VOID:
            self.at = made

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Element(tag, {key: value or "" for key, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        if self.at.tag == tag and self.at.parent is not None:
            self.at = self.at.parent
        else:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def read_page(html: str) -> tuple[Element, list[str]]:
    """Read a page. Tags that do not pair are faults: browsers would guess."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    faults = reader.faults
    if reader.at is not reader.top:
        faults.append(f"<{reader.at.tag}> stays open")
    return reader.top, faults


@dataclass(slots=True)
class Seen:
    """What is seen of an element: runs of text, each with the id it stands below and what stands before it."""

    runs: list[tuple[str, int]] = field(default_factory=list)
    hidden: list[tuple[str, str, str]] = field(default_factory=list)  # id above, why, words
    ids: dict[str, list[str]] = field(default_factory=dict)  # id -> the id it stands below, at each place
    levels: dict[str, int] = field(default_factory=dict)  # id -> how many lists it stands in


def look(element: Element, rules: Sequence[Rule], skip: Callable[[Element], bool] = lambda _: False) -> Seen:
    """Return what a reader sees of an element, and what is hidden from him."""
    seen = Seen()
    _look(element, element.attributes.get("id", ""), 0, rules, skip, seen)
    return seen


def _look(
    element: Element, owner: str, level: int, rules: Sequence[Rule], skip: Callable[[Element], bool], seen: Seen
) -> None:
    if element.tag in _UNSEEN or skip(element):
        return
    why = _why_hidden(element, rules)
    if why:
        inner = next((one.attributes["id"] for one in element.find(lambda one: "id" in one.attributes)), "")
        own = element.attributes.get("id") or owner
        if words := element.words():
            seen.hidden.append((inner if not element.attributes.get("id") and inner else own, why, words))
    if (id := element.attributes.get("id")) is not None:
        seen.ids.setdefault(id, []).append(owner if id != owner else "")
        seen.levels[id] = level
        owner = id
    apart = CLOSED if element.tag in _INLINE else BROKEN
    seen.runs.append(("", SPACED if element.tag == "br" else apart))
    written = [rule for rule in rules if rule.words and matches(rule.selector, element)]
    seen.runs += [(rule.words, CLOSED) for rule in written if rule.place == "before"]
    for child in element.children:
        if isinstance(child, str):
            seen.runs.append((child, CLOSED))
        else:
            _look(child, owner, level + (element.tag in ("ol", "ul")), rules, skip, seen)
    seen.runs += [(rule.words, CLOSED) for rule in written if rule.place == "after"]
    seen.runs.append(("", apart))


def _why_hidden(element: Element, rules: Sequence[Rule]) -> str:
    attributes = element.attributes
    if "hidden" in attributes:
        return "the attribute hidden"
    if attributes.get("aria-hidden") == "true":
        return "the attribute aria-hidden"
    if element.tag in _STRUCK:
        return f"<{element.tag}>, which strikes it out"
    if element.tag in ("details", "dialog") and "open" not in attributes:
        return f"a closed <{element.tag}>"
    if "style" in attributes and (why := hides(dict(declarations(attributes["style"])))):
        return f"its own style ({why})"
    for rule in rules:
        if rule.why and matches(rule.selector, element):
            return f"the style of {rule.selector} ({rule.why})"
    return ""
