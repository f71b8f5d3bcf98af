"""Criteria and exceptions that change the outcome of no case: proved, and shown with a case."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks.check import Check, Fault, LibraryView
from policypress.checks.groups import place, signature
from policypress.checks.lookup import key_span
from policypress.checks.proofs import labels, listed, named, operator, shown
from policypress.checks.proven import Proved
from policypress.criteria import Criterion, Node, walk
from policypress.finding import Label, Severity
from policypress.prover.conditions import asked
from policypress.prover.questions import Question

_ROLES = {"applies_when": "guard", "unless": "waiver", "except_when": "carve-out"}


def implied_member(library: LibraryView) -> Iterator[Fault]:
    """A member of a list is settled by the other members, so that it decides nothing.

    Under ALL, "at least 6 weeks" asks nothing beside "at least 12 weeks". Under ANY, "A and B" adds no case beside
    "A". Whoever reads the list believes that the member counts. Mostly a number, a fact or the operator is not the one
    that was meant. This is proved over every possible case, and the help shows one.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
        - all:
            - The study changes the plan of treatment
            - MRI is not available
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
        - all:
            - The provider asks for the study
            - MRI is not available
    ```
    """
    for proved in library.proofs.of("implied", "same"):
        discovery = proved.discovery
        member, because, group = discovery.node, discovery.because, discovery.group
        assert group is not None
        if any(signature(member) == signature(other) for other in because):
            continue  # the same words twice are a rule of their own
        this, others, what = named(member), listed(because), operator(group)
        plural = "are" if len(because) > 1 else "is"
        if discovery.kind == "same":
            said = f"{this} says the same as {others}, so it decides nothing in this {what}"
        elif group.op == "any":
            said = f"Whenever {this} is met, {others} {plural} met too, so it adds no case to this {what}"
        elif group.op == "all":
            said = f"{this} is met whenever {others} {plural}, so it asks nothing in this {what}"
        else:
            said = f"{this} decides nothing in this {what}, for {others} {plural} in it"
        yield Fault(
            said, place(member), "write what was meant, or take it out" + _example(proved, (member, *because)),
            member.id, labels(because, "decides already"), mark="decides nothing",
        )  # fmt: skip


def decides_nothing(library: LibraryView) -> Iterator[Fault]:
    """A criterion decides nothing, because something elsewhere in the ruling settles it.

    Where it could make a difference, the same question has been answered further up: by a criterion beside its list, by
    a guard, by an exception. Whatever is found out about it, the outcome stays the same. Mostly another question was
    meant here. This is proved over every possible case.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - MRI is not available
            - all:
                - The study changes the plan of treatment
                - Surgery is planned
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - MRI is not available
            - all:
                - Radiation is planned
                - Surgery is planned
    ```
    """
    for proved in library.proofs.of("idle"):
        member = proved.discovery.node
        yield Fault(
            f"{named(member)} decides nothing here: with it and without it, every case has the same outcome",
            place(member),
            "write what was meant, or take it out" + _example(proved, (member,)),
            member.id,
            _elsewhere(proved, member),
            mark="decides nothing",
        )


def exception_without_effect(library: LibraryView) -> Iterator[Fault]:
    """A guard, waiver or carve-out changes nothing.

    An `unless` that holds only where the criterion is met anyway waives nothing; an `except_when` that holds only where
    it is not met takes nothing away; an `applies_when` that is always met guards nothing. The reader takes them for
    exceptions all the same. This is proved over every possible case.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - MRI is not available
        - text: Radiation was at least 12 weeks ago
          compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
          unless:
            text: Radiation was more than 12 weeks ago
            compare: {fact: since-radiation, op: ">", parameter: radiation-delay}
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - MRI is not available
        - text: Radiation was at least 12 weeks ago
          compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
          unless:
            text: Surgery cannot wait
    ```
    """
    for proved in library.proofs.of("exception"):
        discovery = proved.discovery
        part, node = discovery.node, discovery.because[0]
        yield Fault(
            f"This {_ROLES[discovery.role]} changes nothing: with {named(part)} and without it, "
            f"every case has the same outcome",
            key_span(node.span, discovery.role),
            "write what was meant, or take it out" + _example(proved, (part, node)),
            node.id,
            _elsewhere(proved, part),
            mark="without effect",
        )


def _example(proved: Proved, nodes: tuple[Node, ...]) -> str:
    case = proved.discovery.case
    if not case:
        return ""
    matter = _questions(proved, nodes) if proved.discovery.kind == "implied" else ()
    said = shown(case, proved.condition, matter)
    verdicts = "; ".join(_verdict(proved, node) for node in nodes[:2]) if proved.discovery.kind == "implied" else ""
    return f"; for example, with {said}" + (f": {verdicts}" if verdicts else "")


def _verdict(proved: Proved, node: Node) -> str:
    """Say what a node is in the case that shows the discovery."""
    met = proved.conditions.in_case(proved.discovery.case).value(node).met
    return f"{named(node)} is {'' if met else 'not '}met"


def _questions(proved: Proved, nodes: tuple[Node, ...]) -> tuple[Question, ...]:
    return tuple(dict.fromkeys(question for node in nodes for question in asked(proved.conditions.questions, node)))


def _elsewhere(proved: Proved, part: Node) -> tuple[Label, ...]:
    """Return the other criteria of the condition that ask what a part asks, or what depends on it."""
    questions = proved.conditions.questions
    facts = {question.fact if not question.words else question.words for question in _questions(proved, (part,))}
    inside = {id(node) for node in walk(part)}
    found = []
    for node in walk(proved.condition.root):
        if id(node) not in inside and isinstance(node, Criterion):
            question = questions.of(node, questions.home)
            if question is not None and (question.words or question.fact) in facts:
                found.append(Label(place(node), "asked here already"))
    return tuple(found[:3])


CHECKS: tuple[Check, ...] = (
    Check("S213", "implied-member", Severity.WARNING, "library", implied_member),
    Check("S214", "decides-nothing", Severity.WARNING, "library", decides_nothing),
    Check("S215", "exception-without-effect", Severity.WARNING, "library", exception_without_effect),
)
