"""The ledger beside the guideline, and beside the document."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from policypress.library import read_library
from policypress.model import Guideline, Statement
from policypress.text import Source, Text
from policypress.trace import against, render_text, statement_hash, trace

HERE = Path(__file__).parent
DOCUMENT = HERE / "library-document.txt"


@pytest.fixture(scope="module")
def guideline() -> Guideline:
    library = read_library(HERE / "library").library
    return next(each for each in library.guidelines if each.id == "sleep-and-anesthesia")


def statements(*words: str) -> tuple[Statement, ...]:
    """Make a ledger of these statements, numbered from 1."""
    made = []
    for number, each in enumerate(words, 1):
        source = Source("statements.yaml", str(number))
        id = Text(str(number), source, 0, len(str(number)))
        made.append(Statement(id, statement_hash(each), id.span))
    return tuple(made)


def told(document: str, *words: str) -> list[str]:
    return [str(difference) for difference in against(statements(*words), document)]


def test_the_library_is_carried(guideline: Guideline) -> None:
    report = trace(guideline)
    assert report.whole
    text = render_text(report).splitlines()
    assert text[0] == "0     left out: The title stands in guideline.yaml."
    assert "2.10  coding rule lab-study.report-reading" in text
    assert "6.5   ruling dental-anesthesia.cosmetic" in text
    assert text[-1] == "47 statements: 45 carried, 2 left out, 0 with gaps."
    assert len(text) == 48


def test_the_library_matches_its_document(guideline: Guideline) -> None:
    assert against(guideline.statements, DOCUMENT.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("line", range(47))
def test_any_line_taken_away_or_changed_is_told(guideline: Guideline, line: int) -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    id = guideline.statements[line].id.value
    gone = against(guideline.statements, "\n".join(lines[:line] + lines[line + 1 :]))
    assert [(each.line, each.statement) for each in gone] == [(0, id)]
    changed = lines[line].replace("e", "o", 1)
    told = against(guideline.statements, "\n".join([*lines[:line], changed, *lines[line + 1 :]]))
    assert [(each.line, each.statement) for each in told] == [(line + 1, id), (0, id)]
    assert told[0].words == unicodedata.normalize("NFKC", changed)


def test_a_gap_is_printed(tmp_path: Path, guideline: Guideline) -> None:
    folder = tmp_path / "example"
    (folder / "sections").mkdir(parents=True)
    (folder / "guideline.yaml").write_text(
        "id: example\ntitle: Example\nversion: 1.0.0\nstatus: draft\neffective: 2026-01-01\n"
        "chapters:\n  - title: General\n    sections: [one]\n"
    )
    (folder / "sections/one.yaml").write_text(
        "id: one\ntitle: One\nfrom: 1\neffect: covered\ncriteria:\n  text: It is late\n  from: [1.1, 9]\n"
    )
    (folder / "statements.yaml").write_text(
        "".join(
            f"- {{id: {entry}, sha256: {'a' * 64}{rest}}}\n"
            for entry, rest in [
                ("1", ""),
                ("1.1", ', codes: ["78813"], quantities: [12 weeks], marks: [not]'),
                ("1.2", ""),
                ("2", ""),
            ]
        )
    )
    report = trace(read_library(tmp_path).library.guidelines[0])
    assert not report.whole
    assert render_text(report).splitlines() == [
        "1    section one",
        "1.1  criterion one.1  ! lost code 78813; lost quantity 12 weeks; lost mark not",
        "1.2  section one (through 1)  ? no carrier of its own",
        "2    ! nothing carries it",
        "one.1 names statement 9, which the ledger does not have",
        "4 statements: 2 carried, 0 left out, 2 with gaps.",
    ]


def test_without_a_ledger_nothing_is_proved(tmp_path: Path, guideline: Guideline) -> None:
    other = next(each for each in read_library(HERE / "library").library.guidelines if not each.statements)
    report = trace(other)
    assert not report.whole
    assert render_text(report) == "durable-equipment has no ledger: statements.yaml lists no statement."


@pytest.mark.parametrize(
    "document",
    [
        "One. Two three.\nFour five",
        "One.\nTwo three.\nFour five\n",
        "\ufeffOne.\r\n\r\nTwo\r\nthree.\r\nFour five\r\n",
        "One. Two\n  three. Four\tfive",
        "- One.\n- Two three.\n- Four five",
        "1. One.\n2. Two three.\n3) Four five",
        "Four five\nOne.\nTwo three.",
        "One.\n\f\nTwo\u00a0three.\nFour\u2003five",
    ],
)
def test_however_the_document_is_cut(document: str) -> None:
    assert told(document, "One.", "Two three.", "Four five") == []


def test_a_statement_of_several_sentences_and_lines() -> None:
    assert told("Use A. Do not use B\nwith C; use D. Then E.", "Use A. Do not use B with C; use D.", "Then E.") == []


def test_the_sign_of_a_list_may_belong_to_the_statement() -> None:
    assert told("1. One\n2. Two", "1. One", "Two") == []


def test_a_repeated_statement_needs_as_many_entries() -> None:
    every = "ALL of the following"
    assert told(f"{every}\nA.\n{every}\nB.", every, "A.", every, "B.") == []
    assert told(f"{every}\nA.\n{every}\nB.", every, "A.", "B.") == [
        "line 3 repeats statement 1, which the ledger has less often: ALL of the following"
    ]
    assert told(f"{every}\nA.\nB.", every, "A.", every, "B.") == ["statement 3 is not in the document"]


def test_a_whole_statement_goes_before_its_parts() -> None:
    assert told("A b. C d.\nA b.", "A b. C d.", "A b.") == []


def test_what_is_not_covered_is_told_with_its_line() -> None:
    assert told("One.\nNew words. Two.\n\nMore.", "One.", "Two.") == [
        "line 2 is in no statement of the ledger: New words.",
        "line 4 is in no statement of the ledger: More.",
    ]


def test_a_changed_statement_is_expected_at_its_place() -> None:
    assert told("One.\nTwo weeks.\nThree.", "One.", "Two days.", "Three.") == [
        "line 2 is in no statement of the ledger (statement 2 is expected here): Two weeks.",
        "statement 2 is not in the document",
    ]


def test_an_empty_document() -> None:
    assert told("", "One.") == ["statement 1 is not in the document"]
    assert told("\n \n") == []


def test_compatibility_forms_are_the_same() -> None:
    assert statement_hash("PET\u2011MRI  of\u00a0the\nﬁeld ") == statement_hash("PET\u2010MRI of the field")
    assert statement_hash("a b") != statement_hash("ab")
