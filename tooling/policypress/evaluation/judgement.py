"""Evaluates one case: the verdict, what decides it, what is missing, and what goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from policypress.evaluation.asking import Questions, questions
from policypress.evaluation.claims import BindingRule, Demand, binding_rules, demands, services
from policypress.evaluation.decision import RulingResult, decide
from policypress.evaluation.remarks import remarks
from policypress.evaluation.settling import Settling, reach, settle
from policypress.logic import Case, Index
from policypress.model import Guideline, Library, Vignette
from policypress.verdict import MET, NOT_APPLICABLE, OPEN, Determination, Outcome


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
