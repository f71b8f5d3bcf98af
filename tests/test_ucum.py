"""Units and amounts."""

from __future__ import annotations

import pytest

from policypress.amounts import amounts
from policypress.ucum import Amount, known, measured, same


@pytest.mark.parametrize(
    "unit", "wk d a mo % {cycle} {event}/h kg/m2 mm[Hg] cm[H2O] [MET] mg/dL 10*3/uL /min mL/min/{1.73_m2} Cel [degF] m/s2 ml/min 1".split()
)
def test_known(unit: str) -> None:
    assert known(unit)


@pytest.mark.parametrize("unit", "weeks yr mmHg mcg / mg/ m//s mEq year".split())
def test_unknown(unit: str) -> None:
    assert not known(unit)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Amount("12", "", "wk"), Amount("84", "", "d")),
        (Amount("24", "", "mo"), Amount("2", "", "a")),
        (Amount("1.0", "", "cm"), Amount("10", "", "mm")),
        (Amount("6", "8", "wk"), Amount("42", "56", "d")),
        (Amount("15", "", "{event}/h"), Amount("15", "", "/h")),
        (Amount("2", "", "{cycles}"), Amount("2", "", "{cycle}")),
    ],
)
def test_same(one: Amount, other: Amount) -> None:
    assert same(one, other)
    assert same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Amount("1", "", "mo"), Amount("30", "", "d")),
        (Amount("12", "", "wk"), Amount("12", "", "d")),
        (Amount("6", "8", "wk"), Amount("6", "", "wk")),
        (Amount("2", "", "{cycle}"), Amount("2", "", "{session}")),
        (Amount("5", "", "mg"), Amount("5", "", "mg/dL")),
        (Amount("x", "", "wk"), Amount("x", "", "wk")),
    ],
)
def test_not_same(one: Amount, other: Amount) -> None:
    assert not same(one, other)


def test_weeks_and_months_measure_the_same() -> None:
    assert measured("wk") == measured("mo") == "time"
    assert measured("wk") != measured("mm")


def test_amounts_of_words() -> None:
    found = list(amounts("6–8 weeks, a twelve-week course, One unit, six to eight days, 1,200 mg"))
    assert found == [
        Amount("6", "8", "wk"),
        Amount("12", "", "wk"),
        Amount("1", "", "{unit}"),
        Amount("6", "8", "d"),
        Amount("1200", "", "mg"),
    ]


def test_number_words() -> None:
    assert list(amounts("sixty days, twenty-four hours, Eighteen months, twenty weeks")) == [
        Amount("60", "", "d"),
        Amount("24", "", "h"),
        Amount("18", "", "mo"),
        Amount("20", "", "wk"),
    ]
