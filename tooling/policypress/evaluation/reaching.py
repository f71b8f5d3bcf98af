"""The ways to reach a verdict for a node, ruling or section, or a determination for a code.

Mirrors `logic.py` connective by connective: where that says when a node is met, this says which answers make it so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from policypress.criteria import Criterion, Group, Node
from policypress.evaluation.asking import Questions
from policypress.evaluation.ways import NOTHING, Combining, Way, Ways
from policypress.logic import Case
from policypress.model import Ruling, Section
from policypress.verdict import AS_VERDICT, MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Determination, Verdict, negate

_OUT = (NOT_MET, NOT_APPLICABLE)


class Reaching:
    """Finds the ways for one case."""

    def __init__(self, case: Case, found: Questions, ways: Combining) -> None:
        self.case = case
        self.found = found
        self.ways = ways
        self._done: dict[tuple[object, ...], Ways] = {}

    def asked(self, asks: tuple[str, str]) -> Ways:
        kind, id = asks
        if kind == "code":
            every = [self._code(id.partition("-")[0], self.case.home, wanted) for wanted in AS_VERDICT]
        else:
            owner, home = self.case.owner(id)
            every = [self._owner(owner, want, home) for want in (MET, NOT_MET, NOT_APPLICABLE)]
        return tuple(sorted((way for ways in every for way in ways), key=self.ways.order))

    def node(self, node: Node, want: Verdict, home: str) -> Ways:
        """Return the ways to give a node a verdict."""
        now = self.case.node(node, home)
        if now is not UNKNOWN:
            return NOTHING if now is want else ()
        return self._once(("node", id(node), want, home), lambda: self._open_node(node, want, home))

    def _open_node(self, node: Node, want: Verdict, home: str) -> Ways:
        ways = self._own(node, want, home)
        if node.unless is not None:
            if want is MET:
                ways = self.ways.fewest(ways, self.node(node.unless, MET, home))
            else:
                ways = self.ways.joined([ways, self._either(node.unless, _OUT, home)])
        if node.except_when is not None:
            if want is NOT_MET:
                ways = self.ways.fewest(ways, self.node(node.except_when, MET, home))
            else:
                ways = self.ways.joined([ways, self._either(node.except_when, _OUT, home)])
        if node.applies_when is not None:
            ways = self.ways.joined([self.node(node.applies_when, MET, home), ways])
            if want is NOT_APPLICABLE:
                ways = self.ways.fewest(ways, self._either(node.applies_when, _OUT, home))
        if isinstance(node, Group):
            ways = self.ways.fewest(ways, self._pointed(self.case.name(node.id, home), want))
        return ways

    def _own(self, node: Node, want: Verdict, home: str) -> Ways:
        now = self.case.own(node, home)
        if now is not UNKNOWN:
            return NOTHING if now is want else ()
        return self._group(node, want, home) if isinstance(node, Group) else self._criterion(node, want, home)

    def _group(self, group: Group, want: Verdict, home: str) -> Ways:
        members = group.of
        if not members:
            return ()
        if group.op == "not":
            return self.node(members[0], negate(want), home)
        if want is NOT_APPLICABLE:
            return self.ways.joined([self.node(member, NOT_APPLICABLE, home) for member in members])
        decisive = NOT_MET if group.op == "all" else MET  # one such member is enough
        if group.op != "at_least" and want is decisive:
            return self.ways.fewest(*(self.node(member, want, home) for member in members))
        if group.op != "at_least":
            return self._every(members, want, (want, NOT_APPLICABLE), home)
        if want is MET:
            return self.ways.several(group.n, [self.node(member, MET, home) for member in members])
        return self._too_few(group, home)

    def _every(self, nodes: Sequence[Node], want: Verdict, either: tuple[Verdict, ...], home: str) -> Ways:
        """Return the ways to one of two verdicts for every node, with at least one of them as wanted."""
        allowed = [self._either(node, either, home) for node in nodes]
        return self.ways.one_and_all([self.node(node, want, home) for node in nodes], allowed)

    def _too_few(self, group: Group, home: str) -> Ways:
        """Return the ways to leave AT LEAST n too few members. Where every member drops out, so does the group."""
        needed = max(len(group.of) - group.n + 1, 1)
        out = [self._either(member, _OUT, home) for member in group.of]
        ways = [
            self.ways.joined(
                [self.node(member, NOT_MET, home), self.ways.several(needed - 1, [*out[:place], *out[place + 1 :]])]
            )
            for place, member in enumerate(group.of)
        ]
        dropped = self.ways.several(needed, [self.node(member, NOT_APPLICABLE, home) for member in group.of])
        return self.ways.fewest(*ways, self._true(dropped, lambda case: case.own(group, home) is NOT_MET))

    def _criterion(self, node: Criterion, want: Verdict, home: str) -> Ways:
        name, see = self.case.name(node.fact, home), node.see
        if node.compare is not None:
            return self._measured(node, want, home)
        if see is None or see.external:
            return self._answer(name, want)
        if see.code:
            wanted = next(determination for determination, verdict in AS_VERDICT.items() if verdict is want)
            code = self._once(("code", see.code, wanted, home), lambda: self._code(see.code, home, wanted))
            true = self._true(code, lambda case: case.determination(see.code, home) is wanted)
            return self.ways.fewest(self._answer(name, want), true)
        owner, target_home = self.case.owner(see.target, home)
        return self._answer(name, want) if owner is None else self._owner(owner, want, target_home)

    def _measured(self, node: Criterion, want: Verdict, home: str) -> Ways:
        assert node.compare is not None
        fact = self.case.name(node.compare.fact.value, home)
        ways = [frozenset({(fact, value)}) for value in self.found.answers(fact)]
        return self.ways.fewest(self._true(ways, lambda case: case.own(node, home) is want))

    def _answer(self, fact: str, want: Verdict) -> Ways:
        return () if want is NOT_APPLICABLE else self.ways.fewest([frozenset({(fact, want.value)})])

    def _pointed(self, name: str, want: Verdict) -> Ways:
        return self._answer(name, want) if name in self.found.pointed else ()

    def _owner(self, owner: Section | Ruling | Node | None, want: Verdict, home: str) -> Ways:
        if isinstance(owner, Section):
            ways = self._once(("section", owner.id, want, home), lambda: self._section(owner, want, home))
            return self.ways.fewest(ways, self._pointed(self.case.name(owner.id, home), want))
        if isinstance(owner, Ruling):
            return self._ruling(owner, want, home)
        return () if owner is None else self.node(owner, want, home)

    def _ruling(self, ruling: Ruling, want: Verdict, home: str) -> Ways:
        now = self.case.ruling(ruling, home)
        if now is not UNKNOWN:
            return NOTHING if now is want else ()
        whole = ruling.criteria is not None and ruling.complete
        ways = self.node(ruling.criteria, want, home) if whole and ruling.criteria is not None else ()
        return self.ways.fewest(ways, self._pointed(self.case.name(ruling.id, home), want))

    def _rulings(self, rulings: Iterable[Ruling], wants: Iterable[Verdict], home: str) -> list[Ways]:
        return [self.ways.fewest(*(self._ruling(ruling, want, home) for want in wants)) for ruling in rulings]

    def _section(self, section: Section, want: Verdict, home: str) -> Ways:
        covered = [ruling for ruling in section.rulings if ruling.effect == "covered"]
        excluded = [ruling for ruling in section.rulings if ruling.effect == "not_covered"]
        now = self.case.verdict(section.id, home)
        if now is not UNKNOWN:
            return NOTHING if now is want else ()
        if want is NOT_MET:
            none_covered = self.ways.one_and_all(
                self._rulings(covered, (NOT_MET,), home), self._rulings(covered, _OUT, home)
            )
            return self.ways.fewest(none_covered, *self._rulings(excluded, (MET,), home))
        none_excluded = self._rulings(excluded, _OUT, home)
        if want is MET:
            return self.ways.joined([self.ways.fewest(*self._rulings(covered, (MET,), home)), *none_excluded])
        return self.ways.joined([*self._rulings(covered, (NOT_APPLICABLE,), home), *none_excluded])

    def _code(self, code: str, home: str, want: Determination) -> Ways:
        if want is Determination.MISSING_INFORMATION:
            return ()
        holding = self.case.holding(code, home)
        above = {id(ruling): self.case.overriders(ruling, holding, home) for ruling in holding}

        def stands(ruling: Ruling, verdict: Verdict) -> Ways:
            nothing_above = self._rulings(above[id(ruling)], (NOT_APPLICABLE,), home)
            return self.ways.joined([self._ruling(ruling, verdict, home), *nothing_above])

        def harmless(ruling: Ruling, *verdicts: Verdict) -> Ways:
            """Out, or with one of these verdicts."""
            replaced = self._rulings(above[id(ruling)], (MET, NOT_MET), home)
            return self.ways.fewest(*self._rulings([ruling], (*verdicts, NOT_APPLICABLE), home), *replaced)

        excluded = [ruling for ruling in holding if ruling.effect == "not_covered"]
        general = [ruling for ruling in holding if ruling.effect == "covered" and ruling.scope == "general"]
        specific = [ruling for ruling in holding if ruling.effect == "covered" and ruling.scope == "specific"]
        none_excluded = [harmless(ruling, NOT_MET) for ruling in excluded]
        if want is Determination.CRITERIA_NOT_MET:
            none_left = self.ways.one_and_all(
                [stands(ruling, NOT_MET) for ruling in specific],
                [self.ways.fewest(harmless(ruling), stands(ruling, NOT_MET)) for ruling in specific],
            )
            against = [*(stands(one, MET) for one in excluded), *(stands(one, NOT_MET) for one in general)]
            return self.ways.fewest(none_left, *against)
        if want is Determination.NO_CRITERIA:
            return self.ways.joined([*(harmless(ruling) for ruling in specific), *none_excluded])
        beside = [harmless(ruling, MET) for ruling in general]
        return self.ways.joined([self.ways.fewest(*(stands(one, MET) for one in specific)), *beside, *none_excluded])

    def _either(self, node: Node, wanted: Iterable[Verdict], home: str) -> Ways:
        return self.ways.fewest(*(self.node(node, want, home) for want in wanted))

    def _true(self, ways: Iterable[Way], holds: Callable[[Case], bool]) -> Ways:
        return tuple(way for way in ways if holds(self.case.having(dict(way))))

    def _once(self, key: tuple[object, ...], work: Callable[[], Ways]) -> Ways:
        """Work each key out once; a cycle, which check refuses, gives no way."""
        if key not in self._done:
            self._done[key] = ()
            self._done[key] = work()
        return self._done[key]
