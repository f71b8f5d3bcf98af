"""Random section files: sound policy trees, written the way different hands would write them.

A tree is made of plain values; `Sentence` marks a text for people, every other text is a short name. `messy` writes
it as strict YAML with any key order, indentation, quotes, brackets, comments and empty lines that are allowed.
"""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

CODES = ["78813", "78815", "76498", "70553", "00100", "0042T", "G0235", "C71.9", "78815-26", "78811-78816"]
FACTS = ["dx.glioma", "dx.lymphoma", "purpose.staging"]
WORDS = [
    "The", "study", "is", "for", "staging,", "PET/CT", "≥", "12", "weeks", "no", "CPT 78813", "(both)", "it's", '"so"',
    "a:b", "#1", "-", "each;", "50%", "*", "[x]", "{y}", "\\d", "naïve", "6–8", "& more", "12:30", "null", "yes,",
]  # fmt: skip


class Sentence(str):
    """A text for people."""


class Block(Sentence):
    """A text of several lines."""


_PLAIN = re.compile(r"[A-Za-z0-9(][^\n]*")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9./-]*")

sentences = st.lists(st.sampled_from(WORDS), min_size=1, max_size=7).map(lambda words: Sentence(" ".join(words)))
blocks = st.lists(
    st.sampled_from(["A first line", "", "Another, longer line: with a colon", "  indented", "# no comment", "the end"]),
    min_size=1, max_size=4,
).map(lambda lines: Block("\n".join(["Lines follow", *lines]).rstrip("\n")))  # fmt: skip
statements = st.sampled_from(["1", "1.1", "1.10", "2.0"])
code_lists = st.lists(st.sampled_from(CODES), min_size=1, max_size=3, unique=True)
notes = st.lists(
    sentences | blocks | st.fixed_dictionaries({"text": sentences}, optional={"codes": code_lists, "from": statements}),
    min_size=1, max_size=2,
)  # fmt: skip
queries = sentences | st.fixed_dictionaries(
    {"text": sentences},
    optional={
        "covers": st.just(["C102"]),
        "answered": st.fixed_dictionaries({"by": st.just("J. Doe"), "on": st.just("2026-01-31"), "text": sentences}),
    },
)
compares = st.sampled_from([
    {"fact": "since-radiation", "op": ">=", "parameter": "radiation-delay"},
    {"fact": "since-radiation", "op": "<", "value": "12", "unit": "wk"},
])  # fmt: skip
sees = st.sampled_from(["other", "guideline/other.1", {"code": "78815"}, {"external": "the plan's own book"}])


def _nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    common = {
        "id": st.integers(1, 999).map(lambda number: f"own-{number}"),
        "applies_when": children,
        "unless": children,
        "except_when": children,
        "strength": st.sampled_from(["must", "should", "may"]),
        "notes": notes,
        "references": st.sampled_from([["plan-2025"], ["plan-2025", {"id": "plan-2025", "locator": "p. 5"}]]),
        "query": queries,
        "from": statements | st.lists(statements, min_size=1, max_size=2),
    }
    criterion = st.fixed_dictionaries(
        {"text": sentences | blocks},
        optional=common | {"fact": st.sampled_from(FACTS), "compare": compares, "see": sees, "codes": code_lists,
                           "uses": st.just(["radiation-delay"])},
    )  # fmt: skip
    members = st.lists(children, min_size=1, max_size=3)
    groups = [
        st.fixed_dictionaries({"all": members}, optional=common),
        st.fixed_dictionaries({"any": members}, optional=common),
        st.fixed_dictionaries({"not": children}, optional=common),
        st.fixed_dictionaries({"at_least": st.fixed_dictionaries({"n": st.just("1"), "of": members})}, optional=common),
    ]
    return st.one_of(sentences, criterion, *groups)


nodes = st.recursive(sentences | st.fixed_dictionaries({"text": sentences}), _nodes, max_leaves=6)
rulings = st.fixed_dictionaries(
    {"effect": st.sampled_from(["covered", "not_covered"]), "criteria": nodes},
    optional={"codes": code_lists, "services": st.just(["PET/CT", "PET"]), "complete": st.just("false"),
              "scope": st.just("general"), "strength": st.just("may"), "overrides": st.just(["other"])},
)  # fmt: skip
coding_rules = st.fixed_dictionaries(
    {"rule": st.just("report_with"), "text": sentences},
    optional={"id": st.just("a-rule"), "with": code_lists, "when": nodes, "from": statements, "query": queries},
).flatmap(
    lambda rule: st.sampled_from([{**rule, "codes": ["78813"]}, {**rule, "class": {"modality": "MRI", "role": "diagnostic"}}])
)
_beside = {
    "intro": sentences, "from": statements, "documentation": notes, "notes": notes, "query": queries,
    "coding_rules": st.lists(coding_rules, min_size=1, max_size=2),
}  # fmt: skip
sections = st.one_of(
    st.builds(
        lambda ruling, beside: {"id": "pet-mri", "title": Sentence("PET-MRI"), **ruling, **beside},
        rulings, st.fixed_dictionaries({}, optional=_beside),
    ),
    st.builds(
        lambda several, beside: {"id": "pet-mri", "title": Sentence("PET-MRI"), "rulings": several, **beside},
        st.lists(rulings.flatmap(
            lambda ruling: st.sampled_from([ruling, {"id": "pet-mri.second", **ruling}])
        ), min_size=1, max_size=2), st.fixed_dictionaries({}, optional=_beside),
    ),
)  # fmt: skip


