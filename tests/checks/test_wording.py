"""Wording: operators in titles, joined clauses, outcomes, residue, markup; beyond the examples of the rules' pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of


def found(rule: str, block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id == rule]


def raws(findings: list[Finding]) -> list[str]:
    return [finding.span.raw for finding in findings]


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def criterion(text: str, head: str = "effect: covered\ncodes: [78815]\n") -> str:
    return f"id: pet\ntitle: PET\n{head}criteria:\n  text: {quoted(text)}\n"


def titled(title: str, intro: str = "Read this first") -> str:
    return (
        f"id: pet\ntitle: {quoted(title)}\nintro: {quoted(intro)}\neffect: covered\n"
        "criteria:\n  text: The study changes the plan of treatment\n"
    )


# W101 operator-in-title


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("Covered when ALL of the following are met", "ALL of the following"),
        ("PET‑MRI fits when EITHER of the following applies", "EITHER of the following"),
        ("Covered when any of the following is met", "any of the following"),
        ("Covered when one of the following is met:", "one of the following"),
        ("At least two of the following apply", "At least two of the following"),
        ("Two or more of the following apply", "Two or more of the following"),
        ("Covered when two of the following apply", "two of the following"),
        ("Covered when all these criteria are met", "all these criteria"),
        ("All criteria must be met", "All criteria"),
        ("Covered when None of the following applies", "None of the following"),
        ("Covered when ANY applies", "ANY"),
        ("Covered when ALL are met", "ALL"),
    ],
)
def test_an_operator_is_named(text: str, operator: str, tmp_path: Path) -> None:
    title, intro = found("W101", titled(text, text), tmp_path)
    assert raws([title, intro]) == [operator, operator]
    assert (title.span.begin.line, intro.span.begin.line) == (2, 3)
    assert title.severity == "error"
    assert title.message.startswith("The title names an operator, “")


@pytest.mark.parametrize(
    "text",
    [
        "Imaging of any tumor", "All imaging of the chest", "Either side of the body", "Both kidneys", "Each visit",
        "Leukemia (ALL and AML)", "PET for ALL", "Non-small cell lung cancer", "None", "COVERAGE FOR ANY TUMOR",
        "These points hold beside those of the section for the service.", "Any of the following services",
        "All these criteria come from the plan of 2025", "At least 12 weeks after radiation",
        "Treatment of the following cancers",
    ],
)  # fmt: skip
def test_ordinary_words_are_no_operator(text: str, tmp_path: Path) -> None:
    assert found("W101", titled(text, text), tmp_path) == []


# W102 joined-clauses


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("PET/CT is not available; the provider asks for PET-MRI", ";"),
        ("The study is recent unless it is a scheduled surveillance exam", "unless"),
        ("A study was done, Unless it failed", "Unless"),
        ("Surveillance is routine except when new symptoms appear", "except"),
        ("The individual meets the criteria for PET/CT AND none is available", "AND"),
        ("Conventional imaging is negative, OR PET is used for staging", "OR"),
        ("The tumor is a glioma BUT NOT a lymphoma", "NOT"),
        ("Imaging was done. Results are available", "Results"),
        ("Imaging was done (CT). The result is unclear", "The"),
        ("PET/CT is not available and the provider asks whether PET-MRI is", None),
        ("PET/CT is not available and the result will change management", "and"),
        ("Conventional imaging is inconclusive or recurrence is suspected", "or"),
        ("Conventional imaging is inconclusive and/or recurrence is suspected", "or"),
        ("The individual has had radiation, and 12 weeks have passed", "and"),
        ("Either diabetes is present or a pump is used", "or"),
        ("The study was unclear or was never read", "or"),
    ],
)
def test_two_conditions_in_one(text: str, raw: str | None, tmp_path: Path) -> None:
    findings = found("W102", criterion(text), tmp_path)
    assert raws(findings) == ([] if raw is None else [raw])
    assert all(finding.severity == "warning" for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        "Conventional imaging (bone scan, CT or MRI) is inconclusive",
        "CT, MRI or a bone scan is inconclusive",
        "CT and MRI are inconclusive",
        "Neither CT nor MRI is available",
        "Clinical concern, new symptoms or the findings of conventional imaging point to recurrence or progression",
        "The study evaluates infection, inflammation and/or trauma",
        "The tumor is of any kind except glioma",
        "The procedure takes place in the OR",
        "The odds ratio (OR 2.5) is known",
        "Imaging is repeated every 6–8 weeks (about every 2 cycles; see the plan)",
        "The result (e.g. MRI) is equivocal, i.e. CT does not decide",
        "The tumor measures approx. 8 mm vs. 12 mm on CT",
        "According to Smith et al. MRI is preferred",
        "The record states that CT was done and MRI was not",
        "The interval between surgery and radiation is at least 6 weeks",
        "The individual is a candidate for surgery or radiation",
        "Histology that confirms the malignancy, or its recurrence, has been supplied",
        "The documentation gives the anatomic boundaries and the clinical rationale",
        "The fracture is complex, that is comminuted or displaced",
        "Staging or restaging is planned",
        "The indication is one of the select syndromes and their variants",
        "The lesion is 8 mm or larger",
        "The scan of 3.5 T was done in St. Mary's",
        "ALL AND AML WERE EXCLUDED",
        "The study is for initial staging and for planning of treatment",
        "The request comes from a practice and/or hospital",
        "Medical therapy has failed or is contraindicated",
        "Medical therapy was not effective, or was not tolerated",
        "MRI is not feasible or is not available",
    ],
)
def test_one_condition_stays_silent(text: str, tmp_path: Path) -> None:
    assert found("W102", criterion(text), tmp_path) == []


def test_only_criteria_are_looked_at_and_each_once(tmp_path: Path) -> None:
    block = criterion("A study was done; results are there. They matter unless it failed")
    block += "notes:\n  - The study was done; it is unclear. Read on unless told otherwise.\n"
    (finding,) = found("W102", block, tmp_path)
    assert (tuple(finding.span.begin), finding.span.raw) == ((6, 26), ";")


def test_guards_and_block_texts(tmp_path: Path) -> None:
    block = """\
