"""The lists of the site, read back: each link says what it leads to, and the script of the filter holds its list."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import unquote, urlsplit

from policypress.criteria import Criterion
from policypress.model import Guideline, section_nodes
from policypress.verify.flow import Difference
from policypress.verify.html import Element
from policypress.verify.laid import ordered
from policypress.verify.markup import plain
from policypress.verify.read_json import Strange, read_json

BROWSE = "browse.html"
_A_TO_Z = "a-z.html"  # whose links say other words than what they lead to
_RULINGS = "js/rulings.js"
LISTS = ("index.html", BROWSE, "codes/index.html", "indications.html", "modalities.html", "phases.html", _A_TO_Z)


class Places:
    """Where links may lead: what each section and each criterion says, and which files there are."""

    def __init__(self, guidelines: Mapping[str, Guideline], site: Path) -> None:
        self.pages = {f"{one.id}/{section.id}.html": section for one in guidelines.values() for section in ordered(one)}
        self.titles = {name: " ".join(section.title.value.split()) for name, section in self.pages.items()}
        self._site = site
        self._texts: dict[str, dict[str, str]] = {}
        self._there: dict[str, bool] = {}

    def text(self, name: str, id: str) -> str:
        """Return the text of a criterion; "" where there is none of that id."""
        if name not in self._texts:
            nodes = (node for node in section_nodes(self.pages[name]) if isinstance(node, Criterion))
            self._texts[name] = {node.id: " ".join(plain(node.text.value).split()) for node in nodes}
        return self._texts[name].get(id, "")

    def is_there(self, name: str) -> bool:
        if name not in self._there:
            self._there[name] = name in self.pages or name.startswith("../") or (self._site / name).is_file()
        return self._there[name]


def listed(page: Element, path: str, places: Places) -> Iterator[tuple[str, str, str]]:
    """A page that only leads elsewhere: what is there must be what the link says."""
    links = list(page.find(lambda one: one.tag == "a"))
    if not links:
        yield "", "file", "it leads nowhere, or cannot be read"
    for link in links:
        address, words = urlsplit(link.attributes.get("href", "")), link.words()
        if address.scheme or address.netloc or not address.path:
            continue
        name = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(address.path)))
        id, there = unquote(address.fragment), places.pages.get(name)
        if not places.is_there(name):
            yield id, "link", f"“{words}” leads to {name}, which is not there"
        elif there is not None and path != _A_TO_Z:
            if places.titles[name] not in words:
                said = places.text(name, id)
                if not said or _bare(said) != _bare(words):
                    yield id or there.id, "link", f"“{words}” leads to {name}#{id}, which says something else"
        elif (
            "code" in link.attributes.get("class", "").split()
            and name.startswith("codes/")
            and words
            and name != f"codes/{words.split(' ')[-1]}.html"
        ):
            yield words, "link", f"the code {words} leads to {name}"


def script_differences(site: Path, pages: Sequence[str]) -> Iterator[Difference]:
    """The script that brings the whole list to a filter holds the entries of its parts, in their order."""
    try:
        begin, _, rest = (site / _RULINGS).read_text(encoding="utf-8").partition("=")
        entries = read_json(rest.strip().removesuffix(";").encode())
    except FileNotFoundError:
        if len(pages) > 1:
            yield Difference(_RULINGS, "site", "", "", "file", "it is not there, and the list is in parts")
        return
    except (OSError, UnicodeDecodeError, Strange) as fault:
        yield Difference(_RULINGS, "site", "", "", "file", f"it cannot be read ({fault})")
        return
    there = "".join((site / one).read_text(encoding="utf-8") for one in pages)
    place, lost = 0, []
    for entry in entries if begin == "window.POLICYPRESS_RULINGS" and isinstance(entries, list) else [""]:
        found = there.find(str(entry), place) if entry else -1
        lost += [str(entry)[:120]] if found < 0 else []
        place = max(place, found + len(str(entry)))
    if lost or there.count("<li data-") != len(entries):
        yield Difference(_RULINGS, "site", "", "", "list", f"it holds other entries than the list: {lost[:1] or ''}")


def _bare(words: str) -> str:
    """Return words without the white space and commas that markup may put between them."""
    return "".join(words.replace(",", " ").split())
