"""Other editions of the printed guideline, from the same source and templates: large print, checklist, extract."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from policypress.criteria import Criterion, Group, Node
from policypress.model import Guideline, Section
from policypress.outline import GuidelineOutline
from policypress.render.design import Design

_SHEETS = {"Letter": (215.9, 279.4), "Legal": (215.9, 355.6), "A4": (210.0, 297.0), "A5": (148.0, 210.0)}
_MILLIMETRES = {"mm": 1.0, "cm": 10.0, "in": 25.4, "pt": 25.4 / 72}

MARGIN = "editions/margin.css"  # a draft's stylesheet
ROOM = 200.0  # millimetres that a sheet must be wide for a margin that can be written in


@dataclass(frozen=True)
class Edition:
    """How an edition departs from the usual one."""

    name: str
    style: str = ""  # a stylesheet below templates/pdf/ that comes on top
    type: float = 0.0  # points that the text stands in; 0: as the design says
    fitted: tuple[float, ...] = ()  # sizes of type, the first of which lets a section fit on its page is taken
    bare: bool = False  # criteria alone


USUAL = Edition("usual")
EDITIONS = {
    one.name: one
    for one in (
        USUAL,
        Edition("large-print", "editions/large-print.css", type=18),
        Edition("checklist", "editions/checklist.css", fitted=(9, 8), bare=True),
    )
}


def beside(design: Design, edition: Edition, templates: Path) -> bool:
    """Tell whether the queries of a draft have room in the margin of this edition's pages."""
    there = (templates / "pdf" / MARGIN).is_file()
    return there and not edition.style and _sheet(design.values.get("page.size", "Letter"))[0] >= ROOM


def styled(design: Design, edition: Edition, templates: Path, *, margin: bool = False) -> tuple[str, float]:
    """Return the stylesheet of an edition, and by how much its pages are enlarged. `margin`: it holds queries."""
    css = (templates / "pdf" / "guideline.css").read_text(encoding="utf-8")
    for style in (edition.style, MARGIN if margin else ""):
        if style:
            css += (templates / "pdf" / style).read_text(encoding="utf-8").replace("url(", "url(editions/")
    zoom = 1.0
    if edition.type and design.values:
        zoom = edition.type / float(re.sub(r"[a-z]+$", "", design.values["type.text"]))
        width, height = _sheet(design.values["page.size"])
        smaller = {"page.size": f"{width / zoom:.3f}mm {height / zoom:.3f}mm"}
        grown = {"type.fine": design.values["type.text"], "type.title": "19pt", "type.section": "14pt"}
        design = replace(design, values={**design.values, **smaller, **grown, "type.chapter": "12pt"})
    return design.style(css), zoom


def _sheet(size: str) -> tuple[float, float]:
    if size in _SHEETS:
        return _SHEETS[size]
    width, height = (float(part[:-2]) * _MILLIMETRES[part[-2:]] for part in size.split())
    return width, height


def extract(laid: GuidelineOutline, sections: Collection[str]) -> GuidelineOutline:
    """Return an outline of some sections, which keep their numbers; links to the others lead nowhere."""
    chapters = tuple((chapter, tuple(one for one in inside if one.id in sections)) for chapter, inside in laid.chapters)
    return replace(laid, chapters=chapters, sections=tuple(one for one in laid.sections if one.id in sections))


def bare(guideline: Guideline) -> Guideline:
    """Return a guideline with its criteria and without what stands beside them. Every number stays as it is."""
    return replace(guideline, sections=tuple(_bare_section(section) for section in guideline.sections))


def _bare_section(section: Section) -> Section:
    rulings = tuple(
        replace(one, notes=(), query=None, criteria=None if one.criteria is None else _bare_node(one.criteria))
        for one in section.rulings
    )
    return replace(
        section, rulings=rulings, coding_rules=(), documentation=(), examples=(), notes=(), references=(), intro=None,
        query=None,
    )  # fmt: skip


def _bare_node(node: Node, kept: bool = False) -> Node:
    """`kept` is what hangs on a group inside a NOT: it decides whether NONE is said, and so how all is numbered."""
    guards: dict[str, Any] = {
        key: None if guard is None else _bare_node(guard)
        for key, guard in (
            ("applies_when", node.applies_when),
            ("unless", node.unless),
            ("except_when", node.except_when),
        )
    }
    if isinstance(node, Criterion):
        return replace(node, **guards, documentation=(), examples=(), notes=(), references=(), query=None)
    assert isinstance(node, Group)
    of = tuple(_bare_node(member, node.op == "not") for member in node.of)
    if kept:
        return replace(node, **guards, of=of)
    return replace(node, **guards, of=of, documentation=(), examples=(), notes=(), references=(), query=None)
