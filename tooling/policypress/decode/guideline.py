"""`guideline.yaml`, the ledger of the source document, and the vignettes."""

from __future__ import annotations

from typing import Any, cast

from policypress import model
from policypress.decode.form import Form, Key, first_line
from policypress.decode.kinds import Choice, Date, Faults, Id, ListOf, Name, Words, describe
from policypress.decode.registers import FormOf
from policypress.decode.vocabulary import Vocabulary
from policypress.form_rules import SHAPE, TOGETHER
from policypress.nodes import Mapping, Scalar, Sequence, YamlNode
from policypress.text import Source, Text

_CHAPTER = Form("A chapter", {
    "title": Key(Words(), "its title", required=True),
    "sections": Key(ListOf(Id("sections")), "its sections in order", required=True),
})  # fmt: skip
_REVISION = Form("A revision", {
    "version": Key(Name(), "the version", required=True),
    "date": Key(Date(), "the day it was published", required=True),
    "summary": Key(Words(), "what changed", required=True),
})  # fmt: skip
_APPROVAL = Form("An approval", {
    "name": Key(Name(), "who", required=True),
    "role": Key(Name(), "in which role", required=True),
    "on": Key(Date(), "the day", required=True),
})  # fmt: skip
_RETIRED = Form("A retired id", {
    "id": Key(Id(), "the id that is gone", required=True),
    "on": Key(Date(), "since when", required=True),
    "successor": Key(Name("ids"), "the id that took its place"),
})  # fmt: skip
GUIDELINE = Form("A guideline", {
    "id": Key(Id(), "its permanent id, the name of its folder", required=True),
    "title": Key(Words(), "its title", required=True),
    "policy_number": Key(Name(), "the number it is filed under"),
    "version": Key(Name(), "its version", required=True),
    "status": Key(
        Choice({"draft": "draft", "final": "final", "retired": "retired"}), "draft, final or retired", required=True
    ),
    "effective": Key(Date(), "the first day it applies", required=True),
    "until": Key(Date(), "the last day it applies"),
    "last_review": Key(Date(), "the day of the last review"),
    "next_review": Key(Date(), "the day the next review is due"),
    "publisher": Key(Name(), "who publishes it"),
    "population": Key(Name(), "whom it is about"),
    "jurisdictions": Key(ListOf(Name()), "where it applies"),
    "lines_of_business": Key(ListOf(Name()), "for which plans it applies"),
    "owner": Key(Name(), "who answers for it"),
    "contact": Key(Name(), "where questions go"),
    "supersedes": Key(Name(), "what it takes the place of"),
    "notice": Key(Words(), "words that every output carries"),
    "checklist": Key(
        Choice({"on": True, "off": False, "true": True, "false": False}), "off: no verdicts on the public site"
    ),
    "approved_by": Key(ListOf(FormOf(_APPROVAL, model.Approval)), "who approved it"),
    "chapters": Key(ListOf(FormOf(_CHAPTER, model.Chapter)), "its sections in order, each listed once", required=True),
    "revisions": Key(ListOf(FormOf(_REVISION, model.Revision)), "its history"),
    "retired": Key(ListOf(FormOf(_RETIRED, model.Retired)), "tombstones of ids that are gone"),
})  # fmt: skip
STATEMENT = Form("A statement", {
    "id": Key(Name(place=True), "its number in the source document", required=True),
    "sha256": Key(Name(), "SHA-256 of its words, NFKC, white space folded", required=True),
    "codes": Key(ListOf(Name("codes", place=True)), "the codes it names"),
    "quantities": Key(ListOf(Name(place=True)), "the amounts it names"),
    "marks": Key(ListOf(Name("marks", place=True)), "its operators, exceptions, negations and hedges"),
    "left_out": Key(Words(), "the reason, where nothing carries it"),
})  # fmt: skip


