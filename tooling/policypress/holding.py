"""What the carriers of a statement hold together: codes, amounts and marks, as data or in their words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policypress import codes, ucum
from policypress.amounts import amounts, numbers
from policypress.codes import PLAIN_HYPHENS
from policypress.criteria import Node
from policypress.model import CodingRule, Ruling, Section
from policypress.passages import Passage
from policypress.pattern import pattern
from policypress.record import record
from policypress.ucum import Amount
from policypress.wording import MARKS

Owner = Section | Ruling | Node | CodingRule
# Other words for a mark, looked for only where no structure, strength or usual word holds it.
_OTHER_WORDS = {
    "not": pattern(
        r"\b(?:in(?:sufficient|adequate|appropriate|eligible)|un(?:able|available|suitable|necessary|suited|less)|exclusion"
        r"|absen\w+|lack\w*|fail\w*|instead of|in place of|rather than|exclud\w+|ruled out|only|alone)\b", re.I
    ),
    "must": pattern(r"\b(?:ha(?:s|ve) to|necessary|mandatory|obligat\w+|only)\b", re.I),
    "should": pattern(r"\b(?:advis\w+|recommends?|recommendations?|prefers?|ought)\b", re.I),
    "may": pattern(r"\b(?:permit\w*|permissible|possibl[ey]|allow\w*|optional\w*|consider\w*)\b", re.I),
    "generally": pattern(r"\b(?:in general|as a rule|usual|typical|common(?:ly)?|mostly|ordinarily)\b", re.I),
    "unless": pattern(r"\b(?:except\w*|other than|if not|otherwise)\b", re.I),
    "except": pattern(r"\b(?:unless|otherwise|exempt\w*)\b", re.I),
    "at_least": pattern(r"≥|\b(?:or (?:more|older|longer|higher|later|above)|minimum|no (?:less|fewer))\b", re.I),
    "any": pattern(r"\b(?:one or more|at least one|alternatives?)\b", re.I),
    "all": pattern(r"\b(?:none|whole list)\b", re.I),
    "and": pattern(r"\b(?:with|both|all|also|together)\b|[,&+/]", re.I),
    "or": pattern(r"\b(?:any|either)\b|[,/]", re.I),
}  # fmt: skip
_LISTS = frozenset(("all", "any", "at_least"))
_OPERATORS = _LISTS | {"and", "or"}


@record()
class Carrier:
    """What names a statement: `kind` is section, ruling, group, criterion, coding rule, note, query …"""

    id: str
    kind: str
    owner: Owner


class Held:
    """What the carriers that name one statement hold together."""

    def __init__(self) -> None:
        self.carriers: list[Carrier] = []
        self.passages: list[Passage] = []
        self.codes: set[str] = set()
        self.ranges: set[tuple[str, str]] = set()
        self.amounts: set[Amount] = set()
        self.marks: set[str] = set()
        self.ops: set[str] = set()  # operators of the groups that name it
        self.above: set[str] = set()  # operators above what names it
        self.rulings: set[str] = set()
        self.asked: set[str] = set()  # marks in the words of queries that quote nothing
        self.content = False  # more than a heading, an operator and a query
        self.queried = False  # a query names it itself

    def add_code(self, code: str, modifiers: tuple[str, ...], last: str) -> None:
        if last:
            self.ranges.add((code, last))
        self.codes.update((code, "-".join((code, *modifiers))))


def has_code(words: str, held: list[Held], registered: Mapping[str, object]) -> bool:
    folded = words.translate(PLAIN_HYPHENS)
    if any(folded in each.codes for each in held):
        return True
    match = codes.ENTRY.fullmatch(folded)
    if match is not None and match["last"]:
        first, last = match["code"], match["last"]
        wanted = {first, last, *(code for code in registered if codes.in_range(code, first, last))}
        if all(has_code(code, held, {}) for code in wanted):
            return True
    elif match is not None and any(
        codes.in_range(match["code"], first, last) for each in held for first, last in each.ranges
    ):
        return True
    texts = [text for each in _texts(held) if folded in (text := each.translate(PLAIN_HYPHENS))]
    return bool(texts) and any(map(re.compile(rf"(?<!\w){re.escape(folded)}(?!\w)").search, texts))


def has_quantity(words: str, held: list[Held]) -> bool:
    wanted = list(amounts(words))
    if not wanted:
        folded = " ".join(words.translate(PLAIN_HYPHENS).casefold().split())
        return any(folded in " ".join(text.translate(PLAIN_HYPHENS).casefold().split()) for text in _texts(held))
    return all(_has_amount(amount, held) for amount in wanted)


def _has_amount(amount: Amount, held: list[Held]) -> bool:
    if any(amount in each.amounts or any(ucum.same(amount, other) for other in each.amounts) for each in held):
        return True
    for text in _texts(held):
        said = list(amounts(text))
        if any(ucum.same(amount, other) for other in said):
            return True
        upper = Amount(amount.max, "", amount.unit)
        if any(ucum.same(upper, other) for other in said) and ucum.number(amount.value) in set(numbers(text)):
            return True  # "between 6 and 8 weeks"
    return False


def has_mark(mark: str, held: list[Held]) -> bool:
    """Tell whether a mark is held; nearest first. A group that names the statement decides its operator."""
    if mark in _OPERATORS and held[0].ops & _LISTS:
        held = held[:1]
    if mark not in MARKS or any(mark in each.marks or mark in each.ops for each in held):
        return True
    if mark in _OPERATORS and not held[0].ops & _LISTS:
        if any(mark in each.above for each in held):
            return True
        if mark in ("any", "or") and len({ruling for each in held for ruling in each.rulings}) > 1:
            return True  # alternatives became rulings of their own
    stated = any(each.content or each.ops for each in held)
    if not stated and any(mark in each.asked for each in held):
        return True  # nothing but queries carries it
    pattern = _OTHER_WORDS[mark]
    return any(
        pattern.search(passage.text.value)
        for each in held
        for passage in each.passages
        if passage.kind != "query" or not stated
    )


def _texts(held: list[Held]) -> Iterator[str]:
    for each in held:
        for passage in each.passages:
            yield passage.text.value
