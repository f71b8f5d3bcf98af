"""Text -> nodes with positions. The only module that knows YAML.

It reads a small, strict YAML so that no word can get lost: every scalar is text, every key and value knows its
place. libyaml's event stream (through ruamel.yaml's C parser) is turned into three kinds of node, and a conservation
law is kept while it passes: what lies between two values is white space, indicators and comments, and each value is
exactly what was typed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NoReturn

from policypress import reading
from policypress.finding import Finding, Label, Rule
from policypress.hidden import HIDDEN, hidden
from policypress.pattern import pattern
from policypress.slips import explain_syntax, quoted
from policypress.text import Source, Span
from policypress.typed import MAX_TEXT, look_at_typed, refuse_length
from policypress.yaml_nodes import (
    Alias,
    CParser,
    Decorated,
    DocumentStart,
    End,
    Mapping,
    Scalar,
    Sequence,
    SyntaxFault,
    YamlNode,
)  # fmt: skip

__all__ = ["Mapping", "Scalar", "Sequence", "YamlNode", "parse", "refuse_comment"]

MAX_BYTES = 1 << 20
MAX_DEPTH = 16
_MOST = 2_000  # equal keys of a file that are told one by one

# Comments begin at a line start or after white space; outside them only indicators may stand between values.
_GAP = pattern(r"(?:[\s:,\[\]{}-]|(?<!\S)#[^\n]*)*")
_INDICATORS = pattern(r"[\s:,\[\]{}-]{,40}")
_plain_gaps: set[str] = set()  # the same few blanks and indicators come again and again
_MANY_GAPS = 1 << 12


class _Refused(Exception):
    """The rest of the file cannot be trusted."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message)
        self.finding = finding


