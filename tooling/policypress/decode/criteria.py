"""The criteria tree: groups, criteria, guards and exceptions, each with its id."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from policypress.criteria import Criterion, Group, Node, Op
from policypress.decode.beside import (
    STRENGTH,
    WORDS,
    CitationKind,
    CompareKind,
    NoteKind,
    QueryKind,
    SeeKind,
    Statements,
)  # fmt: skip
from policypress.decode.form import Form, Key, first_line, unknown_key
from policypress.decode.kinds import CodeEntry, Faults, Id, ListOf, Number, Words, describe
from policypress.decode.minting import Minter
from policypress.decode.vocabulary import Vocabulary
from policypress.form_rules import OPERATOR, SHAPE, TOGETHER
from policypress.nodes import Mapping as YamlMapping
from policypress.nodes import Scalar, Sequence, YamlNode
from policypress.text import Text


class NodeKind:
    """A node inside the tree; only its schema is asked for here, `Tree` reads it."""

    def read(self, node: YamlNode, faults: Faults) -> Node | None:
        raise AssertionError("the tree is read by Tree")

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"$ref": "#/$defs/node"}


class AtLeastKind:
    """How many of which members; only its schema is asked for here, `Tree` reads it."""

    form = Form("at_least", {
        "n": Key(Number(whole=True), "how many must be met", required=True),
        "of": Key(ListOf(NodeKind()), "the members", required=True),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> Node | None:
        raise AssertionError("the tree is read by Tree")

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return self.form.schema(vocabulary)


# The order of keys here is the order that `fmt` gives them.
_BEFORE: dict[str, Key] = {
    "id": Key(Id(), "its permanent id; fmt writes it", attribute="written_id"),
    "from": Key(Statements(), "the statements of the source document it carries", attribute="from_"),
    "strength": Key(STRENGTH, "the hedge of the source"),
    "applies_when": Key(NodeKind(), "where this is not met, the node drops out of its group"),
}
_CRITERION: dict[str, Key] = {
    "text": Key(Words(), "one condition, answered met or not met"),
    "fact": Key(Id("facts"), "the name of the question; the same fact is asked once", attribute="fact_name"),
    "compare": Key(CompareKind(), "makes the criterion computable"),
    "see": Key(SeeKind(), "takes the verdict of a section, ruling, node or code"),
    "codes": Key(ListOf(CodeEntry()), "the codes that the text names"),
    "uses": Key(ListOf(Id("parameters")), "the parameters that the text names"),
}
_AFTER: dict[str, Key] = {
    "unless": Key(NodeKind(), "where this is met, the node counts as met"),
    "except_when": Key(NodeKind(), "where this is met, the node counts as not met"),
    "documentation": Key(ListOf(NoteKind()), "what the chart must show"),
    "examples": Key(ListOf(NoteKind()), "examples that are no condition"),
    "notes": Key(ListOf(NoteKind()), "what else a reader should know"),
    "references": Key(ListOf(CitationKind()), "references that stand behind it"),
    "query": Key(QueryKind(), "a doubt put to the author"),
}
_OPERATORS = {"all", "any", "not", "at_least"}
_GUARDS = {"applies_when": "when", "unless": "unless", "except_when": "except"}
_AT_LEAST = AtLeastKind.form
NODE = Form("A criterion", {
    **_BEFORE,
    **_CRITERION,
    "all": Key(ListOf(NodeKind()), "every member must be met"),
    "any": Key(ListOf(NodeKind()), "one member is enough"),
    "not": Key(NodeKind(), "the member must not be met"),
    "at_least": Key(AtLeastKind(), "n of the members must be met"),
    **_AFTER,
})  # fmt: skip


def node_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return the schema of a node, a plain sentence included; `{"$ref": "#/$defs/node"}` points to it."""
    one = [{"required": [name]} for name in ("text", "all", "any", "not", "at_least")]
    return {"anyOf": [Words().schema(vocabulary), {**NODE.schema(vocabulary), "oneOf": one}]}


# Key -> the attribute it fills and how its value is read.
_READERS: dict[str, tuple[str, Callable[[YamlNode, Faults], Any]]] = {
    name: (key.attribute or name, key.kind.read)
    for name, key in {**_BEFORE, **_CRITERION, **_AFTER}.items()
    if name not in _GUARDS
}

_OF_CRITERIA = ("fact_name", *_CRITERION)


