"""Guidelines, ledgers, cases and registers from nodes to the model; and any file at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.decode.beside import NoteKind, QueryKind
from policypress.decode.criteria import NODE
from policypress.decode.form import Form
from policypress.decode.guideline import GUIDELINE, STATEMENT, VIGNETTE, read_guideline, read_statements, read_vignettes
from policypress.decode.kinds import Faults
from policypress.decode.registers import REGISTERS, read_register
from policypress.decode.section import CODING_RULE, RULING, SECTION, read_section
from policypress.finding import Finding
from policypress.library import read_cases
from policypress.model import Guideline, Vignette
from policypress.nodes import parse
from policypress.text import Source
from tests.decoding import decode, tree_of, values

GUIDELINE_TEXT = """\
id: g
title: Title
policy_number: 007
version: 1.10
status: final
effective: 2026-01-01
until: 2026-12-31
last_review: 2025-11-01
next_review: 2026-11-01
publisher: Plan
population: Adults
jurisdictions: [US-OH, NO]
lines_of_business: [Medicaid]
owner: Owner
contact: mail@example.org
supersedes: OLD-1
notice: Notice.
checklist: off
approved_by:
  - {name: Jane, role: Director, on: 2025-12-01}
chapters:
  - title: General
    sections: [a, b]
revisions:
  - {version: 1.10, date: 2026-01-01, summary: "First edition"}
retired:
  - {id: gone, on: 2025-01-01, successor: a}
