"""Units of parameters, facts and comparisons."""

from __future__ import annotations

from collections.abc import Iterator

from policypress import ucum
from policypress.amounts import UNITS
from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.lookup import entry_value, parameters, registers
from policypress.criteria import Compare
from policypress.finding import Edit, Severity
from policypress.registers import Fact, Parameter
from policypress.text import Span


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
    facts = {id(fact): fact for registers in registers(view) for fact in registers.facts.values()}
    entries: list[Parameter | Fact] = [*parameters(view), *facts.values()]
    for entry in entries:
        if entry.unit and not ucum.known(entry.unit):
            yield _unit_fault(entry.unit, entry_value(entry.span, "unit", entry.unit))
    for guideline in view.guidelines:
        for compare, node in guideline.all(_in_unknown_units):
            yield _unit_fault(compare.unit, entry_value(compare.span, "unit", compare.unit), node)


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


CHECKS: tuple[Check, ...] = (Check("P105", "unknown-unit", Severity.WARNING, "library", unknown_unit),)
