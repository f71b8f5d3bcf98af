"""Groups: how many members they have, and whether one stands there twice."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.lookup import key_span, value_at
from policypress.criteria import Criterion, Group, Node, guards
from policypress.finding import Label, Severity
from policypress.nodes import Mapping, Sequence, YamlNode
from policypress.prover.questions import folded
from policypress.text import Span

WORDS = {"all": "ALL", "any": "ANY", "not": "NOT", "at_least": "AT LEAST"}


def operator_span(group: Group) -> Span:
    """Return where the operator of a group stands."""
    return key_span(group.span, group.op)


def _listed(group: Group) -> YamlNode | None:
    value = value_at(group.span, group.op)
    if group.op == "at_least" and isinstance(value, Mapping):
        return next((listed for key, listed in value.entries if key.value == "of"), None)
    return value


def _written(group: Group) -> int:
    """Count the members as written: one that could not be read is a fault of its own and still a member."""
    listed = _listed(group)
    return len(listed.items) if isinstance(listed, Sequence) else len(group.of)


def empty_group(view: SectionView) -> Iterator[Fault]:
    """A group has no members.

    An ALL without members would be met by everybody if it were read as in mathematics. Here a group without members
    is never met, so nobody could be covered by it. Either way it is not what anyone meant: members were lost, or are
    still to be written.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all: []
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    ```
    """
    for group in view.groups:
        if not group.of and group.op != "not" and _written(group) == 0:
            listed = _listed(group)
            yield Fault(
                f"This {WORDS[group.op]} has no members, and a group without members is never met",
                operator_span(group) if listed is None else listed.span,
                "write its members, or take the group out; if the source lost them, give the ruling `complete: false`",
                group.id,
                mark="no member",
            )


def at_least_out_of_range(view: SectionView) -> Iterator[Fault]:
    """AT LEAST asks for more members than its list has.

    Three of two conditions can never be met, so nobody would be covered. A member was lost, or the number is wrong.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      at_least:
        n: 3
        of:
          - The study changes the plan of treatment
          - PET/CT is not available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      at_least:
        n: 2
        of:
          - The study changes the plan of treatment
          - PET/CT is not available
          - The provider asks for the study
    ```
    """
    for group in view.groups:
        if group.op == "at_least" and group.of and group.n > len(group.of) and group.n > (count := _written(group)):
            value = value_at(group.span, "at_least")
            number = (
                next((number for key, number in value.entries if key.value == "n"), None)
                if isinstance(value, Mapping)
                else None
            )
            yield Fault(
                f"AT LEAST {group.n} can never be met: the list has {count} member{'s' if count > 1 else ''}",
                operator_span(group) if number is None else number.span,
                f"write a number from 1 to {count}, or add the members that are missing",
                group.id,
                mark=f"of {count}",
            )


def group_of_one(view: SectionView) -> Iterator[Fault]:
    """A group has a single member.

    ALL and ANY mean the same over one condition, so the reader learns nothing from the word, and most often a second
    member was lost on the way. If there is only one condition, it needs no list.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for group in view.groups:
        if len(group.of) == 1 and group.op != "not" and group.n < 2 and _written(group) == 1:
            yield Fault(
                f"This {WORDS[group.op]}{' 1' if group.n else ''} has one member",
                operator_span(group),
                "add the member that is missing, or write the one in place of the group",
                group.id,
                mark="one member",
            )


def same_criterion_twice(view: SectionView) -> Iterator[Fault]:
    """One group holds the same criterion twice.

    The second copy adds nothing under ALL and ANY, and under AT LEAST one condition would count as two. Mostly a line
    was copied to be changed, and the change was forgotten: then a criterion is missing.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
        - the study changes the plan of treatment.
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
        - The provider asks for the study
    ```
    """
    for group in view.groups:
        if len(group.of) < 2:
            continue
        if len({_plain(member) for member in group.of}) == len(group.of):
            continue
        first: dict[object, Node] = {}
        for member in group.of:
            known = first.setdefault(signature(member), member)
            if known is not member:
                what = f"“{member.text.value}”" if isinstance(member, Criterion) else "The same group"
                yield Fault(
                    f"{what} stands twice in this {WORDS[group.op]}",
                    place(member),
                    "write the criterion that is missing in place of the copy, or take the copy out",
                    member.id,
                    (Label(place(known), "the first"),),
                    mark="the copy",
                )


def place(node: Node) -> Span:
    """Return where a member begins to say something: its text, or its operator."""
    return node.text.span if isinstance(node, Criterion) else operator_span(node)


def _plain(node: Node) -> object:
    """Return the words where a node begins: what differs here cannot be the same condition."""
    while isinstance(node, Group) and node.of:
        node = node.of[0]
    return folded(node.text.value) if isinstance(node, Criterion) else node.op


def signature(node: Node) -> object:
    """Return what makes two members the same condition: their words, pointers and guards, ids and remarks apart."""
    below = tuple((key, signature(guard)) for key, guard in guards(node))
    if isinstance(node, Group):
        return (node.op, node.n, tuple(signature(member) for member in node.of), below)
    if node.compare is None and node.see is None and not below:
        return folded(node.text.value)
    compare = node.compare
    measured = compare and (
        compare.fact.value,
        compare.op,
        compare.parameter and compare.parameter.value,
        compare.value and compare.value.value,
        compare.unit,
    )
    return (folded(node.text.value), node.see and (node.see.target, node.see.code, node.see.external), measured, below)


CHECKS: tuple[Check, ...] = (
    Check("S201", "empty-group", Severity.ERROR, "section", empty_group),
    Check("S202", "at-least-out-of-range", Severity.ERROR, "section", at_least_out_of_range),
    Check("S203", "group-of-one", Severity.WARNING, "section", group_of_one),
    Check("S208", "same-criterion-twice", Severity.WARNING, "section", same_criterion_twice),
)
