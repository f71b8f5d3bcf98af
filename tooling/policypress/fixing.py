"""Makes the edits that findings propose, as text edits on spans."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from policypress.finding import Edit, Finding


def fix(findings: Sequence[Finding]) -> str:
    """Apply the edits of the findings to their files and return what was done, in words.

    All edits of a finding are made or none; one that overlaps an earlier one waits for the next run.
    """
    by_file: dict[Path, list[Edit]] = {}
    fixed = 0
    for finding in findings:
        if not finding.edits or any(edit.span.source.file is None for edit in finding.edits):
            continue
        if any(_overlaps(edit, by_file.get(_file(edit), [])) for edit in finding.edits):
            continue
        for edit in finding.edits:
            by_file.setdefault(_file(edit), []).append(edit)
        fixed += 1
    for path, edits in by_file.items():
        text = edits[0].span.source.text
        for edit in sorted(edits, key=lambda edit: edit.span.start, reverse=True):
            text = text[: edit.span.start] + edit.new + text[edit.span.end :]
        replace_file(path, text)
    return f"{fixed} {'finding' if fixed == 1 else 'findings'} mended in {len(by_file)} files"


def replace_file(path: Path, text: str) -> None:
    """Write a file in one step: it holds the old text or the new one, never half of either."""
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
    return edit.span.source.file


def _overlaps(edit: Edit, others: Sequence[Edit]) -> bool:
    span = edit.span
    return any(
        span == other.span or (span.start < other.span.end and other.span.start < span.end) for other in others
    )
