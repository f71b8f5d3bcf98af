"""Values that are made when they are first asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Generic, TypeVar

T = TypeVar("T")

_PART = re.compile(r"_[0-9]+(?=\.[a-z]+$)")


class Late(Mapping[str, T], Generic[T]):
    """A mapping whose values are made when they are first asked for: a preview shows one page of thousands.

    `families` make a value together with its parts, whose keys are its own with a number: `list.html` with
    `list_1.html`, `list_2.html` …, as many as there turn out to be.
    """

    def __init__(
        self,
        makers: Mapping[str, Callable[[], T]],
        families: Mapping[str, Callable[[], Mapping[str, T]]] | None = None,
    ) -> None:
        self._makers = makers
        self._families = {} if families is None else families
        self._made: dict[str, T] = {}
        self._members: dict[str, tuple[str, ...]] = {}

    def __getitem__(self, key: str) -> T:
        if key not in self._made:
            head = _PART.sub("", key)
            if key in self._makers:
                self._made[key] = self._makers[key]()
            elif head in self._families:
                self._make(head)
        return self._made[key]

    def _make(self, head: str) -> None:
        made = self._families[head]()
        self._made.update(made)
        self._members[head] = tuple(made)

    def _family(self, head: str) -> tuple[str, ...]:
        if head not in self._members:
            self._make(head)
        return self._members[head]

    def forget(self, key: str) -> None:
        """Let go of a value; whoever asks again has it made again."""
        self._made.pop(key, None)

    def holds(self, key: str) -> bool:
        """Whether a key is there, as far as that is known without making anything: of parts it may not be."""
        return key in self._makers or key in self._families or key in self._members.get(_PART.sub("", key), ())

    def __contains__(self, key: object) -> bool:
        head = _PART.sub("", str(key))
        return self.holds(str(key)) or (head in self._families and key in self._family(head))

    def __iter__(self) -> Iterator[str]:
        yield from self._makers
        for head in self._families:
            yield from self._family(head)

    def __len__(self) -> int:
        return sum(1 for _ in self)


class LateTable(Mapping[str, T], Generic[T]):
    """A mapping that is made as a whole when something is first asked of it."""

    def __init__(self, make: Callable[[], Mapping[str, T]]) -> None:
        self._make = make

    @cached_property
    def _table(self) -> Mapping[str, T]:
        return self._make()

    def __getitem__(self, key: str) -> T:
        return self._table[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._table)

    def __len__(self) -> int:
        return len(self._table)
