"""The registers: lists of codes, parameters, facts, terms, exclusive sets and references."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from policypress.codes import system_of
from policypress.criteria import CodeUse
from policypress.decode.form import Form, Key
from policypress.decode.kinds import Choice, CodeEntry, Date, Faults, Id, ListOf, Name, Number, Words, describe
from policypress.form_rules import BAD_CODE, SHAPE, VALUE
from policypress.nodes import Mapping as YamlMapping
from policypress.nodes import Sequence, YamlNode
from policypress.record import record
from policypress.registers import Active, Code, Exclusive, Fact, Parameter, Reference, Term, Verified
from policypress.text import Source

ROLES = {
    "diagnostic": "an examination with a report of its own",
    "guidance": "imaging that guides a procedure",
    "rendering": "post-processing of images",
    "procedure": "a procedure, not imaging",
    "unlisted": "the family's code for what has none of its own",
}


@record()
class FormOf:
    """A mapping of known keys, made into a value of the model."""

    form: Form
    make: Callable[..., Any]

    def read(self, node: YamlNode, faults: Faults) -> Any:
        values = self.form.read_keys(node, faults)
        if values is None or any(
            (key.attribute or name) not in values for name, key in self.form.keys.items() if key.required
        ):
            return None
        return self.make(**values)

    def schema(self, vocabulary: Any) -> dict[str, Any]:
        return self.form.schema(vocabulary)


CODE = Form("A code", {
    "code": Key(CodeEntry(), "the code itself", required=True),
    "system": Key(
        Choice({"CPT": "CPT", "HCPCS": "HCPCS", "ICD-10-CM": "ICD-10-CM"}), "the system it belongs to", required=True
    ),
    "label": Key(Words(), "a short label of the house's own, never the AMA's descriptor", required=True),
    "modality": Key(Name("modalities"), "CT, MRI, PET/CT …"),
    "role": Key(Choice({role: role for role in ROLES}, ROLES), "what it is reported for"),
    "region": Key(Name(), "the region of the body"),
    "active": Key(
        FormOf(
            Form("active", {
                "from": Key(Date(), "the first day", attribute="from_"),
                "until": Key(Date(), "the last day"),
            }),
            Active,
        ),
        "the days on which it may be reported, where someone verified them",
    ),
    "replaced_by": Key(ListOf(Name("codes", place=True)), "the codes that took its place"),
    "verified": Key(
        FormOf(
            Form("verified", {
                "source": Key(Words(), "where it was looked up", required=True),
                "on": Key(Date(), "the day", required=True),
            }),
            Verified,
        ),
        "who looked the code up, and when",
    ),
})  # fmt: skip
PARAMETER = Form("A parameter", {
    "id": Key(Id(), "its permanent id", required=True),
    "value": Key(Number(), "the number", required=True),
    "max": Key(Number(), "the upper end of a range"),
    "unit": Key(Name(), "its UCUM unit, 1 for a count", required=True),
    "words": Key(Words(), "as texts say it", required=True),
})  # fmt: skip
FACT = Form("A fact", {
    "id": Key(Id(), "its permanent id", required=True),
    "question": Key(Words(), "what a reviewer is asked", required=True),
    "type": Key(Choice({"verdict": "verdict", "quantity": "quantity", "date": "date"}), "the kind of answer"),
    "unit": Key(Name(), "the UCUM unit of a quantity"),
})  # fmt: skip
TERM = Form("A term", {
    "term": Key(Words(), "the term or abbreviation", required=True),
    "expansion": Key(Words(), "what it stands for"),
    "variants": Key(ListOf(Name(place=True)), "other spellings, which texts do not use"),
    "definition": Key(Words(), "what it means"),
})  # fmt: skip
EXCLUSIVE = Form("An exclusive set", {
    "name": Key(Name(), "what the facts have in common", required=True),
    "facts": Key(ListOf(Id("facts")), "facts of which at most one is met", required=True),
})  # fmt: skip
REFERENCE = Form("A reference", {
    "id": Key(Id(), "its permanent id", required=True),
    "title": Key(Words(), "its title", required=True),
    "href": Key(Name(), "its address, http or https"),
    "locator": Key(Name(), "where in it"),
})  # fmt: skip

REGISTERS: Mapping[str, tuple[Form, Callable[..., Any], str]] = {
    "codes": (CODE, Code, "code"),
    "parameters": (PARAMETER, Parameter, "id"),
    "facts": (FACT, Fact, "id"),
    "terms": (TERM, Term, "term"),
    "exclusive": (EXCLUSIVE, Exclusive, "name"),
    "references": (REFERENCE, Reference, "id"),
}


def read_register(_: Source, root: YamlNode, faults: Faults, name: str) -> list[Any]:
    """Read a register file. Returns its entries in the order of the file, duplicates included."""
    form, make, key = REGISTERS[name]
    if type(root) is not Sequence:
        what = f"A list belongs here, but there is {describe(root)}"
        faults.add(SHAPE, what, root.span, "begin each entry with `- `")
        return []
    entries = []
    for item in root.items:
        values = form.read_keys(item, faults)
        needed = (known.attribute or name for name, known in form.keys.items() if known.required)
        if values is None or any(attribute not in values for attribute in needed):
            continue
        if name == "codes" and not _code(values, faults):
            continue
        if key == "id":
            values["id"] = values["id"].value
        entries.append(make(span=_entry_span(item, key), **values))
    return entries


def _code(values: dict[str, Any], faults: Faults) -> bool:
    use: CodeUse = values["code"]
    if use.modifiers or use.last:
        faults.add(
            BAD_CODE, f"{use.text.value} is not one code of the register", use.span,
            "write the code alone; modifiers and ranges belong into the policies",
        )  # fmt: skip
        return False
    if system_of(use.code) != values["system"]:
        faults.add(
            VALUE, f"{use.code} is not written as a code of {values['system']}", use.span,
            "mend the code or its system",
        )  # fmt: skip
        return False
    values["code"] = use.code
    return True


def _entry_span(item: YamlNode, key: str) -> Any:
    if isinstance(item, YamlMapping):
        for name, value in item.entries:
            if name.value == key:
                return value.span
    return item.span
