"""How the words tell of codes: once with and once without, twice in different words, or by their kind alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import combinations

from policypress.checks.check import Check, Fault, GuidelineView, SectionView
from policypress.finding import Label, Severity
from policypress.model import CodingRule
from policypress.pattern import pattern
from policypress.wording import CodeMention

_BEFORE_CODE = pattern(r"((?:[\w/-]+ ){3,5}[\w/-]+) \((?:CPT )?$")
_KIND = pattern(
    r"\b((?:(?:surgical|surgery|procedure|appropriate|corresponding|applicable|excisional|relevant) )+"
    r"(?:\w+ )?codes?)\b(?! *[(:]| (?:CPT|HCPCS|such as))",
    re.I,
)


def code_named_once(view: SectionView) -> Iterator[Fault]:
    """A study stands with its code in one place and without it in another.

    "Brain MRI with and without contrast (CPT 70553)" and, further down, "brain MRI with and without contrast": the
    second may mean the same code, its siblings too, or none. Programs read the codes alone.

    ```yaml bad
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      any:
        - text: A glioma is staged by brain MRI with and without contrast (CPT 70553)
          codes: [70553]
        - A lymphoma is staged by brain MRI with and without contrast
    ```
    ```yaml good
    id: brain
    title: Brain MRI
    effect: covered
    codes: [70553]
    criteria:
      any:
        - A glioma is staged
        - A lymphoma is staged
    ```
    """
    for mention in view.wording.codes:
        passage = mention.passage
        if passage.kind == "query" or not passage.text.value.endswith(("(", "(CPT "), 0, mention.start):
            continue
        found = _BEFORE_CODE.search(passage.text.value, max(0, mention.start - 80), mention.start)
        if found is None:
            continue
        words = " ".join(found[1].split()[-5:])
        with_code = {id(other.passage) for other in view.wording.codes if other.code == mention.code}
        for hit in view.wording.find(words):
            if id(hit.passage) not in with_code and hit.passage.kind != "query":
                yield Fault(
                    f"“{words}” stands here without a code, and elsewhere with {mention.code}", hit.span,
                    f"add CPT {mention.code} if it is meant here too", hit.passage.id,
                    (Label(mention.span, "the code"),),
                )  # fmt: skip


def codes_told_twice(view: GuidelineView) -> Iterator[Fault]:
    """Two sections tell of the same two codes in different words.

    Where the words differ, a claim can satisfy the one and break the other, and when one of them is mended the other
    is forgotten. Tell the rule in one section; the site links every code to where it is used.

    ```yaml bad
    # file: example/sections/ablation.yaml
    id: ablation
    title: Ablation
    coding_rules:
      - rule: report_instead_of
        codes: [20982]
        instead_of: [77012]
        text: For bone tumors report CPT 20982 in place of CPT 77012.
    # file: example/sections/guidance.yaml
    id: guidance
    title: Guidance
    coding_rules:
      - rule: not_for
        codes: [77012]
        for: [20982]
        text: CPT 77012 is not for bone; CPT 20982 is.
    ```
    ```yaml good
    # file: example/sections/ablation.yaml
    id: ablation
    title: Ablation
    coding_rules:
      - rule: report_instead_of
        codes: [20982]
        instead_of: [77012]
        text: For bone tumors report CPT 20982 in place of CPT 77012.
    ```
    """
    first: dict[tuple[str, str], tuple[str, CodeMention]] = {}
    told: set[int] = set()
    for pair, section, here in view.all(_pairs):
        home, other = first.setdefault(pair, (section, here))
        if home == section or id(here.passage) in told or _same(here, other):
            continue
        told.add(id(here.passage))
        yield Fault(
            f"{pair[0]} and {pair[1]} are told of here and in {home}, in different words", here.span,
            "tell the rule in one of the two sections", here.passage.id,
            (Label(other.passage.text.span, f"told in {home}"),),
        )  # fmt: skip


def _pairs(view: SectionView) -> Sequence[tuple[tuple[str, str], str, CodeMention]]:
    """Return the pairs of codes that one text names, with the id of the section and the mention of the first."""
    by_passage: dict[int, dict[str, CodeMention]] = {}
    for mention in view.wording.codes:
        if mention.passage.kind in ("criterion", "coding_rule"):
            by_passage.setdefault(id(mention.passage), {}).setdefault(mention.code, mention)
    return [
        (pair, view.section.id, mentions[pair[0]])
        for mentions in by_passage.values()
        if len(mentions) > 1
        for pair in combinations(sorted(mentions), 2)
    ]


def _same(one: CodeMention, other: CodeMention) -> bool:
    return one.passage.text.value.casefold() == other.passage.text.value.casefold()


def codes_not_named(view: SectionView) -> Iterator[Fault]:
    """The words speak of codes by their kind alone.

    "Surgical codes", "the appropriate code": which ones are meant is left to whoever writes the claim. Name them, or
    give the rule a `class` that the register can resolve.

    ```yaml bad
    id: guidance
    title: Guidance
    coding_rules:
      - rule: not_for
        codes: [77012]
        when:
          text: The operation is open
        text: CPT 77012 does not go with surgical codes.
    ```
    ```yaml good
    id: guidance
    title: Guidance
    coding_rules:
      - rule: not_for
        codes: [77012]
        for: [20982]
        text: CPT 77012 does not go with CPT 20982.
    ```
    """
    if "code" not in view.words and "codes" not in view.words:
        return
    for hit in view.wording.search(_KIND):
        owner = hit.passage.owner
        if isinstance(owner, CodingRule):
            named = any((owner.class_, owner.with_, owner.instead_of, owner.for_))
        else:
            named = hit.passage.kind != "criterion" or hit.passage.id not in view.ruling_of
        # "CPT 20982 is the appropriate guidance code": there it is named.
        if not named and not hit.passage.text.value.endswith((" is the ", " is an "), 0, hit.start):
            yield Fault(
                f"“{hit.words}” names a kind of codes, and no code", hit.span,
                "name the codes, or give the rule a class that the register can resolve", hit.passage.id,
            )  # fmt: skip


CHECKS: tuple[Check, ...] = (
    Check("C120", "code-named-once", Severity.WARNING, "section", code_named_once),
    Check("C122", "codes-told-twice", Severity.INFO, "guideline", codes_told_twice),
    Check("C123", "codes-not-named", Severity.WARNING, "section", codes_not_named),
)
