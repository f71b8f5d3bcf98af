"""The criteria export: one JSON document a guideline, and one of all codes.

Short forms are gone: rulings are a list, ids are always there, ranges of codes are resolved. Keys stand in a fixed
order; what a key means is said in the published schema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from policypress.canonical import canonical_hash
from policypress.codes import SYSTEM_URIS
from policypress.model import (
    Citation,
    CodeClass,
    CodeUse,
    CodingRule,
    Compare,
    Criterion,
    Group,
    Guideline,
    Node,
    Note,
    Query,
    Ruling,
    See,
    guards,
    section_nodes,
    walk,
)  # fmt: skip
from policypress.notices import CPT_NOTICE, notices
from policypress.outline import GuidelineOutline, SectionOutline
from policypress.usage import code_list, code_uses, rule_class_codes
from policypress.version import SCHEMA_VERSION
from policypress.wording import passages

Json = dict[str, Any]

_NUMBER = re.compile(r"-?[0-9]{1,300}(?:\.[0-9]{1,300})?")


def export(laid: GuidelineOutline, draft: bool) -> bytes:
    """Return the export of a guideline. Author queries are in it only where `draft`."""
    return _Export(laid, draft).document()


def codes(all_laid: Iterable[GuidelineOutline]) -> bytes:
    """Return `codes.json`: every code that any guideline uses, with its uses."""
    found: dict[str, Json] = {}
    for laid in all_laid:
        for code, uses in code_uses(laid).items():
            entry = laid.guideline.registers.codes.get(code)
            record = found.setdefault(
                code,
                {
                    "system": entry.system if entry else "",
                    "label": entry.label.value if entry else "",
                    "modality": entry.modality if entry else "",
                    "role": entry.role if entry else "",
                    **({"notice": CPT_NOTICE} if entry and entry.system == "CPT" else {}),
                    "used": [],
                },
            )
            record["used"] += [
                {"guideline": use.guideline, "section": use.section, "id": use.id, "as": use.as_} for use in uses
            ]
    return to_bytes({code: found[code] for code in sorted(found)})


def to_bytes(value: Any) -> bytes:
    """Return JSON as it is published: UTF-8, two spaces, one line end at the end."""
    return (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()


class _Export:
    def __init__(self, laid: GuidelineOutline, draft: bool) -> None:
        self.laid = laid
        self.guideline: Guideline = laid.guideline
        self.registered = laid.guideline.registers.codes
        self.draft = draft

    def document(self) -> bytes:
        return to_bytes(
            {
                "schema_version": SCHEMA_VERSION,
                "guideline": self.head(),
                "notices": notices(self.laid),
                "sections": [self.section(section) for section in self.laid.sections],
                **self.registers(),
                "retired": [
                    _given({"id": gone.id.value, "on": gone.on, "successor": gone.successor})
                    for gone in self.guideline.retired
                ],
            }
        )

    def head(self) -> Json:
        head = self.guideline
        return {
            "id": head.id,
            "title": head.title.value,
            "policy_number": head.policy_number,
            "version": head.version,
            "status": "draft" if self.draft else head.status,
            "effective": head.effective,
            **_given(
                {
                    "until": head.until,
                    "last_review": head.last_review,
                    "next_review": head.next_review,
                    "publisher": head.publisher,
                    "population": head.population,
                    "jurisdictions": list(head.jurisdictions),
                    "lines_of_business": list(head.lines_of_business),
                    "owner": head.owner,
                    "contact": head.contact,
                    "supersedes": head.supersedes,
                    "notice": head.notice.value if head.notice else "",
                }
            ),
            "checklist": head.checklist,
            "approved_by": [{"name": who.name, "role": who.role, "on": who.on} for who in head.approved_by],
            "chapters": [
                {"title": chapter.title.value, "sections": [section.id for section in laid]}
                for chapter, laid in self.laid.chapters
            ],
            "revisions": [
                {"version": past.version, "date": past.date, "summary": past.summary.value} for past in head.revisions
            ],
        }

    def section(self, laid: SectionOutline) -> Json:
        section = laid.section
        made: Json = {
            "id": section.id,
            "title": section.title.value,
            "from": list(section.from_),
            "intro": section.intro.value if section.intro else "",
            "rulings": [self.ruling(ruling) for ruling in section.rulings],
            "coding_rules": [self.coding_rule(rule.rule, rule.words) for rule in laid.coding_rules],
            "documentation": _notes(section.documentation),
            **_given({"examples": _notes(section.examples)}),
            "notes": _notes(section.notes),
            "references": _citations(section.references),
        }
        if self.draft:
            made["queries"] = [_query(id, query) for id, query in queries(laid)]
        return {**made, "sha256": canonical_hash(made)}

    def ruling(self, ruling: Ruling) -> Json:
        return {
            "id": ruling.id,
            "effect": ruling.effect,
            "strength": ruling.strength,
            "scope": ruling.scope,
            "codes": code_list(ruling.codes, self.registered),
            "services": [service.value for service in ruling.services],
            **_given({"overrides": [target.value for target in ruling.overrides]}),
            "complete": ruling.complete,
            "criteria": None if ruling.criteria is None else self.node(ruling.criteria),
            **_given({"notes": _notes(ruling.notes), "from": list(ruling.from_)}),
        }

    def node(self, node: Node) -> Json:
        made: Json = {"id": node.id}
        if isinstance(node, Group):
            made["op"] = node.op
            if node.op == "at_least":
                made["n"] = node.n
            made["of"] = [self.node(member) for member in node.of]
        else:
            made |= self.criterion(node)
        made |= {key: self.node(guard) for key, guard in guards(node)}
        return made | _given(
            {
                "strength": node.strength or "",
                "documentation": _notes(node.documentation),
                "examples": _notes(node.examples),
                "notes": _notes(node.notes),
                "references": _citations(node.references),
                "from": list(node.from_),
            }
        )

    def criterion(self, node: Criterion) -> Json:
        return {
            "text": node.text.value,
            "fact": node.fact,
            **({"compare": _compare(node.compare)} if node.compare else {}),
            **({"see": see_json(node.see)} if node.see else {}),
            "codes": code_list(node.codes, self.registered),
            "uses": [use.value for use in node.uses],
        }

    def coding_rule(self, rule: CodingRule, words: str) -> Json:
        return {
            "id": rule.id,
            "rule": rule.rule,
            **({"class": _class(rule.class_)} if rule.class_ else {"codes": code_list(rule.codes, self.registered)}),
            **_given(
                {
                    "with": self.part(rule.with_),
                    "instead_of": self.part(rule.instead_of),
                    "for": self.part(rule.for_),
                    "units": rule.units or None,
                }
            ),
            **({"when": self.node(rule.when)} if rule.when else {}),
            **_given({"strength": rule.strength or ""}),
            "text": words,
            **_given(
                {"uses": [use.value for use in rule.uses], "notes": _notes(rule.notes), "from": list(rule.from_)}
            ),
        }

    def part(self, part: tuple[CodeUse, ...] | CodeClass) -> Any:
        return _class(part) if isinstance(part, CodeClass) else code_list(part, self.registered)

    def registers(self) -> Json:
        """The entries of the registers that this guideline uses."""
        registers = self.guideline.registers
        used_codes = set(code_uses(self.laid))
        facts: set[str] = set()
        parameters: set[str] = set()
        references: set[str] = set()
        words: list[str] = [self.guideline.title.value]
        for laid in self.laid.sections:
            section = laid.section
            for passage in passages(section):
                words.append(passage.text.value)
                parameters |= {use.value for use in passage.uses}
            references |= {citation.id.value for citation in section.references}
            for node in section_nodes(section):
                references |= {citation.id.value for citation in node.references}
                if isinstance(node, Criterion):
                    facts.add(node.fact)
                    if node.compare is not None:
                        facts.add(node.compare.fact.value)
            for rule in section.coding_rules:
                used_codes.update(rule_class_codes(rule, registers.codes))
            services = {service.value for ruling in section.rulings for service in ruling.services}
            used_codes.update(code for code, entry in registers.codes.items() if entry.modality in services)
        joined = "\n".join(words)
        return {
            "codes": {code: self.code(code) for code in sorted(used_codes) if code in registers.codes},
            "parameters": {
                id: _given(
                    {
                        "value": number(parameter.value),
                        "max": number(parameter.max) if parameter.max else "",
                        "unit": parameter.unit,
                        "words": parameter.words.value,
                    }
                )
                for id, parameter in sorted(registers.parameters.items())
                if id in parameters
            },
            "facts": {
                id: _given({"question": fact.question.value, "type": fact.type, "unit": fact.unit})
                | ({"shared": True} if self.guideline.library.facts.get(id) is fact else {})
                for id, fact in sorted(registers.facts.items())
                if id in facts
            },
            "terms": {
                name: _given(
                    {
                        "expansion": term.expansion.value if term.expansion else "",
                        "definition": term.definition.value if term.definition else "",
                    }
                )
                for name, term in sorted(registers.terms.items())
                if name in joined
            },
            "references": {
                id: _given({"title": cited.title.value, "href": cited.href, "locator": cited.locator})
                for id, cited in sorted(registers.references.items())
                if id in references
            },
        }

    def code(self, code: str) -> Json:
        entry = self.registered[code]
        active = entry.active
        return {
            "system": entry.system,
            "label": entry.label.value,
            **_given(
                {
                    "system_uri": SYSTEM_URIS.get(entry.system, ""),
                    "modality": entry.modality,
                    "role": entry.role,
                    "region": entry.region,
                    "active": _given({"from": active.from_, "until": active.until}) if active else {},
                    "replaced_by": [other.value for other in entry.replaced_by],
                }
            ),
        }


def queries(laid: SectionOutline) -> list[tuple[str, Query]]:
    """Return every query of a section, with the id of what it stands on, in reading order."""
    section = laid.section
    found: list[tuple[str, Query | None]] = [(section.id, section.query)]
    found += [(section.id, note.query) for note in (*section.documentation, *section.examples, *section.notes)]
    trees: list[Node] = []
    for ruling in section.rulings:
        found.append((ruling.id, ruling.query))
        found += [(ruling.id, note.query) for note in ruling.notes]
        found += [item for node in ([] if ruling.criteria is None else walk(ruling.criteria)) for item in _of(node)]
    for rule in section.coding_rules:
        found.append((rule.id, rule.query))
        found += [(rule.id, note.query) for note in rule.notes]
        trees = [] if rule.when is None else list(walk(rule.when))
        found += [item for node in trees for item in _of(node)]
    return [(id, query) for id, query in found if query is not None]


def _of(node: Node) -> list[tuple[str, Query | None]]:
    return [
        (node.id, node.query),
        *((node.id, note.query) for note in (*node.documentation, *node.examples, *node.notes)),
    ]


def _query(id: str, query: Query) -> Json:
    answered = query.answered
    return {
        "id": id,
        "text": query.text.value,
        **_given({"covers": list(query.covers)}),
        **({"answered": {"by": answered.by, "on": answered.on, "text": answered.text.value}} if answered else {}),
    }


def see_json(see: See) -> Json | str:
    """Return a pointer as the export writes it: an id, or a mapping with code or external."""
    if see.target:
        return see.target
    return {"code": see.code} if see.code else {"external": see.external}


def number(text: str) -> int | float | str:
    """Return a typed number as JSON has it; anything else stays text."""
    # Python's own readers take more: 1_000, inf and nan, which JSON has no number for.
    if _NUMBER.fullmatch(text) is None:
        return text
    return float(text) if "." in text else int(text)


def _compare(compare: Compare) -> Json:
    made: Json = {"fact": compare.fact.value, "op": compare.op}
    if compare.parameter is not None:
        return {**made, "parameter": compare.parameter.value}
    assert compare.value is not None
    return {**made, "value": number(compare.value.value), **_given({"unit": compare.unit})}


def _class(wanted: CodeClass) -> Json:
    return _given({name: getattr(wanted, name) for name in ("system", "modality", "role", "region")})


def _notes(notes: tuple[Note, ...]) -> list[str]:
    return [note.text.value for note in notes]


def _citations(citations: tuple[Citation, ...]) -> list[Json]:
    return [_given({"id": citation.id.value, "locator": citation.locator}) for citation in citations]


def _given(values: Mapping[str, Any]) -> Json:
    """Leave out what is empty; a number is never empty."""
    return {key: value for key, value in values.items() if value not in ("", [], {}, None)}
