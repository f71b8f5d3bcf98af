"""Numbers, names and orders everything that is published, once, so that PDF, site and JSON cannot disagree.

Sections are numbered 1, 2, 3 through the guideline. Several rulings of a section are lettered A, B, C. A criterion's
label is its path: `2.1` is the first member of the second item; under ruling B it is `B.2.1`. Guards and exceptions
hang on the label of their node: `2.when`, `2.unless`, `2.except`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policypress.criteria import Criterion, Group, Node, guards
from policypress.model import Chapter, CodingRule, Guideline, Ruling, Section
from policypress.record import NamedTuple, record
from policypress.rule_words import rule_words

GUARD_WORDS = {
    "applies_when": "Applies when",
    "unless": "Counts as met when",
    "except_when": "Counts as not met when",
}
_GUARD_LABEL = {"applies_when": "when", "unless": "unless", "except_when": "except"}
_CONNECTOR = {"all": "and", "any": "or", "at_least": "and/or", "not": ""}
_LEADS = {
    ("covered", "must"): "Covered when",
    ("covered", "should"): "Should be covered when",
    ("covered", "may"): "May be covered when",
    ("covered", "generally"): "Generally covered when",
    ("not_covered", "must"): "Not covered when",
    ("not_covered", "should"): "Should not be covered when",
    ("not_covered", "may"): "May be treated as not covered when",
    ("not_covered", "generally"): "Generally not covered when",
}
STRENGTH_WORDS = {
    "must": "must: a firm requirement",
    "should": "should: recommended",
    "may": "may: permitted",
    "generally": "generally: usual, not invariable",
}


class Heading(NamedTuple):
    """The printed operator of a group: `before` + `word` + `after` make one sentence."""

    before: str
    word: str
    after: str

    def __str__(self) -> str:
        return " ".join(part for part in self if part)


@record()
class Item:
    """A node with everything that is printed about its place.

    `anchors` are the ids that lead here: the node's own and, for NONE, that of the ANY it negates. `heading` is
    None for a criterion. `connector` ("and", "or", "and/or") follows the item inside its group, "" after the last.
    """

    node: Node
    label: str
    role: str  # root, member, applies_when, unless, except_when
    depth: int
    anchors: tuple[str, ...]
    heading: Heading | None
    connector: str
    guards: tuple[Item, ...]
    members: tuple[Item, ...]

    @property
    def criterion(self) -> Criterion | None:
        return self.node if isinstance(self.node, Criterion) else None

    def walk(self) -> Iterator[Item]:
        """Yield this item and everything below it in reading order."""
        yield self
        for guard in self.guards:
            yield from guard.walk()
        for member in self.members:
            yield from member.walk()


@record()
class RulingOutline:
    ruling: Ruling
    letter: str  # "" where the section has one ruling
    lead: str
    root: Item | None


@record()
class CodingRuleOutline:
    rule: CodingRule
    label: str  # R1, R2 …
    words: str
    when: Item | None


@record()
class SectionOutline:
    section: Section
    number: int
    chapter: str
    rulings: tuple[RulingOutline, ...]
    coding_rules: tuple[CodingRuleOutline, ...]

    @property
    def id(self) -> str:
        return self.section.id

    @property
    def title(self) -> str:
        return self.section.title.value

    def items(self) -> Iterator[Item]:
        """Yield every item of the section in reading order."""
        for ruling in self.rulings:
            if ruling.root is not None:
                yield from ruling.root.walk()
        for rule in self.coding_rules:
            if rule.when is not None:
                yield from rule.when.walk()


class Place(NamedTuple):
    """Where an id is printed: its section, and the label there ("" for the section itself)."""

    section: SectionOutline
    label: str

    def __str__(self) -> str:
        return f"{self.section.number} {self.section.title}" + (f", {self.label}" if self.label else "")


@record()
class GuidelineOutline:
    guideline: Guideline
    chapters: tuple[tuple[Chapter, tuple[SectionOutline, ...]], ...]
    sections: tuple[SectionOutline, ...]
    places: Mapping[str, Place]  # every id of the guideline -> where it is printed


def outline(guideline: Guideline, kept: dict[int, SectionOutline] | None = None) -> GuidelineOutline:
    """Lay out a guideline: its sections in the order of its chapters, numbered through.

    `kept` holds what was laid out before; a section that is still the same, at the same place, is not laid out again.
    """
    kept = {} if kept is None else kept
    by_id = {section.id: section for section in guideline.sections}
    chapters = []
    number = 0
    for chapter in guideline.chapters:
        laid: list[SectionOutline] = []
        for name in chapter.sections:
            if (listed := by_id.pop(name.value, None)) is not None:
                number += 1
                known = kept.get(id(listed))
                place = (number, chapter.title.value)
                if known is None or known.section is not listed or (known.number, known.chapter) != place:
                    known = kept[id(listed)] = outline_section(listed, *place)
                laid.append(known)
        chapters.append((chapter, tuple(laid)))
    sections = tuple(section for _, inside in chapters for section in inside)
    places: dict[str, Place] = {}
    for section in sections:
        places[section.id] = Place(section, "")
        for ruling in section.rulings:
            places[ruling.ruling.id] = Place(section, ruling.letter)
        for rule in section.coding_rules:
            places[rule.rule.id] = Place(section, rule.label)
        for item in section.items():
            for anchor in item.anchors:
                places[anchor] = Place(section, item.label)
    return GuidelineOutline(guideline, tuple(chapters), sections, places)


def outline_section(section: Section, number: int, chapter: str = "") -> SectionOutline:
    """Lay out one section."""
    several = len(section.rulings) > 1
    rulings = []
    for place, ruling in enumerate(section.rulings):
        letter = _letters(place) if several else ""
        root = None if ruling.criteria is None else outline_node(ruling.criteria, letter)
        rulings.append(RulingOutline(ruling, letter, lead(ruling), root))
    rules = []
    for place, rule in enumerate(section.coding_rules, 1):
        label = f"R{place}"
        when = None if rule.when is None else outline_node(rule.when, f"{label}.when", role="applies_when")
        rules.append(CodingRuleOutline(rule, label, rule_words(rule), when))
    return SectionOutline(section, number, chapter, tuple(rulings), tuple(rules))


def lead(ruling: Ruling) -> str:
    """Return the words that open a ruling: its effect with the hedge of its strength."""
    return _LEADS[ruling.effect, ruling.strength]


def outline_node(node: Node, label: str, role: str = "root", depth: int = 0, connector: str = "") -> Item:
    """Lay out a node and everything below it. A NOT over a plain ANY is printed as one NONE."""
    inner = node
    anchors = [node.id]
    if (merged := _negated_any(node)) is not None:
        inner = merged
        anchors.append(merged.id)
    if role == "root" and isinstance(inner, Criterion):
        label = f"{label}.1" if label else "1"
    members: tuple[Item, ...] = ()
    heading = None
    if isinstance(inner, Group):
        join = _CONNECTOR[inner.op]
        last = len(inner.of)
        members = tuple(
            outline_node(
                member,
                f"{label}.{place}" if label else str(place),
                "member",
                depth + 1,
                join if place < last else "",
            )
            for place, member in enumerate(inner.of, 1)
        )
        heading = _heading(inner, none=merged is not None)
    hanging = tuple(
        outline_node(guard, f"{label}.{_GUARD_LABEL[key]}" if label else _GUARD_LABEL[key], key, depth + 1)
        for key, guard in guards(node)
    )
    return Item(node, label, role, depth, tuple(anchors), heading, connector, hanging, members)


def _negated_any(node: Node) -> Group | None:
    if not (isinstance(node, Group) and node.op == "not" and len(node.of) == 1):
        return None
    member = node.of[0]
    # Guards or remarks of the inner group need a heading of their own.
    bare = isinstance(member, Group) and member.op == "any" and not any(guards(member))
    if not bare or member.notes or member.documentation or member.examples or member.references:
        return None
    return member if isinstance(member, Group) and member.query is None and member.strength is None else None


def _heading(group: Group, none: bool) -> Heading:
    each = ", for each that applies" if any(member.applies_when for member in group.of) else ""
    if none:
        return Heading("", "NONE", "of the following is met" + each)
    if group.op == "not":
        return Heading("The following is", "NOT", "met")
    if group.op == "at_least":
        return Heading("", f"AT LEAST {group.n}", f"of the following {len(group.of)} are met{each}")
    if group.op == "all":
        return Heading("", "ALL", "of the following are met" + each)
    return Heading("", "ANY", "of the following is met" + each)


def _letters(place: int) -> str:
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_names(section: Section) -> dict[str, str]:
    """Name everything of a section that has an id, as a reader would."""
    names: dict[str, str] = {}

    def name(item: Item, said: str) -> None:
        for anchor in item.anchors:
            names.setdefault(anchor, said)
        for guard in item.guards:
            name(guard, f"{said} › {GUARD_WORDS[guard.role].lower()}")
        for place, member in enumerate(item.members, 1):
            name(member, f"{said} › {item.heading.word if item.heading else ''} › {place}")

    laid = outline_section(section, 0)
    for ruling in laid.rulings:
        said = section.title.value + (f" › {ruling.letter}" if ruling.letter else "")
        names.setdefault(ruling.ruling.id, said)
        if ruling.root is not None:
            name(ruling.root, said)
    for rule in laid.coding_rules:
        said = f"{section.title.value} › coding rule {rule.label[1:]}"
        names.setdefault(rule.rule.id, said)
        if rule.when is not None:
            name(rule.when, said)
    return names
