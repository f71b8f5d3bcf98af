"""The published JSON, read back and laid beside the source."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from policypress.canonical import canonical_hash
from policypress.model import Guideline
from policypress.verify.expected_json import Expected, Json
from policypress.verify.expected_registers import registers
from policypress.verify.flow import Difference

_NAMES = {"of": "members", "op": "operator", "from": "statements"}


class Strange(Exception):
    """A file that is no JSON as the export writes it."""


def read_json(data: bytes) -> Any:
    """Read JSON strictly: a key that stands twice is refused, since readers differ in which they keep."""

    def pairs(found: list[tuple[str, Any]]) -> Json:
        made = dict(found)
        if len(made) < len(found):
            names = [name for name, _ in found]
            raise Strange(f"the key {next(name for name in names if names.count(name) > 1)} stands twice")
        return made

    def refuse(name: str) -> Any:
        raise Strange(f"{name} is no number in JSON")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=refuse)
    except ValueError as error:
        raise Strange(f"it is no JSON ({error})") from error


def json_differences(guideline: Guideline, data: bytes) -> Iterator[Difference]:
    """Yield how the export of a guideline departs from the source."""

    def differ(section: str, id: str, kind: str, said: str) -> Difference:
        return Difference(guideline.id, "JSON", section, id, kind, said)

    try:
        found = read_json(data)
    except Strange as strange:
        yield differ("", "", "file", str(strange))
        return
    if not isinstance(found, dict):
        yield differ("", "", "file", "it is not an object")
        return
    wanted = Expected(guideline)
    head = {"guideline": wanted.head(), "retired": wanted.retired()}
    for id, kind, said in _compare(head, {key: found.get(key) for key in head}, guideline.id, ""):
        yield differ("", id, kind, said)
    sections = found.get("sections")
    there = [one for one in sections if isinstance(one, dict)] if isinstance(sections, list) else []
    expected = wanted.sections()
    names, order = [one["id"] for one in expected], [one.get("id") for one in there]
    for name in names:
        if order.count(name) != 1:
            yield differ(name, name, "section", f"the section stands there {order.count(name)} times instead of once")
    for name in order:
        if name not in names:
            yield differ(str(name), str(name), "section", "the section is in no source")
    if sorted(map(str, order)) == sorted(names) and order != names:
        yield differ("", "", "order", f"the sections stand in the order {', '.join(map(str, order))}")
    by_id = {one.get("id"): one for one in there}
    for one in expected:
        if (other := by_id.get(one["id"])) is None:
            continue
        bare = {key: value for key, value in other.items() if key != "sha256"}
        same = canonical_hash(bare) == other.get("sha256")
        faults = list(_compare(one, bare, one["id"], ""))
        for id, kind, said in faults:
            yield differ(one["id"], id, kind, said)
        if not same and not faults:
            yield differ(one["id"], one["id"], "sha256", "its sha256 is not that of its content")
    yield from (differ("", id, kind, said) for id, kind, said in _registers(guideline, expected, found))


def _compare(wanted: Any, found: Any, owner: str, key: str) -> Iterator[tuple[str, str, str]]:
    """Yield (id, kind, sentence) for everything in which two values differ; `owner` is the nearest id above."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        own = str(wanted.get("id", owner)) if key != "queries" else owner
        for name in wanted:
            if name not in found:
                yield own, name, f"{_name(name)} is missing; the source says {_show(wanted[name])}"
            else:
                yield from _compare(wanted[name], found[name], own, name)
        for name in found:
            if name not in wanted:
                yield own, name, f"{_name(name)} says {_show(found[name])}, which the source does not"
    elif isinstance(wanted, list) and isinstance(found, list):
        yield from _compare_lists(wanted, found, owner, key)
    elif type(wanted) is not type(found) or wanted != found:
        kind = "text" if key == "" else key
        yield owner, kind, f"{_name(key)} says {_show(found)} where the source says {_show(wanted)}"


def _compare_lists(wanted: list[Any], found: list[Any], owner: str, key: str) -> Iterator[tuple[str, str, str]]:
    ids = [one.get("id") if isinstance(one, dict) else None for one in wanted]
    others = [one.get("id") if isinstance(one, dict) else None for one in found]
    if None in ids or None in others or len(set(ids)) < len(ids) or ids == others:
        if len(wanted) != len(found):
            yield owner, key, f"{_name(key)} says {_show(found)} where the source says {_show(wanted)}"
            return
        for one, other in zip(wanted, found, strict=True):
            yield from _compare(one, other, owner, key)
        return
    for place, id in enumerate(ids):
        if id not in others:
            there = others[place] if place < len(others) and others[place] not in ids else None
            instead = f"; {there} stands in its place" if there else ""
            yield str(id), "missing", f"it is missing from the {_name(key)} of {owner}{instead}"
    for id in others:
        if id not in ids:
            yield str(id), "added", f"it stands among the {_name(key)} of {owner}; the source has no such id there"
        elif others.count(id) > 1:
            yield str(id), "added", f"it stands {others.count(id)} times among the {_name(key)} of {owner}"
    common = [id for id in others if id in ids]
    in_order = [id for id in ids if id in others]
    for id, other in zip(in_order, common, strict=False):
        if id != other:
            yield str(id), "order", f"{other} stands in its place among the {_name(key)} of {owner}"
    by_id = dict(zip(others, found, strict=True))
    for id, one in zip(ids, wanted, strict=True):
        if id in by_id:
            yield from _compare(one, by_id[id], owner, key)


def _registers(guideline: Guideline, sections: list[Json], found: Json) -> Iterator[tuple[str, str, str]]:
    """Compare the register entries in the export; those that the criteria name by key must be there."""
    known = registers(guideline)
    needed = _needed(sections)
    for register, entries in known.items():
        there = found.get(register)
        if not isinstance(there, dict):
            yield register, register, f"{register} are missing"
            continue
        for key in sorted(needed.get(register, set()) & set(entries) - set(there)):
            yield key, register, f"it is missing from the {register}"
        for key, value in there.items():
            if key not in entries:
                yield key, register, f"it stands among the {register}; no register has it"
            else:
                yield from _compare(entries[key], value, key, register)


def _needed(value: Any) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = {"codes": set(), "parameters": set(), "facts": set(), "references": set()}

    def visit(one: Any, key: str) -> None:
        if isinstance(one, dict):
            for name, inner in one.items():
                if name == "fact":
                    found["facts"].add(inner)
                elif name == "parameter":
                    found["parameters"].add(inner)
                elif name == "references":
                    found["references"].update(cited["id"] for cited in inner)
                elif name == "uses":
                    found["parameters"].update(inner)
                elif name in ("codes", "with", "instead_of", "for") and isinstance(inner, list):
                    found["codes"].update(code.partition("-")[0] for code in inner)
                visit(inner, name)
        elif isinstance(one, list):
            for inner in one:
                visit(inner, key)

    visit(value, "")
    return found


def _name(key: str) -> str:
    return _NAMES.get(key, key)


def _show(value: Any) -> str:
    words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{words}”" if len(words) <= 160 else f"“{words[:100]} … {words[-50:]}”"
