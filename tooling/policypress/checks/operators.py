"""Operators in words beside those of the groups: notes that name another, "and/or", AT LEAST that is ANY or ALL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.groups import WORDS, operator_span
from policypress.criteria import Group
from policypress.finding import Label, Severity
from policypress.model import Section
from policypress.pattern import pattern

_THESE = (
    r"(?:the |these |those )?(?:above|below|criteria|conditions|requirements|following"
    r"(?!\s+(?:services|codes|studies|tests|plans|products|procedures|devices|drugs|documents|forms|records)\b))"
)
_ALL = pattern(rf"\b(?:all|each|every one) (?:of )?{_THESE}\b|\bboth (?:of )?{_THESE}\b", re.I)
_ANY = pattern(
    rf"\b(?:any|either|(?:any |only )?one|at least one) of {_THESE}\b|\bany one is (?:enough|sufficient)\b", re.I
)


def operator_at_odds(view: SectionView) -> Iterator[Fault]:
    """A note says of a list that all of it, or any of it, must be met, and the list says otherwise.

    The operator of the group is what decides. A reader who meets "any one of these" in a note below an ALL follows the
    note. One of the two is wrong.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    notes:
      - Any one of the criteria is enough for coverage.
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    notes:
      - All of the criteria are met on the day of the request.
    ```
    """
    if "note" not in view.wording.kinds:
        return
    for passage in view.wording.passages:
        if passage.kind != "note":
            continue
        owner = passage.owner
        group = owner if isinstance(owner, Group) else None
        if isinstance(owner, Section) and len(owner.rulings) == 1:
            root = owner.rulings[0].criteria
            group = root if isinstance(root, Group) else None
        if group is None or group.op not in ("all", "any"):
            continue
        found = (_ANY if group.op == "all" else _ALL).search(passage.text.value)
        if found is not None and (_ALL if group.op == "all" else _ANY).search(passage.text.value) is None:
            yield Fault(
                f"This note says “{found[0]}”, and the list is {WORDS[group.op]}",
                passage.text.at(found.start(), found.end()), "mend the operator, or the note", passage.id,
                (Label(operator_span(group), "the operator"),),
            )  # fmt: skip


def at_least_in_disguise(view: SectionView) -> Iterator[Fault]:
    """AT LEAST asks for one member, or for as many as its list has.

    AT LEAST 1 is ANY, and AT LEAST 3 of 3 is ALL; readers of the page see the number and look for the difference. Most
    often the number is mistyped, or a member was lost.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      at_least:
        n: 2
        of:
          - The study changes the plan of treatment
          - PET/CT is not available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is not available
    ```
    """
    for group in view.groups:
        if group.op == "at_least" and len(group.of) > 1 and group.n in (1, len(group.of)):
            plain = "any" if group.n == 1 else "all"
            yield Fault(
                f"AT LEAST {group.n} of {len(group.of)} members is {WORDS[plain]}", operator_span(group),
                f"write `{plain}`, or the number that was meant", group.id, mark=f"the same as {WORDS[plain]}",
            )  # fmt: skip


def and_or(view: SectionView) -> Iterator[Fault]:
    """A criterion says "and/or".

    It can be read as "one is enough" and as "both, where there are two". A list below `any` says the first, one below
    `all` the second, and every reader reads the same.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: Surgery and/or radiation is planned
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      any:
        - Surgery is planned
        - Radiation is planned
    ```
    """
    for hit in view.wording.find("and/or"):
        if hit.passage.kind in ("criterion", "coding_rule", "intro"):
            yield Fault(
                "“and/or” leaves open whether one is enough", hit.span,
                "write “or” where one is enough, or a list below `any` or `all`", hit.passage.id,
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("S232", "at-least-in-disguise", Severity.INFO, "section", at_least_in_disguise),
    Check("W136", "and-or", Severity.INFO, "section", and_or),
    Check("W137", "operator-at-odds", Severity.WARNING, "section", operator_at_odds),
)
