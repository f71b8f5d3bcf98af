"""Every fault points at its word and says what was meant."""

from __future__ import annotations

import pytest

from tests.decoding import decode, faults_of, section_of

BASE = "id: a\ntitle: A\neffect: covered\ncriteria:\n  all:\n    - One\n"
FAULTS = [
    ("id: a\ntitel: B\neffect: covered\ncriteria: One\ntitle: A\n", [("F101", "titel")]),
    ("id: a\neffect: covered\ncriteria: One\n", [("F102", "id")]),
    ("title: A\neffect: covered\ncriteria: One\n", [("F102", "title")]),
    ("id: A\ntitle: A\neffect: covered\ncriteria: One\n", [("F105", "A")]),
    ("id: a..b\ntitle: A\neffect: covered\ncriteria: One\n", [("F105", "a..b")]),
    ("id: a/b\ntitle: A\neffect: covered\ncriteria: One\n", [("F105", "a/b")]),
    (BASE + "codes: [7881]\n", [("C101", "7881")]),
    (BASE + "codes: [78815, 'PET', 78813]\n", [("C101", "'PET'")]),
    (BASE + "codes: [78816-78811]\n", [("C101", "78816-78811")]),
    (BASE + "codes: [78811-G0235]\n", [("C101", "78811-G0235")]),
    (BASE + "codes: 78815\n", [("F103", "78815")]),
    (BASE + "scope: all\n", [("F104", "all")]),
    (BASE + "strength: shuold\n", [("F104", "shuold")]),
    (BASE + "complete: no\n", [("F104", "no")]),
    (BASE + "rulings:\n  - effect: covered\n    criteria: Two\n", [("F107", "effect")]),
    (BASE + "notes: One sentence\n", [("F103", "One sentence")]),
    (BASE + "query: {text: Doubt, answered: {by: X, on: 2026-02-30, text: Y}}\n", [("F104", "2026-02-30")]),
    (BASE + "query: {cover: [C102]}\n", [("F101", "cover"), ("F102", "cover")]),
    (BASE + "intro:\n", [("F103", "")]),
    (BASE + "from:\n  a: b\n", [("F103", "a: b")]),
    (BASE + "    - all:\n        text: One\n", [("F103", "text: One")]),
    (BASE + "    - text: Two\n      any: [Three]\n", [("F106", "any")]),
    (BASE + "    - all: [Two]\n      any: [Three]\n", [("F106", "any")]),
    (BASE + "    - id: a.x\n", [("F106", "id")]),
    (BASE + "    - - Two\n", [("F103", "-")]),
    (BASE + "    -\n", [("F103", "")]),
    (BASE + "    - al: [Two]\n", [("F101", "al")]),
    (BASE + "    - any: [Two]\n      codes: [78815]\n", [("F107", "codes")]),
    (BASE + "    - any: [Two]\n      fact: dx\n", [("F107", "fact")]),
    (BASE + "    - at_least: [Two]\n", [("F103", "[Two]")]),
    (BASE + "    - at_least: {n: 0, of: [Two]}\n", [("F104", "0")]),
    (BASE + "    - at_least: {n: two, of: [Two]}\n", [("F104", "two")]),
    (BASE + "    - at_least: {of: [Two]}\n", [("F102", "of")]),
    (BASE + "    - at_least: {n: 2}\n", [("F102", "n")]),
    (BASE + "    - at_least: {n: 2, off: [Two]}\n", [("F101", "off"), ("F102", "n")]),
    (BASE + "    - text: Two\n      see: {}\n", [("F107", "{}")]),
    (BASE + "    - text: Two\n      see: {code: 78815, external: X}\n", [("F107", "{code: 78815, external: X}")]),
    (BASE + "    - text: Two\n      see: Not An Id\n", [("F105", "Not An Id")]),
    (BASE + "    - text: Two\n      compare: {fact: x, op: '>='}\n", [("F107", "fact")]),
    (BASE + "    - text: Two\n      compare: {fact: x, op: '=>', value: 1}\n", [("F104", "'=>'")]),
    (BASE + "    - text: Two\n      compare: {op: '<', value: 1}\n", [("F102", "op")]),
    (BASE + "    - text: Two\n      compare: {fact: x, op: '<', value: 1, parameter: y}\n", [("F107", "fact")]),
    (BASE + "    - text: Two # three\n", [("Y014", "Two")]),
    (BASE + "notes: [One sentence, another one]\n", [("Y015", "One sentence"), ("Y015", "another one")]),
    (BASE + "    - {text: A sentence in braces}\n", [("Y015", "A sentence in braces")]),
    (BASE + "coding_rules:\n  - {rule: report}\n", [("F107", "rule")]),
    (BASE + "coding_rules:\n  - {rule: report, codes: [78815], class: {role: guidance}}\n", [("F107", "rule")]),
    (BASE + "coding_rules:\n  - {rule: reprot, codes: [78815]}\n", [("F104", "reprot")]),
    (BASE + "coding_rules:\n  - {codes: [78815]}\n", [("F102", "codes")]),
    (BASE + "coding_rules:\n  - {rule: units_per_encounter, codes: [78815]}\n", [("F107", "rule")]),
    (BASE + "coding_rules:\n  - {rule: units_per_encounter, codes: [78815], units: 1.5}\n", [("F104", "1.5")]),
    (BASE + "coding_rules:\n  rule: report\n", [("F103", "rule: report")]),
    ("id: a\ntitle: A\nrulings:\n  - criteria: One\n", [("F107", "criteria")]),
    ("id: a\ntitle: A\nrulings:\n  - effect: covered\n", [("F107", "effect")]),
    ("id: a\ntitle: A\nrulings:\n  - effect: covered\n    criteria: One\n    documentation: [X]\n", [("F101", "documentation")]),
    ("id: a\ntitle: A\ncodes: [78815]\n", [("F107", "id"), ("F107", "id")]),
    ("id: a\ntitle: A\nrulings: [One]\n", [("F103", "One")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "faults"), FAULTS)
def test_faults_point_at_the_word(text: str, faults: list[tuple[str, str]]) -> None:
    assert faults_of(text) == faults


@pytest.mark.parametrize(
    ("text", "help"),
    [
        ("id: a\ntitel: B\ntitle: A\n", "did you mean title?"),
        (BASE + "codess: [78815]\n", "did you mean codes?"),
        (BASE + "coding rules: []\n", "did you mean coding_rules?"),
        (BASE + "Coding-Rules: []\n", "did you mean coding_rules?"),
        (BASE + "    - txt: Two\n", "did you mean text?"),
        (BASE + "    - text: Two\n      applies-when: Three\n", "did you mean applies_when?"),
        (BASE + "    - text: Two\n      compare: {fct: x, op: '<', value: 1}\n", "did you mean fact?"),
        (BASE.replace("covered", "coverd"), "did you mean covered?"),
        (BASE.replace("covered", "not covered"), "did you mean not_covered?"),
        (BASE + "coding_rules:\n  - {rule: reprot_with, codes: [78815]}\n", "did you mean report_with?"),
        (BASE + "    - PET: when it is planned\n", 'put it in quotes: - "PET: when it is planned"'),
        (BASE + "    - # of lesions is over two\n", 'quotes: - "# of lesions is over two"'),
    ],
)
def test_what_was_meant(text: str, help: str) -> None:
    assert any(help in finding.help for finding in decode(text)[1])


def test_one_fault_does_not_hide_the_next() -> None:
    text = BASE + "    - txt: Two\n    - all: [x]\n      any: [y]\n    - text: Three\n      see: '?'\ncodes: [1]\nnots: []\n"
    assert [rule for rule, _ in faults_of(text)] == ["C101", "F101", "F101", "F106", "F105"]


def test_codes_may_be_typed_bare_or_quoted() -> None:
    bare, quoted = (section_of(BASE + f"codes: [{codes}]\n") for codes in ("78815, 00100, 0042T", '"78815", "00100", \'0042T\''))
    assert [use.code for use in bare.rulings[0].codes] == [use.code for use in quoted.rulings[0].codes]


@pytest.mark.parametrize("typed", ["078815", "78 815", "7881B", "W0235", "G023", "C7", "C71.", "78815-", "78815-2", "78815-26-", "７８８１５", "78815–78816"])
def test_what_is_no_code(typed: str) -> None:
    assert [rule for rule, _ in faults_of(BASE + f'codes: ["{typed}"]\n')] == ["C101"]


@pytest.mark.parametrize("typed", ["78815", "00100", "0042T", "0001U", "2029F", "0004M", "0001A", "G0235", "E0601", "J9999", "C71.9", "Z00", "E11.65", "S72.001A", "78815-26", "78811-78816", "G0398-G0400", "0001U-0010U", "C71.0-C71.9"])
def test_what_is_a_code(typed: str) -> None:
    assert len(section_of(BASE + f"codes: [{typed}]\n").rulings[0].codes) == 1
