"""Decoder and schema of the YAML files agree, and the editor's copies are fresh."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft7Validator, Draft202012Validator

from policypress.decode.criteria import NODE
from policypress.decode.form import Form
from policypress.decode.guideline import GUIDELINE, STATEMENT, VIGNETTE
from policypress.decode.registers import REGISTERS
from policypress.decode.section import CODING_RULE, RULING, SECTION
from policypress.library import read_library
from policypress.schema import EDITOR_FOLDER, KINDS, source_schema, write_editor_schemas
from tests.examples import write_example
from tests.strategies import section_texts

ROOT = Path(__file__).parent.parent
LIBRARIES = [ROOT / "source", ROOT / "tests" / "library"]


class EditorLoader(yaml.CSafeLoader):
    """Loads as an editor does, by YAML 1.2: `on` and dates are texts, a bare 00100 is a number."""


EditorLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("null", "null|~|", ["n", "~", ""]),
    ("bool", "true|false", list("tf")),
    ("int", "[-+]?[0-9]+", list("-+0123456789")),
    ("float", r"[-+]?[0-9]+\.[0-9]*", list("-+0123456789")),
):
    EditorLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"(?:{pattern})$"), first)
EditorLoader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: int(loader.construct_scalar(node)))


def as_editor(text: str) -> Any:
    return yaml.load(text, EditorLoader)


def holds_null(value: Any) -> bool:
    if isinstance(value, dict):
        return any(holds_null(inner) for inner in value.values())
    return any(holds_null(inner) for inner in value) if isinstance(value, list) else value is None


def kind_of(path: Path) -> str:
    if path.parent.name in ("sections", "vignettes"):
        return path.parent.name.removesuffix("s")
    return path.stem


FILES = [path for folder in LIBRARIES for path in sorted(folder.rglob("*.yaml"))]


@functools.cache
def schema(folder: Path, kind: str) -> Draft202012Validator:
    return Draft202012Validator(source_schema(read_library(folder).library, kind))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_of_ours_meets_its_schema(path: Path) -> None:
    folder = next(folder for folder in LIBRARIES if path.is_relative_to(folder))
    value = as_editor(path.read_text(encoding="utf-8"))
    for kind in ("", kind_of(path)):
        error = next(iter(schema(folder, kind).iter_errors(value)), None)
        assert error is None, f"{kind}: {error.json_path}: {error.message}"


def test_the_schemas_are_sound() -> None:
    for validator in (schema(folder, kind) for folder in LIBRARIES for kind in ("", *KINDS)):
        Draft202012Validator.check_schema(validator.schema)
        Draft7Validator.check_schema(validator.schema)


FORMS: dict[str, Form] = {
    "guideline": GUIDELINE, "section": SECTION, "case": VIGNETTE, "statements": STATEMENT,
    **{name: form for name, (form, _, _) in REGISTERS.items()},
}  # fmt: skip


def test_every_key_of_every_form_is_there() -> None:
    definitions = source_schema(None)["$defs"]
    for name, form in FORMS.items():
        schema = definitions[name].get("items", definitions[name])
        assert list(schema["properties"]) == list(form.keys)
        assert all(part["description"] for part in schema["properties"].values())
    section = definitions["section"]["properties"]
    assert list(section["rulings"]["items"]["properties"]) == list(RULING.keys)
    assert list(section["coding_rules"]["items"]["properties"]) == list(CODING_RULE.keys)
    node = definitions["node"]["anyOf"][-1]
    assert list(node["properties"]) == list(NODE.keys)
    assert list(node["properties"]["at_least"]["properties"]) == ["n", "of"]


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=section_texts)
def test_what_the_decoder_reads_meets_the_schema(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("random")
    write_example(text, folder)
    value = as_editor(text)
    if any(finding.rule.id[0] in "YF" for finding in read_library(folder).findings) or holds_null(value):
        return  # the text `null` needs quotes in an editor
    error = next(iter(schema(LIBRARIES[0], "section").iter_errors(value)), None)
    assert error is None, f"{error.json_path}: {error.message}"


WHOLE = """\
id: pet-mri
title: PET-MRI
effect: covered
codes: [78813, "00100"]
query:
  text: Is it so?
  answered: {by: J. Doe, on: 2026-01-31, text: "It is"}
