"""Codes in the words: not written as codes, of another part of the body, or some of a family behind "e.g."."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from policypress import codes
from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.code_lists import code_lists
from policypress.finding import Edit, Label, Severity
from policypress.pattern import pattern
from policypress.registers import Code
from policypress.usage import members
from policypress.wording import CodeMention, Hit

_SYSTEMS = (("CPT", "CPT"), ("HCPCS", "HCPCS"), ("ICD-10", "ICD-10-CM"))
_TOKEN = pattern(r"(?:-CM)?[®:]?\s+(?:codes?:?\s+)?(?P<token>[0-9A-Za-z]+(?:\.[0-9A-Za-z]+)?)(?![\w])")
# What was meant as a code, and is none: a digit too few or too many, a letter for a digit, no dot.
_MEANT = {
    "CPT": pattern(r"(?!(?:19|20)\d\d$)\d{4}|\d{6,7}|\d{4}[A-Za-z]|(?=.*\d.*\d.*\d)[0-9OIl]{5}"),
    "HCPCS": pattern(r"[A-Za-z]\d{3}|[A-Za-z]\d{5}|[a-zW-Z]\d{4}|[A-Za-z](?=.*\d.*\d)[0-9OIl]{4}"),
    "ICD-10-CM": pattern(r"[A-TV-Za-tv-z]\d[0-9A-Za-z]{2,5}|[A-Z]\d\.[0-9A-Z]{1,5}|[a-tv-z]\d[0-9a-z](?:\.\w+)?"),
}
_RIGHT = {"CPT": pattern(codes.CPT), "HCPCS": pattern(codes.HCPCS), "ICD-10-CM": pattern(codes.ICD)}


def misspelled_code(view: SectionView) -> Iterator[Fault]:
    """What the words call a code is not written as a code.

    A digit is missing or too many, a letter O stands for a zero, a diagnosis has no dot behind its third character.
    Nobody finds such a code in a code file, and no program links it. The forms are those of CPT (five characters),
    HCPCS Level II (a letter A to V and four digits) and ICD-10-CM (a dot behind the third character).

    ```yaml bad
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      text: The study follows an earlier one (CPT 7055)
    ```
    ```yaml good
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      text: The study follows an earlier one (CPT 70553)
    ```
    """
    wording = view.wording
    for name, system in _SYSTEMS:
        place = wording.joined.find(name)
        while place >= 0:
            end = place + len(name)
            # Nearly all are right, and that is told at a glance: "CPT 70553".
            if not wording.joined[end + 1 : end + 6].isdigit() or wording.joined[end + 6 : end + 7].isalnum():
                yield from _misspelled(view, system, wording.at(place, name))
            place = wording.joined.find(name, end)


def _misspelled(view: SectionView, system: str, hit: Hit) -> Iterator[Fault]:
    text = hit.passage.text
    found = None if hit.passage.kind == "query" else _TOKEN.match(text.value, hit.end)
    if found is None:
        return
    token = found["token"]
    if _RIGHT[system].fullmatch(token) is not None or _MEANT[system].fullmatch(token) is None:
        return
    span = text.at(found.start("token"), found.end("token"))
    meant = _meant(token, system)
    if system == "CPT" and meant in view.registers.codes and not token[:-1].isdigit():
        return  # letters that look like digits are a finding of their own
    yield Fault(
        f"“{token}” is not written as {'an' if system[0] in 'IH' else 'a'} {system} code", span,
        f"write {meant}" if meant else "look the code up, and write it in full", hit.passage.id,
        edits=(Edit(span, meant),) if meant in view.registers.codes and span.raw == token else (),
    )  # fmt: skip


def _meant(token: str, system: str) -> str:
    """Return the code that was meant, where its form leaves no doubt."""
    upper = token.upper()
    if system == "ICD-10-CM" and "." not in upper:
        upper = f"{upper[:3]}.{upper[3:]}"
    elif system != "ICD-10-CM":
        upper = upper[:1] + upper[1:].replace("O", "0").replace("I", "1").replace("L", "1")
        upper = upper.replace("O", "0", 1) if system == "CPT" else upper
    return upper if _RIGHT[system].fullmatch(upper) is not None else ""


# Words for parts of the body, by part: words of one part do not disagree.
_PARTS = {
    word: part
    for part, words in (
        ("head", "brain head skull cranial intracranial cerebral face facial orbit orbits sinus sinuses"),
        ("neck", "neck thyroid larynx"),
        ("chest", "chest thorax thoracic lung lungs heart cardiac coronary breast"),
        ("abdomen", "abdomen abdominal liver hepatic kidney kidneys renal pancreas spleen"),
        ("pelvis", "pelvis pelvic prostate bladder uterus"),
        ("limb", "knee shoulder hip wrist elbow ankle foot hand arm leg femur tibia"),
    )
    for word in words.split()
}  # fmt: skip
_PART = "|".join(sorted(_PARTS, key=lambda word: (-len(word), word)))
_PART_BEFORE = pattern(
    rf"\b(?P<part>{_PART})(?:\s+(?:CT|MRI|MR|PET|PET/CT|ultrasound|imaging|scan|study|examination|procedure))?"
    r"\s*[(,:]\s*(?:CPT®?\s*|HCPCS\s*)?(?:code\s*)?$",
    re.I,
)
_PART_AFTER = pattern(
    r"(?:\s+is\s+(?:the|an?)\s+(?:[\w-]+\s+){0,2}code\b)?\s*\(?(?:(?:for|of)\s+(?:the\s+|an?\s+)?)?"
    rf"(?P<part>{_PART})\b(?!\s+(?:or|and)\b)",
    re.I,
)
_WHOLE = pattern(r"\b(?:whole|body|any|all|other|to|mid-thigh)\b", re.I)
_TURNED = pattern(r"\b(?:not|never|no|than|instead|except)\b", re.I)


def region_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words name a part of the body for a code, and the register another.

    "Abdomen (CPT 70553)" sends a study of the abdomen under a code for the brain. Either the words are wrong, or the
    code, or the `region` in the register.

    ```yaml bad
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      text: The study follows an earlier one of the abdomen (CPT 70553)
    ```
    ```yaml good
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      text: The study follows an earlier one of the brain (CPT 70553)
    ```
    """
    registered = view.registers.codes
    for mention in view.wording.codes:
        code = registered.get(mention.code)
        if code is None or not code.region or mention.passage.kind == "query" or _WHOLE.search(code.region):
            continue
        own = {_PARTS.get(word.lower()) for word in code.region.split()}
        if None in own:
            continue
        text = mention.passage.text
        found = _PART_BEFORE.search(text.value, max(0, mention.start - 60), mention.start)
        found = found or _PART_AFTER.match(text.value, mention.end)
        if found is None or _PARTS[found["part"].lower()] in own:
            continue
        if _TURNED.search(text.value, max(0, mention.start - 60), mention.start) is None:
            yield Fault(
                f"The words name the {found['part'].lower()} for {code.system} {code.code}; in the register its region "
                f"is {code.region}",
                text.at(found.start("part"), found.end("part")), "mend the words, the code or its region",
                mention.passage.id, (Label(code.span, "its entry"),),
            )  # fmt: skip


