"""The Atom feed of the site, read back: every revision of a guideline once, with its day and its words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

from policypress.model import Guideline
from policypress.verify.flow import Difference

_ATOM = "{http://www.w3.org/2005/Atom}"


def feed_differences(guideline: Guideline, path: Path) -> Iterator[Difference]:
    """Yield in what the feed departs from what a guideline says of its revisions."""
    try:
        feed = ElementTree.fromstring(path.read_bytes())
    except (OSError, ElementTree.ParseError) as fault:
        yield Difference(guideline.id, "site", "", "", "revision", f"{path.name} cannot be read: {fault}")
        return
    own = f"{guideline.id}/revision_history.html"
    told = sorted(
        (_text(entry, "title"), _text(entry, "updated"), _text(entry, "summary"))
        for entry in feed.iter(f"{_ATOM}entry")
        if any(one.get("href") == own for one in entry.iter(f"{_ATOM}link"))
    )
    wanted = sorted(
        (f"{guideline.title.value} {one.version}", f"{one.date}T00:00:00Z", one.summary.value)
        for one in guideline.revisions
    )
    if told != wanted:
        strange = next((one for one in (*told, *wanted) if told.count(one) != wanted.count(one)), ("",))
        said = f"{path.name} and the source differ on the revision {strange[0]}"
        yield Difference(guideline.id, "site", "", "", "revision", said)


def _text(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(f"{_ATOM}{name}", "")
