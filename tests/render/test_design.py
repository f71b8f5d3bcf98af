"""A publisher sets the look of the printed edition in one file, and every check still runs on the result."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from policypress.render.design import DesignFault, contrast, read_design
from policypress.render.export import export
from policypress.render.pdf import PdfFault, render
from policypress.verify.read_pdf import PdfReading
from tests.render.printed import TEMPLATES, Printed, small

CHANGED = {
    'size = "Letter"': 'size = "A4"',
    'text = "10.5pt"': 'text = "11pt"',
    'accent = "#12456b"': 'accent = "#6b1239"',
    'head = ""': 'head = "Example \\"Care\\" Plan"',
    'foot = ""': 'foot = "Internal copy"',
    'file = ""': 'file = "logo.svg"',
    'standard = "PDF/UA-2"': 'standard = "PDF/UA-1"',
}
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#6b1239"/></svg>'


def templates(folder: Path, **changes: str) -> Path:
    """Copy the templates with another design."""
    copied = folder / "templates"
    shutil.copytree(TEMPLATES, copied)
    text = (copied / "design.toml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (copied / "design.toml").write_text(text, encoding="utf-8")
    return copied


def test_a_design_changes_the_print_and_the_print_is_proved(tmp_path: Path) -> None:
    own = templates(tmp_path, **CHANGED)
    (own / "pdf" / "logo.svg").write_text(LOGO, encoding="utf-8")
    laid = small(tmp_path / "source", "It holds", "PET/CT was done", status="final")
    exported = export(laid, False)
    printed = Printed(render(laid, exported, own, draft=False))
    sheet = printed.reader.pages[0].mediabox
    assert (round(sheet.width), round(sheet.height)) == (595, 842)
    assert all('Example "Care" Plan' in " ".join(page.split()) for page in printed.pages[1:])  # on one line or two
    assert all("Internal copy · one, version 1.0.0" in page for page in printed.pages[1:])
    colors = {match for page in printed.reader.pages for match in re.findall(rb"[\d.]+ [\d.]+ [\d.]+ rg", page.get_contents().get_data())}  # fmt: skip
    assert any(color.startswith(b"0.419608 0.070588 0.223529") for color in colors)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in printed.reader.trailer["/Root"]["/Metadata"].get_data()
    assert printed.reader.metadata is not None
    assert printed.reader.metadata.title == "Small (one), version 1.0.0"
    found = PdfReading(laid.guideline, {}, printed.bytes, exported).differences()
    assert [str(one) for one in found] == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('ink = "#1b2430"', 'ink = "#9aa4b0"', r"ink on white has a contrast of 2\.5\d:1, and 4\.5:1 is needed"),
        ('any-tint = "#fbf3e6"', 'any-tint = "#c9a050"', "any on any-tint has a contrast of"),
        ('accent = "#12456b"', 'accent = "navy"', r'says .navy. for colors\.accent, which wants a color'),
        ('accent = "#12456b"', 'acent = "#12456b"', r"has colors\.acent; did you mean accent\?"),
        ('head = ""', 'head = ""\nheed = "x"', r"has words\.heed; did you mean head\?"),
        ('size = "Letter"', 'size = "Letter; } body { display: none"', r"for page\.size, which wants"),
        ('file = ""', 'file = "../../x.svg"', r"for logo\.file, which wants an SVG"),
        ('file = ""', 'file = "gone.svg"', r"names the logo gone\.svg"),
        ('accent = "#12456b"', "", r"lacks colors\.accent"),
        ("[words]", "[word]", r"has \[word\], which is none of"),
        ("[words]", "[words", "cannot be read"),
        ("# [file.guidelines]", '[file.guidelines]\nx = "PDF/X"', r"file\.guidelines\.x, which wants PDF/UA-2 or"),
    ],
)
def test_a_design_that_cannot_be_used_is_refused_by_its_key(old: str, new: str, said: str, tmp_path: Path) -> None:
    own = templates(tmp_path, **{old: new})
    with pytest.raises(DesignFault, match=said):
        read_design(own)
    with pytest.raises(PdfFault, match=r"design\.toml"):
        render(small(tmp_path / "source", "It holds"), b"{}", own, draft=True)


def test_a_head_that_runs_off_the_paper_is_refused(tmp_path: Path) -> None:
    own = templates(tmp_path, **{'head = ""': 'head = "' + 80 * "W" + '"'})
    with pytest.raises(PdfFault, match="a running head: a text runs out of the page"):
        render(small(tmp_path / "source", "It holds", status="final"), b"{}", own, draft=False)


def test_another_font_in_the_same_folder_is_taken_by_the_next_print(tmp_path: Path) -> None:
    """A process that watches the templates prints many times."""
    own = templates(tmp_path)
    laid = small(tmp_path / "source", "It holds")
    before = render(laid, b"{}", own, draft=True)
    assert render(laid, b"{}", own, draft=True) == before
    plain = own / "fonts" / "IBMPlexSans-Regular.woff"
    shutil.copy(own / "fonts" / "IBMPlexSerif-Regular.woff", plain)
    assert render(laid, b"{}", own, draft=True) != before
    with TTFont(plain) as font:
        for table in font["cmap"].tables:
            table.cmap.pop(ord("H"), None)
        font.save(tmp_path / "without.woff")
    shutil.copy(tmp_path / "without.woff", plain)
    with pytest.raises(PdfFault, match=r"the fonts have no U\+0048"):
        render(laid, b"{}", own, draft=True)


def test_one_guideline_may_keep_to_another_standard(tmp_path: Path) -> None:
    design = read_design(templates(tmp_path, **{"# [file.guidelines]\n# oncology": "[file.guidelines]\noncology"}))
    assert design.standard("oncology-imaging") == "PDF/UA-1"
    assert design.standard("another") == "PDF/UA-2"


def test_a_folder_of_templates_without_a_design_keeps_its_own_values(tmp_path: Path) -> None:
    design = read_design(tmp_path)
    assert design.standard("any") == "PDF/UA-2"
    assert design.style("a { color: var(--ink) }") == "a { color: var(--ink) }"


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
