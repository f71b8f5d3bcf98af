"""An expression that is compiled late does what a compiled one does."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policypress.pattern import in_small_letters, pattern

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


TEXTS = st.text(st.sampled_from("aAbBkKsSiIxX \n-.©éÉµΜ≥“ıſ" + "\u0130\u212a"), max_size=40)
CASELESS = [r"\bas\b", r"[A-K]+S?", r"\bK(?=S| Xa)", r"(?P<As>As)-?(?P=As)", r"(?P<Word>[a-k]+)s", r"(?<!a)b|\Sx", r"[^a-f\s]k", r"i|s", r"(ab|ba)(?= ?x)", r"(?a:\bk)\w?"]


@pytest.mark.parametrize("expression", CASELESS)
@given(TEXTS)
def test_in_small_letters_it_finds_the_same(expression: str, text: str) -> None:
    caseless = pattern(expression, re.I)
    small = in_small_letters(caseless)
    assert small is not None
    found = [match.span() for match in caseless.finditer(text)]
    if not set(text) & set("ıſ\u0130\u212a"):  # which no text is passed with
        assert [match.span() for match in small.finditer(text.lower())] == found


@pytest.mark.parametrize("expression", ["µg", r"\x41", "[9-Z]", "[A-z]"])
def test_what_has_no_small_form_stays_as_it_is(expression: str) -> None:
    assert in_small_letters(pattern(expression, re.I)) is None


def test_no_other_character_is_taken_for_a_letter() -> None:
    letters = re.compile("[a-z]", re.I)
    taken = {char for char in map(chr, range(0x80, sys.maxunicode + 1)) if letters.fullmatch(char)}
    assert taken == set("ıſ\u0130\u212a")
    assert all(len(char.lower()) == 1 for char in map(chr, range(sys.maxunicode + 1)) if char not in taken)
