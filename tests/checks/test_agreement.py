"""Titles, coding rules and pointers against their data; texts that break off; entries that nothing uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.examples import findings_of


def found(block: str, rule: str, folder: Path) -> list[str]:
    return [finding.span.raw for finding in findings_of(block, folder) if finding.rule.id == rule]


@pytest.mark.parametrize(
    ("title", "effect", "told"),
    [
        ("PET not indicated", "covered", True),
        ("PET is generally not covered", "covered", True),
        ("Non-covered studies", "covered", True),
        ("PET: covered indications", "not_covered", True),
        ("Coverage criteria", "not_covered", True),
        ("PET not indicated", "not_covered", False),
        ("PET: covered indications", "covered", False),
        ("PET", "not_covered", False),
        ("Indications", "not_covered", False),  # what is an indication here, the ruling says
        ("Head covered by a cast", "not_covered", False),
    ],
)
def test_titles(title: str, effect: str, told: bool, tmp_path: Path) -> None:
    block = f'id: pet\ntitle: "{title}"\neffect: {effect}\ncriteria: {{text: The study is urgent}}\n'
    assert found(block, "W109", tmp_path) == ([effect] if told else [])


def test_a_section_with_both_effects_may_have_any_title(tmp_path: Path) -> None:
    block = (
        "id: pet\ntitle: PET not indicated\nrulings:\n  - {id: pet.a, effect: covered, criteria: {text: It is urgent}}\n"
        "  - {id: pet.b, effect: not_covered, criteria: {text: It is a repeat}}\n"
    )
    assert not found(block, "W109", tmp_path)


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("report_with", "CPT 78815 must not be reported with CPT 70553", True),
        ("may_report_with", "Do not report CPT 78815 with CPT 70553", True),
        ("not_with", "CPT 78815 is reported together with CPT 70553", True),
        ("not_for", "Report CPT 78815 with CPT 70553", True),
        ("report_instead_of", "Report CPT 78815 together with CPT 70553", True),
        ("report_with", "CPT 78815 is reported in place of CPT 70553", True),
        ("report_with", "Splitting it into CPT 78815 and CPT 70553 is not supported", True),
        ("report_with", "CPT 78815 is not reported with the code CPT 70553", True),
        ("report_with", "Report CPT 78815 with CPT 70553", False),
        ("report_with", "CPT 78815 takes the place of CPT 70553 and of CPT 77012", True),
        ("report_with", "Report CPT 78815 and CPT 70553 in place of CPT 78813", False),
        ("report_with", "Report CPT 78815 with CPT 70553 instead of CPT 78813", False),
        ("report_with", "Report CPT 78815 with CPT 70553; do not report them alone", False),
        ("report_with", "CPT 78815, which is not a brain study, is reported with CPT 70553", False),
        ("not_with", "CPT 78815 includes CPT 70553", False),
        ("not_with", "Unbundling CPT 78815 and CPT 70553 is denied", False),
        ("report_instead_of", "CPT 78815 takes the place of CPT 70553", False),
        ("report_instead_of", "Report CPT 78815, not CPT 70553", False),
    ],
)
def test_coding_rules(kind: str, text: str, told: bool, tmp_path: Path) -> None:
    other = {"report_instead_of": "instead_of", "not_for": "for"}.get(kind, "with")
    block = (
        f"id: pet\ntitle: PET\ncoding_rules:\n  - rule: {kind}\n    codes: [78815]\n    {other}: [70553]\n"
        f"    text: {text}\n"
    )
    assert found(block, "C110", tmp_path) == ([kind] if told else [])


def test_an_authorization_is_spoken_of(tmp_path: Path) -> None:
    rule = "id: pet\ntitle: PET\ncoding_rules:\n  - rule: needs_authorization\n    codes: [78815]\n    text: {}\n"
    assert found(rule.format("CPT 78815 is reported once"), "C110", tmp_path) == ["needs_authorization"]
    assert not found(rule.format("CPT 78815 is preauthorized"), "C110", tmp_path / "other")


SECTIONS = """\
# file: example/sections/pet-ct.yaml
id: pet-ct
title: PET/CT (general)
effect: covered
criteria: {text: The study changes the plan of treatment}
# file: example/sections/pet.yaml
id: pet
title: "PET imaging: criteria"
effect: covered
criteria: {text: The tracer is known}
# file: example/sections/own.yaml
id: own
title: Own
effect: covered
criteria:
"""


@pytest.mark.parametrize(
    ("text", "see", "told"),
    [
        ("The individual meets the criteria for PET/CT", "pet", True),
        ("The PET requirements are met", "pet-ct", True),
        ("The individual meets the criteria for PET/CT", "pet-ct", False),
        ("The individual meets the criteria for PET/CT", "pet-ct.criterion", False),
        ("PET has been done", "pet-ct", False),  # names a service, no criteria
        ("The criteria for the study are met", "pet", False),
    ],
)
def test_pointers(text: str, see: str, told: bool, tmp_path: Path) -> None:
    block = SECTIONS.replace("criteria: {text: The study", "criteria: {id: pet-ct.criterion, text: The study")
    assert found(block + f"  text: {text}\n  see: {see}\n", "R113", tmp_path) == ([see] if told else [])


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("The tumor is of the brain or the", "the"),
        ("The tumor is of the", "the"),
        ("Conventional imaging shows,", "shows,"),
        ("Symptoms of the following kind:", "kind:"),
        ("One of these considerations:", "considerations:"),
        ("A biopsy of", "of"),
        ("The study is done because", "because"),
        ("A biopsy with", "with"),
        ("A more favorable site before a biopsy is", "is"),
        ("The study is meant to", "to"),
    ],
)
def test_texts_that_break_off(text: str, raw: str, tmp_path: Path) -> None:
    assert found(f'id: s\ntitle: S\neffect: covered\ncriteria: {{text: "{text}"}}\n', "W108", tmp_path) == [raw]


@pytest.mark.parametrize(
    "text",
    [
        "The disease is one that the study is approved for",
        "Nobody knows how long it was",
        "The tumor is HER2+",
        "The patient is A",
        "The individual is what the plan calls an individual to be",
        "The site is the one the surgeon operates in",
        "The grade is 2a",
        "Treatment is under way",
        "It is reported where CPT 78815 is.",
        "Vitamin B or an analog",
    ],
)
def test_texts_that_do_not(text: str, tmp_path: Path) -> None:
    block = f'id: s\ntitle: S\neffect: covered\ncriteria: {{text: "{text}"}}\n'
    assert not found(block, "W108", tmp_path)


def unused(files: str, folder: Path) -> list[str]:
    body = "# file: example/sections/s.yaml\nid: s\ntitle: S\neffect: covered\ncriteria:\n  text: The tracer is FDG\n"
    return [finding.message for finding in findings_of(files + body, folder) if finding.rule.id == "R114"]


def test_a_term_is_used_in_the_plural_in_an_expansion_and_by_a_variant(tmp_path: Path) -> None:
    names = ["FDG", "PET-MRI", "A1", "B2", "C3", "D4", "E5"]
    entries = "".join(f"- {{term: {name}}}\n" for name in names)
    text = '- {term: F6, expansion: "A1 B2 C3 D4s E5 pet-mri", variants: [FDG]}\n- {term: G7}\n'
    (message,) = unused(f"# file: example/registers/terms.yaml\n{entries}{text}", tmp_path)
    assert message == "Nothing uses the term G7"


def test_a_register_of_which_much_is_not_used_serves_more_than_this_library(tmp_path: Path) -> None:
    facts = '# file: example/registers/facts.yaml\n- {id: dx.one, question: "One?"}\n- {id: dx.two, question: "Two?"}\n'
    assert not unused(facts, tmp_path)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("report_with", "CPT 78813 may be reported with CPT 70553.", "may be reported"),
        ("report_with", "CPT 78813 is reported with CPT 70553.", ""),
        ("may_report_with", "CPT 78813 must be reported with CPT 70553.", "must be reported"),
        ("may_report_with", "CPT 78813 is an add-on code. Report it with CPT 70553.", "Report"),
        ("may_report_with", "Report CPT 78813 with CPT 70553 if both were done.", ""),
        ("may_report_with", "CPT 78813 may be reported with CPT 70553.", ""),
    ],
)
def test_what_a_coding_rule_allows_or_demands(kind: str, text: str, said: str, tmp_path: Path) -> None:
    rule = f"  - rule: {kind}\n    codes: [78813]\n    with: [70553]\n    text: {text}\n"
    findings = findings_of(f"id: pet\ntitle: PET\ncoding_rules:\n{rule}", tmp_path)
    assert [one.message for one in findings if one.rule.id == "C110"] == (
        [f"The words say “{said}”, and the rule is {kind}"] if said else []
    )
    allowed = findings_of(f"id: pet\ntitle: PET\ncoding_rules:\n{rule}    strength: may\n", tmp_path / "may")
    assert kind != "report_with" or not [one for one in allowed if one.rule.id == "C110"]
