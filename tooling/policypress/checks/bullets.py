"""Criteria that are not conditions of a patient: billing rules, labelled cases, two readings of one sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks.check import Check, Fault, SectionView
from policypress.checks.groups import operator_span
from policypress.criteria import Criterion, walk
from policypress.finding import Label, Severity
from policypress.passages import Passage
from policypress.pattern import pattern

_CODE_WORD = r"(?:CPT|HCPCS|(?:[\w/-]+ ){0,4}?codes?\b)"
_WITH = r"(?: (?:as|with|using|by|under|the|an?|only|separately|of|either))*"
_CLAIM = pattern(
    rf"\b((?:report|reports|reported|bill|bills|billed|billing)\b{_WITH} (?=\(?{_CODE_WORD})"
    rf"|(?:do|should|must)(?: not)?(?: \w+)? (?:report|bill)\b|use (?=(?:the )?(?:appropriate )?{_CODE_WORD})"
    r"|(?:is|are|be)(?: not)?(?: separately)? (?:billed|unbundled)\b|unbundling\b"
    r"|reported (?:separately|together|per encounter|once)\b"
    r"|(?:guidance|diagnostic|surgical|fusion|rendering) codes?\b)",
    re.I,
)
_CLAIM_WORDS = frozenset(
    "report reports reported bill bills billed billing use unbundled unbundling code codes".split()
)
_LABEL = pattern(r"[A-Z0-9][^:.;?!]{1,90}: +\S")
# "Restaging should be asked for when", "Surveillance intervals should follow": the purpose is the label.
_PURPOSE = pattern(
    r"(Staging|Restaging|Surveillance|Screening|Monitoring|Follow-up|Diagnosis)(?: \w+){0,2} should\b", re.I
)
_NO_LABEL = pattern(
    r"(?:one|any|all|both|either|each|some|note|the following|following)\b|.*\b(?:of|are|is|includes?)$", re.I
)
_VERB = r"(?:is|are|was|were|will|would|can|does|has|have)"
_REACH = pattern(
    rf" (?P<word>when|where|if|provided that|in the absence of|for which|and(?= [\w/-]+ {_VERB}\b)"
    r"|with(?= (?:ongoing|persistent|continued|continuing|lasting|clinical|high) \w+))\b",
    re.I,
)
_COMMA = pattern(r"[,;:]")
_BRACKETS = pattern(r"\([^()]*\)")
_ROUTINELY = r"(?:generally|typically|usually|routinely|normally)"
_HEDGE = pattern(rf"\b(should(?! (?:have|the|a|an|it|they)\b)|not {_ROUTINELY} \w+)", re.I)
_HEDGED_LEAD = pattern(rf"\b(should|{_ROUTINELY})\b", re.I)
_OPTION = pattern(r"\b((?:may|can) be (?:appropriate|considered|indicated|covered|approved|used))\b", re.I)
_HEDGE_WORDS = frozenset("should generally typically usually routinely normally may can".split())
_SAID = {"should": ("should", "generally", "may"), "generally": ("generally", "should", "may"), "may": ("may",)}


def claim_in_criterion(view: SectionView) -> Iterator[Fault]:
    """A criterion says what to report or bill.

    How a service is reported is decided when the claim is written, after the study. No patient meets "report it with
    CPT 78815", so the list that asks for it can never be met. Its place is `coding_rules` of the section, where
    programs find it too.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      all:
        - The study changes the plan of treatment
        - Bill the PET/CT with one fusion code
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: The study changes the plan of treatment
    coding_rules:
      - rule: report
        codes: [78815]
        text: Report the PET/CT with CPT 78815.
    ```
    """
    if _CLAIM_WORDS.isdisjoint(view.words):
        return
    said: set[str] = set()
    for hit in view.wording.search(_CLAIM):
        id = hit.passage.id
        if hit.passage.kind == "criterion" and id in view.ruling_of and id not in said:
            said.add(id)
            yield Fault(
                f"“{hit.words.strip()}” speaks of the claim, and a criterion is met or not met by a patient",
                hit.passage.text.at(hit.start, hit.start + len(hit.words.strip())),
                "write it as a rule under `coding_rules` of the section", id,
            )  # fmt: skip


def labelled_members(view: SectionView) -> Iterator[Fault]:
    """The members of an ALL begin with labels, as if each were for another case.

    "Gliomas: …", "Meningiomas: …" are meant one at a time, and ALL asks for every one of them, so that no patient meets
    the list. The label belongs into `applies_when` of its member, which then drops out of the list where it does not
    fit, or each case becomes a ruling of its own.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - "Gliomas: the study is for staging"
        - "Lymphomas: the study assesses the response"
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - applies_when:
            text: The tumor is a glioma
            fact: dx.glioma
          text: The study is for staging
        - applies_when:
            text: The tumor is a lymphoma
            fact: dx.lymphoma
          text: The study assesses the response
    ```
    """
    if ": " not in view.wording.joined and "should" not in view.words:
        return
    for group in view.groups:
        if group.op != "all":
            continue
        labels = [
            (member, label)
            for member in group.of
            if isinstance(member, Criterion) and member.applies_when is None and (label := _label(member.text.value))
        ]
        if len({label for _, label in labels}) < 2:
            continue
        for member, label in labels:
            yield Fault(
                f"“{label}” labels a case of its own, and ALL asks for every member",
                member.text.at(0, len(label)),
                "move the label to `applies_when` of this member, or make each case a ruling of its own", member.id,
                (Label(operator_span(group), "asks for every member"),),
            )  # fmt: skip


def _label(text: str) -> str:
    if (purpose := _PURPOSE.match(text)) is not None:
        return purpose[1]
    if ":" not in text or _LABEL.match(text) is None:
        return ""
    label = text[: text.index(":")]
    return "" if _NO_LABEL.match(label) is not None else label


def unclear_reach(view: SectionView) -> Iterator[Fault]:
    """A condition behind an "or" can belong to the last case alone or to all of them.

    "Fractures or other planning when imaging is insufficient": does the condition hold for fractures too? Two reviewers
    decide differently, and both read the sentence right. Cases below `any` and what they share below `all` say which.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The study stages a glioma or looks for recurrence when conventional imaging falls short
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - any:
            - The study stages a glioma
            - The study looks for recurrence
        - Conventional imaging falls short
    ```
    """
    said: set[int] = set()
    for hit in (*view.wording.find(" or "), *view.wording.find(" OR ")):
        if hit.passage.kind != "criterion" or id(hit.passage) in said:
            continue
        if _REACH.search(hit.passage.text.value, hit.end) is None:
            continue
        text = _BRACKETS.sub(lambda match: "·" * len(match[0]), hit.passage.text.value)
        if text[hit.start : hit.end].lower() != " or ":
            continue  # inside brackets
        end = min((match.start() for match in re.finditer(r"[.;]", text) if match.start() > hit.end), default=len(text))
        # "pelvic, uterine or adnexal conditions where": one noun with its adjectives, not two cases.
        words = 3 if "," in text[max(0, hit.start - 20) : hit.start] else 2
        reaching = _REACH.finditer(text, hit.end, end)
        found = next(
            (
                match
                for match in reaching
                if match["word"] == "with" or len(text[hit.end : match.start()].split()) >= words
            ),
            None,
        )
        if found is None:
            continue
        between = text[hit.end : found.start()]
        if _COMMA.search(between):
            continue
        said.add(id(hit.passage))
        word = found["word"]
        yield Fault(
            f"What follows “{word}” can belong to the case behind “or” alone, or to both",
            hit.passage.text.at(found.start("word"), found.end("word")),
            "write the cases below `any`, and what holds for each of them beside it below `all`", hit.passage.id,
        )  # fmt: skip


def strength_at_odds(view: SectionView) -> Iterator[Fault]:
    """The words hedge, and the data say `must`.

    "Should", "routinely" or "generally not indicated" leave room for cases. `strength` carries that to every reader and
    program: without it the printed lead-in and the JSON say that the criteria must be met.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    intro: The study may be considered after a failed biopsy
    criteria:
      text: A biopsy has failed
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    strength: may
    criteria:
      text: A biopsy has failed
    ```
    """
    if _HEDGE_WORDS.isdisjoint(view.words):
        return
    said: set[int] = set()
    hedged = {strength: _below(view, fits) for strength, fits in _SAID.items()}
    for expression, kind in ((_HEDGE, "criterion"), (_HEDGED_LEAD, "intro"), (_OPTION, "intro")):
        for hit in view.wording.search(expression):
            passage = hit.passage
            if passage.kind != kind or id(passage) in said:
                continue
            word = hit.words.lower()
            strength = "may" if expression is _OPTION else "should" if word == "should" else "generally"
            if not _carried(view, passage, strength, hedged[strength]):
                said.add(id(passage))
                yield Fault(
                    f"“{hit.words}” hedges, and nothing here has a strength but must", hit.span,
                    f"add `strength: {strength}` to what the words are about, or take the hedge out", passage.id,
                )  # fmt: skip


def _carried(view: SectionView, passage: Passage, strength: str, hedged: set[str]) -> bool:
    fits = _SAID[strength]
    if passage.kind == "intro":
        carried = [ruling.strength for ruling in view.section.rulings]
        carried += [node.strength or "must" for node in view.nodes]
        carried += [rule.strength or "must" for rule in view.section.coding_rules]
        return any(word in fits for word in carried)
    ruling = view.ruling_of.get(passage.id)
    if ruling is None or ruling.strength in fits:
        return True  # the condition of a coding rule speaks of the patient
    return passage.id in hedged


def _below(view: SectionView, strengths: tuple[str, ...]) -> set[str]:
    """Return the ids of everything that one of these strengths stands on, or above."""
    return {below.id for node in view.nodes if node.strength in strengths for below in walk(node)}


CHECKS: tuple[Check, ...] = (
    Check("W125", "claim-in-criterion", Severity.WARNING, "section", claim_in_criterion),
    Check("W126", "labelled-members", Severity.WARNING, "section", labelled_members),
    Check("W127", "unclear-reach", Severity.WARNING, "section", unclear_reach),
    Check("W129", "strength-at-odds", Severity.WARNING, "section", strength_at_odds),
)
