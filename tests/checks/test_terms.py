"""Abbreviations and spellings."""

from __future__ import annotations

from pathlib import Path

import pytest

from policypress.finding import Finding
from tests.examples import findings_of

TERMS = """\
# file: registers/terms.yaml
- {term: PET-MRI, expansion: "positron emission tomography with magnetic resonance imaging", variants: [PET/MRI, PET/MR]}
- {term: PET/CT, expansion: "positron emission tomography with computed tomography"}
- {term: MRI, expansion: "magnetic resonance imaging"}
- {term: CT, expansion: "computed tomography"}
- {term: 68Ga-DOTATATE, expansion: "a radiotracer"}
- {term: polysomnography, variants: ["sleep lab study"]}
- {term: HSAT, expansion: "home sleep apnea test", variants: [HST]}
- {term: WBMRI, expansion: "whole-body MRI"}
# file: example/sections/section.yaml
"""
HEAD = "id: study\ntitle: Study\neffect: covered\ncriteria:\n  text: "


def found(text: str, folder: Path, rule: str, after: str = "") -> list[Finding]:
    findings = findings_of(TERMS + HEAD + text + "\n" + after, folder)
    return [finding for finding in findings if finding.rule.id == rule]


@pytest.mark.parametrize(
    "text",
    [
        "CTs and MRIs were compared",
        "The PET-MRI was done",
        "A CT/MRI comparison was done",
        "An MRI-guided biopsy was done",
        "The stage is IIIA or IV",
        "The tumor is T2N1M0",
        "McCune-Albright or DiGeorge syndrome is present",
        "Li-Fraumeni syndrome is present",
        "ALL of the findings are new",
        "The dose is at most 400 MBq",
        "The study is reported with CPT, HCPCS and ICD-10-CM codes",
        "The radiotracer is 68Ga-DOTATATE",
        "The cancer is a medullary thyroid cancer (MTC)",
        "The individual lives in US-OH",
        "The diagnosis is C50.911 (ICD-10-CM C50.911)",
    ],
)
def test_known_from_the_start_or_the_register(text: str, tmp_path: Path) -> None:
    assert not found(text, tmp_path, "T101")


@pytest.mark.parametrize(
    ("text", "token"),
    [
        ("The tracer is FDG", "FDG"),
        ("The level of ProBNPx is high", "ProBNPx"),
        ("An EGFX/CT comparison was done", "EGFX/CT"),
        ("The cancer is aggressive (MTC)", "MTC"),
        ("An SSTR-guided biopsy was done", "SSTR-guided"),
    ],
)
def test_undefined(text: str, token: str, tmp_path: Path) -> None:
    (finding,) = found(text, tmp_path, "T101")
    assert finding.span.raw == token
    assert token in finding.message


def test_once_a_section_and_never_in_a_query(tmp_path: Path) -> None:
    after = "  query: Is the FDG of SUVmax meant, or ABC?\nnotes:\n  - FDG is a tracer, as is FES.\n"
    findings = found("The tracer is FDG", tmp_path, "T101", after)
    assert [(finding.span.raw, finding.span.begin.line) for finding in findings] == [("FDG", 5), ("FES", 8)]


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("The PET/MRI was done", "PET/MRI", "PET-MRI"),
        ("The PET\u2011MRI was done", "PET\u2011MRI", "PET-MRI"),
        ("The PET–MRI was done", "PET–MRI", "PET-MRI"),
        ("The PET-CT was done", "PET-CT", "PET/CT"),
        ("The PET\u2010CT was done", "PET\u2010CT", "PET/CT"),
        ("The PET/MR was done", "PET/MR", "PET-MRI"),
        ("A sleep lab study was done", "sleep lab study", "polysomnography"),
        ("An HST-based result is on file", "HST", "HSAT"),
        ("The tracer is 68Ga\u2011DOTATATE", "68Ga\u2011DOTATATE", "68Ga-DOTATATE"),
    ],
)
def test_variant(text: str, wrong: str, right: str, tmp_path: Path) -> None:
    (finding,) = found(text, tmp_path, "T102")
    assert finding.span.raw == wrong
    assert [(edit.span.raw, edit.new) for edit in finding.edits] == [(wrong, right)]
    assert not found(text.replace(wrong, right), tmp_path, "T102")
    assert not found(text, tmp_path, "T101")


def test_at_the_beginning_of_a_sentence(tmp_path: Path) -> None:
    (finding,) = found("Sleep lab study results are on file", tmp_path, "T102")
    assert [edit.new for edit in finding.edits] == ["Polysomnography"]


def test_each_place_is_found_and_queries_may_quote(tmp_path: Path) -> None:
    after = "  query: The source says 'PET/MRI'. Why?\nnotes:\n  - PET/MRI and PET-CT.\n"
    findings = found('"The \\"PET/MRI\\" was done"', tmp_path, "T102", after)
    places = [(finding.span.raw, finding.span.begin.line, finding.span.begin.column) for finding in findings]
    assert places == [("PET/MRI", 5, 16), ("PET/MRI", 8, 5), ("PET-CT", 8, 17)]


@pytest.mark.parametrize("text", ["The WBMRI was done", "The HSTX was done", "A XPET/MRI was done", "PET/MRIs were done"])
def test_a_variant_inside_another_word(text: str, tmp_path: Path) -> None:
    assert not found(text, tmp_path, "T102")


def test_a_variant_of_two_terms(tmp_path: Path) -> None:
    block = (
        "# file: registers/terms.yaml\n- {term: HSAT, variants: [HST]}\n- {term: home test, variants: [HST, HSAT]}\n"
    )
    findings = [finding for finding in findings_of(block, tmp_path) if finding.rule.id == "T103"]
    assert [finding.message for finding in findings] == [
        "HST is a variant of HSAT and of home test",
        "HSAT is a variant of home test, and a term of its own",
    ]
    assert [finding.span.raw for finding in findings] == ["HST", "HSAT"]
    assert all(finding.related for finding in findings)


def test_a_common_abbreviation_is_only_noted_and_only_once(tmp_path: Path) -> None:
    after = "notes:\n  - The BMI counts, and so do EKGs.\n"
    findings = findings_of(TERMS + HEAD + "The BMI is recorded, and an MRI was done\n" + after, tmp_path)
    assert not [finding for finding in findings if finding.rule.id == "T101"]
    noted = [finding for finding in findings if finding.rule.id == "T104"]
    assert [(finding.span.raw, finding.span.begin.line) for finding in noted] == [("BMI", 5), ("EKGs", 7)]
    assert noted[0].help.endswith("it commonly stands for body mass index")
    assert all(finding.severity == "info" for finding in noted)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("The claim has modifier QG", []),
        ("The claim has modifiers GP and KX", []),
        ("The claim has the modifiers 59, GP or KX", []),
        ("The modifier is on file with the XQ form", ["XQ"]),
        ("NYHA class IV was documented", []),
    ],
)
def test_modifiers_are_explained_elsewhere(text: str, tokens: list[str], tmp_path: Path) -> None:
    assert [finding.span.raw for finding in found(text, tmp_path, "T101")] == tokens
