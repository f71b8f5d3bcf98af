"""What a printed page says of itself: its number, what runs at its head, the pages that contents and index name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from policypress.model import Guideline, Section
from policypress.verify.pdf_reading import contrast, ground_of
from policypress.verify.pdf_tags import Tag, Tagged
from policypress.verify.pdf_text import PageText, Run
from policypress.verify.read_codes import listed_codes

_HEADINGS = ("H1", "H2", "H3", "H4")
BACK = ("_queries", "_codes", "_abbreviations", "_references")  # what stands behind the sections
_CONNECTORS = frozenset(("and", "or", "and/or"))
_FOOT = re.compile(r"Page (\d+) of (\d+)")
_NAMED = re.compile(r"(\d+),.*?\(p\.(\d+)\)")
_QUERIES = "Open queries"
_LEAST = 4.5  # WCAG 2.2, 1.4.3: between a text and its ground
_FILLED = 1 / 3  # of a page, from its upper edge to its last line
_PARTED = "part the long text or list that follows, or give the page another size or margins in design.toml"
_MARGIN = 0.68  # of a page's width: what begins behind it may stand in the margin
_SLACK = 3.0  # points: italics and a comma that hangs

Content = tuple[Tagged, Run]


class Layout:
    """The pages of one guideline. `content` is what is tagged, in the order of the tags."""

    def __init__(
        self,
        guideline: Guideline,
        sections: Sequence[tuple[int, Section]],
        drawn: Sequence[PageText],
        content: Sequence[Content],
        names: Mapping[str, tuple[int, float]],
        apart: bool,
    ) -> None:
        self.guideline = guideline
        self.apart = apart  # a section has a page of its own, however short it is
        self.drawn = drawn
        self.content = content
        self.names = names
        self.on: list[list[Run]] = [[] for _ in drawn]
        for tag, run in content:
            self.on[tag.page].append(run)
        self.sections = sections
        self.titles = {section.id: section.title.value for _, section in sections}

    def faults(self) -> Iterator[tuple[str, str]]:
        """Yield (kind, what is wrong)."""
        yield from self._page_numbers()
        yield from self._heads()
        yield from self._contents()
        yield from self._index()
        yield from self._area()
        yield from self._contrasts()
        yield from self._read_out()
        yield from self._breaks()

    def _breaks(self) -> Iterator[tuple[str, str]]:
        """No page opens with a connector, ends with a heading, or is almost empty, but for the last."""
        text = [pair for pair in self.content if not self._in_margin(*pair)]
        by_page = sorted(text, key=lambda pair: (pair[0].page, -round(pair[1].base), pair[1].left))
        for page, group in groupby(by_page, key=lambda pair: pair[0].page):
            rows = list(group)
            (first, opening), (last, closing) = rows[0], rows[-1]
            connector = opening.text.strip()
            if connector in _CONNECTORS and self._text(first.within[-1]) == connector:
                yield "break", f"page {page + 1} opens with a lone “{connector}”; {_PARTED}"
            if page + 1 == len(self.drawn):
                continue
            if (heading := last.tag(*_HEADINGS, "Caption")) is not None:
                yield "break", f"page {page + 1} ends with the heading “{self._text(heading)}”; {_PARTED}"
            _, bottom, _, top = self.drawn[page].box
            filled = (top - closing.base) / (top - bottom)
            if filled < _FILLED and not self.apart:
                yield "break", f"page {page + 1} is only {filled:.0%} full; {_PARTED}"

    def spread(self) -> Iterator[tuple[str, int]]:
        """Yield the sections that take more than one page, each with how many; they are printed apart."""
        starts = [(self.names[section.id][0], section.id) for _, section in self.sections if section.id in self.names]
        last = max((page for page, _ in starts), default=0)
        back = [page for name, (page, _) in self.names.items() if name in BACK and page > last]
        ends = [page for page, _ in starts[1:]] + [min(back, default=len(self.drawn))]
        for (page, id), end in zip(starts, ends, strict=True):
            if end - page > 1:
                yield id, end - page

    def _in_margin(self, tag: Tagged, run: Run) -> bool:
        """Tell whether something is a query beside the text of a draft."""
        return tag.tag("Aside") is not None and run.left > self.drawn[tag.page].box[2] * _MARGIN

    def _text(self, within: Tag) -> str:
        """Return the whole text of a tag."""
        return " ".join("".join(run.text for tag, run in self.content if within in tag.within).split())

    def _furniture(self, page: int) -> list[Run]:
        return [run for run in self.drawn[page].runs if run.mcid is None and run.size]

    def _page_numbers(self) -> Iterator[tuple[str, str]]:
        for page in range(len(self.drawn)):
            for run in self._furniture(page):
                if (found := _FOOT.search(run.text)) and found.groups() != (str(page + 1), str(len(self.drawn))):
                    yield "page", f"page {page + 1} of {len(self.drawn)} calls itself “{found[0]}”"

    def _heads(self) -> Iterator[tuple[str, str]]:
        """What runs at the head of a page is the heading under which its first words stand."""
        headings: dict[int, str] = {}
        for tag, run in self.content:
            if (heading := tag.tag("H2", "H3")) is not None:
                headings[heading.number] = headings.get(heading.number, "") + run.text
        squeezed = {number: "".join(text.split()) for number, text in headings.items()}
        order = sorted(squeezed)
        first: dict[int, Tagged] = {}
        for tag, _ in self.content:
            first.setdefault(tag.page, tag)
        for page, tag in first.items():
            top = max(run.base for run in self.on[page])
            heads = ["".join(run.text.split()) for run in self._furniture(page) if run.base > top + _SLACK]
            shown = [head for head in heads if any(_short(head, text) for text in squeezed.values())]
            own = [number for number in order if number <= tag.within[-1].number]
            if not shown or not own:
                continue
            wanted = [squeezed[own[-1]]]
            if tag.tag("H2") is not None:  # a chapter runs under its first section
                wanted += [squeezed[number] for number in order[len(own) : len(own) + 1]]
            if not any(_short(head, text) for head in shown for text in wanted):
                said = " ".join(headings[own[-1]].split())
                yield "running", f"page {page + 1} runs under “{shown[0]}”, and stands under “{said}”"

    def _links(self, role: str) -> Iterator[tuple[Tagged, str, str]]:
        """Yield (tag, name, text) of the links that stand in tags of a role."""
        found: dict[int, tuple[Tagged, str, list[str]]] = {}
        for tag, run in self.content:
            link = tag.tag("Link")
            if link is not None and link.leads and tag.tag(role) is not None:
                found.setdefault(link.number, (tag, link.leads, []))[2].append(run.text)
        for tag, name, texts in found.values():
            yield tag, name, "".join("".join(texts).split())

    def _contents(self) -> Iterator[tuple[str, str]]:
        """The contents list every section once, with its title and its page."""
        lines: dict[str, list[str]] = {}
        for _, name, text in self._links("TOCI"):
            lines.setdefault(name, []).append(text)
        for id, title in self.titles.items():
            if id not in self.names:
                continue
            page = self.names[id][0] + 1
            if lines.get(id) != ["".join(title.split()) + str(page)]:
                listed = " and ".join(lines.get(id, [])) or "nothing"
                yield "contents", f"the contents say “{listed}” of section {id}, and it is “{title}” on page {page}"
        for name, texts in lines.items():
            found = re.search(r"(\d+)$", texts[0])
            own = name.startswith("_") and not name.startswith("_chapter")
            if own and found is not None and name in self.names and int(found[1]) != self.names[name][0] + 1:
                there = self.names[name][0] + 1
                yield "contents", f"the contents say page {found[1]} for {name[1:]}, which is on {there}"

    def _index(self) -> Iterator[tuple[str, str]]:
        """The index names every code, each section that lists it, and the right page of each place."""
        asked = next((tag for tag, run in self.content if tag.tag("H2") and run.text.strip() == _QUERIES), None)
        for tag, name, text in self._links("Table"):
            found = _NAMED.search(text) if tag.tag("Index") is not None else None
            behind = asked is not None and tag.within[-1].number > asked.within[-1].number
            if found is None and behind and not name.startswith("_"):  # "76376" leads to the index of codes
                found = re.fullmatch(r"()(\d+)", text)
            if found is not None and name in self.names and int(found[2]) != self.names[name][0] + 1:
                yield "index", f"“{text}” names page {found[2]} for {name}, which is on {self.names[name][0] + 1}"
        rows: dict[int, list[tuple[int, str]]] = {}
        for tag, run in self.content:
            row, cell = tag.tag("TR"), tag.tag("TH", "TD")
            if tag.tag("Index") is not None and row is not None and cell is not None:
                rows.setdefault(row.number, []).append((cell.number, run.text))
        shown: dict[str, str] = {}
        for cells in rows.values():
            parts = ["".join(text for _, text in group) for _, group in groupby(cells, key=lambda pair: pair[0])]
            shown["".join(parts[0].split())] = "".join(parts[-1].split())
        for number, section in self.sections:
            for code in listed_codes(section):
                if code not in shown:
                    yield "index", f"the index lacks {code}"
                elif str(number) not in (found[1] for found in _NAMED.finditer(shown[code])):
                    yield "index", f"the index does not say that section {number} names {code}"

    def _area(self) -> Iterator[tuple[str, str]]:
        """The text keeps clear of what runs at head and foot, and of the sheet's edge."""
        for page, text in enumerate(self.drawn):
            runs = self.on[page]
            for run in self._furniture(page):
                if run.text.strip(" .") and any(_overlap(one, run) for one in runs):
                    yield "area", f"page {page + 1}: “{run.text.strip()}” lies over the text"
            for run, other in _over(runs):
                yield "area", f"page {page + 1}: “{run.text.strip()[:60]}” lies over “{other.text.strip()[:60]}”"
            for run in runs:
                if run.left < text.box[0] + 20 or run.right > text.box[2] - 20 or run.base < text.box[1] + 20:
                    yield "area", f"page {page + 1}: “{run.text[:60]}” runs into the sheet’s edge"

    def _contrasts(self) -> Iterator[tuple[str, str]]:
        """Every text stands out from its ground."""
        told: set[tuple[object, object]] = set()
        for page, text in enumerate(self.drawn):
            for run in text.runs:
                if not run.size or run.colour is None or (ground := ground_of(run, text.paints)) is None:
                    continue
                pair = (run.colour, ground)
                if pair not in told and (ratio := contrast(*pair)) < _LEAST:
                    told.add(pair)
                    said = f"page {page + 1}: “{run.text.strip()[:60]}” has a contrast of {ratio:.1f}:1 to its ground"
                    yield "contrast", f"{said}, and {_LEAST}:1 is needed"

    def _read_out(self) -> Iterator[tuple[str, str]]:
        """What an abbreviation is read out as is what the register says of it."""
        known = {}
        for term in self.guideline.registers.terms.values():
            for name in (term.term.value, *(variant.value for variant in term.variants)):
                known["".join(name.split())] = term.expansion.value if term.expansion is not None else ""
        said: dict[int, tuple[str, list[str]]] = {}
        for tag, run in self.content:
            for one in tag.within:
                if one.read_as:
                    said.setdefault(one.number, (one.read_as, []))[1].append(run.text)
        for words, texts in said.values():
            text = "".join("".join(texts).split())
            if known.get(text) != words:
                yield "term", f"“{text}” is read out as “{words}”, which is not what the register says"


def _over(runs: Sequence[Run]) -> Iterator[tuple[Run, Run]]:
    """Yield texts of which one lies over the other."""
    from_below = sorted((run for run in runs if run.size), key=lambda run: run.base)
    for at, run in enumerate(from_below):
        for other in from_below[at + 1 :]:
            if other.base > run.base + run.size * 0.6:
                break
            if min(run.right, other.right) - max(run.left, other.left) > _SLACK and _overlap(run, other):
                yield run, other


def _overlap(one: Run, other: Run) -> bool:
    low, high = max(one.base, other.base), min(one.base + one.size * 0.6, other.base + other.size * 0.6)
    return low < high and one.left < other.right and other.left < one.right


def _short(head: str, heading: str) -> bool:
    """Tell whether a running head is a heading, whole or cut off."""
    cut = head.removesuffix("…")
    return head == heading or (cut != head and len(cut) > 3 and heading.startswith(cut))
