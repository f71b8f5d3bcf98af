"""Decides one case: the verdict, the rulings that it is about, and what decides it.

Apart from what is missing, which takes longer to find and more to import: `check` decides every case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from policypress.criteria import Criterion, Group
from policypress.evaluation.deciding import deciding_ids, deciding_nodes, deciding_rulings
from policypress.logic import Case, Index, determined, holds
from policypress.model import Guideline, Ruling, Section, Vignette
from policypress.record import record
from policypress.verdict import NOT_APPLICABLE, OPEN, Outcome, Verdict

Standing = Literal["stands", "overridden", "not_applicable", "incomplete"]


@record()
class RulingResult:
    """One ruling in a case. Only a ruling that `stands` takes part in the determination for a code."""

    ruling: Ruling
    section: Section
    verdict: Verdict
    standing: Standing
    case: Case

    @property
    def deciding(self) -> tuple[str, ...]:
        """What settles the verdict. Looked for when asked: of most rulings that a code is about nobody does."""
        return deciding_ids(self.case, self.ruling, self.case.home)


@record()
class Decision:
    """The verdict of a case and what decides it, without what is missing, which takes ten times as long to find."""

    asks: tuple[str, str]  # without the guideline's id
    case: Case
    verdict: Outcome
    rulings: tuple[RulingResult, ...]
    deciding: tuple[str, ...]


def decide(guidelines: Mapping[str, Guideline], vignette: Vignette, guideline: Guideline, index: Index) -> Decision:
    """Decide a case by a guideline, which must hold what the case asks for."""
    asks = (vignette.asks[0], vignette.asks[1].removeprefix(f"{guideline.id}/"))
    facts = {fact: value.value for fact, value in vignette.facts.items()}
    case = Case(guidelines, guideline.id, facts, vignette.on, index)
    standing = None
    if asks[0] == "code":
        rulings = case.rulings_for(asks[1].partition("-")[0], guideline.id)
        verdict: Outcome = determined(rulings)
        standing = frozenset(ruling.id for ruling, _ in rulings)
    else:
        verdict = case.verdict(asks[1])
    results = tuple(_result(case, section, ruling, standing) for section, ruling in _about(guideline, asks))
    return Decision(asks, case, verdict, results, _deciding(case, asks, verdict, results))


def _about(guideline: Guideline, asks: tuple[str, str]) -> list[tuple[Section, Ruling]]:
    """Return the rulings that a question is about, those that take no part too."""
    kind, id = asks
    if kind == "section":
        return [(section, ruling) for section in guideline.sections if section.id == id for ruling in section.rulings]
    if kind == "node":
        return []
    rulings = [(section, ruling) for section in guideline.sections for ruling in section.rulings]
    if kind == "ruling":
        return [(section, ruling) for section, ruling in rulings if ruling.id == id]
    code = id.partition("-")[0]
    return [(section, ruling) for section, ruling in rulings if holds(guideline, ruling, code)]


def _result(case: Case, section: Section, ruling: Ruling, standing: frozenset[str] | None) -> RulingResult:
    verdict = case.ruling(ruling, case.home)
    stands: Standing = "stands"
    if not ruling.complete:
        stands = "incomplete"
    elif verdict is NOT_APPLICABLE:
        stands = "not_applicable"
    elif standing is not None and ruling.id not in standing:
        stands = "overridden"
    return RulingResult(ruling, section, verdict, stands, case)


def _deciding(
    case: Case, asks: tuple[str, str], verdict: Outcome, results: tuple[RulingResult, ...]
) -> tuple[str, ...]:
    kind, id = asks
    if verdict in OPEN:
        return ()
    if kind != "code" and case.given(id, case.home) is not None:
        return (id,)
    if kind == "node":
        owner, _ = case.owner(id)
        found = deciding_nodes(case, owner, case.home, case.node(owner)) if isinstance(owner, Group | Criterion) else ()
        return tuple(node.id for node in found)
    if kind == "ruling":
        return results[0].deciding if results else ()
    part = [(result.ruling, result.verdict) for result in results if result.standing in ("stands", "not_applicable")]
    decisive = {ruling.id for ruling in deciding_rulings(verdict, part)}
    return tuple(dict.fromkeys(id for result in results if result.ruling.id in decisive for id in result.deciding))
