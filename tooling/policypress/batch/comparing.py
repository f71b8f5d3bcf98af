"""Comparisons as SQL: of a number, of a number with a unit, and of a date, each giving a verdict in bits."""

from __future__ import annotations

from policypress.batch.amounts import pieces
from policypress.batch.columns import MET, NOT_MET, UNKNOWN, units
from policypress.batch.dialect import Dialect
from policypress.quantity import parse_date
from policypress.ucum import Amount, scaled

OPEN = str(UNKNOWN)
_SPAN = {
    "<": "{0} < {1}", ">": "{0} > {2}", "<=": "{0} <= {2}", ">=": "{0} >= {1}",
    "=": "{0} BETWEEN {1} AND {2}", "!=": "NOT ({0} BETWEEN {1} AND {2})",
}  # fmt: skip


def of_number(number: str, op: str, wanted: Amount, unit: str) -> str:
    """Compare a number of a unit.

    As DOUBLE: a number of at most 15 digits is on the same side of a limit there as it is exactly.
    """
    *ended, last = pieces(op, wanted, unit)
    if not ended:
        return str(_bits(last.holds))
    arms = " ".join(
        f"WHEN {number} {'<=' if piece.closed else '<'} {_double(float(piece.end or 0))} THEN {_bits(piece.holds)}"
        for piece in ended
    )
    return f"CASE WHEN {number} IS NULL THEN {OPEN} {arms} ELSE {_bits(last.holds)} END"


def of_amount(number: str, unit: str, op: str, wanted: Amount, bare: str, dialect: Dialect) -> str:
    """Compare a number with the unit in a column; a bare number has the given unit."""
    arms = {one: of_number(number, op, wanted, one) for one in dict.fromkeys(units((wanted.unit,)).values())}
    told = " ".join(f"WHEN {dialect.text(one)} THEN {sql}" for one, sql in arms.items() if sql != OPEN)
    return f"CASE {unit} WHEN '' THEN {of_number(number, op, wanted, bare)} {told} ELSE {OPEN} END"


def of_date(day: str, on: str, op: str, wanted: Amount, dialect: Dialect) -> str:
    """Compare a date with another, or the time since it with an amount; `on` is "" without a day of the case."""
    ends = (wanted.value, wanted.max or wanted.value)
    if all(parse_date(end) is not None for end in ends):
        return _span(op, day, *(f"DATE '{end}'" for end in ends))
    low, high = (scaled(end, wanted.unit) for end in ends)
    if not on or low is None or high is None:
        return OPEN
    if low[0] == "time":
        apart = f"({dialect.days.format(on)} - {dialect.days.format(day)})"
        return _span(op, apart, _double(float(low[1] / 86400)), _double(float(high[1] / 86400)))
    if low[0] == "months" and low[1].denominator == high[1].denominator == 1:
        return _span(op, on, *(f"CAST({day} + INTERVAL '{end[1]}' MONTH AS DATE)" for end in (low, high)))
    return OPEN


def _span(op: str, this: str, low: str, high: str) -> str:
    held = f"({_SPAN[op].format(this, low, high)})"
    return f"CASE WHEN {held} THEN {MET} WHEN NOT {held} THEN {NOT_MET} ELSE {OPEN} END"


def _bits(holds: bool | None) -> int:
    return UNKNOWN if holds is None else MET if holds else NOT_MET


def _double(number: float) -> str:
    written = repr(number)
    return written if "e" in written else f"{written}e0"
