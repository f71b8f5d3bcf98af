"""Which known name was probably meant by an unknown one, also where both are thousands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from policypress.finding import Edit
from policypress.text import Span

_FEW = 100  # known names that are compared one by one
_ALIKE = 30  # names with one beginning or ending, of which more are of one make: slip-1, slip-2 …
_HELD = 4


class _Names:
    """The known names as they are compared, and where there are many, those that a slip can have made of a name."""

    def __init__(self, known: Collection[str]) -> None:
        self.known = known
        self.count = len(known)
        self.folded: dict[str, list[str]] = {}
        for name in sorted(known):
            self.folded.setdefault(_fold(name), []).append(name)
        self._slips: dict[str, list[str]] = {}
        for name in self.folded if self.count > _FEW else ():
            for slip in {*_without_one(name), *_ends(name)}:
                self._slips.setdefault(slip, []).append(name)

    def one_apart(self, word: str) -> Sequence[str]:
        """Return names, among them all with one letter too many, too few or other, or two that are swapped."""
        if self.count <= _FEW:
            return list(self.folded)
        return sorted({name for slip in {*_without_one(word)} for name in self._slips.get(slip, ())})

    def around(self, word: str) -> Sequence[str]:
        """Return the names that a word is to be compared with."""
        if self.count <= _FEW:
            return [name for name in self.folded if abs(len(name) - len(word)) <= 2]
        found = dict.fromkeys(self.one_apart(word))
        for end in _ends(word):
            alike = self._slips.get(end, ())
            found.update(dict.fromkeys(alike if len(alike) <= _ALIKE else ()))
        return sorted(name for name in found if abs(len(name) - len(word)) <= 2)


_held: list[_Names] = []


def near(word: str, known: Collection[str]) -> str:
    """Return the known name that was probably meant, "" where none is close."""
    from difflib import get_close_matches

    names = _names(known)
    folded = _fold(word)
    if folded in names.folded:
        return names.folded[folded][-1]
    found = get_close_matches(folded, names.around(folded), 1, 0.8)
    return names.folded[found[0]][-1] if found else ""


def one_apart(word: str, known: Collection[str]) -> list[str]:
    """Return some of the known names, among them all that differ from a word by one slip of typing."""
    names = _names(known)
    return [name for folded in names.one_apart(_fold(word)) for name in names.folded[folded]]


def respelled(span: Span, name: str, known: Collection[str]) -> tuple[Edit, ...]:
    """Return the edit for a name that differs from one known name in case, blanks, dots and hyphens alone."""
    same = _names(known).folded.get(_fold(name), [])
    return (Edit(span, same[0]),) if len(same) == 1 and span.raw.strip("\"'") == name else ()


def _names(known: Collection[str]) -> _Names:
    """Return what is known of some names; the same few registers are asked about again and again."""
    for names in _held:
        if names.known is known and names.count == len(known):
            return names
    made = _Names(known)
    _held.insert(0, made)
    del _held[_HELD:]
    return made


def _without_one(name: str) -> Iterator[str]:
    yield name
    yield from (name[:at] + name[at + 1 :] for at in range(len(name)))


def _ends(name: str) -> tuple[str, str]:
    half = max(3, len(name) // 2)
    return f"{name[:half]}\0", f"\0{name[-half:]}"


def _fold(name: str) -> str:
    return re.sub(r"[\s._-]+", "-", name.casefold())
