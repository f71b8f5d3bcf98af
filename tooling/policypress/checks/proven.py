"""What the prover finds in one section. It is kept with the section, until that or what it points at changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from policypress.checks.check import GuidelineView, LibraryView, SectionView, owners_by_id
from policypress.criteria import Node
from policypress.logic import Index
from policypress.model import CodingRule, Guideline, Ruling, Section
from policypress.prover.algebra import MOST_STEPS, Effort, TooLargeError
from policypress.prover.conditions import Conditions, CycleError, asked, independent
from policypress.prover.discovering import Discovery, discover
from policypress.prover.questions import Question, Questions
from policypress.record import NamedTuple
from policypress.registers import Exclusive

MOST_ASKED = 600
T = TypeVar("T")


class Condition(NamedTuple):
    """The criteria of a ruling, or the condition of a coding rule, with the questions that they ask."""

    view: SectionView
    owner: Ruling | CodingRule
    root: Node
    asked: tuple[Question, ...]


class Proved(NamedTuple):
    """A discovery with the condition it was made in."""

    condition: Condition
    conditions: Conditions
    discovery: Discovery


class Proven:
    """Everything proved of one section. `questions` knows no section but this one and those it points at."""

    def __init__(self, view: SectionView, questions: Questions, weighed: bool) -> None:
        self.view = view
        self.questions = questions
        self._left = MOST_STEPS
        self.found: list[Proved] = []
        self.not_proved: list[Condition] = []
        self.conditions: list[Condition] = []
        self._notes: dict[Callable[[Proven], Any], Any] = {}
        sets = view.beside.make(exclusive_sets)
        for owner, root in _roots(view):
            try:
                listed = tuple(asked(questions, root))
            except CycleError:  # a fault of its own
                continue
            except TooLargeError:
                self.not_proved.append(Condition(view, owner, root, ()))
                continue
            condition = Condition(view, owner, root, listed)
            # What is compared with no other ruling is not kept: there may be thousands.
            if weighed or len(view.section.rulings) > 1 or not any(one.words for one in listed):
                self.conditions.append(condition)
            if not independent(listed, sets):
                self._prove(condition)

    def _prove(self, condition: Condition) -> None:
        effort = Effort(self._left)
        try:
            if len(condition.asked) > MOST_ASKED:  # the same few may be asked a thousand times
                raise TooLargeError
            sets = self.view.beside.make(exclusive)
            conditions = Conditions(self.questions, condition.asked, sets, effort=effort)
            self.found += [Proved(condition, conditions, one) for one in discover(conditions, condition.root)]
        except TooLargeError:
            self.not_proved.append(condition)
        self._left, effort.left = effort.left, MOST_STEPS  # what was found is told with steps of its own

    def note(self, of: Callable[[Proven], T]) -> T:
        """Return what a function says of the section and of what it points at."""
        found: T | None = self._notes.get(of)
        if found is None:
            found = self._notes[of] = of(self)
        return found


def exclusive(guideline: Guideline) -> tuple[Exclusive, ...]:
    return tuple(guideline.registers.exclusive.values())


def exclusive_sets(guideline: Guideline) -> Sequence[frozenset[str]]:
    return [frozenset(fact.value for fact in one.facts) for one in exclusive(guideline)]


def excludes(ruling: Ruling | CodingRule) -> bool:
    """Tell whether a ruling can keep another from covering."""
    return isinstance(ruling, Ruling) and (ruling.effect == "not_covered" or ruling.scope == "general")


def _roots(view: SectionView) -> Iterator[tuple[Ruling | CodingRule, Node]]:
    for ruling in view.section.rulings:
        if ruling.criteria is not None and ruling.complete:
            yield ruling, ruling.criteria
    for rule in view.section.coding_rules:
        if rule.when is not None:
            yield rule, rule.when


class Prover:
    """Proves each section of a library anew that changed, or that points at one that did."""

    def __init__(self, library: LibraryView) -> None:
        self.beside = {view.guideline.id: view.beside.guideline for view in library.guidelines}
        # Criteria by the ids of which facts are named elsewhere: what those ask is a fact, not their words.
        self.facts = {view.guideline.id: _facts(view) for view in library.guidelines}
        points = any(any(view.notes(_targets)) for view in library.guidelines)
        self.index: Index = {}
        self._homes: dict[str, Mapping[str, SectionView]] = {}
        for view in library.guidelines if points else ():
            found: dict[str, Section | Ruling | Node] = {}
            for section in view.sections:
                found.update(section.note(_pointed))
            self.index[view.guideline.id] = found
            self._homes[view.guideline.id] = {section.section.source.path: section for section in view.sections}

    def questions(self, home: str) -> Questions:
        """Return the questions of a guideline that may look at the whole library."""
        return Questions(self.beside, home, self.index, self.facts)

    def prove(self, view: GuidelineView) -> Sequence[Proven]:
        home = view.guideline.id
        weighed = any(view.notes(_weighs))
        facts = self.facts[home] - view.guideline.registers.facts.keys()
        alone = Questions(self.beside, home, {home: {}}, self.facts)
        found = []
        for section in view.sections:
            led = self._led(home, section) if section.note(_targets) else ()
            given: tuple[Any, ...] = (weighed,)
            if led or facts:
                ids = [facts.intersection(section.note(owners_by_id))]
                ids += [self.facts[one].intersection(other.note(owners_by_id)) for one, other in led]
                given = (weighed, ids, led, [other.beside for _, other in led])
            known = section.proven
            if known is None or known[0] != given:
                if led:
                    index: Index = {one: {} for one in self.beside}
                    for one, other in ((home, section), *led):
                        index[one] = {**index[one], **other.note(_pointed)}
                    questions = Questions(self.beside, home, index, self.facts)
                else:
                    questions = alone
                known = section.proven = (given, Proven(section, questions, weighed))
            found.append(known[1])
        return found

    def _led(self, home: str, section: SectionView) -> Sequence[tuple[str, SectionView]]:
        """Return the other sections that a section points at, and those they point at, each with its guideline."""
        found: dict[SectionView, str] = {section: home}
        ahead = [section]
        while ahead:
            view = ahead.pop()
            for target in view.note(_targets):
                away, slash, name = target.partition("/")
                there = away if slash else found[view]
                owner = self.index.get(there, {}).get(name if slash else target)
                if owner is not None and (other := self._homes[there][owner.span.path]) not in found:
                    found[other] = there
                    ahead.append(other)
        return [(there, view) for view, there in found.items() if view is not section]


def _facts(view: GuidelineView) -> frozenset[str]:
    return frozenset(view.guideline.registers.facts).union(view.all(_named))


def _named(view: SectionView) -> Sequence[str]:
    return [criterion.fact for criterion in view.criteria if criterion.fact != criterion.id]


def _weighs(view: SectionView) -> bool:
    return any(excludes(ruling) for ruling in view.section.rulings)


def _targets(view: SectionView) -> Sequence[str]:
    return [one.see.target for one in view.criteria if one.see is not None and one.see.target]


def _pointed(view: SectionView) -> Mapping[str, Section | Ruling | Node]:
    """Return what a `see` can lead to, by id; of two with one id, the last."""
    return {owner.id: owner for owner in view.owners if not isinstance(owner, CodingRule)}
