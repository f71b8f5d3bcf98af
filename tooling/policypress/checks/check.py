"""What a check is, and what it sees.

A check is a generator function over a view of one section, one guideline or the whole library. It yields faults; the
runner adds the rule, the ids and the place. Its docstring is the page of its rule: the fault in one sentence, why it
matters, then a ```yaml bad and a ```yaml good block, which the tests run.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from policypress.finding import Edit, Finding, Label, Rule, Severity
from policypress.ledger import Concordance, concordance
from policypress.model import (
    Code,
    CodingRule,
    Criterion,
    Group,
    Guideline,
    Library,
    Node,
    Registers,
    Ruling,
    Section,
    section_nodes,
    walk,
)  # fmt: skip
from policypress.outline import place_names
from policypress.record import record
from policypress.text import Span
from policypress.wording import Hit, Wording, scan

if TYPE_CHECKING:
    from policypress.checks.closing import Closing
    from policypress.checks.proofs import Proofs
    from policypress.checks.same_rulings import Twins

Owner = Section | Ruling | Node | CodingRule
_BLANK = dict.fromkeys(map(ord, ".,;:()[]\"'“”‘’"), " ")


@record()
class Fault:
    """A finding as a check sees it: what is wrong, where, what to do; `node` is the id it is about."""

    message: str
    span: Span
    help: str
    node: str = ""
    related: tuple[Label, ...] = ()
    edits: tuple[Edit, ...] = ()
    mark: str = ""


@dataclass(frozen=True)
class Check:
    """A rule with the function that finds its faults."""

    id: str
    name: str
    severity: Severity
    each: Literal["section", "guideline", "library"]
    run: Callable[[Any], Iterator[Fault]]

    @cached_property
    def rule(self) -> Rule:
        return Rule(self.id, self.name, self.severity, inspect.cleandoc(self.run.__doc__ or "") + "\n")


class SectionView:
    """One section as the checks see it: its nodes flat, its texts scanned once.

    Who checks again and again keeps the views with what was `found` in them: a check of a section looks at nothing but
    the section and what its guideline says outside of sections.
    """

    def __init__(self, guideline: GuidelineView, section: Section) -> None:
        self.of = guideline
        self.guideline = guideline.guideline
        self.found: list[Finding] | None = None
        self.found_beside: Guideline | None = None  # what the guideline said then
        self.section = section
        self.registers: Registers = guideline.guideline.registers
        self.nodes: tuple[Node, ...] = tuple(section_nodes(section))
        self.criteria = tuple(node for node in self.nodes if isinstance(node, Criterion))
        self.groups = tuple(node for node in self.nodes if isinstance(node, Group))
        # Everything that has an id, in reading order.
        self.owners: tuple[Owner, ...] = (section, *section.rulings, *self.nodes, *section.coding_rules)

    @cached_property
    def wording(self) -> Wording:
        return scan(self.section, self.of.codes)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of the section in small letters, so that a rule about some words need not look at the others."""
        return frozenset(self.wording.joined.lower().translate(_BLANK).split())

    def hits(self, expression: re.Pattern[str], kinds: Collection[str], words: Iterable[str]) -> Iterator[Hit]:
        """Yield where a pattern matches in texts of some kinds. Without one of `words` it is known not to."""
        if not self.words.isdisjoint(words):
            yield from (hit for hit in self.wording.search(expression) if hit.passage.kind in kinds)

    def forget(self) -> None:
        """Let go of what takes much memory and the checks of the section alone ask for."""
        self.__dict__.pop("words", None)

    @cached_property
    def place_names(self) -> Mapping[str, str]:
        """Id -> its place as a reader would name it. Asked for where something was found."""
        return place_names(self.section)

    @cached_property
    def ruling_of(self) -> Mapping[str, Ruling]:
        """Node id -> the ruling it belongs to."""
        return {
            node.id: ruling
            for ruling in self.section.rulings
            if ruling.criteria is not None
            for node in walk(ruling.criteria)
        }


class GuidelineView:
    """One guideline as the checks see it, with every id it holds."""

    def __init__(self, guideline: Guideline, kept: Mapping[int, SectionView] = MappingProxyType({})) -> None:
        self.guideline = guideline
        self.beside = replace(guideline, sections=(), vignettes=())
        self.codes: dict[str, Code] = dict(guideline.registers.codes)
        self.sections = tuple(self._view(section, kept.get(id(section))) for section in guideline.sections)

    def _view(self, section: Section, kept: SectionView | None) -> SectionView:
        if kept is None or kept.section is not section or kept.registers is not self.guideline.registers:
            return SectionView(self, section)
        if kept.found_beside != self.beside:
            kept.found = None
        kept.of, kept.guideline, kept.found_beside = self, self.guideline, self.beside
        return kept

    @cached_property
    def ids(self) -> Mapping[str, Owner]:
        """Id -> the section, ruling, node or coding rule that has it (the first, where it stands twice)."""
        found: dict[str, Owner] = {}
        for view in self.sections:
            for owner in view.owners:
                found.setdefault(owner.id, owner)
        return found

    @cached_property
    def concordance(self) -> Concordance:
        """The ledger of the source document beside what carries its statements."""
        views = {id(view.section): view for view in self.sections}
        return concordance(self.guideline, lambda section: views[id(section)].wording)


class LibraryView:
    """The whole library as the checks see it; `whole` tells that every file of it could be read.

    `today` is the day on which somebody asks, "" where the answer must not depend on it.
    """

    def __init__(
        self, library: Library, whole: bool = True, today: str = "",
        kept: Mapping[int, SectionView] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        self.library = library
        self.whole = whole
        self.today = today
        self.guidelines = tuple(GuidelineView(guideline, kept) for guideline in library.guidelines)

    @cached_property
    def by_id(self) -> Mapping[str, GuidelineView]:
        return {view.guideline.id: view for view in self.guidelines}

    @cached_property
    def proofs(self) -> Proofs:
        """What is proved of the criteria, for every rule that tells of it."""
        from policypress.checks.proofs import Proofs  # which reads this module

        return Proofs(self)

    @cached_property
    def closings(self) -> tuple[Closing, ...]:
        """The ways to be covered that other rulings close."""
        from policypress.checks.closing import closings

        return tuple(closings(self))

    @cached_property
    def twins(self) -> tuple[Twins, ...]:
        """The rulings that say what another says."""
        from policypress.checks.same_rulings import twins

        return tuple(twins(self))


def id_span(owner: Owner) -> Span:
    """Return where an id is written, or a short place at the beginning of what has none."""
    if owner.written_id is not None:
        return owner.written_id.span
    if isinstance(owner, Criterion):
        return owner.text.span
    line_end = owner.span.source.text.find("\n", owner.span.start)
    end = owner.span.end if line_end < 0 else min(owner.span.end, line_end)
    return Span(owner.span.source, owner.span.start, max(end, owner.span.start))
