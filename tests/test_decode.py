"""From nodes to the model: every key arrives, every fault points at its word, ids are minted once and for all."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.decode.beside import NoteKind, QueryKind
from policypress.decode.criteria import NODE
from policypress.decode.form import Form
from policypress.decode.guideline import GUIDELINE, STATEMENT, VIGNETTE, read_guideline, read_statements, read_vignette
from policypress.decode.kinds import Faults
from policypress.decode.registers import REGISTERS, read_register
from policypress.decode.section import CODING_RULE, RULING, SECTION, read_section
from policypress.finding import Finding
from policypress.model import (
    Citation,
    CodeClass,
    Criterion,
    Group,
    Guideline,
    Section,
    Vignette,
    section_nodes,
)  # fmt: skip
from policypress.nodes import YamlNode, parse
from policypress.text import Source


def tree_of(text: str) -> tuple[Source, YamlNode]:
    source = Source("x.yaml", text)
    root, findings = parse(source)
    assert findings == [], [finding.message for finding in findings]
    assert root is not None
    return source, root


def decode(text: str, retired: tuple[str, ...] = ()) -> tuple[Section | None, list[Finding]]:
    faults = Faults()
    section = read_section(*tree_of(text), faults, retired)
    return section, faults.findings


def section_of(text: str, *retired: str) -> Section:
    section, findings = decode(text, retired)
    assert findings == [], [finding.message for finding in findings]
    assert section is not None
    return section


def faults_of(text: str) -> list[tuple[str, str]]:
    """Return rule and pointed-at words of every fault of a section."""
    return [(finding.rule.id, finding.span.raw) for finding in decode(text)[1]]


def ids(section: Section) -> list[str]:
    return [node.id for node in section_nodes(section)]


def values(items: Any) -> list[str]:
    return [item.value for item in items]


WHOLE = """\
id: whole
title: The whole form
from: [7, 7.1]
intro: Some words before
rulings:
  - id: whole.first
    effect: not_covered
    strength: generally
    scope: general
    codes: [78815, 78811-78816, 78815-26-TC, 00100, 0042T, 0001U, G0235, C71.9]
    services: [PET/CT, PET]
    overrides: [other, other.ruling, elsewhere/there]
    complete: false
    notes:
      - A note of the ruling
    query: A doubt about the ruling?
    from: 7.2
    criteria:
      id: whole.root
      applies_when:
        text: The tumor is a glioma
        fact: dx.glioma
      unless: A waiver holds
      except_when:
        any:
          - A first carve-out
          - A second carve-out
      strength: should
      documentation: [Report]
      examples:
        - An example
      notes:
        - text: A note with data
          codes: [78815]
          uses: [delay]
          query: A doubt about the note?
          from: 7.4
      references:
        - plan-2025
        - {id: plan-2026, locator: "page 4"}
      query:
        text: A doubt?
        covers: [C102, code-without-data]
        answered: {by: "J. Doe", on: 2026-01-31, text: "An answer."}
        from: 7.5
      from: 7.3
      at_least:
        n: 2
        of:
          - id: whole.own
            text: Twelve weeks have passed
            fact: since-radiation
            compare: {fact: since-radiation, op: ">=", parameter: delay}
            see: other
            codes: [78815]
            uses: [delay]
          - text: Compared with a value
            compare: {fact: dose, op: "<", value: 1.50, unit: Gy}
          - not: A plain sentence
          - text: By code
            see: {code: 78815}
          - text: Outside
            see: {external: "The plan's own book: chapter 2"}
coding_rules:
  - id: whole.rule-one
    rule: report_with
    codes: [78815]
    with: [76498]
    strength: should
    text: Report both
    uses: [delay]
    when: The claim is for a child
    notes: [Note]
    query: A doubt about the rule?
    from: 7.6
  - rule: units_per_encounter
    class: {system: CPT, modality: MRI, role: diagnostic, region: brain}
    units: 2
  - rule: report_instead_of
    codes: [1]
    instead_of: {modality: CT}
    for: {class: {role: guidance}}
