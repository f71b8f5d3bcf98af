"""The generated SQL, run in DuckDB, says what `logic.py` says: on random policies, and on every case beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.batch.amounts import pieces
from policypress.batch.deriving import Endless
from policypress.batch.dialect import DUCKDB
from policypress.batch.sql import statement
from policypress.criteria import CodeUse, Compare, Criterion, See
from policypress.logic import Case
from policypress.model import Guideline, section_nodes
from policypress.quantity import compare
from policypress.registers import Fact, Parameter, Registers
from policypress.ucum import Amount
from tests.batch.counted import assignment, by_sql, differences, libraries
from tests.random_policies import SIZE, SPAN, criterion, facts, group, guideline, policies, ruling, section, text

SIZES = ["7 mm", "8 mm", "0.8 cm", "9", "3 cm", "12 wk", "8.000001 mm", "2026-01-05", "not_applicable", "unknown", ""]
EVERY = ("met", "not_met", "unknown", "not_applicable")
DAYS = ["", "2026-01-05", "2028-02-29"]
CODE = "78815"
OPS = ["<", "<=", ">", ">=", "=", "!="]


@st.composite
def rows(draw: st.DrawFn, policy: Guideline) -> list[tuple[dict[str, str], str]]:
    """Draw cases that answer facts, and give verdicts for sections, rulings, groups and criteria outright."""
    nodes = [node.id for one in policy.sections for node in section_nodes(one)]
    given = ["s1", "s1.r", "s2", *draw(st.lists(st.sampled_from(nodes), max_size=2, unique=True))]
    verdicts = st.sampled_from(EVERY)
    found = []
    for _ in range(draw(st.integers(1, 6))):
        case = {fact: draw(st.sampled_from(SIZES) if fact == SIZE else verdicts) for fact in facts(policy)}
        case |= {id: draw(verdicts) for id in given if draw(st.integers(0, 5)) == 0}
        kept = draw(st.sets(st.sampled_from(sorted(case)))) if case else set()
        found.append(({name: case[name] for name in sorted(kept)}, draw(st.sampled_from(DAYS))))
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_random_policies(data: st.DataObject) -> None:
    policy = coded(data.draw(policies(depth=3)))
    assert differences(Case({"g": policy}, "g", {}), data.draw(rows(policy))) == []


@pytest.mark.parametrize(
    ("guidelines", "policy"), libraries(), ids=lambda one: one.id if isinstance(one, Guideline) else ""
)
def test_every_case_beside_a_guideline(guidelines: dict[str, Guideline], policy: Guideline) -> None:
    cases = [({fact: value.value for fact, value in one.facts.items()}, one.on) for one in policy.vignettes]
    assert differences(Case(guidelines, policy.id, {}), [*cases, ({}, "")]) == []


def every_way() -> Guideline:
    """Return a section for each connective over three facts, and one for each set of guard and exceptions."""
    members = [criterion(name) for name in "abc"]
    nodes = [
        group(f"{op}-{n}", op, *members, n=n)
        for op, n in (("all", 0), ("any", 0), ("at_least", 1), ("at_least", 2), ("at_least", 3))
    ]
    nodes.append(group("not-all", "not", nodes[0]))
    keys = ("applies_when", "unless", "except_when")
    for number in range(8):
        hung = {key: criterion(key) for place, key in enumerate(keys) if number >> place & 1}
        nodes.append(criterion(f"hung-{number}", fact="a", **hung))
    return guideline(*(section(f"of-{node.id}", ruling(f"ruling-{node.id}", node)) for node in nodes))


def every_determination() -> Guideline:
    """Return a ruling of each kind for one code, and one that overrides it."""
    kinds = {"a": {"effect": "not_covered"}, "b": {"scope": "general"}, "c": {}, "d": {}}
    rulings = [ruling(f"r-{name}", criterion(name), **kind) for name, kind in kinds.items()]
    over = [ruling(f"over-{name}", criterion(f"o-{name}"), overrides=(text(f"r-{name}"),)) for name in "abc"]
    return coded(guideline(section("s", *rulings), section("above", *over)))


def coded(policy: Guideline) -> Guideline:
    """Return a policy all of whose rulings are about one code."""
    about = (CodeUse(CODE, text(CODE)),)
    sections = tuple(
        replace(one, rulings=tuple(replace(each, codes=about) for each in one.rulings)) for one in policy.sections
    )
    return replace(policy, sections=sections)


def on_every_assignment(policy: Guideline, names: Sequence[str]) -> list[str]:
    answers = dict.fromkeys(names, EVERY)
    every = [assignment(answers, place) for place in range(4 ** len(names))]
    return differences(Case({"g": policy}, "g", {}), [(facts, "") for facts in every])


@pytest.mark.parametrize("names", [("a", "b", "c"), ("a", "applies_when", "unless", "except_when")], ids=" ".join)
def test_every_connective_guard_and_exception_on_every_assignment(names: tuple[str, ...]) -> None:
    assert on_every_assignment(every_way(), names) == []


@pytest.mark.parametrize(
    "names", [("a", "b", "c", "d"), ("a", "o-a", "c", "b"), ("b", "o-b", "c"), ("c", "o-c", "b")], ids=" ".join
)
def test_every_line_of_the_determination_on_every_assignment(names: tuple[str, ...]) -> None:
    assert on_every_assignment(every_determination(), names) == []


LIMITS = [
    Amount("12", "", "wk"), Amount("6", "8", "wk"), Amount("6", "", "mo"), Amount("182", "", "d"), Amount("2", "", "a"),
    Amount("60", "", "d"), Amount("1.5", "", "mo"), Amount("8", "", "mm"), Amount("0", "", "d"), Amount("1", "", "d"),
]  # fmt: skip


def answer(op: str, wanted: Amount, unit: str, number: Decimal) -> bool | None:
    for piece in pieces(op, wanted, unit):
        if piece.end is None or number < piece.end or (piece.closed and number == piece.end):
            return piece.holds
    raise AssertionError("the last piece has no end")


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(OPS), st.sampled_from(LIMITS), st.sampled_from(["d", "wk", "mo", "a", "h", "mm", ""]),
    st.decimals(-400, 800, places=2),
)  # fmt: skip
def test_a_piece_holds_for_all_its_numbers(op: str, wanted: Amount, unit: str, number: Decimal) -> None:
    assert answer(op, wanted, unit, number) is compare(f"{number} {unit}".rstrip(), op, wanted)


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("wanted", [Amount("182", "", "d"), Amount("60", "90", "d"), Amount("26", "", "wk")], ids=str)
def test_days_against_months(op: str, wanted: Amount) -> None:
    step = Decimal("0.000001")
    turns = [round(Decimal(float(piece.end)), 6) for piece in pieces(op, wanted, "mo") if piece.end is not None]
    for number in (*(Decimal(hundredths) / 100 for hundredths in range(-100, 800)), *(
        turn + part for turn in turns for part in (-step, 0, step)
    )):  # fmt: skip
        assert answer(op, wanted, "mo", number) is compare(f"{number} mo", op, wanted), number


def measuring(op: str, wanted: Amount) -> Case:
    one = criterion("c", compare=Compare(text(SIZE), op, SPAN, parameter=text("limit")))  # type: ignore[arg-type]
    registers = Registers(
        facts={SIZE: Fact(SIZE, text("How long?"), SPAN, "quantity", "wk")},
        parameters={"limit": Parameter("limit", wanted.value, wanted.unit, text("limit"), SPAN, wanted.max)},
    )
    return Case({"g": guideline(section("s", ruling("s.r", one)), registers=registers)}, "g", {})


TOLD = ["11.9", "12", "12 weeks", "84 d", "83 days", "83.999999 d", "2 mo", "3 months", "0.3 a", "12 mm", "-3 d",
        "2025-10-13", "2025-10-12", "2024-02-29", "2025-08-31", "2027-01-01"]  # fmt: skip


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize(
    "wanted", [*LIMITS, Amount("2025-10-13", "", ""), Amount("2025-10-12", "2025-10-13", "")], ids=str
)
def test_amounts_and_dates(op: str, wanted: Amount) -> None:
    days = ["", "2026-01-05", "2026-02-28", "2026-03-01"]
    assert differences(measuring(op, wanted), [({SIZE: told}, on) for told in TOLD for on in days]) == []


def test_numbers_have_the_unit_of_the_fact_and_dates_are_days() -> None:
    policy = measuring(">=", Amount("12", "", "wk"))
    with_numbers = statement(policy, {"case": "number", SIZE: "number"}, "t", DUCKDB)
    assert with_numbers.wrong_kinds == ()
    with duckdb.connect() as connection:
        for type, value, verdict in (
            ("DOUBLE", "11.999", "not_met"),
            ("INTEGER", "12", "met"),
            ("DECIMAL(9,3)", "12.001", "met"),
        ):
            connection.execute(f'CREATE OR REPLACE TABLE t AS SELECT 1 AS "case", CAST({value} AS {type}) AS {SIZE}')
            assert connection.execute(f'SELECT "s" FROM ({with_numbers.text})').fetchone() == (verdict,)
        connection.execute(f"CREATE OR REPLACE TABLE t AS SELECT 1 AS \"case\", CAST('nan' AS DOUBLE) AS {SIZE}")
        with pytest.raises(duckdb.Error, match="case 1: column size holds nan"):
            connection.execute(with_numbers.text)
        connection.execute(
            f"CREATE OR REPLACE TABLE t AS SELECT 1 AS \"case\", DATE '2025-10-13' AS {SIZE}, DATE '2026-01-05' AS \"on\""
        )
        dated = statement(policy, {"case": "number", SIZE: "date", "on": "date"}, "t", DUCKDB)
        assert connection.execute(f'SELECT "s" FROM ({dated.text})').fetchone() == ("met",)


def test_what_no_criterion_asks_is_told_and_so_is_a_type_that_does_not_fit() -> None:
    policy = measuring(">=", Amount("12", "", "wk"))
    made = statement(policy, {"case": "text", "size": "boolean", "s.r": "number", "siez": "text"}, "t", DUCKDB)
    assert made.strange == ("siez",)
    assert made.wrong_kinds == (
        "column s.r holds numbers, and verdicts are asked for",
        "column size holds truth values, and amounts or dates are asked for",
    )


def test_a_policy_that_points_at_itself_is_refused() -> None:
    around = guideline(section("s", ruling("s.r", group("all-1", "all", criterion("a"), Criterion(
        id="p", span=SPAN, text=text("P"), fact="p", see=See(SPAN, target="s")
    )))))  # fmt: skip
    with pytest.raises(Endless, match="s leads back to itself"):
        statement(Case({"g": around}, "g", {}), {"case": "text"}, "t", DUCKDB)


def test_the_same_policy_gives_the_same_statement() -> None:
    (guidelines, policy), *_ = libraries()
    columns = {"case": "text", **dict.fromkeys(policy.registers.facts, "text")}
    first, second = (statement(Case(guidelines, policy.id, {}), columns, "t", DUCKDB).text for _ in range(2))  # type: ignore[arg-type]
    assert first == second


def test_a_name_with_quotes_stays_a_name() -> None:
    policy = guideline(section("s", ruling("s.r", criterion("c", fact='a"b'))))
    assert by_sql(Case({"g": policy}, "g", {}), [({}, "")])[0]["s"] == "unknown"
    assert '"a""b"' in statement(Case({"g": policy}, "g", {}), {"case": "text", 'a"b': "text"}, "t", DUCKDB).text
