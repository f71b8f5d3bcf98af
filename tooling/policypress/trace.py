"""`policypress trace`: where each statement of the source document went, and whether the ledger is the document's.

The ledger knows a statement by its hash alone, so the document is cut wherever a statement may begin or end (lines and
sentences) and the cut is chosen that leaves the fewest words uncovered.
"""

from __future__ import annotations

import hashlib
import unicodedata
from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from policypress.ledger import Carried, concordance
from policypress.model import Guideline, Statement
from policypress.pattern import pattern
from policypress.wording import scan

_SENTENCE_END = pattern(r"(?<=[.!?;:])[\"'”’)\]]*\s+")
_BULLET = pattern(r"\s*(?:[-–—•*◦▪▸·]|\(?(?:[0-9]{1,3}|[A-Za-z]|[ivx]{1,5})[.)])\s+")
_LONGEST = 80  # pieces in one statement
_GAP_WORDS = {
    "carrier": "nothing carries it",
    "place": "no carrier of its own",
    "code": "lost code",
    "quantity": "lost quantity",
    "mark": "lost mark",
}


@dataclass(frozen=True, slots=True)
class TraceReport:
    """Every statement of a guideline's ledger with what carries it; `strays` are unknown statements with their ids."""

    guideline: str
    carried: tuple[Carried, ...]
    strays: tuple[tuple[str, str], ...]

    @property
    def whole(self) -> bool:
        """Tell whether there is a ledger, and every statement of it is carried whole or left out with a reason."""
        return bool(self.carried) and not self.strays and not any(_lost(row) for row in self.carried)


@dataclass(frozen=True, slots=True)
class Difference:
    """What the document and the ledger do not share.

    `line` is 0 for a statement that the document has nowhere. For words that are in no statement, `statement` names
    those that are expected at their place; with `repeated`, the statement that the ledger has less often.
    """

    line: int
    statement: str
    words: str = ""
    repeated: bool = False

    def __str__(self) -> str:
        if not self.line:
            return f"statement {self.statement} is not in the document"
        if self.repeated:
            return f"line {self.line} repeats statement {self.statement}, which the ledger has less often: {self.words}"
        expected = f" (statement {self.statement} is expected here)" if self.statement else ""
        return f"line {self.line} is in no statement of the ledger{expected}: {self.words}"


@dataclass(frozen=True, slots=True)
class _Piece:
    """Words that are cut no further; `bullet` is the sign of a list before them, such as "- " or "1. "."""

    line: int
    words: str
    bullet: str = ""


def trace(guideline: Guideline) -> TraceReport:
    """Lay the ledger of a guideline beside what carries its statements."""
    registered = dict(guideline.registers.codes)
    laid = concordance(guideline, lambda section: scan(section, registered))
    strays = tuple((name, carrier.id) for name, carriers in laid.strays.items() for carrier in carriers)
    return TraceReport(guideline.id, laid.carried, strays if laid.carried else ())


def render_text(report: TraceReport) -> str:
    """Print a report, one statement a line, aligned."""
    if not report.carried:
        return f"{report.guideline} has no ledger: statements.yaml lists no statement."
    rows = [(row.statement.id.value, _where(row), _gaps(row)) for row in report.carried]
    wide = max(len(id) for id, _, _ in rows)
    lines = [f"{id:<{wide}}  {where}{gaps}" for id, where, gaps in rows]
    lines += [f"{id} names statement {name}, which the ledger does not have" for name, id in report.strays]
    out = sum(row.statement.left_out is not None for row in report.carried)
    open_ = sum(_lost(row) for row in report.carried)
    carried = len(report.carried) - out - open_
    lines.append(f"{len(report.carried)} statements: {carried} carried, {out} left out, {open_} with gaps.")
    return "\n".join(lines)


def _lost(row: Carried) -> bool:
    """Tell whether something of a statement is carried by nothing; a carrier of its own is only better."""
    return any(gap.kind != "place" for gap in row.gaps)


def _where(row: Carried) -> str:
    if row.statement.left_out is not None:
        return f"left out: {row.statement.left_out}"
    found = ", ".join(dict.fromkeys(f"{carrier.kind} {carrier.id}" for carrier in row.carriers))
    return found + (f" (through {row.through})" if row.through not in ("", row.statement.id.value) else "")


def _gaps(row: Carried) -> str:
    gaps = "; ".join(
        _GAP_WORDS[gap.kind] + (f" {gap.what}" if gap.what is not row.statement.id else "") for gap in row.gaps
    )
    return f"{'  ' if _where(row) else ''}{'!' if _lost(row) else '?'} {gaps}" if gaps else ""


