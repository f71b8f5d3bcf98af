"""Criteria that say something else than was meant: never to be met, an exception on the wrong side, an option."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policypress.checks.check import Check, Fault, GuidelineView, SectionView
from policypress.checks.groups import operator_span, place
from policypress.checks.lookup import key_span, value_at
from policypress.finding import Label, Severity
from policypress.model import Criterion, Group, Node, guards
from policypress.pattern import pattern

# Behind "may", "can", "could", "might": words that make an option of a sentence ("may be pregnant" is none).
_OPTION = pattern(
    r"[ ](?:(?:also|still|sometimes|often)[ ])?be[ ](?:(?:medically|clinically)[ ])?"
    r"(?:considered|used|useful|helpful|indicated|appropriate|reasonable|approved|covered|supported|allowed|permitted"
    r"|performed|obtained|requested|ordered|warranted|justified|acceptable|necessary|needed|required)\b",
    re.I,
)
# Set of the register -> the facts of which one must be met, with the member that asks for it.
_Needs = dict[str, tuple[frozenset[str], Node]]


def all_over_exclusive(view: GuidelineView) -> Iterator[Fault]:
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
    sets: dict[str, tuple[str, ...]] = {}
    for exclusive in view.guideline.registers.exclusive.values():
        for fact in exclusive.facts:
            sets[fact.value] = (*sets.get(fact.value, ()), exclusive.name)
    for section in view.sections if sets else ():
        if sum(criterion.fact in sets for criterion in section.criteria) > 1:
            faults: list[Fault] = []
            for root in _roots(section):
                _needs(root, sets, faults)
            yield from faults


def _roots(view: SectionView) -> Iterator[Node]:
    for ruling in view.section.rulings:
        if ruling.criteria is not None:
            yield ruling.criteria
    for rule in view.section.coding_rules:
        if rule.when is not None:
            yield rule.when


def _needs(node: Node, sets: Mapping[str, tuple[str, ...]], faults: list[Fault]) -> _Needs:
    """Return which facts a node needs; report each ALL below it that needs two of one set."""
    for _, guard in guards(node):
        _needs(guard, sets, faults)
    needs: _Needs = {}
    if isinstance(node, Criterion):
        if node.see is None and node.compare is None:
            needs = {name: (frozenset({node.fact}), node) for name in sets.get(node.fact, ())}
    else:
        members = [_needs(member, sets, faults) for member in node.of]
        if node.op == "all":
            needs = _together(node, members, faults)
        elif node.op != "not" and members and node.n < 2:
            for name in sorted(set.intersection(*(set(member) for member in members))):
                needs[name] = (frozenset().union(*(member[name][0] for member in members)), node)
    # A node that drops out or is waived needs nothing.
    return needs if node.applies_when is None and node.unless is None else {}


def _together(group: Group, members: list[_Needs], faults: list[Fault]) -> _Needs:
    needs: _Needs = {}
    clashes: dict[str, list[Node]] = {}
    for needed in members:
        for name, (facts, source) in needed.items():
            if name not in needs:
                needs[name] = (facts, source)
            elif needs[name][0] & facts:
                needs[name] = (needs[name][0] & facts, source)
            else:
                clashes.setdefault(name, [needs[name][1]]).append(source)
    for name, clashing in clashes.items():
        faults.append(
            Fault(
                f"{_listed(clashing)} exclude one another ({name}), so this ALL can never be met",
                operator_span(group),
                "write `any` if one is enough, or give each member its `applies_when`, or make rulings of them",
                group.id,
                tuple(Label(place(node), f"one of: {name}") for node in clashing),
                mark="asks for all of them",
            )
        )
    return needs


def _listed(nodes: list[Node]) -> str:
    words = [_words(node) for node in nodes]
    return f"{', '.join(words[:-1])} and {words[-1]}"


def _words(node: Node) -> str:
    if isinstance(node, Criterion):
        return f"“{node.text.value}”"
    return " / ".join(_words(member) for member in node.of)


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
    Check("S204", "all-over-exclusive", Severity.ERROR, "guideline", all_over_exclusive),
    Check("S205", "waiver-in-exclusion", Severity.WARNING, "section", waiver_in_exclusion),
    Check("S207", "permissive-member", Severity.WARNING, "section", permissive_member),
)
