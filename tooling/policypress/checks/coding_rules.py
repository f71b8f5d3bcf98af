"""Coding rules beside one another: those that say the contrary, and combinations written as a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise

from policypress.checks.check import Check, Fault, GuidelineView, SectionView, id_span
from policypress.codes import system_of
from policypress.criteria import CodeUse
from policypress.finding import Label, Severity
from policypress.model import CodingRule
from policypress.pattern import pattern
from policypress.registers import Code
from policypress.usage import members
from policypress.wording import CodeMention

_TOGETHER = frozenset(("report_with", "may_report_with"))
_JOIN = pattern(r"(?:\bwith|\bplus|\+)\s*(?:(?:CPT®?|HCPCS)\s*)?(?:codes?\s*)?$", re.I)
_NO_JOIN = pattern(r"\b(?:not|never|no|cannot|instead|without|modifiers?|or|either|bundled|included)\b|;", re.I)


def coding_rules_contradict(view: GuidelineView) -> Iterator[Fault]:
    """Two coding rules of a guideline say the contrary of each other.

    One reports two codes together and another forbids it, each is reported in place of the other, or one encounter has
    two numbers of units. A claim that keeps the one rule breaks the other. Behind most such pairs stands a convention,
    the National Correct Coding Initiative (NCCI), which allows a pair or does not. Rules that hold only on a condition
    (`when`), for a modifier, or that hedge by their `strength` are left alone.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    coding_rules:
      - rule: report_with
        codes: [78813]
        with: [76498]
        text: Report CPT 78813 together with CPT 76498.
      - rule: not_with
        codes: [76498]
        with: [78813]
        text: CPT 76498 is never reported together with CPT 78813.
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    coding_rules:
      - rule: report_with
        codes: [78813]
        with: [76498]
        text: Report CPT 78813 together with CPT 76498.
      - rule: not_with
        codes: [76498]
        with: [70553]
        text: CPT 76498 is never reported together with CPT 70553.
    ```
    """
    firm = list(view.all(_firm))
    if len(firm) < 2:
        return
    codes = view.guideline.registers.codes
    together = {pair: rule for rule in reversed(firm) if rule.rule in _TOGETHER for pair in _pairs(rule, codes)}
    places: dict[tuple[str, str], CodingRule] = {}
    units: dict[str, CodingRule] = {}
    for rule in firm:
        if rule.rule == "not_with":
            pair = next((pair for pair in _pairs(rule, codes) if pair in together), None)
            if pair is not None:
                one, other = map(_named, pair)
                yield _contrary(rule, together[pair], f"{one} and {other} are kept apart here, and reported together")
        elif rule.rule == "report_instead_of":
            for one, other in _replaced(rule, codes):
                if (other, one) in places:
                    said = f"{_named(one)} takes the place of {_named(other)} here, and the other way round"
                    yield _contrary(rule, places[other, one], said)
                places.setdefault((one, other), rule)
        elif rule.rule == "units_per_encounter" and rule.units:
            before = [units.setdefault(code, rule) for code in _plain(rule.codes, codes)]
            odd = next((other for other in before if other.units != rule.units), None)
            if odd is not None:
                said = f"An encounter has {rule.units} of {_named(rule.codes[0].code)} here, and {odd.units}"
                yield _contrary(rule, odd, said)


def _firm(view: SectionView) -> list[CodingRule]:
    """Return the rules that hold in every case."""
    rules = [rule for rule in view.section.coding_rules if rule.when is None]
    return [rule for rule in rules if rule.rule == "may_report_with" or rule.strength in (None, "must")]


def _contrary(rule: CodingRule, other: CodingRule, said: str) -> Fault:
    return Fault(
        f"{said} in {other.id}", id_span(rule),
        "take one of the two rules out, or say with `when` in which cases each holds", rule.id,
        (Label(id_span(other), "says the contrary"),), mark="says the contrary",
    )  # fmt: skip


def _named(code: str) -> str:
    return f"{system_of(code)} {code}"


def _pairs(rule: CodingRule, codes: Mapping[str, Code]) -> list[tuple[str, str]]:
    """Return the pairs of codes that a rule joins or keeps apart: of its two lists, or within its one list."""
    mine = _plain(rule.codes, codes)
    if not isinstance(rule.with_, tuple) or rule.class_ is not None:
        return []  # a class has exceptions
    if rule.with_:
        found = [(one, other) for one in mine for other in _plain(rule.with_, codes) if one != other]
    else:
        found = list(combinations(mine, 2))
    return [(min(pair), max(pair)) for pair in found]


def _replaced(rule: CodingRule, codes: Mapping[str, Code]) -> list[tuple[str, str]]:
    if not isinstance(rule.instead_of, tuple):
        return []
    return [(one, other) for one in _plain(rule.codes, codes) for other in _plain(rule.instead_of, codes)]


def _plain(uses: tuple[CodeUse, ...], codes: Mapping[str, Code]) -> list[str]:
    return [code for use in uses if not use.modifiers for code in members(use, codes)]


def combination_as_list(view: SectionView) -> Iterator[Fault]:
    """The words join two codes, and the data list them one by one.

    "CPT 78813 with CPT 76498" is one claim with two lines. A list of codes means each of them: whoever reads the data
    takes either code alone for the service. A coding rule `report_with` says that they go together.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    codes: [78813, 76498]
    criteria:
      text: The study changes the plan of treatment
    coding_rules:
      - rule: report
        codes: [78813, 76498]
        text: Report PET-MRI as CPT 78813 with CPT 76498.
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    codes: [78813, 76498]
    criteria:
      text: The study changes the plan of treatment
    coding_rules:
      - rule: report_with
        codes: [78813]
        with: [76498]
        text: Report PET-MRI as CPT 78813 with CPT 76498.
    ```
    """
    mentions = view.wording.codes
    if len(mentions) < 2:
        return
    joined: set[tuple[str, str]] | None = None
    for one, other in pairwise(mentions):
        passage = one.passage
        if passage is not other.passage or passage.kind in ("query", "note") or one.code == other.code:
            continue
        if not _are_joined(one, other):
            continue
        if joined is None:
            codes = view.registers.codes
            rules = [rule for rule in view.section.coding_rules if rule.rule not in ("report", "document")]
            joined = {pair for rule in rules for pair in (*_pairs(rule, codes), *_replaced(rule, codes))}
        pair = (min(one.code, other.code), max(one.code, other.code))
        if pair in joined or pair[::-1] in joined:
            continue
        owner = passage.owner
        if isinstance(owner, CodingRule):
            listed = owner.rule == "report" and {one.code, other.code} <= {use.code for use in owner.codes}
        else:
            lists = [{use.code for use in ruling.codes} for ruling in view.section.rulings]
            listed = any({one.code, other.code} <= codes_ for codes_ in lists)
        if listed:
            words = passage.text.at(one.start, other.end)
            yield Fault(
                f"The words join {_named(one.code)} and {_named(other.code)}, and the data list each for itself", words,
                "write a coding rule `report_with` that holds the one under codes and the other under with",
                passage.id,
            )  # fmt: skip


def _are_joined(one: CodeMention, other: CodeMention) -> bool:
    text = one.passage.text.value
    between = text[one.end : other.start]
    return (
        len(between) < 60 and _JOIN.search(between) is not None
        and _NO_JOIN.search(text, max(0, one.start - 40), other.start) is None
    )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("C114", "coding-rules-contradict", Severity.ERROR, "guideline", coding_rules_contradict),
    Check("C115", "combination-as-list", Severity.WARNING, "section", combination_as_list),
)
