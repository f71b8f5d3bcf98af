"""Amounts: those in the words against the register of parameters, and the register itself."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress import ucum
from policypress.checks import comparisons
from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.tying import Tie, add_use, amount_of, corrected, tied_texts
from policypress.finding import Edit, Label, Severity
from policypress.model import Compare, Fact, Parameter, Registers
from policypress.pattern import pattern
from policypress.text import Span
from policypress.wording import UNITS, amounts, numbers


def quantity_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words name another amount than the parameter they are tied to.

    A reviewer reads the words, a computer reads the parameter: the same case would be decided in two ways. Amounts
    are compared as UCUM units, so 84 days and 12 weeks are the same.

    ```yaml bad
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended at least 10 weeks ago
      uses: [radiation-delay]
    ```
    ```yaml good
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended at least 12 weeks ago
      uses: [radiation-delay]
    ```
    """
    for tied in tied_texts(view):
        for quantity, tie in tied.at_odds:
            yield Fault(
                f"The words say “{quantity.words}”, {_said(tie)}",
                quantity.span,
                f"write “{tie.parameter.words}”, or name in uses the parameter that is meant"
                if tie.parameter is not None
                else f"bring the words and {tie.name} together",
                tied.passage.id,
                _defined(tie),
                corrected(tied, quantity, tie),
                f"{tie.name} is {tie.amount}",
            )
        for tie in tied.unnamed:
            assert tie.use is not None and tie.parameter is not None
            yield Fault(
                f"{tie.name} is “{tie.parameter.words}”, and the words do not name it",
                tie.use.span,
                f"write “{tie.parameter.words}” in the text, or take {tie.name} out of uses",
                tied.passage.id,
                _defined(tie),
            )


def _said(tie: Tie) -> str:
    if tie.parameter is not None:
        return f"the parameter {tie.name} is “{tie.parameter.words}” ({tie.amount})"
    return f"{tie.name} says {tie.amount}"


def _defined(tie: Tie) -> tuple[Label, ...]:
    return () if tie.parameter is None else (Label(tie.parameter.span, f"{tie.name} is defined here"),)


def untied_quantity(view: SectionView) -> Iterator[Fault]:
    """An amount in the words is tied to no parameter.

    Thresholds and time frames are what a revision changes most. An amount that no parameter stands behind is missed
    when the limit changes, and nothing proves that it is right.

    ```yaml bad
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended at least 12 weeks ago
    ```
    ```yaml good
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended at least 12 weeks ago
      uses: [radiation-delay]
    ```
    """
    for tied in tied_texts(view):
        edited = False
        for quantity in tied.untied:
            fitting = [
                parameter.id
                for parameter in view.registers.parameters.values()
                if ucum.same(quantity.amount, amount_of(parameter))
            ]
            edits: tuple[Edit, ...] = ()
            if len(fitting) == 1:
                help = f"add uses: [{fitting[0]}] if that is the limit meant, or a parameter of its own"
                if not edited:  # two edits at one place would write the key twice; the next run finds the other
                    edits = add_use(tied.passage.owner, fitting[0])
                    edited = bool(edits)
            elif fitting:
                help = f"name in uses the one that is meant: {', '.join(fitting)}"
            else:
                help = "add it to parameters.yaml and name it in uses"
            yield Fault(
                f"“{quantity.words}” is tied to no parameter", quantity.span, help, tied.passage.id, edits=edits
            )


def parameter_words(view: LibraryView) -> Iterator[Fault]:
    """The words of a parameter name another amount than its value.

    `words` is how texts say the parameter, `value` and `unit` are what is computed with; policies that use it would
    say one thing and decide by the other.

    ```yaml bad
    # file: registers/parameters.yaml
    - id: radiation-delay
      value: 12
      unit: wk
      words: 10 weeks
    ```
    ```yaml good
    # file: registers/parameters.yaml
    - id: radiation-delay
      value: 12
      unit: wk
      words: 12 weeks
    ```
    """
    for parameter in _parameters(view):
        amount, words = amount_of(parameter), parameter.words.value
        said, found = list(amounts(words)), set(numbers(words))
        named = all(end == "" or ucum.number(end) in found for end in (amount.value, amount.max))
        # Only the numbers can be compared where the unit is in no words, or where "between" parts a range.
        loose = not said or amount.unit not in _SPOKEN or (amount.max and not any(each.max for each in said))
        right = any(ucum.same(each, amount) for each in said) or (named and loose) or not found
        if not right:
            yield Fault(
                f"The words of {parameter.id} say “{words}”, its value is {amount}",
                parameter.words.span,
                "bring the words and the value together",
                mark=f"the value is {amount}",
            )


