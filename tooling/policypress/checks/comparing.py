"""What one place says beside what another says: exceptions, force and titles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product

from policypress.checks import amounts_told
from policypress.checks.check import Check, Fault, GuidelineView, SectionView
from policypress.criteria import Criterion, walk
from policypress.finding import Label, Severity
from policypress.pattern import pattern
from policypress.wording import Hit, Quantity

_EVENT = pattern(
    r"(?:(?: \w+){0,3} (?:after|since|following|from|of|between))\b"
    r"(?: (?:the|an?|end|completion|completing|last|of|any|her|his|their))* (\w+)",
    re.I,
)
_UNLESS = pattern(r"\b(?:unless|except(?: where| when| if)?)\b\s*(.+)$", re.I)
_CHANGES = pattern(r"(?:the )?(?:\w+ )??(management|treatment|therapy|care|decisions?)\b", re.I)
_CHANGING = ("change", "alter", "affect", "influence")
_MODALS = ("can", "could", "may", "might", "will")
_PART = pattern(r"\s*;\s*")
_TITLE_WORD = pattern(r"[\w/-]+")
_EMPTY = frozenset(
    "and or the of for in to a an by with on criteria coverage covered guideline guidelines imaging general rules use "
    "indications indication other clinical section".split()
)


def exceptions_at_odds(view: GuidelineView) -> Iterator[Fault]:
    """One delay is told in several places with different exceptions.

    "12 weeks after radiation" has an exception for imminent surgery here and none there. Which one holds depends on the
    page that a reviewer opens first. Tell it once and point to it with `see`, or give each place the same exception.

    ```yaml bad
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: At least 12 weeks have passed since radiation
      uses: [radiation-delay]
      unless:
        text: Surgery is imminent
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: A delay of 12 weeks after radiation is kept
      uses: [radiation-delay]
    ```
    ```yaml good
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      id: pet-ct.delay
      text: At least 12 weeks have passed since radiation
      uses: [radiation-delay]
      unless:
        text: Surgery is imminent
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The delay after radiation is kept
      see: pet-ct.delay
    ```
    """
    told: dict[_Delay, list[tuple[Quantity, str]]] = {}
    for delay, quantity, said in view.all(_delays):
        told.setdefault(delay, []).append((quantity, said))
    for places in told.values():
        if len({said.casefold() for _, said in places}) < 2:
            continue
        for quantity, said in places:
            others = [(other, words) for other, words in places if words.casefold() != said.casefold()]
            yield Fault(
                f"“{quantity.words}” is told here {_spoken(said)}, and elsewhere {_spoken(others[0][1])}",
                quantity.span, "tell it once and point to it with `see`, or give each place the same exception",
                quantity.passage.id, tuple(Label(other.span, _spoken(words)) for other, words in others[:3]),
            )  # fmt: skip


_Delay = tuple[str, str, str, str]  # an amount and the event after which it is kept


def _delays(view: SectionView) -> list[tuple[_Delay, Quantity, str]]:
    """Return the delays of a section with their exceptions."""
    found = []
    for quantity in view.wording.quantities:
        owner = quantity.passage.owner
        if quantity.passage.kind == "criterion" and isinstance(owner, Criterion) and (event := _event(quantity)):
            delay = (quantity.value, quantity.max, quantity.unit, event)
            found.append((delay, quantity, _exception(owner, quantity)))
    return found


def _spoken(exception: str) -> str:
    return f"unless “{exception}”" if exception else "without an exception"


def _event(quantity: Quantity) -> str:
    text = quantity.passage.text.value
    found = _EVENT.match(text, quantity.end)
    return found[1].casefold() if found is not None else ""


def _exception(owner: Criterion, quantity: Quantity) -> str:
    if owner.unless is not None:
        said = "; ".join(node.text.value for node in walk(owner.unless) if isinstance(node, Criterion))
        return said[:1].lower() + said[1:]
    text = owner.text.value
    found = _UNLESS.search(text, quantity.end)
    return re.split(r"[.;]", found[1], maxsplit=1)[0].strip() if found is not None else ""


def force_at_odds(view: GuidelineView) -> Iterator[Fault]:
    """One condition is asked with different force in different places.

    "The result can change management" is met by nearly every study, "will change management" by few. Where both stand
    in one guideline, one of them was most likely not meant. Write the same word, or say at one of them why it differs.

    ```yaml bad
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The result can change management
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The result will change management
    ```
    ```yaml good
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The result will change management
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: What the study shows will change management
    ```
    """
    certain: dict[str, Hit] = {}
    possible: list[tuple[str, Hit]] = []
    for about, is_certain, hit in view.all(_forces):
        if is_certain:
            certain.setdefault(about, hit)
        else:
            possible.append((about, hit))
    for about, hit in possible:
        if (other := certain.get(about)) is not None:
            yield Fault(
                f"“{hit.words}” is asked here, and “{other.words}” elsewhere in this guideline", hit.span,
                "write the same word in both places, or note why they differ", hit.passage.id,
                (Label(other.span, "asked with more force"),),
            )  # fmt: skip


def _forces(view: SectionView) -> Sequence[tuple[str, bool, Hit]]:
    """Return what is said to change, whether it will, and where."""
    joined = view.wording.joined
    changing = [verb for verb in _CHANGING if f" {verb} " in joined]
    found = []
    for modal, verb in product(_MODALS if changing else (), changing):
        for at in view.wording.find(f" {modal} {verb} "):
            text = at.passage.text.value
            object = _CHANGES.match(text, at.end)
            if object is not None and at.passage.kind == "criterion":
                hit = Hit(at.passage, at.start + 1, object.end(), text[at.start + 1 : object.end()])
                found.append((object[1].casefold(), modal == "will", hit))
    return found


def title_without_criteria(view: SectionView) -> Iterator[Fault]:
    """A part of a title has nothing below it.

    A title of several parts ("Staging; restaging; surveillance") promises each of them. Where no text of the section
    speaks of one, its criteria were lost on the way, or the title was never cut.

    ```yaml bad
    id: glioma
    title: Staging of gliomas; surveillance of gliomas
    effect: covered
    criteria:
      text: The study is for the staging of gliomas
    ```
    ```yaml good
    id: glioma
    title: Staging of gliomas
    effect: covered
    criteria:
      text: The study is for the staging of gliomas
    ```
    """
    title = view.section.title
    if ";" not in title.value:
        return
    spans = []
    place = 0
    for match in (*_PART.finditer(title.value), None):
        end = match.start() if match is not None else len(title.value)
        spans.append((place, end))
        place = match.end() if match is not None else end
    texts = [
        passage.text.value.casefold()
        for passage in view.wording.passages
        if passage.kind not in ("title", "intro", "query")
    ]
    for start, end in spans:
        part = title.value[start:end]
        words = [word for word in map(str.casefold, _TITLE_WORD.findall(part)) if word not in _EMPTY]
        stems = [_stem(word) for word in words]
        if stems and not any(all(stem in text for stem in stems) for text in texts):
            yield Fault(
                f"The title promises “{part.strip()}”, and no text of the section speaks of it", title.at(start, end),
                "add what belongs there, or take this part out of the title", view.section.id,
            )  # fmt: skip


def _stem(word: str) -> str:
    for ending in ("ing", "ed", "ies", "s"):
        if word.endswith(ending) and len(word) - len(ending) > 3:
            return word[: -len(ending)]
    return word


CHECKS: tuple[Check, ...] = (
    Check("P120", "exceptions-at-odds", Severity.WARNING, "guideline", exceptions_at_odds),
    *amounts_told.CHECKS,
    Check("W130", "force-at-odds", Severity.WARNING, "guideline", force_at_odds),
    Check("W131", "title-without-criteria", Severity.WARNING, "section", title_without_criteria),
)