documentation: [Chart]
examples: [Example]
notes: [Note]
references: [plan-2025]
query: A doubt about the section?
""".replace("codes: [1]", "codes: [78816]")


def test_every_key_of_a_section_arrives() -> None:
    section = section_of(WHOLE)
    assert (section.id, section.title.value, section.from_) == ("whole", "The whole form", ("7", "7.1"))
    assert section.written_id is not None
    assert section.intro is not None
    assert section.intro.value == "Some words before"
    assert [note.text.value for note in (*section.documentation, *section.examples, *section.notes)] == [
        "Chart", "Example", "Note",
    ]  # fmt: skip
    assert [cited.id.value for cited in section.references] == ["plan-2025"]
    assert section.query is not None
    assert section.query.open
    assert section.query.text.value == "A doubt about the section?"
    assert not section.short
    (ruling,) = section.rulings
    assert (ruling.id, ruling.effect, ruling.strength, ruling.scope, ruling.complete, ruling.from_) == (
        "whole.first", "not_covered", "generally", "general", False, ("7.2",),
    )  # fmt: skip
    assert [(use.code, use.modifiers, use.last) for use in ruling.codes] == [
        ("78815", (), ""), ("78811", (), "78816"), ("78815", ("26", "TC"), ""), ("00100", (), ""), ("0042T", (), ""),
        ("0001U", (), ""), ("G0235", (), ""), ("C71.9", (), ""),
    ]  # fmt: skip
    assert values(ruling.services) == ["PET/CT", "PET"]
    assert values(ruling.overrides) == ["other", "other.ruling", "elsewhere/there"]
    assert [note.text.value for note in ruling.notes] == ["A note of the ruling"]
    assert ruling.query is not None
    assert ruling.query.text.value == "A doubt about the ruling?"


def test_every_key_of_a_node_arrives() -> None:
    (ruling,) = section_of(WHOLE).rulings
    root = ruling.criteria
    assert isinstance(root, Group)
    assert (root.id, root.op, root.n, root.strength, root.from_) == ("whole.root", "at_least", 2, "should", ("7.3",))
    assert isinstance(root.applies_when, Criterion)
    assert (root.applies_when.id, root.applies_when.fact) == ("whole.root.when", "dx.glioma")
    assert isinstance(root.unless, Criterion)
    assert (root.unless.id, root.unless.text.value) == ("whole.root.unless", "A waiver holds")
    assert isinstance(root.except_when, Group)
    assert (root.except_when.id, root.except_when.op) == ("whole.root.except", "any")
    assert [member.id for member in root.except_when.of] == ["whole.root.except.1", "whole.root.except.2"]
    assert [note.text.value for note in (*root.documentation, *root.examples)] == ["Report", "An example"]
    (note,) = root.notes
    assert (note.text.value, [use.code for use in note.codes], values(note.uses), note.from_) == (
        "A note with data", ["78815"], ["delay"], ("7.4",),
    )  # fmt: skip
    assert note.query is not None
    assert [(cited.id.value, cited.locator) for cited in root.references] == [("plan-2025", ""), ("plan-2026", "page 4")]
    query = root.query
    assert query is not None
    assert query.answered is not None
    assert (query.covers, query.from_, query.open) == (("C102", "code-without-data"), ("7.5",), False)
    assert (query.answered.by, query.answered.on, query.answered.text.value) == ("J. Doe", "2026-01-31", "An answer.")
    own, valued, negated, by_code, outside = root.of
    assert isinstance(own, Criterion)
    assert (own.id, own.fact, own.from_) == ("whole.own", "since-radiation", ("7.3",))
    assert own.compare is not None
    assert own.compare.parameter is not None
    assert (own.compare.fact.value, own.compare.op, own.compare.parameter.value) == ("since-radiation", ">=", "delay")
    assert own.see is not None
    assert own.see.target == "other"
    assert ([use.code for use in own.codes], values(own.uses)) == (["78815"], ["delay"])
    assert isinstance(valued, Criterion)
    assert valued.compare is not None
    assert valued.compare.value is not None
    assert (valued.compare.value.value, valued.compare.unit, valued.compare.op) == ("1.50", "Gy", "<")
    assert isinstance(negated, Group)
    assert (negated.op, len(negated.of)) == ("not", 1)
    assert isinstance(by_code, Criterion)
    assert by_code.see is not None
    assert by_code.see.code == "78815"
    assert isinstance(outside, Criterion)
    assert outside.see is not None
    assert outside.see.external == "The plan's own book: chapter 2"


def test_every_key_of_a_coding_rule_arrives() -> None:
    first, second, third = section_of(WHOLE).coding_rules
    assert (first.id, first.rule, first.strength, first.from_) == ("whole.rule-one", "report_with", "should", ("7.6",))
    assert isinstance(first.with_, tuple)
    assert ([use.code for use in first.codes], [use.code for use in first.with_]) == (["78815"], ["76498"])
    assert first.text is not None
    assert first.query is not None
    assert (first.text.value, values(first.uses), first.query.text.value) == (
        "Report both", ["delay"], "A doubt about the rule?",
    )  # fmt: skip
    assert isinstance(first.when, Criterion)
    assert (first.when.id, first.when.text.value) == ("whole.rule-one.when", "The claim is for a child")
    assert [note.text.value for note in first.notes] == ["Note"]
    assert (second.rule, second.units, second.from_) == ("units_per_encounter", 2, ("7", "7.1"))
    wanted = second.class_
    assert wanted is not None
    assert (wanted.system, wanted.modality, wanted.role, wanted.region) == ("CPT", "MRI", "diagnostic", "brain")
    assert isinstance(third.instead_of, CodeClass)
    assert isinstance(third.for_, CodeClass)
    assert (third.instead_of.modality, third.for_.role) == ("CT", "guidance")


def test_the_short_form_is_one_ruling() -> None:
    short = section_of(
        "id: a\ntitle: A\nfrom: 3\neffect: covered\nstrength: may\nscope: general\ncodes: [78815]\nservices: [PET]\n"
        "overrides: [b]\ncriteria:\n  all:\n    - One\n    - Two\n"
    )
    assert short.short
    (ruling,) = short.rulings
    assert (ruling.id, ruling.effect, ruling.strength, ruling.scope, ruling.from_) == (
        "a.ruling", "covered", "may", "general", ("3",),
    )  # fmt: skip
    assert ([use.code for use in ruling.codes], values(ruling.services), values(ruling.overrides)) == (["78815"], ["PET"], ["b"])
    assert ids(short) == ["a.criteria", "a.1", "a.2"]


def test_defaults() -> None:
    (ruling,) = section_of("id: a\ntitle: A\neffect: covered\ncriteria: One\n").rulings
    assert (ruling.strength, ruling.scope, ruling.complete, ruling.codes, ruling.services) == ("must", "specific", True, (), ())
    assert isinstance(ruling.criteria, Criterion)
    assert (ruling.criteria.fact, ruling.criteria.id) == ("a.1", "a.1")


@pytest.mark.parametrize("form", ["effect: covered\ncomplete: false\n", "rulings:\n  - effect: covered\n    complete: false\n"])
def test_an_incomplete_ruling_needs_no_criteria(form: str) -> None:
    (ruling,) = section_of(f"id: a\ntitle: A\n{form}").rulings
    assert ruling.criteria is None
    assert not ruling.complete


def test_a_section_may_have_no_ruling() -> None:
    section = section_of("id: a\ntitle: A\nnotes: [Note]\n")
    assert section.rulings == ()
    assert not section.short


def test_from_is_inherited_and_narrowed() -> None:
    section = section_of(
        "id: a\ntitle: A\nfrom: 10\neffect: covered\ncriteria:\n  from: 10.2\n  all:\n    - One\n    - text: Two\n"
        "      from: [10.2.1, 10.2.2]\n      unless: Three\n"
    )
    assert [(node.id, node.from_) for node in section_nodes(section)] == [
        ("a.criteria", ("10.2",)), ("a.1", ("10.2",)), ("a.2", ("10.2.1", "10.2.2")), ("a.2.unless", ("10.2.1", "10.2.2")),
    ]  # fmt: skip


# Ids

PET_MRI = """\
id: pet-mri
title: PET-MRI
effect: covered
criteria:
  any:
    - First
    - all:
        - Second
        - Third
        - Fourth
