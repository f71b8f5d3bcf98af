"""What a printed guideline sounds like: one tag a thing, in reading order, with links that say where they lead."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policypress.library import read_library
from policypress.printing import Wish, print_edition
from policypress.verify.pdf_tags import Tagged, tagged
from policypress.verify.pdf_text import PageText, Run
from tests.render import verapdf
from tests.render.printed import ROOT, TEMPLATES, Printed


@pytest.fixture(scope="module")
def printed() -> Printed:
    """A guideline in large print: its paragraphs and tables run over the ends of many pages."""
    library = read_library(ROOT / "tests" / "library").library
    guideline = next(one for one in library.guidelines if one.id == "sleep-and-anesthesia")
    return Printed(print_edition(library, Wish(guideline, "large-print"), TEMPLATES)[0])


@pytest.fixture(scope="module")
def aloud(printed: Printed) -> list[tuple[Tagged, Run]]:
    """What is read aloud, in its order."""
    numbers = {page.indirect_reference.idnum: place for place, page in enumerate(printed.reader.pages)}
    fonts: dict[int, Any] = {}
    runs: dict[tuple[int, int | None], list[Run]] = {}
    for number, page in enumerate(printed.reader.pages):
        for run in PageText(page, fonts).runs:
            runs.setdefault((number, run.mcid), []).append(run)
    return [(tag, run) for tag in tagged(printed.reader, numbers) for run in runs.get((tag.page, tag.mcid), [])]


def elements(printed: Printed) -> Iterator[Any]:
    stack = [printed.reader.trailer["/Root"]["/StructTreeRoot"]["/K"][0]]
    while stack:
        element = stack.pop().get_object()
        if "/S" in element:
            yield element
            kids = element.get("/K", [])
            stack += [kid for kid in (kids if isinstance(kids, list) else [kids]) if not isinstance(kid, int)]


def test_large_print_stands_in_18_points_throughout(aloud: list[tuple[Tagged, Run]]) -> None:
    assert min(run.size for _, run in aloud if run.size) == pytest.approx(18, abs=0.05)


@pytest.mark.thorough
def test_the_whole_large_print_keeps_to_the_standards(printed: Printed, tmp_path: Path) -> None:
    file = tmp_path / "large.pdf"
    file.write_bytes(printed.bytes)
    assert verapdf.faults({file: verapdf.NEWEST}) == {f"large.pdf {name}": [] for name in verapdf.NEWEST}


def test_an_item_is_read_with_its_label_first_and_its_connector_last(aloud: list[tuple[Tagged, Run]]) -> None:
    said = "".join("".join(run.text for _, run in aloud).split())
    assert "A.1ATLEAST2ofthefollowing4aremetlab-study.signsA.1.1Loudsnoringisreportedlab-study.snoring" in said
    assert "and/orA.1.2Abedpartnerhasseenbreathingpauseslab-study.pausesand/orA.1.3Theindividual" in said


def test_a_paragraph_is_one_tag_over_all_its_lines_and_pages(aloud: list[tuple[Tagged, Run]]) -> None:
    pages: dict[int, set[int]] = {}
    texts: dict[int, str] = {}
    for tag, run in aloud:
        for one in tag.within:
            pages.setdefault(one.number, set()).add(tag.page)
        texts[tag.within[-1].number] = texts.get(tag.within[-1].number, "") + run.text
    roles = {one.number: one.role for tag, _ in aloud for one in tag.within}
    assert sum(len(found) > 1 for number, found in pages.items() if roles[number] == "Table") >= 1
    assert sum(len(found) > 1 for number, found in pages.items() if roles[number] == "L") > 3
    assert any(roles[number] == "P" and len(text) > 150 for number, text in texts.items())


def test_text_behind_a_link_has_a_tag_of_its_own(printed: Printed) -> None:
    """outloud takes what stands in a tag itself for its beginning, and heard long lists of links out of order."""
    mixed = 0
    for element in elements(printed):
        kids = element.get("/K", [])
        kids = [kid.get_object() for kid in kids] if isinstance(kids, list) else [kids]
        own = [isinstance(kid, int) or kid.get("/Type") == "/MCR" for kid in kids]
        assert own == sorted(own, reverse=True) or "/Link" in str(element["/S"]), str(element)
        mixed += len(set(own)) > 1
    assert mixed > 10


def test_the_head_of_a_table_is_read_once(aloud: list[tuple[Tagged, Run]], printed: Printed) -> None:
    heads: dict[int, list[str]] = {}
    for tag, run in aloud:
        table = tag.tag("Table")
        if table is not None and tag.tag("THead") is not None:
            heads.setdefault(table.number, []).append(run.text.strip())
    assert heads
    assert all(max(Counter(filter(None, words)).values()) == 1 for words in heads.values())
    assert "".join(printed.pages).count("Named in") > len(heads)  # on paper it stands on every page


def test_what_belongs_to_the_page_is_not_read(printed: Printed, aloud: list[tuple[Tagged, Run]]) -> None:
    assert not any("Page " in run.text and " of " in run.text for _, run in aloud)
    assert not any("(continued)" in run.text for _, run in aloud)
    assert not any(re.fullmatch(r"[ .]{4,}", run.text) for _, run in aloud)
    drawing = printed.reader.pages[3].get_contents()
    assert drawing is not None
    assert b"/Subtype /Header" in drawing.get_data()
    assert b"/Subtype /Footer" in drawing.get_data()


def test_links_say_where_they_lead(printed: Printed) -> None:
    said = {
        str(link.get_object()["/Contents"])
        for page in printed.reader.pages
        for link in page.get("/Annots", [])
        if "/Dest" in link.get_object()
    }
    page = printed.page_of("lab-study")
    assert f"Section 2, Sleep study in the laboratory, page {page}" in said
    assert f"R5, section 2, Sleep study in the laboratory, page {printed.page_of('lab-study.one-unit')}" in said
    assert f"95810, Code index, page {printed.page_of('_code_95810')}" in said
    assert all(re.search(r", page \d+$", one) for one in said)


def test_each_kind_of_thing_has_its_tag(printed: Printed) -> None:
    kinds = Counter(str(element["/S"]) for element in elements(printed))
    for kind in ("/TOC", "/TOCI", "/Reference", "/Index", "/BibEntry", "/Aside", "/Caption", "/THead"):
        assert kinds[kind], kind
    assert kinds["/LI"] == kinds["/LBody"]
    entries = [element for element in elements(printed) if element["/S"] == "/TOCI"]
    assert all("/Ref" in entry for entry in entries)
