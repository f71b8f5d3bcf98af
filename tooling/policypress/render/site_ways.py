"""The ways to a ruling or a coding rule: by modality, by disease, by phase of care, by name.

Nothing is guessed: modalities come from `services` and from the code register, diseases and phases from the facts that
criteria name (`dx.…`, `purpose.…`), and their words are those of the criteria.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from policypress.criteria import CodeUse
from policypress.model import CodeClass, CodingRule
from policypress.outline import CodingRuleOutline, GuidelineOutline, Item, RulingOutline, SectionOutline
from policypress.registers import Code
from policypress.render.site_links import Atlas, code_page, section_page, slug
from policypress.usage import members

DISEASE = "dx."
PHASE = "purpose."


@dataclass(frozen=True, slots=True)
class Way:
    """A ruling or a coding rule, with everything by which a reader may come to it."""

    guideline: str
    section: SectionOutline
    id: str
    label: str
    kind: str  # covered, not_covered, partial, coding_rule
    words: str
    modalities: tuple[str, ...]  # none: every service
    diseases: Mapping[str, str]  # fact -> the criterion that speaks of it first
    phases: Mapping[str, str]


def ways(laid: GuidelineOutline) -> tuple[Way, ...]:
    """Return the rulings and coding rules of a guideline in reading order."""
    registered = laid.guideline.registers.codes
    found = []
    for section in laid.sections:
        for ruling in section.rulings:
            found.append(_ruling(laid, section, ruling, registered))
        for rule in section.coding_rules:
            found.append(_rule(laid, section, rule, registered))
    return tuple(found)


def _ruling(
    laid: GuidelineOutline, section: SectionOutline, ruling: RulingOutline, registered: Mapping[str, Code]
) -> Way:
    one = ruling.ruling
    named = [service.value for service in one.services] + list(_modalities(one.codes, registered))
    kind = one.effect if one.complete else "partial"
    words = ruling.lead.removesuffix(" when") + ("" if one.complete else ", incomplete")
    spoken = _spoken([ruling.root] if ruling.root else [])
    return Way(laid.guideline.id, section, one.id, ruling.letter, kind, words, tuple(dict.fromkeys(named)), *spoken)


def _rule(
    laid: GuidelineOutline, section: SectionOutline, rule: CodingRuleOutline, registered: Mapping[str, Code]
) -> Way:
    one = rule.rule
    named = [modality for part in parts(one) for modality in _modalities(part, registered)]
    spoken = _spoken([rule.when] if rule.when else [])
    return Way(
        laid.guideline.id, section, one.id, rule.label, "coding_rule", rule.words, tuple(dict.fromkeys(named)), *spoken
    )


def parts(rule: CodingRule) -> Iterator[tuple[CodeUse, ...] | CodeClass]:
    """Yield what a coding rule is about and what it sets beside it."""
    for part in (rule.codes, rule.class_, rule.with_, rule.instead_of, rule.for_):
        if part:
            yield part


def _modalities(part: Sequence[CodeUse] | CodeClass, registered: Mapping[str, Code]) -> Iterator[str]:
    if isinstance(part, CodeClass):
        if part.modality:
            yield part.modality
        return
    for use in part:
        for code in members(use, registered):
            if code in registered and registered[code].modality:
                yield registered[code].modality


def _spoken(roots: Iterable[Item]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the diseases and the phases that trees speak of, each with the first criterion that does."""
    diseases: dict[str, str] = {}
    phases: dict[str, str] = {}
    for root in roots:
        for item in root.walk():
            if item.criterion is not None:
                for prefix, found in ((DISEASE, diseases), (PHASE, phases)):
                    if item.criterion.fact.startswith(prefix):
                        found.setdefault(item.criterion.fact, item.node.id)
    return diseases, phases


def spoken_words(laid: Iterable[GuidelineOutline], prefix: str) -> dict[str, str]:
    """Return for each fact of a kind how criteria put it: the shortest of their texts."""
    found: dict[str, str] = {}
    for one in laid:
        for section in one.sections:
            for item in section.items():
                if item.criterion is not None and item.criterion.fact.startswith(prefix):
                    text = item.criterion.text.value
                    if len(text) < len(found.get(item.criterion.fact, text + "x")):
                        found[item.criterion.fact] = text
    return found


def by_modality(all_: Iterable[Way]) -> dict[str, list[Way]]:
    """Return the modalities with what is about them; "" for every service."""
    found: dict[str, list[Way]] = {}
    for way in all_:
        for modality in way.modalities or ("",):
            found.setdefault(modality, []).append(way)
    return dict(sorted(found.items(), key=lambda one: (one[0] == "", one[0].casefold(), one[0])))


def modality_anchors(all_: Iterable[Way]) -> dict[str, str]:
    """Return an anchor of its own for each modality, also where two are spelled alike."""
    found: dict[str, str] = {}
    for modality in by_modality(all_):
        stem = anchor = f"m_{slug(modality or 'every service')}"
        while anchor in found.values():
            anchor = f"{anchor}_{stem[2:]}"
        found[modality] = anchor
    return found


def alphabet(atlas: Atlas) -> dict[str, list[tuple[str, str, str]]]:
    """Return by first letter what has a name: (name, what it is, address from the top of the site)."""
    found: list[tuple[str, str, str]] = []
    for guideline, laid in atlas.laid.items():
        for section in laid.sections:
            found.append((section.title, f"section {section.number}", section_page(guideline, section.id)))
    for code, shared in atlas.codes.items():
        found += [(one.entry.label.value, code, code_page(code)) for one in shared]
    for one in atlas.terms:
        entry = one.entry
        to = f"{atlas.homes[one.anchor]}#{one.anchor}"
        found.append((entry.term.value, entry.expansion.value if entry.expansion else "", to))
        if entry.expansion is not None:
            found.append((entry.expansion.value, entry.term.value, to))
    letters: dict[str, list[tuple[str, str, str]]] = {}
    for row in sorted(dict.fromkeys(found), key=lambda row: (_letter(row[0]) != "#", _plain(row[0]), row)):
        letters.setdefault(_letter(row[0]), []).append(row)
    return letters


def _plain(words: str) -> str:
    folded = unicodedata.normalize("NFKD", words).casefold()
    return "".join(letter for letter in folded if letter.isalnum() or letter == " ").strip()


def _letter(words: str) -> str:
    first = _plain(words)[:1].upper()
    return first if first.isalpha() else "#"
