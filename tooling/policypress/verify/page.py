"""A page of the site as a reader sees it: what is hidden, and the words in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from policypress.verify.flow import BROKEN, CLOSED, SPACED
from policypress.verify.html import Element
from policypress.verify.styles import Rule, Rules, declarations, hides

_UNSEEN = frozenset(
    "head script style template noscript title svg select textarea datalist object iframe audio video".split()
)
_INLINE = frozenset(
    "a abbr b bdi bdo cite code data dfn em i kbd mark q s samp small span strong sub sup time u var".split()
)
_STRUCK = frozenset(("s", "del", "strike"))


@dataclass(slots=True)
class Seen:
    """What is seen of an element: runs of text, each with the id it stands below and what stands before it."""

    runs: list[tuple[str, int]] = field(default_factory=list)
    hidden: list[tuple[str, str, str]] = field(default_factory=list)  # id above, why, words
    ids: dict[str, list[str]] = field(default_factory=dict)  # id -> the id it stands below, at each place
    levels: dict[str, int] = field(default_factory=dict)  # id -> how many lists it stands in


def look(element: Element, rules: Rules, skip: Callable[[Element], bool] = lambda _: False) -> Seen:
    """Return what a reader sees of an element, and what is hidden from him."""
    seen = Seen()
    _look(element, element.attributes.get("id", ""), 0, rules, skip, seen)
    return seen


def _look(
    element: Element, owner: str, level: int, rules: Rules, skip: Callable[[Element], bool], seen: Seen
) -> None:
    tag, attributes, runs = element.tag, element.attributes, seen.runs
    if tag in _UNSEEN or skip(element):
        return
    fitting = rules.of(element)
    if why := _why_hidden(element, fitting):
        inner = next((one.attributes["id"] for one in element.find(lambda one: "id" in one.attributes)), "")
        own = attributes.get("id") or owner
        if words := element.words():
            seen.hidden.append((inner if not attributes.get("id") and inner else own, why, words))
    if (id := attributes.get("id")) is not None:
        seen.ids.setdefault(id, []).append(owner if id != owner else "")
        seen.levels[id] = level
        owner = id
    apart = CLOSED if tag in _INLINE else BROKEN
    if apart is BROKEN:
        runs.append(("", SPACED if tag == "br" else BROKEN))
    runs += [(rule.words, CLOSED) for rule in fitting if rule.place == "before"]
    below = level + (tag in ("ol", "ul"))
    for child in element.children:
        if isinstance(child, str):
            runs.append((child, CLOSED))
        else:
            _look(child, owner, below, rules, skip, seen)
    runs += [(rule.words, CLOSED) for rule in fitting if rule.place == "after"]
    if apart is BROKEN:
        runs.append(("", BROKEN))


def _why_hidden(element: Element, fitting: Sequence[Rule]) -> str:
    attributes = element.attributes
    if "hidden" in attributes:
        return "the attribute hidden"
    if attributes.get("aria-hidden") == "true":
        return "the attribute aria-hidden"
    if element.tag in _STRUCK:
        return f"<{element.tag}>, which strikes it out"
    if element.tag in ("details", "dialog") and "open" not in attributes:
        return f"a closed <{element.tag}>"
    if "style" in attributes and (why := hides(dict(declarations(attributes["style"])))):
        return f"its own style ({why})"
    for rule in fitting:
        if rule.why:
            return f"the style of {rule.selector} ({rule.why})"
    return ""
