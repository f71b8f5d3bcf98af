"""What the pages say: every criterion, its place and its operator; every code both ways; status; nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from policypress.notices import CPT_NOTICE
from policypress.outline import GuidelineOutline, Item
from policypress.render.site import site
from policypress.render.site_build import build_site
from policypress.render.site_index import sayings
from policypress.render.site_links import SiteFault
from policypress.usage import code_uses
from tests.render.published import TEMPLATES, Element, files, laid_library, page

HOSTILE = (
    "<script>alert(1)</script> {{ 7*7 }} {% raw %} <img src=x onerror=alert(2)> \"'& [go](javascript:alert(3)) **bold**"
)


@pytest.fixture(scope="module")
def laid() -> list[GuidelineOutline]:
    return laid_library()


@pytest.fixture(scope="module")
def built(laid: list[GuidelineOutline], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "site"
    build_site(laid, out, TEMPLATES)
    return out


def printed(item: Item) -> Iterator[tuple[str, str, str, str]]:
    """Yield label, words, connector and id of a node and all below it, in the order of the page."""
    before = [guard for guard in item.guards if guard.role == "applies_when"]
    if item.criterion:
        yield item.label, item.criterion.text.value, item.connector, item.node.id
        before, after = [], list(item.guards)
    else:
        after = [guard for guard in item.guards if guard.role != "applies_when"]
    for guard in before:
        yield from printed(guard)
    if not item.criterion:
        yield item.label, str(item.heading), item.connector, item.node.id
    for below in (*item.members, *after):
        yield from printed(below)


def shown(element: Element) -> Iterator[tuple[str, str, str, str]]:
    """Yield the same of a page, as a reader meets it."""
    for child in element.children:
        if not isinstance(child, Element):
            continue
        if child.tag == "li" and ("criterion" in child.classes or "branch" in child.classes):
            yield from shown_item(child)
        elif "tree" in child.classes and child.own("group"):
            yield from shown_group(child, "", child.attributes["id"], "")
        else:
            yield from shown(child)


def shown_item(child: Element) -> Iterator[tuple[str, str, str, str]]:
    connector = child.own("connector")
    join = connector.text if connector else ""
    text = child.own("text")
    if text is not None:
        label, words = text.own("label"), text.own("words")
        assert label and words
        yield label.text, words.text, join, child.attributes["id"]
        yield from shown(child)
    else:
        place = child.own("place")
        assert place
        yield from shown_group(child, place.text, child.attributes["id"], join)


def shown_group(child: Element, label: str, key: str, join: str) -> Iterator[tuple[str, str, str, str]]:
    group = child.own("group")
    assert group
    operator = group.own("operator")
    assert operator
    for part in child.children:
        if part is group:
            words = "".join(
                one if isinstance(one, str) else one.text for one in operator.children
                if isinstance(one, str) or "word" in one.classes
            )  # fmt: skip
            yield label, " ".join(words.split()), join, key
            yield from shown(group)
        elif isinstance(part, Element) and "guard" in part.classes:
            yield from shown(part)


def test_every_section_shows_its_whole_tree_in_order(laid: list[GuidelineOutline], built: Path) -> None:
    seen = 0
    for one in laid:
        for section in one.sections:
            wanted = [row for ruling in section.rulings if ruling.root for row in printed(ruling.root)]
            wanted += [row for rule in section.coding_rules if rule.when for row in printed(rule.when)]
            # The root of a tree shows no label of its own.
            wanted = [("" if words.count("of the following") and label in ("", *"ABCDEFG") else label, words, join, key)
                      for label, words, join, key in wanted]  # fmt: skip
            assert list(shown(page(built / one.guideline.id / f"{section.id}.html"))) == wanted
            seen += len(wanted)
    assert seen > 60


def test_a_ruling_with_one_criterion_is_told_with_it(laid: list[GuidelineOutline]) -> None:
    told = {id: saying.words for one in laid for id, saying in sayings(one).items()}
    assert told["lab-study.repeat"] == "Generally not covered when: The study repeats one done in the past 6 months …"
    assert not [words for words in told.values() if "this is met" in str(words)]


def test_rulings_and_coding_rules_are_told_in_words(laid: list[GuidelineOutline], built: Path) -> None:
    for one in laid:
        for section in one.sections:
            read = page(built / one.guideline.id / f"{section.id}.html")
            by_id = {element.attributes["id"]: element for element in read.all() if "id" in element.attributes}
            for ruling in section.rulings:
                box = by_id[ruling.ruling.id]
                assert ruling.lead in box.all("h2")[0].text
                assert ("not-covered" in box.classes) == (ruling.ruling.effect == "not_covered")
                assert ("Incomplete." in box.text) == (not ruling.ruling.complete)
                for use in ruling.ruling.codes:
                    assert use.text.value in box.text
                for service in ruling.ruling.services:
                    assert service.value in box.text
            for rule in section.coding_rules:
                assert rule.words in by_id[rule.rule.id].text
            for note in (*section.section.notes, *section.section.documentation):
                for paragraph in note.text.value.replace("*", "").split("\n\n"):
                    assert paragraph in read.text


def test_codes_are_linked_both_ways(laid: list[GuidelineOutline], built: Path) -> None:
    seen = 0
    for one in laid:
        for code, uses in code_uses(one).items():
            links = {link.attributes["href"] for link in page(built / "codes" / f"{code}.html").all("a")}
            for use in uses:
                anchor = "" if use.id == use.section else f"#{use.id}"
                assert f"../{use.guideline}/{use.section}.html{anchor}" in links
                back = page(built / use.guideline / f"{use.section}.html").all("a")
                assert f"../codes/{code}.html" in {link.attributes["href"] for link in back}
                seen += 1
    assert seen > 40


def test_home_leads_to_section_code_and_disease_in_one_step(laid: list[GuidelineOutline], built: Path) -> None:
    links = {link.attributes["href"] for link in page(built / "index.html").all("a")}
    for one in laid:
        assert {f"{one.guideline.id}/{section.id}.html" for section in one.sections} <= links
    assert {f"codes/{code}.html" for one in laid for code in code_uses(one)} <= links
    assert any("#" in link for link in links if link.startswith("sleep-and-anesthesia/lab-study"))


def test_drafts_say_so_and_final_editions_hold_no_query(laid: list[GuidelineOutline], built: Path) -> None:
    draft = page(built / "durable-equipment" / "rental.html")
    assert [banner.text.split()[0] for banner in draft.all("p", "banner")] == ["Draft"]
    assert "1 open query" in draft.all("p", "banner")[0].text
    assert [query.text for query in draft.all("div", "query")] == [
        "Query to the author" + "The draft names HCPCS E0562 here. Is it rented with a device, or on its own?"
    ]
    for path in (built / "sleep-and-anesthesia").glob("*.html"):
        assert not page(path).all("p", "banner")
        assert not page(path).all("div", "query")


def test_every_page_of_the_site_carries_the_notices(built: Path) -> None:
    for path in built.rglob("*.html"):
        foot = page(path).all("footer", "site")[0].text
        assert CPT_NOTICE in foot
        assert "Invented example, not for clinical use." in foot


def test_the_concordance_names_every_statement_with_what_carries_it(laid: list[GuidelineOutline], built: Path) -> None:
    one = next(one for one in laid if one.guideline.id == "sleep-and-anesthesia")
    rows = {row.all("th")[0].text: row for row in page(built / one.guideline.id / "source_concordance.html").all("tr")}
    for statement in one.guideline.statements:
        row = rows[statement.id.value]
        if statement.left_out is not None:
            assert statement.left_out.value in row.text
    links = {link.attributes["href"] for link in rows["4.3"].all("a")}
    assert "children.html#children.account" in links


def test_pages_load_nothing_from_another_host(built: Path) -> None:
    for name, content in files(built).items():
        if name.endswith(".html"):
            for element in page(built / name).all():
                address = element.attributes.get("src") or (element.tag == "link" and element.attributes["href"]) or ""
                assert not re.match(r"(?:[a-z]+:)?//", address), (name, address)
                assert not any(key.startswith("on") for key in element.attributes)
        elif name.endswith((".css", ".js")):
            assert not re.search(rb"(?:url\(|import|fetch\()\s*['\"]?(?:https?:)?//", content), name


def write(folder: Path, name: str, sections: dict[str, str], extra: str = "") -> Path:
    (folder / name / "sections").mkdir(parents=True)
    listed = ", ".join(sections)
    (folder / name / "guideline.yaml").write_text(
        f"id: {name}\ntitle: Small\nversion: 1.0.0\nstatus: draft\neffective: 2026-01-01\n{extra}"
        f"chapters:\n  - title: One\n    sections: [{listed}]\nrevisions: []\n",
        encoding="utf-8",
    )
    for section, text in sections.items():
        (folder / name / "sections" / f"{section}.yaml").write_text(text, encoding="utf-8")
    return folder


def plain(section: str, text: str = "It is met", title: str = "Small section") -> str:
    quoted = [part.replace("'", "''") for part in (title, text)]
    return (
        f"id: {section}\ntitle: '{quoted[0]}'\neffect: covered\ncriteria:\n  all:\n    - '{quoted[1]}'\n    - Another\n"
    )


def test_whatever_a_writer_types_stays_text(tmp_path: Path) -> None:
    source = write(tmp_path / "source", "small", {"one": plain("one", HOSTILE, title=HOSTILE)})
    build_site(laid_library(source), tmp_path / "site", TEMPLATES)
    for name in files(tmp_path / "site"):
        if name.endswith(".html"):
            read = page(tmp_path / "site" / name)
            scripts = {script.attributes.get("src", "").rpartition("/")[2] for script in read.all("script")}
            assert scripts <= {"search.js", "site.js", "evaluator.js", "answers.js", "checklist.js", ""}
            assert all(one.attributes["type"] == "application/json" for one in read.all("script") if "src" not in one.attributes)
            assert not read.all("img")
            assert all("javascript:" not in link.attributes["href"] for link in read.all("a"))
    shown_words = page(tmp_path / "site" / "small" / "one.html").all("span", "words")[0].text
    assert shown_words == HOSTILE.replace("**bold**", "bold")


def test_guard_and_exceptions_of_a_group_stand_around_it(tmp_path: Path) -> None:
    guarded = (
        "id: one\ntitle: Guarded\neffect: covered\ncriteria:\n  all:\n    - First\n    - any: [Left, Right]\n"
        "      applies_when: {any: [Young, Old]}\n      unless: Waived\n      except_when: Carved\n"
    )
    laid = laid_library(write(tmp_path / "source", "small", {"one": guarded}))
    build_site(laid, tmp_path / "site", TEMPLATES)
    read = page(tmp_path / "site" / "small" / "one.html")
    root = laid[0].sections[0].rulings[0].root
    assert root is not None
    assert [words for _, words, _, _ in shown(read)] == [words for _, words, _, _ in printed(root)]
    words = [element.text for element in read.all("p", "guard-words")]
    assert words == ["Applies when", "Counts as met when:", "Counts as not met when:"]


def test_an_incomplete_ruling_promises_nothing(tmp_path: Path) -> None:
    lost = "id: one\ntitle: Lost\neffect: covered\ncodes: ['78815']\ncomplete: false\n"
    source = write(tmp_path / "source", "small", {"one": lost})
    build_site(laid_library(source), tmp_path / "site", TEMPLATES)
    box = page(tmp_path / "site" / "small" / "one.html").all("section", "ruling")[0]
    assert "covered" not in box.classes
    assert "Incomplete. The source lost or withheld part of this ruling." in box.text
    assert "Incomplete" in page(tmp_path / "site" / "small" / "index.html").all("ol", "sections")[0].text
    for name in ("codes/78815.html", "js/search-index.js"):
        text = (tmp_path / "site" / name).read_text(encoding="utf-8")
        assert "Covered when … (incomplete: decides nothing)" in text


def test_the_list_beside_a_page_is_bounded(tmp_path: Path) -> None:
    source = write(tmp_path, "many", {f"s{place}": plain(f"s{place}") for place in range(120)})
    pages = site(laid_library(source), TEMPLATES).pages
    assert len(pages["many/s60.html"].side) < 3000
    assert pages["many/s60.html"].side.count("aria-current") == 1
    assert 'href="s50.html"' in pages["many/s60.html"].side
    assert 'href="s9.html"' not in pages["many/s60.html"].side


@pytest.mark.parametrize(("guideline", "section"), [("codes", "one"), ("small", "index")])
def test_two_pages_never_share_an_address(guideline: str, section: str, tmp_path: Path) -> None:
    source = write(tmp_path, guideline, {section: plain(section)})
    with pytest.raises(SiteFault, match=r"address.*[Rr]ename|rename"):
        site(laid_library(source), TEMPLATES)