criteria:
  all:
    - text: The study is needed
      compare: {fact: since-radiation, op: "<", value: 12, unit: wk}
      see: {code: 78815}
      notes:
        - text: A note
    - at_least:
        n: 1
        of: [One]
coding_rules:
  - rule: report_with
    codes: [78813]
    with: {class: {modality: MRI}}
    text: Report both.
"""


def faults(text: str, folder: Path) -> bool:
    write_example(text, folder)
    return any(finding.rule.id[0] in "FC" for finding in read_library(folder).findings)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("effect: covered", "effect: covered\nefect: covered"),
        ("  text: Is it so?", "  text: Is it so?\n  txt: x"),
        ("by: J. Doe", "by: J. Doe, bye: x"),
        ("fact: since-radiation", "fact: since-radiation, facts: x"),
        ("code: 78815", "code: 78815, codes: x"),
        ("text: A note", "text: A note\n          texts: x"),
        ("n: 1", "n: 1\n        m: 1"),
        ("rule: report_with", "rule: report_with\n    rules: x"),
        ("modality: MRI", "modality: MRI, modalities: x"),
        ("effect: covered", "effect: coverd"),
        ("on: 2026-01-31", "on: 31 January"),
        ("n: 1", "n: 0"),
        ("n: 1", "n: some"),
        ("codes: [78813, ", "codes: [7881x, "),
        ("id: pet-mri", "id: PET-MRI"),
        ("title: PET-MRI\n", ""),
        ("text: The study is needed", "text: The study is needed\n      any: [x]"),
        ("value: 12, unit: wk", "unit: wk"),
        ("    codes: [78813]\n", ""),
        ('op: "<"', "op: less"),
        ("rule: report_with", "rule: report_as"),
    ],
)
def test_what_one_refuses_the_other_refuses(old: str, new: str, tmp_path: Path) -> None:
    validator = schema(LIBRARIES[0], "section")
    assert validator.is_valid(as_editor(WHOLE))
    assert not faults(WHOLE, tmp_path / "whole")
    broken = WHOLE.replace(old, new, 1)
    assert broken != WHOLE
    assert faults(broken, tmp_path / "broken")
    assert not validator.is_valid(as_editor(broken))


def test_the_library_s_own_words_are_offered_with_their_meaning() -> None:
    library = read_library(ROOT / "source").library
    definitions = source_schema(library)["$defs"]

    def meaning(kind: str, name: str) -> str:
        known = definitions[f"known-{kind}"]
        return str(known["enumDescriptions"][known["enum"].index(name)])

    assert meaning("codes", "78813").startswith("CPT: ")
    assert meaning("facts", "since-radiation").endswith("?")
    assert meaning("parameters", "radiation-delay") == "12 weeks"
    assert meaning("terms", "CNS") == "central nervous system"
    assert meaning("ids", "pet-mri") == "PET-MRI"
    assert meaning("targets", "oncology-imaging/pet-mri") == "Oncology imaging: PET-MRI"
    assert meaning("rules", "L101").startswith("suppression-without-reason: ")
    assert {"all", "unless"} <= set(definitions["known-marks"]["enum"])
    assert "MRI" in definitions["known-modalities"]["enum"]


def test_the_editor_s_schemas_are_fresh(tmp_path: Path) -> None:
    write_editor_schemas(read_library(ROOT / "source").library, tmp_path)
    for kind in KINDS:
        fresh = (tmp_path / f"{kind}.json").read_text(encoding="utf-8")
        kept = (ROOT / EDITOR_FOLDER / f"{kind}.json").read_text(encoding="utf-8")
        assert kept == fresh, "to renew them: ./run schema source --write .vscode/schema"


def test_the_editor_s_settings_name_every_schema() -> None:
    mapped = json.loads((ROOT / ".vscode/settings.json").read_text(encoding="utf-8"))["yaml.schemas"]
    assert set(mapped) == {f"./{EDITOR_FOLDER.as_posix()}/{kind}.json" for kind in KINDS}
    for path in sorted((ROOT / "source").rglob("*.yaml")):
        globs = mapped[f"./{EDITOR_FOLDER.as_posix()}/{kind_of(path)}.json"]
        assert any(path.relative_to(ROOT).match(glob) for glob in globs), path
