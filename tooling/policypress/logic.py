"""What criteria mean: verdicts in three values and "not applicable", the same for every engine.

`all`, `any` and `at_least` are strong Kleene connectives over the members that are applicable; see
`docs/semantics.md`. A node without members, or a ruling that is incomplete, is unknown and never met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from policypress.model import Criterion, Group, Guideline, Node, Ruling, Section
from policypress.quantity import Amount, compare_amounts, parse_amount


class Verdict(StrEnum):
    """The verdict of a node, ruling or section."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


MET, NOT_MET, UNKNOWN, NOT_APPLICABLE = Verdict
_SWAPPED = {MET: NOT_MET, NOT_MET: MET}


class Determination(StrEnum):
    """The determination for a code on a date."""

    CRITERIA_MET = "criteria_met"
    CRITERIA_NOT_MET = "criteria_not_met"
    NO_CRITERIA = "no_criteria"
    MISSING_INFORMATION = "missing_information"


def negate(verdict: Verdict) -> Verdict:
    """Swap met and not met; keep the others."""
    return _SWAPPED.get(verdict, verdict)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene AND over the applicable ones; not applicable where none is."""
    return at_least(None, verdicts)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene OR over the applicable ones; not applicable where none is."""
    return at_least(1, verdicts)


def at_least(n: int | None, verdicts: Iterable[Verdict]) -> Verdict:
    """AT LEAST n of the applicable ones; None means all of them. With fewer than n applicable: not met."""
    applicable = [verdict for verdict in verdicts if verdict is not NOT_APPLICABLE]
    if not applicable:
        return NOT_APPLICABLE
    needed = len(applicable) if n is None else n
    met = applicable.count(MET)
    if met >= needed:
        return MET
    return NOT_MET if met + applicable.count(UNKNOWN) < needed else UNKNOWN


