"""Editions that are printed on demand: each says what the source says, and keeps to the same standards."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from policypress.cli import main
from policypress.criteria import Criterion
from policypress.generation import PublishFault
from policypress.library import read_library
from policypress.model import Library, section_nodes
from policypress.outline import outline
from policypress.printing import Wish, print_edition
from policypress.render import paper
from policypress.render.editions import EDITIONS, bare
from policypress.verify.pdf_tags import tagged
from policypress.verify.pdf_text import PageText
from tests.render import verapdf
from tests.render.printed import ROOT, TEMPLATES, Printed, squeeze

SOURCE = ROOT / "tests" / "library"
NAME = "sleep-and-anesthesia"


@pytest.fixture(scope="module")
def library() -> Library:
    return read_library(SOURCE).library


def wish(library: Library, edition: str, *sections: str) -> Wish:
    return Wish(next(one for one in library.guidelines if one.id == NAME), edition, sections)


def texts(printed: Printed) -> list[tuple[float, str]]:
    """Return (size, text) of all that is content."""
    numbers = {page.indirect_reference.idnum: place for place, page in enumerate(printed.reader.pages)}
    there = {(one.page, one.mcid) for one in tagged(printed.reader, numbers)}
    fonts: dict[int, object] = {}
    return [
        (run.size, run.text)
        for number, page in enumerate(printed.reader.pages)
        for run in PageText(page, fonts).runs
        if (number, run.mcid) in there and run.size
    ]


@pytest.fixture(scope="module")
def large(library: Library) -> Printed:
    """Two sections; tests/render/test_pdf_tags.py looks at all of them."""
    return Printed(print_edition(library, wish(library, "large-print", "home-test", "lab-study"), TEMPLATES)[0])


@pytest.fixture(scope="module")
def checklist(library: Library) -> Printed:
    return Printed(print_edition(library, wish(library, "checklist"), TEMPLATES)[0])


def test_large_print_stands_in_18_points_on_the_same_sheet(large: Printed) -> None:
    assert min(size for size, _ in texts(large)) == pytest.approx(18, abs=0.05)
    assert {tuple(round(float(side)) for side in page.mediabox[2:]) for page in large.reader.pages} == {(612, 792)}


@pytest.mark.thorough
def test_a_checklist_has_each_section_on_one_page(library: Library, checklist: Printed) -> None:
    guideline = wish(library, "checklist").guideline
    places = [(checklist.page_of(section.id), section) for section in outline(guideline).sections]
    with_criteria = [(page, one) for page, one in places if any(ruling.root for ruling in one.rulings)]
    assert len({page for page, _ in with_criteria}) == len(with_criteria)
    for page, section in with_criteria:
        words = squeeze(checklist.pages[page - 1])
        for item in (item for ruling in section.rulings if ruling.root for item in ruling.root.walk()):
            assert squeeze(item.node.text.value) in words if isinstance(item.node, Criterion) else True
    assert "They bind the claim" not in "".join(checklist.pages)


def test_a_bare_guideline_keeps_every_criterion_and_number(library: Library) -> None:
    for guideline in library.guidelines:
        whole, rest = outline(guideline), outline(bare(guideline))
        for section, left in zip(whole.sections, rest.sections, strict=True):
            for ruling, stripped in zip(section.rulings, left.rulings, strict=True):
                items = [] if ruling.root is None else list(ruling.root.walk())
                kept = [] if stripped.root is None else list(stripped.root.walk())
                assert [(one.label, one.node.id, one.connector, str(one.heading)) for one in items] == [
                    (one.label, one.node.id, one.connector, str(one.heading)) for one in kept
                ]
                assert [one.node.text for one in items if isinstance(one.node, Criterion)] == [
                    one.node.text for one in kept if isinstance(one.node, Criterion)
                ]
            assert not any(one.notes for one in section_nodes(left.section) if isinstance(one, Criterion))


def test_an_extract_keeps_numbers_and_leads_nowhere_outside(library: Library) -> None:
    printed = Printed(print_edition(library, wish(library, "usual", "home-test", "pap-device"), TEMPLATES)[0])
    text = squeeze("".join(printed.pages))
    assert "3Homesleeptest" in text
    assert "5PAPdevice" in text
    assert "lab-study" not in printed.reader.named_destinations
    assert "Sleepstudyinchildren" not in text


@pytest.mark.thorough
def test_editions_keep_to_the_standards(large: Printed, checklist: Printed, tmp_path: Path) -> None:
    files = [tmp_path / "large.pdf", tmp_path / "checklist.pdf"]
    for file, printed in zip(files, (large, checklist), strict=True):
        file.write_bytes(printed.bytes)
    found = verapdf.faults(dict.fromkeys(files, ("ua2", "4f")))
    assert found == {f"{file.name} {name}": [] for file in files for name in ("ua2", "4f")}


def test_an_edition_that_loses_a_criterion_is_not_handed_out(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    printing = paper.print_pdf

    def damaged(guideline: object, page: str, *rest: object) -> bytes:
        return printing(guideline, re.sub("A home test was completed", "A home test was done", page), *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(paper, "print_pdf", damaged)
    with pytest.raises(PublishFault, match="says “A home test was done"):
        print_edition(library, wish(library, "usual", "lab-study"), TEMPLATES)


def test_the_command_writes_the_file_or_says_why_not(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shared = ["--source", str(SOURCE), "--templates", str(TEMPLATES)]
    file = tmp_path / "one.pdf"
    assert main(["print", "durable-equipment", *shared, "--section", "rental", "--draft", "--to", str(file)]) == 0
    assert file.read_bytes().startswith(b"%PDF-2.0")
    assert main(["print", "durable-equipment", *shared, "--section", "gone"]) == 2
    assert "there is no section gone in durable-equipment" in capsys.readouterr().err
    assert main(["print", "durable-equipment", *shared, "--to", str(tmp_path / "no" / "x.pdf")]) == 4


def test_every_edition_is_told_in_the_guide() -> None:
    guide = (ROOT / "docs" / "publishers.md").read_text(encoding="utf-8")
    assert all(f"--edition {name}" in guide for name in EDITIONS if name != "usual")
