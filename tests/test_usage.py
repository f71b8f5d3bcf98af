"""Where each code is used, and how."""

from __future__ import annotations

from pathlib import Path

from policypress.library import read_library
from policypress.outline import outline
from policypress.usage import code_list, code_uses, rule_class_codes
from tests.examples import write_example

SECTION = """\
id: a
title: Section
rulings:
  - id: a.main
    effect: covered
    codes: [78813-78815, 78815-26]
    criteria:
      all:
        - text: PET by CPT 70553 is planned
          codes: ["70553"]
        - text: The criteria for the other code are met
          see: {code: 76498}
        - text: CPT 76376 is only spoken of
          unless:
            text: Guided
            codes: [77012]
coding_rules:
  - id: a.rule
    rule: report_with
    codes: [78813]
    with: [76498]
    text: Report CPT 78813 with CPT 76498.
  - id: a.class
    rule: report
    class: {modality: PET}
    text: Report it beside CPT 20982.
notes:
  - CPT 20982 stands in a note.
query: Is CPT 99999 meant?
"""


def uses(folder: Path, section: str = SECTION, status: str = "draft") -> dict[str, list[tuple[str, str]]]:
    write_example(section, folder)
    guideline = folder / "example" / "guideline.yaml"
    guideline.write_text(guideline.read_text(encoding="utf-8").replace("draft", status), encoding="utf-8")
    (read,) = read_library(folder).library.guidelines
    return {code: [(use.id, use.as_) for use in found] for code, found in code_uses(outline(read)).items()}


def test_every_use_once_in_reading_order(tmp_path: Path) -> None:
    found = uses(tmp_path)
    assert list(found) == sorted(found)
    assert found["78813"] == [("a.main", "service"), ("a.rule", "coding_rule")]
    assert found["78815"] == [("a.main", "service")]
    assert found["70553"] == [("a.main.1", "criterion")]
    assert found["76498"] == [("a.main.2", "criterion"), ("a.rule", "coding_rule")]
    assert found["77012"] == [("a.main.3.unless", "criterion")]


def test_codes_of_the_words_alone(tmp_path: Path) -> None:
    found = uses(tmp_path)
    assert found["76376"] == [("a.main.3", "text")]
    assert ("a", "text") in found["20982"]
    assert found["99999"] == [("a", "text")]


def test_a_code_beside_those_of_the_data_is_not_lost(tmp_path: Path) -> None:
    found = uses(tmp_path, SECTION.replace("PET by CPT 70553", "PET by CPT 70553 or CPT 70552"))
    assert found["70552"] == [("a.main.1", "text")]
    assert found["70553"] == [("a.main.1", "criterion")]


def test_a_query_is_no_use_once_the_guideline_is_final(tmp_path: Path) -> None:
    assert "99999" not in uses(tmp_path, status="final")


def test_a_range_holds_the_codes_of_the_register_between(tmp_path: Path) -> None:
    write_example(SECTION, tmp_path)
    (read,) = read_library(tmp_path).library.guidelines
    codes = read.registers.codes
    (ruling,) = read.sections[0].rulings
    assert code_list(ruling.codes, codes) == ["78813", "78815", "78815-26"]
    assert code_list(ruling.codes, {}) == ["78813", "78815", "78815-26"]
    assert rule_class_codes(read.sections[0].coding_rules[1], codes) == ("78813",)
    assert rule_class_codes(read.sections[0].coding_rules[0], codes) == ()


def test_every_code_of_a_list_is_used_in_our_test_library() -> None:
    for guideline in read_library(Path(__file__).parent / "library").library.guidelines:
        found = code_uses(outline(guideline))
        for section in guideline.sections:
            for ruling in section.rulings:
                for code in code_list(ruling.codes, guideline.registers.codes):
                    assert any(use.id == ruling.id and use.as_ == "service" for use in found[code.split("-")[0]])
