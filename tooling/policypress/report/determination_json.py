"""An evaluated case as JSON, with a fixed order of keys."""

from __future__ import annotations

import json
from typing import Any

from policypress.evaluation.judgement import Evaluation
from policypress.evaluation.settling import Settling
from policypress.report.phrasing import asked_by, question, texts


def text(evaluation: Evaluation) -> str:
    """Return the JSON of a case."""
    return json.dumps(document(evaluation), ensure_ascii=False, indent=2) + "\n"


def document(evaluation: Evaluation) -> dict[str, Any]:
    """Return what `text` writes."""
    judgement = evaluation.judgement
    return {
        "asks": dict((judgement.asks,)),
        "verdict": judgement.verdict,
        "rulings": [
            {
                "id": result.ruling.id,
                "effect": result.ruling.effect,
                "verdict": result.verdict,
                "deciding": list(result.deciding),
                "missing": list(evaluation.missing.get(result.ruling.id, ())),
                "strength": result.ruling.strength,
                "scope": result.ruling.scope,
                "standing": result.standing,
            }
            for result in judgement.rulings
        ],
        "coding_rules": [
            {
                "id": binding.rule.id,
                "rule": binding.rule.rule,
                "text": binding.text,
                "strength": binding.rule.strength or "must",
                "when": "unknown" if binding.open else "met",
            }
            for binding in evaluation.coding_rules
        ],
        "documentation": [{"id": demand.id, "text": demand.text} for demand in evaluation.documentation],
        "version": judgement.guideline.version,
        "guideline": judgement.guideline.id,
        "on": judgement.case.on,
        "deciding": list(judgement.deciding),
        "missing": list(judgement.settling.missing),
        "questions": [
            {"fact": fact, "question": question(judgement, fact), "asked_by": asked_by(judgement, fact)}
            for fact in judgement.settling.missing
        ],
        "settles": _settling(judgement.settling),
        "favorable": _settling(evaluation.favorable),
        "always": judgement.settling.always,
        "texts": dict(texts(evaluation)),
        "remarks": list(evaluation.remarks),
    }


def _settling(settling: Settling | None) -> dict[str, Any] | None:
    if settling is None or settling.answers is None:
        return None
    return {"answers": dict(settling.answers), "verdict": settling.then, "smallest": settling.exact}
