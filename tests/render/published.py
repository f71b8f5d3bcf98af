"""A built site, read back by Python's own HTML parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from policypress.library import read_library
from policypress.outline import GuidelineOutline, outline

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
LIBRARY = ROOT / "tests" / "library"
_VOID = frozenset("area base br col embed hr img input link meta source track wbr circle path use".split())


def laid_library(source: Path = LIBRARY) -> list[GuidelineOutline]:
    read = read_library(source)
    assert not read.findings
    return [outline(guideline) for guideline in read.library.guidelines]


def files(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in sorted(site.rglob("*")) if path.is_file()}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    @property
    def classes(self) -> list[str]:
        return self.attributes.get("class", "").split()

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join("".join(parts).split())

    def all(self, tag: str = "", css: str = "") -> list[Element]:
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if (not tag or child.tag == tag) and (not css or css in child.classes):
                    found.append(child)
                found += child.all(tag, css)
        return found

    def own(self, css: str) -> Element | None:
        return next((child for child in self.children if isinstance(child, Element) and css in child.classes), None)


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {key: value or "" for key, value in attrs})
        self.open[-1].children.append(made)
        if tag not in _VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {key: value or "" for key, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)


def page(path: Path) -> Element:
    """Read a page; an end tag without its start, or the reverse, fails."""
    parser = _Parser()
    parser.feed(path.read_text(encoding="utf-8"))
    parser.close()
    assert len(parser.open) == 1, f"{path.name}: {parser.open[-1].tag} stays open"
    return parser.open[0]
