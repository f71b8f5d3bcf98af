"""What words say against what their data say: titles and effects, coding rules, pointers to other sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from policypress.checks.check import Check, Fault, GuidelineView, SectionView, id_span, owners_by_id
from policypress.checks.lookup import add_line, by_words, value_at
from policypress.finding import Label, Severity
from policypress.model import CodingRule, Criterion, Ruling, Section
from policypress.nodes import Scalar
from policypress.pattern import pattern
from policypress.prover.questions import folded
from policypress.text import Span

_EXCLUDES = pattern(
    r"\b(?:(?:is|are)?\s*(?:generally\s+)?not\s+(?:routinely\s+)?"
    r"(?:indicated|covered|supported|medically necessary|reimbursed)|non-?covered|never covered)\b", re.I
)  # fmt: skip
_INCLUDES = pattern(
    r"(?<!not )(?<!non-)\b(?:covered\s+(?:indications|services|when)|indications\s+for\s+coverage"
    r"|coverage\s+(?:criteria|indications)|when\s+covered|covered$)", re.I
)  # fmt: skip
_HINTS = ("cover", "Cover", "COVER", "indicated", "supported", "necessary", "reimbursed")


def effect_at_odds(view: SectionView) -> Iterator[Fault]:
    """The title says covered and no ruling covers, or it says not covered and none excludes.

    The heading is what a reader goes by; what decides is the `effect`. One of the two was turned round.

    ```yaml bad
    id: pet
    title: PET not indicated
    effect: covered
    services: [PET]
    criteria:
      text: The study looks for an infection
    ```
    ```yaml good
    id: pet
    title: PET not indicated
    effect: not_covered
    services: [PET]
    criteria:
      text: The study looks for an infection
    ```
    """
    section = view.section
    title = section.title.value
    effects = {ruling.effect for ruling in section.rulings}
    if len(effects) != 1 or not any(hint in title for hint in _HINTS):
        return
    excludes = _EXCLUDES.search(title)
    found = excludes or _INCLUDES.search(title)
    if found is None or (effects == {"not_covered"}) == (excludes is not None):
        return
    ruling = section.rulings[0]
    yield Fault(
        f"The title says “{found[0].strip()}”, and every ruling here is {ruling.effect}",
        _effect(ruling, section), "turn the effect round, or mend the title", ruling.id,
        (Label(section.title.at(found.start(), found.end()), "the title"),),
    )  # fmt: skip


def _effect(ruling: Ruling, section: Section) -> Span:
    value = value_at(ruling.span, "effect") or value_at(section.span, "effect")
    return value.span if isinstance(value, Scalar) else id_span(ruling)


# Words that turn a coding rule round, words by which it speaks of a place taken, and words that forbid nothing.
_FORBIDS = pattern(
    r"\b(?:not|never|no|cannot|without|neither|nor|only|alone|exclud\w*|unbundl\w*|bundl\w*|inclu\w*|prohibit\w*|den\w+"
    r"|forbid\w*|against|instead|rather|in place of|disallow\w*|separate\w*|outside)\b", re.I
)  # fmt: skip
_REPORTS = pattern(r"\b(?:report|bill|use|submit|append)(?:s|ed|ing)?\b", re.I)
_FORBIDS_REPORTING = pattern(
    r"\b(?:(?:do|must|should|may|shall|can|is|are|was|were|will)\s+(?:generally\s+|usually\s+|also\s+)?not"
    r"|never|cannot|not\s+to\s+be)\s+(?:be\s+)?(?:separately\s+|routinely\s+|also\s+)?"
    r"(?:report|bill|cod|us|submit|list|append|support|allow|permit|accept|paid|reimburs)\w*", re.I
)  # fmt: skip
_ALLOWS = pattern(r"\b(?:may|can|could)\s+(?:also\s+|additionally\s+)?be\s+(?:reported|billed|submitted)\b", re.I)
_DEMANDS = pattern(
    r"\b(?:must|shall)\s+(?:always\s+|also\s+)?be\s+(?:reported|billed|submitted)\b"
    r"|(?:^|(?<=\. ))(?:Always )?(?:[Rr]eport|[Bb]ill)\b"
    r"(?!.*\b(?:may|can|could|might|optional|if|where|when|as well|also)\b)"
)
_REPLACED = pattern(r"\b(?:instead of|in place of|takes? the place of|in lieu of|rather than)\b", re.I)
_TOGETHER = pattern(r"\b(?:with|together|beside|besides|along\w*|addition\w*|as well)\b", re.I)
_BOTH = pattern(r"\b(?:and|both|plus)\b|\+", re.I)
_REPLACES = pattern(
    r"\b(?:instead|in place|takes? the place|rather|replac\w*|in lieu|not|for the|succeed\w*|supersed\w*)\b", re.I
)
_AUTHORIZES = pattern(r"\b(?:pre-?)?(?:authori[sz]\w*|approv\w*|certif\w*|precert\w*|notif\w*|prior)\b", re.I)
_POSITIVE = frozenset(("report", "report_with", "may_report_with"))


def rule_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words of a coding rule say something else than its kind.

    "CPT 77011 is not reported together with the diagnostic CT" as `report_with` tells readers not to, and programs to
    report both. Pairs that may not be reported together are a coding convention of their own (the NCCI edits), and a
    claim follows the data.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    coding_rules:
      - rule: report_with
        codes: [78815]
        with: [70553]
        text: CPT 78815 is not reported together with CPT 70553.
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    coding_rules:
      - rule: not_with
        codes: [78815]
        with: [70553]
        text: CPT 78815 is not reported together with CPT 70553.
    ```
    """
    for rule in view.section.coding_rules:
        if rule.text is not None and (said := _said(rule, rule.text.value)):
            value = value_at(rule.span, "rule")
            yield Fault(
                f"The words {said}, and the rule is {rule.rule}",
                value.span if isinstance(value, Scalar) else id_span(rule), "change the rule, or mend the words",
                rule.id, (Label(rule.text.span, "the words"),),
            )  # fmt: skip


def _said(rule: CodingRule, text: str) -> str:
    if rule.rule in _POSITIVE:
        found = _FORBIDS_REPORTING.search(text)
        if found is not None and _REPORTS.search(text[: found.start()] + text[found.end() :]) is None:
            return f"say “{found[0]}”"
        firm = rule.strength in (None, "must")
        if rule.rule != "may_report_with" and firm and (found := _ALLOWS.search(text)) is not None:
            return f"say “{found[0]}”"
        if rule.rule == "may_report_with" and (found := _DEMANDS.search(text)) is not None:
            return f"say “{found[0]}”"
        found = _REPLACED.search(text) if rule.rule != "report" and _TOGETHER.search(text) is None else None
        if found is not None and _BOTH.search(text, 0, found.start()) is None:
            return f"say “{found[0]}”"
    elif rule.rule in ("not_with", "not_for"):
        if _FORBIDS.search(text) is None:
            return "forbid nothing"
    elif rule.rule == "report_instead_of":
        if _REPLACES.search(text) is None:
            return "name nothing that is replaced"
    elif rule.rule == "needs_authorization" and _AUTHORIZES.search(text) is None:
        return "speak of no authorization"
    return ""


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
    Check("W109", "effect-at-odds", Severity.WARNING, "section", effect_at_odds),
    Check("C110", "rule-at-odds", Severity.WARNING, "section", rule_at_odds),
    Check("R115", "pointer-without-see", Severity.WARNING, "guideline", pointer_without_see),
    Check("R113", "see-at-odds", Severity.WARNING, "guideline", see_at_odds),
)
