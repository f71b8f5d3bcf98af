"""One-step mutants: what a policy would say if one thing in it were lost or changed on the way to a program."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import get_args, get_type_hints

from policypress.criteria import Compare, Group, Node, Op, guards
from policypress.model import Effect, Guideline, Ruling, Scope

_HANGING = ("applies_when", "unless", "except_when")
_COMPARISONS = get_args(get_type_hints(Compare)["op"])


@dataclass(frozen=True, slots=True)
class Mutant:
    """A tree in which one thing was changed, `change` says where and what."""

    change: str
    tree: Node


def mutants(tree: Node) -> Iterator[Mutant]:
    """Yield every one-step mutant of a tree. What was not changed stays the same object."""
    return _below(tree, lambda node: node)


def _below(node: Node, rebuilt: Callable[[Node], Node]) -> Iterator[Mutant]:
    for change, changed in _changes(node):
        yield Mutant(f"{node.id}: {change}", rebuilt(changed))
    for key, hanging in guards(node):
        yield from _below(hanging, lambda new, key=key: rebuilt(_with(node, **{key: new})))  # type: ignore[misc]
    if isinstance(node, Group):
        for place, member in enumerate(node.of):
            yield from _below(member, lambda new, place=place: rebuilt(_instead(node, place, (new,))))  # type: ignore[misc]


def _changes(node: Node) -> Iterator[tuple[str, Node]]:
    bare = _with(node, **dict.fromkeys(_HANGING))
    negated = Group(id=f"{node.id}.not", span=node.span, op="not", of=(bare,))
    yield "negated", _with(negated, **dict(guards(node)))
    hanging = dict(guards(node))
    for key, hung in hanging.items():
        yield f"{key} dropped", _with(node, **{key: None})
        for other in _HANGING:
            if other != key and (other not in hanging or key < other):
                yield f"{key} and {other} swapped", _with(node, **{key: hanging.get(other), other: hung})
    if isinstance(node, Group):
        yield from _group_changes(node)
        return
    if node.compare is not None:
        for op in _COMPARISONS:
            if op != node.compare.op:
                yield f"{node.compare.op} as {op}", replace(node, compare=replace(node.compare, op=op))
    if node.see is not None and not node.see.external:
        yield "see dropped", replace(node, see=None)


def _group_changes(group: Group) -> Iterator[tuple[str, Node]]:
    size = len(group.of)
    if group.op == "not":
        yield "not dropped", replace(group, op="all")
        return
    if size > 1:
        for place, member in enumerate(group.of):
            yield f"{member.id} dropped", _instead(group, place, ())
    if group.op == "at_least":
        for n in (group.n - 1, group.n + 1):
            if n >= 1:
                yield f"n = {group.n} as {n}", replace(group, n=n)
    other: tuple[Op, ...] = ("all", "any")
    for op in other:
        if op != group.op and size > 1:
            yield f"{group.op} as {op}", replace(group, op=op, n=0)


def mutant_guidelines(guideline: Guideline, rulings: Iterable[Ruling]) -> Iterator[tuple[str, Guideline]]:
    """Yield a guideline with one of some rulings dropped, or one of its properties changed."""
    for ruling in rulings:
        effect: Effect = "covered" if ruling.effect == "not_covered" else "not_covered"
        scope: Scope = "specific" if ruling.scope == "general" else "general"
        yield f"{ruling.id} dropped", _without(guideline, ruling, ())
        yield f"{ruling.id}: effect changed", _without(guideline, ruling, (replace(ruling, effect=effect),))
        if ruling.effect == "covered":
            yield f"{ruling.id}: scope changed", _without(guideline, ruling, (replace(ruling, scope=scope),))
        for target in ruling.overrides:
            left = tuple(one for one in ruling.overrides if one is not target)
            yield f"{ruling.id}: {target.value} not overridden", _without(
                guideline, ruling, (replace(ruling, overrides=left),)
            )


def _without(guideline: Guideline, gone: Ruling, instead: tuple[Ruling, ...]) -> Guideline:
    sections = []
    for section in guideline.sections:
        at = next((place for place, ruling in enumerate(section.rulings) if ruling is gone), None)
        if at is not None:
            section = replace(section, rulings=section.rulings[:at] + instead + section.rulings[at + 1 :])
        sections.append(section)
    return replace(guideline, sections=tuple(sections))


def _instead(group: Group, place: int, instead: tuple[Node, ...]) -> Group:
    return replace(group, of=group.of[:place] + instead + group.of[place + 1 :])


def _with(node: Node, **hanging: Node | None) -> Node:
    return replace(node, **hanging)  # type: ignore[arg-type]
