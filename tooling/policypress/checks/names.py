"""Names that must be known elsewhere: parameters, references, modalities, rules."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, SectionView
from policypress.checks.lookup import lost_entry, word_span
from policypress.checks.nearness import near, respelled
from policypress.criteria import Criterion, Group, Query
from policypress.finding import Edit, Severity
from policypress.model import CodeClass, Section
from policypress.text import Span, Text


def unknown_name(library: LibraryView) -> Iterator[Fault]:
    """A parameter or a reference is named that no register holds.

    `uses` ties the words of a text to a quantity, so that the two cannot drift apart; a name that leads nowhere ties
    them to nothing. A citation that is in no register is printed without its title.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    references: [plan-2052]
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    references: [plan-2025]
    ```
    """
    for guideline in library.guidelines:
        for register, name, node in guideline.all(_unregistered):
            yield from _entry(library, guideline, register, name.value, name.span, node)


def _unregistered(view: SectionView) -> list[tuple[str, Text, str]]:
    """Return the parameters and references that a section names and no register holds, with what names them."""
    parameters, references = view.registers.parameters, view.registers.references
    found = [
        ("parameters", use, passage.id)
        for passage in view.wording.passages
        for use in passage.uses
        if use.value not in parameters
    ]
    found += [
        ("references", one.id, owner.id)
        for owner in (view.section, *view.nodes)
        for one in owner.references
        if one.id.value not in references
    ]
    return found


def _entry(
    library: LibraryView, guideline: GuidelineView, register: str, name: str, span: Span, node: str
) -> Iterator[Fault]:
    if lost_entry(library, guideline, register, "id", name):
        return
    close = near(name, getattr(guideline.guideline.registers, register))
    yield Fault(
        f"There is no {register.removesuffix('s')} {name} in the register",
        span,
        f"did you mean {close}?" if close else f"mend the name, or add it to registers/{register}.yaml",
        node,
        edits=respelled(span, name, getattr(guideline.guideline.registers, register)),
        mark="not in the register",
    )


def unknown_modality(view: SectionView) -> Iterator[Fault]:
    """A modality is named that no code of the register has.

    A ruling on "PET" is a ruling on every code whose modality is PET. If no code has it, the ruling is about nothing,
    and the determination for the codes that were meant leaves it out.

    ```yaml bad
    id: pet
    title: PET
    effect: covered
    services: [PET-CT]
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    id: pet
    title: PET
    effect: covered
    services: [PET/CT]
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    named = [(service.value, service.span, ruling.id) for ruling in view.section.rulings for service in ruling.services]
    for rule in view.section.coding_rules:
        for part in (rule.class_, rule.with_, rule.instead_of, rule.for_):
            if isinstance(part, CodeClass) and part.modality:
                named.append((part.modality, word_span(part.span, part.modality), rule.id))
    if not named:
        return
    known = {code.modality for code in view.registers.codes.values() if code.modality}
    for name, span, node in named:
        if known and name not in known:
            yield _modality(name, span, known, node)


def _modality(name: str, span: Span, known: set[str], node: str) -> Fault:
    def bare(word: str) -> str:
        return re.sub(r"\W", "", word).casefold()

    same = [other for other in sorted(known) if bare(other) == bare(name)]
    close = same[0] if same else near(name, known)
    return Fault(
        f"No code of the register has the modality {name}",
        span,
        f"write {same[0]}" if same
        else f"did you mean {close}?" if close
        else "name one of " + ", ".join(sorted(known)) + ", or add the codes with this modality to the register",
        node,
        edits=(Edit(span, same[0]),) if len(same) == 1 and span.raw == name else (),
    )  # fmt: skip


def unknown_rule(view: SectionView) -> Iterator[Fault]:
    """A query covers a rule that does not exist.

    `covers` says which findings a query explains. With a wrong name it explains none, and the findings stay.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    query:
      text: Is the first route meant for children as well?
      covers: [S999]
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    query:
      text: Is the first route meant for children as well?
      covers: [S203]
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for owner in view.owners if "query" in view.wording.kinds else ():
        if owner.query is not None and owner.query.covers:
            yield from _covers(owner.query, owner.span, owner.id)
        notes = owner.notes
        if isinstance(owner, Section | Group | Criterion):
            notes = (*notes, *owner.documentation, *owner.examples)
        for note in notes:
            if note.query is not None and note.query.covers:
                yield from _covers(note.query, owner.span, owner.id)


def _covers(query: Query, span: Span, node: str) -> Iterator[Fault]:
    from policypress.checks import RULES  # the table of which this module is a part

    known = {name for rule in RULES for name in (rule.id, rule.name)}
    for name in query.covers:
        if name not in known:
            same = next((other for other in sorted(known) if other.casefold() == name.casefold()), "")
            close = same or near(name, known)
            yield Fault(
                f"There is no rule {name}",
                _covered(query, span, name),
                f"did you mean {close}?" if close else "name a rule by its id, as its findings show it",
                node,
                edits=respelled(_covered(query, span, name), name, known),
            )


def _covered(query: Query, span: Span, name: str) -> Span:
    # `covers` may stand before or behind the text of the query.
    source = query.text.source
    pattern = re.compile(rf"\bcovers:[^:]*?(?<![\w.-])({re.escape(name)})(?![\w.-])")
    found = pattern.search(source.text, query.text.end, span.end)
    if found is None:
        found = next(iter([*pattern.finditer(source.text, span.start, query.text.start)][-1:]), None)
    return query.text.span if found is None else Span(source, found.start(1), found.end(1))


CHECKS: tuple[Check, ...] = (
    Check("R103", "unknown-name", Severity.ERROR, "library", unknown_name),
    Check("R108", "unknown-modality", Severity.WARNING, "section", unknown_modality),
    Check("R109", "unknown-rule", Severity.WARNING, "section", unknown_rule),
)
