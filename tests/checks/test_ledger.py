"""The ledger of the source document: what is carried, and what was lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

SHA = "a" * 64


def ledger(*entries: str) -> str:
    """A ledger of entries such as `10.2, marks: [all]`."""
    lines = "".join(f"- {{id: {entry.split(',', 1)[0]}, sha256: {SHA}{_rest(entry)}}}\n" for entry in entries)
    return f"# file: example/statements.yaml\n{lines}"


def _rest(entry: str) -> str:
    return "," + entry.split(",", 1)[1] if "," in entry else ""


def section(body: str, head: str = "") -> str:
    lines = f"id: study\ntitle: Study\n{head}{body}"
    return f"# file: example/sections/study.yaml\n{lines}"


def document(block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if "D101" <= finding.rule.id <= "D108"]


def rules(block: str, folder: Path) -> list[str]:
    return [finding.rule.id for finding in document(block, folder)]


PET_MRI = """\
# file: example/sections/pet-mri.yaml
id: pet-mri
title: PET-MRI
from: 10
effect: covered
strength: may
codes: [78813, 76498]
criteria:
  any:
    - text: The individual meets the condition-specific criteria in the disease section
      query: No disease section of this guideline states PET-MRI criteria. Which are meant?
    - all:
        - The individual meets the criteria for PET/CT
        - The treating institution has no PET/CT
        - The provider asks for PET-MRI in place of PET/CT
coding_rules:
  - rule: report_with
    codes: [78813, 76498]
    text: When PET-MRI is approved, report CPT 78813 together with CPT 76498.
