"""Pointers that lead back to themselves."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator, Mapping

from policypress import codes
from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, Owner, SectionView
from policypress.checks.lookup import resolve
from policypress.criteria import Criterion, See
from policypress.finding import Label, Severity
from policypress.model import Guideline, Ruling, Section
from policypress.usage import members


class _Pointer:
    """A criterion with a `see`, and the pointers that its verdict hangs on."""

    __slots__ = ("criterion", "guideline", "leads", "section", "see")

    def __init__(self, guideline: GuidelineView, section: SectionView, criterion: Criterion, see: See) -> None:
        self.guideline = guideline
        self.section = section
        self.criterion = criterion
        self.see = see
        self.leads: list[_Pointer] = []

    @property
    def target(self) -> str:
        return f"the determination for {self.see.code}" if self.see.code else self.see.target


def see_cycle(library: LibraryView) -> Iterator[Fault]:
    """A `see` leads back to itself, over however many others.

    The verdict of a criterion that waits for its own verdict can never be found. The circle may run through sections,
    rulings, groups, guards, codes and other guidelines; a criterion that points to the section it stands in is one.

    ```yaml bad
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
      all:
        - The study changes the plan of treatment
        - text: The individual meets the criteria for PET-MRI
          see: pet-mri
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
      all:
        - The study changes the plan of treatment
        - The provider asks for the study
    ```
    """
    shown: set[_Pointer] = set()
    for pointer in _on_the_way_to_a_circle(_pointers(library)):
        if pointer in shown or not (circle := _circle(pointer)):
            continue
        shown.update(circle)
        yield Fault(
            _path(circle),
            pointer.see.span,
            _way_out(circle),
            pointer.criterion.id,
            tuple(Label(other.see.span, f"points to {other.target}") for other in circle[1:]),
            mark="leads back here",
        )


def _way_out(circle: list[_Pointer]) -> str:
    ruling = circle[0].section.ruling_of.get(circle[0].criterion.id)
    if circle[0].see.code and len(circle) == 1 and ruling is not None and not ruling.codes and not ruling.services:
        return "name the codes or services of its ruling, which is about every service as it stands"
    return "take one of these pointers out, or point to what the criterion needs alone"


def _path(circle: list[_Pointer]) -> str:
    first = circle[0]
    if len(circle) == 1:
        end = ", which asks for it" if first.see.code else ", which it is"
        if not first.see.code and first.see.target.rpartition("/")[2] != first.criterion.id:
            end = ", which it is part of"
        return f"{first.criterion.id} points to {first.target}{end}"
    steps = [f"{pointer.criterion.id} points to {pointer.target}" for pointer in circle]
    return f"{', where '.join(steps)}, and so back to {first.criterion.id}"


def _pointers(library: LibraryView) -> list[_Pointer]:
    """Return every pointer in reading order, each with those that it leads to."""
    found: list[_Pointer] = []
    by_file: dict[str, list[_Pointer]] = {}
    for guideline in library.guidelines:
        for view, criterion, see in guideline.all(_seeing):
            found.append(_Pointer(guideline, view, criterion, see))
            by_file.setdefault(view.section.source.path, []).append(found[-1])
    for listed in by_file.values():
        listed.sort(key=_start)
    below: dict[tuple[str, str, str], list[_Pointer]] = {}
    services: dict[GuidelineView, dict[str, list[Ruling]]] = {}
    for pointer in found:
        key = (pointer.guideline.guideline.id, pointer.see.target, pointer.see.code)
        if key not in below:
            below[key] = _below(library, pointer, by_file, services)
        pointer.leads = below[key]
    return found


def _seeing(view: SectionView) -> list[tuple[SectionView, Criterion, See]]:
    return [(view, one, one.see) for one in view.criteria if one.see is not None and not one.see.external]


def _below(
    library: LibraryView,
    pointer: _Pointer,
    by_file: dict[str, list[_Pointer]],
    services: dict[GuidelineView, dict[str, list[Ruling]]],
) -> list[_Pointer]:
    if not pointer.see.code:
        target = resolve(library, pointer.guideline, pointer.see.target)
        return [] if target is None else _within(target[1], by_file)
    entry = codes.ENTRY.fullmatch(pointer.see.code)
    code = pointer.see.code if entry is None else entry["code"]
    guideline = pointer.guideline
    if guideline not in services:
        services[guideline] = _services(guideline)
    named = services[guideline].get(code, [])
    # A service of the guideline is what some ruling names; rulings without codes and services are about all of them.
    general = services[guideline].get("", []) if named else []
    return [other for ruling in [*named, *general] for other in _within(ruling, by_file)]


def _services(guideline: GuidelineView) -> dict[str, list[Ruling]]:
    """Return code -> the rulings that are about it; "" for those about every service."""
    found: dict[str, list[Ruling]] = {}
    for view in guideline.sections:
        for name, ruling in view.note(_about):
            found.setdefault(name, []).append(ruling)
    return found


def _about(view: SectionView) -> list[tuple[str, Ruling]]:
    registered = view.beside.codes
    of_modality = view.beside.make(_by_modality)
    found = []
    for ruling in view.section.rulings:
        if ruling.complete:
            about = {code: None for use in ruling.codes for code in members(use, registered)}
            about |= {code: None for service in ruling.services for code in of_modality.get(service.value, ())}
            if not ruling.codes and not ruling.services:
                about = {"": None}
            found += [(name, ruling) for name in about]
    return found


def _by_modality(guideline: Guideline) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code in guideline.registers.codes.values():
        found.setdefault(code.modality, []).append(code.code)
    return found


def _start(pointer: _Pointer) -> int:
    return pointer.criterion.span.start


def _within(owner: Owner, by_file: dict[str, list[_Pointer]]) -> list[_Pointer]:
    """Return the pointers below something; coding rules stand in a section, and its verdict asks none of them."""
    start, end = owner.span.start, owner.span.end
    listed = by_file.get(owner.span.path, [])  # in the order of the file
    first = bisect_left(listed, start, key=_start)
    return [
        pointer
        for pointer in listed[first : bisect_left(listed, end, first, key=_start)]
        if not (
            isinstance(owner, Section | Ruling)
            and any(
                rule.span.start <= pointer.criterion.span.start < rule.span.end
                for rule in pointer.section.section.coding_rules
            )
        )
    ]


def _on_the_way_to_a_circle(pointers: list[_Pointer]) -> list[_Pointer]:
    """Return the pointers whose path never ends, in order."""
    waiting = {pointer: len(pointer.leads) for pointer in pointers}
    before: dict[_Pointer, list[_Pointer]] = {}
    for pointer in pointers:
        for other in pointer.leads:
            before.setdefault(other, []).append(pointer)
    settled = [pointer for pointer in pointers if not pointer.leads]
    while settled:
        for pointer in before.get(settled.pop(), ()):
            waiting[pointer] -= 1
            if not waiting[pointer]:
                settled.append(pointer)
    return [pointer for pointer in pointers if waiting[pointer]]


def _circle(start: _Pointer) -> list[_Pointer]:
    """Return the shortest way from a pointer back to itself, [] where there is none."""
    came: dict[_Pointer, _Pointer] = {}
    ahead = deque((other, start) for other in start.leads)
    while ahead:
        pointer, by = ahead.popleft()
        if pointer is start:
            way = [by]
            while way[-1] is not start:
                way.append(came[way[-1]])
            return way[::-1]
        if pointer not in came:
            came[pointer] = by
            ahead.extend((other, pointer) for other in pointer.leads)
    return []


CHECKS: tuple[Check, ...] = (Check("R102", "see-cycle", Severity.ERROR, "library", see_cycle),)
