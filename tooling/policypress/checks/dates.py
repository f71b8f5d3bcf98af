"""Dates and versions in their order."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from policypress.checks.check import Check, Fault, GuidelineView, LibraryView
from policypress.checks.lookup import entry_value
from policypress.finding import Label, Severity


def dates_out_of_order(view: GuidelineView) -> Iterator[Fault]:
    """A first day lies behind the last day.

    A guideline that ends before it begins never applies, and a code that does is never active. Two dates were swapped,
    or a year was mistyped.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: draft
    effective: 2026-01-01
    until: 2025-12-31
    chapters: []
    ```
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: draft
    effective: 2026-01-01
    until: 2026-12-31
    chapters: []
    ```
    """
    guideline = view.guideline
    for first, last in (("effective", "until"), ("last_review", "next_review")):
        begin, end = getattr(guideline, first), getattr(guideline, last)
        if begin and end and begin > end:
            yield Fault(
                f"{last} is {end}, before {first}, which is {begin}",
                guideline.spans[last],
                "mend one of the two dates",
                related=(Label(guideline.spans[first], first),),
            )
    for code in guideline.registers.codes.values():
        active = code.active
        if active is not None and active.from_ and active.until and active.from_ > active.until:
            yield Fault(
                f"{code.code} is active from {active.from_} until {active.until}, which is earlier",
                entry_value(code.span, "until", active.until),
                "mend one of the two dates of `active`",
            )


def revisions_at_odds(view: GuidelineView) -> Iterator[Fault]:
    """The list of revisions is out of order, or its latest is not the version of the guideline.

    The list is printed as the history of the policy. A reader takes its latest entry for the version in hand.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.1.0
    status: draft
    effective: 2026-01-01
    chapters: []
    revisions:
      - {version: 1.0.0, date: 2026-01-01, summary: "First edition"}
    ```
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.1.0
    status: draft
    effective: 2026-01-01
    chapters: []
    revisions:
      - {version: 1.0.0, date: 2026-01-01, summary: "First edition"}
      - {version: 1.1.0, date: 2026-07-01, summary: "Children added"}
    ```
    """
    revisions = view.guideline.revisions
    if not revisions:
        return
    # The newest may stand first or last.
    upward = list(revisions if revisions[0].date <= revisions[-1].date else reversed(revisions))
    for before, after in pairwise(upward):
        if before.date > after.date:
            yield Fault(
                f"The revision {after.version} of {after.date} stands between later and earlier ones "
                f"({before.version} is of {before.date})",
                after.summary.span,
                "mend the date, or put the revisions in the order of their dates",
                related=(Label(before.summary.span, f"of {before.date}"),),
            )
            return
    latest = [revision for revision in upward if revision.date == upward[-1].date]
    if all(revision.version != view.guideline.version for revision in latest):
        yield Fault(
            f"The version is {view.guideline.version}, and the latest revision is {upward[-1].version}",
            view.guideline.spans["version"],
            f"add the revision {view.guideline.version}, or mend the version",
            related=(Label(upward[-1].summary.span, f"revision {upward[-1].version} of {upward[-1].date}"),),
        )


def approved_too_late(view: GuidelineView) -> Iterator[Fault]:
    """A final guideline took effect before anybody approved it.

    Cases were decided by a policy that nobody had signed off. One of the two days is mistyped, or the policy takes
    effect later.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-01-01
    approved_by: [{name: A. Example, role: Medical director, on: 2026-01-15}]
    chapters: []
    ```
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2026-02-01
    approved_by: [{name: A. Example, role: Medical director, on: 2026-01-15}]
    chapters: []
    ```
    """
    guideline = view.guideline
    if guideline.status == "final" and guideline.approved_by:
        first = min(guideline.approved_by, key=lambda approval: approval.on)
        if first.on > guideline.effective:
            yield Fault(
                f"The guideline takes effect on {guideline.effective}, and was first approved on {first.on}",
                guideline.spans["effective"],
                "mend one of the two days",
                related=(Label(guideline.spans["approved_by"], f"by {first.name} on {first.on}"),),
                mark="before anybody approved it",
            )


def overdue_review(library: LibraryView) -> Iterator[Fault]:
    """The review of a final guideline is overdue.

    A plan reviews its criteria at least once a year: Medicare Advantage by 42 CFR 422.137, accredited plans by NCQA's
    standard UM 2. `check` compares with the day on which it runs (or with that of `SOURCE_DATE_EPOCH`); what is built
    does not depend on the day.

    ```yaml bad
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2025-01-01
    last_review: 2024-11-01
    next_review: 2025-11-01
    approved_by: [{name: A. Example, role: Medical director, on: 2024-12-01}]
    chapters: []
    ```
    ```yaml good
    # file: example/guideline.yaml
    id: example
    title: Example
    version: 1.0.0
    status: final
    effective: 2025-01-01
    last_review: 2025-11-01
    next_review: 2100-11-01
    approved_by: [{name: A. Example, role: Medical director, on: 2024-12-01}]
    chapters: []
    ```
    """
    for view in library.guidelines:
        guideline = view.guideline
        if guideline.status == "final" and "" < guideline.next_review < library.today:
            yield Fault(
                f"The review was due on {guideline.next_review}, and it is {library.today}",
                guideline.spans["next_review"],
                "review the guideline and set `last_review` and `next_review`, or set its status to retired",
                mark="overdue",
            )


CHECKS: tuple[Check, ...] = (
    Check("L105", "dates-out-of-order", Severity.ERROR, "guideline", dates_out_of_order),
    Check("L108", "revisions-at-odds", Severity.WARNING, "guideline", revisions_at_odds),
    Check("L109", "approved-too-late", Severity.WARNING, "guideline", approved_too_late),
    Check("L110", "overdue-review", Severity.WARNING, "library", overdue_review),
)
