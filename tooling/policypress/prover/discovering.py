"""What can be proved of one condition: parts that are never or always met, and parts that decide nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

from policypress.criteria import Group, Node, guards
from policypress.prover.conditions import Conditions, Value
from policypress.prover.questions import Question
from policypress.record import NamedTuple

Kind = Literal["never", "always", "implied", "same", "idle", "exception"]


class Discovery(NamedTuple):
    """Something proved of a node: `because` of these others, with a case (question -> met) that shows it.

    `never` and `always`: the node can never be met, or never fail. `implied`: its siblings in `group` decide alone;
    `same`: it says what one of them says. `idle`: it decides nothing, for what stands further up. `exception`: the
    node is the guard, waiver or carve-out (`role`) of another, `because[0]`, and changes nothing.
    """

    kind: Kind
    node: Node
    because: tuple[Node, ...] = ()
    group: Group | None = None
    role: str = ""
    case: Mapping[Question, bool] = {}


def discover(conditions: Conditions, root: Node) -> list[Discovery]:
    """Return what can be proved of a condition that somebody should know."""
    found: list[Discovery] = []
    if not _constants(conditions, root, found):
        found += _Redundancy(conditions, root).found()
    return found


def _constants(conditions: Conditions, node: Node, found: list[Discovery]) -> bool:
    """Find the smallest parts that are never or always met; tell whether there is one here or below."""
    parts = [one for _, one in guards(node)]
    members = node.of if isinstance(node, Group) else ()
    if True in [_constants(conditions, part, found) for part in (*parts, *members)]:  # after a look at all of them
        return True
    if isinstance(node, Group) and node.n > len(node.of):
        return True  # no list has so many: a rule of its own says so
    met, dropped = conditions.value(node)
    if met == 0:
        found.append(Discovery("never", node, _because(conditions, node)))
    elif conditions.algebra.either(met, dropped) == conditions.algebra.every:
        found.append(Discovery("always", node, _because(conditions, node)))
    else:
        return False
    return True


def _because(conditions: Conditions, node: Node) -> tuple[Node, ...]:
    """Return as few parts of a node that is never or always met as suffice for it."""
    whole = conditions.value(node)
    members = _flat(node, node.op) if isinstance(node, Group) else []
    every = tuple(members)
    hanging = dict(guards(node))

    def value() -> Value:
        own = conditions.own(node, [conditions.value(member) for member in members])
        return conditions.hung(own, {key: conditions.value(one) for key, one in hanging.items()})

    def alike() -> bool:
        return value().met == 0 if whole.met == 0 else conditions.not_met(value()) == 0

    # Members of an ANY keep it from failing, those of an ALL from being met; of AT LEAST all are needed.
    if isinstance(node, Group) and node.op in ("all", "any"):
        for member in every[::-1]:
            if len(members) > 1:
                members.remove(member)
                if not alike():
                    members.append(member)
    for key in list(hanging):
        taken = hanging.pop(key)
        if not alike():
            hanging[key] = taken
    kept = [*hanging.values(), *(member for member in every if any(member is one for one in members))]
    return tuple(kept) if isinstance(node, Group) else (*kept, node)


def _flat(group: Group, op: str) -> list[Node]:
    """Return the members of a group, those of an ALL inside an ALL (or ANY inside ANY) included."""
    found: list[Node] = []
    for member in group.of:
        plain = isinstance(member, Group) and member.op == op in ("all", "any") and not any(guards(member))
        found += _flat(member, op) if plain and isinstance(member, Group) and member.of else [member]
    return found


class _Redundancy:
    """Takes parts of a condition away, one after another, wherever that changes the verdict of no case."""

    def __init__(self, conditions: Conditions, root: Node) -> None:
        self.conditions = conditions
        self.root = root
        self.whole = conditions.value(root)
        self.above: dict[int, Node] = {}
        self.gone: set[int] = set()
        self.touched: set[int] = set()
        self.idle = 0

    def found(self) -> Iterator[Discovery]:
        ahead: list[Node] = [self.root]
        while ahead:
            node = ahead.pop()
            below: list[Node] = []
            for role, part in guards(node):
                self.above[id(part)] = node
                if self._decides_nothing(part):
                    yield self._exception(role, part, node)
                else:
                    below.append(part)
            if isinstance(node, Group):
                self.above.update((id(member), node) for member in node.of)
                # Of two that say the same, the later one is the copy.
                for member in node.of[::-1]:
                    left = len(node.of) - sum(id(one) in self.gone for one in node.of)
                    if left > 1 and node.op != "not" and self._decides_nothing(member):
                        yield from self._member(member, node)
                    else:
                        below.append(member)
            ahead += below

    def _decides_nothing(self, part: Node) -> bool:
        """Take a part away; put it back and say no if any case notices."""
        before = self.touched
        self.gone.add(id(part))
        self.touched = before | self._line(part)
        if self._left(self.root) == self.whole:
            return True
        self.gone.discard(id(part))
        self.touched = before
        return False

    def _line(self, part: Node) -> set[int]:
        line = set()
        while id(part) in self.above:
            part = self.above[id(part)]
            line.add(id(part))
        return line

    def _left(self, node: Node) -> Value:
        """Return the value of a node without what was taken away."""
        if id(node) not in self.touched:
            return self.conditions.value(node)
        members = [self._left(member) for member in getattr(node, "of", ()) if id(member) not in self.gone]
        hanging = {key: self._left(one) for key, one in guards(node) if id(one) not in self.gone}
        return self.conditions.hung(self.conditions.own(node, members), hanging)

    def _member(self, member: Node, group: Group) -> Iterator[Discovery]:
        conditions, algebra = self.conditions, self.conditions.algebra
        siblings = [one for one in group.of if id(one) not in self.gone]
        value = self._left(member)

        def implied() -> bool:
            values = [self._left(one) for one in siblings]
            return conditions.combined(group.op, group.n, values) == conditions.combined(
                group.op, group.n, [*values, value]
            )

        if not implied():
            if not self.idle:  # one in a ruling: what is mended there changes the rest
                self.idle += 1
                unlike = algebra.both(self.whole.met, conditions.not_met(value)) or algebra.both(
                    conditions.not_met(self.whole), value.met
                )
                yield Discovery("idle", member, (), group, "", conditions.answers(unlike) if unlike else {})
            return
        for one in tuple(siblings[::-1]):
            if len(siblings) > 1 and group.op != "at_least":
                siblings.remove(one)
                if not implied():
                    siblings.append(one)
        others = conditions.combined(group.op, max(group.n, 1), [self._left(one) for one in siblings])
        because = tuple(one for one in group.of if any(one is sibling for sibling in siblings))
        if others == value:
            yield Discovery("same", member, because, group)
        elif group.op == "any":
            yield self._shown(member, because, group, algebra.both(others.met, conditions.not_met(value)))
        else:
            yield self._shown(member, because, group, algebra.both(value.met, conditions.not_met(others)))

    def _shown(self, member: Node, because: tuple[Node, ...], group: Group, where: int) -> Discovery:
        return Discovery("implied", member, because, group, "", self.conditions.answers(where) if where else {})

    def _exception(self, role: str, part: Node, node: Node) -> Discovery:
        conditions, algebra = self.conditions, self.conditions.algebra
        held = conditions.value(part).met
        where = algebra.both(held, self.whole.met) or algebra.both(held, conditions.not_met(self.whole))
        return Discovery("exception", part, (node,), None, role, conditions.answers(where) if where else {})
