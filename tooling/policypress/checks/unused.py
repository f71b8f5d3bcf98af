"""Entries of the registers that nothing uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, SectionView
from policypress.checks.code_lists import code_lists, rule_lists
from policypress.finding import Severity
from policypress.model import CodeClass
from policypress.record import names
from policypress.registers import Registers
from policypress.text import Span
from policypress.usage import class_codes, members


def unused_entry(library: LibraryView) -> Iterator[Fault]:
    """Nothing uses an entry of a register.

    Either what used it was lost (a criterion, a coding rule, a code of a list), or the entry is a leftover. A register
    of which a good part is not used serves more than this library, and nothing is said about it.

    ```yaml bad
    # file: example/registers/parameters.yaml
    - {id: first-delay, value: 12, unit: wk, words: "12 weeks"}
    - {id: second-delay, value: 10, unit: wk, words: "10 weeks"}
    - {id: third-delay, value: 9, unit: wk, words: "9 weeks"}
    - {id: fourth-delay, value: 7, unit: wk, words: "7 weeks"}
    # file: example/sections/radiation.yaml
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      any:
        - text: The radiation ended 12 weeks ago
          uses: [first-delay]
        - text: The radiation ended 10 weeks ago
          uses: [second-delay]
        - text: The radiation ended 9 weeks ago
          uses: [third-delay]
    ```
    ```yaml good
    # file: example/registers/parameters.yaml
    - {id: first-delay, value: 12, unit: wk, words: "12 weeks"}
    - {id: second-delay, value: 10, unit: wk, words: "10 weeks"}
    - {id: third-delay, value: 9, unit: wk, words: "9 weeks"}
    # file: example/sections/radiation.yaml
    id: radiation
    title: Imaging after radiation
    effect: covered
    criteria:
      any:
        - text: The radiation ended 12 weeks ago
          uses: [first-delay]
        - text: The radiation ended 10 weeks ago
          uses: [second-delay]
        - text: The radiation ended 9 weeks ago
          uses: [third-delay]
    ```
    """
    if not library.whole:
        return
    views = library.guidelines
    yield from _unused(library.library.registers, views)
    for view in views:
        own, shared = view.guideline.registers, view.guideline.library
        yield from _unused(_own(own, shared), (view,))


def _own(all_: Registers, shared: Registers) -> Registers:
    """Return the entries of a guideline's own registers."""
    return Registers(
        *(
            {key: entry for key, entry in getattr(all_, name).items() if getattr(shared, name).get(key) is not entry}
            for name in names(Registers)
        )
    )


def _unused(registers: Registers, views: Iterable[GuidelineView]) -> Iterator[Fault]:
    """Yield a fault for each entry of registers that none of some guidelines uses."""
    views = list(views)
    kinds: tuple[tuple[str, dict[str, Span], Callable[[GuidelineView], Iterator[str]]], ...] = (
        ("code", {key: entry.span for key, entry in registers.codes.items()}, _codes),
        ("parameter", {key: entry.span for key, entry in registers.parameters.items()}, _parameters),
        ("fact", {key: entry.span for key, entry in registers.facts.items()}, _facts),
        ("reference", {key: entry.span for key, entry in registers.references.items()}, _references),
    )
    for kind, entries, used_by in kinds:
        if not entries:
            continue
        unused = dict(entries)
        for name in chain.from_iterable(map(used_by, views)):
            if unused.pop(name, None) is not None and not unused:
                break
        yield from _left(kind, unused, len(entries))
    left = {
        term: tuple(name.lower() for name in (term, *(variant.value for variant in entry.variants)))
        for term, entry in registers.terms.items()
    }
    told = "\n".join(entry.expansion.value for entry in registers.terms.values() if entry.expansion is not None).lower()
    left = {term: names for term, names in left.items() if not any(_stands(name, told) for name in names)}
    for section in (section for view in views for section in view.sections):
        if not left:
            return
        standing = section.note(_standing)
        if new := [names for names in left.values() if names not in standing]:
            text = section.wording.joined.lower()
            standing.update((names, any(_stands(name, text) for name in names)) for names in new)
        left = {term: names for term, names in left.items() if not standing[names]}
    yield from _left("term", {term: registers.terms[term].term.span for term in left}, len(registers.terms))


def _standing(_: SectionView) -> dict[tuple[str, ...], bool]:
    """Return which spellings stand in a section: filled in as they are asked for, by whoever asks."""
    return {}


def _left(kind: str, unused: dict[str, Span], total: int) -> Iterator[Fault]:
    if len(unused) * (8 if kind in ("code", "term") else 4) <= total:
        for name, span in unused.items():
            yield Fault(
                f"Nothing uses the {kind} {name}", span, "take it out, or look for what used it", mark="used by nothing"
            )


def _stands(term: str, text: str) -> bool:
    place = text.find(term)
    while place >= 0:
        end = place + len(term)
        if not (text[place - 1 : place].isalnum() and place) and not text[end : end + 1].isalnum():
            return True
        if text[end : end + 1] == "s":
            return True
        place = text.find(term, end)
    return False


def _codes(view: GuidelineView) -> Iterator[str]:
    registered = view.guideline.registers.codes
    yield from view.all(_named_codes)
    services = set(view.all(_services))
    yield from (code.code for code in registered.values() if code.modality in services)
    yield from (name.value for code in registered.values() for name in code.replaced_by)
    yield from (case.asks[1].partition("-")[0] for case in view.guideline.vignettes)


def _named_codes(view: SectionView) -> set[str]:
    registered = view.registers.codes
    found = {name for listed in code_lists(view) for use in listed.uses for name in members(use, registered)}
    for mention in view.wording.codes:
        found |= {mention.code, mention.last}
    for rule in view.section.coding_rules:
        found.update(use.code for _, uses in rule_lists(rule) for use in uses)
        for part in (rule.class_, rule.with_, rule.instead_of, rule.for_):
            if isinstance(part, CodeClass):
                found.update(class_codes(part, registered))
    return found.union(node.see.code for node in view.criteria if node.see is not None)


def _services(view: SectionView) -> set[str]:
    return {service.value for ruling in view.section.rulings for service in ruling.services}


def _parameters(view: GuidelineView) -> Iterator[str]:
    return view.all(_named_parameters)


def _named_parameters(view: SectionView) -> set[str]:
    return {use.value for passage in view.wording.passages for use in passage.uses}


def _facts(view: GuidelineView) -> Iterator[str]:
    return view.all(_named_facts)


def _named_facts(view: SectionView) -> set[str]:
    compared = {criterion.compare.fact.value for criterion in view.criteria if criterion.compare is not None}
    return compared.union(criterion.fact for criterion in view.criteria) & view.registers.facts.keys()


def _references(view: GuidelineView) -> Iterator[str]:
    return view.all(_cited)


def _cited(view: SectionView) -> set[str]:
    return {one.id.value for owner in (view.section, *view.nodes) for one in owner.references}


CHECKS: tuple[Check, ...] = (Check("R114", "unused-entry", Severity.INFO, "library", unused_entry),)
