"""A page of the site as data."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page: `side` and `body` are HTML, the rest is plain text."""

    title: str
    kind: str
    body: str
    side: str = ""
    description: str = ""
    notices: tuple[str, ...] = ()
    guideline: str = ""  # "" for a page of the whole site
