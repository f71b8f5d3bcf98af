"""One set of findings, as people and programs get it."""

from __future__ import annotations

import json

import pytest

from policypress.finding import Edit, Finding, Label, Rule, Severity
from policypress.report import FORMATS, render, terminal
from policypress.text import Source, Span
from tests.conftest import Golden

SOURCE = Source(
    "source/pet, mri/sections/a b%.yaml",
    "id: pet-mri\ntitle: PET-MRI “naïve” 😀 & more\ncriteria:\n  text: Report CPT 76380 ## always\nnotes:\n  - |\n    one\n    two\n",
)
LONG = Source("source/long.yaml", f"text: {'word ' * 60}CPT 76380 {'word ' * 60}\n")
EMPTY = Source("source/gone.yaml", "")
ERROR = Rule("C102", "code-without-data", Severity.ERROR, "A code is in the text but not in the data.\n\nWhy it matters.\n")
WARNING = Rule("W101", "joined-clauses", Severity.WARNING, "Two clauses are joined.\n")
INFO = Rule("C108", "unverified-code", Severity.INFO, "A code was not verified.\n")


def span(source: Source, words: str) -> Span:
    start = source.text.index(words)
    return Span(source, start, start + len(words))


FINDINGS = (
    Finding(
        ERROR, "CPT 76380 is in the text: 50%, not\nin the data", span(SOURCE, "76380"), 'add "76380", or take it out',
        (Label(span(SOURCE, "pet-mri"), "the section"),), (Edit(span(SOURCE, "76380"), "76381"),),
        "oncology", "pet-mri", "pet-mri.1", "PET-MRI › ANY › 1", "named here",
    ),
    Finding(WARNING, "Two clauses: <b>joined</b>", span(SOURCE, "one\n    two"), "split ::error:: it", guideline="oncology"),
    Finding(WARNING, "Stated by a query", span(SOURCE, "😀"), "", stated=True),
    Finding(INFO, "Far to the right", span(LONG, "76380"), "look it up"),
    Finding(ERROR, "No such file", Span(EMPTY, 0, 0), "add it"),
)  # fmt: skip


@pytest.mark.parametrize("form", FORMATS)
def test_golden(form: str, golden: Golden) -> None:
    golden(f"findings.{form}.txt", render(FINDINGS, form).encode())


def test_golden_in_colour(golden: Golden) -> None:
    golden("findings.colour.txt", render(FINDINGS, "text", colour=True).encode())


@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_colour_is_for_people(form: str) -> None:
    assert render(FINDINGS, form, colour=True) == render(FINDINGS, form)


def test_json_has_the_keys_of_the_contract() -> None:
    records = json.loads(render(FINDINGS, "json"))
    for record in records:
        assert list(record) == [
            "rule", "name", "severity", "message", "help", "path", "line", "column", "end_line", "end_column", "guideline",
            "section", "node", "related",
        ]  # fmt: skip
    first, second, third, *_ = records
    assert (first["line"], first["column"], first["end_line"], first["end_column"]) == (4, 20, 4, 25)
    assert first["related"] == [{"path": SOURCE.path, "line": 1, "column": 5, "message": "the section"}]
    assert (second["line"], second["end_line"], second["end_column"]) == (7, 8, 8)
    assert (third["severity"], third["line"], third["column"], third["end_column"]) == ("info", 2, 24, 25)
    assert json.loads(render((), "json")) == []


def test_columns_count_characters() -> None:
    source = Source("x", "😀é: b\n")
    record = json.loads(render((Finding(ERROR, "m", span(source, "b"), "h"),), "json"))[0]
    assert (record["column"], record["end_column"]) == (5, 6)


def test_sarif() -> None:
    log = json.loads(render(FINDINGS, "sarif"))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    assert run["columnKind"] == "unicodeCodePoints"
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["C102", "C108", "W101"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "note", "error"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "source/pet%2C%20mri/sections/a%20b%25.yaml"
    assert place["region"] == {"startLine": 4, "startColumn": 20, "endLine": 4, "endColumn": 25}
    assert run["results"][0]["fixes"][0]["artifactChanges"][0]["replacements"][0]["insertedContent"] == {"text": "76381"}
    assert json.loads(render((), "sarif"))["runs"][0]["results"] == []


def test_github_commands_cannot_be_broken_out_of() -> None:
    lines = render(FINDINGS, "github").splitlines()
    assert len(lines) == len(FINDINGS)
    assert [line.split(" ", 1)[0] for line in lines] == ["::error", "::warning", "::notice", "::notice", "::error"]
    assert "file=source/pet%2C mri/sections/a b%25.yaml,line=4,col=20,endLine=4,endColumn=25," in lines[0]
    assert "50%25, not%0Ain the data%0Aadd" in lines[0]


def test_the_caret_stands_under_the_word() -> None:
    lines = terminal.block(FINDINGS[0]).splitlines()
    at = next(number for number, line in enumerate(lines) if "^" in line)
    assert lines[at - 1].index("76380") == lines[at].index("^")
    assert lines[at].count("^") == 5
    assert lines[at].endswith("^ named here")


def test_a_long_line_is_cut_around_its_caret() -> None:
    lines = terminal.block(FINDINGS[3]).splitlines()
    at = next(number for number, line in enumerate(lines) if "^" in line)
    assert lines[at - 1].index("76380") == lines[at].index("^")
    assert max(map(len, lines)) < 200


def test_a_count_in_words() -> None:
    assert terminal.count(()) == "Nothing found."
    assert terminal.count(FINDINGS) == "2 errors, 1 warning, 2 notes."


def test_nothing_of_a_file_reaches_the_terminal_raw() -> None:
    source = Source("x", 'a: "\x1b[31mred\x1b[0m \u202e"\n')
    shown = terminal.block(Finding(ERROR, "hidden \x1b[31m", Span(source, 4, 5), "h"))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
