"""The canonical layout of a file: the same words, keys in the order of their form, ids written, comments kept.

Two spaces a level, lists indented below their key, one entry a line. Lists of codes, ids and short names, and
mappings of short values only, stand in brackets where they fit into 100 columns. Codes are quoted; other texts only
where they must be. An empty line that the writer left stays, but never two; lines are never wrapped.
"""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass

from policypress.comments import ALLOW, Comments
from policypress.decode.beside import Statements
from policypress.decode.criteria import NODE, NodeKind
from policypress.decode.form import Form
from policypress.decode.kinds import Choice, CodeEntry, Date, Id, Kind, ListOf, Name, Number, Words
from policypress.decode.section import CodesOrClass, FormList
from policypress.nodes import Mapping, Scalar, Sequence, YamlNode
from policypress.pattern import pattern

WIDTH = 100

# What ordinary YAML takes for a number, a date, a truth value or nothing.
_TYPED = pattern(
    r"(?i:y|n|yes|no|on|off|true|false|null|~|=|<<)|[-+]?(?:0[xob])?[0-9][0-9a-fA-F_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:[0-9]+|(?i:inf|nan))|[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*"
)
_NEGATIVE = pattern(r"-[0-9]+(?:\.[0-9]+)?")
_WORD = pattern(r"\w[\w./%+-]*")
_SHORT = (Name, Id, Date, Number, Choice, CodeEntry)


def canonical(root: YamlNode, form: Form | Kind, minted: Map[int, str], comments: Comments) -> str:
    """Return the text of a file in canonical layout. `minted` gives the id of a node that has none, by its offset."""
    return _Layout(minted, comments).file(root, form)


