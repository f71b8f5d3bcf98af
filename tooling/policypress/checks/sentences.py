"""Criteria that a reader cannot follow: negated twice, nested too deep, with "and" and "or" in one breath."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.groups import WORDS, operator_span
from policypress.criteria import Group, guards
from policypress.finding import Edit, Label, Severity
from policypress.passages import Passage
from policypress.pattern import pattern

DEEPEST = 5  # levels of lists, the first included
_NEGATING = frozenset("not no never none neither nor without cannot isn't aren't don't doesn't wasn't weren't hasn't "
                      "haven't didn't won't can't".split())  # fmt: skip
# Few plain words between "and" and "or": "CT and MRI or PET", not "CT or MRI of the chest and abdomen".
_LINKED = pattern(r" (?:[\w’'/-]+ ){1,3}")
_STRUCTURE = pattern(
    r"\b(?:of|in|for|with|to|the|that|which|who|when|if|is|are|was|were|has|have|by|from|at|on|as|than)\b", re.I
)
_PAIRED = pattern(r"\b(?:both|either|between|whether)\b", re.I)
_MORE = pattern(r" (?:so|more|less|later|older|above|below|their|its|other|another)\b", re.I)
# ", and", "; or", "AND": a plain "and" at the end may be all that is left of a text.
CONNECTING = pattern(r"(?:\s*[,;]\s*(?P<word>(?i:and|or|and/or))|\s+(?P<capitals>AND|OR|AND/OR))[:;,.]?$")
_CONNECTOR = {"all": "and", "any": "or", "at_least": "and/or"}


# "not without", "no … not", "never none": two words of one clause that take each other back.
_AGAIN = frozenset("without no none never not cannot nondiagnostic".split())
_CLOSE = pattern(r" (?:(?!(?:and|or|but|if|that|which|who|when|because|only|yet)\b)\w+ ){0,2}")
_ASIDE = pattern(r"\b(?:that|which|who|whom|whose|where|when|while|because|if|so|than)\b", re.I)
_BEING = ("is ", "are ", "was ", "were ", "be ", "been ")
# Further apart, it takes a second word that denies a whole, and nothing between that begins another thought.
_FAR = pattern(
    r" (?:(?!(?:and|or|but|if|that|which|who|when|because|only|yet|than|to|with|in|of|for|on|by|from|as)\b)\w+ ){0,7}"
)
_WHOLE = frozenset("no none never".split())
_NEGATED_WORD = pattern(
    r" (?:be |been |clearly |at all )?(un(?:able|likely|common|usual|reasonable|necessary|suitable|safe|available)"
    r"|im(?:possible|probable|practical)|in(?:appropriate|effective|adequate|complete|conclusive|operable|eligible))\b",
    re.I,
)


def double_negative(view: SectionView) -> Iterator[Fault]:
    """A criterion is negated twice: in its own words, or in its words and by a NOT above it.

    "NOT: PET/CT is not available" or "surgery is not impossible" makes a reader turn the sentence round twice, and half
    of them stop after the first turn. What is meant can be said straight out.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - not: PET/CT is not available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - PET/CT is available
    ```
    """
    yield from _in_words(view)
    negated: dict[str, Group] = {}
    for group in view.groups:
        if group.op == "not" and group.of:
            below = group.of[0]
            negated[below.id] = group
            if isinstance(below, Group) and below.op == "any" and not any(guards(below)):
                negated.update((member.id, group) for member in below.of)
    if not negated:
        return
    for group in {id(group): group for group in negated.values()}.values():
        member = group.of[0]
        if isinstance(member, Group) and member.op == "not" and not any(guards(member)):
            yield Fault(
                "This NOT stands over a NOT", operator_span(member), "write what is meant without either",
                member.id, (Label(operator_span(group), "the first"),), mark="negated twice",
            )  # fmt: skip
    for mark in view.wording.marks:
        group_of = negated.get(mark.passage.id)
        if group_of is not None and mark.passage.kind == "criterion" and mark.words.lower() in _NEGATING:
            text = mark.passage.text.value
            # What is denied of a thing ("an allergy that cannot be treated", "walks without help") is part of it.
            # "Is without help" denies the whole.
            beside = mark.words == "without" and not text.endswith(_BEING, 0, mark.start)
            if beside or _ASIDE.search(text, 0, mark.start) is not None:
                continue
            yield Fault(
                f"“{mark.words}” in this criterion and the NOT above it cancel each other", mark.span,
                "say straight out what must be met, without NOT", mark.passage.id,
                (Label(operator_span(group_of), "negates it again"),), mark="negated twice",
            )  # fmt: skip


def _in_words(view: SectionView) -> Iterator[Fault]:
    marks = view.wording.marks
    told: Passage | None = None
    for place, mark in enumerate(marks):
        if mark.mark != "not" or mark.passage is told or mark.passage.kind != "criterion":
            continue
        if mark.words.lower() in ("non", "nor", "neither"):
            continue
        text, end = mark.passage.text.value, 0
        after = marks[place + 1] if place + 1 < len(marks) else mark
        if after.mark == "not" and after.passage is mark.passage and after.words.lower() in _AGAIN:
            between = _FAR if after.words.lower() in _WHOLE else _CLOSE
            end = after.end if between.fullmatch(text, mark.end, after.start) is not None else 0
        if not end and (word := _NEGATED_WORD.match(text, mark.end)) is not None:
            end = word.end()
        if end and not text.endswith(" or ", 0, mark.start):
            told = mark.passage
            yield Fault(
                f"“{text[mark.start:end]}” negates twice", mark.passage.text.at(mark.start, end),
                "say straight out what must be met", mark.passage.id, mark="negated twice",
            )  # fmt: skip


def deep_nesting(view: SectionView) -> Iterator[Fault]:
    """Lists stand inside lists, more than five levels deep.

    Nobody holds "ALL of ANY of ALL of …" in mind while reading, and the number of such a criterion is as long as
    2.1.3.1.2.1. A part of it can be a ruling or section of its own, to which a criterion points with `see`.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - MRI is not available
            - all:
                - MRI was done
                - any:
                    - MRI was inconclusive
                    - all:
                        - MRI was without contrast
                        - any:
                            - The kidneys fail
                            - The contrast agent caused an allergy
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - any:
            - MRI is not available
            - all:
                - MRI was done
                - MRI was inconclusive
    ```
    """
    roots = [ruling.criteria for ruling in view.section.rulings] + [rule.when for rule in view.section.coding_rules]
    for root in roots:
        if isinstance(root, Group):
            ahead: list[tuple[Group, int]] = [(root, 1)]
            while ahead:
                group, level = ahead.pop()
                if level > DEEPEST:
                    yield Fault(
                        f"This {WORDS[group.op]} is nested {level} levels deep", operator_span(group),
                        "make a ruling or section of a part, and point to it with `see`", group.id,
                        mark=f"level {level}",
                    )  # fmt: skip
                else:
                    ahead += [(member, level + 1) for member in group.of if isinstance(member, Group)]


def mixed_and_or(view: SectionView) -> Iterator[Fault]:
    """A sentence joins words with "and" and "or" in one breath.

    "CT and MRI or PET was inconclusive": is PET enough alone, or only together with CT? Both readings are good English.
    Brackets, a comma, or a list of criteria decide it.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: A biopsy and surgery or radiation are planned
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - A biopsy is planned
        - Surgery or radiation is planned
    ```
    """
    for one, two in pairwise(view.wording.marks):
        if {one.mark, two.mark} != {"and", "or"} or one.passage is not two.passage:
            continue
        text, kind = one.passage.text.value, one.passage.kind
        between = text[one.end : two.start]
        if (
            kind in ("criterion", "coding_rule")
            and _LINKED.fullmatch(between) is not None
            and _STRUCTURE.search(between) is None
            and _PAIRED.search(text, 0, one.start) is None
            and _MORE.match(text, two.end) is None
            and _MORE.match(text, one.end) is None
            and not text.endswith(", ", 0, one.start)
        ):
            yield Fault(
                f"“{text[one.start:two.end]}” joins with “and” and “or”, and can be read in two ways",
                one.passage.text.at(one.start, two.end),
                "write a list of criteria, or set off with brackets what belongs together", one.passage.id,
                mark="read in two ways",
            )  # fmt: skip


def connector_at_end(view: SectionView) -> Iterator[Fault]:
    """A criterion ends with the "and" or "or" of a printed list.

    Between the members of a list the connector is printed from its operator. A word that was copied along stands there
    a second time, or, which is worse, contradicts it: then the operator may be wrong.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment, and
        - MRI is not available
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      all:
        - The study changes the plan of treatment
        - MRI is not available
    ```
    """
    ending = [node for node in view.criteria if node.text.value[-1:] in "dDrR;,:."]
    ending = [node for node in ending if CONNECTING.search(node.text.value) is not None]
    if not ending:
        return
    members = {member.id: group for group in view.groups for member in group.of}
    for node in ending:
        match, parent = CONNECTING.search(node.text.value), members.get(node.id)
        if match is None or parent is None:
            continue
        which = "word" if match["word"] else "capitals"
        word, meant = match[which].lower(), _CONNECTOR.get(parent.op, "")
        span, cut = node.text.at(*match.span(which)), node.text.at(*match.span())
        said = f"“{match[which]}” is left at the end of this criterion"
        label = Label(operator_span(parent), f"joins with “{meant}”" if meant else "the list")
        if node is parent.of[-1]:
            yield Fault(
                f"{said}, and no member follows", span,
                "look up what followed in the original, or take the word out", node.id, (label,),
                mark="nothing follows",
            )  # fmt: skip
        elif word == meant:
            yield Fault(
                f"{said}; the list prints it anyway", span, "take it out", node.id, (label,),
                (Edit(cut, ""),) if cut.raw == match[0] else (), mark="left from a list",
            )  # fmt: skip
        else:
            yield Fault(
                f"{said}, and the list is {'an' if parent.op != 'not' else 'a'} {WORDS[parent.op]}", span,
                "look up which of the two the original says; mend the operator, or take the word out", node.id,
                (label,), mark="contradicts the operator",
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("S221", "double-negative", Severity.WARNING, "section", double_negative),
    Check("S222", "deep-nesting", Severity.WARNING, "section", deep_nesting),
    Check("S223", "mixed-and-or", Severity.WARNING, "section", mixed_and_or),
    Check("S224", "connector-at-end", Severity.WARNING, "section", connector_at_end),
)
