"""The conformance pack: the evaluators mean what the product means, and the vectors tell every mutant from the policy."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from policypress import quantity
from policypress.amounts import UNITS
from policypress.batch.bitsets import Assignments, Bits, derive
from policypress.conformance.exposing import Exposing
from policypress.conformance.mutants import mutant_guidelines, mutants
from policypress.conformance.planes import DETERMINATIONS, Cases
from policypress.conformance.vectors import vectors
from policypress.criteria import Node
from policypress.library import read_library
from policypress.logic import Case
from policypress.model import Guideline, Ruling
from policypress.ucum import Amount, scaled
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, OPEN, UNKNOWN, Determination
from tests.exports import LETTERS, PACK, evaluator, exported, in_javascript
from tests.guide import ROOT
from tests.random_policies import answered, policies

LIBRARIES = {
    folder: {one.id: one for one in read_library(ROOT / folder).library.guidelines}
    for folder in ("source", "tests/library")
}
Vector = dict[str, Any]
each_library = pytest.mark.parametrize("folder", LIBRARIES)


@functools.cache
def exports_of(folder: str) -> list[dict[str, Any]]:
    return exported(LIBRARIES[folder])


@functools.cache
def vectors_of(folder: str) -> list[Vector]:
    library = LIBRARIES[folder]
    return [vector for one in library.values() for vector in vectors(library, one)]


def by_logic(library: Mapping[str, Guideline], vector: Vector) -> str:
    case = Case(library, vector["guideline"], vector["facts"], vector.get("on", ""))
    return str(case.outcome(next(iter(vector["asks"].items()))))


def rulings(library: Mapping[str, Guideline]) -> Iterator[tuple[Guideline, Ruling, Node]]:
    for guideline in library.values():
        for section in guideline.sections:
            for ruling in section.rulings:
                if ruling.criteria is not None:
                    yield guideline, ruling, ruling.criteria


# The vectors


@each_library
def test_the_product_and_both_evaluators_give_every_vector(folder: str, tmp_path: Path) -> None:
    found = vectors_of(folder)
    expected = [vector["verdict"] for vector in found]
    assert [by_logic(LIBRARIES[folder], vector) for vector in found] == expected
    python = [
        evaluator.Case(exports_of(folder), one["facts"], one.get("on", ""), one["guideline"]).outcome(one["asks"]) for one in found
    ]
    assert python == expected
    work = [{"home": one["guideline"], "asks": one["asks"], "facts": one["facts"], "on": one.get("on", "")} for one in found]
    assert in_javascript(exports_of(folder), work, tmp_path) == expected


@each_library
def test_vectors_show_every_outcome_and_what_settles_an_open_one(folder: str) -> None:
    settled = 0
    for vector in vectors_of(folder):
        is_open = vector["verdict"] in OPEN
        assert not (is_open and vector["deciding"])
        assert not vector["missing"] or is_open
        if vector["missing"]:
            assert sorted(vector["answers"]) == sorted(vector["missing"])
            answers = {**vector["facts"], **vector["answers"]}
            case = evaluator.Case(exports_of(folder), answers, vector.get("on", ""), vector["guideline"])
            assert case.outcome(vector["asks"]) == vector["then"] not in OPEN
            settled += 1
    assert settled > 10
    told = {(next(iter(vector["asks"])), vector["verdict"]) for vector in vectors_of(folder)}
    assert {("code", str(one)) for one in Determination} <= told
    assert {("ruling", one) for one in LETTERS} <= told


@each_library
def test_every_mutant_of_a_ruling_is_told_by_a_vector(folder: str) -> None:
    library, equivalent, count = LIBRARIES[folder], [], 0
    for guideline, ruling, tree in rulings(library):
        own = [vector for vector in vectors_of(folder) if vector["asks"] in ({"ruling": ruling.id}, {"node": tree.id})]
        for mutant in mutants(tree):
            count += 1
            sections = tuple(
                replace(one, rulings=tuple(replace(r, criteria=mutant.tree) if r is ruling else r for r in one.rulings))
                for one in guideline.sections
            )
            changed = {**library, guideline.id: replace(guideline, sections=sections)}
            if not any(by_logic(changed, vector) != vector["verdict"] for vector in own):
                equivalent.append(mutant.change)
    assert count > 200
    assert equivalent == []  # neither library has a mutant that means the same as the policy


@each_library
def test_every_changed_ruling_is_told_by_the_vectors_of_its_codes_or_section(folder: str) -> None:
    library, missed = LIBRARIES[folder], []
    for guideline in library.values():
        own = [one for one in vectors_of(folder) if one["guideline"] == guideline.id and ({"code", "section"} & set(one["asks"]))]
        complete = [ruling for section in guideline.sections for ruling in section.rulings if ruling.complete]
        for change, mutant in mutant_guidelines(guideline, complete):
            if not any(by_logic({**library, guideline.id: mutant}, vector) != vector["verdict"] for vector in own):
                missed.append(change)
    assert missed == []


# An evaluator with a fault, as somebody might write it: what stands there, and what instead.
FAULTS = [
    ("MET if met >= n", "MET if met > n"),
    ("met + left.count(UNKNOWN) < n", "met < n"),
    ("return NA if not left else", "return MET if not left else"),
    ("if verdict != NA]", "if True]"),
    ("return UNKNOWN if guard == UNKNOWN else NA", "return UNKNOWN if guard == UNKNOWN else NOT_MET"),
    ("return UNKNOWN if guard == UNKNOWN else NA", "return NA"),
    ("(unless == UNKNOWN and own != MET)", "False"),
    ("(except_when == UNKNOWN and own != NOT_MET)", "False"),
    ("own = negate(except_when)", "own = except_when"),
    ('"any": 1, "not": 1', '"any": None, "not": 1'),
    ('if "op" in node and self.given(node["id"], home):', "if False:"),
    ("given = self.given(node[\"fact\"], home) or", "given ="),
    ("if isinstance(see, str):", "if False:"),
    ('if "code" in see else UNKNOWN', "if False else UNKNOWN"),
    ('if ruling["complete"] and', "if"),
    ("or modality in ruling[\"services\"]", ""),
    ("and not above & {MET, NOT_MET}", ""),
    ("UNKNOWN if UNKNOWN in above and verdict != harmless else verdict", "verdict"),
    ('or ("general", NOT_MET) in standing', ""),
    ("or specific == {NOT_MET}", ""),
    ('if not specific and ("not_covered", UNKNOWN) not in standing:', "if not specific:"),
    ("if MET in specific and not unsure", "if MET in specific"),
    ("free = negate(", "free = ("),
    ('"wk": 604800000', '"wk": 432000000'),
    ('"mo": 1, "a": 12', '"mo": 1, "a": 10'),
    ("said = match[2] or unit", "said = match[2] or ''"),
    ("UNITS.get(unit, (spelled, 1))", "UNITS.get(unit, (unit + said, 1))"),
    ("min(lengths) + rest * 28", "max(lengths) + rest * 28"),
    ("calendar.monthrange(year, month + 1)[1]", "28"),
    ("[today.toordinal()]", "[today.toordinal() + 1]"),
    ("else one in op", "else one == op"),
    ("else one in op", "else one == op[0]"),
]


@pytest.mark.parametrize(("there", "instead"), FAULTS)
def test_a_faulty_evaluator_fails_a_vector(there: str, instead: str) -> None:
    source = (PACK / "evaluator.py").read_text(encoding="utf-8")
    assert there in source
    faulty: dict[str, Any] = {}
    exec(source.replace(there, instead, 1), faulty)
    for folder in LIBRARIES:
        cases = {id: faulty["Case"](exports_of(folder), {}, "", id) for id in LIBRARIES[folder]}
        for vector in vectors_of(folder):
            case = cases[vector["guideline"]]
            case.facts, case.on = vector["facts"], vector.get("on", "")
            try:
                if case.outcome(vector["asks"]) != vector["verdict"]:
                    return
            except Exception:
                return
    raise AssertionError("no vector tells")


def test_the_evaluators_know_the_units_of_the_product() -> None:
    assert {word: unit for word, unit in UNITS.items() if word != unit} == evaluator.WORDS
    for unit, (kind, factor) in evaluator.UNITS.items():
        first = next(other for other, (its, _) in evaluator.UNITS.items() if its == kind)
        assert scaled("1", unit) == scaled(str(factor), first)
    script = (PACK / "evaluator.js").read_text(encoding="utf-8")
    kinds = {unit: int(factor) for line in re.findall(r'"((?:\S+ \d+ ?)+)"', script) for unit, factor in re.findall(r"(\S+) (\d+)", line)}
    assert kinds == {unit: factor for unit, (_, factor) in evaluator.UNITS.items()}
    words = re.search(r"const WORDS = \{.*?\n(.*?)\n  \};", script, re.S)
    assert words is not None
    said = re.findall(r'(?:"([^"]+)"|(\w+)): "([^"]+)"', words[1])
    assert {word: quoted or plain for quoted, plain, some in said for word in some.split(",")} == evaluator.WORDS


@settings(max_examples=60, deadline=None)
@given(policies())
def test_what_no_vector_tells_is_equivalent(policy: Guideline) -> None:
    library = {policy.id: policy}
    exposing = Exposing(Case(library, policy.id, {}), policy.id)
    found = list(vectors(library, policy))
    for _, ruling, tree in rulings(library):
        every = exposing.every_case(tree, 5000)
        cases = Cases(exposing.case, every)
        own = [vector["facts"] for vector in found if vector["asks"] == {"ruling": ruling.id}]
        shown = Cases(exposing.case, own)
        for mutant in mutants(tree):
            if shown.node(tree, policy.id) == shown.node(mutant.tree, policy.id):
                assert cases.node(tree, policy.id) == cases.node(mutant.tree, policy.id), mutant.change


# Many cases at once


@settings(max_examples=150, deadline=None)
@given(policies().flatmap(lambda policy: answered(policy, 6).map(lambda facts: (policy, facts))))
def test_planes_mean_what_one_case_means(drawn: tuple[Guideline, dict[str, str]]) -> None:
    policy, facts = drawn
    told = [facts, {}, {**facts, "s1.r": "met"}, {**facts, "s2.r0": "not_applicable", "n1": "not_met"}]
    base = Case({policy.id: policy}, policy.id, {})
    cases = Cases(base, told)
    for place, some in enumerate(told):
        case = base.having(some)
        for section in policy.sections:
            assert cases.owner(section, policy.id).of(place) == case.verdict(section.id)
            for ruling in section.rulings:
                assert cases.owner(ruling, policy.id).of(place) == case.ruling(ruling)
        planes = zip(DETERMINATIONS, cases.determination("78815", policy.id), strict=True)
        found = [outcome for outcome, plane in planes if plane >> place & 1] or [Determination.MISSING_INFORMATION]
        assert found == [case.determination("78815")]


# Equal by proof


def every_way(questions: dict[str, list[str]]) -> Iterator[dict[str, str]]:
    for told in product(*questions.values()):
        yield {name: value for name, value in zip(questions, told, strict=True) if value}


def prove(folder: str, wanted: Callable[[int], bool], tmp_path: Path) -> tuple[int, int]:
    """Compare YAML, JSON by Python and JSON by JavaScript on every case of the rulings whose number of facts is wanted."""
    library, exports = LIBRARIES[folder], exports_of(folder)
    work, expected = [], []
    for guideline, ruling, tree in rulings(library):
        exposing = Exposing(Case(library, guideline.id, {}), guideline.id)
        # A question left open, met, not met; an amount at, below and above its limits.
        questions = {
            name: ["", *(value for value in values if value != "not_applicable")]
            for name, values in exposing.questions(tree).items()
        }
        if not wanted(len(questions)):
            continue
        asks, index = {"ruling": ruling.id}, exposing.case.index
        case = evaluator.Case(exports, {}, "", guideline.id)  # it looks up every id once
        yaml, python = [], []
        for facts in every_way(questions):
            yaml.append(LETTERS[Case(library, guideline.id, facts, "", index).ruling(ruling)])
            case.facts = facts
            python.append(LETTERS[case.outcome(asks)])
        assert python == yaml, ruling.id
        told = {name: tuple(value or "unknown" for value in values) for name, values in questions.items()}
        bits = derive(Case(library, guideline.id, {}), Assignments.all(told)).ruling(ruling, guideline.id)
        assert by_bits(bits, len(yaml)) == "".join(yaml), ruling.id  # and SQL gives these bits: tests/batch/test_proof.py
        assert len(yaml) == prod(map(len, questions.values()))
        work.append({"home": guideline.id, "asks": asks, "on": "", "questions": questions})
        expected.append("".join(yaml))
    assert in_javascript(exports, work, tmp_path) == expected
    return len(work), sum(map(len, expected))


@each_library
def test_rulings_of_up_to_eight_facts_are_equal_on_every_case(folder: str, tmp_path: Path) -> None:
    proved, cases = prove(folder, lambda facts: facts <= 8, tmp_path)
    print(f"{folder}: {proved} rulings, {cases:,} cases")
    assert (proved, cases) >= {"source": (30, 19_000), "tests/library": (9, 1_000)}[folder]


@pytest.mark.thorough
@each_library
def test_rulings_of_nine_to_thirteen_facts_are_equal_on_every_case(folder: str, tmp_path: Path) -> None:
    proved, cases = prove(folder, lambda facts: 8 < facts <= 13, tmp_path)
    print(f"{folder}: {proved} rulings, {cases:,} cases")
    assert proved == {"source": 3, "tests/library": 1}[folder]


SAMPLED = 20_000


@pytest.mark.thorough
@each_library
def test_larger_rulings_are_equal_on_a_sample(folder: str, tmp_path: Path) -> None:
    library, exports = LIBRARIES[folder], exports_of(folder)
    chance = random.Random(8785)
    for guideline, ruling, tree in rulings(library):
        case = Case(library, guideline.id, {})
        questions = Exposing(case, guideline.id).questions(tree)
        if len(questions) <= 13:
            continue
        some = [
            {name: value for name, values in questions.items() if (value := chance.choice(["", *values]))}
            for _ in range(SAMPLED)
        ]
        yaml = [str(case.having(facts).ruling(ruling)) for facts in some]
        asks = {"ruling": ruling.id}
        python = evaluator.Case(exports, {}, "", guideline.id)
        for facts, verdict in zip(some, yaml, strict=True):
            python.facts = facts
            assert python.outcome(asks) == verdict
        work = [{"home": guideline.id, "asks": asks, "facts": facts, "on": ""} for facts in some]
        assert in_javascript(exports, work, tmp_path) == yaml


@settings(max_examples=100, deadline=None)
@given(policies().flatmap(lambda policy: answered(policy, 6).map(lambda facts: (policy, facts))))
def test_random_policies_mean_the_same_once_exported(drawn: tuple[Guideline, dict[str, str]]) -> None:
    policy, facts = drawn
    exports = exported({policy.id: policy})
    for told in (facts, {**facts, "s1.r": "met"}, {**facts, "s2.r0": "not_applicable", "n1": "not_met"}, {**facts, "s1": "not_met"}):
        case, read = Case({policy.id: policy}, policy.id, told), evaluator.Case(exports, told)
        for kind, id in [("section", "s1"), ("section", "s2"), ("ruling", "s2.r0"), ("node", "n1"), ("code", "78815")]:
            assert read.outcome({kind: id}) == case.outcome((kind, id))


def by_bits(bits: Bits, size: int) -> str:
    """Return the letter of each assignment."""
    letters = [LETTERS[verdict] for verdict in (UNKNOWN, MET, NOT_MET, NOT_APPLICABLE)]
    met, not_met, dropped = (f"{where:0{size}b}"[::-1] for where in bits)
    return "".join(letters[int(a) + 2 * int(b) + 3 * int(c)] for a, b, c in zip(met, not_met, dropped, strict=True))


# Amounts and dates


def amounts() -> Iterator[tuple[str, str, Amount, str, str]]:
    """Amounts and dates of a case against limits: every unit, and the neighbourhood of months and leap days."""
    chance = random.Random(1582)
    told = ["12 weeks", "84 d", " 7.50 mm ", "0.8 cm", "soon", "", "met", "1,000 d", "-3 mo", "6.5 mo", "2 a", "3", "14 lb",
            "5 {event}/h", "5 events per hour", "5 ml", "0.005 L", "1 kg/m²", "30 kg/m2", "3 cycles", "3 {cycle}", "181 d",
            "182 d", "184 d", "26 wk", "2 mo", "60 d", "59 d", "2026-13-01", "2024-02-29", "0000-01-01", "9999-12-31", "1900-02-29", "120 mmHg"]  # fmt: skip
    told += [f"20{chance.randrange(30):02}-{chance.randrange(1, 13):02}-{chance.randrange(1, 32):02}" for _ in range(60)]
    wanted = [Amount("12", "", "wk"), Amount("6", "", "mo"), Amount("60", "", "d"), Amount("2", "", "mo"), Amount("18", "", "a"), Amount("6", "8", "wk"), Amount("1.5", "", "mo"),
              Amount("182", "", "d"), Amount("7.5", "", "mm"), Amount("2026-01-01", "", ""), Amount("5", "", "{event}/h"),
              Amount("3", "", "{cycle}"), Amount("30", "40", "kg/m2"), Amount("5", "", "mL"), Amount("120", "", "mm[Hg]"),
              Amount("3", "", ""), Amount("1000000", "", "d"), Amount("2", "", "Gy")]  # fmt: skip
    for value, limit, op in product(told, wanted, ("<", "<=", ">", ">=", "=", "!=")):
        if chance.random() < 0.35:
            yield value, op, limit, chance.choice(["", "d", "mm", "{cycle}"]), chance.choice(["", "2024-02-29", "2026-03-01", "2026-08-31"])


def test_amounts_and_dates_compare_alike(tmp_path: Path) -> None:
    some = list(amounts())
    names = {None: "unknown", True: "met", False: "not_met"}
    expected = [names[quantity.compare(told, op, wanted, unit, on)] for told, op, wanted, unit, on in some]
    nodes, facts, parameters, work = [], {}, {}, []
    for place, (told, op, wanted, unit, on) in enumerate(some):
        id = f"n{place}"
        number = {"value": _number(wanted.value), **({"max": _number(wanted.max)} if wanted.max else {}), "unit": wanted.unit}
        parameters[id] = number
        facts[f"f{place}"] = {"question": "?", "type": "quantity", "unit": unit}
        compare = {"fact": f"f{place}", "op": op, "parameter": id}
        nodes.append({"id": id, "text": "?", "fact": id, "compare": compare, "codes": [], "uses": []})
        work.append({"home": "g", "asks": {"node": id}, "facts": {f"f{place}": told}, "on": on})
    tree = {"id": "all", "op": "all", "of": nodes}
    ruling = {"id": "r", "effect": "covered", "scope": "specific", "codes": [], "services": [], "complete": True, "criteria": tree}
    section = {"id": "s", "rulings": [ruling], "coding_rules": []}
    policy = {"guideline": {"id": "g"}, "sections": [section], "codes": {}, "facts": facts, "parameters": parameters}
    case = evaluator.Case([policy], {})
    for one, verdict in zip(work, expected, strict=True):
        case.facts, case.on = one["facts"], one["on"]
        assert case.outcome(one["asks"]) == verdict, one
    assert in_javascript([policy], work, tmp_path) == expected
    assert len(some) > 2000
    assert len(set(expected)) == 3


def _number(text: str) -> Any:
    return text if "-" in text else float(text) if "." in text else int(text)
