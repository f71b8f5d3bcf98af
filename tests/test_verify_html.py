"""The reader of our pages sees what an HTML parser sees, and refuses by name what a browser would have to guess."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policypress.verify.html import Element, read_page

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc"), include_characters="<>&\"'\n"), min_size=1)
NAMES = st.sampled_from(["class", "id", "href", "data-place", "open", "aria-label"])
ATTRIBUTES = st.dictionaries(NAMES, st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12), max_size=3)
TREES: st.SearchStrategy[Any] = st.recursive(
    TEXT,
    lambda below: st.tuples(
        st.sampled_from(["div", "p", "ol", "li", "span", "a", "h2"]), ATTRIBUTES, st.lists(below, max_size=4)
    ),
    max_leaves=12,
)


class Reference(HTMLParser):
    """The same page through the parser of the standard library."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[list[Any]] = [[]]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append([tag, {name: value or "" for name, value in attrs}])

    def handle_endtag(self, tag: str) -> None:
        made = self.open.pop()
        self.open[-1].append((made[0], made[1], joined(made[2:])))

    def handle_data(self, data: str) -> None:
        self.open[-1].append(data)


def joined(children: list[Any]) -> list[Any]:
    """Children with texts that touch put together."""
    found: list[Any] = []
    for child in children:
        if isinstance(child, str) and found and isinstance(found[-1], str):
            found[-1] += child
        else:
            found.append(child)
    return found


def plain(element: Element) -> list[Any]:
    return joined(
        [
            child if isinstance(child, str) else (child.tag, dict(child.attributes), plain(child))
            for child in element.children
        ]
    )


def written(tree: Any) -> str:
    if isinstance(tree, str):
        return escape(tree)
    tag, attributes, children = tree
    said = "".join(f' {name}="{escape(value)}"' if value else f" {name}" for name, value in attributes.items())
    return f"<{tag}{said}>{''.join(map(written, children))}</{tag}>"


@given(TREES)
def test_a_page_reads_as_any_parser_reads_it(tree: Any) -> None:
    html = "<!DOCTYPE html>" + written(tree)
    page, _, faults = read_page(html)
    reference = Reference()
    reference.feed(html)
    reference.close()
    assert faults == []
    assert plain(page) == joined(reference.open[0])


@given(TREES, st.data())
def test_a_page_with_a_character_missing_is_read_alike_or_refused(tree: Any, data: st.DataObject) -> None:
    html = written(tree)
    place = data.draw(st.integers(0, len(html) - 1))
    html = html[:place] + html[place + 1 :]
    page, _, faults = read_page(html)
    if faults:
        return
    reference = Reference()
    reference.feed(html)
    reference.close()
    assert plain(page) == joined(reference.open[0])


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<p>One", "<p> stays open"),
        ("<p>One</b></p>", "</b> closes nothing"),
        ("<P>One</P>", "“<P>One</P>” is no HTML that is known here"),
        ("<p>1 < 2</p>", "“< 2</p>” is no HTML that is known here"),
        ("<p>A & B</p>", "“& B” stands for no character"),
        ("<p>&notit; x</p>", "“&notit; x” stands for no character"),
        ("<p>&lt x</p>", "“&lt x” stands for no character"),
        ('<p title="A & B">x</p>', '<p title="A & B"> “& B” stands for no character'),
        ('<p class="a" class="b">x</p>', '<p class="a" class="b"> has class twice'),
        ('<p class="a" CLASS="b">x</p>', '<p class="a" CLASS="b"> has CLASS twice'),
        ('<p class="a"id="b">x</p>', '“<p class="a"id="b">x</p>” is no HTML that is known here'),
        ('<p class="a>x</p>', '“<p class="a>x</p>” is no HTML that is known here'),
        ('<p class="<b>">x</p>', '“<p class="<b>">x</p>” is no HTML that is known here'),
        ("<div/>x", "<div/> ends in / and is not closed by it"),
        ("<p>x<!-- a -- b --></p>", "“<!-- a -- b --></p>” is no HTML that is known here"),
        ("<p>x<!--> --></p>", "“<!--> --></p>” is no HTML that is known here"),
        ("<p>x<!-- a </p>", "“<!-- a </p>” is no HTML that is known here"),
        ("<p>x<?php ?></p>", "“<?php ?></p>” is no HTML that is known here"),
        ("<p>x<![CDATA[y]]></p>", "“<![CDATA[y]]></p>” is no HTML that is known here"),
        ("<p>x</p <b>", "“</p <b>” is no HTML that is known here"),
        ("<script>x", "<script> stays open"),
        ("<script>x</SCRIPT>", "“</SCRIPT>” is no HTML that is known here"),
    ],
)
def test_what_a_browser_would_mend_is_refused(html: str, said: str) -> None:
    assert said in read_page(html).faults


def test_what_our_pages_hold_is_read() -> None:
    html = (
        '<!doctype html>\n<html lang=en><head><meta charset="utf-8"><style>a > b { color: red }</style>'
        "<script>if (1 < 2) { document.write('<p>&amp;</p>') }</script></head><!-- a - b -->"
        "<body><svg viewBox='0 0 1 1'><path d='M0'/></svg><br><input hidden />&copy;&#8211;&#x2265;</body></html>"
    )
    whole = read_page(html)
    page, elements, faults = whole
    assert faults == []
    assert elements == list(page.find(lambda _: True))
    (style,) = page.find(lambda one: one.tag == "style")
    assert style.children == ["a > b { color: red }"]
    (script,) = page.find(lambda one: one.tag == "script")
    assert script.children == ["if (1 < 2) { document.write('<p>&amp;</p>') }"]
    (body,) = page.find(lambda one: one.tag == "body")
    assert [child if isinstance(child, str) else child.tag for child in body.children] == ["svg", "br", "input", "©–≥"]
    (svg,) = page.find(lambda one: one.tag == "svg")
    assert svg.attributes == {"viewbox": "0 0 1 1"}
    whole.forget()
    assert body.parent is svg.parent is None
    assert body.parent is None
