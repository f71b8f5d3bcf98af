"""Scans the texts of a section once: codes, quantities, operator words, capitals. Every check reads that.

All texts of a section are joined and passed over together, which is what keeps a library of thousands of sections
fast; each hit knows its passage and the place in its file.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping

from policypress import codes
from policypress.amounts import AMOUNT, HYPHEN, NUMBER_WORDS, NUMERAL, UNITS, any_of, plain, typed_number
from policypress.model import Section
from policypress.passages import Passage, passages
from policypress.pattern import finditer, in_small_letters, pattern
from policypress.record import NamedTuple, quick, record
from policypress.registers import Code
from policypress.text import Span
from policypress.ucum import Amount

# What a word of a text says about logic or strength: the vocabulary of the ledger's `marks`.
MARKS = {
    "all": ("all", "each", "every", "both"),
    "any": ("any", "either", "one of"),
    "at_least": ("at least",),
    "not": (
        "not", "no", "non", "never", "none", "neither", "nor", "without", "cannot", "isn't", "aren't", "don't",
        "doesn't", "wasn't", "weren't", "hasn't", "haven't", "didn't", "won't", "can't", "nondiagnostic",
    ),
    "unless": ("unless",),
    "except": ("except", "excepting", "exception", "exceptions", "other than", "apart from"),
    "may": ("may", "can", "could", "might"),
    "should": ("should", "recommended", "preferred"),
    "must": ("must", "shall", "required", "requires", "need", "needs", "needed"),
    "generally": ("generally", "typically", "usually", "routinely", "often", "normally"),
    "and": ("and",),
    "or": ("or",),
}  # fmt: skip
_MARK_OF = {word: mark for mark, words in MARKS.items() for word in words}

_CODE = rf"(?:{codes.CPT}|{codes.HCPCS})"
# At the beginning of each word: a code, a quantity, an operator word, or a word with two capitals.
_MASTER = pattern(
    r"\b(?=\w)(?:"
    rf"(?P<code>(?:{_CODE}(?:{HYPHEN}{_CODE}|(?:-[0-9A-Z]{{2}})+(?![\w]|\.\d))?"
    r"|[A-TV-Z]\d[0-9A-Z](?:\.[0-9A-Z]{1,4})?)(?![\w]|\.\d))"
    rf"|(?P<quantity>{AMOUNT})"
    rf"|(?P<mark>{any_of(_MARK_OF)}\b)"
    rf"|(?P<capitals>[a-z]*+[A-Z][a-z0-9]*+[A-Z]\w*+(?:[{codes.HYPHENS}/][A-Za-z0-9]+)*)"
    r")|(?P<semicolon>;)"
)
# Where that may begin in a word (what stands between two blanks), told from the word alone.
_UNIT_FIRST = "".join(sorted({unit[0] for unit in UNITS}))
_BEGINNING = pattern(
    rf";|\b(?:[0-9]{{4}}[0-9FTUMA](?!\w|\.\d)|(?={NUMERAL}(?:$|\s|{HYPHEN}|to|[{_UNIT_FIRST}]))\d"
    rf"|[A-Z]\d|[a-z]*+[A-Z][a-z0-9]*+[A-Z]|{any_of(mark.split(' ')[0] for mark in _MARK_OF)}\b"
    rf"|{any_of(NUMBER_WORDS)})"
)
_OURS = tuple({*(mark.split(" ")[0] for mark in _MARK_OF), *NUMBER_WORDS})
_beginnings: dict[str, tuple[int, ...]] = {}  # word -> where in it: the same words come again and again
_MANY = 1 << 15
_ANY_DIGIT = str.maketrans("123456789", "000000000")  # for a beginning, one is like the other
_CONTEXT = pattern(
    r"(?:CPT®?|HCPCS|ICD-10(?:-CM)?|codes?(?:\(s\))?)[\s:,(-]*(?:codes?(?:\(s\))?[\s:,(]*)?"
    r"(?:(?:e\.g\.,?|i\.e\.,?|such as|for example,?|\w{0,12})[\s:(]+)?[(:]?\s*$",
    re.I,
)
# What stands before a number of five digits that is no procedure code.
_OTHER = pattern(
    r"(?:[$€£#]|\b(?:(?:ZIP|NDC)(?:[\s-]*codes?)?|(?:postal|post|area|revenue|taxonomy)[\s-]codes?)[\s:(]+(?:\w{1,12}\s)?)$",
    re.I,
)
_JOINED = pattern(r"\s*(?:,|/|\+|and|or|through|to|&|-|–|\()*\s*(?:CPT\s*|HCPCS\s*|and\s*|or\s*)?$", re.I)

_CASELESS = int(re.I)
_BETWEEN = "\n\0\n"  # between two texts: no pattern reaches over it ("… in 12" / "weeks of …")


# What an expression takes for a letter from a to z where case does not count; İ becomes two characters, too.
_LIKE_LETTERS = frozenset("\u0130\u0131\u017f\u212a")


def _place(found: Found) -> Span:
    return found.passage.text.at(found.start, found.end)


# Named tuples, as texts are (see text.py); what is common to them is written out in each.
class Hit(NamedTuple):
    """Something found in a passage: characters `start` to `end` of its text."""

    passage: Passage
    start: int
    end: int
    words: str

    @property
    def span(self) -> Span:
        return _place(self)


class CodeMention(NamedTuple):
    """A code in the words; `last` is set for a range, `registered` says whether the register knows it."""

    passage: Passage
    start: int
    end: int
    words: str
    code: str
    modifiers: tuple[str, ...]
    last: str
    registered: bool

    @property
    def span(self) -> Span:
        return _place(self)


class Quantity(NamedTuple):
    """An amount in the words; numbers as typed without thousands separators, `unit` in UCUM."""

    passage: Passage
    start: int
    end: int
    words: str
    value: str
    max: str
    unit: str

    @property
    def span(self) -> Span:
        return _place(self)

    @property
    def amount(self) -> Amount:
        return Amount(self.value, self.max, self.unit)


class Mark(NamedTuple):
    """An operator, exception, negation or hedge in the words; see MARKS. `mark` is ";" for a semicolon."""

    passage: Passage
    start: int
    end: int
    words: str
    mark: str

    @property
    def span(self) -> Span:
        return _place(self)


Found = Hit | CodeMention | Quantity | Mark
new_hit, new_mention, new_quantity, new_mark = quick(Hit), quick(CodeMention), quick(Quantity), quick(Mark)


@record()
class Wording:
    """Everything found in the texts of a section, in reading order."""

    passages: tuple[Passage, ...]
    codes: tuple[CodeMention, ...]
    quantities: tuple[Quantity, ...]
    marks: tuple[Mark, ...]
    capitals: tuple[Hit, ...]
    kinds: frozenset[str]  # of the passages
    joined: str  # all texts, each on lines of its own
    starts: tuple[int, ...]  # where each passage begins in it

    def of(self, passage: Passage) -> Iterator[Found]:
        """Yield what was found in one passage."""
        for hits in (self.codes, self.quantities, self.marks, self.capitals):
            yield from (hit for hit in hits if hit.passage is passage)

    def find(self, words: str) -> Iterator[Hit]:
        """Return each place where exactly these characters stand."""
        return self._places(words) if words in self.joined else iter(())

    def _places(self, words: str) -> Iterator[Hit]:
        place = self.joined.find(words)
        while place >= 0:
            yield self.at(place, words)
            place = self.joined.find(words, place + len(words))

    def at(self, place: int, words: str) -> Hit:
        """Return the hit of words that stand at a place of all texts joined."""
        at = bisect_right(self.starts, place) - 1
        start = place - self.starts[at]
        return new_hit((self.passages[at], start, start + len(words), words))

    def search(self, expression: re.Pattern[str]) -> Iterator[Hit]:
        """Yield each place where a pattern (or its first group) matches inside one passage.

        All texts are passed over at once: let it begin with a fixed character, or a choice of them.
        """
        text = self.joined
        if expression.flags & _CASELESS and not _LIKE_LETTERS & set(text) and (small := in_small_letters(expression)):
            expression, text = small, text.lower()
        group = 1 if expression.groups else 0
        for match in finditer(expression, text):
            start, end = match.span(group)
            at = bisect_right(self.starts, start) - 1
            passage, offset = self.passages[at], self.starts[at]
            if end - offset <= len(passage.text.value):
                yield Hit(passage, start - offset, end - offset, self.joined[start:end])


def scan(section: Section, registered: Mapping[str, Code]) -> Wording:
    """Scan every text of a section. `registered` is the code register that applies."""
    found = passages(section)
    texts = [passage.text.value for passage in found]
    starts = []
    length = 0
    mentions: list[CodeMention] = []
    quantities: list[Quantity] = []
    marks: list[Mark] = []
    capitals: list[Hit] = []
    for passage, text in zip(found, texts, strict=True):
        starts.append(length)
        length += len(text) + len(_BETWEEN)
        for match in _matches(text):
            start, end = match.span()
            words, kind = match[0], match.lastgroup
            if kind == "mark":
                mark = _MARK_OF.get(words) or _MARK_OF[plain(words.lower())]
                marks.append(new_mark((passage, start, end, words, mark)))
            elif kind == "semicolon":
                marks.append(Mark(passage, start, end, words, ";"))
            elif kind == "capitals":
                capitals.append(new_hit((passage, start, end, words)))
            elif kind == "quantity":
                value, unit = match["value"], UNITS[plain(match["unit"])]
                # "Told three times" is no amount.
                if not value[0].isalpha() or unit[0] != "{" or unit in ("{cycle}", "{unit}"):
                    amount_, most = typed_number(value), typed_number(match["max"] or "")
                    quantities.append(new_quantity((passage, start, end, words, amount_, most, unit)))
            elif (mention := _mention(passage, start, end, words, registered, mentions)) is not None:
                mentions.append(mention)
            elif re.fullmatch(r"[A-Z]\w*", words):
                capitals.append(Hit(passage, start, end, words))
    kinds = frozenset([passage.kind for passage in found])
    hits = (tuple(mentions), tuple(quantities), tuple(marks), tuple(capitals))
    return Wording(found, *hits, kinds, _BETWEEN.join(texts), tuple(starts))


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Yield each match of the one expression, trying it only where it may begin."""
    end = place = 0
    for word in text.split(" "):
        if (starts := _beginnings.get(word)) is None:
            form = word.translate(_ANY_DIGIT)
            if (starts := _beginnings.get(form)) is None:
                starts = () if _is_plain(form) else tuple([match.start() for match in _BEGINNING.finditer(form)])
                if len(_beginnings) < _MANY:
                    _beginnings[form] = starts
        if starts:
            for start in starts:
                if place + start >= end and (found := _MASTER.match(text, place + start)) is not None:
                    yield found
                    end = found.end()
        place += len(word) + 1


