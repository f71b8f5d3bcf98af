"""What a PDF says of its edition: on the cover, at the head of each page, and in the file itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from pypdf import PdfReader

from policypress.model import Guideline
from policypress.verify.flow import Difference, Flow
from policypress.verify.laid import trees
from policypress.verify.pdf_reading import unseen
from policypress.verify.pdf_tags import Tagged, accounts, attachments
from policypress.verify.pdf_text import PageText
from policypress.verify.read_json import json_differences


def _differ(guideline: Guideline, kind: str, said: str) -> Difference:
    return Difference(guideline.id, "PDF", "", "", kind, said)


def cover(guideline: Guideline, front: Flow, whole: Flow) -> Iterator[Difference]:
    """The cover names the edition; what is for drafts alone is nowhere else."""
    for kind, words in (
        ("title", guideline.title.value),
        ("version", f"Version {guideline.version}"),
        ("status", f"Status {guideline.status.capitalize()}"),
        ("policy_number", guideline.policy_number),
        *(("revision", past.version) for past in guideline.revisions),
    ):
        if "".join(words.split()) not in front.chars:
            yield _differ(guideline, kind, f"the cover does not say “{words}”")
    if guideline.notice is not None and "".join(guideline.notice.value.split()) not in front.chars:
        yield _differ(guideline, "notice", "its notice is missing from the cover")
    if guideline.status != "draft" and "Querytotheauthor" in whole.chars:
        yield _differ(guideline, "query", "it shows a query to the author and is no draft")


def marks(
    guideline: Guideline, drawn: Sequence[PageText], in_tags: Mapping[tuple[int, int], tuple[int, Tagged]]
) -> Iterator[Difference]:
    """DRAFT or RETIRED stands at the head of every page of such an edition, and of no other."""
    for word in ("DRAFT", "RETIRED"):
        wanted = guideline.status.upper() == word
        for page, text in enumerate(drawn):
            heads = [
                run for run in text.runs if run.text.strip() == word and (page, run.mcid) not in in_tags
            ]  # fmt: skip
            shown = any(not run.faults and not list(unseen(run, text.paints)) for run in heads)
            if shown != wanted:
                words = "lacks" if wanted else "bears"
                yield _differ(guideline, "status", f"page {page + 1} {words} the mark {word}")
                break


def running_heads(guideline: Guideline, drawn: Sequence[PageText]) -> Iterator[Difference]:
    """A running head that names a group which goes on from the page before names one that there is."""
    sections = guideline.sections
    spots = [spot for section in sections for tree in trees(section) for spot in tree.below() if spot.heading]
    known = set()
    for spot in spots:
        word = re.search(r"AT LEAST \d+|[A-Z]{3,}", spot.heading)
        known.add(f"{spot.label} {word[0] if word is not None else ''}".strip())
    for page, text in enumerate(drawn, 1):
        for run in text.runs:
            name, found, _ = run.text.partition(" (continued)")
            if found and run.mcid is None and name.strip() not in known and run.base > text.box[3] * 0.85:
                yield _differ(guideline, "running", f"page {page} goes on with “{name}”, and there is no such group")


def file_account(
    guideline: Guideline, reader: PdfReader, pages: Sequence[object], export: bytes | None
) -> Iterator[Difference]:
    """What the file says of itself, and the JSON that it carries."""
    edition = f"version {guideline.version}" + (f", {guideline.status}" if guideline.status != "final" else "")
    day = max((past.date for past in guideline.revisions), default=guideline.effective)
    for account in accounts(reader) or [{"title": "", "author": "", "day": "", "language": ""}]:
        title, name = account["title"], guideline.title.value
        if not (title.startswith(name) and title.endswith(edition) and guideline.policy_number in title):
            called = f"the file calls itself “{title}”, not “{name}, {edition}”"
            yield _differ(guideline, "title", called)
        for key, wanted in (("author", guideline.publisher), ("day", day), ("language", "en-US")):
            if account[key] != wanted:
                yield _differ(guideline, key, f"the file gives its {key} as “{account[key]}”, not “{wanted}”")
    carried = attachments(reader)
    wanted = f"{guideline.id}.json"
    if list(carried) != [wanted]:
        yield _differ(guideline, "attachment", f"it carries {', '.join(carried) or 'nothing'} instead of {wanted}")
    elif export is not None and carried[wanted] != export:
        yield _differ(guideline, "attachment", f"the {wanted} that it carries is not the one that is published")
    elif export is None:
        for found in json_differences(guideline, carried[wanted]):
            yield found._replace(output="JSON in the PDF")
    for place, page in enumerate(pages, 1):
        for link in page.get("/Annots", []):  # type: ignore[attr-defined]
            if (kind := link.get_object().get("/Subtype")) != "/Link":
                yield _differ(guideline, "hidden", f"page {place} holds a {kind} annotation over its text")
