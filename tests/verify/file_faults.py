"""Faults seeded into a finished PDF: in how words are drawn, in its tags, in its places."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from pypdf import PdfWriter
from pypdf.generic import NameObject, NumberObject, TextStringObject

DRAWINGS: dict[str, Callable[[bytes], bytes]] = {
    "drawn invisibly": lambda block: block.replace(b"BT", b"BT 3 Tr", 1),
    "the colour of its ground": lambda block: block.replace(b"BT", b"1 1 1 rg BT", 1),
    "points high": lambda block: re.sub(rb"[\d.]+ Tf", b"2 Tf", block, count=1),
    "outside the page": lambda block: re.sub(rb"1 0 0 -1 [\d.]+", b"1 0 0 -1 -900", block, count=1),
    "below it": lambda block: re.sub(rb"(1 0 0 -1 [\d.]+) [\d.]+", rb"\1 2000", block, count=1),
    "cut off": lambda block: b"q 0 0 5 5 re W n " + block + b" Q",
    "erased": lambda block: re.sub(rb"\[.*?\]\s*TJ", b"", block, flags=re.S),
    "another glyph": lambda block: re.sub(
        rb"<([0-9a-f]{4})", lambda match: b"<%04x" % (int(match[1], 16) + 1), block, count=1
    ),
    "an ornament": lambda block: re.sub(rb"/Span\s+<</MCID \d+>>\s+BDC", b"/Artifact BMC", block),
    "given out as another": lambda block: re.sub(rb"(/MCID \d+)", rb"\1 /ActualText (no snoring)", block),
    "switched off": lambda block: b"/OC <</Name (layer)>> BDC " + block + b" EMC",
}


def untagged(writer: PdfWriter, number: int, mcid: int) -> None:
    for thing in writer._objects:
        kids = getattr(thing, "get", lambda _: None)("/K")
        if kids is None or "/S" not in thing or "/Pg" not in thing:
            continue
        numbers = kids if isinstance(kids, list) else [kids]
        here = thing.raw_get("/Pg").idnum == writer.pages[number].indirect_reference.idnum
        if here and any(isinstance(one, NumberObject) and one == mcid for one in numbers):
            thing[NameObject("/K")] = NumberObject(9999)


def renamed(writer: PdfWriter, id: str) -> None:
    def visit(node: Any) -> None:
        names = node.get("/Names", [])
        for at in range(0, len(names), 2):
            if names[at] == id:
                names[at] = TextStringObject(id + "x")
        for kid in node.get("/Kids", []):
            visit(kid.get_object())

    visit(writer._root_object["/Names"]["/Dests"].get_object())


def reordered(writer: PdfWriter) -> None:
    for thing in writer._objects:
        kids = thing.get("/K") if getattr(thing, "get", lambda _: None)("/S") == "/L" else None
        if isinstance(kids, list) and len(kids) == 4:
            kids.insert(0, kids.pop())
