"""What a printed guideline says, where, and what the file itself carries."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pikepdf
import pypdfium2
import pytest

from policypress.criteria import Criterion
from policypress.outline import GuidelineOutline, Item, RulingOutline
from policypress.render import paper
from policypress.render.pdf import render
from policypress.verify.read_pdf import PdfReading
from tests.render.printed import EXPORT, ROOT, TEMPLATES, Printed, laid, small, squeeze

MARK = (238, 241, 245)  # the colour of the mark behind the text


@pytest.fixture(scope="module")
def sleep() -> GuidelineOutline:
    return laid("sleep-and-anesthesia")


@pytest.fixture(scope="module")
def final(sleep: GuidelineOutline) -> Printed:
    return Printed(render(sleep, EXPORT, TEMPLATES, draft=False))


@pytest.fixture(scope="module")
def draft(sleep: GuidelineOutline) -> Printed:
    return Printed(render(sleep, EXPORT, TEMPLATES, draft=True))


def tokens(item: Item) -> Iterator[str]:
    """What is printed of a tree, in order: a group stands behind what it applies to and before its exceptions."""
    first = [guard for guard in item.guards if item.heading and guard.role == "applies_when"]
    if isinstance(item.node, Criterion):
        yield item.label + item.node.text.value
    elif item.role == "member":
        yield item.label
    for guard in first:
        yield from tokens(guard)
    if item.heading is not None:
        yield str(item.heading)
    for below in (*item.members, *(guard for guard in item.guards if guard not in first)):
        yield from tokens(below)
    if item.connector:
        yield f"[{item.connector}]"


def test_every_label_text_and_connector_stands_in_reading_order(sleep: GuidelineOutline, final: Printed) -> None:
    # A connector has a line of its own; the brackets keep it apart from an "and" in a sentence.
    text = squeeze(re.sub(r"^ *(and|or|and/or) *$", r"[\1]", "\n".join(final.pages), flags=re.M))
    trees = [part for section in sleep.sections for part in (*section.rulings, *section.coding_rules)]
    wanted = [
        squeeze(token)
        for part in trees
        for root in [part.root if isinstance(part, RulingOutline) else part.when]
        if root is not None
        for token in tokens(root)
    ]
    place = text.index(squeeze("1 General requirements These points"))
    for token in wanted:
        found = text.find(token, place)
        assert found >= 0, token
        place = found + len(token)
    joined = [token for token in wanted if token in ("[and]", "[or]", "[and/or]")]
    assert re.findall(r"\[(?:and|or|and/or)\]", text) == joined
    assert len(joined) > 25


def test_ids_are_named_destinations_on_the_page_that_prints_them(sleep: GuidelineOutline, final: Printed) -> None:
    for name in sleep.places:
        page = final.pages[final.page_of(name) - 1]
        shown = sleep.places[name].section.title if name in {section.id for section in sleep.sections} else name
        assert squeeze(shown) in squeeze(page), name


def test_contents_and_outline_lead_to_the_right_pages(sleep: GuidelineOutline, final: Printed) -> None:
    contents = "\n".join(final.pages[1:3])
    for section in sleep.sections:
        found = re.search(rf"^{section.number}\s*{re.escape(section.title)}[ .]+(\d+)$", contents, re.M)
        assert found is not None, section.title
        assert int(found[1]) == final.page_of(section.id)
    chapters = [entry.title for entry in final.reader.outline if not isinstance(entry, list)]
    below = [[entry.title for entry in entry] for entry in final.reader.outline if isinstance(entry, list)]
    assert chapters[:3] == ["Contents", "How to read the criteria", "Revisions"]
    assert [chapter.title.value for chapter, _ in sleep.chapters] == chapters[3:6]
    titles = [title for chapter in below for title in chapter]
    assert titles == [f"{section.number} {section.title}" for section in sleep.sections]


def test_every_page_counts_itself(final: Printed) -> None:
    for number, page in enumerate(final.pages, 1):
        assert f"Page {number} of {len(final.pages)}" in page


@pytest.mark.parametrize("name", ["final", "draft"])
def test_no_page_opens_with_a_connector_or_ends_with_a_heading(name: str, request: pytest.FixtureRequest) -> None:
    printed: Printed = request.getfixturevalue(name)
    for page in printed.pages[1:]:
        lines = [line.strip() for line in page.splitlines() if line.strip()]
        foot = next(place for place, line in enumerate(lines) if line.startswith("SLP-ANE-001, version"))
        body = [line for line in lines[:foot] if line != "DRAFT" and "(continued)" not in line]
        assert body[0] not in ("and", "or", "and/or")
        assert not re.search(r"(^|\s)(ALL|ANY|NONE|NOT|AT LEAST \d+) |\bwhen\b|^Coding rules|^Codes in", body[-1])


def test_code_index_names_the_page_of_each_use(final: Printed) -> None:
    index = squeeze("".join(final.pages[final.page_of("_codes") - 1 :]))
    assert f"2,R5(p.{final.page_of('lab-study.one-unit')})" in index
    assert f"6,R1(p.{final.page_of('dental-anesthesia.guided-block')})" in index
    assert "CPT® is a registered trademark of the American Medical Association." in final.pages[0]


@pytest.mark.parametrize("name", ["final", "draft"])
def test_draft_mark_on_every_page_if_and_only_if_a_draft(name: str, request: pytest.FixtureRequest) -> None:
    printed: Printed = request.getfixturevalue(name)
    drawn = pypdfium2.PdfDocument(printed.bytes)
    marked = []
    for number, text in enumerate(printed.pages):
        colours = {colour for _, colour in drawn[number].render(scale=0.3).to_pil().getcolors(100_000)}
        assert (MARK in colours) == ("DRAFT" in text)
        marked.append(MARK in colours)
    assert set(marked) == {name == "draft"}


def test_retired_guideline_says_so_on_every_page(tmp_path: Path) -> None:
    printed = Printed(render(small(tmp_path, "It holds", status="retired"), EXPORT, TEMPLATES, draft=False))
    assert all("RETIRED" in page for page in printed.pages)
    assert not any("DRAFT" in page for page in printed.pages)


def test_queries_are_shown_in_drafts_only_with_their_page(tmp_path: Path) -> None:
    guideline = small(tmp_path, "It holds", ruling="query: Does it hold at night as well?\n")
    shown = Printed(render(guideline, EXPORT, TEMPLATES, draft=True))
    assert shown.squeezed.count(squeeze("Does it hold at night as well?")) == 2
    listed = squeeze(shown.pages[shown.page_of("_queries") - 1])
    assert re.search(rf"Doesitholdatnightaswell\?{shown.page_of('first')}", listed)
    assert "night as well" not in "".join(Printed(render(guideline, EXPORT, TEMPLATES, draft=False)).pages)


def test_incomplete_and_not_covered_are_said_in_words(tmp_path: Path, final: Printed) -> None:
    guideline = small(tmp_path, "It holds", ruling="complete: false\n")
    assert "CoveredwhenIncomplete" in Printed(render(guideline, EXPORT, TEMPLATES, draft=True)).squeezed
    assert "BNotcoveredwhen" in final.squeezed
    assert "BGenerallynotcoveredwhen" in final.squeezed


def test_a_long_exception_is_parted_rather_than_leave_a_page_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small(tmp_path, "It holds", "It holds at night")
    file = tmp_path / "one" / "sections" / "first.yaml"
    waived = "It holds\"\n      unless:\n        id: first.t0.unless\n        text: \"" + "The scan cannot wait any longer. " * 110
    file.write_text(file.read_text(encoding="utf-8").replace('It holds"', waived + '"', 1), encoding="utf-8")
    guideline = laid("one", tmp_path)

    def badly() -> list[str]:
        printed = render(guideline, EXPORT, TEMPLATES, draft=True)
        found = PdfReading(guideline.guideline, {}, printed, EXPORT).differences()
        return [one.said for one in found if one.remark]

    assert badly() == []
    monkeypatch.setattr(paper, "_hollow", lambda _: False)
    assert badly()


def test_export_is_attached_as_data_byte_for_byte(final: Printed) -> None:
    assert final.reader.attachments == {"sleep-and-anesthesia.json": [EXPORT]}
    entry = final.reader.trailer["/Root"]["/AF"][0].get_object()
    assert entry["/AFRelationship"] == "/Data"
    assert entry["/EF"]["/F"]["/Subtype"] == "/application/json"
    assert entry["/EF"]["/F"]["/Params"]["/CreationDate"] == "D:20260101000000Z"


def test_document_is_tagged_and_says_what_it_is(final: Printed) -> None:
    root = final.reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-US"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    kinds: dict[str, int] = {}
    stack = [root["/StructTreeRoot"]["/K"][0]]
    while stack:
        element = stack.pop().get_object()
        if isinstance(element, dict) and "/S" in element:
            kinds[element["/S"]] = kinds.get(element["/S"], 0) + 1
            kids = element.get("/K", [])
            stack += [kid for kid in (kids if isinstance(kids, list) else [kids]) if not isinstance(kid, int)]
    assert kinds["/H1"] == 1
    assert kinds["/H3"] == 7
    assert min(kinds[kind] for kind in ("/L", "/LI", "/P", "/Table", "/TH", "/Link")) >= 10
    about = final.reader.xmp_metadata
    assert about is not None
    assert about.dc_title == {"x-default": "Sleep testing and dental anesthesia (SLP-ANE-001), version 2.0.0"}
    assert about.dc_creator == ["Example Health Plan"]
    assert about.xmp_create_date == about.xmp_modify_date == datetime(2026, 1, 1)
    assert "/Info" not in final.reader.trailer


def test_only_our_fonts_and_all_embedded(final: Printed) -> None:
    with pikepdf.open(io.BytesIO(final.bytes)) as pdf:
        described = [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/FontName" in thing]
        assert described
        for font in described:
            assert "+Plex" in str(font.FontName)
            assert "/FontFile2" in font or "/FontFile3" in font


def test_same_source_gives_the_same_bytes_elsewhere(sleep: GuidelineOutline, final: Printed, tmp_path: Path) -> None:
    again = (
        "import sys; from pathlib import Path; from policypress.library import read_library;"
        "from policypress.outline import outline; from policypress.render.pdf import render;"
        "read = read_library(Path(sys.argv[1])).library.guidelines;"
        "laid = outline(next(one for one in read if one.id == 'sleep-and-anesthesia'));"
        "sys.stdout.buffer.write(render(laid, sys.argv[3].encode(), Path(sys.argv[2]), draft=False))"
    )
    command = [sys.executable, "-c", again, str(ROOT / "tests" / "library"), str(TEMPLATES), EXPORT.decode()]
    world = os.environ | {
        "TZ": "Asia/Kolkata",
        "PYTHONHASHSEED": "7",
        "LC_ALL": "C",
        "PYTHONPATH": str(ROOT / "tooling"),
    }
    assert subprocess.run(command, env=world, cwd=tmp_path, check=True, capture_output=True).stdout == final.bytes
    assert "SOURCE_DATE_EPOCH" not in os.environ
