"""Prints what many cases cost, each beside an anchor in the same call: `python bench/run.py bitsets cases`."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy

from policypress.batch.bitsets import Assignments, Bits, Counting, derive
from policypress.batch.deriving import Deriving
from policypress.evaluation.asking import questions
from policypress.library import read_library
from policypress.logic import Case

ROOT = Path(__file__).resolve().parents[1]
POLICY = "oncology-imaging"
CASES = 1_000_000


def policy() -> Case:
    guidelines = {one.id: one for one in read_library(ROOT / "source").library.guidelines}
    return Case(guidelines, POLICY, {})


def asked(case: Case) -> dict[str, bool]:
    """Return every fact of the guideline, and whether it is measured."""
    found: dict[str, bool] = {}
    for section in case.guidelines[case.home].sections:
        several = questions(case, ("section", section.id))
        found |= {fact: fact in several.limits for fact in several.places if fact not in several.pointed}
    return found


def least(run: Callable[[], object], times: int = 5) -> float:
    """Return the least CPU seconds of several runs."""
    costs = []
    for _ in range(times):
        start = time.process_time()
        run()
        costs.append(time.process_time() - start)
    return min(costs)


def bitsets() -> tuple[float, float]:
    """Return how many section verdicts a second whole numbers and numpy's words give; both must give the same."""
    case = policy()
    sections = [section.id for section in case.guidelines[case.home].sections]
    chance = random.Random(0)
    columns: dict[str, dict[str, int]] = {}
    for fact, measured in asked(case).items():
        yes, known = chance.getrandbits(CASES), chance.getrandbits(CASES)
        answers = ("84 d", "83 d") if measured else ("met", "not_met")
        columns[fact] = dict(zip(answers, (yes & known, ~yes & known), strict=True))
    laid = Assignments(columns, CASES)
    packed: Any = Assignments({fact: {a: _words(w) for a, w in told.items()} for fact, told in columns.items()}, 0)
    packed.every = _words(laid.every)

    def verdicts(deriving: Deriving[Any]) -> list[Any]:
        return [deriving.verdict(section) for section in sections]

    mine, its = verdicts(derive(case, laid)), verdicts(Deriving(case, _Words(packed, "")))
    for one, other in zip(mine, its, strict=True):
        assert all((_words(bits) == words).all() for bits, words in zip(one, other, strict=True))
    verdict_count = len(sections) * CASES
    return (
        verdict_count / least(lambda: verdicts(derive(case, laid))),
        verdict_count / least(lambda: verdicts(Deriving(case, _Words(packed, "")))),
    )


def _words(bits: int) -> Any:
    return numpy.frombuffer(bits.to_bytes((CASES + 63) // 64 * 8, "little"), numpy.uint64)


class _Words(Counting):
    """The same in numpy: 64 assignments in each word of an array."""

    def all_of(self, values: Sequence[Bits]) -> Bits:
        met, not_met, dropped = self.every, 0, self.every
        for value in values:
            met = met & (value.met | value.dropped)
            not_met = not_met | value.not_met
            dropped = dropped & value.dropped
        return Bits(met ^ dropped, not_met, dropped)

    def answered(self, names: Sequence[str], below: Callable[[], Bits]) -> Bits:
        given = [self.columns[name] for name in names if name in self.columns]
        return Bits(given[0].get("met", 0), given[0].get("not_met", 0)) if given else below()

    def at_least(self, n: int, values: Sequence[Bits]) -> Bits:
        met = self.several(n, [value.met for value in values])
        possible = self.several(n, [self.every ^ (value.not_met | value.dropped) for value in values])
        dropped = self.all_of(values).dropped
        return Bits(met, self.every ^ (possible | dropped), dropped)


def write_cases(folder: Path) -> dict[str, Path]:
    """Write a million cases, one column for each fact, as Parquet and (a tenth of them) as CSV."""
    import duckdb

    columns = [
        f"""(['3 wk', '14 wk', '84 d', '8 mm', NULL])[1 + CAST(hash(range, {place}) % 5 AS INT)] AS "{fact}" """
        if measured
        else f"""(['met', 'not_met', 'unknown', NULL])[1 + CAST(hash(range, {place}) % 4 AS INT)] AS "{fact}" """
        for place, (fact, measured) in enumerate(asked(policy()).items())
    ]
    files = {"Parquet": folder / "cases.parquet", "CSV": folder / "cases.csv"}
    for file, count in zip(files.values(), (CASES, CASES // 10), strict=True):
        rows = f"SELECT 'c' || range AS \"case\", '2026-03-01' AS \"on\", {', '.join(columns)} FROM range({count})"
        duckdb.execute(f"COPY ({rows}) TO '{file}'")
    return files


# DuckDB reads every value of the file itself, and writes it again as it stands.
SCAN = (
    "import duckdb, sys; file, out = sys.argv[1:]\n"
    "told = 'read_parquet(?)' if file.endswith('.parquet') else 'read_csv(?, header = true, all_varchar = true)'\n"
    "names = [row[0] for row in duckdb.execute(f'DESCRIBE FROM {told}', [file]).fetchall()]\n"
    "if out == '-':\n"
    "    seen = ', '.join(f'bit_xor(hash(\"{name}\"))' for name in names)\n"
    "    duckdb.execute(f'SELECT {seen} FROM {told}', [file]).fetchall()\n"
    "else:\n"
    "    duckdb.execute(f\"COPY (FROM {told}) TO '{out}'\", [file])\n"
)


def evaluating(file: Path, out: Path) -> list[str]:
    command = [sys.executable, "-m", "policypress", "evaluate", "--cases", str(file)]
    return [*command, "--guideline", POLICY, "--out", str(out)]


def scanning(file: Path, out: str = "-") -> list[str]:
    return [sys.executable, "-c", SCAN, str(file), out]
