"""Groups and ids that point to a condition that is gone: a list inside a list of its kind, a number left out."""

from __future__ import annotations

from collections.abc import Iterator

from policypress.checks.check import Check, Fault, GuidelineView, SectionView, id_span
from policypress.checks.groups import WORDS, operator_span
from policypress.criteria import Criterion, Group
from policypress.finding import Label, Severity


def group_in_its_kind(view: SectionView) -> Iterator[Fault]:
    """A list stands directly in a list of the same operator, and has nothing of its own.

    ALL of ALL is one ALL. Where nothing hangs on the inner list (no guard or exception, strength, note or statement of
    the source document), its operator was perhaps another one. If not, its members may stand in the outer list.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - all:
            - PET/CT is not available
            - The provider asks for the study
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - PET/CT is not available
            - The provider asks for the study
    ```
    """
    for outer in view.groups:
        if outer.op not in ("all", "any"):
            continue
        for inner in outer.of:
            if isinstance(inner, Group) and inner.op == outer.op and len(inner.of) > 1 and _bare(inner, outer):
                yield Fault(
                    f"This {WORDS[inner.op]} stands in an {WORDS[outer.op]} and adds nothing to it",
                    operator_span(inner),
                    "write the operator that was meant, or put its members into the outer list",
                    inner.id,
                    (Label(operator_span(outer), "the outer list"),),
                )


def _bare(inner: Group, outer: Group) -> bool:
    """Tell whether a group is a list and no more."""
    return (
        inner.applies_when is None
        and inner.unless is None
        and inner.except_when is None
        and inner.query is None
        and inner.from_ == outer.from_
        and (inner.strength is None or inner.strength == outer.strength)
        and not (inner.documentation or inner.examples or inner.notes or inner.references)
    )


def number_left_out(view: GuidelineView) -> Iterator[Fault]:
    """Members are numbered in their ids, and a number is left out that nothing has and nothing keeps.

    Ids are given once, in order: between `.1` and `.3` there was a `.2`. If it was taken out, `retired` in
    guideline.yaml keeps its id, so that nobody takes the loss for an oversight and the id is never given again.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - id: pet-mri.1
          text: The study changes the plan of treatment
        - id: pet-mri.3
          text: PET/CT is not available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - id: pet-mri.1
          text: The study changes the plan of treatment
        - id: pet-mri.2
          text: PET/CT is not available
    ```
    """
    known: set[str] = set()
    for prefix, members in view.all(_gaps):
        known = known or {*view.ids, *(gone.id.value for gone in view.guideline.retired)}
        before = None
        for number in range(1, max(members)):
            if number in members:
                before = members[number]
            elif f"{prefix}.{number}" not in known:
                after = members[min(one for one in members if one > number)]
                yield Fault(
                    f"No member has the id {prefix}.{number}, and the next is {after.id}",
                    id_span(after),
                    f"write back what was lost, or add {prefix}.{number} to retired in guideline.yaml",
                    after.id,
                    () if before is None else (Label(id_span(before), "the one before"),),
                )


_Numbered = tuple[str, dict[int, Group | Criterion]]


def _gaps(view: SectionView) -> list[_Numbered]:
    """Return the numbered members of each group of which a number is left out."""
    found = []
    for group in view.groups:
        count = len(group.of)
        if count > 1 and not (group.of[-1].id.endswith(f".{count}") and group.of[0].id.endswith(".1")):
            numbers = _numbers(group)
            if numbers is not None and len(numbers[1]) < max(numbers[1]):
                found.append(numbers)
    return found


def _numbers(group: Group) -> _Numbered | None:
    """Return the members of a group by the number in their ids, where all are written and numbered alike."""
    prefixes: set[str] = set()
    found: dict[int, Group | Criterion] = {}
    for member in group.of:
        prefix, _, number = member.id.rpartition(".")
        if member.written_id is None or not (number.isascii() and number.isdecimal()) or number[0] == "0":
            return None
        prefixes.add(prefix)
        found[int(number)] = member
    return (prefixes.pop(), found) if len(prefixes) == 1 and max(found) <= 4 * len(found) else None


CHECKS: tuple[Check, ...] = (
    Check("S230", "group-in-its-kind", Severity.INFO, "section", group_in_its_kind),
    Check("S231", "number-left-out", Severity.INFO, "guideline", number_left_out),
)
