"""The direction of a comparison in the words against the one in the data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.lookup import value_at
from policypress.criteria import Compare, Criterion
from policypress.finding import Label, Severity
from policypress.nodes import Scalar
from policypress.pattern import pattern
from policypress.record import NamedTuple
from policypress.text import Span, Text
from policypress.ucum import Amount, measured
from policypress.wording import Quantity

# Words before an amount, and words behind it, with the comparisons they can mean; "not more than" before "more than".
_MORE = r"(?:more|greater|longer|older|larger|bigger|higher|later)"
_LESS = r"(?:less|fewer|shorter|younger|smaller|lower|earlier)"
_BEFORE = {
    ">=": r"at least|(?:no|not) (?:less|fewer|lower|sooner|earlier) than|(?:no|not) (?:below|under)|at or above"
    rf"|{_MORE} than or equal to|equal to or {_MORE} than|a minimum of|minimum|≥|>=",
    "<=": r"at most|(?:no|not) (?:more|greater|longer|older|larger|higher|later) than|(?:no|not) (?:above|over)"
    rf"|at or (?:below|under)|{_LESS} than or equal to|equal to or {_LESS} than|not (?:to exceed|exceeding)"
    r"|up to|a maximum of|maximum|≤|<=",
    ">": rf"{_MORE} than|exceed(?:s|ing)?|beyond|above|(?<![≥=])>",
    "<": rf"{_LESS} than|under|below|(?<!=)<",
    "< <=": r"within(?: the)?(?: (?:last|past|previous|preceding|first|next))?",
}  # fmt: skip
_KIND = r"(?:old |of age |ago |in (?:size|length|duration) )?"
_BEHIND = {
    ">=": rf"{_KIND}(?:or|and) (?:more|older|longer|larger|higher|greater|later|above|over)\b",
    "<=": rf"{_KIND}(?:or|and) (?:less|fewer|younger|shorter|smaller|lower|earlier|below|under)\b",
}  # fmt: skip
_LEADING = [(op, pattern(rf"(?:^|[\s(])(?:{words})\s*(?:about )?$", re.I)) for op, words in _BEFORE.items()]
_TRAILING = [(op, pattern(rf"\s*{words}", re.I)) for op, words in _BEHIND.items()]
_NEGATION = pattern(r"\b(?:not|no|never|without|nor|neither|un(?:less|til))\b|n't\b", re.I)
_UP = {">", ">="}
# A question that counts the other way: "How much of it is left?" beside "more than half has gone".
_INVERSE = pattern(r"\b(?:remain|left\b(?= *\?| over)|reduc|drop|declin|loss|lost|decreas|fall|fell)", re.I)
_DAY = r"(?:\d{4}-\d\d-\d\d|(?:\d{1,2} )?[A-Z][a-z]+ (?:\d{1,2}, )?\d{4})"
_DAYS = [
    (">=", pattern(rf"(?:\bon or after|\bno earlier than|\bsince) {_DAY}|{_DAY} (?:or|and) (?:later|after)\b")),
    ("<=", pattern(rf"(?:\bon or before|\bno later than|\bup to) {_DAY}|{_DAY} (?:or|and) (?:earlier|before)\b")),
    (">", pattern(rf"(?<!on or )\b(?:after|later than) {_DAY}(?! or\b)")),
    ("<", pattern(rf"(?<!on or )\b(?:before|earlier than|prior to) {_DAY}(?! or\b)")),
]


class _Said(NamedTuple):
    """What words say of an amount: the comparisons that fit them, and where they stand."""

    ops: frozenset[str]
    span: Span
    words: str


def _said(quantity: Quantity) -> _Said | None:
    """Return the comparison that stands around an amount; None where there is none, or a negation turns it round."""
    text = quantity.passage.text
    value, start, end = text.value, quantity.start, quantity.end
    for op, expression in _TRAILING:
        if (behind := expression.match(value, end)) is not None and _NEGATION.search(value, 0, start) is None:
            return _Said(frozenset({op}), text.at(start, behind.end()), value[start : behind.end()])
    window = max(0, start - 40)
    for op, said in _LEADING:
        if (before := said.search(value, window, start)) is not None:
            first = before.start() + (0 if before[0][0].isalnum() else 1)
            if _NEGATION.search(value, 0, first) is not None:
                return None
            return _Said(frozenset(op.split()), text.at(first, end), value[first:end])
    return None


def _said_of_day(text: Text) -> _Said | None:
    """Return the comparison that stands around a date, where there is one date."""
    if len(re.findall(_DAY, text.value)) != 1:
        return None
    for op, said in _DAYS:
        if (found := said.search(text.value)) is not None and _NEGATION.search(text.value, 0, found.start()) is None:
            return _Said(frozenset({op}), text.at(found.start(), found.end()), found[0])
    return None


def comparison_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words and the comparison point in opposite directions.

    "At least 12 weeks" and `op: "<"` decide every case in two ways: who reads the page covers the study after twelve
    weeks, what computes with the data covers it before.

    ```yaml bad
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended at least 12 weeks ago
      compare: {fact: since-radiation, op: "<", parameter: radiation-delay}
    ```
    ```yaml good
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended at least 12 weeks ago
      compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
    ```
    """
    for criterion, said, op in _compared(view):
        if all((one in _UP) != (op in _UP) for one in said.ops):
            yield _fault(criterion, said, op, "turn the comparison round, or mend the words")


