"""The published schemas describe what is exported: all of it, and nothing else."""

from __future__ import annotations

import copy
import functools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from policypress.library import read_library
from policypress.outline import GuidelineOutline, outline
from policypress.render import export, export_registers
from policypress.render.export_schema import codes_schema, consumer_schema, criteria_schema
from tests.examples import write_example
from tests.strategies import section_texts

ROOT = Path(__file__).parent.parent.parent
STRICT = Draft202012Validator(criteria_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
CONSUMER = Draft202012Validator(consumer_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
CODES = Draft202012Validator(codes_schema())


def laid(folder: Path) -> list[GuidelineOutline]:
    return [outline(guideline) for guideline in read_library(folder).library.guidelines]


def first_error(validator: Draft202012Validator, value: Any) -> str:
    error = next(iter(validator.iter_errors(value)), None)
    return f"{error.json_path}: {error.message}" if error is not None else ""


@functools.cache
def exported() -> dict[tuple[str, bool], Any]:
    return {
        (one.guideline.id, draft): json.loads(export.export(one, draft))
        for folder in (ROOT / "source", ROOT / "tests" / "library")
        for one in laid(folder)
        for draft in (True, False)
    }


def test_the_schemas_are_sound() -> None:
    for validator in (STRICT, CONSUMER, CODES):
        Draft202012Validator.check_schema(validator.schema)


def parts(schema: Any) -> list[dict[str, Any]]:
    if isinstance(schema, list):
        return [part for inner in schema for part in parts(inner)]
    return [schema, *(part for inner in schema.values() for part in parts(inner))] if isinstance(schema, dict) else []


def test_every_key_says_what_it_means() -> None:
    schema = criteria_schema()
    for part in parts(schema):
        if part.get("type") == "object" and "properties" in part:
            assert part["additionalProperties"] is False
            for name, known in part["properties"].items():
                described = known.get("description") or schema["$defs"][known["$ref"].rsplit("/")[-1]]["description"]
                assert described.endswith((".", ")")) or ":" in described, name
    assert not [part for part in parts(consumer_schema()) if part.get("additionalProperties") is False]


def test_an_export_meets_both() -> None:
    for which, value in exported().items():
        assert (which, first_error(STRICT, value), first_error(CONSUMER, value)) == (which, "", "")


def test_the_code_list_meets_its_schema() -> None:
    for folder in (ROOT / "source", ROOT / "tests" / "library"):
        value = json.loads(export_registers.codes(laid(folder)))
        assert value
        assert first_error(CODES, value) == ""
        some = next(iter(value))
        assert not CODES.is_valid({**value, some: {**value[some], "more": 1}})
        assert not CODES.is_valid({**value, "7881": value[some]})


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=section_texts)
def test_a_random_export_meets_both(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("random")
    write_example(text, folder)
    if any(finding.rule.id[0] in "YF" for finding in read_library(folder).findings):
        return
    for one in laid(folder):
        value = json.loads(export.export(one, True))
        assert first_error(STRICT, value) == ""
        assert first_error(CONSUMER, value) == ""


def node_of(value: Any) -> Any:
    return next(
        ruling["criteria"] for section in value["sections"] for ruling in section["rulings"] if "of" in (ruling["criteria"] or {})
    )


def leaf_of(value: Any) -> Any:
    node = node_of(value)
    while "of" in node:
        node = node["of"][0]
    return node


def ruling_of(value: Any) -> Any:
    return next(ruling for section in value["sections"] for ruling in section["rulings"])


def rule_of(value: Any) -> Any:
    return next(rule for section in value["sections"] for rule in section["coding_rules"] if "codes" in rule)


FAULTS: dict[str, Callable[[Any], Any]] = {
    "no version": lambda v: v.pop("schema_version"),
    "no sections": lambda v: v.pop("sections"),
    "id in capitals": lambda v: node_of(v).update(id="PET-MRI"),
    "no id": lambda v: node_of(v).pop("id"),
    "operator unknown": lambda v: node_of(v).update(op="some"),
    "members no list": lambda v: node_of(v).update(of={}),
    "n beside all": lambda v: node_of(v).update(op="all", n=2),
    "at_least without n": lambda v: (node_of(v).pop("n", None), node_of(v).update(op="at_least")),
    "text gone": lambda v: leaf_of(v).pop("text"),
    "text empty": lambda v: leaf_of(v).update(text=""),
    "fact gone": lambda v: leaf_of(v).pop("fact"),
    "comparison with nothing": lambda v: leaf_of(v).update(compare={"fact": "a", "op": "<"}),
    "comparison with both": lambda v: leaf_of(v).update(compare={"fact": "a", "op": "<", "value": 1, "parameter": "b"}),
    "pointer to two": lambda v: leaf_of(v).update(see={"code": "78813", "external": "x"}),
    "code too short": lambda v: ruling_of(v).update(codes=["7881"]),
    "range": lambda v: ruling_of(v).update(codes=["78811-78816"]),
    "effect unknown": lambda v: ruling_of(v).update(effect="denied"),
    "strength unknown": lambda v: ruling_of(v).update(strength="might"),
    "criteria gone": lambda v: ruling_of(v).pop("criteria"),
    "complete in words": lambda v: ruling_of(v).update(complete="no"),
    "rule unknown": lambda v: rule_of(v).update(rule="report_as"),
    "codes and class": lambda v: rule_of(v).update({"class": {"modality": "MRI"}}),
    "class of nothing": lambda v: (rule_of(v).update({"with": {}})),
    "date in words": lambda v: v["guideline"].update(effective="1 January 2026"),
    "no such day": lambda v: v["guideline"].update(effective="2026-02-30"),
    "hash cut": lambda v: v["sections"][0].update(sha256="abc"),
    "label gone": lambda v: next(iter(v["codes"].values())).pop("label"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_by_both(fault: str) -> None:
    value = copy.deepcopy(exported()["oncology-imaging", True])
    FAULTS[fault](value)
    assert not STRICT.is_valid(value)
    assert not CONSUMER.is_valid(value)


PLACES: dict[str, Callable[[Any], Any]] = {
    "document": lambda v: v,
    "guideline": lambda v: v["guideline"],
    "section": lambda v: v["sections"][0],
    "ruling": ruling_of,
    "group": node_of,
    "criterion": leaf_of,
    "coding rule": rule_of,
    "code": lambda v: next(iter(v["codes"].values())),
    "parameter": lambda v: next(iter(v["parameters"].values())),
    "fact": lambda v: next(iter(v["facts"].values())),
    "term": lambda v: next(iter(v["terms"].values())),
}


@pytest.mark.parametrize("place", PLACES)
def test_an_unknown_key_passes_the_consumer_s_only(place: str) -> None:
    value = copy.deepcopy(exported()["oncology-imaging", True])
    PLACES[place](value)["added_in_1_1"] = True
    assert not STRICT.is_valid(value)
    assert first_error(CONSUMER, value) == ""


def test_a_later_minor_version_passes_the_consumer_s_only() -> None:
    value = {**exported()["oncology-imaging", True], "schema_version": "1.99.0"}
    assert not STRICT.is_valid(value)
    assert CONSUMER.is_valid(value)
    assert not CONSUMER.is_valid({**value, "schema_version": "2.0.0"})
