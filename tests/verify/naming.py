"""By which ids a fault may be called."""

from __future__ import annotations

from policypress.model import Guideline
from policypress.verify.laid import places, trees


def ids(guideline: Guideline, section_id: str) -> list[str]:
    """Return every id below a section."""
    return [id for id, (section, _, _) in places(guideline).items() if section.id == section_id != id]


def family(guideline: Guideline, section_id: str) -> dict[str, set[str]]:
    """An id -> what a fault there may be called by: itself, its neighbours, its members and what holds it."""
    section = next(one for one in guideline.sections if one.id == section_id)
    near: dict[str, set[str]] = {id: {id} for id in ids(guideline, section_id)}
    for tree in trees(section):
        near.setdefault(tree.parent, set()).update(tree.ids)
        for spot in tree.below():
            members = [member.node.id for member in spot.members]
            for place, member in enumerate(members):
                near[member] |= set(members[place : place + 2])
            near[spot.node.id] |= {*members, *(guard.node.id for guard in spot.guards)}
            for id in spot.ids:
                near[id] |= set(spot.ids)
    return near


def below(guideline: Guideline, section_id: str, id: str) -> set[str]:
    """Return the ids of everything below an id."""
    section = next(one for one in guideline.sections if one.id == section_id)
    return {
        inner.node.id for tree in trees(section) for spot in tree.below() if id in spot.ids for inner in spot.below()
    }
