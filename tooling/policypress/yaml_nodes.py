"""The three kinds of node, which libyaml's parser makes itself instead of events."""

from __future__ import annotations

import _ruamel_yaml
from _ruamel_yaml import Mark

from policypress.text import Source, Span


class Decorated(Exception):
    """A node has an anchor or a tag."""

    def __init__(self, what: str, start: Mark, end: Mark) -> None:
        super().__init__(what)
        self.what = what
        self.start = start.index
        self.end = end.index


def _decorated(anchor: str | None, start: Mark, end: Mark) -> Decorated:
    return Decorated("A tag" if anchor is None else "An anchor", start, end)


class Scalar:
    """One text. `style` is "" for plain, else the character that opens it; `commented`: a comment follows.

    This and the next are made with what the parser has for an event; `source` and `flow` are set by the reader.
    """

    __slots__ = ("commented", "end", "flow", "source", "start", "style", "value")
    source: Source
    flow: bool

    def __init__(
        self, anchor: str | None, tag: str | None, _: object, value: str, start: Mark, end: Mark, style: str
    ) -> None:
        if anchor is not None or tag is not None:
            raise _decorated(anchor, start, end)
        self.value = value
        self.start: int = start.index
        self.end: int = end.index
        self.style = style
        self.commented = False

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)


class Mapping:
    """Keys and values in the order of the file."""

    __slots__ = ("end", "entries", "source", "start")
    source: Source

    def __init__(self, anchor: str | None, tag: str | None, _: object, start: Mark, end: Mark, __: object) -> None:
        if anchor is not None or tag is not None:
            raise _decorated(anchor, start, end)
        self.start: int = start.index
        self.end = self.start
        self.entries: list[tuple[Scalar, YamlNode]] = []

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)


class Sequence:
    """Items in the order of the file."""

    __slots__ = ("end", "items", "source", "start")
    source: Source

    def __init__(self, anchor: str | None, tag: str | None, _: object, start: Mark, end: Mark, __: object) -> None:
        if anchor is not None or tag is not None:
            raise _decorated(anchor, start, end)
        self.start: int = start.index
        self.end = self.start
        self.items: list[YamlNode] = []

    @property
    def span(self) -> Span:
        return Span(self.source, self.start, self.end)


class End:
    """Where a mapping or sequence ends."""

    __slots__ = ("end", "start")

    def __init__(self, start: Mark, end: Mark) -> None:
        self.start: int = start.index
        self.end: int = end.index


# The parser makes an object for each event, of a class that it looks up in its own module. Those of ruamel.yaml have
# three constructors each and cost more than the parsing itself; with ours in their place, reading takes a third less.
# Only the C parser uses these names, and nothing but `nodes` uses the C parser.
_ruamel_yaml.ScalarEvent = Scalar
_ruamel_yaml.MappingStartEvent = Mapping
_ruamel_yaml.SequenceStartEvent = Sequence
_ruamel_yaml.MappingEndEvent = _ruamel_yaml.SequenceEndEvent = End

YamlNode = Scalar | Mapping | Sequence
