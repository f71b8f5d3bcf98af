"""The queries of a draft: in the margin, beside what they ask about, one below the other; or below their items."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from policypress.outline import GuidelineOutline
from policypress.render.design import read_design
from policypress.render.paper import print_pdf
from policypress.render.pdf import compose
from policypress.render.slips import _heights, _Slip
from policypress.verify.pdf_text import PageText, Run
from policypress.verify.read_pdf import PdfReading
from tests.render.printed import EXPORT, TEMPLATES, Printed, laid


def asking(folder: Path, queries: list[str]) -> GuidelineOutline:
    """A draft of one section with a query on each item."""
    (folder / "one" / "sections").mkdir(parents=True)
    (folder / "one" / "guideline.yaml").write_text(
        "id: one\ntitle: Small\nversion: 1.0.0\nstatus: draft\neffective: 2026-01-01\npublisher: Example Health Plan\n"
        "chapters:\n  - title: General\n    sections: [first]\n",
        encoding="utf-8",
    )
    items = "".join(
        f"    - id: first.t{place}\n      text: Item {'abcdefghijkl'[place - 1]} holds\n      query: {json.dumps(query)}\n"
        for place, query in enumerate(queries, 1)
    )
    (folder / "one" / "sections" / "first.yaml").write_text(
        f"id: first\ntitle: First\nquery: What is this section about?\neffect: covered\ncriteria:\n  id: first.all\n  all:\n{items}",
        encoding="utf-8",
    )
    return laid("one", folder)


def draft(one: GuidelineOutline, sheet: str = "Letter") -> Printed:
    """Print a draft, proved."""
    design = read_design(TEMPLATES)
    design = replace(design, values={**design.values, "page.size": sheet})
    page = compose(one, TEMPLATES, draft=True, design=design)
    data = print_pdf(one.guideline, page, EXPORT, TEMPLATES, lambda _: None, design)
    found = [str(other) for other in PdfReading(one.guideline, {"one": one.guideline}, data, EXPORT).differences()]
    assert not found
    return Printed(data)


def runs(printed: Printed) -> list[tuple[int, Run]]:
    fonts: dict[int, Any] = {}
    return [(page, run) for page, sheet in enumerate(printed.reader.pages) for run in PageText(sheet, fonts).runs]


def test_slips_stand_beside_their_items_and_clear_of_each_other() -> None:
    def slips(*wanted: tuple[float, float]) -> list[_Slip]:
        return [_Slip(None, None, wish, height) for wish, height in wanted]

    assert _heights(slips((10, 20), (50, 20)), 0, 100) == [10, 50]
    assert _heights(slips((10, 20), (15, 20)), 0, 100) == [10, 37]
    assert _heights(slips((70, 20), (75, 20)), 0, 100) == [53, 80]  # pushed up from the foot of the page
    assert _heights(slips((90, 45), (95, 45)), 0, 100) == [3, 55]


def test_a_query_stands_in_the_margin_and_is_read_behind_its_item(tmp_path: Path) -> None:
    printed = draft(asking(tmp_path, ["Does it hold at night?", "Is CPT 78815 meant?", "Or is it the other one?"]))
    found = runs(printed)
    for place in (1, 2, 3):
        (item,) = [(page, run) for page, run in found if f"Item {'abc'[place - 1]} holds" in run.text]
        (asked,) = [(page, run) for page, run in found if f"on {place}" in run.text and run.left > 400]
        assert asked[0] == item[0]
        assert abs(asked[1].base - item[1].base) < 16
        assert asked[1].left > item[1].right
        assert asked[1].size == pytest.approx(8.5, abs=0.01)
        assert asked[1].order > item[1].order
    assert [run for _, run in found if "this section about" in run.text and run.left > 400]


def test_queries_that_find_no_room_stand_below_their_items(tmp_path: Path) -> None:
    long = "Is it meant that the delay is counted from the end of the whole treatment and not from its last course? " * 3
    found = runs(draft(asking(tmp_path, [long] * 12)))
    titles = [run for _, run in found if "Query to the author" in run.text and run.size < 10]
    assert {run.left > 400 for run in titles} == {True, False}


@pytest.mark.parametrize("sheet", ["A5"])
def test_a_narrow_sheet_has_no_room_beside_the_text(sheet: str, tmp_path: Path) -> None:
    found = runs(draft(asking(tmp_path, ["Does it hold at night?"]), sheet))
    assert all(run.left < 200 for _, run in found if "Query to the author" in run.text)
