"""Letters that look like others, and addresses that lead nowhere a reader may go."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, LibraryView, SectionView
from policypress.checks.lookup import value_at
from policypress.checks.markup import in_text
from policypress.codes import LOOK_ALIKES, system_of
from policypress.finding import Severity
from policypress.pattern import pattern
from policypress.wording import Hit

_FOREIGN = frozenset(map(chr, LOOK_ALIKES))
_WORD = pattern(rf"\w*[{''.join(sorted(_FOREIGN))}]\w*")
_OTHER_DIGITS = pattern(r"[0-9]*[^\D0-9]\d*")  # ７８８１５ is no code, and １２ no amount that every program reads
_OURS = pattern(r"[A-Za-z]")
# Five signs, most of them digits, the rest letters that are typed for digits. It begins with one of them, and not with
# where a word begins, so that most of a text is passed over.
_ALMOST_CODE = pattern(r"[0-9OoIlSB](?<!\w\w)(?:(?<=[OoIlSB])|(?=[0-9]{0,3}[OoIlSB]))[0-9OoIlSB]{4}\b")
_BESIDE_DIGIT = pattern(r"[0-9](?:[OoIlSB]|(?<=[OoIlSB].))")  # few texts hold one
_DIGITS = str.maketrans("OoIlSB", "001158")
_ADDRESS = pattern(r"https?://[^\s/?#@]+\.[^\s/?#@]+(?:[/?#]\S*)?", re.I)


def look_alike_letter(view: SectionView) -> Iterator[Fault]:
    """A word or code holds letters that only look like the ones that belong there.

    A Cyrillic "Е" in "РЕТ" and a letter O in "7O553" cannot be told from the right ones on the page, and no program
    finds the word or the code: the criterion names something that does not exist. They come from copying and from
    reading scanned pages.

    ```yaml bad
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      text: The study (CPT 7O553) changes the plan of treatment
    ```
    ```yaml good
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      text: The study (CPT 70553) changes the plan of treatment
    ```
    """
    wording = view.wording
    for hit in () if wording.joined.isascii() or _FOREIGN.isdisjoint(wording.joined) else wording.search(_WORD):
        latin = hit.words.translate(LOOK_ALIKES)
        # A Greek or Russian word in a text of that language is nobody's slip.
        if latin.isascii() and (len(hit.words) > 1 or hit.words.isupper()) and _OURS.search(hit.passage.text.value):
            foreign = next(letter for letter in hit.words if letter in _FOREIGN)
            yield _fault(hit, f"“{foreign}” (U+{ord(foreign):04X}) in this word is of another alphabet", latin)
    for hit in () if wording.joined.isascii() else wording.search(_OTHER_DIGITS):
        digits = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in hit.words)
        yield _fault(hit, f"The digits of “{hit.words}” are not those of a keyboard", digits)
    for hit in wording.search(_ALMOST_CODE) if _BESIDE_DIGIT.search(wording.joined) is not None else ():
        digits = hit.words.translate(_DIGITS)
        if digits in view.registers.codes and not system_of(hit.words) and sum(map(str.isdigit, hit.words)) > 2:
            yield _fault(hit, f"“{hit.words}” is written with letters, and {digits} is in the code register", digits)


def _fault(hit: Hit, said: str, right: str) -> Fault:
    return Fault(said, hit.span, f"write {right}", hit.passage.id, edits=in_text(hit, right), mark="looks alike")


def odd_address(library: LibraryView) -> Iterator[Fault]:
    """The address of a reference is none that a reader can open.

    Readers follow references on the site and in the PDF. An address begins with https:// or http:// and names a host; a
    path on somebody's disk, a script or an address that holds a password is not printed as a link.

    ```yaml bad
    # file: registers/references.yaml
    - id: plan-2025
      title: Example plan
      href: file:///C:/policies/plan.pdf
    ```
    ```yaml good
    # file: registers/references.yaml
    - id: plan-2025
      title: Example plan
      href: https://plan.example/policies/plan.pdf
    ```
    """
    seen: set[tuple[str, int]] = set()
    for view in library.guidelines:
        for reference in view.guideline.registers.references.values():
            place = (reference.span.path, reference.span.start)
            if reference.href and place not in seen and _ADDRESS.fullmatch(reference.href) is None:
                seen.add(place)
                value = value_at(reference.span, "href")
                yield Fault(
                    f"{reference.href} is not an address on the web",
                    reference.span if value is None else value.span,
                    "write an address that begins with https://, or leave `href` out",
                )


CHECKS: tuple[Check, ...] = (
    Check("W140", "look-alike-letter", Severity.WARNING, "section", look_alike_letter),
    Check("W141", "odd-address", Severity.WARNING, "library", odd_address),
)