def against(statements: Sequence[Statement], document: str) -> list[Difference]:
    """Compare the ledger with the document: what it covers of it, and which statements the document does not have."""
    pieces = list(_pieces(document))
    waiting: dict[str, deque[Statement]] = defaultdict(deque)
    for statement in statements:
        waiting[statement.sha256.lower()].append(statement)
    names = {hash: found[0].id.value for hash, found in waiting.items()}
    place: dict[str, int] = {}  # statement -> the piece it begins with
    differences = []
    uncovered: dict[int, list[int]] = defaultdict(list)  # line -> pieces
    for start, end, hash in _cut(pieces, names.keys()):
        if hash and waiting[hash]:
            place.setdefault(waiting[hash].popleft().id.value, start)
        elif hash:
            words = " ".join(piece.words for piece in pieces[start:end])
            differences.append(Difference(pieces[start].line, names[hash], words, repeated=True))
        else:
            uncovered[pieces[start].line].append(start)
    left = {id(statement) for found in waiting.values() for statement in found}
    missing = [statement for statement in statements if id(statement) in left]
    expected = _expected(statements, {statement.id.value for statement in missing}, place)
    begun = [-1, *sorted(place.values())]
    for line, found in uncovered.items():
        before = begun[max(0, bisect_left(begun, found[0]) - 1)]
        words = " ".join(pieces[at].bullet + pieces[at].words for at in found)
        differences.append(Difference(line, ", ".join(expected.get(before, ())), words))
    differences.sort(key=lambda difference: difference.line)
    return differences + [Difference(0, statement.id.value) for statement in missing]


def statement_hash(words: str) -> str:
    """Return the hash that the ledger keeps of a statement: SHA-256 of its words, NFKC, white space folded."""
    return hashlib.sha256(_fold(words).encode()).hexdigest()


def _fold(words: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", words).split())


def _pieces(document: str) -> Iterator[_Piece]:
    """Cut a document at every line end and sentence end."""
    for number, line in enumerate(document.removeprefix("\ufeff").split("\n"), 1):
        rest = unicodedata.normalize("NFKC", line)
        bullet = _BULLET.match(rest)
        sign = ""
        if bullet is not None and bullet.end() < len(rest):
            sign, rest = _fold(bullet[0]) + " ", rest[bullet.end() :]
        start = 0
        for end in [*(match.end() for match in _SENTENCE_END.finditer(rest)), len(rest)]:
            if words := " ".join(rest[start:end].split()):
                yield _Piece(number, words, sign)
                sign = ""
            start = end


def _cut(pieces: Sequence[_Piece], known: Collection[str]) -> list[tuple[int, int, str]]:
    """Return the runs of pieces with the statement each is ("" for none), such that the most characters are covered.

    Among equal cuts the one with the fewest runs is taken, so a statement goes before the parts it is made of.
    """
    size = len(pieces)
    best: list[tuple[int, int]] = [(0, 0)] * (size + 1)  # covered characters, minus runs
    step: list[tuple[int, str]] = [(0, "")] * (size + 1)
    for start in range(size - 1, -1, -1):
        covered, runs = best[start + 1]
        best[start], step[start] = (covered, runs - 1), (start + 1, "")
        for end, hash, length in _runs(pieces, start):
            if hash in known:
                reached = (best[end][0] + length, best[end][1] - 1)
                if reached > best[start]:
                    best[start], step[start] = reached, (end, hash)
    cut = []
    start = 0
    while start < size:
        end, hash = step[start]
        cut.append((start, end, hash))
        start = end
    return cut


def _runs(pieces: Sequence[_Piece], start: int) -> Iterator[tuple[int, str, int]]:
    """Yield each run of pieces from a place on: its end, hash and length; with and without the sign of a list."""
    signs = {"", pieces[start].bullet}
    for sign in sorted(signs):
        hashed = hashlib.sha256(sign.encode())
        length = 0
        for end in range(start, min(start + _LONGEST, len(pieces))):
            if end > start:
                hashed.update(f" {pieces[end].bullet}".encode())
            hashed.update(pieces[end].words.encode())
            length += len(pieces[end].words)
            yield end + 1, hashed.hexdigest(), length


def _expected(statements: Iterable[Statement], missing: set[str], place: dict[str, int]) -> dict[int, list[str]]:
    """Return, by the piece where the statement before them begins, the missing statements that follow it."""
    expected: dict[int, list[str]] = defaultdict(list)
    before = -1
    for statement in statements:
        id = statement.id.value
        if id in missing:
            expected[before].append(id)
        elif id in place:
            before = place[id]
    return expected


