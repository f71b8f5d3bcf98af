"""Which rules of a stylesheet keep text from a reader's eye, or put words there.

Only as much CSS as that takes, and on the safe side: no cascade, so a rule that hides counts even where a later one
would undo it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

_COMMENT = re.compile(r"/\*.*?\*/", re.S)
_PART = re.compile(
    r"(?P<tag>[a-zA-Z][\w-]*|\*)|\.(?P<class>[\w-]+)|#(?P<id>[\w.-]+)"
    r"|\[\s*(?P<name>[\w-]+)\s*(?:(?P<test>[~|^$*]?=)\s*(?P<value>\"[^\"]*\"|'[^']*'|[^\]\s]+)\s*)?\]"
    r"|::?(?P<pseudo>[\w-]+)(?:\((?P<argument>(?:[^()]|\([^()]*\))*)\))?"
)
_MOMENTARY = frozenset("hover focus focus-visible focus-within active target visited link checked".split())
_LENGTH = re.compile(r"(-?[\d.]+)(px|pt|rem|em|ex|ch|vw|vh|mm|cm|in|%)?")
_PIXELS = {"px": 1, "pt": 1.33, "rem": 16, "em": 16, "ex": 8, "ch": 8, "vw": 10, "vh": 10, "mm": 3.8, "cm": 38, "%": 10}
_OVERFLOWS = ("overflow", "overflow-x", "overflow-y")
_CUTS = re.compile(r"hidden|clip")
_TOKEN = re.compile(r"\s*[>+~]\s*|\s+|(?:\[[^\]]*\]|\([^()]*(?:\([^()]*\)[^()]*)*\)|[^\s>+~])+")
_WORDS = re.compile(r"[A-Za-z0-9]")


class Styled(Protocol):
    """An element as far as a selector looks at it."""

    @property
    def tag(self) -> str: ...
    @property
    def attributes(self) -> Mapping[str, str]: ...
    @property
    def parent(self) -> Styled | None: ...
    @property
    def before(self) -> Styled | None: ...
    @property
    def bare(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that hides what it matches (`why`), or prints `words` before or after it."""

    selector: str
    why: str = ""
    words: str = ""
    place: str = ""  # before, after


@lru_cache(maxsize=16)
def notable(css: str) -> tuple[Rule, ...]:
    """Return the rules of a stylesheet that hide text or write some."""
    return tuple(_rules(_COMMENT.sub("", css)))


def _rules(css: str) -> Iterator[Rule]:
    place = 0
    while (brace := css.find("{", place)) >= 0:
        head = css[place:brace].rpartition(";")[2].strip()
        end = _closing(css, brace)
        inside = css[brace + 1 : end]
        if head.startswith(("@media", "@supports", "@layer", "@container")):
            yield from _rules(inside)
        elif not head.startswith("@"):
            declared = dict(declarations(inside))
            for selector in _split(head):
                yield from _rule(selector, declared)
        place = end + 1


def _rule(selector: str, declared: dict[str, str]) -> Iterator[Rule]:
    found = re.search(r"::?(before|after)$", selector)
    if found is not None:
        written = re.match(r"[^\"'/]*(?:\"([^\"]*)\"|'([^']*)')", declared.get("content", ""))
        words = (written[1] or written[2] or "") if written is not None else ""
        if _WORDS.search(words):
            yield Rule(selector[: found.start()] or "*", words=words, place=found[1])
    elif "::" in selector:
        return
    elif why := hides(declared):
        yield Rule(selector, why)


def _closing(css: str, brace: int) -> int:
    depth = 0
    for match in re.compile(r"[{}]").finditer(css, brace):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return len(css)


def declarations(block: str) -> Iterator[tuple[str, str]]:
    """Yield the properties of a block with their values."""
    for part in block.split(";"):
        name, colon, value = part.partition(":")
        if colon:
            yield name.strip().lower(), value.replace("!important", "").strip().lower()


def hides(declared: dict[str, str]) -> str:
    """Say by which property a block hides text; "" where it does not."""

    def pixels(name: str) -> float | None:
        match = _LENGTH.fullmatch(declared.get(name, "").split(" ")[0])
        return None if match is None else float(match[1]) * _PIXELS.get(match[2] or "px", 1)

    for name, values in (
        ("display", ("none",)),
        ("visibility", ("hidden", "collapse")),
        ("content-visibility", ("hidden",)),
        ("color", ("transparent",)),
        ("-webkit-text-fill-color", ("transparent",)),
    ):
        if declared.get(name) in values:
            return f"{name}: {declared[name]}"
    colour = declared.get("color")
    ground = declared.get("background") or declared.get("background-color")
    if colour and colour == ground:
        return f"color: {colour} on the same ground"
    for name, least in (("opacity", 0.3), ("font-size", 6.0), ("zoom", 0.3), ("line-height", 0.2)):
        value = pixels(name)
        if value is not None and value < least:
            return f"{name}: {declared[name]}"
    if "font" in declared and re.match(r"0(?:px|pt|em|rem|%)?[\s/]", declared["font"]):
        return f"font: {declared['font']}"
    clipped = declared.get("clip-path", "none") != "none" or declared.get("clip", "auto") != "auto"
    if clipped:
        return "clip"
    if "through" in declared.get("text-decoration", "") + declared.get("text-decoration-line", ""):
        return "text-decoration: line-through"
    for name in ("height", "max-height", "width", "max-width", "block-size", "inline-size", "max-block-size"):
        value = pixels(name)
        if value is not None and value < 8 and _CUTS.search(" ".join(declared.get(key, "") for key in _OVERFLOWS)):
            return f"{name}: {declared[name]}"
    for name in ("left", "right", "top", "bottom", "text-indent", "margin-left", "margin-top", "inset", "margin"):
        value = pixels(name)
        if value is not None and (value < -400 or (value > 400 and not name.startswith("margin"))):
            return f"{name}: {declared[name]}"
    transform = declared.get("transform", "") + declared.get("scale", "")
    if re.search(r"scale[xy]?\(0?\.?0*[1-2]?\)|^0$|translate", transform):
        return f"transform: {transform}"
    if re.search(r"opacity\(0", declared.get("filter", "")) or "mask" in declared or "mask-image" in declared:
        return "filter or mask"
    return ""


