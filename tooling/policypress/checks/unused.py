"""Entries of the registers that nothing uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from policypress.checks.check import Check, Fault, GuidelineView, LibraryView
from policypress.checks.code_lists import code_lists, rule_lists
from policypress.finding import Severity
from policypress.model import Citation, CodeClass, Registers
from policypress.record import names
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
        used = {name for view in views for name in used_by(view)}
        yield from _left(kind, {key: span for key, span in entries.items() if key not in used}, len(entries))
    if registers.terms:
        texts = [section.wording.joined for view in views for section in view.sections]
        texts += [entry.expansion.value for entry in registers.terms.values() if entry.expansion is not None]
        text = "\n".join(texts)
        spellings = {
            term: (term, *(variant.value for variant in entry.variants)) for term, entry in registers.terms.items()
        }
        left = [term for term, names in spellings.items() if not any(_stands(name, text) for name in names)]
        if left:
            text = text.lower()
            left = [term for term in left if not any(_stands(name.lower(), text) for name in spellings[term])]
        yield from _left("term", {term: registers.terms[term].term.span for term in left}, len(spellings))


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
    services: set[str] = set()
    for section in view.sections:
        for listed in code_lists(section):
            for use in listed.uses:
                yield from members(use, registered)
        for mention in section.wording.codes:
            yield mention.code
            yield mention.last
        for ruling in section.section.rulings:
            services |= {service.value for service in ruling.services}
        for rule in section.section.coding_rules:
            for _, uses in rule_lists(rule):
                yield from (use.code for use in uses)
            for part in (rule.class_, rule.with_, rule.instead_of, rule.for_):
                if isinstance(part, CodeClass):
                    yield from class_codes(part, registered)
        yield from (node.see.code for node in section.criteria if node.see is not None)
    yield from (code.code for code in registered.values() if code.modality in services)
    yield from (name.value for code in registered.values() for name in code.replaced_by)
    yield from (case.asks[1].partition("-")[0] for case in view.guideline.vignettes)


def _parameters(view: GuidelineView) -> Iterator[str]:
    for section in view.sections:
        for passage in section.wording.passages:
            yield from (use.value for use in passage.uses)


def _facts(view: GuidelineView) -> Iterator[str]:
    for section in view.sections:
        for criterion in section.criteria:
            yield criterion.fact
            if criterion.compare is not None:
                yield criterion.compare.fact.value


def _references(view: GuidelineView) -> Iterator[str]:
    for section in view.sections:
        cited: list[Citation] = [*section.section.references]
        for node in section.nodes:
            cited += node.references
        yield from (citation.id.value for citation in cited)


CHECKS: tuple[Check, ...] = (Check("R114", "unused-entry", Severity.INFO, "library", unused_entry),)
