"""Where text came from: a source file, a span of it, and a text as its writer typed it."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

from policypress.pattern import pattern
from policypress.record import NamedTuple, quick

_ESCAPE = pattern(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.S)


class Position(NamedTuple):
    """A place in a file; line and column count characters from 1."""

    line: int
    column: int


class Source:
    """One file as it was read. `path` is how it is shown to people, `file` where it lies."""

    __slots__ = ("_file", "_line", "_starts", "path", "text")

    def __init__(self, path: str, text: str, file: str | Path | None = None) -> None:
        self.path = path
        self.text = text
        self._file = file
        self._starts: list[int] | None = None
        self._line = (0, "")  # the last one asked for: thousands of findings may stand in one long line

    @property
    def file(self) -> Path | None:
        return None if self._file is None else Path(self._file)  # made when asked for: there are thousands of files

    def position(self, offset: int) -> Position:
        """Return the line and column of a character offset."""
        starts = self._line_starts()
        row = bisect_right(starts, offset) - 1
        return Position(row + 1, offset - starts[row] + 1)

    def line(self, number: int) -> str:
        """Return line `number` (from 1) without its line end; "" beyond the file."""
        if self._line[0] != number:
            self._line = (number, self._cut(number))
        return self._line[1]

    def _cut(self, number: int) -> str:
        starts = self._line_starts()
        if not 1 <= number <= len(starts):
            return ""
        end = starts[number] if number < len(starts) else len(self.text)
        return self.text[starts[number - 1] : end].rstrip("\r\n")

    def _line_starts(self) -> list[int]:
        if self._starts is None:
            self._starts = [0, *(match.end() for match in re.finditer("\n", self.text))]
        return self._starts

    def __repr__(self) -> str:
        return f"Source({self.path!r})"


class Span(NamedTuple):
    """Characters `start` to `end` (exclusive) of a source."""

    source: Source
    start: int
    end: int

    @property
    def path(self) -> str:
        return self.source.path

    @property
    def begin(self) -> Position:
        return self.source.position(self.start)

    @property
    def finish(self) -> Position:
        return self.source.position(self.end)

    @property
    def raw(self) -> str:
        return self.source.text[self.start : self.end]


# Named tuples, not dataclasses: a library makes hundreds of thousands of them, and these cost a third.
class Text(NamedTuple):
    """A text and its place: `value` is what was read, the span what was typed (quotes included)."""

    value: str
    source: Source
    start: int
    end: int

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)

    def at(self, start: int, end: int) -> Span:
        """Return the place in the file of `value[start:end]`, through quotes, escapes and block indentation."""
        offsets = _offsets(self)
        if offsets is None:
            return Span(self.source, self.start + start, self.start + end)
        if start >= len(offsets):
            return self.span
        return Span(self.source, offsets[start][0], offsets[max(start, end - 1)][1])

    def __str__(self) -> str:
        return self.value


new_text = quick(Text)
new_span = quick(Span)


@lru_cache(8)  # a text with much to say about it is asked again and again
def _offsets(text: Text) -> list[tuple[int, int]] | None:
    """Map each character of `value` to its start and end in the file; None where they simply run along."""
    raw = text.source.text[text.start : text.end]
    if raw == text.value:
        return None
    if raw[:1] in ("|", ">"):
        return _block_offsets(text, raw)
    offsets: list[tuple[int, int]] = []
    place = 1
    while place < len(raw) - 1 and len(offsets) < len(text.value):
        begin = place
        if raw[0] == "'" and raw.startswith("''", place):
            place += 2
        elif raw[0] == '"' and (match := _ESCAPE.match(raw, place)):
            place = match.end()
        else:
            place += 1
        offsets.append((text.start + begin, text.start + place))
    return offsets


def _block_offsets(text: Text, raw: str) -> list[tuple[int, int]]:
    # The words of a block text stand in the file in the same order, with other white space between them.
    offsets: list[tuple[int, int]] = []
    place = raw.find("\n") + 1
    for char in text.value:
        if char.isspace():
            begin = text.start + min(place, len(raw) - 1)
            offsets.append((begin, begin + 1))
            if place < len(raw) and raw[place].isspace():
                place += 1
            continue
        while place < len(raw) and raw[place] != char:
            place += 1
        offsets.append((text.start + place, text.start + place + 1))
        place += 1
    return offsets
