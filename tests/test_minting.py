"""Ids are minted once and for all."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.model import section_nodes
from tests.decoding import decode, ids, section_of

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
