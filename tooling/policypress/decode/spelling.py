"""What was probably meant by a value that may not stand as it is, and the edit that writes it so."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from typing import Any

from policypress.finding import Edit
from policypress.nodes import Scalar
from policypress.pattern import pattern

_YEAR_FIRST = pattern(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_WORD = pattern(r"[a-z_]+")

Edits = tuple[Edit, ...]


def respelled(found: Scalar, new: str, pattern: re.Pattern[str] | None = None) -> Edits:
    """Return the edit that writes a value as it belongs, none where that is not of its form."""
    if new == found.value or (pattern is not None and pattern.fullmatch(new) is None):
        return ()
    quote = found.style if found.style in ("'", '"') and pattern is not None else ""
    return (Edit(found.span, f"{quote}{new}{quote}"),)


def renamed(found: Scalar, known: Iterable[str]) -> Edits:
    """Return the edit for a known word that differs in case, blanks and hyphens alone: `Not covered`."""
    same = [name for name in known if _plain(name) == _plain(found.value)]
    return respelled(found, same[0], _WORD) if len(same) == 1 else ()


def _plain(word: str) -> str:
    return re.sub(r"[\s_-]+", "_", word.strip()).casefold()


def as_id(words: str) -> str:
    """Return words as an id would be written."""
    return re.sub(r"[\s_-]+", "-", words.strip().lower())


def as_date(words: str) -> str:
    """Return a day written year first as it belongs, other words as they are."""
    match = _YEAR_FIRST.fullmatch(words.strip())
    written = f"{match[1]}-{int(match[3]):02}-{int(match[4]):02}" if match is not None else ""
    try:
        return str(datetime.date.fromisoformat(written)) if written else words
    except ValueError:
        return words


def meant(word: str, known: Mapping[str, Any]) -> str:
    """Return "did you mean …?" for a near miss, else ""."""
    from difflib import get_close_matches

    folded = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold().replace(" ", "_").replace("-", "_"), folded, 1, 0.6)
    return f"did you mean {folded[near[0]]}?" if near else ""
