"""How a criteria tree must be numbered and worded in print, worked out from the source alone.

The renderers have their own module for this. This one shares nothing with it, so that a fault there shows here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from policypress.criteria import CodeUse, Criterion, Group, Node
from policypress.model import CodeClass, CodingRule, Guideline, Ruling, Section

GUARDS = (
    ("applies_when", "when", "Applies when"),
    ("unless", "unless", "Counts as met when"),
    ("except_when", "except", "Counts as not met when"),
)
STRENGTHS = {
    "must": "a firm requirement",
    "should": "recommended",
    "may": "permitted",
    "generally": "usual, not invariable",
}
_COVERED = {"must": "Covered", "should": "Should be covered", "may": "May be covered", "generally": "Generally covered"}
_NOT_COVERED = {
    "must": "Not covered",
    "should": "Should not be covered",
    "may": "May be treated as not covered",
    "generally": "Generally not covered",
}


@dataclass(frozen=True, slots=True)
class Spot:
    """A node in its place: `ids` lead to it, `parent` is the id it hangs below, `heading` is "" for a criterion."""

    node: Node
    ids: tuple[str, ...]
    parent: str
    role: str
    label: str
    heading: str
    joined: str  # the word between this member and the next
    guards: tuple[Spot, ...]
    members: tuple[Spot, ...]

    def below(self) -> Iterator[Spot]:
        yield self
        for other in (*self.guards, *self.members):
            yield from other.below()


def effect_words(ruling: Ruling) -> str:
    """Return the words that say what a ruling does, without their "when"."""
    return (_COVERED if ruling.effect == "covered" else _NOT_COVERED)[ruling.strength]


def letter(section: Section, ruling: Ruling) -> str:
    """Return the letter of a ruling, "" where it is the only one."""
    if len(section.rulings) < 2:
        return ""
    place, said = section.rulings.index(ruling), ""
    while place >= 0:
        said = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place % 26] + said
        place = place // 26 - 1
    return said


def trees(section: Section) -> Iterator[Spot]:
    """Yield every tree of a section: of its rulings, then of its coding rules."""
    for ruling in section.rulings:
        if ruling.criteria is not None:
            yield spot(ruling.criteria, ruling.id, letter(section, ruling))
    for place, rule in enumerate(section.coding_rules, 1):
        if rule.when is not None:
            yield spot(rule.when, rule.id, f"R{place}.when", "applies_when")


def spot(node: Node, parent: str, label: str, role: str = "root", joined: str = "") -> Spot:
    """Lay out a node and what is below it."""
    group = node
    ids: tuple[str, ...] = (node.id,)
    none = False
    if isinstance(node, Group) and node.op == "not":
        inner = node.of[0]
        if len(node.of) == 1 and isinstance(inner, Group) and inner.op == "any" and _bare(inner):
            group, ids, none = inner, (node.id, inner.id), True
    if role == "root" and isinstance(node, Criterion):
        label = f"{label}.1" if label else "1"
    dot = f"{label}." if label else ""
    members: tuple[Spot, ...] = ()
    heading = ""
    if isinstance(group, Group):
        word = {"all": "and", "any": "or", "at_least": "and/or"}.get(group.op, "")
        count = len(group.of)
        members = tuple(
            spot(member, ids[-1], f"{dot}{place}", "member", word if place < count else "")
            for place, member in enumerate(group.of, 1)
        )
        heading = _heading(group, none)
    hanging = tuple(
        spot(guard, node.id, f"{dot}{short}", key)
        for key, short, _ in GUARDS
        if (guard := getattr(node, key)) is not None
    )
    return Spot(node, ids, parent, role, label, heading, joined, hanging, members)


def _bare(group: Group) -> bool:
    """Tell whether nothing hangs on a group but its members: then NOT ANY reads as NONE."""
    return not (
        group.applies_when or group.unless or group.except_when or group.strength or group.query
        or group.documentation or group.examples or group.notes or group.references
    )  # fmt: skip


def _heading(group: Group, none: bool) -> str:
    each = ", for each that applies" if any(member.applies_when is not None for member in group.of) else ""
    if none:
        return f"NONE of the following is met{each}"
    if group.op == "not":
        return "The following is NOT met"
    if group.op == "at_least":
        return f"AT LEAST {group.n} of the following {len(group.of)} are met{each}"
    return f"ALL of the following are met{each}" if group.op == "all" else f"ANY of the following is met{each}"


def places(guideline: Guideline) -> dict[str, tuple[Section, int, str]]:
    """Return every id of a guideline -> its section, that section's number, and the label in it."""
    found: dict[str, tuple[Section, int, str]] = {}
    for number, section in enumerate(ordered(guideline), 1):
        found[section.id] = (section, number, "")
        for ruling in section.rulings:
            found[ruling.id] = (section, number, letter(section, ruling))
        for place, rule in enumerate(section.coding_rules, 1):
            found[rule.id] = (section, number, f"R{place}")
        for tree in trees(section):
            for below in tree.below():
                found.update(dict.fromkeys(below.ids, (section, number, below.label)))
    return found


def ordered(guideline: Guideline) -> list[Section]:
    """Return the sections in the order of the chapters."""
    by_id = {section.id: section for section in guideline.sections}
    names = dict.fromkeys(name.value for chapter in guideline.chapters for name in chapter.sections)
    return [by_id[name] for name in names if name in by_id]


def rule_sentence(rule: CodingRule) -> str:
    """Return what a coding rule says: the writer's sentence, or the one that its data make."""
    if rule.text is not None:
        return rule.text.value
    subject = _named(rule.codes or rule.class_)
    other = _named(rule.with_) or _named(rule.instead_of) or _named(rule.for_)
    strength = rule.strength or "must"
    verb = "should generally" if strength == "generally" else strength
    match rule.rule:
        case "report":
            said = f"{subject} {verb} be reported"
        case "report_with":
            said = f"{subject} {verb} be reported together" + (f" with {other}" if other else "")
        case "may_report_with":
            said = f"{subject} may be reported together with {other}"
        case "report_instead_of":
            said = f"{subject} {verb} be reported instead of {other}"
        case "not_with":
            said = f"{subject} {verb} not be reported " + (f"with {other}" if other else "together")
        case "not_for":
            said = f"{subject} {verb} not be reported for {other}"
        case "units_per_encounter":
            said = f"{subject}: at most {rule.units} per encounter {verb} be reported"
        case "document":
            said = f"Documentation {verb} accompany {subject}"
        case "needs_authorization":
            said = f"{subject} {'may need' if strength == 'may' else 'needs'} prior authorization"
        case unknown:
            raise ValueError(f"{rule.id}: no words for the rule {unknown}")
    return said + "."


def _named(part: tuple[CodeUse, ...] | CodeClass | None) -> str:
    if isinstance(part, CodeClass):
        return " ".join(word for word in (part.modality, part.role, part.region, part.system, "codes") if word)
    return ", ".join(use.text.value for use in part or ())
