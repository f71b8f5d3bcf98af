"""Texts that break off: in the middle of a phrase, or before a list that is not there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.sentences import CONNECTING
from policypress.finding import Severity
from policypress.passages import Passage
from policypress.pattern import pattern

# No sentence ends in one of these; in one of the others only where a clause before it asks for that
# ("the disease that it is used for", "how long it is").
_NEVER = frozenset(
    "the a an and or nor and/or than every their its because unless whether e.g. i.e. e.g i.e such-as versus vs vs. "
    "your our".split()
)
_SELDOM = frozenset("for with by at between among during".split())
_BARE = frozenset(
    "is are was were has have had be been to of from into per via that which who whose when where if while until as "
    "but not".split()
)
_ASKED = pattern(r"\b(?:that|which|who|whom|whose|what|how|where|than|as|so|it|they|there|he|she)\b", re.I)
_CLAUSE = pattern(
    r"\b(?:that|which|who|whom|whose|what|how|where|when|whether|if|it|they|he|she|must|may|can|should|does|do"
    r"|did|is|are|was|were|has|have|had|been|be)\b", re.I
)  # fmt: skip
_OPEN = (",", ":", "(", "/", "–", "—", "&")
_KINDS = frozenset(("criterion", "coding_rule", "note", "documentation", "example"))


def broken_off(view: SectionView) -> Iterator[Fault]:
    """A text breaks off in the middle.

    It ends in "the", in a comma or in a colon: the rest was lost on the way, most often where a line or page of
    the source ended, and with it a part of the condition.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual has a tumor of the brain or the
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual has a tumor of the brain or the spine
    ```
    """
    for passage in view.wording.passages:
        if passage.kind not in _KINDS:
            continue
        text = passage.text.value
        if len(text) - text.rfind(" ") > 10 and not text.endswith(_OPEN):
            continue  # no such word is as long
        text = text.rstrip()
        place = text.rfind(" ") + 1
        if place == 0 or text[place:] == "A":  # "group A"
            continue
        last = text[place:].lower()
        bare = last.rstrip(".")
        cut = last in _NEVER or bare in _NEVER or last.endswith(_OPEN)
        cut = cut or (last in _SELDOM and _CLAUSE.search(text, 0, place) is None)
        cut = cut or (last in _BARE and _ASKED.search(text, 0, place) is None)
        if cut and not _connects(view, passage):
            yield Fault(
                f"This text ends in “{text[place:]}”",
                passage.text.at(place, len(text)),
                "write what follows it, or take the word away",
                passage.id,
                mark="breaks off here",
            )


def _connects(view: SectionView, passage: Passage) -> bool:
    """Tell whether a text ends in the connector of a printed list, which is a rule of its own."""
    members = (member.id for group in view.groups for member in group.of)
    return passage.kind == "criterion" and CONNECTING.search(passage.text.value) is not None and passage.id in members


CHECKS: tuple[Check, ...] = (Check("W108", "broken-off", Severity.WARNING, "section", broken_off),)