_EXAMPLE = pattern(
    r"\bcodes?\b[^.;()]{0,20}[\s(,]+(?:e\.\s?g\.,?|such as|for example,?|for instance,?)\s*(?:CPT®?\s*|HCPCS\s*)?$",
    re.I,
)
_NEXT = pattern(r"(?:\s*,\s*|\s+(?:and|or)\s+|\s*,\s*(?:and|or)\s+)(?:CPT®?\s*|HCPCS\s*)?", re.I)
_EXAMPLE_WORDS = frozenset({"e", "such", "example", "instance"})


def incomplete_family(view: SectionView) -> Iterator[Fault]:
    """Behind "e.g." stand some codes of a family, and the register holds more of them.

    "Therapy codes (e.g. CPT 97110)": whether its neighbors count is left to whoever writes the claim. Codes are of one
    family where their system, modality, role and region in the register are the same.

    ```yaml bad
    # file: example/registers/codes.yaml
    - code: "77013"
      system: CPT
      label: CT for ablation
      modality: CT
      role: guidance
      verified: {source: example, on: 2026-01-01}
    # file: example/sections/guidance.yaml
    id: guidance
    title: Guidance
    coding_rules:
      - rule: report
        codes: [77012]
        text: Report guidance codes (e.g., CPT 77012) with the procedure.
    ```
    ```yaml good
    # file: example/registers/codes.yaml
    - code: "77013"
      system: CPT
      label: CT for ablation
      modality: CT
      role: guidance
      verified: {source: example, on: 2026-01-01}
    # file: example/sections/guidance.yaml
    id: guidance
    title: Guidance
    coding_rules:
      - rule: report
        codes: [77012, 77013]
        text: Report guidance codes (CPT 77012 or CPT 77013) with the procedure.
    ```
    """
    if not view.wording.codes or _EXAMPLE_WORDS.isdisjoint(view.words):
        return
    registered = view.registers.codes
    mentions = view.wording.codes
    for place, mention in enumerate(mentions):
        passage = mention.passage
        if passage.kind not in ("criterion", "coding_rule") or mention.last:
            continue
        if _EXAMPLE.search(passage.text.value, max(0, mention.start - 60), mention.start) is None:
            continue
        named = [mention]
        for other in mentions[place + 1 :]:
            if other.passage is not passage or _NEXT.fullmatch(passage.text.value, named[-1].end, other.start) is None:
                break
            named.append(other)
        left = _left(view, named, registered)
        if left:
            more = ", ".join(left[:4]) + (" …" if len(left) > 4 else "")
            yield Fault(
                f"Some codes of a family are named as examples; the register holds more of it: {more}",
                passage.text.at(mention.start, named[-1].end), "name all that are meant, or take “e.g.” out",
                passage.id,
            )  # fmt: skip


def _left(view: SectionView, named: list[CodeMention], registered: Mapping[str, Code]) -> list[str]:
    known = [registered[one.code] for one in named if one.code in registered]
    families = {(code.system, code.modality, code.role, code.region) for code in known if code.role}
    told = {one.code for one in view.wording.codes if one.passage is named[0].passage}
    listed = [one for one in code_lists(view) if one.owner == named[0].passage.id]
    told |= {code for one in listed for use in one.uses for code in members(use, registered)}
    return sorted(
        code.code
        for code in registered.values()
        if (code.system, code.modality, code.role, code.region) in families and code.code not in told
    )


CHECKS: tuple[Check, ...] = (
    Check("C111", "misspelled-code", Severity.ERROR, "section", misspelled_code),
    Check("C116", "incomplete-family", Severity.INFO, "section", incomplete_family),
    Check("C117", "region-at-odds", Severity.WARNING, "section", region_at_odds),
)
