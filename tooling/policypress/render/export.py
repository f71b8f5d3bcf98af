"""The criteria export: one JSON document a guideline.

Short forms are gone: rulings are a list, ids are always there, ranges of codes are resolved. Keys stand in a fixed
order; what a key means is said in the published schema.
"""

from __future__ import annotations

from typing import Any

from policypress.canonical import canonical_hash
from policypress.criteria import Citation, CodeUse, Compare, Criterion, Group, Node, Note, Query, See, guards, walk
from policypress.model import CodeClass, CodingRule, Guideline, Ruling
from policypress.notices import notices
from policypress.outline import GuidelineOutline, SectionOutline
from policypress.render.export_registers import given, number, to_bytes, used_registers
from policypress.usage import code_list
from policypress.version import SCHEMA_VERSION

Json = dict[str, Any]


def export(laid: GuidelineOutline, draft: bool) -> bytes:
    """Return the export of a guideline. Author queries are in it only where `draft`."""
    return _Export(laid, draft).document()


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
                **used_registers(self.laid),
                "retired": [
                    given({"id": gone.id.value, "on": gone.on, "successor": gone.successor})
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
            **given(
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
            **given({"examples": _notes(section.examples)}),
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
            **given({"overrides": [target.value for target in ruling.overrides]}),
            "complete": ruling.complete,
            "criteria": None if ruling.criteria is None else self.node(ruling.criteria),
            **given({"notes": _notes(ruling.notes), "from": list(ruling.from_)}),
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
        return made | given(
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
            **given(
                {
                    "with": self.part(rule.with_),
                    "instead_of": self.part(rule.instead_of),
                    "for": self.part(rule.for_),
                    "units": rule.units or None,
                }
            ),
            **({"when": self.node(rule.when)} if rule.when else {}),
            **given({"strength": rule.strength or ""}),
            "text": words,
            **given({"uses": [use.value for use in rule.uses], "notes": _notes(rule.notes), "from": list(rule.from_)}),
        }

    def part(self, part: tuple[CodeUse, ...] | CodeClass) -> Any:
        return _class(part) if isinstance(part, CodeClass) else code_list(part, self.registered)


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
        **given({"covers": list(query.covers)}),
        **({"answered": {"by": answered.by, "on": answered.on, "text": answered.text.value}} if answered else {}),
    }


def see_json(see: See) -> Json | str:
    """Return a pointer as the export writes it: an id, or a mapping with code or external."""
    if see.target:
        return see.target
    return {"code": see.code} if see.code else {"external": see.external}


def _compare(compare: Compare) -> Json:
    made: Json = {"fact": compare.fact.value, "op": compare.op}
    if compare.parameter is not None:
        return {**made, "parameter": compare.parameter.value}
    assert compare.value is not None
    return {**made, "value": number(compare.value.value), **given({"unit": compare.unit})}


def _class(wanted: CodeClass) -> Json:
    return given({name: getattr(wanted, name) for name in ("system", "modality", "role", "region")})


def _notes(notes: tuple[Note, ...]) -> list[str]:
    return [note.text.value for note in notes]


def _citations(citations: tuple[Citation, ...]) -> list[Json]:
    return [given({"id": citation.id.value, "locator": citation.locator}) for citation in citations]
