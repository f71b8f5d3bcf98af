"""Life cycle: what a final guideline must have, and ids that are gone; dates are in the module joined in."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks import dates
from policypress.checks.check import Check, Fault, GuidelineView, Owner, SectionView, id_span
from policypress.checks.lookup import kind
from policypress.criteria import Criterion, Group, Query
from policypress.finding import Label, Severity
from policypress.model import Ruling, Section


def open_query_in_final(view: SectionView) -> Iterator[Fault]:
    """A final guideline holds a query that nobody has answered.

    A query is a doubt about what the policy says. What is published as final must not hold one: queries are printed
    in drafts alone, so nobody would learn of the doubt.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-01-01
    approved_by: [{name: A. Example, role: Medical director, on: 2025-12-01}]
    chapters:
      - title: General
        sections: [pet-mri]
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    query: Is PET-MRI meant for children as well?
    criteria:
      id: pet-mri.1
      text: The study changes the plan of treatment
    ```
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-01-01
    approved_by: [{name: A. Example, role: Medical director, on: 2025-12-01}]
    chapters:
      - title: General
        sections: [pet-mri]
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    query:
      text: Is PET-MRI meant for children as well?
      answered: {by: A. Example, on: 2025-11-01, text: "Yes"}
    criteria:
      id: pet-mri.1
      text: The study changes the plan of treatment
    ```
    """
    if view.guideline.status != "final" or "query" not in view.wording.kinds:
        return
    for owner in view.owners:
        for query in _queries(owner):
            if query.open:
                yield Fault(
                    f"{view.guideline.title.value} is final, and this query is open",
                    query.text.span,
                    "write down how it was `answered`, or set the status to draft",
                    owner.id,
                    mark="not answered",
                )


def _queries(owner: Owner) -> Iterator[Query]:
    notes = owner.notes
    if isinstance(owner, Section | Group | Criterion):
        notes = (*notes, *owner.documentation, *owner.examples)
    for query in (owner.query, *(note.query for note in notes)):
        if query is not None:
            yield query


def id_not_written_in_final(view: SectionView) -> Iterator[Fault]:
    """Something in a final guideline has no id written.

    Without a written id a criterion is named after its place, and is named otherwise when one is put in before it.
    Links, cases and programs that know the published id would then mean another criterion.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-01-01
    approved_by: [{name: A. Example, role: Medical director, on: 2025-12-01}]
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
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-01-01
    approved_by: [{name: A. Example, role: Medical director, on: 2025-12-01}]
    chapters:
      - title: General
        sections: [pet-mri]
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      id: pet-mri.1
      text: The study changes the plan of treatment
    ```
    """
    if view.guideline.status != "final":
        return
    for owner in view.owners:
        # The one ruling of the short form is the section's own mapping and has no place for an id.
        implied = isinstance(owner, Ruling) and owner.span.start == view.section.span.start
        if owner.written_id is None and not implied:
            what = kind(owner)
            yield Fault(
                f"This {what.partition(' ')[2]} has no id written, and {view.guideline.title.value} is final",
                id_span(owner),
                "run `policypress fmt`, which writes the missing ids",
                owner.id,
                mark="no id",
            )


def retired_id_in_use(view: GuidelineView) -> Iterator[Fault]:
    """An id that was retired is used again.

    Whoever kept a link or a key to the old criterion would get the new one without a sign. A retired id stays unused
    for ever.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: draft
    effective: 2026-01-01
    chapters:
      - title: General
        sections: [pet-mri]
    retired:
      - {id: pet-mri.1, on: 2026-01-01}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      id: pet-mri.1
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
    retired:
      - {id: pet-mri.1, on: 2026-01-01}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      id: pet-mri.2
      text: The study changes the plan of treatment
    ```
    """
    for gone in view.guideline.retired:
        owner = view.ids.get(gone.id.value)
        if owner is not None:
            yield Fault(
                f"{gone.id.value} was retired on {gone.on}, and is the id of {kind(owner)} here",
                id_span(owner),
                "give it an id that was never used, or take the tombstone out if the id never went away",
                owner.id,
                (Label(gone.id.span, "retired here"),),
                mark="in use again",
            )


def final_without_approval(view: GuidelineView) -> Iterator[Fault]:
    """A final guideline names nobody who approved it.

    Regulators and accreditors ask who signed off a policy, in which role and when; the cover shows it.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-01-01
    chapters: []
    ```
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-01-01
    approved_by: [{name: A. Example, role: Medical director, on: 2025-12-01}]
    chapters: []
    ```
    """
    if view.guideline.status == "final" and not view.guideline.approved_by:
        yield Fault(
            f"{view.guideline.title.value} is final, and approved_by names nobody",
            view.guideline.spans["status"],
            "add `approved_by:` with name, role and day, or set the status to draft",
        )


CHECKS: tuple[Check, ...] = (
    Check("L103", "open-query-in-final", Severity.ERROR, "section", open_query_in_final),
    Check("L104", "id-not-written-in-final", Severity.ERROR, "section", id_not_written_in_final),
    *dates.CHECKS,
    Check("L106", "retired-id-in-use", Severity.ERROR, "guideline", retired_id_in_use),
    Check("L107", "final-without-approval", Severity.WARNING, "guideline", final_without_approval),
)
