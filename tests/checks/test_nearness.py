"""Which known name was meant by an unknown one: the same whether a register holds a few names or thousands."""

from __future__ import annotations

import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policypress.checks import nearness
from policypress.checks.facts import one_slip
from policypress.checks.nearness import near, one_apart

NAMES = st.text("abc-", min_size=5, max_size=9).filter(lambda name: name[0] != "-")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearness, "_held", [])


@given(st.lists(NAMES, min_size=1, max_size=30, unique=True), NAMES)
def test_every_name_one_slip_away_is_looked_at(names: list[str], word: str) -> None:
    apart = {name for name in names if one_slip(word, name)}
    for most in (0, 100):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(nearness, "_FEW", most)
            assert apart <= set(one_apart(word, list(names)))


@pytest.mark.parametrize("word", ["radiation-dalay", "radation-delay", "radiation-delya", "Radiation Delay", "radiation-dalya"])
def test_thousands_of_names_hide_none(word: str) -> None:
    made = random.Random(1)
    others = {"".join(made.choices(string.ascii_lowercase, k=12)) for _ in range(3000)}
    assert near(word, ["radiation-delay", *sorted(others)]) == near(word, ["radiation-delay"]) == "radiation-delay"


def test_what_became_of_a_collection_is_not_mistaken_for_another() -> None:
    known = {"delay"}
    assert near("delya", known) == "delay"
    known.add("delya-two")
    assert near("delya-tow", known) == "delya-two"
    for at in range(9):
        assert near("name-x", [f"name-{at}"]) == f"name-{at}"
