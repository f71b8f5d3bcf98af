"""The JSON Schema of the YAML files, for editors: from the forms that the decoder reads, with this library's own words.

Every keyword is one that JSON Schema draft-07 knows as well (`$defs` apart), since editors stop there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from policypress.checks import RULES
from policypress.criteria import Criterion
from policypress.decode.criteria import node_schema
from policypress.decode.form import Form
from policypress.decode.guideline import GUIDELINE, STATEMENT, VIGNETTE
from policypress.decode.registers import REGISTERS, ROLES
from policypress.decode.section import SECTION
from policypress.decode.vocabulary import Vocabulary
from policypress.model import Guideline, Library, section_nodes
from policypress.registers import Registers
from policypress.verdict import Determination, Verdict
from policypress.wording import MARKS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
EDITOR_FOLDER = Path(".vscode/schema")  # below the root of the project
_ONE_MAPPING: Mapping[str, Form] = {"section": SECTION, "guideline": GUIDELINE}
_LISTS: Mapping[str, Form] = {**{name: form for name, (form, _, _) in REGISTERS.items()}, "statements": STATEMENT}
KINDS = (*_ONE_MAPPING, "vignette", *_LISTS)


def source_schema(library: Library | None, kind: str = "") -> dict[str, Any]:
    """Return the schema of one kind of file, or, without `kind`, one that any of the files meets.

    The words that a library uses are offered and explained; others of their kind may stand as well.
    """
    vocabulary = Vocabulary(_names(library) if library is not None else _fixed())
    definitions = {
        "node": node_schema(vocabulary),
        **{name: form.schema(vocabulary) for name, form in _ONE_MAPPING.items()},
        **{name: {"type": "array", "items": form.schema(vocabulary)} for name, form in _LISTS.items()},
        "case": VIGNETTE.schema(vocabulary),
        "vignette": {"anyOf": [{"$ref": "#/$defs/case"}, {"type": "array", "items": {"$ref": "#/$defs/case"}}]},
        **vocabulary.definitions(),
    }
    if kind:
        top = definitions.pop(kind)
        title = f"Policypress: {kind}.yaml" if kind in (*_LISTS, "guideline") else f"Policypress: a {kind}"
    else:
        top = {"anyOf": [{"$ref": f"#/$defs/{name}"} for name in KINDS]}
        title = "Policypress: any file of the source"
    used = _reached(top, definitions)
    definitions = {name: schema for name, schema in definitions.items() if name in used}
    return {"$schema": DIALECT, **top, "title": title, "$defs": definitions}


def write_editor_schemas(library: Library | None, folder: Path) -> list[Path]:
    """Write the schema of each kind of file into a folder. Returns the files that changed."""
    changed = []
    for kind in KINDS:
        path = folder / f"{kind}.json"
        text = json.dumps(source_schema(library, kind), ensure_ascii=False, indent=1) + "\n"
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
            changed.append(path)
    return changed


def _reached(schema: Any, definitions: Mapping[str, Any]) -> set[str]:
    """Return the names of the definitions that a schema points to, directly or through others."""
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/")
            if name in definitions and name not in found:
                found.add(name)
                waiting.append(definitions[name])
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return found


def _fixed() -> dict[str, dict[str, str]]:
    """The words that are the same for every library."""
    return {
        "roles": dict(ROLES),
        "marks": {mark: ", ".join(words) for mark, words in sorted(MARKS.items())},
        "rules": {rule.id: f"{rule.name}: {rule.page.splitlines()[0]}" for rule in sorted(RULES, key=lambda r: r.id)},
        "verdicts": {str(word): word.replace("_", " ") for word in (*Verdict, *Determination)},
        "answers": {
            "met": "the condition is met", "not_met": "the condition is not met", "not_applicable": "does not apply"
        },
    }  # fmt: skip


def _names(library: Library) -> dict[str, dict[str, str]]:
    names = _fixed()
    for registers in (library.registers, *(guideline.registers for guideline in library.guidelines)):
        _add_registers(names, registers)
    for guideline in library.guidelines:
        _add_ids(names, guideline)
    return {kind: dict(sorted(words.items())) for kind, words in names.items()}


def _add_registers(names: dict[str, dict[str, str]], registers: Registers) -> None:
    terms = names.setdefault("terms", {})
    for term in registers.terms.values():
        meaning = term.expansion or term.definition or term.term
        terms.setdefault(term.term.value, meaning.value)
    for code in registers.codes.values():
        names.setdefault("codes", {}).setdefault(code.code, f"{code.system}: {code.label.value}")
        if code.modality:
            names.setdefault("modalities", {}).setdefault(code.modality, terms.get(code.modality, code.modality))
    for parameter in registers.parameters.values():
        names.setdefault("parameters", {}).setdefault(parameter.id, parameter.words.value)
    for fact in registers.facts.values():
        names.setdefault("facts", {}).setdefault(fact.id, fact.question.value)
    for reference in registers.references.values():
        names.setdefault("references", {}).setdefault(reference.id, reference.title.value)


def _add_ids(names: dict[str, dict[str, str]], guideline: Guideline) -> None:
    ids: dict[str, str] = {}
    for section in guideline.sections:
        names.setdefault("sections", {}).setdefault(section.id, section.title.value)
        ids[section.id] = section.title.value
        for ruling in section.rulings:
            ids[ruling.id] = f"{section.title.value}: {ruling.effect.replace('_', ' ')}"
        for node in section_nodes(section):
            what = node.text.value if isinstance(node, Criterion) else f"{node.op.replace('_', ' ')} of {len(node.of)}"
            ids[node.id] = f"{section.title.value}: {what}"
        for rule in section.coding_rules:
            ids[rule.id] = f"{section.title.value}: {rule.text.value if rule.text else rule.rule.replace('_', ' ')}"
    for id, words in ids.items():
        names.setdefault("ids", {}).setdefault(id, words)
        names.setdefault("targets", {}).setdefault(id, words)
    others = names.setdefault("targets", {})
    for section in guideline.sections:
        others.setdefault(f"{guideline.id}/{section.id}", f"{guideline.title.value}: {section.title.value}")
    for statement in guideline.statements:
        names.setdefault("statements", {}).setdefault(statement.id.value, ", ".join(m.value for m in statement.marks))