"""


def guideline_of(text: str) -> tuple[Guideline | None, list[Finding]]:
    faults = Faults()
    return read_guideline(*tree_of(text), faults), faults.findings


def test_every_key_of_a_guideline_arrives() -> None:
    guideline, findings = guideline_of(GUIDELINE_TEXT)
    assert findings == []
    assert guideline is not None
    for name in ("id", "policy_number", "version", "status", "effective", "until", "last_review", "next_review", "publisher",
                 "population", "owner", "contact", "supersedes"):  # fmt: skip
        assert f"{name}: {getattr(guideline, name)}\n" in GUIDELINE_TEXT
    assert (guideline.jurisdictions, guideline.lines_of_business, guideline.checklist) == (("US-OH", "NO"), ("Medicaid",), False)
    assert guideline.notice is not None
    assert (guideline.title.value, guideline.notice.value, guideline.draft) == ("Title", "Notice.", False)
    assert [(who.name, who.role, who.on) for who in guideline.approved_by] == [("Jane", "Director", "2025-12-01")]
    assert [(chapter.title.value, values(chapter.sections)) for chapter in guideline.chapters] == [("General", ["a", "b"])]
    assert [(past.version, past.date, past.summary.value) for past in guideline.revisions] == [("1.10", "2026-01-01", "First edition")]
    assert [(gone.id.value, gone.on, gone.successor) for gone in guideline.retired] == [("gone", "2025-01-01", "a")]


@pytest.mark.parametrize(
    ("old", "new", "rule", "raw"),
    [
        ("status: final", "status: finished", "F104", "finished"),
        ("effective: 2026-01-01", "effective: 1 January 2026", "F104", "1 January 2026"),
        ("effective: 2026-01-01", "effective: 2026-1-1", "F104", "2026-1-1"),
        ("until: 2026-12-31", "until: 2026-02-29", "F104", "2026-02-29"),
        ("title: Title", "titel: Title", "F101", "titel"),
        ("checklist: off", "checklist: maybe", "F104", "maybe"),
        ("sections: [a, b]", "sections: [A]", "F105", "A"),
        ("role: Director, ", "", "F102", "name"),
    ],
)  # fmt: skip
def test_faults_of_a_guideline(old: str, new: str, rule: str, raw: str) -> None:
    _, findings = guideline_of(GUIDELINE_TEXT.replace(old, new, 1))
    assert (rule, raw) in [(finding.rule.id, finding.span.raw) for finding in findings]


def test_statements() -> None:
    faults = Faults()
    _source, root = tree_of("- {id: 10.10, sha256: ab, codes: [78813], quantities: ['12 wk'], marks: [all, not], left_out: Reason}\n- {id: 10.1, sha256: cd}\n")
    first, second = read_statements(_source, root, faults)
    assert faults.findings == []
    assert first.left_out is not None
    assert (first.id.value, first.sha256, values(first.codes), values(first.quantities), values(first.marks), first.left_out.value) == (
        "10.10", "ab", ["78813"], ["12 wk"], ["all", "not"], "Reason",
    )  # fmt: skip
    assert (second.id.value, second.codes, second.left_out) == ("10.1", (), None)


def vignette_of(text: str) -> tuple[Vignette | None, list[Finding]]:
    faults = Faults()
    cases = read_vignettes(*tree_of(text), faults)
    return (cases[0] if cases else None), faults.findings


def test_every_key_of_a_vignette_arrives() -> None:
    case, findings = vignette_of(
        "id: c\ntitle: A case\nasks: {section: pet-mri}\non: 2026-03-01\nfacts:\n  pet-mri.2.2: met\n  since-radiation: 14 wk\n"
        "expect:\n  verdict: met\n  deciding: [pet-mri.2]\n  missing: []\n"
    )
    assert findings == []
    assert case is not None
    assert (case.id, case.title, case.asks, case.on) == ("c", "A case", ("section", "pet-mri"), "2026-03-01")
    assert {fact: value.value for fact, value in case.facts.items()} == {"pet-mri.2.2": "met", "since-radiation": "14 wk"}
    assert case.expect is not None
    assert (case.expect.verdict, case.expect.deciding, case.expect.missing) == ("met", ("pet-mri.2",), ())


def test_a_vignette_that_promises_nothing() -> None:
    case, _ = vignette_of("id: c\nasks: {code: 78813}\nfacts: {}\nexpect: {verdict: met}\n")
    assert case is not None
    assert case.asks == ("code", "78813")
    assert case.expect is not None
    assert (case.expect.deciding, case.expect.missing) == (None, None)


@pytest.mark.parametrize("asks", ["{}", "{section: a, code: 78813}", "{secton: a}", "a"])
def test_a_vignette_asks_one_thing(asks: str) -> None:
    case, findings = vignette_of(f"id: c\nasks: {asks}\nfacts: {{}}\n")
    assert case is None
    assert findings


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("codes", "- code: 00100\n  system: CPT\n  label: Label\n  modality: M\n  role: procedure\n  region: R\n  active: {from: 2005-01-01, until: 2026-01-01}\n  replaced_by: [78815]\n  verified: {source: S, on: 2026-11-24}\n",
         {"code": "00100", "system": "CPT", "modality": "M", "role": "procedure", "region": "R"}),
        ("parameters", "- {id: p, value: 1.50, max: 8, unit: wk, words: 'six'}\n", {"id": "p", "value": "1.50", "max": "8", "unit": "wk"}),
        ("facts", "- {id: f, question: 'What?', type: quantity, unit: wk}\n", {"id": "f", "type": "quantity", "unit": "wk"}),
        ("exclusive", "- {name: brain tumor, facts: [a, b]}\n", {"name": "brain tumor"}),
        ("references", "- {id: r, title: T, href: 'https://x', locator: L}\n", {"id": "r", "href": "https://x", "locator": "L"}),
    ],
)  # fmt: skip
def test_registers(name: str, text: str, expected: dict[str, str]) -> None:
    faults = Faults()
    (entry,) = read_register(*tree_of(text), faults, name)
    assert faults.findings == []
    assert {key: getattr(entry, key) for key in expected} == expected


def test_terms_and_the_parts_of_a_code() -> None:
    faults = Faults()
    (term,) = read_register(*tree_of("- {term: PET-MRI, expansion: 'long', variants: [PET/MRI], definition: 'd'}\n"), faults, "terms")
    assert (term.term.value, term.expansion.value, values(term.variants), term.definition.value) == ("PET-MRI", "long", ["PET/MRI"], "d")
    (code,) = read_register(*tree_of("- {code: 78815, system: CPT, label: L, active: {from: 2005-01-01}, replaced_by: [78816], verified: {source: S, on: 2026-11-24}}\n"), faults, "codes")
    assert (code.active.from_, code.active.until, values(code.replaced_by)) == ("2005-01-01", "", ["78816"])
    assert (code.verified.source.value, code.verified.on) == ("S", "2026-11-24")
    assert faults.findings == []


@pytest.mark.parametrize(
    ("entry", "rule"),
    [
        ("{code: 78815-26, system: CPT, label: L}", "C101"),
        ("{code: 78811-78816, system: CPT, label: L}", "C101"),
        ("{code: 78815, system: HCPCS, label: L}", "F104"),
        ("{code: 78815, system: CPT}", "F102"),
        ("{code: 78815, system: CPT, label: L, role: diagnostics}", "F104"),
        ("{code: 78815, system: CPT, label: L, verified: {on: 2026-01-01}}", "F102"),
    ],
)
def test_faults_of_the_code_register(entry: str, rule: str) -> None:
    faults = Faults()
    read_register(*tree_of(f"- {entry}\n"), faults, "codes")
    assert [finding.rule.id for finding in faults.findings] == [rule]


_FORMS: list[Form] = [
    SECTION, RULING, CODING_RULE, NODE, GUIDELINE, STATEMENT, VIGNETTE, NoteKind.form, QueryKind().form,
    *(form for form, _, _ in REGISTERS.values()),
]  # fmt: skip
_KEYS = sorted({key for form in _FORMS for key in form.keys} | {"n", "of", "by", "on", "class", "x y", "locator", "op", "value"})
_WORDS = ["", "x", "a.b", "One sentence", "78815", "78811-78816", "2026-01-01", "2026-13-01", "covered", "3", "-1", "true", "off",
          "all", "report", "<", "CPT", "verdict", "a/b", "PET: x"]  # fmt: skip
anything = st.recursive(
    st.sampled_from(_WORDS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_KEYS), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(_KEYS), anything, max_size=6) | anything)
@settings(max_examples=400, deadline=None)
def test_no_file_crashes_the_decoder(value: Any) -> None:
    source = Source("x.yaml", json.dumps(value))
    root, _ = parse(source)
    if root is None:
        return
    faults = Faults()
    read_section(source, root, faults)
    read_guideline(source, root, faults)
    read_statements(source, root, faults)
    read_vignettes(source, root, faults)
    for name in REGISTERS:
        read_register(source, root, faults, name)
    for finding in faults.findings:
        assert finding.help
        assert 0 <= finding.span.start <= finding.span.end <= len(source.text)


@given(st.dictionaries(st.sampled_from(sorted(SECTION.keys)), anything, max_size=6))
@settings(max_examples=300, deadline=None)
def test_no_section_is_lost_without_a_finding(value: dict[str, Any]) -> None:
    """Whatever stands in a section file: every text of it is in the model, or there is a finding."""
    section, findings = decode(json.dumps({"id": "a", "title": "A", **value}, ensure_ascii=False))
    if findings:
        return
    assert section is not None
    held = repr(section)
    assert all(word in held for word in _leaves(value))


def _leaves(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in _leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in _leaves(inner)]
    return [] if value in ("true", "") else [value]


def test_a_file_may_hold_several_cases(tmp_path: Path) -> None:
    file = tmp_path / "cases.yaml"
    case = "id: {}\n  asks: {{section: pet-mri}}\n  facts:\n    pet-mri.1: met\n"
    file.write_text("- " + case.format("a") + "- " + case.format("b"), encoding="utf-8")
    cases, findings = read_cases(file)
    assert [one.id for one in cases] == ["a", "b"]
    assert not findings
    assert [one.spans["facts"].begin.line for one in cases] == [4, 8]
    file.write_text("- " + case.format("a") + "- " + case.format("a"), encoding="utf-8")
    cases, (finding,) = read_cases(file)
    assert not cases
    assert str(finding.message) == "Two cases have the id a"
    assert (finding.span.begin.line, finding.related[0].span.begin.line) == (5, 1)
