"""JSON in the canonical form of RFC 8785, of which everybody gets the same hash in any language."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any


def canonical(value: Any) -> str:
    """Return JSON without white space: keys sorted by UTF-16 code units, numbers as ECMAScript writes them."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, float) or (isinstance(value, int) and abs(value) >= 2**53):
        return _number(float(value))
    return json.dumps(value, ensure_ascii=False)


def canonical_hash(value: Any) -> str:
    """Return the SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _number(value: float) -> str:
    if value == 0:
        return "0"
    sign, numerals, exponent = Decimal(repr(value)).normalize().as_tuple()
    digits = "".join(map(str, numerals))
    point = len(digits) + int(exponent)  # digits before the point
    if 0 < point <= 21:
        text = digits.ljust(point, "0")[:point] + (f".{digits[point:]}" if len(digits) > point else "")
    elif -6 < point <= 0:
        text = "0." + "0" * -point + digits
    else:
        text = digits[0] + (f".{digits[1:]}" if len(digits) > 1 else "") + f"e{point - 1:+d}"
    return ("-" if sign else "") + text
