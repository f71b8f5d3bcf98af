"""Faults seeded into the HTML of a section, in the site's page and in the page that is printed alike.

Each is a function of the HTML and the id it strikes; it returns the damaged HTML, or None where it does not apply.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Edit = Callable[[str, str], str | None]
_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"(?<=[a-z]) ([a-z]{2,})(?= )")


def span(html: str, id: str) -> tuple[int, int] | None:
    """Return where the element with an id begins and ends."""
    place = html.find(f' id="{id}"')
    if place < 0:
        return None
    start = html.rindex("<", 0, place)
    tag = re.compile(r"\w+").match(html, start + 1)
    assert tag is not None
    return start, close(html, start, tag[0])


def close(html: str, start: int, tag: str) -> int:
    depth = 0
    for match in re.compile(rf"<(/?){tag}\b[^<>]*>").finditer(html, start):
        depth += -1 if match[1] else 1
        if depth == 0:
            return match.end()
    raise AssertionError(f"<{tag}> stays open")


def item(html: str, id: str) -> tuple[int, int] | None:
    found = span(html, id)
    return found if found is not None and html.startswith("<li", found[0]) else None


def own(html: str, id: str, pattern: str, replacement: str) -> str | None:
    """Change the first match in an element, before its members begin."""
    found = span(html, id)
    if found is None:
        return None
    start, end = found
    member = html.find("<li", start + 3, end)
    end = member if member >= 0 else end
    changed, count = re.subn(pattern, replacement, html[start:end], count=1, flags=re.S)
    return html[:start] + changed + html[end:] if count else None


def words(html: str, id: str, change: Callable[[str], str]) -> str | None:
    """Change the words of a criterion or coding rule, outside of tags."""
    found = item(html, id)
    if found is None:
        return None
    opening = '<span class="words">'
    start = html.find(opening, found[0], found[1])
    nested = html.find("<li", found[0] + 3, found[1])
    if start < 0 or (0 <= nested < start):
        return None
    end = close(html, start, "span") - len("</span>")
    start += len(opening)
    parts = re.split(r"(<[^<>]*>|&#?\w+;)", html[start:end])
    for at in range(0, len(parts), 2):
        if (changed := change(parts[at])) != parts[at]:
            parts[at] = changed
            return html[:start] + "".join(parts) + html[end:]
    return None


def dropped(html: str, id: str) -> str | None:
    found = item(html, id)
    return None if found is None else html[: found[0]] + html[found[1] :]


def styled(css: str) -> Edit:
    def edit(html: str, id: str) -> str | None:
        found = item(html, id)
        return None if found is None else html[: found[0]] + f'<li style="{css}"' + html[found[0] + 3 :]

    return edit


def hidden(html: str, id: str) -> str | None:
    found = item(html, id)
    return None if found is None else html[: found[0]] + "<li hidden" + html[found[0] + 3 :]


def operator_swapped(html: str, id: str) -> str | None:
    other = {"ALL": "ANY", "ANY": "ALL", "NONE": "ALL", "NOT": "ALL"}
    for word, instead in other.items():
        if changed := own(html, id, rf'(<strong class="word">){word}<', rf"\g<1>{instead}<"):
            return changed
    return None


def count_changed(html: str, id: str) -> str | None:
    return own(html, id, r">AT LEAST \d<", ">AT LEAST 1<")


def members_miscounted(html: str, id: str) -> str | None:
    return own(html, id, r"of the following \d", "of the following 9")


def connector_changed(html: str, id: str) -> str | None:
    return _connector(html, id, lambda word: "or" if word == "and" else "and")


def connector_lost(html: str, id: str) -> str | None:
    return _connector(html, id, lambda _: "")


def _connector(html: str, id: str, change: Callable[[str], str]) -> str | None:
    found = item(html, id)
    if found is None:
        return None
    start, end = found
    match = re.search(r'(<p class="connector"[^<>]*>)([^<]+)(</p></li>)$', html[start:end])
    if match is None:
        return None
    return html[: start + match.start()] + match[1] + change(match[2]) + match[3] + html[end:]


def order_changed(html: str, id: str) -> str | None:
    found = item(html, id)
    if found is None or not html.startswith("<li", found[1]):
        return None
    end = close(html, found[1], "li")
    return html[: found[0]] + html[found[1] : end] + html[found[0] : found[1]] + html[end:]


def doubled(html: str, id: str) -> str | None:
    found = item(html, id)
    return None if found is None else html[: found[1]] + html[found[0] : found[1]] + html[found[1] :]


def flattened(html: str, id: str) -> str | None:
    """The members of a nested group become its neighbours."""
    found = item(html, id)
    if found is None or 'class="branch"' not in html[found[0] : html.index(">", found[0])]:
        return None
    start = html.index("<ol>", found[0])
    end = close(html, start, "ol")
    inner = html[start + 4 : end - 5]
    return html[:start] + html[end : found[1]] + inner + html[found[1] :]


def _guard(html: str, id: str) -> tuple[int, int] | None:
    found = span(html, id)
    if found is None:
        return None
    start = html.rfind('<div class="guard ', 0, found[0])
    if start < 0:
        return None
    end = close(html, start, "div")
    between = html[start : found[0]]
    return (start, end) if end >= found[1] and "<li" not in between.removesuffix(html[found[0] :]) else None


def guard_lost(html: str, id: str) -> str | None:
    found = _guard(html, id)
    return None if found is None else html[: found[0]] + html[found[1] :]


def guard_turned(html: str, id: str) -> str | None:
    """A waiver reads as a carve-out, or the reverse; a guard as a waiver."""
    found = _guard(html, id)
    if found is None:
        return None
    start, end = found
    turn = {"Applies when": "Counts as met when", "Counts as met when": "Counts as not met when"}
    turn["Counts as not met when"] = "Counts as met when"
    changed = re.sub("|".join(turn), lambda match: turn[match[0]], html[start:end], count=1)
    return html[:start] + changed + html[end:]


def label_changed(html: str, id: str) -> str | None:
    return own(html, id, r'(<span class="label">)[^<]+', r"\g<1>7.7")


def strength_lost(html: str, id: str) -> str | None:
    return own(html, id, r'<span class="strength"[^<>]*>[^<]+</span> ', "")


def strength_changed(html: str, id: str) -> str | None:
    return own(html, id, r'(<span class="strength"[^<>]*>)[^<]+', r"\g<1>perhaps")


def printed_id_changed(html: str, id: str) -> str | None:
    return own(html, id, rf"(<(?:a|span) class=\"(?:handle|id[^\"]*)\"[^<>]*>){re.escape(id)}<", rf"\g<1>{id}x<")


def anchor_changed(html: str, id: str) -> str | None:
    return own(html, id, rf'\sid="{re.escape(id)}"', f' id="{id}x"')


def pointer_lost(html: str, id: str) -> str | None:
    return own(html, id, r'<span class="see">.*?</span> ', "")


def pointer_changed(html: str, id: str) -> str | None:
    return own(html, id, r'(<span class="see">\(see (?:<a[^<>]*>)?\D*)\d', r"\g<1>9")


def remark_lost(html: str, id: str) -> str | None:
    return own(html, id, r'<div class="remark [^<>]*>.*?</div>', "")


def citation_lost(html: str, id: str) -> str | None:
    return own(html, id, r'<p class="citations">.*?</p>', "")


def _digit(text: str) -> str:
    return _DIGIT.sub(lambda match: str((int(match[0]) + 1) % 10), text, count=1)


WORD_CHANGES: dict[str, Callable[[str], str]] = {
    "digit changed": _digit,
    "word lost": lambda text: _WORD.sub("", text, count=1),
    "not added": lambda text: re.sub(r"(?<=[a-z]) ", " not ", text, count=1),
    "words run together": lambda text: re.sub(r"(?<=[a-z]) (?=[a-z])", "", text, count=1),
    "comparison changed": lambda text: text.replace("≥", ">"),
    "dash changed": lambda text: text.replace("–", "-"),
    "letter changed": lambda text: text.replace("e", "е", 1),
    "letter case changed": lambda text: re.sub(r"\b[a-z]", lambda match: match[0].upper(), text, count=1),
}


def _in_words(change: Callable[[str], str]) -> Edit:
    return lambda html, id: words(html, id, change)


SHARED: dict[str, Edit] = {
    "criterion dropped": dropped,
    "criterion doubled": doubled,
    "operator swapped": operator_swapped,
    "count changed": count_changed,
    "members miscounted": members_miscounted,
    "connector changed": connector_changed,
    "connector lost": connector_lost,
    "order changed": order_changed,
    "list flattened": flattened,
    "guard lost": guard_lost,
    "guard turned": guard_turned,
    "label changed": label_changed,
    "strength lost": strength_lost,
    "strength changed": strength_changed,
    "printed id changed": printed_id_changed,
    "anchor changed": anchor_changed,
    "pointer lost": pointer_lost,
    "pointer changed": pointer_changed,
    "remark lost": remark_lost,
    "citation lost": citation_lost,
    "not displayed": styled("display:none"),
    "pushed off the page": styled("position:absolute;left:-9999px"),
    "made tiny": styled("font-size:1px"),
    **{name: _in_words(change) for name, change in WORD_CHANGES.items()},
}
SITE: dict[str, Edit] = {
    **SHARED,
    "attribute hidden": hidden,
    "not visible": styled("visibility:hidden"),
    "transparent": styled("opacity:0"),
    "indented away": styled("text-indent:-999em"),
    "clipped": styled("clip-path:inset(50%)"),
    "squeezed": styled("height:0;overflow:hidden"),
    "struck out": styled("text-decoration:line-through"),
}
# Told at what stands below: a style may strike that alone, and a copy stands behind the last of it.
INHERITED = frozenset(("white on white", "made tiny", "criterion doubled"))
PDF: dict[str, Edit] = {
    **SHARED,
    "white on white": styled("color:#fff"),
    "see-through": styled("opacity:0.05"),
    "cut off": styled("height:1px;overflow:hidden"),
}
