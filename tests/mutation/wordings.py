"""What can happen to words, codes and amounts: digits, units, negations, hedges, spellings, cut texts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from random import Random

from policypress import codes
from policypress.amounts import UNITS
from policypress.nodes import Mapping, Scalar
from policypress.text import Source
from tests.mutation.places import (
    Change,
    Mutant,
    Place,
    Policy,
    drop_item,
    inside,
    is_block,
    mutant,
    put,
    scalar,
    value,
    words,
)

_CODE = re.compile(rf"\b(?:{codes.CPT}|{codes.HCPCS})\b")
_QUANTITY = re.compile(r"\b(?P<number>\d{1,4})(?P<gap>[ -])(?P<unit>weeks?|months?|days?|years?|hours?|mm|cm|cycles?|events)\b")
_OTHER_UNIT = {
    "week": "month", "weeks": "months", "month": "week", "months": "weeks", "day": "week", "days": "weeks",
    "year": "month", "years": "months", "hour": "day", "hours": "days", "mm": "cm", "cm": "mm", "cycle": "week",
    "cycles": "weeks", "events": "points",
}  # fmt: skip


def _other_digit(number: str, chance: Random) -> str:
    at = chance.randrange(len(number))
    digits = [digit for digit in "0123456789" if digit != number[at] and (at or digit != "0" or len(number) == 1)]
    return number[:at] + chance.choice(digits) + number[at + 1 :]


def _other_code(code: str, chance: Random) -> str:
    places = [place for place, char in enumerate(code) if char.isdigit()]
    at = chance.choice(places)
    return code[:at] + chance.choice([digit for digit in "0123456789" if digit != code[at]]) + code[at + 1 :]


def replaced(pattern: str, new: str, evident: Callable[[Policy, Place], bool]) -> object:
    """Return the kind that writes something else for what a pattern first finds in a criterion."""
    compiled = re.compile(pattern)

    def kind(policy: Policy, _: Random) -> Iterator[Mutant]:
        for place in policy.places():
            text = place.text
            match = compiled.search(text.value) if text is not None and words(text) else None
            if text is not None and match is not None:
                change = inside(place.source, text, match, match.expand(new))
                yield mutant(change, evident=evident(policy, place))

    return kind


def by_question(policy: Policy, place: Place) -> bool:
    """Tell whether a fact of the register asks what the words say."""
    return policy.evidence.questioned(place.source.path, place.node.start)


def by_statement(*without: str) -> Callable[[Policy, Place], bool]:
    """Return the test whether a fact asks it, or the statements around have none of some marks."""

    def evident(policy: Policy, place: Place) -> bool:
        from_ = policy.evidence.from_of(place.source.path, place.node.start)
        marks = policy.evidence.marks(place.source.path, from_, around=True)
        return by_question(policy, place) or (marks is not None and marks.isdisjoint(without))

    return evident


def by_comparison(policy: Policy, place: Place) -> bool:
    return value(place.node, "compare") is not None


def by_nothing(policy: Policy, place: Place) -> bool:
    return False


def code_in_text(policy: Policy, chance: Random) -> Iterator[Mutant]:
    known = {scalar(entry, "code") for _, entry, _ in policy.entries("codes")}
    for source, text in policy.texts():
        for match in _CODE.finditer(text.value) if words(text) else ():
            if match[0] not in known:
                continue  # a number of five digits that is no code
            yield mutant(inside(source, text, match, _other_code(match[0], chance)))


def code_in_data(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, _, listed in policy.code_lists():
        for item in listed.items:
            if isinstance(item, Scalar) and codes.ENTRY.fullmatch(item.value):
                yield mutant(put(source, item, f'"{_other_code(item.value, chance)}"'))


def code_in_register(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, entry, _ in policy.entries("codes"):
        code = value(entry, "code")
        if isinstance(code, Scalar):
            yield mutant(put(source, code, f'"{_other_code(code.value, chance)}"'))


def code_dropped(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, owner, listed in policy.code_lists():
        if len(listed.items) > 1:
            text = scalar(owner, "text")
            for item in listed.items:
                named = isinstance(item, Scalar) and item.value in text
                yield mutant(drop_item(source, listed, item), evident=named and isinstance(owner, Mapping))


def code_added(policy: Policy, chance: Random) -> Iterator[Mutant]:
    known = [scalar(entry, "code") for _, entry, _ in policy.entries("codes")]
    for source, owner, listed in policy.code_lists():
        held = {item.value for item in listed.items if isinstance(item, Scalar)}
        strange = [code for code in known if code not in held]
        if strange and listed.items and not is_block(source, listed):
            end = listed.items[-1].end
            text = scalar(owner, "text")
            evident = bool(text) and not re.search(r"\bcodes?\b", text)
            yield mutant(Change(source.path, end, end, f', "{chance.choice(strange)}"'), evident=evident)


def code_twice(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, _owner, listed in policy.code_lists():
        if listed.items and not is_block(source, listed):
            last = listed.items[-1]
            yield mutant(Change(source.path, last.end, last.end, ", " + source.text[last.start : last.end]))


def quantity_in_text(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, text in policy.texts():
        for match in _QUANTITY.finditer(text.value) if words(text) else ():
            digit = inside(source, text, match, _other_digit(match["number"], chance), "number")
            yield mutant(digit, evident=policy.evidence.tied(source.path, text.start))


def unit_in_text(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, text in policy.texts():
        for match in _QUANTITY.finditer(text.value) if words(text) else ():
            unit = inside(source, text, match, _OTHER_UNIT[match["unit"]], "unit")
            yield mutant(unit, evident=policy.evidence.tied(source.path, text.start))


def quantity_in_register(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, entry, _ in policy.entries("parameters"):
        for key in ("value", "max"):
            number = value(entry, key)
            if isinstance(number, Scalar):
                yield mutant(put(source, number, _other_digit(number.value, chance)))


def unit_in_register(policy: Policy, _: Random) -> Iterator[Mutant]:
    swapped = {"wk": "d", "d": "wk", "mo": "wk", "a": "mo", "mm": "cm", "h": "d", "min": "h"}
    for source, entry, _among in policy.entries("parameters"):
        unit = value(entry, "unit")
        if isinstance(unit, Scalar) and unit.value in UNITS.values():
            yield mutant(put(source, unit, swapped.get(unit.value, "wk")))


def cut_text(policy: Policy, chance: Random) -> Iterator[Mutant]:
    """Cut the words behind a connecting word, as a lost line of a page does."""
    for source, text in policy.texts():
        if not words(text):
            continue
        stops = list(re.finditer(r"(?<= )(?:the|of|a|an|to|for|with|in|and|or|by|at|from|is|are|has|that|than)(?= \w)", text.value))
        if stops:
            stop = chance.choice(stops)
            end = text.end - (1 if text.style else 0)
            yield mutant(Change(source.path, text.start + (1 if text.style else 0) + stop.end(), end, ""))


def cut_anywhere(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, text in policy.texts():
        gaps = [match.start() for match in re.finditer(" ", text.value)][2:] if words(text) else []
        if gaps:
            end = text.end - (1 if text.style else 0)
            start = text.start + (1 if text.style else 0) + chance.choice(gaps)
            yield mutant(Change(source.path, start, end, ""), evident=False)


def misspelled(policy: Policy, chance: Random) -> Iterator[Mutant]:
    """Swap two letters of a registered term."""
    for source, text, match in _terms(policy):
        term = match[0]
        pairs = [at for at in range(len(term) - 1) if term[at].isalpha() and term[at + 1].isalpha() and term[at] != term[at + 1]]
        if pairs:
            at = chance.choice(pairs)
            new = term[:at] + term[at + 1] + term[at] + term[at + 2 :]
            yield mutant(inside(source, text, match, new), evident=sum(char.isupper() for char in new) > 1)


def other_hyphen(policy: Policy, chance: Random) -> Iterator[Mutant]:
    for source, text, match in _terms(policy):
        if "-" in match[0] or "/" in match[0]:
            sign = chance.choice([sign for sign in ("‑", "–", "/", "-") if sign not in match[0]])
            yield mutant(inside(source, text, match, re.sub("[-/]", sign, match[0])))


def _terms(policy: Policy) -> Iterator[tuple[Source, Scalar, re.Match[str]]]:
    names = sorted({scalar(entry, "term") for _, entry, _ in policy.entries("terms")}, key=lambda name: -len(name))
    if not names:
        return
    pattern = re.compile(rf"(?<![\w/-])(?:{'|'.join(map(re.escape, names))})(?![\w/-])")
    for source, text in policy.texts():
        for match in pattern.finditer(text.value) if words(text) else ():
            yield source, text, match


def unknown_abbreviation(policy: Policy, _: Random) -> Iterator[Mutant]:
    for source, text in policy.texts():
        if words(text) and (match := re.search(r" (?=(?:is|was|has|are)\b)", text.value)) is not None:
            yield mutant(inside(source, text, match, " (XQZ) "))
