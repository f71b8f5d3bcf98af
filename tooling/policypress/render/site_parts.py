"""Lists that are too long for one page, in parts that fit; the page of such a list then says what stands in which.

Size alone decides. In a library that a reader can still go through from end to end a list stays whole as long as it
can be scrolled; in a larger one every page of a list stays below 20 kB.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from markupsafe import Markup

SMALL = 200  # sections: a library up to here has pages that hold all of it
_WHOLE = 80_000  # characters of a list in a small library
_ROOM = 14_500  # in a part, or in a list of a larger library: with what frames it, a page stays below 20 kB
CITED = 12  # sections named beside one entry; who wants to see more follows it


class Entry(NamedTuple):
    """One entry of a list; `name` is what the contents call it."""

    html: Markup
    name: str


class Group(NamedTuple):
    """Entries below one heading; without a title they have none."""

    title: str
    anchor: str
    entries: Sequence[Entry]

    @property
    def html(self) -> Markup:
        return Markup("\n".join(entry.html for entry in self.entries))


class Stretch(NamedTuple):
    """What of a group stands in one part."""

    path: str
    first: str
    last: str
    size: int


class Row(NamedTuple):
    """A group in the contents of a list."""

    title: str
    anchor: str
    size: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """What of a list one page shows: all of it, a part, or where the parts are."""

    groups: tuple[Group, ...]
    rows: tuple[Row, ...] = ()
    whole: str = ""  # of a part: the page that says where the parts are
    number: int = 0
    of: int = 0
    before: str = ""
    after: str = ""


def room(sections: int) -> int:
    """Return how many characters a list may have on one page in a library of so many sections."""
    return _WHOLE if sections <= SMALL else _ROOM


def part_page(path: str, number: int) -> str:
    return f"{path.removesuffix('.html')}_{number}.html"


def by_size(path: str, groups: Iterable[Group], most: int) -> dict[str, Listing]:
    """Return the pages of a list, cut where a part is full. Groups stay together where they fit."""
    groups = [group for group in groups if group.entries]
    if sum(len(entry.html) for group in groups for entry in group.entries) <= most:
        return {path: Listing(tuple(groups))}
    parts: list[list[Group]] = []
    size = 0
    for group in groups:
        weight = sum(len(entry.html) for entry in group.entries)
        if not parts or size + min(weight, _ROOM) > _ROOM:
            parts.append([])
            size = 0
        mine: list[Entry] = []
        parts[-1].append(group._replace(entries=mine))
        for entry in group.entries:
            if mine and size + len(entry.html) > _ROOM:
                mine = []
                parts.append([group._replace(entries=mine)])
                size = 0
            mine.append(entry)
            size += len(entry.html)
    return _numbered(path, parts)


def by_home(path: str, entries: Iterable[tuple[str, Entry]]) -> dict[str, Listing]:
    """Return the pages of a list whose entries have their pages already, because others lead to them."""
    parts = {home: [entry for _, entry in some] for home, some in groupby(entries, key=lambda pair: pair[0])}
    groups = [Group("", "", some) for some in parts.values()]
    return {path: Listing(tuple(groups))} if parts.keys() <= {path} else _numbered(path, [[one] for one in groups])


def homes(path: str, weights: Sequence[int], most: int) -> list[str]:
    """Return the page of each entry, by how many characters each will take, nearly."""
    if sum(weights) <= most:
        return [path] * len(weights)
    found: list[str] = []
    number, size = 1, 0
    for weight in weights:
        if size and size + weight > _ROOM:
            number, size = number + 1, 0
        size += weight
        found.append(part_page(path, number))
    return found


def _numbered(path: str, parts: Sequence[Sequence[Group]]) -> dict[str, Listing]:
    pages = [part_page(path, number) for number in range(1, len(parts) + 1)]
    rows: dict[tuple[str, str], list[Stretch]] = {}
    for page, part in zip(pages, parts, strict=True):
        for group in part:
            first, last = group.entries[0].name, group.entries[-1].name
            stretch = Stretch(page, first, last, len(group.entries))
            rows.setdefault((group.title, group.anchor), []).append(stretch)
    contents = tuple(Row(*key, sum(one.size for one in found), tuple(found)) for key, found in rows.items())
    made: Mapping[str, Listing] = {
        page: Listing(
            tuple(part), (), path, number, len(pages),
            pages[number - 2] if number > 1 else "", pages[number] if number < len(pages) else "",
        )
        for number, (page, part) in enumerate(zip(pages, parts, strict=True), 1)
    }  # fmt: skip
    return {path: Listing((), contents), **made}
