"""Criteria whose words name a section, beside where their `see` leads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from policypress.checks.check import Check, Fault, GuidelineView, SectionView, owners_by_id
from policypress.checks.lookup import add_line, by_words
from policypress.criteria import Criterion
from policypress.finding import Label, Severity
from policypress.model import Ruling
from policypress.pattern import pattern
from policypress.prover.questions import folded
from policypress.usage import members


def pointer_without_see(view: GuidelineView) -> Iterator[Fault]:
    """A criterion points to the criteria of another section, and has no `see`.

    Its verdict is that of the other section, which only `see` brings in (as it may elsewhere, for the same words). By
    its words alone no program finds it, and who answers anew may answer differently. `check --fix` writes the `see`.

    ```yaml bad
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual meets the criteria for PET/CT
    ```
    ```yaml good
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual meets the criteria for PET/CT
      see: pet-ct
    ```
    """
    names: dict[str, list[SectionView]] = {}
    seeing: dict[str, Criterion] = {}
    for leading in view.notes(_leading):
        seeing.update(leading)
    for section in view.sections if seeing else ():
        words = section.note(by_words)
        if seeing.keys().isdisjoint(words):
            continue
        for other, criterion in ((seeing[said], one) for said in words if said in seeing for one in words[said]):
            if _is_free(criterion) and other.see is not None:
                yield Fault(
                    f"These words have see: {other.see.target} elsewhere, and none here", criterion.text.span,
                    f"add see: {other.see.target}, or say in the words what is different", criterion.id,
                    (Label(other.text.span, "the same words"),), add_line(criterion, f"see: {other.see.target}"),
                )  # fmt: skip
    for section, criterion in view.all(_pointing_by_words):
        if folded(criterion.text.value) in seeing:
            continue
        names = names or _names(view)
        named = _named(criterion.text.value, names)
        if named and section not in named:
            yield Fault(
                f"The words point to “{named[0].section.title.value}”, and there is no see", criterion.text.span,
                f"add see: {named[0].section.id}", criterion.id,
                (Label(named[0].section.title.span, "the section"),),
                add_line(criterion, f"see: {named[0].section.id}") if len(named) == 1 else (),
            )  # fmt: skip


def _leading(view: SectionView) -> Mapping[str, Criterion]:
    """Return the criteria of a section that point to another, by their words."""
    leading = [one for one in view.criteria if one.see is not None and one.see.target]
    return {folded(criterion.text.value): criterion for criterion in leading}


def _is_free(criterion: Criterion) -> bool:
    """Tell whether a criterion names neither a pointer nor a reference, and nobody asks about it."""
    return criterion.see is None and criterion.query is None and not criterion.references


def _pointing_by_words(view: SectionView) -> Sequence[tuple[SectionView, Criterion]]:
    """Return the criteria of a section whose words may name another."""
    if not any(word in view.wording.joined for word in _NAMING):
        return ()
    return [
        (view, criterion)
        for criterion in view.criteria
        if _is_free(criterion) and any(word in criterion.text.value for word in _NAMING)
    ]


_PARENTHESIS = pattern(r"\s*[(:,;].*$")
_TITLE_WORDS = pattern(r"\b(?:covered|not|non|indications?|criteria|coverage|imaging|indicated|general)\b", re.I)


def see_at_odds(view: GuidelineView) -> Iterator[Fault]:
    """The words name one section, and `see` leads to another.

    The verdict is that of the section that `see` names. A reader who follows the words reads other criteria.

    ```yaml bad
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    # file: example/sections/brain-mri.yaml
    id: brain-mri
    title: Brain MRI
    effect: covered
    criteria:
      text: The study assesses the response to treatment
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual meets the criteria for PET/CT
      see: brain-mri
    ```
    ```yaml good
    # file: example/sections/pet-ct.yaml
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    # file: example/sections/pet-mri.yaml
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual meets the criteria for PET/CT
      see: pet-ct
    ```
    """
    pointing = list(view.all(_pointing_within))
    if not pointing:
        return
    names = _names(view)
    homes: dict[str, SectionView] = {}
    for section in view.sections:
        homes.update(dict.fromkeys(section.note(owners_by_id), section))
    for criterion in pointing:
        see = criterion.see
        home = homes.get(see.target) if see is not None else None
        if see is None or home is None:
            continue
        named = _named(criterion.text.value, names)
        if named and all(section is not home for section in named):
            title = named[0].section.title
            yield Fault(
                f"The words name “{title.value}”, and see leads to “{home.section.title.value}”", see.span,
                f"write see: {named[0].section.id}, or mend the words", criterion.id,
                (Label(criterion.text.span, "the words"), Label(title.span, "the section that they name")),
            )  # fmt: skip
        elif not named and (studies := _studies(home, see.target)):
            study = _study(criterion.text.value, {code.modality for code in home.registers.codes.values()})
            if study and _parts(study).isdisjoint(chain.from_iterable(map(_parts, studies))):
                yield Fault(
                    f"The words name {study}, and see leads to criteria for {' and '.join(sorted(studies))}", see.span,
                    "write the id of the criteria that are meant, or mend the words", criterion.id,
                    (Label(criterion.text.span, "the words"),),
                )  # fmt: skip


def _studies(view: SectionView, target: str) -> set[str]:
    """Return the modalities that the rulings are about to which a `see` leads."""
    owner = view.note(owners_by_id).get(target)
    ruling = owner if isinstance(owner, Ruling) else view.ruling_of.get(target)
    rulings = view.section.rulings if target == view.section.id else () if ruling is None else (ruling,)
    codes = view.registers.codes
    uses = [members(use, codes) for one in rulings for use in one.codes]
    found = {codes[code].modality for code in chain.from_iterable(uses) if code in codes}
    return found.union(*({one.value for one in each.services} for each in rulings)) - {""}


def _parts(modality: str) -> set[str]:
    return set(re.split(r"[\s/+-]+", modality))  # PET/CT has something of CT


def _study(text: str, modalities: set[str]) -> str:
    """Return the modality that a text names as "the criteria for MODALITY", the longest where several fit."""
    match = _CRITERIA_FOR.search(text)
    after = text[match.end() :].rstrip(".") if match is not None else ""
    named = [one for one in modalities if one and re.match(rf"{re.escape(one)}(?![\w/-])", after)]
    return max(named, key=len, default="")


def _pointing_within(view: SectionView) -> list[Criterion]:
    return [one for one in view.criteria if one.see is not None and one.see.target and "/" not in one.see.target]


def _names(view: GuidelineView) -> dict[str, list[SectionView]]:
    """Return the sections of a guideline by what their titles name."""
    names: dict[str, list[SectionView]] = {}
    for section in view.sections:
        names.setdefault(section.note(_name), []).append(section)
    return names


def _name(view: SectionView) -> str:
    title = view.section.title.value
    return " ".join(_TITLE_WORDS.sub("", _PARENTHESIS.sub("", title)).split()).casefold()


def _named(text: str, names: dict[str, list[SectionView]]) -> list[SectionView]:
    """Return the sections whose name stands in a text as "the criteria for NAME"; the longest name counts."""
    folded = text.casefold().rstrip(".")
    found: list[str] = []
    for match in _CRITERIA_FOR.finditer(folded):
        words = folded[match.end() : match.end() + 120].split()
        found += (" ".join(words[:count]).rstrip(",;)") for count in range(1, len(words) + 1))
    for match in _CRITERIA.finditer(folded):
        words = folded[max(0, match.start() - 120) : match.start()].split()
        found += (" ".join(words[-count:]) for count in range(1, len(words) + 1))
    named = [name for name in found if len(name) > 2 and name in names]
    return names[max(named, key=len)] if named else []


_CRITERIA = pattern(r"\b(?:criteria|section|requirements|rules)\b")
_CRITERIA_FOR = pattern(rf"{_CRITERIA.pattern}\s+(?:for|of|on|in)\s+(?:the\s+|an?\s+)?")
_NAMING = ("criteria", "section", "requirements", "rules")


CHECKS: tuple[Check, ...] = (
    Check("R115", "pointer-without-see", Severity.WARNING, "guideline", pointer_without_see),
    Check("R113", "see-at-odds", Severity.WARNING, "guideline", see_at_odds),
)
