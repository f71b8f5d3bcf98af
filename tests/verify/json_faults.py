"""Faults seeded into the exported JSON: functions of a node, ruling or coding rule and the list that holds it."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any

Json = dict[str, Any]
Fault = Callable[[Json, list[Any] | None], bool]  # whether it applied

_TURN = {"all": "any", "any": "all", "not": "all", "at_least": "any"}


def things(section: Json) -> Iterator[tuple[Json, list[Any] | None]]:
    """Yield everything with an id below a section, with the list that holds it."""
    for holder in (section["rulings"], section["coding_rules"]):
        for one in holder:
            yield one, holder
            for key in ("criteria", "when"):
                if one.get(key):
                    yield from _nodes(one[key], None)


def _nodes(node: Json, holder: list[Any] | None) -> Iterator[tuple[Json, list[Any] | None]]:
    yield node, holder
    for key in ("applies_when", "unless", "except_when"):
        if key in node:
            yield from _nodes(node[key], None)
    for member in node.get("of", []):
        yield from _nodes(member, node["of"])


def sealed(section: Json) -> Json:
    """Give a damaged section the hash that fits: the worst case, in which its own hash says nothing."""
    bare = {key: value for key, value in section.items() if key != "sha256"}
    plain = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return {**bare, "sha256": hashlib.sha256(plain.encode()).hexdigest()}


def _set(key: str, change: Callable[[Any], Any]) -> Fault:
    def fault(one: Json, holder: list[Any] | None) -> bool:
        if key not in one or (changed := change(copy.deepcopy(one[key]))) == one[key]:
            return False
        one[key] = changed
        return True

    return fault


def _lose(key: str) -> Fault:
    return lambda one, _: one.pop(key, None) not in (None, [], "")


def _dropped(one: Json, holder: list[Any] | None) -> bool:
    if holder is None:
        return False
    holder.remove(one)
    return True


def _order(one: Json, holder: list[Any] | None) -> bool:
    if holder is None or holder[-1] is one:
        return False
    place = holder.index(one)
    holder[place], holder[place + 1] = holder[place + 1], holder[place]
    return True


def _flattened(one: Json, holder: list[Any] | None) -> bool:
    if holder is None or "of" not in one:
        return False
    place = holder.index(one)
    holder[place + 1 : place + 1] = one["of"]
    one["of"] = []
    return True


def _renamed(old: str, new: str) -> Fault:
    def fault(one: Json, holder: list[Any] | None) -> bool:
        if old not in one:
            return False
        one[new] = one.pop(old)
        return True

    return fault


def _digit(text: Any) -> Any:
    return re.sub(r"\d", lambda match: str((int(match[0]) + 1) % 10), text, count=1)


def _compare(key: str, change: Callable[[Any], Any]) -> Fault:
    def fault(one: Json, holder: list[Any] | None) -> bool:
        inner = one.get("compare", {})
        return _set(key, change)(inner, None)

    return fault


FAULTS: dict[str, Fault] = {
    "criterion dropped": _dropped,
    "order changed": _order,
    "list flattened": _flattened,
    "operator swapped": _set("op", lambda op: _TURN[op]),
    "count changed": _set("n", lambda n: n + 1),
    "digit changed": _set("text", _digit),
    "word lost": _set("text", lambda text: text.partition(" ")[2]),
    "hyphen changed": _set("text", lambda text: text.replace("–", "-").replace("≥", ">")),
    "space added": _set("text", lambda text: text.replace(" ", "  ", 1)),
    "guard lost": _lose("applies_when"),
    "waiver lost": _lose("unless"),
    "carve-out lost": _lose("except_when"),
    "waiver turned": _renamed("unless", "except_when"),
    "carve-out turned": _renamed("except_when", "unless"),
    "id changed": _set("id", lambda id: id + "x"),
    "strength lost": _lose("strength"),
    "strength changed": _set("strength", lambda strength: "may" if strength != "may" else "must"),
    "code lost": _set("codes", lambda codes: codes[1:]),
    "code changed": _set("codes", lambda codes: [*map(_digit, codes[:1]), *codes[1:]]),
    "partner lost": _lose("with"),
    "pointer lost": _lose("see"),
    "fact changed": _set("fact", lambda fact: fact + ".other"),
    "parameter lost": _set("uses", lambda uses: uses[1:]),
    "comparison turned": _compare("op", lambda op: {">=": ">", "<=": "<", "<": "<=", ">": ">="}[op]),
    "limit changed": _compare("value", lambda value: value + 1 if isinstance(value, int) else "2027-01-01"),
    "other parameter": _compare("parameter", lambda name: name + "-2"),
    "effect flipped": _set("effect", lambda effect: "covered" if effect == "not_covered" else "not_covered"),
    "scope changed": _set("scope", lambda scope: "general" if scope == "specific" else "specific"),
    "service lost": _set("services", lambda services: services[1:]),
    "made incomplete": _set("complete", lambda complete: not complete),
    "override lost": _lose("overrides"),
    "criteria lost": _set("criteria", lambda _: None),
    "rule turned": _set("rule", lambda rule: "report" if rule != "report" else "not_with"),
    "units changed": _set("units", lambda units: units + 1),
    "condition lost": _lose("when"),
    "note lost": _lose("notes"),
    "example lost": _lose("examples"),
    "reference lost": _lose("references"),
    "statement changed": _set("from", lambda _: ["9.9"]),
    "key added": lambda one, _: one.setdefault("unless", {"id": "x", "text": "x"})["id"] == "x",
    "number as text": _set("n", str),
}
