"""Sentences of another kind than a condition: an order, an undecided demand, a condition hidden in a note."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.criteria import Criterion
from policypress.finding import Severity
from policypress.pattern import pattern

_ORDERS = frozenset(
    "use consider wait delay perform obtain order avoid document submit ensure confirm verify see refer".split()
)
# "Use CPT 77012" is told by another rule.
_ORDER = pattern(
    rf"((?:do not )?(?:{'|'.join(sorted(_ORDERS))}))(?= (?!of\b|is\b|and\b|or\b|(?:the )?(?:\w+ )?(?:CPT|HCPCS)\b)\w)",
    re.I,
)
_BREAK = pattern(r"[:;] +")
_UNDECIDED = pattern(
    r"\b((?:may|might|can) (?:still |also )?(?:be (?:required|needed|requested)"
    r"|need (?:\w+ ){0,2}authorization))\b(?! (?:when|if|where|for))",
    re.I,
)
_IN_NOTE = pattern(
    r"\b((?:may|can) be (?:ordered|used|considered|approved|covered|requested|performed) (?:when|if|where|only))\b",
    re.I,
)
_CLAUSE = pattern(
    r"\(((?!e\.?g|i\.?e|such as|for example)[^()]*"
    r"\b(?:is|are|was|were|will|does|do|has|have|should|must|cannot)\b[^()]*)\)"
)


def order_in_criterion(view: SectionView) -> Iterator[Fault]:
    """A criterion tells somebody to do something.

    "Consider PET/CT", "Delay the study by 12 weeks": an order is followed or not, and whether it counts as met before
    or after that is anybody's guess. A criterion says what is true of the case when the request comes in.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: Consider PET/CT before the request
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: PET/CT has been considered before the request
    ```
    """
    if _ORDERS.isdisjoint(view.words):
        return
    for passage in view.wording.passages:
        if passage.kind != "criterion":
            continue
        text = passage.text.value
        # At the beginning, and behind a label or a semicolon.
        starts = [0]
        if ": " in text or "; " in text:
            starts += [match.end() for match in _BREAK.finditer(text)]
        for start in starts:
            found = _ORDER.match(text, start)
            pointer = found is not None and found[1].lower() in ("see", "refer") and _leads(passage.owner)
            if found is not None and not pointer and passage.id in view.ruling_of:
                yield Fault(
                    f"“{found[1]}” is an order, and a criterion is met or not met",
                    passage.text.at(start, found.end(1)), "say what is true of the case when it is met", passage.id,
                )  # fmt: skip


def _leads(owner: object) -> bool:
    return isinstance(owner, Criterion) and owner.see is not None


def undecided_demand(view: SectionView) -> Iterator[Fault]:
    """A criterion leaves open whether it asks for something.

    "Prior authorization may be required" tells nobody whether it is. Say when it is required; a coding rule
    `needs_authorization` with `when` says it to programs too.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: A second opinion may be required
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      applies_when:
        text: The individual is under treatment elsewhere
      text: A second opinion is on file
    ```
    """
    for hit in view.hits(_UNDECIDED, ("criterion",), ("required", "needed", "requested", "authorization")):
        yield Fault(
            f"“{hit.words}” leaves open whether it is", hit.span,
            "say when it is required, as `applies_when`, or take the sentence out", hit.passage.id,
        )  # fmt: skip


def no_sentence(view: SectionView) -> Iterator[Fault]:
    """A criterion is a single word or a number.

    "no", "null" or "12" is nothing that a case meets: most often the value of a key has slipped into a list, or a
    sentence was lost.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: no
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: No earlier study answers the question
    ```
    """
    for criterion in view.criteria:
        if " " not in criterion.text.value.strip() and "\n" not in criterion.text.value:
            yield Fault(
                f"“{criterion.text.value}” is no sentence that a case can meet", criterion.text.span,
                "write the condition as a sentence, or take it out", criterion.id,
            )  # fmt: skip


def condition_in_note(view: SectionView) -> Iterator[Fault]:
    """A note says when something may be done.

    Notes are read by people alone: no determination, no export and no check takes a condition from there. Where it is
    one, it belongs among the criteria.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    notes:
      - PET-MRI may be used when PET/CT is not available.
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
        - PET/CT is not available
    ```
    """
    if "note" not in view.wording.kinds:
        return
    for hit in view.wording.search(_IN_NOTE):
        if hit.passage.kind == "note":
            yield Fault(
                f"“{hit.words}” opens a condition, and this is a note", hit.span,
                "make it a criterion or a ruling of its own, if it is one", hit.passage.id,
            )  # fmt: skip


def clause_in_brackets(view: SectionView) -> Iterator[Fault]:
    """Brackets in a criterion hold a sentence of their own.

    It can be a reason, which belongs into `notes`, or a second condition, which has to be met. As it stands the reader
    decides.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The tumor is confined to the brain (PET/CT is not sensitive there)
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The tumor is confined to the brain
      notes:
        - PET/CT is not sensitive there.
    ```
    """
    for hit in view.wording.search(_CLAUSE) if "(" in view.wording.joined else ():
        if hit.passage.kind == "criterion":
            yield Fault(
                "These brackets hold a sentence of their own: a reason, or a second condition", hit.span,
                "move a reason to `notes`; make a condition a criterion of its own", hit.passage.id,
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("W128", "clause-in-brackets", Severity.WARNING, "section", clause_in_brackets),
    Check("W132", "undecided-demand", Severity.WARNING, "section", undecided_demand),
    Check("W133", "order-in-criterion", Severity.WARNING, "section", order_in_criterion),
    Check("W135", "no-sentence", Severity.WARNING, "section", no_sentence),
    Check("W134", "condition-in-note", Severity.INFO, "section", condition_in_note),
)
