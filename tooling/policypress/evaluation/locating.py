"""Which guideline a case is about: the one it names, the one whose folder holds it, or the one that knows the id."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from policypress.logic import Case, Index, holds
from policypress.model import Guideline, Library, Ruling, Section, Vignette


class CaseFault(Exception):
    """A case cannot be evaluated; the message says why."""


def locate(library: Library, vignette: Vignette, file: Path, source: Path) -> Guideline:
    """Return the guideline that a case is about, or raise `CaseFault`."""
    kind, id = vignette.asks
    named, _, bare = id.rpartition("/")
    beside = _beside(file, source)
    among = [one for one in library.guidelines if one.id == (named or beside)] or (
        [] if named else list(library.guidelines)
    )
    if named and not among:
        known = ", ".join(one.id for one in library.guidelines) or "none"
        raise CaseFault(f"{vignette.id} asks for {id}, and there is no guideline {named} (there is: {known})")
    found = [one for one in among if kind in _kinds(one, bare)] if kind != "code" else _about(among, bare)
    in_effect = [one for one in found if _applies(one, vignette.on)]
    if len(in_effect) == 1 or len(found) == 1:
        return (in_effect if len(in_effect) == 1 else found)[0]
    if not found:
        raise CaseFault(_unknown(among, vignette.id, kind, bare))
    names = [one.id for one in found]
    raise CaseFault(
        f"{vignette.id} asks for {kind} {bare}, and {' and '.join(names)} all have it: "
        f"write `asks: {{{kind}: {names[0]}/{bare}}}`, or another of them"
    )


def check_asked(guideline: Guideline, vignette: Vignette, index: Index) -> None:
    """Raise `CaseFault` where a case beside a guideline asks for what the guideline does not have."""
    kind, id = vignette.asks
    named, _, bare = id.rpartition("/")
    if named not in ("", guideline.id):
        raise CaseFault(f"{vignette.id} asks for {id}, and lies beside {guideline.id}")
    if kind != "code" and kind not in _kinds(guideline, bare, index):
        raise CaseFault(_unknown([guideline], vignette.id, kind, bare))


def _beside(file: Path, source: Path) -> str:
    """Return the guideline in whose folder a file lies, "" outside of the source."""
    full, root = file.resolve(), source.resolve()
    return full.relative_to(root).parts[0] if full.is_relative_to(root) and full.parent != root else ""


def _kinds(guideline: Guideline, id: str, index: Index | None = None) -> Iterator[str]:
    """Yield the kinds of question that an id answers to in a guideline."""
    owner, _ = Case({guideline.id: guideline}, guideline.id, {}, "", index).owner(id)
    if owner is not None:
        yield "section" if isinstance(owner, Section) else "ruling" if isinstance(owner, Ruling) else "node"


def _about(among: list[Guideline], code: str) -> list[Guideline]:
    """Return the guidelines that speak of a code: in a ruling, else in a coding rule, else all."""
    bare = code.partition("-")[0]
    by_ruling = [
        one
        for one in among
        if any(
            (ruling.codes or ruling.services) and holds(one, ruling, bare)
            for section in one.sections
            for ruling in section.rulings
        )
    ]
    from policypress.evaluation.claims import rule_codes_of

    by_rule = [
        one
        for one in among
        if any(bare in rule_codes_of(rule, one) for section in one.sections for rule in section.coding_rules)
    ]
    return by_ruling or by_rule or among


def _applies(guideline: Guideline, on: str) -> bool:
    return not on or (guideline.effective <= on and (not guideline.until or on <= guideline.until))


def _unknown(among: list[Guideline], case: str, kind: str, id: str) -> str:
    for guideline in among:
        for gone in guideline.retired:
            if gone.id.value == id:
                instead = f"; {gone.successor} took its place" if gone.successor else ""
                return f"{case} asks for {id}, which {guideline.id} retired on {gone.on}{instead}"
    if not among:
        return f"{case} asks for {id}, and there is no guideline"
    for guideline in among:
        for other in _kinds(guideline, id):
            return f"{case} asks for the {kind} {id}, which is a {other}: write `asks: {{{other}: {id}}}`"
    from difflib import get_close_matches

    known = [
        name
        for guideline in among
        for section in guideline.sections
        for name in (section.id, *(ruling.id for ruling in section.rulings))
    ]
    near = get_close_matches(id, known, 1)
    where = f"{among[0].id} does not have" if len(among) == 1 else "no guideline has"
    return f"{case} asks for the {kind} {id}, which {where}" + (f"; did you mean {near[0]}?" if near else "")
