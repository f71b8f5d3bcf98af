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
    within: tuple[Tag, ...]  # the tags that it stands in, the outermost first

    def tag(self, *roles: str) -> Tag | None:
        """Return the innermost of its tags that has one of these roles."""
        return next((tag for tag in reversed(self.within) if tag.role in roles), None)


class Tag(NamedTuple):
    """One tag, known by its number in reading order, and the name that it leads to."""

    number: int
    role: str
    leads: str
    read_as: str  # what an abbreviation stands for


def tagged(reader: PdfReader, numbers: dict[int, int]) -> list[Tagged]:
    """Return the marked content of a file in the order of its tags. `numbers` are the pages by object."""
    root: Any = reader.trailer["/Root"].get_object()
    if "/StructTreeRoot" not in root:
        raise Strange("the PDF has no tags")
    return list(_walk(root["/StructTreeRoot"], -1, 0, (), numbers, {}))


def _walk(
    element: Any, page: int, lists: int, within: tuple[Tag, ...], numbers: dict[int, int], seen: dict[int, Any]
) -> Iterator[Tagged]:
    if id(element) in seen:
        raise Strange("a tag stands below itself")
    seen[id(element)] = element
    role = str(element.get("/S", ""))[1:]
    for key in ("/ActualText", "/Alt"):
        if key in element and role != "Figure":
            raise Strange(f"a text is read out as another ({key[1:]} on {element.get('/S')})")
    if "/Pg" in element:
        page = numbers[element.raw_get("/Pg").idnum]
    lists += role == "L"
    kids: Any = element.get("/K")
    listed = kids if isinstance(kids, ArrayObject | list) else [] if kids is None else [kids]
    inside: list[Any] = [kid.get_object() if isinstance(kid, IndirectObject) else kid for kid in listed]
    leads = next((_leads(kid) for kid in inside if hasattr(kid, "get") and kid.get("/Type") == "/OBJR"), "")
    within = (*within, Tag(len(seen), role, leads, str(element.get("/E", ""))))
    mark = any(tag.role == "Lbl" for tag in within)
    for inner in inside:
        if hasattr(inner, "get"):
            if inner.get("/Type") == "/MCR":
                on = numbers[inner.raw_get("/Pg").idnum] if "/Pg" in inner else page
                yield Tagged(on, int(inner.get("/MCID")), lists, mark, within)
            elif inner.get("/Type") != "/OBJR":
                yield from _walk(inner, page, lists, within, numbers, seen)
        else:
            yield Tagged(page, int(inner), lists, mark, within)


def _leads(reference: Any) -> str:
    """Return the name to which a link leads; "" for one that leaves the file."""
    return str(reference["/Obj"].get("/Dest", ""))


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


def accounts(reader: PdfReader) -> list[dict[str, str]]:
    """Return what a file says of itself: in its metadata, and in its older dictionary where it has one."""
    about, older = reader.xmp_metadata, reader.metadata
    found = [] if about is None else [
        {
            "title": "; ".join((about.dc_title or {}).values()),
            "author": ", ".join(about.dc_creator or []),
            "day": "" if about.xmp_create_date is None else f"{about.xmp_create_date:%Y-%m-%d}",
            "language": ", ".join(about.dc_language or []),
        }
    ]
    if older is not None and older.title is not None:
        day = "" if older.creation_date is None else f"{older.creation_date:%Y-%m-%d}"
        root: Any = reader.trailer["/Root"].get_object()
        language = str(root.get("/Lang", ""))
        found.append({"title": str(older.title), "author": str(older.author or ""), "day": day, "language": language})
    return found
