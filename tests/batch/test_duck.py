"""`evaluate --cases`: files of three kinds in and out, what is refused by row and column, and the exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from policypress import cli
from policypress.library import read_library
from policypress.logic import Case
from tests.examples import write_example

SECTION = """\
id: restaging
title: Restaging
effect: covered
codes: ["78815"]
criteria:
  all:
    - id: delay
      text: Radiation treatment ended at least 12 weeks ago
      uses: [radiation-delay]
      compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
    - id: glioma
      text: The tumor is a glioma
      fact: dx.glioma
"""
HEADER = "case,on,since-radiation,dx.glioma\n"
CSV = (
    HEADER
    + 'a,2026-03-01,12 weeks,met\nb,2026-03-01,2025-12-08,met\n"c,""c""",,83 d,not_met\nd,,,met\ne,2026-03-01,3 months,\n'
)
VERDICTS = {"a": "met", "b": "not_met", 'c,"c"': "not_met", "d": "unknown", "e": "unknown"}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_example(SECTION, tmp_path / "source")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> int:
    return cli.main(["evaluate", *words])


def evaluated(cases: str, out: str = "verdicts.csv") -> dict[str, dict[str, str]]:
    assert run("--cases", cases, "--guideline", "example", "--out", out) == cli.OK
    return read(out)


def read(out: str) -> dict[str, dict[str, str]]:
    done = duckdb.execute(f"SELECT * FROM '{out}'")
    names = [column[0] for column in done.description or []]
    return {row[0]: dict(zip(names, map(str, row), strict=True)) for row in done.fetchall()}


def refused(capsys: pytest.CaptureFixture[str], text: str, name: str = "cases.csv") -> str:
    Path(name).write_text(text, encoding="utf-8")
    assert run("--cases", name, "--guideline", "example", "--out", "verdicts.csv") == cli.FOUND
    assert not Path("verdicts.csv").exists()
    return capsys.readouterr().err


def test_csv_gives_what_one_case_gives(folder: Path) -> None:
    Path("cases.csv").write_text(CSV, encoding="utf-8")
    found = evaluated("cases.csv")
    assert {case: row["restaging"] for case, row in found.items()} == VERDICTS
    assert list(next(iter(found.values()))) == ["case", "on", "restaging", "restaging.ruling", "78815"]
    assert found["a"]["78815"] == "criteria_met"
    assert found["d"]["78815"] == "missing_information"
    guidelines = {one.id: one for one in read_library(folder / "source").library.guidelines}
    alone = Case(guidelines, "example", {"since-radiation": "3 months", "dx.glioma": ""}, "2026-03-01")
    assert found["e"]["restaging.ruling"] == alone.verdict("restaging.ruling")


@pytest.mark.parametrize("out", ["verdicts.csv", "verdicts.parquet", "verdicts.ndjson", "verdicts.jsonl"])
def test_every_kind_of_file_out_and_in_says_the_same(folder: Path, out: str) -> None:
    Path("cases.csv").write_text(CSV, encoding="utf-8")
    duckdb.execute("COPY (FROM read_csv('cases.csv', all_varchar = true)) TO 'cases.parquet'")
    lines = [
        {"case": "a", "on": "2026-03-01", "since-radiation": 12, "dx.glioma": True},
        {"case": "b", "on": "2026-03-01", "since-radiation": "2025-12-08", "dx.glioma": True},
        {"case": 'c,"c"', "since-radiation": "83 d", "dx.glioma": False},
        {"dx.glioma": True, "case": "d"},
        {"case": "e", "on": "2026-03-01", "since-radiation": "3 months", "dx.glioma": None},
    ]
    Path("cases.ndjson").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    for cases in ("cases.csv", "cases.parquet", "cases.ndjson"):
        assert {case: row["restaging"] for case, row in evaluated(cases, out).items()} == VERDICTS, cases


