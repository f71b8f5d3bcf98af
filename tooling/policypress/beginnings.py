"""What each match of an expression begins with, so that a text is searched for words instead of at every letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

_ENOUGH = 5  # characters tell a place from the others
_MOST = 60  # beginnings; looking for more takes as long as the expression
_NO_WIDTH = ("AT", "ASSERT", "ASSERT_NOT")
_IGNORING_CASE = 2

_Found = tuple[frozenset[str], bool]  # beginnings, and whether more may be added to them


def beginnings(tree: Iterable[Any]) -> tuple[str, ...]:
    """Return what the matches of a parsed expression begin with; nothing where that does not tell places apart."""
    steps = list(tree)
    if steps and str(steps[0][0]) == "LITERAL":  # which the engine looks for by itself, and sooner
        return ()
    found, _ = _sequence(steps)
    if len(found) > _MOST or any(len(one) < 2 for one in found):
        return ()
    return tuple(sorted(one for one in found if not any(one[:length] in found for length in range(2, len(one)))))


def _sequence(steps: Sequence[tuple[Any, Any]]) -> _Found:
    found = frozenset([""])
    for place, (step, about) in enumerate(steps):
        kind = str(step)
        if kind in _NO_WIDTH:
            continue
        if kind.endswith("_REPEAT") and about[0] == 0:  # it may be missing
            here, _ = _sequence(list(about[2]))
            behind, _ = _sequence(steps[place + 1 :])
            return _joined(found, here | behind), False
        part, more = _part(kind, about)
        longer = _joined(found, part)
        if len(longer) > _MOST and "" not in found:
            return found, False
        found = longer
        if not more or len(found) > _MOST or min(map(len, found)) >= _ENOUGH:
            return found, False
    return found, True


def _part(kind: str, about: Any) -> _Found:
    if kind == "LITERAL":
        return frozenset([chr(about)]), True
    if kind == "IN" and all(str(one) == "LITERAL" for one, _ in about):
        return frozenset([chr(char) for _, char in about]), True
    if kind == "BRANCH":
        branches = [_sequence(list(branch)) for branch in about[1]]
        return frozenset().union(*(found for found, _ in branches)), all(more for _, more in branches)
    if kind == "SUBPATTERN" and not about[1] & _IGNORING_CASE:
        return _sequence(list(about[3]))
    if kind.endswith("_REPEAT"):  # at least once
        return _sequence(list(about[2]))[0], False
    return frozenset([""]), False


def _joined(some: frozenset[str], others: frozenset[str]) -> frozenset[str]:
    return frozenset([one + other for one, other in product(some, others)])