def _split(selectors: str) -> list[str]:
    """Split a selector list at the commas outside of brackets."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(selectors):
        depth += (char in "([") - (char in ")]")
        if char == "," and depth == 0:
            parts.append(selectors[start:place].strip())
            start = place + 1
    return [*parts, selectors[start:].strip()]


class Rules:
    """The notable rules of a page, at hand by what an element is."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._near: dict[tuple[str, str], list[tuple[str, Rule]]] = {}

    def of(self, element: Styled) -> list[Rule]:
        """Return the rules that match an element."""
        attributes = element.attributes
        key = (element.tag, attributes.get("class", ""))
        if (near := self._near.get(key)) is None:
            near = self._near[key] = [(_last(one.selector)[2], one) for one in self._rules if _may_match(one, *key)]
        return [
            rule for needed, rule in near if (not needed or needed in attributes) and matches(rule.selector, element)
        ]


def matches(selector: str, element: Styled) -> bool:
    """Tell whether a selector matches an element; what it holds that is not known here counts as a match."""
    steps = _steps(selector)
    return bool(steps) and _from_right(steps, len(steps) - 1, element)


def _may_match(rule: Rule, tag: str, css: str) -> bool:
    needed, needed_css, _ = _last(rule.selector)
    return not ((needed and needed != tag) or (needed_css and needed_css not in css))


def _last(selector: str) -> tuple[str, str, str]:
    """Return a tag, a class and an attribute without which an element cannot match: most are ruled out by them."""
    steps = _steps(selector)
    parts = list(_PART.finditer(steps[-1][1])) if steps else []
    tag = next((part["tag"] for part in parts if part["tag"] and part["tag"] != "*"), "")
    css, name = (next((part[kind] for part in parts if part[kind]), "") for kind in ("class", "name"))
    return tag, css, name


@lru_cache(maxsize=4096)
def _steps(selector: str) -> tuple[tuple[str, str], ...]:
    """Take a selector apart: (combinator before it, compound)."""
    found: list[tuple[str, str]] = []
    join = ""
    for token in _TOKEN.findall(selector.strip()):
        if token.strip() in ("", ">", "+", "~"):
            join = token.strip() or " "
        else:
            found.append((join, token))
    return tuple(found)


def _from_right(steps: Sequence[tuple[str, str]], at: int, element: Styled) -> bool:
    join, compound = steps[at]
    if not _compound(compound, element):
        return False
    if at == 0:
        return True
    if join in ("+", "~"):
        other = element.before
        while other is not None:
            if _from_right(steps, at - 1, other):
                return True
            other = None if join == "+" else other.before
        return False
    above = element.parent
    while above is not None:
        if _from_right(steps, at - 1, above):
            return True
        above = None if join == ">" else above.parent
    return False


def _compound(compound: str, element: Styled) -> bool:
    for part in _PART.finditer(compound):
        if part["tag"]:
            fits = part["tag"] in ("*", element.tag)
        elif part["class"]:
            fits = part["class"] in element.attributes.get("class", "").split()
        elif part["id"]:
            fits = element.attributes.get("id") == part["id"]
        elif part["name"]:
            fits = _attribute(part, element.attributes.get(part["name"]))
        else:
            fits = _pseudo(part["pseudo"], part["argument"], element)
        if not fits:
            return False
    return True


def _attribute(part: re.Match[str], value: str | None) -> bool:
    if value is None:
        return False
    test, wanted = part["test"], (part["value"] or "").strip("\"'")
    if test is None:
        return True
    return {
        "=": value == wanted,
        "~=": wanted in value.split(),
        "^=": value.startswith(wanted),
        "$=": value.endswith(wanted),
        "*=": wanted in value,
        "|=": value == wanted or value.startswith(wanted + "-"),
    }[test]


def _pseudo(name: str, argument: str | None, element: Styled) -> bool:
    if name in _MOMENTARY:
        return False
    if name == "empty":
        return element.bare
    if name == "root":
        return element.parent is None
    if name in ("is", "where") and argument:
        return any(matches(one, element) for one in _split(argument))
    if name == "not" and argument:
        return not any(_sure(one) and matches(one, element) for one in _split(argument))
    return True


def _sure(selector: str) -> bool:
    """Tell whether a match of this selector is certain: no pseudo-class that is taken for a match."""
    return ":" not in selector
