"""A library as text with places: where its conditions, texts, lists and entries stand, and edits on them.

Everything is a text edit on the span of what was parsed, so comments and layout stay as a writer left them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from policypress.nodes import Mapping, Scalar, Sequence, YamlNode, parse
from policypress.text import Source
from tests.mutation.evidence import Evidence

OPERATORS = ("all", "any", "not", "at_least")
HANGING = ("applies_when", "unless", "except_when")


class Change(NamedTuple):
    """One edit: characters `start` to `end` of a file become `new`."""

    path: str
    start: int
    end: int
    new: str


class Mutant(NamedTuple):
    """The edits of one fault; `evident` where something else in the library can contradict it."""

    changes: tuple[Change, ...]
    evident: bool = True


def mutant(*changes: Change, evident: bool = True) -> Mutant:
    return Mutant(changes, evident)


@dataclass(frozen=True)
class Place:
    """A condition of a section: where it hangs, and in which list it stands, if it is a member of one."""

    source: Source
    node: Mapping | Scalar
    role: str  # criteria, when, a guard or exception, or the operator whose member it is
    holder: Mapping
    among: Sequence | None
    effect: str

    @property
    def operator(self) -> str:
        """The operator of a group, "" for a criterion."""
        return next((key for key in OPERATORS if value(self.node, key) is not None), "")

    @property
    def members(self) -> Sequence | None:
        """The list of a group, where it is written as a block."""
        found = value(self.node, self.operator)
        if self.operator == "at_least":
            found = value(found, "of")
        return found if isinstance(found, Sequence) and is_block(self.source, found) else None

    @property
    def text(self) -> Scalar | None:
        """The words of a criterion."""
        found = self.node if isinstance(self.node, Scalar) else value(self.node, "text")
        return found if isinstance(found, Scalar) else None

    @property
    def movable(self) -> bool:
        """Whether it is an item of a block list, which can be cut out by its lines."""
        return self.among is not None and is_block(self.source, self.among) and len(self.among.items) > 1


class Policy:
    """Every YAML file of a library, parsed once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.evidence = Evidence(folder)
        self.sources: dict[str, Source] = {}
        self.roots: dict[str, YamlNode] = {}
        for file in sorted(folder.rglob("*.yaml")):
            path = file.relative_to(folder).as_posix()
            source = Source(path, file.read_text(encoding="utf-8"))
            root = parse(source)[0]
            if root is not None:
                self.sources[path], self.roots[path] = source, root

    def files(self, part: str) -> Iterator[tuple[Source, YamlNode]]:
        """Yield the files whose path holds a part ("/sections/", "guideline.yaml")."""
        for path, root in self.roots.items():
            if part in "/" + path:
                yield self.sources[path], root

    def sections(self) -> Iterator[tuple[Source, Mapping]]:
        for source, root in self.files("/sections/"):
            if isinstance(root, Mapping):
                yield source, root

    def rulings(self) -> Iterator[tuple[Source, Mapping]]:
        """Yield what holds an effect: a section in the short form, or each ruling."""
        for source, root in self.sections():
            if value(root, "effect") is not None:
                yield source, root
            for ruling in items(value(root, "rulings")):
                if isinstance(ruling, Mapping):
                    yield source, ruling

    def places(self) -> Iterator[Place]:
        """Yield every condition of every section."""
        for source, ruling in self.rulings():
            effect = scalar(ruling, "effect")
            if (criteria := value(ruling, "criteria")) is not None:
                yield from _below(source, criteria, "criteria", ruling, None, effect)
        for source, rule in self.coding_rules():
            if (when := value(rule, "when")) is not None:
                yield from _below(source, when, "when", rule, None, "")

    def coding_rules(self) -> Iterator[tuple[Source, Mapping]]:
        for source, root in self.sections():
            for rule in items(value(root, "coding_rules")):
                if isinstance(rule, Mapping):
                    yield source, rule

    def entries(self, register: str) -> Iterator[tuple[Source, Mapping, Sequence]]:
        """Yield the entries of a register, or of the ledger."""
        for source, root in self.files(f"/{register}.yaml"):
            if "/vignettes/" in source.path or "/sections/" in source.path:
                continue
            for entry in items(root):
                if isinstance(entry, Mapping) and isinstance(root, Sequence):
                    yield source, entry, root

    def texts(self) -> Iterator[tuple[Source, Scalar]]:
        """Yield the words of every criterion and coding rule."""
        for place in self.places():
            if place.text is not None:
                yield place.source, place.text
        for source, rule in self.coding_rules():
            if isinstance(text := value(rule, "text"), Scalar):
                yield source, text

    def code_lists(self) -> Iterator[tuple[Source, Mapping, Sequence]]:
        """Yield every list of codes of the sections with what it belongs to."""
        for source, root in self.sections():
            for mapping in mappings(root):
                for key in ("codes", "with", "instead_of", "for"):
                    if isinstance(found := value(mapping, key), Sequence):
                        yield source, mapping, found


