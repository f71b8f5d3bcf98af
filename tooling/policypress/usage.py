"""Where each code of a guideline is used, and how: as a service, in a criterion, in a coding rule, or in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from policypress.codes import in_range
from policypress.criteria import CodeUse, Criterion
from policypress.model import CodeClass, CodingRule, Guideline, Section, section_nodes
from policypress.outline import GuidelineOutline
from policypress.passages import rule_codes
from policypress.record import NamedTuple
from policypress.registers import Code, Registers
from policypress.wording import scan


class Use(NamedTuple):
    """One use of a code; `id` is that of the ruling, criterion or coding rule, or of what a text belongs to."""

    guideline: str
    section: str
    id: str
    as_: str  # service, criterion, coding_rule, text


def members(use: CodeUse, registered: Mapping[str, Code]) -> tuple[str, ...]:
    """Return the codes that an entry of a list names: one, or those of the register in its range."""
    if not use.last:
        return (use.code,)
    between = (code for code in registered if in_range(code, use.code, use.last))
    return tuple(sorted({use.code, use.last, *between}))


def code_list(uses: Iterable[CodeUse], registered: Mapping[str, Code]) -> list[str]:
    """Return the codes of a list in its order, ranges resolved, modifiers kept."""
    found: dict[str, None] = {}
    for use in uses:
        for code in members(use, registered):
            found["-".join([code, *use.modifiers])] = None
    return list(found)


class Kept(NamedTuple):
    """The uses in one section, with all that they follow from."""

    section: Section
    guideline: str
    registers: Registers
    draft: bool
    uses: list[tuple[str, Use]]


def code_uses(laid: GuidelineOutline, kept: dict[int, Kept] | None = None) -> Mapping[str, tuple[Use, ...]]:
    """Return every code of a guideline, sorted, with its uses in reading order.

    `kept` holds what was found in each section; one that is still the same is not looked through again.
    """
    guideline, kept = laid.guideline, {} if kept is None else kept
    registered = dict(guideline.registers.codes)
    found: dict[str, dict[Use, None]] = {}
    for section in (one.section for one in laid.sections):
        known = kept.get(id(section))
        beside = (guideline.id, guideline.registers, guideline.draft)
        if known is None or known.section is not section or known[1:4] != beside:
            known = kept[id(section)] = Kept(section, *beside, list(_section(guideline, section, registered)))
        for code, use in known.uses:
            found.setdefault(code, {})[use] = None
    return {code: tuple(found[code]) for code in sorted(found)}


def _section(guideline: Guideline, section: Section, registered: dict[str, Code]) -> Iterator[tuple[str, Use]]:

    def each(uses: Iterable[CodeUse], id: str, as_: str) -> Iterator[tuple[str, Use]]:
        for use in uses:
            for code in members(use, registered):
                yield code, Use(guideline.id, section.id, id, as_)

    for ruling in section.rulings:
        yield from each(ruling.codes, ruling.id, "service")
    for node in section_nodes(section):
        if isinstance(node, Criterion):
            yield from each(node.codes, node.id, "criterion")
            if node.see is not None and node.see.code:
                yield node.see.code, Use(guideline.id, section.id, node.id, "criterion")
    for rule in section.coding_rules:
        yield from each(rule_codes(rule), rule.id, "coding_rule")
    for mention in scan(section, registered).codes:
        passage = mention.passage
        if passage.kind == "query" and not guideline.draft:
            continue
        named = {code for entry in passage.codes for code in members(entry, registered)}
        use = CodeUse(mention.code, passage.text, mention.modifiers, mention.last)
        yield from (found for found in each((use,), passage.id, "text") if found[0] not in named)


def rule_class_codes(rule: CodingRule, registered: Mapping[str, Code]) -> tuple[str, ...]:
    """Return the registered codes that belong to the class of a coding rule."""
    return () if rule.class_ is None else class_codes(rule.class_, registered)


def class_codes(wanted: CodeClass, registered: Mapping[str, Code]) -> tuple[str, ...]:
    """Return the registered codes that belong to a class."""
    properties = ("system", "modality", "role", "region")
    return tuple(
        sorted(
            code.code
            for code in registered.values()
            if all(getattr(wanted, name) in ("", getattr(code, name)) for name in properties)
        )
    )