def parse(source: Source) -> tuple[YamlNode | None, list[Finding]]:
    """Read a source. Return its tree, or None where it could not be read, and every fault found."""
    text = source.text
    plain = text.isascii() and text.replace("\n", "").isprintable()  # the usual file, told without the slow search
    if not plain and (match := HIDDEN.search(text)) is not None:
        return None, [hidden(source, match.start(), match[0])]
    builder = _Builder(source)
    try:
        root = builder.build()
    except _Refused as refused:
        return None, [*builder.findings, refused.finding]
    except Decorated as decorated:
        return None, [*builder.findings, builder.decorated(decorated)]
    except SyntaxFault as error:
        return None, [*builder.findings, explain_syntax(source, error)]
    return root, builder.findings


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = source.text
        self.findings: list[Finding] = []
        self.outside: int | None = None  # the first character that no value holds

    def fault(self, rule: Rule, message: str, start: int, end: int, help: str, related: tuple[Label, ...] = ()) -> None:
        self.findings.append(Finding(rule, message, Span(self.source, start, end), help, related))

    def refuse(self, rule: Rule, message: str, start: int, end: int, help: str) -> _Refused:
        return _Refused(Finding(rule, message, Span(self.source, start, end), help))

    def build(self) -> YamlNode | None:
        """Turn the event stream into a tree, looking at each value and each gap as it passes."""
        text, source = self.text, self.source
        next_event = CParser(text).get_event
        plain_gaps = _plain_gaps
        root: YamlNode | None = None
        stack: list[Mapping | Sequence] = []  # what is open around `top`
        top: Mapping | Sequence | None = None
        key: Scalar | None = None  # the open key of `top`
        flows = 0  # how many of the open collections are in brackets
        done = 0  # everything before this offset is accounted for
        reached = 0  # where the last value ends
        last: Scalar | None = None
        documents = 0
        while (event := next_event()) is not None:
            kind = type(event)
            if kind is Scalar:
                scalar: Scalar = event
                start, end = scalar.start, scalar.end
                if (gap := text[done:start]) not in plain_gaps:
                    self._gap(gap, done, last)
                scalar.source = source
                scalar.flow = flows > 0
                last = scalar
                if text[start:end] != scalar.value:
                    look_at_typed(scalar, self.findings)
                    end = scalar.end
                elif end - start > MAX_TEXT:
                    refuse_length(scalar, self.findings)
                reached = done = end
                if key is not None:
                    top.entries.append((key, scalar))  # type: ignore[union-attr]
                    key = None
                elif type(top) is Mapping:
                    if scalar.value == "<<":
                        self._refuse_key(scalar)
                    key = scalar
                elif top is not None:
                    top.items.append(scalar)  # type: ignore[union-attr]
                else:
                    root = scalar
            elif kind is Mapping or kind is Sequence:
                opened: Mapping | Sequence = event
                opened.source = source
                start = opened.start
                if key is not None:
                    top.entries.append((key, opened))  # type: ignore[union-attr]
                elif type(top) is Mapping:
                    self._refuse_key(opened)
                elif top is not None:
                    top.items.append(opened)  # type: ignore[union-attr]
                else:
                    root = opened
                if top is not None:
                    stack.append(top)
                top, key = opened, None
                flows += text[start : start + 1] in ("[", "{")
                if len(stack) >= MAX_DEPTH:
                    raise self.refuse(
                        reading.TOO_DEEP, f"This is nested more than {MAX_DEPTH} levels deep", start, start + 1,
                        "move a part into a section of its own and point to it with see",
                    )  # fmt: skip
            elif kind is End:
                assert top is not None
                if text[top.start] in "[{" and event.end > event.start:
                    flows -= 1
                    reached = event.end
                top.end = reached if reached > top.start else top.start
                if type(top) is Mapping and not _distinct(tuple([key.value for key, _ in top.entries])):
                    self._duplicates(top)
                top = stack.pop() if stack else None
            elif kind is DocumentStart:
                documents += 1
                if event.directed:
                    raise self.refuse(
                        reading.FORBIDDEN, "A directive stands before the policy", *self._line(event.start),
                        "take the line that begins with % out",
                    )  # fmt: skip
                if documents > 1:
                    raise self.refuse(
                        reading.FORBIDDEN, "A second document begins here", *self._line(event.start),
                        "put it into a file of its own",
                    )  # fmt: skip
            elif kind is Alias:
                raise event
        self._gap(text[done:], done, last)
        if self.outside is not None:
            self.fault(
                reading.LOST_WORDS, f"“{text[self.outside]}” stands here outside any value", self.outside,
                self.outside + 1, "take it out, or put the text that holds it in quotes",
            )  # fmt: skip
        return root

    def _refuse_key(self, node: YamlNode) -> NoReturn:
        if not isinstance(node, Scalar):
            raise self.refuse(
                reading.FORBIDDEN, "A key is a list or mapping", node.start, node.start + 1,
                "write a single word before the colon; put a sentence that begins with [ or { in quotes",
            )  # fmt: skip
        raise self.refuse(
            reading.FORBIDDEN, "A merge key brings in words from elsewhere", node.start, node.end,
            "write the keys out here",
        )  # fmt: skip

    def decorated(self, node: Decorated) -> Finding:
        line = self.source.line(self.source.position(node.start).line)
        return Finding(
            reading.FORBIDDEN, f"{node.what} stands where a text was expected",
            Span(self.source, node.start, max(node.end, node.start + 1)),
            f"write the words out; to begin a text with this character, put it in quotes: {quoted(line)}",
        )  # fmt: skip

    def _gap(self, gap: str, offset: int, last: Scalar | None) -> None:
        """Look at what lies between two values: indicators, white space and comments, or else words are lost."""
        if _INDICATORS.fullmatch(gap) is not None:
            if len(_plain_gaps) < _MANY_GAPS:
                _plain_gaps.add(gap)
            return
        if last is not None and "#" in gap:
            self._comment(gap, last, offset)
        inside = _GAP.match(gap)
        if self.outside is None and inside is not None and inside.end() < len(gap):
            self.outside = offset + inside.end()

    def _comment(self, gap: str, last: Scalar, offset: int) -> None:
        behind = gap.split("\n", 1)[0]
        place = behind.find("#")
        if place < 0 or last.style in ("|", ">"):  # behind a block the comment is on a line of its own
            return
        if place == 0:
            self.fault(
                reading.LOST_WORDS, "“#” stands here outside any value", offset, offset + 1,
                "put the text that holds it in quotes, or the comment on a line of its own",
            )  # fmt: skip
            return
        last.commented = True
        # Behind a single word the decoder decides: welcome behind a code, not behind a title.
        if last.style == "" and " " in last.value:
            refuse_comment(self.findings, last)

    def _duplicates(self, mapping: Mapping) -> None:
        seen: dict[str, Scalar] = {}
        for key, _ in mapping.entries:
            if (first := seen.setdefault(key.value.casefold(), key)) is not key:
                self.fault(
                    reading.DUPLICATE_KEY, f"The key {key.value} stands twice here", key.start, key.end,
                    "keep one of the two, with everything that belongs to it", (Label(first.span, "the first"),),
                )  # fmt: skip
                if len(self.findings) > _MOST:
                    return

    def _line(self, offset: int) -> tuple[int, int]:
        start = self.text.rfind("\n", 0, offset) + 1
        end = self.text.find("\n", start)
        return start, max(start + 1, end if end >= 0 else len(self.text))


@lru_cache(1024)
def _distinct(keys: tuple[str, ...]) -> bool:
    """Tell whether no key stands twice. The same few sets of keys come again and again."""
    return len({key.casefold() for key in keys}) == len(keys)


def refuse_comment(findings: list[Finding], text: Scalar) -> None:
    """Report a comment behind a text."""
    findings.append(
        Finding(
            reading.COMMENT, "A comment stands behind this text and would cut it short", text.span,
            "put the comment on its own line above, or the whole sentence in quotes",
        )
    )  # fmt: skip
