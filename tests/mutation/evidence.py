"""What speaks of a part of a policy besides the part itself: cases, the ledger, the questions of facts.

A fault can be seen in one version of a source only where something there contradicts it. A library is asked for that
before any fault is seeded; see `kinds.KINDS` for what each kind needs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

from policypress.criteria import Criterion, Node, walk
from policypress.evaluation.decision import decide
from policypress.evaluation.judgement import judge
from policypress.evaluation.vignettes import run_vignettes
from policypress.ledger import prefixes
from policypress.library import read_library
from policypress.logic import Index
from policypress.model import Guideline, Ruling, section_nodes
from policypress.verdict import MET, OPEN


class Evidence:
    """A library as it is read, and what in it can contradict a fault."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.library = read_library(folder).library
        self.nodes: dict[tuple[str, int], tuple[Guideline, Node]] = {}
        self.rulings: dict[tuple[str, int], tuple[Guideline, Ruling]] = {}
        for guideline in self.library.guidelines:
            for section in guideline.sections:
                path = self._path(section.source.file)
                for node in section_nodes(section):
                    self.nodes[path, node.span.start] = (guideline, node)
                for ruling in section.rulings:
                    self.rulings[path, ruling.span.start] = (guideline, ruling)

    def _path(self, file: Path | None) -> str:
        assert file is not None
        return file.relative_to(self.folder).as_posix()

    @cached_property
    def _undecided(self) -> set[tuple[str, str]]:
        """Criteria that no case decides as met, or none as not met."""
        return {
            (guideline.id, gap.node.id)
            for guideline in self.library.guidelines
            for gap in run_vignettes(self.library, guideline).gaps
        }

    def decided(self, path: str, start: int) -> bool:
        """Tell whether cases decide every criterion at and below a place both ways."""
        guideline, node = self.nodes.get((path, start), (None, None))
        return guideline is not None and node is not None and self._decided(guideline, node)

    def _decided(self, guideline: Guideline, node: Node) -> bool:
        if (guideline.id, node.id) not in self._by_cases:
            return False
        criteria = (below for below in walk(node) if isinstance(below, Criterion))
        return bool(guideline.vignettes) and not any((guideline.id, one.id) in self._undecided for one in criteria)

    @cached_property
    def _by_cases(self) -> set[tuple[str, str]]:
        """Nodes that belong to the criteria of a ruling whose source is whole: cases can speak of them."""
        return {
            (guideline.id, node.id)
            for guideline in self.library.guidelines
            for section in guideline.sections
            for ruling in section.rulings
            if ruling.criteria is not None and ruling.complete
            for node in walk(ruling.criteria)
        }

    def decides_ruling(self, path: str, start: int) -> bool:
        """Tell whether cases decide every criterion of a ruling both ways."""
        guideline, ruling = self.rulings.get((path, start), (None, None))
        return (
            guideline is not None and ruling is not None and ruling.criteria is not None
            and self._decided(guideline, ruling.criteria)
        )  # fmt: skip

    @cached_property
    def _asked(self) -> set[tuple[str, str]]:
        """Rulings that are met in a decided case that asks for a code or a section."""
        guidelines = {one.id: one for one in self.library.guidelines}
        index: Index = {}
        return {
            (guideline.id, result.ruling.id)
            for guideline in self.library.guidelines
            for case in guideline.vignettes
            if case.asks[0] in ("section", "code")
            for decision in [decide(guidelines, case, guideline, index)]
            if decision.verdict not in OPEN
            for result in decision.rulings
            if result.verdict is MET
        }

    def asked(self, path: str, start: int) -> bool:
        """Tell whether some case is decided by the effect of a ruling."""
        guideline, ruling = self.rulings.get((path, start), (None, None))
        return guideline is not None and ruling is not None and (guideline.id, ruling.id) in self._asked

    @cached_property
    def _tied(self) -> set[tuple[str, int]]:
        found = set()
        for guideline in self.library.guidelines:
            for section in guideline.sections:
                path = self._path(section.source.file)
                for node in section_nodes(section):
                    if isinstance(node, Criterion) and (node.uses or node.compare is not None):
                        found.add((path, node.text.start))
                for rule in section.coding_rules:
                    if rule.text is not None and (rule.uses or rule.units):
                        found.add((path, rule.text.start))
        return found

    def tied(self, path: str, start: int) -> bool:
        """Tell whether data stand behind the amounts of a text."""
        return (path, start) in self._tied

    def criterion(self, path: str, start: int) -> Criterion | None:
        _, node = self.nodes.get((path, start), (None, None))
        return node if isinstance(node, Criterion) else None

    def questioned(self, path: str, start: int) -> bool:
        """Tell whether a criterion names a question of the register."""
        guideline, node = self.nodes.get((path, start), (None, None))
        if guideline is None or not isinstance(node, Criterion) or node.compare is not None:
            return False
        fact = guideline.registers.facts.get(node.fact)
        return fact is not None and fact.type == "verdict"

    def marks(self, path: str, from_: Iterable[str], around: bool = False) -> set[str] | None:
        """Return the marks of the statements that `from` names; None where the ledger holds none of them.

        With `around`, those of the statements below and above too.
        """
        names = set(from_)
        known = self._statements(path)
        if names.isdisjoint(known):
            return None
        if around:
            above = {prefix for name in names for prefix in prefixes(name)}
            names |= {one for one in known if not names.isdisjoint(prefixes(one))}
            names |= above | {f"{prefix}.0" for prefix in above}
        return {mark for name in names for mark in known.get(name, ())}

    def _statements(self, path: str) -> dict[str, tuple[str, ...]]:
        home = path.partition("/")[0]
        for guideline in self.library.guidelines:
            if self._path(guideline.source.file).startswith(home + "/"):
                if not any(statement.marks for statement in guideline.statements):
                    return {}
                return {one.id.value: tuple(mark.value for mark in one.marks) for one in guideline.statements}
        return {}

    def from_of(self, path: str, start: int) -> tuple[str, ...]:
        """Return the statements that a ruling or node carries, inherited ones included."""
        ruling = self.rulings.get((path, start))
        if ruling is not None:
            below = () if ruling[1].criteria is None else (name for one in walk(ruling[1].criteria) for name in one.from_)
            return (*ruling[1].from_, *below)
        node = self.nodes.get((path, start))
        return node[1].from_ if node is not None else ()

    @cached_property
    def named(self) -> Counter[tuple[str, str]]:
        """How many `from` keys name each statement, by guideline folder."""
        return Counter(self._named())

    def _named(self) -> Iterator[tuple[str, str]]:
        for guideline in self.library.guidelines:
            home = self._path(guideline.source.file).partition("/")[0]
            for section in guideline.sections:
                seen: set[tuple[str, ...]] = set()
                owners = (section, *section.rulings, *section.coding_rules, *section_nodes(section))
                for owner in owners:
                    if owner.from_ not in seen:
                        seen.add(owner.from_)
                        yield from ((home, name) for name in owner.from_)

    @cached_property
    def _decisive(self) -> set[tuple[str, int]]:
        """Answers of cases that another answer would decide otherwise, by file and place."""
        guidelines = {one.id: one for one in self.library.guidelines}
        index: Index = {}
        found = set()
        for guideline in self.library.guidelines:
            for case in guideline.vignettes:
                judgement = judge(guidelines, case, guideline, index)
                now = judgement.case.outcome(judgement.asks)
                for fact, answer in case.facts.items():
                    turned = {"met": "not_met", "not_met": "met"}.get(answer.value)
                    if turned and judgement.case.having({fact: turned}).outcome(judgement.asks) != now:
                        found.add((self._path(answer.source.file), answer.start))
        return found

    def decisive(self, path: str, start: int) -> bool:
        """Tell whether turning an answer of a case changes its verdict."""
        return (path, start) in self._decisive

    def final(self, path: str) -> bool:
        """Tell whether a file belongs to a final guideline."""
        home = path.partition("/")[0]
        return any(
            one.status == "final" for one in self.library.guidelines if self._path(one.source.file).startswith(home + "/")
        )