def range_order(view: LibraryView) -> Iterator[Fault]:
    """The upper end of a parameter's range is not above its lower end.

    No amount lies in such a range, so nothing that is compared with it can be met.

    ```yaml bad
    # file: registers/parameters.yaml
    - id: interval
      value: 8
      max: 6
      unit: wk
      words: 8–6 weeks
    ```
    ```yaml good
    # file: registers/parameters.yaml
    - id: interval
      value: 6
      max: 8
      unit: wk
      words: 6–8 weeks
    ```
    """
    for parameter in _parameters(view):
        low, high = ucum.number(parameter.value), ucum.number(parameter.max)
        if low is not None and high is not None and high <= low:
            yield Fault(
                f"The range of {parameter.id} runs from {parameter.value} to {parameter.max}",
                _value_place(parameter.span, "max", parameter.max),
                "give the smaller number as value and the larger as max, or take max out",
            )


def unknown_unit(view: LibraryView) -> Iterator[Fault]:
    """A unit is not written as UCUM writes it.

    The Unified Code for Units of Measure is what computers that read the export understand: `wk`, `mo`, `a` for a
    year, `ug`, `mm[Hg]`. What is only counted stands in braces: `{cycle}`.

    ```yaml bad
    # file: registers/parameters.yaml
    - id: radiation-delay
      value: 12
      unit: weeks
      words: 12 weeks
    ```
    ```yaml good
    # file: registers/parameters.yaml
    - id: radiation-delay
      value: 12
      unit: wk
      words: 12 weeks
    ```
    """
    facts = {id(fact): fact for registers in _registers(view) for fact in registers.facts.values()}
    entries: list[Parameter | Fact] = [*_parameters(view), *facts.values()]
    for entry in entries:
        if entry.unit and not ucum.known(entry.unit):
            yield _unit_fault(entry.unit, _value_place(entry.span, "unit", entry.unit))
    for guideline in view.guidelines:
        for compare, node in guideline.all(_in_unknown_units):
            yield _unit_fault(compare.unit, _value_place(compare.span, "unit", compare.unit), node)


def _in_unknown_units(view: SectionView) -> list[tuple[Compare, str]]:
    compared = ((one.compare, one.id) for one in view.criteria if one.compare is not None)
    return [(compare, node) for compare, node in compared if compare.unit and not ucum.known(compare.unit)]


def _unit_fault(unit: str, span: Span, node: str = "") -> Fault:
    meant = UNITS.get(unit) or UNITS.get(unit.lower()) or _HABITS.get(unit.lower().rstrip("."))
    edits = (Edit(span, f'"{meant}"' if meant[0] == "{" else meant),) if meant and span.raw == unit else ()
    help = f"write {meant}" if meant else "write its UCUM code, or put what is counted in braces, such as {cycle}"
    return Fault(f"{unit} is no common UCUM unit", span, help, node, edits=edits)


_HABITS = {
    "yr": "a", "yrs": "a", "y": "a", "hr": "h", "hrs": "h", "mins": "min", "sec": "s", "secs": "s", "mos": "mo",
    "mcg/ml": "ug/mL", "cc": "mL", "mcg/l": "ug/L", "meq": "meq", "degc": "Cel", "°c": "Cel", "°f": "[degF]",
    "lb": "[lb_av]", "lbs": "[lb_av]", "inch": "[in_i]", "inches": "[in_i]", "iu/l": "[iU]/L", "iu/ml": "[iU]/mL",
}  # fmt: skip
_ITEM = pattern(r"^ *- ", re.M)
_SPOKEN = frozenset(UNITS.values())




def _registers(view: LibraryView) -> Iterator[Registers]:
    yield view.library.registers
    yield from (guideline.guideline.registers for guideline in view.guidelines)


def _parameters(view: LibraryView) -> Iterator[Parameter]:
    yield from {id(each): each for registers in _registers(view) for each in registers.parameters.values()}.values()


def _value_place(entry: Span, key: str, value: str) -> Span:
    """Return where a value of a register entry is written; the entry's own place where it cannot be told."""
    text = entry.source.text
    start, end = entry.start, entry.end
    if f"{key}:" not in entry.raw:  # the place of a register entry is that of its id
        items = [match.start() for match in _ITEM.finditer(text)]
        start = max((item for item in items if item <= entry.start), default=0)
        end = min((item for item in items if item > entry.start), default=len(text))
    match = re.compile(rf"(?<![\w-]){key}:\s+[\"']?({re.escape(value)})(?![\w/\[])").search(text, start, end)
    return Span(entry.source, match.start(1), match.end(1)) if match is not None else entry


CHECKS: tuple[Check, ...] = (
    Check("P101", "quantity-at-odds", Severity.ERROR, "section", quantity_at_odds),
    Check("P102", "untied-quantity", Severity.WARNING, "section", untied_quantity),
    Check("P103", "parameter-words", Severity.ERROR, "library", parameter_words),
    Check("P104", "range-order", Severity.ERROR, "library", range_order),
    Check("P105", "unknown-unit", Severity.WARNING, "library", unknown_unit),
    *comparisons.CHECKS,
)
