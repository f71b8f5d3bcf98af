"""What lies beside a page of a guideline: a bounded list of its sections, whatever the guideline's size."""

from __future__ import annotations

from collections.abc import Callable

import jinja2
from markupsafe import Markup

from policypress.outline import GuidelineOutline, SectionOutline
from policypress.render.site_links import guideline_page

_WHOLE = 30  # sections: up to here the whole guideline is listed, beyond only the neighbours
_NEAR = 10


class Side:
    """Lists chapters and sections beside a page."""

    def __init__(self, laid: GuidelineOutline, template: jinja2.Template) -> None:
        self._laid = laid
        self._template = template
        self._page = guideline_page(laid.guideline.id)
        entry: Callable[..., Markup] = template.make_module({"laid": laid, "page": self._page, "near": []}).entry  # type: ignore[attr-defined]
        self._entries = {one.number: entry(self._page, laid.guideline, one) for one in laid.sections}
        self._chapters = [(chapter.title.value, [one.number for one in some]) for chapter, some in laid.chapters]
        self._home = {number: chapter for chapter in self._chapters for number in chapter[1]}

    def beside(self, here: SectionOutline | None) -> str:
        """Return the list for the page of a section, or for a page of the whole guideline."""
        shown = self._chapters
        if len(self._laid.sections) > _WHOLE:
            shown = []
            if here is not None and here.number in self._home:
                chapter, numbers = self._home[here.number]
                at = numbers.index(here.number)
                shown = [(chapter, numbers[max(0, at - _NEAR) : at + _NEAR + 1])]
        near = [(chapter, Markup("".join(self._entry(one, here) for one in numbers))) for chapter, numbers in shown]
        return self._template.render(page=self._page, laid=self._laid, near=near)

    def _entry(self, number: int, here: SectionOutline | None) -> Markup:
        entry = self._entries[number]
        if here is None or here.number != number:
            return entry
        return Markup(str(entry).replace("<a ", '<a aria-current="page" ', 1))