@dataclass
class _Layout:
    minted: Map[int, str]
    comments: Comments

    def file(self, root: YamlNode, kind: Form | Kind) -> str:
        if isinstance(root, Sequence):
            lines = self.items(root, _item_kind(kind), 0)
        else:
            assert isinstance(root, Mapping)
            head, moved = self.head(root, _form(kind))
            lead, lines = self.mapping(root, _form(kind), 0, moved)
            lines = [*head, *lead, *lines]
        return "\n".join(lines) + "\n"

    def head(self, root: Mapping, form: Form | None) -> tuple[list[str], list[str]]:
        """Split what stands above the first key: what stays on top of the file, and what moves with the key."""
        first = root.entries[0][0]
        above = self.comments.above(first)
        if _ordered(root, form)[0][0] is first:
            return [], above
        kept = len(above)
        while kept and ALLOW.match(above[kept - 1]):
            kept -= 1
        return above[:kept], above[kept:]

    def mapping(
        self, node: Mapping, form: Form | None, indent: int, first_above: list[str]
    ) -> tuple[list[str], list[str]]:
        """Return the comments above the first entry, and the lines of the entries.

        `first_above` are the comments of the entry that stood first, as far as they stay with it.
        """
        lead: list[str] = []
        lines: list[str] = []
        if (id := self.minted.get(node.start)) is not None and form is not None and "id" in form.keys:
            lines.append(f"id: {_scalar_text(id, Id())}")
        for key, value in _ordered(node, form):
            above = first_above if key is node.entries[0][0] else self.comments.above(key)
            known = form.keys.get(key.value) if form is not None else None
            extra, entry = self.entry(key, value, known.kind if known else None, indent)
            if lines:
                lines += [*above, *extra]
            else:
                lead = [*above, *extra]
            lines += entry
        return lead[1:] if lead[:1] == [""] else lead, [*lines, *self.comments.tail(node)]

    def entry(self, key: Scalar, value: YamlNode, kind: Kind | None, indent: int) -> tuple[list[str], list[str]]:
        """Return comments that must stand above an entry, and its lines."""
        name = _scalar_text(key.value, None, key)
        behind = [*self.comments.behind(key), *self.comments.behind(value)]
        if not isinstance(value, Scalar) and not (value.items if isinstance(value, Sequence) else value.entries):
            behind = [*(line for line in self.comments.tail(value) if line), *behind]
        if isinstance(value, Scalar):
            if isinstance(kind, NodeKind):
                return [], [_with(f"{name}:", self.comments.behind(key)), *_indented(self.sentence(value))]
            text = self.scalar(value, kind)
            if len(text) == 1:
                return self.comments.behind(key), [_with(f"{name}: {text[0]}", self.comments.behind(value))]
            return behind, [f"{name}: {text[0]}", *_indented(text[1:])]
        flow = self.in_brackets(value, kind)
        if flow is not None and indent + len(name) + 2 + len(flow) <= WIDTH:
            return behind[:-1], [_with(f"{name}: {flow}", behind[-1:])]
        extra = behind[1:]
        if isinstance(value, Sequence):
            inner = self.items(value, _item_kind(kind), indent + 2)
        else:
            form = _form(kind)
            above = self.comments.above(value.entries[0][0])
            if _ordered(value, form)[0][0] is not value.entries[0][0] or value.start in self.minted:
                # The id comes first now; a suppression covers it only from above the whole node.
                extra = [*extra, *(line for line in above if ALLOW.match(line))]
                above = [line for line in above if not ALLOW.match(line)]
            lead, lines = self.mapping(value, form, indent + 2, above)
            inner = [*lead, *lines]
        return extra, [_with(f"{name}:", behind[:1]), *_indented(inner)]

    def items(self, node: Sequence, kind: Form | Kind | None, indent: int) -> list[str]:
        """Return the lines of a list, one item under the other."""
        lines: list[str] = []
        for item in node.items:
            above = self.comments.above(item)
            behind = self.comments.behind(item)
            if isinstance(item, Scalar):
                if isinstance(kind, NodeKind):
                    entry = self.sentence(item)
                else:
                    text = self.scalar(item, kind)
                    if len(text) > 1:
                        above = [*above, *behind]
                        entry = text
                    else:
                        entry = [_with(text[0], behind)]
            elif isinstance(item, Mapping):
                # What stands above the first key stands above the item.
                lead, entry = self.mapping(item, _form(kind), indent + 2, [])
                above = [*above, *behind, *lead]
            else:
                entry = [self.in_brackets(item, None) or "[]"]
            lines += above[1:] if not lines and above[:1] == [""] else above
            lines += [f"- {entry[0]}", *_indented(entry[1:])]
        return [*lines, *self.comments.tail(node)]

    def sentence(self, node: Scalar) -> list[str]:
        """Return a plain sentence as a criterion with its id."""
        text = self.scalar(node, Words())
        id = _scalar_text(self.minted[node.start], Id())
        behind = self.comments.behind(node)
        if len(text) > 1:
            return [f"id: {id}", *behind, f"text: {text[0]}", *_indented(text[1:])]
        return [f"id: {id}", _with(f"text: {text[0]}", behind)]

    def scalar(self, node: Scalar, kind: Form | Kind | None) -> list[str]:
        """Return a value: one line, or the head and the lines of a block text, not indented."""
        if node.style in ("|", ">"):
            return _block(node)
        if node.style and self.comments.behind(node):
            return [_quoted(node.value)]  # without quotes a comment would not be welcome behind it
        return [_scalar_text(node.value, kind, node)]

    def in_brackets(self, node: YamlNode, kind: Kind | None) -> str | None:
        """Return a collection of short values on one line; None where it is none, or holds comments."""
        if isinstance(node, Sequence):
            inner = _item_kind(kind)
            if not node.items:
                return "[]"
            if not isinstance(inner, _SHORT) and not _cites(node, inner):
                return None
            texts = [self.short(item, inner, item) for item in node.items]
            opener, closer = "[]"
        elif isinstance(node, Mapping):
            form = _form(kind)
            if not node.entries:
                return "{}"
            if form is None or isinstance(kind, NodeKind):
                return None
            texts = []
            for key, value in _ordered(node, form):
                known = form.keys.get(key.value)
                if known is None or not isinstance(known.kind, _SHORT) or self.comments.behind(key):
                    return None
                text = self.short(value, known.kind, key)
                texts.append(None if text is None else f"{key.value}: {text}")
            opener, closer = "{}"
        else:
            return None
        if None in texts or self.comments.tail(node):
            return None
        return opener + ", ".join(text for text in texts if text is not None) + closer

    def short(self, node: YamlNode, kind: Form | Kind | None, part: Scalar | Mapping | Sequence) -> str | None:
        if not isinstance(node, Scalar) or node.style in ("|", ">"):
            return None
        above = self.comments.above(part)
        if part is not node:
            above = [line for line in above if line]  # an empty line between the keys of a short mapping may go
        if above or self.comments.behind(node):
            return None
        text = _scalar_text(node.value, kind, node)
        return text if text.startswith('"') or _WORD.fullmatch(text) else _quoted(node.value)