class Asks:
    """What a case asks: one of section, ruling, node and code."""

    form = Form("asks", {
        "section": Key(Id("sections", target=True), "the verdict of a section"),
        "ruling": Key(Id("ids", target=True), "the verdict of a ruling"),
        "node": Key(Id("ids", target=True), "the verdict of a node"),
        "code": Key(Name("codes"), "the determination for a code"),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> tuple[str, str] | None:
        values = self.form.read_keys(node, faults)
        if values is None:
            return None
        if len(values) != 1:
            faults.add(TOGETHER, "A case asks one thing", node.span, "give one of section, ruling, node and code")
            return None
        ((kind, value),) = values.items()
        return kind, value if isinstance(value, str) else value.value

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {**self.form.schema(vocabulary), "minProperties": 1, "maxProperties": 1}


_PLACED = Name(place=True)


class FactValues:
    """Fact -> what is known of it: met, not_met, a quantity or a date."""

    def read(self, node: YamlNode, faults: Faults) -> dict[str, Text] | None:
        if type(node) is not Mapping:
            faults.add(SHAPE, f"Facts belong here, but there is {describe(node)}", node.span, "write `fact: met` lines")
            return None
        values = {}
        for key, value in node.entries:
            found = _PLACED.read(value, faults)
            if found is not None:
                values[key.value] = cast(Text, found)
        return values

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        answer = vocabulary.schema("answers", {"type": ["string", "number", "boolean"]})
        known = {name: {**answer, "description": words} for name, words in vocabulary.names.get("facts", {}).items()}
        return {"type": "object", "properties": known, "additionalProperties": answer}


VIGNETTE = Form("A vignette", {
    "id": Key(Id(), "its id", required=True),
    "title": Key(Name(), "what it shows"),
    "asks": Key(Asks(), "what it asks", required=True),
    "on": Key(Date(), "the day of service; picks versions and active codes"),
    "facts": Key(FactValues(), "what is known of the case", required=True),
    "expect": Key(
        FormOf(
            Form("expect", {
                "verdict": Key(Name("verdicts"), "the verdict or determination", required=True),
                "deciding": Key(ListOf(Id("targets", target=True)), "the ids that decide"),
                "missing": Key(ListOf(Id("facts", target=True)), "the facts that are missing"),
            }),
            lambda verdict, deciding=None, missing=None: model.Expectation(
                verdict,
                None if deciding is None else tuple(text.value for text in deciding),
                None if missing is None else tuple(text.value for text in missing),
            ),
        ),
        "what must come out",
    ),
})  # fmt: skip


def read_guideline(source: Source, root: YamlNode, faults: Faults) -> model.Guideline | None:
    """Read `guideline.yaml`, without its sections; None where a needed key is missing."""
    values = GUIDELINE.read_keys(root, faults)
    if values is None or any(key.required and name not in values for name, key in GUIDELINE.keys.items()):
        return None
    mapping = cast(Mapping, root)
    spans = {key.value: value.span for key, value in mapping.entries}
    values["id"] = values["id"].value
    return model.Guideline(span=first_line(mapping), source=source, spans=spans, **values)


def read_statements(_: Source, root: YamlNode, faults: Faults) -> tuple[model.Statement, ...]:
    """Read the ledger."""
    if type(root) is not Sequence:
        what = f"A list belongs here, but there is {describe(root)}"
        faults.add(SHAPE, what, root.span, "begin each entry with `- `")
        return ()
    statements = []
    for item in root.items:
        values = STATEMENT.read_keys(item, faults)
        if values and "id" in values and "sha256" in values:
            statements.append(model.Statement(span=values["id"].span, **values))
    return tuple(statements)


def read_vignettes(_: Source, root: YamlNode, faults: Faults) -> tuple[model.Vignette, ...]:
    """Read one case, or a list of them."""
    cases = []
    for item in root.items if type(root) is Sequence else (root,):
        values = VIGNETTE.read_keys(item, faults)
        if values and {"id", "asks", "facts"} <= values.keys():
            span = values["id"].span
            values["id"] = values["id"].value
            spans = {key.value: value.span for key, value in cast(Mapping, item).entries}
            cases.append(model.Vignette(span=span, spans=spans, **values))
    return tuple(cases)


def is_empty(root: YamlNode | None) -> bool:
    """Tell whether a file holds nothing but comments."""
    return root is None or (type(root) is Scalar and not root.value)
