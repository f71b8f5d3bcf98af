"""Makes the edits that findings propose, as text edits on spans."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from policypress.finding import Edit, Finding
from policypress.record import NamedTuple
from policypress.text import Source

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Mended(NamedTuple):
    """A file as it was read, and as the edits leave it."""

    source: Source
    text: str


def mend(findings: Sequence[Finding]) -> tuple[int, list[Mended]]:
    """Make the edits of the findings in memory; return how many findings they mend, and the files.

    All edits of a finding are made or none; one that overlaps an earlier one waits for the next run.
    """
    by_file: dict[Path, list[Edit]] = {}
    fixed = 0
    for finding in findings:
        if not finding.edits or not all(_as_read(edit.span.source) for edit in finding.edits):
            continue
        if any(
            _overlaps(edit, [*by_file.get(_file(edit), []), *finding.edits[:at]])
            for at, edit in enumerate(finding.edits)
        ):
            continue
        for edit in finding.edits:
            by_file.setdefault(_file(edit), []).append(edit)
        fixed += 1
    mended = []
    for edits in by_file.values():
        text = edits[0].span.source.text
        for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
            text = text[: edit.span.start] + edit.new + text[edit.span.end :]
        mended.append(Mended(edits[0].span.source, text))
    return fixed, mended


def fix(findings: Sequence[Finding]) -> str:
    """Apply the edits of the findings to their files and return what was done, in words."""
    fixed, mended = mend(findings)
    for source, text in mended:
        assert source.file is not None
        replace_file(source.file, text)
    return f"{fixed} {'finding' if fixed == 1 else 'findings'} mended in {len(mended)} files"


def diff(findings: Sequence[Finding]) -> str:
    """Return what `fix` would do as a unified diff."""
    from difflib import unified_diff

    lines: list[str] = []
    for source, text in sorted(mend(findings)[1], key=lambda one: one.source.path):
        old, new = _LINE.findall(source.text), _LINE.findall(text)
        for line in unified_diff(old, new, f"a/{source.path}", f"b/{source.path}"):
            lines.append(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n")
    return "".join(lines)


def replace_file(path: Path, text: str) -> None:
    """Write a file in one step: it holds the old text or the new one, never half of either. A link stays one."""
    path = path.resolve()
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(path.stat().st_mode & 0o7777)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _file(edit: Edit) -> Path:
    assert edit.span.source.file is not None
    return edit.span.source.file.resolve()


def _as_read(source: Source) -> bool:
    """Tell whether the file still holds what was read; somebody may be typing in it."""
    return source.file is not None and source.file.read_bytes() == source.text.encode()


def _overlaps(edit: Edit, others: Sequence[Edit]) -> bool:
    span = edit.span
    return any(
        span.source is other.span.source
        and (span == other.span or (span.start < other.span.end and other.span.start < span.end))
        for other in others
    )
