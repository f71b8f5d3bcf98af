"""Prints one edition of a guideline on demand, and hands it out only when it says what the source says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from policypress.generation import PublishFault
from policypress.model import Guideline, Library, Section


@dataclass(frozen=True)
class Wish:
    """Which edition of which guideline; no `sections` means all of them."""

    guideline: Guideline
    edition: str
    sections: Sequence[str] = ()


def print_edition(library: Library, wish: Wish, templates: Path) -> tuple[bytes, list[str]]:
    """Return the PDF of an edition with remarks. Raises PublishFault where it differs from the source."""
    from policypress.outline import outline
    from policypress.render.editions import EDITIONS, bare, extract
    from policypress.render.export import export
    from policypress.render.pdf import PdfFault, render
    from policypress.verify.read_pdf import PdfReading

    edition = EDITIONS[wish.edition]
    draft = wish.guideline.draft
    shown = bare(wish.guideline) if edition.bare else wish.guideline
    laid = outline(shown)
    exported = export(outline(wish.guideline), draft)
    sections = wish.sections or [one.id for one in shown.sections if edition.bare and _has_criteria(one)]
    if sections:
        laid = extract(laid, sections)
    try:
        printed = render(laid, exported, templates, draft=draft, edition=edition)
    except PdfFault as fault:
        raise PublishFault(f"the PDF cannot be printed: {fault}") from None
    known = {one.id: one for one in library.guidelines} | {shown.id: shown}
    reading = PdfReading(shown, known, printed, exported, sections, apart=edition.bare)
    found = list(reading.differences())
    differences = [str(one) for one in found if not one.remark]
    if differences:
        raise PublishFault("what was printed differs from the source:\n" + "\n".join(differences[:20]))
    return printed, [
        f"section {id} takes {pages} pages: it does not fit on one in type of {min(edition.fitted):g} points"
        for id, pages in reading.spread
    ] + [one.said for one in found if one.remark]


def _has_criteria(section: Section) -> bool:
    return any(ruling.criteria is not None for ruling in section.rulings)
