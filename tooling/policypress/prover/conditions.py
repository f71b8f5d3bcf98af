"""The verdict of criteria as functions of their questions, where every question is answered met or not met."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from sys import maxsize

from policypress.criteria import Group, Node, guards
from policypress.model import Ruling, Section
from policypress.prover.algebra import MOST_QUESTIONS, Effort, TooLargeError, algebra
from policypress.prover.questions import Question, Questions, allowed
from policypress.record import NamedTuple
from policypress.registers import Exclusive


class CycleError(Exception):
    """A pointer leads back to itself."""


class Value(NamedTuple):
    """Where something is met, and where it does not apply; it is not met everywhere else."""

    met: int
    dropped: int = 0


def asked(questions: Questions, owner: Ruling | Node, home: str = "") -> list[Question]:
    """Return every question that something asks, as often as it asks it, pointers followed.

    `CycleError` where pointers lead in a circle, `TooLargeError` where they lead too far.
    """
    found: list[Question] = []
    _ask(questions, owner, home or questions.home, found, [])
    return found


def _ask(
    questions: Questions, owner: Section | Ruling | Node | None, home: str, found: list[Question],
    under: list[Section | Ruling | Node | None],
) -> None:  # fmt: skip
    if isinstance(owner, Section):
        for ruling in owner.rulings:
            _ask(questions, ruling, home, found, under)
    elif isinstance(owner, Ruling):
        if owner.criteria is None or not owner.complete:
            found.append(_left_open(owner))
        else:
            _ask(questions, owner.criteria, home, found, under)
    elif owner is not None:
        if owner.applies_when is not None or owner.unless is not None or owner.except_when is not None:
            for _, hanging in guards(owner):
                _ask(questions, hanging, home, found, under)
        if isinstance(owner, Group):
            if not owner.of:
                found.append(_left_open(owner))
            for member in owner.of:
                _ask(questions, member, home, found, under)
        elif (question := questions.of(owner, home)) is not None:
            found.append(question)
        else:
            target, its_home = questions.target(owner, home)
            if any(target is one for one in under):
                raise CycleError
            if len(found) > 4 * MOST_QUESTIONS:
                raise TooLargeError
            _ask(questions, target, its_home, found, [*under, target])


def _left_open(owner: Ruling | Node) -> Question:
    return Question(owner.span.path, f"\0{owner.id}")


def independent(questions: Sequence[Question], sets: Iterable[frozenset[str]] = ()) -> bool:
    """Tell whether each question is asked once and none depends on another: then nothing is to be found out.

    Every such condition can be met and can fail, and each part of it decides in some case.
    """
    if len(set(questions)) < len(questions):
        return False
    measured = [question.fact for question in questions if question.op]
    if len(set(measured)) < len(measured):
        return False
    facts = {question.fact for question in questions}
    return not any(len(exclusive & facts) > 1 for exclusive in sets)


class Conditions:
    """The values of rulings and nodes over some questions. `TooLargeError` where there is too much to prove."""

    def __init__(
        self, questions: Questions, listed: Iterable[Question], exclusive: Iterable[Exclusive] = (),
        most: int = MOST_QUESTIONS, effort: Effort | None = None,
    ) -> None:  # fmt: skip
        self.questions = questions
        self.listed = tuple(dict.fromkeys(listed))
        self.effort = effort or Effort()
        if len(self.listed) > most:
            raise TooLargeError
        self.effort.spend(len(self.listed))
        self.algebra = algebra(len(self.listed), allowed(self.listed, exclusive, self.effort), most, self.effort)
        self._answered = dict(zip(self.listed, self.algebra.questions, strict=True))
        self._done: dict[int, Value] = {}

    def in_case(self, told: Mapping[Question, bool]) -> Conditions:
        """Return the values in a single case, in which no other question is met."""
        one = Conditions(self.questions, (), effort=Effort(maxsize))  # as many steps as there are criteria
        one._answered = defaultdict(int, {question: int(met) for question, met in told.items()})
        return one

    def question(self, question: Question) -> Value:
        return Value(self._answered[question])

    def not_met(self, value: Value) -> int:
        return self.algebra.without(self.algebra.every, self.algebra.either(value.met, value.dropped))

    def owner(self, owner: Section | Ruling | Node, home: str = "") -> Value:
        """Return the value of a section, ruling or node."""
        if isinstance(owner, Section):
            return self._section(owner, home)
        if isinstance(owner, Ruling):
            if owner.criteria is None or not owner.complete:
                return self.question(_left_open(owner))
            return self.value(owner.criteria, home)
        return self.value(owner, home)

    def value(self, node: Node, home: str = "") -> Value:
        """Return the value of a node."""
        known = self._done.get(id(node))
        if known is None:
            members = [self.value(member, home) for member in node.of] if isinstance(node, Group) else ()
            hanging = {key: self.value(one, home) for key, one in guards(node)}
            known = self._done[id(node)] = self.hung(self.own(node, members, home), hanging)
        return known

    def own(self, node: Node, members: Sequence[Value], home: str = "") -> Value:
        """Return the value of a node before its guard and exceptions, from the values of its members."""
        home = home or self.questions.home
        if isinstance(node, Group):
            return self.combined(node.op, node.n, members) if members else self.question(_left_open(node))
        question = self.questions.of(node, home)
        if question is not None:
            return self.question(question)
        target, its_home = self.questions.target(node, home)
        assert target is not None
        return self.owner(target, its_home)

    def combined(self, op: str, n: int, members: Sequence[Value]) -> Value:
        """Return the value of a group of some members."""
        both, either, without = self.algebra.both, self.algebra.either, self.algebra.without
        self.effort.spend(len(members) * max(n, 1))
        members = members[::-1]  # from below, as diagrams are built: what comes later is asked about first
        dropped = members[0].dropped
        for member in members[1:]:
            dropped = both(dropped, member.dropped)
        if op == "not":
            return Value(self.not_met(members[0]), dropped)
        if op == "all":
            met = either(members[0].met, members[0].dropped)
            for member in members[1:]:
                met = both(met, either(member.met, member.dropped))
            return Value(without(met, dropped), dropped)
        reached = [0] * (n if op == "at_least" else 1)  # where one is, where two are …
        for member in members:
            for count in range(len(reached) - 1, 0, -1):
                reached[count] = either(reached[count], both(reached[count - 1], member.met))
            if reached:
                reached[0] = either(reached[0], member.met)
        return Value(reached[-1] if reached else self.algebra.every, dropped)

    def hung(self, own: Value, hanging: dict[str, Value]) -> Value:
        """Return a value with the guard, waiver and carve-out applied that are there."""
        if not hanging:
            return own
        both, either, without = self.algebra.both, self.algebra.either, self.algebra.without
        met, dropped = own
        if (waiver := hanging.get("unless")) is not None:
            met, dropped = either(met, waiver.met), without(dropped, waiver.met)
        if (carved := hanging.get("except_when")) is not None:
            met, dropped = without(met, carved.met), without(dropped, carved.met)
        if (guard := hanging.get("applies_when")) is not None:
            met, dropped = both(met, guard.met), either(without(self.algebra.every, guard.met), dropped)
        return Value(met, dropped)

    def _section(self, section: Section, home: str) -> Value:
        """A section is met where a ruling covers and none excludes; see `Case`."""
        covered = [self.owner(ruling, home) for ruling in section.rulings if ruling.effect == "covered"]
        excluded = [self.owner(ruling, home) for ruling in section.rulings if ruling.effect == "not_covered"]
        every = Value(0, self.algebra.every)
        met, dropped = self.combined("any", 0, covered) if covered else every
        against = self.combined("any", 0, excluded).met if excluded else 0
        return Value(self.algebra.without(met, against), self.algebra.without(dropped, against))

    def answers(self, function: int) -> dict[Question, bool]:
        """Return the answers of a case in which a function holds."""
        return dict(zip(self.listed, self.algebra.case(function), strict=True))
