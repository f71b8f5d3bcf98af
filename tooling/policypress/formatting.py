"""`policypress fmt`: puts files into canonical layout and writes the ids that were minted.

Nothing is written before the new text was read back: it must give the same tree, with the minted ids and nothing
else new, the same comments, and the same ids when it is decoded again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from policypress import file_rules, reading
from policypress.comments import read_comments
from policypress.criteria import Node
from policypress.decode.form import Form
from policypress.decode.guideline import GUIDELINE, STATEMENT, VIGNETTE
from policypress.decode.kinds import Faults
from policypress.decode.registers import REGISTERS
from policypress.decode.section import SECTION, read_section
from policypress.finding import Finding, Label, Rule
from policypress.fixing import replace_file
from policypress.form_rules import BAD_ID, FORM_RULES
from policypress.layout import canonical
from policypress.library import REGISTER_FOLDER, read_library
from policypress.model import CodingRule, Guideline, Ruling, Section, section_nodes
from policypress.nodes import MAX_BYTES, Mapping, Scalar, YamlNode, parse
from policypress.reading import READING_RULES
from policypress.structure_rules import MISSING_FILE
from policypress.text import Source, Span

_REPORT = "report this, with the file"

Owner = Section | Ruling | Node | CodingRule


@dataclass(frozen=True, slots=True)
class Change:
    """A file that is not in canonical layout: its new text and ids, or the findings for which it is left alone."""

    path: str
    text: str = ""
    minted: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def format_library(folder: Path, paths: Sequence[Path], write: bool) -> list[Change]:
    """Format every file of a library, or those below `paths`. A file in canonical layout gives no change."""
    read = read_library(folder)
    faults: dict[str, list[Finding]] = {}
    for finding in read.findings:
        if finding.rule in READING_RULES or finding.rule in FORM_RULES:
            faults.setdefault(finding.span.path, []).append(finding)
    files = {source.path: source for source in read.library.sources}
    files |= {path: found[0].span.source for path, found in faults.items() if path not in files}
    holders = {section.source.path: held for held in map(_Holder, read.library.guidelines) for section in held.sections}
    wanted = [path.absolute() for path in paths]
    changes = []
    for path, source in sorted(files.items()):
        file = source.file or Path(path)
        if wanted and not any(file.absolute().is_relative_to(below) for below in wanted):
            continue
        stopping = faults.get(path, [])
        form = _form_of(file.relative_to(folder).parts)
        if form is SECTION and not stopping:
            # Without its guideline.yaml nobody knows which ids are retired.
            stopping = faults.get(Path(path).parent.parent.joinpath("guideline.yaml").as_posix(), [])
            if not stopping and path not in holders:
                help = "add or mend the guideline.yaml of its folder first"
                stopping = [_stop(MISSING_FILE, "No guideline holds this section, so no id can be given", source, help)]
        change: Change | None
        if stopping or form is None:
            change = Change(path, findings=tuple(stopping))
        else:
            change = _format(source, form, holders.get(path) if form is SECTION else None)
        if change is not None and write and not change.findings:
            change = _write(change, source)
        if change is not None:
            changes.append(change)
    return changes


def _form_of(parts: tuple[str, ...]) -> Form | None:
    """Return what a file holds, by its place below the source folder."""
    if parts[-2:-1] == (REGISTER_FOLDER,) and len(parts) in (2, 3):
        known = REGISTERS.get(parts[-1].removesuffix(".yaml"))
        return known[0] if known is not None else None
    if len(parts) == 2:
        return {"guideline.yaml": GUIDELINE, "statements.yaml": STATEMENT}.get(parts[1])
    return {"sections": SECTION, "vignettes": VIGNETTE}.get(parts[1]) if len(parts) == 3 else None


class _Holder:
    """A guideline with its sections by file, and with who has which id."""

    def __init__(self, guideline: Guideline) -> None:
        self.sections = guideline.sections
        self.section_of = {section.source.path: section for section in guideline.sections}
        self.retired = tuple(gone.id.value for gone in guideline.retired)
        self.owners: dict[str, list[Owner]] = {}
        for section in guideline.sections:
            for owner in _owners(section):
                self.owners.setdefault(owner.id, []).append(owner)

    def elsewhere(self, id: str, path: str) -> Owner | None:
        """Return what has an id in another file."""
        return next((owner for owner in self.owners.get(id, []) if owner.span.path != path), None)


def _format(source: Source, form: Form, holder: _Holder | None) -> Change | None:
    """Return the change of one file that was read without a fault; None where it is canonical already."""
    root, _ = parse(source)
    assert root is not None
    section = holder.section_of[source.path] if holder is not None else None
    minted = {owner.span.start: owner.id for owner in _without_id(section)} if section is not None else {}
    comments = read_comments(root)
    text = canonical(root, form, minted, comments)
    if source.text.count("\r\n") * 2 > source.text.count("\n"):
        text = text.replace("\n", "\r\n")
    if text == source.text:
        return None
    for start, id in minted.items():
        if holder is not None and (other := holder.elsewhere(id, source.path)) is not None:
            taken = Finding(
                BAD_ID, f"The id {id} would be written here, but {other.span.path} has it already",
                Span(source, start, start + 1), "write another id here", (Label(other.span, "the other"),),
            )  # fmt: skip
            return Change(source.path, findings=(taken,))
    lost = _lost(source, text, _plain(root, minted), comments.texts)
    if lost is None and section is not None and holder is not None:
        lost = _renamed(source, text, section, holder.retired)
    if lost is not None:
        return Change(source.path, findings=(lost,))
    return Change(source.path, text, tuple(minted.values()))


def _lost(source: Source, text: str, expected: Any, comments: list[str]) -> Finding | None:
    """Read the new text back. Return why it must not be written, or None."""
    if len(text.encode()) > MAX_BYTES:
        what = f"In canonical layout the file would be over {MAX_BYTES:,} bytes"
        return _stop(file_rules.TOO_LARGE, what, source, "split it into several sections")
    root, findings = parse(Source(source.path, text))
    if root is None or findings:
        rule = findings[0].rule if findings else reading.LOST_WORDS
        what = f"In canonical layout this would come about: {findings[0].message if findings else 'nothing'}"
        return _stop(rule, what, source, "mend it here first")
    if _plain(root, {}) != expected:
        return _stop(reading.LOST_WORDS, "The canonical layout would change words", source, _REPORT)
    if Counter(read_comments(root).texts) != Counter(comments):
        return _stop(reading.COMMENT, "The canonical layout would lose a comment", source, _REPORT)
    return None


def _renamed(source: Source, text: str, section: Section, retired: tuple[str, ...]) -> Finding | None:
    """Decode the new text. Return why it must not be written: not every id is written and as it was."""
    new = Source(source.path, text)
    root, _ = parse(new)
    assert root is not None
    faults = Faults()
    again = read_section(new, root, faults, retired)
    if faults.findings or again is None or _ids(again) != _ids(section) or any(_without_id(again)):
        return _stop(reading.LOST_WORDS, "The canonical layout would change ids", source, _REPORT)
    return None


def _write(change: Change, source: Source) -> Change:
    assert source.file is not None
    file = source.file.resolve()
    try:
        if file.read_bytes() != source.text.encode():
            finding = _stop(file_rules.UNREADABLE, "The file changed while it was formatted", source, "run fmt again")
            return Change(change.path, findings=(finding,))
        replace_file(file, change.text)
    except OSError as error:
        what = f"The file cannot be written: {error.strerror or error}"
        return Change(change.path, findings=(_stop(file_rules.UNREADABLE, what, source, "mend its permissions"),))
    return change


def _stop(rule: Rule, message: str, source: Source, help: str) -> Finding:
    return Finding(rule, message, Span(source, 0, 0), help)


def _owners(section: Section) -> Iterator[Owner]:
    """Yield everything of a section whose id stands in the file or can be written there."""
    yield section
    if not section.short:  # the one ruling of the short form has no place of its own
        yield from section.rulings
    yield from section_nodes(section)
    yield from section.coding_rules


def _without_id(section: Section) -> Iterator[Owner]:
    return (owner for owner in _owners(section) if owner.written_id is None)


def _ids(section: Section) -> Counter[str]:
    return Counter(owner.id for owner in (*section.rulings, *_owners(section)))


def _plain(node: YamlNode, minted: Map[int, str]) -> Any:
    """Return a tree as plain values, with the ids that are to be written."""
    if isinstance(node, Scalar):
        id = minted.get(node.start)
        return node.value if id is None else {"id": id, "text": node.value}
    if isinstance(node, Mapping):
        values = {key.value: _plain(value, minted) for key, value in node.entries}
        return {"id": minted[node.start], **values} if node.start in minted else values
    return [_plain(item, minted) for item in node.items]
