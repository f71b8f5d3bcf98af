"""The small parts that the schema of the export is put together from."""

from __future__ import annotations

from typing import Any

from policypress.codes import CPT, HCPCS, ICD
from policypress.decode import kinds

Json = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_ID = kinds.ID.pattern
ONE_CODE = f"(?:{CPT}|{HCPCS}|{ICD})"
TEXT: Json = {"type": "string", "minLength": 1}
WORDS: Json = {"type": "string"}
ID: Json = {"type": "string", "pattern": f"^{_ID}$"}
TARGET: Json = {"type": "string", "pattern": f"^{_ID}(?:/{_ID})?$"}
CODE: Json = {"type": "string", "pattern": f"^{ONE_CODE}(?:-[0-9A-Z]{{2}})*$"}
DATE: Json = {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
SHA256: Json = {"type": "string", "pattern": "^[0-9a-f]{64}$"}
NODE: Json = {"$ref": "#/$defs/node"}
STRENGTH: Json = {"enum": ["must", "should", "may", "generally"]}
SYSTEM: Json = {"enum": ["CPT", "HCPCS", "ICD-10-CM"]}


def said(schema: Json, words: str) -> Json:
    """Return a schema with what it means."""
    return {**schema, "description": words}


def list_of(of: Json, words: str) -> Json:
    """Return the schema of a list."""
    return {"type": "array", "items": of, "description": words}


def mapping(words: str, required: Json, optional: Json | None = None) -> Json:
    """Return the schema of a mapping with known keys."""
    return {
        "type": "object",
        "description": words,
        "properties": {**required, **(optional or {})},
        "required": list(required),
        "additionalProperties": False,
    }


def by_key(pattern: str, of: Json, words: str = "") -> Json:
    """Return the schema of a mapping from names of a pattern to values of one kind."""
    schema = {"type": "object", "additionalProperties": of, "propertyNames": {"pattern": pattern}}
    return said(schema, words) if words else schema
