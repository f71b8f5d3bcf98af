"""All checks in one table, and the runner."""

from __future__ import annotations

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
from policypress.checks.limit import MOST, NOT_TOLD, within
from policypress.criteria import Query, walk
from policypress.finding import Finding, Rule
from policypress.form_rules import FORM_RULES
from policypress.library import Read
from policypress.reading import READING_RULES
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
    NOT_TOLD,
)


# That a final guideline has an open query, or an id not written, is no doubt about its content.
_NEVER_STATED = frozenset({"L103", "L104"})


# What several rules read and none of them alone is the cause of: `--timing` tells its cost by itself.
_SHARED: tuple[tuple[str, Callable[[LibraryView], object]], ...] = (
    ("ids", lambda library: [one.ids for one in library.guidelines]),
    ("proofs", lambda library: library.proofs),
    ("closings", lambda library: library.closings),
    ("twins", lambda library: library.twins),
    ("ledger", lambda library: [one.concordance for one in library.guidelines if one.guideline.statements]),
)
_Run = Callable[[Any], Iterable[Fault]]


def run_checks(
    read: Read, timing: Callable[[str, float], None] | None = None, today: str = "",
    kept: dict[int, SectionView] | None = None,
) -> tuple[Finding, ...]:  # fmt: skip
    """Return every finding of a library, those of reading included, sorted by path and place.

    `timing` is told each check's id and its seconds, its notes included, and those of what they share. Without `today`
    nothing is overdue: what is published, and what the checks say of it, must not depend on the day. `kept` holds the
    views of the sections from one run to the next, so that of a library that was read with the same shelf only what
    changed is scanned and checked again.
    """
    whole = not any(finding.severity == "error" for finding in read.findings)
    started = perf_counter()
    library = LibraryView(read.library, whole, today, kept)
    seconds = dict.fromkeys((check.id for check in CHECKS), 0.0)
    seconds["texts"] = perf_counter() - started  # each was scanned
    if kept is not None:
        views = {id(view.section): view for guideline in library.guidelines for view in guideline.sections}
        for key in kept.keys() - views.keys():
            kept[key].let_go()
        kept.clear()
        kept.update(views)
    homes: dict[str, tuple[GuidelineView, SectionView | None]] = {}
    for guideline in library.guidelines:
        homes[guideline.guideline.source.path] = (guideline, None)
        homes.update((view.section.source.path, (guideline, view)) for view in guideline.sections)
    found: list[Finding] = []
    run = {check.id: check.run if timing is None else _timed(check, seconds) for check in CHECKS}
    for name, share in _SHARED if timing is not None else ():
        started = perf_counter()
        share(library)
        seconds[name] = perf_counter() - started
    # Errors first: of a file with too many findings, none of these may be passed over for a warning.
    of_sections = [check for check in CHECKS if check.each == "section"]
    of_sections.sort(key=lambda check: check.severity != "error")
    looks = [(check, run[check.id]) for check in of_sections]
    passed_over: dict[str, Sequence[str]] = {}
    # One section after another, not one check after another: what a section holds stays at hand.
    for guideline in library.guidelines:
        for section in guideline.sections:
            if section.found is None:
                section.found, section.passed_over = _found(section, guideline, looks)
                section.forget()
            found += section.found
            if section.passed_over:
                passed_over[section.section.source.path] = section.passed_over
    for check in CHECKS:
        if check.each == "library":
            faults = run[check.id](library)
            found += [_finding(check, fault, *homes.get(fault.span.path, (None, None))) for fault in faults]
        elif check.each == "guideline":
            for guideline in library.guidelines:
                if check.id not in guideline.found:
                    guideline.found[check.id] = [
                        _finding(check, fault, *homes.get(fault.span.path, (guideline, None)))
                        for fault in run[check.id](guideline)
                    ]
                found += guideline.found[check.id]
    if timing is not None:
        for rule, spent in seconds.items():
            timing(rule, spent)
    found = _stated(found, library)
    found = allow(found, _allowances(read.library.sources, homes), RULES)
    unique = {(finding.order, finding.span.end): finding for finding in [*read.findings, *found]}
    return tuple(within(sorted(unique.values(), key=lambda finding: finding.order), passed_over))


def _found(
    section: SectionView, guideline: GuidelineView, looks: Sequence[tuple[Check, _Run]]
) -> tuple[list[Finding], Sequence[str]]:  # fmt: skip
    """Return the findings of a section, and the rules that were passed over because there were too many."""
    found: list[Finding] = []
    for place, (check, look) in enumerate(looks):  # most find nothing, and cost a call
        for fault in look(section):
            found.append(_finding(check, fault, guideline, section))
            if len(found) > MOST:
                return found, [check.id for check, _ in looks[place:]]
    return found, ()


def _timed(check: Check, seconds: dict[str, float]) -> _Run:
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
            finding = finding._replace(stated=True)
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
