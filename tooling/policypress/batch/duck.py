"""Evaluates every case of a file in DuckDB, and writes the verdicts to another."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, BinaryIO

from policypress.batch.columns import Kind
from policypress.batch.dialect import DUCKDB
from policypress.batch.sql import Statement, statement
from policypress.logic import Case

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMATS = {".parquet": "parquet", ".csv": "csv", ".ndjson": "json", ".jsonl": "json"}
IDS = ("case", "id")
_ROW = "policypress_row"
_NUMBERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "FLOAT", "DOUBLE", "DECIMAL")  # fmt: skip
_CSV = "header = true, delim = ',', quote = '\"', escape = '\"', skip = 0, all_varchar = true, strict_mode = true"
_JSON = "format = 'newline_delimited', records = 'true', maximum_object_size = 16777216"
# A key that few objects have is a column all the same, and what looks like a date stays as it was typed.
_EVERY_KEY = "sample_size = -1, field_appearance_threshold = 0, map_inference_threshold = -1, maximum_depth = 1"


class FileFault(Exception):
    """What a file of cases holds cannot be evaluated; each line of the message is one fault."""


class NoDuckDB(Exception):
    """DuckDB is not installed."""


def evaluate_file(case: Case, file: Path, out: Path | BinaryIO, say: Callable[[str], object]) -> int:
    """Write the verdicts of every case of a file, as CSV where `out` is a stream. Returns the number of cases."""
    try:
        import duckdb
    except ImportError as error:
        raise NoDuckDB("DuckDB (pip install 'policypress[batch]')") from error
    with duckdb.connect(config={"autoinstall_known_extensions": "false"}) as connection:
        try:
            table, kinds = _open(connection, file)
            id = next((name for name in IDS if name in kinds), None)
            if id is None:
                raise FileFault(f"{file} has no column {' or '.join(IDS)} to tell the cases apart")
            made = statement(case, kinds, table, DUCKDB, id)
            _report(made, kinds, case.home, say)
            if made.wrong_kinds:
                raise FileFault("\n".join(made.wrong_kinds))
            try:
                return _copy(connection, made, out)
            except duckdb.Error as error:
                raise FileFault("\n".join(_invalid(connection, made, table, id)) or _told(file, error)) from error
        except duckdb.Error as error:
            raise FileFault(_told(file, error)) from error


def _open(connection: DuckDBPyConnection, file: Path) -> tuple[str, dict[str, Kind]]:
    """Return what stands behind FROM for a file, and its columns."""
    path = DUCKDB.text(re.sub(r"[*?\[]", r"[\g<0>]", str(file)))  # a name, not a pattern of names
    format = FORMATS[file.suffix.lower()]
    if format == "parquet":
        table = f"read_parquet({path})"
    elif format == "csv":
        table = f"read_csv({path}, {_CSV})"
    else:
        table = f"read_json({path}, {_JSON}, {_EVERY_KEY})"
    types = {row[0]: row[1] for row in connection.execute(f"DESCRIBE FROM {table}").fetchall()}
    if format == "json":
        typed = {name: type if type == "BOOLEAN" else "VARCHAR" for name, type in types.items()}
        columns = ", ".join(f"{DUCKDB.text(name)}: '{type}'" for name, type in typed.items())
        table, types = f"read_json({path}, {_JSON}, columns = {{{columns}}})", typed
    return table, {name: _kind(type) for name, type in types.items()}


def _kind(type: str) -> Kind:
    if type == "VARCHAR" or type.startswith("ENUM"):
        return "text"
    if type == "BOOLEAN":
        return "boolean"
    if type == "DATE" or type.startswith("TIMESTAMP"):
        return "date"
    return "number" if type.partition("(")[0] in _NUMBERS else "other"


def _report(made: Statement, kinds: Mapping[str, Kind], guideline: str, say: Callable[[str], object]) -> None:
    for name in made.strange:
        near = get_close_matches(name, made.asked, 1, 0.8)
        meant = f"; did you mean {near[0]}?" if near else ""
        say(f"column {name} is no fact of {guideline} and was not read{meant}")
    if not any(name in kinds for name in made.asked):
        raise FileFault(f"no column is a fact of {guideline}")


def _copy(connection: DuckDBPyConnection, made: Statement, out: Path | BinaryIO) -> int:
    """Write the result beside the place where it goes, and put it there when it is whole."""
    with TemporaryDirectory(prefix=".policypress-", dir=out.parent if isinstance(out, Path) else None) as folder:
        written = Path(folder) / "verdicts"
        format = FORMATS[out.suffix.lower()] if isinstance(out, Path) else "csv"
        header = ", HEADER true" if format == "csv" else ""
        connection.execute(f"COPY ({made.text}) TO {DUCKDB.text(str(written))} (FORMAT {format}{header})")
        count = connection.fetchone()
        if isinstance(out, Path):
            written.replace(out)
        else:
            with written.open("rb") as lines:
                shutil.copyfileobj(lines, out)
    return int(count[0]) if count else 0


def _invalid(connection: DuckDBPyConnection, made: Statement, table: str, id: str) -> list[str]:
    """Return what cannot be read in the file, by row."""
    numbered = f"(SELECT row_number() OVER () AS {_ROW}, * FROM {table}) AS numbered"
    row = f"{_ROW}, CAST({DUCKDB.name(id)} AS VARCHAR) AS named"
    found = connection.execute(made.invalid(numbered, row)).fetchall()
    return [made.refusal(f"row {row} (case {named})", name, held) for row, named, name, held in found]


def _told(file: Path, error: Exception) -> str:
    return f"{file}: {str(error).strip().splitlines()[0]}"
