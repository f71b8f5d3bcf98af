"""Compares the amounts in the words of a criterion or coding rule with those its data tie them to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from policypress import ucum
from policypress.amounts import UNITS, amounts, number_places, numbers
from policypress.checks.check import SectionView
from policypress.criteria import Criterion
from policypress.finding import Edit
from policypress.model import CodingRule
from policypress.passages import Passage
from policypress.pattern import pattern
from policypress.record import NamedTuple, record
from policypress.registers import Parameter
from policypress.text import Text
from policypress.ucum import Amount
from policypress.wording import Hit, Quantity

_SCANNED = frozenset(UNITS.values())
_GRADE = pattern(r"\b(?:grade|stage|class|type|phase|level|category|group|tier|step|line|score)s?\s*$", re.I)
_NAMED_TEST = pattern(r"[\s-]*(?:walk|urine|Holter|ECG|EKG|ambulatory|collection|protocol|survival|recall)\b", re.I)
_UNSAFE = pattern(r"[:#\"'\\\n\[\]{},]")


class Tie(NamedTuple):
    """What data say a text is about. `use` is the entry of `uses`, None for what `compare` or `units` say."""

    name: str
    amount: Amount
    parameter: Parameter | None = None
    use: Text | None = None


@record()
class Tied:
    """A text beside its data: amounts that differ from their tie, those without one, ties the words do not name."""

    passage: Passage
    quantities: Sequence[Quantity]
    ties: Sequence[Tie]
    at_odds: Sequence[tuple[Quantity, Tie]]
    untied: Sequence[Quantity]
    unnamed: Sequence[Tie]

    def only_number(self) -> Hit | None:
        """Return the one number in the words that no amount explains, where there is one tie that they do not name."""
        text = self.passage.text
        found = [(start, end) for start, end in number_places(text.value) if not self._explained(start, end)]
        if len(found) != 1 or len(self.unnamed) != 1:
            return None
        return Hit(self.passage, *found[0], text.value[slice(*found[0])])

    def _explained(self, start: int, end: int) -> bool:
        return any(one.start <= start and end <= one.end for one in self.quantities)


def amount_of(parameter: Parameter) -> Amount:
    """Return the amount of a parameter; a unit written as a word is read as that unit."""
    return Amount(parameter.value, parameter.max, UNITS.get(parameter.unit, parameter.unit))


@lru_cache(1)  # the checks of one section run one after another
def tied_texts(view: SectionView) -> tuple[Tied, ...]:
    """Return the criteria and coding rules of a section whose words and data do not name the same amounts."""
    return tuple(_tied_texts(view))


def _tied_texts(view: SectionView) -> Iterator[Tied]:
    found: dict[int, list[Quantity]] = {}
    for quantity in view.wording.quantities:
        found.setdefault(id(quantity.passage), []).append(quantity)
    for passage in view.wording.passages:
        if (passage.uses or id(passage) in found) and passage.kind in ("criterion", "coding_rule"):
            quantities = found.get(id(passage), [])
            ties = _ties(passage, view.registers.parameters)
            if ties is not None and (tied := _compare(passage, quantities, ties)) is not None:
                yield tied


def _ties(passage: Passage, parameters: Mapping[str, Parameter]) -> list[Tie] | None:
    """Return what the data name; None where a parameter is not in the register, which is another rule's finding."""
    owner = passage.owner
    ties: dict[str, Tie] = {}
    named = len(owner.uses) if isinstance(owner, Criterion | CodingRule) else 0  # the others are of compare
    for place, use in enumerate(passage.uses):
        parameter = parameters.get(use.value)
        if parameter is None:
            return None
        if use.value not in ties:
            ties[use.value] = Tie(use.value, amount_of(parameter), parameter, use if place < named else None)
    if isinstance(owner, Criterion):
        compare = owner.compare
        value = "" if compare is None or compare.value is None else compare.value.value
        if compare is not None and compare.unit and ucum.number(value) is not None:  # a date has no unit
            ties["compare"] = Tie("compare", Amount(value, "", UNITS.get(compare.unit, compare.unit)))
    elif isinstance(owner, CodingRule) and owner.units:
        ties["units"] = Tie("units", Amount(str(owner.units), "", "{unit}"))
    return list(ties.values())