def test_typed_columns_of_parquet(folder: Path) -> None:
    duckdb.execute(
        "COPY (SELECT * FROM (VALUES ('x', 12.0, true), ('y', 11.99, true), ('z', NULL, true), ('w', 12.0, NULL)) "
        'AS t(id, "since-radiation", "dx.glioma")) TO \'cases.parquet\''
    )
    assert {case: row["restaging"] for case, row in evaluated("cases.parquet").items()} == {
        "x": "met", "y": "not_met", "z": "unknown", "w": "unknown",
    }  # fmt: skip


def test_a_verdict_for_a_ruling_or_criterion_holds(folder: Path) -> None:
    Path("cases.csv").write_text(
        "id,restaging.ruling,delay,glioma\n1,met,,\n2,,met,met\n3,not_met,met,met\n", encoding="utf-8"
    )
    assert [row["restaging"] for row in evaluated("cases.csv").values()] == ["met", "met", "not_met"]


def test_the_order_of_the_cases_stays(folder: Path) -> None:
    Path("cases.csv").write_text(
        "case,dx.glioma\n" + "".join(f"{n},met\n" for n in range(5000, 0, -1)), encoding="utf-8"
    )
    assert list(evaluated("cases.csv")) == list(range(5000, 0, -1))


def test_without_out_the_table_goes_to_the_terminal(folder: Path) -> None:
    Path("cases.csv").write_text(CSV, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "policypress", "evaluate", "--cases", "cases.csv", "--guideline", "example"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[:2] == [
        "case,on,restaging,restaging.ruling,78815",
        "a,2026-03-01,met,met,criteria_met",
    ]
    assert done.stderr == "evaluated 5 cases\n"


def test_a_column_that_is_no_fact_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("cases.csv").write_text("case,dx.glioma,dx.gliomas,payer\n1,met,met,x\n", encoding="utf-8")
    evaluated("cases.csv")
    told = capsys.readouterr().err
    assert "column dx.gliomas is no fact of example and was not read; did you mean dx.glioma?" in told
    assert "column payer is no fact of example and was not read\n" in told


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("a,,12 weeks,mett", "row 2 (case a), column dx.glioma: “mett” is no verdict"),
        ("a,,12 weeks,Met", "column dx.glioma: “Met”"),
        ("a,,12 weeks, met", "column dx.glioma: “ met”"),
        ("a,,12 foo,met", "column since-radiation: “12 foo” is no amount, date or verdict"),
        ("a,,about 12 wk,met", "“about 12 wk”"),
        ("a,,12.1234567 wk,met", "“12.1234567 wk”"),
        ("a,,1234567890 d,met", "“1234567890 d”"),
        ("a,,1e3 d,met", "“1e3 d”"),
        ("a,,2025-02-30,met", "“2025-02-30”"),
        ("a,01.03.2026,12 wk,met", "column on: “01.03.2026” is no date"),
        ("a,2026-02-30,12 wk,met", "column on: “2026-02-30” is no date"),
    ],
)
def test_a_value_that_cannot_be_read_names_row_and_column(
    folder: Path, capsys: pytest.CaptureFixture[str], line: str, words: str
) -> None:
    told = refused(capsys, f"{HEADER}z,,12 weeks,met\n{line}\n")
    assert words in told
    assert told.endswith("cases.csv was not evaluated.\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("dx.glioma\nmet\n", "has no column case or id"),
        ("case,payer\n1,x\n", "no column is a fact of example"),
        (HEADER + "a,,12 weeks\n", "cases.csv: "),
        (HEADER + "a,,12 weeks,met,more\n", "cases.csv: "),
        ("", "cases.csv"),
    ],
)  # fmt: skip
def test_a_table_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str], text: str, words: str) -> None:
    assert words in refused(capsys, text)


