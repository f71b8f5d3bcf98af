"""Codes: known, in words and data alike, called what they are, active, once; beyond the examples of the rules' pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

FORMAT_EXAMPLE = """\
id: pet-mri
title: PET-MRI
effect: covered
strength: may
codes: [78813, 76498]
criteria:
  any:
    - text: The individual meets the condition-specific criteria for PET-MRI in the disease section
      query: No disease section of this guideline states PET-MRI criteria. Which are meant?
    - all:
        - The individual meets the guideline criteria for PET/CT
        - The treating institution has no PET/CT
        - The provider asks for PET-MRI in place of PET/CT
coding_rules:
  - rule: report_with
    codes: [78813, 76498]
    text: When PET-MRI is approved, report CPT 78813 together with CPT 76498.
  - rule: may_report_with
    class: {modality: MRI, role: diagnostic}
    with: [78813, 76498]
    text: Diagnostic MRI codes may be reported as well if clinically appropriate.
"""


def codes(found: tuple[Finding, ...]) -> list[tuple[str, int, int, str]]:
    return [
        (finding.rule.id, *finding.span.begin, finding.span.raw)
        for finding in found
        if finding.rule.id[0] == "C" and finding.rule.id != "C110"
    ]


def section(criterion: str, head: str = "codes: [78815]\n", tail: str = "") -> str:
    return f"id: pet\ntitle: PET\neffect: covered\n{head}criteria:\n  {criterion}\n{tail}"


def rule(text: str, data: str, kind: str = "report") -> str:
    return (
        "id: pet\ntitle: PET\neffect: covered\ncodes: [78815]\ncriteria:\n  text: The study changes the plan of treatment\n"
        f"coding_rules:\n  - rule: {kind}\n    {data}\n    text: {text}\n"
    )


def mended(found: tuple[Finding, ...], folder: Path) -> dict[str, str]:
    """Apply every edit, from the end of each file to its beginning."""
    texts: dict[str, str] = {}
    edits = sorted(
        {edit for finding in found for edit in finding.edits}, key=lambda edit: (-edit.span.start, -edit.span.end)
    )
    for edit in edits:
        text = texts.get(edit.span.path, edit.span.source.text)
        texts[edit.span.path] = text[: edit.span.start] + edit.new + text[edit.span.end :]
    for path, text in texts.items():
        name = path.rsplit("/", 1)[-1]
        next(folder.rglob(name)).write_text(text, encoding="utf-8")
    return {path.rsplit("/", 1)[-1]: text for path, text in texts.items()}


def mend(block: str, folder: Path) -> str:
    """Return the section of an example with all edits applied; the result must raise nothing of these rules."""
    found = findings_of(block, folder)
    text = mended(found, folder)["section.yaml"]
    assert codes(findings_of(text, folder)) == []
    return text


def test_the_example_of_the_format_is_clean(tmp_path: Path) -> None:
    assert codes(findings_of(FORMAT_EXAMPLE, tmp_path)) == []


# C102 unknown-code


def test_unknown_code_names_its_neighbours(tmp_path: Path) -> None:
    (found,) = findings_of(section("text: The study is needed", "codes: [78851]\n"), tmp_path)
    assert codes((found,)) == [("C102", 4, 9, "78851")]
    assert found.message == "CPT 78851 is not in the code register"
    assert found.help == "did you mean 78815? If not, add it to registers/codes.yaml"
    (found,) = findings_of(section("text: The study is needed", "codes: [G0235]\n"), tmp_path)
    assert (found.message, found.help) == (
        "HCPCS G0235 is not in the code register", "add it to registers/codes.yaml"
    )  # fmt: skip


def test_both_ends_of_a_range_must_be_known(tmp_path: Path) -> None:
    found = findings_of(section("text: The study is needed", 'codes:\n  - "78811-78815"\n'), tmp_path)
    assert codes(found) == [("C102", 5, 5, '"78811-78815"')]
    assert "78811" in found[0].message


@pytest.mark.parametrize("words", ["CPT 99213", "code 99213", "codes 78815 and 99213", "CPT 78815/99213", "CPT: 99213", "0042T"])
def test_an_unknown_code_in_the_words(words: str, tmp_path: Path) -> None:
    block = section("text: The study is needed", tail=f"notes:\n  - 'Read this with {words}.'\n")
    assert [(id, raw) for id, _, _, raw in codes(findings_of(block, tmp_path))] == [("C102", words[-5:])]


@pytest.mark.parametrize(
    "words",
    [
        "the ZIP code 45402", "ZIP codes 45402", "a price of $12345", "NDC code 00003", "about 12345 members", "5000U of heparin",
        "the trial S1207", "stage T1234", "revenue code 03501", "the year 2026", "a score of 7/10", "12,345 units",
    ],
)  # fmt: skip
def test_a_number_that_is_no_code_stays_silent(words: str, tmp_path: Path) -> None:
    block = section(f"text: The request names {words}", tail=f"notes:\n  - 'Read this with {words}.'\n")
    assert codes(findings_of(block, tmp_path)) == []


def test_a_query_may_name_any_code(tmp_path: Path) -> None:
    block = section("text: The study is needed\n  query: Is CPT 99999 meant, a guidance code (CPT 78815)?")
    assert codes(findings_of(block, tmp_path)) == []


# C103 code-not-in-data


def test_a_code_of_the_ruling_or_its_services_counts_as_held(tmp_path: Path) -> None:
    assert codes(findings_of(section("text: CPT 78815 is asked for"), tmp_path)) == []
    assert codes(findings_of(section("text: CPT 78815 is asked for", "services: [PET/CT]\n"), tmp_path)) == []
    assert codes(findings_of(section("text: CPT 78813 is asked for", "services: [PET/CT]\n"), tmp_path)) != []


@pytest.mark.parametrize(
    ("criterion", "column", "result"),
    [
        ("text: A scan (CPT 70553) was done", 21, 'text: A scan (CPT 70553) was done\n  codes: ["70553"]'),
        ('text: "A scan (CPT 70553) was done"', 22, 'text: "A scan (CPT 70553) was done"\n  codes: ["70553"]'),
        ("text: CPT 70553 was done\n  codes: [78815]", None, None),
        (
            "text: CPT 78815 and CPT 70553 were done\n  codes: [78815]", 27,
            'text: CPT 78815 and CPT 70553 were done\n  codes: [78815, "70553"]',
        ),
        (
            "text: CPT 78815 and CPT 70553 were done\n  codes:\n    - 78815  # the first\n  notes: [One]", 27,
            'text: CPT 78815 and CPT 70553 were done\n  codes:\n    - 78815  # the first\n    - "70553"\n  notes: [One]',
        ),
        ("all:\n    - CPT 70553 was done\n    - It is new", None, 'all:\n    - text: CPT 70553 was done\n      codes: ["70553"]\n    - It is new'),
        ('all: ["CPT 70553 was done", "It is new"]', None, 'all: [{text: "CPT 70553 was done", codes: ["70553"]}, "It is new"]'),
        ('any:\n    - {text: "CPT 70553 was done"}\n    - It is new', None, 'any:\n    - {text: "CPT 70553 was done", codes: ["70553"]}\n    - It is new'),
        (
            "text: |\n    A scan\n    (CPT 70553) was done\n  notes: [One]", None,
            'text: |\n    A scan\n    (CPT 70553) was done\n  codes: ["70553"]\n  notes: [One]',
        ),
    ],
)  # fmt: skip
def test_a_missing_code_is_added(criterion: str, column: int | None, result: str | None, tmp_path: Path) -> None:
    block = section(criterion)
    found = [finding for finding in findings_of(block, tmp_path) if finding.rule.id == "C103"]
    assert [finding.span.raw for finding in found] == ["70553"]
    if column is not None:
        assert tuple(found[0].span.begin) == (6, column)
    if result is not None:
        assert mend(block, tmp_path) == section(result)


def test_a_block_text_is_pointed_at_by_the_word(tmp_path: Path) -> None:
    (found,) = findings_of(section("text: |\n    A scan was done,\n    namely CPT 70553\n"), tmp_path)
    assert codes((found,)) == [("C103", 8, 16, "70553")]
    assert found.mark == "named here"


def test_all_missing_codes_come_with_the_first_edit(tmp_path: Path) -> None:
    block = section("text: CPT 70553 or CPT 77012 was done")
    first, second = findings_of(block, tmp_path)
    assert (bool(first.edits), second.edits) == (True, ())
    assert 'codes: ["70553", "77012"]' in mend(block, tmp_path)


def test_a_range_in_the_words_names_its_members(tmp_path: Path) -> None:
    for hyphen in "-–‑":
        words = f"text: CPT 78813{hyphen}78815 is asked for"
        assert codes(findings_of(section(words, "codes: [78813, 78815]\n"), tmp_path)) == []
        found = findings_of(section(words), tmp_path)
        assert [(id, raw) for id, _, _, raw in codes(found)] == [("C103", f"78813{hyphen}78815")]
    assert codes(findings_of(section(words + '\n  codes: ["78813-78815"]'), tmp_path)) == []


def test_modifiers_must_agree_where_both_sides_have_them(tmp_path: Path) -> None:
    assert codes(findings_of(rule("Report CPT 78815-26.", "codes: [78815-26]"), tmp_path)) == []
    assert codes(findings_of(rule("Report CPT 78815-26.", "codes: [78815]"), tmp_path)) == []
    assert codes(findings_of(rule("Report CPT 78815.", "codes: [78815-26]"), tmp_path)) == []
    found = findings_of(rule("Report CPT 78815-26.", "codes: [78815-TC]"), tmp_path)
    assert codes(found) == [("C103", 10, 22, "78815-26")]


@pytest.mark.parametrize(
    ("text", "data", "kind"),
    [
        ("Report CPT 78815 instead of CPT 78813.", "codes: [78815]\n    instead_of: [78813]", "report_instead_of"),
        ("CPT 76498 takes the place of CPT 70553.", "codes: [76498]\n    instead_of: {modality: MRI}", "report_instead_of"),
        ("CPT 77012 is not for CPT 20982.", "class: {role: guidance}\n    for: [20982]", "not_for"),
        (
            "Report CPT 77012 where CPT 20982 is reported.",
            "codes: [77012]\n    when: {text: CPT 20982 is reported, codes: [20982]}", "report",
        ),
    ],
)  # fmt: skip
def test_what_a_coding_rule_holds(text: str, data: str, kind: str, tmp_path: Path) -> None:
    assert codes(findings_of(rule(text, data, kind), tmp_path)) == []


def test_a_coding_rule_without_a_code_of_its_words(tmp_path: Path) -> None:
    block = rule("Report CPT 78815 with CPT 78813.", "codes: [78815]", "report_with")
    assert codes(findings_of(block, tmp_path)) == [("C103", 10, 37, "78813")]
    assert 'codes: [78815, "78813"]' in mend(block, tmp_path)
    # Which list is meant is not sure here, so nothing is changed.
    (found,) = findings_of(
        rule("Report CPT 78815, not CPT 78813 or CPT 70553.", "codes: [78815]\n    instead_of: [78813]", "report_instead_of"),
        tmp_path,
    )
    assert (codes((found,)), found.edits) == ([("C103", 11, 50, "70553")], ())


def test_see_and_the_condition_of_a_coding_rule_hold_codes(tmp_path: Path) -> None:
    assert codes(findings_of(section("text: The criteria for CPT 70553 are met\n  see: {code: 70553}"), tmp_path)) == []
    block = rule("Report CPT 77012.", "codes: [77012]\n    when: {text: CPT 77012 is asked for}")
    assert codes(findings_of(block, tmp_path)) == []


# C104 code-not-in-words


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ("CPT 78813-78815", "[78813, 78815]"),
        ("CPT 78813 to 78815", "[78813, 78815]"),
        ("CPT 78813 through CPT 78815", '["78813-78815"]'),
        ("CPT 78813/78815", "[78813, 78815]"),
        ("CPT 78813/15", "[78813, 78815]"),
        ("CPT 78813–15", "[78813, 78815]"),
        ("CPT 78815", "[78815-26]"),
    ],
)
def test_ways_to_name_codes(words: str, data: str, tmp_path: Path) -> None:
    assert codes(findings_of(section(f"text: A study ({words}) was done\n  codes: {data}"), tmp_path)) == []


def test_a_code_that_no_word_names(tmp_path: Path) -> None:
    (found,) = findings_of(section("text: PET/CT is not available\n  codes: [78815]"), tmp_path)
    assert codes((found,)) == [("C104", 7, 11, "78815")]
    assert found.message == "CPT 78815 is in codes, but not in the words"
    assert [label.span.raw for label in found.related] == ["PET/CT is not available"]
    found = findings_of(section('text: CPT 78815 is asked for\n  codes: ["78813-78815"]'), tmp_path)  # type: ignore[assignment]
    assert codes(found) == [("C104", 7, 11, '"78813-78815"')]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "data", "kind"),
    [
        ("One unit of a guidance code is reported per encounter.", "codes: [77012]\n    units: 1", "units_per_encounter"),
        ("One unit of guidance is reported per encounter.", "codes: [77012]\n    units: 1", "units_per_encounter"),
        ("PET/CT needs authorization.", "codes: [78815]", "needs_authorization"),
        ("Do not report CPT 76376 with PET/CT.", "codes: [76376]\n    with: [78815]", "not_with"),
        ("Report PET/CT with a fusion code, such as CPT 78815.", "codes: [78815, 78813]", "report"),
        ("They may be reported as well.", "class: {role: guidance}\n    with: [78815]", "may_report_with"),
    ],
)
def test_a_coding_rule_may_say_what_its_codes_are(text: str, data: str, kind: str, tmp_path: Path) -> None:
    assert codes(findings_of(rule(text, data, kind), tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "data", "kind", "raw"),
    [
        ("Report PET/CT with CPT 78815.", "codes: [78815, 78813]", "report", "78813"),
        ("When PET-MRI is approved, report CPT 78813.", "codes: [78813]\n    with: [76498]", "report_with", "76498"),
        ("One unit is reported per encounter.", "codes: [78815]\n    units: 1", "units_per_encounter", "78815"),
    ],
)
def test_a_coding_rule_that_keeps_a_code_to_itself(text: str, data: str, kind: str, raw: str, tmp_path: Path) -> None:
    found = codes(findings_of(rule(text, data, kind), tmp_path))
    assert [(id, words) for id, _, _, words in found] == [("C104", raw)]


def test_words_and_data_with_different_codes_are_told_from_both_sides(tmp_path: Path) -> None:
    found = codes(findings_of(section("text: CPT 70553 was done\n  codes: [77012]"), tmp_path))
    assert found == [("C103", 6, 13, "70553"), ("C104", 7, 11, "77012")]


# C105 role-at-odds


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("For bone tumors, CPT 20982 is the right guidance code instead of CPT 77012.", "codes: [20982, 77012]"),
        ("Report the guidance code CPT 20982.", "codes: [20982]"),
        ("Guidance codes (CPT 77012, CPT 20982) are reported once.", "codes: [77012, 20982]"),
        ("3D rendering codes (20982) are reported once.", "codes: [20982]"),
        ("Unlisted codes for planning (e.g., CPT 20982) need a description.", "codes: [20982]"),
        ("CPT 20982 is unlisted.", "codes: [20982]"),
        ("The diagnostic code is CPT 20982.", "codes: [20982]"),
    ],
)
def test_a_code_called_what_it_is_not(text: str, data: str, tmp_path: Path) -> None:
    found = [finding for finding in findings_of(rule(text, data), tmp_path) if finding.rule.id[0] == "C"]
    assert [(finding.rule.id, finding.span.raw) for finding in found] == [("C105", "20982")]
    assert found[0].severity == "warning"
    assert "its role is procedure" in found[0].message


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("CPT 77012 is the appropriate guidance code.", "codes: [77012]"),
        ("CPT 20982 is not a guidance code.", "codes: [20982]"),
        ("Do not report the guidance code with CPT 20982.", "codes: [20982]"),
        ("The guidance code for CPT 20982 is not reported.", "codes: [20982]"),
        ("The guidance code CPT 77012 or CPT 20982 is reported.", "codes: [77012, 20982]"),
        ("CPT 20982 is an alternative to the guidance code.", "codes: [20982]"),
        ("A diagnostic code is billed beside CPT 77012.", "codes: [77012]"),
        ("Diagnostic codes (CPT 78813 and CPT 76498) are reported together.", "codes: [78813, 76498]"),
        ("Guidance procedure codes (CPT 77012) hold the imaging.", "codes: [77012]"),
        ("CPT 20982 holds the guidance.", "codes: [20982]"),
    ],
)
def test_roles_that_fit_or_are_not_said(text: str, data: str, tmp_path: Path) -> None:
    assert codes(findings_of(rule(text, data), tmp_path)) == []


def test_the_class_of_a_coding_rule_against_its_words(tmp_path: Path) -> None:
    found = findings_of(rule("Guidance codes are reported once.", "class: {role: rendering}"), tmp_path)
    assert codes(found) == [("C105", 9, 12, "{role: rendering}")]
    found = findings_of(
        rule("A diagnostic code is not billed with a guidance code.", "class: {role: guidance}\n    with: {role: diagnostic}", "not_with"),
        tmp_path,
    )
    assert codes(found) == []


# C106 modality-at-odds


@pytest.mark.parametrize(
    "text",
    [
        "Report CPT 76498 (CT) for planning.",
        "Unlisted MRI/CT codes for planning (e.g., CPT 76498) need a description.",
        "Report CPT 76498 for CT or MRI-negative disease.",
        "A study by CT (CPT 76498) is reported.",
        "CT‑guided biopsy (CPT 76498) is reported.",
        "CT guidance (CPT 76498) is reported.",
        "Report ultrasound guidance (CPT 76498).",
    ],
)
def test_a_modality_that_the_register_does_not_know_for_the_code(text: str, tmp_path: Path) -> None:
    found = findings_of(rule(text, "codes: [76498]"), tmp_path)
    assert [(id, raw) for id, _, _, raw in codes(found)] == [("C106", "76498")]


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("Report CPT 76498 (MR) for planning.", "codes: [76498]"),
        ("Report PET-MRI (CPT 78813 + CPT 76498).", "codes: [78813, 76498]"),
        ("MRI and CT codes (CPT 76498, CPT 77012) need a description.", "codes: [76498, 77012]"),
        ("CT or MRI of the brain (CPT 70553) is reported.", "codes: [70553]"),
        ("Report PET/CT (CPT 78815) where MRI is not available.", "codes: [78815]"),
        ("Do not use CPT 76498 for CT.", "codes: [76498]"),
        ("Where CT is not possible, report CPT 70553.", "codes: [70553]"),
        ("Report CPT 77012 for CT or CPT 76498 for MR.", "codes: [77012, 76498]"),
        ("Report CPT 78813 for PET-MRI with CPT 76498.", "codes: [78813, 76498]"),
        ("In addition to CPT 78813, MRI codes are reported.", "codes: [78813]"),
        ("CT-negative disease (CPT 70553) is reported.", "codes: [70553]"),
        ("Report 3D images of CT, MRI or ultrasound (CPT 76376).", "codes: [76376]"),
    ],
)
def test_modalities_that_fit_or_are_not_said(text: str, data: str, tmp_path: Path) -> None:
    assert [found for found in codes(findings_of(rule(text, data), tmp_path)) if found[0] == "C106"] == []


# C107 inactive-code, C108 unverified-code, C109 repeated-code

DATED = """\
# file: example/registers/codes.yaml
- {code: "78811", system: CPT, label: old, active: {until: 2025-12-31}, replaced_by: [78815, 78813], verified: {source: x, on: 2026-01-01}}
- {code: "78812", system: CPT, label: new, active: {from: 2026-01-02}, verified: {source: x, on: 2026-01-01}}
- {code: "78814", system: CPT, label: now, active: {from: 2026-01-01, until: 2026-01-01}, verified: {source: x, on: 2026-01-01}}
# file: example/sections/section.yaml
"""


def test_dates_of_a_code(tmp_path: Path) -> None:
    found = findings_of(DATED + section("text: The study is needed", "codes: [78811, 78812, 78814, 78815]\n"), tmp_path)
    assert [(finding.rule.id, finding.message, finding.help) for finding in found if finding.rule.id != "C112"] == [
        (
            "C107", "CPT 78811 was active until 2025-12-31, and the guideline takes effect on 2026-01-01",
            "use 78815 or 78813, which took its place",
        ),
        (
            "C107", "CPT 78812 is active from 2026-01-02, and the guideline takes effect on 2026-01-01",
            "take it out, or mend its dates in the code register",
        ),
    ]  # fmt: skip
    assert found[0].related[0].span.begin.line == 1


def test_a_range_takes_in_what_has_ended(tmp_path: Path) -> None:
    block = DATED + section("text: The study is needed", 'codes: ["78811-78815"]\n')
    assert [raw for id, _, _, raw in codes(findings_of(block, tmp_path)) if id == "C107"] == ['"78811-78815"'] * 2


def test_what_is_replaced_may_have_ended(tmp_path: Path) -> None:
    text = "Report CPT 78815 instead of CPT 78811."
    assert codes(findings_of(DATED + rule(text, "codes: [78815]\n    instead_of: [78811]", "report_instead_of"), tmp_path)) == []
    found = codes(findings_of(DATED + rule(text, "codes: [78815]\n    with: [78811]", "report_with"), tmp_path))
    assert [id for id, *_ in found] == ["C107"]


def test_an_unverified_code_is_told_once_at_its_entry(tmp_path: Path) -> None:
    block = """\
