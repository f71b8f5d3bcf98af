"""A PDF's content in one order, and what of it cannot be seen."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from policypress.verify.flow import BROKEN, CLOSED, Flow, Laid
from policypress.verify.pdf_text import Paint, Run

_LIKE = 0.06  # colours nearer than this cannot be told apart


@dataclass(slots=True)
class Reading:
    """A PDF's content in one order: the flow, and which run of which page begins where in it."""

    name: str
    flow: Flow
    starts: list[int] = field(default_factory=list)
    runs: list[tuple[int, Run]] = field(default_factory=list)
    pages: dict[int, list[int]] = field(default_factory=dict)  # page -> its runs, by their place in `runs`

    @staticmethod
    def of(name: str, runs: Sequence[tuple[int, Run]], margin: Collection[tuple[int, int | None]] = ()) -> Reading:
        """`margin` is what stands beside the text: it may stand lower than what is read after it."""
        parts: list[tuple[str, int]] = []
        kept: list[tuple[int, Run]] = []
        starts: list[int] = []
        length = 0
        before: tuple[int, Run] | None = None
        for page, run in runs:
            if not run.size:  # white space alone
                parts.append((run.text, CLOSED))
                continue
            same = before is not None and before[0] == page and abs(before[1].base - run.base) < 0.5
            near = before is not None and same and abs(run.left - before[1].right) < run.size / 8
            parts.append((run.text, CLOSED if near else BROKEN))
            starts.append(length)
            kept.append((page, run))
            length += len("".join(run.text.split()))
            before = (page, run)
        pages: dict[int, list[int]] = {}
        for at, (page, run) in enumerate(kept):
            if (page, run.mcid) not in margin:
                pages.setdefault(page, []).append(at)
        return Reading(name, Flow.of(parts), starts, kept, pages)

    def at(self, page: int, height: float) -> int:
        """Return where in the flow the text at or below a height of a page begins."""
        while page <= max(self.pages, default=-1):
            for at in self.pages.get(page, ()):
                if self.runs[at][1].base < height + 1:
                    return self.starts[at]
            page, height = page + 1, float("inf")
        return len(self.flow.chars)

    def run(self, place: int) -> tuple[int, Run]:
        return self.runs[max(bisect_right(self.starts, place) - 1, 0)]


def heads(laid: Laid) -> dict[str, int]:
    """Return where in a flow the label or the operator of each id stands."""
    first: dict[str, int] = {}
    for place, piece in laid.begins:
        if piece.kind in ("label", "operator"):
            first.setdefault(piece.owner, place)
    return first


def unseen(run: Run, paints: Sequence[Paint]) -> Iterator[str]:
    """Say whether a text is painted over, or has the colour of the ground that it stands on."""
    if any(paint.order > run.order for paint in _below(run, paints)):
        yield "it is painted over"
        return
    ground = ground_of(run, paints)
    if run.colour is not None and ground is not None and _near(run.colour, ground):
        yield "it has the colour of its ground"


def ground_of(run: Run, paints: Sequence[Paint]) -> tuple[float, ...] | None:
    """Return the colour on which a text stands; None where that is not plain."""
    ground: tuple[float, ...] | None = (1.0,)
    for paint in _below(run, paints):
        if paint.order < run.order:
            ground = paint.colour
    return ground


def contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the contrast of two colours as WCAG reckons it, from 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: tuple[float, ...]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _light(colour)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _below(run: Run, paints: Sequence[Paint]) -> Iterator[Paint]:
    """Yield what is painted where the middle of a text is, in the order of painting."""
    middle, height = (run.left + run.right) / 2, run.base + run.size / 4
    for paint in paints:
        left, bottom, right, top = paint.box
        if left <= middle <= right and bottom <= height <= top:
            yield paint


def _near(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    first, second = _light(one), _light(other)
    return all(abs(here - there) < _LIKE for here, there in zip(first, second, strict=True))


def _light(colour: tuple[float, ...]) -> tuple[float, float, float]:
    if len(colour) == 4:
        cyan, magenta, yellow, black = colour
        return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return (colour[0], colour[0], colour[0]) if len(colour) == 1 else (colour[0], colour[1], colour[2])
