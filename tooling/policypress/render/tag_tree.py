"""What a printed document is made of, for those who have it read to them: one part an element of the page's HTML.

WeasyPrint's own tags follow its boxes: one element a line, another on each page that a paragraph or a table runs over,
the head of a table again on every page, running heads as content. This tree follows the HTML instead. An element is
one part wherever it is broken, and what belongs to the page and not to the text is an artifact.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder

_HEADINGS = ("H1", "H2", "H3", "H4", "H5", "H6")
# What an element is by its tag, or by its tag and class, which comes first. What is not here adds nothing to the tree.
_ROLES = {
    **{role.lower(): role for role in (*_HEADINGS, "P", "TR", "TH", "TD", "Table", "Caption")},
    "section": "Sect", "section.index": "Index", "thead": "THead", "tbody": "TBody", "tfoot": "TFoot",
    "ol": "L", "ul": "L", "dl": "L", "li": "LI", "dt": "Lbl", "dd": "LBody", "li::marker": "Lbl",
    "span.label": "Lbl", "span.number": "Lbl", "div.contents": "TOC", "p.line": "TOCI", "p.part": "TOCI",
    "p.reference": "BibEntry", "div.remark": "Aside", "div.query": "Aside", "a": "Link", "abbr": "Span",
    "em": "Em", "strong": "Strong", "img": "Figure",
}  # fmt: skip
# Parts that hold parts only: text of their own stands in a paragraph.
_HOLDERS = frozenset("Document Sect Index Aside L Table THead TBody TFoot TR TOC TOCI".split())
_LISTED = ("LI", "TOCI")
_ONCE = ("Aside", "Em", "Strong")  # may not stand within one of their own kind
_GONE = b"gone"


class Mark(NamedTuple):
    """Text that is drawn on a page, by its number there."""

    page: int
    mcid: int
    text: str


class Touch(NamedTuple):
    """A place of a page that leads elsewhere."""

    page: int
    annotation: Any


@dataclass(slots=True, eq=False)
class Part:
    role: str
    parent: Part | None
    element: Any = None
    page: int = -1  # the first that it stands on
    kids: list[Part | Mark | Touch] = field(default_factory=list)
    reference: bytes = b""

    def walk(self) -> Iterator[Part]:
        yield self
        for kid in self.kids:
            if isinstance(kid, Part):
                yield from kid.walk()

    def marks(self) -> Iterator[Mark]:
        for kid in self.kids:
            if isinstance(kid, Part):
                yield from kid.marks()
            elif isinstance(kid, Mark):
                yield kid

    @property
    def text(self) -> str:
        return " ".join("".join(mark.text for mark in self.marks()).split())

    def above(self, *roles: str) -> Part | None:
        """Return the nearest part of one of these roles that this one is or stands in."""
        part: Part | None = self
        while part is not None and part.role not in roles:
            part = part.parent
        return part

    def first(self, *roles: str) -> Part | None:
        return next((part for part in self.walk() if part.role in roles), None)

    def get(self, name: str) -> str:
        return "" if self.element is None else self.element.get(name, "")


class TagTree:
    """Reads the boxes of all pages. `tags` of a page say which number its drawing gave to each box of text."""

    def __init__(self, pages: Sequence[Any], tags: Sequence[dict[Any, Any]]) -> None:
        self.root = Part("Document", None)
        self.places: dict[str, Part] = {}  # id -> the part to which it leads
        self.bookmarked: list[Part] = []
        self.artifacts: list[dict[int, str]] = [{} for _ in pages]  # page -> number -> what kind of artifact
        self.idle: list[tuple[int, Any]] = []  # page, a link that lies within another one to the same place
        self._parts: dict[tuple[Any, str], Part] = {}
        self._waiting: list[str] = []
        for number, (page, numbers) in enumerate(zip(pages, tags, strict=True)):
            self._numbers = numbers
            self._page = number
            self._read(page._page_box, self.root, None)
            if numbers:
                raise ValueError(f"page {number + 1} draws text that stands in no box")
        self._prune(self.root)
        for id, place in self.places.items():
            while place.reference == _GONE and place.parent is not None:
                place = place.parent
            self.places[id] = place

    def _read(self, box: Any, part: Part, linked: Any) -> None:
        if isinstance(box, AbsolutePlaceholder):
            box = box._box
        if isinstance(box, boxes.MarginBox):
            self._artifact(box, "Footer" if box.at_keyword.startswith("@bottom") else "Header")
            return
        if box.is_leader:
            self._drop(box, linked)
            self._artifact(box, "")
            return
        if isinstance(box, boxes.TextBox | boxes.ReplacedBox):
            self._mark(box, part)
            return
        if box.element is not None and not isinstance(box, boxes.LineBox):
            found = self._part(box, part)
            if found is None:  # the head of a table again
                self._artifact(box, "")
                return
            part = found
        if box.bookmark_label and box.style["bookmark_level"] != "none":
            self.bookmarked.append(part)
        if (annotation := box.link_annotation) is not None:
            if linked is not None and _target(linked) == _target(annotation):
                self.idle.append((self._page, annotation))
            else:
                linked = annotation
                self._home(part).kids.append(Touch(self._page, annotation))
        for child in getattr(box, "children", ()):
            self._read(child, part, linked)

    def _part(self, box: Any, part: Part) -> Part | None:
        """Return the part of a box's element: its own, or that of the element around it."""
        element, tag = box.element, box.element_tag
        id = element.get("id") if "::" not in tag else None
        found = self._parts.get((element, tag))
        if found is None:
            role = self._role(element, tag, part)
            if id is not None and id not in self.places and id not in self._waiting:
                self._waiting.append(id)
            found = part if role is None else self._add(role, part, element)
            self._parts[element, tag] = found
        elif found.role in ("THead", "TFoot") and found.element is element and found.page != self._page:
            return None
        return found

    def _role(self, element: Any, tag: str, part: Part) -> str | None:
        name = tag if tag == "li::marker" else tag.partition("::")[0]
        classes = (element.get("class") or "").split()
        role = next((_ROLES[key] for one in classes if (key := f"{name}.{one}") in _ROLES), _ROLES.get(name))
        if name in ("html", "body") or ("::" in tag and name != "li::marker"):
            return None
        if role == "Lbl" and name == "span":
            listed = part.above(*_LISTED)
            return role if listed is not None and listed.first("Lbl") is None and not listed.text else None
        if (role == "Span" and not self._expands(element)) or (role == "Link" and not element.get("href")):
            return None
        if role in _ONCE and part.above(role) is not None:
            return None
        return role

    def _expands(self, element: Any) -> bool:
        """Tell whether an abbreviation is met for the first time, and what it stands for is to be said."""
        said = (element.get("title"), "abbreviation")
        new = bool(said[0]) and said not in self._parts
        self._parts.setdefault(said, self.root)
        return new

    def _add(self, role: str, part: Part, element: Any) -> Part:
        if role == "Lbl":
            if part.role == "L":
                part = self._child("LI", part, None)
            else:
                part = part.above(*_LISTED) or part
        elif role == "LBody":
            before = part.kids[-1] if part.kids else None
            part = before if isinstance(before, Part) and before.role == "LI" else self._child("LI", part, None)
        else:
            part = self._home(part, role)
            if role == "Link" and (part.role == "TOCI" or "citation" in (element.get("class") or "").split()):
                part = self._child("Reference", part, element)
        return self._child(role, part, element)

    def _home(self, part: Part, role: str = "") -> Part:
        """Return where something that is no label goes: into the body of an item, into a paragraph of a holder."""
        if part.role == "LI":
            before = part.kids[-1] if part.kids else None
            return before if isinstance(before, Part) and before.role == "LBody" else self._child("LBody", part, None)
        inline = role in ("", "Span", "Em", "Strong", "Link")
        if inline and part.role in _HOLDERS and not (role == "Link" and part.role == "TOCI"):
            before = part.kids[-1] if part.kids else None
            loose = isinstance(before, Part) and before.role == "P" and before.element is None
            return before if loose and isinstance(before, Part) else self._child("P", part, None)
        return part

    def _child(self, role: str, part: Part, element: Any) -> Part:
        made = Part(role, part, element, self._page)
        part.kids.insert(0 if role == "Lbl" else len(part.kids), made)  # a label is read before what it labels
        if element is not None:
            self._settle(made)
        return made

    def _mark(self, box: Any, part: Part) -> None:
        number, text = self._numbers.pop(box)["mcid"], getattr(box, "text", "")
        if part.role in _HOLDERS and text.isspace():
            self.artifacts[self._page][number] = ""
            return
        part = self._loose(self._home(part))
        self._settle(part)
        part.kids.append(Mark(self._page, number, text))

    def _loose(self, part: Part) -> Part:
        """Return where text goes that follows a link or the like: some readers take what is a part's own for its
        beginning, so it gets a part too."""
        before = part.kids[-1] if part.kids else None
        if not isinstance(before, Part) or part.role == "Span":
            return part
        return before if before.role == "Span" and before.element is None else self._child("Span", part, None)

    def _settle(self, part: Part) -> None:
        for id in self._waiting:
            self.places[id] = part
        self._waiting.clear()

    def _artifact(self, box: Any, kind: str) -> None:
        for below in box.descendants(placeholders=True):
            inner = below._box if isinstance(below, AbsolutePlaceholder) else below
            if inner in self._numbers:
                self.artifacts[self._page][self._numbers.pop(inner)["mcid"]] = kind
            if inner is not box:
                self._drop(inner, inner.link_annotation)

    def _drop(self, box: Any, linked: Any) -> None:
        if box.link_annotation is not None and linked is not None:
            self.idle.append((self._page, box.link_annotation))

    def _prune(self, part: Part) -> bool:
        """Take out parts that hold nothing, and say whether this one does."""
        part.kids = [kid for kid in part.kids if not isinstance(kid, Part) or self._prune(kid)]
        if part.kids or part.role in ("TD", "TH"):
            return True
        part.reference = _GONE
        return False


def _target(annotation: Any) -> Any:
    action = annotation.get("A")
    return annotation["Dest"].string if "Dest" in annotation else None if action is None else action["URI"].string
