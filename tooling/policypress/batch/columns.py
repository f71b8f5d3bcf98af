"""How SQL reads the columns of a file of cases: verdicts, amounts and dates, and a refusal of everything else.

A text holds what a case file may hold. A number is an amount in the unit in which the fact is asked. Nothing, an empty
text and "unknown" are unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from policypress.amounts import UNITS
from policypress.batch.dialect import Dialect
from policypress.ucum import CONVERTIBLE

Kind = Literal["text", "boolean", "number", "date", "other"]
# The verdicts as bits. `all` is AND over these; where it does not apply (the lowest bit), a member of `any` counts 0.
NOT_MET, UNKNOWN, MET, NOT_APPLICABLE = 0, 2, 6, 7
_WORDS = {"met": MET, "not_met": NOT_MET, "not_applicable": NOT_APPLICABLE}
_TRUTH = {"true": MET, "false": NOT_MET}
_OPEN = ("unknown", "")
_AMOUNT = "^ *(-?[0-9]{1,9}([.][0-9]{1,6})?) *([^ ].*)?$"
_DATE = "^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"


def units(more: Iterable[str] = ()) -> dict[str, str]:
    """Return every spelling of a unit that a column may hold, with its UCUM code."""
    return {**{unit: unit for unit in (*CONVERTIBLE, *UNITS.values(), *more) if unit}, **UNITS}


def tiny(code: int) -> str:
    return f"CAST({code} AS TINYINT)"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the file, and what it is asked for: a verdict, an amount, or the day of the case."""

    name: str
    kind: Kind
    place: int
    dialect: Dialect
    case: str  # SQL for what names the row
    measured: bool = False
    day: bool = False
    units: tuple[str, ...] = ()  # of what it is compared with

    @property
    def raw(self) -> str:
        return self.dialect.name(self.name)

    @property
    def wrong_kind(self) -> str:
        """What is wrong with the type of the column, "" where nothing is."""
        fits = {"text", "date"} if self.day else {"text", "number", "date"} if self.measured else {"text", "boolean"}
        wanted = "dates" if self.day else "amounts or dates" if self.measured else "verdicts"
        held = {"boolean": "truth values", "number": "numbers", "date": "dates"}.get(self.kind, "something else")
        return "" if self.kind in fits else f"column {self.name} holds {held}, and {wanted} are asked for"

    def given(self, otherwise: str = "NULL") -> str:
        """SQL for the verdict that the column gives, NULL or another code where it gives none."""
        if self.kind == "boolean":
            met = f"{MET} * CAST({self.raw} AS TINYINT)"
            return met if otherwise == "NULL" else f"CASE WHEN {self.raw} IS NULL THEN {otherwise} ELSE {met} END"
        if self.kind != "text":
            return f"CAST({otherwise} AS TINYINT)"
        words = _WORDS if self.measured else {**_WORDS, **_TRUTH}
        told = " ".join(f"WHEN '{word}' THEN {tiny(code)}" for word, code in words.items())
        open = " ".join(f"WHEN '{word}' THEN {otherwise}" for word in _OPEN)
        # What is no verdict may be an amount, and is then looked at as such.
        last = f"CASE WHEN {self.raw} IS NULL THEN {otherwise} ELSE {self._failure()} END"
        return f"CASE {self.raw} {told} {open} ELSE {otherwise if self.measured else last} END"

    def verdict(self) -> str:
        """SQL for the verdict of a question that only this column answers."""
        return self.given(tiny(UNKNOWN))

    def amounts(self) -> dict[str, str]:
        """SQL for the number, the unit ("" for that of the fact) and the day of an amount or date, by letter."""
        if self.kind == "number":
            number = f"CAST({self.raw} AS DOUBLE)"
            return {"n": f"CASE WHEN {number} - {number} <> 0 THEN {self._failure()} ELSE {number} END"}
        if self.kind == "date":
            return {"d": f"CAST({self.raw} AS DATE)"}
        day = f"CASE WHEN {self._date()} THEN TRY_CAST({self.raw} AS DATE) END"
        if self.day:
            return {"d": f"CASE WHEN {self.invalid()} THEN {self._failure()} ELSE {day} END"}
        number = f"CAST(NULLIF({self._part(1)}, '') AS DOUBLE)"
        return {
            "d": day,
            "n": f"CASE WHEN {self.invalid()} THEN {self._failure()} ELSE {number} END",
            "u": self._unit(),
        }

    def invalid(self) -> str:
        """SQL that tells whether a value of the column cannot be read."""
        if self.kind == "number":
            number = f"CAST({self.raw} AS DOUBLE)"
            return f"{number} - {number} <> 0"
        if self.kind != "text":
            return "FALSE"
        words = (*_OPEN, *(() if self.day else _WORDS), *(() if self.day or self.measured else _TRUTH))
        no_word = " AND ".join(f"{self.raw} <> '{word}'" for word in words)  # a long IN would become a join
        no_date = f"NOT ({self._date()} AND TRY_CAST({self.raw} AS DATE) IS NOT NULL)"
        if self.day:
            return f"({no_word} AND {no_date})"
        if not self.measured:
            return f"({no_word})"
        no_amount = f"({self._part(1)} = '' OR {self._unit()} IS NULL)"
        return f"({no_word} AND {no_date} AND ({self._date()} OR {no_amount}))"

    @property
    def wanted(self) -> str:
        if self.day:
            return "no date (such as 2026-03-01)"
        if not self.measured:
            return "no verdict (met, not_met, unknown or not_applicable)"
        return "no amount, date or verdict (an amount has at most nine digits before the point and six after it)"

    def _unit(self) -> str:
        """SQL for the UCUM code of the unit, "" for that of the fact, NULL where nobody knows the unit."""
        text = self.dialect.text
        known = {**dict.fromkeys(unit for unit in self.units if unit), **units(self.units)}  # the likely ones first
        arms = " ".join(f"WHEN {text(one)} THEN {text(known[one] or one)}" for one in known)
        return f"CASE {self._part(3)} WHEN '' THEN '' {arms} END"

    def _date(self) -> str:
        return f"regexp_extract({self.raw}, '{_DATE}', 0) = {self.raw}"

    def _part(self, group: int) -> str:
        return f"rtrim(regexp_extract({self.raw}, '{_AMOUNT}', {group}))"

    def _failure(self) -> str:
        told = self.dialect.text(f": column {self.name} holds ")
        case = f"COALESCE(CAST({self.case} AS STRING), '?')"
        held = f"COALESCE(CAST({self.raw} AS STRING), '')"
        ending = self.dialect.text(f", which is {self.wanted}")
        return f"{self.dialect.fails}('case ' || {case} || {told} || {held} || {ending})"
