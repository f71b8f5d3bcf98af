"""What Python 3.11.2, the one of Debian 12, does otherwise than later ones, is not used."""

from __future__ import annotations

import re
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "tooling" / "policypress"
# Fixed in Python 3.11.5: a possessive group, or an atomic one, could be matched wrongly.
_POSSESSIVE_GROUP = re.compile(r"(?<!\\)\)(?:[*+?]|\{[0-9,]+\})\+|\(\?>")


def test_no_pattern_has_a_possessive_group() -> None:
    assert _POSSESSIVE_GROUP.search(r"(?:[.,]\d++)*+")
    found = [
        f"{path.relative_to(PACKAGE)}:{number}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if _POSSESSIVE_GROUP.search(line)
    ]
    assert found == []
