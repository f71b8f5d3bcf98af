"""The published PDF of a guideline.

`render` refuses rather than publish something damaged: a character that the fonts cannot draw, a text that runs out
of the page, a file that is not ours, or anything WeasyPrint warns about is a `PdfFault`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from policypress.outline import GuidelineOutline
from policypress.render.design import Design, DesignFault, read_design
from policypress.render.editions import USUAL, Edition, extract

# WeasyPrint ends a line after its first word where the last space of a text does not fit and an element follows
# (its issue 1051); a space in an element of its own does not trouble it.
_SPACE = re.compile(r"(?<=[^>\s]) (?=<(?:abbr|a|span|em|strong|code)\b)")
_OUTSIDE = re.compile(r' href="#_[^"]*"')  # leads to what stands before or behind the sections
_ID = re.compile(r'\bid="([^"_][^"]*)"')  # an id that a writer gave; our own begin with an underscore


class PdfFault(Exception):
    """A PDF that cannot be made without loss. The message names the guideline and the cause."""

    def __init__(self, guideline: str, cause: str) -> None:
        super().__init__(f"{guideline}: {cause}")
        self.guideline = guideline
        self.cause = cause

    def __reduce__(self) -> tuple[type[PdfFault], tuple[str, str]]:
        return PdfFault, (self.guideline, self.cause)  # so that it travels between processes


def render(
    laid: GuidelineOutline,
    export: bytes,
    templates: Path,
    *,
    draft: bool,
    edition: Edition | None = None,
    progress: Callable[[str], None] | None = None,
) -> bytes:
    """Return the PDF of a guideline with `export`, its JSON, attached. `draft` puts the DRAFT mark on every page."""
    from policypress.render.paper import print_pdf

    guideline = laid.guideline
    tell = progress or (lambda _: None)
    try:
        design = read_design(templates)
    except DesignFault as wrong:
        raise PdfFault(guideline.id, str(wrong)) from None
    tell("composing")
    page = compose(laid, templates, draft=draft, design=design)
    if (fault := _undrawable(page, templates)) is not None:
        raise PdfFault(guideline.id, fault)
    return print_pdf(guideline, page, export, templates, tell, design, edition or USUAL)


def render_section(laid: GuidelineOutline, section: str, templates: Path) -> bytes:
    """Return the pages of one section, as its writer looks at them: links to other parts lead nowhere."""
    from policypress.render.paper import print_pdf

    guideline = laid.guideline
    try:
        design = read_design(templates)
    except DesignFault as wrong:
        raise PdfFault(guideline.id, str(wrong)) from None
    alone = extract(laid, [section])
    page = compose(alone, templates, draft=guideline.draft, design=design, template="pdf/one_section.html.j2")
    page = _OUTSIDE.sub("", page)
    if (fault := _undrawable(page, templates)) is not None:
        raise PdfFault(guideline.id, fault)
    return print_pdf(guideline, page, None, templates, lambda _: None, design)


def compose(
    laid: GuidelineOutline,
    templates: Path,
    *,
    draft: bool,
    design: Design | None = None,
    template: str = "pdf/guideline.html.j2",
) -> str:
    """Return the HTML that is printed."""
    from policypress.render.html import environment
    from policypress.render.pdf_matter import Matter, long_date, reachable, short_title

    made = environment(templates)
    made.filters.update(long_date=long_date, reachable=reachable, short_title=short_title)
    matter = Matter(laid, draft)
    page = made.get_template(template).render(
        laid=laid, guideline=laid.guideline, draft=draft, matter=matter, words=matter.words, design=design or Design()
    )
    return _SPACE.sub("<span> </span>", page)


def _undrawable(page: str, templates: Path) -> str | None:
    """Say which character of the page our fonts cannot draw, and where it stands."""
    missing = sorted(set(page) - _drawable(templates, faces(templates)))
    if not missing:
        return None
    char = missing[0]
    place = page.find(char)
    owner = "the cover or a register"
    while place >= 0:
        # Titles come first in the contents; the id that counts is where the text itself stands.
        before = _ID.findall(page, page.rfind("<body", 0, place), place)
        if before:
            owner = before[-1]
            break
        place = page.find(char, place + 1)
    return f"{owner}: the fonts have no U+{ord(char):04X} {unicodedata.name(char, 'character')} ({char})"


def faces(templates: Path) -> str:
    """Return what stands for the fonts as they are now: what is kept for the next print holds for these alone."""
    digest = sha256()
    for face in sorted((templates / "fonts").glob("*.woff*")):
        data = face.read_bytes()
        digest.update(f"{face.name} {len(data)} ".encode() + data)
    return digest.hexdigest()


@lru_cache(maxsize=4)
def _drawable(templates: Path, _: str) -> frozenset[str]:
    """Return the characters of the text face; the face for titles has them too, the one for ids falls back on it."""
    from fontTools.ttLib import TTFont

    faces = [*(templates / "fonts").glob("IBMPlexSans-*.woff"), *(templates / "fonts").glob("IBMPlexSerif-*.woff")]
    covered = []
    for face in faces:
        with TTFont(face, lazy=True) as font:
            covered.append(frozenset(font.getBestCmap()))
    return frozenset(map(chr, frozenset.intersection(*covered))) | {"\n"}
