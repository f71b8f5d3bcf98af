"""The reading of an output as one run of characters, and how it is laid beside what the source says."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

CLOSED, SPACED, BROKEN = 0, 1, 2  # what stands before a character: nothing, white space, the end of a line
_WINDOW = 4000


class Piece(NamedTuple):
    """Words that must stand next in an output. `owner` is the id that they belong to; furniture may be missing."""

    owner: str
    kind: str
    text: str
    furniture: bool = False


class Difference(NamedTuple):
    """One sentence on how an output departs from the source."""

    guideline: str
    output: str
    section: str
    id: str
    kind: str
    said: str

    @property
    def remark(self) -> bool:
        """Whether a page only breaks off badly: it says everything."""
        return self.kind == "break"

    def __str__(self) -> str:
        where = [self.guideline, self.output]
        if self.section:
            where.append(f"section {self.section}")
        if self.id and self.id != self.section:
            where.append(self.id)
        return f"{', '.join(where)}: {self.said}"


@dataclass(slots=True)
class Flow:
    """Characters in reading order without white space; `gaps` says what stood before each."""

    chars: str = ""
    gaps: bytearray = field(default_factory=bytearray)

    @staticmethod
    def of(runs: Iterable[tuple[str, int]]) -> Flow:
        """Join runs of text; the number says what stands before each run."""
        chars: list[str] = []
        gaps = bytearray()
        pending = CLOSED
        for text, before in runs:
            if before > pending:
                pending = before
            if not (words := text.split()):
                if text and pending < SPACED:
                    pending = SPACED
                continue
            if pending < SPACED and text[0].isspace():
                pending = SPACED
            chars += words
            for word in words:
                gaps.append(pending)
                gaps += bytes(len(word) - 1)
                pending = SPACED
            if not text[-1].isspace():
                pending = CLOSED
        return Flow("".join(chars), gaps)

    def said(self, start: int, end: int) -> str:
        """Return a stretch as a reader would write it."""
        parts: list[str] = []
        for place in range(start, min(end, len(self.chars))):
            if self.gaps[place] and parts:
                parts.append(" ")
            parts.append(self.chars[place])
        return "".join(parts)

    def part(self, start: int, end: int) -> Flow:
        return Flow(self.chars[start:end], self.gaps[start:end])


class Laid(NamedTuple):
    """Pieces laid along a flow: faults as (owner, kind, sentence), where each piece begins, where the last ended."""

    faults: list[tuple[str, str, str]]
    begins: list[tuple[int, Piece]]
    end: int

    def owner(self, place: int) -> str:
        """Return whose words stand at a place of the flow."""
        at = bisect_right(self.begins, place, key=lambda begin: begin[0])
        return self.begins[at - 1][1].owner if at else ""

    @property
    def last(self) -> str:
        """Return whose words were found last."""
        return next((piece.owner for _, piece in reversed(self.begins) if not piece.furniture), "")


def compare_flow(pieces: Sequence[Piece], flow: Flow) -> Laid:
    """Lay the pieces along the flow."""
    wanted = [Flow.of([(piece.text, SPACED)]) for piece in pieces]
    faults: list[tuple[str, str, str]] = []
    begins: list[tuple[int, Piece]] = []
    place = at = 0
    while at < len(pieces):
        piece, want = pieces[at], wanted[at]
        end = place + len(want.chars)
        if flow.chars.startswith(want.chars, place):
            if (words := _spacing(flow, place, want)) is not None:
                faults.append((piece.owner, piece.kind, words))
            begins.append((place, piece))
            place = end
            at += 1
            continue
        if piece.furniture:
            at += 1
            continue
        follow, found = _resume(wanted, pieces, at, flow, place)
        before = next((piece for _, piece in reversed(begins) if not piece.furniture), pieces[at])
        faults += _misread(before, pieces[at:follow], flow, place, found)
        begins.append((place, piece._replace(kind="lost")))
        at, place = follow, found
    return Laid(faults, begins, place)


def _spacing(flow: Flow, place: int, want: Flow) -> str | None:
    """Say where words run together or apart that do not in the source."""
    length = len(want.chars)
    if flow.gaps[place + 1 : place + length] == want.gaps[1:]:
        return None
    for offset in range(1, length):
        there, wanted = flow.gaps[place + offset], want.gaps[offset]
        if there in (wanted, BROKEN):
            continue
        start, end = max(0, offset - 12), min(length, offset + 12)
        return f"reads “{flow.said(place + start, place + end)}” where the source says “{want.said(start, end)}”"
    return None


def _resume(wanted: Sequence[Flow], pieces: Sequence[Piece], at: int, flow: Flow, place: int) -> tuple[int, int]:
    """Find the next piece that the flow still holds: the one by which least of both is passed over."""
    best: tuple[int, int, int] | None = None
    passed = 0
    for later in range(at, min(len(pieces), at + 80)):
        if not pieces[later].furniture and (best is None or passed < best[0]):
            found = _anchor(wanted, pieces, later, flow, place)
            if found >= 0 and (best is None or passed + found - place < best[0]):
                best = (passed + found - place, later, found)
        passed += len(wanted[later].chars)
    if best is None:
        return len(pieces), len(flow.chars)
    return best[1], best[2]


def _anchor(wanted: Sequence[Flow], pieces: Sequence[Piece], later: int, flow: Flow, place: int) -> int:
    """Find a piece together with the one after it, so that a short word does not pass for another."""
    first = wanted[later].chars
    following = [
        wanted[next_].chars for next_ in range(later + 1, min(later + 6, len(pieces))) if not pieces[next_].furniture
    ][:1]
    end = min(len(flow.chars), place + _WINDOW)
    found = flow.chars.find(first, place, end)
    while found >= 0:
        after = found + len(first)
        if not following or flow.chars.startswith(following[0], after):
            return found
        if pieces[later + 1].furniture and flow.chars.find(following[0], after, after + 200) >= 0:
            return found
        found = flow.chars.find(first, found + 1, end)
    return -1


def _misread(
    before: Piece, passed: Sequence[Piece], flow: Flow, place: int, found: int
) -> Iterator[tuple[str, str, str]]:
    there = flow.said(place, found)
    lost = [piece for piece in passed if not piece.furniture]
    if not lost:
        yield before.owner, "added", f"says “{_short(there)}”, which the source does not"
        return
    for owner in dict.fromkeys(piece.owner for piece in lost):
        own = [piece for piece in lost if piece.owner == owner]
        words = " ".join(piece.text for piece in own)
        squeezed = "".join(own[0].text.split())
        if there:
            said = f"says “{_short(there)}” where the source says “{_short(words)}”"
        elif len(squeezed) > 20 and squeezed in flow.chars[:place] + flow.chars[found:]:
            said = f"“{_short(words)}” stands in another place than in the source"
        else:
            said = f"“{_short(words)}” is missing"
        yield owner, own[0].kind, said


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 160 else words[:100] + " … " + words[-50:]
