"""What the words call a code, against what the register says it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from policypress.checks.check import Check, Fault, SectionView
from policypress.codes import HYPHENS
from policypress.finding import Label, Severity
from policypress.model import CodeClass, Guideline
from policypress.pattern import pattern
from policypress.registers import Code
from policypress.wording import CodeMention

# What words call a code -> the role they mean; and the roles of the register that they fit.
_ROLES = {
    "guidance": "guidance", "rendering": "rendering", "3d": "rendering", "3-d": "rendering",
    "unlisted": "unlisted", "diagnostic": "diagnostic", "surgical": "procedure",
}  # fmt: skip
_FITS = {
    "guidance": ("guidance",),
    "rendering": ("rendering",),
    "unlisted": ("unlisted",),
    "diagnostic": ("diagnostic", "unlisted"),
    "procedure": ("procedure", "unlisted"),
}
_ROLE = "|".join(sorted(_ROLES, key=lambda word: -len(word)))
_PLAIN = r"(?!(?:to|of|for|with|than|from|by|in|beside|or|and)\b)[\w/-]+\s+"  # a word that starts nothing new
# "20982 is the appropriate guidance code", "76498, an unlisted MR code", "76498 is unlisted"
_CALLED_AFTER = pattern(
    rf"\)?(?:,|\s+(?:is|as|remains))\s+(?:(?:the|an?)\s+(?:{_PLAIN}){{0,3}}?(?P<word>{_ROLE})\s+(?:{_PLAIN}){{0,2}}?code\b"
    r"|(?P<bare>unlisted)\b)",
    re.I,
)
# "guidance code CPT 20982", "3D rendering codes (76376, 76377)", "unlisted MRI codes for planning (e.g. CPT 76498)"
_CALLED_BEFORE = pattern(rf"(?P<word>\b(?:{_ROLE})\b)\s+(?:{_PLAIN}){{0,3}}?code(?P<plural>s?)\b", re.I)
_LEAD_IN = pattern(
    r"(?:\(s\))?(?:\s+for\s+[\w\s/-]{1,30}?(?=\s*[(:,]))?\s*[,:(]*\s*"
    r"(?:such as|e\.g\.,?|i\.e\.,?|for example,?|is|are)?\s*(?:CPT®?|HCPCS)?\s*",
    re.I,
)
_CHAIN = pattern(r"[\s,/+&]*(?:\b(?:and|or)\b)?\s*(?:(?:CPT®?|HCPCS)\s*)?", re.I)

# A modality in words -> what it is made of.
_PARTS = {
    "CT": ("CT",), "CTA": ("CT",), "MR": ("MR",), "MRI": ("MR",), "MRA": ("MR",), "PET": ("PET",), "US": ("US",),
    "ULTRASOUND": ("US",), "FLUOROSCOPY": ("fluoroscopy",),
    "PET/CT": ("PET", "CT"), "PET/MR": ("PET", "MR"), "PET/MRI": ("PET", "MR"), "SPECT/CT": ("SPECT", "CT"),
}  # fmt: skip
_NAMES = {parts: name for name, parts in reversed(_PARTS.items())}  # the plainest name of each
Modalities = tuple[tuple[str, ...], ...]
_JOIN = pattern(r"\s*(?:/|,)?\s*(?:or|and)?\s*", re.I)
_BEFORE = pattern(
    r"(?:\s+(?:guidance|guided|scan|study|imaging|brain|head|chest|abdomen|pelvis|fusion|unlisted|diagnostic|limited"
    r"|procedure|(?:with|without|and|or|contrast|of|the|biopsy|ablation)\b|codes?|for\s+[\w\s-]{1,30}?(?=\s*[(:])))*"
    r"\s*[(:]\s*(?:e\.g\.,?|i\.e\.,?|such as|for example,?)?\s*(?:CPT®?|HCPCS)?\s*(?:codes?)?\s*",
    re.I,
)
_CLOSE = pattern(r"\s*(?:guidance|scan|study|imaging)?\s*\)", re.I)
_FOR = pattern(r"\s+for\s+(?:an?\s+)?", re.I)
_FOR_END = pattern(
    r"\s*(?:$|[.,;)]|(?:or|and|where|when|if|guidance|guided|guides|scans?|imaging|study|studies)\b)", re.I
)
_NEGATED = pattern(r"\b(?:not|never|no|than|instead of|in place of)\b[^.;]*$", re.I)


def role_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words call a code something that it is not in the register.

    A guidance code is reported beside a procedure, an unlisted code with a description, a rendering code with its base
    study. CPT 20982, say, is the ablation of a bone tumor itself with its guidance included; called "the guidance
    code" it would be reported beside itself. One of the two is wrong, the words or the `role` in the register.

    ```yaml bad
    id: ablation
    title: Ablation
    effect: covered
    codes: [20982]
    criteria:
      text: The procedure ablates a bone tumor
    coding_rules:
      - rule: report
        codes: [20982]
        text: For bone tumors CPT 20982 is the appropriate guidance code.
    ```
    ```yaml good
    id: ablation
    title: Ablation
    effect: covered
    codes: [20982]
    criteria:
      text: The procedure ablates a bone tumor
    coding_rules:
      - rule: report
        codes: [20982]
        text: For bone tumors report CPT 20982, which includes the guidance.
    ```
    """
    registered = view.registers.codes
    last: CodeMention | None = None
    listed = ""  # what the list that `last` stands in is called
    for mention in view.wording.codes:
        text, start = mention.passage.text.value, mention.start
        chained = last is not None and last.passage is mention.passage
        if not (chained and last is not None and _CHAIN.fullmatch(text, last.end, start)):
            listed = ""
        last = mention
        code = registered.get(mention.code)
        if mention.passage.kind == "query":
            continue
        called = listed
        near = text.rfind("code", max(0, start - 60), start)
        if near > 0 and (found := _last(_CALLED_BEFORE, text, max(0, near - 40), near + 5)) is not None:
            if _LEAD_IN.fullmatch(text, found.end(), start):
                called = found["word"]
                listed = called if found["plural"] else ""
        elif (after := _CALLED_AFTER.match(text, mention.end)) is not None:
            called = after["word"] or after["bare"]
        if not called or code is None or not code.role:
            continue
        if code.role not in _FITS[_ROLES[called.lower()]]:
            yield Fault(
                f"The words call {code.system} {code.code} a {called} code; in the register its role is {code.role}",
                mention.span, "mend the words, or the role in the register", mention.passage.id,
                (Label(code.span, "its entry"),),
            )  # fmt: skip
    yield from _classes(view)


