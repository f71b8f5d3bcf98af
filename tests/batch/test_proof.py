"""Every ruling, on every assignment of answers to its facts: the tree, the bitsets and the SQL say the same.

A fact is met, not met or unknown; a measured one takes a value on each side of every limit and on it, or none. Rulings
of at most 8 facts are proved in each run, larger ones on 3,000 assignments drawn by chance. The thorough run draws
30,000, and holds bitsets and SQL together on every assignment of rulings up to 15 facts.
"""

from __future__ import annotations

import random
from math import prod
from typing import NamedTuple

import pytest

from policypress.batch import bitsets
from policypress.batch.bitsets import Assignments, derive
from policypress.evaluation.asking import questions
from policypress.logic import Case
from policypress.model import Ruling
from tests.batch.counted import assigned_by_sql, assignment, by_sql, libraries

SMALL, LARGE = 8, 15
Answers = dict[str, tuple[str, ...]]


class Proof(NamedTuple):
    policy: Case
    ruling: Ruling
    answers: Answers

    def tree(self, place: int) -> str:
        case = Case(self.policy.guidelines, self.policy.home, assignment(self.answers, place), "", self.policy.index)
        return str(case.ruling(self.ruling))


def proofs(low: int, high: int = 99) -> list[object]:
    found = []
    for guidelines, policy in libraries():
        case = Case(guidelines, policy.id, {})
        found += [
            pytest.param(Proof(case, ruling, answers), id=f"{ruling.id} of {len(answers)} facts")
            for section in policy.sections
            for ruling in section.rulings
            if low <= len(answers := _answers(case, ruling)) <= high
        ]
    return found


def _answers(case: Case, ruling: Ruling) -> Answers:
    asked = questions(case, ("ruling", ruling.id))
    return {fact: (*asked.answers(fact), "unknown") for fact in asked.places if fact not in asked.pointed}


def prove(proof: Proof) -> None:
    size = prod(map(len, proof.answers.values()))
    derived = derive(proof.policy, Assignments.all(proof.answers))
    by_bits = derived.ruling(proof.ruling, proof.policy.home)
    assert assigned_by_sql(proof.policy, proof.answers, [proof.ruling.id]) == {proof.ruling.id: by_bits}
    for place in range(size):
        assert proof.tree(place) == bitsets.of(by_bits, place), assignment(proof.answers, place)


@pytest.mark.parametrize("proof", proofs(0, SMALL))
def test_small_rulings_on_all_assignments(proof: Proof) -> None:
    prove(proof)


def sample(proof: Proof, count: int) -> None:
    chance = random.Random(proof.ruling.id)
    size = prod(map(len, proof.answers.values()))
    drawn = [assignment(proof.answers, chance.randrange(size)) for _ in range(count)]
    columns = {
        fact: {
            answer: sum(1 << place for place, told in enumerate(drawn) if told[fact] == answer) for answer in several
        }
        for fact, several in proof.answers.items()
    }
    by_bits = derive(proof.policy, Assignments(columns, count)).ruling(proof.ruling, proof.policy.home)
    told = by_sql(proof.policy, [(facts, "") for facts in drawn])
    for place, facts in enumerate(drawn):
        case = Case(proof.policy.guidelines, proof.policy.home, facts, "", proof.policy.index)
        verdict = case.ruling(proof.ruling)
        assert (bitsets.of(by_bits, place), told[place][proof.ruling.id]) == (verdict, verdict), facts


@pytest.mark.parametrize("proof", proofs(SMALL + 1))
def test_larger_rulings_by_chance(proof: Proof) -> None:
    sample(proof, 3_000)


@pytest.mark.thorough
@pytest.mark.parametrize("proof", proofs(SMALL + 1))
def test_larger_rulings_by_more_chance(proof: Proof) -> None:
    sample(proof, 30_000)


@pytest.mark.thorough
@pytest.mark.parametrize("proof", proofs(SMALL + 1, LARGE))
def test_larger_rulings_on_all_assignments(proof: Proof) -> None:
    by_bits = derive(proof.policy, Assignments.all(proof.answers)).ruling(proof.ruling, proof.policy.home)
    assert assigned_by_sql(proof.policy, proof.answers, [proof.ruling.id]) == {proof.ruling.id: by_bits}
