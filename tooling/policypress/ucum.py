"""Amounts with a unit, and when two of them are the same.

Units are written as UCUM writes them (The Unified Code for Units of Measure, Regenstrief Institute). Only what policies
use is known here; conversions are exact, so 84 days are 12 weeks and 24 months are 2 years, but no number of days is
a month.
"""

from __future__ import annotations

from fractions import Fraction
from functools import cache, lru_cache

from policypress.pattern import pattern
from policypress.record import NamedTuple

# Unit -> what it measures, and how many of the smallest unit of that kind it is.
_KINDS: dict[str, dict[str, Fraction]] = {
    "time": {
        "ms": Fraction(1, 1000), "s": Fraction(1), "min": Fraction(60), "h": Fraction(3600), "d": Fraction(86400),
        "wk": Fraction(604800),
    },
    "months": {"mo": Fraction(1), "a": Fraction(12)},
    "length": {
        "nm": Fraction(1, 10**6), "um": Fraction(1, 1000), "mm": Fraction(1), "cm": Fraction(10), "dm": Fraction(100),
        "m": Fraction(1000), "km": Fraction(10**6),
    },
    "mass": {
        "ng": Fraction(1, 10**6), "ug": Fraction(1, 1000), "mg": Fraction(1), "g": Fraction(1000),
        "kg": Fraction(10**6),
    },
    "volume": {
        "uL": Fraction(1, 1000), "mL": Fraction(1), "cm3": Fraction(1), "dL": Fraction(100), "L": Fraction(1000),
    },
    "dose": {"mGy": Fraction(1), "cGy": Fraction(10), "Gy": Fraction(1000)},
    "effective dose": {"mSv": Fraction(1), "Sv": Fraction(1000)},
    "activity": {"kBq": Fraction(1), "MBq": Fraction(1000), "GBq": Fraction(10**6)},
}  # fmt: skip
CONVERTIBLE = {unit: (kind, factor) for kind, units in _KINDS.items() for unit, factor in units.items()}
_PLAIN = frozenset(
    "% [pH] [MET] [degF] [in_i] [ft_i] [lb_av] [oz_av] [ppm] [ppb] [arb'U] mo_j a_j deg mm[Hg] cm[H2O] mm[H2O] 10*3 "
    "10*6 10*9 10*12 1".split()
)
_METRIC = frozenset("m g s L l mol eq Gy Sv Bq Ci Hz Pa J W V A T K Cel eV cal bar B osm U [iU] [IU] kat".split())
_PREFIXES = frozenset("G M k h d c m u n p f".split())
_ATOM = pattern(r"(?P<unit>10\*\d+|[^\d\s]+|1)(?P<power>-?[1-9])?")
_NOTE = pattern(r"\{[^{}]*\}")
_NOTE_ALONE = pattern(r"(?:^|(?<=[/.]))\{[^{}]*\}")
_SMALL_LITER = pattern(r"\b([mdu]?)l\b")


class Amount(NamedTuple):
    """A number with its UCUM unit; `max` is "" unless it is a range."""

    value: str
    max: str
    unit: str

    def __str__(self) -> str:
        number = f"{self.value}–{self.max}" if self.max else self.value
        return f"{number} {self.unit}"


def known(unit: str) -> bool:
    """Tell whether a unit is one that policies use; anything in {braces} is fine."""
    bare = _NOTE.sub("", _NOTE_ALONE.sub("1", unit))
    return bare != "" and all(_known_part(part) for part in bare.removeprefix("/").replace("/", ".").split("."))


def _known_part(part: str) -> bool:
    match = _ATOM.fullmatch(part)
    if part in _PLAIN or part in CONVERTIBLE:
        return True
    if match is None:
        return False
    unit = match["unit"]
    return unit in CONVERTIBLE or unit in _PLAIN or unit in _METRIC or (unit[0] in _PREFIXES and unit[1:] in _METRIC)


@cache
def measured(unit: str) -> str:
    """Return what a unit measures, for telling which of two amounts may be meant; weeks and months both are time."""
    kind = CONVERTIBLE[unit][0] if unit in CONVERTIBLE else _spelled(unit)
    return "time" if kind == "months" else kind


@lru_cache(1 << 12)
def scaled(value: str, unit: str) -> tuple[str, Fraction] | None:
    """Return what an amount measures and how many of the smallest unit of that kind it is; None without a number."""
    read = number(value)
    if read is None:
        return None
    kind, factor = CONVERTIBLE.get(unit, (_spelled(unit), Fraction(1)))
    return kind, read * factor


def same(one: Amount, other: Amount) -> bool:
    """Tell whether two amounts are the same, in whatever unit."""
    if one == other and one.value.isdecimal():
        return True
    return _same_number(one.value, one.unit, other.value, other.unit) and (
        one.max == other.max == ""
        or (one.max != "" and other.max != "" and _same_number(one.max, one.unit, other.max, other.unit))
    )


def _same_number(one: str, unit: str, other: str, other_unit: str) -> bool:
    first, second = number(one), number(other)
    if first is None or second is None:
        return False
    if unit == other_unit or _spelled(unit) == _spelled(other_unit):
        return first == second
    if unit in CONVERTIBLE and other_unit in CONVERTIBLE:
        kind, factor = CONVERTIBLE[unit]
        other_kind, other_factor = CONVERTIBLE[other_unit]
        return kind == other_kind and first * factor == second * other_factor
    return False


@cache
def _spelled(unit: str) -> str:
    # Words in braces mean nothing to UCUM beside a unit; alone they say what is counted.
    bare = _NOTE.sub("", unit)
    if bare == "":
        return unit.lower().replace("s}", "}")
    return _SMALL_LITER.sub(r"\1L", bare)


def number(words: str) -> Fraction | None:
    """Return a number as typed, None where it is none."""
    try:
        return Fraction(words)
    except (ValueError, ZeroDivisionError):
        return None
