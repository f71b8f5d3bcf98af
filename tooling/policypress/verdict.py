"""Verdicts in three values and "not applicable", and how they combine.

`all`, `any` and `at_least` are strong Kleene connectives over the members that are applicable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum


class Verdict(StrEnum):
    """The verdict of a node, ruling or section."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


MET, NOT_MET, UNKNOWN, NOT_APPLICABLE = Verdict
_SWAPPED = {MET: NOT_MET, NOT_MET: MET}


class Determination(StrEnum):
    """The determination for a code on a date."""

    CRITERIA_MET = "criteria_met"
    CRITERIA_NOT_MET = "criteria_not_met"
    NO_CRITERIA = "no_criteria"
    MISSING_INFORMATION = "missing_information"


def negate(verdict: Verdict) -> Verdict:
    """Swap met and not met; keep the others."""
    return _SWAPPED.get(verdict, verdict)


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene AND over the applicable ones; not applicable where none is."""
    return at_least(None, verdicts)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene OR over the applicable ones; not applicable where none is."""
    return at_least(1, verdicts)


def at_least(n: int | None, verdicts: Iterable[Verdict]) -> Verdict:
    """AT LEAST n of the applicable ones; None means all of them. With fewer than n applicable: not met."""
    applicable = list(verdicts)
    if NOT_APPLICABLE in applicable:
        applicable = [verdict for verdict in applicable if verdict is not NOT_APPLICABLE]
    if not applicable:
        return NOT_APPLICABLE
    needed = len(applicable) if n is None else n
    met = applicable.count(MET)
    if met >= needed:
        return MET
    return NOT_MET if met + applicable.count(UNKNOWN) < needed else UNKNOWN


_NEEDED = {"all": None, "any": 1}


def combine(op: str, n: int, verdicts: Sequence[Verdict]) -> Verdict:
    """Return the verdict of a group from those of its members."""
    if not verdicts:
        return UNKNOWN
    if op == "not":
        return negate(verdicts[0])
    return at_least(_NEEDED.get(op, n), verdicts)


def with_exceptions(
    own: Verdict, guard: Verdict | None, unless: Verdict | None, except_when: Verdict | None
) -> Verdict:
    """Apply a node's guard, waiver and carve-out to its own verdict, in this order."""
    if guard is not None and guard is not MET:
        return UNKNOWN if guard is UNKNOWN else NOT_APPLICABLE
    # An exception that is not met leaves a node that dropped out where it is.
    if unless is MET or (unless is UNKNOWN and own is not MET):
        own = unless
    if except_when is MET or (except_when is UNKNOWN and own is not NOT_MET):
        own = negate(except_when)
    return own


# What `see: {code: …}` takes from a determination.
AS_VERDICT = {
    Determination.CRITERIA_MET: MET,
    Determination.CRITERIA_NOT_MET: NOT_MET,
    Determination.NO_CRITERIA: NOT_APPLICABLE,
    Determination.MISSING_INFORMATION: UNKNOWN,
}
Outcome = Verdict | Determination
OPEN: frozenset[Outcome] = frozenset((UNKNOWN, Determination.MISSING_INFORMATION))
