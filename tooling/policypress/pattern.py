"""Regular expressions that are compiled when first used."""

from __future__ import annotations

import re
from functools import cache
from typing import Any, cast

from policypress.expressions import compiled

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn", "groups", "groupindex")


class _Used:
    """Holds the methods of an expression."""

    def __init__(self, pattern: str, flags: int) -> None:
        self.pattern = pattern
        self.flags = int(flags)  # whose tests take a tenth of those of a RegexFlag


class _Unused(_Used):
    """Stands for an expression until one of its methods is asked for; from then on it holds them all."""

    def __getattr__(self, name: str) -> Any:
        if name not in _METHODS:
            raise AttributeError(name)
        made = compiled(self.pattern, self.flags)
        self.__dict__.update({method: getattr(made, method) for method in _METHODS})
        self.__class__ = _Used  # type: ignore[assignment]  # whose methods are found at once
        return self.__dict__[name]


def pattern(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """Return an expression that costs nothing before it is used.

    A check has several, most of them for words that few policies hold; compiling all of them took a tenth of a run.
    """
    return cast("re.Pattern[str]", _Unused(pattern, flags))


_NO_LETTER = pattern(r"\\[^xu]|\(\?P[<=][^>)]+")  # classes such as \S, and names of groups


@cache
def in_small_letters(expression: re.Pattern[str]) -> re.Pattern[str] | None:
    """Return what finds the same in a text of small letters as an expression to which case does not matter.

    It takes half the time: where case matters, most places are told by their first character. None for an expression
    that names a capital or a letter beyond a to z.
    """
    said = _NO_LETTER.sub("", expression.pattern)
    if said != said.lower() or not said.isascii() or "\\x" in said or "\\u" in said:
        return None
    return pattern(expression.pattern, expression.flags & ~(re.I | re.U))
