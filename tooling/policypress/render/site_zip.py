"""The site as one file to carry away: the same pages, without what leads to files beside the site."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

ZIP = "offline.zip"
FOLDER = "medical-policies"
_LEFT_OUT = (ZIP, "404.html")  # a folder answers no wrong address

_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
# PDF, JSON and the zip itself are not in the zip. A text never holds a bare "<", so this is the page's own markup.
_BESIDE = re.compile(r'<p class="downloads">.*?</p>|<link rel="alternate"[^>]*>\n?', re.S)


def write_zip(site: Path) -> Path:
    """Write the zip into a finished site: names sorted, no day, no owner, so the same site gives the same bytes."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as made:
        names = (path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
        for name in sorted(names):
            if name not in _LEFT_OUT:
                entry = zipfile.ZipInfo(f"{FOLDER}/{name}", _FIRST_DAY)
                packed = name.endswith(".woff2")  # has its own compression
                entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
                entry.create_system = 3  # a Unix, on every machine
                entry.external_attr = 0o644 << 16
                made.writestr(entry, _alone(name, (site / name).read_bytes()), compresslevel=4)
    target = site / ZIP
    target.write_bytes(held.getvalue())
    return target


def _alone(name: str, content: bytes) -> bytes:
    if not name.endswith(".html"):
        return content
    return _BESIDE.sub("", content.decode("utf-8")).encode()
