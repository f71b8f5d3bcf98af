"""Whether a value is what was typed: one in quotes, a block, or a text that is folded over lines."""

from __future__ import annotations

import re

from policypress import file_rules, reading
from policypress.finding import Finding, Rule
from policypress.hidden import HIDDEN
from policypress.pattern import pattern
from policypress.text import Span
from policypress.yaml_nodes import Scalar

MAX_TEXT = 20_000
_WORD_KEYS = "all|any|not|at_least|of|text|unless|except_when|applies_when|criteria|rulings|codes|see|notes|query"
_STRUCTURE = pattern(rf"^\s*(?:-\s|([\"']?)(?:[a-z][a-z_]*|(?i:{_WORD_KEYS}))\1:(?:\s|$))", re.M)
_BLOCK_HEAD = pattern(r"[|>][-+1-9]{0,2}\s*")
_ESCAPE = pattern(r'\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(["\\/ ]))')


def look_at_typed(node: Scalar, findings: list[Finding]) -> None:
    """Report where a value that differs from its raw text, quoted, a block, or folded over lines, is not that text."""

    def fault(rule: Rule, message: str, start: int, end: int, help: str) -> None:
        findings.append(Finding(rule, message, Span(node.source, start, end), help))

    raw = node.source.text[node.start : node.end]
    value = node.value
    opener = raw[:1]
    if opener in ("|", ">") and node.style in ("|", ">"):
        head, _, body = raw.partition("\n")
        if _BLOCK_HEAD.fullmatch(head) is None:
            fault(
                reading.COMMENT, f"A comment stands behind {opener}", node.start, node.start + len(head.rstrip()),
                "put the comment on a line of its own, above the key",
            )  # fmt: skip
        if (match := _STRUCTURE.search(body)) is not None:
            start = node.start + len(head) + 1 + match.start() + len(match[0]) - len(match[0].lstrip())
            fault(
                reading.BLOCK, "This line of a block text looks like a key or a list item", start,
                node.start + len(head) + 1 + match.end(),
                "indent it less if it is structure; if it is prose, reword its beginning",
            )  # fmt: skip
        faithful = body.split() == value.split()
        node.value = value.rstrip("\n")
        # The mark of a block's end lies beyond its last line; trim to what was typed.
        node.end = node.start + len(raw.rstrip())
    elif "\n" in raw:
        fault(
            reading.MANY_LINES, "This text runs on over several lines", node.start, node.end,
            "write it on one line, or behind | as a block; begin each criterion with its own `- `",
        )  # fmt: skip
        return
    elif opener == "'":
        faithful = raw[1:-1].replace("''", "'") == value
    elif opener == '"':
        faithful = raw[1:-1] == value or _unescaped(raw[1:-1]) == value
        if not faithful or HIDDEN.search(value) or "\n" in value:
            fault(
                reading.CHARACTER, "An escape in this text stands for a hidden character", node.start, node.end,
                "write the character itself, or leave it out",
            )  # fmt: skip
            return
    else:
        faithful = raw.strip() == value
    if not faithful:
        fault(
            reading.LOST_WORDS, "What was read here is not what was typed", node.start, node.end,
            "write the text on one line in quotes",
        )  # fmt: skip
    if len(value) > MAX_TEXT:
        refuse_length(node, findings)


def _unescaped(raw: str) -> str:
    def plain(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        return chr(int(digits, 16)) if digits else match[4]

    return _ESCAPE.sub(plain, raw)


def refuse_length(node: Scalar, findings: list[Finding]) -> None:
    """Report a text that is longer than MAX_TEXT."""
    message = f"This text has {len(node.value):,} characters; the limit is {MAX_TEXT:,}"
    findings.append(Finding(file_rules.TOO_LARGE, message, node.span, "split it into several criteria or notes"))
