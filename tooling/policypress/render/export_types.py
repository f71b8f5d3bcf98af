"""The published schema as TypeScript types, so that a compiler knows every key of the export."""

from __future__ import annotations

import json
from collections.abc import Iterator

from policypress.render.export_schema import consumer_schema
from policypress.render.schema_parts import Json
from policypress.version import SCHEMA_VERSION

_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}


def types() -> str:
    """Return `types.d.ts`. Of later minor versions the objects hold more keys, which TypeScript lets pass."""
    schema = consumer_schema()
    lines = [f"/* The export of a guideline, schema version {SCHEMA_VERSION}. */", ""]
    for name, part in {"policy": schema, **schema["$defs"]}.items():
        lines += _comment(part, "")
        if "properties" in part:
            lines += [f"export interface {_name(name)} {_object(part, '')}", ""]
        else:
            lines += [f"export type {_name(name)} = {_type(part, '')};", ""]
    return "\n".join(lines)


def _object(schema: Json, indent: str) -> str:
    inner = indent + "  "
    lines = ["{"]
    for key, part in schema["properties"].items():
        lines += _comment(part, inner)
        optional = "" if key in schema.get("required", ()) else "?"
        lines.append(f"{inner}{key if key.isidentifier() else json.dumps(key)}{optional}: {_type(part, inner)};")
    return "\n".join([*lines, indent + "}"])


def _type(schema: Json, indent: str) -> str:
    for choice in ("anyOf", "oneOf"):
        if choice in schema and "properties" not in schema:
            return " | ".join(_type(one, indent) for one in schema[choice])
    if "$ref" in schema:
        return _name(schema["$ref"].rpartition("/")[2])
    if "enum" in schema:
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in schema["enum"])
    if "const" in schema:
        return json.dumps(schema["const"])
    if "properties" in schema:
        return _object(schema, indent)
    kind = schema["type"]
    if kind == "array":
        inner = _type(schema["items"], indent)
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    if kind == "object":
        return f"Record<string, {_type(schema['additionalProperties'], indent)}>"
    return " | ".join(_PLAIN[one] for one in ([kind] if isinstance(kind, str) else kind))


def _comment(schema: Json, indent: str) -> Iterator[str]:
    words = schema.get("description") or schema.get("title")
    if words:
        yield f"{indent}/** {words} */"


def _name(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))
