"""Says of a branch that no case takes why none can: another part of the tree hides it, or contradicts it."""

from __future__ import annotations

from collections.abc import Mapping

from policypress.criteria import Criterion
from policypress.evaluation.suggesting import Suggesting
from policypress.evaluation.vignettes import Report
from policypress.model import Library
from policypress.verdict import MET, Verdict


def masked(library: Library, report: Report) -> Mapping[tuple[int, Verdict], str]:
    """Return the reason for each gap that no case can close: nodes by identity, with the verdict."""
    suggesting = Suggesting(library, report.guideline)
    open_still = {(id(gap.node), gap.verdict) for gap in report.gaps}
    reasons: dict[tuple[int, Verdict], str] = {}
    reached: set[tuple[int, Verdict]] = set()
    for wish in suggesting.wishes():
        branch = (id(wish.criterion), suggesting.verdict(wish))
        if branch in open_still and branch not in reached:
            if suggesting.case(wish) is not None:
                reached.add(branch)
            elif suggesting.few(wish):
                reasons[branch] = (
                    f"none can: whatever else is answered, {wish.ruling.id} comes out the same without this answer"
                )
            else:
                reasons[branch] = f"none was found in which {wish.ruling.id} turns on it"
    for gap in report.gaps:
        if not isinstance(gap.node, Criterion):
            if not suggesting.possible(gap.node, gap.verdict):
                so = "met" if gap.verdict is MET else "not met"
                reasons[id(gap.node), gap.verdict] = f"none can: no answers make it {so}"
        elif gap.node.compare is not None and suggesting.blank.limit(gap.node, report.guideline.id) is None:
            reasons[id(gap.node), gap.verdict] = "none can: it is compared with a parameter that is not registered"
    return {branch: reason for branch, reason in reasons.items() if branch not in reached}
