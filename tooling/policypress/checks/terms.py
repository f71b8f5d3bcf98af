"""Terms: abbreviations that nobody explains, and other spellings of those that are registered."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress import codes
from policypress.amounts import UNITS
from policypress.checks.abbreviations import COMMON
from policypress.checks.check import Check, Fault, GuidelineView, LibraryView, SectionView
from policypress.checks.spellings import Spellings, spell
from policypress.codes import HYPHENS, PLAIN_HYPHENS
from policypress.finding import Edit, Label, Severity
from policypress.pattern import pattern
from policypress.registers import Term
from policypress.wording import Hit

# Systems and units that need no explaining here, and operator words written large.
_KNOWN = frozenset(
    "CPT HCPCS PLA ICD ICD-10-CM ICD-10 AMA ALL ANY NOT NONE NO AND OR NOR AND/OR EITHER NEITHER BOTH EACH EVERY IF "
    "ONLY UNLESS EXCEPT WHEN WHERE WITH WITHOUT AT LEAST ONE TWO THREE OF THE MUST SHOULD MAY IS ARE MET FOLLOWING "
    "NOTE kPa MBq GBq kBq MHz GHz MeV mEq mIU IU".split()
) | {part for unit in UNITS for part in unit.split()}
_ROMAN = pattern(r"(?=[IVX])X{0,2}(?:IX|IV|V?I{0,3})[A-D]?[0-9]?")
_STAGE = pattern(r"[cpyr]{0,2}T(?:is|[0-4X][a-d]?)(?:N[0-3X][a-d]?)?(?:M[01X][a-d]?)?")
# McCune, DiGeorge, LaPlante: a name with a capital inside.
_NAME = pattern(r"[A-Z][a-z]{1,3}[A-Z][a-z]{2,}")
_STATE = pattern(r"US-[A-Z]{2}")
# "modifiers GP and KX": parts of a code, which a code file explains.
_MODIFIER = pattern(r"\bmodifiers?\s(?:[-\s,/]|and|or|[A-Z0-9]{2}\b)*$", re.I)
_PART = pattern(r"[/-]")
_LEFT = pattern(rf"[{HYPHENS}\w/]*$")
_CODE = pattern(rf"{codes.CPT}|{codes.HCPCS}|{codes.ICD}")


def undefined_abbreviation(view: SectionView) -> Iterator[Fault]:
    """An abbreviation is not in the register of terms.

    A reader who does not know it cannot apply the policy, and two readers may take it for two things. The register
    gives its expansion once, and every output explains it. Those that most readers know, such as MRI and BMI, are only
    noted, and modifiers of a code need none.

    ```yaml bad
    id: tracer
    title: Choice of tracer
    effect: covered
    criteria:
      text: The tracer is FDG
    ```
    ```yaml good
    # file: registers/terms.yaml
    - {term: FDG, expansion: fluorodeoxyglucose}
    # file: example/sections/tracer.yaml
    id: tracer
    title: Choice of tracer
    effect: covered
    criteria:
      text: The tracer is FDG
    ```
    """
    spellings = view.beside.make(spell)
    judged = spellings.judged
    seen: set[str] = set()
    for hit in view.wording.capitals:
        token = hit.words
        known = judged.get(token)
        if known is None:
            known = judged[token] = _is_known(token.translate(PLAIN_HYPHENS), spellings)
        if known or token in seen or hit.passage.kind == "query":
            continue
        seen.add(token)
        if _in_a_term(hit, spellings.right) or _is_explained(hit) or hit.passage.text.value.isupper():
            continue
        if len(token) == 2 and _MODIFIER.search(hit.passage.text.value, max(0, hit.start - 40), hit.start):
            continue
        yield Fault(
            f"{token} is not in the register of terms",
            hit.span,
            f"add {token} with its expansion to terms.yaml, or write it out",
            hit.passage.id,
        )


def common_abbreviation(view: GuidelineView) -> Iterator[Fault]:
    """A common abbreviation is not in the register of terms, so that no output explains it.

    Members read policies too, and a screen reader spells out what nobody explains. It is told once for a guideline,
    with what the abbreviation commonly stands for.

    ```yaml bad
    id: obesity
    title: Surgery for obesity
    effect: covered
    criteria:
      text: The BMI has been recorded
    ```
    ```yaml good
    # file: registers/terms.yaml
    - {term: BMI, expansion: "body mass index"}
    # file: example/sections/obesity.yaml
    id: obesity
    title: Surgery for obesity
    effect: covered
    criteria:
      text: The BMI has been recorded
    ```
    """
    right = view.beside.make(spell).right
    seen: set[str] = set()
    for word, hit in view.all(_common):
        if word not in seen:
            seen.add(word)
            if word not in right and not _in_a_term(hit, right) and not _is_explained(hit):
                yield Fault(
                    f"{word} is explained nowhere", hit.span,
                    f"add {word} to terms.yaml; it commonly stands for {COMMON[word]}", hit.passage.id,
                )  # fmt: skip


def _common(view: SectionView) -> list[tuple[str, Hit]]:
    """Return each common abbreviation of a section with its first place."""
    found: dict[str, Hit] = {}
    for hit in view.wording.capitals:
        word = hit.words if hit.words in COMMON else hit.words.removesuffix("s")
        if word in COMMON and word not in found and hit.passage.kind != "query":
            found[word] = hit
    return list(found.items())


def _is_known(token: str, spellings: Spellings) -> bool:
    if token.replace("/", "-") in spellings.hyphened or token in _KNOWN or token in COMMON or _STATE.fullmatch(token):
        return True
    return all(_is_part_known(part, spellings.right) for part in _PART.split(token))


def _is_part_known(part: str, right: frozenset[str]) -> bool:
    if sum(char.isupper() for char in part) < 2:
        return True
    for word in (part, part.removesuffix("s")):
        if word in right or word in _KNOWN or word in COMMON:
            return True
    return any(form.fullmatch(part) for form in (_ROMAN, _STAGE, _NAME, _CODE))


def _in_a_term(hit: Hit, right: frozenset[str]) -> bool:
    """Tell whether the word is the end of a term: DOTATATE of 68Ga-DOTATATE, or one word of several."""
    text = hit.passage.text.value
    before = _LEFT.search(text, max(0, hit.start - 40), hit.start)
    if before is not None and before[0] and (before[0] + hit.words).translate(PLAIN_HYPHENS) in right:
        return True
    return any(
        hit.words in term and " " in term and (at := text.find(term)) >= 0 and at <= hit.start <= at + len(term)
        for term in right
    )


def _is_explained(hit: Hit) -> bool:
    """Tell whether the text itself explains it: "medullary thyroid cancer (MTC)"."""
    text = hit.passage.text.value
    letters = [char.lower() for char in hit.words if char.isalpha()]
    if text[hit.start - 1 : hit.start] != "(" or text[hit.end : hit.end + 1] not in (")", ",", ";"):
        return False
    words = re.findall(r"[^\W_]+", text[: hit.start])[-len(letters) :]
    return [word[0].lower() for word in words] == letters


def variant_spelling(view: SectionView) -> Iterator[Fault]:
    """A term is not spelled as the register spells it.

    PET-MRI, PET/MRI and PET‑MRI with a non-breaking hyphen look alike, and a search for one does not find the others.
    One term has one spelling in everything that is published.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual needs PET/MRI
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual needs PET-MRI
    ```
    """
    spellings = view.beside.make(spell)
    wording = view.wording
    joined = wording.joined
    candidates = spellings.plain if joined.isascii() else (*spellings.plain, *spellings.dashed)
    taken: list[Hit] = []
    for wrong, right in candidates:
        if wrong not in joined:
            continue
        for hit in wording.find(wrong):
            if hit.passage.kind != "query" and _is_whole(hit, spellings.right) and not _overlaps(hit, taken):
                taken.append(hit)
                yield Fault(
                    f"{wrong} is written {right} in the register of terms", hit.span, f"write {right}",
                    hit.passage.id, edits=(Edit(hit.span, right),),
                )  # fmt: skip


def _is_whole(hit: Hit, right: frozenset[str]) -> bool:
    """Tell whether the spelling stands alone, not inside a longer word or a longer term."""
    text = hit.passage.text.value
    before, after = text[hit.start - 1 : hit.start] if hit.start else "", text[hit.end : hit.end + 1]
    if before.isalnum() or after.isalnum() or "_" in (before, after):
        return False
    return not any(
        len(term) > len(hit.words) and hit.words in term and (at := text.find(term)) >= 0
        and at <= hit.start and hit.end <= at + len(term)
        for term in right
    )  # fmt: skip


def _overlaps(hit: Hit, taken: list[Hit]) -> bool:
    return any(hit.passage is other.passage and hit.start < other.end and other.start < hit.end for other in taken)


def shared_variant(view: LibraryView) -> Iterator[Fault]:
    """A variant belongs to two terms, or is a term itself.

    A variant is a spelling that texts do not use. Which term to write in its place would depend on the order of the
    register.

    ```yaml bad
    # file: registers/terms.yaml
    - {term: CT, expansion: "computed tomography", variants: [CAT]}
    - {term: CAT, expansion: "computed axial tomography"}
    ```
    ```yaml good
    # file: registers/terms.yaml
    - {term: CT, expansion: "computed tomography", variants: [CAT]}
    ```
    """
    for terms in (view.library.registers.terms, *(each.guideline.registers.terms for each in view.guidelines)):
        first: dict[str, Term] = {}
        for entry in terms.values():
            for variant in entry.variants:
                other = terms.get(variant.value)
                if other is not None:
                    yield Fault(
                        f"{variant} is a variant of {entry.term}, and a term of its own", variant.span,
                        f"take it out of the variants of {entry.term}, or remove the term {variant}",
                        related=(Label(other.span, "the term"),),
                    )  # fmt: skip
                elif (other := first.setdefault(variant.value, entry)) is not entry:
                    yield Fault(
                        f"{variant} is a variant of {other.term} and of {entry.term}", variant.span,
                        "keep it with the term that is meant", related=(Label(other.span, "the other term"),),
                    )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("T101", "undefined-abbreviation", Severity.WARNING, "section", undefined_abbreviation),
    Check("T104", "common-abbreviation", Severity.INFO, "guideline", common_abbreviation),
    Check("T102", "variant-spelling", Severity.WARNING, "section", variant_spelling),
    Check("T103", "shared-variant", Severity.ERROR, "library", shared_variant),
)
