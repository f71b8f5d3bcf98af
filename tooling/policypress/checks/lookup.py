"""What a name stands for, where in a file it was written, and which name was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import chain

from policypress import nodes
from policypress.checks.check import GuidelineView, LibraryView, Owner, SectionView
from policypress.criteria import Criterion, Group
from policypress.finding import Edit
from policypress.model import CodingRule, Ruling, Section
from policypress.nodes import Scalar, YamlNode, parse
from policypress.pattern import pattern
from policypress.prover.questions import folded
from policypress.registers import Parameter, Registers
from policypress.text import Source, Span

_ITEM = pattern(r"^ *- ", re.M)


def resolve(library: LibraryView, home: GuidelineView, target: str) -> tuple[GuidelineView, Owner] | None:
    """Return what `id` or `guideline/id` stands for, seen from one guideline."""
    away, _, name = target.rpartition("/")
    guideline = library.by_id.get(away) if away else home
    owner = guideline.ids.get(name) if guideline is not None else None
    return None if guideline is None or owner is None else (guideline, owner)


def kind(owner: Owner) -> str:
    """Name what has an id: "a section", "a ruling" …"""
    if isinstance(owner, Section):
        return "a section"
    if isinstance(owner, Ruling):
        return "a ruling"
    if isinstance(owner, CodingRule):
        return "a coding rule"
    return "a group" if isinstance(owner, Group) else "a criterion"


def by_words(view: SectionView) -> Mapping[str, list[Criterion]]:
    """Return the criteria of a section by their words, without the differences that a reader does not see."""
    found: dict[str, list[Criterion]] = {}
    for criterion in view.criteria:
        found.setdefault(folded(criterion.text.value), []).append(criterion)
    return found


def lost_id(library: LibraryView, guideline: GuidelineView, target: str) -> bool:
    """Tell whether an id stands in a file that could not be read whole. What is wrong there is found by itself."""
    away, _, name = target.rpartition("/")
    if away and away not in library.by_id:
        return any(source.path.endswith(f"/{away}/guideline.yaml") for source in library.library.sources)
    home = library.by_id[away] if away else guideline
    folder = _folder(home) + "sections/"
    read = {view.section.source.path for view in home.sections}
    for source in library.library.sources:
        if not source.path.startswith(folder):
            continue
        stem = source.path[len(folder) :].removesuffix(".yaml")
        if name in _written(source, "id") or (source.path not in read and f"{name}.".startswith(f"{stem}.")):
            return True
    return False


def lost_entry(library: LibraryView, guideline: GuidelineView, register: str, key: str, name: str) -> bool:
    """Tell whether a register that applies holds an entry that could not be read."""
    folder = _folder(guideline)
    shared = folder.rstrip("/").rpartition("/")[0]
    places = {f"{folder}registers/{register}.yaml", f"{shared}/registers/{register}.yaml".lstrip("/")}
    return any(source.path in places and name in _written(source, key) for source in library.library.sources)


def _folder(guideline: GuidelineView) -> str:
    return guideline.guideline.source.path.removesuffix("guideline.yaml")


@lru_cache(maxsize=1 << 12)
def _written(source: Source, key: str) -> frozenset[str]:
    """Return what stands behind a key in a file, whether it can be read or not."""
    value = r"(?:\"([^\"\n]*)\"|'([^'\n]*)'|([^\s,}]+))"
    found = re.findall(rf"(?:^|[\s{{,]){key}:[ ]*{value}(?=[\s,}}]|$)", source.text, re.M)
    return frozenset(chain.from_iterable(found))


def word_span(span: Span, word: str) -> Span:
    """Return the place of a word inside a span, or the span where it is written otherwise."""
    text = span.source.text
    start = text.find(word, span.start, span.end)
    while start >= 0:
        end = start + len(word)
        if not (start and (text[start - 1].isalnum() or text[start - 1] in "_.-")) and not (
            end < span.end and (text[end].isalnum() or text[end] in "_-")
        ):
            return Span(span.source, start, end)
        start = text.find(word, start + 1, span.end)
    return span


def key_span(span: Span, key: str) -> Span:
    """Return where a key of the mapping at a span was written; the beginning of the span where it was not."""
    entry = _entry_at(span, key)
    return Span(span.source, span.start, min(span.end, span.start + 1)) if entry is None else entry[0].span


def value_at(span: Span, key: str) -> YamlNode | None:
    """Return the value of a key of the mapping at a span as it was written."""
    entry = _entry_at(span, key)
    return None if entry is None else entry[1]


def add_line(criterion: Criterion, line: str) -> tuple[Edit, ...]:
    """Return the edit that writes a further key behind the words of a criterion, where they stand on one line."""
    text = criterion.text
    whole = text.source.text
    if "\n" in whole[text.start : text.end] or whole[text.start] in "|>":
        return ()
    before = whole[whole.rfind("\n", 0, text.start) + 1 : text.start]
    if (key := re.fullmatch(r"( *(?:- +)*)text: +", before)) is not None:
        return (Edit(Span(text.source, text.end, text.end), "\n" + " " * len(key[1]) + line),)
    if re.fullmatch(r" *(?:- +)+", before):
        return (Edit(text.span, f"text: {whole[text.start : text.end]}\n{' ' * len(before)}{line}"),)
    return ()


def _entry_at(span: Span, key: str) -> tuple[Scalar, YamlNode] | None:
    mapping = _mappings(span.source).get(span.start)
    return None if mapping is None else next((entry for entry in mapping.entries if entry[0].value == key), None)


@lru_cache(maxsize=2)
def _mappings(source: Source) -> dict[int, nodes.Mapping]:
    """Read a file once more, for the places of its keys, which the model does not keep. Only faults ask for them."""
    found: dict[int, nodes.Mapping] = {}
    stack = [parse(source)[0]]
    while stack:
        node = stack.pop()
        if isinstance(node, nodes.Mapping):
            found[node.start] = node
            stack.extend(value for _, value in node.entries)
        elif isinstance(node, nodes.Sequence):
            stack.extend(node.items)
    return found


def registers(view: LibraryView) -> Iterator[Registers]:
    """Yield the registers that a library shares, and those of each guideline."""
    yield view.library.registers
    yield from (guideline.guideline.registers for guideline in view.guidelines)


def parameters(view: LibraryView) -> Iterator[Parameter]:
    """Yield every parameter of a library once."""
    yield from {id(each): each for register in registers(view) for each in register.parameters.values()}.values()


def entry_value(entry: Span, key: str, value: str) -> Span:
    """Return where a value of a register entry is written; the entry's own place where it cannot be told."""
    text = entry.source.text
    start, end = entry.start, entry.end
    if f"{key}:" not in entry.raw:  # the place of a register entry is that of its id
        items = [match.start() for match in _ITEM.finditer(text)]
        start = max((item for item in items if item <= entry.start), default=0)
        end = min((item for item in items if item > entry.start), default=len(text))
    match = re.compile(rf"(?<![\w-]){key}:\s+[\"']?({re.escape(value)})(?![\w/\[])").search(text, start, end)
    return Span(entry.source, match.start(1), match.end(1)) if match is not None else entry