def combine(op: str, n: int, verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a group from those of its members."""
    if not verdicts:
        return UNKNOWN
    if op == "all":
        return all_of(verdicts)
    if op == "any":
        return any_of(verdicts)
    if op == "not":
        return negate(verdicts[0])
    return at_least(n, verdicts)


def with_exceptions(own: Verdict, guard: Verdict | None, unless: Verdict | None, except_when: Verdict | None) -> Verdict:
    """Apply a node's guard, waiver and carve-out to its own verdict, in this order."""
    if guard is not None:
        if guard in (NOT_MET, NOT_APPLICABLE):
            return NOT_APPLICABLE
        if guard is UNKNOWN:
            return UNKNOWN
    if own is NOT_APPLICABLE:
        return own
    if unless is not None and unless is not NOT_APPLICABLE:
        own = any_of((own, unless))
    if except_when is not None and except_when is not NOT_APPLICABLE:
        own = all_of((own, negate(except_when)))
    return own


class Case:
    """The facts of one case against the guidelines of a library.

    `facts` maps a fact's name (by default a criterion's id) to `met`, `not_met`, `unknown`, `not_applicable`, a
    quantity ("14 wk") or a date. The id of a section, ruling or group may be given a verdict too, which then holds.
    """

    def __init__(self, guidelines: Mapping[str, Guideline], home: str, facts: Mapping[str, str], on: str = "") -> None:
        self.guidelines = guidelines
        self.facts = facts
        self.home = home
        self.on = on
        self._index = {id: _index(guideline) for id, guideline in guidelines.items()}
        self._done: dict[tuple[str, str], Verdict] = {}
        self._open: set[tuple[str, str]] = set()

    def verdict(self, target: str, guideline: str = "") -> Verdict:
        """Return the verdict of a section, ruling or node by id (or `guideline/id`). Unknown ids are unknown."""
        home = guideline or self.home
        if "/" in target:
            home, target = target.split("/", 1)
        owner = self._index.get(home, {}).get(target)
        if not isinstance(owner, Criterion) and (given := self._given(target, home)) is not None:
            return given
        key = (home, target)
        if key in self._done:
            return self._done[key]
        if key in self._open:  # a cycle, which check refuses; it decides nothing
            return UNKNOWN
        self._open.add(key)
        if isinstance(owner, Section):
            verdict = self._section(owner, home)
        elif isinstance(owner, Ruling):
            verdict = self.ruling(owner, home)
        elif owner is not None:
            verdict = self.node(owner, home)
        else:
            verdict = UNKNOWN
        self._open.discard(key)
        self._done[key] = verdict
        return verdict

    def ruling(self, ruling: Ruling, guideline: str = "") -> Verdict:
        """Return the verdict of a ruling: that of its criteria; unknown where it is incomplete."""
        home = guideline or self.home
        if (given := self._given(ruling.id, home)) is not None:
            return given
        if ruling.criteria is None or not ruling.complete:
            return UNKNOWN
        return self.node(ruling.criteria, home)

    def node(self, node: Node, guideline: str = "") -> Verdict:
        """Return the verdict of a node."""
        home = guideline or self.home
        if isinstance(node, Group):
            if (given := self._given(node.id, home)) is not None:
                return given
            own = combine(node.op, node.n, [self.node(member, home) for member in node.of])
        else:  # what is known of a criterion answers its question; its guard and exceptions still count
            own = self._criterion(node, home)
        if node.applies_when is None and node.unless is None and node.except_when is None:
            return own
        guard, unless, except_when = (
            None if hanging is None else self.node(hanging, home)
            for hanging in (node.applies_when, node.unless, node.except_when)
        )
        return with_exceptions(own, guard, unless, except_when)

    def determination(self, code: str, guideline: str = "") -> Determination:
        """Return the determination of a guideline for a code; see `rulings_for`."""
        home = guideline or self.home
        rulings = self.rulings_for(code, home)
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

    def rulings_for(self, code: str, guideline: str = "") -> list[tuple[Ruling, Verdict]]:
        """Return the rulings whose services hold a code and that apply, with verdicts; overridden ones are out."""
        home = guideline or self.home
        found = [
            (section, ruling, verdict)
            for section in self.guidelines[home].sections
            for ruling in section.rulings
            if ruling.complete
            and holds(self.guidelines[home], ruling, code)
            and (verdict := self.ruling(ruling, home)) is not NOT_APPLICABLE
        ]
        replaced = {target.value for _, ruling, _ in found for target in ruling.overrides}
        return [
            (ruling, verdict)
            for section, ruling, verdict in found
            if not {ruling.id, section.id, f"{home}/{ruling.id}", f"{home}/{section.id}"} & replaced
        ]

    def _section(self, section: Section, home: str) -> Verdict:
        covered = [self.ruling(ruling, home) for ruling in section.rulings if ruling.effect == "covered"]
        excluded = [self.ruling(ruling, home) for ruling in section.rulings if ruling.effect == "not_covered"]
        none_excluded = negate(any_of(excluded))
        verdict = any_of(covered)
        if verdict is NOT_APPLICABLE:  # nothing here can be met; an exclusion still counts against it
            return none_excluded if none_excluded in (NOT_MET, UNKNOWN) else NOT_APPLICABLE
        return all_of((verdict, none_excluded))

    def _criterion(self, node: Criterion, home: str) -> Verdict:
        given = self._given(node.fact, home) or self._given(node.id, home)
        if given is not None:
            return given
        if node.compare is not None:
            return self._compared(node, home)
        if node.see is None or node.see.external:
            return UNKNOWN
        if node.see.code:
            return {
                Determination.CRITERIA_MET: MET,
                Determination.CRITERIA_NOT_MET: NOT_MET,
                Determination.NO_CRITERIA: NOT_APPLICABLE,
                Determination.MISSING_INFORMATION: UNKNOWN,
            }[self._guarded(("code", node.see.code), lambda: self.determination(node.see.code, home))]  # type: ignore[union-attr]
        return self.verdict(node.see.target, home)

    def _guarded(self, key: tuple[str, str], work: Callable[[], Determination]) -> Determination:
        if key in self._open:
            return Determination.MISSING_INFORMATION
        self._open.add(key)
        try:
            return work()
        finally:
            self._open.discard(key)

    def _compared(self, node: Criterion, home: str) -> Verdict:
        compare = node.compare
        assert compare is not None
        given = self.facts.get(compare.fact.value)
        if given is None or given == UNKNOWN:
            return UNKNOWN
        if given == NOT_APPLICABLE:
            return NOT_APPLICABLE
        if compare.parameter is not None:
            parameter = self.guidelines[home].registers.parameters.get(compare.parameter.value)
            if parameter is None:
                return UNKNOWN
            wanted = Amount(parameter.value, parameter.unit, parameter.max)
        else:
            assert compare.value is not None
            wanted = Amount(compare.value.value, compare.unit)
        told = parse_amount(given, self.on)
        held = None if told is None else compare_amounts(told, compare.op, wanted)
        return UNKNOWN if held is None else MET if held else NOT_MET

    def _given(self, name: str, home: str) -> Verdict | None:
        value = self.facts.get(name) if home == self.home else None
        if value is None:
            value = self.facts.get(f"{home}/{name}")
        return Verdict(value) if value in _VERDICTS else None


_VERDICTS = frozenset(verdict.value for verdict in Verdict)


def holds(guideline: Guideline, ruling: Ruling, code: str) -> bool:
    """Tell whether a ruling is about a code: it names it, or its modality, or names nothing."""
    from policypress.usage import members

    if not ruling.codes and not ruling.services:
        return True
    registered = guideline.registers.codes
    if any(code in members(use, registered) for use in ruling.codes):
        return True
    entry = registered.get(code)
    return entry is not None and any(service.value == entry.modality for service in ruling.services)


def _index(guideline: Guideline) -> dict[str, Section | Ruling | Node]:
    from policypress.model import section_nodes

    found: dict[str, Section | Ruling | Node] = {}
    for section in guideline.sections:
        found[section.id] = section
        for ruling in section.rulings:
            found[ruling.id] = ruling
        for node in section_nodes(section):
            found[node.id] = node
    return found
