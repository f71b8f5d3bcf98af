"""The strict YAML, refusal by refusal, and the place of every character."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from policypress.finding import Finding
from policypress.nodes import MAX_DEPTH, MAX_TEXT, Mapping, Scalar, Sequence, YamlNode, parse
from policypress.text import Source, Text
from tests.plain_reader import words
from tests.strategies import section_texts

ROOT = Path(__file__).parent.parent
# One file with every form that is allowed.
EVERY_FORM = r"""# c
id: pet-mri   # an id may have one
title: "PET: \"MRI\" \u00e9 \x41 a\/b"
'quoted key': 'it''s # no comment'
from: [10, '10.2', "10.3"]
class: {modality: MRI, role: diagnostic,}
notes:
  - |
    First line # not a comment

    third line
      # deeper
  - >-
    folded
    lines

    new
  # comment
  - |2
      keep two
  - a:b c-d - e, [x] {y}
  - -5 days
empty:
list:
- x
- - nested
  - b
- {a: "b, c", d: [e, f]}
- [ a , b ]
- [
    78813,  # one
    78814
  ]
last: why? no
"""

# text, then the rule, line, column, what is pointed at, and a part of the help
REFUSED = [
    ("a: &x b\n", "Y011", 1, 4, "&x b", 'a: "&x b"'),
    ("a: *x\n", "Y011", 1, 4, "*x", 'a: "*x"'),
    ("a: *star text\n", "Y011", 1, 4, "*star", 'a: "*star text"'),
    ("<<: {a: b}\n", "Y011", 1, 1, "<<", "write the keys out"),
    ("a:\n  <<: b\n", "Y011", 2, 3, "<<", "write the keys out"),
    ("a: !!str b\n", "Y011", 1, 4, "!!str b", 'a: "!!str b"'),
    ("- ! PET is delayed\n", "Y011", 1, 3, "! PET is delayed", '- "! PET is delayed"'),
    ("%YAML 1.1\n---\na: b\n", "Y011", 1, 1, "%YAML 1.1", "take the line"),
    ("a: b\n---\nc: d\n", "Y011", 2, 1, "---", "a file of its own"),
    ("[a]: b\n", "Y011", 1, 1, "[", "single word"),
    ("{a: b}: c\n", "Y011", 1, 1, "{", "single word"),
    ("a: 1\nb: 2\na: 3\n", "Y012", 3, 1, "a", "keep one"),
    ("x:\n  all: 1\n  All: 2\n", "Y012", 3, 3, "All", "keep one"),
    ("a: one\n  two\n", "Y013", 1, 4, "one\n  two", "`- `"),
    ("- one\n  two\n", "Y013", 1, 3, "one\n  two", "`- `"),
    ('a: "one\n  two"\n', "Y013", 1, 4, '"one\n  two"', "one line"),
    ("a: 'one\n  two'\n", "Y013", 1, 4, "'one\n  two'", "one line"),
    ('a: "one\\\n  two"\n', "Y013", 1, 4, '"one\\\n  two"', "one line"),
    ("a: one two # three\n", "Y014", 1, 4, "one two", "in quotes"),
    ("a: [one two # x\n  ]\n", "Y014", 1, 5, "one two", "in quotes"),
    ("a: | # c\n  x\n", "Y014", 1, 4, "| # c", "above the key"),
    ("a: |\n  x\n  - y\n", "Y016", 3, 3, "- ", "reword"),
    ("a: |\n  x\n  -\n", "Y016", 3, 3, "-\n", "reword"),
    ("a: >\n  x\n    all: y\n", "Y016", 3, 5, "all: ", "reword"),
    ("a: |\n  x\n  Any: y\n", "Y016", 3, 3, "Any: ", "reword"),
    ('a: |\n  x\n  "any": y\n', "Y016", 3, 3, '"any": ', "reword"),
    ("a: |\n  text: y\n", "Y016", 2, 3, "text: ", "reword"),
    ("a:\tb\n", "Y017", 1, 3, "\t", "space bar"),
    ("\ufeffa: b\n", "Y017", 1, 1, "\ufeff", "without BOM"),
    ("a: b\rc: d\n", "Y017", 1, 5, "\r", "line ends"),
    *((f"a: b{char}c\n", "Y017", 1, 5, char, "type the words") for char in "\x00\x1b\x7f\x85\xad\u061c\u200b\u200d"),
    *((f"a: b{char}c\n", "Y017", 1, 5, char, "type the words") for char in "\u2028\u2029\u202e\u2060\u2066\ufe0f\ufffd"),
    *((f'a: "{typed}"\n', "Y017", 1, 4, f'"{typed}"', "leave it out") for typed in (r"\u200b", r"\0", r"\n", r"\t")),
    *((f'a: "{typed}"\n', "Y017", 1, 4, f'"{typed}"', "leave it out") for typed in (r"\e", r"\N", r"\L", r"\P", r"\_")),
    *((f'a: "{typed}"\n', "Y017", 1, 4, f'"{typed}"', "leave it out") for typed in (r"\x1b[31m", r"\u202e", r"\U000e0041")),
    ("? a\n: b\n", "Y019", 1, 1, "?", "take it out"),
    ("a: b\n...\n", "Y019", 2, 1, ".", "take it out"),
    ('a: "b"#c\n', "Y019", 1, 7, "#", "in quotes"),
    ("a: [b]#c\n", "Y019", 1, 7, "#", "in quotes"),
    ("a: PET: when\n", "Y010", 1, 7, ":", 'a: "PET: when"'),
    ("- PET: when it: is\n", "Y010", 1, 6, ":", '- "PET: when it: is"'),
    ("a: [PET] scan\n", "Y010", 1, 4, "[", 'a: "[PET] scan"'),
    ("a: [PET/CT and MRI\n", "Y010", 1, 4, "[", 'a: "[PET/CT and MRI"'),
    ("a: {x} y\n", "Y010", 1, 4, "{", 'a: "{x} y"'),
    ("a: > 12 weeks\n", "Y010", 1, 4, ">", 'a: "> 12 weeks"'),
    ("- >= 12 weeks\n", "Y010", 1, 3, ">", '- ">= 12 weeks"'),
    ("a: | x\n", "Y010", 1, 4, "|", 'a: "| x"'),
    ("a: %per\n", "Y010", 1, 4, "%", 'a: "%per"'),
    ("a: @at\n", "Y010", 1, 4, "@", 'a: "@at"'),
    ("a: `x`\n", "Y010", 1, 4, "`", 'a: "`x`"'),
    ('a: "PET" scan\n', "Y010", 1, 4, '"', "a: '\"PET\" scan'"),
    ("a: 'PET' scan\n", "Y010", 1, 4, "'", "a: \"'PET' scan\""),
    ('a: "x\n', "Y010", 1, 4, '"', "in quotes"),
    ("- a\nb: c\n", "Y010", 2, 1, "b", "indentation"),
    ('a: "\\ud800"\n', "Y010", 1, 7, "d", "quotes"),
    ('a: "\\ud83d\\ude00"\n', "Y010", 1, 7, "d", "quotes"),
]  # fmt: skip

ACCEPTED = [
    ("a: b # c\n", {"a": "b"}),
    ("a: # c\n  b: c\n", {"a": {"b": "c"}}),
    ('a: "b c" # d\n', {"a": "b c"}),
    ("a: '# x'\n", {"a": "# x"}),
    ("a: C#4\n", {"a": "C#4"}),
    ("a: |\n  x # y\n  # z\n", {"a": "x # y\n# z"}),
    ("a: |\n  x\n # c\nb: d\n", {"a": "x", "b": "d"}),
    ("a: |\n  Note: y\n", {"a": "Note: y"}),
    ("a: 1 234\u00a0mm\n", {"a": "1 234\u00a0mm"}),
    ("a: PET\u2011MRI ≥ 8\n", {"a": "PET\u2011MRI ≥ 8"}),
    ("a: b\r\nc:\r\n  - d\r\n", {"a": "b", "c": ["d"]}),
    ("---\na: b\n", {"a": "b"}),
    ("a: 00100\nb: no\nc: 1.10\nd: 12:30\ne: 1e5\nf: ~\ng: null\n",
     {"a": "00100", "b": "no", "c": "1.10", "d": "12:30", "e": "1e5", "f": "~", "g": "null"}),
    ("a: \"b\\\"c\\\\ \\x41\\u00e9\\U0001F600\\/\"\n", {"a": "b\"c\\ Aé\U0001f600/"}),
]  # fmt: skip


def plain(node: YamlNode) -> Any:
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Mapping):
        return {key.value: plain(value) for key, value in node.entries}
    return [plain(item) for item in node.items]


def scalars(node: YamlNode) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    if isinstance(node, Mapping):
        return [found for key, value in node.entries for found in (key, *scalars(value))]
    return [found for item in node.items for found in scalars(item)]


def read(text: str) -> tuple[YamlNode | None, list[Finding]]:
    """Parse, and hold the promises that every parse keeps: findings have a place and a help; none means a tree."""
    root, findings = parse(Source("x.yaml", text))
    for finding in findings:
        assert 0 <= finding.span.start < finding.span.end <= len(text), finding.message
        assert finding.message
        assert finding.help
    assert root is not None or findings or not words(text)
    return root, findings


def check_conserved(text: str) -> bool:
    """Hold the conservation law for a text; tell whether it was accepted."""
    root, findings = read(text)
    if findings or root is None:
        return False
    assert words(text) == [word for scalar in scalars(root) for word in scalar.value.split()]
    return True


def same_as_ruamel(text: str, root: YamlNode) -> None:
    def folded(value: Any) -> Any:
        if isinstance(value, dict):
            return {folded(key): folded(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [folded(inner) for inner in value]
        return "" if value is None else str(value).rstrip("\n")

    assert folded(YAML(typ="base", pure=True).load(text)) == folded(plain(root))


@pytest.mark.parametrize(("text", "rule", "line", "column", "raw", "help"), REFUSED)
def test_refused(text: str, rule: str, line: int, column: int, raw: str, help: str) -> None:
    _, findings = read(text)
    found = [(finding.rule.id, *finding.span.begin, finding.span.raw) for finding in findings]
    assert found == [(rule, line, column, raw)]
    assert help in findings[0].help


@pytest.mark.parametrize(("text", "tree"), ACCEPTED)
def test_accepted(text: str, tree: Any) -> None:
    root, findings = read(text)
    assert findings == []
    assert root is not None
    assert plain(root) == tree
    same_as_ruamel(text, root)


def test_every_form_is_accepted() -> None:
    assert check_conserved(EVERY_FORM)


def test_a_duplicate_names_the_first() -> None:
    _, (finding,) = read("a: 1\nb: 2\na: 3\n")
    assert [label.span.begin for label in finding.related] == [(1, 1)]


def test_a_refusal_leaves_the_faults_before_it() -> None:
    _, findings = read("a: one two # three\nb: *c\n")
    assert [finding.rule.id for finding in findings] == ["Y014", "Y011"]


@pytest.mark.parametrize("style", ["block", "brackets"])
def test_depth(style: str) -> None:
    """Y018: sixteen levels are read, the seventeenth is refused where it begins."""
    def nested(levels: int) -> str:
        return "[" * levels + "]" * levels + "\n" if style == "brackets" else "- " * levels + "x\n"

    assert read(nested(MAX_DEPTH))[1] == []
    root, (finding,) = read(nested(MAX_DEPTH + 1))
    assert root is None
    assert finding.rule.id == "Y018"
    assert finding.span.begin.column == (MAX_DEPTH + 1 if style == "brackets" else 2 * MAX_DEPTH + 1)


@pytest.mark.parametrize("mark", ["", '"', "'"])
def test_length_of_a_text(mark: str) -> None:
    assert read(f"a: {mark}{'x' * MAX_TEXT}{mark}\n")[1] == []
    _, (finding,) = read(f"a: {mark}{'x' * (MAX_TEXT + 1)}{mark}\n")
    assert (finding.rule.id, finding.span.begin) == ("Y004", (1, 4))


def test_length_of_a_block() -> None:
    _, (finding,) = read("a: |\n" + "  words of it\n" * 2000)
    assert finding.rule.id == "Y004"


# Places


@given(section_texts)
@settings(max_examples=100, deadline=None)
def test_random_files_are_read_whole(text: str) -> None:
    root, findings = read(text)
    assume("Y016" not in {finding.rule.id for finding in findings})  # the words of a block may look like structure
    assert findings == []
    assert check_conserved(text)
    assert root is not None
    same_as_ruamel(text, root)


@given(section_texts)
@settings(max_examples=60, deadline=None)
def test_a_span_holds_what_was_typed(text: str) -> None:
    root, _ = read(text)
    assert root is not None
    for scalar in scalars(root):
        raw = scalar.span.raw
        assert text.count(raw) >= 1
        if scalar.style == "":
            assert raw == scalar.value
        elif scalar.style in ("'", '"'):
            assert (raw[0], raw[-1]) == (scalar.style, scalar.style)
        else:
            assert raw[0] == scalar.style
            assert raw.split("\n", 1)[-1].split() == scalar.value.split()
        begin = scalar.span.begin
        assert scalar.source.line(begin.line)[begin.column - 1 :].startswith(raw.split("\n")[0].rstrip("\r"))


@st.composite
def typed_texts(draw: st.DrawFn) -> tuple[str, str, list[str]]:
    """A value with the text that types it, and how each of its characters is typed."""
    value = draw(st.text(st.sampled_from("aé≥😀'\"\\ #:-x/"), min_size=1, max_size=12).filter(str.strip))
    style = draw(st.sampled_from(["'", '"', "|", ">", ""]))
    if style == "'":
        units = [char.replace("'", "''") for char in value]
    elif style == '"':
        escape = {'"': '\\"', "\\": "\\\\"}
        long = {"a": "\\x61", "é": "\\u00e9", "😀": "\\U0001F600", "/": "\\/", " ": "\\ "}
        units = [escape.get(char, draw(st.sampled_from([char, long.get(char, char)]))) for char in value]
    elif style in ("|", ">"):
        value = "X" + value.rstrip() + "\ny z"
        indented = value.replace("\n", "\n    ")
        return f"k:\n  - {style}\n    {indented}\n", value, list(value)
    else:
        value = "x" + value.strip().replace("#", "x").replace(":", "x")
        return f"k:\n  - {value}\n", value, list(value)
    return f"k:\n  - {style}{''.join(units)}{style}\n", value, units


@given(typed_texts(), st.data())
@settings(max_examples=300, deadline=None)
def test_each_character_knows_its_place(typed: tuple[str, str, list[str]], data: st.DataObject) -> None:
    text, value, units = typed
    root, findings = read(text)
    assert findings == []
    assert root is not None
    scalar = scalars(root)[-1]
    read_as = Text(scalar.value, scalar.source, scalar.start, scalar.end)
    assert read_as.value.split() == value.split()
    for place, char in enumerate(read_as.value):
        if not char.isspace():
            assert read_as.at(place, place + 1).raw == units[place]
    start = data.draw(st.integers(0, len(value) - 1))
    end = data.draw(st.integers(start + 1, len(value)))
    if not value[start].isspace() and not value[end - 1].isspace() and "\n" not in value:
        assert read_as.at(start, end).raw == "".join(units[start:end])


def test_sequences_and_mappings_end_where_they_end() -> None:
    root, _ = read("a:\n  - b\n  - [c, d]\ne: {f: g}\n")
    assert isinstance(root, Mapping)
    listed, braces = root.entries[0][1], root.entries[1][1]
    assert isinstance(listed, Sequence)
    assert listed.span.raw == "- b\n  - [c, d]"
    assert listed.items[1].span.raw == "[c, d]"
    assert braces.span.raw == "{f: g}"
