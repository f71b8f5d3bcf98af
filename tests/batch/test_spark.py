"""The same statement on Spark, in local mode, says what `logic.py` says. Needs PySpark and Java, which `run` brings."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from policypress.batch.duck import FileFault
from policypress.batch.spark import evaluate_frame
from policypress.logic import Case
from policypress.ucum import Amount
from tests.batch.counted import ROOT, by_logic, libraries
from tests.batch.test_sql import DAYS, LIMITS, TOLD, measuring
from tests.guide import blocks
from tests.random_policies import SIZE

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.thorough, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    from pyspark.sql import SparkSession

    made = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    made.sparkContext.setLogLevel("OFF")
    yield made
    made.stop()


def test_the_guide_for_consumers(tmp_path: Path) -> None:
    page = blocks(ROOT / "docs" / "consumers.md")
    rows = next(block for block in page if 'Path("cases.csv")' in block.body)
    (program,) = (block for block in page if block.info == "python spark")
    (tmp_path / "source").symlink_to(ROOT / "source")
    told = subprocess.run(
        [sys.executable, "-c", rows.body + program.body], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert told.stdout.split("\n")[3:5] == ["|   a|    met|", "|   b|unknown|"]


def frame(spark: SparkSession, rows: list[tuple[dict[str, str], str]]) -> Any:
    names = list(dict.fromkeys(name for facts, _ in rows for name in facts))
    values = [(place, on or None, *(facts.get(name) for name in names)) for place, (facts, on) in enumerate(rows)]
    return spark.createDataFrame(values, ", ".join(["`case` int", "`on` string", *(f"`{n}` string" for n in names)]))


def agrees(spark: SparkSession, policy: Case, rows: list[tuple[dict[str, str], str]]) -> None:
    told = evaluate_frame(policy, frame(spark, rows), pytest.fail).orderBy("case").collect()
    for row, facts, wanted in zip(told, rows, by_logic(policy, rows), strict=True):
        assert {name: row[name] for name in wanted} == wanted, facts


def test_every_case_beside_a_guideline(spark: SparkSession) -> None:
    for guidelines, policy in libraries():
        if policy.vignettes:
            cases = [({fact: value.value for fact, value in one.facts.items()}, one.on) for one in policy.vignettes]
            agrees(spark, Case(guidelines, policy.id, {}), cases)


@pytest.mark.parametrize("wanted", [LIMITS[0], LIMITS[2], Amount("2025-10-13", "", "")], ids=str)
def test_amounts_and_dates(spark: SparkSession, wanted: Amount) -> None:
    agrees(spark, measuring(">=", wanted), [({SIZE: told}, on) for told in TOLD for on in DAYS])


def test_what_cannot_be_read_is_refused(spark: SparkSession) -> None:
    policy = measuring(">=", LIMITS[0])
    with pytest.raises(FileFault, match="case 1, column size: “12 foo” is no amount"):
        evaluate_frame(policy, frame(spark, [({SIZE: "12 wk"}, ""), ({SIZE: "12 foo"}, "")]), pytest.fail)
    with pytest.raises(FileFault, match="case 0, column on: “today” is no date"):
        evaluate_frame(policy, frame(spark, [({SIZE: "12 wk"}, "today")]), pytest.fail)
    said: list[object] = []
    evaluate_frame(policy, frame(spark, [({SIZE: "12 wk", "payer": "x"}, "")]), said.append)
    assert said == ["column payer is no fact of g and was not read"]
    numbers = spark.createDataFrame([(1, 12.0)], "`case` int, size double")
    assert evaluate_frame(policy, numbers, pytest.fail).collect()[0]["s"] == "met"
    with pytest.raises(FileFault, match="column s holds numbers, and verdicts are asked for"):
        evaluate_frame(policy, spark.createDataFrame([(1, 1)], "`case` int, s int"), pytest.fail)