"""


def test_ids_are_minted_from_place() -> None:
    assert ids(section_of(PET_MRI)) == [
        "pet-mri.criteria", "pet-mri.1", "pet-mri.2", "pet-mri.2.1", "pet-mri.2.2", "pet-mri.2.3",
    ]  # fmt: skip


def test_a_new_member_takes_the_next_number() -> None:
    written = "id: a\ntitle: A\neffect: covered\ncriteria:\n  all:\n    - New\n    - {id: a.1, text: One}\n    - Newer\n    - {id: a.4, text: Four}\n"
    assert ids(section_of(written)) == ["a.criteria", "a.5", "a.1", "a.6", "a.4"]


def test_an_id_that_was_retired_is_not_given_again() -> None:
    text = "id: a\ntitle: A\neffect: covered\ncriteria:\n  all:\n    - {id: a.1, text: One}\n    - New\n"
    assert ids(section_of(text)) == ["a.criteria", "a.1", "a.2"]
    assert ids(section_of(text, "a.2", "a.7", "a.criteria")) == ["a.criteria-2", "a.1", "a.8"]


def test_an_id_written_elsewhere_in_the_file_is_not_given_again() -> None:
    text = "id: a\ntitle: A\neffect: covered\ncriteria:\n  all:\n    - One\n    - Two\ncoding_rules:\n  - {id: a.2, rule: report, codes: [78815]}\n"
    section = section_of(text)
    assert len({*ids(section), *(rule.id for rule in section.coding_rules)}) == 4
    assert ids(section) == ["a.criteria", "a.3", "a.4"]


def test_a_member_that_moved_keeps_its_written_id() -> None:
    text = "id: a\ntitle: A\neffect: covered\ncriteria:\n  any:\n    - {id: a.2.1, text: Moved}\n    - id: a.2\n      all:\n        - {id: a.2.2, text: Stayed}\n        - New\n"
    assert ids(section_of(text)) == ["a.criteria", "a.2.1", "a.2", "a.2.2", "a.2.3"]


def test_ids_of_rulings_and_rules() -> None:
    section = section_of(
        "id: a\ntitle: A\nrulings:\n  - effect: covered\n    criteria: One\n  - id: a.x\n    effect: covered\n    criteria:\n"
        "      any: [One, Two]\ncoding_rules:\n  - {rule: report, codes: [78815], when: Three}\n"
    )
    assert [ruling.id for ruling in section.rulings] == ["a.ruling.1", "a.x"]
    assert ids(section) == ["a.ruling.1.1", "a.x.criteria", "a.x.1", "a.x.2", "a.rule.1.when"]
    assert [rule.id for rule in section.coding_rules] == ["a.rule.1"]


@given(st.lists(st.sampled_from(["New", "{id: a.1, text: One}", "{id: a.3, text: Three}", "{id: b, text: Other}"]), min_size=1, max_size=6, unique_by=lambda member: member if member != "New" else object()),
       st.sets(st.sampled_from(["a.1", "a.2", "a.3", "a.4", "a.9"])))
@settings(max_examples=150, deadline=None)
def test_minted_ids_are_never_used_twice(members: list[str], retired: set[str]) -> None:
    listed = "".join(f"    - {member}\n" for member in members)
    section, _ = decode(f"id: a\ntitle: A\neffect: covered\ncriteria:\n  all:\n{listed}", tuple(sorted(retired)))
    assert section is not None
    nodes = list(section_nodes(section))
    minted = [node.id for node in nodes if node.written_id is None]
    assert len({node.id for node in nodes}) == len(nodes)
    assert not set(minted) & retired


# Faults

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


# The other files

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
    return read_vignette(*tree_of(text), faults), faults.findings


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


# Anything at all

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
    read_vignette(source, root, faults)
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


def test_models_are_values() -> None:
    """What was decoded cannot be changed afterwards."""
    section = section_of(PET_MRI)
    for thing in (section, section.rulings[0], section.rulings[0].criteria, Citation(section.title)):
        with pytest.raises(AttributeError):
            thing.id = "x"  # type: ignore[union-attr,misc,assignment]


