"""Structure: ids, groups, what groups mean, chapters; beyond the examples of the rules' pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import GUIDELINE, findings_of

HEAD = "id: pet-mri\ntitle: PET-MRI\neffect: covered\ncriteria:\n"


def found(rule: str, block: str, folder: Path) -> list[Finding]:
    return [finding for finding in findings_of(block, folder) if finding.rule.id == rule]


def places(findings: list[Finding]) -> list[tuple[int, int, str]]:
    return [(*finding.span.begin, finding.span.raw) for finding in findings]


def test_one_namespace_over_sections_rulings_guards_and_coding_rules(tmp_path: Path) -> None:
    block = """\
# file: example/sections/a.yaml
id: a
title: First
rulings:
  - id: a.covered
    effect: covered
    criteria:
      text: The study changes the plan of treatment
      unless:
        id: a.exception
        text: PET/CT is not available
coding_rules:
  - id: a.exception
    rule: report
    codes: [78813]
# file: example/sections/b.yaml
id: b
title: Second
effect: covered
criteria:
  id: a.covered
  text: The provider asks for the study
"""
    first, second = found("S101", block, tmp_path)
    assert (first.span.path.endswith("a.yaml"), *first.span.begin, first.span.raw) == (True, 12, 9, "a.exception")
    assert first.message == "a.exception is the id of a coding rule here, and of a criterion in this section"
    assert [label.span.begin for label in first.related] == [(9, 13)]
    assert second.message == "a.covered is the id of a criterion here, and of a ruling in a.yaml"
    assert (second.span.path.endswith("b.yaml"), *second.span.begin) == (True, 5, 7)
    assert second.related[0].span.raw == "a.covered"


def test_an_id_that_another_section_gives_out_unwritten(tmp_path: Path) -> None:
    block = f"""\
# file: example/sections/other.yaml
id: other
title: Other
effect: covered
criteria:
  id: pet-mri.2
  text: The provider asks for the study
# file: example/sections/pet-mri.yaml
{HEAD}  all:
    - The study changes the plan of treatment
    - PET/CT is not available
"""
    (finding,) = found("S101", block, tmp_path)
    assert finding.span.path.endswith("other.yaml")  # the written one is the one to mend
    assert finding.span.raw == "pet-mri.2"
    assert "gives to a criterion without one" in finding.message


def test_two_sections_of_one_id_are_told_once(tmp_path: Path) -> None:
    section = f"{HEAD}  all:\n    - The study changes the plan of treatment\n    - PET/CT is not available\n"
    block = f"# file: example/sections/a.yaml\n{section}# file: example/sections/b.yaml\n{section}"
    block += "# file: example/guideline.yaml\n" + GUIDELINE.format(sections="pet-mri")
    (finding,) = found("S101", block, tmp_path)
    assert (finding.span.path[-6:], finding.span.raw) == ("b.yaml", "pet-mri")


@pytest.mark.parametrize("group", ["all: []", "any: [ ]", "at_least: {n: 1, of: []}"])
def test_empty_groups(group: str, tmp_path: Path) -> None:
    block = f"{HEAD}  any:\n    - The study changes the plan of treatment\n    - {group}\n"
    (finding,) = found("S201", block, tmp_path)
    assert finding.span.begin.line == 7
    assert finding.span.raw in ("[]", "[ ]")
    assert finding.node == "pet-mri.2"
    assert not found("S202", block, tmp_path)


def test_members_that_cannot_be_read_are_members(tmp_path: Path) -> None:
    block = f"{HEAD}  all:\n    - The study changes the plan of treatment\n    - txt: PET/CT is not available\n"
    findings = findings_of(block, tmp_path)
    assert {finding.rule.id[0] for finding in findings} == {"F"}
    block = f"{HEAD}  at_least:\n    n: 2\n    of:\n      - The study changes the plan of treatment\n      - [PET]\n"
    assert {finding.rule.id for finding in findings_of(block, tmp_path)} == {"F103"}


def test_at_least_points_at_its_number(tmp_path: Path) -> None:
    block = f"{HEAD}  at_least:\n    of: [A b c d e, f]\n    n: 3\n".replace("A b c d e", '"The study is repeated"')
    (finding,) = found("S202", block, tmp_path)
    assert places([finding]) == [(7, 8, "3")]
    assert finding.message == "AT LEAST 3 can never be met: the list has 2 members"
    assert not found("S202", block.replace("n: 3", "n: 2"), tmp_path)


def test_group_of_one_is_not_said_of_not_and_points_at_the_operator(tmp_path: Path) -> None:
    block = f"""\
{HEAD}  notes:
    - "Say what all: means"
  any:
    - not:
        text: PET/CT is not available
    - id: pet-mri.both
      all:
        - The study changes the plan of treatment
