"""Amounts and dates of a case against those of a policy: read, compared, and the values at which answers change.

Amounts are compared exactly inside one kind of unit. A date stands for the time from it to the day of the case, and
months and years are then counted on the calendar. Days against months are decided only where every calendar agrees:
182 days may or may not be six months.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Iterable
from fractions import Fraction
from functools import cache
from itertools import pairwise
from typing import Any

from policypress.amounts import UNITS
from policypress.pattern import pattern
from policypress.ucum import Amount, scaled

DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AMOUNT = pattern(r"\s*(?P<value>-?[0-9]+(?:\.[0-9]+)?)(?:\s*(?P<unit>\S.*?))?\s*")
_OPERATORS = {
    "<": operator.lt, ">": operator.gt, "<=": operator.le, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
_DAY = 86400  # seconds, in which time is counted
_STEPS = {"wk": ("d", 7), "a": ("mo", 12)}  # the finer unit in which a value is "just below" another


def parse_amount(text: str, unit: str = "") -> Amount | None:
    """Read "14 wk", "12 weeks" or "7.5 mm"; a bare number has the given unit. None where it is no amount."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    said = match["unit"] or unit
    return Amount(match["value"], "", UNITS.get(said, said))


def parse_date(text: str) -> datetime.date | None:
    """Read a day of the calendar, None where it is none."""
    if not DATE.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def same(one: str, other: str) -> bool:
    """Tell whether two answers are the same: the same words, or the same amount ("12 weeks" and "84 d")."""
    first, second = parse_amount(one), parse_amount(other)
    if first is None or second is None:
        return one == other
    return scaled(first.value, first.unit) == scaled(second.value, second.unit)


def compare(told: str, op: str, wanted: Amount, unit: str = "", on: str = "") -> bool | None:
    """Tell whether `told op wanted` holds; None where that cannot be told.

    `unit` is that of a bare number, `on` the day to which the time since a date runs. Against a range, `<` is below
    its lower end, `>` above its upper end, `<=` up to its upper end, `>=` from its lower end, `=` inside.
    """
    date = parse_date(told)
    if date is not None:
        return _compare_date(date, op, wanted, parse_date(on))
    amount = parse_amount(told, unit)
    this = None if amount is None else scaled(amount.value, amount.unit)
    low, high = scaled(wanted.value, wanted.unit), scaled(wanted.max or wanted.value, wanted.unit)
    if this is None or low is None or high is None:
        return None
    if this[0] == low[0]:
        return _holds(op, {_side(this[1], low[1], high[1])})
    ranges = list(zip(in_days(low), in_days(high), strict=True))
    return _holds(op, {_side(one, *ends) for one in in_days(this) for ends in ranges})


def _compare_date(date: datetime.date, op: str, wanted: Amount, on: datetime.date | None) -> bool | None:
    day, last = parse_date(wanted.value), parse_date(wanted.max or wanted.value)
    if day is not None and last is not None:
        return _holds(op, {_side(date, day, last)})
    if on is None:
        return None
    ends = [_reached(date, end, wanted.unit) for end in (wanted.value, wanted.max or wanted.value)]
    moments = [end for end in ends if end is not None]
    return _holds(op, {_side(Fraction(on.toordinal()), *moments)}) if len(moments) == 2 else None


def _reached(date: datetime.date, value: str, unit: str) -> Fraction | None:
    """Return the moment, in days of the calendar, at which a time since a date is over."""
    length = scaled(value, unit)
    if length is None:
        return None
    if length[0] == "time":
        return date.toordinal() + length[1] / _DAY
    if length[0] == "months" and length[1].denominator == 1:
        return Fraction(_months_later(date, int(length[1])).toordinal())
    return None


def _months_later(date: datetime.date, months: int) -> datetime.date:
    """Return the same day of a later month; the last one of the month where it has no such day."""
    from calendar import monthrange  # asked for by few cases

    year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
    year = min(max(year, 1), 9999)
    return date.replace(year=year, month=month + 1, day=min(date.day, monthrange(year, month + 1)[1]))


def in_days(amount: tuple[str, Fraction]) -> tuple[Fraction, ...]:
    """Return the shortest and the longest that a time may be, in days; nothing for what is no time."""
    kind, number = amount
    if kind == "time":
        return (number / _DAY, number / _DAY)
    if kind == "months":
        shortest, longest = _calendar_days(abs(int(number)))
        sign, rest = (-1 if number < 0 else 1), abs(number) - abs(int(number))
        return (sign * (shortest + rest * 28), sign * (longest + rest * 31))
    return ()


@cache
def _calendar_days(months: int) -> tuple[int, int]:
    starts = [datetime.date(year, month, 1) for year in range(2000, 2008) for month in range(1, 13)]
    lengths = [(_months_later(start, months) - start).days for start in starts]
    return min(lengths), max(lengths)


def _side(this: Any, low: Any, high: Any) -> int:
    """Tell on which side of a range something lies: -1 below, 0 inside, 1 above."""
    return bool(this > high) - bool(this < low)


def _holds(op: str, sides: set[int]) -> bool | None:
    """Tell whether a comparison holds on every side that may be the true one."""
    if {-1, 1} <= sides:  # what may be shorter and may be longer may be just as long
        sides = {-1, 0, 1}
    answers = {_OPERATORS[op](side, 0) for side in sides}
    return answers.pop() if len(answers) == 1 else None


def boundary_values(wanted: Iterable[Amount]) -> tuple[str, ...]:
    """Return a value below, at, between and above every limit, lowest first: 7, 8 and 9 mm; 83, 84 and 85 days."""
    days: set[datetime.date] = set()
    amounts: dict[tuple[str, Fraction], str] = {}
    limits: set[tuple[str, Fraction]] = set()
    for limit in wanted:
        for end in (limit.value, limit.max or limit.value):
            if (day := parse_date(end)) is not None:
                days |= {day + datetime.timedelta(step) for step in (-1, 0, 1)}
                continue
            for step, (value, unit) in enumerate(_around(end, limit.unit)):
                if (size := scaled(value, unit)) is not None:
                    amounts.setdefault(size, f"{value} {unit}".rstrip())
                    limits |= {size} if step == 1 else set()
    found = sorted(amounts)
    for below, above in pairwise(found):
        unit = amounts[below].partition(" ")[2]
        if {below, above} <= limits and below[0] == above[0] and (one := scaled("1", unit)) is not None:
            middle = (below[1] + above[1]) / 2 / one[1]
            amounts.setdefault((below[0], middle * one[1]), f"{_decimal(middle)} {unit}".rstrip())
    return (*(str(day) for day in sorted(days)), *(amounts[size] for size in sorted(amounts)))


def _around(value: str, unit: str) -> list[tuple[str, str]]:
    finer, times = _STEPS.get(unit, (unit, 1))
    try:
        at, places = Fraction(value) * times, len(value.partition(".")[2])
    except ValueError:
        return []
    return [(_decimal(at + step * Fraction(1, 10**places)), finer) for step in (-1, 0, 1)]


def _decimal(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):f}".rstrip("0")
