"""A section file: its rulings (or the short form for one), its coding rules, and what stands beside them."""

from __future__ import annotations

from collections.abc import Mapping as Map
from typing import Any, cast

from policypress.criteria import Node
from policypress.decode.beside import STRENGTH, CitationKind, NoteKind, QueryKind, Statements
from policypress.decode.criteria import NodeKind, Tree
from policypress.decode.form import Form, Key, first_line
from policypress.decode.kinds import Choice, CodeEntry, Faults, Id, ListOf, Name, Number, Words, describe
from policypress.decode.minting import Minter
from policypress.decode.vocabulary import Vocabulary
from policypress.form_rules import SHAPE, TOGETHER
from policypress.model import CodeClass, CodingRule, Effect, Ruling, Section
from policypress.nodes import Mapping, Sequence, YamlNode
from policypress.record import record
from policypress.text import Source, Text

RULES = {
    "report": "report these codes",
    "report_with": "report these codes together with others",
    "may_report_with": "these codes may be reported beside others",
    "report_instead_of": "report these codes in place of others",
    "not_with": "do not report these codes with others",
    "not_for": "do not report these codes for others",
    "units_per_encounter": "at most so many units in one encounter",
    "document": "what must be documented for these codes",
    "needs_authorization": "these codes need prior authorization",
}


