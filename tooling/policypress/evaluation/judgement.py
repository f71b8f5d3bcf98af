"""Evaluates one case: the verdict, what decides it, what is missing, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from policypress.evaluation.asking import Questions, questions
from policypress.evaluation.claims import BindingRule, Demand, binding_rules, demands, services
from policypress.evaluation.deciding import deciding_ids, deciding_nodes, deciding_rulings
from policypress.evaluation.remarks import remarks
from policypress.evaluation.settling import Settling, reach, settle
from policypress.logic import Case, Index, holds
from policypress.model import Criterion, Group, Guideline, Library, Ruling, Section, Vignette
from policypress.verdict import MET, NOT_APPLICABLE, OPEN, Determination, Outcome, Verdict

Standing = Literal["stands", "overridden", "not_applicable", "incomplete"]


@dataclass(frozen=True, slots=True)
class RulingResult:
    """One ruling in a case. Only a ruling that `stands` takes part in the determination for a code."""

    ruling: Ruling
    section: Section
    verdict: Verdict
    standing: Standing
    deciding: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """The verdict of a case, and what decides it or can settle it."""

    vignette: Vignette
    guideline: Guideline
    asks: tuple[str, str]  # without the guideline's id
    case: Case
    verdict: Outcome
    rulings: tuple[RulingResult, ...]
    deciding: tuple[str, ...]
    questions: Questions
    settling: Settling


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A judgement with what goes with it.

    `missing` is by ruling. `favorable` holds the fewest answers that bring an open verdict to met, without any where
    none can; None where the smallest set does so itself.
    """

    judgement: Judgement
    missing: Mapping[str, tuple[str, ...]]
    favorable: Settling | None
    coding_rules: tuple[BindingRule, ...]
    documentation: tuple[Demand, ...]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
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
    verdict = case.outcome(asks)
    standing = None
    if asks[0] == "code":
        standing = frozenset(ruling.id for ruling, _ in case.rulings_for(asks[1].partition("-")[0], guideline.id))
    results = tuple(_result(case, section, ruling, standing) for section, ruling in _about(guideline, asks))
    return Decision(asks, case, verdict, results, _deciding(case, asks, verdict, results))


def judge(guidelines: Mapping[str, Guideline], vignette: Vignette, guideline: Guideline, index: Index) -> Judgement:
    """Judge a case against a guideline, which must hold what the case asks for."""
    found = decide(guidelines, vignette, guideline, index)
    asked = questions(found.case, found.asks)
    return Judgement(
        vignette, guideline, found.asks, found.case, found.verdict, found.rulings, found.deciding, asked,
        settle(found.case, found.asks, asked),
    )  # fmt: skip


def evaluate(library: Library, vignette: Vignette, guideline: Guideline) -> Evaluation:
    """Evaluate a case against a guideline of a library, which must hold what the case asks for."""
    judgement = judge({one.id: one for one in library.guidelines}, vignette, guideline, {})
    case, asks, asked = judgement.case, judgement.asks, judgement.questions
    missing = {
        result.ruling.id: settle(case, ("ruling", result.ruling.id)).missing
        for result in judgement.rulings
        if result.standing == "stands" and result.verdict in OPEN
    }
    favorable = None
    if judgement.settling.missing and judgement.settling.then not in _FAVORABLE:
        favorable = reach(case, asks, asked, lambda other: other.outcome(asks) in _FAVORABLE)
    about = [result for result in judgement.rulings if result.verdict is not NOT_APPLICABLE]
    within = asks[1] if asks[0] == "section" else ""
    wanted = {within, *(result.section.id for result in about)}
    sections = [section for section in guideline.sections if section.id in wanted]
    codes = services(guideline, asks, [result.ruling for result in judgement.rulings])
    return Evaluation(
        judgement, missing, favorable, binding_rules(case, guideline, codes, within),
        demands(case, guideline.id, sections, [result.ruling for result in about]),
        remarks(case, vignette, guideline, asks, asked),
    )  # fmt: skip


_FAVORABLE: frozenset[Outcome] = frozenset((MET, Determination.CRITERIA_MET))


def _about(guideline: Guideline, asks: tuple[str, str]) -> list[tuple[Section, Ruling]]:
    """Return the rulings that a question is about, those that take no part too."""
    kind, id = asks
    code = id.partition("-")[0]
    return [
        (section, ruling)
        for section in guideline.sections
        for ruling in section.rulings
        if (kind == "section" and section.id == id)
        or (kind == "ruling" and ruling.id == id)
        or (kind == "code" and holds(guideline, ruling, code))
    ]


def _result(case: Case, section: Section, ruling: Ruling, standing: frozenset[str] | None) -> RulingResult:
    verdict = case.ruling(ruling, case.home)
    stands: Standing = "stands"
    if not ruling.complete:
        stands = "incomplete"
    elif verdict is NOT_APPLICABLE:
        stands = "not_applicable"
    elif standing is not None and ruling.id not in standing:
        stands = "overridden"
    return RulingResult(ruling, section, verdict, stands, deciding_ids(case, ruling, case.home))


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
        found = deciding_nodes(case, owner, case.home) if isinstance(owner, Group | Criterion) else ()
        return tuple(node.id for node in found)
    if kind == "ruling":
        return results[0].deciding if results else ()
    part = [(result.ruling, result.verdict) for result in results if result.standing in ("stands", "not_applicable")]
    decisive = {ruling.id for ruling in deciding_rulings(verdict, part)}
    return tuple(dict.fromkeys(id for result in results if result.ruling.id in decisive for id in result.deciding))
