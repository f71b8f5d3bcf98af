"""Functions of many yes-or-no questions, two ways: all cases at once in the bits of a number, or a decision diagram.

Both leave out the cases that cannot be (two kinds of one tumor), so that equal functions are equal numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Protocol

EXHAUSTED = 15  # so many questions, and all their cases are laid out: 2¹⁵ bits
MOST_QUESTIONS = 400  # of one ruling
MOST_BESIDE = 700  # of rulings beside each other; Python's own stack ends at about a thousand
MOST_NODES = 60_000  # of a diagram
MOST_STEPS = 200_000  # of everything that is proved of one section: about half a second

Allowed = tuple[tuple[int, ...], frozenset[tuple[bool, ...]]]  # some questions, and the answers they can have together


class TooLargeError(Exception):
    """The conditions go beyond what is proved."""


class Effort:
    """The steps that are left to several proofs together. `TooLargeError` where there are none."""

    def __init__(self, steps: int | None = None) -> None:
        self.left = MOST_STEPS if steps is None else steps

    def spend(self, steps: int = 1) -> None:
        self.left -= steps
        if self.left < 0:
            raise TooLargeError


class Algebra(Protocol):
    """Functions are numbers; 0 holds in no case, `every` in all that can be."""

    every: int
    questions: Sequence[int]

    def both(self, one: int, other: int) -> int: ...
    def either(self, one: int, other: int) -> int: ...
    def without(self, one: int, other: int) -> int: ...
    def case(self, function: int) -> tuple[bool, ...]: ...


def algebra(
    count: int, allowed: Iterable[Allowed] = (), most: int = MOST_QUESTIONS, effort: Effort | None = None
) -> Algebra:
    """Return the algebra of some questions. `TooLargeError` where there are too many."""
    if count > most:
        raise TooLargeError
    made = Bitsets(count) if count <= EXHAUSTED else Diagrams(count, effort)
    made.restrict(allowed)
    return made


class Bitsets:
    """Bit k of a function says whether it holds where the answers are the binary digits of k."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.every = (1 << (1 << count)) - 1
        self.questions: Sequence[int] = _columns(count)

    def restrict(self, allowed: Iterable[Allowed]) -> None:
        """Leave out the cases in which questions have other answers than they can have together."""
        for which, answers in allowed:
            possible = 0
            for told in answers:
                here = self.every
                for question, yes in zip(which, told, strict=True):
                    here &= self.questions[question] if yes else ~self.questions[question]
                possible |= here
            self.every &= possible
        self.questions = [question & self.every for question in self.questions]

    def both(self, one: int, other: int) -> int:
        return one & other

    def either(self, one: int, other: int) -> int:
        return one | other

    def without(self, one: int, other: int) -> int:
        return one ^ (one & other)

    def case(self, function: int) -> tuple[bool, ...]:
        """Return the answers of the case with the fewest of the later questions met."""
        place = (function & -function).bit_length() - 1
        return tuple(bool(place >> question & 1) for question in range(self.count))


@cache
def _columns(count: int) -> list[int]:
    if count == 0:
        return []
    half = 1 << (count - 1)  # cases without the last question, which come once more with it
    return [*(one | one << half for one in _columns(count - 1)), ((1 << half) - 1) << half]


class Diagrams:
    """Reduced ordered decision diagrams: a function is the number of a node, so that equal functions are equal."""

    def __init__(self, count: int, effort: Effort | None = None) -> None:
        self.count = count
        self.effort = effort or Effort()
        self.every = 1
        self.nodes: list[tuple[int, int, int]] = [(count, 0, 0), (count, 1, 1)]  # question, if not met, if met
        self.known: dict[tuple[int, int, int], int] = {}
        self.done: dict[tuple[int, int, int], int] = {}
        self.questions: Sequence[int] = [self._node(question, 0, 1) for question in range(count)]

    def restrict(self, allowed: Iterable[Allowed]) -> None:
        """Leave out the cases in which questions have other answers than they can have together."""
        possible = 1
        for which, answers in allowed:
            some = 0
            for told in answers:
                here = 1
                for question, yes in sorted(zip(which, told, strict=True), reverse=True):  # from below, as it is built
                    one = self.questions[question]
                    here = self.both(one, here) if yes else self.without(here, one)
                some = self.either(some, here)
            possible = self.both(possible, some)
        if possible != 1:
            self.every = possible
            self.questions = [self.both(question, possible) for question in self.questions]

    def both(self, one: int, other: int) -> int:
        return self._join(one, other, 0)

    def either(self, one: int, other: int) -> int:
        return self._join(one, other, 1)

    def without(self, one: int, other: int) -> int:
        """Return what holds where the one does and the other does not."""
        if other < 2 or one == 0 or one == other:
            return 0 if other else one
        key = (one, other, 2)
        found = self.done.get(key)
        if found is None:
            question, no, yes, other_no, other_yes = self._split(one, other)
            found = self._node(question, self.without(no, other_no), self.without(yes, other_yes))
            self.done[key] = found
        return found

    def case(self, function: int) -> tuple[bool, ...]:
        """Return the answers of one case: not met where that can be."""
        told = [False] * self.count
        while function > 1:
            question, no, yes = self.nodes[function]
            told[question] = no == 0
            function = no or yes
        return tuple(told)

    def _join(self, one: int, other: int, settles: int) -> int:
        """Return where both hold, or either. `settles`: the constant that decides it, whatever the other is."""
        if one == other or other + settles == 1:
            return one
        if one + settles == 1:
            return other
        if one == settles or other == settles:
            return settles
        if other < one:
            one, other = other, one
        key = (one, other, settles)
        found = self.done.get(key)
        if found is None:
            question, no, yes, other_no, other_yes = self._split(one, other)
            found = self._node(question, self._join(no, other_no, settles), self._join(yes, other_yes, settles))
            self.done[key] = found
        return found

    def _split(self, one: int, other: int) -> tuple[int, int, int, int, int]:
        """Return the first question that either asks, and what each is where its answer is no, and where it is yes."""
        self.effort.spend()
        question, no, yes = self.nodes[one]
        second, other_no, other_yes = self.nodes[other]
        if question < second:
            return question, no, yes, other, other
        if second < question:
            return second, one, one, other_no, other_yes
        return question, no, yes, other_no, other_yes

    def _node(self, question: int, no: int, yes: int) -> int:
        if no == yes:
            return no
        key = (question, no, yes)
        found = self.known.get(key)
        if found is None:
            if len(self.nodes) >= MOST_NODES:
                raise TooLargeError
            found = self.known[key] = len(self.nodes)
            self.nodes.append(key)
        return found
