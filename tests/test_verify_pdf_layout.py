"""What a printed page says of itself is held against what stands there: numbers, heads, contents, index, colours."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from policypress.outline import outline
from policypress.render.pdf import compose
from policypress.verify.pdf_reading import contrast
from policypress.verify.read_pdf import PdfReading
from tests.test_verify_pdf_faults import TEMPLATES, library, page, printed, read, said, whole

DAMAGED: dict[str, list[tuple[str, str, str]]] = {
    "numbers": [
        ("</head>", "<style>.line a::after { content: leader('. ') '9' }</style></head>", "the contents say “Homesleeptest9” of section home-test"),
        ("</head>", "<style>a.named::after { content: ' (p. 99)' }</style></head>", "names page 99 for lab-study.one-unit"),
        ("</head>", "<style>@page { @bottom-right { content: 'Page 3 of 9' } }</style></head>", "calls itself “Page 3 of 9”"),
        ('data-short="3  [^"]*"', 'data-short="Abbreviations"', "runs under “Abbreviations”, and stands under “3 "),
        ('<meta name="author" content="[^"]*">', '<meta name="author" content="Somebody">', "gives its author as “Somebody”"),
    ],
    "looks": [
        ("</head>", "<style>.words { color: #8a8a8a }</style></head>", "has a contrast of 3.5:1 to its ground"),
        ("</head>", "<style>@page { @top-left { content: 'Confidential'; margin-top: 60mm } }</style></head>", "lies over the text"),
        ("</head>", "<style>.operator { margin-top: -8.6mm }</style></head>", "lies over “"),
        (r'(id="_code_95811">)95811', r"\g<1>95812", "the index lacks 95811"),
        (r'(id="_code_95810">.*?>)4, ruling', r"\g<1>3, ruling", "the index does not say that section 4 names 95810"),
        ('title="International', 'title="National', "is read out as “National"),
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", DAMAGED)
def test_a_page_that_is_wrong_about_itself_is_named(name: str) -> None:
    damaged = page()
    for pattern, replacement, wanted in DAMAGED[name]:
        damaged, count = re.subn(pattern, replacement, damaged, count=1, flags=re.S)
        assert count or not wanted, pattern
    found = said(printed(damaged))
    assert not [wanted for _, _, wanted in DAMAGED[name] if wanted not in found], found


def test_page_numbers_of_queries_are_compared() -> None:
    draft = replace(library()["durable-equipment"], status="draft")
    html = compose(outline(draft), TEMPLATES, draft=True)
    assert 'class="page" href' in html
    wrong = html.replace("</head>", "<style>a.page::before { content: '77' }</style></head>")
    found = PdfReading(draft, library(), printed(wrong), None).differences()
    assert any("“77” names page 77" in str(one) for one in found)
    bare = html.replace('href="#_code_E0562">HCPCS E0562</a> here', 'href="#_code_E0562">76376</a> here')
    assert bare != html
    found = PdfReading(draft, library(), printed(bare), None).differences()
    assert not any("names page" in str(one) for one in found)  # a code of digits alone is no page


def test_a_page_that_breaks_off_badly_is_named() -> None:
    assert not read(whole())
    torn = page().replace("</head>", "<style>.section { break-before: page } .connector { break-before: page }</style></head>")
    found = said(printed(torn))
    assert "opens with a lone “and”; part the long text or list that follows" in found
    assert re.search(r"page \d+ is only \d+% full", found)
    alone = page().replace("</head>", "<style>h3 { break-after: page }</style></head>")
    assert "ends with the heading “2 Sleep study in the laboratory”" in said(printed(alone))


def test_contrast_is_reckoned_as_wcag_does() -> None:
    assert contrast((0.0,), (1.0,)) == pytest.approx(21)
    assert contrast((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)) == pytest.approx(1)
    assert contrast((0x76 / 255,) * 3, (1.0,)) == pytest.approx(4.54, abs=0.01)  # the grey that is just enough