"""
    (finding,) = found("S203", block, tmp_path)
    assert places([finding]) == [(11, 7, "all")]
    assert finding.node == "pet-mri.both"
    assert finding.place == "PET-MRI › ANY › 2"


@pytest.mark.parametrize(
    "copy",
    [
        "The study changes the plan of treatment",
        "the study  changes the plan of treatment.",
        '"The study changes the plan of treatment"',
        "|\n      The study changes\n      the plan of treatment",
    ],
)
def test_same_criterion_twice(copy: str, tmp_path: Path) -> None:
    block = (
        f"{HEAD}  any:\n    - The study changes the plan of treatment\n    - PET/CT is not available\n    - {copy}\n"
    )
    (finding,) = found("S208", block, tmp_path)
    assert finding.span.begin == (8, 7)
    assert finding.related[0].span.begin == (6, 7)


def test_hyphens_do_not_make_two_criteria(tmp_path: Path) -> None:
    block = f"{HEAD}  any:\n    - PET-MRI was done\n    - PET\N{NON-BREAKING HYPHEN}MRI was done\n"
    assert [finding.node for finding in found("S208", block, tmp_path)] == ["pet-mri.2"]


def test_same_words_under_different_guards_are_two_criteria(tmp_path: Path) -> None:
    block = f"""\
{HEAD}  all:
    - text: The study is the first after surgery
      applies_when:
        text: The tumor is a glioma
    - text: The study is the first after surgery
      applies_when:
        text: The tumor is a lymphoma
    - all:
        - PET/CT is not available
        - The provider asks for the study
    - all:
        - PET/CT is not available
        - The study changes the plan of treatment
"""
    assert not found("S208", block, tmp_path)
    assert found("S208", block.replace("a lymphoma", "a glioma"), tmp_path)
    same = block.replace("The study changes the plan of treatment", "The provider asks for the study")
    (finding,) = found("S208", same, tmp_path)
    assert finding.message == "The same group stands twice in this ALL"
    assert places([finding]) == [(15, 7, "all")]


GLIOMA = "{text: The tumor is a glioma, fact: dx.glioma}".replace("The tumor is a glioma", '"The tumor is a glioma"')
LYMPHOMA = '{text: "The tumor is a lymphoma", fact: dx.lymphoma}'


@pytest.mark.parametrize(
    "members",
    [
        f"- {GLIOMA}\n    - {LYMPHOMA}",
        f"- {GLIOMA}\n    - The study is repeated\n    - all:\n        - The study is urgent\n        - {LYMPHOMA}",
        f"- {GLIOMA}\n    - any:\n        - {LYMPHOMA}\n        - {LYMPHOMA[:-1]}, strength: should}}",
    ],
)
def test_all_over_an_exclusive_set(members: str, tmp_path: Path) -> None:
    (finding,) = found("S204", f"{HEAD}  all:\n    {members}\n", tmp_path)
    assert places([finding]) == [(5, 3, "all")]
    assert "“The tumor is a glioma” and “The tumor is a lymphoma”" in finding.message
    assert "(brain tumor)" in finding.message
    assert len(finding.related) == 2


@pytest.mark.parametrize(
    "members",
    [
        f"- {GLIOMA}\n    - any:\n        - {LYMPHOMA}\n        - The study is urgent",
        f"- {GLIOMA}\n    - not: {LYMPHOMA}",
        f"- {GLIOMA}\n    - {LYMPHOMA[:-1]}, applies_when: {{text: PET is repeated}}}}",
        f"- {GLIOMA}\n    - {LYMPHOMA[:-1]}, unless: {{text: PET is repeated}}}}",
        f"- {GLIOMA}\n    - any:\n        - {LYMPHOMA}\n        - {GLIOMA}",
        f"- The study is urgent\n    - at_least: {{n: 1, of: [{GLIOMA}, {LYMPHOMA}]}}",
    ],
)
def test_alternatives_and_guards_under_all_can_be_met(members: str, tmp_path: Path) -> None:
    assert not found("S204", f"{HEAD}  all:\n    {members}\n", tmp_path)


def test_waivers_below_not(tmp_path: Path) -> None:
    block = f"""\
{HEAD}  all:
    - text: The study changes the plan of treatment
      unless:
        text: Surgery is imminent
    - not:
        text: Radiation is recent
        unless:
          text: Surgery is imminent
