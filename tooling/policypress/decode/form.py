"""A mapping with known keys: how it is read, and what an editor is told about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from policypress.decode.kinds import Faults, Kind, describe
from policypress.decode.spelling import meant, renamed
from policypress.decode.vocabulary import Vocabulary
from policypress.form_rules import MISSING_KEY, SHAPE, UNKNOWN_KEY
from policypress.nodes import Mapping as YamlMapping
from policypress.nodes import Scalar, Sequence, YamlNode
from policypress.record import record
from policypress.slips import quoted
from policypress.text import Span


@record()
class Key:
    """A key of a form: its kind, what it means, and the attribute of the model it fills."""

    kind: Kind
    doc: str
    required: bool = False
    attribute: str = ""


@record()
class Form:
    """A mapping with known keys. Reading gives the values by attribute; `places` adds where each was written."""

    name: str
    keys: Mapping[str, Key]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Key -> its place in the canonical order, which is the order it is defined in."""
        return {name: place for place, name in enumerate(self.keys)}

    def read_keys(self, node: YamlNode, faults: Faults) -> dict[str, Any] | None:
        """Return attribute -> value of the keys that could be read, or None where no mapping stands."""
        if type(node) is not YamlMapping:
            faults.add(
                SHAPE, f"The keys of {self.name} belong here, but there is {describe(node)}", node.span,
                "write " + ", ".join(f"{key}: …" for key, known in self.keys.items() if known.required),
            )  # fmt: skip
            return None
        values: dict[str, Any] = {}
        for key, value in node.entries:
            reader = self._readers.get(key.value)
            if reader is None:
                unknown_key(key, self.keys, self.name, faults, node)
            elif (read := reader[1](value, faults)) is not None:
                values[reader[0]] = read
        if not values.keys() >= self._required:
            self.require(node, faults)
        return values

    @cached_property
    def _readers(self) -> Mapping[str, tuple[str, Callable[[YamlNode, Faults], Any]]]:
        """Key -> the attribute it fills and how its value is read."""
        return {name: (key.attribute or name, key.kind.read) for name, key in self.keys.items()}

    @cached_property
    def _required(self) -> frozenset[str]:
        return frozenset([key.attribute or name for name, key in self.keys.items() if key.required])

    def require(self, node: YamlMapping, faults: Faults) -> None:
        """Report each needed key that is not there."""
        written = {key.value for key, _ in node.entries}
        for name, key in self.keys.items():
            if key.required and name not in written:
                faults.add(
                    MISSING_KEY, f"{self.name} has no {name}", first_line(node), f"add `{name}:` ({key.doc})"
                )

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        """Return the JSON Schema of the mapping."""
        return {
            "title": self.name,
            "type": "object",
            "additionalProperties": False,
            "required": [name for name, key in self.keys.items() if key.required],
            "properties": {
                name: {**key.kind.schema(vocabulary), "description": key.doc} for name, key in self.keys.items()
            },
        }


def unknown_key(key: Scalar, known: Mapping[str, Any], where: str, faults: Faults, node: YamlMapping) -> None:
    """Report a key that is not read, with the one that was probably meant."""
    few = len(faults.findings) < 100  # guessing is slow; so much is no slip
    near = meant(key.value, known) if few else ""
    if not near and (" " in key.value or key.value[:1].isupper()):  # a sentence with a colon in it
        line = key.source.line(key.span.begin.line)
        near = f"if it is a sentence, put it in quotes: {quoted(line)}"
    faults.add(
        UNKNOWN_KEY, f"{where} has no key {key.value}", key.span,
        near or "take it out, or use one of: " + ", ".join(known),
        edits=renamed(key, known.keys() - {other.value for other, _ in node.entries}) if few else (),
    )  # fmt: skip


def first_line(node: YamlMapping | Sequence) -> Span:
    """Return the first key or item of a node: a short place to point at."""
    if isinstance(node, YamlMapping) and node.entries:
        return node.entries[0][0].span
    return Span(node.source, node.start, min(node.start + 1, node.end))
