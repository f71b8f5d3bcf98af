"""Faults seeded into a printed guideline, before it is printed and in the finished file, each of which must be named."""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from policypress.library import read_library
from policypress.model import Guideline
from policypress.outline import outline
from policypress.render import paper
from policypress.render.export import export
from policypress.render.pdf import compose
from policypress.verify.flow import Difference
from policypress.verify.pdf_text import PageText, Run
from policypress.verify.read_pdf import PdfReading
from tests.verify import page_faults
from tests.verify.file_faults import DRAWINGS, renamed, reordered, untagged
from tests.verify.naming import below, family, ids

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
NAME = "sleep-and-anesthesia"
STRUCK = "lab-study.snoring"


@functools.cache
def library() -> dict[str, Guideline]:
    return {one.id: one for one in read_library(ROOT / "tests" / "library").library.guidelines}


@functools.cache
def exported() -> bytes:
    return export(outline(library()[NAME]), False)


@functools.cache
def page() -> str:
    return compose(outline(library()[NAME]), TEMPLATES, draft=False)


def printed(html: str, attached: bytes | None = None) -> bytes:
    return paper.print_pdf(library()[NAME], html, attached or exported(), TEMPLATES, lambda _: None)


@functools.cache
def whole() -> bytes:
    return printed(page())


def read(data: bytes, guideline: Guideline | None = None) -> list[Difference]:
    return list(PdfReading(guideline or library()[NAME], library(), data, exported()).differences())


def said(data: bytes) -> str:
    return "\n".join(map(str, read(data)))


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The printer has guards of its own; here they must not help."""
    monkeypatch.setattr(paper, "_runaways", lambda _: [])
    monkeypatch.setattr(paper._Complaints, "emit", lambda *_: None)


def chosen(most: int) -> list[tuple[str, str, str]]:
    """Return (fault, section, id): each fault at some places, its first place before any fault's second."""
    guideline = library()[NAME]
    found: list[tuple[int, int, str, str, str]] = []
    for name, fault in page_faults.PDF.items():
        there = [
            (section.id, id)
            for section in guideline.sections
            for id in ids(guideline, section.id)
            if fault(page(), id) not in (None, page())
        ]
        assert there, name
        there.sort(key=lambda pair: sum(map(ord, name + pair[1])) * 7919 % 1009)
        found += [(turn, len(found), name, *pair) for turn, pair in enumerate(there[:most])]
    return [(name, section, id) for _, _, name, section, id in sorted(found)]


def batches(most: int) -> Iterator[tuple[str, list[tuple[str, str, str]]]]:
    """Damage the page with as many faults at a time as lie apart."""
    waiting = chosen(most)
    while waiting:
        damaged, done, struck = page(), [], set[str]()
        for one in list(waiting):
            name, section, id = one
            touched = _around(section, family(library()[NAME], section)[id] | {id})
            close = touched & struck or any(_overlap(other, id) for other in struck)
            if close or sum(old[1] == section for old in done) >= 4:
                continue
            changed = page_faults.PDF[name](damaged, id)
            if changed is not None and changed != damaged:
                damaged, struck = changed, struck | touched
                done.append(one)
                waiting.remove(one)
        assert done
        yield damaged, done


def _around(section: str, struck: set[str]) -> set[str]:
    """Return ids with their neighbours in reading order: faults side by side would be told as one."""
    order = ids(library()[NAME], section)
    places = [order.index(id) for id in struck if id in order]
    return {*order[max(0, min(places) - 2) : max(places) + 3]}


def _overlap(one: str, other: str) -> bool:
    first, second = page_faults.span(page(), one), page_faults.span(page(), other)
    return first is None or second is None or not (first[1] <= second[0] or second[1] <= first[0])


@pytest.mark.usefixtures("unguarded")
@pytest.mark.thorough
def test_every_fault_in_the_printed_page_is_named() -> None:
    """Each fault at a dozen places; the faults below are tried in every run."""
    missed = []
    for damaged, done in batches(12):
        found = read(printed(damaged))
        for name, section, id in done:
            accepted = family(library()[NAME], section)[id]
            if name in page_faults.INHERITED:
                accepted = accepted | below(library()[NAME], section, id)
            if not any((one.output, one.section) == ("PDF", section) and one.id in accepted for one in found):
                missed.append(f"{name} at {id}: {[str(one) for one in found if one.section == section]}")
    assert not missed, "\n".join(missed)


def test_an_untouched_pdf_is_proved() -> None:
    assert not read(whole())


