"""What must be said beside a verdict: a day outside the window, an inactive code, answers that answer nothing."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.criteria import Criterion
from policypress.evaluation.asking import Questions
from policypress.logic import Case
from policypress.model import Guideline, Vignette, section_nodes
from policypress.quantity import parse_amount, parse_date
from policypress.verdict import MET, Verdict

_WORDS = frozenset(verdict.value for verdict in Verdict)


def remarks(
    case: Case, vignette: Vignette, guideline: Guideline, asks: tuple[str, str], asked: Questions
) -> tuple[str, ...]:
    """Return what a reader of a verdict must know, in whole sentences."""
    return (
        *_window(guideline, vignette.on),
        *_code(guideline, asks, vignette.on),
        *_answers(case, vignette, asked),
        *_exclusive(guideline, vignette),
    )


def _window(guideline: Guideline, on: str) -> Iterator[str]:
    if guideline.status != "final":
        yield f"This version is {'a draft' if guideline.draft else 'retired'}."
    if not on:
        yield "The case names no day (`on`), so neither the dates of the policy nor those of codes were looked at."
    elif on < guideline.effective:
        yield f"On {on} this version was not in effect yet: it applies from {guideline.effective}."
    elif guideline.until and on > guideline.until:
        yield f"On {on} this version was no longer in effect: it applied until {guideline.until}."


def _code(guideline: Guideline, asks: tuple[str, str], on: str) -> Iterator[str]:
    if asks[0] != "code":
        return
    code = asks[1].partition("-")[0]
    entry = guideline.registers.codes.get(code)
    if entry is None:
        yield f"{code} does not stand in the code register."
        return
    active = entry.active
    if on and active is not None and ((active.from_ and on < active.from_) or (active.until and on > active.until)):
        window = f"from {active.from_ or 'the beginning'}" + (f" until {active.until}" if active.until else "")
        successors = ", ".join(text.value for text in entry.replaced_by)
        yield f"{code} was not active on {on}: it may be reported {window}" + (
            f"; in its place stands {successors}." if successors else "."
        )


def _answers(case: Case, vignette: Vignette, asked: Questions) -> Iterator[str]:
    known = _known(case) if any(fact not in asked.places for fact in vignette.facts) else frozenset()
    for fact, text in vignette.facts.items():
        value = text.value
        if fact not in asked.places and fact not in known:
            yield f"{fact} answers nothing: no criterion, section or register has this name."
        elif fact in asked.limits:
            if value not in _WORDS - {"met", "not_met"}:
                yield from _measured(case, fact, value, asked)
        elif value not in _WORDS and parse_amount(value) is None and parse_date(value) is None:
            yield f"{fact}: “{value}” is no answer; write met, not_met, unknown or not_applicable."
        elif value not in _WORDS and fact in asked.places:
            yield f"{fact}: “{value}” answers nothing, since the question is answered met or not_met."


def _measured(case: Case, fact: str, value: str, asked: Questions) -> Iterator[str]:
    criteria = [(node, home) for node, home in asked.places.get(fact, ()) if isinstance(node, Criterion)]
    lost = [(node, home) for node, home in criteria if node.compare is not None and case.compared(node, home) is None]
    for node, home in lost[:1]:
        limit = case.limit(node, home)
        hint = " Give `on` too." if parse_date(value) is not None and not case.on else ""
        yield f"{fact}: “{value}” cannot be compared with {limit}, so it is as good as unknown.{hint}"


def _known(case: Case) -> frozenset[str]:
    """Return every name that a fact of a case may have."""
    found: set[str] = set()
    for id, guideline in case.guidelines.items():
        names = set(guideline.registers.facts)
        for section in guideline.sections:
            names |= {section.id, *(ruling.id for ruling in section.rulings)}
            for node in section_nodes(section):
                names.add(node.id)
                if isinstance(node, Criterion):
                    names |= {node.fact} if node.compare is None else {node.fact, node.compare.fact.value}
        found |= {case.name(name, id) for name in names} | {f"{id}/{name}" for name in names}
    return frozenset(found)


def _exclusive(guideline: Guideline, vignette: Vignette) -> Iterator[str]:
    for group in guideline.registers.exclusive.values():
        met = [fact.value for fact in group.facts if (given := vignette.facts.get(fact.value)) and given.value == MET]
        if len(met) > 1:
            yield f"{' and '.join(met)} exclude each other ({group.name}), and the case gives all of them as met."
