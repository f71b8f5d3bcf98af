"""Criteria that are never met or never fail, whatever the case: proved, not guessed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import chain

from policypress.checks.check import Check, Fault, LibraryView
from policypress.checks.groups import operator_span, place
from policypress.checks.guarding import lists
from policypress.checks.proofs import Proofs, labels, listed, named, operator
from policypress.checks.proven import Proved
from policypress.criteria import Group, Node
from policypress.finding import Severity
from policypress.model import CodingRule
from policypress.prover.algebra import Effort, TooLargeError
from policypress.prover.conditions import asked
from policypress.text import Span

_TO_TELL = 20_000  # steps to find out why something is never met


def all_over_exclusive(library: LibraryView) -> Iterator[Fault]:
    """ALL asks for conditions that exclude one another, so that it can never be met.

    `exclusive.yaml` says which facts no case has together, such as two kinds of one tumor. A list of them under ALL
    would cover nobody. In prose "all of the following" often stands over such a list and means "for each that applies":
    then each member has an `applies_when`, or is a ruling of its own; or ANY is meant.

    ```yaml bad
    id: brain
    title: Brain tumors
    effect: covered
    codes: [70553]
    criteria:
      all:
        - text: The tumor is a glioma
          fact: dx.glioma
        - text: The tumor is a lymphoma
          fact: dx.lymphoma
    ```
    ```yaml good
    id: brain
    title: Brain tumors
    effect: covered
    codes: [70553]
    criteria:
      all:
        - text: The study is the first after surgery
          applies_when:
            text: The tumor is a glioma
            fact: dx.glioma
        - text: The study assesses the response to treatment
          applies_when:
            text: The tumor is a lymphoma
            fact: dx.lymphoma
    ```
    """
    for proved, sets in _never(library.proofs):
        if sets:
            node = proved.discovery.node
            clashing = _clashing(proved)
            yield Fault(
                f"{listed(clashing)} exclude one another ({', '.join(sets)}), so this {_what(node)} can never be met",
                _span(node),
                "write `any` if one is enough, or give each member its `applies_when`, or make rulings of them",
                node.id,
                labels(clashing, f"one of: {', '.join(sets)}"),
                mark="asks for all of them",
            )


def never_met(library: LibraryView) -> Iterator[Fault]:
    """A criterion, list or ruling can never be met, whatever the case.

    It asks for something and for its contrary: more than 12 weeks and less than 8, a condition and NOT the same
    condition, a criterion and the exception that always takes it away. Nobody can be covered by it. This is proved over
    every possible case; the finding names the members that exclude one another.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - Surgery is planned
            - Radiation is planned
        - not: The study changes the plan of treatment
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - Surgery is planned
            - Radiation is planned
        - not: The individual is pregnant
    ```
    """
    for proved, sets in _never(library.proofs):
        if not sets:
            node, because = proved.discovery.node, proved.discovery.because
            others = [one for one in because if one is not node]
            if len(others) > 1:
                said = f"{listed(others)} exclude one another, so this {_what(node)} can never be met"
            else:
                said = f"{named(node)} can never be met together with {listed(others or [node])}, which hangs on it"
            yield Fault(
                said, _span(node), "take out what was not meant, or write `any` if one is enough", node.id,
                labels(others, "these exclude one another"), mark="never met",
            )  # fmt: skip


def always_met(library: LibraryView) -> Iterator[Fault]:
    """A criterion, list or ruling is met in every case.

    "At least 12 weeks or less than 12 weeks", a condition or NOT the same condition: whoever is asked, it is met, so
    that it asks nothing. This is proved over every possible case. Mostly one side was meant otherwise.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - PET/CT is available
            - not: PET/CT is available
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - PET/CT is available
            - MRI is available
    ```
    """
    for proved in library.proofs.of("always"):
        node = proved.discovery.node
        others = [one for one in proved.discovery.because if one is not node]
        if len(others) > 1:
            said = f"{listed(others)} leave no case out, so this {_what(node)} is met by everybody"
        else:
            said = f"{named(node)} is met wherever it is asked, because of {listed(others or [node])}"
        yield Fault(
            said, _span(node), "write what was meant, or take it out: it asks nothing", node.id,
            labels(others, "one of these is met in every case"), mark="always met",
        )  # fmt: skip


def not_proved(library: LibraryView) -> Iterator[Fault]:
    """A ruling is too entangled to be proved, by itself or beside others for the same service.

    Which members exclude or imply each other is proved over every possible case: up to 400 different questions in 600
    criteria, a diagram of 60,000 nodes, and 200,000 steps for all rulings of a section. So is whether exclusions leave
    something of a ruling, whether two rulings contradict or repeat each other (up to 700 questions of them all), and
    whether guards over one amount overlap. Beyond that nothing is known, neither good nor bad, and this says so. A
    section of that size is hard to read as well: its parts can be rulings or sections of their own.
    """
    for condition in library.proofs.not_proved:
        what = "The condition of this coding rule" if isinstance(condition.owner, CodingRule) else "This ruling"
        count = len(condition.asked)
        yield Fault(
            f"{what} was not proved: {f'its {count} questions' if count else 'what it points at'} would take too many "
            f"steps, so criteria in it that exclude or imply each other are not found",
            _span(condition.root),
            "make rulings or sections of its parts, if that is possible",
            condition.root.id,
            mark="not proved",
        )
    beside = [(one.condition, one.others) for one in library.closings if one.open]
    beside += [(twins.one, (twins.other,)) for twins in library.twins if twins.open]
    for condition, others in beside:
        ids = ", ".join(other.owner.id for other in others[:3]) + (" …" if len(others) > 3 else "")
        count = len({question for one in (condition, *others) for question in one.asked})
        yield Fault(
            f"{condition.owner.id} was not proved beside {ids or 'the rulings that exclude'}: "
            f"{f'their {count} questions' if ids else 'there are so many that it'} would take too many steps, so it is "
            "not known whether one takes away, contradicts or repeats what the other says",
            _span(condition.root),
            "make rulings or sections of its parts, if that is possible",
            condition.root.id,
            labels([other.root for other in others[:3]], "beside this"),
            mark="not proved",
        )
    for guarded in chain.from_iterable([proven.note(lists) for proven in library.proofs.all]):
        if guarded.open:
            first = guarded.guards[0]
            yield Fault(
                f"The {len(guarded.guards)} guards of this list over one amount were not proved: they would take too "
                "many steps, so it is not known whether two of them hold for one value, or none",
                _span(first), "make lists of its parts, if that is possible", first.id, mark="not proved",
            )  # fmt: skip


def _never(proofs: Proofs) -> Iterator[tuple[Proved, tuple[str, ...]]]:
    """Yield what is never met, with the exclusive sets without which it could be."""
    for proved in proofs.of("never"):
        condition, node = proved.condition, proved.discovery.node
        try:
            free = proofs.over(condition, asked(proved.conditions.questions, node), Effort(_TO_TELL), exclusive=False)
            anyway = free.value(node).met == 0
        except TooLargeError:
            anyway = True  # never met it is
        if anyway:
            yield proved, ()
            continue
        questions = proved.conditions.questions
        facts = {question.fact for one in proved.discovery.because for question in asked(questions, one)}
        exclusive = proofs.exclusive[condition.view.guideline.id]
        yield proved, tuple(one.name for one in exclusive if len(facts & {fact.value for fact in one.facts}) > 1)


def _clashing(proved: Proved) -> list[Node]:
    """Return what excludes one another, and the other members that exclude each of them too."""
    conditions, node = proved.conditions, proved.discovery.node
    found = list(proved.discovery.because)
    if not (isinstance(node, Group) and node.op == "all"):
        return found
    both = conditions.algebra.both
    with suppress(TooLargeError):  # then fewer are named
        for member in node.of:
            value = conditions.value(member)
            if all(member is not one for one in found) and all(
                both(value.met, conditions.value(one).met) == 0 for one in found
            ):
                found.append(member)
    return sorted(found, key=lambda one: one.span.start)


def _what(node: Node) -> str:
    return operator(node) if isinstance(node, Group) else "criterion"


def _span(node: Node) -> Span:
    return operator_span(node) if isinstance(node, Group) else place(node)


CHECKS: tuple[Check, ...] = (
    Check("S204", "all-over-exclusive", Severity.ERROR, "library", all_over_exclusive),
    Check("S210", "never-met", Severity.ERROR, "library", never_met),
    Check("S211", "always-met", Severity.WARNING, "library", always_met),
    Check("S212", "not-proved", Severity.INFO, "library", not_proved),
)
