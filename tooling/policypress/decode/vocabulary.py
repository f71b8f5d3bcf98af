"""A library's own words, for the schema that editors read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from policypress.record import record

_NO_NAMES: Mapping[str, Mapping[str, str]] = {}


@record()
class Vocabulary:
    """This library's own words for an editor: value -> what it means, by kind of name."""

    names: Mapping[str, Mapping[str, str]] = _NO_NAMES

    def schema(self, kind: str, *others: dict[str, Any]) -> dict[str, Any]:
        """Return the schema of a name: one of the known ones, or whatever else may stand there."""
        known = [{"$ref": f"#/$defs/known-{kind}"}] if self.names.get(kind) else []
        return {"anyOf": [*known, *others]} if len(known) + len(others) > 1 else others[0]

    def definitions(self) -> dict[str, Any]:
        """Return what the schemas of names point to: each known name with its meaning."""
        return {f"known-{kind}": one_of(words) for kind, words in self.names.items() if words}


def one_of(words: Mapping[str, str]) -> dict[str, Any]:
    """Return the schema of a few words, each with its meaning, as editors show it."""
    return {"enum": list(words), "enumDescriptions": list(words.values())}


# What an editor's YAML, which knows types, makes of a bare text.
BARE: dict[str, Any] = {"type": ["string", "number", "boolean"], "minLength": 1}
