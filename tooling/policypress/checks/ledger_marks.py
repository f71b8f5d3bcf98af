"""The negations, exceptions and hedges that criteria, rulings and coding rules hold, in structure and in words."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks.check import SectionView
from policypress.checks.lookup import key_span, value_at
from policypress.criteria import Group, walk
from policypress.model import CodingRule
from policypress.nodes import Scalar
from policypress.record import NamedTuple
from policypress.text import Span

_HEDGES = frozenset(("may", "should", "generally"))
_SPOKEN = _HEDGES | {"unless", "except", "not"}  # of the marks in words, those that no rewording brings along
_ALIKE = {
    "not": ("not", "except", "unless"),
    "unless": ("unless", "except"),
    "except": ("except", "unless"),
}  # fmt: skip
_NEGATIVE = frozenset(("not_with", "not_for"))


class HeldMark(NamedTuple):
    """A mark that something holds: what it is about, what it carries, and where; `key` where it is a key there."""

    id: str
    from_: tuple[str, ...]
    needed: tuple[str, ...]  # marks of which its statements need one
    words: str
    span: Span
    key: str = ""


def held_marks(view: SectionView) -> Iterator[HeldMark]:
    """Yield every such mark of a section: those of the structure, then those of the words."""
    yield from _held(view)
    yield from _spoken(view)


def _held(view: SectionView) -> Iterator[HeldMark]:
    """Yield the marks that structure holds."""
    for ruling in view.section.rulings:
        if ruling.effect == "covered" and ruling.strength not in _HEDGES:
            continue
        below = () if ruling.criteria is None else (name for node in walk(ruling.criteria) for name in node.from_)
        from_ = tuple(dict.fromkeys((*ruling.from_, *below)))  # what its criteria say counts for it
        if ruling.effect == "not_covered":
            yield HeldMark(ruling.id, from_, ("not",), "not_covered", ruling.span, "effect")
        if ruling.strength in _HEDGES:
            yield HeldMark(ruling.id, from_, (ruling.strength,), _strength(ruling.strength), ruling.span, "strength")
    for node in view.nodes:
        if node.strength in _HEDGES:
            yield HeldMark(node.id, node.from_, (str(node.strength),), _strength(node.strength), node.span, "strength")
        if node.unless is not None:
            yield HeldMark(node.id, node.from_, ("unless", "except"), "An unless", node.span, "unless")
        if node.except_when is not None:
            needed = ("except", "unless", "not")
            yield HeldMark(node.id, node.from_, needed, "An except_when", node.span, "except_when")
        if isinstance(node, Group) and node.op == "not":
            yield HeldMark(node.id, node.from_, ("not", "except", "unless"), "A NOT", node.span, "not")
    for rule in view.section.coding_rules:
        if rule.rule in _NEGATIVE:
            yield HeldMark(rule.id, rule.from_, ("not", "must"), f"The rule {rule.rule}", rule.span, "rule")
        if rule.strength in _HEDGES:
            yield HeldMark(rule.id, rule.from_, (str(rule.strength),), _strength(rule.strength), rule.span, "strength")


def mark_place(view: SectionView, mark: HeldMark) -> Span:
    if not mark.key:
        return mark.span
    value = value_at(mark.span, mark.key)
    if value is None and mark.key in ("effect", "strength") and view.section.short:
        value, mark = value_at(view.section.span, mark.key), mark._replace(span=view.section.span)
    return value.span if isinstance(value, Scalar) else key_span(mark.span, mark.key)


def _strength(strength: str | None) -> str:
    return f"The strength “{strength}”"


def _spoken(view: SectionView) -> Iterator[HeldMark]:
    """Yield the marks that the words of criteria and coding rules hold."""
    for mark in view.wording.marks:
        passage = mark.passage
        if mark.mark in _SPOKEN and passage.kind in ("criterion", "coding_rule"):
            needed = _ALIKE.get(mark.mark, (mark.mark,))
            if isinstance(passage.owner, CodingRule) and mark.mark == "not":
                needed = (*needed, "must")
            yield HeldMark(passage.id, passage.from_, needed, f"“{mark.words}”", mark.span)
