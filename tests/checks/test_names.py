"""Names of registers, facts, cases, modalities and rules; beyond the examples of the rules' pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.checks.facts import one_slip
from tests.checks.test_references import HEAD, found, pointing
from tests.examples import REGISTERS


def test_names_of_registers(tmp_path: Path) -> None:
    block = pointing("staging", "      uses: [radiation-delays]\nreferences:\n  - {id: plan-2024, locator: page 2}\n")
    findings = found("R103", block, tmp_path)
    assert [(finding.span.raw, finding.span.begin, finding.help) for finding in findings] == [
        ("radiation-delays", (10, 14), "did you mean radiation-delay?"),
        ("plan-2024", (12, 10), "did you mean plan-2025?"),
    ]
    broken = "# file: registers/parameters.yaml\n- {id: radiation-delays, value: twelve, unit: wk, words: 12 weeks}\n"
    assert [finding.span.raw for finding in found("R103", block + broken, tmp_path)] == ["plan-2024"]


@pytest.mark.parametrize(
    ("fact", "compare", "raw"),
    [
        ("type: quantity, unit: wk", "parameter: radiation-delay", ""),
        ("type: quantity, unit: mo", "value: 84, unit: d", ""),
        ("type: quantity, unit: '{event}/h'", "value: 5, unit: '{episode}/d'", ""),
        ("type: quantity, unit: furlong", "value: 5, unit: mm", ""),
        ("type: quantity, unit: mg/dL", "value: 5, unit: g/L", ""),
        ("type: quantity, unit: ml", "value: 5, unit: L", ""),
        ("type: quantity, unit: kPa", "value: 5, unit: 'mm[Hg]'", ""),
        ("type: quantity, unit: mg/dL", "value: 5, unit: mg", "mg"),
        ("type: quantity, unit: 'mm[Hg]'", "value: 5, unit: wk", "wk"),
        ("type: quantity, unit: '%'", "value: 5, unit: kPa", "kPa"),
        ("type: quantity", "value: 5", ""),
        ("type: date", "value: 2026-01-01", ""),
        ("type: quantity, unit: wk", "value: 8, unit: mm", "mm"),
        ("type: quantity, unit: mm", "parameter: radiation-delay", "radiation-delay"),
        ("type: quantity, unit: wk", "value: 2026-01-01", "2026-01-01"),
        ("type: quantity, unit: wk", "value: twelve", "twelve"),
        ("type: date", "parameter: radiation-delay", "radiation-delay"),
        ("type: date", "value: 12, unit: wk", "12"),
        ("type: verdict", "value: 12, unit: wk", "measured"),
    ],
)
def test_what_a_fact_is_compared_with(fact: str, compare: str, raw: str, tmp_path: Path) -> None:
    facts = REGISTERS["registers/facts.yaml"] + f'- {{id: measured, question: "How much?", {fact}}}\n'
    block = f"""\
# file: registers/facts.yaml
{facts}# file: example/sections/pet-mri.yaml
{HEAD}  text: The amount is right
  compare: {{fact: measured, op: ">=", {compare}}}
"""
    findings = found("R105", block, tmp_path)
    assert [finding.span.raw for finding in findings] == ([raw] if raw else [])
    assert all(finding.span.begin.line == 6 for finding in findings)


def test_a_fact_without_a_type_is_a_verdict(tmp_path: Path) -> None:
    block = f'{HEAD}  text: The amount is right\n  compare: {{fact: dx.glioma, op: ">", value: 1}}\n'
    (finding,) = found("R105", block, tmp_path)
    assert "(no type is given, which means that)" in finding.message
    assert finding.related[0].span.raw == "dx.glioma"


def test_cases(tmp_path: Path) -> None:
    case = """\
# file: example/vignettes/case.yaml
id: case
asks: {ruling: staging}
facts:
  staging: met
  example/staging.ct: met
  pet-mri.1: met
  dx.glioma: not_met
  "dx.gliomas": not_met
expect:
  verdict: met
  deciding: [pet-mri.1, pet-mri.9]
  missing: []
"""
    findings = found("R106", pointing("staging") + case, tmp_path)
    assert [(finding.span.raw, finding.span.begin) for finding in findings] == [
        ("staging", (2, 16)),
        ("dx.gliomas", (8, 4)),
        ("pet-mri.9", (11, 25)),
    ]
    assert findings[0].message == "staging is a section, and the case asks for a ruling"


@pytest.mark.parametrize(
    ("name", "other", "slip"),
    [
        ("dx.glioma", "dx.gliomas", True),
        ("dx.glioma", "dx.gilioma", True),
        ("dx.glioma", "dx.lgioma", True),
        ("dx.glioma", "dx.glioba", True),
        ("since-radiation", "since.radiation", True),
        ("sinceradiation", "since-radiation", True),
        ("dx.glioma", "dx.glioma", False),
        ("dx.mtc", "dx.atc", False),
        ("grade-1", "grade-2", False),
        ("tumor1-size", "tumor2-size", False),
        ("type-a", "type-b", False),
        ("dx.glioma", "dx.lymphoma", False),
    ],
)
def test_slips_of_typing(name: str, other: str, slip: bool) -> None:
    assert one_slip(name, other) is slip
    assert one_slip(other, name) is slip


def test_facts_that_need_no_entry(tmp_path: Path) -> None:
    exclusive = "# file: registers/exclusive.yaml\n- {name: sites, facts: [site.left, site.right, site.lft]}\n"
    block = f"""\
# file: example/sections/pet-mri.yaml
{HEAD}  any:
    - {{text: "It is on the left", fact: site.left}}
    - {{text: "It is on the right", fact: site.right}}
    - {{text: "The size is right", compare: {{fact: size, op: "<", value: 8, unit: mm}}}}
{exclusive}"""
    findings = found("R107", block, tmp_path)
    assert [(Path(f.span.path).name, f.span.raw, f.span.begin.line) for f in findings] == [
        ("pet-mri.yaml", "size", 8),
        ("exclusive.yaml", "site.lft", 1),
    ]
    assert findings[1].help == "did you mean site.left?"


def test_a_modality_written_otherwise_is_mended(tmp_path: Path) -> None:
    rule = "coding_rules:\n  - rule: report\n    class: {role: diagnostic, modality: mri}\n"
    block = f"{HEAD}  text: The study is urgent\nservices: [PET, pet/ct, ultrasound]\n{rule}"
    findings = found("R108", block, tmp_path)
    assert [(finding.span.raw, [edit.new for edit in finding.edits]) for finding in findings] == [
        ("pet/ct", ["PET/CT"]),
        ("ultrasound", []),
        ("mri", ["MRI"]),
    ]
    codes = "# file: registers/codes.yaml\n[]\n# file: example/sections/pet-mri.yaml\n"
    assert not found("R108", codes + block, tmp_path)


def test_rules_that_a_query_covers(tmp_path: Path) -> None:
    query = "query:\n  covers:\n    - group-of-one\n    - s203\n    - S2030\n  text: Is S2030 meant?\n"
    findings = found("R109", f"{HEAD}  text: The study is urgent\n{query}", tmp_path)
    assert [(finding.span.raw, finding.span.begin.line, finding.help) for finding in findings] == [
        ("s203", 9, "did you mean S203?"),
        ("S2030", 10, findings[1].help),
    ]
