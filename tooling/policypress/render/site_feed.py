"""The Atom feed: one entry for each revision of each guideline, dated by the revision, never by a clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from xml.etree import ElementTree

from policypress.model import Guideline, Revision
from policypress.render.site_links import revisions_page

_ATOM = "http://www.w3.org/2005/Atom"


def feed(guidelines: Iterable[Guideline], title: str) -> bytes:
    """Return the feed, newest first. Its links are relative to the feed."""
    guidelines = list(guidelines)
    told = [(one, revision) for one in guidelines for revision in one.revisions]
    told.sort(key=lambda pair: pair[1].date, reverse=True)
    top = ElementTree.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(top, "id", _urn(title, *(one.id for one in guidelines)))
    _add(top, "title", title)
    days = [revision.date for _, revision in told] or [one.effective for one in guidelines]
    _add(top, "updated", _moment(max(days, default="1970-01-01")))
    _add(top, "link", rel="self", type="application/atom+xml", href="feed.xml")
    _add(top, "link", rel="alternate", type="text/html", href="index.html")
    _add(_add(top, "author"), "name", next((one.publisher for one in guidelines if one.publisher), title))
    for guideline, revision in told:
        _entry(top, guideline, revision)
    ElementTree.indent(top)
    return bytes(ElementTree.tostring(top, encoding="utf-8", xml_declaration=True)) + b"\n"


def _entry(top: ElementTree.Element, guideline: Guideline, revision: Revision) -> None:
    made = _add(top, "entry")
    _add(made, "id", _urn(guideline.publisher, guideline.id, revision.version, revision.date))
    _add(made, "title", f"{guideline.title.value} {revision.version}")
    _add(made, "updated", _moment(revision.date))
    _add(_add(made, "author"), "name", guideline.publisher or guideline.title.value)
    _add(made, "link", rel="alternate", type="text/html", href=revisions_page(guideline.id))
    if revision.version == guideline.version:
        _add(made, "category", term=guideline.status)
    _add(made, "summary", revision.summary.value)


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, name, attributes)
    if text:
        made.text = text
    return made


def _urn(*names: str) -> str:
    """Return an id that is the same wherever the site lies."""
    return f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, chr(31).join(('policypress', *names)))}"


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"
