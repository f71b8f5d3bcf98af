"""What does not belong into a text: leftovers of a conversion, templates, markup, untidy typing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from policypress.checks.check import Check, Fault, GuidelineView, SectionView
from policypress.finding import Edit, Severity
from policypress.passages import Passage
from policypress.pattern import pattern
from policypress.text import Text
from policypress.wording import Hit

_ENTITY = (
    r"&(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|bull|deg|copy|reg|trade|#\d{2,5}|#x[0-9A-Fa-f]{2,5});"
)
# UTF-8 that was read as Windows-1252: ’ became â€™, é became Ã©.
_MOJIBAKE = r"â€\S?|Ã[\u00a0-\u00bf\u0152-\u02dc\u2013-\u203a\u20ac\u2122]|Â[\u00a0-\u00bf]"
_RESIDUE = pattern(
    rf"\{{\s?\"|\"\s?\}}[\]}}]*|\":[\[{{\"]|{_ENTITY}|{_MOJIBAKE}|\\[nrt](?![A-Za-z])|\\u[0-9A-Fa-f]{{4}}"
    r"|[\ufb00-\ufb06]|Page \d+ of \d+|\(cid:\d+\)|Error! (?:Reference|Bookmark)[\w ]*|\[object Object\]"
)
_TAGS = (
    "a|abbr|b|big|blockquote|body|br|button|center|code|dd|del|div|dl|dt|em|embed|font|form|h[1-6]|head|hr|html|i|iframe"
    "|img|input|ins|li|link|mark|meta|object|ol|p|pre|q|s|script|small|span|strike|strong|style|sub|sup|svg|table|tbody|td"
    "|th|thead|tr|u|ul|video"
)
_MARKUP = pattern(
    rf"\{{\{{|\{{%|\{{#|\$\{{|<%|<!--|</?(?:{_TAGS}|{_TAGS.upper()})(?:\s[^<>\n]*=[^<>\n]*)?\s?/?>"
    r"|\]\((?!https?://)[^()\s]*[:/#.][^()\s]*\)?|!\[[^\]\n]*\]\([^()\s]*\)"
)
_BRACKETS = pattern(r"\([^()\0]*\)")  # of one text: a NUL stands between two
_ENTRY = pattern(r"\n([·▫○■□–—*-] (?=\S)|o (?=[A-Z])|\(?(?:\d{1,2}|[a-z]|[ivx]{2,4})[.)] (?=[A-Z]))")
_BULLET = pattern("([•▪◦‣●] ?)")
_BROKEN = pattern(r"- (?!(?:and|or|to|nor|but|versus|vs|through|as|in|not|und|oder|bis)\b)[a-z]{2,}")
_SPACES = pattern("  +")
_BRACKET = pattern(r"[()\[\]\"“”]")
_EMPHASIS = pattern(r"</?(?:b|i|em|strong|u|span|font|center|mark)(?:\s[^<>\n]*)?>", re.I)
_LIGATURES = dict(zip("ﬀﬁﬂﬃﬄﬅﬆ", ("ff", "fi", "fl", "ffi", "ffl", "st", "st"), strict=True))
_PAIR = {"(": ")", "[": "]"}


def conversion_residue(view: GuidelineView) -> Iterator[Fault]:
    """A text holds the leftovers of a conversion from PDF, HTML, JSON or a word processor.

    Pieces of JSON, HTML entities, letters that were read in the wrong encoding, page numbers: nothing of that is
    policy, all of it would be printed, and beside it words are often lost. Look the passage up in the original.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    notes:
      - 'Record the rationale."}]}'
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study changes the plan of treatment
    notes:
      - Record the rationale.
    ```
    """
    for hit in (*view.all(_residue), *_beside(view, _RESIDUE)):
        yield Fault(
            f"“{hit.words}” is left over from a conversion", hit.span,
            "look the passage up in the original and type it as it is printed there", hit.passage.id,
            edits=in_text(hit, _meant(hit.words)),
        )  # fmt: skip


def _meant(words: str) -> str:
    """Return the characters that a leftover stands for: `&amp;`, a ligature, a letter read in the wrong encoding."""
    if words[0] == "&":
        from html import unescape  # which brings a table of all names along

        return unescape(words).replace("\u00a0", " ")
    if words in _LIGATURES:
        return _LIGATURES[words]
    if words[0] in "âÃÂ":
        try:
            return words.encode("cp1252").decode("utf-8").replace("\u00a0", " ")
        except UnicodeError:
            return words
    return words


def markup_in_text(view: GuidelineView) -> Iterator[Fault]:
    """A text holds template syntax, HTML, an image, or a link that is no http address.

    Texts are words and never run: `{{ }}`, `{% %}`, `${ }` and HTML tags are printed as they stand. A link leads to an
    http or https address, or it is no link; a pointer to another place of the policy is `see`.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study follows radiation by {{ radiation_delay }}
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: The study follows radiation by 12 weeks
      uses: [radiation-delay]
    ```
    """
    for hit in (*view.all(_markup), *_beside(view, _MARKUP)):
        words = hit.words
        if words[0] == "<":
            said, help = f"{words} is HTML, and would be printed as it stands", "take it out"
        elif words[0] in "!]":
            said = "This link is not to an http address, and would be printed as it stands"
            help = "give an https address, or use see"
        else:
            said, help = f"{words} is template syntax, and would be printed as it stands", "write the words themselves"
        yield Fault(
            said, hit.span, help, hit.passage.id,
            edits=in_text(hit, "") if _EMPHASIS.fullmatch(words) is not None else (),
        )  # fmt: skip


def in_text(hit: Hit, new: str) -> tuple[Edit, ...]:
    """Return the edit that writes other characters into a text; none where the file would be read in another way."""
    text, span = hit.passage.text, hit.span
    raw = text.span.raw
    if new == hit.words or span.raw != hit.words:
        return ()
    written = raw[: span.start - text.start] + new + raw[span.end - text.start :]
    value = text.value[: hit.start] + new + text.value[hit.end :]
    if raw == text.value:  # plain: what begins with a sign, or holds one of these, is no longer a text
        safe = written.strip() == written and written[:1].isalnum() and not re.search(r":(?:\s|$)|\s#", written)
    else:
        safe = raw[:1] in "|>" or not set(new) & set("\"'\\")
    return (Edit(span, new),) if safe and value.strip() else ()


def untidy_typing(view: SectionView) -> Iterator[Fault]:
    """A text is untidy: a bullet, a broken word, two spaces, or a bracket or quote without its partner.

    These come from copying out of a PDF or a list, and they mark the places where words went missing: a bracket that
    does not close lost its end. Each entry of a list is numbered when it is printed.

    ```yaml bad
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: Conventional imaging (CT, MRI or a bone scan is inconclusive
    ```
    ```yaml good
    id: pet-ct
    title: PET/CT
    effect: covered
    criteria:
      text: Conventional imaging (CT, MRI or a bone scan) is inconclusive
    ```
    """
    wording = view.wording
    joined = wording.joined
    bullets = () if joined.isascii() else wording.search(_BULLET)
    for hit in (*wording.search(_ENTRY), *bullets):
        kind = hit.passage.kind
        numbered = hit.words[0].isalnum() or hit.words[0] == "("
        # Inside a block text "- " is refused when the file is read.
        if kind == "query" or (numbered and (kind != "criterion" or hit.start)) or (hit.start and hit.words == "- "):
            continue
        yield Fault(
            f"“{hit.words.strip()}” of a list stands in this text", hit.span,
            "give each entry of the list a line of its own: it is numbered when it is printed", hit.passage.id,
            edits=(Edit(hit.span, ""),) if hit.start == 0 and hit.span.raw == hit.words else (),
        )  # fmt: skip
    for hit in wording.search(_BROKEN) if "- " in joined else ():
        text = hit.passage.text.value
        if hit.start > 1 and text[hit.start - 2 : hit.start].isalpha() and text[hit.start - 1].islower():
            start = max(text.rfind(" ", 0, hit.start), text.rfind("\n", 0, hit.start)) + 1
            words = text[start : hit.end]
            if hit.passage.kind != "query":
                yield Fault(
                    f"“{words}” is a word broken at the end of a line", hit.passage.text.at(start, hit.end),
                    "join it, with a hyphen or without, as the original means it", hit.passage.id,
                )  # fmt: skip
    for hit in wording.search(_SPACES) if "  " in joined else ():
        text = hit.passage.text.value
        inside = hit.start and hit.end < len(text) and text[hit.end] != "\n"
        if inside and text[hit.start - 1] not in ".:!?\n" and hit.passage.kind != "query":
            yield Fault(
                "Two spaces stand between words", hit.span, "leave one, if no word is missing", hit.passage.id,
                edits=(Edit(hit.span, " "),) if hit.span.raw == hit.words else (),
            )  # fmt: skip
    yield from _unpaired(view)


def _unpaired(view: SectionView) -> Iterator[Fault]:
    """Find brackets and quotes that do not pair, each text by itself."""
    joined = view.wording.joined
    if "[" not in joined and "]" not in joined and '"' not in joined and "“" not in joined and "”" not in joined:
        left = _BRACKETS.sub("", joined) if "(" in joined else joined
        if "(" not in left and ")" not in left:
            return
    for passage in view.wording.passages:
        text = passage.text.value
        if passage.kind == "query" or (
            text.count("(") == text.count(")")
            and text.count("[") == text.count("]")
            and text.count('"') % 2 == 0
            and (text.isascii() or ("“" in text) == ("”" in text))
        ):
            continue
        hits = [Hit(passage, match.start(), match.end(), match[0]) for match in _BRACKET.finditer(text)]
        opened: list[Hit] = []
        odd: Hit | None = None
        quotes: list[Hit] = []
        for hit in hits:
            if hit.words in _PAIR:
                opened.append(hit)
            elif hit.words in ")]":
                if opened:
                    opened.pop()
                elif not _entry_mark(text, hit.start) and odd is None:
                    odd = hit
            elif hit.words == '"':
                quotes.append(hit)
        odd = odd or (opened[-1] if opened else None)
        inches = [hit for hit in quotes if hit.start and text[hit.start - 1].isdigit()]
        if odd is None and len(quotes) % 2 and (len(quotes) - len(inches)) % 2:
            odd = quotes[-1]
        if odd is None and ("“" in text) != ("”" in text) and "„" not in text and not quotes:
            odd = next(hit for hit in hits if hit.words in "“”")
        if odd is not None and _RESIDUE.search(text) is None:
            yield Fault(
                f"“{odd.words}” has no partner in this text", odd.span,
                "look for words that were lost, then close it or take it out", odd.passage.id,
            )  # fmt: skip


def _entry_mark(text: str, place: int) -> bool:
    """Tell whether a closing bracket belongs to "a)" or "2)"."""
    return place > 0 and text[place - 1].isalnum() and (place == 1 or not text[place - 2].isalnum())


def _residue(view: SectionView) -> Sequence[Hit]:
    return _found(view, _RESIDUE, ("{", "}", "&", "\\", '":', "Page ", "(cid:", "Error!", "[object"))


def _markup(view: SectionView) -> Sequence[Hit]:
    return _found(view, _MARKUP, ("{", "<", "]("))


def _found(view: SectionView, pattern: re.Pattern[str], signs: tuple[str, ...]) -> Sequence[Hit]:
    """Find a pattern in all texts of a section but its queries, which may quote the original.

    Only texts with one of the signs, or with characters beyond ASCII, can match.
    """
    joined = view.wording.joined
    if joined.isascii() and not any(sign in joined for sign in signs):
        return ()
    return [hit for hit in view.wording.search(pattern) if hit.passage.kind != "query"]


def _beside(view: GuidelineView, pattern: re.Pattern[str]) -> Iterator[Hit]:
    """Find a pattern in the guideline's own texts."""
    guideline = view.guideline
    own: list[Text | None] = [guideline.title, guideline.notice]
    own += [chapter.title for chapter in guideline.chapters]
    own += [revision.summary for revision in guideline.revisions]
    for text in own:
        for match in pattern.finditer(text.value) if text is not None and view.sections else ():
            assert text is not None
            passage = Passage(text, "title", view.sections[0].section)
            yield Hit(passage, match.start(), match.end(), match[0])


CHECKS: tuple[Check, ...] = (
    Check("W104", "conversion-residue", Severity.ERROR, "guideline", conversion_residue),
    Check("W106", "markup-in-text", Severity.ERROR, "guideline", markup_in_text),
    Check("W107", "untidy-typing", Severity.WARNING, "section", untidy_typing),
)