class Tree:
    """Reads the nodes of one file; ids that are not written are minted as it goes."""

    def __init__(self, faults: Faults, minter: Minter) -> None:
        self.faults = faults
        self.minter = minter

    def read(self, node: YamlNode, id: str, from_: tuple[str, ...], prefix: str = "") -> Node | None:
        """Read a node. `id` is its own where none is written; its members' ids begin with `prefix` or its id."""
        if type(node) is Scalar:
            text = WORDS.read(node, self.faults)
            if text is None:
                return None
            own = self.minter.take(id)
            return Criterion(id=own, span=node.span, text=text, fact=own, from_=from_)
        if type(node) is not YamlMapping:
            self.faults.add(
                SHAPE, f"A criterion belongs here, but there is {describe(node)}", first_line(cast(Sequence, node)),
                "write a sentence, or a mapping with text, all, any, not or at_least",
            )  # fmt: skip
            return None
        faults = self.faults
        values: dict[str, Any] = {}
        structure: list[tuple[Scalar, YamlNode]] = []
        guards: list[tuple[str, YamlNode]] = []
        known = True
        for key, value in node.entries:
            name = key.value
            if (reader := _READERS.get(name)) is not None:
                if (got := reader[1](value, faults)) is not None:
                    values[reader[0]] = got
                if name == "text":
                    structure.append((key, value))
            elif name in _OPERATORS:
                structure.append((key, value))
            elif name in _GUARDS:
                guards.append((name, value))
            else:
                known = False
                unknown_key(key, NODE.keys, NODE.name, self.faults, node)
        if len(structure) != 1:
            if structure or known:  # an unknown key was meant for the one that is missing
                self._one_operator(node, structure)
            return None
        written: Text | None = values.get("written_id")
        own = written.value if written is not None else self.minter.take(id)
        if from_ := values.get("from_", from_):
            values["from_"] = from_
        for name, value in guards:
            values[name] = self.read(value, f"{own}.{_GUARDS[name]}", from_)
        key, value = structure[0]
        if key.value == "text":
            fact: Text | None = values.pop("fact_name", None)
            if "text" not in values:
                return None
            return Criterion(id=own, span=node.span, fact=fact.value if fact is not None else own, **values)
        if not values.keys().isdisjoint(_OF_CRITERIA):
            self._not_of_groups(node, key.value)
            for name in _OF_CRITERIA:
                values.pop(name, None)
        return self._group(node, key, value, own, prefix or own, from_, values)

    def _group(
        self,
        node: YamlMapping,
        key: Scalar,
        value: YamlNode,
        id: str,
        prefix: str,
        from_: tuple[str, ...],
        values: Mapping[str, Any],
    ) -> Group | None:
        number = 0
        if key.value == "not":
            members = [value]
        else:
            listed: YamlNode | None = value
            if key.value == "at_least":
                number, listed = self._at_least(value)
            if type(listed) is not Sequence:
                if listed is not None:
                    self.faults.add(
                        SHAPE, f"A list belongs below {key.value}, but there is {describe(listed)}", listed.span,
                        "write each member on a line of its own behind `- `",
                    )  # fmt: skip
                return None
            members = listed.items
        names = self.minter.members(prefix, members)
        of = [self.read(member, name, from_) for member, name in zip(members, names, strict=True)]
        return Group(
            id=id, span=node.span, op=cast(Op, key.value), n=number,
            of=tuple([member for member in of if member is not None]), **values,
        )  # fmt: skip

    def _at_least(self, node: YamlNode) -> tuple[int, YamlNode | None]:
        number: int | None = 0
        listed: YamlNode | None = None
        if type(node) is not YamlMapping:
            _AT_LEAST.read_keys(node, self.faults)
            return 0, None
        for key, value in node.entries:
            if key.value == "n":
                number = cast("int | None", Number(whole=True).read(value, self.faults))
            elif key.value == "of":
                listed = value
            else:
                unknown_key(key, _AT_LEAST.keys, "at_least", self.faults, node)
        _AT_LEAST.require(node, self.faults)
        return number or 0, listed

    def _one_operator(self, node: YamlMapping, structure: list[tuple[Scalar, YamlNode]]) -> None:
        if structure:
            names = " and ".join(key.value for key, _ in structure)
            self.faults.add(
                OPERATOR, f"{names} stand together in one criterion", structure[1][0].span,
                "put one inside the other, as a member of its list",
            )  # fmt: skip
        else:
            self.faults.add(
                OPERATOR, "This criterion has no text and no operator", first_line(node),
                "add `text:`, or one of all, any, not, at_least",
            )  # fmt: skip

    def _not_of_groups(self, node: YamlMapping, op: str) -> None:
        for key, _ in node.entries:
            if key.value in _CRITERION:
                self.faults.add(
                    TOGETHER, f"{key.value} belongs to a criterion with a text, not to {op}", key.span,
                    f"move {key.value} to the member it is about",
                )  # fmt: skip
