"""All checks in one table, and the runner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from time import perf_counter
from typing import Any

from policypress.checks import (
    bounds,
    case_outcomes,
    characters,
    code_told,
    code_use,
    comparing,
    guarding,
    ledger,
    lifecycle,
    logic,
    nesting,
    operators,
    parameters,
    redundancy,
    references,
    rulings,
    same_rulings,
    sentences,
    structure,
    terms,
    wording,
)
from policypress.checks.allow import NO_REASON, UNUSED, Allowance, allow, allowances
from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, SectionView
from policypress.finding import Finding, Rule
from policypress.form_rules import FORM_RULES
from policypress.library import Read
from policypress.model import Query, walk
from policypress.reading import READING_RULES
from policypress.record import replace
from policypress.structure_rules import STRUCTURE_RULES
from policypress.text import Source

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *nesting.CHECKS,
    *operators.CHECKS,
    *logic.CHECKS,
    *redundancy.CHECKS,
    *rulings.CHECKS,
    *same_rulings.CHECKS,
    *guarding.CHECKS,
    *sentences.CHECKS,
    *characters.CHECKS,
    *code_use.CHECKS,
    *wording.CHECKS,
    *parameters.CHECKS,
    *terms.CHECKS,
    *references.CHECKS,
    *case_outcomes.CHECKS,
    *ledger.CHECKS,
    *lifecycle.CHECKS,
    *comparing.CHECKS,
    *bounds.CHECKS,
    *code_told.CHECKS,
)
RULES: tuple[Rule, ...] = (
    *READING_RULES,
    *FORM_RULES,
    *STRUCTURE_RULES,
    *(check.rule for check in CHECKS),
    NO_REASON,
    UNUSED,
)


# Of one rule in one file. Nobody reads more, and a file of nothing but faults must not take minutes.
MOST = 1_000
# That a final guideline has an open query, or an id not written, is no doubt about its content.
_NEVER_STATED = frozenset({"L103", "L104"})


def run_checks(
    read: Read, timing: Callable[[str, float], None] | None = None, today: str = "",
    kept: dict[int, SectionView] | None = None,
) -> tuple[Finding, ...]:  # fmt: skip
    """Return every finding of a library, those of reading included, sorted by path and place.

    `timing` is told each check's id and its seconds. Without `today` nothing is overdue: what is published, and what
    the checks say of it, must not depend on the day. `kept` holds the views of the sections from one run to the next,
    so that of a library that was read with the same shelf only what changed is scanned and checked again.
    """
    whole = not any(finding.severity == "error" for finding in read.findings)
    library = LibraryView(read.library, whole, today, kept or {})
    if kept is not None:
        kept.clear()
        kept.update((id(view.section), view) for guideline in library.guidelines for view in guideline.sections)
    homes: dict[str, tuple[GuidelineView, SectionView | None]] = {}
    for guideline in library.guidelines:
        homes[guideline.guideline.source.path] = (guideline, None)
        homes.update((view.section.source.path, (guideline, view)) for view in guideline.sections)
    found: list[Finding] = []
    seconds = dict.fromkeys((check.id for check in CHECKS), 0.0)
    run = {check.id: check.run if timing is None else _timed(check, seconds) for check in CHECKS}
    of_sections = [(check, run[check.id]) for check in CHECKS if check.each == "section"]
    # One section after another, not one check after another: what a section holds stays at hand.
    for guideline in library.guidelines:
        for section in guideline.sections:
            if section.found is None:
                here: list[Finding] = []
                for check, look in of_sections:  # most find nothing, and cost a call
                    last = len(here) + MOST
                    for fault in look(section):
                        here.append(_finding(check, fault, guideline, section))
                        if len(here) > last:
                            break
                section.found = here
                section.forget()
            found += section.found
    for check in CHECKS:
        if check.each == "library":
            faults = run[check.id](library)
            found += [_finding(check, fault, *homes.get(fault.span.path, (None, None))) for fault in faults]
        elif check.each == "guideline":
            for guideline in library.guidelines:
                found += [
                    _finding(check, fault, *homes.get(fault.span.path, (guideline, None)))
                    for fault in run[check.id](guideline)
                ]
    if timing is not None:
        for rule, spent in seconds.items():
            timing(rule, spent)
    found = _stated(found, library)
    found = allow(found, _allowances(read.library.sources, homes), RULES)
    unique = {(finding.order, finding.span.end): finding for finding in [*read.findings, *found]}
    return tuple(_told(sorted(unique.values(), key=lambda finding: finding.order)))


def _told(findings: list[Finding]) -> Iterator[Finding]:
    """Yield the first findings of each rule in each file, the last of them with the news that there are more."""
    seen: Counter[tuple[str, str]] = Counter()
    for finding in findings:
        seen[finding.span.path, finding.rule.id] += 1
        times = seen[finding.span.path, finding.rule.id]
        if times < MOST:
            yield finding
        elif times == MOST:
            yield replace(finding, message=f"{finding.message}; there are more like this one below it in the file")


def _timed(check: Check, seconds: dict[str, float]) -> Callable[[Any], Iterable[Fault]]:
    def run(view: Any) -> Iterable[Fault]:
        started = perf_counter()
        faults = list(check.run(view))
        seconds[check.id] += perf_counter() - started
        return faults

    return run


def _finding(check: Check, fault: Fault, guideline: GuidelineView | None, section: SectionView | None) -> Finding:
    return Finding(
        check.rule,
        fault.message,
        fault.span,
        fault.help,
        fault.related,
        fault.edits,
        guideline.guideline.id if guideline is not None else "",
        section.section.id if section is not None else "",
        fault.node,
        section.place_names.get(fault.node, section.section.title.value) if section is not None else "",
        fault.mark,
    )


def _stated(found: list[Finding], library: LibraryView) -> list[Finding]:
    """Mark the findings whose doubt an open query states.

    A query with `covers` states the findings of those rules in everything below what it stands on; one without
    states the warnings about that one thing.
    """
    covers: dict[tuple[str, str], set[str]] = {}
    plain: set[tuple[str, str]] = set()
    for guideline in library.guidelines:
        for id, below, named in guideline.all(_open):
            if not named:
                plain.add((guideline.guideline.id, id))
            for name in below if named else ():
                covers.setdefault((guideline.guideline.id, name), set()).update(named)
    if not covers and not plain:
        return found
    stated = []
    for finding in found:
        key = (finding.guideline, finding.node)
        covered = {finding.rule.id, finding.rule.name} & covers.get(key, set())
        if finding.rule.id not in _NEVER_STATED and (covered or (key in plain and finding.rule.severity == "warning")):
            finding = replace(finding, stated=True)
        stated.append(finding)
    return stated


def _allowances(
    sources: Sequence[Source], homes: Mapping[str, tuple[GuidelineView, SectionView | None]]
) -> dict[str, Sequence[Allowance]]:  # fmt: skip
    """Return the suppressions of the files that have some. Those of sections are looked for once."""
    found = {}
    for source in sources:
        _, section = homes.get(source.path, (None, None))
        if here := allowances(source) if section is None else section.note(_section_allowances):
            found[source.path] = here
    return found


def _section_allowances(view: SectionView) -> Sequence[Allowance]:
    return allowances(view.section.source)


def _open(view: SectionView) -> Sequence[tuple[str, list[str], Sequence[str]]]:
    """Return the open queries of a section: what each stands on, everything below that, and the rules it covers."""
    if "query" not in view.wording.kinds:
        return ()
    return [(id, below, query.covers) for id, below, query in _queries(view) if query.open]


def _queries(view: SectionView) -> Iterator[tuple[str, list[str], Query]]:
    section = view.section
    if section.query is not None:
        yield section.id, [owner.id for owner in view.owners], section.query
    for note in (*section.notes, *section.documentation, *section.examples):
        if note.query is not None:
            yield section.id, [section.id], note.query
    for ruling in section.rulings:
        if ruling.query is not None:
            below = [] if ruling.criteria is None else [node.id for node in walk(ruling.criteria)]
            yield ruling.id, [ruling.id, *below], ruling.query
    for node in view.nodes:
        if node.query is not None:
            yield node.id, [below.id for below in walk(node)], node.query
        for note in (*node.notes, *node.documentation, *node.examples):
            if note.query is not None:
                yield node.id, [node.id], note.query
    for rule in section.coding_rules:
        if rule.query is not None:
            below = [] if rule.when is None else [node.id for node in walk(rule.when)]
            yield rule.id, [rule.id, *below], rule.query


def rule_by_name(name: str) -> Rule | None:
    """Return the rule with this id or name."""
    return next((rule for rule in RULES if name.lower() in (rule.id.lower(), rule.name)), None)


__all__ = ["CHECKS", "RULES", "rule_by_name", "run_checks"]
