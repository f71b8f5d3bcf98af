"""Criteria that say something else than was meant: an exception on the wrong side, an option under ALL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.groups import operator_span
from policypress.checks.lookup import key_span, value_at
from policypress.criteria import Criterion, Group, Node
from policypress.finding import Label, Severity
from policypress.pattern import pattern

# Behind "may", "can", "could", "might": words that make an option of a sentence ("may be pregnant" is none).
_OPTION = pattern(
    r"[ ](?:(?:also|still|sometimes|often)[ ])?be[ ](?:(?:medically|clinically)[ ])?"
    r"(?:considered|used|useful|helpful|indicated|appropriate|reasonable|approved|covered|supported|allowed|permitted"
    r"|performed|obtained|requested|ordered|warranted|justified|acceptable|necessary|needed|required)\b"
    r"|[ ]also[ ](?:be|have|undergo|receive)[ ]\w+",
    re.I,
)


def waiver_in_exclusion(view: SectionView) -> Iterator[Fault]:
    """An `unless` stands where it takes coverage away: below `not_covered`, or inside a NOT.

    `unless` lets a node count as met. Below `not_covered` that means: where the exception holds, the service is not
    covered, which is the opposite of "not covered unless …". There the exception is an `except_when`, which lets the
    node count as not met. Inside a NOT of a covered ruling the same holds.

    ```yaml bad
    id: pet
    title: PET
    effect: not_covered
    services: [PET]
    criteria:
      text: The study is done for routine follow-up
      unless:
        text: New symptoms suggest recurrence
    ```
    ```yaml good
    id: pet
    title: PET
    effect: not_covered
    services: [PET]
    criteria:
      text: The study is done for routine follow-up
      except_when:
        text: New symptoms suggest recurrence
    ```
    """
    if not any(node.unless is not None for node in view.nodes):
        return
    for ruling in view.section.rulings:
        if ruling.criteria is not None:
            yield from _waivers(ruling.criteria, ruling.effect == "not_covered", ruling.effect)


def _waivers(node: Node, against: bool, effect: str) -> Iterator[Fault]:
    if node.unless is not None and against:
        where = "below not_covered" if effect == "not_covered" else "inside a NOT"
        exception = f"“{node.unless.text.value}” holds" if isinstance(node.unless, Criterion) else "its exception holds"
        yield Fault(
            f"This `unless` stands {where}: where {exception}, the service is not covered",
            key_span(node.span, "unless"),
            "write `except_when` in place of `unless`",
            node.id,
            mark="counts as met",
        )
    if isinstance(node, Group):
        for member in node.of:
            yield from _waivers(member, against != (node.op == "not"), effect)


def permissive_member(view: SectionView) -> Iterator[Fault]:
    """A member of an ALL is an option and no requirement.

    "PET/CT may be considered before a biopsy" cannot be met or not met: it allows something. Under ALL it would be
    asked of every case, and who does not use the option would not be covered. Such a sentence is a ruling of its own
    with `strength: may`, or a note.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - text: The provider asks for the study
          strength: may
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    strength: may
    criteria:
      all:
        - The study changes the plan of treatment
        - The provider asks for the study
    ```
    """
    members = {member.id: (member, group) for group in view.groups if group.op == "all" for member in group.of}
    if not members:
        return
    said: set[str] = set()
    for mark in view.wording.marks:
        if mark.mark != "may" or mark.passage.kind != "criterion" or mark.passage.id not in members:
            continue
        text = mark.passage.text
        option = _OPTION.match(text.value, mark.end)
        if option is not None and mark.passage.id not in said:
            said.add(mark.passage.id)
            words = text.value[mark.start : option.end()]
            yield Fault(
                f"“{words}” makes an option of this member, and ALL asks for every member",
                text.at(mark.start, option.end()),
                "write what must be met, or make the option a ruling of its own with `strength: may`, or a note",
                mark.passage.id,
                (Label(operator_span(members[mark.passage.id][1]), "asks for every member"),),
                mark="an option",
            )
    for id, (member, group) in members.items():
        if member.strength == "may" and id not in said:
            value = value_at(member.span, "strength")
            yield Fault(
                "The strength “may” makes an option of this member, and ALL asks for every member",
                value.span if value is not None else key_span(member.span, "strength"),
                "take the strength out if it must be met; else make the option a ruling of its own, or a note",
                id,
                (Label(operator_span(group), "asks for every member"),),
                mark="an option",
            )


CHECKS: tuple[Check, ...] = (
    Check("S205", "waiver-in-exclusion", Severity.WARNING, "section", waiver_in_exclusion),
    Check("S207", "permissive-member", Severity.WARNING, "section", permissive_member),
)
