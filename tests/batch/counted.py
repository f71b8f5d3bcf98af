"""Verdicts counted in three ways: by `logic.py`, by SQL in DuckDB, and by bitsets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod
from pathlib import Path

import duckdb
import numpy

from policypress.batch.bitsets import Bits
from policypress.batch.columns import Kind
from policypress.batch.deriving import codes_of
from policypress.batch.dialect import DUCKDB
from policypress.batch.sql import statement
from policypress.library import read_library
from policypress.logic import Case
from policypress.model import Guideline

ROOT = Path(__file__).parents[2]
Cases = Iterable[tuple[Mapping[str, str], str]]  # the facts and the day of each


def libraries() -> list[tuple[dict[str, Guideline], Guideline]]:
    """Return every guideline of this repository, with the library it belongs to."""
    found = []
    for source in (ROOT / "source", ROOT / "tests" / "library"):
        guidelines = {one.id: one for one in read_library(source).library.guidelines}
        found += [(guidelines, one) for one in guidelines.values()]
    return found


def by_sql(policy: Case, cases: Cases, kinds: Mapping[str, Kind] | None = None) -> list[dict[str, str]]:
    """Return the verdicts of some cases, by name."""
    rows = [(facts, on) for facts, on in cases]
    names = list(dict.fromkeys(name for facts, _ in rows for name in facts))
    table = {name: numpy.array([facts.get(name) for facts, _ in rows], dtype=object) for name in names}
    table["on"] = numpy.array([on or None for _, on in rows], dtype=object)
    table["case"] = numpy.arange(len(rows))
    with duckdb.connect() as connection:
        connection.register("cases", table)
        columns: dict[str, Kind] = {"case": "number", "on": "text", **dict.fromkeys(names, "text")}
        made = statement(policy, {**columns, **(kinds or {})}, "cases", DUCKDB)
        assert not made.wrong_kinds
        return fetched(connection, made.text)


def fetched(connection: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, str]]:
    done = connection.execute(f'SELECT * FROM ({sql}) ORDER BY "case"')
    names = [column[0] for column in done.description or []]
    return [dict(zip(names, row, strict=True)) for row in done.fetchall()]


def by_logic(policy: Case, cases: Cases) -> list[dict[str, str]]:
    """Return the same by one case at a time."""
    codes = codes_of(policy)
    sections = policy.guidelines[policy.home].sections
    names = [name for one in sections for name in (one.id, *(ruling.id for ruling in one.rulings))]
    found = []
    for facts, on in cases:
        case = Case(policy.guidelines, policy.home, facts, on, policy.index)
        found.append({name: str(case.verdict(name)) for name in names})
        found[-1].update({code: str(case.determination(code)) for code in codes})
    return found


def differences(policy: Case, cases: Cases) -> list[str]:
    """Return where SQL and `logic.py` say otherwise."""
    rows = list(cases)
    return [
        f"{facts} {on} {name}: {told[name]} by SQL, {verdict} by logic"
        for (facts, on), told, wanted in zip(rows, by_sql(policy, rows), by_logic(policy, rows), strict=True)
        for name, verdict in wanted.items()
        if told[name] != verdict
    ]


def assigned_by_sql(policy: Case, answers: Mapping[str, Sequence[str]], names: Iterable[str]) -> dict[str, Bits]:
    """Return the verdicts for every assignment by name, counted in SQL; `names` are rulings, sections or codes."""
    size = run = prod(map(len, answers.values()))
    turning = []
    for fact, several in answers.items():
        run //= len(several)
        listed = ", ".join(f"'{answer}'" for answer in several)
        turning.append(f'([{listed}])[1 + (range // {run}) % {len(several)}] AS "{fact}"')
    table = f"(SELECT {', '.join(['range AS case', *turning])} FROM range({size})) AS cases"
    kinds: dict[str, Kind] = {"case": "number", **dict.fromkeys(answers, "text")}
    made = statement(policy, kinds, table, DUCKDB)
    wanted = ", ".join(f'"{name}"' for name in names)
    with duckdb.connect() as connection:
        told = connection.execute(f'SELECT {wanted} FROM ({made.text}) ORDER BY "case"').fetchnumpy()

    def where(name: str, *words: str) -> int:
        bits = numpy.packbits(numpy.isin(told[name], words), bitorder="little")
        return int.from_bytes(bits.tobytes(), "little")

    return {
        name: Bits(
            where(name, "met", "criteria_met"), where(name, "not_met", "criteria_not_met"),
            where(name, "not_applicable", "no_criteria"),
        )
        for name in told
    }  # fmt: skip


def assignment(answers: Mapping[str, Sequence[str]], place: int) -> dict[str, str]:
    """Return one of all assignments."""
    found, run = {}, prod(map(len, answers.values()))
    for fact, several in answers.items():
        run //= len(several)
        found[fact] = several[place // run % len(several)]
    return found
