"""Texts and templates that would damage a PDF: laid out whole, or refused by name."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from policypress.render.pdf import PdfFault, render
from tests.render.printed import EXPORT, TEMPLATES, Printed, small, squeeze


@pytest.mark.parametrize(
    "text",
    [
        "Antidisestablishment" * 20,
        "/".join(str(code) for code in range(78811, 78871)),
        "PET" + "\u2011PET" * 100,
        "1" * 300 + " weeks",
        "Greek α, ≥ 5 µg/l, ½, naïve ™",
    ],
)
def test_hostile_text_is_laid_out_whole(tmp_path: Path, text: str) -> None:
    printed = Printed(render(small(tmp_path, text, "It holds"), EXPORT, TEMPLATES, draft=False))
    assert squeeze(text) in printed.squeezed


@pytest.mark.parametrize(
    ("text", "char"), [("שלום", "U+05D5 HEBREW LETTER VAV"), ("漢", "U+6F22 CJK"), ("A😀", "U+1F600 GRINNING")]
)
def test_a_character_without_a_glyph_is_refused_by_name(tmp_path: Path, text: str, char: str) -> None:
    with pytest.raises(PdfFault, match=re.escape(f"one: first.t1: the fonts have no {char}")):
        render(small(tmp_path, "It holds", text, title="Titled"), EXPORT, TEMPLATES, draft=False)


def test_a_text_that_runs_out_of_the_page_is_refused(tmp_path: Path) -> None:
    templates = restyled(tmp_path, ".words { white-space: nowrap }")
    guideline = small(tmp_path / "source", "It holds", "and so on " * 30)
    with pytest.raises(PdfFault, match=re.escape("one: first.t1: a text runs out of the page")):
        render(guideline, EXPORT, templates, draft=False)


def restyled(folder: Path, css: str) -> Path:
    templates = folder / "templates"
    shutil.copytree(TEMPLATES, templates, ignore=shutil.ignore_patterns("site", "*.woff2"))
    with (templates / "pdf" / "guideline.css").open("a", encoding="utf-8") as sheet:
        sheet.write(css)
    return templates


@pytest.mark.parametrize(
    ("css", "cause"),
    [
        ("p { no-such-property: 1 }", "WeasyPrint: Ignored `no-such-property"),
        ("body { background: url(http://localhost:9/a.png) }", "asks for http://localhost:9/a.png"),
        ("body { background: url(/etc/hostname) }", "asks for file:///etc/hostname"),
        ("body { background: url(../../out.svg) }", "asks for file:///"),
        (
            "@font-face { font-family: Far; src: url(http://localhost:9/f.woff) } p { font-family: Far }",
            "asks for http",
        ),
    ],
)
def test_a_warning_or_a_strange_file_is_a_fault_every_time(tmp_path: Path, css: str, cause: str) -> None:
    (tmp_path / "out.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    templates = restyled(tmp_path, css)
    guideline = small(tmp_path / "source", "It holds")
    for _ in range(2):
        with pytest.raises(PdfFault, match=re.escape(cause)):
            render(guideline, EXPORT, templates, draft=False)