@st.composite
def messy(draw: st.DrawFn, tree: dict[str, Any]) -> str:
    """Write a tree as a file."""
    return _Hand(draw).file(tree)


section_texts = sections.flatmap(messy)


class _Hand:
    """Writes YAML by chance. Shrinks towards the plainest form: no comments, block style, plain texts."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.comments = 0

    def chance(self, of: int = 6) -> bool:
        return bool(self.draw(st.integers(0, of - 1)) == of - 1)

    def comment(self) -> str:
        self.comments += 1
        return f"# comment {self.comments}: - with {{signs}}, and: more"

    def above(self, indent: int) -> list[str]:
        lines = []
        if self.chance():
            lines.append("")
        if self.chance():
            lines.append(" " * indent + self.comment())
            if self.chance():
                lines.append("")
        return lines

    def file(self, tree: dict[str, Any]) -> str:
        lines = ["# yaml-language-server: $schema=x", ""] if self.chance() else []
        lines += self.mapping(tree, 0)
        if self.chance():
            lines += ["", self.comment()]
        end = "\r\n" if self.chance(12) else "\n"
        return end.join(lines) + end

    def mapping(self, tree: dict[str, Any], indent: int) -> list[str]:
        keys = list(tree)
        if self.chance(2):
            keys = self.draw(st.permutations(keys))
        lines = []
        for key in keys:
            lines += self.above(indent)
            lines += self.value(f"{' ' * indent}{key}:", tree[key], indent)
        if lines and self.chance(10):
            lines.append(" " * indent + self.comment())
        while lines and lines[0] == "":
            lines.pop(0)
        return lines

    def value(self, head: str, value: Any, indent: int) -> list[str]:
        if isinstance(value, str):
            return self.text(head, value, indent)
        if self.chance(3) and (flow := self.flow(value)) is not None:
            return [f"{head} {flow}{self.behind()}"]
        if self.chance(10) and isinstance(value, list) and None not in (texts := [self.flow(inner) for inner in value]):
            return self.spread(head, [text for text in texts if text is not None], indent + 2)
        head += self.behind()
        if isinstance(value, dict):
            return [head, *self.mapping(value, indent + self.draw(st.sampled_from([2, 4])))]
        return [head, *self.items(value, indent + self.draw(st.sampled_from([2, 0, 4])))]

    def spread(self, head: str, texts: list[str], indent: int) -> list[str]:
        """Write a list in brackets over several lines."""
        lines = [f"{head} [{self.behind()}"]
        for place, text in enumerate(texts):
            lines += self.above(indent)
            lines.append(" " * indent + text + ("," if place < len(texts) - 1 else "") + self.behind())
        if self.chance():
            lines.append(" " * indent + self.comment())
        return [*lines, " " * indent + "]" + self.behind()]

    def items(self, values: list[Any], indent: int) -> list[str]:
        lines = []
        for value in values:
            lines += self.above(indent)
            if isinstance(value, dict):
                inner = self.mapping(value, indent + 2)
                if inner[0].strip().startswith("#"):
                    lines += [" " * indent + "-", *inner]
                else:
                    lines += [" " * indent + "- " + inner[0].strip(), *inner[1:]]
            else:
                lines += self.text(" " * indent + "-", value, indent)
        return lines

    def text(self, head: str, value: str, indent: int) -> list[str]:
        if isinstance(value, Block) or (isinstance(value, Sentence) and self.chance(12)):
            style = self.draw(st.sampled_from(["|", "|-", ">"]))
            return [f"{head} {style}", *(" " * (indent + 2) + line if line else "" for line in value.split("\n"))]
        typed = self.scalar(value)
        may_comment = typed != value or (not isinstance(value, Sentence) and " " not in value)
        return [f"{head} {typed}{self.behind() if may_comment else ''}"]

    def behind(self) -> str:
        return f" {self.comment()}" if self.chance(10) else ""

    def scalar(self, value: str) -> str:
        quoted = ['"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"', "'" + value.replace("'", "''") + "'"]
        plain = _PLAIN.fullmatch(value) and ": " not in value and " #" not in value and not value.endswith(":")
        return self.draw(st.sampled_from([value, *quoted] if plain else quoted))

    def flow(self, value: Any) -> str | None:
        if isinstance(value, str):
            if isinstance(value, Block):
                return None
            return value if _NAME.fullmatch(value) and self.chance(2) else '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
        if isinstance(value, dict):
            members = [(key, self.flow(inner)) for key, inner in value.items()]
            return None if any(text is None for _, text in members) else "{" + ", ".join(f"{k}: {v}" for k, v in members) + "}"
        texts = [self.flow(inner) for inner in value]
        return None if None in texts else "[" + ", ".join(text for text in texts if text is not None) + "]"
