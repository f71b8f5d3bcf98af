"""The published site, read back page by page and laid beside the source."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from policypress.model import Guideline, Section
from policypress.verify.flow import Difference, Flow, compare_flow
from policypress.verify.html import Element, Page, read_page
from policypress.verify.laid import Spot, ordered, trees
from policypress.verify.links import Links
from policypress.verify.listed import read_list
from policypress.verify.page import look
from policypress.verify.read_codes import listed_codes
from policypress.verify.said import Said
from policypress.verify.styles import Rule, Rules, notable

_OWN_TITLE = re.compile(r"p_(?:\d+_)?(?:codes|terms)")
WHOLE = "whole_guideline.html"
_WHOLE_MOST = 200  # sections: a longer guideline has no page that holds all of it


class SiteReader:
    """Reads the pages of one guideline below the folder of a site."""

    def __init__(self, guideline: Guideline, library: Mapping[str, Guideline], site: Path) -> None:
        self.guideline = guideline
        self.site = site
        self.said = Said(guideline, library, "site")
        self._links = Links(guideline, library, site)
        self.files: dict[str, str] = {}  # what was read -> its SHA-256
        self.pieces = 0
        self._sheets: dict[tuple[tuple[str, str], ...], Rules] = {}

    def differences(self) -> Iterator[Difference]:
        sections = ordered(self.guideline)
        for number, section in enumerate(sections, 1):
            yield from self.section(section, number)
        yield from self._whole(sections)
        yield from self._front(sections)

    def _differ(self, section: str, id: str, kind: str, said: str) -> Difference:
        return Difference(self.guideline.id, "site", section, id, kind, said)

    def _read(self, path: str) -> str | None:
        try:
            data = (self.site / path).read_bytes()
            self.files[path] = hashlib.sha256(data).hexdigest()
            return data.decode("utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    def section(self, section: Section, number: int) -> Iterator[Difference]:
        id = section.id
        path = f"{self.guideline.id}/{id}.html"
        html = self._read(path)
        if html is None:
            yield self._differ(id, id, "section", f"the page {path} cannot be read")
            return
        page = read_page(html)
        for fault in page.faults:
            yield self._differ(id, id, "file", f"in {path} {fault}")
        yield from self._page(section, number, page, path)
        page.forget()

    def _page(self, section: Section, number: int, page: Page, path: str) -> Iterator[Difference]:
        id = section.id
        articles = page.all("article")
        if len(articles) != 1 or articles[0].attributes.get("id") != id:
            names = ", ".join(one.attributes.get("id", "without id") for one in articles) or "nothing"
            yield self._differ(id, id, "section", f"{path} shows {names} instead of this section")
            return
        yield from self._article(section, number, articles[0], self._rules(page, path), path)

    def _whole(self, sections: list[Section]) -> Iterator[Difference]:
        """The page that holds every section, each as its own page does."""
        path = f"{self.guideline.id}/{WHOLE}"
        if not 0 < len(sections) <= _WHOLE_MOST:
            return
        html = self._read(path)
        if html is None:
            yield self._differ("", "", "file", f"the page {path} cannot be read")
            return
        page = read_page(html)
        articles = page.all("article")
        if [one.attributes.get("id") for one in articles] != [section.id for section in sections]:
            yield self._differ("", "", "order", f"{path} does not hold the sections as the source orders them")
            return
        rules = self._rules(page, path)
        found = [self._differ("", "", "file", fault) for fault in page.faults]
        for number, (section, article) in enumerate(zip(sections, articles, strict=True), 1):
            found += self._article(section, number, article, rules, path)
        yield from (one._replace(said=f"in {path} {one.said}") for one in found)

    def _article(
        self, section: Section, number: int, article: Element, rules: Rules, path: str
    ) -> Iterator[Difference]:
        id = section.id
        inside = article.below()
        head = next((one for one in inside if one.tag == "header"), None)
        yield from self._head(section, number, head, rules)
        above = article.parent
        while above is not None:
            frame = Element(above.tag, above.attributes, above.parent)
            for _, why, _ in look(Element(frame.tag, frame.attributes, frame.parent, ["x"]), rules).hidden:
                yield self._differ(id, id, "hidden", f"the whole section is hidden by {why}")
            above = above.parent
        seen = look(article, rules, lambda one: one.tag == "table" or one is head or _codes_title(one))
        for owner, why, words in seen.hidden:
            yield self._differ(id, owner, "hidden", f"“{words[:80]}” is hidden by {why}")
        flow = Flow.of(seen.runs)
        pieces = list(self.said.section(section))
        self.pieces += len(pieces)
        laid = compare_flow(pieces, flow)
        for owner, kind, words in laid.faults:
            yield self._differ(id, owner, kind, words)
        if rest := flow.said(laid.end, len(flow.chars)):
            added = f"says “{rest[:160]}” at its end, which the source does not"
            yield self._differ(id, laid.last or id, "added", added)
        yield from self._anchors(section, seen.ids, seen.levels)
        rows = [one for one in inside if one.tag == "tr"]
        yield from self._codes(section, [row for row in rows if not _of_terms(row)])
        for owner, words in self._links.faults(section, [one for one in inside if one.tag == "a"], path):
            yield self._differ(id, owner, "link", words)
        yield from self._terms(section, [row for row in rows if _of_terms(row)])

    def _head(
        self, section: Section, number: int, head: Element | None, rules: Rules
    ) -> Iterator[Difference]:
        id = section.id
        if head is None:
            yield self._differ(id, id, "title", "its head is missing")
            return
        seen = look(head, rules)
        for _, why, words in seen.hidden:
            yield self._differ(id, id, "hidden", f"“{words[:80]}” is hidden by {why}")
        title = next(head.find(lambda one: one.tag in ("h1", "h2")), None)
        wanted = f"{number} {section.title.value}"
        if title is None or title.words() != " ".join(wanted.split()):
            said = title.words() if title is not None else ""
            yield self._differ(id, id, "title", f"the title says “{said}” where the source says “{wanted}”")
        words, paragraphs = head.words(), [one for one in head.below() if one.tag == "p"]
        for status in ("draft", "retired"):
            shown = any(
                status in one.attributes.get("class", "").split() and one.words().startswith(status.capitalize())
                for one in paragraphs
            )
            if shown != (self.guideline.status == status):
                yield self._differ(id, id, "status", _mark(status, shown))
        for name, value in (("Status", self.guideline.status.capitalize()), ("Version", self.guideline.version)):
            if f"{name} {value}" not in words:
                yield self._differ(id, id, "version", f"its head does not say {name.lower()} {value}")

    def _anchors(self, section: Section, ids: dict[str, list[str]], levels: dict[str, int]) -> Iterator[Difference]:
        """Every id stands once, below the id that it hangs on, and in as many lists as the tree is deep there."""
        hanging: dict[str, str] = {ruling.id: section.id for ruling in section.rulings if ruling.id != section.id}
        hanging |= {rule.id: section.id for rule in section.coding_rules}
        deep: dict[str, int] = {}

        def add(spot: Spot, level: int) -> None:
            parent = spot.parent
            for id in spot.ids:
                hanging[id] = parent
                parent = id
            own = level + (0 if spot.heading and spot.role != "member" else 1)
            deep[spot.ids[0]] = own
            for other in (*spot.guards, *spot.members):
                add(other, own)

        rules = {rule.id for rule in section.coding_rules}
        for tree in trees(section):
            add(tree, 1 if tree.parent in rules else 0)
        for id, parent in hanging.items():
            places = ids.get(id, [])
            if len(places) != 1:
                yield self._differ(section.id, id, "id", f"the id is there {len(places)} times instead of once")
            elif places[0] != parent and not (parent == section.id and places[0] == ""):
                yield self._differ(section.id, id, "nesting", f"stands below {places[0]} instead of {parent}")
            elif id in deep and levels[id] != deep[id]:
                yield self._differ(section.id, id, "nesting", f"stands {levels[id]} lists deep instead of {deep[id]}")
        for id in ids:
            if id not in hanging and id != section.id and not id.startswith("p_"):
                yield self._differ(section.id, id, "id", "the source has no such id here")

    def _codes(self, section: Section, found: Sequence[Element]) -> Iterator[Difference]:
        """The table of codes holds every code that the section lists, each with the register's label."""
        rows = {}
        for row in found:
            cells = [cell.words() for cell in row.children if isinstance(cell, Element)]
            rows[cells[0]] = cells[1] if len(cells) > 1 else ""
        known = self.guideline.registers.codes
        for code in listed_codes(section):
            if code not in rows:
                yield self._differ(section.id, section.id, "codes", f"{code} is missing from its table of codes")
        for code, said in rows.items():
            label = known[code].label.value if code in known else ""
            if code in known and not said.startswith(" ".join(label.split())):
                yield self._differ(
                    section.id, section.id, "codes", f"the table of codes calls {code} “{said}”, the register “{label}”"
                )

    def _terms(self, section: Section, found: Sequence[Element]) -> Iterator[Difference]:
        """The table of terms says of each what the register says."""
        means = self._means
        for row in found:
            cells = [cell.words() for cell in row.children if isinstance(cell, Element) and cell.tag in ("th", "td")]
            if cells[0] != "Term" and " ".join(means.get(cells[0], "").split()) != " ".join(cells[1:]):
                said = f"the table of terms says “{cells[-1]}” of {cells[0]}, the register “{means.get(cells[0], '')}”"
                yield self._differ(section.id, section.id, "terms", said)

    @cached_property
    def _means(self) -> Mapping[str, str]:
        """What the register says of each term, by all its spellings."""
        return {
            spelled.value: " ".join(part.value for part in (term.expansion, term.definition) if part is not None)
            for term in self.guideline.registers.terms.values()
            for spelled in (*term.variants, term.term)
        }

    def _front(self, sections: list[Section]) -> Iterator[Difference]:
        """The page of the guideline: its title, its status, its sections in order, its notices."""
        path = f"{self.guideline.id}/index.html"
        read = read_list(self.site, path)
        for one in read.paths:
            self._read(one)
        for fault in read.faults:
            yield self._differ("", "", "file", fault)
        main = read.main
        links = [
            (one.attributes.get("href", ""), one.words())
            for one in main.find(lambda one: one.tag == "a")
            if one.parent is not None and one.parent.tag == "li"
        ]
        wanted = [
            (f"{section.id}.html", " ".join(f"{number} {section.title.value}".split()))
            for number, section in enumerate(sections, 1)
        ]
        addresses = {address for address, _ in wanted}
        there = [link for link in links if link[0] in addresses]
        if there != wanted:
            yield self._differ("", "", "order", "its page does not list the sections as the source orders them")
        for part in (child for child in main.children if isinstance(child, Element)):
            marks = part.find(lambda one: one.tag == "p" and "draft" in one.attributes.get("class", "").split())
            if (shown := any(True for _ in marks)) != (self.guideline.status == "draft"):
                yield self._differ("", "", "status", _mark("draft", shown))
        if self.guideline.notice is not None:
            notice = " ".join(self.guideline.notice.value.split())
            if any(notice not in page.top.words() for page in read.pages):
                yield self._differ("", "", "notice", f"its notice is missing from {path}")

    def _rules(self, page: Page, path: str) -> Rules:
        """Return the rules of a page. Most pages have the same stylesheets, which are looked into once."""
        sheets: list[tuple[str, str]] = []  # words, or the folder and address of a file
        for element in page.all("link", "style"):
            if element.tag == "style":
                sheets.append(("", element.words()))
            elif element.attributes.get("rel") == "stylesheet":
                sheets.append((path.rpartition("/")[0] or ".", element.attributes.get("href", "")))
        key = tuple(sheets)
        if (rules := self._sheets.get(key)) is None:
            found: list[Rule] = []
            for folder, words in sheets:
                found += _sheet(self.site / folder / unquote(urlsplit(words).path)) if folder else notable(words)
            rules = self._sheets[key] = Rules(found)
        return rules


def _sheet(path: Path) -> tuple[Rule, ...]:
    try:
        return notable(path.resolve().read_text(encoding="utf-8"))
    except OSError:
        return ()


def _codes_title(element: Element) -> bool:
    id = element.attributes.get("id")
    return id is not None and _OWN_TITLE.fullmatch(id) is not None


def _of_terms(row: Element) -> bool:
    above = row.parent
    while above is not None and above.tag != "section":
        above = above.parent
    return above is not None and "terms-here" in above.attributes.get("class", "")


def _mark(status: str, shown: bool) -> str:
    return f"it is shown as {status}, which it is not" if shown else f"it is {status}, and is not shown as such"
