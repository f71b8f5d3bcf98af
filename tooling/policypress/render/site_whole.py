"""A guideline on one page, for paper and for reading from end to end: the sections as their own pages show them."""

from __future__ import annotations

import re
from collections.abc import Collection

from markupsafe import Markup

from policypress.outline import GuidelineOutline
from policypress.render.site_parts import SMALL

_NAMES = re.compile(r'(?<!<use )\b(id|for|aria-[a-z]+|href)="([^"]*)"')  # a text never holds a bare quote
# The name of a part makes it a landmark; on this page there would be too many of one name. Headings lead through.
_LANDMARK = re.compile(r' aria-labelledby="[^"]*"')
_HEADING = re.compile(r"(</?h)([1-5])\b")
_SECTION = re.compile(r"([a-z0-9.-]+)\.html(?:#(.+))?")


def is_there(laid: GuidelineOutline) -> bool:
    """Whether there is a page with the whole guideline. Of a longer one the PDF holds everything."""
    return 0 < len(laid.sections) <= SMALL


def article(page: str, number: int, sections: Collection[str]) -> Markup:
    """Take a section out of its page, with its headings one level lower and the page's own ids kept apart.

    What leads to another of the `sections` leads to its place on the same page.
    """
    start, end = page.index("<article"), page.index("</article>") + len("</article>")

    def name(match: re.Match[str]) -> str:
        key, value = match.groups()
        if key == "href":
            elsewhere = _SECTION.fullmatch(value)
            if value.startswith("#p_"):
                value = f"#p_{number}_{value[3:]}"
            elif elsewhere is not None and elsewhere[1] in sections:
                value = f"#{elsewhere[2] or elsewhere[1]}"
        elif key == "aria-label":
            value = f"Section {number}: {value}"
        else:
            value = re.sub(r"(?<!\S)p_", f"p_{number}_", value)
        return f'{key}="{value}"'

    bare = _LANDMARK.sub("", page[start:end])
    lowered = _HEADING.sub(lambda match: f"{match[1]}{int(match[2]) + 1}", bare)
    return Markup(_NAMES.sub(name, lowered))