"""
    (finding,) = found("S205", block, tmp_path)
    assert places([finding]) == [(11, 9, "unless")]
    assert finding.message.startswith("This `unless` stands inside a NOT: where “Surgery is imminent” holds")
    # Below not_covered the two sides are exchanged; the guard of a node is on neither.
    (finding,) = found("S205", block.replace("covered", "not_covered"), tmp_path)
    assert places([finding]) == [(7, 7, "unless")]


@pytest.mark.parametrize(
    "text",
    [
        "PET/CT may be considered before a biopsy",
        "PET/CT can also be used",
        "A scan might be clinically useful",
        "The individual may also be seen by a cardiologist",
    ],
)
def test_permissive_words_under_all(text: str, tmp_path: Path) -> None:
    block = f'{HEAD}  all:\n    - The study changes the plan of treatment\n    - "{text}"\n'
    (finding,) = found("S207", block, tmp_path)
    assert finding.span.begin.line == 7
    assert finding.span.raw.startswith(("may be", "can also be", "might be", "may also be"))
    assert finding.span.raw in text
    assert not found("S207", block.replace("  all:", "  any:"), tmp_path)


@pytest.mark.parametrize(
    "text", ["The individual may be pregnant", "The result can change the plan", "The dates that may apply are known"]
)
def test_may_that_allows_nothing(text: str, tmp_path: Path) -> None:
    assert not found("S207", f"{HEAD}  all:\n    - The study is urgent\n    - {text}\n", tmp_path)


def test_permissive_strength_of_a_group_under_all(tmp_path: Path) -> None:
    block = f"""\
{HEAD}  all:
    - The study is urgent
    - any:
        - PET/CT is not available
        - The provider asks for the study
      strength: may
"""
    (finding,) = found("S207", block, tmp_path)
    assert places([finding]) == [(10, 17, "may")]
    assert finding.related[0].span.raw == "all"
    assert not found("S207", block.replace("strength: may", "strength: should"), tmp_path)


def test_chapters_and_sections(tmp_path: Path) -> None:
    block = "# file: example/guideline.yaml\n" + GUIDELINE.format(sections="pet, pet-mri, pet, gone")
    for name in ("pet", "pet-mri", "lost"):
        block += (
            f"# file: example/sections/{name}.yaml\nid: {name}\ntitle: Some\neffect: covered\ncriteria:\n  text: S\n"
        )
    findings = found("S209", block, tmp_path)
    assert [(Path(f.span.path).name, *f.span.begin, f.span.raw) for f in findings] == [
        ("guideline.yaml", 8, 30, "pet"),
        ("guideline.yaml", 8, 35, "gone"),
        ("lost.yaml", 1, 5, "lost"),
    ]
    assert findings[0].related[0].span.begin == (8, 16)


def test_a_section_that_cannot_be_read_is_not_said_to_be_missing(tmp_path: Path) -> None:
    block = "# file: example/guideline.yaml\n" + GUIDELINE.format(sections="pet-mri")
    block += "# file: example/sections/pet-mri.yaml\nid: pet-mri\ntitle: PET: MRI\n"
    assert {finding.rule.id for finding in findings_of(block, tmp_path)} == {"Y010"}
