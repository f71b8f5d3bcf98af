"""Lists in parts: nothing is lost between them, each fits, every link and filter works as on one page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from playwright.sync_api import Browser

from policypress.library import read_library
from policypress.render import site_parts, site_writer
from policypress.render.site import site
from policypress.render.site_build import build_site
from policypress.render.site_parts import Entry, Group, by_size, homes, part_page
from policypress.render.site_ways import ways
from policypress.verify.proof import prove
from policypress.verify.read_lists import LISTS
from tests.render.chromium import quiet_page
from tests.render.published import LIBRARY, TEMPLATES, Element, files, laid_library, page
from tests.render.test_site_ways import FILTERED, address

ROOM = 2_000
GROUPS = st.lists(st.lists(st.integers(1, 900), max_size=12), max_size=6)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The site of the small library with so little room that its lists are in parts."""
    out = tmp_path_factory.mktemp("parts")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_parts, "_WHOLE", ROOM)
        patch.setattr(site_parts, "_ROOM", ROOM)
        patch.setattr(site_writer, "_MANY", 5)
        build_site(laid_library(), out / "site", TEMPLATES)
        yield out


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "site"
    build_site(laid_library(), out, TEMPLATES)
    return out


@given(GROUPS)
def test_parts_hold_every_entry_once_in_order_and_fit(sizes: list[list[int]]) -> None:
    groups = [
        Group(f"title {place}", f"anchor-{place}", [Entry(Markup("x" * size), f"{place}.{at}") for at, size in enumerate(some)])
        for place, some in enumerate(sizes)
    ]  # fmt: skip
    wanted = [(group.title, entry) for group in groups for entry in group.entries]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_parts, "_ROOM", 1_000)
        made = by_size("list.html", groups, 1_500)
    assert [(group.title, entry) for one in made.values() for group in one.groups for entry in group.entries] == wanted
    if sum(map(sum, sizes)) <= 1_500:
        assert list(made) == ["list.html"]
        return
    contents, *parts = made.values()
    assert list(made)[1:] == [part_page("list.html", number) for number in range(1, len(parts) + 1)]
    assert [part.number for part in parts] == list(range(1, len(parts) + 1))
    for part in parts:
        entries = [entry for group in part.groups for entry in group.entries]
        assert sum(len(entry.html) for entry in entries) <= 1_000 or len(entries) == 1
    for row, group in zip(contents.rows, (one for one in groups if one.entries), strict=True):
        assert (row.title, row.anchor, row.size) == (group.title, group.anchor, len(group.entries))
        assert sum(one.size for one in row.stretches) == row.size
        assert (row.stretches[0].first, row.stretches[-1].last) == (group.entries[0].name, group.entries[-1].name)


