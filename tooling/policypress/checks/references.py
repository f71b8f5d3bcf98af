"""References: pointers to sections, rulings, criteria and codes here, names of all kinds in the modules joined in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from policypress import codes
from policypress.checks import cases, facts, names, pointers, questions, unused
from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, SectionView
from policypress.checks.lookup import kind, lost_entry, lost_id, resolve, word_span
from policypress.checks.nearness import near, respelled
from policypress.finding import Edit, Label, Severity
from policypress.model import CodingRule, Retired, Ruling, Section
from policypress.text import Span


def unresolved_see(library: LibraryView) -> Iterator[Fault]:
    """A `see` or `overrides` leads nowhere.

    The criterion takes its verdict from what it points to. If there is no such section, ruling, criterion or code, it
    can never be answered, and the printed link is dead. `overrides` with a wrong name leaves two rulings in force of
    which one was to replace the other.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - text: The individual meets the criteria for staging
          see: stagging
        - PET/CT is not available
    # file: example/sections/staging.yaml
    id: staging
    title: Staging
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - text: The individual meets the criteria for staging
          see: staging
        - PET/CT is not available
    # file: example/sections/staging.yaml
    id: staging
    title: Staging
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for guideline in library.guidelines:
        for key, target, span, node in guideline.all(_pointers):
            if key == "code":
                yield from _code(library, guideline, target, span, node)
            else:
                yield from _target(library, guideline, key, target, span, node)


def _pointers(view: SectionView) -> list[tuple[str, str, Span, str]]:
    """Return what a section points to: in which way, to what, where, and from what."""
    found = []
    for criterion in view.criteria:
        see = criterion.see
        if see is not None and see.code:
            found.append(("code", see.code, see.span, criterion.id))
        elif see is not None and see.target:
            found.append(("see", see.target, see.span, criterion.id))
    for ruling in view.section.rulings:
        found += [("overrides", target.value, target.span, ruling.id) for target in ruling.overrides]
    return found


def _code(library: LibraryView, guideline: GuidelineView, code: str, span: Span, node: str) -> Iterator[Fault]:
    entry = codes.ENTRY.fullmatch(code)
    bare = entry["code"] if entry is not None and not entry["last"] else code
    if bare in guideline.codes or lost_entry(library, guideline, "codes", "code", bare):
        return
    close = near(bare, guideline.codes)
    yield Fault(
        f"This see asks for the determination for {code}, which is not in the code register",
        word_span(span, code),
        f"did you mean {close}?" if close else "mend the code, or add it to registers/codes.yaml",
        node,
        edits=respelled(word_span(span, code), code, guideline.codes),
        mark="not in the register",
    )


@lru_cache(4)
def _to_point_at(home: GuidelineView) -> Sequence[str]:
    return [id for id, owner in home.ids.items() if not isinstance(owner, CodingRule)]


def _target(
    library: LibraryView, guideline: GuidelineView, key: str, target: str, span: Span, node: str
) -> Iterator[Fault]:
    found = resolve(library, guideline, target)
    wanted = "a section or a ruling" if key == "overrides" else "a section, a ruling or a criterion"
    if found is not None:
        owner = found[1]
        if isinstance(owner, CodingRule) or (key == "overrides" and not isinstance(owner, Section | Ruling)):
            yield Fault(
                f"{target} is {kind(owner)}, and {key} takes {wanted}",
                span,
                f"name {wanted}",
                node,
                (Label(owner.span if owner.written_id is None else owner.written_id.span, kind(owner)),),
            )
        return
    if lost_id(library, guideline, target):
        return
    away, _, name = target.rpartition("/")
    home = library.by_id.get(away) if away else guideline
    if home is None:
        close = near(away, library.by_id)
        help = f"did you mean {close}/{name}?" if close else "name a guideline of this library, or write it as external"
        yield Fault(f"There is no guideline {away}", span, help, node, mark="leads nowhere")
        return
    gone = next((gone for gone in home.guideline.retired if gone.id.value == name), None)
    if gone is not None:
        yield _gone(home, gone, target, span, node)
        return
    close = near(name, _to_point_at(home))
    if close:
        help = f"did you mean {f'{away}/{close}' if away else close}?"
    elif other := next((view.guideline.id for view in library.guidelines if name in view.ids), ""):
        help = f"did you mean {other}/{name}?"
    else:
        help = f"name {wanted}" + (', or write {external: "…"}' if key == "see" else "")
    there = f"the guideline {home.guideline.id}" if away else "this guideline"
    place = word_span(span, target)
    named = Span(place.source, place.end - len(name), place.end) if place.raw == target else place
    yield Fault(
        f"There is no {name} in {there}", span, help, node,
        edits=respelled(named, name, _to_point_at(home)), mark="leads nowhere",
    )  # fmt: skip


