"""What criteria mean: the verdict of a node, ruling or section, and the determination for a code.

See `docs/semantics.md`. A node without members, or a ruling that is incomplete, is unknown and never met.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from policypress import quantity
from policypress.criteria import Criterion, Group, Node
from policypress.model import Guideline, Ruling, Section, section_nodes
from policypress.ucum import Amount
from policypress.usage import members
from policypress.verdict import (
    AS_VERDICT,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    UNKNOWN,
    Determination,
    Verdict,
    all_of,
    any_of,
    combine,
    negate,
    with_exceptions,
)

Index = dict[str, Mapping[str, Section | Ruling | Node]]  # by guideline, then by id


class Case:
    """The facts of one case against the guidelines of a library.

    `facts` maps a fact's name (by default a criterion's id) to `met`, `not_met`, `unknown`, `not_applicable`, a
    quantity ("14 wk") or a date. The id of a section, ruling or group may be given a verdict too, which then holds.
    A fact of another guideline than `home` is named `guideline/fact`, unless the shared register defines it.
    """

    def __init__(
        self, guidelines: Mapping[str, Guideline], home: str, facts: Mapping[str, str], on: str = "",
        index: Index | None = None,
    ) -> None:  # fmt: skip
        self.guidelines = guidelines
        self.facts = facts
        self.home = home
        self.on = on
        self.index: Index = {} if index is None else index  # filled as needed; many cases may share one
        # What the case itself answers; "unknown" answers nothing.
        self._told = {name: _GIVEN[told] for name, told in facts.items() if told in _GIVEN}
        self._done: dict[tuple[str, str], Verdict] = {}
        self._nodes: dict[int, Verdict] = {}
        self._open: set[tuple[str, str]] = set()
        self._circular = False

    def having(self, more: Mapping[str, str]) -> Case:
        """Return the case with more facts known, or known otherwise."""
        return Case(self.guidelines, self.home, {**self.facts, **more}, self.on, self.index)

    def owner(self, target: str, home: str = "") -> tuple[Section | Ruling | Node | None, str]:
        """Return the section, ruling or node with an id (or `guideline/id`), and its guideline."""
        home = home or self.home
        if "/" in target:
            home, target = target.split("/", 1)
        if home not in self.index:
            self.index[home] = _index(self.guidelines[home]) if home in self.guidelines else {}
        return self.index[home].get(target), home

    def name(self, fact: str, home: str) -> str:
        """Return the name under which a case gives a fact of a guideline."""
        if home == self.home:
            return fact
        shared = self.guidelines[home].library.facts.get(fact) if home in self.guidelines else None
        if shared is not None and self.guidelines[home].registers.facts.get(fact) is shared:
            return fact
        return f"{home}/{fact}"

    def verdict(self, target: str, guideline: str = "") -> Verdict:
        """Return the verdict of a section, ruling or node by id (or `guideline/id`). Unknown ids are unknown."""
        owner, home = self.owner(target, guideline)
        key = (home, target.rpartition("/")[2])
        if not isinstance(owner, Criterion) and (given := self.given(key[1], home)) is not None:
            return given
        if key in self._done:
            return self._done[key]
        if owner is None:
            return UNKNOWN
        if key in self._open:  # a cycle, which check refuses; it decides nothing
            self._circular = True
            return UNKNOWN
        self._open.add(key)
        if isinstance(owner, Section):
            verdict = self._section(owner, home)
        elif isinstance(owner, Ruling):
            verdict = self.ruling(owner, home)
        else:
            verdict = self.node(owner, home)
        self._open.discard(key)
        self._done[key] = verdict
        return verdict

    def ruling(self, ruling: Ruling, guideline: str = "") -> Verdict:
        """Return the verdict of a ruling: that of its criteria; unknown where it is incomplete."""
        home = guideline or self.home
        if (given := self.given(ruling.id, home)) is not None:
            return given
        if ruling.criteria is None or not ruling.complete:
            return UNKNOWN
        key = (f"ruling {ruling.id}", home)
        if key not in self._done:
            self._done[key] = self.node(ruling.criteria, home)
        return self._done[key]

    def node(self, node: Node, guideline: str = "") -> Verdict:
        """Return the verdict of a node."""
        known = self._nodes.get(id(node))
        if known is None:
            home = guideline or self.home
            if not isinstance(node, Group):  # what is known answers it; its guard and exceptions still count
                known = (self._told.get(node.fact) if home == self.home else None) or self._criterion(node, home)
                known = self._hung(node, known, home)
            elif (known := self.given(node.id, home)) is None:
                own = combine(node.op, node.n, [self.node(member, home) for member in node.of])
                known = self._hung(node, own, home)
            if not self._circular:  # else it may be for now alone
                self._nodes[id(node)] = known
        return known

    def _hung(self, node: Node, own: Verdict, home: str) -> Verdict:
        if node.applies_when is None and node.unless is None and node.except_when is None:
            return own
        guard, unless, except_when = (
            None if hanging is None else self.node(hanging, home)
            for hanging in (node.applies_when, node.unless, node.except_when)
        )
        return with_exceptions(own, guard, unless, except_when)

    def own(self, node: Node, home: str) -> Verdict:
        """Return the verdict of a node before its guard and exceptions."""
        if isinstance(node, Group):
            return combine(node.op, node.n, [self.node(member, home) for member in node.of])
        return self._criterion(node, home)

    def determination(self, code: str, guideline: str = "") -> Determination:
        """Return the determination of a guideline for a code; see `rulings_for`."""
        return determined(self.rulings_for(code, guideline or self.home))

    def rulings_for(self, code: str, guideline: str = "") -> list[tuple[Ruling, Verdict]]:
        """Return the rulings whose services hold a code and that apply, with verdicts; overridden ones are out.

        Where it is open whether an overriding ruling applies, the overridden one settles nothing for or against.
        """
        home = guideline or self.home
        holding = self.holding(code, home)
        overrules = any(ruling.overrides for ruling in holding)
        stand = []
        for ruling in holding:
            verdict = self.ruling(ruling, home)
            others = self.overriders(ruling, holding, home) if overrules else ()
            above = {self.ruling(other, home) for other in others}
            if verdict is NOT_APPLICABLE or above & {MET, NOT_MET}:
                continue
            if UNKNOWN in above and verdict is not HARMLESS.get((ruling.effect, ruling.scope)):
                verdict = UNKNOWN
            stand.append((ruling, verdict))
        return stand

    def holding(self, code: str, home: str) -> list[Ruling]:
        """Return the complete rulings whose services hold a code."""
        guideline = self.guidelines[home]
        return [
            ruling
            for section in guideline.sections
            for ruling in section.rulings
            if ruling.complete and holds(guideline, ruling, code)
        ]

    def overriders(self, ruling: Ruling, among: Sequence[Ruling], home: str) -> list[Ruling]:
        """Return the other rulings that replace a ruling, or its section, where they apply."""
        replacing = [other for other in among if other.overrides and other is not ruling]
        if not replacing:
            return []
        section = next(
            section.id for section in self.guidelines[home].sections if any(one is ruling for one in section.rulings)
        )
        names = {ruling.id, section, f"{home}/{ruling.id}", f"{home}/{section}"}
        return [other for other in replacing if any(target.value in names for target in other.overrides)]

    def _section(self, section: Section, home: str) -> Verdict:
        covered = [self.ruling(ruling, home) for ruling in section.rulings if ruling.effect == "covered"]
        excluded = [self.ruling(ruling, home) for ruling in section.rulings if ruling.effect == "not_covered"]
        none_excluded = negate(any_of(excluded))
        verdict = any_of(covered)
        if verdict is NOT_APPLICABLE:  # nothing here can be met; an exclusion still counts against it
            return none_excluded if none_excluded in (NOT_MET, UNKNOWN) else NOT_APPLICABLE
        return all_of((verdict, none_excluded))

    def _criterion(self, node: Criterion, home: str) -> Verdict:
        fact, id = node.fact, node.id
        given = self.given(fact, home) or (self.given(id, home) if id != fact else None)
        if given is not None:
            return given
        if node.compare is not None:
            if self.facts.get(self.name(node.compare.fact.value, home)) == NOT_APPLICABLE:
                return NOT_APPLICABLE
            held = self.compared(node, home)
            return UNKNOWN if held is None else MET if held else NOT_MET
        if node.see is None or node.see.external:
            return UNKNOWN
        if node.see.code:
            return AS_VERDICT[self._coded(node.see.code, home)]
        return self.verdict(node.see.target, home)

    def _coded(self, code: str, home: str) -> Determination:
        key = ("code", code)
        if key in self._open:
            self._circular = True
            return Determination.MISSING_INFORMATION
        self._open.add(key)
        determination = self.determination(code, home)
        self._open.discard(key)
        return determination

    def compared(self, node: Criterion, home: str) -> bool | None:
        """Tell whether a comparison holds; None where that is not known."""
        wanted = self.limit(node, home)
        if node.compare is None or wanted is None:
            return None
        fact = node.compare.fact.value
        told = self.facts.get(self.name(fact, home))
        if told is None:
            return None
        known = self.guidelines[home].registers.facts.get(fact)
        return quantity.compare(told, node.compare.op, wanted, known.unit if known is not None else "", self.on)

    def limit(self, node: Criterion, home: str) -> Amount | None:
        """Return the amount or day that a criterion compares with."""
        if node.compare is None:
            return None
        if node.compare.parameter is None:
            return None if node.compare.value is None else Amount(node.compare.value.value, "", node.compare.unit)
        parameter = self.guidelines[home].registers.parameters.get(node.compare.parameter.value)
        return None if parameter is None else Amount(parameter.value, parameter.max, parameter.unit)

    def given(self, name: str, home: str) -> Verdict | None:
        """Return the verdict that the case itself gives to a fact or id; "unknown" gives none."""
        return self._told.get(name if home == self.home else self.name(name, home))

    def outcome(self, asks: tuple[str, str]) -> Verdict | Determination:
        """Return the determination for a code, the verdict of anything else."""
        kind, id = asks
        return self.determination(id.partition("-")[0]) if kind == "code" else self.verdict(id)


def determined(rulings: Sequence[tuple[Ruling, Verdict]]) -> Determination:
    """Return the determination that rulings, with their verdicts, come to."""
    excluded = [verdict for ruling, verdict in rulings if ruling.effect == "not_covered"]
    general = [v for ruling, v in rulings if ruling.effect == "covered" and ruling.scope == "general"]
    specific = [v for ruling, v in rulings if ruling.effect == "covered" and ruling.scope == "specific"]
    if MET in excluded or NOT_MET in general or (specific and all(verdict is NOT_MET for verdict in specific)):
        return Determination.CRITERIA_NOT_MET
    if not specific and UNKNOWN not in excluded:
        return Determination.NO_CRITERIA
    if all(verdict is MET for verdict in general) and MET in specific and UNKNOWN not in excluded:
        return Determination.CRITERIA_MET
    return Determination.MISSING_INFORMATION


_GIVEN = {verdict.value: verdict for verdict in (MET, NOT_MET, NOT_APPLICABLE)}
# The verdict of a ruling that changes no determination, so that it may be overridden or not.
HARMLESS = {("not_covered", "specific"): NOT_MET, ("not_covered", "general"): NOT_MET, ("covered", "general"): MET}


def holds(guideline: Guideline, ruling: Ruling, code: str) -> bool:
    """Tell whether a ruling is about a code: it names it, or its modality, or names nothing."""
    if not ruling.codes and not ruling.services:
        return True
    registered = guideline.registers.codes
    for use in ruling.codes:
        if use.code == code or (use.last and code in members(use, registered)):
            return True
    entry = registered.get(code)
    return entry is not None and any(service.value == entry.modality for service in ruling.services)


def _index(guideline: Guideline) -> Mapping[str, Section | Ruling | Node]:
    found: dict[str, Section | Ruling | Node] = {}
    for section in guideline.sections:
        found[section.id] = section
        for ruling in section.rulings:
            found[ruling.id] = ruling
        for node in section_nodes(section):
            found[node.id] = node
    return found
