"""The verdicts of many cases at once, as `logic.py` gives them for one.

A plane is an integer whose bit i speaks of case i, so that one operation on it decides for all cases together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from policypress import quantity
from policypress.criteria import Criterion, Group, Node
from policypress.logic import Case
from policypress.model import Ruling, Section
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Determination, Verdict


class Planes(NamedTuple):
    """In which cases something is met, not met and not applicable; it is unknown in the others."""

    met: int
    not_met: int
    not_applicable: int

    @property
    def known(self) -> int:
        return self.met | self.not_met | self.not_applicable

    def of(self, case: int) -> Verdict:
        """Return the verdict of one case."""
        there = zip((MET, NOT_MET, NOT_APPLICABLE), self, strict=True)
        return next((verdict for verdict, plane in there if plane >> case & 1), UNKNOWN)


NOWHERE = Planes(0, 0, 0)


class Cases:
    """Many cases against the guidelines of a library. `case` says which, and gives no facts of its own."""

    def __init__(self, case: Case, facts: Sequence[Mapping[str, str]]) -> None:
        self.case = case
        self.every = (1 << len(facts)) - 1
        self.told: dict[str, dict[str, int]] = {}
        for place, told in enumerate(facts):
            for name, value in told.items():
                values = self.told.setdefault(name, {})
                values[value] = values.get(value, 0) | 1 << place
        self._done: dict[tuple[int, str], tuple[Node | Ruling | Section, Planes]] = {}  # what it holds keeps its id
        self._open: set[tuple[int | str, str]] = set()

    def over(self, case: Case) -> Cases:
        """Return the same cases against other guidelines, whose nodes are mostly the same objects."""
        other = Cases(case, ())
        other.every, other.told, other._done = self.every, self.told, self._done
        return other

    def taking(self, name: str, value: str) -> Cases:
        """Return the same cases as they are for somebody who takes an open question for answered."""
        other = Cases(self.case, ())
        values = self.told.get(name, {})
        still_open = self.every & ~_any(values.values())
        other.every = self.every
        other.told = {**self.told, name: {**values, value: values.get(value, 0) | still_open}}
        return other

    def outcome(self, asks: tuple[str, str]) -> tuple[int, ...]:
        """Return the planes of what is asked, one for each verdict or determination that is not open."""
        kind, id = asks
        if kind == "code":
            return self.determination(id, self.case.home)
        owner, home = self.case.owner(id)
        return NOWHERE if owner is None else self.owner(owner, home)

    def owner(self, owner: Section | Ruling | Node, home: str) -> Planes:
        """Return the planes of a section, ruling or node."""
        given = NOWHERE if isinstance(owner, Criterion) else self.given(owner.id, home)
        key = (id(owner), home)
        if key in self._open:  # a cycle decides nothing
            return given
        self._open.add(key)
        if isinstance(owner, Section):
            found = _first(given, self._section(owner, home))
        elif isinstance(owner, Ruling):
            found = self.ruling(owner, home)
        else:
            found = self.node(owner, home)
        self._open.discard(key)
        return found

    def ruling(self, ruling: Ruling, home: str) -> Planes:
        """Return the planes of a ruling."""
        given = self.given(ruling.id, home)
        if ruling.criteria is None or not ruling.complete:
            return given
        return _first(given, self.node(ruling.criteria, home))

    def node(self, node: Node, home: str) -> Planes:
        """Return the planes of a node."""
        key = (id(node), home)
        if key in self._done:
            return self._done[key][1]
        found = self._own(node, home)
        if node.applies_when is not None or node.unless is not None or node.except_when is not None:
            guard, unless, except_when = (
                None if hanging is None else self.node(hanging, home)
                for hanging in (node.applies_when, node.unless, node.except_when)
            )
            found = self._with_exceptions(found, guard, unless, except_when)
        if isinstance(node, Group):
            found = _first(self.given(node.id, home), found)
        if not self._open:  # inside a pointer, an answer may be that of a cycle
            self._done[key] = (node, found)
        return found

    def determination(self, code: str, home: str) -> tuple[int, int, int]:
        """Return in which cases the criteria for a code are met, not met, and none apply; else something is missing."""
        holding = self.case.holding(code, home)
        verdicts = {id(ruling): self.ruling(ruling, home) for ruling in holding}
        excluded: list[Planes] = []
        general: list[Planes] = []
        specific: list[Planes] = []
        for ruling in holding:
            met, not_met, dropped = verdicts[id(ruling)]
            above = [verdicts[id(other)] for other in self.case.overriders(ruling, holding, home)]
            open_above = _any(self.every & ~one.known for one in above)
            dropped |= _any(one.met | one.not_met for one in above)
            part = excluded if ruling.effect == "not_covered" else general if ruling.scope == "general" else specific
            # What changes nothing may be overridden or not; anything else is open where its overrider is.
            met &= self.every if part is general else ~open_above
            not_met &= self.every if part is excluded else ~open_above
            part.append(Planes(met & ~dropped, not_met & ~dropped, dropped))
        some = _any(self.every & ~one.not_applicable for one in specific)
        none_left = some & _all(self.every, (one.not_met | one.not_applicable for one in specific))
        failed = _any(one.met for one in excluded) | _any(one.not_met for one in general) | none_left
        settled = _all(self.every, (one.known for one in excluded))
        without = ~failed & ~some & settled
        met = _any(one.met for one in specific) & _all(self.every, (one.met | one.not_applicable for one in general))
        return met & settled & ~failed & ~without, failed, without & self.every

    def given(self, name: str, home: str) -> Planes:
        """Return where the cases themselves give the verdict of a fact or id."""
        told = self.told.get(self.case.name(name, home), {})
        return Planes(*(told.get(verdict.value, 0) for verdict in (MET, NOT_MET, NOT_APPLICABLE)))

    def _own(self, node: Node, home: str) -> Planes:
        if isinstance(node, Criterion):
            return self._criterion(node, home)
        members = [self.node(member, home) for member in node.of]
        if not members:
            return NOWHERE
        if node.op == "not":
            return Planes(members[0].not_met, members[0].met, members[0].not_applicable)
        dropped = _all(self.every, (one.not_applicable for one in members))
        if node.op == "all":
            met = _all(self.every, (one.met | one.not_applicable for one in members))
            return Planes(met & ~dropped, _any(one.not_met for one in members), dropped)
        if node.op == "any":
            not_met = _all(self.every, (one.not_met | one.not_applicable for one in members))
            return Planes(_any(one.met for one in members), not_met & ~dropped, dropped)
        met = self._at_least(node.n, [one.met for one in members])
        possible = self._at_least(node.n, [self.every & ~one.not_met & ~one.not_applicable for one in members])
        return Planes(met, self.every & ~possible & ~dropped, dropped)

    def _at_least(self, n: int, planes: Sequence[int]) -> int:
        reached = [self.every] + [0] * n  # by how many of the planes have the bit
        for plane in planes:
            for count in range(n, 0, -1):
                reached[count] |= reached[count - 1] & plane
        return reached[n]

    def _with_exceptions(
        self, own: Planes, guard: Planes | None, unless: Planes | None, except_when: Planes | None
    ) -> Planes:
        met, not_met, dropped = own
        if unless is not None:
            changes = self.every & ~unless.not_met & ~unless.not_applicable & ~met | unless.met
            met, not_met, dropped = met | unless.met, not_met & ~changes, dropped & ~changes
        if except_when is not None:
            changes = self.every & ~except_when.not_met & ~except_when.not_applicable & ~not_met | except_when.met
            met, not_met, dropped = met & ~changes, not_met | except_when.met, dropped & ~changes
        if guard is not None:
            met, not_met, dropped = met & guard.met, not_met & guard.met, dropped & guard.met
            dropped |= guard.not_met | guard.not_applicable
        return Planes(met, not_met, dropped)

    def _criterion(self, node: Criterion, home: str) -> Planes:
        given = _first(self.given(node.fact, home), self.given(node.id, home))
        if node.compare is not None:
            return _first(given, self._compared(node, home))
        if node.see is None or node.see.external:
            return given
        if node.see.code:
            key = (node.see.code, home)
            if key in self._open:
                return given
            self._open.add(key)
            found = Planes(*self.determination(node.see.code, home))
            self._open.discard(key)
            return _first(given, found)
        owner, its_home = self.case.owner(node.see.target, home)
        return given if owner is None else _first(given, self.owner(owner, its_home))

    def _compared(self, node: Criterion, home: str) -> Planes:
        wanted, compare = self.case.limit(node, home), node.compare
        if wanted is None or compare is None:
            return NOWHERE
        fact = compare.fact.value
        known = self.case.guidelines[home].registers.facts.get(fact)
        answers: dict[bool | None, int] = {}
        for value, plane in self.told.get(self.case.name(fact, home), {}).items():
            held = quantity.compare(value, compare.op, wanted, known.unit if known is not None else "", self.case.on)
            answers[held] = answers.get(held, 0) | plane
        dropped = self.told.get(self.case.name(fact, home), {}).get(NOT_APPLICABLE.value, 0)
        return Planes(answers.get(True, 0), answers.get(False, 0), dropped)

    def _section(self, section: Section, home: str) -> Planes:
        found = {ruling.id: self.ruling(ruling, home) for ruling in section.rulings}
        covered = [found[ruling.id] for ruling in section.rulings if ruling.effect == "covered"]
        excluded = [found[ruling.id] for ruling in section.rulings if ruling.effect == "not_covered"]
        against = _any(one.met for one in excluded)
        settled = _all(self.every, (one.known for one in excluded))
        not_met = _all(self.every, (one.not_met | one.not_applicable for one in covered))
        dropped = _all(self.every, (one.not_applicable for one in covered))
        met = _any(one.met for one in covered) & settled & ~against
        return Planes(met, against | not_met & ~dropped, dropped & settled & ~against)


DETERMINATIONS = (Determination.CRITERIA_MET, Determination.CRITERIA_NOT_MET, Determination.NO_CRITERIA)


def _first(given: Planes, other: Planes) -> Planes:
    """Return what is given, and where nothing is, the other."""
    if given == NOWHERE:
        return other
    open_still = ~given.known
    return Planes(*(one | two & open_still for one, two in zip(given, other, strict=True)))


def _any(planes: Iterable[int]) -> int:
    found = 0
    for plane in planes:
        found |= plane
    return found


def _all(every: int, planes: Iterable[int]) -> int:
    for plane in planes:
        every &= plane
    return every
