"""The part of the export that carries the policy, worked out from the source alone, to compare the published one with.

Shares nothing with the module that writes the export.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from policypress.codes import in_range
from policypress.criteria import CodeUse, Criterion, Group, Node, Note, Query
from policypress.model import CodeClass, CodingRule, Guideline, Ruling, Section
from policypress.verify.laid import ordered, rule_sentence

Json = dict[str, Any]
_EMPTY: tuple[Any, ...] = ("", [], {}, None)


class Expected:
    """What the export of one guideline must hold."""

    def __init__(self, guideline: Guideline) -> None:
        self.guideline = guideline
        self.drafts = guideline.status == "draft"

    def head(self) -> Json:
        one = self.guideline
        return {
            "id": one.id,
            "title": one.title.value,
            "policy_number": one.policy_number,
            "version": one.version,
            "status": one.status,
            "effective": one.effective,
            "checklist": one.checklist,
            "chapters": self._chapters(),
            "approved_by": [{"name": who.name, "role": who.role, "on": who.on} for who in one.approved_by],
            "revisions": [
                {"version": past.version, "date": past.date, "summary": past.summary.value} for past in one.revisions
            ],
            **filled(
                until=one.until,
                last_review=one.last_review,
                next_review=one.next_review,
                publisher=one.publisher,
                population=one.population,
                jurisdictions=list(one.jurisdictions),
                lines_of_business=list(one.lines_of_business),
                owner=one.owner,
                contact=one.contact,
                supersedes=one.supersedes,
                notice=one.notice.value if one.notice is not None else "",
            ),
        }

    def _chapters(self) -> list[Json]:
        left = {section.id for section in self.guideline.sections}
        chapters = []
        for chapter in self.guideline.chapters:
            names = [name.value for name in chapter.sections if name.value in left]
            left.difference_update(names)
            chapters.append({"title": chapter.title.value, "sections": list(dict.fromkeys(names))})
        return chapters

    def retired(self) -> list[Json]:
        return [
            {"id": gone.id.value, "on": gone.on, **filled(successor=gone.successor)} for gone in self.guideline.retired
        ]

    def sections(self) -> list[Json]:
        return [self.section(section) for section in ordered(self.guideline)]

    def section(self, section: Section) -> Json:
        made: Json = {
            "id": section.id,
            "title": section.title.value,
            "from": list(section.from_),
            "intro": section.intro.value if section.intro is not None else "",
            "rulings": [self.ruling(ruling) for ruling in section.rulings],
            "coding_rules": [self.rule(rule) for rule in section.coding_rules],
            **{key: _texts(getattr(section, key)) for key in ("documentation", "notes")},
            **filled(examples=_texts(section.examples)),
            "references": _citations(section),
        }
        if self.drafts:
            made["queries"] = [_query(id, query) for id, query in _queries(section)]
        return made

    def ruling(self, ruling: Ruling) -> Json:
        return {
            "id": ruling.id,
            "effect": ruling.effect,
            "strength": ruling.strength,
            "scope": ruling.scope,
            "codes": self.codes(ruling.codes),
            "services": [service.value for service in ruling.services],
            "complete": ruling.complete,
            "criteria": self.node(ruling.criteria) if ruling.criteria is not None else None,
            **filled(
                overrides=[other.value for other in ruling.overrides],
                notes=_texts(ruling.notes),
                **{"from": list(ruling.from_)},
            ),
        }

    def node(self, node: Node) -> Json:
        made: Json = {"id": node.id}
        if isinstance(node, Criterion):
            made.update(self._criterion(node))
        else:
            made.update(op=node.op, of=[self.node(member) for member in node.of])
            if node.op == "at_least":
                made["n"] = node.n
        for key in ("applies_when", "unless", "except_when"):
            guard: Node | None = getattr(node, key)
            if guard is not None:
                made[key] = self.node(guard)
        made.update(
            filled(
                strength=node.strength,
                documentation=_texts(node.documentation),
                examples=_texts(node.examples),
                notes=_texts(node.notes),
                references=_citations(node),
                **{"from": list(node.from_)},
            )
        )
        return made

    def _criterion(self, node: Criterion) -> Json:
        made: Json = {
            "text": node.text.value,
            "fact": node.fact,
            "codes": self.codes(node.codes),
            "uses": [use.value for use in node.uses],
        }
        if (compare := node.compare) is not None:
            made["compare"] = {"fact": compare.fact.value, "op": compare.op}
            if compare.parameter is not None:
                made["compare"]["parameter"] = compare.parameter.value
            elif compare.value is not None:
                made["compare"].update(value=quantity(compare.value.value), **filled(unit=compare.unit))
        if (see := node.see) is not None:
            made["see"] = see.target or ({"code": see.code} if see.code else {"external": see.external})
        return made

    def rule(self, rule: CodingRule) -> Json:
        made: Json = {"id": rule.id, "rule": rule.rule, "text": rule_sentence(rule)}
        if rule.class_ is not None:
            made["class"] = _class(rule.class_)
        else:
            made["codes"] = self.codes(rule.codes)
        made.update(
            filled(
                **{
                    "with": self._part(rule.with_),
                    "instead_of": self._part(rule.instead_of),
                    "for": self._part(rule.for_),
                    "when": self.node(rule.when) if rule.when is not None else None,
                    "strength": rule.strength,
                    "uses": [use.value for use in rule.uses],
                    "notes": _texts(rule.notes),
                    "from": list(rule.from_),
                }
            )
        )
        if rule.units:
            made["units"] = rule.units
        return made

    def _part(self, part: tuple[CodeUse, ...] | CodeClass) -> Any:
        return _class(part) if isinstance(part, CodeClass) else self.codes(part)

    def codes(self, uses: Iterable[CodeUse]) -> list[str]:
        """Return a list of codes with its ranges resolved, each code once."""
        found: dict[str, None] = {}
        for use in uses:
            known = self.guideline.registers.codes if use.last else ()
            inside = {code for code in known if in_range(code, use.code, use.last)}
            for code in sorted({*inside, use.code, use.last} - {""}):
                found["".join([code, *(f"-{modifier}" for modifier in use.modifiers)])] = None
        return list(found)


def quantity(text: str) -> Any:
    """Return a quantity as the number that a reader of JSON sees; anything else stays text."""
    if re.fullmatch(r"-?[0-9]{1,300}(\.[0-9]{1,300})?", text) is None:
        return text
    number = Decimal(text)
    return float(number) if "." in text else int(number)


def _queries(section: Section) -> list[tuple[str, Query]]:
    found: list[tuple[str, Query | None]] = [(section.id, section.query)]
    found += [(section.id, note.query) for note in section.documentation + section.examples + section.notes]

    def tree(root: Node | None) -> None:
        if root is None:
            return
        found.append((root.id, root.query))
        found.extend((root.id, note.query) for note in root.documentation + root.examples + root.notes)
        for key in ("applies_when", "unless", "except_when"):
            tree(getattr(root, key))
        for member in root.of if isinstance(root, Group) else ():
            tree(member)

    for ruling in section.rulings:
        found += [(ruling.id, ruling.query), *((ruling.id, note.query) for note in ruling.notes)]
        tree(ruling.criteria)
    for rule in section.coding_rules:
        found += [(rule.id, rule.query), *((rule.id, note.query) for note in rule.notes)]
        tree(rule.when)
    return [(id, query) for id, query in found if query is not None]


def _query(id: str, query: Query) -> Json:
    made: Json = {"id": id, "text": query.text.value, **filled(covers=list(query.covers))}
    if query.answered is not None:
        made["answered"] = {"by": query.answered.by, "on": query.answered.on, "text": query.answered.text.value}
    return made


def _class(wanted: CodeClass) -> Json:
    return filled(system=wanted.system, modality=wanted.modality, role=wanted.role, region=wanted.region)


def _texts(notes: Iterable[Note]) -> list[str]:
    return [note.text.value for note in notes]


def _citations(thing: Node | Section) -> list[Json]:
    return [{"id": one.id.value, **filled(locator=one.locator)} for one in thing.references]


def filled(**values: Any) -> Json:
    """Leave out what is empty; a number never is."""
    return {key: value for key, value in values.items() if value not in _EMPTY}