def _below(
    source: Source, node: YamlNode, role: str, holder: Mapping, among: Sequence | None, effect: str
) -> Iterator[Place]:
    if isinstance(node, Sequence):
        return
    place = Place(source, node, role, holder, among, effect)
    yield place
    if isinstance(node, Scalar):
        return
    for key in HANGING:
        if (hanging := value(node, key)) is not None:
            yield from _below(source, hanging, key, node, None, effect)
    operator = place.operator
    inside = value(node, operator)
    if operator == "at_least":
        inside = value(inside, "of")
    if isinstance(inside, Sequence):
        for member in inside.items:
            yield from _below(source, member, operator, node, inside, effect)
    elif inside is not None:
        yield from _below(source, inside, operator, node, None, effect)


def value(node: YamlNode | None, key: str) -> YamlNode | None:
    if not isinstance(node, Mapping):
        return None
    return next((found for name, found in node.entries if name.value == key), None)


def scalar(node: YamlNode | None, key: str) -> str:
    found = value(node, key)
    return found.value if isinstance(found, Scalar) else ""


def items(node: YamlNode | None) -> list[YamlNode]:
    return node.items if isinstance(node, Sequence) else []


def mappings(node: YamlNode) -> Iterator[Mapping]:
    """Yield every mapping of a file."""
    if isinstance(node, Mapping):
        yield node
        for _, below in node.entries:
            yield from mappings(below)
    for below in items(node):
        yield from mappings(below)


def is_block(source: Source, node: YamlNode) -> bool:
    return source.text[node.start] not in "[{"


def written(source: Source, node: YamlNode) -> str:
    return source.text[node.start : node.end]


def column(source: Source, offset: int) -> int:
    return offset - source.text.rfind("\n", 0, offset) - 1


def put(source: Source, node: YamlNode, new: str) -> Change:
    """Write something else in the place of a node."""
    return Change(source.path, node.start, node.end, new)


def drop_item(source: Source, among: Sequence, item: YamlNode) -> Change:
    """Take an item out of a list of several."""
    if not is_block(source, among):
        place = next(place for place, one in enumerate(among.items) if one is item)
        if place:
            return Change(source.path, among.items[place - 1].end, item.end, "")
        return Change(source.path, item.start, among.items[1].start, "")
    start, end = lines(source, item)
    return Change(source.path, start, end, "")


def lines(source: Source, item: YamlNode) -> tuple[int, int]:
    """Return where the lines of a node begin and end."""
    end = source.text.find("\n", item.end)
    return source.text.rfind("\n", 0, item.start) + 1, len(source.text) if end < 0 else end + 1


def drop_key(source: Source, mapping: Mapping, key: str) -> Change | None:
    """Take a key with its value out of a mapping of several."""
    place = next((place for place, (name, _) in enumerate(mapping.entries) if name.value == key), None)
    if place is None or len(mapping.entries) < 2:
        return None
    if place + 1 < len(mapping.entries):
        return Change(source.path, mapping.entries[place][0].start, mapping.entries[place + 1][0].start, "")
    return Change(source.path, mapping.entries[place - 1][1].end, mapping.entries[place][1].end, "")


def add_key(source: Source, mapping: Mapping, text: str) -> Change:
    """Write a further key before the first one of a mapping."""
    if not is_block(source, mapping):
        return Change(source.path, mapping.start + 1, mapping.start + 1, text + ", ")
    indent = "\n" + " " * column(source, mapping.start)
    return Change(source.path, mapping.start, mapping.start, text + indent)


def block(source: Source, node: YamlNode, at: int) -> str:
    """Return a block as it reads when its first line stands at another column."""
    shift = at - column(source, node.start)
    first, *rest = written(source, node).split("\n")
    moved = [" " * shift + line if shift > 0 else line[-shift:] for line in rest]
    return "\n".join([first, *(line if line.strip() else "" for line in moved)])


def words(text: Scalar) -> bool:
    """Tell whether a text stands in the file as it is read, on one line."""
    return text.style == "" or (text.style in "\"'" and text.value.isprintable() and not re.search(r"[\\\"']", text.value))


def inside(source: Source, text: Scalar, match: re.Match[str], new: str, group: int | str = 0) -> Change:
    """Write something else for what a pattern found in the words of a text."""
    start = text.start + (1 if text.style in ("'", '"') else 0)
    return Change(source.path, start + match.start(group), start + match.end(group), new)
