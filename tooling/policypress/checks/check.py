"""What a check is, and what it sees.

A check is a generator function over a view of one section, one guideline or the whole library. It yields faults; the
runner adds the rule, the ids and the place. Its docstring is the page of its rule: the fault in one sentence, why it
matters, then a ```yaml bad and a ```yaml good block, which the tests run.

A check of a guideline or a library asks each section for a note: what a function says of that section alone, such as
its ids, or the faults that need no other section. A note is kept with the section and asked for once, until the file,
the registers or the guideline's own file change; a section can see nothing else. The check then puts the notes of all
sections together, each time anew. So after a save one section is looked at, and the rest is remembered.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from operator import is_
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from policypress.criteria import Criterion, Group, Node, walk
from policypress.finding import Edit, Finding, Label, Rule, Severity
from policypress.ledger import Concordance, concordance
from policypress.model import CodingRule, Guideline, Library, Ruling, Section, section_nodes
from policypress.outline import place_names
from policypress.record import NamedTuple, record, replace
from policypress.registers import Code, Registers
from policypress.text import Span
from policypress.wording import Hit, scan

if TYPE_CHECKING:
    from policypress.checks.closing import Closing
    from policypress.checks.proofs import Proofs
    from policypress.checks.proven import Proven
    from policypress.checks.same_rulings import Twins

T = TypeVar("T")
Owner = Section | Ruling | Node | CodingRule
_BLANK = dict.fromkeys(map(ord, ".,;:()[]\"'“”‘’"), " ")


class Fault(NamedTuple):
    """A finding as a check sees it: what is wrong, where, what to do; `node` is the id it is about."""

    message: str
    span: Span
    help: str
    node: str = ""
    related: tuple[Label, ...] = ()
    edits: tuple[Edit, ...] = ()
    mark: str = ""


@record()
class Check:
    """A rule with the function that finds its faults."""

    id: str
    name: str
    severity: Severity
    each: Literal["section", "guideline", "library"]
    run: Callable[[Any], Iterator[Fault]]

    @cached_property
    def rule(self) -> Rule:
        return Rule(self.id, self.name, self.severity, self.run.__doc__ or "")


class SectionView:
    """One section as the checks see it: its nodes flat, its texts scanned once.

    It sees nothing but the section and what its guideline says outside of sections and cases. Who checks again and
    again keeps the views, with the notes and what was `found` in them.
    """

    def __init__(self, section: Section, beside: Beside) -> None:
        self.section = section
        self.nodes: tuple[Node, ...] = tuple(section_nodes(section))
        self.criteria = tuple(node for node in self.nodes if isinstance(node, Criterion))
        self.groups = tuple(node for node in self.nodes if isinstance(node, Group))
        # Everything that has an id, in reading order.
        self.owners: tuple[Owner, ...] = (section, *section.rulings, *self.nodes, *section.coding_rules)
        self.wording = scan(section, beside.codes)
        # No `cached_property`, which would give each of thousands of views a dictionary of its own.
        self._words: frozenset[str] | None = None
        self.place(beside)

    def place(self, beside: Beside) -> None:
        """Set the section beside another state of its guideline; what was said of it before is forgotten."""
        self.beside = beside
        self.guideline = beside.guideline
        self.registers: Registers = beside.guideline.registers
        self.found: list[Finding] | None = None
        self.passed_over: Sequence[str] = ()  # rules, where there was too much to find
        self.notes: dict[Callable[[SectionView], Any], Any] = {}
        self.proven: tuple[Any, Proven] | None = None  # and what it hangs on

    def note(self, of: Callable[[SectionView], T]) -> T:
        """Return what a function says of the section."""
        found: T | None = self.notes.get(of)
        if found is None:
            found = self.notes[of] = of(self)
        return found

    @property
    def words(self) -> frozenset[str]:
        """Every word of the section in small letters, so that a rule about some words need not look at the others."""
        if self._words is None:
            self._words = frozenset(self.wording.joined.lower().translate(_BLANK).split())
        return self._words

    def hits(self, expression: re.Pattern[str], kinds: Collection[str], words: Iterable[str]) -> Iterator[Hit]:
        """Yield where a pattern matches in texts of some kinds. Without one of `words` it is known not to."""
        if not self.words.isdisjoint(words):
            yield from (hit for hit in self.wording.search(expression) if hit.passage.kind in kinds)

    def let_go(self) -> None:
        """Forget everything, so that what points back here does not keep a section in memory that is gone."""
        self.notes, self.proven, self.found = {}, None, None

    def forget(self) -> None:
        """Let go of what takes much memory and the checks of the section alone ask for."""
        self._words = None

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


class Beside:
    """What a guideline says outside of its sections and cases, and what follows from that alone."""

    def __init__(self, guideline: Guideline) -> None:
        self.guideline = replace(guideline, sections=(), vignettes=())
        self.codes: dict[str, Code] = dict(guideline.registers.codes)
        self._made: dict[Callable[[Guideline], Any], Any] = {}
        self._kept: dict[Callable[..., Any], tuple[Sequence[object], Any]] = {}
        self.seen: object = None
        self.found: dict[str, list[Finding]] = {}  # by the checks of the guideline, when it was as `seen`

    def make(self, of: Callable[[Guideline], T]) -> T:
        """Return what a function makes of it, once for all sections."""
        found: T | None = self._made.get(of)
        if found is None:
            found = self._made[of] = of(self.guideline)
        return found

    def keep(self, what: Callable[..., Any], hanging_on: Sequence[object], make: Callable[[], T]) -> T:
        """Return what was made when everything it hangs on was the very same, or make it."""
        kept = self._kept.get(what)
        if kept is None or len(kept[0]) != len(hanging_on) or not all(map(is_, kept[0], hanging_on)):
            kept = self._kept[what] = (hanging_on, make())
        made: T = kept[1]
        return made


class GuidelineView:
    """One guideline as the checks see it, with every id it holds."""

    def __init__(self, guideline: Guideline, before: Mapping[int, SectionView] | None = None) -> None:
        self.guideline = guideline
        self._again = before is not None
        kept = before or {}
        self.beside = Beside(guideline)
        earlier = [view for section in guideline.sections if (view := kept.get(id(section))) is not None]
        if earlier and earlier[0].guideline == self.beside.guideline:
            self.beside = earlier[0].beside
        self.codes = self.beside.codes
        self.sections = tuple([self._view(section, kept.get(id(section))) for section in guideline.sections])
        if self.beside.seen != (now := (self.sections, guideline.vignettes)):
            self.beside.seen, self.beside.found = now, {}
        self.found = self.beside.found
        self._notes = [view.notes for view in self.sections] if self._again else []
        self._fresh = [view for view in self.sections if not view.notes] if self._again else []

    def _view(self, section: Section, kept: SectionView | None) -> SectionView:
        if kept is None or kept.section is not section or kept.registers is not self.guideline.registers:
            return SectionView(section, self.beside)
        if kept.beside is not self.beside:
            kept.place(self.beside)
        return kept

    def notes(self, of: Callable[[SectionView], T]) -> list[T]:
        """Return what a function says of each section, and keep it where somebody will check again."""
        if not self._again:
            return [of(view) for view in self.sections]
        for view in self._fresh:
            view.note(of)
        try:
            return [notes[of] for notes in self._notes]  # nearly always: thousands of calls are spared
        except KeyError:
            return [view.note(of) for view in self.sections]

    def all(self, of: Callable[[SectionView], Iterable[T]]) -> Iterator[T]:
        """Yield what a function says of all sections, one thing after another: no more than is asked for."""
        return chain.from_iterable(self.notes(of) if self._again else map(of, self.sections))

    @cached_property
    def ids(self) -> Mapping[str, Owner]:
        """Id -> the section, ruling, node or coding rule that has it (the first, where it stands twice)."""
        if not self._again:
            return {owner.id: owner for view in reversed(self.sections) for owner in reversed(view.owners)}
        found: dict[str, Owner] = {}
        for view in reversed(self.sections):
            found.update(view.note(owners_by_id))
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
        kept: Mapping[int, SectionView] | None = None,
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


def owners_by_id(view: SectionView) -> Mapping[str, Owner]:
    return {owner.id: owner for owner in reversed(view.owners)}


def id_span(owner: Owner) -> Span:
    """Return where an id is written, or a short place at the beginning of what has none."""
    if owner.written_id is not None:
        return owner.written_id.span
    if isinstance(owner, Criterion):
        return owner.text.span
    line_end = owner.span.source.text.find("\n", owner.span.start)
    end = owner.span.end if line_end < 0 else min(owner.span.end, line_end)
    return Span(owner.span.source, owner.span.start, max(end, owner.span.start))
