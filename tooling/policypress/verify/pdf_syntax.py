"""The language of a PDF page's drawing: operations with their operands, matrices and boxes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]

_TOKEN = re.compile(
    rb"(?P<number>[+-]?(?:\d+\.?\d*|\.\d+))|(?P<open><<)|(?P<close>>>)|<(?P<hex>[0-9A-Fa-f\s]*)>"
    rb"|/(?P<name>[^\s<>\[\](){}/%]*)|\((?P<text>(?:[^()\\]|\\.)*)\)|(?P<bracket>[\[\]])"
    rb"|(?P<word>[A-Za-z'\"][A-Za-z0-9*]*)|%[^\r\n]*|(?P<strange>\S)",
    re.S,
)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.S)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b""}


class Strange(Exception):
    """A PDF that holds what this reader does not know."""


def operations(data: bytes) -> Iterator[tuple[str, list[Any]]]:
    args: list[Any] = []
    holders: list[list[Any]] = []
    for match in _TOKEN.finditer(data):
        kind = match.lastgroup
        value: Any
        if kind == "number":
            value = float(match["number"])
        elif kind == "hex":
            digits = b"".join(match["hex"].split())
            value = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
        elif kind == "word":
            word = match["word"].decode()
            if word in ("true", "false", "null"):
                value = word
            else:
                yield word, args
                args = []
                continue
        elif kind == "name":
            value = match["name"].decode("latin-1")
        elif kind == "text":
            value = _ESCAPE.sub(_unescape, match["text"])
        elif kind == "open" or match["bracket"] == b"[":
            holders.append(args)
            args = []
            continue
        elif kind in ("close", "bracket"):
            if not holders:
                raise Strange("brackets do not pair in a page's drawing")
            inner, args = args, holders.pop()
            value = dict(zip(inner[::2], inner[1::2], strict=False)) if kind == "close" else inner
        elif kind == "strange":
            raise Strange(f"a page's drawing holds {match['strange']!r}")
        else:
            continue
        args.append(value)


def _unescape(match: re.Match[bytes]) -> bytes:
    if match[1].isdigit():
        return bytes((int(match[1], 8) & 255,))
    return _ESCAPED.get(match[1], match[1])


def matrix(args: list[Any]) -> Matrix:
    a, b, c, d, e, f = args
    return (a, b, c, d, e, f)


def times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    g, h, i, j, k, m = other
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def box(ctm: Matrix, left: float, bottom: float, right: float, top: float) -> Box:
    a, b, c, d, e, f = ctm
    xs = [a * x + c * y + e for x in (left, right) for y in (bottom, top)]
    ys = [b * x + d * y + f for x in (left, right) for y in (bottom, top)]
    return min(xs), min(ys), max(xs), max(ys)


def around(boxes: list[Box]) -> Box:
    return (
        min(box[0] for box in boxes),
        min(box[1] for box in boxes),
        max(box[2] for box in boxes),
        max(box[3] for box in boxes),
    )


def meet(one: Box, other: Box) -> Box:
    return max(one[0], other[0]), max(one[1], other[1]), min(one[2], other[2]), min(one[3], other[3])
