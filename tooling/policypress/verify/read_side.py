"""The pages of the site beside those of the sections, read back: codes, terms, references, history, source document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from policypress.criteria import Group, Node
from policypress.model import Guideline, Section
from policypress.text import Text
from policypress.verify.expected_json import Expected
from policypress.verify.flow import Difference
from policypress.verify.html import Element
from policypress.verify.laid import ordered, trees
from policypress.verify.listed import read_list, whole
from policypress.verify.markup import plain
from policypress.verify.read_codes import lists
from policypress.verify.read_lists import BROWSE, LISTS, Places, listed, script_differences

_Found = Iterator[tuple[str, str, str]]  # id, kind, what is said


def side_differences(guidelines: Mapping[str, Guideline], site: Path) -> Iterator[Difference]:
    """Yield how the pages that no section owns depart from the source."""
    read: set[str] = set()
    for path, compared in _pages(guidelines, site):
        page = read_list(site, path)
        read.update(page.paths)
        for fault in page.faults:
            yield Difference(path, "site", "", "", "file", fault)
        for id, kind, said in compared(page.main):
            yield Difference(path, "site", "", id, kind, said)
        if path == BROWSE:
            yield from script_differences(site, page.paths)
        page.forget()
    for stray in sorted(one.relative_to(site).as_posix() for one in site.rglob("*_*.html")):
        if stray not in read and whole(stray) in read:
            yield Difference(stray, "site", "", "", "file", "it is the part of no list")


def _pages(guidelines: Mapping[str, Guideline], site: Path) -> Iterator[tuple[str, Callable[[Element], _Found]]]:
    """Yield each page with what compares its main part."""
    for code, addresses in sorted(_uses(guidelines).items()):
        yield f"codes/{code}.html", partial(_code, code=code, addresses=addresses, guidelines=guidelines)
    yield "terms.html", partial(_terms, guidelines=guidelines)
    yield "references.html", partial(_references, guidelines=guidelines)
    places = Places(guidelines, site)
    for path in LISTS:
        if (site / path).is_file():
            yield path, partial(listed, path=path, places=places)
    for guideline in guidelines.values():
        yield f"{guideline.id}/revision_history.html", partial(_history, guideline=guideline)
        if guideline.statements:
            yield f"{guideline.id}/source_concordance.html", partial(_source, guideline=guideline)


def _uses(guidelines: Mapping[str, Guideline]) -> dict[str, set[str]]:
    """Return the codes that have a page, with the addresses of what lists them."""
    uses: dict[str, set[str]] = {}
    for guideline in guidelines.values():
        for code in guideline.registers.codes:
            uses.setdefault(code, set())
        for section in ordered(guideline):
            for id, _, some in lists(section):
                for typed in Expected(guideline).codes(some):
                    address = f"../{guideline.id}/{section.id}.html" + ("" if id == section.id else f"#{id}")
                    uses.setdefault(typed.partition("-")[0], set()).add(address)
    return uses


def _code(page: Element, code: str, addresses: set[str], guidelines: Mapping[str, Guideline]) -> _Found:
    if {one.words() for one in page.find(lambda one: one.tag == "h1")} != {code}:
        yield code, "title", f"its title is not {code}"
    labels = [one.words() for one in page.find(lambda one: "intro" in _classes(one))]
    for guideline in guidelines.values():
        entry = guideline.registers.codes.get(code)
        if entry is not None and not any(_starts(one, _folded(entry.label.value)) for one in labels):
            yield code, "label", f"does not say “{entry.label.value}”, as the register does"
    for address in sorted(addresses - set(_links(page))):
        yield code, "use", f"no link leads to {address}, where the code is used"


def _terms(page: Element, guidelines: Mapping[str, Guideline]) -> _Found:
    wanted: dict[str, set[str]] = {}
    for guideline in guidelines.values():
        for entry in guideline.registers.terms.values():
            meaning = " ".join(filter(None, (_folded(_words(entry.expansion)), _plain(entry.definition))))
            wanted.setdefault(_folded(entry.term.value), set()).add(meaning)
    found: dict[str, set[str]] = {}
    for head in page.find(lambda one: one.tag == "dt"):
        said = " ".join(" ".join(child for child in head.children if isinstance(child, str)).split())
        meanings = [] if head.parent is None else [one.words() for one in head.parent.find(lambda one: one.tag == "dd")]
        found.setdefault(said, set()).update(meanings)
    for term in sorted({*wanted, *found}):
        if _bare(found.get(term, ())) != _bare(wanted.get(term, ())):
            told, right = (" / ".join(sorted(some.get(term, ()))) or "nothing" for some in (found, wanted))
            yield term, "term", f"says “{told}” where the register says “{right}”"


def _references(page: Element, guidelines: Mapping[str, Guideline]) -> _Found:
    said = {
        one.attributes["id"].removeprefix("r_"): one
        for one in page.find(lambda one: one.attributes.get("id", "").startswith("r_"))
    }
    for guideline in guidelines.values():
        for id, entry in guideline.registers.references.items():
            words = " ".join(filter(None, (_folded(entry.title.value), _folded(entry.locator))))
            entries = [one for name, one in said.items() if name == id or name.startswith(f"{id}-")]
            if not any(_bare_words(one.words()) == _bare_words(words + id + _cited(one)) for one in entries):
                yield id, "reference", f"does not say “{words}”"
            elif entry.href.startswith(("https://", "http://")) and not any(
                entry.href in _links(one) for one in entries
            ):
                yield id, "reference", f"does not lead to {entry.href}"


def _cited(entry: Element) -> str:
    """Return the words that say where a reference is cited."""
    return " ".join(one.words() for one in entry.find(lambda one: "places" in _classes(one)))


def _history(page: Element, guideline: Guideline) -> _Found:
    rows = _rows(page)
    wanted = [(one.version, one.date, _plain(one.summary)) for one in reversed(guideline.revisions)]
    wanted += [(one.id.value, one.on, "") for one in guideline.retired]
    for place, (name, day, summary) in enumerate(wanted):
        row = rows[place] if place < len(rows) else Element("", {}, None)
        days = [one.attributes.get("datetime") for one in row.find(lambda one: one.tag == "time")]
        cells = [one.words() for one in row.children if isinstance(one, Element)]
        if (
            not cells
            or cells[0] != name
            or days != [day]
            or (summary and _bare_words(cells[-1]) != _bare_words(summary))
        ):
            yield name, "revision", f"does not say in its place: {name}, {day}, {summary or 'gone'}"
    if len(rows) > len(wanted):
        yield "", "revision", "says more than the source does"


def _source(page: Element, guideline: Guideline) -> _Found:
    rows = _rows(page)
    carried: dict[str, set[str]] = {}
    for section in ordered(guideline):
        for id, statements in _carriers(section, guideline.draft):
            address = f"{section.id}.html" + ("" if id == section.id else f"#{id}")
            for statement in statements:
                carried.setdefault(statement, set()).add(address)
    if len(rows) != len(guideline.statements):
        yield "", "statement", f"lists {len(rows)} statements instead of {len(guideline.statements)}"
    for row, entry in zip(rows, guideline.statements, strict=False):
        id = entry.id.value
        name = next((one.words() for one in row.find(lambda one: one.tag == "th")), "")
        places = next(row.find(lambda one: "places" in _classes(one)), Element("", {}, None))
        if name != id:
            yield id, "statement", "does not stand in its place"
        elif wrong := set(_links(places)) ^ carried.get(id, set()):
            yield id, "statement", f"is carried otherwise than it says: {', '.join(sorted(wrong))}"
        elif entry.left_out is not None and _bare_words(_plain(entry.left_out)) not in _bare_words(row.words()):
            yield id, "statement", "does not say why it is left out"


def _carriers(section: Section, drafts: bool) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield everything of a section that names statements, by the id where it stands in print."""
    things: list[tuple[str, object]] = [(section.id, section)]
    things += [(ruling.id, ruling) for ruling in section.rulings]
    things += [(rule.id, rule) for rule in section.coding_rules]
    for tree in trees(section):
        for spot in tree.below():
            things.append((spot.ids[0], spot.node))
            yield from ((spot.ids[0], one.from_) for one in _within(spot.node, spot.ids))
    for id, thing in things:
        yield id, getattr(thing, "from_", ())
        notes = [note for key in ("examples", "documentation", "notes") for note in getattr(thing, key, ())]
        yield from ((id, note.from_) for note in notes)
        for asked in (thing, *notes):
            query = getattr(asked, "query", None)
            if drafts and query is not None:
                yield id, query.from_


def _within(node: Node, ids: Iterable[str]) -> Iterator[Node]:
    """Yield what is printed in one line with a node: the member of a NOT."""
    if isinstance(node, Group) and node.of and node.of[0].id in ids:
        yield node.of[0]


def _rows(page: Element) -> list[Element]:
    return [row for body in page.find(lambda one: one.tag == "tbody") for row in body.find(lambda one: one.tag == "tr")]


def _links(element: Element) -> list[str]:
    return [one.attributes.get("href", "") for one in element.find(lambda one: one.tag == "a")]


def _classes(element: Element) -> list[str]:
    return element.attributes.get("class", "").split()


def _starts(said: str, words: str) -> bool:
    return said == words or said.startswith(f"{words} ")


def _folded(text: str) -> str:
    return " ".join(text.split())


def _words(text: Text | None) -> str:
    return "" if text is None else text.value


def _plain(text: Text | None) -> str:
    return "" if text is None else _folded(plain(text.value))


def _bare_words(words: str) -> str:
    """Return words without the white space and commas that markup may put between them."""
    return "".join(words.replace(",", " ").split())


def _bare(several: Iterable[str]) -> set[str]:
    return {_bare_words(one) for one in several}
