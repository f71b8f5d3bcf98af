"""What stands beside a criterion: statements, queries, notes, citations, pointers and comparisons."""

from __future__ import annotations

from typing import Any, cast

from policypress.criteria import Answer, Citation, Compare, Note, Query, See
from policypress.decode.form import Form, Key, first_line
from policypress.decode.kinds import Choice, CodeEntry, Date, Faults, Id, ListOf, Name, Words
from policypress.decode.vocabulary import Vocabulary
from policypress.form_rules import TOGETHER
from policypress.nodes import Mapping as YamlMapping
from policypress.nodes import Scalar, YamlNode

STRENGTH = Choice(
    {"must": "must", "should": "should", "may": "may", "generally": "generally"},
    {
        "must": "a firm requirement (the default of a ruling)",
        "should": "recommended",
        "may": "permitted",
        "generally": "usual, not invariable",
    },
)


WORDS = Words()
_NAMES = ListOf(Name(), single=True)
_ONE = {"minProperties": 1, "maxProperties": 1}


class Statements:
    """`from`: one statement of the source document, or a list of them."""

    def read(self, node: YamlNode, faults: Faults) -> tuple[str, ...] | None:
        return cast("tuple[str, ...] | None", _NAMES.read(node, faults))

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return ListOf(Name("statements"), single=True).schema(vocabulary)


class _Answered:
    """How a query was settled."""

    form = Form("answered", {
        "by": Key(Name(), "who answered", required=True),
        "on": Key(Date(), "the day of the answer", required=True),
        "text": Key(Words(), "the answer", required=True),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> Answer | None:
        values = self.form.read_keys(node, faults)
        return Answer(**values) if values and len(values) == 3 else None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return self.form.schema(vocabulary)


class QueryKind:
    """An author query: a text, or a mapping with what it covers and how it was answered."""

    form = Form("a query", {
        "text": Key(Words(), "the doubt, as a question to the author", required=True),
        "covers": Key(ListOf(Name("rules"), single=True), "ids of the rules whose findings it states"),
        "from": Key(Statements(), "the statements it is about", attribute="from_"),
        "answered": Key(_Answered(), "how it was settled"),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> Query | None:
        if type(node) is Scalar:
            text = WORDS.read(node, faults)
            return None if text is None else Query(text)
        values = self.form.read_keys(node, faults)
        return Query(**values) if values and "text" in values else None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"anyOf": [Words().schema(vocabulary), self.form.schema(vocabulary)]}


class NoteKind:
    """A sentence beside the criteria: a text, or a mapping with its codes, parameters and statements."""

    form = Form("a note", {
        "text": Key(Words(), "the sentence", required=True),
        "codes": Key(ListOf(CodeEntry()), "the codes that the sentence names"),
        "uses": Key(ListOf(Id("parameters")), "the parameters that the sentence names"),
        "query": Key(QueryKind(), "a doubt about it"),
        "from": Key(Statements(), "the statements it carries", attribute="from_"),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> Note | None:
        if type(node) is Scalar:
            text = WORDS.read(node, faults)
            return None if text is None else Note(text)
        values = self.form.read_keys(node, faults)
        return Note(**values) if values and "text" in values else None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"anyOf": [Words().schema(vocabulary), self.form.schema(vocabulary)]}


class CitationKind:
    """A cited reference: its id, or a mapping with the place in it."""

    form = Form("a citation", {
        "id": Key(Id("references"), "an entry of references.yaml", required=True),
        "locator": Key(Name(), "the page or section"),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> Citation | None:
        if type(node) is Scalar:
            cited = Id("references").read(node, faults)
            return None if cited is None else Citation(cited)
        values = self.form.read_keys(node, faults)
        return Citation(**values) if values and "id" in values else None

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"anyOf": [Id("references").schema(vocabulary), self.form.schema(vocabulary)]}


class SeeKind:
    """A pointer: an id, `guideline/id`, `{code: …}` or `{external: "…"}`."""

    form = Form("see", {
        "code": Key(Name("codes"), "the determination for a code"),
        "external": Key(Name(), "guidance outside this library, by its name"),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> See | None:
        if type(node) is Scalar:
            target = Id(target=True).read(node, faults)
            return None if target is None else See(target.span, target=target.value)
        values = self.form.read_keys(node, faults)
        if values is None:
            return None
        if len(values) != 1:
            faults.add(TOGETHER, "see has not one target", node.span, "give one of an id, code or external")
            return None
        return See(node.span, **values)

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        return {"anyOf": [Id("targets", target=True).schema(vocabulary), self.form.schema(vocabulary) | _ONE]}


class CompareKind:
    """A measurable condition."""

    form = Form("compare", {
        "fact": Key(Id("facts"), "the measured fact", required=True),
        "op": Key(Choice({sign: sign for sign in ("<", "<=", ">", ">=", "=", "!=")}), "the comparison", required=True),
        "parameter": Key(Id("parameters"), "the parameter it is compared with"),
        "value": Key(Name(place=True), "the number it is compared with, in place of a parameter"),
        "unit": Key(Name(), "the UCUM unit of value"),
    })  # fmt: skip

    def read(self, node: YamlNode, faults: Faults) -> Compare | None:
        values = self.form.read_keys(node, faults)
        if values is None or "fact" not in values or "op" not in values:
            return None
        if ("parameter" in values) == ("value" in values):
            faults.add(
                TOGETHER, "compare needs one thing to compare with", first_line(cast(YamlMapping, node)),
                "give either parameter, or value with unit",
            )  # fmt: skip
            return None
        return Compare(span=node.span, **values)

    def schema(self, vocabulary: Vocabulary) -> dict[str, Any]:
        either = [{"required": ["parameter"]}, {"required": ["value"]}]
        return {**self.form.schema(vocabulary), "oneOf": either}
