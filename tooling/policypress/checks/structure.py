"""Structure: ids and chapters here, groups and what they mean in the two modules that are joined in at the end."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks import groups, meaning
from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, Owner, id_span
from policypress.checks.lookup import kind, lost_id
from policypress.checks.nearness import near, respelled
from policypress.finding import Label, Severity
from policypress.model import Section
from policypress.text import Text


def duplicate_id(view: GuidelineView) -> Iterator[Fault]:
    """Two things in one guideline have the same id.

    Sections, rulings, criteria (guards and exceptions too) and coding rules share one set of names. An id is an anchor
    in the site, a destination in the PDF and a key in the JSON: with two of them, a pointer leads to either, and one
    of the two can vanish from what a consumer reads.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - id: pet-mri.change
          text: The study changes the plan of treatment
        - id: pet-mri.change
          text: PET/CT is not available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - id: pet-mri.change
          text: The study changes the plan of treatment
        - id: pet-mri.available
          text: PET/CT is not available
    ```
    """
    if len(view.ids) == sum([len(section.owners) for section in view.sections]):
        return
    first: dict[str, tuple[Owner, Section]] = {}
    for section in view.sections:
        for owner in section.owners:
            known, home = first.setdefault(owner.id, (owner, section.section))
            if known is owner:
                continue
            if owner.written_id is None and known.written_id is None and home.id == section.section.id:
                continue  # what two sections of one id give out below themselves is told at the sections
            here, there = (owner, known) if owner.written_id is not None else (known, owner)
            given = "" if there.written_id is not None else f", which that section gives to {kind(there)} without one"
            yield Fault(
                f"{here.id} is the id of {kind(here)} here, and of {kind(there)} in "
                f"{'this section' if home is section.section else _file(there)}{given}",
                id_span(here),
                "give one of the two another id; keep the one that has been published",
                here.id,
                (Label(id_span(there), "the first" if there is known else "the other"),),
            )


def _file(owner: Owner) -> str:
    return owner.span.path.rpartition("/")[2]


def chapters_at_odds(library: LibraryView) -> Iterator[Fault]:
    """The chapters of a guideline and its section files do not agree.

    The chapters give the order of everything that is published. A section that no chapter lists would be published
    nowhere, one that is listed and has no file is missing, and one that is listed twice has no single place.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: draft
    effective: 2026-01-01
    chapters:
      - title: General
        sections: [pet-mir]
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: draft
    effective: 2026-01-01
    chapters:
      - title: General
        sections: [pet-mri]
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for view in library.guidelines:
        sections = {section.id: section for section in reversed(view.guideline.sections)}
        listed: dict[str, Text] = {}
        for name in (name for chapter in view.guideline.chapters for name in chapter.sections):
            if listed.setdefault(name.value, name) is not name:
                yield Fault(
                    f"The section {name.value} is listed twice",
                    name.span,
                    "take one of the two out: a section has one place",
                    name.value,
                    (Label(listed[name.value].span, "the first"),),
                )
        for id, section in sections.items():
            if id not in listed:
                yield Fault(
                    f"No chapter lists the section {id}, so it would be published nowhere",
                    id_span(section),
                    f"add {id} to the sections of a chapter in guideline.yaml",
                    id,
                )
        unlisted = sections.keys() - listed.keys()
        for id, name in listed.items():
            if id not in sections and not lost_id(library, view, id):
                other = view.ids.get(id)
                close = near(id, unlisted) or near(id, sections)
                yield Fault(
                    f"{id} is {kind(other)}, and a chapter lists sections" if other is not None
                    else f"No file in sections/ has the section {id}",
                    name.span,
                    f"did you mean {close}?" if close else "add the file of the section, or take the name out",
                    edits=respelled(name.span, id, sections.keys() - listed.keys()),
                )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("S101", "duplicate-id", Severity.ERROR, "guideline", duplicate_id),
    *groups.CHECKS,
    *meaning.CHECKS,
    Check("S209", "chapters-at-odds", Severity.ERROR, "library", chapters_at_odds),
)
