"""What rulings are about, and which of them stand beside each other."""

from __future__ import annotations

from policypress.checks.proven import Condition
from policypress.model import Ruling
from policypress.usage import members

EVERY = "*"  # stands for every service, beside those that are named somewhere


def services(condition: Condition) -> frozenset[str]:
    """Return the codes that a ruling is about, `*` alone where it is about every service."""
    ruling, registered = condition.owner, condition.view.registers.codes
    assert isinstance(ruling, Ruling)
    if not ruling.codes and not ruling.services:
        return frozenset((EVERY,))
    named = {service.value for service in ruling.services}
    found = {code.code for code in registered.values() if code.modality in named} if named else set()
    return frozenset(found.union(*(members(use, registered) for use in ruling.codes)))


def common(mine: frozenset[str], theirs: frozenset[str]) -> frozenset[str]:
    """Return the codes that two rulings are both about."""
    if EVERY in mine or EVERY in theirs:
        return mine | theirs if mine == theirs else (mine | theirs) - {EVERY}
    return mine & theirs


def overrides(one: Condition, other: Condition) -> bool:
    """Tell whether a ruling replaces another, or its section."""
    assert isinstance(one.owner, Ruling)
    names = {other.owner.id, other.view.section.id}
    return any(target.value.rpartition("/")[2] in names for target in one.owner.overrides)
