"""Amounts in words: numbers in digits and in letters, and the units behind them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fractions import Fraction

from policypress import codes
from policypress.pattern import pattern
from policypress.ucum import Amount, number

# Unit word -> UCUM.
UNITS = {
    "second": "s", "seconds": "s", "minute": "min", "minutes": "min", "min": "min", "hour": "h", "hours": "h",
    "day": "d", "days": "d", "week": "wk", "weeks": "wk", "wk": "wk", "wks": "wk", "month": "mo", "months": "mo",
    "year": "a", "years": "a", "mm": "mm", "millimeter": "mm", "millimeters": "mm", "cm": "cm", "centimeter": "cm",
    "centimeters": "cm", "mg": "mg", "g": "g", "kg": "kg", "mcg": "ug", "µg": "ug", "mL": "mL", "ml": "mL", "L": "L",
    "mm Hg": "mm[Hg]", "mmHg": "mm[Hg]", "%": "%", "percent": "%", "Gy": "Gy", "mSv": "mSv", "kg/m2": "kg/m2",
    "kg/m²": "kg/m2", "ng/mL": "ng/mL", "pg/mL": "pg/mL", "mg/dL": "mg/dL", "g/dL": "g/dL", "IU": "[iU]",
    "cycle": "{cycle}", "cycles": "{cycle}", "session": "{session}", "sessions": "{session}", "unit": "{unit}",
    "units": "{unit}", "event": "{event}", "events": "{event}", "visit": "{visit}", "visits": "{visit}",
    "point": "{point}", "points": "{point}", "times": "{time}",
    "mmol/L": "mmol/L", "mL/min": "mL/min", "U/L": "U/L", "MBq": "MBq", "mCi": "mCi", "dB": "dB", "Hz": "Hz",
    "events per hour": "{event}/h", "events an hour": "{event}/h", "beats per minute": "{beat}/min",
    "bpm": "{beat}/min", "breaths per minute": "{breath}/min", "ms": "ms", "msec": "ms", "milliseconds": "ms",
    "cmH2O": "cm[H2O]", "cm H2O": "cm[H2O]", "cm H₂O": "cm[H2O]", "kPa": "kPa", "L/min": "L/min", "mL/h": "mL/h",
    "mL/kg": "mL/kg", "mg/kg": "mg/kg", "mg/g": "mg/g", "mEq/L": "meq/L", "mmol/mol": "mmol/mol", "nmol/L": "nmol/L",
    "pmol/L": "pmol/L", "ng/dL": "ng/dL", "µg/L": "ug/L", "mcg/L": "ug/L", "mcg/mL": "ug/mL", "U/mL": "U/mL",
    "IU/L": "[iU]/L", "IU/mL": "[iU]/mL", "mL/min/1.73 m2": "mL/min/{1.73_m2}", "mL/min/1.73 m²": "mL/min/{1.73_m2}",
    "kHz": "kHz", "MHz": "MHz", "lb": "[lb_av]", "lbs": "[lb_av]", "pounds": "[lb_av]", "inches": "[in_i]",
    "kcal": "kcal", "METs": "[MET]", "degrees": "deg",
}  # fmt: skip
NUMBER_WORDS = {
    **{
        word: str(number)
        for number, word in enumerate(
            "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen twenty".split(), 1
        )
    },
    "twenty-one": "21", "twenty-four": "24", "thirty": "30", "thirty-six": "36", "forty": "40", "forty-five": "45",
    "forty-eight": "48", "fifty": "50", "sixty": "60", "seventy-two": "72", "ninety": "90",
}  # fmt: skip


def spaced(words: str) -> str:
    """Return a pattern of words between which any white space may stand: a line may end there."""
    return r"(?u:\s)".join(re.escape(word) for word in words.split(" "))


def plain(words: str) -> str:
    return " ".join(words.split())


HYPHEN = f"[{codes.HYPHENS}]"
_UNIT = "|".join(spaced(unit) for unit in sorted(UNITS, key=lambda unit: (-len(unit), unit)))
# A group is never possessive: Python before 3.11.5 matches those wrongly.
NUMERAL = r"\d++(?:[.,]\d++)*(?![.,]\d)"


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of words in any case: by their first letters, which tell most apart, the longest first."""
    by_letter: dict[str, list[str]] = {}
    for word in sorted(words, key=lambda word: (-len(word), word)):
        by_letter.setdefault(word[0], []).append(spaced(word[1:]))
    listed = "|".join([f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items()])
    return f"(?ai:{listed})"


_NUMBER = rf"{NUMERAL}|{any_of(NUMBER_WORDS)}"
AMOUNT = (
    rf"\b(?P<value>{_NUMBER})(?:\s?(?:{HYPHEN}|to)\s?(?P<max>{_NUMBER}))?(?:\s|{HYPHEN})?"
    rf"(?:(?:continuous|consecutive|calendar|full|whole|complete)\s)?(?P<unit>{_UNIT})(?!\w|/[A-Za-zµ])"
)
_AMOUNTS = pattern(AMOUNT)
_NUMBERS = pattern(rf"(?<![\w.,])(?:\d+(?:[.,]\d+)*|{any_of(NUMBER_WORDS)})(?!\w)")


def typed_number(words: str) -> str:
    """Return a number as typed, or the digits of a number word; "" stays ""."""
    return NUMBER_WORDS.get(words.lower(), words.replace(",", ""))


def amounts(words: str) -> Iterator[Amount]:
    """Yield every amount that a short text outside a section names, number words with any unit included."""
    for match in _AMOUNTS.finditer(words):
        yield Amount(typed_number(match["value"]), typed_number(match["max"] or ""), UNITS[plain(match["unit"])])


def number_places(words: str) -> Iterator[tuple[int, int]]:
    """Yield where words name a number, in digits or as a word."""
    yield from (match.span() for match in _NUMBERS.finditer(words))


def numbers(words: str) -> Iterator[Fraction]:
    """Yield every number that words name, in digits or as a word."""
    for match in _NUMBERS.finditer(words):
        if (found := number(typed_number(match[0]))) is not None:
            yield found
