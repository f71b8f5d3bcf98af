"""What the prover finds in a library, gathered once for all rules that tell of it, and how its findings are worded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from policypress.checks.check import LibraryView
from policypress.checks.groups import WORDS, place
from policypress.checks.proven import Condition, Proved, Proven, Prover, exclusive
from policypress.checks.services import common, services
from policypress.criteria import Criterion, Group, Node
from policypress.finding import Label
from policypress.prover.algebra import MOST_BESIDE, Effort
from policypress.prover.conditions import Conditions
from policypress.prover.questions import Question, Questions, told
from policypress.quantity import parse_amount
from policypress.registers import Exclusive
from policypress.ucum import scaled

_LONG = 90  # characters of a criterion that a message shows


class Proofs:
    """Everything proved of a library."""

    def __init__(self, library: LibraryView) -> None:
        prover = Prover(library)
        self.sections: dict[str, Sequence[Proven]] = {}
        self.questions: dict[str, Questions] = {}
        self.exclusive: dict[str, tuple[Exclusive, ...]] = {}
        self.sets: dict[str, dict[str, list[str]]] = {}  # fact -> the exclusive sets that it belongs to
        for view in library.guidelines:
            home = view.guideline.id
            self.questions[home] = prover.questions(home)
            self.exclusive[home] = view.beside.make(exclusive)
            self.sets[home] = {}
            for one in self.exclusive[home]:
                for fact in one.facts:
                    self.sets[home].setdefault(fact.value, []).append(f"\0{one.name}")
            self.sections[home] = prover.prove(view)
        self.all = [proven for sections in self.sections.values() for proven in sections]
        self.found = [proved for proven in self.all for proved in proven.found]
        self._services: dict[int, frozenset[str]] = {}
        self.not_proved = [condition for proven in self.all for condition in proven.not_proved]

    def conditions(self, home: str) -> Iterator[Condition]:
        """Yield the conditions of a guideline that may be compared with others."""
        return chain.from_iterable([proven.conditions for proven in self.sections[home]])

    def over(
        self, condition: Condition, questions: Sequence[Question], effort: Effort | None = None, *,
        exclusive: bool = True,
    ) -> Conditions:  # fmt: skip
        """Return the algebra of some questions, seen from the guideline of a condition."""
        home = condition.view.guideline.id
        return Conditions(self.questions[home], questions, self.exclusive[home] if exclusive else (), effort=effort)

    def beside(self, effort: Effort, *conditions: Condition) -> Conditions:
        """Return the algebra of the questions of several conditions of one guideline."""
        home = conditions[0].view.guideline.id
        listed = [question for one in conditions for question in one.asked]
        return Conditions(self.questions[home], listed, self.exclusive[home], MOST_BESIDE, effort)

    def services(self, condition: Condition) -> frozenset[str]:
        """Return the codes that a ruling is about; see `services`."""
        found = self._services.get(id(condition.owner))
        if found is None:
            found = self._services[id(condition.owner)] = services(condition)
        return found

    def common(self, one: Condition, other: Condition) -> frozenset[str]:
        """Return the codes that two rulings are both about."""
        return common(self.services(one), self.services(other))

    def of(self, *kinds: str) -> Iterator[Proved]:
        """Yield what was discovered of some kinds."""
        return (proved for proved in self.found if proved.discovery.kind in kinds)


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
