"""Where every page of the site lies, and how one page leads to another.

Pages lie at the top or one folder deep. Names of our own pages inside a guideline's folder hold an underscore, which
no id can hold, so that a section called `revisions` keeps its page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from policypress.outline import GuidelineOutline, Place, SectionOutline
from policypress.registers import Code, Reference, Term
from policypress.render.html import Words
from policypress.render.site_parts import SMALL, homes, room
from policypress.text import Source, Span, Text

CODES = "codes/index.html"
INDICATIONS = "indications.html"
TERMS = "terms.html"
BROWSE = "browse.html"
MODALITIES = "modalities.html"
PHASES = "phases.html"
ALPHABET = "a-z.html"
REFERENCES = "references.html"
FEED = "feed.xml"
RULINGS = "js/rulings.js"

_NAME = re.compile(r"[A-Za-z0-9]+(?:[.-][A-Za-z0-9]+)*")
_NOWHERE = Span(Source("", ""), 0, 0)
_STATEMENT = 600  # characters that a statement takes in the concordance, with what carries it


class SiteFault(Exception):
    """The site cannot be published as it stands; the text says why, a line for each fault."""


def name(part: str) -> str:
    """Return an id or a code as a file name; refuse what could be anything else."""
    if _NAME.fullmatch(part) is None:
        raise SiteFault(f"{part!r} cannot name a page of the site: letters, digits, single dots and hyphens can.")
    return part


def guideline_page(guideline: str) -> str:
    return f"{name(guideline)}/index.html"


def revisions_page(guideline: str) -> str:
    return f"{name(guideline)}/revision_history.html"


def concordance_page(guideline: str) -> str:
    return f"{name(guideline)}/source_concordance.html"


def whole_page(guideline: str) -> str:
    return f"{name(guideline)}/whole_guideline.html"


def section_page(guideline: str, section: str) -> str:
    path = f"{name(guideline)}/{name(section)}.html"
    if section == "index":
        raise SiteFault(f"The section `index` of {guideline} wants the address of the guideline itself: rename it.")
    return path


def code_page(code: str) -> str:
    return f"codes/{name(code)}.html"


def pdf(guideline: str) -> str:
    """Return where the PDF lies, seen from the top of the site."""
    return f"../pdf/{name(guideline)}.pdf"


def export(guideline: str) -> str:
    """Return where the JSON lies, seen from the top of the site."""
    return f"../json/{name(guideline)}.json"


def link(page: str, to: str) -> str:
    """Return the address of `to`, a path from the top of the site, as `page` writes it."""
    folder = page.rpartition("/")[0]
    if folder and to.startswith(folder + "/"):
        return to[len(folder) + 1 :]
    return ("../" if folder else "") + to


def yaml_place(laid: GuidelineOutline, section: SectionOutline) -> str:
    """Return the file of a section below the source, with its line."""
    file, home = section.section.source.file, laid.guideline.source.file
    if file is None or home is None:
        return ""
    return f"{file.relative_to(home.parent.parent).as_posix()}#L{section.section.span.begin.line}"


@dataclass(frozen=True, slots=True)
class Shared:
    """An entry of a register with its anchor, and the guidelines that have it so."""

    entry: Any
    anchor: str
    guidelines: tuple[str, ...]


@dataclass(frozen=True)
class Atlas:
    """Everything that can be linked to."""

    laid: Mapping[str, GuidelineOutline]
    codes: Mapping[str, tuple[Shared, ...]]
    terms: tuple[Shared, ...]
    references: tuple[Shared, ...]
    _anchors: Mapping[tuple[str, str, str], str] = field(default_factory=dict)

    @cached_property
    def sections(self) -> int:
        return sum(len(one.sections) for one in self.laid.values())

    @property
    def small(self) -> bool:
        """Whether a reader can go through the library from end to end."""
        return self.sections <= SMALL

    @property
    def room(self) -> int:
        """How many characters of a list fit on one page."""
        return room(self.sections)

    @cached_property
    def homes(self) -> Mapping[str, str]:
        """The page of each term and each reference, by its anchor."""
        found: dict[str, str] = {}
        for path, entries, weight in ((TERMS, self.terms, _term_weight), (REFERENCES, self.references, _cited_weight)):
            pages = homes(path, [weight(one.entry) for one in entries], self.room)
            found |= dict(zip((one.anchor for one in entries), pages, strict=True))
        return found

    @cached_property
    def _statements(self) -> Mapping[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for id, one in self.laid.items():
            ledger = one.guideline.statements
            weights = [_STATEMENT + len(_words(statement.left_out) or "") for statement in ledger]
            pages = homes(concordance_page(id), weights, self.room)
            found |= {(id, each.id.value): page for each, page in zip(ledger, pages, strict=True)}
        return found

    def statement_page(self, guideline: str, statement: str) -> str:
        """Return the page that tells where a statement of the source document went."""
        return self._statements.get((guideline, statement)) or concordance_page(guideline)

    def anchor(self, guideline: str, register: str, key: str) -> str:
        """Return the anchor of a guideline's entry on the page of its register."""
        return self._anchors[guideline, register, key]

    def term(self, guideline: str, spelled: str) -> Term:
        """Return the entry of a term, by any of its spellings."""
        terms = self.laid[guideline].guideline.registers.terms
        return terms[spelled] if spelled in terms else next(
            entry for entry in terms.values() if spelled in (text.value for text in entry.variants)
        )  # fmt: skip

    def place(self, guideline: str, target: str) -> tuple[str, Place] | None:
        """Return the page of an id (`guideline/id` for another guideline's) and its place there."""
        other, slash, inner = target.partition("/")
        owner, wanted = (other, inner) if slash else (guideline, target)
        laid = self.laid.get(owner)
        found = laid.places.get(wanted) if laid else None
        return (section_page(owner, found.section.id), found) if found else None

    def words(self, page: str, guideline: str) -> Words:
        """Return what turns a guideline's texts into HTML on `page`, or on any other page of its folder."""
        registers = self.laid[guideline].guideline.registers
        expansions = {
            text.value: entry.expansion.value
            for entry in registers.terms.values()
            if entry.expansion is not None
            for text in (entry.term, *entry.variants)
        }

        def target(wanted: str) -> tuple[str, str] | None:
            found = self.place(guideline, wanted)
            if found is None:
                return None
            path, place = found
            anchor = "" if place.label == "" else "#" + wanted.rpartition("/")[2]
            said = f"section {place}"
            return link(page, path) + anchor, said

        def cite(wanted: str) -> tuple[str, str] | None:
            reference = registers.references.get(wanted)
            if reference is None:
                return None
            anchor = self.anchor(guideline, "references", wanted)
            return f"{link(page, self.homes[anchor])}#{anchor}", reference.title.value

        codes = {code: link(page, code_page(code)) for code in self.codes}
        return Words(codes, expansions, target, cite)