def _compare(passage: Passage, quantities: list[Quantity], ties: list[Tie]) -> Tied | None:
    if len(quantities) == len(ties) == 1 and _same(quantities[0].amount, ties[0].amount):
        return None  # as nearly always
    free = [tie for tie in ties if not any(_same(quantity.amount, tie.amount) for quantity in quantities)]
    loose = [quantity for quantity in quantities if not any(_same(quantity.amount, tie.amount) for tie in ties)]
    if not free and not loose:
        return None
    text = passage.text.value
    for tie in [tie for tie in free if tie.amount.max]:
        ends = [Amount(end, "", tie.amount.unit) for end in (tie.amount.value, tie.amount.max)]
        named = [quantity for quantity in loose if any(_same(quantity.amount, end) for end in ends)]
        if named and _has_numbers(text, tie.amount):  # "between 6 and 8 weeks"
            free.remove(tie)
            loose = [quantity for quantity in loose if quantity not in named]
    for quantity in [quantity for quantity in loose if quantity.max]:
        ends = [Amount(end, "", quantity.unit) for end in (quantity.value, quantity.max)]
        bounds = [[tie for tie in ties if _same(end, tie.amount)] for end in ends]
        if all(bounds):  # one parameter for each end of "6–8 weeks"
            loose.remove(quantity)
            free = [tie for tie in free if tie not in (*bounds[0], *bounds[1])]
    at_odds = []
    for tie in list(free):
        kind = ucum.measured(tie.amount.unit)
        near = next((quantity for quantity in loose if ucum.measured(quantity.unit) == kind), None)
        if near is not None:
            at_odds.append((near, tie))
            loose.remove(near)
            free.remove(tie)
    for tie in [tie for tie in free if tie.use is None]:  # compared with one amount, and another in the words
        kind = ucum.measured(tie.amount.unit)
        near = next((quantity for quantity in quantities if ucum.measured(quantity.unit) == kind), None)
        if near is not None and kind != "" and not _is_named(text, tie, quantities):
            at_odds.append((near, tie))
            free.remove(tie)
    unnamed = [tie for tie in free if tie.use is not None and not _is_named(text, tie, quantities)]
    loose = [one for one in loose if _is_amount(text, one) and not _converted(text, one, quantities)]
    if not (at_odds or loose or unnamed):
        return None
    return Tied(passage, quantities, ties, at_odds, loose, unnamed)


def _same(words: Amount, data: Amount) -> bool:
    if ucum.same(words, data):
        return True
    # A count without a unit, or of something the words call otherwise: only the number can be compared.
    counted = data.unit in ("1", "") or (data.unit[0] == "{" and data.unit[-1] == "}" and data.unit not in _SCANNED)
    return counted and ucum.same(words, data._replace(unit=words.unit))


def _has_numbers(text: str, amount: Amount) -> bool:
    found = set(numbers(text))
    return all(end == "" or ucum.number(end) in found for end in (amount.value, amount.max))


def _is_named(text: str, tie: Tie, quantities: list[Quantity]) -> bool:
    """Tell whether words name a tie without an amount and unit: "a BMI of 35", or the parameter's own words."""
    if tie.parameter is not None and tie.parameter.words.value.casefold() in text.casefold():
        return True
    bare = text
    for quantity in quantities:
        bare = bare[: quantity.start] + " " * (quantity.end - quantity.start) + bare[quantity.end :]
    if tie.amount.value == "1" and any(unit in text for unit, code in UNITS.items() if code == tie.amount.unit):
        return True
    return _has_numbers(bare, tie.amount)


def _is_amount(text: str, quantity: Quantity) -> bool:
    """Tell an amount from what only looks like one: "grade 3 events", "the 6-minute walk test"."""
    if _GRADE.search(text, max(0, quantity.start - 16), quantity.start):
        return False
    return _NAMED_TEST.match(text, quantity.end) is None


def _converted(text: str, quantity: Quantity, quantities: Sequence[Quantity]) -> bool:
    """Tell whether an amount says again, in brackets, what stands before it: "54 mg/dL (3.0 mmol/L)"."""
    return any(text[other.end : quantity.start] in (" (", "(") for other in quantities)


def corrected(tied: Tied, quantity: Quantity, tie: Tie) -> tuple[Edit, ...]:
    """Return the edit that writes the parameter's words, where there is one amount and one parameter."""
    parameter = tie.parameter
    if parameter is None or len(tied.quantities) != 1 or len(tied.ties) != 1:
        return ()
    words = parameter.words.value
    if _UNSAFE.search(words) or not any(ucum.same(named, tie.amount) for named in amounts(words)):
        return ()
    if re.search(r"\d-[a-zA-Z]", quantity.words):  # "a 10-week course" stays an adjective
        unit = quantity.words[quantity.words.index("-") :]
        if quantity.max or parameter.max or UNITS.get(unit[1:]) != tie.amount.unit:
            return ()
        words = parameter.value + unit
    return (Edit(quantity.span, words),)


def add_use(owner: object, id: str) -> tuple[Edit, ...]:
    """Return the edit that names a parameter in the `uses` of what a text belongs to, where the text is one line."""
    if not isinstance(owner, Criterion | CodingRule) or owner.text is None:
        return ()
    text = owner.text
    source = text.source.text
    if owner.uses:
        end = owner.uses[-1].end
        return (Edit(Text("", text.source, end, end).span, f", {id}"),) if source[end : end + 1] == "]" else ()
    if "\n" in source[text.start : text.end] or source[text.start] in "|>":
        return ()
    before = source[source.rfind("\n", 0, text.start) + 1 : text.start]
    after = Text("", text.source, text.end, text.end).span
    if re.fullmatch(r" *(?:- +)+", before):
        indent = "\n" + " " * len(before)
        return (Edit(text.span, f"text: {source[text.start : text.end]}{indent}uses: [{id}]"),)
    if (key := re.fullmatch(r"( *(?:- +)*)text: +", before)) is not None:
        return (Edit(after, "\n" + " " * len(key[1]) + f"uses: [{id}]"),)
    if re.search(r"[{,]\s*text: +$", before):
        return (Edit(after, f", uses: [{id}]"),)
    return ()
