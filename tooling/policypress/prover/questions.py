"""Which questions criteria ask: the same fact is one question, and so are the same words in one section.

Facts of one exclusive set, and comparisons of one amount, cannot be answered independently of each other.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import prod
from types import MappingProxyType

from policypress.codes import PLAIN_HYPHENS
from policypress.criteria import Criterion, Node
from policypress.logic import Case, Index
from policypress.model import Guideline, Ruling, Section, section_nodes
from policypress.prover.algebra import Allowed, Effort
from policypress.quantity import boundary_values, compare
from policypress.record import NamedTuple, quick
from policypress.registers import Exclusive
from policypress.ucum import Amount

_PLAIN = PLAIN_HYPHENS | str.maketrans(dict.fromkeys("“”„″", '"') | dict.fromkeys("‘’′", "'"))


class Question(NamedTuple):
    """What is answered met or not met: a fact, a comparison (`op` and `limit`), or words that name no fact."""

    fact: str
    words: str = ""
    op: str = ""
    limit: Amount | None = None
    unit: str = ""  # of a bare number told for the fact


_new_question = quick(Question)


class Questions:
    """The questions of the criteria of a library, seen from one guideline."""

    def __init__(
        self, guidelines: Mapping[str, Guideline], home: str, index: Index | None = None,
        named: Mapping[str, frozenset[str]] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        """Whoever knows them gives what pointers can lead to, by guideline and id, and the facts that each names."""
        self.case = Case(guidelines, home, {}, index=index)
        self.home = home
        self._named = dict(named)

    def of(self, criterion: Criterion, home: str) -> Question | None:
        """Return what a criterion asks; None where it takes the verdict of what it points at."""
        named = criterion.fact != criterion.id or criterion.id in self._facts(home)
        if named:
            return Question(self.case.name(criterion.fact, home))
        if criterion.compare is not None:
            limit = self.case.limit(criterion, home)
            if limit is None:
                return Question(self.case.name(criterion.id, home))
            fact = criterion.compare.fact.value
            known = self.case.guidelines[home].registers.facts.get(fact)
            unit = known.unit if known is not None else ""
            return Question(self.case.name(fact, home), "", criterion.compare.op, limit, unit)
        if criterion.see is not None and criterion.see.target and self.target(criterion, home)[0] is not None:
            return None
        if criterion.see is not None and not criterion.see.external:
            return Question(self.case.name(criterion.id, home))
        return _new_question((criterion.text.source.path, folded(criterion.text.value), "", None, ""))

    def target(self, criterion: Criterion, home: str) -> tuple[Section | Ruling | Node | None, str]:
        """Return what a criterion points at, and its guideline."""
        return self.case.owner(criterion.see.target if criterion.see is not None else "", home)

    def _facts(self, home: str) -> frozenset[str]:
        """Return the facts that a guideline names: in its register, or at criteria."""
        if home not in self._named:
            guideline = self.case.guidelines[home]
            self._named[home] = frozenset(guideline.registers.facts) | {
                node.fact
                for section in guideline.sections
                for node in section_nodes(section)
                if isinstance(node, Criterion) and node.fact != node.id
            }
        return self._named[home]


def allowed(questions: Sequence[Question], exclusive: Iterable[Exclusive], effort: Effort) -> list[Allowed]:
    """Return which answers some of the questions can have together. `TooLargeError` where there are too many."""
    places = {one.fact: place for place, one in enumerate(questions) if not one.words and not one.op}
    found: list[Allowed] = []
    for one in exclusive:
        which = tuple(sorted({places[fact.value] for fact in one.facts if fact.value in places}))
        if len(which) > 1:
            found.append((which, frozenset(tuple(place == yes for place in which) for yes in (*which, -1))))
    for fact, measured in amounts(questions).items():
        if len(measured) == 1:  # one comparison may hold or not
            continue
        answers: set[tuple[bool, ...]] = set()
        for told in told_amounts(questions, fact):
            held = [_held(questions[place], told) for place in measured]
            effort.spend(4 * len(held) + prod(map(len, held)) * len(held) // 4)
            answers.update(product(*held))
        if answers:
            found.append((measured, frozenset(answers)))
    return found


def amounts(questions: Sequence[Question]) -> dict[str, tuple[int, ...]]:
    """Return for each amount the places of the questions that compare it."""
    found: dict[str, tuple[int, ...]] = {}
    for place, question in enumerate(questions):
        if question.op:
            found[question.fact] = (*found.get(question.fact, ()), place)
    return found


def told_amounts(questions: Sequence[Question], fact: str) -> tuple[str, ...]:
    """Return a value below, at, between and above all limits with which an amount is compared."""
    return boundary_values(
        question.limit for question in questions if question.op and question.fact == fact and question.limit is not None
    )


def _held(question: Question, told: str) -> tuple[bool, ...]:
    """Return the answers that an amount gives: both where the calendar decides (182 days and 6 months)."""
    held = None if question.limit is None else compare(told, question.op, question.limit, question.unit)
    return (False, True) if held is None else (held,)


def told(questions: Sequence[Question], answers: Sequence[bool], fact: str) -> str:
    """Return an amount that gives these answers, "" where only the calendar could."""
    places = amounts(questions).get(fact, ())
    for value in told_amounts(questions, fact):
        if all(_held(questions[place], value) == (answers[place],) for place in places):
            return value
    return ""


def folded(text: str) -> str:
    """Return a text without the differences that a reader does not see: case, spacing, hyphens, the full stop."""
    if text.isascii():
        text = text.lower()
    else:
        text = unicodedata.normalize("NFKC", text).translate(_PLAIN).casefold()
    if "  " in text or "\n" in text:
        text = " ".join(text.split())
    return text.strip().rstrip(" .;,")
