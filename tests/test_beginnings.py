"""To look where matches begin finds what looking everywhere finds."""

from __future__ import annotations

import re
from re import _parser  # type: ignore[attr-defined]

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policypress.beginnings import beginnings
from policypress.pattern import finditer, in_small_letters, pattern
from tests.test_expressions import ours

EXPRESSIONS = sorted(
    {
        (small.pattern, int(small.flags))
        for each in ours()
        if (small := in_small_letters(each) if each.flags & re.I else each) is not None
        and beginnings(_parser.parse(small.pattern, small.flags))
    }
)
WORDS = " .,;()-abcdefghijklmnopqrstuvwxyzACDFMRS"


def known(said: str) -> tuple[str, ...]:
    return beginnings(_parser.parse(said))


def test_most_searches_know_where_to_look() -> None:
    assert len(EXPRESSIONS) > 25


@pytest.mark.parametrize(
    ("said", "starts"),
    [
        (r"\b(?:report|bill)s?\b", ("bill", "repor")),
        (r"(may|can) (?:also )?be", ("can also ", "can be", "may also ", "may be")),
        (r"(?:very )?rare|(?<!un)likely", ("likel", "rare", "very ")),
        (r"(?:ab)+c|x[yz]\w", ("ab", "xy", "xz")),
        (r"(?:ab)?bc", ("ab", "bc")),
        (r"\w+ing|such as", ()),
        (r"(?:no)?\s*such", ()),
        (r"(?i:as) if", ()),
        (r"a|bc", ()),
        (r"\.[ \n]+(?=[A-Z])", ()),
        (r"", ()),
    ],
)
def test_what_matches_begin_with(said: str, starts: tuple[str, ...]) -> None:
    assert known(said) == starts


@pytest.mark.parametrize(("said", "flags"), EXPRESSIONS)
@settings(max_examples=5)
@given(data=st.data())
def test_it_finds_what_the_expression_finds(said: str, flags: int, data: st.DataObject) -> None:
    matching = st.from_regex(re.compile(said, flags), alphabet=st.characters(max_codepoint=0x2030))
    parts = data.draw(st.lists(matching | st.text(WORDS, max_size=8) | st.sampled_from(known(said)), max_size=4))
    text = data.draw(st.sampled_from(["", " ", ". "])).join(parts)
    late = pattern(said, flags)
    assert [match.span() for match in finditer(late, text)] == [match.span() for match in late.finditer(text)]
    assert late.starts  # type: ignore[attr-defined]