@given(st.lists(st.integers(1, 900), min_size=1, max_size=30))
def test_entries_have_their_page_before_they_are_made(weights: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(site_parts, "_ROOM", 1_000)
        found = homes("list.html", weights, 2_000)
    if sum(weights) <= 2_000:
        assert set(found) == {"list.html"}
        return
    numbers = [int(home.removeprefix("list_").removesuffix(".html")) for home in found]
    assert numbers == sorted(numbers)
    assert set(numbers) == set(range(1, numbers[-1] + 1))
    for number in set(numbers):
        mine = [weight for weight, home in zip(weights, numbers, strict=True) if home == number]
        assert sum(mine) <= 1_000 or len(mine) == 1


def entries(site: Path, path: str) -> list[str]:
    """The entries of a list, read from its page and its parts."""
    found = []
    numbered = sorted(site.glob(path.replace(".html", "_*.html")), key=lambda one: int(one.stem.rpartition("_")[2]))
    for one in (site / path, *numbered):
        main = page(one).all("main")[0]
        lists = [*main.all("tbody"), *main.all("ul", "ways-list"), *main.all("ul", "plain"), *main.all("dl", "terms")]
        lists += [*main.all("ul", "indications"), *main.all("ul", "references"), *main.all("ol", "sections")]
        lists += main.all("ul", "sayings")
        found += [entry.text for one in lists for entry in one.children if isinstance(entry, Element)]
    return found


def test_every_list_says_in_parts_what_it_says_on_one_page(built: Path, whole: Path) -> None:
    cut = {path.relative_to(built / "site").as_posix() for path in built.rglob("*_1.html")}
    heads = {path.replace("_1.html", ".html") for path in cut}
    assert {*LISTS[1:], "terms.html", "sleep-and-anesthesia/source_concordance.html", "codes/95810.html"} - heads <= {
        "phases.html", "indications.html"
    }  # fmt: skip
    for path in sorted(heads):
        assert entries(built / "site", path) == entries(whole, path), path
        assert len(entries(built / "site", path)) > 3


def test_a_part_says_which_it_is_and_where_the_others_are(built: Path) -> None:
    one = page(built / "site" / "codes" / "index_2.html")
    assert one.all("title")[0].text == "Codes, part 2 · Medical policies"
    assert one.all("p", "part")[0].text.startswith("Part 2 of ")
    turns = [link.attributes["href"] for link in one.all("nav", "turn")[0].all("a")]
    assert turns == ["index_1.html", "index_3.html"]
    draft = page(built / "site" / "codes" / "index.html")
    assert [link.attributes["href"] for link in draft.all("ul", "cut")[0].all("a")][:2] == ["index_1.html", "index_2.html"]


def test_the_same_source_gives_the_same_parts(built: Path, tmp_path: Path) -> None:
    build_site(laid_library(), tmp_path / "site", TEMPLATES)
    assert files(tmp_path / "site") == files(built / "site")


def test_a_preview_finds_a_part_before_its_list_was_asked_for(built: Path) -> None:
    pages = site(laid_library(), TEMPLATES).pages
    assert pages.holds("browse.html")
    assert not pages.holds("browse_2.html")  # nobody asked, so nothing was made
    assert "browse_2.html" in pages
    assert pages.holds("browse_2.html")
    assert "browse_99.html" not in pages
    assert "Part 2 of" in pages["browse_2.html"].body
    pages.forget("browse_2.html")
    assert "Part 2 of" in pages["browse_2.html"].body
    assert set(pages) == {path for path in files(built / "site") if path.endswith(".html")} - {"404.html", "how-to-read.html"}


@pytest.mark.parametrize(
    ("path", "change", "said"),
    [
        ("browse_2.html", None, "browse.html leads to the parts"),
        ("codes/index_1.html", lambda text: text.replace("<tr><th", "<tr><td", 1), "codes/index_1.html"),
        ("terms_1.html", lambda text: text.replace("body mass index", "body mass"), "says “body mass” where"),
        ("sleep-and-anesthesia/source_concordance_1.html", lambda text: text.replace("states no rule", "states a rule"), "0.1: does not say why it is left out"),
        ("js/rulings.js", lambda text: text.replace("#children.", "#home-test.", 1), "it holds other entries than the list"),
        ("js/rulings.js", lambda text: text.replace("[", '["<li>more</li>",', 1), "it holds other entries than the list"),
        ("js/rulings.js", None, "it is not there, and the list is in parts"),
        ("js/rulings.js", lambda text: text.replace("=", ":"), "it cannot be read"),
        ("durable-equipment/index.html", lambda text: text.replace('class="banner draft"', 'class="banner"'), "is not shown as such"),
    ],
)  # fmt: skip
def test_a_fault_in_a_part_is_named(
    built: Path, path: str, change: Callable[[str], str] | None, said: str
) -> None:
    library = read_library(LIBRARY).library
    wanted = [(one.id, "site") for one in library.guidelines]
    file = built / "site" / path
    before = file.read_bytes()
    try:
        if change is None:
            file.unlink()
        else:
            file.write_text(changed := change(before.decode()), encoding="utf-8")
            assert changed.encode() != before
        assert any(said in str(one) for one in prove(library, built, wanted).differences)
    finally:
        file.write_bytes(before)


def test_parts_are_proved(built: Path) -> None:
    library = read_library(LIBRARY).library
    assert not prove(library, built, [(one.id, "site") for one in library.guidelines]).differences


def test_the_filter_brings_the_whole_list(browser: Browser, built: Path) -> None:
    everything = [way for one in laid_library() for way in ways(one)]
    wanted = [address(way.guideline, way.section.id, way.id) for way in everything if way.kind == "coding_rule"]
    with quiet_page(browser) as tab:
        tab.goto((built / "site" / "browse.html").as_uri())
        assert tab.locator(".cut").is_visible()
        assert tab.evaluate("'POLICYPRESS_RULINGS' in window") is False
        tab.get_by_label("Effect").select_option("coding_rule")
        tab.wait_for_selector("#p_list")
        assert tab.evaluate(FILTERED) == wanted
        assert tab.text_content("#p_counted") == f"{len(wanted)} of {len(everything)} shown."
        assert tab.evaluate("location.hash") == "#kind=coding_rule"
        assert not tab.locator(".cut").is_visible()
        tab.get_by_role("button", name="Show all").click()
        assert tab.locator(".cut").is_visible()
        assert not tab.locator("#p_list").is_visible()
        tab.goto((built / "site" / "terms.html").as_uri())
        tab.goto((built / "site" / "browse.html").as_uri() + "#kind=coding_rule")
        tab.wait_for_selector("#p_list")
        assert tab.evaluate(FILTERED) == wanted
