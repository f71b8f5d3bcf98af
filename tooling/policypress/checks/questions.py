"""The words of a criterion against the question of the fact that it names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from policypress.checks.check import Check, Fault, GuidelineView, SectionView
from policypress.checks.lookup import add_line, by_words, value_at
from policypress.criteria import Criterion
from policypress.finding import Label, Severity
from policypress.nodes import Scalar
from policypress.pattern import pattern
from policypress.prover.questions import folded
from policypress.registers import Fact
from policypress.text import Span

_WORD = pattern(r"[^\W_]+(?:[-/’'][^\W_]+)*")
_FILLING = frozenset(
    "a an the is are was were be been being has have had do does did will would can of for to in on at by with and or "
    "it its this that there under way whether individual patient member".split()
)
_NEGATIONS = frozenset(
    "not no non never none neither nor without cannot isn't aren't don't doesn't wasn't weren't hasn't haven't didn't "
    "won't can't isn’t aren’t don’t doesn’t wasn’t weren’t hasn’t haven’t didn’t won’t can’t".split()
)


@cache
def _words(text: str) -> frozenset[str]:
    """Return what a sentence or question is about: its words without verbs of grammar, endings folded."""
    found = set()
    for word in _WORD.findall(text.lower()):
        if word not in _FILLING and word not in _NEGATIONS:
            found.add(word.removesuffix("s") if len(word) > 3 and not word.endswith("ss") else word)
    return frozenset(found)


def _negated(text: str) -> bool:
    return sum(word in _NEGATIONS for word in _WORD.findall(text.lower())) % 2 == 1


def _asked(view: SectionView) -> Iterator[tuple[Criterion, Fact]]:
    """Yield the criteria that name a question of the register to be answered met or not met."""
    facts = view.registers.facts
    for criterion in view.criteria if facts else ():
        fact = facts.get(criterion.fact)
        if fact is not None and fact.type == "verdict" and criterion.compare is None:
            yield criterion, fact


def _fact_span(criterion: Criterion) -> Span:
    place = value_at(criterion.span, "fact")
    return place.span if isinstance(place, Scalar) else criterion.text.span


def another_question(view: SectionView) -> Iterator[Fault]:
    """The words of a criterion ask what another fact asks.

    A case answers the fact, a reader the words. Where the words are those of another question of the register, one of
    the two was mixed up, and the case is decided by an answer to something else.

    ```yaml bad
    id: brain
    title: Brain
    effect: covered
    criteria:
      text: The tumor is a glioma
      fact: dx.lymphoma
    ```
    ```yaml good
    id: brain
    title: Brain
    effect: covered
    criteria:
      text: The tumor is a glioma
      fact: dx.glioma
    ```
    """
    by_words: dict[frozenset[str], Fact] = {}
    for criterion, fact in _asked(view):
        said = _words(criterion.text.value)
        if said == _words(fact.question.value):
            continue
        if not by_words:
            by_words = _by_words(view.registers.facts)
        other = by_words.get(said)
        if other is not None and other is not fact:
            yield Fault(
                f"The words ask what {other.id} asks, “{other.question.value}”, and the fact is {fact.id}",
                _fact_span(criterion),
                f"name {other.id}, or mend the words",
                criterion.id,
                (Label(criterion.text.span, "the words"), Label(fact.question.span, f"{fact.id} asks this")),
                mark="asks something else",
            )


def _by_words(facts: Mapping[str, Fact]) -> dict[frozenset[str], Fact]:
    found: dict[frozenset[str], Fact] = {}
    for fact in facts.values():
        if fact.type == "verdict" and len(words := _words(fact.question.value)) > 1:
            found.setdefault(words, fact)
    return found


def negated_question(view: SectionView) -> Iterator[Fault]:
    """A criterion says “not”, and the question of its fact does not.

    The answer to the question is taken as the verdict of the criterion. "PET/CT is not available" with the question
    "Is PET/CT available?" would be met exactly where PET/CT is there. The negation belongs into the structure: a
    `not` around the criterion that says what the question asks.

    ```yaml bad
    # file: registers/facts.yaml
    - {id: pet-ct-available, question: "Is PET/CT available?"}
    - {id: dx.glioma, question: "Is the tumor a glioma?"}
    - {id: dx.lymphoma, question: "Is the tumor a lymphoma?"}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: PET/CT is not available
      fact: pet-ct-available
    ```
    ```yaml good
    # file: registers/facts.yaml
    - {id: pet-ct-available, question: "Is PET/CT available?"}
    - {id: dx.glioma, question: "Is the tumor a glioma?"}
    - {id: dx.lymphoma, question: "Is the tumor a lymphoma?"}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      not:
        text: PET/CT is available
        fact: pet-ct-available
    ```
    """
    for criterion, fact in _asked(view):
        text, question = criterion.text.value, fact.question.value
        if _negated(text) == _negated(question):
            continue
        said, asked = _words(text), _words(question)
        if said and len(said & asked) * 2 >= len(said | asked):
            one, other = ("negate", "does not") if _negated(text) else ("do not negate", "does")
            yield Fault(
                f"The words {one}, and the question of {fact.id}, “{question}”, {other}",
                criterion.text.span,
                "put a `not` around the criterion and take the negation out of its words, or mend the question",
                criterion.id,
                (Label(fact.question.span, "the question"),),
            )


def fact_left_out(view: GuidelineView) -> Iterator[Fault]:
    """A criterion has the words of others that name a fact, and names none, or another one.

    The same question is asked once, through its fact. Left out in one place it is asked twice, and the two answers
    can differ: the case is then decided by two truths.

    ```yaml bad
    id: brain
    title: Brain
    effect: covered
    criteria:
      any:
        - all:
            - text: The tumor is a glioma
              fact: dx.glioma
            - The study is the first after surgery
        - all:
            - The tumor is a glioma
            - The study assesses the response to treatment
    ```
    ```yaml good
    id: brain
    title: Brain
    effect: covered
    criteria:
      any:
        - all:
            - text: The tumor is a glioma
              fact: dx.glioma
            - The study is the first after surgery
        - all:
            - text: The tumor is a glioma
              fact: dx.glioma
            - The study assesses the response to treatment
    ```
    """
    named: dict[str, Criterion] = {}
    for naming in reversed(view.notes(_naming)):
        named.update(naming)
    for section in view.sections if named else ():
        words = section.note(by_words)
        if named.keys().isdisjoint(words):
            continue
        for known, criterion in ((named[said], one) for said in words if said in named for one in words[said]):
            if criterion.compare is not None or criterion.see is not None or known.fact == criterion.fact:
                continue
            own = criterion.fact != criterion.id
            yield Fault(
                f"These words name the fact {known.fact} elsewhere, and {criterion.fact if own else 'none'} here",
                _fact_span(criterion) if own else criterion.text.span,
                f"add fact: {known.fact}, or say in the words what is different",
                criterion.id,
                (Label(known.text.span, "the same words"),),
                () if own else add_line(criterion, f"fact: {known.fact}"),
            )


def _naming(view: SectionView) -> Mapping[str, Criterion]:
    """Return the criteria of a section that name a fact, by their words."""
    facts = view.registers.facts
    naming = [one for one in view.criteria if one.fact in facts and one.compare is None] if facts else ()
    return {folded(criterion.text.value): criterion for criterion in reversed(naming)}


CHECKS: tuple[Check, ...] = (
    Check("R110", "another-question", Severity.WARNING, "section", another_question),
    Check("R111", "negated-question", Severity.WARNING, "section", negated_question),
    Check("R112", "fact-left-out", Severity.WARNING, "guideline", fact_left_out),
)
