"""Amounts: those in the words against the register of parameters, and the register itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from policypress import ucum
from policypress.amounts import UNITS, amounts, numbers
from policypress.checks import comparisons, units
from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.lookup import entry_value, parameters
from policypress.checks.tying import Tie, Tied, add_use, amount_of, corrected, tied_texts
from policypress.finding import Edit, Label, Severity
from policypress.model import Guideline
from policypress.wording import Quantity


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
            number = tied.only_number()
            yield Fault(
                f"{tie.name} is “{tie.parameter.words}”, and the words "
                + (f"say “{number.words}”" if number is not None else "do not name it"),
                tie.use.span if number is None else number.span,
                f"write “{tie.parameter.words}” in the text, or take {tie.name} out of uses",
                tied.passage.id,
                _defined(tie),
            )


def _said(tie: Tie) -> str:
    if tie.parameter is not None:
        return f"the parameter {tie.name} is “{tie.parameter.words}” ({tie.amount})"
    # A unit in braces is a word for what is counted.
    return f"{tie.name} says {tie.amount.value if tie.amount.unit[:1] == '{' else tie.amount}"


def _defined(tie: Tie) -> tuple[Label, ...]:
    return () if tie.parameter is None else (Label(tie.parameter.span, f"{tie.name} is defined here"),)


def untied_quantity(view: SectionView) -> Iterator[Fault]:
    """An amount in the words is tied to no parameter, and there is one of the same amount.

    Thresholds and time frames are what a revision changes most. When the parameter is changed, this place would be
    missed, and nothing proves that it is right. `check --fix` names the parameter in `uses`, where only one fits.

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
        for quantity, fitting in _untied(view, tied):
            if not fitting:
                continue
            edits: tuple[Edit, ...] = ()
            if len(fitting) == 1:
                help = f"add uses: [{fitting[0]}] if that is the limit meant, or a parameter of its own"
                if not edited:  # two edits at one place would write the key twice; the next run finds the other
                    edits = add_use(tied.passage.owner, fitting[0])
                    edited = bool(edits)
            else:
                help = f"name in uses the one that is meant: {', '.join(fitting[:5])}{' …' if len(fitting) > 5 else ''}"
            yield Fault(
                f"“{quantity.words}” is tied to no parameter", quantity.span, help, tied.passage.id, edits=edits
            )


def amount_without_parameter(view: SectionView) -> Iterator[Fault]:
    """An amount stands in the words alone, where others of the guideline are parameters.

    Thresholds and time frames are what a revision changes most. An amount of the register is changed in one place, and
    the words that still say the old one are found; one that stands in words alone is changed by hand, and nothing
    proves that it is right.

    ```yaml bad
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      text: The radiation ended at least 11 weeks ago
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
    if not view.registers.parameters:
        return
    for tied in tied_texts(view):
        for quantity, fitting in _untied(view, tied):
            if not fitting and tied.passage.kind == "criterion":
                yield Fault(
                    f"“{quantity.words}” is no parameter", quantity.span,
                    "add it to parameters.yaml and name it in uses, if a revision may change it", tied.passage.id,
                )  # fmt: skip


def _untied(view: SectionView, tied: Tied) -> Iterator[tuple[Quantity, list[str]]]:
    """Yield each amount that nothing stands behind, with the parameters of the same amount."""
    for quantity in tied.untied:
        yield quantity, view.beside.make(_by_size).get(_size(quantity.amount), [])


def _size(amount: ucum.Amount) -> tuple[object, object]:
    """Return what is equal for equal amounts."""
    return ucum.scaled(amount.value, amount.unit), ucum.scaled(amount.max, amount.unit)


def _by_size(guideline: Guideline) -> Mapping[object, list[str]]:
    """Return the parameters by their amount."""
    found: dict[object, list[str]] = {}
    for parameter in guideline.registers.parameters.values():
        size = _size(amount_of(parameter))
        if size[0] is not None:
            found.setdefault(size, []).append(parameter.id)
    return found


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
    for parameter in parameters(view):
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
    for parameter in parameters(view):
        low, high = ucum.number(parameter.value), ucum.number(parameter.max)
        if low is not None and high is not None and high <= low:
            yield Fault(
                f"The range of {parameter.id} runs from {parameter.value} to {parameter.max}",
                entry_value(parameter.span, "max", parameter.max),
                "give the smaller number as value and the larger as max, or take max out",
            )


_SPOKEN = frozenset(UNITS.values())


CHECKS: tuple[Check, ...] = (
    Check("P101", "quantity-at-odds", Severity.ERROR, "section", quantity_at_odds),
    Check("P102", "untied-quantity", Severity.WARNING, "section", untied_quantity),
    Check("P108", "amount-without-parameter", Severity.INFO, "section", amount_without_parameter),
    Check("P103", "parameter-words", Severity.ERROR, "library", parameter_words),
    Check("P104", "range-order", Severity.ERROR, "library", range_order),
    *units.CHECKS,
    *comparisons.CHECKS,
)