def _is_plain(word: str) -> bool:
    """Tell of most words without a search that nothing begins in them: small letters, and none of ours."""
    bare = word.strip("(),.:")
    return bare.isalpha() and bare.isascii() and bare.islower() and not bare.startswith(_OURS)


def _mention(
    passage: Passage, start: int, end: int, words: str, registered: Mapping[str, Code], before: list[CodeMention]
) -> CodeMention | None:
    parts = codes.entry(words if words.isascii() else words.translate(codes.PLAIN_HYPHENS))
    if parts is None:
        return None
    code, modifiers, last = parts
    known = code in registered
    text = passage.text.value
    bare = code.isdigit() or code[-1] in "AM" or "." in code or len(code) == 3
    if bare and not text.endswith("CPT ", 0, start) and _OTHER.search(text, max(0, start - 32), start) is not None:
        return None
    # What the register does not know is a code only where the data or the words beside it say so: ZIP codes, prices,
    # doses ("5000U") and names of trials ("S1207") stay silent. Nothing but a code is written like 0042T.
    if not known and all(use.code != code for use in passage.codes):
        close = before[-1] if before and before[-1].passage is passage else None
        joined = close is not None and _JOINED.fullmatch(text, close.end, start) is not None
        plain = not bare and (passage.kind == "coding_rule" or (code[0] == "0" and code[-1] in "TFU"))
        if not joined and not plain and _CONTEXT.search(text, max(0, start - 40), start) is None:
            return None
    return new_mention((passage, start, end, words, code, modifiers, last, known))
