"""What is printed about a place: numbers, labels, headings, connectors, names."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from policypress.decode.kinds import Faults
from policypress.decode.section import read_section
from policypress.model import Section, section_nodes
from policypress.nodes import parse
from policypress.outline import Item, SectionOutline, lead, outline, outline_section, place_names
from policypress.rule_words import rule_words
from policypress.text import Source
from tests.strategies import section_texts

HEAD = "id: a\ntitle: Title\n"


def section_of(text: str) -> Section:
    source = Source("x.yaml", text)
    root, findings = parse(source)
    assert root is not None, findings
    faults = Faults()
    section = read_section(source, root, faults)
    assert faults.findings == []
    assert section is not None
    return section


def laid(text: str) -> SectionOutline:
    return outline_section(section_of(text), 1)


def root_of(criteria: str) -> Item:
    root = laid(f"{HEAD}effect: covered\ncriteria:\n{criteria}").rulings[0].root
    assert root is not None
    return root


def labels(item: Item) -> list[tuple[str, str]]:
    return [(below.node.id, below.label) for below in item.walk()]


TREE = """\
  any:
    - One
    - all:
        - Two
        - text: Three
          applies_when: Four
          unless:
            all: [Five, Six]
          except_when: Seven
    - at_least:
        n: 2
        of: [Eight, Nine, Ten]
    - not: Eleven
