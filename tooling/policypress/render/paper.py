"""WeasyPrint, held on a short leash: our own files only, every warning is a fault, nothing runs out of the page.

This module imports WeasyPrint (0.3 s), so it is imported only where a PDF is printed.
"""

from __future__ import annotations

import gc
import io
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import weasyprint
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse, path2url

from policypress.model import Guideline
from policypress.render import slips
from policypress.render.design import Design, read_design
from policypress.render.editions import USUAL, Edition, beside, styled
from policypress.render.pdf import PdfFault, faces
from policypress.render.pdf_standard import STANDARDS, Standard, declare, pack
from policypress.render.tags import OtherWeasyPrint, own_tags

_TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".woff": "font/woff"}
# A cover that takes more than a page does not leave the rest of its last one empty.
_RUN_ON = weasyprint.CSS(string=".cover { page: auto; break-after: auto } .cover + section > h2 { margin-top: 11mm }")
# Where what may not be parted leaves most of a page empty, or a heading alone, it is parted.
_LOOSE = weasyprint.CSS(string=".guard, .short, .terms-of { break-inside: auto !important }")
_HEADINGS = ("h2", "h3", "h4", "caption")
_SLACK = 1.0  # CSS pixels: rounding, and a comma that hangs


class _OwnFiles(URLFetcher):  # type: ignore[misc]
    """Knows the files below the templates and nothing else."""

    def __init__(self, templates: Path) -> None:
        super().__init__()
        self._root = path2url(templates.resolve()).rstrip("/") + "/"
        self._templates = templates.resolve()
        self.refused: list[str] = []

    def fetch(self, url: str, *_: object) -> URLFetcherResponse:
        path = self._templates / url.removeprefix(self._root)
        if url.startswith(self._root) and path.suffix in _TYPES and path.resolve().is_relative_to(self._templates):
            return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": _TYPES[path.suffix]})
        self.refused.append(url)
        raise ValueError(f"not a file of the templates: {url}")


class _Complaints(logging.Handler):
    """What WeasyPrint says at WARNING or above in this thread."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if threading.get_ident() == self._thread:
            self.heard.append(record.getMessage())


@contextmanager
def _strictly(guideline: str, fetcher: _OwnFiles) -> Iterator[None]:
    complaints = _Complaints()
    logger = logging.getLogger("weasyprint")
    level = logger.level
    logger.addHandler(complaints)
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.removeHandler(complaints)
        logger.setLevel(level)
    if fetcher.refused:
        raise PdfFault(guideline, f"the page asks for {fetcher.refused[0]}, which is no file of the templates")
    if complaints.heard:
        raise PdfFault(guideline, "WeasyPrint: " + "; ".join(dict.fromkeys(complaints.heard)))


@contextmanager
def _steady(epoch: int) -> Iterator[None]:
    """Keep the clock out of the fonts, and Python's cyclic collector (a fifth of the time) out of the way."""
    before = os.environ.get("SOURCE_DATE_EPOCH")
    collecting = gc.isenabled()
    os.environ["SOURCE_DATE_EPOCH"] = str(epoch)
    gc.disable()
    try:
        yield
    finally:
        if before is None:
            del os.environ["SOURCE_DATE_EPOCH"]
        else:
            os.environ["SOURCE_DATE_EPOCH"] = before
        if collecting:
            gc.enable()


@lru_cache(maxsize=2)
def _style(css: str, templates: Path, _: str) -> tuple[Any, FontConfiguration]:
    """Return the parsed stylesheet and its fonts, kept for the next print: a third of the time of a short document."""
    fonts = FontConfiguration()
    fetcher = _OwnFiles(templates)
    with _strictly("", fetcher):
        base = path2url(templates.resolve() / "pdf" / "guideline.css")
        sheet = weasyprint.CSS(string=css, base_url=base, url_fetcher=fetcher, font_config=fonts)
    return sheet, fonts


