"""The tags of a PDF: which drawn text is content, in which order it is read out, how deep in lists it stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from policypress.verify.pdf_syntax import Strange


class Tagged(NamedTuple):
    """One piece of marked content: where it is drawn, in how many lists it stands."""

    page: int
    mcid: int
    lists: int
    mark: bool  # the bullet of a list


def tagged(reader: PdfReader, numbers: dict[int, int]) -> list[Tagged]:
    """Return the marked content of a file in the order of its tags. `numbers` are the pages by object."""
    root: Any = reader.trailer["/Root"].get_object()
    if "/StructTreeRoot" not in root:
        raise Strange("the PDF has no tags")
    return list(_walk(root["/StructTreeRoot"], -1, 0, False, numbers, set()))


def _walk(element: Any, page: int, lists: int, mark: bool, numbers: dict[int, int], seen: set[int]) -> Iterator[Tagged]:
    if id(element) in seen:
        raise Strange("a tag stands below itself")
    seen.add(id(element))
    for key in ("/ActualText", "/Alt"):
        if key in element and element.get("/S") != "/Figure":
            raise Strange(f"a text is read out as another ({key[1:]} on {element.get('/S')})")
    if "/Pg" in element:
        page = numbers[element.raw_get("/Pg").idnum]
    lists += element.get("/S") == "/L"
    mark = mark or element.get("/S") == "/Lbl"
    kids: Any = element.get("/K")
    for kid in kids if isinstance(kids, ArrayObject | list) else [] if kids is None else [kids]:
        inner: Any = kid.get_object() if isinstance(kid, IndirectObject) else kid
        if hasattr(inner, "get"):
            if inner.get("/Type") == "/MCR":
                on = numbers[inner.raw_get("/Pg").idnum] if "/Pg" in inner else page
                yield Tagged(on, int(inner.get("/MCID")), lists, mark)
            elif inner.get("/Type") != "/OBJR":
                yield from _walk(inner, page, lists, mark, numbers, seen)
        else:
            yield Tagged(page, int(inner), lists, mark)


def destinations(reader: PdfReader, numbers: dict[int, int]) -> dict[str, tuple[int, float]]:
    """Return name -> page and height of every named place."""
    root: Any = reader.trailer["/Root"].get_object()
    found: dict[str, tuple[int, float]] = {}

    def visit(node: Any) -> None:
        names = node.get("/Names", [])
        for name, there in zip(names[::2], names[1::2], strict=False):
            place: Any = there.get_object()
            place = place["/D"] if hasattr(place, "get") else place
            found[str(name)] = (numbers[place[0].idnum], float(place[3]))
        for kid in node.get("/Kids", []):
            visit(kid.get_object())

    visit(root.get("/Names", {}).get("/Dests", DictionaryObject()).get_object())
    return found


def attachments(reader: PdfReader) -> dict[str, bytes]:
    """Return the files that a PDF carries."""
    root: Any = reader.trailer["/Root"].get_object()
    found: dict[str, bytes] = {}

    def visit(node: Any) -> None:
        names = node.get("/Names", [])
        for _, there in zip(names[::2], names[1::2], strict=False):
            file = there.get_object()
            stream = file["/EF"].get("/UF") or file["/EF"]["/F"]
            found[str(file.get("/UF") or file.get("/F"))] = stream.get_object().get_data()
        for kid in node.get("/Kids", []):
            visit(kid.get_object())

    visit(root.get("/Names", {}).get("/EmbeddedFiles", DictionaryObject()).get_object())
    return found


def titles(reader: PdfReader) -> list[str]:
    """Return what a file calls itself: in its metadata, and in its older dictionary where it has one."""
    about = reader.xmp_metadata
    found = [] if about is None else list((about.dc_title or {}).values())
    older = reader.metadata
    return (found or [""]) + ([] if older is None or older.title is None else [str(older.title)])
