"""What must hold around a criterion so that its answer decides a ruling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from policypress.criteria import Criterion, Group, Node
from policypress.evaluation.asking import Questions
from policypress.evaluation.reaching import Reaching
from policypress.evaluation.ways import Combining
from policypress.logic import Case
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, Verdict, negate

_OUT = (NOT_MET, NOT_APPLICABLE)
_IN = (MET, NOT_APPLICABLE)
_ANY = (MET, NOT_MET)
Needs = list[tuple[Node, tuple[Verdict, ...]]]


def pivot(case: Case, root: Node, criterion: Criterion, home: str, found: Questions) -> Mapping[str, str] | None:
    """Return answers beside which that to one criterion decides the root; None where none were found."""
    needs = _around(root, criterion, _ANY)
    if needs is None:
        return None
    ranks = {fact: rank for rank, fact in enumerate(found.places)}
    ways = Combining(ranks, found.shared, found.pointed, len(ranks))
    reaching = Reaching(case, found, ways)
    parts = [ways.fewest(*(reaching.node(node, verdict, home) for verdict in verdicts)) for node, verdicts in needs]
    joined = sorted(ways.joined(parts), key=ways.order)
    return dict(joined[0]) if joined else None


def _around(node: Node, criterion: Criterion, telling: tuple[Verdict, ...]) -> Needs | None:
    """Return which nodes beside a criterion need which verdicts.

    `telling` are the verdicts of `node` that make a difference to the group above it.
    """
    beside: Needs = []
    if node.applies_when is not None:
        beside.append((node.applies_when, (MET,)))
    exceptions: Needs = [(one, _OUT) for one in (node.unless, node.except_when) if one is not None]
    if node is criterion:
        return [*beside, *exceptions]
    below = _members(node, criterion, telling) if isinstance(node, Group) else None
    if below is not None:
        return [*beside, *exceptions, *below]
    # The criterion guards or excepts this node: the node's own verdict must be one that it turns.
    plain = _plain(node)
    if node.applies_when is not None and (below := _around(node.applies_when, criterion, _ANY)) is not None:
        return [*below, *exceptions, (plain, telling)]
    if node.unless is not None and (below := _around(node.unless, criterion, (MET,))) is not None:
        carved: Needs = [(node.except_when, _OUT)] if node.except_when is not None else []
        return [*beside, *below, *carved, (plain, _OUT)]
    if node.except_when is not None and (below := _around(node.except_when, criterion, (MET,))) is not None:
        return [*beside, *below, (plain, (MET,))]
    return None


def _members(group: Group, criterion: Criterion, telling: tuple[Verdict, ...]) -> Needs | None:
    for place, member in enumerate(group.of):
        others = [*group.of[:place], *group.of[place + 1 :]]
        if group.op == "not":
            return _around(member, criterion, tuple(negate(verdict) for verdict in telling))
        decisive = {"all": (NOT_MET,), "any": (MET,)}.get(group.op, _ANY)
        below = _around(member, criterion, decisive)
        if below is None:
            continue
        if group.op == "at_least":
            met, out = others[: group.n - 1], others[group.n - 1 :]
            return [*below, *((one, (MET,)) for one in met), *((one, _OUT) for one in out)]
        return [*below, *((one, _IN if group.op == "all" else _OUT) for one in others)]
    return None


def _plain(node: Node) -> Node:
    """Return a node without its guard and exceptions."""
    return replace(node, applies_when=None, unless=None, except_when=None)
