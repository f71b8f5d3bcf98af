"""What a ruling is about: everything where it names nothing, and one unlisted code for several services."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks.check import Check, Fault, GuidelineView, SectionView, id_span
from policypress.finding import Label, Severity
from policypress.model import CodingRule, Ruling, Section
from policypress.text import Span


def unlisted_for_several(view: GuidelineView) -> Iterator[Fault]:
    """One unlisted code serves several sections.

    An unlisted code says nothing about what was done. Where two sections report theirs with the same one, a claim does
    not show which of them it is about, and the determination for the code mixes them. A description with the claim,
    asked for by a coding rule `document`, tells them apart.

    ```yaml bad
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    codes: [76498]
    criteria:
      text: The study changes the plan of treatment
    # file: example/sections/whole-body.yaml
    id: whole-body
    title: Whole-body MRI
    effect: covered
    codes: [76498]
    criteria:
      text: The whole body is examined
    ```
    ```yaml good
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    codes: [76498]
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    used: dict[str, list[tuple[str, Span, str]]] = {}
    for code, home, span, node in view.all(_unlisted):
        places = used.setdefault(code, [])
        if all(home != other for other, _, _ in places):
            places.append((home, span, node))
    for code_name, places in used.items():
        if len(places) > 1:
            _, span, node = places[0]
            homes = ", ".join(home for home, _, _ in places)
            yield Fault(
                f"The unlisted code {code_name} serves {len(places)} sections: {homes}", span,
                "ask with a coding rule `document` for a description that tells them apart", node,
                tuple(Label(other, f"{home} too") for home, other, _ in places[1:]),
            )  # fmt: skip


def _unlisted(view: SectionView) -> list[tuple[str, str, Span, str]]:
    """Return the unlisted codes of a section: the code, the section, the place and what names it."""
    codes = view.registers.codes
    owners: tuple[Ruling | CodingRule, ...] = (*view.section.rulings, *view.section.coding_rules)
    return [
        (use.code, view.section.id, use.span, owner.id)
        for owner in owners
        for use in owner.codes
        if (code := codes.get(use.code)) is not None and code.role == "unlisted"
    ]


def ruling_about_everything(view: GuidelineView) -> Iterator[Fault]:
    """A ruling that covers names neither codes nor services, and is not general.

    It is about every service of the guideline, and whoever meets it is covered, whatever the sections about single
    services ask. Conditions that must hold beside all others have `scope: general`; others name what they are about.

    ```yaml bad
    # file: example/sections/general.yaml
    id: general
    title: General
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: A biopsy has failed
    ```
    ```yaml good
    # file: example/sections/general.yaml
    id: general
    title: General
    effect: covered
    scope: general
    criteria:
      text: The study changes the plan of treatment
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: A biopsy has failed
    ```
    """
    named = next(view.all(_about_some), None)
    if named is None:
        return
    for own in view.all(_about_every):
        yield Fault(
            "This ruling is about every service: it names no codes and no services, and its scope is specific",
            id_span(own),
            "add `scope: general` if it holds beside every other ruling; else name its codes or services",
            own.id,
            (Label(id_span(named), "a ruling about single services"),),
        )


def _about_some(view: SectionView) -> list[Ruling]:
    return [one for one in view.section.rulings if one.effect == "covered" and (one.codes or one.services)]


def _about_every(view: SectionView) -> list[Section | Ruling]:
    """Return the rulings that cover every service without being general, or the section that is such a ruling."""
    section = view.section
    return [
        section if section.short else ruling
        for ruling in section.rulings
        if ruling.effect == "covered" and ruling.scope == "specific" and ruling.complete
        and not ruling.codes and not ruling.services
    ]  # fmt: skip


def empty_section(view: SectionView) -> Iterator[Fault]:
    """A section holds nothing but its title.

    It would be published as an empty page. Either its criteria were lost on the way, or it is not needed; a doubt about
    what belongs there is a `query`.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    query: Which criteria belong here?
    ```
    """
    section = view.section
    if not any((
        section.rulings, section.coding_rules, section.notes, section.documentation, section.examples, section.intro,
        section.query, section.references,
    )):  # fmt: skip
        yield Fault(
            f"The section {section.id} holds nothing but its title", id_span(section),
            "add its criteria, or take the section out", section.id,
        )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("S240", "ruling-about-everything", Severity.WARNING, "guideline", ruling_about_everything),
    Check("S241", "empty-section", Severity.WARNING, "section", empty_section),
    Check("C121", "unlisted-for-several", Severity.INFO, "guideline", unlisted_for_several),
)
