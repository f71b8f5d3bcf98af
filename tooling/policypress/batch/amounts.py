"""Where the answer to a comparison changes along the numbers of one unit, found by asking `quantity.compare` itself."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Context, Decimal
from fractions import Fraction
from functools import cache
from math import ceil
from typing import NamedTuple

from policypress.quantity import compare, in_days
from policypress.ucum import Amount, scaled

_DAY = 86400  # seconds, in which time is counted
_EXACT = Context(prec=200)
_Scaled = tuple[str, Fraction]


class Piece(NamedTuple):
    """Numbers up to an end (with it, where `closed`) for which a comparison gives one answer; the last has no end."""

    end: Fraction | None
    closed: bool
    holds: bool | None


@cache
def pieces(op: str, wanted: Amount, unit: str) -> tuple[Piece, ...]:
    """Return the answers to `number unit op wanted`, from the lowest numbers to the highest."""
    ends = sorted(set(_turns(wanted, unit)))

    def holds(number: Fraction) -> bool | None:
        return compare(f"{_typed(number)} {unit}".rstrip(), op, wanted)

    if not ends:
        return (Piece(None, True, holds(Fraction(0))),)
    found = [Piece(ends[0], False, holds(Fraction(ceil(ends[0]) - 2)))]
    for place, end in enumerate(ends):
        if _typed(end):  # what cannot be typed as a decimal number is never met
            found.append(Piece(end, True, holds(end)))
        if place + 1 < len(ends):
            found.append(Piece(ends[place + 1], False, holds(_between(end, ends[place + 1]))))
    found.append(Piece(None, True, holds(Fraction(ceil(ends[-1]) + 1))))
    return tuple(piece for piece, after in zip(found, [*found[1:], None], strict=True) if not _goes_on(piece, after))


def _goes_on(piece: Piece, after: Piece | None) -> bool:
    return after is not None and piece.holds is after.holds


def _turns(wanted: Amount, unit: str) -> Iterator[Fraction]:
    """Yield every number of a unit at which the answer may change."""
    one = scaled("1", unit)
    limits = [scaled(end, wanted.unit) for end in (wanted.value, wanted.max or wanted.value)]
    for limit in limits:
        if one is None or limit is None:
            continue
        if one[0] == limit[0]:
            yield limit[1] / one[1]
        elif one[0] == "time":
            yield from (days * _DAY / one[1] for days in in_days(limit))
        elif one[0] == "months":
            yield from (months / one[1] for days in in_days(limit) for months in _months(abs(days)))


def _months(days: Fraction) -> Iterator[Fraction]:
    """Yield the numbers of months that may be so many days long, by their shortest or longest calendar."""
    for month in range(int(days / 31) - 2, ceil(days / 28) + 2):
        shortest, longest = in_days(("months", Fraction(max(month, 0))))
        for turn in (Fraction(max(month, 0)), month + (days - shortest) / 28, month + (days - longest) / 31):
            if month <= turn <= month + 1:
                yield from (turn, -turn)


def _typed(number: Fraction) -> str:
    """Write a number in decimals, "" where they never end."""
    left = number.denominator
    for factor in (2, 5):
        while left % factor == 0:
            left //= factor
    return f"{_EXACT.divide(Decimal(number.numerator), Decimal(number.denominator)):f}" if left == 1 else ""


def _between(low: Fraction, high: Fraction) -> Fraction:
    """Return a number between two that can be typed in decimals."""
    places = 10 ** (len(str(ceil(1 / (high - low)))) + 1)
    return Fraction(round((low + high) / 2 * places), places)
