"""The same statement on Spark, for cases that outgrow one machine."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from policypress.batch.columns import Kind
from policypress.batch.dialect import SPARK
from policypress.batch.duck import FileFault
from policypress.batch.sql import statement
from policypress.logic import Case

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_KINDS: dict[str, Kind] = {"string": "text", "boolean": "boolean", "date": "date"}
_NUMBERS = ("tinyint", "smallint", "int", "bigint", "float", "double", "decimal")
_VIEW = "policypress_cases"


def evaluate_frame(case: Case, frame: DataFrame, say: Callable[[str], object], id: str = "case") -> DataFrame:
    """Return the verdicts of every case of a frame: its id and a column for every section, ruling and code.

    The values are read once before, so that nothing that cannot be read is left to Spark to skip.
    """
    frame.createOrReplaceTempView(_VIEW)
    made = statement(case, {name: _kind(type) for name, type in frame.dtypes}, _VIEW, SPARK, id)
    for name in made.strange:
        say(f"column {name} is no fact of {case.home} and was not read")
    if made.wrong_kinds:
        raise FileFault("\n".join(made.wrong_kinds))
    found = frame.sparkSession.sql(made.invalid(_VIEW, f"CAST({SPARK.name(id)} AS STRING) AS named")).collect()
    if found:
        raise FileFault("\n".join(made.refusal(f"case {row.named}", row.name, row.held) for row in found))
    return frame.sparkSession.sql(made.text)


def _kind(type: str) -> Kind:
    if type.startswith("timestamp"):
        return "date"
    return _KINDS.get(type, "number" if type.partition("(")[0] in _NUMBERS else "other")
