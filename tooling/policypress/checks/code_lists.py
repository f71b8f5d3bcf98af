"""Lists of codes as the checks read them: what data hold, what words name, and the edits that bring them together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from policypress.checks.check import SectionView
from policypress.codes import system_of
from policypress.criteria import CodeUse, Criterion, walk
from policypress.finding import Edit
from policypress.model import CodeClass, CodingRule, Ruling
from policypress.pattern import pattern
from policypress.record import NamedTuple
from policypress.registers import Code
from policypress.text import Span
from policypress.usage import class_codes, members
from policypress.wording import CodeMention

_THROUGH = pattern(r"\s*(?:to|through|thru)\s+(?:CPT\s+|HCPCS\s+)?", re.I)
_SHORT = pattern(r"(?:\s?[/–-]\s?\d{1,3})+(?!\w|\.\d)")
# CPT modifiers: what stands behind a hyphen is one of them sooner than the end of a range (78811-16).
_MODIFIER = pattern(r"2[2-7]|3[23]|47|5[0-9]|6[236]|7[3-9]|8[0-2]|9[0-9]")


class CodeList(NamedTuple):
    """A list of codes of the source: the key it stands behind, and the id it belongs to."""

    key: str
    owner: str
    uses: tuple[CodeUse, ...]


@lru_cache(1)  # the checks of one section run one after another
def code_lists(view: SectionView) -> tuple[CodeList, ...]:
    """Return every list of codes of a section."""
    return tuple(_code_lists(view))


def _code_lists(view: SectionView) -> Iterator[CodeList]:
    for ruling in view.section.rulings:
        if ruling.codes:
            yield CodeList("codes", ruling.id, ruling.codes)
    for passage in view.wording.passages:
        if passage.codes and passage.kind != "coding_rule":
            yield CodeList("codes", passage.id, passage.codes)
    for rule in view.section.coding_rules:
        for key, uses in rule_lists(rule):
            yield CodeList(key, rule.id, uses)


def rule_lists(rule: CodingRule) -> Iterator[tuple[str, tuple[CodeUse, ...]]]:
    """Yield the lists of codes of a coding rule with the key of each."""
    if rule.codes:
        yield "codes", rule.codes
    for key, part in (("with", rule.with_), ("instead_of", rule.instead_of), ("for", rule.for_)):
        if isinstance(part, tuple) and part:
            yield key, part


def written(code: str) -> str:
    """Name a code with its system, as texts do."""
    return f"{system_of(code)} {code}"


Held = dict[str, set[tuple[str, ...]]]


def held(uses: Iterable[CodeUse], registered: Mapping[str, Code]) -> Held:
    """Return the codes that data hold, each with the modifiers it is listed with."""
    found: Held = {}
    for use in uses:
        for code in members(use, registered):
            found.setdefault(code, set()).add(use.modifiers)
    return found


def held_by_ruling(ruling: Ruling, registered: Mapping[str, Code]) -> Held:
    """Return the codes that a ruling is about: those it lists, and those of its services."""
    found = held(ruling.codes, registered)
    if ruling.services:
        services = {service.value for service in ruling.services}
        for code in registered.values():
            if code.modality in services:
                found.setdefault(code.code, set()).add(())
    return found


def held_by_rule(rule: CodingRule, registered: Mapping[str, Code]) -> Held:
    """Return the codes that a coding rule is about: those it lists, those of its classes, those of its condition."""
    uses = [use for _, listed in rule_lists(rule) for use in listed]
    if rule.when is not None:
        for node in walk(rule.when):
            if isinstance(node, Criterion):
                uses.extend(node.codes)
    found = held(uses, registered)
    for part in (rule.class_, rule.with_, rule.instead_of, rule.for_):
        if isinstance(part, CodeClass):
            for code in class_codes(part, registered):
                found.setdefault(code, set()).add(())
    return found


def named(mentions: list[CodeMention], registered: Mapping[str, Code]) -> set[str]:
    """Return the codes that the words of one text name: singly, in a range, or in shorthand (78815/16)."""
    found: set[str] = set()
    before: CodeMention | None = None
    for mention in mentions:
        text = mention.passage.text.value
        last = mention.last
        if before is not None and _THROUGH.fullmatch(text, before.end, mention.start):
            found.update(members(CodeUse(before.code, mention.passage.text, (), mention.code), registered))
        modified = any(_MODIFIER.fullmatch(one) for one in mention.modifiers)
        if not last and not modified and (short := _SHORT.match(text, mention.start + len(mention.code))) is not None:
            tails = re.findall(r"\d+", short[0])
            codes = [mention.code[: -len(tail)] + tail for tail in tails]
            found.update(codes)
            last = codes[0] if short[0].strip()[0] in "–-" and codes[0] > mention.code else ""
        found.update(members(CodeUse(mention.code, mention.passage.text, (), last), registered))
        before = mention
    return found


def is_named(use: CodeUse, words: set[str]) -> bool:
    """Tell whether words name an entry of a list: for a range both its ends."""
    return use.code in words and (not use.last or use.last in words)


def add_codes(owner: Criterion | CodingRule, new: list[str]) -> tuple[Edit, ...]:
    """Return the edit that adds codes to the list of a criterion or coding rule, or that gives it one."""
    quoted = [f'"{code}"' for code in new]
    text = owner.span.source.text
    if owner.codes:
        last = owner.codes[-1].span
        if _opener(last) in "[,":
            return (Edit(Span(last.source, last.end, last.end), "".join(f", {code}" for code in quoted)),)
        column = last.source.position(last.start).column - 3
        end = _line_end(text, last.end)
        return (Edit(Span(last.source, end, end), "".join(f"\n{' ' * column}- {code}" for code in quoted)),)
    if owner.text is None:
        return ()
    listed = f"codes: [{', '.join(quoted)}]"
    words = owner.text.span
    source = words.source
    if owner.span == words:  # a plain sentence
        opener = _opener(words)
        if opener == "-":
            indent = " " * (source.position(words.start).column - 1)
            end = _line_end(text, words.end)
            return (
                Edit(Span(source, words.start, words.start), "text: "),
                Edit(Span(source, end, end), f"\n{indent}{listed}"),
            )
        if opener in "[,":
            return (
                Edit(Span(source, words.start, words.start), "{text: "),
                Edit(Span(source, words.end, words.end), f", {listed}}}"),
            )
        return ()
    if text[owner.span.start] == "{":
        return (Edit(Span(source, words.end, words.end), f", {listed}"),)
    indent = " " * (source.position(owner.span.start).column - 1)
    end = _line_end(text, words.end)
    return (Edit(Span(source, end, end), f"\n{indent}{listed}"),)


def drop_entry(use: CodeUse) -> tuple[Edit, ...]:
    """Return the edit that takes an entry out of a list that holds another before it."""
    source, span = use.text.source, use.span
    text = source.text
    if _opener(span) == ",":
        comma = text.rindex(",", 0, span.start)
        start = len(text[:comma].rstrip())
        return () if "#" in text[start : span.start] else (Edit(Span(source, start, span.end), ""),)
    start = text.rfind("\n", 0, span.start)
    end = _line_end(text, span.end)
    alone = text[start + 1 : span.start].strip() == "-" and not text[span.end : end].strip()
    return (Edit(Span(source, start, end), ""),) if alone and start >= 0 else ()


def _opener(span: Span) -> str:
    """Return the last character before a value that is no white space."""
    return span.source.text[max(0, span.start - 500) : span.start].rstrip()[-1:] or "\n"


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end
