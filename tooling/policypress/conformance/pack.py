"""The files beside the exports: vectors, criteria in bulk, types, evaluators, and the list of all with their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from policypress.conformance.vectors import vectors
from policypress.generation import Generation, PublishFault
from policypress.model import Guideline
from policypress.render.export_types import types
from policypress.version import SCHEMA_VERSION

Json = dict[str, Any]
_INDEX = "index.json"
_TAKEN = ("codes", "index")  # ids under which an export would lie where another file does
_EVALUATORS = ("evaluator.js", "evaluator.py")
_GUARDS = ("applies_when", "unless", "except_when")


def write_pack(guidelines: Sequence[Guideline], generation: Generation, templates: Path) -> None:
    """Write the pack of those guidelines whose export the generation holds. Raises PublishFault."""
    folder = generation.folder / "json"
    for id in (guideline.id for guideline in guidelines if guideline.id in _TAKEN):
        raise PublishFault(f"a guideline cannot be called {id}: json/{id}.json is another file; give it another id")
    shown = [guideline for guideline in guidelines if (folder / f"{guideline.id}.json").is_file()]
    exports = [json.loads((folder / f"{guideline.id}.json").read_bytes()) for guideline in shown]
    generation.write("json/vectors.ndjson", vector_lines(shown))
    generation.write("json/criteria.ndjson", criteria_lines(exports))
    generation.write("json/types.d.ts", types().encode())
    for name in _EVALUATORS:
        try:
            generation.write(f"json/{name}", (templates / "conformance" / name).read_bytes())
        except FileNotFoundError:
            raise PublishFault(f"{templates / 'conformance' / name} is missing") from None
    generation.write(f"json/{_INDEX}", index(folder, exports))


def vector_lines(guidelines: Sequence[Guideline]) -> bytes:
    """Return `vectors.ndjson`: the vectors of every guideline."""
    library = {guideline.id: guideline for guideline in guidelines}
    return _lines(one for guideline in guidelines for one in vectors(library, guideline))


def criteria_lines(exports: Sequence[Json]) -> bytes:
    """Return `criteria.ndjson`: one node a line, in reading order, from parsed exports."""
    return _lines(line for export in exports for section in export["sections"] for line in _section(export, section))


def index(folder: Path, exports: Sequence[Json]) -> bytes:
    """Return `index.json`: every other file below a folder with its hash, and the hash of every section."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / _INDEX)
    record = {
        "schema_version": SCHEMA_VERSION,
        "files": {path.relative_to(folder).as_posix(): _file(path.read_bytes()) for path in paths},
        "guidelines": {
            export["guideline"]["id"]: {
                "version": export["guideline"]["version"],
                "status": export["guideline"]["status"],
                "notices": export["notices"],
                "sections": {section["id"]: section["sha256"] for section in export["sections"]},
            }
            for export in exports
        },
    }
    return (json.dumps(record, ensure_ascii=False, indent=2) + "\n").encode()


def _section(export: Json, section: Json) -> Iterator[Json]:
    head = {
        "guideline": export["guideline"]["id"],
        "version": export["guideline"]["version"],
        "section": section["id"],
    }
    for ruling in section["rulings"]:
        if ruling["criteria"] is not None:
            about = {key: ruling[key] for key in ("effect", "scope", "complete")}
            yield from _nodes(ruling["criteria"], {**head, "ruling": ruling["id"], **about}, [ruling["id"]], "criteria")
    for rule in section["coding_rules"]:
        if "when" in rule:
            yield from _nodes(rule["when"], {**head, "coding_rule": rule["id"]}, [rule["id"]], "when")


def _nodes(node: Json, head: Mapping[str, Any], path: list[str], role: str) -> Iterator[Json]:
    own = {key: value for key, value in node.items() if key not in ("id", "of", *_GUARDS)}
    members = {"of": [member["id"] for member in node["of"]]} if "op" in node else {}
    hanging = {key: node[key]["id"] for key in _GUARDS if key in node}
    yield {**head, "id": node["id"], "path": path, "role": role, **own, **members, **hanging}
    below = [*path, node["id"]]
    for key in hanging:
        yield from _nodes(node[key], head, below, key)
    for member in node.get("of", ()):
        yield from _nodes(member, head, below, "member")


def _file(data: bytes) -> Json:
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _lines(records: Iterator[Json]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()
