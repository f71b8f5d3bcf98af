"""Facts: the questions that criteria ask, and what their answers are compared with."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, SectionView
from policypress.checks.lookup import lost_entry, value_at, word_span
from policypress.checks.nearness import near, one_apart, respelled
from policypress.criteria import Compare, Criterion
from policypress.finding import Label, Severity
from policypress.pattern import pattern
from policypress.registers import Fact
from policypress.text import Span
from policypress.ucum import measured

# What a unit can measure where all its units convert into one another.
_KINDS = frozenset({"time", "length", "mass", "volume", "dose", "effective dose", "activity"})
_OTHERS = {
    "mm[Hg]": "pressure", "cm[H2O]": "pressure", "kPa": "pressure", "Cel": "temperature", "[degF]": "temperature",
    "Hz": "frequency", "kHz": "frequency", "deg": "angle", "dB": "loudness",
}  # fmt: skip
_DATE = pattern(r"\d{4}-\d{2}-\d{2}")
_NUMBER = pattern(r"-?[0-9]+(?:\.[0-9]+)?")


def _kind(unit: str) -> str | None:
    """Return what a unit measures ("mass per volume"), None where that is not certain."""
    kinds = []
    for part in unit.split("/"):
        counted = part in ("", "1", "%") or (part[0] == "{" and part[-1] == "}")
        kind = "number" if counted else _OTHERS.get(part, measured(part))
        if not counted and kind not in _KINDS and part not in _OTHERS:
            return None
        kinds.append(kind)
    return " per ".join(kinds)


def compare_at_odds(view: SectionView) -> Iterator[Fault]:
    """A fact is compared with something of another kind.

    Weeks can be compared with days, but not with millimeters; a date can be compared with a date alone; and a fact
    that is only met or not met has no amount. Such a comparison has no result, for any case. Units are read as UCUM,
    the Unified Code for Units of Measure.

    ```yaml bad
    # file: registers/facts.yaml
    - {id: dx.glioma, question: "Is the tumor a glioma?"}
    - {id: dx.lymphoma, question: "Is the tumor a lymphoma?"}
    - {id: since-radiation, question: "How long ago did radiation end?", type: quantity, unit: mm}
    # file: example/sections/delay.yaml
    id: delay
    title: Delay
    effect: covered
    criteria:
      text: Radiation ended at least 12 weeks ago
      compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
      uses: [radiation-delay]
    ```
    ```yaml good
    # file: registers/facts.yaml
    - {id: dx.glioma, question: "Is the tumor a glioma?"}
    - {id: dx.lymphoma, question: "Is the tumor a lymphoma?"}
    - {id: since-radiation, question: "How long ago did radiation end?", type: quantity, unit: d}
    # file: example/sections/delay.yaml
    id: delay
    title: Delay
    effect: covered
    criteria:
      text: Radiation ended at least 12 weeks ago
      compare: {fact: since-radiation, op: ">=", parameter: radiation-delay}
      uses: [radiation-delay]
    ```
    """
    registered = view.registers.facts
    for criterion in view.criteria:
        compare = criterion.compare
        fact = registered.get(compare.fact.value) if compare is not None else None
        if compare is None or fact is None:
            continue
        if (odds := _odds(view, compare, fact)) is not None:
            message, span, help = odds
            yield Fault(message, span, help, criterion.id, (Label(fact.span, f"a {fact.type}"),))


def _odds(view: SectionView, compare: Compare, fact: Fact) -> tuple[str, Span, str] | None:
    if fact.type == "verdict":
        given = "" if value_at(_entry(fact), "type") is not None else " (no type is given, which means that)"
        return (
            f"{fact.id} is a verdict, met or not met{given}, and here it is compared",
            compare.fact.span,
            f"give {fact.id} the type quantity or date in facts.yaml, or compare another fact",
        )
    if compare.parameter is not None:
        parameter = view.registers.parameters.get(compare.parameter.value)
        if parameter is None:
            return None
        other, unit, span, number = compare.parameter.value, parameter.unit, compare.parameter.span, True
    elif compare.value is not None:
        other, unit, span = compare.value.value, compare.unit, compare.value.span
        number = _NUMBER.fullmatch(other) is not None
        if not number and _DATE.fullmatch(other) is None:
            return f"{other} is neither a number nor a date", span, f"write the {fact.type} to compare {fact.id} with"
    else:
        return None
    amount = f"{other} in {unit}" if unit and compare.parameter is not None else f"{other} {unit}".rstrip()
    if fact.type == "date":
        if not number and not unit:
            return None
        return f"{fact.id} is a date, and here it is compared with {amount}", span, "compare it with a date"
    if not number:
        return f"{fact.id} is a quantity, and here it is compared with the date {other}", span, "write a number"
    asked, told = _kind(fact.unit), _kind(unit)
    if not fact.unit or not unit or asked is None or told is None or asked == told:
        return None
    return (
        f"{fact.id} is asked in {fact.unit} ({asked}), and here it is compared with {amount} ({told})",
        span if compare.parameter is not None else word_span(compare.span, unit),
        f"write a unit that converts to {fact.unit}, or mend the unit of the fact",
    )


def _entry(fact: Fact) -> Span:
    """Return the span of a fact's entry in its register; the model points at its id alone."""
    text = fact.span.source.text
    start = max(text.rfind("\n- ", 0, fact.span.start) + 3, 0)
    return Span(fact.span.source, start + len(text[start:]) - len(text[start:].lstrip(" ")), fact.span.end)


