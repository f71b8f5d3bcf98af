"""Records are values: they cannot be changed, and equal ones are the same."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, fields, is_dataclass
from dataclasses import replace as replace_dataclass

import pytest

from policypress.criteria import Criterion, Query
from policypress.record import NamedTuple, replace
from policypress.text import Source, Span, Text

SOURCE = Source("a.yaml", "text: One\n")
WORDS = Text("One", SOURCE, 6, 9)


def criterion(**more: object) -> Criterion:
    return Criterion(id="a", span=WORDS.span, text=WORDS, fact="a", **more)  # type: ignore[arg-type]


def test_a_record_cannot_be_changed() -> None:
    one = criterion()
    with pytest.raises(FrozenInstanceError):
        one.id = "b"  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        del one.id
    with pytest.raises(FrozenInstanceError):
        one.unless = criterion()  # type: ignore[misc]
    assert (one.id, one.unless) == ("a", None)


def test_what_is_not_given_is_the_default() -> None:
    assert (criterion().codes, criterion(from_=("1",)).from_, criterion().from_) == ((), ("1",), ())
    query = Query(WORDS, ("S203",))
    assert (query.text, query.covers, query.answered, query.open) == (WORDS, ("S203",), None, True)


def test_equal_records_are_the_same_value() -> None:
    assert criterion() == criterion(codes=())
    assert len({criterion(), criterion(codes=()), criterion(from_=("1",))}) == 2
    assert criterion() != Query(WORDS)
    assert Query(WORDS) != (WORDS, (), None, ())


def test_records_travel_and_are_replaced() -> None:
    query = Query(WORDS, ("S203",), from_=("10",))
    assert copy.deepcopy(query).covers == query.covers
    assert pickle.loads(pickle.dumps(criterion(from_=("1",)))).from_ == ("1",)
    assert replace(query, covers=()) == Query(WORDS, from_=("10",)) == replace_dataclass(query, covers=())
    assert repr(Query(Text("x", SOURCE, 0, 1), ("S1",))).endswith("covers=('S1',), answered=None, from_=())")
    assert isinstance(criterion().span, Span)


def test_a_record_is_a_dataclass_for_those_who_ask() -> None:
    assert is_dataclass(Criterion) and is_dataclass(criterion())
    assert [field.name for field in fields(Query)] == ["text", "covers", "answered", "from_"]
    assert [field.name for field in fields(Criterion)][:2] == ["id", "span"]  # those of every node come first
    assert asdict(Query(WORDS, ("S203",)))["covers"] == ("S203",)


class Pair(NamedTuple):
    """Two, and what they come to."""

    one: int
    other: str = "b"

    @property
    def both(self) -> str:
        return f"{self.one}{self.other}"


def test_a_named_tuple_is_one() -> None:
    pair = Pair(1)
    assert (pair, pair.both, pair._replace(other="c"), Pair._fields) == ((1, "b"), "1b", (1, "c"), ("one", "other"))
    assert (Pair.__doc__, Pair.__module__, repr(pair)) == ("Two, and what they come to.", __name__, "Pair(one=1, other='b')")
    assert pickle.loads(pickle.dumps(pair)) == pair
    with pytest.raises(TypeError):
        Pair()  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        pair.one = 2  # type: ignore[misc]