def _gone(home: GuidelineView, gone: Retired, target: str, span: Span, node: str) -> Fault:
    label = (Label(gone.id.span, "retired here"),)
    if gone.successor not in home.ids:
        return Fault(f"{target} was retired on {gone.on}", span, "name what took its place", node, label)
    successor = target[: target.rfind("/") + 1] + gone.successor
    place = word_span(span, target)
    return Fault(
        f"{target} was retired on {gone.on}; {successor} took its place",
        span,
        f"write {successor}",
        node,
        label,
        (Edit(place, successor),) if place.raw == target else (),
    )


def unknown_successor(library: LibraryView) -> Iterator[Fault]:
    """A retired id names a successor that does not exist.

    Who follows an old link, or has an old key in a program, is led on by the successor. It must be an id that is in
    use, or one that is retired itself and leads further.

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
      - {id: mr-pet, on: 2026-01-01, successor: pet-mir}
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
    retired:
      - {id: mr-pet, on: 2026-01-01, successor: pet-mri}
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    ```
    """
    for view in library.guidelines:
        retired = view.guideline.retired
        known = {gone.id.value for gone in retired}
        for gone in retired:
            successor = gone.successor
            if not successor or (successor in known and successor != gone.id.value):
                continue
            if resolve(library, view, successor) is not None or lost_id(library, view, successor):
                continue
            close = near(successor, view.ids)
            yield Fault(
                f"{gone.id.value} names itself as its successor" if successor == gone.id.value
                else f"The successor of {gone.id.value} is {successor}, which does not exist",
                _successor(view, gone),
                f"did you mean {close}?" if close else "name the id that took its place, or take the successor out",
                edits=respelled(_successor(view, gone), successor, view.ids),
                mark="does not exist" if successor != gone.id.value else "",
            )  # fmt: skip


def _successor(view: GuidelineView, gone: Retired) -> Span:
    """Return where the successor of a retired id was written, before or behind the id in the same entry."""
    source, starts = gone.id.source, [entry.id.start for entry in view.guideline.retired]
    pattern = re.compile(rf"successor:[ ]*[\"']?({re.escape(gone.successor)})(?![\w.-])")
    following = min((start for start in starts if start > gone.id.start), default=len(source.text))
    match = pattern.search(source.text, gone.id.end, following)
    if match is None:
        before = max((start for start in starts if start < gone.id.start), default=0)
        match = next(iter([*pattern.finditer(source.text, before, gone.id.start)][-1:]), None)
    return gone.id.span if match is None else Span(source, match.start(1), match.end(1))


CHECKS: tuple[Check, ...] = (
    Check("R101", "unresolved-see", Severity.ERROR, "library", unresolved_see),
    *pointers.CHECKS,
    *names.CHECKS,
    *facts.CHECKS,
    *cases.CHECKS,
    *questions.CHECKS,
    *unused.CHECKS,
    Check("R104", "unknown-successor", Severity.ERROR, "library", unknown_successor),
)
