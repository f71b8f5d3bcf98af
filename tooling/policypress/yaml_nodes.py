"""The three kinds of node, which libyaml's parser makes itself instead of events."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import Any

from policypress.text import Source, Span, new_span

_ASKED = "error reader scanner parser composer constructor emitter serializer representer tokens events nodes"


class _Anything(ModuleType):
    """Stands for a module of ruamel.yaml while the parser is loaded: whatever name it asks for is an empty class."""

    def __getattr__(self, name: str) -> type[Exception]:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (Exception,), {})


def _load() -> Any:
    """Load libyaml's parser without the Python package around it, which takes a twentieth of a check to import.

    The parser fetches exceptions and classes for its events from there; those that it makes use of here are ours.
    """
    modules: dict[str, ModuleType] = {}
    if "ruamel.yaml" not in sys.modules:
        modules = {name: _Anything(name) for name in ("ruamel.yaml", *(f"ruamel.yaml.{one}" for one in _ASKED.split()))}
    sys.modules.update(modules)
    try:
        import _ruamel_yaml
    finally:
        for name in modules:
            del sys.modules[name]
    return _ruamel_yaml


_libyaml = _load()
CParser: Any = _libyaml.CParser
Mark = Any  # libyaml's own: index, line and column, from 0


class SyntaxFault(Exception):
    """The text is no YAML. The marks say where, as far as the parser knows."""

    def __init__(self, context: str | None, context_mark: Mark, problem: str, problem_mark: Mark) -> None:
        super().__init__(problem)
        self.context = context
        self.context_mark = context_mark
        self.problem = problem
        self.problem_mark = problem_mark


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
        return new_span((self.source, self.start, self.end))


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
        return new_span((self.source, self.start, self.end))


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
        return new_span((self.source, self.start, self.end))


class End:
    """Where a mapping or sequence ends."""

    __slots__ = ("end", "start")

    def __init__(self, start: Mark, end: Mark) -> None:
        self.start: int = start.index
        self.end: int = end.index


class DocumentStart:
    """Where a document begins."""

    __slots__ = ("directed", "start")

    def __init__(self, start: Mark, _: object, __: object, version: object, tags: object) -> None:
        self.start: int = start.index
        self.directed = bool(version or tags)  # a directive stands before it


class Alias(Decorated):
    """A `*name` that stands for a node elsewhere."""

    def __init__(self, _: object, start: Mark, end: Mark) -> None:
        super().__init__("An alias", start, end)


# The parser makes an object for each event, of a class that it looks up in its own module. Those of ruamel.yaml have
# three constructors each and cost more than the parsing itself; with ours in their place, reading takes a third less.
# Only the C parser uses these names, and nothing but `nodes` uses the C parser.
_libyaml.ScalarEvent = Scalar
_libyaml.MappingStartEvent = Mapping
_libyaml.SequenceStartEvent = Sequence
_libyaml.MappingEndEvent = _libyaml.SequenceEndEvent = End
_libyaml.DocumentStartEvent = DocumentStart
_libyaml.AliasEvent = Alias
_libyaml.ScannerError = _libyaml.ParserError = SyntaxFault

YamlNode = Scalar | Mapping | Sequence
