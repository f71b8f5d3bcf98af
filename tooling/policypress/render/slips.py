"""The queries of a draft in the margin, each beside what it asks about.

A query stands in the flow, without height, right behind its item: there it is painted and read aloud. Once the pages
are laid out its slip is moved, as it is, into the margin. Where the margin of a page cannot hold all its slips, some go
back below their items.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from weasyprint.formatting_structure import boxes

_GAP = 7.0  # CSS pixels between two slips, and between the text and its margin
WIDTH = 193.0  # as editions/margin.css says, with some slack
EDGE = 19.0  # that a slip keeps from the edge of the paper
_BELOW = "below"


class _Slip(NamedTuple):
    box: Any
    query: Any  # the element
    wish: float  # where it would best begin
    height: float


def place(document: Any) -> bool:
    """Move the slips of all pages into the margin. Tells whether some must go below their items instead: they are
    marked so, and all is to be laid out again."""
    marked = False
    placed: list[tuple[Any, list[_Slip], list[float]]] = []
    for page in document.pages:
        slips = sorted(_slips(page), key=lambda slip: slip.wish)
        if not slips:
            continue
        sheet = page._page_box
        first, last = sheet.content_box_y(), sheet.content_box_y() + sheet.height
        while slips and sum(slip.height + _GAP for slip in slips) - _GAP > last - first:
            longest = max(slips, key=lambda slip: slip.height)
            longest.query.set("class", f"{longest.query.get('class')} {_BELOW}")
            slips.remove(longest)
            marked = True
        placed.append((page, slips, _heights(slips, first, last)))
    if not marked:
        for page, slips, heights in placed:
            sheet = page._page_box
            left = sheet.content_box_x() + sheet.width + 2 * _GAP
            for slip, top in zip(slips, heights, strict=True):
                slip.box.translate(left - slip.box.position_x, top - slip.box.position_y)
            document.pages[document.pages.index(page)] = type(page)(sheet)  # links stand where they were moved to
    return marked


def _heights(slips: list[_Slip], first: float, last: float) -> list[float]:
    """Return where each slip begins: beside its item, below the slip before it, and on the page."""
    tops: list[float] = []
    free = first
    for slip in slips:
        tops.append(max(slip.wish, free))
        free = tops[-1] + slip.height + _GAP
    for at in range(len(slips) - 1, -1, -1):
        tops[at] = min(tops[at], last - slips[at].height)
        last = tops[at] - _GAP
    return tops


def _slips(page: Any) -> Iterator[_Slip]:
    asked: dict[str, float] = {}
    query: Any = None
    for box in page._page_box.descendants():
        if box.element is None:
            continue
        if (name := box.element.get("id")) and isinstance(box, boxes.BlockBox):
            asked.setdefault(name, box.position_y)
        if box.element.get("data-about"):
            query = box.element
        if is_slip(box):
            height = sum(child.margin_height() for child in box.children)
            yield _Slip(box, query, asked.get(query.get("data-about"), box.position_y), height)


def is_slip(box: Any) -> bool:
    """Tell whether a box is a query that stands in the margin."""
    return isinstance(box, boxes.InlineBlockBox) and box.element is not None and box.element.get("class") == "slip"
