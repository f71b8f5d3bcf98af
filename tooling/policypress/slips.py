"""What a writer most likely meant where YAML gave up, with the line as it should be typed."""

from __future__ import annotations

import re
from typing import Any

from policypress import reading
from policypress.finding import Edit, Finding
from policypress.pattern import pattern
from policypress.text import Source, Span

# `- ` markers and one key, then the text. A capital begins a sentence, not a key.
_LINE = pattern(r"(?P<head>\s*(?:-\s+)*(?:[a-z_][\w.-]*:\s+)?)(?P<text>\S.*?)\s*$")
_KEYS_IN_BRACES = pattern(r"\{\s*[a-z_]+:\s")
_OPENERS = {
    "[": "an opening bracket begins a list",
    "{": "an opening brace begins a mapping",
    "*": "a star is YAML's own sign",
    "&": "an ampersand is YAML's own sign",
    "!": "an exclamation mark is YAML's own sign",
    ">": "a greater-than sign begins a block",
    "|": "a bar begins a block",
    "%": "a percent sign is YAML's own sign",
    "@": "an at sign is YAML's own sign",
    "`": "a backquote is YAML's own sign",
    '"': "a text that begins with a quotation mark must end with it",
    "'": "a text that begins with an apostrophe must end with it",
    "?": "a question mark is YAML's own sign",
    "#": "a number sign begins a comment",
}


# What begins with one of these can be nothing but a text; a bracket may lack its end.
_NO_OTHER_USE = "*&!%@`"


def quoted(line: str) -> str:
    """Return a line of YAML with its text in quotes."""
    match = _LINE.match(line)
    if match is None:
        return line.strip()
    return f"{match['head'].strip()} {_in_quotes(match['text'])}".strip()


def _in_quotes(text: str) -> str:
    if text[:1] == text[-1:] == '"' and len(text) > 1:
        text = text[1:-1]
    mark = "'" if '"' in text or "\\" in text else '"'
    inner = text.replace("'", "''") if mark == "'" else text
    return f"{mark}{inner}{mark}"


def explain_syntax(source: Source, error: Any) -> Finding:
    """Turn a YAML error into a finding in the writer's language, at the line that causes it."""
    mark = error.problem_mark or error.context_mark
    row = mark.line + 1 if mark is not None else 1
    rows = [row, *([error.context_mark.line + 1] if error.context_mark is not None else []), row - 1]
    for number in dict.fromkeys(rows):
        if (slip := _slip(source, number)) is not None:
            return slip if number == row else slip._replace(edits=())
    offset = min(mark.index if mark is not None else 0, max(0, len(source.text) - 1))
    words = " ".join(filter(None, (error.context, error.problem)))
    return Finding(
        reading.SYNTAX,
        f"YAML cannot be read here ({words})",
        Span(source, offset, min(offset + 1, len(source.text))),
        "look at the indentation and the quotes of this line and the one above",
    )


def _slip(source: Source, row: int) -> Finding | None:
    line = source.line(row)
    match = _LINE.match(line)
    if match is None or line.lstrip().startswith("#"):
        return None
    text = match["text"]
    start = sum(len(part) for part in source.text.splitlines(keepends=True)[: row - 1]) + match.start("text")
    if text[0] in _OPENERS:
        opener = text[0]
        closer = {"[": "]", "{": "}"}.get(opener, opener)
        if opener in "[{\"'" and text.endswith(closer) and len(text) > 1 and ": " not in text:
            return None
        if _KEYS_IN_BRACES.match(text) is not None:
            return Finding(
                reading.SYNTAX, "The keys in these braces cannot be read to their end", Span(source, start, start + 1),
                "put the texts among them in quotes, or write each key on a line of its own",
            )  # fmt: skip
        return Finding(
            reading.SYNTAX, f"This text begins with “{opener}”: {_OPENERS[opener]}",
            Span(source, start, start + 1), f"put it in quotes: {quoted(line)}",
            edits=_put_in_quotes(source, start, text) if opener in _NO_OTHER_USE else (),
        )  # fmt: skip
    colon = re.search(r":(?=\s|$)", text)
    if colon is not None and match["head"].strip():
        return Finding(
            reading.SYNTAX, "This text holds a colon followed by a space, which YAML takes for a key",
            Span(source, start + colon.start(), start + colon.end()), f"put it in quotes: {quoted(line)}",
            edits=_put_in_quotes(source, start, text),
        )  # fmt: skip
    return None


def _put_in_quotes(source: Source, start: int, text: str) -> tuple[Edit, ...]:
    """Return the edit that puts a text in quotes; none where a part of it may be meant as a comment."""
    return () if " #" in text else (Edit(Span(source, start, start + len(text)), _in_quotes(text)),)