id: pet
title: PET
effect: covered
criteria:
  text: |
    The study is needed
    now AND it changes the plan
  applies_when: The tumor is new AND it is known
"""
    findings = found("W102", block, tmp_path)
    assert [(*finding.span.begin, finding.span.raw) for finding in findings] == [(7, 9, "AND"), (8, 34, "AND")]


# W103 outcome-in-criterion


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("PET/CT is not indicated for surveillance", "is not indicated"),
        ("Surveillance imaging is typically not indicated beyond 5 years", "is typically not indicated"),
        ("The requested PET/CT is medically necessary", "is medically necessary"),
        ("PET/CT is appropriate for initial staging", "is appropriate"),
        ("Imaging is not considered medically necessary", "is not considered medically necessary"),
        ("The study is covered", "is covered"),
        ("Not covered for screening", "Not covered"),
    ],
)
def test_an_outcome_is_stated(text: str, raw: str, tmp_path: Path) -> None:
    for effect in ("covered", "not_covered"):
        findings = found("W103", criterion(text, f"effect: {effect}\ncodes: [78815]\n"), tmp_path)
        assert raws(findings) == [raw]
        assert findings[0].severity == "warning"


@pytest.mark.parametrize(
    "text",
    [
        "The radiotracer is appropriate",
        "The radiotracer for PET/CT is appropriate",
        "Surgery is not indicated",
        "MRI is not appropriate",
        "No alternative to PET/CT is appropriate",
        "Conventional imaging is not appropriate",
        "The plan states that PET/CT is not indicated",
        "The wound is covered by a dressing",
        "The field that the scan covered is known",
        "An earlier PET/CT was covered",
        "The indicated study is a PET/CT",
        "The evidence-supported radiotracer is used",
        "Specific metabolic imaging of another kind is appropriate to the type of disease",
        "PET/CT may be repeated",
    ],
)
def test_a_condition_is_no_outcome(text: str, tmp_path: Path) -> None:
    assert found("W103", criterion(text), tmp_path) == []


def test_an_outcome_in_notes_and_coding_rules_is_their_own(tmp_path: Path) -> None:
    block = criterion("The study is needed") + "notes:\n  - PET/CT is not covered for screening.\n"
    block += "coding_rules:\n  - rule: not_with\n    codes: [78815]\n    with: [76376]\n    when: {text: PET/CT is not covered}\n"
    assert found("W103", block, tmp_path) == []


# W104 conversion-residue


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ('note":"Operational: limited CT', '":"'),
        ('document the rationale."}]}', '"}]}'),
        ("PET&nbsp;CT is needed", "&nbsp;"),
        ("CT &amp; MRI are done", "&amp;"),
        ("a tumor of &#8804; 8 mm", "&#8804;"),
        ("the institutionâ€™s scanner", "â€™"),
        ("a rÃ©sumÃ of it", "Ã©"),
        ("see Page 3 of 12", "Page 3 of 12"),
        ("the ﬁrst study", "ﬁ"),
        (r"one\n two", r"\n"),
    ],
)
def test_leftovers_of_a_conversion(text: str, raw: str, tmp_path: Path) -> None:
    block = criterion("The study is needed") + f"notes:\n  - {quoted(text)}\n"
    findings = found("W104", block, tmp_path)
    assert raws(findings) == [raw]
    assert (findings[0].span.begin.line, findings[0].severity) == (8, "error")


@pytest.mark.parametrize(
    "text",
    [
        "R&D and Q&A", "CT & MRI", "José Peña’s résumé", "≥ 8 mm (6–8 weeks)", 'the terms "mild" and "severe"', "Page 3",
        "NÃO", "Â", "a set {A, B}", "kg·m", "AT&T; and others", "“quoted”", "m²", r"either\or",
    ],
)  # fmt: skip
def test_ordinary_characters_are_no_leftovers(text: str, tmp_path: Path) -> None:
    block = criterion("The study is needed") + f"notes:\n  - {quoted(text)}\n"
    assert [finding.rule.id for finding in findings_of(block, tmp_path) if finding.rule.id in ("W104", "W106", "W107")] == []


def test_a_query_may_quote_the_damage(tmp_path: Path) -> None:
    block = criterion("The study is needed") + "query: 'The source prints \"}]} and  &amp; and {{ x }} and (this. Is it lost?'\n"
    assert [finding for finding in findings_of(block, tmp_path) if finding.rule.id[0] == "W"] == []


def test_the_texts_of_the_guideline_itself(tmp_path: Path) -> None:
    block = """\