def atlas(laid: Iterable[GuidelineOutline], used: Iterable[str]) -> Atlas:
    """Map out a site: `used` are codes that stand in the texts though no register may have them."""
    by_id = {one.guideline.id: one for one in laid}
    anchors: dict[tuple[str, str, str], str] = {}
    codes = _merge(by_id, "codes", "c", _bare_code, anchors)
    by_code: dict[str, tuple[Shared, ...]] = dict.fromkeys(used, ())
    for shared in codes:
        by_code[shared.entry.code] = (*by_code.get(shared.entry.code, ()), shared)
    return Atlas(
        by_id,
        dict(sorted(by_code.items())),
        tuple(sorted(_merge(by_id, "terms", "t", _bare_term, anchors), key=lambda one: _order(one.entry.term.value))),
        tuple(sorted(_merge(by_id, "references", "r", _bare_reference, anchors), key=lambda one: _order(one.entry.id))),
        anchors,
    )


def _merge(
    laid: Mapping[str, GuidelineOutline],
    register: str,
    prefix: str,
    bare: Callable[[Any], object],
    anchors: dict[tuple[str, str, str], str],
) -> list[Shared]:
    """Bring the guidelines' registers together; entries that say different things under one name all stay."""
    found: dict[object, Shared] = {}
    taken: set[str] = set()
    for guideline, one in laid.items():
        for key, entry in getattr(one.guideline.registers, register).items():
            said = bare(entry)
            before = found.get(said)
            if before is None:
                stem = anchor = f"{prefix}_{slug(key)}"
                count = 1
                while anchor in taken:
                    count += 1
                    anchor = f"{stem}_{count}"
                taken.add(anchor)
                found[said] = Shared(entry, anchor, (guideline,))
            else:
                found[said] = replace(before, guidelines=(*before.guidelines, guideline))
            anchors[guideline, register, key] = found[said].anchor
    return list(found.values())


def slug(words: str) -> str:
    """Return words as part of an anchor."""
    return re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-") or "x"


def _term_weight(term: Term) -> int:
    said = [term.term, *term.variants, term.expansion, term.definition]
    return 150 + sum(len(text.value) for text in said if text is not None)


def _cited_weight(reference: Reference) -> int:
    said = len(reference.title.value) + len(reference.href) + len(reference.locator)
    return 400 + said  # and the sections that cite it


def _order(words: str) -> tuple[str, str]:
    return words.casefold(), words


def _words(text: Text | None) -> str | None:
    return None if text is None else text.value


def _bare_code(code: Code) -> object:
    verified = code.verified and (code.verified.source.value, code.verified.on)
    flat = replace(code, label=None, span=_NOWHERE, replaced_by=(), verified=None)  # type: ignore[arg-type]
    return flat, _words(code.label), tuple(new.value for new in code.replaced_by), verified


def _bare_term(term: Term) -> object:
    variants = tuple(variant.value for variant in term.variants)
    return term.term.value, _words(term.expansion), variants, _words(term.definition)


def _bare_reference(reference: Reference) -> object:
    return reference.id, reference.title.value, reference.href, reference.locator
