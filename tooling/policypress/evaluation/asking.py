"""What a case can be asked: the open questions behind a verdict, in reading order, and the answers each may get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from policypress.criteria import Criterion, Group, Node, guards
from policypress.logic import Case
from policypress.model import Ruling, Section
from policypress.quantity import boundary_values
from policypress.ucum import Amount
from policypress.verdict import MET, NOT_MET, UNKNOWN


@dataclass(slots=True)
class Questions:
    """The questions behind a verdict.

    `places` are the criteria that a question decides, in reading order of the first. `shared` are the questions that
    count in more than one place. `pointed` are those that stand for a whole section, ruling or group: answering one
    decides it without the questions below it.
    """

    places: dict[str, list[tuple[Node | Ruling | Section, str]]] = field(default_factory=dict)
    pointed: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    limits: dict[str, list[Amount]] = field(default_factory=dict)

    def answers(self, fact: str) -> tuple[str, ...]:
        """Return the answers that can make a difference."""
        limits = self.limits.get(fact)
        return boundary_values(limits) if limits else (MET.value, NOT_MET.value)


def questions(case: Case, asks: tuple[str, str]) -> Questions:
    """Return every question behind what is asked, those that already have an answer too."""
    return _Walk(case).walk(asks)


class _Walk:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.found = Questions()
        self.visits: Counter[tuple[str, str]] = Counter()

    def walk(self, asks: tuple[str, str]) -> Questions:
        kind, id = asks
        if kind == "code":
            self._code(id.partition("-")[0], self.case.home)
        else:
            owner, home = self.case.owner(id)
            self._owner(owner, home)
        return self.found

    def _owner(self, owner: Section | Ruling | Node | None, home: str) -> None:
        if isinstance(owner, Section):
            for ruling in owner.rulings:
                self._ruling(ruling, home)
        elif isinstance(owner, Ruling):
            self._ruling(owner, home)
        elif owner is not None:
            self._node(owner, home)

    def _ruling(self, ruling: Ruling, home: str) -> None:
        if ruling.criteria is not None:
            self._node(ruling.criteria, home)

    def _code(self, code: str, home: str) -> None:
        holding = self.case.holding(code, home)
        for ruling in (*holding, *(ruling for ruling in holding if ruling.overrides)):  # these count twice
            self._ruling(ruling, home)

    def _node(self, node: Node, home: str) -> None:
        for _, hanging in guards(node):
            self._node(hanging, home)
        if isinstance(node, Group):
            for member in node.of:
                self._node(member, home)
            return
        for fact, pointed in _facts(self.case, node, home):
            self._note(fact, node, home, pointed)
        if node.compare is not None and (limit := self.case.limit(node, home)) is not None:
            self.found.limits.setdefault(self.case.name(node.compare.fact.value, home), []).append(limit)
        if node.see is not None and not node.see.external:
            target = node.see.code or node.see.target
            # Twice is enough to know that what stands below is shared; a cycle ends here too.
            if self.visits[home, target] < 2:
                self.visits[home, target] += 1
                if node.see.code:
                    self._code(target, home)
                else:
                    self._owner(*self.case.owner(target, home))

    def _note(self, fact: str, node: Criterion, home: str, pointed: bool) -> None:
        places = self.found.places.setdefault(fact, [])
        if places:
            self.found.shared.add(fact)
        if not any(one is node for one, _ in places):
            places.append((node, home))
        if pointed:
            self.found.pointed.add(fact)
            self.found.shared.add(fact)  # it counts where it points at too


def _facts(case: Case, node: Criterion, home: str, seen: frozenset[int] = frozenset()) -> Iterator[tuple[str, bool]]:
    """Yield the name of the question that a criterion asks, and whether it stands for others below."""
    if node.compare is not None:
        yield case.name(node.compare.fact.value, home), False
        return
    if node.see is not None and node.see.target:
        owner, target_home = case.owner(node.see.target, home)
        if isinstance(owner, Criterion):  # the same question
            if id(owner) not in seen:
                yield from _facts(case, owner, target_home, seen | {id(owner)})
            return
        if owner is not None:
            yield case.name(owner.id, target_home), True
            return
    yield case.name(node.fact, home), node.see is not None and node.see.code != ""


def open_questions(case: Case, found: Questions) -> list[str]:
    """Return the questions without a usable answer, those that stand for others left out, in reading order."""
    return [
        fact
        for fact, places in found.places.items()
        if fact not in found.pointed
        and any(isinstance(node, Criterion) and case.own(node, home) is UNKNOWN for node, home in places)
    ]
