"""Walks a policy as `logic.py` does, and leaves open in what the verdicts are counted: SQL columns or bitsets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from policypress.criteria import Criterion, Group, Node
from policypress.logic import HARMLESS, Case, holds
from policypress.model import Ruling, Section
from policypress.ucum import Amount
from policypress.usage import members
from policypress.verdict import Verdict

V = TypeVar("V")


class Endless(ValueError):
    """A policy points at itself; the message says where. `check` refuses such a policy."""


class Counting(Protocol[V]):
    """What can be done with the verdicts of many cases; see `verdict.py` for what each means."""

    @property
    def unknown(self) -> V: ...
    def answered(self, names: Sequence[str], below: Callable[[], V]) -> V: ...
    def compared(self, name: str, op: str, wanted: Amount | None, unit: str) -> V: ...
    def all_of(self, values: Sequence[V]) -> V: ...
    def any_of(self, values: Sequence[V]) -> V: ...
    def at_least(self, n: int, values: Sequence[V]) -> V: ...
    def negate(self, value: V) -> V: ...
    def guarded(self, own: V, guard: V) -> V: ...
    def waived(self, own: V, unless: V) -> V: ...
    def carved(self, own: V, except_when: V) -> V: ...
    def standing(self, value: V, above: Sequence[V], harmless: Verdict | None) -> V: ...
    def determined(self, general: V, specific: V, excluded: V) -> V: ...


class Deriving(Generic[V]):
    """Derives the verdicts of one library. Of the case only the policy is read: it knows no facts."""

    def __init__(self, case: Case, counting: Counting[V]) -> None:
        self.case = case
        self.counting = counting
        self._done: dict[tuple[str, str | int], V] = {}
        self._kept: list[Node] = []  # so that no other node can have the identity of one that is done
        self._open: set[tuple[str, str | int]] = set()

    def verdict(self, target: str, home: str = "") -> V:
        """Return the verdict of a section, ruling or node by id."""
        owner, home = self.case.owner(target, home)
        if isinstance(owner, Section):
            return self._once((owner.id, id(owner)), lambda: self._section(owner, home))
        if isinstance(owner, Ruling):
            return self.ruling(owner, home)
        if owner is not None:
            return self.node(owner, home)
        return self.counting.answered([self.case.name(target.rpartition("/")[2], home)], lambda: self.counting.unknown)

    def ruling(self, ruling: Ruling, home: str) -> V:
        """Return the verdict of a ruling."""

        def below() -> V:
            if ruling.criteria is None or not ruling.complete:
                return self.counting.unknown
            return self.node(ruling.criteria, home)

        return self._once(
            (ruling.id, id(ruling)),
            lambda: self.counting.answered([self.case.name(ruling.id, home)], below),
        )

    def node(self, node: Node, home: str) -> V:
        """Return the verdict of a node."""
        self._kept.append(node)
        return self._once((node.id, id(node)), lambda: self._node(node, home))

    def determination(self, code: str, home: str) -> V:
        """Return the determination for a code, as the verdict that a pointer takes from it."""
        return self._once((code, home), lambda: self._determination(code, home))

    def _node(self, node: Node, home: str) -> V:
        if isinstance(node, Group):
            return self.counting.answered([self.case.name(node.id, home)], lambda: self._hung(node, home))
        return self._hung(node, home)

    def _hung(self, node: Node, home: str) -> V:
        own = self._group(node, home) if isinstance(node, Group) else self._criterion(node, home)
        if node.unless is not None:
            own = self.counting.waived(own, self.node(node.unless, home))
        if node.except_when is not None:
            own = self.counting.carved(own, self.node(node.except_when, home))
        if node.applies_when is not None:
            own = self.counting.guarded(own, self.node(node.applies_when, home))
        return own

    def _group(self, group: Group, home: str) -> V:
        members = [self.node(member, home) for member in group.of]
        if not members:
            return self.counting.unknown
        if group.op == "all":
            return self.counting.all_of(members)
        if group.op == "any":
            return self.counting.any_of(members)
        if group.op == "not":
            return self.counting.negate(members[0])
        return self.counting.at_least(group.n, members)

    def _criterion(self, node: Criterion, home: str) -> V:
        names = dict.fromkeys((self.case.name(node.fact, home), self.case.name(node.id, home)))
        return self.counting.answered(list(names), lambda: self._below(node, home))

    def _below(self, node: Criterion, home: str) -> V:
        if node.compare is not None:
            fact = node.compare.fact.value
            registered = self.case.guidelines[home].registers.facts.get(fact)
            unit = "" if registered is None else registered.unit
            limit = self.case.limit(node, home)
            return self.counting.compared(self.case.name(fact, home), node.compare.op, limit, unit)
        if node.see is None or node.see.external:
            return self.counting.unknown
        return self.determination(node.see.code, home) if node.see.code else self.verdict(node.see.target, home)

    def _section(self, section: Section, home: str) -> V:
        def below() -> V:
            covered = [self.ruling(ruling, home) for ruling in section.rulings if ruling.effect == "covered"]
            excluded = [self.ruling(ruling, home) for ruling in section.rulings if ruling.effect == "not_covered"]
            return self.counting.carved(self.counting.any_of(covered), self.counting.any_of(excluded))

        return self.counting.answered([self.case.name(section.id, home)], below)

    def _determination(self, code: str, home: str) -> V:
        holding = self.case.holding(code, home)
        stand: dict[tuple[str, str], list[V]] = {}
        for ruling in holding:
            above = [self.ruling(other, home) for other in self.case.overriders(ruling, holding, home)]
            kind = (ruling.effect, "" if ruling.effect == "not_covered" else ruling.scope)
            harmless = HARMLESS.get((ruling.effect, ruling.scope))
            stand.setdefault(kind, []).append(self.counting.standing(self.ruling(ruling, home), above, harmless))
        return self.counting.determined(
            self.counting.all_of(stand.get(("covered", "general"), [])),
            self.counting.any_of(stand.get(("covered", "specific"), [])),
            self.counting.any_of(stand.get(("not_covered", ""), [])),
        )

    def _once(self, key: tuple[str, str | int], derive: Callable[[], V]) -> V:
        if key not in self._done:
            if key in self._open:
                raise Endless(f"{key[0]} leads back to itself")
            self._open.add(key)
            self._done[key] = derive()
            self._open.discard(key)
        return self._done[key]


def codes_of(case: Case) -> tuple[str, ...]:
    """Return every code that a ruling of the case's guideline names, by itself, in a range or by its modality."""
    guideline = case.guidelines[case.home]
    about = [ruling for section in guideline.sections for ruling in section.rulings if ruling.codes or ruling.services]
    candidates = {
        member for ruling in about for use in ruling.codes for member in members(use, guideline.registers.codes)
    }
    candidates.update(guideline.registers.codes)
    return tuple(sorted(code for code in candidates if any(holds(guideline, ruling, code) for ruling in about)))