"""


def test_labels_are_paths() -> None:
    assert labels(root_of(TREE)) == [
        ("a.criteria", ""), ("a.1", "1"), ("a.2", "2"), ("a.2.1", "2.1"), ("a.2.2", "2.2"), ("a.2.2.when", "2.2.when"),
        ("a.2.2.unless", "2.2.unless"), ("a.2.2.unless.1", "2.2.unless.1"), ("a.2.2.unless.2", "2.2.unless.2"),
        ("a.2.2.except", "2.2.except"), ("a.3", "3"), ("a.3.1", "3.1"), ("a.3.2", "3.2"), ("a.3.3", "3.3"),
        ("a.4", "4"), ("a.4.1", "4.1"),
    ]  # fmt: skip


def test_a_connector_follows_all_but_the_last() -> None:
    root = root_of(TREE)
    assert [item.connector for item in root.members] == ["or", "or", "or", ""]
    assert [item.connector for item in root.members[1].members] == ["and", ""]
    assert [item.connector for item in root.members[2].members] == ["and/or", "and/or", ""]
    assert [item.connector for item in root.members[3].members] == [""]


def test_headings_come_from_the_operator() -> None:
    root = root_of(TREE)
    assert [str(item.heading) for item in (root, *root.members[1:])] == [
        "ANY of the following is met",
        "ALL of the following are met, for each that applies",
        "AT LEAST 2 of the following 3 are met",
        "The following is NOT met",
    ]
    assert root.members[0].heading is None


def test_a_guarded_list_says_for_each_that_applies() -> None:
    guarded = "    - One\n    - {text: Two, applies_when: Three}\n"
    assert str(root_of(f"  all:\n{guarded}").heading) == "ALL of the following are met, for each that applies"
    assert str(root_of(f"  any:\n{guarded}").heading) == "ANY of the following is met, for each that applies"


def test_not_over_any_is_one_none() -> None:
    root = root_of("  id: outer\n  not:\n    id: inner\n    any: [One, Two]\n")
    assert str(root.heading) == "NONE of the following is met"
    assert root.anchors == ("outer", "inner")
    assert [(item.label, item.connector) for item in root.members] == [("1", "or"), ("2", "")]


@pytest.mark.parametrize(
    "beside",
    ["unless: Three", "applies_when: Three", "except_when: Three", "notes: [Note]", "documentation: [Chart]",
     "examples: [Example]", "references: [r]", "query: Why", "strength: may"],
)  # fmt: skip
def test_not_over_an_any_that_carries_more_keeps_both(beside: str) -> None:
    root = root_of(f"  not:\n    any: [One, Two]\n    {beside}\n")
    assert str(root.heading) == "The following is NOT met"
    assert root.anchors == ("a.criteria",)
    assert str(root.members[0].heading) == "ANY of the following is met"


def test_guards_of_the_not_stay() -> None:
    root = root_of("  not:\n    any: [One, Two]\n  unless: Three\n")
    assert str(root.heading) == "NONE of the following is met"
    assert [guard.role for guard in root.guards] == ["unless"]


def test_a_lone_criterion_is_number_one() -> None:
    assert labels(root_of("  text: One\n  unless: Two\n")) == [("a.1", "1"), ("a.1.unless", "1.unless")]


def test_several_rulings_are_lettered() -> None:
    rulings = "".join(f"  - {{id: a.r{at}, effect: covered, criteria: {{any: [One, Two]}}}}\n" for at in range(28))
    section = laid(f"{HEAD}rulings:\n{rulings}")
    assert [ruling.letter for ruling in section.rulings][:3] == ["A", "B", "C"]
    assert [ruling.letter for ruling in section.rulings][25:] == ["Z", "AA", "AB"]
    root = section.rulings[1].root
    assert root is not None
    assert [label for _, label in labels(root)] == ["B", "B.1", "B.2"]


def test_a_lettered_lone_criterion() -> None:
    section = laid(f"{HEAD}rulings:\n  - {{effect: covered, criteria: One}}\n  - {{effect: not_covered, criteria: Two}}\n")
    assert [item.label for item in section.items()] == ["A.1", "B.1"]


@pytest.mark.parametrize(
    ("effect", "strength", "words"),
    [
        ("covered", "must", "Covered when"),
        ("covered", "should", "Should be covered when"),
        ("covered", "may", "May be covered when"),
        ("covered", "generally", "Generally covered when"),
        ("not_covered", "must", "Not covered when"),
        ("not_covered", "should", "Should not be covered when"),
        ("not_covered", "may", "May be treated as not covered when"),
        ("not_covered", "generally", "Generally not covered when"),
    ],
)
def test_leads(effect: str, strength: str, words: str) -> None:
    (ruling,) = section_of(f"{HEAD}effect: {effect}\nstrength: {strength}\ncriteria: One\n").rulings
    assert lead(ruling) == words


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("{rule: report, codes: [78815], text: 'Own words.'}", "Own words."),
        ("{rule: report, codes: [78815, 78816]}", "78815, 78816 must be reported."),
        ("{rule: report_with, codes: [78815], with: [76498], strength: should}", "78815 should be reported together with 76498."),
        ("{rule: report_with, codes: [78815, 76498]}", "78815, 76498 must be reported together."),
        ("{rule: may_report_with, class: {modality: MRI, role: diagnostic}, with: [76498]}", "MRI diagnostic codes may be reported together with 76498."),
        ("{rule: report_instead_of, codes: [78815], instead_of: {modality: CT}}", "78815 must be reported instead of CT codes."),
        ("{rule: not_with, codes: [78815], with: [76498], strength: generally}", "78815 should generally not be reported with 76498."),
        ("{rule: not_with, codes: [78815, 76498]}", "78815, 76498 must not be reported together."),
        ("{rule: not_for, codes: [78815], for: [C71.9]}", "78815 must not be reported for C71.9."),
        ("{rule: units_per_encounter, codes: [78815], units: 2}", "78815: at most 2 per encounter must be reported."),
        ("{rule: document, codes: [78815]}", "Documentation must accompany 78815."),
        ("{rule: needs_authorization, codes: [78811-78816], strength: may}", "78811-78816 may need prior authorization."),
    ],
)
def test_words_of_a_coding_rule(rule: str, words: str) -> None:
    (made,) = section_of(f"{HEAD}coding_rules:\n  - {rule}\n").coding_rules
    assert rule_words(made) == words


def test_coding_rules_are_numbered_with_their_conditions() -> None:
    section = laid(f"{HEAD}coding_rules:\n  - {{rule: report, codes: [78815]}}\n  - {{rule: report, codes: [78815], when: {{all: [One, Two]}}}}\n")
    assert [rule.label for rule in section.coding_rules] == ["R1", "R2"]
    assert [(item.label, item.role) for item in section.items()] == [
        ("R2.when", "applies_when"), ("R2.when.1", "member"), ("R2.when.2", "member"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("id", "name"),
    [
        ("a.criteria", "Title"),
        ("a.1", "Title › ANY › 1"),
        ("a.2.2", "Title › ANY › 2 › ALL › 2"),
        ("a.2.2.unless.1", "Title › ANY › 2 › ALL › 2 › counts as met when › ALL › 1"),
        ("a.2.2.when", "Title › ANY › 2 › ALL › 2 › applies when"),
        ("a.3.2", "Title › ANY › 3 › AT LEAST 2 › 2"),
        ("a.4.1", "Title › ANY › 4 › NOT › 1"),
    ],
)
def test_place_names(id: str, name: str) -> None:
    names = place_names(section_of(f"{HEAD}effect: covered\ncriteria:\n{TREE}"))
    assert names[id] == name
    assert "elsewhere" not in names


def test_place_names_of_rulings_and_rules() -> None:
    section = section_of(
        f"{HEAD}rulings:\n  - {{id: a.x, effect: covered, criteria: {{any: [One, Two]}}}}\n  - {{id: a.y, effect: covered, criteria: Three}}\n"
        "coding_rules:\n  - {rule: report, codes: [78815], when: {not: {any: [Four, Five]}}}\n"
    )
    names = place_names(section)
    assert names["a.y"] == "Title › B"
    assert names["a.x.2"] == "Title › A › ANY › 2"
    assert names["a.rule.1"] == "Title › coding rule 1"
    assert names["a.rule.1.when.1.2"] == "Title › coding rule 1 › NONE › 2"


@given(section_texts)
@settings(max_examples=100, deadline=None)
def test_every_node_is_printed_once_under_a_label_of_its_own(text: str) -> None:
    source = Source("x.yaml", text)
    root, findings = parse(source)
    section = None if root is None or findings else read_section(source, root, Faults())
    if section is None:
        return
    shown = outline_section(section, 1)
    items = list(shown.items())
    anchors = [anchor for item in items for anchor in item.anchors]
    assert sorted(anchors) == sorted(node.id for node in section_nodes(section))
    assert len({item.label for item in items}) == len(items)
    for item in items:
        assert (item.heading is None) == (item.criterion is not None)
        assert [member.connector == "" for member in item.members] == [False] * (len(item.members) - 1) + [True] * bool(item.members)


def test_a_guideline_is_numbered_through_its_chapters() -> None:
    from pathlib import Path

    from policypress.library import read_library

    read = read_library(Path(__file__).parent / "library")
    shown = {guideline.id: outline(guideline) for guideline in read.library.guidelines}["sleep-and-anesthesia"]
    assert [(section.number, section.id, section.chapter) for section in shown.sections] == [
        (1, "general", "General"), (2, "lab-study", "Sleep"), (3, "home-test", "Sleep"), (4, "children", "Sleep"),
        (5, "pap-device", "Sleep"), (6, "dental-anesthesia", "Dental care & added tests"),
        (7, "added-tests", "Dental care & added tests"),
    ]  # fmt: skip
    assert str(shown.places["lab-study"]) == "2 Sleep study in the laboratory"
    assert str(shown.places["lab-study.repeat"]) == "2 Sleep study in the laboratory, B"
    assert str(shown.places["lab-study.bmi"]) == "2 Sleep study in the laboratory, A.1.4"
    assert str(shown.places["lab-study.one-unit"]) == "2 Sleep study in the laboratory, R5"
    assert str(shown.places["dental-anesthesia.guided"]) == "6 Anesthesia for dental care, R1.when"
