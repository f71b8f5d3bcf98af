"""What the words of titles, intros and criteria must leave to the structure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from policypress.checks import agreement, bullets, endings, loose, markup, section_names, speech
from policypress.checks.check import Check, Fault, SectionView
from policypress.finding import Severity
from policypress.model import Ruling
from policypress.passages import Passage
from policypress.pattern import pattern
from policypress.wording import Found, Hit, Mark

_COUNT = r"(?:one|two|three|four|five|six|\d{1,2})"
# "all of the following", "at least two of these criteria must be met"; not "any of the following services".
_THESE = (
    r"(?:following\b(?!\s+(?:services|codes|studies|tests|plans|products|procedures|devices|drugs|sections|terms))|below\b"
    r"|(?:criteria|conditions|requirements)\b(?=[^.]*\b(?:met|satisfied|fulfilled|present|apply)\b))"
)
_OPERATOR = pattern(
    rf"(?:all|any|either|both|each|none|one of|(?:at least\s+)?{_COUNT})(?:\s+{_COUNT})?(?:\s+or\s+more)?"
    rf"(?:\s+of)?(?:\s+(?:the|these))?(?:\s+{_COUNT})?\s+{_THESE}",
    re.I,
)
_COUNTED = pattern(rf"\b{_COUNT}(?:\s+or\s+more)?\s+$", re.I)
_CAPITAL = pattern(
    r"(?:ANY|EITHER|NONE|BOTH|AT LEAST)\b(?! [A-Z]{2})|ALL\b(?=\s+(?:of|the|these|criteria|must|are)\b)"
)
_ALL = pattern("ALL")
_AFTER_WHEN = pattern(r"\b(?:when|if|unless|meets?)\s+$")
_JOINING = {";", "unless", "except", "and", "or", "not"}
_EXCEPT_CLAUSE = pattern(r"\s+(?:when|where|if|that|in\s+(?:the\s+)?cases?|while|during|after|before)\b", re.I)
_SENTENCE = pattern(r"\.(?:[\"'”’)]?[ \n]+)(?=[A-Z(“\"])")
_ENDS = pattern(r"(?:[a-z]{3,}|\)|[\"”’]|\d\d|[A-Z]{2,})$")
_SHORTENED = pattern(
    r"(?:^|\W)(?:e\.g|i\.e|etc|al|vs|approx|incl|esp|resp|max|min|sec|fig|dept|inc|max|cf|ca|no|dr|st)$", re.I
)
_VERB = r"(?:is|are|was|were|has|have|had|will|would|can|could|may|might|must|should|does|did|cannot)"
_FIRST = pattern(
    rf"\b(?:{_VERB}|meets|shows|requires|describes|confirms|demonstrates|lacks|suggests|indicates)\b", re.I
)
_SUBORDINATE = (
    r"(?:that|which|who|whose|whom|what|when|where|if|because|whether|while|since|until|unless|once|as|than|so|how|why"
    r"|after|before|though|although|between|both|neither|either)"
)
_SUBORDINATED = pattern(rf"\b{_SUBORDINATE}\b", re.I)
_LATER = pattern(rf" {_VERB}\b", re.I)
_SECOND = pattern(rf"\s+(?:(?!(?:{_SUBORDINATE}|{_VERB}|not|to)\b)[\w’'/‑-]+\s+){{1,6}}{_VERB}\b", re.I)

# One reason in two words, as policies say why something was not done: "failed or is contraindicated".
_NOT_DONE = pattern(
    r" (?:is|are|was|were|has been|have been|cannot be|could not be)(?: (?:not|medically|clinically))* (?:tolerated"
    r"|contraindicated|feasible|(?:un)?available|refused|declined|possible|(?:in)?effective|unsuccessful|unsuitable)\b"
)
_PREDICATE = pattern(r" (?:is|are|was|were|has|have|cannot|does not|do not|did not|will)\b")

# The words by which a ruling, not a criterion, speaks.
_ENDS_WORD = pattern(r"(?!\w)(?! (?:by|with)\b)")
_OUTCOMES = ("indicated", "covered", "medically necessary", "appropriate", "supported", "reimbursed")
_LEADING = {
    "is", "are", "be", "not", "routinely", "generally", "typically", "usually", "normally", "clinically", "considered",
    "deemed",
}  # fmt: skip
_VERDICT = pattern(rf"(?:\b(?P<verb>is|are|be)\s+)?(?P<words>(?:\b(?:{'|'.join(sorted(_LEADING))})\s+)*)$", re.I)
_OTHERWISE = pattern(
    r"\b(?:that|which|who|whether|states?|says?|no|other|another|alternative|instead|conventional)\b", re.I
)
_STUDY = pattern(
    r"(?:(?:the|this|an?|such|requested|proposed|planned|routine|surveillance|repeat)\s+)*"
    r"(?:stud(?:y|ies)|tests?|imaging|scans?|services?|requests?|examinations?|it|surveillance|screening|monitoring)\b"
    r"(?:\s+\S+){0,4}\s*$",
    re.I,
)


def operator_in_title(view: SectionView) -> Iterator[Fault]:
    """A title or intro names an operator.

    "ALL of the following" is printed from the operator of the group itself, so that words and logic cannot part. An
    operator in a title or intro stays when the group is changed, and then the page says two things. `intro` is for
    other words.

    ```yaml bad
    id: pet-mri
    title: PET-MRI is appropriate when EITHER of the following applies
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
        - PET/CT is not available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      any:
        - The study changes the plan of treatment
        - PET/CT is not available
    ```
    """
    ends: dict[int, int] = {}
    hits: list[Found] = [*view.wording.marks, *view.wording.find("of the following")]
    for hit in hits:
        passage, start = hit.passage, hit.start
        if passage.kind not in ("title", "intro") or start < ends.get(id(passage), 0):
            continue
        text = passage.text.value
        if not isinstance(hit, Mark) and (counted := _COUNTED.search(text, 0, start)) is not None:
            start = counted.start()
        found = _OPERATOR.match(text, start)
        if found is None and hit.words.isupper() and not text.isupper():
            found = _CAPITAL.match(text, start)
            if hit.words == "ALL" and _AFTER_WHEN.search(text, 0, start) is not None:
                found = _ALL.match(text, start)
        if found is not None:
            ends[id(passage)] = found.end()
            yield Fault(
                f"The {passage.kind} names an operator, “{found[0]}”", passage.text.at(found.start(), found.end()),
                "take it out: the lead-in of a list is printed from its operator", passage.id,
            )  # fmt: skip


def joined_clauses(view: SectionView) -> Iterator[Fault]:
    """A criterion joins two conditions.

    A criterion is answered met or not met. Where it holds two conditions a reviewer cannot answer it, and the logic
    between them is prose that no check and no program reads. Nouns that share one verb ("CT, MRI or a bone scan is
    inconclusive") are one condition.

    ```yaml bad
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      text: The individual meets the criteria for PET/CT AND none is available
    ```
    ```yaml good
    id: pet-mri
    title: PET-MRI
    effect: covered
    criteria:
      all:
        - The individual meets the criteria for PET/CT
        - PET/CT is not available
    ```
    """
    first: dict[int, tuple[Found, str, str]] = {}

    def keep(hit: Found, said: str, help: str) -> None:
        known = first.get(id(hit.passage))
        if known is None or hit.start < known[0].start:
            first[id(hit.passage)] = (hit, said, help)

    for mark in view.wording.marks:
        if mark.mark not in _JOINING or mark.passage.kind != "criterion" or id(mark.passage) in first:
            continue  # the first of a passage is told
        if (joined := _joined(mark)) is not None:
            keep(mark, *joined)
    for hit in view.wording.search(_SENTENCE):
        if hit.passage.kind != "criterion":
            continue
        text = hit.passage.text.value
        if _ENDS.search(text, max(0, hit.start - 20), hit.start) and not _SHORTENED.search(
            text, max(0, hit.start - 8), hit.start
        ):
            start = hit.end
            end = next((place for place in range(start, len(text)) if text[place].isspace()), len(text))
            keep(
                Hit(hit.passage, start, end, text[start:end]), "A second sentence begins in this criterion",
                "keep one condition here; make the rest a criterion of its own, or a note",
            )  # fmt: skip
    for found, said, help in first.values():
        yield Fault(said, found.span, help, found.passage.id)


def _joined(mark: Mark) -> tuple[str, str] | None:
    text, start, end = mark.passage.text.value, mark.start, mark.end
    split = "make each a criterion of its own, below all or any"
    if mark.mark == ";":
        inside = text.count("(", 0, start) > text.count(")", 0, start)
        return None if inside else ("“;” joins two conditions in this criterion", split)
    if mark.mark == "unless":
        return "“unless” joins an exception to this criterion", "move what follows it to `unless` of the criterion"
    if mark.mark == "except" and mark.words.lower() == "except" and _EXCEPT_CLAUSE.match(text, end):
        return "“except” joins an exception to this criterion", "move what follows it to `except_when` of the criterion"
    if mark.words in ("AND", "OR"):
        around = text[max(0, start - 4) : start].lower(), text[end : end + 2]
        room = mark.words == "OR" and (around[0].endswith(("the ", " in ", " an ")) or not around[1][1:].isalpha())
        if start and not text.isupper() and not room and text[start - 1] != "/":
            return f"“{mark.words}” joins two conditions in this criterion", split
    elif mark.words == "NOT" and text.endswith("BUT ", 0, start):
        return "“BUT NOT” joins two conditions in this criterion", "make the second a criterion of its own, below not"
    elif mark.mark == "or" and _NOT_DONE.match(text, end) is not None:
        return None
    elif mark.mark == "or" and _PREDICATE.match(text, end) and _FIRST.search(text, 0, start):
        return "“or” joins two conditions in this criterion, which share a subject", split
    elif mark.mark in ("and", "or") and _two_sentences(text, start, end):
        return f"“{mark.words}” joins two sentences in this criterion, each with a verb of its own", split
    return None


def _two_sentences(text: str, start: int, end: int) -> bool:
    if _LATER.search(text, end) is None or _SECOND.match(text, end) is None:
        return False
    begin = len("Either ") if text.startswith("Either ") else 0
    return _FIRST.search(text, begin, start) is not None and _SUBORDINATED.search(text, begin, start) is None


def outcome_in_criterion(view: SectionView) -> Iterator[Fault]:
    """A criterion speaks of the outcome: that the service is covered, indicated or necessary, or that it is not.

    The outcome is the ruling's: its `effect`, with its `strength`. "PET/CT is not indicated for surveillance" below
    `effect: covered` would cover PET/CT where that is met. The criterion says only when: "The study is for
    surveillance", below a ruling with `effect: not_covered`.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    codes: [78815]
    criteria:
      text: PET/CT is generally not indicated for surveillance
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: not_covered
    strength: generally
    codes: [78815]
    criteria:
      text: The study is for surveillance
    ```
    """
    for outcome in _OUTCOMES:
        for hit in view.wording.find(outcome):
            passage = hit.passage
            text = passage.text.value
            before = text[text.rfind(" ", 0, max(0, hit.start - 1)) + 1 : hit.start].strip().lower()
            ruling = view.ruling_of.get(passage.id) if before in _LEADING and passage.kind == "criterion" else None
            if ruling is None:
                continue
            verdict = _VERDICT.search(text, max(0, hit.start - 60), hit.start)
            if verdict is None or _ENDS_WORD.match(text, hit.end) is None:
                continue
            negative = "not" in verdict["words"].lower().split()
            if (verdict["verb"] or negative) and _own(passage, verdict.start(), ruling, view):
                effect = "covered" if ruling.effect == "covered" else "not covered"
                yield Fault(
                    f"This criterion states an outcome, “{text[verdict.start() : hit.end]}”; its ruling says {effect} "
                    "when it is met",
                    passage.text.at(verdict.start(), hit.end),
                    "say when, and leave what follows to the effect of the ruling", passage.id,
                )  # fmt: skip


def _own(passage: Passage, end: int, ruling: Ruling, view: SectionView) -> bool:
    """Tell whether what stands before a verdict is the service of the ruling, and nothing else."""
    subject = passage.text.value[:end].strip()
    if _OTHERWISE.search(subject) is not None:
        return False
    if not subject or _STUDY.fullmatch(subject) is not None:
        return True
    codes = view.registers.codes
    own = {service.value for service in ruling.services}
    own |= {codes[use.code].modality for use in ruling.codes if use.code in codes}
    if not own:
        own = {code.modality for code in codes.values()}
    title = view.section.title.value
    own |= {title, *(name for name in view.registers.terms if name in title.split())}
    folded = subject.casefold()
    own = {name for name in own if name and name.casefold() in folded}
    named = "|".join(re.escape(name) for name in sorted(own, key=lambda name: (-len(name), name)))
    # "Brain MRI", "The requested PET/CT": at most two words before it, and none that makes something else of it.
    lead = r"(?:(?!(?:for|of|in|with|to|after|by|on)\b)[\w-]+\s+){0,2}"
    return bool(named) and re.fullmatch(rf"{lead}(?:{named})(?![\w/-])(?:\s+\S+){{0,5}}", subject, re.I) is not None


CHECKS: tuple[Check, ...] = (
    Check("W101", "operator-in-title", Severity.ERROR, "section", operator_in_title),
    Check("W102", "joined-clauses", Severity.WARNING, "section", joined_clauses),
    Check("W103", "outcome-in-criterion", Severity.WARNING, "section", outcome_in_criterion),
    *markup.CHECKS,
    *endings.CHECKS,
    *agreement.CHECKS,
    *section_names.CHECKS,
    *loose.CHECKS,
    *bullets.CHECKS,
    *speech.CHECKS,
)
