"""Amounts with UCUM units: read, converted, compared.

Units convert inside one kind only. A month is taken as 30.4375 days and a year as 365.25 (UCUM's mean Julian month
and year); a comparison that would rest on that rounding is still made, since the policy names the unit.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

_DAY = Decimal(86400)
_SCALES: dict[str, tuple[str, Decimal]] = {
    "s": ("time", Decimal(1)),
    "min": ("time", Decimal(60)),
    "h": ("time", Decimal(3600)),
    "d": ("time", _DAY),
    "wk": ("time", _DAY * 7),
    "mo": ("time", _DAY * Decimal("30.4375")),
    "a": ("time", _DAY * Decimal("365.25")),
    "mm": ("length", Decimal(1)),
    "cm": ("length", Decimal(10)),
    "m": ("length", Decimal(1000)),
    "ug": ("mass", Decimal("0.000001")),
    "mg": ("mass", Decimal("0.001")),
    "g": ("mass", Decimal(1)),
    "kg": ("mass", Decimal(1000)),
    "mL": ("volume", Decimal(1)),
    "L": ("volume", Decimal(1000)),
}
_AMOUNT = re.compile(r"\s*(?P<value>-?[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>\S.*?)?\s*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with a unit, or a date with unit "date". `max` is the upper end of a range."""

    value: str
    unit: str = ""
    max: str = ""


def parse_amount(text: str, on: str = "") -> Amount | None:
    """Read "14 wk", "12 weeks", "7.5 mm" or a date; None where it is neither. `on` is kept for dates' intervals."""
    from policypress.wording import UNITS

    if _DATE.fullmatch(text):
        if not on:
            return Amount(text, "date")
        days = (datetime.date.fromisoformat(on) - datetime.date.fromisoformat(text)).days
        return Amount(text, "date", str(days))
    match = _AMOUNT.fullmatch(text)
    if match is None:
        return None
    unit = match["unit"] or ""
    return Amount(match["value"], UNITS.get(unit, unit))


def compare_amounts(told: Amount, op: str, wanted: Amount) -> bool | None:
    """Tell whether `told op wanted` holds; None where the units cannot be compared.

    Against a range, `<` and `<=` look at its lower end for below and upper end for within: `=` holds inside the
    range, `!=` outside, `<` below its lower end, `>` above its upper end, `<=` up to its upper end, `>=` from its
    lower end.
    """
    if told.unit == "date":
        if _DATE.fullmatch(wanted.value):
            return _holds(told.value, op, wanted.value, wanted.value)
        if not told.max:
            return None
        told = Amount(told.max, "d")  # the days from the date to the day of the case
    low = _scaled(wanted.value, wanted.unit)
    high = _scaled(wanted.max, wanted.unit) if wanted.max else low
    this = _scaled(told.value, told.unit)
    if this is None or low is None or high is None or this[0] != low[0]:
        return None
    return _holds(this[1], op, low[1], high[1])


def _holds(this: str | Decimal, op: str, low: str | Decimal, high: str | Decimal) -> bool:
    below, above = this < low, this > high  # type: ignore[operator]
    return {
        "<": below,
        ">": above,
        "<=": not above,
        ">=": not below,
        "=": not below and not above,
        "!=": below or above,
    }[op]


def same_amount(value: str, unit: str, other: str, other_unit: str) -> bool:
    """Tell whether two amounts are the same ("12 wk" and "84 d" are)."""
    one, two = _scaled(value, unit), _scaled(other, other_unit)
    return one is not None and one == two


def _scaled(value: str, unit: str) -> tuple[str, Decimal] | None:
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    kind, scale = _SCALES.get(unit, (unit, Decimal(1)))
    return kind, number * scale
