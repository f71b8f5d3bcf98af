"""An expression that is compiled late does what a compiled one does."""

from __future__ import annotations

import re

import pytest

from policypress.pattern import pattern

METHODS = [name for name in dir(re.Pattern) if not name.startswith("_") and name not in ("scanner", "flags")]


@pytest.mark.parametrize("name", METHODS)
def test_it_has_what_a_compiled_expression_has(name: str) -> None:
    late, compiled = pattern(r"(?P<word>[a-z]+)", re.I), re.compile(r"(?P<word>[a-z]+)", re.I)
    one, two = getattr(late, name), getattr(compiled, name)
    if not callable(two):
        assert one == two
        return
    more = ("-",) if name in ("sub", "subn") else ()
    said = [repr(list(found) if name == "finditer" else found) for found in (one(*more, "ab CD"), two(*more, "ab CD"))]
    assert said[0] == said[1]
    assert getattr(late, "search")("12ab")[0] == "ab"  # noqa: B009


def test_what_it_has_not_is_told() -> None:
    with pytest.raises(AttributeError, match="seek"):
        pattern("a").seek  # type: ignore[attr-defined]  # noqa: B018
