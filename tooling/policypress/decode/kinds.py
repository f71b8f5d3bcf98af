"""What a value may be: how it is read, and what an editor is told about it."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from typing import Any, Protocol

from policypress import codes
from policypress.criteria import CodeUse
from policypress.decode.spelling import Edits, as_date, as_id, meant, renamed, respelled
from policypress.decode.vocabulary import BARE, Vocabulary, one_of
from policypress.finding import Finding, Label, Rule
from policypress.form_rules import BAD_CODE, BAD_ID, SHAPE, VALUE
from policypress.nodes import Mapping as YamlMapping
from policypress.nodes import Scalar, Sequence, YamlNode, refuse_comment
from policypress.pattern import pattern
from policypress.record import quick, record
from policypress.slips import quoted
from policypress.text import Span, Text, new_text

_MOST = 5_000  # faults of one file; nobody reads more
ID = pattern(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_TARGET = pattern(rf"{ID.pattern}(?:/{ID.pattern})?")
_DATE = pattern(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SINGLE = pattern(r"[\w./-]+")
_NUMBER = pattern(r"-?[0-9]+(?:\.[0-9]+)?")
_new_code_use = quick(CodeUse)


class Faults:
    """Collects findings while one file is read."""

    __slots__ = ("findings",)

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def add(self, rule: Rule, message: str, span: Span, help: str, *related: Label, edits: Edits = ()) -> None:
        if len(self.findings) < _MOST:
            self.findings.append(Finding(rule, message, span, help, related, edits))
        elif len(self.findings) == _MOST:
            more = "From here on, what else is wrong in this file is not told"
            self.findings.append(Finding(rule, f"{message}. {more}", span, help, related))


class Kind(Protocol):
    """A kind of value. `read` returns None after it has reported a fault."""

    def read(self, node: YamlNode, faults: Faults) -> Any: ...

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]: ...


def describe(node: YamlNode) -> str:
    """Name what stands at a node, for a message."""
    if isinstance(node, YamlMapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    return f"“{node.value}”" if node.value else "nothing"


def scalar(node: YamlNode, faults: Faults, wanted: str) -> Scalar | None:
    """Return the node as a text that is not empty, or report what is wanted."""
    if type(node) is Scalar and node.value and not node.value.isspace():
        return node
    help = f"write {wanted.lower()}"
    place = node.span.finish
    if type(node) is Scalar and node.source.line(place.line)[place.column - 1 :].lstrip().startswith("#"):
        line = quoted(node.source.line(place.line))
        help = f"a number sign begins a comment; as part of a text it needs quotes: {line}"
    faults.add(SHAPE, f"{wanted} belongs here, but there is {describe(node)}", node.span, help)
    return None


@record()
class Words:
    """A text for people. `known` names the vocabulary an editor offers."""

    known: str = ""

    def read(self, node: YamlNode, faults: Faults) -> Text | None:
        if type(node) is Scalar and node.style == "" and node.value and not (node.commented or node.flow):
            return new_text((node.value, node.source, node.start, node.end))
        found = scalar(node, faults, "A text")
        if found is None:
            return None
        if (found.commented or found.flow) and found.style == "":
            if found.commented and " " not in found.value:
                refuse_comment(faults.findings, found)
            if found.flow and " " in found.value:
                refuse_flow(faults, found)
        return Text(found.value, found.source, found.start, found.end)

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return vocabulary.schema(self.known, BARE)


def refuse_flow(faults: Faults, text: Scalar) -> None:
    """Report a sentence without quotes inside brackets."""
    from policypress.reading import FLOW

    faults.add(
        FLOW, "A sentence stands in brackets without quotes; a comma would split it", text.span,
        "write each on a line of its own behind `- `, or put it in quotes",
    )  # fmt: skip


@record()
class Name:
    """A short value that is no sentence. `known` names the vocabulary an editor offers."""

    known: str = ""
    place: bool = False  # keep where it was written

    def read(self, node: YamlNode, faults: Faults) -> Text | str | None:
        if type(node) is Scalar and node.style == "" and node.value and not node.flow:
            return new_text((node.value, node.source, node.start, node.end)) if self.place else node.value
        found = scalar(node, faults, "A short text")
        if found is None:
            return None
        if found.flow and found.style == "" and found.value.count(" ") > 2:
            refuse_flow(faults, found)
        return Text(found.value, found.source, found.start, found.end) if self.place else found.value

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return vocabulary.schema(self.known, BARE)


@record()
class Id:
    """An id. With `target` also `guideline/id`. `known` names the vocabulary an editor offers."""

    known: str = ""
    target: bool = False

    def read(self, node: YamlNode, faults: Faults) -> Text | None:
        if type(node) is Scalar and (_TARGET if self.target else ID).fullmatch(node.value) is not None:
            return new_text((node.value, node.source, node.start, node.end))
        found = scalar(node, faults, "An id")
        if found is not None:
            faults.add(
                BAD_ID, f"“{found.value}” is not written as an id", found.span,
                "use small letters and digits, joined by single dots or hyphens, such as pet-mri.2",
                edits=respelled(found, as_id(found.value), _TARGET if self.target else ID),
            )  # fmt: skip
        return None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        one = ID.pattern
        pattern = f"^{one}(?:/{one})?$" if self.target else f"^{one}$"
        return vocabulary.schema(self.known, {"type": "string", "pattern": pattern}, {"type": "number", "minimum": 0})


class Date:
    """A day, as YYYY-MM-DD."""

    def read(self, node: YamlNode, faults: Faults) -> str | None:
        found = scalar(node, faults, "A date")
        if found is None:
            return None
        try:
            if not _DATE.fullmatch(found.value):
                raise ValueError
            datetime.date.fromisoformat(found.value)
        except ValueError:
            faults.add(
                VALUE, f"“{found.value}” is not a date of the calendar", found.span,
                "write it as year-month-day, such as 2026-01-31", edits=respelled(found, as_date(found.value), _DATE),
            )  # fmt: skip
            return None
        return found.value

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


@record()
class Number:
    """A number; it stays the text that was typed. `whole` takes counts from 1 up and returns an int."""

    whole: bool = False

    def read(self, node: YamlNode, faults: Faults) -> int | str | Text | None:
        found = scalar(node, faults, "A number")
        if found is None:
            return None
        if self.whole:
            if re.fullmatch(r"[0-9]{1,4}", found.value, re.ASCII) and int(found.value) > 0:
                return int(found.value)
        elif _NUMBER.fullmatch(found.value):
            return found.value
        wanted = "a whole number from 1 up" if self.whole else "a number with a point for decimals"
        faults.add(VALUE, f"“{found.value}” is not {wanted}", found.span, f"write {wanted}")
        return None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        if self.whole:
            return {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "string", "pattern": "^0*[1-9][0-9]{0,3}$"}]}
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": f"^{_NUMBER.pattern}$"}]}


_NO_DOCS: Mapping[str, str] = {}


@record()
class Choice:
    """One of a few words; `words` maps each to the value it stands for."""

    words: Mapping[str, Any]
    docs: Mapping[str, str] = _NO_DOCS

    def read(self, node: YamlNode, faults: Faults) -> Any:
        if type(node) is Scalar and node.value in self.words:
            return self.words[node.value]
        found = scalar(node, faults, "One of " + ", ".join(self.words))
        if found is not None:
            faults.add(
                VALUE, f"“{found.value}” may not stand here", found.span,
                meant(found.value, self.words) or "write one of " + ", ".join(self.words),
                edits=renamed(found, self.words),
            )  # fmt: skip
        return None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        if set(self.words) <= {"on", "off", "true", "false"}:  # an editor's YAML takes these for booleans
            return {"anyOf": [{"type": "boolean"}, {"enum": list(self.words)}]}
        return one_of({word: self.docs.get(word, word) for word in self.words})


@record()
class ListOf:
    """A list. With `single`, one value may stand without the list."""

    kind: Kind
    single: bool = False

    def read(self, node: YamlNode, faults: Faults) -> tuple[Any, ...] | None:
        if type(node) is not Sequence:
            if self.single:
                one = self.kind.read(node, faults)
                return None if one is None else (one,)
            faults.add(
                SHAPE, f"A list belongs here, but there is {describe(node)}", node.span,
                "write each entry on a line of its own behind `- `",
                edits=respelled(node, f"[{node.span.raw}]") if type(node) is Scalar and _alone(node) else (),
            )  # fmt: skip
            return None
        read = self.kind.read
        return tuple([value for item in node.items if (value := read(item, faults)) is not None])

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        of = self.kind.schema(vocabulary)
        listed = {"type": "array", "items": of}
        return {"anyOf": [of, listed]} if self.single else listed


class CodeEntry:
    """A code of a list, with modifiers; or a range."""

    def read(self, node: YamlNode, faults: Faults) -> CodeUse | None:
        found = scalar(node, faults, "A code")
        if found is None:
            return None
        parts = codes.entry(found.value)
        if parts is None:
            faults.add(
                BAD_CODE, f"“{found.value}” is not written as a code", found.span,
                "write a CPT, HCPCS or ICD-10-CM code such as 78815, 0042T, G0235 or C71.9",
                edits=respelled(found, codes.respelled(found.value), codes.ENTRY),
            )  # fmt: skip
            return None
        code, modifiers, last = parts
        if last and not codes.same_family(code, last):
            faults.add(
                BAD_CODE, f"{code} and {last} do not bound a range of one family", found.span,
                "write a range from the lower to the higher code of one system, or list the codes",
            )  # fmt: skip
            return None
        text = new_text((found.value, found.source, found.start, found.end))
        return _new_code_use((code, text, modifiers, last))

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        # Typed bare, a code of five digits is a number for an editor.
        return vocabulary.schema(
            "codes", {"type": "string", "pattern": f"^(?:{_bare(codes.ENTRY.pattern)})$"},
            {"type": "integer", "minimum": 0, "maximum": 99999},
        )  # fmt: skip


def _bare(pattern: str) -> str:
    # JSON Schema's regular expressions have no Python-style named groups.
    return re.sub(r"\?P<\w+>", "?:", pattern)


def _alone(node: Scalar) -> bool:
    """Tell whether a text can stand in brackets as it was typed."""
    return node.style in ("'", '"') or (node.style == "" and _SINGLE.fullmatch(node.value) is not None)
