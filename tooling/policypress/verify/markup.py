"""What is left of a text when its inline Markdown has been rendered: emphasis, code and links to http(s) addresses.

Written after CommonMark's rules and not with the renderers' library, so that a word lost there shows here.
"""

from __future__ import annotations

import re
import string
import unicodedata
from dataclasses import dataclass

_SIGN = re.compile(r"[*_`\[\\]")
_TICKS = re.compile(r"`+")
_WHERE = re.compile(
    r"""\(\s*(?:<(?P<angled>(?:[^<>\n\\]|\\.)*)>|(?P<bare>[^\s<>]+?))"""
    r"""(?:\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\((?:[^()\\]|\\.)*\)))?\s*\)""",
    re.S,
)
_HTTP = re.compile(r"https?://")


@dataclass(slots=True)
class _Run:
    """A run of emphasis marks: its place in the pieces, how many are left, and what it may do."""

    at: int
    mark: str
    left: int
    length: int
    opens: bool
    closes: bool


def plain(text: str) -> str:
    """Return the words of a text as a reader sees them."""
    return text if _SIGN.search(text) is None else _inline(text)


def _inline(text: str) -> str:
    pieces: list[str] = []
    runs: list[_Run] = []
    place = 0
    while place < len(text):
        char = text[place]
        if char == "\\":
            following = text[place + 1 : place + 2]
            if following == "\n" or (following and following in string.punctuation):
                pieces.append(following)
                place += 2
                continue
        elif char == "`":
            ticks = _TICKS.match(text, place)
            assert ticks is not None
            close = next((end for end in _TICKS.finditer(text, ticks.end()) if len(end[0]) == len(ticks[0])), None)
            if close is None:
                pieces.append(ticks[0])
                place = ticks.end()
            else:
                code = text[ticks.end() : close.start()].replace("\n", " ")
                stripped = code[1:-1] if code.strip() and code[0] == code[-1] == " " else code
                pieces.append(stripped)
                place = close.end()
            continue
        elif char == "[":
            link = _link(text, place)
            if link is not None:
                words, place = link
                pieces.append(_inline(words))
                continue
        elif char in "*_":
            end = place
            while end < len(text) and text[end] == char:
                end += 1
            runs.append(_run(text, place, end, len(pieces)))
            pieces.append(text[place:end])
            place = end
            continue
        pieces.append(char)
        place += 1
    _pair(runs)
    for run in runs:
        pieces[run.at] = run.mark * run.left
    return "".join(pieces)


def _link(text: str, start: int) -> tuple[str, int] | None:
    """Return the words of the link that begins at `start`, and where it ends; None where none begins there."""
    close = _partner(text, start)
    if close is None:
        return None
    where = _where(text, close + 1)
    if where is None:
        return None
    address, end = where
    words = text[start + 1 : close]
    # A link holds no link: the inner one is one, and this bracket is a bracket.
    inner = re.search(r"(?<!\\)\[", words)
    while inner is not None:
        if _link(text, start + 1 + inner.start()) is not None:
            return None
        inner = re.compile(r"(?<!\\)\[").search(words, inner.end())
    return (words, end) if _HTTP.match(address) else None


def _where(text: str, start: int) -> tuple[str, int] | None:
    """Read `(address "title")`; brackets inside a bare address pair."""
    match = _WHERE.match(text, start)
    if match is None:
        return None
    if match["angled"] is not None:
        return match["angled"], match.end()
    depth = 0
    place = match.start("bare")
    while place < len(text) and not text[place].isspace():
        if text[place] == "\\" and text[place + 1 : place + 2] in string.punctuation:
            place += 2
            continue
        if text[place] == "(":
            depth += 1
        elif text[place] == ")":
            if depth == 0:
                break
            depth -= 1
        place += 1
    address = text[match.start("bare") : place]
    rest = _WHERE.match("(x" + text[place:])
    return None if rest is None or depth else (address, place + rest.end() - 2)


def _partner(text: str, start: int) -> int | None:
    """Return where the bracket at `start` closes; code spans and escaped brackets do not count."""
    depth = 0
    place = start
    while place < len(text):
        char = text[place]
        if char == "\\":
            place += 2
            continue
        if char == "`":
            ticks = _TICKS.match(text, place)
            assert ticks is not None
            same = (end for end in _TICKS.finditer(text, ticks.end()) if len(end[0]) == len(ticks[0]))
            close = next(same, None)
            place = close.end() if close is not None else ticks.end()
            continue
        depth += (char == "[") - (char == "]")
        if depth == 0:
            return place
        place += 1
    return None


def _run(text: str, start: int, end: int, at: int) -> _Run:
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    left = not _space(after) and (not _sign(after) or _space(before) or _sign(before))
    right = not _space(before) and (not _sign(before) or _space(after) or _sign(after))
    if text[start] == "*":
        opens, closes = left, right
    else:
        opens, closes = left and (not right or _sign(before)), right and (not left or _sign(after))
    return _Run(at, text[start], end - start, end - start, opens, closes)


def _pair(runs: list[_Run]) -> None:
    """Take away the marks that emphasise: each closing run with the nearest run that may open it."""
    place = 0
    while place < len(runs):
        closer = runs[place]
        while closer.closes and closer.left:
            opener = next((run for run in reversed(runs[:place]) if _fits(run, closer)), None)
            if opener is None:
                break
            taken = 2 if opener.left >= 2 and closer.left >= 2 else 1
            opener.left -= taken
            closer.left -= taken
            for between in runs[runs.index(opener) + 1 : place]:
                between.opens = between.closes = False
        place += 1


def _fits(opener: _Run, closer: _Run) -> bool:
    if not (opener.opens and opener.left and opener.mark == closer.mark):
        return False
    both = opener.length + closer.length
    threes = both % 3 == 0 and (opener.length % 3 or closer.length % 3)
    return not ((opener.closes or closer.opens) and threes)


def _space(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) == "Zs"


def _sign(char: str) -> bool:
    return char in string.punctuation or unicodedata.category(char)[0] in "PS"
