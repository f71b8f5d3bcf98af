"""The comments of a file, each with the part of the tree that it speaks of.

A comment on a line of its own stands *above* the entry or item that follows; indented deeper than that, it is the
*tail* of the list or mapping before it. A comment on a line with something else stands *behind* it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field

from policypress.nodes import Mapping, Scalar, Sequence, YamlNode
from policypress.pattern import pattern

ALLOW = pattern(r"#[ ]*allow:")
_COMMENT = pattern(r"(?<!\S)#[^\n]*")
_BLANK = pattern(r"\n[ \r]*\n")

Part = Scalar | Mapping | Sequence


@dataclass
class Comments:
    """Comments by the part they speak of: a key for an entry, else the item, value or collection itself.

    In `above` and `tail` an empty text stands for an empty line.
    """

    _above: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _behind: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    _tail: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    texts: list[str] = field(default_factory=list)  # every comment, in the order of the file

    def above(self, part: Part) -> list[str]:
        return self._above.get(id(part), [])

    def behind(self, part: Part) -> list[str]:
        return self._behind.get(id(part), [])

    def tail(self, part: Part) -> list[str]:
        return self._tail.get(id(part), [])


def read_comments(root: YamlNode) -> Comments:
    """Find every comment of the file whose tree this is."""
    return _Reader(root).read()


@dataclass
class _Element:
    """An entry of a mapping or an item of a list, with the column of its line and what it stands in."""

    part: Part
    value: YamlNode
    column: int
    within: Mapping | Sequence
    first: bool


class _Reader:
    def __init__(self, root: YamlNode) -> None:
        self.text = root.source.text
        self.comments = Comments()
        self.elements: list[_Element] = []  # in the order of the file, the outermost first where several begin
        self.scalars: list[Scalar] = []
        self.owners: dict[int, list[tuple[Mapping | Sequence, int]]] = {}  # scalar -> what it stands in, with columns
        self.flows: list[Mapping | Sequence] = []  # those in brackets
        self._walk(root, [])
        self.flow_ids = {id(flow) for flow in self.flows}
        self.starts = [element.part.start for element in self.elements]

    def _walk(self, node: YamlNode, owners: list[tuple[Mapping | Sequence, int]]) -> None:
        if isinstance(node, Scalar):
            self.scalars.append(node)
            self.owners[id(node)] = owners
            return
        if self.text[node.start : node.start + 1] in ("[", "{"):
            self.flows.append(node)
        column = self._column(node.start)
        # A list that begins in the column of its key: a comment there belongs to what holds the key.
        deeper = isinstance(node, Sequence) and bool(owners) and column <= owners[-1][1]
        inside = [*owners, (node, column + deeper)]
        for place, (key, value) in enumerate(_members(node)):
            self.elements.append(_Element(key or value, value, column, node, place == 0))
            if key is not None:
                self.scalars.append(key)
                self.owners[id(key)] = inside
            self._walk(value, inside)

    def read(self) -> Comments:
        done = 0
        last: Scalar | None = None
        for scalar in self.scalars:
            self._gap(done, scalar.start, last)
            done, last = scalar.end, scalar
        self._gap(done, len(self.text), last)
        return self.comments

    def _gap(self, start: int, end: int, last: Scalar | None) -> None:
        gap = self.text[start:end]
        place = 0
        for match in _COMMENT.finditer(gap):
            text = match[0].rstrip()
            self.comments.texts.append(text)
            offset = start + match.start()
            line = gap[gap.rfind("\n", 0, match.start()) + 1 : match.start()]
            if not line.strip() and (start == 0 or "\n" in gap[: match.start()]):
                blank = _BLANK.search(gap, place, match.start()) is not None
                self._own_line(offset, ["", text] if blank else [text], last)
            else:
                self._behind(offset, text, last, start)
            place = match.end()
        element = self._next(start + place - 1)
        if element is not None and element.part.start <= end and _BLANK.search(gap, place):
            self._put_above(element, [""])

    def _put_above(self, element: _Element, lines: list[str]) -> None:
        above = self.comments._above[id(element.part)]
        # No empty line divides the first of a list or mapping from what it stands in.
        above += lines[1:] if element.first and not above and lines[0] == "" else lines

    def _own_line(self, offset: int, lines: list[str], last: Scalar | None) -> None:
        following = self._next(offset)
        flow = self._flow(offset)
        if flow is not None:
            if following is not None and following.part.start < flow.end:
                self._put_above(following, lines)
            else:
                self.comments._tail[id(flow)] += lines
            return
        if last is not None and (entry := self._waiting(last, offset)) is not None:
            self._put_above(entry, lines)
            return
        column = self._column(offset)
        if following is not None and (last is None or column <= following.column or ALLOW.match(lines[-1])):
            self._put_above(following, lines)
            return
        assert last is not None  # a file of comments alone has no tree
        owners = self.owners[id(last)]
        blocks = (node for node, at in reversed(owners) if at <= column and id(node) not in self.flow_ids)
        owner = next(blocks, owners[0][0])
        if following is not None and owner.end > following.part.start:
            self._put_above(following, lines)
        else:
            self.comments._tail[id(owner)] += lines

    def _behind(self, offset: int, text: str, last: Scalar | None, start: int) -> None:
        closed = [flow for flow in self.flows if start < flow.end <= offset]
        following = self._next(offset)
        if closed:
            outermost = max(closed, key=lambda flow: (flow.end, -flow.start))
            self.comments._behind[id(outermost)].append(text)
        elif following is not None and (last is None or "\n" in self.text[last.end : offset]):
            self._put_above(following, [text])  # behind `- ` alone
        else:
            assert last is not None
            self.comments._behind[id(last)].append(text)

    def _next(self, offset: int) -> _Element | None:
        place = bisect_right(self.starts, offset)
        return self.elements[place] if place < len(self.elements) else None

    def _waiting(self, last: Scalar, offset: int) -> _Element | None:
        """Return the entry whose key stands before the offset and whose one value stands behind it."""
        place = bisect_right(self.starts, last.start) - 1
        entry = self.elements[place] if place >= 0 else None
        if entry is None or entry.part is not last or entry.value is last or entry.value.start < offset:
            return None
        return entry if isinstance(entry.value, Scalar) or id(entry.value) in self.flow_ids else None

    def _flow(self, offset: int) -> Mapping | Sequence | None:
        inside = [flow for flow in self.flows if flow.start < offset < flow.end]
        return inside[-1] if inside else None

    def _column(self, offset: int) -> int:
        return offset - self.text.rfind("\n", 0, offset) - 1


def _members(node: Mapping | Sequence) -> list[tuple[Scalar | None, YamlNode]]:
    if isinstance(node, Mapping):
        return list(node.entries)
    return [(None, item) for item in node.items]
