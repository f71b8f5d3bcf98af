"""From nodes to the model: every key of a section arrives."""

from __future__ import annotations

import pytest

from policypress.criteria import Citation, Criterion, Group
from policypress.model import CodeClass, section_nodes
from tests.decoding import ids, section_of, values

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


def test_models_are_values() -> None:
    """What was decoded cannot be changed afterwards."""
    section = section_of(WHOLE)
    for thing in (section, section.rulings[0], section.rulings[0].criteria, Citation(section.title)):
        with pytest.raises(AttributeError):
            thing.id = "x"  # type: ignore[union-attr,misc,assignment]