# file: registers/codes.yaml
- {code: "78815", system: CPT, label: PET with CT}
# file: example/registers/codes.yaml
- {code: "78816", system: CPT, label: PET with CT}
"""
    found = findings_of(block + "# file: example/sections/section.yaml\n" + section("text: It is needed"), tmp_path)
    assert [(id, raw) for id, _, _, raw in codes(found)] == [("C108", '"78816"'), ("C108", '"78815"')]
    assert {finding.severity for finding in found if finding.rule.id == "C108"} == {"info"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("codes: [78815, 78813, 78815]\n", "codes: [78815, 78813]\n"),
        ("codes: [78815,\n        78815]\n", "codes: [78815]\n"),
        ("codes:\n  - 78815\n  - 78813\n  - 78815\n", "codes:\n  - 78815\n  - 78813\n"),
        ('codes: ["78813-78815", 78815]\n', 'codes: ["78813-78815"]\n'),
    ],
)
def test_a_repeated_code_is_taken_out(before: str, after: str, tmp_path: Path) -> None:
    block = section("text: The study is needed", before)
    assert [id for id, *_ in codes(findings_of(block, tmp_path))] == ["C109"]
    assert mend(block, tmp_path) == section("text: The study is needed", after)


def test_a_repeated_code_with_a_comment_is_left_to_the_writer(tmp_path: Path) -> None:
    block = section("text: The study is needed", "codes:\n  - 78815\n  - 78815  # for the second\n")
    (found,) = findings_of(block, tmp_path)
    assert (codes((found,)), found.edits) == ([("C109", 6, 5, "78815")], ())


def test_modifiers_make_another_entry(tmp_path: Path) -> None:
    block = section("text: The study is needed", "codes: [78815, 78815-26, 78815-TC]\n")
    assert codes(findings_of(block, tmp_path)) == []