def unknown_fact(library: LibraryView) -> Iterator[Fault]:
    """A fact is named that facts.yaml does not hold, although it should, or that is a slip for one that it holds.

    A fact is a question that is asked once. With a slip in its name the same question is asked a second time, and an
    answer to the one leaves the other open. What is compared needs an entry that says in which unit it is asked, and
    an exclusive set is about facts that some criterion uses. Where the register holds the other facts that criteria
    name, it is meant to hold all.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - text: The tumor is a glioma
          fact: dx.gliomas
        - PET/CT is not available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - text: The tumor is a glioma
          fact: dx.glioma
        - PET/CT is not available
    ```
    """
    for guideline in library.guidelines:
        registered = guideline.guideline.registers.facts
        slips: dict[str, str] = {}
        strange: dict[str, Criterion] = {}
        used = 0
        for criteria, uses in guideline.notes(_uses):
            used += uses
            for criterion in criteria:
                compare = criterion.compare
                if compare is not None and compare.fact.value not in registered:
                    yield from _measured(library, guideline, compare, criterion.id)
                fact = criterion.fact
                if fact == criterion.id or fact in registered or fact in guideline.ids:
                    continue
                if fact not in slips:
                    slips[fact] = next((name for name in one_apart(fact, registered) if one_slip(fact, name)), "")
                if slips[fact] and not lost_entry(library, guideline, "facts", "id", fact):
                    yield _slip(criterion, slips[fact])
                elif not slips[fact]:
                    strange.setdefault(fact, criterion)
        if len(strange) * 8 <= used:  # the register holds the others: it is meant to hold all
            for fact, criterion in strange.items():
                if not lost_entry(library, guideline, "facts", "id", fact):
                    yield _not_registered(criterion)
    yield from _exclusive(library)


def _exclusive(library: LibraryView) -> Iterator[Fault]:
    known = {name for view in library.guidelines for name in view.guideline.registers.facts}
    sets = [one for view in library.guidelines for one in view.guideline.registers.exclusive.values()]
    if any(name.value not in known for one in sets for name in one.facts):
        known.update(*(names for view in library.guidelines for names in view.notes(_named)))
    seen: set[Span] = set()
    for guideline in library.guidelines:
        for exclusive in guideline.guideline.registers.exclusive.values():
            for name in exclusive.facts:
                if name.value in known or name.span in seen:
                    continue
                seen.add(name.span)
                if not lost_entry(library, guideline, "facts", "id", name.value):
                    close = near(name.value, known)
                    yield Fault(
                        f"{name.value} is in the exclusive set “{exclusive.name}”, and nothing else knows it",
                        name.span,
                        f"did you mean {close}?" if close else "mend the name, or take it out of the set",
                        edits=respelled(name.span, name.value, known),
                    )


def _uses(view: SectionView) -> tuple[Sequence[Criterion], int]:
    """Return the criteria that name or compare a fact that is not registered, and how many name one that is."""
    registered = view.registers.facts
    strange, used = [], 0
    for criterion in view.criteria:
        fact, compare = criterion.fact, criterion.compare
        known = fact in registered
        used += known
        if (fact != criterion.id and not known) or (compare is not None and compare.fact.value not in registered):
            strange.append(criterion)
    return strange, used


def _named(view: SectionView) -> list[str]:
    return [criterion.fact for criterion in view.criteria]


def _measured(library: LibraryView, guideline: GuidelineView, compare: Compare, node: str) -> Iterator[Fault]:
    name = compare.fact.value
    if not lost_entry(library, guideline, "facts", "id", name):
        close = near(name, guideline.guideline.registers.facts)
        yield Fault(
            f"{name} is compared here and has no entry in facts.yaml",
            compare.fact.span,
            f"did you mean {close}?" if close else "add it to registers/facts.yaml with its question, type and unit",
            node,
            edits=respelled(compare.fact.span, name, guideline.guideline.registers.facts),
            mark="not in the register",
        )


def _not_registered(criterion: Criterion) -> Fault:
    value = value_at(criterion.span, "fact")
    return Fault(
        f"{criterion.fact} has no entry in facts.yaml, which holds the other facts",
        criterion.text.span if value is None else value.span,
        "add it to facts.yaml with its question, or name the fact that is meant",
        criterion.id,
        mark="not in the register",
    )


def _slip(criterion: Criterion, name: str) -> Fault:
    value = value_at(criterion.span, "fact")
    return Fault(
        f"{criterion.fact} is not in facts.yaml, and {name} is",
        criterion.text.span if value is None else value.span,
        f"did you mean {name}?",
        criterion.id,
        mark="one letter apart",
    )


def one_slip(name: str, other: str) -> bool:
    """Tell whether one typing slip lies between two names: a letter too many, too few, other, or two swapped.

    Short words ("mtc", "atc") and numbers differ by one character without being slips.
    """
    if abs(len(name) - len(other)) > 1 or name == other:
        return False
    start = 0
    while start < min(len(name), len(other)) and name[start] == other[start]:
        start += 1
    end = 0
    while end < min(len(name), len(other)) - start and name[-1 - end] == other[-1 - end]:
        end += 1
    here, there = name[start : len(name) - end], other[start : len(other) - end]
    if not (max(len(here), len(there)) <= 1 or (len(here) == 2 and here == there[::-1])):
        return False
    before, after = name[:start], name[len(name) - end :]
    word = re.split(r"[.-]", before)[-1] + here + re.split(r"[.-]", after)[0]
    return not re.search(r"\d", here + there) and (len(word) >= 5 or bool({".", "-"} & {*here, *there}))


CHECKS: tuple[Check, ...] = (
    Check("R105", "compare-at-odds", Severity.ERROR, "section", compare_at_odds),
    Check("R107", "unknown-fact", Severity.WARNING, "library", unknown_fact),
)
