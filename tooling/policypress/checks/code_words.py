"""Codes of the words against the codes of the data."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policypress.checks import code_lists
from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.code_lists import Held
from policypress.checks.code_meaning import described
from policypress.codes import system_of
from policypress.criteria import CodeUse, Criterion, walk
from policypress.finding import Label, Severity
from policypress.model import CodingRule
from policypress.pattern import pattern
from policypress.registers import Code
from policypress.usage import members
from policypress.wording import CodeMention

# "code" said of a class of codes, not before a number.
_CLASS = pattern(r"\bcodes?\b(?!(?:\(s\))?[\s:]*(?:[(]?\s*(?:CPT|HCPCS|ICD)|\d))", re.I)


def code_not_in_data(view: SectionView) -> Iterator[Fault]:
    """A code stands in the words of a criterion or coding rule, but not in its codes.

    Words are never interpreted: who reads the JSON, and the page of the code, know only what `codes` holds. A code of
    the ruling counts for its criteria; a coding rule holds those of `codes`, `with`, `instead_of`, `for`, its classes
    and its condition. `check --fix` adds the code to the list.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: A brain MRI (CPT 70553) came before the study
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: A brain MRI (CPT 70553) came before the study
      codes: [70553]
    ```
    """
    registered = view.registers.codes
    missing: dict[str, list[CodeMention]] = {}
    holders: dict[str, Held] = {}
    for mention in view.wording.codes:
        passage = mention.passage
        if passage.kind not in ("criterion", "coding_rule"):
            continue
        plain = not mention.last and not mention.modifiers
        if plain and (not mention.registered or mention.code in [use.code for use in passage.codes]):
            continue
        data = holders.get(passage.id)
        if data is None:
            data = holders[passage.id] = _held(view, passage.owner)
        if not _holds(data, mention, registered):
            missing.setdefault(passage.id, []).append(mention)
    for mentions in missing.values():
        owner = mentions[0].passage.owner
        assert isinstance(owner, Criterion | CodingRule)
        new = list(dict.fromkeys(mention.words if mention.modifiers else _entry(mention) for mention in mentions))
        lists = len([key for key, _ in code_lists.rule_lists(owner)]) if isinstance(owner, CodingRule) else 0
        edits = code_lists.add_codes(owner, new) if isinstance(owner, Criterion) or (lists == 1 and owner.codes) else ()
        where = "this coding rule" if isinstance(owner, CodingRule) else "this criterion or of its ruling"
        for mention in mentions:
            yield Fault(
                f"{system_of(mention.code)} {mention.words} is in the words, but not among the codes of {where}",
                mention.span, f'add "{_entry(mention)}" to codes, or take it out of the words', owner.id,
                edits=edits, mark="named here",
            )  # fmt: skip
            edits = ()  # the first edit brings in all


def code_not_in_words(view: SectionView) -> Iterator[Fault]:
    """A code stands among the codes of a criterion or coding rule, but not in its words.

    Readers of the page see the words alone, so the code would bind without being seen, or the words lost it. A range
    and a list with slashes name all their members. A coding rule may also say what its codes are ("guidance codes",
    "PET/CT") in place of naming them. The codes of a ruling need no words.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: A brain MRI (CPT 70553) came before the study
      codes: [70553, 77012]
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: A brain MRI (CPT 70553) came before the study
      codes: [70553]
    ```
    """
    registered = view.registers.codes
    mentions: dict[int, list[CodeMention]] = {}
    for mention in view.wording.codes:
        mentions.setdefault(id(mention.passage), []).append(mention)
    for passage in view.wording.passages:
        if not passage.codes or passage.kind not in ("criterion", "coding_rule"):
            continue
        found = mentions.get(id(passage), [])
        words = {mention.code for mention in found}
        if all(use.code in words and not use.last for use in passage.codes):
            continue
        words = code_lists.named(found, registered)
        owner = passage.owner
        listed = list(code_lists.rule_lists(owner)) if isinstance(owner, CodingRule) else [("codes", passage.codes)]
        text = passage.text.value
        for key, uses in listed:
            unnamed = [use for use in uses if use.code in registered and not code_lists.is_named(use, words)]
            if isinstance(owner, CodingRule):
                if (key != "codes" and not words) or _CLASS.search(text) is not None:
                    continue
                if len(unnamed) == len(uses):
                    unnamed = [use for use in unnamed if not described(text, members(use, registered), registered)]
            for use in unnamed:
                if (other := _other_range(use, found)) is not None:
                    yield Fault(
                        f"The words name {system_of(use.code)} {other.words}, and {key} says {use.text.value}",
                        other.span, "bring the words and the list together", owner.id,
                        (Label(use.span, "the list"),),
                    )  # fmt: skip
                    continue
                yield Fault(
                    f"{system_of(use.code)} {use.text.value} is in {key}, but not in the words", use.span,
                    "name it in the text, or take it out of the list", owner.id,
                    (Label(passage.text.span, "the words"),),
                )  # fmt: skip


def _other_range(use: CodeUse, mentions: list[CodeMention]) -> CodeMention | None:
    """Return the range in the words that has one end in common with a range of the data."""
    if not use.last:
        return None
    return next((one for one in mentions if one.last and (one.code == use.code or one.last == use.last)), None)


def _held(view: SectionView, owner: object) -> Held:
    registered = view.registers.codes
    if isinstance(owner, CodingRule):
        return code_lists.held_by_rule(owner, registered)
    assert isinstance(owner, Criterion)
    found = code_lists.held(owner.codes, registered)
    if owner.see is not None and owner.see.code:
        found.setdefault(owner.see.code, set()).add(())
    ruling = view.ruling_of.get(owner.id)
    rules = [rule for rule in view.section.coding_rules if rule.when is not None] if ruling is None else []
    wider = code_lists.held_by_ruling(ruling, registered) if ruling is not None else {}
    for rule in rules:
        if rule.when is not None and any(node is owner for node in walk(rule.when)):
            wider = code_lists.held_by_rule(rule, registered)
    for code, modifiers in wider.items():
        found.setdefault(code, set()).update(modifiers)
    return found


def _holds(data: Held, mention: CodeMention, registered: Mapping[str, Code]) -> bool:
    for code in code_lists.named([mention], registered):
        listed = data.get(code)
        if listed is None:
            if code in registered:
                return False
        elif mention.modifiers and () not in listed and mention.modifiers not in listed:
            return False
    return True


def _entry(mention: CodeMention) -> str:
    return "-".join([mention.code, *([mention.last] if mention.last else mention.modifiers)])


CHECKS: tuple[Check, ...] = (
    Check("C103", "code-not-in-data", Severity.ERROR, "section", code_not_in_data),
    Check("C104", "code-not-in-words", Severity.ERROR, "section", code_not_in_words),
)
