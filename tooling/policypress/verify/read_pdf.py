"""The published PDF, read back by its text and by its tags and laid beside the source."""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from policypress.model import Guideline, Section
from policypress.verify.flow import CLOSED, Difference, Flow, Laid, Piece, compare_flow
from policypress.verify.laid import ordered, places, trees
from policypress.verify.pdf_font import Font
from policypress.verify.pdf_layout import BACK, Layout
from policypress.verify.pdf_reading import Reading, heads, unseen
from policypress.verify.pdf_syntax import Strange
from policypress.verify.pdf_tags import Tagged, accounts, attachments, destinations, tagged
from policypress.verify.pdf_text import PageText
from policypress.verify.read_codes import listed_codes
from policypress.verify.read_json import json_differences
from policypress.verify.said import Said

_PLACE = r"ruling|text|when|unless|except|[A-Z]{1,3}(?=[.0-9,;()]|$)|[0-9.,()]"  # what a code's places are made of
_DAMAGED = (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, AssertionError)
_BULLETS = frozenset("•◦▪‣–")


class PdfReading:
    """Reads the PDF of one guideline. `export` is the JSON that was published beside it, None where none was.

    `only` are the sections that an extract shows; an edition without it shows all. `apart`: each on a page of its own.
    """

    def __init__(
        self,
        guideline: Guideline,
        library: Mapping[str, Guideline],
        data: bytes,
        export: bytes | None,
        only: Collection[str] = (),
        apart: bool = False,
    ) -> None:
        self.apart = apart
        self.spread: list[tuple[str, int]] = []  # of sections that stand apart: which takes how many pages
        self.guideline = guideline
        self.sections = [
            (number, section)
            for number, section in enumerate(ordered(guideline), 1)
            if not only or section.id in only
        ]  # fmt: skip
        self.said = Said(guideline, library, "pdf")
        self._places = places(guideline)
        self.data = data
        self.export = export
        self.pages = 0
        self.pieces = 0
        self.characters = 0

    def _differ(self, section: str, id: str, kind: str, said: str) -> Difference:
        return Difference(self.guideline.id, "PDF", section, id, kind, said)

    def differences(self) -> Iterator[Difference]:
        try:
            reader = PdfReader(io.BytesIO(self.data), strict=True)
            yield from self._all(reader)
        except (PyPdfError, Strange, *_DAMAGED) as error:
            yield self._differ("", "", "file", f"the file cannot be read whole: {error or type(error).__name__}")

    def _all(self, reader: PdfReader) -> Iterator[Difference]:
        pages = list(reader.pages)
        self.pages = len(pages)
        numbers = {
            page.indirect_reference.idnum: place
            for place, page in enumerate(pages)
            if page.indirect_reference is not None
        }
        fonts: dict[int, Font] = {}
        drawn = [PageText(page, fonts) for page in pages]
        tags = tagged(reader, numbers)
        in_tags = {(tag.page, tag.mcid): (place, tag) for place, tag in enumerate(tags)}
        content = [
            (page, run)
            for page, text in enumerate(drawn)
            for run in text.runs
            if run.mcid is not None and (page, run.mcid) in in_tags
            if not (in_tags[page, run.mcid][1].mark and run.text.strip() in _BULLETS)
        ]
        margin = {place for place, (_, tag) in in_tags.items() if tag.tag("Aside") is not None}
        by_text = Reading.of("text", content, margin)
        ordered_content = sorted(content, key=lambda pair: in_tags[pair[0], pair[1].mcid or 0][0])
        by_tags = Reading.of("tags", ordered_content, margin)
        self.characters = len(by_text.flow.chars)
        names = destinations(reader, numbers)
        yield from self._file(reader, pages)
        yield from self._marks(drawn, in_tags)
        yield from self._running(drawn)
        told = [(in_tags[page, run.mcid or 0][1], run) for page, run in ordered_content]
        layout = Layout(self.guideline, self.sections, drawn, told, names, self.apart)
        yield from (self._differ("", "", kind, said) for kind, said in layout.faults())
        self.spread = [*layout.spread()] if self.apart else []
        readings = [by_text]
        if by_tags.flow.chars != by_text.flow.chars or by_tags.flow.gaps != by_text.flow.gaps:
            readings.append(by_tags)
        said: set[tuple[str, str]] = set()
        for reading in readings:
            for found in self._reading(reading, names, drawn, in_tags):
                if (found.id, found.said) not in said:
                    said.add((found.id, found.said))
                    yield found

    def _reading(
        self,
        reading: Reading,
        names: Mapping[str, tuple[int, float]],
        drawn: Sequence[PageText],
        in_tags: Mapping[tuple[int, int], tuple[int, Tagged]],
    ) -> Iterator[Difference]:
        flow = reading.flow
        starts: list[int | None] = []
        for number, section in self.sections:
            title = Flow.of([(f"{number} {section.title.value}", CLOSED)]).chars
            place = reading.at(*names[section.id]) if section.id in names else 0
            found = flow.chars.find(title, place)
            starts.append(found if found >= 0 else None)
            if section.id not in names or found < 0 or (found - place > 400):
                missing = f"its title “{number} {section.title.value}” is not at its anchor"
                yield self._differ(section.id, section.id, "section", missing)
        known = [start for start in starts if start is not None]
        if known != sorted(known):
            yield self._differ("", "", "order", "the sections do not stand in the order of the source")
        back = [reading.at(*names[name]) for name in BACK if name in names]
        last = max(known, default=0)
        ends = sorted([*known, min((place for place in back if place > last), default=len(flow.chars))])
        yield from self._front(flow.part(0, min(known, default=len(flow.chars))), flow)
        for (number, section), start in zip(self.sections, starts, strict=True):
            if start is None:
                continue
            end = next((place for place in ends if place > start), len(flow.chars))
            yield from self._section(section, number, reading, start, end, names, drawn, in_tags)

    def _section(
        self,
        section: Section,
        number: int,
        reading: Reading,
        start: int,
        end: int,
        names: Mapping[str, tuple[int, float]],
        drawn: Sequence[PageText],
        in_tags: Mapping[tuple[int, int], tuple[int, Tagged]],
    ) -> Iterator[Difference]:
        id = section.id
        part = reading.flow.part(start, end)
        pieces = [Piece(id, "title", f"{number} {section.title.value}"), *self.said.section(section)]
        self.pieces += len(pieces)
        laid = compare_flow(pieces, part)
        for owner, kind, said in laid.faults:
            yield self._differ(id, owner, kind, said)
        yield from self._rest(section, number, part, laid.end, laid.last)
        yield from self._depths(section, reading, start, laid, in_tags)
        yield from self._ids(section, reading, start, laid, names)
        yield from self._sight(section, reading, start, end, laid, drawn)

    def _rest(self, section: Section, number: int, part: Flow, end: int, last: str) -> Iterator[Difference]:
        """What follows the criteria of a section: its codes, each with the register's words, and nothing else."""
        rest = part.chars[end:]
        known = self.guideline.registers.codes
        listed = listed_codes(section)

        def row(code: str) -> str:
            return "".join((code + known[code].system + known[code].label.value).split()) if code in known else code

        spaced = [f"{entry.system} {code}, {entry.label.value}" for code, entry in known.items()]
        spaced += [f"Codes in section {number}", "Code System Service Named in", "Code in this section:"]
        spaced += [chapter.title.value for chapter in self.guideline.chapters]
        words = {"".join(one.split()) for one in spaced} | {row(code) for code in (*known, *listed)}
        table = "|".join(re.escape(one) for one in sorted(words, key=lambda one: (-len(one), one)))
        if re.fullmatch(rf"(?:{table}|{_PLACE}|[A-Z]{{1,3}}(?={table}))*", rest) is None:
            added = f"says “{part.said(end, end + 160)}” after its criteria, which the source does not"
            yield self._differ(section.id, last, "added", added)
        for code in listed:
            if row(code) not in rest and not (len(listed) == 1 and f"{code}" in rest):
                yield self._differ(section.id, section.id, "codes", f"{code} is missing from its table of codes")

    def _depths(
        self,
        section: Section,
        reading: Reading,
        start: int,
        laid: Laid,
        in_tags: Mapping[tuple[int, int], tuple[int, Tagged]],
    ) -> Iterator[Difference]:
        """In the tags each criterion stands in as many lists as the tree is deep there."""
        first = heads(laid)

        def lists(id: str) -> int | None:
            if id not in first:
                return None
            page, run = reading.run(start + first[id])
            return in_tags[page, run.mcid or 0][1].lists

        for tree in trees(section):
            for below in tree.below():
                for other in (*below.members, *below.guards):
                    unlisted = other.heading and other.role != "member"
                    ours, theirs = lists(below.node.id), lists(other.node.id)
                    wanted = (ours or 0) + (0 if unlisted else 1)
                    if None not in (ours, theirs) and theirs != wanted:
                        deep = f"its tags stand {theirs} lists deep instead of {wanted}"
                        yield self._differ(section.id, other.node.id, "nesting", deep)

    def _ids(
        self, section: Section, reading: Reading, start: int, laid: Laid, names: Mapping[str, tuple[int, float]]
    ) -> Iterator[Difference]:
        """Every id is a place in the file that can be led to, and its words stand there."""
        first = heads(laid)
        for id, (owner, _, _) in self._places.items():
            if owner.id != section.id or id == section.id:
                continue
            if id not in names:
                yield self._differ(section.id, id, "id", "no place in the file has its id")
            elif id in first:
                page, run = reading.run(start + first[id])
                there, height = names[id]
                if (there, -height) > (page, -run.base + 2) or page - there > 1:
                    leads = f"its id leads to page {there + 1}, it stands on {page + 1}"
                    yield self._differ(section.id, id, "id", leads)

    def _sight(
        self, section: Section, reading: Reading, start: int, end: int, laid: Laid, drawn: Sequence[PageText]
    ) -> Iterator[Difference]:
        """Every word can be seen: on the page, large enough, in a colour of its own, under nothing."""
        said: set[tuple[str, str]] = set()
        first = bisect_right(reading.starts, start - 1)
        for at in range(first, bisect_right(reading.starts, end - 1)):
            page, run = reading.runs[at]
            for why in (*run.faults, *unseen(run, drawn[page].paints)):
                owner = laid.owner(reading.starts[at] - start) or section.id
                if (owner, why) not in said:
                    said.add((owner, why))
                    yield self._differ(section.id, owner, "hidden", f"“{run.text[:80]}” cannot be seen: {why}")

    def _front(self, front: Flow, whole: Flow) -> Iterator[Difference]:
        """The cover names the edition; what is for drafts alone is nowhere else."""
        one = self.guideline
        for kind, words in (
            ("title", one.title.value),
            ("version", f"Version {one.version}"),
            ("status", f"Status {one.status.capitalize()}"),
            ("policy_number", one.policy_number),
            *(("revision", past.version) for past in one.revisions),
        ):
            if "".join(words.split()) not in front.chars:
                yield self._differ("", "", kind, f"the cover does not say “{words}”")
        if one.notice is not None and "".join(one.notice.value.split()) not in front.chars:
            yield self._differ("", "", "notice", "its notice is missing from the cover")
        if one.status != "draft" and "Querytotheauthor" in whole.chars:
            yield self._differ("", "", "query", "it shows a query to the author and is no draft")

    def _marks(
        self, drawn: Sequence[PageText], in_tags: Mapping[tuple[int, int], tuple[int, Tagged]]
    ) -> Iterator[Difference]:
        """DRAFT or RETIRED stands at the head of every page of such an edition, and of no other."""
        for word in ("DRAFT", "RETIRED"):
            wanted = self.guideline.status.upper() == word
            for page, text in enumerate(drawn):
                heads = [
                    run for run in text.runs if run.text.strip() == word and (page, run.mcid) not in in_tags
                ]  # fmt: skip
                shown = any(not run.faults and not list(unseen(run, text.paints)) for run in heads)
                if shown != wanted:
                    words = "lacks" if wanted else "bears"
                    yield self._differ("", "", "status", f"page {page + 1} {words} the mark {word}")
                    break

    def _running(self, drawn: Sequence[PageText]) -> Iterator[Difference]:
        """A running head that names a group which goes on from the page before names one that there is."""
        sections = self.guideline.sections
        spots = [spot for section in sections for tree in trees(section) for spot in tree.below() if spot.heading]
        known = set()
        for spot in spots:
            word = re.search(r"AT LEAST \d+|[A-Z]{3,}", spot.heading)
            known.add(f"{spot.label} {word[0] if word is not None else ''}".strip())
        for page, text in enumerate(drawn, 1):
            for run in text.runs:
                name, found, _ = run.text.partition(" (continued)")
                if found and run.mcid is None and name.strip() not in known and run.base > text.box[3] * 0.85:
                    yield self._differ(
                        "", "", "running", f"page {page} goes on with “{name}”, and there is no such group"
                    )

    def _file(self, reader: PdfReader, pages: Sequence[object]) -> Iterator[Difference]:
        """What the file says of itself, and the JSON that it carries."""
        one = self.guideline
        edition = f"version {one.version}" + (f", {one.status}" if one.status != "final" else "")
        day = max((past.date for past in one.revisions), default=one.effective)
        for account in accounts(reader) or [{"title": "", "author": "", "day": "", "language": ""}]:
            title = account["title"]
            if not title.startswith(one.title.value) or not title.endswith(edition) or one.policy_number not in title:
                called = f"the file calls itself “{title}”, not “{one.title.value}, {edition}”"
                yield self._differ("", "", "title", called)
            for key, wanted in (("author", one.publisher), ("day", day), ("language", "en-US")):
                if account[key] != wanted:
                    yield self._differ("", "", key, f"the file gives its {key} as “{account[key]}”, not “{wanted}”")
        carried = attachments(reader)
        name = f"{one.id}.json"
        if list(carried) != [name]:
            yield self._differ("", "", "attachment", f"it carries {', '.join(carried) or 'nothing'} instead of {name}")
        elif self.export is not None and carried[name] != self.export:
            yield self._differ("", "", "attachment", f"the {name} that it carries is not the one that is published")
        elif self.export is None:
            for found in json_differences(one, carried[name]):
                yield found._replace(output="JSON in the PDF")
        for place, page in enumerate(pages, 1):
            for link in page.get("/Annots", []):  # type: ignore[attr-defined]
                if (kind := link.get_object().get("/Subtype")) != "/Link":
                    yield self._differ("", "", "hidden", f"page {place} holds a {kind} annotation over its text")
