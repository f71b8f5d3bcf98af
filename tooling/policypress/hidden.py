"""Characters that nobody sees, and that change what is read."""

from __future__ import annotations

from policypress import reading
from policypress.finding import Edit, Finding
from policypress.pattern import pattern
from policypress.text import Source, Span

_NO_WIDTH = "\u200b\u2060\ufeff\u00ad"  # and no meaning: blanks without width, byte order marks, soft hyphens
# Controls (line ends apart), soft hyphen, zero-width and bidirectional characters, line separators, fillers,
# variation selectors, lone surrogates, private use, noncharacters, tags.
HIDDEN = pattern(
    "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff9-\uffff"
    "\U000e0000-\U0010ffff]|\r(?!\n)"
)


def hidden(source: Source, offset: int, char: str) -> Finding:
    """Report a hidden character."""
    if char == "\t":
        message, help = "A tab stands here", "indent and space with the space bar"
    elif char == "\ufeff" and offset == 0:
        message, help = "The file begins with a byte order mark", "save it as UTF-8 without BOM"
    elif char == "\r":
        message, help = "A carriage return stands here without a line end", "save the file with ordinary line ends"
    else:
        message = f"A hidden character stands here (U+{ord(char):04X})"
        help = "delete it and type the words around it anew"
    span = Span(source, offset, offset + 1)
    return Finding(reading.CHARACTER, message, span, help, edits=_uncovered(source, offset, char))


def _uncovered(source: Source, offset: int, char: str) -> tuple[Edit, ...]:
    """Return the edit that takes away what has no width and no meaning, and writes a blank for a tab between words."""
    span = Span(source, offset, offset + 1)
    if char == "\t":
        before = source.text[source.text.rfind("\n", 0, offset) + 1 : offset]
        return (Edit(span, " "),) if before.strip(" -") else ()
    return (Edit(span, ""),) if char in _NO_WIDTH else ()