def limit_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words take the limit in and the comparison leaves it out, or the other way round.

    On the day itself, or at the very size, the page and the data say different things: "more than 5 years" leaves five
    years out, and `op: ">="` takes them in.

    ```yaml bad
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended more than 12 weeks ago
      compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
    ```
    ```yaml good
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended more than 12 weeks ago
      compare: {fact: since-radiation, op: ">", parameter: radiation-delay}
    ```
    """
    for criterion, said, op in _compared(view):
        if op not in said.ops and any((one in _UP) == (op in _UP) for one in said.ops):
            yield _fault(criterion, said, op, f'write op: "{sorted(said.ops)[0]}", or mend the words')


def _compared(view: SectionView) -> Iterator[tuple[Criterion, _Said, str]]:
    """Yield each comparison whose words hold one amount with a direction."""
    told: dict[int, list[Quantity]] = {}
    for one in view.wording.quantities:
        if one.passage.kind == "criterion":
            told.setdefault(id(one.passage.owner), []).append(one)
    for criterion in view.criteria:
        if criterion.compare is None or criterion.compare.op in ("=", "!="):
            continue
        fact = view.registers.facts.get(criterion.compare.fact.value)
        if fact is not None and _INVERSE.search(fact.question.value) is not None:
            continue
        if criterion.compare.value is not None and re.fullmatch(r"\d{4}-\d\d-\d\d", criterion.compare.value.value):
            if (said := _said_of_day(criterion.text)) is not None:
                yield criterion, said, criterion.compare.op
            continue
        quantities = told.get(id(criterion), [])
        if len(quantities) > 1:  # "a trial of 3 to 7 days relieved the pain by 50% or more": the one of its kind
            limit = _limit(view, criterion.compare)
            quantities = [one for one in quantities if limit is not None and measured(one.unit) == measured(limit.unit)]
        if len(quantities) == 1 and (said := _said(quantities[0])) is not None:
            yield criterion, said, criterion.compare.op


def _limit(view: SectionView, compare: Compare) -> Amount | None:
    if compare.parameter is not None:
        parameter = view.registers.parameters.get(compare.parameter.value)
        return None if parameter is None else Amount(parameter.value, parameter.max, parameter.unit)
    return None if compare.value is None else Amount(compare.value.value, "", compare.unit)


def _fault(criterion: Criterion, said: _Said, op: str, help: str) -> Fault:
    assert criterion.compare is not None
    place = value_at(criterion.compare.span, "op")
    span = place.span if isinstance(place, Scalar) else criterion.compare.span
    return Fault(
        f"The words say “{said.words}”, and the comparison is {op}", span, help, criterion.id,
        (Label(said.span, "the words"),), mark=f"reads {op}",
    )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("P106", "comparison-at-odds", Severity.ERROR, "section", comparison_at_odds),
    Check("P107", "limit-at-odds", Severity.WARNING, "section", limit_at_odds),
)
