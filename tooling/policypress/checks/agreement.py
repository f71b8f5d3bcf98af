"""What words say against what their data say: titles and effects, coding rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView, id_span
from policypress.checks.lookup import value_at
from policypress.finding import Label, Severity
from policypress.model import CodingRule, Ruling, Section
from policypress.nodes import Scalar
from policypress.pattern import pattern
from policypress.text import Span

_EXCLUDES = pattern(
    r"\b(?:(?:is|are)?\s*(?:generally\s+)?not\s+(?:routinely\s+)?"
    r"(?:indicated|covered|supported|medically necessary|reimbursed)|non-?covered|never covered)\b", re.I
)  # fmt: skip
_INCLUDES = pattern(
    r"(?<!not )(?<!non-)\b(?:covered\s+(?:indications|services|when)|indications\s+for\s+coverage"
    r"|coverage\s+(?:criteria|indications)|when\s+covered|covered$)", re.I
)  # fmt: skip
_HINTS = ("cover", "Cover", "COVER", "indicated", "supported", "necessary", "reimbursed")


def effect_at_odds(view: SectionView) -> Iterator[Fault]:
    """The title says covered and no ruling covers, or it says not covered and none excludes.

    The heading is what a reader goes by; what decides is the `effect`. One of the two was turned round.

    ```yaml bad
    id: pet
    title: PET not indicated
    effect: covered
    services: [PET]
    criteria:
      text: The study looks for an infection
    ```
    ```yaml good
    id: pet
    title: PET not indicated
    effect: not_covered
    services: [PET]
    criteria:
      text: The study looks for an infection
    ```
    """
    section = view.section
    title = section.title.value
    effects = {ruling.effect for ruling in section.rulings}
    if len(effects) != 1 or not any(hint in title for hint in _HINTS):
        return
    excludes = _EXCLUDES.search(title)
    found = excludes or _INCLUDES.search(title)
    if found is None or (effects == {"not_covered"}) == (excludes is not None):
        return
    ruling = section.rulings[0]
    yield Fault(
        f"The title says “{found[0].strip()}”, and every ruling here is {ruling.effect}",
        _effect(ruling, section), "turn the effect round, or mend the title", ruling.id,
        (Label(section.title.at(found.start(), found.end()), "the title"),),
    )  # fmt: skip


def _effect(ruling: Ruling, section: Section) -> Span:
    value = value_at(ruling.span, "effect") or value_at(section.span, "effect")
    return value.span if isinstance(value, Scalar) else id_span(ruling)


# Words that turn a coding rule round, words by which it speaks of a place taken, and words that forbid nothing.
_FORBIDS = pattern(
    r"\b(?:not|never|no|cannot|without|neither|nor|only|alone|exclud\w*|unbundl\w*|bundl\w*|inclu\w*|prohibit\w*|den\w+"
    r"|forbid\w*|against|instead|rather|in place of|disallow\w*|separate\w*|outside)\b", re.I
)  # fmt: skip
_REPORTS = pattern(r"\b(?:report|bill|use|submit|append)(?:s|ed|ing)?\b", re.I)
_FORBIDS_REPORTING = pattern(
    r"\b(?:(?:do|must|should|may|shall|can|is|are|was|were|will)\s+(?:generally\s+|usually\s+|also\s+)?not"
    r"|never|cannot|not\s+to\s+be)\s+(?:be\s+)?(?:separately\s+|routinely\s+|also\s+)?"
    r"(?:report|bill|cod|us|submit|list|append|support|allow|permit|accept|paid|reimburs)\w*", re.I
)  # fmt: skip
_ALLOWS = pattern(r"\b(?:may|can|could)\s+(?:also\s+|additionally\s+)?be\s+(?:reported|billed|submitted)\b", re.I)
_DEMANDS = pattern(
    r"\b(?:must|shall)\s+(?:always\s+|also\s+)?be\s+(?:reported|billed|submitted)\b"
    r"|(?:^|(?<=\. ))(?:Always )?(?:[Rr]eport|[Bb]ill)\b"
    r"(?!.*\b(?:may|can|could|might|optional|if|where|when|as well|also)\b)"
)
_REPLACED = pattern(r"\b(?:instead of|in place of|takes? the place of|in lieu of|rather than)\b", re.I)
_TOGETHER = pattern(r"\b(?:with|together|beside|besides|along\w*|addition\w*|as well)\b", re.I)
_BOTH = pattern(r"\b(?:and|both|plus)\b|\+", re.I)
_REPLACES = pattern(
    r"\b(?:instead|in place|takes? the place|rather|replac\w*|in lieu|not|for the|succeed\w*|supersed\w*)\b", re.I
)
_AUTHORIZES = pattern(r"\b(?:pre-?)?(?:authori[sz]\w*|approv\w*|certif\w*|precert\w*|notif\w*|prior)\b", re.I)
_POSITIVE = frozenset(("report", "report_with", "may_report_with"))


def rule_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words of a coding rule say something else than its kind.

    "CPT 77011 is not reported together with the diagnostic CT" as `report_with` tells readers not to, and programs to
    report both. Pairs that may not be reported together are a coding convention of their own (the NCCI edits), and a
    claim follows the data.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    coding_rules:
      - rule: report_with
        codes: [78815]
        with: [70553]
        text: CPT 78815 is not reported together with CPT 70553.
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    coding_rules:
      - rule: not_with
        codes: [78815]
        with: [70553]
        text: CPT 78815 is not reported together with CPT 70553.
    ```
    """
    for rule in view.section.coding_rules:
        if rule.text is not None and (said := _said(rule, rule.text.value)):
            value = value_at(rule.span, "rule")
            yield Fault(
                f"The words {said}, and the rule is {rule.rule}",
                value.span if isinstance(value, Scalar) else id_span(rule), "change the rule, or mend the words",
                rule.id, (Label(rule.text.span, "the words"),),
            )  # fmt: skip


def _said(rule: CodingRule, text: str) -> str:
    if rule.rule in _POSITIVE:
        found = _FORBIDS_REPORTING.search(text)
        if found is not None and _REPORTS.search(text[: found.start()] + text[found.end() :]) is None:
            return f"say “{found[0]}”"
        firm = rule.strength in (None, "must")
        if rule.rule != "may_report_with" and firm and (found := _ALLOWS.search(text)) is not None:
            return f"say “{found[0]}”"
        if rule.rule == "may_report_with" and (found := _DEMANDS.search(text)) is not None:
            return f"say “{found[0]}”"
        found = _REPLACED.search(text) if rule.rule != "report" and _TOGETHER.search(text) is None else None
        if found is not None and _BOTH.search(text, 0, found.start()) is None:
            return f"say “{found[0]}”"
    elif rule.rule in ("not_with", "not_for"):
        if _FORBIDS.search(text) is None:
            return "forbid nothing"
    elif rule.rule == "report_instead_of":
        if _REPLACES.search(text) is None:
            return "name nothing that is replaced"
    elif rule.rule == "needs_authorization" and _AUTHORIZES.search(text) is None:
        return "speak of no authorization"
    return ""


CHECKS: tuple[Check, ...] = (
    Check("W109", "effect-at-odds", Severity.WARNING, "section", effect_at_odds),
    Check("C110", "rule-at-odds", Severity.WARNING, "section", rule_at_odds),
)