class ClassKind:
    """Codes named by what they are."""

    form = Form("class", {
        "system": Key(Name(), "CPT, HCPCS or ICD-10-CM"),
        "modality": Key(Name("modalities"), "the modality of the register"),
        "role": Key(Name("roles"), "diagnostic, guidance, rendering, procedure or unlisted"),
        "region": Key(Name(), "the region of the body"),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> CodeClass | None:
        values = self.form.read_keys(node, faults)
        return CodeClass(node.span, **values) if values else None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {**self.form.schema(vocabulary), "minProperties": 1}


_CODES = ListOf(CodeEntry())


class CodesOrClass:
    """A list of codes, or a class of them."""

    form = Form("class", {**ClassKind.form.keys, "class": Key(ClassKind(), "the class, spelled out")})

    def read(self, node: YamlNode, faults: Faults) -> Any:
        if type(node) is Mapping:
            # `with: {class: {…}}` says the same as `with: {…}`.
            inner = [value for key, value in node.entries if key.value == "class"]
            return ClassKind().read(inner[0] if len(inner) == len(node.entries) == 1 else node, faults)
        return _CODES.read(node, faults)

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        named = ClassKind().schema(vocabulary)
        spelled = {
            "type": "object", "properties": {"class": named}, "required": ["class"], "additionalProperties": False
        }  # fmt: skip
        return {"anyOf": [ListOf(CodeEntry()).schema(vocabulary), named, spelled]}


_RULING_KEYS: dict[str, Key] = {
    "effect": Key(
        Choice({"covered": "covered", "not_covered": "not_covered"}), "what follows when the criteria are met"
    ),
    "strength": Key(STRENGTH, "the hedge of the source; must by default"),
    "scope": Key(
        Choice({"specific": "specific", "general": "general"}), "general: must hold beside every specific ruling"
    ),
    "codes": Key(ListOf(CodeEntry()), "the codes it is about"),
    "services": Key(ListOf(Name("modalities", place=True)), "the modalities it is about"),
    "overrides": Key(ListOf(Id("targets", target=True)), "sections or rulings that it replaces where it applies"),
    "complete": Key(Choice({"true": True, "false": False}), "false: the source lost or withheld part of it"),
    "criteria": Key(NodeKind(), "the criteria"),
}
RULING = Form("A ruling", {
    "id": Key(Id(), "its permanent id", attribute="written_id"),
    **{name: key for name, key in _RULING_KEYS.items() if name != "criteria"},
    "from": Key(Statements(), "the statements it carries", attribute="from_"),
    "criteria": _RULING_KEYS["criteria"],
    "notes": Key(ListOf(NoteKind()), "what else a reader should know"),
    "query": Key(QueryKind(), "a doubt put to the author"),
})  # fmt: skip
CODING_RULE = Form("A coding rule", {
    "id": Key(Id(), "its permanent id", attribute="written_id"),
    "rule": Key(Choice({rule: rule for rule in RULES}, RULES), "what kind of rule it is", required=True),
    "codes": Key(ListOf(CodeEntry()), "the codes it is about"),
    "class": Key(ClassKind(), "or the class of codes it is about", attribute="class_"),
    "with": Key(CodesOrClass(), "the other codes", attribute="with_"),
    "instead_of": Key(CodesOrClass(), "the codes it takes the place of"),
    "for": Key(CodesOrClass(), "what the codes are not reported for", attribute="for_"),
    "units": Key(Number(whole=True), "how many units"),
    "when": Key(NodeKind(), "the condition under which it binds"),
    "strength": Key(STRENGTH, "the hedge of the source"),
    "from": Key(Statements(), "the statements it carries", attribute="from_"),
    "text": Key(Words(), "the rule in words"),
    "uses": Key(ListOf(Id("parameters")), "the parameters that the text names"),
    "notes": Key(ListOf(NoteKind()), "what else a reader should know"),
    "query": Key(QueryKind(), "a doubt put to the author"),
})  # fmt: skip


_NOTHING_MORE: Map[str, Any] = {}


@record()
class FormList:
    """A list of mappings that the section reader takes apart itself."""

    form: Form
    extra: Map[str, Any] = _NOTHING_MORE  # what the schema says beyond the form

    def read(self, node: YamlNode, faults: Faults) -> Sequence | None:
        if type(node) is Sequence:
            return node
        faults.add(
            SHAPE, f"A list belongs here, but there is {describe(node)}", node.span, "begin each entry with `- `"
        )
        return None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"type": "array", "items": {**self.form.schema(vocabulary), **self.extra}}


SECTION = Form("A section", {
    "id": Key(Id(), "its permanent id", required=True, attribute="written_id"),
    "title": Key(Words("terms"), "its title", required=True),
    "from": Key(Statements(), "the statements it carries; inherited downwards", attribute="from_"),
    "intro": Key(Words(), "words before the criteria; they never name an operator"),
    "query": Key(QueryKind(), "a doubt put to the author"),
    **_RULING_KEYS,
    "rulings": Key(FormList(RULING, {"required": ["effect"]}), "several rulings, in place of the short form"),
    "coding_rules": Key(
        FormList(CODING_RULE, {"oneOf": [{"required": ["codes"]}, {"required": ["class"]}]}),
        "rules that bind the claim",
    ),
    "documentation": Key(ListOf(NoteKind()), "what the chart must show"),
    "examples": Key(ListOf(NoteKind()), "examples that are no condition"),
    "notes": Key(ListOf(NoteKind()), "what else a reader should know"),
    "references": Key(ListOf(CitationKind()), "references that stand behind it"),
})  # fmt: skip


class _Raw:
    """Keeps a node for the reader that knows its surroundings (ids, statements)."""

    def read(self, node: YamlNode, faults: Faults) -> YamlNode:
        return node

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        raise AssertionError


def _with_raw(form: Form, *names: str) -> Form:
    """The same form for reading, with the nodes of the tree left as they are."""
    keys = {
        name: Key(_Raw(), key.doc, key.required, key.attribute) if name in names else key
        for name, key in form.keys.items()
    }
    return Form(form.name, keys)


_SECTION = _with_raw(SECTION, "criteria")
_RULING = _with_raw(RULING, "criteria")
_CODING_RULE = _with_raw(CODING_RULE, "when")


def read_section(source: Source, root: YamlNode, faults: Faults, retired: tuple[str, ...] = ()) -> Section | None:
    """Read a section file; None where it has no usable id or title."""
    values = _SECTION.read_keys(root, faults)
    if values is None or "written_id" not in values or "title" not in values:
        return None
    return _SectionReader(source, cast(Mapping, root), faults, retired).read(values)


class _SectionReader:
    def __init__(self, source: Source, root: Mapping, faults: Faults, retired: tuple[str, ...]) -> None:
        self.source = source
        self.root = root
        self.faults = faults
        self.minter = Minter(root, retired)
        self.tree = Tree(faults, self.minter)

    def read(self, values: dict[str, Any]) -> Section:
        written: Text = values["written_id"]
        id = written.value
        from_ = values.setdefault("from_", ())
        short = {name: values.pop(name) for name in _RULING_KEYS if name in values}
        listed: Sequence | None = values.pop("rulings", None)
        rules: Sequence | None = values.pop("coding_rules", None)
        keys = {key.value: key for key, _ in self.root.entries}
        if short and listed is not None:
            self.faults.add(
                TOGETHER, f"{next(iter(short))} stands beside rulings", keys[next(iter(short))].span,
                "move it into one of the rulings",
            )  # fmt: skip
        is_short = listed is None and bool(short)
        rulings = []
        if listed is not None:
            names = self.minter.members(f"{id}.ruling", listed.items)
            for item, name in zip(listed.items, names, strict=True):
                if (ruling := self.ruling(item, name, from_)) is not None:
                    rulings.append(ruling)
        elif short:
            root_id = f"{id}.criteria"
            made = self._ruling(self.root, dict(short), self.minter.take(f"{id}.ruling"), id, root_id, from_)
            if made is not None:
                rulings.append(made)
        coding_rules = []
        if rules is not None:
            names = self.minter.members(f"{id}.rule", rules.items)
            for item, name in zip(rules.items, names, strict=True):
                if (rule := self.coding_rule(item, name, from_)) is not None:
                    coding_rules.append(rule)
        return Section(
            id=id, span=self.root.span, source=self.source, rulings=tuple(rulings), coding_rules=tuple(coding_rules),
            short=is_short, **values,
        )  # fmt: skip

    def ruling(self, node: YamlNode, name: str, from_: tuple[str, ...]) -> Ruling | None:
        values = _RULING.read_keys(node, self.faults)
        if values is None:
            return None
        written: Text | None = values.get("written_id")
        id = written.value if written is not None else self.minter.take(name)
        return self._ruling(cast(Mapping, node), values, id, id, f"{id}.criteria", values.pop("from_", from_))

    def _ruling(
        self, node: Mapping, values: dict[str, Any], id: str, prefix: str, root_id: str, from_: tuple[str, ...]
    ) -> Ruling | None:
        raw: YamlNode | None = values.pop("criteria", None)
        if "effect" not in values:
            if all(key.value != "effect" for key, _ in node.entries):
                self.faults.add(
                    TOGETHER, "A ruling has no effect", first_line(node),
                    "add `effect: covered` or `effect: not_covered`",
                )  # fmt: skip
            effect: Effect = "covered"
        else:
            effect = values.pop("effect")
        criteria: Node | None = None
        if raw is not None:
            plain = type(raw) is not Mapping or any(key.value == "text" for key, _ in raw.entries)
            name = self.minter.members(prefix, [raw])[0] if plain else root_id
            criteria = self.tree.read(raw, name, from_, prefix)
        elif values.get("complete", True):
            self.faults.add(
                TOGETHER, "A ruling has no criteria", first_line(node),
                "add `criteria:`, or `complete: false` where the source lost them",
            )  # fmt: skip
        return Ruling(id=id, span=node.span, effect=effect, criteria=criteria, from_=from_, **values)

    def coding_rule(self, node: YamlNode, name: str, from_: tuple[str, ...]) -> CodingRule | None:
        values = _CODING_RULE.read_keys(node, self.faults)
        if values is None or "rule" not in values:
            return None
        written: Text | None = values.get("written_id")
        id = written.value if written is not None else self.minter.take(name)
        from_ = values.pop("from_", from_)
        raw: YamlNode | None = values.pop("when", None)
        when = None if raw is None else self.tree.read(raw, f"{id}.when", from_)
        mapping = cast(Mapping, node)
        if ("codes" in values) == ("class_" in values):
            keys = {key.value for key, _ in mapping.entries}
            if not keys & {"codes", "class"} or {"codes", "class"} <= keys:
                self.faults.add(
                    TOGETHER, "A coding rule is about either codes or a class of codes", first_line(mapping),
                    "give one of codes and class",
                )  # fmt: skip
        if values["rule"] == "units_per_encounter" and all(key.value != "units" for key, _ in mapping.entries):
            self.faults.add(
                TOGETHER, "units_per_encounter has no units", first_line(mapping), "add `units:` with the number"
            )
        return CodingRule(id=id, span=node.span, from_=from_, when=when, **values)
