"""Amounts and dates: units inside one kind, months and years on the calendar, and what cannot be told stays open."""

from __future__ import annotations

import datetime
import operator
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policypress.quantity import boundary_values, compare, in_days, same
from policypress.ucum import Amount

WEEKS = Amount("12", "", "wk")
MONTHS = Amount("6", "", "mo")
ADULT = Amount("18", "", "a")
RANGE = Amount("6", "8", "wk")
OPERATORS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip


@pytest.mark.parametrize(
    ("told", "op", "wanted", "expected"),
    [
        ("14 wk", ">=", WEEKS, True),
        ("12 weeks", ">=", WEEKS, True),
        ("83 d", ">=", WEEKS, False),
        ("84 d", ">=", WEEKS, True),
        ("84 d", ">", WEEKS, False),
        ("84 days", "=", WEEKS, True),
        ("7 mm", "<", Amount("8", "", "mm"), True),
        ("0.8 cm", "<", Amount("8", "", "mm"), False),
        ("24 mo", ">=", Amount("2", "", "a"), True),
        ("23 months", ">=", Amount("2", "", "a"), False),
        ("7 {event}/h", ">=", Amount("5", "", "{event}/h"), True),
        ("7 events per hour", ">=", Amount("5", "", "{event}/h"), True),
        ("36 kg/m2", ">=", Amount("35", "", "kg/m2"), True),
    ],
)
def test_amounts(told: str, op: str, wanted: Amount, expected: bool) -> None:
    assert compare(told, op, wanted) is expected


@pytest.mark.parametrize("told", ["14 lb", "soon", "", "2026-13-01", "1,000 wk", "met"])
def test_what_cannot_be_compared_is_open(told: str) -> None:
    assert compare(told, ">=", WEEKS) is None


def test_a_bare_number_has_the_unit_of_its_fact() -> None:
    assert compare("14", ">=", WEEKS, unit="wk") is True
    assert compare("14", ">=", WEEKS, unit="d") is False
    assert compare("14", ">=", WEEKS) is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [("180 d", False), ("181 d", None), ("26 wk", None), ("183 d", None), ("184 d", True), ("27 wk", True)],
)
def test_days_are_six_months_only_on_every_calendar(told: str, expected: bool | None) -> None:
    assert compare(told, ">=", MONTHS) is expected


def test_months_against_days() -> None:
    assert compare("6 mo", ">=", Amount("181", "", "d")) is True
    assert compare("6 mo", ">=", Amount("182", "", "d")) is None
    assert compare("6 mo", ">=", Amount("185", "", "d")) is False


@pytest.mark.parametrize(("op", "beyond"), [("=", False), ("!=", True)])
def test_months_are_some_number_of_days_and_none_for_sure(op: str, beyond: bool) -> None:
    for days in range(50, 70):
        expected = None if 59 <= days <= 62 else beyond
        assert compare("2 mo", op, Amount(str(days), "", "d")) is expected, days
        assert compare(f"{days} d", op, Amount("2", "", "mo")) is expected, days


@given(
    st.integers(0, 900), st.sampled_from(["d", "wk"]), st.integers(0, 60), st.sampled_from(["mo", "a"]),
    st.sampled_from(sorted(OPERATORS)), st.booleans(),
)  # fmt: skip
def test_a_verdict_is_that_of_every_calendar(
    days: int, unit: str, months: int, other: str, op: str, turned: bool
) -> None:
    low, high = in_days(("months", Fraction(months * (12 if other == "a" else 1))))
    exact, each = days * (7 if unit == "wk" else 1), range(int(low), int(high) + 1)
    if turned:
        said = compare(f"{months} {other}", op, Amount(str(days), "", unit))
        answers = {OPERATORS[op](length, exact) for length in each}
    else:
        said = compare(f"{days} {unit}", op, Amount(str(months), "", other))
        answers = {OPERATORS[op](exact, length) for length in each}
    assert said is (answers.pop() if len(answers) == 1 else None)


@pytest.mark.parametrize(
    ("told", "op", "wanted", "on", "expected"),
    [
        ("2025-12-07", ">=", WEEKS, "2026-03-01", True),  # 84 days
        ("2025-12-08", ">=", WEEKS, "2026-03-01", False),
        ("2025-09-01", ">=", MONTHS, "2026-03-01", True),
        ("2025-09-02", ">=", MONTHS, "2026-03-01", False),
        ("2025-09-01", ">", MONTHS, "2026-03-01", False),
        ("2025-08-31", ">=", MONTHS, "2026-02-28", True),  # February has no 31st
        ("2008-03-01", ">=", ADULT, "2026-03-01", True),
        ("2008-03-02", "<", ADULT, "2026-03-01", True),
        ("2008-02-29", ">=", ADULT, "2026-02-28", True),
        ("2026-04-01", "<", WEEKS, "2026-03-01", True),
        ("2026-01-01", ">=", WEEKS, "", None),
        ("2026-01-01", ">=", Amount("8", "", "mm"), "2026-03-01", None),
        ("2026-01-01", ">=", Amount("2026-01-01", "", ""), "", True),
        ("2025-12-31", ">=", Amount("2026-01-01", "", ""), "", False),
    ],
)
def test_dates(told: str, op: str, wanted: Amount, on: str, expected: bool | None) -> None:
    assert compare(told, op, wanted, on=on) is expected


@pytest.mark.parametrize(
    ("told", "holds"),
    [("5 wk", "< <= !="), ("6 wk", "= <= >="), ("49 d", "= <= >="), ("8 wk", "= <= >="), ("9 wk", "> >= !=")],
)
def test_ranges(told: str, holds: str) -> None:
    assert {op for op in OPERATORS if compare(told, op, RANGE)} == set(holds.split())


@given(st.integers(0, 400), st.integers(0, 60), st.sampled_from(sorted(OPERATORS)))
def test_days_against_weeks_is_arithmetic(days: int, weeks: int, op: str) -> None:
    assert compare(f"{days} d", op, Amount(str(weeks), "", "wk")) is OPERATORS[op](days, 7 * weeks)


@given(st.dates(datetime.date(1930, 1, 1), datetime.date(2030, 1, 1)), st.integers(0, 800), st.integers(1, 60))
def test_a_date_agrees_with_days_where_days_can_be_told(date: datetime.date, days: int, months: int) -> None:
    on = str(date + datetime.timedelta(days))
    wanted = Amount(str(months), "", "mo")
    by_days = compare(f"{days} d", ">=", wanted)
    assert by_days in (None, compare(str(date), ">=", wanted, on=on))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ([Amount("8", "", "mm")], "7 mm, 8 mm, 9 mm"),
        ([WEEKS], "83 d, 84 d, 85 d"),
        ([MONTHS], "5 mo, 6 mo, 7 mo"),
        ([ADULT], "215 mo, 216 mo, 217 mo"),
        ([Amount("7.5", "", "mm")], "7.4 mm, 7.5 mm, 7.6 mm"),
        ([RANGE], "41 d, 42 d, 43 d, 55 d, 56 d, 57 d"),
        ([Amount("8", "", "mm"), Amount("9", "", "mm")], "7 mm, 8 mm, 8.5 mm, 9 mm, 10 mm"),
        ([Amount("2026-01-01", "", "")], "2025-12-31, 2026-01-01, 2026-01-02"),
    ],
)
def test_boundary_values(wanted: list[Amount], expected: str) -> None:
    assert ", ".join(boundary_values(wanted)) == expected


def test_the_same_answer_in_other_words() -> None:
    assert same("12 weeks", "84 d")
    assert same("met", "met")
    assert not same("12 wk", "85 d")
    assert not same("met", "not_met")
