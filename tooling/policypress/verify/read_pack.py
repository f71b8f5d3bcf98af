"""The files beside the exports, read back: each is worked out anew from the exports, which are proved themselves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from policypress.model import Guideline
from policypress.verify.flow import Difference
from policypress.verify.read_json import Strange, read_json

Json = dict[str, Any]
_HANGING = ("applies_when", "unless", "except_when")
_BY_NAME = ("codes", "parameters", "facts", "terms", "references")  # tables of an export: their keys are names


def pack_differences(guidelines: Mapping[str, Guideline], folder: Path) -> Iterator[Difference]:
    """Yield how the bulk files, the list of files, the types and the schemas depart from the exports."""
    exports = []
    for id in guidelines:
        try:
            exports.append(read_json((folder / f"{id}.json").read_bytes()))
        except (OSError, Strange):
            continue  # told by whoever reads the export itself
    readers: dict[str, Callable[[bytes], _Found]] = {
        "criteria.ndjson": lambda data: _bulk(exports, data),
        "index.json": lambda data: _index(exports, folder, data),
        "types.d.ts": lambda data: _declared(exports, set(re.findall(r'"?(\w+)"?\??: ', data.decode()))),
        "schema/criteria.schema.json": lambda data: _declared(exports, _properties(read_json(data))),
        "schema/criteria.consumer.schema.json": lambda data: _declared(exports, _properties(read_json(data))),
    }
    for name, read in readers.items():
        try:
            for id, kind, said in read((folder / name).read_bytes()):
                yield Difference(name, "JSON", "", id, kind, said)
        except (OSError, ValueError, Strange, KeyError, TypeError, AttributeError) as error:
            yield Difference(name, "JSON", "", "", "file", f"it cannot be read ({error})")


_Found = Iterator[tuple[str, str, str]]  # id, kind, what is said


def _lines(data: bytes) -> list[Json]:
    return [read_json(line) for line in data.splitlines()]


def _bulk(exports: Collection[Json], data: bytes) -> _Found:
    found = _lines(data)
    wanted = [line for export in exports for line in _nodes(export)]
    for place, line in enumerate(wanted):
        if place >= len(found):
            yield line["id"], "node", "its line is missing"
        elif found[place] != line:
            keys = [key for key in {**line, **found[place]} if line.get(key) != found[place].get(key)]
            yield line["id"], keys[0], f"its line differs from the export in {', '.join(keys)}"
            if found[place].get("id") != line["id"]:
                return
    if len(found) > len(wanted):
        yield str(found[len(wanted)].get("id")), "node", "its line belongs to no node of an export"


def _nodes(export: Json) -> Iterator[Json]:
    """Yield the line of every node, in reading order: from a stack, where its writer calls itself."""
    head = export["guideline"]
    for section in export["sections"]:
        about = {"guideline": head["id"], "version": head["version"], "section": section["id"]}
        roots = [
            (ruling["criteria"], {**about, "ruling": ruling["id"], "effect": ruling["effect"],
                                  "scope": ruling["scope"], "complete": ruling["complete"]}, ruling["id"], "criteria")
            for ruling in section["rulings"]
            if ruling["criteria"]
        ]  # fmt: skip
        roots += [
            (rule["when"], {**about, "coding_rule": rule["id"]}, rule["id"], "when")
            for rule in section["coding_rules"]
            if "when" in rule
        ]
        for root, common, owner, how in roots:
            waiting: list[tuple[Json, tuple[str, ...], str]] = [(root, (owner,), how)]
            while waiting:
                node, path, role = waiting.pop()
                line = {**common, **node, "path": list(path), "role": role}
                below = [(member, (*path, node["id"]), "member") for member in node.get("of", ())]
                if "of" in node:
                    line["of"] = [member["id"] for member in node["of"]]
                hanging = [key for key in _HANGING if key in node]
                line.update({key: node[key]["id"] for key in hanging})
                yield line
                waiting += [*below[::-1], *((node[key], (*path, node["id"]), key) for key in hanging[::-1])]


def _index(exports: Collection[Json], folder: Path, data: bytes) -> _Found:
    found = read_json(data)
    there = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path != folder / "index.json"
    }
    for name in sorted({*found["files"], *there}):
        if name not in there:
            yield name, "file", "it is listed, and is not there"
        elif found["files"].get(name) != {"sha256": hashlib.sha256(there[name]).hexdigest(), "bytes": len(there[name])}:
            yield name, "sha256", "the hash or the size that is listed is not its own"
    wanted = {
        export["guideline"]["id"]: {
            "version": export["guideline"]["version"],
            "status": export["guideline"]["status"],
            "notices": export["notices"],
            "sections": {section["id"]: section["sha256"] for section in export["sections"]},
        }
        for export in exports
    }
    for id in sorted({*wanted, *found["guidelines"]}):
        if found["guidelines"].get(id) != wanted.get(id):
            yield id, "guideline", "what is listed of it is not what its export says"


def _declared(exports: Collection[Json], names: Collection[str]) -> _Found:
    for name in sorted(set().union(*map(_keys, exports)) - set(names)):
        yield name, "key", f"the exports have the key {name}, which is not declared"


def _keys(value: object, names: bool = False) -> set[str]:
    """Return the keys of an export, without the names of codes, facts and the like."""
    if isinstance(value, list):
        return set().union(*map(_keys, value))
    if not isinstance(value, dict):
        return set()
    own = set() if names else set(value)
    return own.union(*(_keys(inner, key in _BY_NAME and isinstance(inner, dict)) for key, inner in value.items()))


def _properties(schema: object) -> set[str]:
    if isinstance(schema, list):
        return set().union(*map(_properties, schema))
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", ())).union(*map(_properties, schema.values()))
