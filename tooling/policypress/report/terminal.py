"""Findings for people: the line, the word under a caret, and what to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from policypress.finding import Finding, Label
from policypress.hidden import HIDDEN
from policypress.text import Span

_COLOURS = {"error": "\033[1;31m", "warning": "\033[1;33m", "info": "\033[1;36m"}
_BOLD, _DIM, _OFF = "\033[1m", "\033[2m", "\033[0m"
_WIDEST = 160  # a longer line is cut around its caret


def text(findings: Sequence[Finding], colour: bool = False) -> str:
    """Return all findings and a line that counts them."""
    blocks = [block(finding, colour) for finding in findings]
    return "\n\n".join([*blocks, count(findings)]) + "\n"


def block(finding: Finding, colour: bool = False) -> str:
    """Return one finding."""
    paint = _Painter(colour)
    begin = finding.span.begin
    where = f"{_shown(finding.span.path)}:{begin.line}:{begin.column}"
    if finding.place:
        where += f"    {_shown(finding.place)}"
    width = len(str(begin.line))
    pad = " " * width
    lines = [
        paint(_COLOURS[finding.severity], f"{finding.severity}[{finding.rule.id}]") + f" {_shown(finding.message)}",
        paint(_DIM, f"{pad}-->") + f" {where}",
        *_excerpt(finding.span, finding.mark, pad, paint),
    ]
    lines += [_related(label, pad, paint) for label in finding.related]
    if finding.help:
        lines.append(paint(_DIM, f"{pad} =") + f" help: {_shown(finding.help)}")
    if finding.stated:
        lines.append(paint(_DIM, f"{pad} =") + " an open query states this")
    return "\n".join(lines)


def count(findings: Sequence[Finding]) -> str:
    """Return the number of findings by severity, in words."""
    numbers = Counter(finding.severity.value for finding in findings)
    if not numbers:
        return "Nothing found."
    parts = []
    for severity, plural in (("error", "errors"), ("warning", "warnings"), ("info", "notes")):
        if numbers[severity]:
            word = plural[:-1] if numbers[severity] == 1 else plural
            parts.append(f"{numbers[severity]} {word}")
    return ", ".join(parts) + "."


def _excerpt(span: Span, mark: str, pad: str, paint: _Painter) -> list[str]:
    begin, finish = span.begin, span.finish
    line = span.source.line(begin.line)
    if not line.strip():
        return []
    start = begin.column - 1
    end = finish.column - 1 if finish.line == begin.line else len(line)
    cut = max(0, start - 60) if len(line) > _WIDEST else 0
    shown = _shown(line[cut : cut + _WIDEST])
    caret = "^" * max(1, min(end, cut + _WIDEST) - start)
    bar = paint(_DIM, "|")
    return [
        f"{pad} {bar}",
        f"{paint(_DIM, str(begin.line))} {bar} {'…' if cut else ''}{shown}",
        f"{pad} {bar} {' ' if cut else ''}{' ' * (start - cut)}{paint(_BOLD, caret)}{' ' + mark if mark else ''}",
    ]


def _related(label: Label, pad: str, paint: _Painter) -> str:
    begin = label.span.begin
    return paint(_DIM, f"{pad} =") + f" {_shown(label.message)}: {_shown(label.span.path)}:{begin.line}:{begin.column}"


def _shown(words: str) -> str:
    """Words of a file as a terminal may have them: nothing in them commands it, or hides."""
    return words if words.isascii() and words.isprintable() else HIDDEN.sub("\ufffd", words)


class _Painter:
    def __init__(self, on: bool) -> None:
        self._on = on

    def __call__(self, colour: str, words: str) -> str:
        return f"{colour}{words}{_OFF}" if self._on else words