def _classes(view: SectionView) -> Iterator[Fault]:
    for rule in view.section.coding_rules:
        if rule.text is None or rule.class_ is None or not rule.class_.role:
            continue
        called = [match["word"].lower() for match in _CALLED_BEFORE.finditer(rule.text.value)]
        parts = [part for part in (rule.class_, rule.with_, rule.instead_of, rule.for_) if isinstance(part, CodeClass)]
        roles = {part.role for part in parts if part.role}
        if called and not any(_ROLES[word] in roles or set(_FITS[_ROLES[word]]) & roles for word in called):
            yield Fault(
                f"The words speak of {called[0]} codes; the class of this rule is {rule.class_.role}",
                rule.class_.span, "mend the words, or the role of the class", rule.id,
                (Label(rule.text.span, "the words"),),
            )  # fmt: skip


def modality_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words name a modality for a code, and the register another.

    "MRI/CT codes (e.g. CPT 76498)" sends CT under a code for MR. Either the words or the register's `modality` is
    wrong, or one of the two modalities has a code of its own.

    ```yaml bad
    id: guidance
    title: Imaging guidance
    coding_rules:
      - rule: report
        codes: [77012]
        text: Report CPT 77012 (MRI) where imaging guides a needle.
    ```
    ```yaml good
    id: guidance
    title: Imaging guidance
    coding_rules:
      - rule: report
        codes: [77012]
        text: Report CPT 77012 (CT) where imaging guides a needle.
    ```
    """
    wording = view.wording
    if not wording.codes:
        return
    hits: dict[int, list[tuple[int, int, Modalities]]] = {}
    own_names = view.beside.make(_own_names)
    found = [*wording.capitals, *wording.find("ultrasound"), *wording.find("fluoroscopy")]
    for hit in found:
        said = _modalities(hit.words) or (((hit.words,),) if hit.words in own_names else ())
        if hit.passage.kind != "query" and said:
            hits.setdefault(id(hit.passage), []).append((hit.start, hit.end, said))
    if not hits:
        return
    registered = view.registers.codes
    last: CodeMention | None = None
    listed: Modalities = ()
    for place, mention in enumerate(wording.codes):
        near = hits.get(id(mention.passage))
        code = registered.get(mention.code)
        text = mention.passage.text.value
        if last is None or last.passage is not mention.passage or not _CHAIN.fullmatch(text, last.end, mention.start):
            listed = ()
        last = mention
        if near is None or code is None:
            continue
        own = _modalities(code.modality) or (((code.modality,),) if code.modality in own_names else ())
        if not own:
            continue
        said, several = listed, False
        for at, (start, end, words) in enumerate(near):
            if 0 < mention.start - end <= 70 and _BEFORE.fullmatch(text, end, mention.start):
                several = len(words) > 1 and re.search(r"\bcodes?\b", text[end : mention.start]) is not None
                said = listed = words
                while at and _JOIN.fullmatch(text, near[at - 1][1], near[at][0]):
                    at -= 1
                    said = listed = (*near[at][2], *said)
            elif 0 < start - mention.end <= 10 and (
                (text[mention.end : start].strip() == "(" and _CLOSE.match(text, end))
                or (
                    _FOR.fullmatch(text, mention.end, start)
                    and _FOR_END.match(text, end)
                    and not _NEGATED.search(text, 0, mention.start)
                )
            ):
                said, listed = words, ()
        odd = said and not any(set(part) & set(own[0]) for part in said)
        if several and not odd:
            # Two modalities are named: one of the codes listed behind them must be of each.
            codes = [own[0], *(other for other in _listed(wording.codes, place, registered))]
            odd = any(not any(set(part) & set(other) for other in codes) for part in said)
        if odd:
            words_said = " or ".join(_NAMES.get(part, part[0]) for part in said)
            yield Fault(
                f"The words name {words_said} for {code.system} {code.code}; in the register it is {code.modality}",
                mention.span, "mend the words or the register, or name the code of each modality", mention.passage.id,
                (Label(code.span, "its entry"),),
            )  # fmt: skip


def _own_names(guideline: Guideline) -> frozenset[str]:
    """Return the modalities that the register writes in capitals, as words do."""
    return frozenset(code.modality for code in guideline.registers.codes.values() if code.modality.isupper())


def _listed(mentions: tuple[CodeMention, ...], place: int, registered: Mapping[str, Code]) -> Iterator[tuple[str, ...]]:
    """Yield the modalities of the codes that follow in the same list; of an unknown one, every modality."""
    before = mentions[place]
    for mention in mentions[place + 1 :]:
        if mention.passage is not before.passage:
            return
        if not _CHAIN.fullmatch(mention.passage.text.value, before.end, mention.start):
            return
        code = registered.get(mention.code)
        known = _modalities(code.modality) if code is not None else ()
        yield known[0] if known else tuple(part for parts in _PARTS.values() for part in parts)
        before = mention


@cache
def _modalities(words: str) -> Modalities:
    """Read a word as modalities: one ("PET/CT"), several to choose from ("MRI/CT"), or none."""
    folded = words.upper()
    for hyphen in HYPHENS:
        folded = folded.replace(hyphen, "/")
    folded = folded.removesuffix("/GUIDED").removesuffix("/GUIDANCE")
    if folded in _PARTS:
        return (_PARTS[folded],)
    parts = folded.split("/")
    return tuple(_PARTS[part] for part in parts) if all(part in _PARTS for part in parts) else ()


def _last(pattern: re.Pattern[str], text: str, start: int, end: int) -> re.Match[str] | None:
    return max(pattern.finditer(text, start, end), key=lambda match: match.end(), default=None)


def described(text: str, names: Iterable[str], registered: Mapping[str, Code]) -> bool:
    """Tell whether words say what codes are: their modality, role or region."""
    for name in names:
        code = registered.get(name)
        for word in (code.modality, code.role, code.region, *code.region.split()) if code is not None else ():
            if len(word) > 1 and re.search(rf"(?<![\w/-]){re.escape(word)}(?![\w/-])", text, re.I):
                return True
    return False


CHECKS: tuple[Check, ...] = (
    Check("C105", "role-at-odds", Severity.WARNING, "section", role_at_odds),
    Check("C106", "modality-at-odds", Severity.WARNING, "section", modality_at_odds),
)
