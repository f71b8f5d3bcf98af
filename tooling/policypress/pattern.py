"""Regular expressions that are compiled when first used."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, cast

from policypress.expressions import compiled

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn", "groups", "groupindex")


class _Used:
    """Holds the methods of an expression."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.starts: tuple[str, ...] = ()  # what each match begins with, known when it was used
        self.flags = int(flags)  # whose tests take a tenth of those of a RegexFlag


class _Unused(_Used):
    """Stands for an expression until one of its methods is asked for; from then on it holds them all."""

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        made, self.starts = compiled(self.pattern, self.flags)
        self.__dict__.update({method: getattr(made, method) for method in _METHODS})
        self.__class__ = _Used  # type: ignore[assignment]  # whose methods are found at once
        return self.__dict__[name]


def pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return an expression that costs nothing before it is used.

    A check has several, most of them for words that few policies hold; compiling all of them took a tenth of a run.
    """
    return cast("re.Pattern[str]", _Unused(pattern, flags))


_NO_LETTER = pattern(r"(\\[^xu]|\(\?P[<=][^>)]+)")  # classes such as \S, and names of groups
_MIXED = pattern(r"[A-Z]-[^A-Z]|[^A-Z]-[A-Z]")


@cache
def in_small_letters(expression: re.Pattern[str]) -> re.Pattern[str] | None:
    """Return what finds the same in a text of small letters as an expression to which case does not matter.

    It takes half the time: where case matters, most places are told by their first character. None for an expression
    that names a letter beyond a to z, or a range that only begins or ends with a capital.
    """
    parts = _NO_LETTER.split(expression.pattern)
    said = "".join(parts[::2])
    if not said.isascii() or "\\x" in said or "\\u" in said or _MIXED.search(said) is not None:
        return None
    small = "".join([part if place % 2 else part.lower() for place, part in enumerate(parts)])
    return pattern(small, expression.flags & ~(re.I | re.U))


def finditer(expression: re.Pattern[str], text: str) -> Iterable[re.Match[str]]:
    """Yield each match in a text as the expression does, trying it only where it may begin, if that is known."""
    found = expression.finditer
    starts: tuple[str, ...] = getattr(expression, "starts", ())
    return _tried(expression, starts, text) if starts else found(text)


def _tried(expression: re.Pattern[str], starts: tuple[str, ...], text: str) -> Iterator[re.Match[str]]:
    places = []
    for start in starts:
        place = text.find(start)
        while place >= 0:
            places.append(place)
            place = text.find(start, place + 1)
    end = 0
    for place in sorted(places):
        if place >= end and (match := expression.match(text, place)) is not None:
            yield match
            end = match.end()
