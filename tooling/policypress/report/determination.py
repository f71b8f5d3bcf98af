"""How an evaluated case looks to a reviewer: one page of plain text."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from policypress.criteria import Criterion, Group, Node, walk
from policypress.evaluation.decision import RulingResult
from policypress.evaluation.judgement import Evaluation
from policypress.evaluation.settling import Settling
from policypress.model import Ruling
from policypress.outline import GuidelineOutline, Item, lead, outline, outline_node
from policypress.report.phrasing import WORDS, asked_by, question, texts, words
from policypress.verdict import MET, NOT_APPLICABLE, NOT_MET, UNKNOWN, Outcome

_WIDTH = 100
_MARKS = {MET: "[x]", NOT_MET: "[-]", UNKNOWN: "[?]", NOT_APPLICABLE: "[ ]"}
_LEGEND = "[x] met   [-] not met   [?] open   [ ] does not apply   <-- decides"
_STANDING = {
    "overridden": "another ruling takes its place here",
    "not_applicable": "does not apply",
    "incomplete": "incomplete in the source, so it takes no part",
}
_HANGING = {
    "applies_when": "applies when: ",
    "unless": "counts as met when: ",
    "except_when": "counts as not met when: ",
}


def text(evaluation: Evaluation) -> str:
    """Return the page of a case. Every part is left out where it has nothing to say."""
    page = _Page(evaluation)
    blocks = [
        page.head(),
        page.missing(),
        *(page.ruling(result) for result in evaluation.judgement.rulings),
        page.asked_node(),
        page.documentation(),
        page.coding_rules(),
        page.letter(),
        [_LEGEND] if evaluation.judgement.rulings or evaluation.judgement.asks[0] == "node" else [],
        _list("Please note", evaluation.remarks),
    ]
    return "\n\n".join("\n".join(block) for block in map(list, blocks) if block) + "\n"


class _Page:
    def __init__(self, evaluation: Evaluation) -> None:
        self.evaluation = evaluation
        self.judgement = evaluation.judgement
        self.case = evaluation.judgement.case
        self.guideline = evaluation.judgement.guideline
        self.laid: GuidelineOutline = outline(self.guideline)

    def head(self) -> Iterator[str]:
        guideline, vignette = self.guideline, self.judgement.vignette
        yield " · ".join(part for part in (guideline.title.value, guideline.policy_number) if part)
        yield self._version()
        yield ""
        yield f"Case      {vignette.id}" + (f": {vignette.title}" if vignette.title else "")
        if vignette.on:
            yield f"Day       {vignette.on}"
        yield f"Question  {self._asked()}"
        yield f"Verdict   {WORDS[self.judgement.verdict]}"
        if self.judgement.deciding:
            yield from _wrapped(", ".join(self.judgement.deciding), "Decided by  ", 12)

    def missing(self) -> Iterator[str]:
        settling, favorable = self.judgement.settling, self.evaluation.favorable
        if settling.missing:
            yield "Still missing" if settling.exact else "Still missing (other, fewer answers may settle it as well)"
            for fact in settling.missing:
                yield from self._question(fact)
            yield from self._outcomes(settling)
        if favorable is not None and favorable.answers is None and favorable.exact:
            yield "No answers to what is open can bring it to met any more."
        elif favorable is not None and favorable.answers is not None and favorable.missing != settling.missing[:1]:
            yield "To come out as met, the fewest answers are"
            for fact in favorable.missing:
                answer = _plain(favorable.answers[fact])
                yield from _wrapped(f"{question(self.judgement, fact)}  ({fact}: {answer})", "  - ", 4)
        if settling.always is not None:
            yield f"Whatever the open answers are, the verdict is the same: {_low(settling.always)}."

    def ruling(self, result: RulingResult) -> Iterator[str]:
        ruling = result.ruling
        note = _STANDING.get(result.standing)
        if note is None and self.judgement.asks[0] == "code" and not self._touched(ruling):
            note = "open: nothing is known of it yet"
        yield f"{self.laid.places.get(ruling.id, result.section.title.value)}  ({ruling.id})"
        yield f"  {lead(ruling)}: {note or _low(result.verdict)}"
        if ruling.criteria is not None and note is None:
            yield from self._tree(outline_node(ruling.criteria, ""), self.guideline.id, 2, "")

    def asked_node(self) -> Iterator[str]:
        owner, home = self.case.owner(self.judgement.asks[1])
        if self.judgement.asks[0] == "node" and isinstance(owner, Group | Criterion):
            yield from self._tree(outline_node(owner, ""), home, 0, "")

    def documentation(self) -> list[str]:
        return _list("To document", [f"{demand.text} ({demand.id})" for demand in self.evaluation.documentation])

    def coding_rules(self) -> list[str]:
        said = []
        for binding in self.evaluation.coding_rules:
            open_ = ""
            if binding.open and binding.rule.when is not None:
                open_ = f" [if it is so: {words(binding.rule.when)}]"
            said.append(f"{binding.text} ({binding.rule.id}){open_}")
        return _list("Coding rules for the claim", said)

    def letter(self) -> Iterator[str]:
        said = texts(self.evaluation)
        cited = [id for id in self.judgement.deciding if id in said]
        if cited:
            yield "A letter must cite"
            named = " ".join(part for part in (self.guideline.title.value, self.guideline.policy_number) if part)
            yield from _wrapped(f"{named}. {self._version()}", "  ", 2)
        for id in cited:
            place = self.laid.places.get(id)
            yield from _wrapped(f"{id}" + (f" ({place})" if place is not None else "") + f": {said[id]}", "  - ", 4)

    def _touched(self, ruling: Ruling) -> bool:
        nodes = () if ruling.criteria is None else walk(ruling.criteria)
        return any(self.case.node(node, self.guideline.id) is not UNKNOWN for node in nodes)

    def _version(self) -> str:
        guideline = self.guideline
        until = f" until {guideline.until}" if guideline.until else ""
        return f"Version {guideline.version}, in effect from {guideline.effective}{until}"

    def _asked(self) -> str:
        kind, id = self.judgement.asks
        if kind == "code":
            entry = self.guideline.registers.codes.get(id.partition("-")[0])
            return f"code {id}" + (f", {entry.label.value}" if entry is not None else "")
        place = self.laid.places.get(id)
        return f"{kind} {id}" + (f" ({place})" if place is not None else "")

    def _question(self, fact: str) -> Iterator[str]:
        yield from _wrapped(f"{question(self.judgement, fact)}  ({fact})", "  - ", 4)
        by = [id for id in asked_by(self.judgement, fact) if id != fact]
        if by:
            yield from _wrapped(", ".join(by), "    asked by ", 13)

    def _outcomes(self, settling: Settling) -> Iterator[str]:
        """Say what each answer leads to where one is missing, else one set of answers that settles the verdict."""
        if settling.answers is None or settling.then is None:
            return
        if len(settling.missing) > 1:
            said = "; ".join(f"{fact}: {_plain(settling.answers[fact])}" for fact in settling.missing)
            yield from _wrapped(f"With {said} it is settled: {_low(settling.then)}.", "    ", 4)
            return
        (fact,) = settling.missing
        for answer in self.judgement.questions.answers(fact):
            outcome = self.case.having({fact: answer}).outcome(self.judgement.asks)
            yield f"    {_plain(answer)}: {_low(outcome)}"

    def _tree(self, item: Item, home: str, indent: int, before: str) -> Iterator[str]:
        """Print criteria with their verdicts; what a settled group does not need is left out."""
        node = item.node
        verdict = self.case.node(node, home)
        said = before + (words(node) if isinstance(node, Criterion) else f"{item.heading}:")
        said += f" [told: {told}]" if (told := self._told(node, home)) else ""
        said += f" [{node.strength}]" if node.strength is not None else ""
        arrow = "  <--" if node.id in self.judgement.deciding else ""
        yield from _wrapped(f"{said}  ({node.id}){arrow}", " " * indent + _MARKS[verdict] + " ", indent + 4)
        for guard in item.guards:
            if guard.role == "applies_when" or self.case.node(guard.node, home) is MET or verdict is UNKNOWN:
                yield from self._tree(guard, home, indent + 4, _HANGING[guard.role])
        if verdict is NOT_APPLICABLE:
            return
        for member in item.members:
            if verdict is UNKNOWN or self.case.node(member.node, home) is not UNKNOWN:
                yield from self._tree(member, home, indent + 4, "")

    def _told(self, node: Node, home: str) -> str:
        if not isinstance(node, Criterion) or node.compare is None:
            return ""
        return self.case.facts.get(self.case.name(node.compare.fact.value, home), "")


def _low(outcome: Outcome) -> str:
    said = WORDS[outcome]
    return said[0].lower() + said[1:]


def _plain(answer: str) -> str:
    return answer.replace("_", " ")


def _list(title: str, items: Iterator[str] | list[str] | tuple[str, ...]) -> list[str]:
    lines = [line for item in items for line in _wrapped(item, "  - ", 4)]
    return [title, *lines] if lines else []


def _wrapped(text: str, first: str, indent: int) -> list[str]:
    return textwrap.wrap(
        text, _WIDTH, initial_indent=first, subsequent_indent=" " * indent, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
