"""What goes with a verdict: the coding rules that bind the claim, and what is to be documented."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from policypress.criteria import Group, Node, guards
from policypress.logic import Case, holds
from policypress.model import CodeClass, CodingRule, Guideline, Ruling, Section
from policypress.record import record
from policypress.rule_words import rule_words
from policypress.usage import class_codes, members
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN


@record()
class BindingRule:
    """A coding rule that binds the claim; `open` where it is not known whether its condition is met."""

    rule: CodingRule
    text: str
    open: bool


@record()
class Demand:
    """Something to document, with the id of the section, criterion or coding rule that asks for it."""

    id: str
    text: str


def services(guideline: Guideline, asks: tuple[str, str], rulings: Iterable[Ruling]) -> frozenset[str]:
    """Return the codes that a question is about."""
    if asks[0] == "code":
        return frozenset((asks[1].partition("-")[0],))
    named = [ruling for ruling in rulings if ruling.codes or ruling.services]
    return frozenset(
        code
        for code in {*guideline.registers.codes, *(use.code for ruling in named for use in ruling.codes)}
        if any(holds(guideline, ruling, code) for ruling in named)
    )


def binding_rules(case: Case, guideline: Guideline, codes: frozenset[str], within: str) -> tuple[BindingRule, ...]:
    """Return the rules that name one of the codes, or stand in the section asked for, and whose condition can hold."""
    found = []
    for section in guideline.sections:
        for rule in section.coding_rules:
            if section.id != within and codes.isdisjoint(rule_codes_of(rule, guideline)):
                continue
            when = MET if rule.when is None else case.node(rule.when, guideline.id)
            if when not in (NOT_MET, NOT_APPLICABLE):
                found.append(BindingRule(rule, rule_words(rule), when is UNKNOWN))
    return tuple(found)


def demands(case: Case, home: str, sections: Iterable[Section], rulings: Iterable[Ruling]) -> tuple[Demand, ...]:
    """Return what is to be documented: what the sections ask, and their nodes as far as they apply."""
    found = [Demand(section.id, note.text.value) for section in sections for note in section.documentation]
    for ruling in rulings:
        if ruling.criteria is not None:
            for node in _applicable(case, ruling.criteria, home):
                found += [Demand(node.id, note.text.value) for note in node.documentation]
    return tuple(dict.fromkeys(found))


def _applicable(case: Case, node: Node, home: str) -> Iterator[Node]:
    if case.node(node, home) is NOT_APPLICABLE:
        return
    yield node
    for _, hanging in guards(node):
        yield from _applicable(case, hanging, home)
    if isinstance(node, Group):
        for member in node.of:
            yield from _applicable(case, member, home)


def rule_codes_of(rule: CodingRule, guideline: Guideline) -> set[str]:
    """Return the codes that a coding rule names, in whatever part."""
    registered = guideline.registers.codes
    found: set[str] = set()
    for part in (rule.codes, rule.class_, rule.with_, rule.instead_of, rule.for_):
        if isinstance(part, CodeClass):
            found |= set(class_codes(part, registered))
        else:
            found |= {code for use in part or () for code in members(use, registered)}
    return found
