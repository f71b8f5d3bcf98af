"""What the prover finds in a library, gathered once for all rules that tell of it, and how its findings are worded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from policypress.checks.check import LibraryView, SectionView
from policypress.checks.groups import WORDS, place
from policypress.finding import Label
from policypress.model import CodingRule, Criterion, Exclusive, Group, Node, Ruling
from policypress.prover.algebra import MOST_BESIDE, TooLargeError
from policypress.prover.conditions import Conditions, CycleError, asked, independent
from policypress.prover.discovering import Discovery, discover
from policypress.prover.questions import Question, Questions, told
from policypress.quantity import parse_amount
from policypress.ucum import scaled

MOST_ASKED = 600
_LONG = 90  # characters of a criterion that a message shows


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


class Proofs:
    """Everything proved of a library."""

    def __init__(self, library: LibraryView) -> None:
        self.found: list[Proved] = []
        self.not_proved: list[Condition] = []
        self.conditions: dict[str, list[Condition]] = {}
        self.questions: dict[str, Questions] = {}
        self.exclusive: dict[str, tuple[Exclusive, ...]] = {}
        self.sets: dict[str, dict[str, list[str]]] = {}  # fact -> the exclusive sets that it belongs to
        guidelines = {view.guideline.id: view.guideline for view in library.guidelines}
        for view in library.guidelines:
            home = view.guideline.id
            self.questions[home] = Questions(guidelines, home)
            self.exclusive[home] = tuple(view.guideline.registers.exclusive.values())
            sets = [frozenset(fact.value for fact in exclusive.facts) for exclusive in self.exclusive[home]]
            self.sets[home] = {}
            for one in self.exclusive[home]:
                for fact in one.facts:
                    self.sets[home].setdefault(fact.value, []).append(f"\0{one.name}")
            self.conditions[home] = []
            weighed = any(excludes(ruling) for section in view.sections for ruling in section.section.rulings)
            for section in view.sections:
                for owner, root in _roots(section):
                    try:
                        questions = tuple(asked(self.questions[home], root))
                    except CycleError:  # a fault of its own
                        continue
                    except TooLargeError:
                        self.not_proved.append(Condition(section, owner, root, ()))
                        continue
                    condition = Condition(section, owner, root, questions)
                    # What is compared with no other ruling is not kept: there may be thousands.
                    if weighed or len(section.section.rulings) > 1 or not any(one.words for one in questions):
                        self.conditions[home].append(condition)
                    if not independent(questions, sets):
                        self._prove(condition)

    def over(self, condition: Condition, questions: Sequence[Question], *, exclusive: bool = True) -> Conditions:
        """Return the algebra of some questions, seen from the guideline of a condition."""
        home = condition.view.guideline.id
        return Conditions(self.questions[home], questions, self.exclusive[home] if exclusive else ())

    def beside(self, *conditions: Condition) -> Conditions:
        """Return the algebra of the questions of several conditions of one guideline."""
        home = conditions[0].view.guideline.id
        listed = [question for one in conditions for question in one.asked]
        return Conditions(self.questions[home], listed, self.exclusive[home], MOST_BESIDE)

    def _prove(self, condition: Condition) -> None:
        try:
            if len(condition.asked) > MOST_ASKED:  # the same few may be asked a thousand times
                raise TooLargeError
            conditions = self.over(condition, condition.asked)
            self.found += [Proved(condition, conditions, one) for one in discover(conditions, condition.root)]
        except TooLargeError:
            self.not_proved.append(condition)

    def of(self, *kinds: str) -> Iterator[Proved]:
        """Yield what was discovered of some kinds."""
        return (proved for proved in self.found if proved.discovery.kind in kinds)


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


def named(node: Node) -> str:
    """Name a criterion by its words, a group by its operator and its members."""
    if isinstance(node, Criterion):
        words = " ".join(node.text.value.split())
        return f"“{words}”" if len(words) <= _LONG else f"“{words[:_LONG].rsplit(' ', 1)[0]} …”"
    if len(node.of) == 1:
        return f"{WORDS[node.op]} {named(node.of[0])}"
    if node.op == "any" and all(isinstance(member, Criterion) for member in node.of) and len(node.of) < 4:
        return " / ".join(map(named, node.of))
    return f"{operator(node)} ({'; '.join(map(named, node.of[:2]))}{'; …' if len(node.of) > 2 else ''})"


def operator(group: Group) -> str:
    """Return the printed operator of a group."""
    return f"{WORDS[group.op]} {group.n}" if group.op == "at_least" else WORDS[group.op]


def listed(nodes: Sequence[Node]) -> str:
    words = [named(node) for node in nodes]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def labels(nodes: Sequence[Node], message: str) -> tuple[Label, ...]:
    return tuple(Label(place(node), message) for node in nodes)


def in_unit(value: str, question: Question) -> str:
    """Return an amount in the unit of the limit that it is compared with, where it is a whole number of them."""
    told_, limit = parse_amount(value), question.limit
    if told_ is not None and limit is not None:
        amount, one = scaled(told_.value, told_.unit), scaled("1", limit.unit)
        if amount is not None and one is not None and amount[0] == one[0] and (amount[1] / one[1]).denominator == 1:
            return f"{amount[1] / one[1]} {limit.unit}"
    return value


def shown(case: Mapping[Question, bool], condition: Condition, among: Sequence[Question] = ()) -> str:
    """Tell a case in words: each question that matters with its answer, "" where there is none to tell."""
    listed_, answers = tuple(case), tuple(case.values())
    facts = condition.view.registers.facts
    said: dict[str, str] = {}
    for question, met in case.items():
        if among and question not in among:
            continue
        if question.op:
            value = told(listed_, answers, question.fact)
            amount = in_unit(value, question) if value else "between its limits"
            said[question.fact] = f"{question.fact} {amount}"
        else:
            words = question.words or (facts[question.fact].question.value if question.fact in facts else question.fact)
            said[words] = f"“{words}” {'met' if met else 'not met'}"
    return "; ".join(list(said.values())[:6])
