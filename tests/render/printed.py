"""Small libraries to print, and a printed PDF read back by other libraries than the one that made it."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pypdf

from policypress.library import read_library
from policypress.outline import GuidelineOutline, outline

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
EXPORT = b'{"sections": []}\n'


def laid(name: str, source: Path = ROOT / "tests" / "library") -> GuidelineOutline:
    read = read_library(source)
    assert not read.findings
    return outline(next(guideline for guideline in read.library.guidelines if guideline.id == name))


class Printed:
    def __init__(self, pdf: bytes) -> None:
        self.bytes = pdf
        self.reader = pypdf.PdfReader(io.BytesIO(pdf))
        self.pages = [page.extract_text() for page in self.reader.pages]
        self.squeezed = squeeze("\n".join(self.pages))

    def page_of(self, name: str) -> int:
        return int(self.reader.get_destination_page_number(self.reader.named_destinations[name])) + 1


def squeeze(text: str) -> str:
    return re.sub(r"\s+", "", text)


def small(folder: Path, *texts: str, ruling: str = "", status: str = "draft", title: str = "Small") -> GuidelineOutline:
    """A library of one section whose criteria are the given texts."""
    (folder / "one" / "sections").mkdir(parents=True)
    (folder / "one" / "guideline.yaml").write_text(
        f"id: one\ntitle: {json.dumps(title, ensure_ascii=False)}\nversion: 1.0.0\nstatus: {status}\neffective: 2026-01-01\n"
        "publisher: Example Health Plan\nchapters:\n  - title: General\n    sections: [first]\n",
        encoding="utf-8",
    )
    items = "".join(
        f"    - id: first.t{place}\n      text: {json.dumps(text, ensure_ascii=False)}\n"
        for place, text in enumerate(texts)
    )
    (folder / "one" / "sections" / "first.yaml").write_text(
        f"id: first\ntitle: First\neffect: covered\n{ruling}criteria:\n  id: first.all\n  all:\n{items}",
        encoding="utf-8",
    )
    return laid("one", folder)
