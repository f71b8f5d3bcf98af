"""What a section page needs to evaluate answers by itself: the logic of its criteria, in the form of the export.

The reference evaluator runs over it in the reader's browser, so it holds what that looks at and no words. A pointer
to another section brings that section along only where the answers on this page can change what it says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from markupsafe import Markup

from policypress.criteria import Criterion, Group, Node, guards, walk
from policypress.logic import Case
from policypress.model import Guideline, Ruling, Section, section_nodes
from policypress.render.export import see_json
from policypress.usage import code_list
from policypress.verdict import UNKNOWN

Json = dict[str, Any]
_Place = tuple[str, str]  # guideline, section


class Checklists:
    """Makes the data of one page after the other."""

    def __init__(self, guidelines: Mapping[str, Guideline]) -> None:
        self._guidelines = guidelines
        self._blank = {id: Case(guidelines, id, {}) for id in guidelines}
        self._sections = {(id, one.id): one for id, guideline in guidelines.items() for one in guideline.sections}
        self._home = {
            (id, owned.id): (id, section.id)
            for (id, _), section in self._sections.items()
            for owned in (section, *section.rulings, *section_nodes(section))
        }
        self._pointed: dict[tuple[str, str], tuple[_Place, ...]] = {}
        self._behind: dict[tuple[str, str], frozenset[str]] = {}

    def page(self, guideline: str, section: Section) -> Markup | None:
        """Return the data of a section's page as JSON that HTML may hold, None where nothing is asked there."""
        facts = {one.fact for ruling in _decisive(section) for one in _criteria(ruling)}
        if not facts or not self._guidelines[guideline].checklist:
            return None
        policies = _Policies(self, guideline, facts).including((guideline, section.id))
        return Markup(json.dumps(policies, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c"))

    def pointed(self, node: Criterion, home: str) -> tuple[_Place, ...]:
        """Return the sections that a criterion points to."""
        see = node.see
        assert see is not None
        key = (home, see.code or see.target)
        if key not in self._pointed:
            if see.code:
                holding = {ruling.id for ruling in self._blank[home].holding(see.code, home)}
                found = dict.fromkeys(self._home[home, id] for id in holding)
                self._pointed[key] = tuple(place for place in self._sections if place in found)
            else:
                there, slash, target = see.target.rpartition("/")
                place = self._home.get((there if slash else home, target))
                self._pointed[key] = () if place is None else (place,)
        return self._pointed[key]

    def behind(self, node: Criterion, home: str) -> frozenset[str]:
        """Return every name under which a case could answer something that a criterion leads to."""
        assert node.see is not None
        key = (home, node.see.code or node.see.target)
        if key not in self._behind:
            waiting = [*self.pointed(node, home)]
            seen = dict.fromkeys(waiting)
            while waiting:
                place = waiting.pop()
                for other in section_nodes(self._sections[place]):
                    if isinstance(other, Criterion) and other.see is not None and not other.see.external:
                        further = [one for one in self.pointed(other, place[0]) if one not in seen]
                        seen.update(dict.fromkeys(further))
                        waiting += further
            self._behind[key] = frozenset(name for place in seen for name in self._names(place))
        return self._behind[key]

    def _names(self, place: _Place) -> Iterator[str]:
        case, section = self._blank[place[0]], self._sections[place]
        for owned in (section, *section.rulings, *section_nodes(section)):
            yield case.name(owned.id, place[0])
            if isinstance(owned, Criterion):
                yield case.name(owned.fact, place[0])
                if owned.compare is not None:
                    yield case.name(owned.compare.fact.value, place[0])

    def is_open(self, node: Criterion, home: str) -> bool:
        """Tell whether a criterion is open while nothing is answered."""
        return self._blank[home].own(node, home) is UNKNOWN

    def section(self, place: _Place) -> Section:
        return self._sections[place]

    def shared(self, fact: str, home: str) -> bool:
        """Tell whether all guidelines mean the same by a fact."""
        guideline = self._guidelines[home]
        known = guideline.library.facts.get(fact)
        return known is not None and guideline.registers.facts.get(fact) is known

    def modality(self, code: str, home: str) -> str:
        entry = self._guidelines[home].registers.codes.get(code)
        return entry.modality if entry is not None else ""

    def codes(self, ruling: Ruling, home: str) -> list[str]:
        return code_list(ruling.codes, self._guidelines[home].registers.codes)


class _Policies:
    """The policies of one page, as far as its answers reach."""

    def __init__(self, checklists: Checklists, home: str, facts: set[str]) -> None:
        self._all = checklists
        self._home = home
        self._facts = facts
        self._places: list[_Place] = []
        self._codes: dict[str, dict[str, None]] = {}  # that a pointer asks for, by guideline

    def including(self, first: _Place) -> list[Json]:
        self._places.append(first)
        sections: dict[str, list[Json]] = {}
        for place in self._places:  # which grows: writing a section may bring in another
            sections.setdefault(place[0], []).append(self._section(place))
        return [self._policy(id, made) for id, made in sections.items()]

    def _policy(self, id: str, sections: list[Json]) -> Json:
        facts = [fact for fact in sorted(self._facts) if id != self._home and self._all.shared(fact, id)]
        codes = {code: {"modality": self._all.modality(code, id)} for code in self._codes.get(id, ())}
        if not codes:  # then nothing asks which services a ruling is about
            for ruling in (ruling for section in sections for ruling in section["rulings"]):
                del ruling["codes"], ruling["services"]
        named: Json = {"guideline": {"id": id}, "facts": {fact: {"shared": True} for fact in facts}}
        return named | {"parameters": {}, "codes": codes, "sections": sections}

    def _section(self, place: _Place) -> Json:
        section, home = self._all.section(place), place[0]
        made: Json = {"id": section.id, "rulings": [self._ruling(ruling, home) for ruling in section.rulings]}
        if rules := [{"when": self._node(rule.when, home)} for rule in section.coding_rules if rule.when is not None]:
            made["coding_rules"] = rules
        return made

    def _ruling(self, ruling: Ruling, home: str) -> Json:
        made: Json = {
            "id": ruling.id,
            "effect": ruling.effect,
            "scope": ruling.scope,
            "codes": self._all.codes(ruling, home),
            "services": [service.value for service in ruling.services],
            "complete": ruling.complete,
            "criteria": None if ruling.criteria is None else self._node(ruling.criteria, home),
        }
        return made | ({"overrides": [one.value for one in ruling.overrides]} if ruling.overrides else {})

    def _node(self, node: Node, home: str) -> Json:
        made: Json = {"id": node.id}
        if isinstance(node, Group):
            made["op"] = node.op
            if node.op == "at_least":
                made["n"] = node.n
            made["of"] = [self._node(member, home) for member in node.of]
        else:
            made |= self._criterion(node, home)
        return made | {key: self._node(guard, home) for key, guard in guards(node)}

    def _criterion(self, node: Criterion, home: str) -> Json:
        made: Json = {} if node.fact == node.id else {"fact": node.fact}
        if node.compare is not None:
            # The page asks for no amount; but an answer under that name may say that none is applicable.
            if node.compare.fact.value in self._facts:
                made["compare"] = {"fact": node.compare.fact.value}
        elif node.see is not None and not node.see.external and self._leads(node, home):
            made["see"] = see_json(node.see)
            self._places += [one for one in self._all.pointed(node, home) if one not in self._places]
            if node.see.code:
                self._codes.setdefault(home, {})[node.see.code] = None
        return made

    def _leads(self, node: Criterion, home: str) -> bool:
        """Tell whether what a criterion points to can be anything but open on this page."""
        return not self._all.is_open(node, home) or not self._facts.isdisjoint(self._all.behind(node, home))


def _decisive(section: Section) -> Iterator[Ruling]:
    """Yield the rulings that answers can decide."""
    return (ruling for ruling in section.rulings if ruling.complete and ruling.criteria is not None)


def _criteria(ruling: Ruling) -> Iterator[Criterion]:
    assert ruling.criteria is not None
    return (node for node in walk(ruling.criteria) if isinstance(node, Criterion))