def test_json_that_cannot_be_read(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "column dx.glioma: “{" in refused(capsys, '{"case": "a", "dx.glioma": {"met": 1}}\n', "cases.ndjson")
    assert "cases.ndjson: " in refused(capsys, '{"case": "a", "dx.glioma"\n', "cases.ndjson")


def test_a_key_of_the_last_object_alone_is_read(folder: Path) -> None:
    lines = [json.dumps({"case": n, "since-radiation": "14 wk"}) for n in range(50_000)]
    lines.append(json.dumps({"case": 50_000, "since-radiation": "14 wk", "dx.glioma": "met"}))
    Path("cases.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = evaluated("cases.ndjson", "verdicts.parquet")
    assert [case for case, row in found.items() if row["restaging"] == "met"] == ["50000"]


def test_a_type_that_does_not_fit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    duckdb.execute('COPY (SELECT 1 AS id, 1 AS "dx.glioma", true AS "since-radiation") TO \'cases.parquet\'')
    assert run("--cases", "cases.parquet", "--guideline", "example") == cli.FOUND
    told = capsys.readouterr().err
    assert "column dx.glioma holds numbers, and verdicts are asked for" in told
    assert "column since-radiation holds truth values, and amounts or dates are asked for" in told


def test_a_name_is_no_pattern(folder: Path) -> None:
    Path("[a]*.csv").write_text("case,dx.glioma\n1,met\n", encoding="utf-8")
    Path("ab.csv").write_text("case,dx.glioma\n2,met\n", encoding="utf-8")
    assert list(evaluated("[a]*.csv")) == [1]


def test_the_previous_verdicts_stand_where_a_case_cannot_be_read(folder: Path) -> None:
    Path("verdicts.csv").write_text("before\n", encoding="utf-8")
    Path("cases.csv").write_text(HEADER + "a,,12 weeks,mett\n", encoding="utf-8")
    assert run("--cases", "cases.csv", "--guideline", "example", "--out", "verdicts.csv") == cli.FOUND
    assert Path("verdicts.csv").read_text(encoding="utf-8") == "before\n"
    assert sorted(path.name for path in folder.iterdir()) == ["cases.csv", "source", "verdicts.csv"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--cases", "none.csv", "--guideline", "example"], "there is no file none.csv"),
        (["--cases", "cases.csv"], "--cases needs --guideline ID"),
        (["--cases", "cases.csv", "--guideline", "exemple"], "there is no guideline exemple (there is: example)"),
        (["--cases", "cases.csv", "--guideline", "example", "--format", "json"], "--format is for one case"),
        (["--cases", "cases.txt", "--guideline", "example"], "cases.txt is none of these: .parquet, .csv"),
        (["--cases", "cases.csv", "--guideline", "example", "--out", "out.xlsx"], "out.xlsx is none of these"),
        (["--cases", "cases.csv", "--guideline", "example", "--out", "none/out.csv"], "cannot write none/out.csv"),
        (["case.yaml", "--cases", "cases.csv"], "either CASE.yaml or --cases FILE"),
        (["case.yaml", "--guideline", "example"], "--guideline goes with --cases"),
        ([], "either CASE.yaml or --cases FILE"),
    ],
)
def test_how_it_is_called(folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], told: str) -> None:
    Path("cases.csv").write_text(CSV, encoding="utf-8")
    assert run(*words) == cli.USAGE
    assert told in capsys.readouterr().err


def test_a_guideline_that_cannot_be_read_whole(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = folder / "source" / "example" / "sections" / "section.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("criteria:", "critera:"), encoding="utf-8")
    assert "example cannot be read whole" in refused(capsys, CSV)


def test_without_duckdb(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    Path("cases.csv").write_text(CSV, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "duckdb", None)
    assert run("--cases", "cases.csv", "--guideline", "example") == cli.LACKING
    assert "this machine lacks DuckDB (pip install 'policypress[batch]')" in capsys.readouterr().err


def test_one_case_needs_no_duckdb(folder: Path) -> None:
    Path("case.yaml").write_text("id: a\nasks: {section: restaging}\nfacts: {dx.glioma: not_met}\n", encoding="utf-8")
    probe = "import sys; from policypress import cli; cli.main(['evaluate', 'case.yaml']); assert 'duckdb' not in sys.modules"
    subprocess.run([sys.executable, "-c", probe], check=True, capture_output=True)