"""


def test_a_section_carries_every_statement_below_its_own(tmp_path: Path) -> None:
    entries = ledger("10, marks: [any, may]", "10.1", '10.2, codes: ["78813", "76498"], marks: [all, not]')
    assert document(entries + PET_MRI, tmp_path) == []


def test_no_ledger_no_findings(tmp_path: Path) -> None:
    assert document(PET_MRI, tmp_path) == []


@pytest.mark.parametrize(
    ("entries", "body", "expected"),
    [
        # marks: structure
        (["1, marks: [not]"], "effect: covered\ncriteria:\n  not: Illness is present\n", []),
        (["1, marks: [not]"], "effect: not_covered\ncriteria: Illness is present\n", []),
        (["1, marks: [not]"], "effect: covered\ncriteria: Illness is present\n", ["D104"]),
        (["1, marks: [not]"], "effect: covered\ncriteria: The scan is insufficient\n", []),
        (["1, marks: [unless]"], "effect: covered\ncriteria:\n  text: It is late\n  unless: It is urgent\n", []),
        (["1, marks: [unless]"], "effect: covered\ncriteria: It is late\n", ["D104"]),
        (["1, marks: [except]"], "effect: covered\ncriteria:\n  text: It is late\n  except_when: It is old\n", []),
        (["1, marks: [except, not]"], "effect: covered\ncriteria:\n  text: It is late\n  except_when: It is old\n", []),
        (["1, marks: [may]"], "effect: covered\nstrength: may\ncriteria: It is late\n", []),
        (["1, marks: [may]"], "effect: covered\ncriteria: It is late\n", ["D104"]),
        (["1, marks: [must]"], "effect: covered\ncriteria: It is late\n", []),
        (["1, marks: [must]"], "effect: covered\nstrength: may\ncriteria: {text: It is late, strength: should}\n", ["D104"]),
        (["1, marks: [should]"], "effect: covered\ncriteria:\n  text: It is late\n  strength: should\n", []),
        (["1, marks: [generally]"], "effect: covered\ncriteria: It is usually late\n", []),
        (["1, marks: [at_least]"], "effect: covered\ncriteria:\n  at_least: {n: 2, of: [Late, Old, Red]}\n", []),
        (["1, marks: [at_least]"], "effect: covered\ncriteria: The age is 7 years or older\n", []),
        (["1, marks: [any, all]"], "effect: covered\ncriteria: It is late\n", []),
        (["1, marks: [all]"], "effect: covered\ncriteria:\n  any: [Late, Old]\n", ["D104"]),
        (["1, marks: [any]"], "effect: covered\ncriteria:\n  all: [Late, Old]\n", ["D104"]),
        (["1, marks: [any]"], "effect: covered\ncriteria: Either of the two is late\n", []),
        # codes
        (['1, codes: ["78813"]'], 'effect: covered\ncodes: ["78815"]\ncriteria: It is late\n', ["D102"]),
        (['1, codes: ["78813"]'], "effect: covered\ncriteria: CPT 78813 was done\n", []),
        (['1, codes: ["78813"]'], 'effect: covered\ncodes: ["78811-78816"]\ncriteria: It is late\n', []),
        (['1, codes: ["78811-78816"]'], 'effect: covered\ncodes: ["78811-78816"]\ncriteria: It is late\n', []),
        (['1, codes: ["78811-78816"]'], 'effect: covered\ncodes: ["78811"]\ncriteria: It is late\n', ["D102"]),
        (["1, codes: [78815-26]"], "effect: covered\ncodes: [78815-26]\ncriteria: It is late\n", []),
        (["1, codes: [78815-26]"], 'effect: covered\ncodes: ["78815"]\ncriteria: It is late\n', ["D102"]),
        (["1, codes: [99999]"], "effect: covered\ncriteria: It is late\nnotes: [The code is 99999.]\n", []),
        # quantities
        (["1, quantities: [12 weeks]"], "effect: covered\ncriteria: A 12‑week delay was kept\n", []),
        (["1, quantities: [12 weeks]"], "effect: covered\ncriteria: A delay of 84 days was kept\n", []),
        (["1, quantities: [12 weeks]"], "effect: covered\ncriteria: A delay of twelve wks was kept\n", []),
        (["1, quantities: [12 weeks]"], "effect: covered\ncriteria: A delay of 12 days was kept\n", ["D103"]),
        (["1, quantities: [6-8 weeks]"], "effect: covered\ncriteria: It took 6–8 weeks\n", []),
        (["1, quantities: [6-8 weeks]"], "effect: covered\ncriteria: It took between 6 and 8 weeks\n", []),
        (["1, quantities: [6-8 weeks]"], "effect: covered\ncriteria: It took 6 weeks\n", ["D103"]),
        (["1, quantities: [One session]"], "effect: covered\ncriteria: It took one session\n", []),
        (["1, quantities: [stage IV]"], "effect: covered\ncriteria: The disease is of stage IV\n", []),
        (["1, quantities: [stage IV]"], "effect: covered\ncriteria: The disease is of stage III\n", ["D103"]),
        # carriers
        (["1", "2"], "effect: covered\ncriteria: It is late\n", ["D101"]),
        (["1", "2"], "effect: covered\ncriteria:\n  text: It is late\n  query: {text: \"What is it?\", from: 2}\n", []),
        (["1", "2"], "effect: covered\ncriteria: It is late\nnotes:\n  - {text: It matters., from: 2}\n", []),
        (["1", "2, left_out: It is a page number"], "effect: covered\ncriteria: It is late\n", []),
        (["1, left_out: It is a heading", "1.1"], "effect: covered\ncriteria: It is late\n", []),
        (["1, left_out: It is a heading"], "effect: covered\ncriteria: It is late\n", ["D106"]),
        # places
        (["1", "1.1", "1.2"], "effect: covered\ncriteria:\n  text: It is late\n  from: 1.1\n", ["D108"]),
        (["1", "1.1, marks: [all]", "1.2", "1.3"],
         "effect: covered\ncriteria:\n  all:\n    - {text: Late, from: 1.2}\n    - {text: Old, from: 1.3}\n", []),
    ],
)  # fmt: skip
def test_carried(entries: list[str], body: str, expected: list[str], tmp_path: Path) -> None:
    assert rules(ledger(*entries) + section(body, "from: 1\n"), tmp_path) == expected


def test_an_operator_above_the_carrier_counts(tmp_path: Path) -> None:
    body = "effect: covered\nfrom: 1\ncriteria:\n  all:\n    - {text: Late, from: 2}\n    - {text: Old, from: 3}\n"
    assert rules(ledger("1", "2, marks: [all]", "3") + section(body), tmp_path) == []


def test_the_group_that_names_a_statement_decides_its_operator(tmp_path: Path) -> None:
    body = (
        "effect: covered\nfrom: 1\ncriteria:\n  all:\n    - Red\n    - from: 2\n      OP:\n        - Late\n        - Old\n"
    )
    entries = ledger("1", "2, marks: [any]")
    assert rules(entries + section(body.replace("OP", "any")), tmp_path) == []
    assert rules(entries + section(body.replace("OP", "all")), tmp_path) == ["D104"]


def test_a_query_counts_with_what_it_quotes(tmp_path: Path) -> None:
    body = "effect: covered\nfrom: 1\ncriteria:\n  text: It is late\n  query: QUERY\n"
    entries = ledger("1, marks: [generally]")
    asks = section(body.replace("QUERY", "Is it usually late?"))
    assert rules(entries + asks, tmp_path) == ["D104"]
    quotes = section(body.replace("QUERY", "The source prints 'typically late'. Is that meant?"))
    assert rules(entries + quotes, tmp_path) == []


def test_places_and_values(tmp_path: Path) -> None:
    block = ledger('1, codes: ["78813", "78815"], quantities: [9 weeks], marks: [any, unless]') + section(
        "effect: covered\nfrom: 1\ncriteria:\n  all: [Late, Old]\n"
    )
    findings = document(block, tmp_path)
    assert [(finding.rule.id, finding.span.raw) for finding in findings] == [
        ("D102", '"78813"'),
        ("D102", '"78815"'),
        ("D103", "9 weeks"),
        ("D104", "any"),
        ("D104", "unless"),
    ]
    assert all(finding.severity == "error" and finding.span.path.endswith("statements.yaml") for finding in findings)
    assert findings[0].message == "The code 78813 of statement 1 is in nothing that carries it"
    assert findings[0].related[0].message == "section study"


@pytest.mark.parametrize(
    ("named", "raw", "line"),
    [("from: 1.9\n", "1.9", 3), ("from: [1.1, 1.9]\n", "1.9", 3), ("from:\n  - 1.1\n  - 1.9\n", "1.9", 5)],
)
def test_unknown_statement(named: str, raw: str, line: int, tmp_path: Path) -> None:
    block = ledger("1.1", "2") + section(named + "effect: covered\ncriteria:\n  text: It is late\n  from: [1, 2]\n")
    (finding,) = [finding for finding in document(block, tmp_path) if finding.rule.id == "D105"]
    assert (finding.span.raw, finding.span.begin.line) == (raw, line)
    assert finding.message == "The ledger has no statement 1.9"
    assert finding.help == "did you mean 1.1?"


def test_an_unknown_statement_is_told_at_each_place_once(tmp_path: Path) -> None:
    body = "from: 1\neffect: covered\ncriteria:\n  all:\n    - {text: Late, from: 9}\n    - {text: Old, from: 9}\n"
    findings = document(ledger("1") + section(body), tmp_path)
    assert [(finding.rule.id, finding.span.begin.line, finding.node) for finding in findings] == [
        ("D105", 7, "study.1"),
        ("D105", 8, "study.2"),
    ]


def test_entries(tmp_path: Path) -> None:
    block = (
        "# file: example/statements.yaml\n"
        f"- {{id: 1, sha256: {SHA}, marks: [AT LEAST, none, perhaps]}}\n"
        f"- {{id: 1, sha256: {SHA[:-1]}}}\n"
    ) + section("from: 1\neffect: covered\ncriteria: At least one was not late\n")
    findings = document(block, tmp_path)
    assert [(finding.rule.id, finding.span.raw) for finding in findings] == [
        ("D107", "AT LEAST"),
        ("D107", "none"),
        ("D107", "perhaps"),
        ("D107", "1"),
        ("D107", SHA[:-1]),
    ]
    assert [[edit.new for edit in finding.edits] for finding in findings] == [["at_least"], ["not"], [], [], []]


def test_a_section_that_cannot_be_read_loses_nothing(tmp_path: Path) -> None:
    other = "# file: example/sections/other.yaml\nid: other\ntitle: [Other\nfrom: 2\n"
    block = ledger("1", "2") + section("from: 1\neffect: covered\ncriteria: It is late\n") + other
    found = [finding.rule.id for finding in findings_of(block, tmp_path)]
    assert any(rule[0] == "Y" for rule in found)
    assert "D101" not in found
