"""Every assignment of answers to a policy's facts at once: one bit of a whole number for each assignment.

What needs a proof over all 3ⁿ assignments takes a few machine words a node here, with nothing but the standard library.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from policypress.batch.deriving import Deriving
from policypress.logic import Case
from policypress.quantity import compare
from policypress.ucum import Amount
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Verdict


class Bits(NamedTuple):
    """Where a verdict is met, not met and not applicable; everywhere else it is unknown."""

    met: int
    not_met: int
    dropped: int = 0


class Assignments:
    """All combinations of some answers to some facts, or whatever columns of answers are given for them.

    `columns` holds for each fact and each answer the assignments that give this answer.
    """

    def __init__(self, columns: Mapping[str, Mapping[str, int]], size: int) -> None:
        self.columns = columns
        self.size = size
        self.every = (1 << size) - 1

    @classmethod
    def all(cls, answers: Mapping[str, Sequence[str]]) -> Assignments:
        """Lay out every combination; the first fact turns slowest, like the last digit of `itertools.product`."""
        size = prod(map(len, answers.values()))
        columns: dict[str, dict[str, int]] = {}
        run = size
        for fact, several in answers.items():
            period, run = run, run // len(several)
            block = (1 << run) - 1
            first = [block << place * run for place in range(len(several))]
            columns[fact] = {
                answer: _repeated(bits, period, size // period) for answer, bits in zip(several, first, strict=True)
            }
        return cls(columns, size)


def _repeated(bits: int, period: int, times: int) -> int:
    """Return bits written several times behind each other."""
    made, count = 0, 0
    for digit in bin(times)[2:]:
        made |= made << count * period
        count *= 2
        if digit == "1":
            made = made << period | bits
            count += 1
    return made


def derive(case: Case, assignments: Assignments) -> Deriving[Bits]:
    """Return what gives the verdicts of a library for every assignment. Of the case only policy and day are read."""
    return Deriving(case, Counting(assignments, case.on))


def of(bits: Bits, place: int) -> Verdict:
    """Return the verdict of one assignment."""
    for verdict, where in zip((MET, NOT_MET, NOT_APPLICABLE), bits, strict=True):
        if where >> place & 1:
            return verdict
    return UNKNOWN


class Counting:
    """Counts verdicts in bits; every operator works on all assignments at once."""

    def __init__(self, assignments: Assignments, on: str) -> None:
        self.columns = assignments.columns
        self.every = assignments.every
        self.on = on
        self.unknown = Bits(0, 0)

    def answered(self, names: Sequence[str], below: Callable[[], Bits]) -> Bits:
        there = [self.columns[name] for name in names if name in self.columns]
        otherwise = below()
        for column in reversed(there):
            given = Bits(column.get(MET, 0), column.get(NOT_MET, 0), column.get(NOT_APPLICABLE, 0))
            otherwise = _first(given, otherwise, self.every) if otherwise != self.unknown else given
        return otherwise

    def compared(self, name: str, op: str, wanted: Amount | None, unit: str) -> Bits:
        met = not_met = 0
        column = self.columns.get(name, {})
        for told, where in column.items():
            held = None if wanted is None else compare(told, op, wanted, unit, self.on)
            met |= where if held else 0
            not_met |= where if held is False else 0
        return Bits(met, not_met, column.get(NOT_APPLICABLE, 0))

    def all_of(self, values: Sequence[Bits]) -> Bits:
        if len(values) == 1:
            return values[0]
        met, not_met, dropped = self.every, 0, self.every
        for value in values:
            met &= value.met | value.dropped if value.dropped else value.met
            not_met |= value.not_met
            dropped &= value.dropped
        return Bits(met ^ dropped, not_met, dropped) if dropped else Bits(met, not_met)

    def any_of(self, values: Sequence[Bits]) -> Bits:
        return self.negate(self.all_of([self.negate(value) for value in values]))

    def at_least(self, n: int, values: Sequence[Bits]) -> Bits:
        met = self.several(n, [value.met for value in values])
        possible = self.several(n, [self.every ^ (value.not_met | value.dropped) for value in values])
        dropped = self.every
        for value in values:
            dropped &= value.dropped
        return Bits(met, self.every ^ (possible | dropped), dropped)

    def several(self, n: int, places: Sequence[int]) -> int:
        """Return where at least n of some hold."""
        reached = [self.every, *[0] * n]
        for place in places:
            for count in range(n, 0, -1):
                reached[count] |= reached[count - 1] & place
        return reached[n]

    def negate(self, value: Bits) -> Bits:
        return Bits(value.not_met, value.met, value.dropped)

    def guarded(self, own: Bits, guard: Bits) -> Bits:
        return Bits(
            guard.met & own.met, guard.met & own.not_met, guard.not_met | guard.dropped | guard.met & own.dropped
        )

    def waived(self, own: Bits, unless: Bits) -> Bits:
        still = unless.not_met | unless.dropped
        return Bits(own.met | unless.met, own.not_met & still, own.dropped & still)

    def carved(self, own: Bits, except_when: Bits) -> Bits:
        still = except_when.not_met | except_when.dropped
        return Bits(own.met & still, own.not_met | except_when.met, own.dropped & still)

    def standing(self, value: Bits, above: Sequence[Bits], harmless: Verdict | None) -> Bits:
        if not above:
            return value
        out, open = value.dropped, 0
        for other in above:
            out |= other.met | other.not_met
            open |= self.every ^ (other.met | other.not_met | other.dropped)
        kept = self.every ^ (out | open)
        return Bits(
            value.met & (self.every ^ out if harmless is MET else kept),
            value.not_met & (self.every ^ out if harmless is NOT_MET else kept),
            out,
        )

    def determined(self, general: Bits, specific: Bits, excluded: Bits) -> Bits:
        against = excluded.met | general.not_met | specific.not_met
        settled = (self.every ^ against) & (excluded.not_met | excluded.dropped)
        return Bits(settled & specific.met & (general.met | general.dropped), against, settled & specific.dropped)


def _first(given: Bits, otherwise: Bits, every: int) -> Bits:
    """Return the given verdict where there is one."""
    rest = every ^ (given.met | given.not_met | given.dropped)
    return Bits(*(one | other & rest for one, other in zip(given, otherwise, strict=True)))
