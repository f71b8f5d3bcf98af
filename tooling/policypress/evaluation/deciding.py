"""What decides: the members of a ruling's criteria, and the rulings, that settle a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from policypress.criteria import Criterion, Group, Node
from policypress.logic import Case
from policypress.model import Ruling
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Determination, Outcome, Verdict, combine


def deciding_nodes(case: Case, node: Node, home: str, verdict: Verdict) -> tuple[Node, ...]:
    """Return the direct members of a group that settle its verdict, or the guard or exception that did."""
    if verdict is UNKNOWN:
        return ()
    if node.applies_when is not None and case.node(node.applies_when, home) is not MET:
        return (node.applies_when,)
    if isinstance(node, Criterion) or case.given(node.id, home) is not None:
        return (node,)
    members = [case.node(member, home) for member in node.of]
    own = combine(node.op, node.n, members)
    if own is not verdict:
        hanging = (node.except_when, node.unless)
        return next(((one,) for one in hanging if one is not None and case.node(one, home) is MET), (node,))
    settling = _settle(node, own, members)
    return tuple([member for member, verdict in zip(node.of, members, strict=True) if verdict in settling])


def _settle(group: Group, own: Verdict, members: Sequence[Verdict]) -> tuple[Verdict, ...]:
    """Return which verdicts of members settle the verdict of their group."""
    if group.op == "not" or own is NOT_APPLICABLE:
        return tuple(members)
    left = len(members) - members.count(NOT_APPLICABLE)
    if group.op == "at_least" and left < group.n:
        return (NOT_MET, NOT_APPLICABLE)
    return (own,)


def deciding_ids(case: Case, ruling: Ruling, home: str) -> tuple[str, ...]:
    """Return the ids that settle the verdict of a ruling, [] where it is open."""
    if case.given(ruling.id, home) is not None:
        return (ruling.id,)
    if ruling.criteria is None or not ruling.complete:
        return ()
    return tuple([node.id for node in deciding_nodes(case, ruling.criteria, home, case.ruling(ruling, home))])


def deciding_rulings(outcome: Outcome, rulings: Iterable[tuple[Ruling, Verdict]]) -> list[Ruling]:
    """Return the rulings that settle the verdict of a section, or the determination for a code."""
    rulings = list(rulings)
    if outcome in (MET, Determination.CRITERIA_MET):
        return [ruling for ruling, verdict in rulings if verdict is (MET if ruling.effect == "covered" else NOT_MET)]
    if outcome in (NOT_APPLICABLE, Determination.NO_CRITERIA):
        return [ruling for ruling, verdict in rulings if verdict is NOT_APPLICABLE]
    if outcome not in (NOT_MET, Determination.CRITERIA_NOT_MET):
        return []
    # One of these is enough for the service; for a code, general rulings hold beside them.
    enough = {
        ruling.id: verdict
        for ruling, verdict in rulings
        if ruling.effect == "covered" and (outcome is NOT_MET or ruling.scope == "specific")
    }
    none_left = set(enough.values()) - {NOT_APPLICABLE} == {NOT_MET}
    return [
        ruling
        for ruling, verdict in rulings
        if (verdict is MET and ruling.effect == "not_covered")
        or (verdict is NOT_MET and ruling.effect == "covered" and (none_left or ruling.id not in enough))
    ]
