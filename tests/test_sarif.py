"""SARIF is valid against the official schema, whatever was found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from policypress.checks import RULES, run_checks
from policypress.finding import Edit, Finding, Label
from policypress.library import read_library
from policypress.report import render
from policypress.text import Source, Span

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "tests" / "fixtures" / "sarif" / "sarif-2.1.0-rtm.5.json"


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft4Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft4Validator.check_schema(schema)
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def faults(validator: jsonschema.Draft4Validator, log: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in validator.iter_errors(log)]


@pytest.mark.parametrize("library", ["source", "tests/library", "tests/cases/hurried-transcription", "nowhere"])
def test_libraries(library: str, validator: jsonschema.Draft4Validator) -> None:
    log = json.loads(render(run_checks(read_library(ROOT / library)), "sarif"))
    assert faults(validator, log) == []


def test_every_rule(validator: jsonschema.Draft4Validator) -> None:
    source = Source("source/a b/ä:c%.yaml", "id: x\ntitle: 😀\n")
    span = Span(source, 4, 5)
    found = [
        Finding(rule, "m\n“x”", span, "h", (Label(span, "l"),), (Edit(span, "y"), Edit(span, "")), place="A › ALL › 1")
        for rule in RULES
    ]
    log = json.loads(render(found, "sarif"))
    assert len(log["runs"][0]["results"]) == len(RULES)
    assert faults(validator, log) == []


def test_no_findings(validator: jsonschema.Draft4Validator) -> None:
    assert faults(validator, json.loads(render((), "sarif"))) == []


def test_the_schema_refuses(validator: jsonschema.Draft4Validator) -> None:
    log = json.loads(render(run_checks(read_library(ROOT / "tests/cases/hurried-transcription")), "sarif"))
    log["runs"][0]["results"][0]["level"] = "fatal"
    log["runs"][0]["results"][1]["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    assert len(faults(validator, log)) == 2
