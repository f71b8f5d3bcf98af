"""A font of a PDF: which characters its codes are, and how wide."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from policypress.verify.pdf_syntax import Strange


@dataclass(slots=True)
class Font:
    """Codes of a font as text and as widths."""

    text: Mapping[int, str]
    widths: Mapping[int, float]
    width: float
    bytes: int
    name: str

    @staticmethod
    def read(font: Any) -> Font:
        composite = font.get("/Subtype") == "/Type0"
        name = str(font.get("/BaseFont", ""))
        if "/ToUnicode" not in font:
            raise Strange(f"the font {name} does not say which characters its glyphs are")
        if composite and font.get("/Encoding") != "/Identity-H":
            raise Strange(f"the font {name} has the encoding {font.get('/Encoding')}")
        widths: dict[int, float] = {}
        default = 0.0
        if composite:
            inner: Any = font["/DescendantFonts"][0].get_object()
            default = float(inner.get("/DW", 1000))
            wide = [one.get_object() for one in inner.get("/W", [])]
            while wide:
                first = int(wide[0])
                if isinstance(wide[1], list):
                    widths.update((first + place, float(one)) for place, one in enumerate(wide[1]))
                    del wide[:2]
                else:
                    widths.update((code, float(wide[2])) for code in range(first, int(wide[1]) + 1))
                    del wide[:3]
        elif "/Widths" in font:
            first = int(font["/FirstChar"])
            widths = {first + place: float(one) for place, one in enumerate(font["/Widths"])}
        data = font["/ToUnicode"].get_object().get_data()
        return Font(_to_unicode(data), widths, default, 2 if composite else 1, name)


def _to_unicode(data: bytes) -> dict[int, str]:
    found: dict[int, str] = {}
    for kind, block in re.findall(rb"begin(bfchar|bfrange)(.*?)end\1", data, re.S):
        codes = re.findall(rb"<([0-9A-Fa-f\s]*)>|(\[)|(\])", block)
        values = [bytes.fromhex(code.decode()) for code, *_ in codes]
        if any(mark for _, *marks in codes for mark in marks):
            raise Strange("a font maps its glyphs through a list")
        step = 2 if kind == b"bfchar" else 3
        for place in range(0, len(values) - step + 1, step):
            first, last, text = values[place], values[place + step - 2], values[place + step - 1]
            base = text.decode("utf-16-be", "replace")
            for code in range(int.from_bytes(first), int.from_bytes(last) + 1):
                found[code] = base[:-1] + chr(ord(base[-1]) + code - int.from_bytes(first)) if base else ""
    return found
