"""What lies beside the exports: an index with true hashes, criteria in bulk, types, evaluators, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from policypress.canonical import canonical, canonical_hash
from policypress.generation import PublishFault
from policypress.library import read_library
from policypress.model import section_nodes
from policypress.publish import Order, publish
from policypress.render.export_schema import criteria_schema
from tests.exports import PACK
from tests.guide import ROOT, in_browser

LIBRARY = ROOT / "tests" / "library"


def build(source: Path, out: Path, templates: Path = ROOT / "templates", guideline: str = "") -> Path:
    order = Order(source, out, templates, frozenset({"json"}), guideline)
    publish(read_library(source).library, order, lambda _: None)
    return out / "json"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(LIBRARY, tmp_path_factory.mktemp("pack") / "build")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_index_names_every_file_with_its_hash(folder: Path) -> None:
    index = json.loads((folder / "index.json").read_bytes())
    there = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    del there["index.json"]
    assert index["files"] == {
        name: {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)} for name, data in sorted(there.items())
    }
    assert {"vectors.ndjson", "criteria.ndjson", "types.d.ts", "evaluator.js", "evaluator.py"} <= set(there)
    for id, entry in index["guidelines"].items():
        policy = json.loads(there[f"{id}.json"])
        bare = {one["id"]: {key: value for key, value in one.items() if key != "sha256"} for one in policy["sections"]}
        assert entry["sections"] == {name: canonical_hash(section) for name, section in bare.items()}
        assert entry["notices"] == policy["notices"]


def test_every_node_is_one_line_of_the_bulk(folder: Path) -> None:
    found = {(one["guideline"], one["id"]): one for one in lines(folder / "criteria.ndjson")}
    nodes = {
        (guideline.id, node.id): node
        for guideline in read_library(LIBRARY).library.guidelines
        for section in guideline.sections
        for node in section_nodes(section)
    }
    assert found.keys() == nodes.keys()
    assert len(lines(folder / "criteria.ndjson")) == len(nodes)
    for key, node in nodes.items():
        line = found[key]
        assert ("op" in line) == hasattr(node, "op")
        if "text" in line:
            assert line["text"] == node.text.value  # type: ignore[union-attr]
        for above in line["path"][1:]:
            assert (key[0], above) in nodes
        if len(line["path"]) > 1:
            parent = found[key[0], line["path"][-1]]
            assert line["id"] in (parent.get("of", []) if line["role"] == "member" else [parent[line["role"]]])


def test_the_types_know_every_key_of_the_schema(folder: Path) -> None:
    types = re.sub(r"/\*.*?\*/", "", (folder / "types.d.ts").read_text(encoding="utf-8"))

    def keys(schema: Any) -> set[str]:
        if isinstance(schema, list):
            return set().union(*map(keys, schema))
        if not isinstance(schema, dict):
            return set()
        return {*schema.get("properties", ()), *set().union(*map(keys, schema.values()))}

    declared = set(re.findall(r'^ *"?(\w+)"?\??: ', types, re.M))
    assert declared == keys({key: value for key, value in criteria_schema().items() if key not in ("if", "then", "else")})
    assert set(re.findall(r"\b[A-Z]\w+\b(?=(?:\[\])?(?: \||;))", types)) <= {*re.findall(r"export \w+ (\w+)", types), "Record"}
    assert types.count("{") == types.count("}")


@pytest.mark.parametrize("name", ["evaluator.js", "evaluator.py"])
def test_an_evaluator_is_short_and_needs_nothing_else(folder: Path, name: str) -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text == (PACK / name).read_text(encoding="utf-8")
    assert len(text.splitlines()) < 260
    imported = set(re.findall(r"^(?:import|from) (\w+)", text, re.M))
    assert imported <= sys.stdlib_module_names
    assert not re.search(r"\brequire\(|^ *(?:import|export) ", text, re.M) or name.endswith(".py")


def test_the_evaluator_runs_by_script_tag_and_as_a_module(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "json")
    program = """
      const policy = await (await fetch("/json/durable-equipment.json")).json();
      const ask = () => new policypress.Case([policy], { "rental.1": "not_met" }).outcome({ section: "rental" });
      await new Promise((loaded) => {
        document.head.append(Object.assign(document.createElement("script"), { src: "/json/evaluator.js", onload: loaded }));
      });
      console.log(ask());
      delete globalThis.policypress;
      await import("/json/evaluator.js?module");
      console.log(ask());
    """
    assert in_browser(program, tmp_path) == "not_met\nnot_met\n"


def test_the_same_bytes_whatever_the_seed_of_hashing(folder: Path, tmp_path: Path) -> None:
    program = (
        "import sys, pathlib; from policypress.library import read_library; from policypress.conformance.pack import vector_lines;"
        "sys.stdout.buffer.write(vector_lines(read_library(pathlib.Path(sys.argv[1])).library.guidelines))"
    )
    expected = (folder / "vectors.ndjson").read_bytes()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", program, str(LIBRARY)], env=env, capture_output=True, check=True)
        assert done.stdout == expected


def test_one_guideline_built_anew_leaves_the_pack_whole(tmp_path: Path) -> None:
    source = Path(shutil.copytree(LIBRARY, tmp_path / "source"))
    first = build(source, tmp_path / "build")
    before = {path.name: path.read_bytes() for path in first.iterdir() if path.is_file()}
    again = build(source, tmp_path / "build", guideline="durable-equipment")
    assert {path.name: path.read_bytes() for path in again.iterdir() if path.is_file()} == before


def test_a_guideline_may_not_lie_where_another_file_does(tmp_path: Path) -> None:
    source = Path(shutil.copytree(LIBRARY, tmp_path / "source"))
    head = source / "durable-equipment" / "guideline.yaml"
    head.write_text(head.read_text(encoding="utf-8").replace("id: durable-equipment", "id: index", 1), encoding="utf-8")
    head.parent.rename(source / "index")
    with pytest.raises(PublishFault, match="cannot be called index"):
        build(source, tmp_path / "build")


def test_templates_without_evaluators_are_refused_by_name(tmp_path: Path) -> None:
    templates = Path(shutil.copytree(ROOT / "templates", tmp_path / "templates"))
    (templates / "conformance" / "evaluator.js").unlink()
    with pytest.raises(PublishFault, match=r"evaluator\.js is missing"):
        build(LIBRARY, tmp_path / "build", templates)


# RFC 8785, appendix B and section 3.2.3


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "0"), (-0.0, "0"), (7.0, "7"), (7.5, "7.5"), (-7.25, "-7.25"), (1e21, "1e+21"), (1e20, "100000000000000000000"),
        (1e-6, "0.000001"), (1e-7, "1e-7"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992, "9007199254740992"), (333333333.33333329, "333333333.3333333"), (10**23, "1e+23"),
        (True, "true"), (None, "null"), ("a\u2028é\n", '"a\u2028é\\n"'),
        ({"b": [1, {}], "a": "x"}, '{"a":"x","b":[1,{}]}'), ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),
    ],
)  # fmt: skip
def test_canonical_json(value: Any, expected: str) -> None:
    assert canonical(value) == expected