def _ordered(node: Mapping, form: Form | None) -> list[tuple[Scalar, YamlNode]]:
    if form is None:
        return node.entries
    places = form.places
    return sorted(node.entries, key=lambda entry: places.get(entry[0].value, len(places)))


def _form(kind: Form | Kind | None) -> Form | None:
    if isinstance(kind, NodeKind):
        return NODE
    return kind if isinstance(kind, Form) else getattr(kind, "form", None)


def _item_kind(kind: Form | Kind | None) -> Form | Kind | None:
    if isinstance(kind, ListOf):
        return kind.kind
    if isinstance(kind, FormList):
        return kind.form
    if isinstance(kind, Statements):
        return Name("statements")
    return CodeEntry() if isinstance(kind, CodesOrClass) else kind if isinstance(kind, Form) else None


def _cites(node: Sequence, kind: Form | Kind | None) -> bool:
    """Tell whether a list holds the bare ids of references."""
    form = _form(kind)
    return form is not None and "locator" in form.keys and all(isinstance(item, Scalar) for item in node.items)


def _with(line: str, behind: list[str]) -> str:
    return " ".join([line, *behind])


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" if line else line for line in lines]


def _scalar_text(value: str, kind: Form | Kind | None, node: Scalar | None = None) -> str:
    if isinstance(kind, CodeEntry) or (isinstance(kind, Name) and kind.known == "codes"):
        return _quoted(value)
    was_quoted = node is not None and node.style in ('"', "'")
    if (was_quoted or isinstance(kind, Words)) and _TYPED.fullmatch(value):
        return _quoted(value)
    return value if _may_be_plain(value) else _quoted(value)


def _may_be_plain(value: str) -> bool:
    if value != value.strip() or not value or ": " in value or " #" in value or value.endswith(":"):
        return False
    first = value[0]
    return first.isalnum() or first > "\x7f" or first in "(/$+." or _NEGATIVE.fullmatch(value) is not None


def as_written(value: str) -> str:
    """Return a text as a file holds it: in quotes where it needs them."""
    return _scalar_text(value, Words())


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _block(node: Scalar) -> list[str]:
    """Return head and lines of a block text, without the indentation it had."""
    lines = node.value.split("\n")
    if node.style == ">":
        # Folded lines stay as they were typed.
        typed = [line.rstrip("\r") for line in node.span.raw.split("\n")[1:]]
        first = next(line for line in typed if line.strip())
        inner = next(line for line in lines if line.strip())
        depth = len(first) - len(first.lstrip(" ")) - (len(inner) - len(inner.lstrip(" ")))
        lines = [line[depth:] for line in typed]
    first = next((line for line in lines if line), "")
    head = node.style + ("2" if first.startswith(" ") else "")
    return [head, *lines]