PRINTS: dict[str, list[tuple[str, str, str]]] = {
    "words": [
        ("> Generally not covered when", "> Generally covered when", "lab-study.repeat: says"),
        (r"Services:</b> PSG", "Services:</b> every service", "lab-study.adult: says"),
        ("A technician attends", "No technician attends", "section lab-study: says"),
        ("<td>2.0.0</td>", "<td>2.0.1</td>", "the cover does not say “Version 2.0.0”"),
        (", version 2.0.0</title>", ", version 1.0.0</title>", "the file calls itself"),
        ('(<div class="beside">)', r"\1<p>Query to the author</p>", "it shows a query to the author"),
        (r'data-running="A ALL"', 'data-running="A ANY"', "goes on with “A ANY”"),
        ("95811</a></th>", "95812</a></th>", "95811 is missing from its table of codes"),
    ],
    "marks": [
        (r"(<b>Strength:</b>) generally", r"\1 must", "lab-study.repeat: says"),
        ('<span class="number">2</span> Sleep study', '<span class="number">4</span> Sleep study', "not at its anchor"),
        ("<td>Final</td>", "<td>Draft</td>", "the cover does not say “Status Final”"),
        ("Invented example, not", "Invented example", "its notice is missing"),
        ("</head>", '<style>@page { @top-center { content: "DRAFT" } }</style></head>', "bears the mark DRAFT"),
        ("</body>", "<style>.guard { display: none }</style></body>", "dental-anesthesia.guided: “Applies when"),
    ],
    "style": [("</head>", "<style>.words::before { content: 'not ' }</style></head>", "lab-study.snoring: says")],
}


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("name", PRINTS)
def test_a_fault_in_the_rest_of_the_print_is_named(name: str) -> None:
    damaged = page()
    for pattern, replacement, _ in PRINTS[name]:
        damaged, count = re.subn(pattern, replacement, damaged)
        assert count, pattern
    found = said(printed(damaged))
    assert not [wanted for _, _, wanted in PRINTS[name] if wanted not in found], found


def struck(reader: PdfReader) -> tuple[int, Run]:
    """Return the page and the run that prints the words of one criterion."""
    fonts: dict[int, Any] = {}
    for number, sheet in enumerate(reader.pages):
        for run in PageText(sheet, fonts).runs:
            if "snoring is reported" in run.text:
                return number, run
    raise AssertionError("the criterion is not printed")


def drawing(change: Callable[[bytes], bytes], around: str = "") -> bytes:
    """Change how the words of a criterion are drawn; `around` is drawn afterwards over the whole page."""
    reader = PdfReader(io.BytesIO(whole()))
    number, run = struck(reader)
    writer = PdfWriter(clone_from=reader)
    sheet = writer.pages[number]
    contents = sheet.get_contents()
    assert contents is not None
    data = contents.get_data()
    block = re.search(rb"/Span\s+<</MCID %d>>\s+BDC.*?EMC" % (run.mcid or 0), data, re.S)
    assert block is not None
    changed = data[: block.start()] + change(block[0]) + data[block.end() :]
    over = around.format(x=run.left - 5, y=run.base - 5, w=run.right - run.left + 10, h=run.size + 10)
    stream = DecodedStreamObject()
    stream.set_data(b"q " + changed + b" Q " + over.encode())
    sheet[NameObject("/Contents")] = writer._add_object(stream)
    return _bytes(writer)


def _bytes(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("name", DRAWINGS)
def test_words_drawn_out_of_sight_are_named(name: str) -> None:
    found = said(drawing(DRAWINGS[name]))
    assert STRUCK in found or name in found
    whole_file = {"given out as another", "switched off"}
    assert (name in found) if name in whole_file else STRUCK in found


def test_words_painted_over_are_named() -> None:
    found = said(drawing(lambda block: block, "q 1 1 1 rg {x} {y} {w} {h} re f Q"))
    assert f"{STRUCK}: “" in found
    assert "it is painted over" in found


def test_tags_that_lose_or_move_a_criterion_are_named() -> None:
    reader = PdfReader(io.BytesIO(whole()))
    number, run = struck(reader)
    writer = PdfWriter(clone_from=reader)
    untagged(writer, number, run.mcid or 0)
    assert f"{STRUCK}: " in said(_bytes(writer))
    writer = PdfWriter(clone_from=reader)
    reordered(writer)
    assert "section lab-study, lab-study." in said(_bytes(writer))
    writer = PdfWriter(clone_from=reader)
    renamed(writer, STRUCK)
    assert f"{STRUCK}: no place in the file has its id" in said(_bytes(writer))


def test_a_lost_page_is_named() -> None:
    reader = PdfReader(io.BytesIO(whole()))
    number, _ = struck(reader)
    writer = PdfWriter(clone_from=reader)
    sheet = writer.pages[number]
    stream = DecodedStreamObject()
    stream.set_data(b"")
    sheet[NameObject("/Contents")] = writer._add_object(stream)
    assert f"{STRUCK}: " in said(_bytes(writer))


def test_the_attachment_is_compared() -> None:
    changed = exported().replace(b"Loud snoring", b"Loud  snoring")
    assert "the sleep-and-anesthesia.json that it carries is not the one that is published" in said(
        printed(page(), changed)
    )
    alone = PdfReading(library()[NAME], library(), printed(page(), changed), None)
    assert "JSON in the PDF, section lab-study, lab-study.snoring: text says" in "\n".join(
        map(str, alone.differences())
    )


def test_marks_stand_on_drafts_and_on_nothing_else() -> None:
    draft = replace(library()[NAME], status="draft")
    assert "page 1 lacks the mark DRAFT" in "\n".join(map(str, read(whole(), draft)))
    html = compose(outline(draft), TEMPLATES, draft=True)
    assert "page 1 bears the mark DRAFT" in said(printed(html))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"not a PDF"])
def test_a_file_that_is_no_pdf_is_refused(data: bytes) -> None:
    assert "the file cannot be read whole" in said(data)


def test_a_truncated_pdf_and_another_guidelines_pdf_are_refused() -> None:
    assert read(whole()[:-5000])
    other = next(one for one in library().values() if one.id != NAME)
    assert "durable-equipment, PDF, section rental: its title" in "\n".join(map(str, read(whole(), other)))
