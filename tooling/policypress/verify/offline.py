"""The offline copy of the site: the same files as the site, byte by byte, but for what leads out of it."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from policypress.verify.flow import Difference

_ZIP = "offline.zip"
_OUTWARD = re.compile(rb'<p class="downloads">.*?</p>|<link rel="alternate"[^>]*>\n?', re.S)
_LINKS = re.compile(rb"<a [^>]*>[^<]*</a>|<[^>]*>|\s")


def zip_differences(site: Path) -> Iterator[Difference]:
    """Yield in what the offline copy departs from the site that it lies in."""
    try:
        with zipfile.ZipFile(site / _ZIP) as archive:
            yield from _compared(site, archive)
    except (OSError, zipfile.BadZipFile, zlib.error) as fault:
        yield _differ(f"{_ZIP} cannot be read: {fault}")


def _compared(site: Path, archive: zipfile.ZipFile) -> Iterator[Difference]:
    held = {name.partition("/")[2]: name for name in archive.namelist()}
    there = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()} - {_ZIP, "404.html"}
    for name in sorted(there ^ held.keys()):
        yield _differ(f"{_ZIP} lacks {name}" if name in there else f"{_ZIP} holds {name}, which the site does not")
    for name in sorted(there & held.keys()):
        page = (site / name).read_bytes()
        if name.endswith(".html"):
            # What was taken out holds links alone, never words of a policy.
            if any(_LINKS.sub(b"", outward) for outward in _OUTWARD.findall(page)):
                yield _differ(f"{name} holds more than links where {_ZIP} leaves them out")
            page = _OUTWARD.sub(b"", page)
        if page != archive.read(held[name]):
            yield _differ(f"{_ZIP} holds another {name} than the site")


def _differ(said: str) -> Difference:
    return Difference("all guidelines", "site", "", "", "file", said)
