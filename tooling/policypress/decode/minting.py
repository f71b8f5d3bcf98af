"""Ids for what has none written: taken from place and parent once, never reused for something else.

`fmt` writes them into the file; from then on the written id holds, wherever the criterion moves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import cast

from policypress.nodes import Mapping, Scalar, YamlNode
from policypress.nodes import Sequence as YamlSequence
from policypress.pattern import pattern

_LONG = 100_000
_ONE_WORD = pattern(r"[\w.-]+")  # other ids may be written over two lines, or with a quote doubled


class Minter:
    """Gives out ids that are neither written in the file nor retired."""

    def __init__(self, root: YamlNode, retired: Iterable[str]) -> None:
        self._root = root
        self._retired = retired
        self._given: set[str] = set()
        self._text = root.source.text
        # An escape may hide what is written; in a long text one walk through the tree is cheaper than many searches.
        self._searchable = len(self._text) < _LONG and "\\" not in self._text

    @cached_property
    def _taken(self) -> set[str]:
        """Every id that is written or retired."""
        return {*_written(self._root), *self._retired}

    @cached_property
    def _highest(self) -> dict[str, int]:
        """Prefix -> the highest number taken behind it."""
        highest: dict[str, int] = {}
        for id in self._taken:
            prefix, _, number = id.rpartition(".")
            if prefix and number.isascii() and number.isdecimal():
                highest[prefix] = max(int(number), highest.get(prefix, 0))
        return highest

    def take(self, id: str) -> str:
        """Return the id, or the next free one like it, and keep it from being given again."""
        free, number = id, 2
        while not self._free(free):
            free, number = f"{id}-{number}", number + 1
        self._given.add(free)
        return free

    def _free(self, id: str) -> bool:
        if id in self._given:
            return False
        # Told without a walk through the tree, which most files can do without: what is written stands in the text.
        if self._searchable and _ONE_WORD.fullmatch(id) is not None and id not in self._text:
            return id not in self._retired
        return id not in self._taken

    def members(self, prefix: str, members: Sequence[YamlNode]) -> list[str]:
        """Return an id for each member of a list: its place, or, once any is numbered, the next unused number."""
        written_ids = [written_id(member) for member in members]
        if None not in written_ids:
            return cast("list[str]", written_ids)
        highest = self._highest.get(prefix, 0)
        names = []
        for place, written in enumerate(written_ids, 1):
            if written is None and highest:
                highest += 1
            names.append(written or f"{prefix}.{highest or place}")
        return names


def written_id(node: YamlNode) -> str | None:
    """Return the id that is written in a mapping, or None."""
    if type(node) is Mapping:
        for key, value in node.entries:
            if key.value == "id" and type(value) is Scalar:
                return value.value
    return None


def _written(root: YamlNode) -> Iterable[str]:
    stack = [root]
    while stack:
        node = stack.pop()
        if type(node) is Mapping:
            for key, value in node.entries:
                if type(value) is Scalar:
                    if key.value == "id":
                        yield value.value
                else:
                    stack.append(value)
        elif type(node) is YamlSequence:
            stack.extend(item for item in node.items if type(item) is not Scalar)