def print_pdf(
    guideline: Guideline,
    page: str,
    export: bytes | None,
    templates: Path,
    progress: Callable[[str], None],
    design: Design | None = None,
    edition: Edition = USUAL,
) -> bytes:
    """Return the PDF of an HTML page with its export, if any, attached."""
    day = edition_day(guideline)
    fetcher = _OwnFiles(templates)
    design = read_design(templates) if design is None else design
    standard = STANDARDS[design.standard(guideline.id)]
    margin = 'class="slip"' in page and beside(design, edition, templates)
    css, zoom = styled(design, edition, templates, margin=margin)
    attachments = [] if export is None else [
        weasyprint.Attachment(
            string=export,
            name=f"{guideline.id}.json",
            description=f"The criteria of {guideline.title.value}, machine-readable",
            created=day,
            modified=day,
            relationship="Data",
            url_fetcher=fetcher,
        )
    ]  # fmt: skip
    options = {"attachments": attachments, "pdf_tags": True, "pdf_version": standard.version}
    with _steady(int(day.timestamp())), _strictly(guideline.id, fetcher):
        try:
            sheet, fonts = _style(css, templates, faces(templates))
        except PdfFault as fault:
            raise PdfFault(guideline.id, fault.cause) from None
        progress("laying out")
        base = path2url(templates.resolve() / "pdf" / "guideline.html")
        sheets, sizes = [sheet], [*edition.fitted]
        html = weasyprint.HTML(string=page, base_url=base, url_fetcher=fetcher)
        while True:
            document = html.render(font_config=fonts, stylesheets=sheets, **options)
            if _long_cover(document) and _RUN_ON not in sheets:
                sheets.append(_RUN_ON)
                continue
            if _hollow(document) and _LOOSE not in sheets and not edition.fitted:
                sheets.append(_LOOSE)
                continue
            if margin and slips.place(document):
                continue
            if not sizes or not (tight := _overrunning(document)):
                break
            smaller = ", ".join(f'.section:has(> h3[id="{id}"])' for id in sorted(tight))
            size = sizes.pop(0)
            sheets.append(weasyprint.CSS(string=f"{smaller} {{ font-size: {size}pt }}"))
        for name in _runaways(document):
            raise PdfFault(guideline.id, f"{name}: a text runs out of the page")
        progress(f"writing {len(document.pages)} pages")
        try:
            with own_tags():
                return _written(document, options, standard, day, zoom)
        except OtherWeasyPrint as fault:
            raise PdfFault(guideline.id, str(fault)) from None


def _written(document: Any, options: dict[str, Any], standard: Standard, day: datetime, zoom: float) -> bytes:
    out = io.BytesIO()
    pdf = weasyprint.pdf.generate_pdf(document, None, zoom, **{**weasyprint.DEFAULT_OPTIONS, **options})
    declare(pdf, document.metadata, standard, day)
    pdf.write(out, standard.version, pack(pdf), compress=True)
    return out.getvalue()


def edition_day(guideline: Guideline) -> datetime:
    """Return the day that stands for this edition wherever a file wants a date: never the clock's."""
    days = sorted(revision.date for revision in guideline.revisions) or [guideline.effective]
    return datetime.fromisoformat(days[-1]).replace(tzinfo=UTC)


def _runaways(document: Any) -> Iterator[str]:
    """Yield the ids whose text was laid out beyond the page's type area, where paper or a reader cuts it off."""
    for page in document.pages:
        sheet = page._page_box
        area = (sheet.content_box_x() + sheet.width + _SLACK, sheet.content_box_y() + sheet.height + _SLACK)
        root, *margins = sheet.children
        yield from _beyond(root, "the cover", *area, page.width)
        for margin in margins:
            yield from _beyond(margin, "a running head", page.width, page.height, page.width)


def _beyond(top: Any, owner: str, right: float, bottom: float, paper: float) -> Iterator[str]:
    stack = [(top, owner, right)]
    while stack:
        box, owner, right = stack.pop()
        if slips.is_slip(box):
            right = min(box.position_x + slips.WIDTH, paper - slips.EDGE)
        if box.element is not None and (name := box.element.get("id")):
            owner = name
        if isinstance(getattr(box, "text", None), str):
            across = box.position_x < 0 or box.position_x + box.width > right
            if across or box.position_y < 0 or box.position_y + box.height > bottom:
                yield owner
        elif hasattr(box, "children"):
            stack.extend((child, owner, right) for child in reversed(box.children))


def _hollow(document: Any) -> bool:
    """Tell whether a page other than the last is less than a third full, or ends with a heading."""
    for page in document.pages[:-1]:
        root = page._page_box.children[0]
        beside = {text for box in root.descendants() if slips.is_slip(box) for text in box.descendants()}
        texts = (box for box in root.descendants() if isinstance(getattr(box, "text", None), str) and box not in beside)
        last = max(texts, key=lambda box: box.position_y + box.height, default=None)
        if last is None or last.position_y + last.height < page.height / 3 or last.element_tag in _HEADINGS:
            return True
    return False


def _long_cover(document: Any) -> bool:
    return len(document.pages) > 1 and not {"_contents", "_reading"} & set(document.pages[1].anchors)


def _overrunning(document: Any) -> set[str]:
    """Return the ids of the sections that run over the end of their page."""
    pages: dict[Any, list[int]] = {}
    for number, page in enumerate(document.pages):
        for box in page._page_box.descendants():
            if box.element is not None and box.element_tag == "h3":
                pages.setdefault(box.element, []).append(number)
    starts = sorted((places[0], heading.get("id")) for heading, places in pages.items())
    last = next((number for number, page in enumerate(document.pages) if "_codes" in page.anchors), len(document.pages))
    ends = [start for start, _ in starts[1:]] + [last]
    return {id for (start, id), end in zip(starts, ends, strict=True) if end - start > 1}
