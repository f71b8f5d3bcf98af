"""Writes the tags of a printed document in place of WeasyPrint's own, from the tree in `tag_tree`.

Reaches into private parts of one version of WeasyPrint; any other is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pydyf
import weasyprint
import weasyprint.pdf

from policypress.render.tag_tree import Mark, Part, TagTree, Touch

WRITTEN_FOR = "70.0"
_NAMESPACES = ("http://iso.org/pdf2/ssn", "http://iso.org/pdf/ssn")
_FORMER = frozenset("TOC TOCI Reference BibEntry Index".split())  # known to the namespace of PDF 1.7 alone
_NEW = {"Aside": "Div", "Em": "Span", "Strong": "Span"}  # unknown to it, and what stands for them there
_NUMBERED = re.compile(r"(\d+)\s+(.+)")


class OtherWeasyPrint(Exception):
    """The installed WeasyPrint is not the one whose inner parts are known here."""

    def __init__(self) -> None:
        installed = weasyprint.__version__
        super().__init__(f"its tags are written for WeasyPrint {WRITTEN_FOR}, and {installed} is installed")


@contextmanager
def own_tags() -> Iterator[None]:
    """Have WeasyPrint write our tags where it would write its own."""
    if weasyprint.__version__ != WRITTEN_FOR:
        raise OtherWeasyPrint()
    theirs = weasyprint.pdf.add_tags
    weasyprint.pdf.add_tags = add_tags
    try:
        yield
    finally:
        weasyprint.pdf.add_tags = theirs


def add_tags(pdf: Any, document: Any, version: str, streams: Sequence[Any]) -> None:
    """Stands in for the function of the same name in WeasyPrint."""
    tree = TagTree(document.pages, [stream._tags for stream in streams])
    for stream, artifacts in zip(streams, tree.artifacts, strict=True):
        _furnish(stream.stream, artifacts)
    _Writer(pdf, tree, newest=str(version) >= "2").write()


def _furnish(drawing: list[Any], artifacts: Mapping[int, str]) -> None:
    """Mark the drawing of what is no content as belonging to the page."""
    left = dict(artifacts)
    for at, thing in enumerate(drawing):
        if isinstance(thing, pydyf.Dictionary) and thing.get("MCID") in left:
            kind = left.pop(thing["MCID"])
            drawing[at - 1] = "/Artifact"
            drawing[at] = pydyf.Dictionary({"Type": "/Pagination", **({"Subtype": f"/{kind}"} if kind else {})})
    if left:
        raise ValueError("what belongs to a page is drawn outside of it")


class _Writer:
    def __init__(self, pdf: Any, tree: TagTree, newest: bool) -> None:
        self.pdf = pdf
        self.tree = tree
        self.newest = newest
        self.pages = pdf.page_references
        self._spare = [annotation.number for _, annotation in tree.idle]

    def write(self) -> None:
        self._drop_idle()
        parts = list(self.tree.root.walk())
        objects = [self._new() for _ in parts]
        for part, made in zip(parts, objects, strict=True):
            part.reference = made.reference
        root = self._new()
        content: list[dict[int, bytes]] = [{} for _ in self.pages]
        touches: list[tuple[Touch, Part]] = []
        spaces = [self._new() for _ in _NAMESPACES] if self.newest else []
        for space, name in zip(spaces, _NAMESPACES, strict=False):
            space.update({"Type": "/Namespace", "NS": pydyf.String(name)})
        for part, made in zip(parts, objects, strict=True):
            parent = root.reference if part.parent is None else part.parent.reference
            made.update({"Type": "/StructElem", "S": f"/{part.role}", "P": parent})
            if spaces:
                made["NS"] = spaces[part.role in _FORMER].reference
            self._fill(made, part, content, touches)
        root.update({"Type": "/StructTreeRoot", "K": pydyf.Array([self.tree.root.reference])})
        if spaces:
            root["Namespaces"] = pydyf.Array([space.reference for space in spaces])
        root["RoleMap"] = pydyf.Dictionary({role: f"/{stands}" for role, stands in _NEW.items()})
        self._parents(root, content, touches)
        self._lead(touches)
        self._outline()
        self.pdf.catalog["StructTreeRoot"] = root.reference
        self.pdf.catalog["MarkInfo"] = pydyf.Dictionary({"Marked": "true"})
        self.pdf.catalog["ViewerPreferences"] = pydyf.Dictionary({"DisplayDocTitle": "true"})
        self.pdf.catalog["PageMode"] = "/UseOutlines"

    def _new(self) -> Any:
        made = pydyf.Dictionary()
        if self._spare:
            made.number = self._spare.pop()
            self.pdf.objects[made.number] = made
        else:
            self.pdf.add_object(made)
        return made

    def _drop_idle(self) -> None:
        """Take out links that lie within another one to the same place; their numbers serve again."""
        gone: dict[int, set[bytes]] = {}
        for page, annotation in self.tree.idle:
            gone.setdefault(page, set()).add(annotation.reference)
        for page, references in gone.items():
            sheet = self.pdf.objects[self.pdf.pages["Kids"][3 * page]]
            left = [reference for reference in sheet["Annots"] if reference not in references]
            if left:
                sheet["Annots"] = pydyf.Array(left)
            else:
                del sheet["Annots"]

    def _fill(self, made: Any, part: Part, content: list[dict[int, bytes]], touches: list[tuple[Touch, Part]]) -> None:
        own = next((kid.page for kid in part.kids if not isinstance(kid, Part)), part.page)
        if own >= 0:
            made["Pg"] = self.pages[own]
        kids: list[Any] = []
        for kid in part.kids:
            if isinstance(kid, Part):
                kids.append(kid.reference)
            elif isinstance(kid, Mark):
                content[kid.page][kid.mcid] = part.reference
                there = {"Type": "/MCR", "Pg": self.pages[kid.page], "MCID": kid.mcid}
                kids.append(kid.mcid if kid.page == own else pydyf.Dictionary(there))
            else:
                touches.append((kid, part))
                there = {"Type": "/OBJR", "Pg": self.pages[kid.page], "Obj": kid.annotation.reference}
                kids.append(pydyf.Dictionary(there))
        made["K"] = kids[0] if len(kids) == 1 else pydyf.Array(kids)
        attributes = _attributes(part)
        if attributes:
            made["A"] = pydyf.Dictionary(attributes)
        if part.role == "Span" and part.get("title"):
            made["E"] = pydyf.String(part.get("title"))
        if part.role == "Figure":
            made["Alt"] = pydyf.String(part.get("alt"))
        if part.role == "TOCI" and self.newest:
            link = part.first("Link")
            if link is not None and (target := self.tree.places.get(link.get("href")[1:])) is not None:
                made["Ref"] = pydyf.Array([target.reference])

    def _parents(self, root: Any, content: list[dict[int, bytes]], touches: Sequence[tuple[Touch, Part]]) -> None:
        """Lead from marked content and links back to their parts."""
        numbers = pydyf.Array()
        for page, marks in enumerate(content):
            there = [marks.get(mcid, b"null") for mcid in range(max(marks, default=-1) + 1)]
            numbers.extend((page, pydyf.Array(there)))
        for place, (touch, part) in enumerate(touches, len(content)):
            touch.annotation["StructParent"] = place
            numbers.extend((place, part.reference))
        tree = self._new()
        tree["Nums"] = numbers
        root.update({"ParentTree": tree.reference, "ParentTreeNextKey": len(content) + len(touches)})

    def _lead(self, touches: Sequence[tuple[Touch, Part]]) -> None:
        """Links say where they lead, and every name leads to a part and not only to a height of a page."""
        names = self.pdf.catalog.get("Names", {}).get("Dests", {}).get("Names", [])
        page_of = {reference: page for page, reference in enumerate(self.pages, 1)}
        said: dict[str, Any] = {}
        for at in range(0, len(names), 2):
            name, there = names[at].string, names[at + 1]
            part = self.tree.places[name]
            said[name] = pydyf.String(f"{_described(part)}, page {page_of[there[0]]}")
            if self.newest:
                names[at + 1] = self._go(there, part).reference
        for touch, _ in touches:
            touch.annotation["F"] = 4  # is printed
            if "Dest" in touch.annotation:
                touch.annotation["Contents"] = said[touch.annotation["Dest"].string]

    def _go(self, there: Any, part: Part) -> Any:
        made = self._new()
        made.update({"S": "/GoTo", "D": there, "SD": pydyf.Array([part.reference, *there[1:]])})
        return made

    def _outline(self) -> None:
        if not self.newest or "Outlines" not in self.pdf.catalog:
            return
        things: list[Any] = [thing for thing in self.pdf.objects if isinstance(thing, dict)]
        entries = sorted((thing for thing in things if {"Title", "Dest"} <= thing.keys()), key=lambda one: one.number)
        for entry, part in zip(entries, self.tree.bookmarked, strict=True):
            entry["A"] = self._go(entry.pop("Dest"), part).reference


def _attributes(part: Part) -> dict[str, Any]:
    if part.role == "L":
        labels = [kid.first("Lbl") for kid in part.kids if isinstance(kid, Part)]
        kind = "Unordered" if part.element.tag == "ul" else "Decimal" if any(labels) else "None"
        return {"O": "/List", "ListNumbering": "/Disc" if kind == "Unordered" else f"/{kind}"}
    if part.role in ("TH", "TD"):
        spans = [(key, part.get(key.lower())) for key in ("ColSpan", "RowSpan")]
        made: dict[str, Any] = {key: int(value) for key, value in spans if value.isdigit() and int(value) > 1}
        if part.role == "TH":
            made["Scope"] = "/Row" if part.get("scope").startswith("row") else "/Column"
        return {"O": "/Table", **made} if made else {}
    return {}


def _described(part: Part) -> str:
    """Say what a link leads to as one would say it aloud."""
    sect = part.above("Sect", "Index", "Document")
    heading: Part | None = None
    while sect is not None and heading is None:
        heading = next((kid for kid in sect.kids if isinstance(kid, Part) and kid.role in ("H1", "H2", "H3")), None)
        sect = sect.parent
    text = heading.text if heading is not None else ""
    numbered = _NUMBERED.fullmatch(text)
    place = f"section {numbered[1]}, {numbered[2]}" if numbered is not None else text
    item = part.above("LI")
    own = ""
    if part.role in ("TH", "TD"):
        own = part.text
    elif item is not None and (label := item.first("Lbl")) is not None:
        own = label.text
    elif part.role == "H4":
        own = part.text.partition(" ")[0] if len(part.text.partition(" ")[0]) == 1 else part.text
    said = f"{own}, {place}" if own and part is not heading else place
    return said[:1].upper() + said[1:]