# file: example/guideline.yaml
id: example
title: Example &amp; more
version: 1.0.0
status: draft
effective: 2026-01-01
notice: "Read {{ this }}"
chapters:
  - title: General<br>
    sections: [pet]
# file: example/sections/pet.yaml
"""
    findings = findings_of(block + criterion("The study is needed"), tmp_path)
    assert [(finding.rule.id, finding.span.begin.line, finding.span.raw) for finding in findings] == [
        ("W104", 2, "&amp;"), ("W106", 6, "{{"), ("W106", 8, "<br>"),
    ]  # fmt: skip


# W106 markup-in-text


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("radiation by {{ weeks }}", "{{"),
        ("{% if x %}", "{%"),
        ("by ${weeks}", "${"),
        ("CT<br/>MRI", "<br/>"),
        ("<script>alert(1)</script>", "<script>"),
        ('<img src="x" onerror="y">', '<img src="x" onerror="y">'),
        ("see [this](javascript:alert(1))", "](javascript:alert"),
        ("see [this](javascript:x)", "](javascript:x)"),
        ("see [this](data:text/html,x)", "](data:text/html,x)"),
        ("see [this](../other.md)", "](../other.md)"),
        ("see [this](#place)", "](#place)"),
        ("<!-- hidden -->", "<!--"),
    ],
)
def test_markup(text: str, raw: str, tmp_path: Path) -> None:
    block = criterion("The study is needed") + f"notes:\n  - {quoted(text)}\n"
    findings = found("W106", block, tmp_path)
    assert findings[0].span.raw == raw
    assert {finding.severity for finding in findings} == {"error"}


@pytest.mark.parametrize(
    "text",
    [
        "a lesion < 8 mm and > 3 mm", "p<b and c>d", "see [the plan](https://example.org/a)", "*emphasis* and `code`", "x<5",
        "a set {A}", "costs $5", "[FDG](fluorodeoxyglucose)", "[0, 5) mm", "<5 mm>",
    ],
)  # fmt: skip
def test_what_is_no_markup(text: str, tmp_path: Path) -> None:
    block = criterion("The study is needed") + f"notes:\n  - {quoted(text)}\n"
    assert [finding for finding in findings_of(block, tmp_path) if finding.rule.id in ("W104", "W106")] == []


# W107 untidy-typing


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("• The study is needed", "• "),
        ("o The study is needed", "o "),
        ("- The study is needed", "- "),
        ("2. The study is needed", "2. "),
        ("(a) The study is needed", "(a) "),
        ("The study • is needed", "• "),
        ("The exami- nation is needed", "exami- nation"),
        ("The study  is needed", "  "),
        ("The study (CT or MRI is needed", "("),
        ("The study CT or MRI) is needed", ")"),
        ("The [study (CT] is needed", "("),
        ('The "study is needed', '"'),
        ("The “study is needed", "“"),
    ],
)
def test_untidy_typing(text: str, raw: str, tmp_path: Path) -> None:
    findings = found("W107", criterion(text), tmp_path)
    if raw == "(" and "[" in text:
        assert len(findings) == 1
    else:
        assert raws(findings) == [raw]
    assert {finding.severity for finding in findings} == {"warning"}


@pytest.mark.parametrize(
    "text",
    [
        "Pre- and post-operative imaging is planned", "The CT- or MR-guided biopsy is planned", "A 5\" tube is in place",
        "It is a) new, b) known and 3) small", "The study (CT [or MRI]) is needed", 'He said "yes" and "no"',
        "The plan ends.  The next one begins", "The dose - as typed - is low", "The “study” is needed", "E. coli is found",
        "68Ga-DOTATATE is used", "A tumor of stage \"3\" is present",
    ],
)  # fmt: skip
def test_tidy_typing(text: str, tmp_path: Path) -> None:
    assert found("W107", criterion(text), tmp_path) == []


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("• The study is needed", "The study is needed"),
        ("The study  is   needed", "The study is needed"),
    ],
)
def test_untidy_typing_mends_itself(text: str, mended: str, tmp_path: Path) -> None:
    block = criterion(text)
    edits = [edit for finding in found("W107", block, tmp_path) for edit in finding.edits]
    for edit in sorted(edits, key=lambda edit: -edit.span.start):
        block = block[: edit.span.start] + edit.new + block[edit.span.end :]
    assert block == criterion(mended)
    assert found("W107", block, tmp_path) == []


def test_a_title_may_be_numbered_and_a_block_hold_paragraphs(tmp_path: Path) -> None:
    block = criterion("The study is needed").replace("title: PET", "title: 1. General points")
    block += "notes:\n  - |\n    The first paragraph.\n\n    2. The second (with\n    a bracket).\n"
    assert found("W107", block, tmp_path) == []
    block += "  - |\n    The first paragraph.\n    • a bullet\n"
    (finding,) = found("W107", block, tmp_path)
    assert (*finding.span.begin, finding.span.raw) == (15, 5, "• ")
