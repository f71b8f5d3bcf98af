"""The export's form does not move under a consumer: what was released once is read for ever, and a change has a number.

tests/fixtures/export/<version> holds, for each released version of the form, exports of tests/library with their vectors
and both schemas. They are never changed; `./run test --rewrite-goldens` writes those of a new version.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from policypress.conformance.pack import vector_lines
from policypress.library import read_library
from policypress.outline import outline
from policypress.render.export import export
from policypress.render.export_registers import codes, to_bytes
from policypress.render.export_schema import codes_schema, consumer_schema, criteria_schema
from policypress.version import SCHEMA_VERSION
from tests.exports import evaluator, in_javascript
from tests.guide import ROOT

FROZEN = ROOT / "tests" / "fixtures" / "export"
VERSIONS = sorted((path.name for path in FROZEN.iterdir()), key=lambda name: [int(part) for part in name.split(".")])
SCHEMAS = {"criteria.schema.json": criteria_schema, "criteria.consumer.schema.json": consumer_schema}
each_version = pytest.mark.parametrize("version", VERSIONS)


def exports(version: str) -> list[dict[str, Any]]:
    beside = {"codes.json", *SCHEMAS}
    return [
        json.loads(path.read_bytes()) for path in sorted((FROZEN / version).glob("*.json")) if path.name not in beside
    ]


def errors(schema: dict[str, Any], value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(value)]


def shape(schema: Any) -> Any:
    """Return a schema without its words, which may be improved at any time."""
    if isinstance(schema, dict):
        words = {key for key in ("title", "description", "$comment") if isinstance(schema.get(key), str)}
        return {key: shape(value) for key, value in schema.items() if key not in words}
    return [shape(value) for value in schema] if isinstance(schema, list) else schema


def frozen_now() -> dict[str, bytes]:
    library = read_library(ROOT / "tests" / "library").library
    laid = [outline(guideline) for guideline in library.guidelines]
    return {
        **{f"{one.guideline.id}.json": export(one, one.guideline.draft) for one in laid},
        "codes.json": codes(laid),
        "vectors.ndjson": vector_lines(library.guidelines),
        **{name: to_bytes(schema()) for name, schema in SCHEMAS.items()},
    }


def test_a_change_of_the_schema_has_a_version_of_its_own(request: pytest.FixtureRequest) -> None:
    folder = FROZEN / SCHEMA_VERSION
    if request.config.getoption("--rewrite-goldens") and not folder.exists():
        folder.mkdir()
        for name, data in frozen_now().items():
            (folder / name).write_bytes(data)
    assert folder.is_dir(), (
        f"{SCHEMA_VERSION} is new: say in docs/schema-changes.md what it changes, then --rewrite-goldens"
    )
    for name, schema in SCHEMAS.items():
        released = json.loads((folder / name).read_bytes())
        assert shape(schema()) == shape(released), f"{name} has changed: raise SCHEMA_VERSION in version.py"


def test_a_changed_schema_is_noticed() -> None:
    changed = criteria_schema()
    changed["$defs"] = {**changed["$defs"], "query": {"type": "string"}}
    assert shape(changed) != shape(criteria_schema())
    reworded = {**criteria_schema(), "description": "Other words."}
    assert shape(reworded) == shape(criteria_schema())


@each_version
def test_what_was_released_passes_the_consumer_schema_of_today(version: str) -> None:
    found = exports(version)
    assert len(found) == 2
    for one in found:
        assert one["schema_version"] == version
        assert errors(json.loads((FROZEN / version / "criteria.schema.json").read_bytes()), one) == []
        if version.split(".")[0] == SCHEMA_VERSION.split(".")[0]:
            assert errors(consumer_schema(), one) == []
    assert errors(codes_schema(), json.loads((FROZEN / version / "codes.json").read_bytes())) == []


@each_version
def test_what_is_released_today_passes_the_consumer_schema_of_then(version: str) -> None:
    if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
        return
    then = json.loads((FROZEN / version / "criteria.consumer.schema.json").read_bytes())
    for folder in ("source", "tests/library"):
        for guideline in read_library(ROOT / folder).library.guidelines:
            for draft in (True, False):
                assert errors(then, json.loads(export(outline(guideline), draft))) == []


@each_version
def test_both_evaluators_read_what_was_released(version: str, tmp_path: Path) -> None:
    policies = exports(version)
    vectors = [
        json.loads(line) for line in (FROZEN / version / "vectors.ndjson").read_text(encoding="utf-8").splitlines()
    ]
    assert len(vectors) > 200
    expected = [vector["verdict"] for vector in vectors]
    asked = [(one["facts"], one.get("on", ""), one["guideline"], one["asks"]) for one in vectors]
    assert [evaluator.Case(policies, facts, on, home).outcome(asks) for facts, on, home, asks in asked] == expected
    work = [{"home": home, "asks": asks, "facts": facts, "on": on} for facts, on, home, asks in asked]
    assert in_javascript(policies, work, tmp_path) == expected


def test_the_change_log_tells_every_version() -> None:
    page = (ROOT / "docs" / "schema-changes.md").read_text(encoding="utf-8")
    assert re.findall(r"^## ([0-9.]+)", page, re.M) == list(dict.fromkeys([SCHEMA_VERSION, *VERSIONS[::-1]]))
