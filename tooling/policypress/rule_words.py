"""The sentence of a coding rule, as every output prints it."""

from __future__ import annotations

from policypress.model import CodingRule


def rule_words(rule: CodingRule) -> str:
    """Return the sentence of a coding rule: the writer's own, or one made from its data."""
    if rule.text is not None:
        return rule.text.value
    about = _code_words(rule.codes) if rule.codes else _code_words(rule.class_)
    beside = next((words for part in (rule.with_, rule.instead_of, rule.for_) if (words := _code_words(part))), "")
    hedge = {"should": "should", "may": "may", "generally": "should generally"}.get(rule.strength or "must", "must")
    sentence = {
        "report": f"{about} {hedge} be reported",
        "report_with": f"{about} {hedge} be reported together with {beside}" if beside
        else f"{about} {hedge} be reported together",
        "may_report_with": f"{about} may be reported together with {beside}",
        "report_instead_of": f"{about} {hedge} be reported instead of {beside}",
        "not_with": f"{about} {hedge} not be reported with {beside}" if beside
        else f"{about} {hedge} not be reported together",
        "not_for": f"{about} {hedge} not be reported for {beside}",
        "units_per_encounter": f"{about}: at most {rule.units} per encounter {hedge} be reported",
        "document": f"Documentation {hedge} accompany {about}",
        "needs_authorization": f"{about} {'may need' if rule.strength == 'may' else 'needs'} prior authorization",
    }[rule.rule]
    return sentence + "."


def _code_words(part: object) -> str:
    if isinstance(part, tuple):
        return ", ".join(use.text.value for use in part)
    if part is None:
        return ""
    words = " ".join(filter(None, (getattr(part, name) for name in ("modality", "role", "region", "system"))))
    return f"{words} codes"
